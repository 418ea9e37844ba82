//! Mutated files: readers may refuse or accept, but never panic, hang or take memory that the file
//! does not justify. Accepted ones must not break what comes after the reader either.

mod common;

use std::time::Instant;

use common::{Circuit, SEED};
use rand::{Rng, RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;
use zkclear_groth16::check::check;
use zkclear_groth16::formats::r1cs::R1cs;
use zkclear_groth16::formats::wtns::Witness;
use zkclear_groth16::formats::zkey::Zkey;
use zkclear_groth16::progress::silent;
use zkclear_groth16::prove::{EngineChoice, Prover};
use zkclear_groth16::setup::make_dev_key;

/// Numbers that sit on some limit.
const EDGES: [u32; 12] = [
    0,
    1,
    2,
    0x7f,
    0x80,
    0xff,
    0x100,
    0xffff,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_fff0,
    u32::MAX,
];

/// One to four random changes: bits, bytes, edge numbers, cuts, insertions, copies of other parts.
fn mutate(file: &[u8], rng: &mut ChaCha20Rng) -> Vec<u8> {
    let mut out = file.to_vec();
    for _ in 0..rng.gen_range(1..=4) {
        if out.is_empty() {
            return out;
        }
        // Half of the changes go where the numbers are.
        let limit = if rng.r#gen() {
            out.len()
        } else {
            out.len().min(128)
        };
        let at = rng.gen_range(0..limit);
        match rng.gen_range(0..8) {
            0 => out[at] ^= 1 << rng.gen_range(0..8),
            1 => out[at] = rng.r#gen(),
            2 | 3 => {
                let edge = EDGES[rng.gen_range(0..EDGES.len())].to_le_bytes();
                let end = (at + 4).min(out.len());
                out[at..end].copy_from_slice(&edge[..end - at]);
            }
            4 => out.truncate(at),
            5 => {
                let mut junk = vec![0; rng.gen_range(1..64)];
                rng.fill_bytes(&mut junk);
                out.splice(at..at, junk);
            }
            6 => {
                let end = (at + rng.gen_range(1..64)).min(out.len());
                out.drain(at..end);
            }
            _ => {
                let length = rng.gen_range(1..=64usize).min(out.len() - at);
                let from = rng.gen_range(0..=out.len() - length);
                let part = out[from..from + length].to_vec();
                out[at..at + length].copy_from_slice(&part);
            }
        }
    }
    out
}

fn fuzz(rounds: usize) {
    let circuit = Circuit::chain(6);
    let (r1cs, wtns, zkey) = (
        circuit.r1cs_bytes(),
        circuit.wtns_bytes(),
        circuit.zkey_bytes(),
    );
    let witness = circuit.witness();
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let (mut accepted, mut slowest) = ([0usize; 3], 0.0f64);
    for round in 0..rounds {
        let start = Instant::now();
        if let Ok(parsed) = R1cs::parse("file", &mutate(&r1cs, &mut rng)) {
            accepted[0] += 1;
            let _ = check(&parsed, &witness);
            if round % 16 == 0 {
                let _ = make_dev_key(&parsed, &SEED, &silent);
            }
        }
        if let Ok(parsed) = Witness::parse("file", &mutate(&wtns, &mut rng)) {
            accepted[1] += 1;
            let _ = check(&circuit.r1cs(), &parsed);
        }
        if let Ok(parsed) = Zkey::parse("file", mutate(&zkey, &mut rng)) {
            accepted[2] += 1;
            let _ = parsed.constraints();
            if round % 16 == 0 {
                let _ = parsed.check_points();
                for engine in [EngineChoice::Native, EngineChoice::Ark] {
                    if let Ok(prover) = Prover::from_zkey(&parsed, engine) {
                        let _ = prover.prove(&witness);
                    }
                }
            }
        }
        slowest = slowest.max(start.elapsed().as_secs_f64());
    }
    println!("accepted of {rounds}: {accepted:?}; slowest round {slowest:.3} s");
    assert!(slowest < 20.0, "a mutated file took {slowest} s");
}

#[test]
fn mutated_files_never_panic() {
    fuzz(5_000);
}

#[test]
#[ignore = "minutes: the full run of 105,000 mutated files"]
fn many_mutated_files_never_panic() {
    fuzz(35_000);
}
