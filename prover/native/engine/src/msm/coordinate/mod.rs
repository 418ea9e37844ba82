//! The field that a point's coordinates live in, over lanes: Fq for G1, Fq² for G2.

mod convert;
mod prime;
mod quadratic;

pub use prime::Prime;
pub use quadratic::Quadratic;

use crate::lanes::{Lanes, Line, Pair};
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};

/// A coordinate in every lane, and how points are laid out in memory. The bounds are those of
/// [`Lanes`], component by component.
pub trait Coordinate: Copy + Send + Sync + 'static {
    /// The lanes underneath.
    type Lanes: Lanes;
    /// An unfinished coordinate, see [`Lanes::Wide`].
    type Wide: Copy;
    /// The curve whose points have these coordinates.
    type Curve: SWCurveConfig;
    /// Cache lines of a point.
    const LINES: usize;
    /// Points that a vector holds.
    const WIDTH: usize = <Self::Lanes as Lanes>::WIDTH;

    /// One, in every lane.
    fn one() -> Self;
    /// The inverse in every lane; None where some lane holds zero.
    fn inverse(&self) -> Option<Self>;

    /// Two products; the left factors must be at most 2p.
    fn products(a: [&Self; 2], b: [&Self; 2]) -> [Self::Wide; 2];
    /// Two squares of values at most 2p.
    fn squares(a: [&Self; 2]) -> [Self::Wide; 2];
    /// The same value, ready for additions.
    fn widen(&self) -> Self::Wide;
    /// Adds K·p.
    fn lift<const K: u64>(wide: Self::Wide) -> Self::Wide;
    /// Subtracts.
    fn minus(a: Self::Wide, b: Self::Wide) -> Self::Wide;
    /// Propagates carries.
    fn carry(wide: Self::Wide) -> Self;
    /// Propagates carries and reduces below 1.1 p.
    fn reduce(wide: Self::Wide) -> Self;

    /// The x coordinates of one side of `WIDTH` pairs.
    fn gather_x<const SIDE: usize>(points: &[Line], pairs: &[Pair]) -> Self;
    /// Both coordinates of one side of `WIDTH` pairs, the sign applied to y.
    fn gather<const SIDE: usize>(points: &[Line], pairs: &[Pair]) -> (Self, Self::Wide);
    /// Prefetches both sides of `WIDTH` pairs.
    fn prefetch(points: &[Line], pairs: &[Pair]);
    /// Writes `WIDTH` points.
    fn scatter(points: &mut [Line], out: &[u32], x: &Self, y: &Self);

    /// Packs one finite point into its lines.
    fn pack(point: &Affine<Self::Curve>, lines: &mut [Line]);
    /// The point that lines hold; all-zero lines are the point at infinity.
    fn unpack(lines: &[Line]) -> Affine<Self::Curve>;

    /// a − b + K·p, narrow.
    #[inline(always)]
    fn sub<const K: u64>(a: &Self, b: &Self) -> Self {
        Self::carry(Self::minus(Self::lift::<K>(a.widen()), b.widen()))
    }
}
