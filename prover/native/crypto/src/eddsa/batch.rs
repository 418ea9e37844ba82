//! Many signatures at once, with the answer of single verification for each.
//!
//! With D_i = S_i·B8 - R8_i - h_i·8A_i, a signature holds when D_i is the identity. S_i·B8 and h_i·8A_i lie in the
//! subgroup of prime order l. An R8_i outside it makes its signature a misfit, and is found exactly, by the pairing
//! of `curve::subgroup`; this matters, because a random sum would let a part of small order pass with probability
//! 1/8 to 1/2. For the rest every D_i is in the subgroup, and Σ ρ_i·D_i is the identity although some D_i is not
//! with probability at most 2^-128 for each choice of coefficients ρ_i below 2^128. They are derived from a keccak
//! of the whole batch, so the same batch gets the same answer everywhere, and a forger who tries 2^k batches
//! succeeds with probability 2^(k-128).
//!
//! A sum that fails is split in two; small groups are verified one by one. So answers are right in any case, but a
//! batch full of misfits costs several times what single verification does: admit signatures one account at a time.

use std::collections::HashMap;

use ark_ff::PrimeField;
use rayon::prelude::*;

use super::{PublicKey, Signature, challenge, verify_with_challenge};
use crate::curve::edwards::{Extended, PreparedAffine};
use crate::curve::scalar::{self, Scalar};
use crate::curve::{Point, variable_time};
use crate::ethereum::keccak256;
use crate::field::{element_to_le_bytes, integer_to_le_bytes};
use crate::{Fr, Integer};

/// Groups up to this size are verified one by one.
const SINGLY: usize = 16;
/// Sums of this many signatures: beyond it the gain is small, and several groups keep several threads busy.
const GROUP: usize = 4096;

/// One signature to verify: key, message, signature.
pub type Item = (PublicKey, Fr, Signature);

/// An item whose R8 is in the subgroup, with what its equation needs.
struct Equation<'a> {
    position: usize,
    item: &'a Item,
    challenge: Fr,
}

/// For each item what [`verify`](super::verify) says of it.
pub fn verify_many(items: &[Item]) -> Vec<bool> {
    let equations = equations(items);
    let coefficients = coefficients(&equations);
    let share = equations
        .len()
        .div_ceil(rayon::current_num_threads())
        .clamp(SINGLY, GROUP);
    let answers: Vec<Vec<(usize, bool)>> = equations
        .par_chunks(share)
        .zip(coefficients.par_chunks(share))
        .map(|(equations, coefficients)| answer(equations, coefficients))
        .collect();
    let mut valid = vec![false; items.len()];
    for (position, holds) in answers.into_iter().flatten() {
        valid[position] = holds;
    }
    valid
}

/// The equations of those items whose R8 is in the subgroup; the others are misfits.
fn equations(items: &[Item]) -> Vec<Equation<'_>> {
    items
        .par_iter()
        .with_min_len(16)
        .enumerate()
        .filter(|(_, (_, _, signature))| signature.r8().is_in_subgroup())
        .map(|(position, item)| {
            let (key, message, signature) = item;
            let challenge = challenge(signature.r8(), key.point(), message);
            Equation {
                position,
                item,
                challenge,
            }
        })
        .collect()
}

fn answer(equations: &[Equation], coefficients: &[u128]) -> Vec<(usize, bool)> {
    if equations.len() <= SINGLY {
        let single = |equation: &Equation| {
            let (key, _, signature) = equation.item;
            (
                equation.position,
                verify_with_challenge(key, &equation.challenge, signature),
            )
        };
        return equations.iter().map(single).collect();
    }
    if sum_is_identity(equations, coefficients) {
        return equations
            .iter()
            .map(|equation| (equation.position, true))
            .collect();
    }
    let middle = equations.len() / 2;
    let (left, right) = (&equations[..middle], &equations[middle..]);
    let mut answers = answer(left, &coefficients[..middle]);
    answers.extend(answer(right, &coefficients[middle..]));
    answers
}

/// Whether (Σ ρ·S)·B8 = Σ ρ·R8 + 8·Σ (ρ·h)·A. Signatures of one key share one term.
fn sum_is_identity(equations: &[Equation], coefficients: &[u128]) -> bool {
    let mut base = Scalar::default();
    let mut by_key: HashMap<&Point, Scalar> = HashMap::new();
    let mut nonces: Vec<PreparedAffine<Fr>> = Vec::with_capacity(equations.len());
    let mut nonce_scalars: Vec<Integer> = Vec::with_capacity(equations.len());
    for (equation, &coefficient) in equations.iter().zip(coefficients) {
        let (key, _, signature) = equation.item;
        let weight = Scalar::from(coefficient);
        base += weight * scalar::reduce(signature.s());
        *by_key.entry(key.point()).or_default() +=
            weight * scalar::reduce(&equation.challenge.into_bigint());
        nonces.push(signature.r8().affine().prepared());
        nonce_scalars.push(Integer::new([
            coefficient as u64,
            (coefficient >> 64) as u64,
            0,
            0,
        ]));
    }
    let keys: Vec<_> = by_key.keys().map(|key| key.affine().prepared()).collect();
    let key_scalars: Vec<Integer> = by_key.values().map(|sum| sum.into_bigint()).collect();

    let keys_sum = variable_time::sum_of_multiples(&keys, &key_scalars)
        .double()
        .double()
        .double();
    let nonces_sum = variable_time::sum_of_multiples(&nonces, &nonce_scalars);
    let base_multiple = variable_time::combine(
        &Extended::IDENTITY,
        &Integer::default(),
        &(-base).into_bigint(),
    );
    keys_sum
        .add(&nonces_sum.prepared())
        .add(&base_multiple.prepared())
        .is_identity()
}

/// 128 bits for each equation, from a digest of all of them.
fn coefficients(equations: &[Equation]) -> Vec<u128> {
    // The challenge binds key, nonce and message of its equation.
    let mut transcript = Vec::with_capacity(64 * equations.len());
    for equation in equations {
        transcript.extend(element_to_le_bytes(&equation.challenge));
        transcript.extend(integer_to_le_bytes(equation.item.2.s()));
    }
    let seed = keccak256(&transcript);
    let pair = |i: usize| {
        let mut block = [0u8; 40];
        block[..32].copy_from_slice(&seed);
        block[32..].copy_from_slice(&(i as u64).to_le_bytes());
        keccak256(&block)
    };
    (0..equations.len().div_ceil(2))
        .flat_map(|i| pair(i).as_chunks::<16>().0.to_vec())
        .map(u128::from_le_bytes)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eddsa::SigningKey;

    fn items(count: u8) -> Vec<Item> {
        let item = |i| {
            let key = SigningKey::new(&[i; 32]).expect("32 bytes");
            let message = Fr::from(u64::from(i));
            let public = PublicKey::new(*key.public_key()).expect("a good key");
            (public, message, key.sign(&message))
        };
        (0..count).map(item).collect()
    }

    #[test]
    fn sum_of_good_signatures_is_the_identity() {
        // If it were not, answers would still be right, but each would be found singly, and slowly.
        let items = items(40);
        for count in 1..items.len() {
            let equations = equations(&items[..count]);
            assert!(
                sum_is_identity(&equations, &coefficients(&equations)),
                "{count}"
            );
        }
    }

    #[test]
    fn sum_with_one_misfit_is_not_the_identity() {
        let mut items = items(20);
        items[7].1 += Fr::from(1u64);
        let equations = equations(&items);
        assert!(!sum_is_identity(&equations, &coefficients(&equations)));
    }
}
