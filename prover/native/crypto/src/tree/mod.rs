//! The 8-ary Poseidon tree: in memory, copy-on-write.
//!
//! Nodes are `H[tag](8 children)`, an empty leaf is 0, an empty node the hash of eight empty children. Nodes are
//! shared by reference counts, and a subtree without content takes no memory: a snapshot is one counter, an update
//! copies what a snapshot still holds, and a leaf costs about 43 bytes.

mod node;
mod proof;

pub use proof::{Proof, root_of};

use std::sync::Arc;

use ark_ff::AdditiveGroup;

use self::node::{Empty, Node};
use crate::{Error, Fr, Result};

/// Children of a node.
pub const ARITY: usize = 8;
/// The deepest tree; an index then fits 63 bits.
pub const MAX_DEPTH: usize = 21;

/// A tree of fixed depth. Cloning it is a snapshot: both go their own ways from there.
#[derive(Clone)]
pub struct Tree {
    tag: Fr,
    depth: usize,
    empty: Arc<Empty>,
    root: Option<Arc<Node>>,
}

impl Tree {
    /// An empty tree of 8^depth leaves; `tag` is the initial capacity of every node's hash.
    pub fn new(depth: usize, tag: Fr) -> Result<Self> {
        if depth == 0 || depth > MAX_DEPTH {
            return Err(Error::wrong_length("levels of a tree", "1 to 21", depth));
        }
        Ok(Self {
            tag,
            depth,
            empty: Arc::new(Empty::new(depth, tag)),
            root: None,
        })
    }

    /// Levels above the leaves.
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// The initial capacity of every node's hash.
    pub fn tag(&self) -> Fr {
        self.tag
    }

    /// How many leaves there is room for.
    pub fn capacity(&self) -> u64 {
        width_at(self.depth)
    }

    /// The node at the top.
    pub fn root(&self) -> Fr {
        self.hash_of(self.root.as_deref(), self.depth)
    }

    /// One leaf.
    pub fn leaf(&self, index: u64) -> Result<Fr> {
        self.node(0, index)
    }

    /// The node `height` levels above the leaves: 0 is a leaf, the depth is the root.
    pub fn node(&self, height: usize, index: u64) -> Result<Fr> {
        if height > self.depth {
            return Err(Error::IndexOutOfRange {
                index: height as u64,
                bound: self.depth as u64 + 1,
            });
        }
        check_index(index, width_at(self.depth - height))?;
        let mut node = self.root.as_deref();
        for below in (height.max(1)..self.depth).rev() {
            node = node.and_then(|node| node.child(digit(index, below - height)));
        }
        if height > 0 {
            return Ok(self.hash_of(node, height));
        }
        Ok(node
            .and_then(Node::leaves)
            .map_or(Fr::ZERO, |leaves| leaves[digit(index, 0)]))
    }

    /// Sets many leaves and hashes each touched node once. All of them or, on an error, none.
    ///
    /// Of several changes of one leaf the last one counts.
    pub fn update(&mut self, changes: &[(u64, Fr)]) -> Result<()> {
        let capacity = self.capacity();
        changes
            .iter()
            .try_for_each(|(index, _)| check_index(*index, capacity))?;
        if changes.is_empty() {
            return Ok(());
        }
        let mut sorted = changes.to_vec();
        sorted.sort_by_key(|(index, _)| *index);
        self.root = node::updated(self.root.take(), self.depth, &sorted, self.tag, &self.empty);
        Ok(())
    }

    /// A leaf and its path.
    pub fn proof(&self, index: u64) -> Result<Proof> {
        check_index(index, self.capacity())?;
        let mut siblings = vec![[Fr::ZERO; ARITY - 1]; self.depth];
        let mut node = self.root.as_deref();
        for height in (1..self.depth).rev() {
            let own = digit(index, height);
            siblings[height] = without(
                &std::array::from_fn(|i| self.hash_of(node.and_then(|node| node.child(i)), height)),
                own,
            );
            node = node.and_then(|node| node.child(own));
        }
        let leaves = node.and_then(Node::leaves).copied().unwrap_or_default();
        siblings[0] = without(&leaves, digit(index, 0));
        Ok(Proof {
            index,
            leaf: leaves[digit(index, 0)],
            siblings,
        })
    }

    fn hash_of(&self, node: Option<&Node>, height: usize) -> Fr {
        node.map_or(self.empty.hash(height), Node::hash)
    }
}

/// The child that the path to `index` takes, `height` levels above the leaves.
fn digit(index: u64, height: usize) -> usize {
    (index >> (3 * height) & 7) as usize
}

/// Nodes in a row `levels` below the root.
fn width_at(levels: usize) -> u64 {
    1 << (3 * levels)
}

fn check_index(index: u64, bound: u64) -> Result<()> {
    if index < bound {
        Ok(())
    } else {
        Err(Error::IndexOutOfRange { index, bound })
    }
}

/// The other seven children, in their order.
fn without(children: &[Fr; ARITY], own: usize) -> [Fr; ARITY - 1] {
    std::array::from_fn(|i| children[if i < own { i } else { i + 1 }])
}
