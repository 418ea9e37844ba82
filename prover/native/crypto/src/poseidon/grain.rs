//! The Grain generator, from which Poseidon's authors draw round constants and matrix.
//!
//! An 80-bit shift register starts from a description of the instance, runs 160 steps unheard, and then speaks in
//! pairs: the second bit of a pair is output when the first is 1. Nothing here is copied from a table, so nobody
//! needs to trust one; the shared vectors show that the result is circomlib's.

use ark_ff::{BigInteger, Field, PrimeField};

use crate::{Fr, Integer};

const FIELD_BITS: u128 = 254;

/// Full rounds, half before and half after the partial ones.
pub(super) const FULL_ROUNDS: usize = 8;

/// Partial rounds by width, for widths 2 to 17.
pub(super) const PARTIAL_ROUNDS: [usize; 16] = [
    56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68,
];

/// The published form of one width: constants of every round, and the matrix.
pub(super) struct Published<const T: usize> {
    pub constants: Vec<[Fr; T]>,
    pub matrix: [[Fr; T]; T],
}

/// Draws the constants and the Cauchy matrix of width `T`.
pub(super) fn draw<const T: usize>() -> Published<T> {
    let partial_rounds = PARTIAL_ROUNDS[T - 2];
    let mut grain = Grain::new(T as u128, FULL_ROUNDS as u128, partial_rounds as u128);
    let constants = (0..FULL_ROUNDS + partial_rounds)
        .map(|_| std::array::from_fn(|_| grain.element()))
        .collect();
    // Unlike constants, the matrix's coordinates are reduced and not drawn again when they exceed the field.
    loop {
        let xs: [Fr; T] = std::array::from_fn(|_| grain.reduced_element());
        let ys: [Fr; T] = std::array::from_fn(|_| grain.reduced_element());
        let inverses: [[Option<Fr>; T]; T] = xs.map(|x| ys.map(|y| (x + y).inverse()));
        let distinct = all_distinct(&[xs, ys].concat());
        if distinct && inverses.iter().flatten().all(Option::is_some) {
            return Published {
                constants,
                matrix: inverses.map(|row| row.map(Option::unwrap_or_default)),
            };
        }
    }
}

fn all_distinct(elements: &[Fr]) -> bool {
    elements
        .iter()
        .enumerate()
        .all(|(i, element)| !elements[..i].contains(element))
}

/// The register: bit 0 is the oldest.
struct Grain(u128);

impl Grain {
    fn new(width: u128, full_rounds: u128, partial_rounds: u128) -> Self {
        // Prime field (1), S-box x^5 (0), then bits of the field, width and rounds, then thirty ones; highest bit first.
        let description = [
            (1, 2),
            (0, 4),
            (FIELD_BITS, 12),
            (width, 12),
            (full_rounds, 10),
            (partial_rounds, 10),
            ((1 << 30) - 1, 30),
        ];
        let mut register = 0u128;
        let mut position = 0;
        for (value, bits) in description {
            for bit in (0..bits).rev() {
                register |= (value >> bit & 1) << position;
                position += 1;
            }
        }
        let mut grain = Self(register);
        for _ in 0..160 {
            grain.step();
        }
        grain
    }

    fn step(&mut self) -> bool {
        let r = self.0;
        let bit = (r >> 62 ^ r >> 51 ^ r >> 38 ^ r >> 23 ^ r >> 13 ^ r) & 1;
        self.0 = r >> 1 | bit << 79;
        bit == 1
    }

    fn bit(&mut self) -> bool {
        while !self.step() {
            self.step();
        }
        self.step()
    }

    fn integer(&mut self) -> Integer {
        let bits: Vec<bool> = (0..FIELD_BITS).map(|_| self.bit()).collect();
        Integer::from_bits_be(&bits)
    }

    fn element(&mut self) -> Fr {
        loop {
            if let Some(element) = Fr::from_bigint(self.integer()) {
                return element;
            }
        }
    }

    fn reduced_element(&mut self) -> Fr {
        Fr::from_le_bytes_mod_order(&self.integer().to_bytes_le())
    }
}
