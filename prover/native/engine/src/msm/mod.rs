//! Multi-scalar multiplication: Σ sᵢ·Pᵢ by buckets, with affine additions in large batches.
//!
//! The bases of a proving key do not change, so they are prepared once ([`G1Bases`], [`G2Bases`]):
//! points at infinity are left out (half of a circuit's B points are), the others converted to the
//! engine's Montgomery form and packed, a G1 point to a cache line. A multiplication then goes
//! through
//!
//! 1. [`digits`]: scalars to signed digits; zeros vanish, small scalars keep few digits;
//! 2. [`buckets`]: per window, a counting sort of the points by digit, and the sum of each bucket;
//! 3. [`sums`]: the weighted sum of the buckets, and of the windows.
//!
//! All curve additions up to the last 254 doublings are affine, in batches ([`add`]) over the lanes
//! of the engine.

mod add;
mod buckets;
mod coordinate;
mod digits;
mod sums;

use crate::EngineError;
use crate::engine::{Engine, Simd};
use crate::lanes::{Line, portable::Portable};
use ark_bn254::{FqConfig, Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::AffineRepr;
use ark_ff::PrimeField;
use coordinate::{Coordinate, Prime, Quadratic};
use rayon::prelude::*;
use std::sync::Mutex;

type PortableG1 = Prime<Portable<FqConfig>>;
type PortableG2 = Quadratic<Portable<FqConfig>>;
#[cfg(target_arch = "x86_64")]
type IfmaG1 = Prime<crate::lanes::ifma::Ifma<FqConfig>>;
#[cfg(target_arch = "x86_64")]
type IfmaG2 = Quadratic<crate::lanes::ifma::Ifma<FqConfig>>;
// Elsewhere no engine asks for IFMA; the names only keep the choice below in one form.
#[cfg(not(target_arch = "x86_64"))]
type IfmaG1 = PortableG1;
#[cfg(not(target_arch = "x86_64"))]
type IfmaG2 = PortableG2;

/// Buckets whose weighted sums are taken together.
const SUM_BLOCK: usize = 8192;

/// Packed points and where they stood.
struct Bases {
    lines: Vec<Line>,
    /// The position of every kept point among those given.
    positions: Vec<u32>,
    given: usize,
}

impl Bases {
    fn new<C: Coordinate>(points: &[ark_ec::short_weierstrass::Affine<C::Curve>]) -> Self {
        assert!(points.len() < 1 << 31, "codes have 31 bits for a point");
        let positions: Vec<u32> = (0u32..)
            .zip(points)
            .filter(|(_, point)| !point.is_zero())
            .map(|(position, _)| position)
            .collect();
        let mut lines = vec![Line::default(); positions.len() * C::LINES];
        lines
            .par_chunks_exact_mut(C::LINES)
            .zip(&positions)
            .for_each(|(lines, &position)| C::pack(&points[position as usize], lines));
        Self {
            lines,
            positions,
            given: points.len(),
        }
    }

    fn msm<C: Coordinate>(
        &self,
        scalars: &[[u64; 4]],
    ) -> Result<ark_ec::short_weierstrass::Projective<C::Curve>, EngineError> {
        if scalars.len() != self.given {
            return Err(EngineError::Length {
                bases: self.given,
                scalars: scalars.len(),
            });
        }
        let all = digits::classify(scalars.iter())?;
        let kept = || {
            self.positions
                .iter()
                .map(|&position| &scalars[position as usize])
        };
        let sizes = match self.positions.len() == self.given {
            true => all,
            false => digits::classify(kept())?,
        };
        let windows = digits::Windows::for_scalars(sizes.0.max(16));
        let recoded = digits::recode((0u32..).zip(kept()), sizes, &windows);
        let pool = Pool::<C>::default();

        let total: usize = windows.0.iter().map(digits::Window::buckets).sum();
        let mut buckets = vec![Line::default(); total * C::LINES];
        let mut rest = &mut buckets[..];
        let mut jobs = Vec::new();
        for window in &windows.0 {
            let (own, others) = rest.split_at_mut(window.buckets() * C::LINES);
            jobs.push((window, own));
            rest = others;
        }
        // The highest windows have the fewest scalars: begin with the lowest.
        jobs.into_par_iter().for_each(|(window, mut rest)| {
            let sorted = buckets::sort(window, &recoded);
            let mut blocks = Vec::new();
            for range in sorted.blocks() {
                let (own, others) = rest.split_at_mut(range.len() * C::LINES);
                blocks.push((range, own));
                rest = others;
            }
            blocks.into_par_iter().for_each(|(range, sums)| {
                pool.with(|workspace| workspace.sum_buckets(&self.lines, &sorted, range, sums));
            });
        });

        let mut groups = Vec::new();
        let (mut rest, mut windows) = (&buckets[..], &windows.0[..]);
        while !windows.is_empty() {
            let mut count = 0;
            let mut size = 0;
            while count < windows.len() && (count == 0 || size < SUM_BLOCK) {
                size += windows[count].buckets();
                count += 1;
            }
            let (own, others) = rest.split_at(size * C::LINES);
            groups.push((&windows[..count], own));
            (rest, windows) = (others, &windows[count..]);
        }
        let weighted: Vec<_> = groups
            .into_par_iter()
            .flat_map_iter(|(windows, buckets)| {
                pool.with(|workspace| sums::window_sums(windows, buckets, workspace))
            })
            .collect();
        Ok(sums::combine::<C>(weighted))
    }
}

/// Workspaces that are not in use; as many come to exist as threads work at once.
struct Pool<C: Coordinate>(Mutex<Vec<buckets::Workspace<C>>>);

impl<C: Coordinate> Default for Pool<C> {
    fn default() -> Self {
        Self(Mutex::new(Vec::new()))
    }
}

impl<C: Coordinate> Pool<C> {
    fn with<R>(&self, work: impl FnOnce(&mut buckets::Workspace<C>) -> R) -> R {
        let taken = self.0.lock().expect("no holder panics").pop();
        let mut workspace = taken.unwrap_or_default();
        let result = work(&mut workspace);
        self.0.lock().expect("no holder panics").push(workspace);
        result
    }
}

macro_rules! bases {
    ($name:ident, $affine:ty, $projective:ty, $portable:ty, $ifma:ty, $group:literal, $msm:ident) => {
        #[doc = concat!("Bases of ", $group, ", prepared for one engine.")]
        pub struct $name {
            engine: Engine,
            bases: Bases,
        }

        impl $name {
            /// Packs the points; points at infinity are allowed and cost nothing later.
            pub fn new(engine: Engine, points: &[$affine]) -> Self {
                let bases = match engine.simd() {
                    Simd::Portable => Bases::new::<$portable>(points),
                    Simd::Ifma => Bases::new::<$ifma>(points),
                };
                Self { engine, bases }
            }

            /// How many points were given, infinite ones included: as many scalars are expected.
            pub fn len(&self) -> usize {
                self.bases.given
            }

            /// True where no points were given.
            pub fn is_empty(&self) -> bool {
                self.bases.given == 0
            }

            /// The engine that the bases were prepared for.
            pub fn engine(&self) -> Engine {
                self.engine
            }

            /// Σ sᵢ·Pᵢ for scalars as field elements.
            pub fn msm(&self, scalars: &[Fr]) -> Result<$projective, EngineError> {
                let canonical: Vec<[u64; 4]> =
                    scalars.par_iter().map(|s| s.into_bigint().0).collect();
                $msm(self, &canonical)
            }
        }

        #[doc = concat!("Σ sᵢ·Pᵢ in ", $group, " for canonical scalars, least significant word")]
        /// first. A scalar that is not below r, or a wrong number of scalars, is an error.
        pub fn $msm(bases: &$name, scalars: &[[u64; 4]]) -> Result<$projective, EngineError> {
            match bases.engine.simd() {
                Simd::Portable => bases.bases.msm::<$portable>(scalars),
                Simd::Ifma => bases.bases.msm::<$ifma>(scalars),
            }
        }
    };
}

bases!(
    G1Bases,
    G1Affine,
    G1Projective,
    PortableG1,
    IfmaG1,
    "G1",
    msm_g1
);
bases!(
    G2Bases,
    G2Affine,
    G2Projective,
    PortableG2,
    IfmaG2,
    "G2",
    msm_g2
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::bounds::Bounded;
    use ark_ec::{CurveGroup, PrimeGroup, VariableBaseMSM};
    use ark_ff::UniformRand;
    use rand::SeedableRng;

    /// Sums over lanes that check bounds; the points include pairs that the fast path cannot add.
    fn check<C: Coordinate>()
    where
        C::Curve: ark_ec::short_weierstrass::SWCurveConfig<ScalarField = Fr>,
    {
        type P<C> = ark_ec::short_weierstrass::Projective<<C as Coordinate>::Curve>;
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        for n in [1, 40, 3000] {
            let mut points = vec![P::<C>::generator().into_affine(); n];
            for k in 1..n {
                points[k] = (points[k - 1] + P::<C>::generator() * Fr::from(k as u64)).into();
                if k % 100 == 0 {
                    points[k] = -points[k - 1];
                }
            }
            let scalars: Vec<Fr> = (0..n).map(|_| Fr::rand(&mut rng)).collect();
            let words: Vec<[u64; 4]> = scalars.iter().map(|s| s.into_bigint().0).collect();
            let sum = Bases::new::<C>(&points).msm::<C>(&words).unwrap();
            assert_eq!(sum, P::<C>::msm_unchecked(&points, &scalars));
        }
    }

    #[test]
    fn msm_over_bounded_lanes_breaks_no_bound() {
        check::<Prime<Bounded<FqConfig>>>();
        check::<Quadratic<Bounded<FqConfig>>>();
    }
}
