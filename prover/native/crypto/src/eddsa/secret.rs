//! Signing: the only code that touches a secret.
//!
//! Constant-time in the secret: the expansion with BLAKE-512 and its pruning, the scalar multiplications that give
//! the public key and the nonce's point (fixed-base, complete formulas, masked table reads, constant-time inversion),
//! the nonce's reduction, and S = r + h·s mod l, all over crypto-bigint. Secrets are erased when dropped, as are the
//! working states that the libraries let us reach; copies that the compiler spills to the stack are not.
//!
//! Not constant-time, and on values that the signature publishes anyway: the coordinates of A and R8 once they are
//! affine, the challenge h = H(R8, A, m), the message. The guarantee is the source's; nobody has measured it on a
//! machine, and the compiler is trusted to keep masks as masks.

use ark_ff::PrimeField;
use crypto_bigint::modular::ConstMontyForm;
use crypto_bigint::{U256, const_monty_params};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{Signature, challenge};
use crate::blake512::blake512;
use crate::curve::{Point, constant_time};
use crate::field::{element_to_le_bytes, integer_from_le_bytes};
use crate::{Error, Fr, Result};

const_monty_params!(
    SubgroupOrder,
    U256,
    "060c89ce5c263405370a08b6d0302b0bab3eedb83920ee0a677297dc392126f1",
    "The order l of the subgroup."
);

/// A scalar modulo l with constant-time operations.
type Scalar = ConstMontyForm<SubgroupOrder, { U256::LIMBS }>;

/// 2^256 mod l, the weight of the upper half of a wide integer.
const UPPER_HALF: Scalar = Scalar::new(&Scalar::ONE.to_montgomery());

/// A secret of 32 bytes, expanded as circomlib's clients do.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct SigningKey {
    /// The pruned scalar s, a multiple of 8 between 2^254 and 2^255.
    scalar: [u8; 32],
    /// What nonces are derived from.
    prefix: [u8; 32],
    #[zeroize(skip)]
    public: Point,
}

impl SigningKey {
    /// Expands a secret: s and the nonce prefix are the halves of its BLAKE-512 digest, and A = (s/8)·B8.
    pub fn new(secret: &[u8]) -> Result<Self> {
        let secret: &[u8; 32] = secret
            .try_into()
            .map_err(|_| Error::wrong_length("bytes of a secret", "32", secret.len()))?;
        let digest = Zeroizing::new(blake512(secret));
        let (mut scalar, mut prefix) = ([0u8; 32], [0u8; 32]);
        scalar.copy_from_slice(&digest[..32]);
        prefix.copy_from_slice(&digest[32..]);
        scalar[0] &= 0xf8;
        scalar[31] &= 0x7f;
        scalar[31] |= 0x40;
        let eighth = Zeroizing::new(eighth(&scalar));
        Ok(Self {
            scalar,
            prefix,
            public: constant_time::multiply_base(&eighth),
        })
    }

    /// The public key's point. A pruned scalar is never 0 modulo l, so it is never of small order.
    pub fn public_key(&self) -> &Point {
        &self.public
    }

    /// The signature of `message`; the same each time.
    pub fn sign(&self, message: &Fr) -> Signature {
        let mut seed = Zeroizing::new([0u8; 64]);
        seed[..32].copy_from_slice(&self.prefix);
        seed[32..].copy_from_slice(&element_to_le_bytes(message));
        let wide_nonce = Zeroizing::new(blake512(&*seed));
        let nonce = Zeroizing::new(reduce_wide(&wide_nonce));
        let nonce_bytes = Zeroizing::new(<[u8; 32]>::from(nonce.retrieve().to_le_bytes()));
        let r8 = constant_time::multiply_base(&nonce_bytes);

        let h = Scalar::new(&U256::from_words(
            challenge(&r8, &self.public, message).into_bigint().0,
        ));
        let scalar = Zeroizing::new(Scalar::new(&U256::from_le_slice(&self.scalar)));
        let s = nonce.add(&h.mul(&scalar)).retrieve();
        Signature {
            r8,
            s: integer_from_le_bytes(&s.to_le_bytes().into()),
        }
    }
}

/// A pruned scalar divided by 8, without remainder.
fn eighth(scalar: &[u8; 32]) -> [u8; 32] {
    std::array::from_fn(|i| scalar[i] >> 3 | scalar.get(i + 1).map_or(0, |next| next << 5))
}

/// 64 little-endian bytes modulo l.
fn reduce_wide(bytes: &[u8; 64]) -> Scalar {
    let lower = Zeroizing::new(Scalar::new(&U256::from_le_slice(&bytes[..32])));
    let upper = Zeroizing::new(Scalar::new(&U256::from_le_slice(&bytes[32..])));
    lower.add(&upper.mul(&UPPER_HALF))
}
