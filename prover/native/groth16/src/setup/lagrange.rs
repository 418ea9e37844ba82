//! Lagrange polynomials at a point, over the domains that snarkjs uses.

use ark_bn254::Fr;
use ark_ff::{FftField, Field, One, batch_inversion};
use rayon::prelude::*;

/// The root of unity that generates the domain of `size` points: a power of 5^((r-1)/2^28), which
/// is arkworks' choice and snarkjs' alike.
pub fn domain_generator(size: usize) -> Fr {
    let mut root = Fr::TWO_ADIC_ROOT_OF_UNITY;
    for _ in size.trailing_zeros()..Fr::TWO_ADICITY {
        root.square_in_place();
    }
    root
}

/// L_i(x) for every i of a domain of n points: ω^i·(x^n - 1) / (n·(x - ω^i)). x is outside of it.
pub fn lagrange_at(x: Fr, size: usize) -> Vec<Fr> {
    let powers = powers(domain_generator(size), size);
    let mut values: Vec<Fr> = powers.par_iter().map(|power| x - power).collect();
    batch_inversion(&mut values);
    let vanishing = x.pow([size as u64]) - Fr::one();
    let factor = vanishing * Fr::from(size as u64).inverse().unwrap_or_else(Fr::one);
    values
        .par_iter_mut()
        .zip(&powers)
        .for_each(|(value, power)| *value *= factor * power);
    values
}

/// 1, x, x², …
pub fn powers(x: Fr, count: usize) -> Vec<Fr> {
    const CHUNK: usize = 1 << 12;
    let mut out = vec![Fr::one(); count];
    out.par_chunks_mut(CHUNK)
        .enumerate()
        .for_each(|(index, chunk)| {
            let mut power = x.pow([(index * CHUNK) as u64]);
            for place in chunk {
                *place = power;
                power *= x;
            }
        });
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::{PrimeField, Zero};

    #[test]
    fn generator_is_a_power_of_five() {
        let root = Fr::from(5u64).pow(Fr::TRACE);
        assert_eq!(domain_generator(1 << Fr::TWO_ADICITY), root);
        assert_eq!(domain_generator(2), -Fr::one());
        assert_eq!(Fr::MODULUS_BIT_SIZE, 254);
    }

    #[test]
    fn values_interpolate_polynomials() {
        let x = Fr::from(123_456_789u64);
        for size in [1usize, 2, 8, 64] {
            let values = lagrange_at(x, size);
            let points = powers(domain_generator(size), size);
            for degree in 0..size as u64 {
                let sum = values
                    .iter()
                    .zip(&points)
                    .fold(Fr::zero(), |sum, (l, w)| sum + *l * w.pow([degree]));
                assert_eq!(sum, x.pow([degree]));
            }
        }
    }
}
