//! Poseidon's constants in the form that the permutation uses, derived from the published form.
//!
//! A partial round puts only the first element through the S-box. Two things follow, and nothing changes but the cost:
//!
//! - Constants of the other elements commute with the S-box layer, so they are pushed through the matrix into the
//!   next round, and at last into the first full round after: a partial round keeps one constant.
//! - The matrix splits as M = S·D with D = diag(1, M̂), M̂ being M without its first row and column. D commutes with
//!   a partial round's S-box and constant, so it is pushed into the round before; S has only a first row, a first
//!   column and ones. From the last partial round back to the last full round before, whose matrix stays dense.
//!
//! A partial round then costs 2t - 1 multiplications instead of t².

use ark_ff::{AdditiveGroup, Field};

use super::fifth_power;
use super::grain::{FULL_ROUNDS, PARTIAL_ROUNDS, Published, draw};
use crate::Fr;

const HALF: usize = FULL_ROUNDS / 2;

type Matrix<const T: usize> = [[Fr; T]; T];

/// What one width needs.
pub(super) struct Parameters<const T: usize> {
    first_constants: [[Fr; T]; HALF],
    last_constants: [[Fr; T]; HALF],
    matrix: Matrix<T>,
    /// The matrix of the last full round before the partial rounds.
    into_partial: Matrix<T>,
    partial: Vec<PartialRound<T>>,
}

/// One partial round: the first element's constant, and the sparse matrix.
struct PartialRound<const T: usize> {
    constant: Fr,
    row: [Fr; T],
    /// The first column without its first entry, which is `row[0]`; the last place is unused.
    column: [Fr; T],
}

impl<const T: usize> Parameters<T> {
    /// Draws and transforms the constants: a few milliseconds, once per width.
    pub(super) fn derive() -> Self {
        let Published {
            mut constants,
            matrix,
        } = draw::<T>();
        let partial_rounds = PARTIAL_ROUNDS[T - 2];

        for round in HALF..HALF + partial_rounds {
            let mut pushed = constants[round];
            pushed[0] = Fr::ZERO;
            let pushed = apply(&matrix, &pushed);
            for (next, addend) in constants[round + 1].iter_mut().zip(pushed) {
                *next += addend;
            }
        }

        let mut dense = matrix;
        let mut partial = Vec::with_capacity(partial_rounds);
        for round in (HALF..HALF + partial_rounds).rev() {
            let (row, column, pushed) = split(&dense);
            partial.push(PartialRound {
                constant: constants[round][0],
                row,
                column,
            });
            dense = multiply(&pushed, &matrix);
        }
        partial.reverse();

        Self {
            first_constants: std::array::from_fn(|i| constants[i]),
            last_constants: std::array::from_fn(|i| constants[HALF + partial_rounds + i]),
            matrix,
            into_partial: dense,
            partial,
        }
    }

    /// Permutes a state in place.
    pub(super) fn permute(&self, state: &mut [Fr; T]) {
        for (round, constants) in self.first_constants.iter().enumerate() {
            full_round(
                state,
                constants,
                if round + 1 == HALF {
                    &self.into_partial
                } else {
                    &self.matrix
                },
            );
        }
        for round in &self.partial {
            let first = fifth_power(&(state[0] + round.constant));
            state[0] = first;
            let sum = Fr::sum_of_products(state, &round.row);
            for (element, factor) in state[1..].iter_mut().zip(&round.column) {
                *element += first * factor;
            }
            state[0] = sum;
        }
        for constants in &self.last_constants {
            full_round(state, constants, &self.matrix);
        }
    }
}

fn full_round<const T: usize>(state: &mut [Fr; T], constants: &[Fr; T], matrix: &Matrix<T>) {
    for (element, constant) in state.iter_mut().zip(constants) {
        *element = fifth_power(&(*element + constant));
    }
    *state = apply(matrix, state);
}

fn apply<const T: usize>(matrix: &Matrix<T>, vector: &[Fr; T]) -> [Fr; T] {
    std::array::from_fn(|i| Fr::sum_of_products(&matrix[i], vector))
}

fn multiply<const T: usize>(left: &Matrix<T>, right: &Matrix<T>) -> Matrix<T> {
    std::array::from_fn(|i| std::array::from_fn(|j| (0..T).map(|k| left[i][k] * right[k][j]).sum()))
}

/// M = S·D: the first row of S, its first column below the corner, and D.
fn split<const T: usize>(m: &Matrix<T>) -> ([Fr; T], [Fr; T], Matrix<T>) {
    let inner = without_first(m);
    let inverse = invert_inner(&inner);
    let mut row = [Fr::ZERO; T];
    row[0] = m[0][0];
    for j in 1..T {
        row[j] = (1..T).map(|k| m[0][k] * inverse[k][j]).sum();
    }
    let mut column = [Fr::ZERO; T];
    for i in 1..T {
        column[i - 1] = m[i][0];
    }
    (row, column, inner)
}

/// diag(1, M̂).
fn without_first<const T: usize>(m: &Matrix<T>) -> Matrix<T> {
    std::array::from_fn(|i| {
        std::array::from_fn(|j| match (i, j) {
            (0, 0) => Fr::ONE,
            (0, _) | (_, 0) => Fr::ZERO,
            _ => m[i][j],
        })
    })
}

/// Gauss-Jordan. Every M̂ that occurs is regular: a property of these fixed constants, shown by the tests of all widths.
fn invert_inner<const T: usize>(m: &Matrix<T>) -> Matrix<T> {
    let mut work = *m;
    let mut inverse: Matrix<T> =
        std::array::from_fn(|i| std::array::from_fn(|j| Fr::from(u64::from(i == j))));
    for pivot in 0..T {
        let regular = (pivot..T)
            .find(|&row| work[row][pivot] != Fr::ZERO)
            .expect("fixed constants give regular matrices");
        work.swap(pivot, regular);
        inverse.swap(pivot, regular);
        let scale = work[pivot][pivot].inverse().expect("the pivot is not zero");
        for j in 0..T {
            work[pivot][j] *= scale;
            inverse[pivot][j] *= scale;
        }
        let (pivot_work, pivot_inverse) = (work[pivot], inverse[pivot]);
        for row in (0..T).filter(|&row| row != pivot) {
            let factor = work[row][pivot];
            for j in 0..T {
                work[row][j] -= factor * pivot_work[j];
                inverse[row][j] -= factor * pivot_inverse[j];
            }
        }
    }
    inverse
}

/// The permutation as it is published: the slow twin that the tests compare with.
#[cfg(test)]
fn permute_as_published<const T: usize>(published: &Published<T>, state: &mut [Fr; T]) {
    let last = published.constants.len() - HALF;
    for (round, constants) in published.constants.iter().enumerate() {
        for (element, constant) in state.iter_mut().zip(constants) {
            *element += constant;
        }
        let boxes = if (HALF..last).contains(&round) { 1 } else { T };
        for element in &mut state[..boxes] {
            *element = fifth_power(element);
        }
        *state = apply(&published.matrix, state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare<const T: usize>() {
        let mut fast: [Fr; T] = std::array::from_fn(|i| Fr::from(7 + i as u64).pow([41]));
        let mut slow = fast;
        Parameters::<T>::derive().permute(&mut fast);
        permute_as_published(&draw::<T>(), &mut slow);
        assert_eq!(fast, slow, "width {T}");
    }

    #[test]
    fn permute_in_the_cheaper_form_equals_the_published_form() {
        macro_rules! all { ($($width:literal)+) => { $(compare::<$width>();)+ } }
        all!(2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17);
    }
}
