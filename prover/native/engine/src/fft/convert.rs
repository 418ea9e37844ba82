//! Around the transforms: tables of powers, values into vectors, and the last products.

use super::STRIP;
use crate::lanes::Lanes;
use ark_bn254::{Fr, FrConfig};
use ark_ff::Field;
use rayon::prelude::*;

/// `count` powers of `base`, from `first` on.
pub fn powers(base: Fr, first: Fr, count: usize) -> Vec<Fr> {
    const RUN: usize = 1 << 10;
    let mut powers = vec![Fr::ONE; count];
    powers
        .par_chunks_mut(RUN)
        .enumerate()
        .for_each(|(run, powers)| {
            let mut power = first * base.pow([(run * RUN) as u64]);
            for slot in powers {
                *slot = power;
                power *= base;
            }
        });
    powers
}

/// Elements in the lanes' form, side by side.
pub fn vectors<L: Lanes<Config = FrConfig>>(elements: &[Fr]) -> Vec<L> {
    elements
        .par_chunks_exact(L::WIDTH)
        .map(|elements| {
            let mut words = [[0; 4]; 8];
            for (slot, element) in words.iter_mut().zip(elements) {
                *slot = L::pack(element);
            }
            L::load(&words[..L::WIDTH])
        })
        .collect()
}

/// arkworks' words as they are, side by side.
pub fn load<L: Lanes<Config = FrConfig>>(elements: &[Fr]) -> Vec<L> {
    elements
        .par_chunks_exact(L::WIDTH)
        .with_min_len(STRIP)
        .map(|elements| {
            let mut words = [[0; 4]; 8];
            for (slot, element) in words.iter_mut().zip(elements) {
                *slot = element.0.0;
            }
            L::load(&words[..L::WIDTH])
        })
        .collect()
}

/// The products of values in arkworks' form, in arkworks' form again.
pub fn multiply<L: Lanes>(a: &[L], b: &[L], form: &L) -> Vec<L> {
    let strips = a.par_chunks(STRIP).zip(b.par_chunks(STRIP));
    strips
        .flat_map_iter(|(a, b)| {
            let mut c = a.to_vec();
            L::vectorize(
                #[inline(always)]
                || {
                    for (c, b) in c.iter_mut().zip(b) {
                        *c = L::product(&L::product(c, b), form);
                    }
                },
            );
            c
        })
        .collect()
}

/// a·b − c, as canonical integers, from the order −j to the order j.
pub fn combine<L: Lanes>(a: &[L], b: &[L], c: &[L]) -> Vec<[u64; 4]> {
    let size = a.len() * L::WIDTH;
    let mut out = vec![[0u64; 4]; size];
    // out[0] is value 0; out[j] is value size − j: all but the first lie in reverse.
    let strip = STRIP.min(a.len());
    let runs = a
        .par_chunks(strip)
        .zip(b.par_chunks(strip))
        .zip(c.par_chunks(strip));
    let words: Vec<Vec<[u64; 4]>> = runs
        .map(|((a, b), c)| {
            let mut words = vec![[0u64; 4]; a.len() * L::WIDTH];
            L::vectorize(
                #[inline(always)]
                || {
                    let integer = L::splat(&[1, 0, 0, 0]);
                    let values = a.iter().zip(b).zip(c);
                    for (((a, b), c), words) in values.zip(words.chunks_exact_mut(L::WIDTH)) {
                        // a·b < 1.7p, c < 7.2p: at most 9.7p, and below 1.2p after the product.
                        let [ab, _] = L::products([a, a], [b, b]);
                        let difference = L::carry(L::minus(L::lift::<8>(ab), c.widen()));
                        L::product(&difference, &integer).canonical().store(words);
                    }
                },
            );
            words
        })
        .collect();
    for (index, value) in words.into_iter().flatten().enumerate() {
        out[(size - index) % size] = value;
    }
    out
}
