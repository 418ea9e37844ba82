//! Sparse matrices over the scalar field, as rows of terms.
//!
//! A circuit has millions of terms and few distinct coefficients (mostly 1 and -1), so a term is
//! eight bytes, a column and a number in a shared dictionary, instead of forty.

use std::collections::HashMap;

use ark_bn254::Fr;
use ark_ff::{Field, Zero};
use rayon::prelude::*;

use crate::field::Limbs;

/// The number of coefficient 1 in every dictionary.
const ONE: u32 = 0;
/// The number of coefficient -1 in every dictionary.
const MINUS_ONE: u32 = 1;

/// One coefficient times one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// The column: a wire of the circuit.
    pub column: u32,
    /// The coefficient's number in the dictionary.
    pub coefficient: u32,
}

/// The distinct coefficients of a circuit.
pub struct Dictionary {
    numbers: HashMap<Limbs, u32>,
    decode: fn(Limbs) -> Fr,
    coefficients: Vec<Fr>,
}

impl Dictionary {
    /// An empty dictionary for coefficients spelt in the way that `decode` understands.
    pub fn new(decode: fn(Limbs) -> Fr) -> Self {
        Self {
            numbers: HashMap::new(),
            decode,
            coefficients: vec![Fr::ONE, -Fr::ONE],
        }
    }

    /// The number of a coefficient, which is entered when it is new.
    pub fn number(&mut self, spelling: Limbs) -> u32 {
        let (decode, coefficients) = (self.decode, &mut self.coefficients);
        *self.numbers.entry(spelling).or_insert_with(|| {
            let value = decode(spelling);
            if value == Fr::ONE {
                return ONE;
            }
            if value == -Fr::ONE {
                return MINUS_ONE;
            }
            coefficients.push(value);
            // Every entry stands for a term of a file that counts its terms in 32 bits.
            u32::try_from(coefficients.len() - 1).unwrap_or(u32::MAX)
        })
    }

    /// The coefficients by number.
    pub fn finish(self) -> Vec<Fr> {
        self.coefficients
    }
}

/// Rows of terms.
#[derive(Debug, Default)]
pub struct SparseMatrix {
    ends: Vec<usize>,
    terms: Vec<Term>,
}

impl SparseMatrix {
    /// Appends a term to the row that is being built.
    pub fn push(&mut self, term: Term) {
        self.terms.push(term);
    }

    /// Ends the row that is being built.
    pub fn end_row(&mut self) {
        self.ends.push(self.terms.len());
    }

    /// A matrix of `rows` rows from terms in any order.
    pub fn from_unordered(rows: usize, terms: &[(u32, Term)]) -> Self {
        let mut ends = vec![0usize; rows + 1];
        for (row, _) in terms {
            ends[*row as usize + 1] += 1;
        }
        for row in 0..rows {
            ends[row + 1] += ends[row];
        }
        let blank = Term {
            column: 0,
            coefficient: ONE,
        };
        let mut sorted = vec![blank; terms.len()];
        // ends[row] is where the row's next term goes; afterwards it is where the row ends.
        for (row, term) in terms {
            let place = &mut ends[*row as usize];
            sorted[*place] = *term;
            *place += 1;
        }
        ends.truncate(rows);
        Self {
            ends,
            terms: sorted,
        }
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.ends.len()
    }

    /// How many terms there are.
    pub fn terms(&self) -> usize {
        self.terms.len()
    }

    /// The terms of a row.
    pub fn row(&self, row: usize) -> &[Term] {
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.terms[start..self.ends[row]]
    }

    /// The product of a row with a vector.
    pub fn dot(&self, row: usize, coefficients: &[Fr], vector: &[Fr]) -> Fr {
        let mut sum = Fr::zero();
        for term in self.row(row) {
            let value = &vector[term.column as usize];
            match term.coefficient {
                ONE => sum += value,
                MINUS_ONE => sum -= value,
                number => sum += coefficients[number as usize] * value,
            }
        }
        sum
    }

    /// The product of the matrix with a vector, with zeros up to `length`.
    pub fn multiply(&self, coefficients: &[Fr], vector: &[Fr], length: usize) -> Vec<Fr> {
        (0..length)
            .into_par_iter()
            .with_min_len(256)
            .map(|row| {
                if row < self.rows() {
                    self.dot(row, coefficients, vector)
                } else {
                    Fr::zero()
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::PrimeField;

    #[test]
    fn terms_in_any_order_give_the_same_matrix() {
        let mut dictionary = Dictionary::new(|limbs| Fr::from_bigint(limbs).unwrap_or_default());
        let mut number = |value: Fr| dictionary.number(value.into_bigint());
        let terms = [
            (2, 0, number(Fr::from(7u64))),
            (0, 1, number(-Fr::ONE)),
            (2, 1, number(Fr::ONE)),
            (0, 2, number(Fr::from(5u64))),
        ]
        .map(|(row, column, coefficient)| {
            (
                row,
                Term {
                    column,
                    coefficient,
                },
            )
        });
        let matrix = SparseMatrix::from_unordered(3, &terms);
        let coefficients = dictionary.finish();
        let vector = [1u64, 10, 100].map(Fr::from);
        let product = matrix.multiply(&coefficients, &vector, 4);
        let expected = [490i64, 0, 17, 0].map(Fr::from);
        assert_eq!(product, expected);
        assert_eq!(matrix.row(1), &[]);
    }
}
