//! Which implementation of the lanes runs, and the errors of this crate.

use thiserror::Error;

/// The environment variable that overrides detection: `ifma` or `portable`.
pub const SIMD_VARIABLE: &str = "ZKCLEAR_SIMD";

/// An implementation of the lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Simd {
    /// Eight lanes by AVX-512 IFMA.
    Ifma,
    /// One lane, on any processor.
    Portable,
}

/// What can be wrong with a request to the engine.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum EngineError {
    /// IFMA was asked for where the processor lacks it.
    #[error(
        "{SIMD_VARIABLE}=ifma asks for AVX-512 IFMA and VBMI2, which this processor lacks; \
         unset it or say portable"
    )]
    IfmaAbsent,
    /// The environment variable holds neither name.
    #[error("{SIMD_VARIABLE}={0} is not known; use ifma or portable")]
    UnknownSimd(String),
    /// A multi-scalar multiplication with too few or too many scalars.
    #[error("{bases} bases but {scalars} scalars")]
    Length { bases: usize, scalars: usize },
    /// A scalar is not below r.
    #[error("scalar {index} is not below the group order")]
    NotCanonical { index: usize },
    /// A Fourier transform of an unsupported or unexpected size.
    #[error("domain of size {expected} but {given} values")]
    DomainSize { expected: usize, given: usize },
}

/// A proof that an implementation of the lanes can run here. Cheap to copy; bases and domains are
/// prepared for one engine and remember it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Engine {
    // Private: an engine with `Simd::Ifma` exists only where the processor has the features.
    simd: Simd,
}

impl Engine {
    /// The engine that the environment asks for, else the fastest that this processor can run.
    pub fn detect() -> Result<Self, EngineError> {
        let name = std::env::var_os(SIMD_VARIABLE).unwrap_or_default();
        Self::named(&name.to_string_lossy())
    }

    /// The engine of that name; the fastest where the name is empty.
    fn named(name: &str) -> Result<Self, EngineError> {
        match name {
            "" => Ok(Self::fastest()),
            "ifma" => Self::forced(Simd::Ifma),
            "portable" => Self::forced(Simd::Portable),
            _ => Err(EngineError::UnknownSimd(name.to_owned())),
        }
    }

    /// A particular engine, or an error where the processor cannot run it.
    pub fn forced(simd: Simd) -> Result<Self, EngineError> {
        if simd == Simd::Ifma && !ifma_available() {
            return Err(EngineError::IfmaAbsent);
        }
        Ok(Self { simd })
    }

    /// The fastest engine that this processor can run, whatever the environment says.
    pub fn fastest() -> Self {
        Self::forced(Simd::Ifma).unwrap_or(Self {
            simd: Simd::Portable,
        })
    }

    /// `ifma` or `portable`.
    pub fn name(&self) -> &'static str {
        match self.simd {
            Simd::Ifma => "ifma",
            Simd::Portable => "portable",
        }
    }

    /// The implementation behind this engine.
    pub fn simd(&self) -> Simd {
        self.simd
    }
}

/// Every feature that the IFMA lanes' functions enable.
#[cfg(target_arch = "x86_64")]
fn ifma_available() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512ifma")
        && is_x86_feature_detected!("avx512vbmi2")
}

#[cfg(not(target_arch = "x86_64"))]
fn ifma_available() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_engine_is_that_engine_or_a_typed_error() {
        assert_eq!(Engine::named("portable").unwrap().name(), "portable");
        assert_eq!(Engine::named("").unwrap(), Engine::fastest());
        let unknown = EngineError::UnknownSimd("avx2".to_owned());
        assert_eq!(Engine::named("avx2"), Err(unknown));
        match Engine::named("ifma") {
            Ok(engine) => assert_eq!((engine.name(), Engine::fastest()), ("ifma", engine)),
            Err(error) => assert_eq!(error, EngineError::IfmaAbsent),
        }
    }
}
