//! Poseidon over the BN254 scalar field, as circomlib computes it.
//!
//! The state is `[tag, inputs..]`: the tag is the initial capacity, so that domains are told apart without an input.
//! 8 full rounds enclose 56 to 68 partial ones; the S-box is x^5. Constants come from the Grain generator (see
//! [`grain`]) and are brought into a cheaper, equivalent form (see [`parameters`]) once per width, at first use.
//!
//! Not constant-time: the underlying field reduces conditionally.

mod grain;
mod parameters;

use ark_ff::{AdditiveGroup, Field};
use rayon::prelude::*;

use self::parameters::Parameters;
use crate::{Error, Fr, Result};

/// The largest number of inputs that one permutation takes.
pub const MAX_INPUTS: usize = 16;

/// The hash of 1 to 16 inputs.
pub fn hash(inputs: &[Fr], tag: Fr) -> Result<Fr> {
    let mut state = state_of(inputs, tag)?;
    permute(&mut state[..=inputs.len()]);
    Ok(state[0])
}

/// The first `outputs` elements of the permuted state; all of them (inputs + 1) would let the state be inverted.
pub fn hash_extended(inputs: &[Fr], outputs: usize, tag: Fr) -> Result<Vec<Fr>> {
    let mut state = state_of(inputs, tag)?;
    if outputs == 0 || outputs > inputs.len() + 1 {
        return Err(Error::wrong_length(
            "outputs of Poseidon",
            format!("1 to {}", inputs.len() + 1),
            outputs,
        ));
    }
    permute(&mut state[..=inputs.len()]);
    Ok(state[..outputs].to_vec())
}

/// The hashes of many rows under one tag, spread over the threads of the current rayon pool.
pub fn hash_many<Row: AsRef<[Fr]> + Sync>(rows: &[Row], tag: Fr) -> Result<Vec<Fr>> {
    rows.par_iter()
        .with_min_len(16)
        .map(|row| hash(row.as_ref(), tag))
        .collect()
}

/// The hash of a number of inputs that the compiler knows; 1 to 16 are the only ones that compile.
pub(crate) fn hash_fixed<const N: usize>(inputs: &[Fr; N], tag: Fr) -> Fr {
    const { assert!(N >= 1 && N <= MAX_INPUTS) };
    let mut state = [Fr::ZERO; MAX_INPUTS + 1];
    state[0] = tag;
    state[1..=N].copy_from_slice(inputs);
    permute(&mut state[..=N]);
    state[0]
}

fn state_of(inputs: &[Fr], tag: Fr) -> Result<[Fr; MAX_INPUTS + 1]> {
    if inputs.is_empty() || inputs.len() > MAX_INPUTS {
        return Err(Error::wrong_length(
            "inputs of Poseidon",
            "1 to 16",
            inputs.len(),
        ));
    }
    let mut state = [Fr::ZERO; MAX_INPUTS + 1];
    state[0] = tag;
    state[1..=inputs.len()].copy_from_slice(inputs);
    Ok(state)
}

/// Runs the permutation of the width of `state`, which callers keep within 2 to 17.
fn permute(state: &mut [Fr]) {
    macro_rules! by_width {
        ($($width:literal)+) => {
            match state.len() {
                $($width => {
                    static PARAMETERS: std::sync::LazyLock<Parameters<$width>> = std::sync::LazyLock::new(Parameters::derive);
                    if let Ok(state) = <&mut [Fr; $width]>::try_from(state) {
                        PARAMETERS.permute(state);
                    }
                })+
                width => unreachable!("no Poseidon of width {width}"),
            }
        };
    }
    by_width!(2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17);
}

/// x^5, the S-box.
#[inline(always)]
fn fifth_power(x: &Fr) -> Fr {
    x.square().square() * x
}
