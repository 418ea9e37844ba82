//! Nodes, and the one recursion that changes them.

use std::sync::Arc;

use ark_ff::AdditiveGroup;
use rayon::prelude::*;

use super::{ARITY, digit};
use crate::{Fr, poseidon};

/// From this many changes on, children are worth several threads.
const PARALLEL: usize = 64;

/// A subtree with at least one leaf set.
#[derive(Clone)]
pub(super) enum Node {
    /// Height 1: the leaves themselves, so that a leaf needs no allocation of its own.
    Bottom { hash: Fr, leaves: [Fr; ARITY] },
    /// Any other height; a child without content is `None`.
    Inner {
        hash: Fr,
        children: [Option<Arc<Node>>; ARITY],
    },
}

impl Node {
    pub(super) fn hash(&self) -> Fr {
        match self {
            Self::Bottom { hash, .. } | Self::Inner { hash, .. } => *hash,
        }
    }

    pub(super) fn child(&self, position: usize) -> Option<&Self> {
        match self {
            Self::Bottom { .. } => None,
            Self::Inner { children, .. } => children[position].as_deref(),
        }
    }

    pub(super) fn leaves(&self) -> Option<&[Fr; ARITY]> {
        match self {
            Self::Bottom { leaves, .. } => Some(leaves),
            Self::Inner { .. } => None,
        }
    }
}

/// The hashes of empty subtrees by height.
pub(super) struct Empty(Vec<Fr>);

impl Empty {
    pub(super) fn new(depth: usize, tag: Fr) -> Self {
        let parent = |child: &Fr| Some(poseidon::hash_fixed(&[*child; ARITY], tag));
        Self(
            std::iter::successors(Some(Fr::ZERO), parent)
                .take(depth + 1)
                .collect(),
        )
    }

    pub(super) fn hash(&self, height: usize) -> Fr {
        self.0[height]
    }
}

/// The subtree after `changes`, which are sorted by index, in range and not empty. Nothing here can fail.
pub(super) fn updated(
    node: Option<Arc<Node>>,
    height: usize,
    changes: &[(u64, Fr)],
    tag: Fr,
    empty: &Empty,
) -> Option<Arc<Node>> {
    let mut node = node.unwrap_or_else(|| Arc::new(blank(height)));
    // Copies the node only if a snapshot shares it.
    let content = match Arc::make_mut(&mut node) {
        Node::Bottom { hash, leaves } => {
            for (index, leaf) in changes {
                leaves[digit(*index, 0)] = *leaf;
            }
            *hash = poseidon::hash_fixed(leaves, tag);
            leaves.iter().any(|leaf| *leaf != Fr::ZERO)
        }
        Node::Inner { hash, children } => {
            let shares = split(changes, height - 1);
            let renew = |child: &mut Option<Arc<Node>>, share: &[(u64, Fr)]| {
                if !share.is_empty() {
                    *child = updated(child.take(), height - 1, share, tag, empty);
                }
            };
            if changes.len() >= PARALLEL {
                children
                    .par_iter_mut()
                    .zip(shares)
                    .for_each(|(child, share)| renew(child, share));
            } else {
                children
                    .iter_mut()
                    .zip(shares)
                    .for_each(|(child, share)| renew(child, share));
            }
            let hashes: [Fr; ARITY] = std::array::from_fn(|i| {
                children[i]
                    .as_deref()
                    .map_or(empty.hash(height - 1), Node::hash)
            });
            *hash = poseidon::hash_fixed(&hashes, tag);
            children.iter().any(Option::is_some)
        }
    };
    content.then_some(node)
}

fn blank(height: usize) -> Node {
    if height == 1 {
        Node::Bottom {
            hash: Fr::ZERO,
            leaves: [Fr::ZERO; ARITY],
        }
    } else {
        Node::Inner {
            hash: Fr::ZERO,
            children: Default::default(),
        }
    }
}

/// The changes of each child, whose digits stand at `height`.
fn split(changes: &[(u64, Fr)], height: usize) -> [&[(u64, Fr)]; ARITY] {
    let mut rest = changes;
    std::array::from_fn(|position| {
        let end = rest.partition_point(|(index, _)| digit(*index, height) <= position);
        let (share, others) = rest.split_at(end);
        rest = others;
        share
    })
}
