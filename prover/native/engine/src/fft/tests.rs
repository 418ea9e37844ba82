//! The transforms over lanes that check bounds.

use super::*;
use crate::lanes::bounds::Bounded;
use ark_ff::UniformRand;
use rand::SeedableRng;

#[test]
fn quotient_over_bounded_lanes_breaks_no_bound() {
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
    for log in 6..=15 {
        let n = 1 << log;
        let a: Vec<Fr> = (0..n).map(|_| Fr::rand(&mut rng)).collect();
        let b: Vec<Fr> = (0..n).map(|_| Fr::rand(&mut rng)).collect();
        let bounded = Tables::<Bounded<FrConfig>>::new(n).quotient(&a, &b);
        let portable = Tables::<Portable<FrConfig>>::new(n).quotient(&a, &b);
        assert!(bounded == portable, "size {n}");
    }
}
