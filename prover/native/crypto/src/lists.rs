//! What the protocol builds on single permutations: hashes of lists of any length, and keystreams.

use ark_ff::AdditiveGroup;

use crate::poseidon::{self, MAX_INPUTS};
use crate::{Error, Fr, Integer, Result};

/// The most words that one permutation's keystream covers.
pub const MAX_STREAM_WORDS: usize = 15;

/// `HashList[tag]`: 16 inputs over the first 16 elements, then over the hash so far and the next 15, zero padded.
///
/// Every block's capacity is `tag + 2^32·n`, so that lists of different lengths never share a hash.
pub fn hash_list(elements: &[Fr], tag: u64) -> Result<Fr> {
    let Some(last) = elements.len().checked_sub(1) else {
        return Err(Error::wrong_length("elements of HashList", "at least 1", 0));
    };
    if tag >> 32 != 0 {
        return Err(Error::ScalarOutOfRange {
            value: Integer::from(tag),
            bound: Integer::from(1u64 << 32),
        });
    }
    let capacity = Fr::from(u128::from(tag) + ((last as u128 + 1) << 32));
    let (head, rest) = elements.split_at(elements.len().min(MAX_INPUTS));
    let mut hash = poseidon::hash_fixed(&padded(head, None), capacity);
    for block in rest.chunks(MAX_INPUTS - 1) {
        hash = poseidon::hash_fixed(&padded(block, Some(hash)), capacity);
    }
    Ok(hash)
}

/// `words` + 1 elements from a key: first a blinding, then the keystream; the last word of the state stays hidden.
pub fn stream(key: Fr, words: usize, tag: Fr) -> Result<Vec<Fr>> {
    if words == 0 || words > MAX_STREAM_WORDS {
        return Err(Error::wrong_length("words of a stream", "1 to 15", words));
    }
    let mut inputs = [Fr::ZERO; MAX_INPUTS];
    inputs[0] = key;
    poseidon::hash_extended(&inputs[..=words], words + 1, tag)
}

fn padded(block: &[Fr], before: Option<Fr>) -> [Fr; MAX_INPUTS] {
    let mut inputs = [Fr::ZERO; MAX_INPUTS];
    let start = usize::from(before.is_some());
    inputs[0] = before.unwrap_or_default();
    inputs[start..start + block.len()].copy_from_slice(block);
    inputs
}
