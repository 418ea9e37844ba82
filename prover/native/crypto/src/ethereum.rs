//! Ethereum's hash, and the address that signed a digest.

use k256::ecdsa::{RecoveryId, Signature, VerifyingKey};
use rayon::prelude::*;
use sha3::{Digest, Keccak256};

use crate::{Error, Result};

/// The Keccak-256 digest, which is not SHA3-256: Ethereum kept the padding from before standardisation.
pub fn keccak256(data: &[u8]) -> [u8; 32] {
    Keccak256::digest(data).into()
}

/// Many digests, spread over the threads of the current rayon pool.
pub fn keccak256_many<Data: AsRef<[u8]> + Sync>(data: &[Data]) -> Vec<[u8; 32]> {
    data.par_iter()
        .with_min_len(64)
        .map(|item| keccak256(item.as_ref()))
        .collect()
}

/// The address that signed `digest`. The signature is r, s, v in 65 bytes; a high s is refused, v is 27 or 28.
pub fn recover(digest: &[u8], signature: &[u8]) -> Result<[u8; 20]> {
    let digest: &[u8; 32] = digest
        .try_into()
        .map_err(|_| Error::wrong_length("bytes of a digest", "32", digest.len()))?;
    let signature: &[u8; 65] = signature
        .try_into()
        .map_err(|_| Error::wrong_length("bytes of a signature", "65", signature.len()))?;
    let refused = |reason| Error::UnrecoverableSignature {
        signature: *signature,
        reason,
    };

    let y_is_odd = match signature[64] {
        27 => false,
        28 => true,
        _ => return Err(refused("v must be 27 or 28")),
    };
    let parsed = Signature::from_slice(&signature[..64])
        .map_err(|_| refused("r and s must be at least 1 and below the curve's order"))?;
    if parsed.normalize_s() != parsed {
        return Err(refused("s must be in the lower half"));
    }
    let key = VerifyingKey::recover_from_prehash(digest, &parsed, RecoveryId::new(y_is_odd, false))
        .map_err(|_| refused("no point of the curve has x = r"))?;
    let encoded = key.to_sec1_point(false);
    let hash = keccak256(&encoded.as_bytes()[1..]);
    let mut address = [0u8; 20];
    address.copy_from_slice(&hash[12..]);
    Ok(address)
}
