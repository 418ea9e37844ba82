//! The arithmetic engine of the prover: multi-scalar multiplication in G1 and G2 and the Fourier
//! transforms of a Groth16 proof, on BN254.
//!
//! ```
//! use ark_bn254::{Fr, G1Affine};
//! use ark_ec::AffineRepr;
//! use zkclear_engine::{Domain, Engine, G1Bases, msm_g1};
//!
//! let engine = Engine::detect()?;
//! let bases = G1Bases::new(engine, &[G1Affine::generator(), G1Affine::zero()]);
//! let sum = msm_g1(&bases, &[[3, 0, 0, 0], [5, 0, 0, 0]])?;
//! assert_eq!(sum, G1Affine::generator() * Fr::from(3u64));
//!
//! let domain = Domain::new(engine, 4)?;
//! let scalars = domain.quotient(&[Fr::from(2u64); 4], &[Fr::from(3u64); 4])?;
//! assert_eq!(scalars, [[0; 4]; 4]); // 2·3 − 6 is zero everywhere
//! # Ok::<(), zkclear_engine::EngineError>(())
//! ```
//!
//! Two implementations of the field arithmetic sit under the same algorithms ([`Engine`]): eight
//! lanes of AVX-512 IFMA, chosen at run time where the processor has it, and a portable one. The
//! environment variable `ZKCLEAR_SIMD` forces either. Work is spread over rayon's current thread
//! pool; several calls may run at once. Time depends on the scalars: this is not constant-time
//! arithmetic, and is meant for the owner of the witness.
//!
//! `docs/protocol/engine.md` tells how it works and what it reaches.

mod engine;
mod fft;
mod inverse;
mod lanes;
mod msm;

pub use engine::{Engine, EngineError, SIMD_VARIABLE, Simd};
pub use fft::{Domain, MAX_LOG_SIZE};
pub use inverse::invert_scalar;
pub use msm::{G1Bases, G2Bases, msm_g1, msm_g2};
