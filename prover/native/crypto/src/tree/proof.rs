//! A leaf, its path, and the root that they lead to.

use super::{ARITY, MAX_DEPTH, check_index, digit, width_at};
use crate::{Error, Fr, Result, poseidon};

/// A leaf and its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The leaf's place.
    pub index: u64,
    /// The leaf.
    pub leaf: Fr,
    /// Per level, from the leaf upwards, the seven other children in their order.
    pub siblings: Vec<[Fr; ARITY - 1]>,
}

/// The root that a proof leads to.
pub fn root_of(proof: &Proof, tag: Fr) -> Result<Fr> {
    let depth = proof.siblings.len();
    if depth == 0 || depth > MAX_DEPTH {
        return Err(Error::wrong_length("levels of a tree", "1 to 21", depth));
    }
    check_index(proof.index, width_at(depth))?;
    let mut hash = proof.leaf;
    for (height, siblings) in proof.siblings.iter().enumerate() {
        let own = digit(proof.index, height);
        let children: [Fr; ARITY] = std::array::from_fn(|i| match i.cmp(&own) {
            std::cmp::Ordering::Less => siblings[i],
            std::cmp::Ordering::Equal => hash,
            std::cmp::Ordering::Greater => siblings[i - 1],
        });
        hash = poseidon::hash_fixed(&children, tag);
    }
    Ok(hash)
}
