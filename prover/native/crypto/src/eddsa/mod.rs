//! EdDSA over Baby Jubjub with Poseidon as the hash, on the wire exactly as circomlibjs does it.
//!
//! A signature (R8, S) of message m by key A holds when S·B8 = R8 + H(R8, A, m)·8A. The equation is checked as it
//! stands, without multiplying by the cofactor: an R8 with a part of small order is a misfit, alone and in a batch.
//!
//! Malformed parts cannot be expressed: a [`Point`] is on the curve, a [`PublicKey`] is not of small order, a
//! [`Signature`]'s S is below the subgroup order. So verification answers yes or no.

mod batch;
pub mod secret;

pub use batch::verify_many;
pub use secret::SigningKey;

use crate::curve::{Point, SUBGROUP_ORDER, scalar, variable_time};
use crate::{Error, Fr, Integer, Result, poseidon};
use ark_ff::{AdditiveGroup, PrimeField};

/// A point that may serve as a key: 8·A is not the identity. It may still lie outside the subgroup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PublicKey(Point);

impl PublicKey {
    /// Refuses points of small order.
    pub fn new(point: Point) -> Result<Self> {
        point.check_key()?;
        Ok(Self(point))
    }

    /// The point.
    pub fn point(&self) -> &Point {
        &self.0
    }
}

/// R8 and S; S is below the subgroup order, so that nobody can make a second signature from a first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    r8: Point,
    s: Integer,
}

impl Signature {
    /// Refuses an S that is not below the subgroup order.
    pub fn new(r8: Point, s: Integer) -> Result<Self> {
        if s >= SUBGROUP_ORDER {
            return Err(Error::ScalarOutOfRange {
                value: s,
                bound: SUBGROUP_ORDER,
            });
        }
        Ok(Self { r8, s })
    }

    /// The nonce's point.
    pub fn r8(&self) -> &Point {
        &self.r8
    }

    /// The scalar.
    pub fn s(&self) -> &Integer {
        &self.s
    }
}

/// Whether `signature` is `key`'s signature of `message`.
pub fn verify(key: &PublicKey, message: &Fr, signature: &Signature) -> bool {
    verify_with_challenge(
        key,
        &challenge(&signature.r8, key.point(), message),
        signature,
    )
}

/// H(R8, A, m).
fn challenge(r8: &Point, key: &Point, message: &Fr) -> Fr {
    poseidon::hash_fixed(&[r8.x(), r8.y(), key.x(), key.y(), *message], Fr::ZERO)
}

fn verify_with_challenge(key: &PublicKey, challenge: &Fr, signature: &Signature) -> bool {
    // The point 8A is in the subgroup, so l - (h mod l) times it is -h·8A.
    let eightfold = key.0.extended().double().double().double();
    let negated = (-scalar::reduce(&challenge.into_bigint())).into_bigint();
    variable_time::combine(&eightfold, &negated, &signature.s).equals(&signature.r8.affine())
}
