//! From bucket sums to the result.
//!
//! A window of m = 2^(w−1) buckets B₁ … Bₘ contributes Σ k·Bₖ. Instead of the customary running
//! sums, which form one chain of 2m dependent additions, the sum is taken apart by the bits of the
//! index j = k − 1. With X⁰ⱼ = Bⱼ₊₁ and Xˡ⁺¹ⱼ = Xˡ₂ⱼ + Xˡ₂ⱼ₊₁,
//!
//! ```text
//! Σ k·Bₖ = X^(w−1)₀ + Σₗ 2^l·Oₗ,   Oₗ = Σⱼ Xˡ₂ⱼ₊₁,
//! ```
//!
//! since bit l of j is set in exactly those Bⱼ₊₁ that Oₗ collects. These are 2m additions as
//! before, but in trees: pairs that do not depend on each other, for the same batches that summed
//! the buckets. The Oₗ of all windows then stand at different bits, oᵥ + l, and one run of
//! doublings over the 254 bits collects them.

use super::add::{is_infinity, signed_point};
use super::buckets::Workspace;
use super::coordinate::Coordinate;
use super::digits::Window;
use crate::lanes::Line;
use ark_ec::AffineRepr;
use ark_ec::short_weierstrass::{Affine, Projective};
use ark_ff::AdditiveGroup;

/// Points to add up, by their index in the arena; the point at infinity is left out.
type Nodes = Vec<Option<u32>>;

/// A sum under construction, and the bit of the scalar that it belongs to.
struct Group {
    bit: u32,
    nodes: Nodes,
}

/// What a window still has to do.
struct Progress {
    bit: u32,
    pyramid: Nodes,
}

/// Points, each to be multiplied by 2^bit and summed.
pub type Weighted<C> = Vec<(u32, Affine<<C as Coordinate>::Curve>)>;

/// Sums of some windows' buckets, given one after the other.
pub fn window_sums<C: Coordinate>(
    windows: &[Window],
    buckets: &[Line],
    workspace: &mut Workspace<C>,
) -> Weighted<C> {
    let points = buckets.len() / C::LINES;
    let mut arena = Vec::with_capacity((3 * points + 64) * C::LINES);
    arena.extend_from_slice(buckets);
    let mut first = 0;
    let mut pyramids: Vec<Progress> = windows
        .iter()
        .map(|window| {
            let range = first..first + window.buckets();
            first = range.end;
            let node = |k: usize| {
                let lines = &buckets[k * C::LINES..(k + 1) * C::LINES];
                (!is_infinity(lines)).then_some(k as u32)
            };
            Progress {
                bit: window.offset,
                pyramid: range.map(node).collect(),
            }
        })
        .collect();
    let mut groups: Vec<Group> = Vec::new();
    workspace.adder.seen_infinity = false;

    while pyramids.iter().any(|p| p.pyramid.len() > 1) || groups.iter().any(|g| g.nodes.len() > 1) {
        let target = (arena.len() / C::LINES) as u32;
        workspace.tasks.clear();
        let mut pair_up = |nodes: &Nodes| -> Nodes {
            let tasks = &mut workspace.tasks;
            let sum = |pair: &[Option<u32>]| match *pair {
                [Some(a), Some(b)] => {
                    let out = tasks.out.len() as u32;
                    tasks.push([a << 1, b << 1], out);
                    Some(target + out)
                }
                [a] | [a, None] | [None, a] => a,
                _ => None,
            };
            nodes.chunks(2).map(sum).collect()
        };
        for group in &mut groups {
            group.nodes = pair_up(&group.nodes);
        }
        for window in &mut pyramids {
            if window.pyramid.len() > 1 {
                let odd = window.pyramid.iter().skip(1).step_by(2);
                groups.push(Group {
                    bit: window.bit,
                    nodes: odd.copied().collect(),
                });
                window.bit += 1;
                window.pyramid = pair_up(&window.pyramid);
            }
        }
        // The sums go behind all points so far, with one for scratch.
        let added = workspace.tasks.out.len();
        let known = arena.len();
        arena.resize(known + (added + 1) * C::LINES, Line::default());
        let (source, target) = arena.split_at_mut(known);
        workspace.adder.run(source, target, &mut workspace.tasks);
        arena.truncate(known + added * C::LINES);
    }

    // The top of a pyramid counts once, at its window's lowest bit.
    let tops = windows.iter().zip(&pyramids);
    let tops = tops.map(|(window, progress)| (window.offset, &progress.pyramid));
    let groups = groups.iter().map(|group| (group.bit, &group.nodes));
    tops.chain(groups)
        .filter_map(|(bit, nodes)| {
            let node = nodes.first().copied().flatten()?;
            Some((bit, signed_point::<C>(&arena, node << 1)))
        })
        .collect()
}

/// Σ 2^bit·point.
pub fn combine<C: Coordinate>(mut weighted: Weighted<C>) -> Projective<C::Curve> {
    weighted.sort_by_key(|(bit, _)| std::cmp::Reverse(*bit));
    let mut sum = Affine::<C::Curve>::zero().into_group();
    let mut at = weighted.first().map_or(0, |(bit, _)| *bit);
    for (bit, point) in weighted {
        for _ in bit..at {
            sum.double_in_place();
        }
        at = bit;
        sum += point;
    }
    for _ in 0..at {
        sum.double_in_place();
    }
    sum
}
