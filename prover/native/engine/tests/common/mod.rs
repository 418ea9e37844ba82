//! What the integration tests share.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use zkclear_engine::{Engine, Simd};

/// Every engine that this processor can run.
pub fn engines() -> Vec<Engine> {
    let engines = [Simd::Portable, Simd::Ifma];
    engines
        .into_iter()
        .filter_map(|simd| Engine::forced(simd).ok())
        .collect()
}

/// Reproducible randomness.
pub fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}
