//! A vector of field elements, and what the engine asks of it.
//!
//! The multi-scalar multiplication and the Fourier transform are written once, over the trait
//! [`Lanes`]: `WIDTH` elements of a prime field that are added and multiplied side by side. Two
//! implementations exist. [`portable::Portable`] holds one element in arkworks' form and reduces
//! it fully after every operation. [`ifma::Ifma`] holds eight, in five limbs of 52 bits, and
//! reduces lazily: a value is any non-negative integer of the right residue below a bound that
//! the algorithm keeps in mind, written as a multiple of the modulus p.
//!
//! # The two shapes of a value
//!
//! * A *narrow* value (`Self`) has normalised limbs and may be multiplied.
//! * A *wide* value ([`Lanes::Wide`]) is what a product or a chain of additions leaves behind:
//!   its carries have not been propagated, and it may stand for a negative number. It becomes
//!   narrow again by [`Lanes::carry`] (which keeps the number) or [`Lanes::reduce`] (which takes
//!   away a multiple of p).
//!
//! # The contract of the bounds
//!
//! | operation | asks | promises |
//! | --- | --- | --- |
//! | `products`, `dots`: Σ aᵢ·bᵢ | aᵢ < αᵢp, bᵢ < βᵢp, Σ αᵢβᵢ ≤ 84 | 0 ≤ result < (1 + Σ αᵢβᵢ/84)p |
//! | `lift::<K>`, `plus`, `minus` | fewer than eight in a chain | exact |
//! | `carry` | 0 ≤ value < 32p | the same number, narrow |
//! | `reduce` | 0 ≤ value < 8p | < [`TIGHT`]·p, narrow |
//! | `scatter` | value < [`TIGHT`]·p | what `gather` gives back |
//!
//! The tests run the algorithms over a third implementation, [`bounds::Bounded`], which carries
//! intervals instead of trusting samples and fails where a step asks for more than was promised.

use ark_ff::{Fp, MontBackend, MontConfig};

#[cfg(test)]
pub mod bounds;
#[cfg(target_arch = "x86_64")]
pub mod ifma;
pub mod portable;

/// An element of the prime field of configuration `C`, as arkworks holds it.
pub type Element<C> = Fp<MontBackend<C, 4>, 4>;

/// Values that [`Lanes::reduce`] returns and memory holds are below 1.1 p.
#[cfg(test)]
pub const TIGHT: f64 = 1.1;

/// One cache line: two packed field elements of four words each, in the lanes' own Montgomery
/// form. A point of G1 is one line (x, y); a point of G2 is two (x₀, x₁), (y₀, y₁).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C, align(64))]
pub struct Line(pub [u64; 8]);

/// Names a packed point and its sign: twice the index of the point, plus one where it is to be
/// negated.
pub type Code = u32;

/// Two points to be added.
pub type Pair = [Code; 2];

/// A vector of `WIDTH` elements of one prime field. See the module for the bounds.
pub trait Lanes: Copy + Send + Sync + 'static {
    /// The field: its modulus and Montgomery constants.
    type Config: MontConfig<4>;
    /// A sum or product whose carries are still to be propagated.
    type Wide: Copy;
    /// How many elements a vector holds: 1 or 8.
    const WIDTH: usize;

    /// Runs `work` with the processor features that these lanes use switched on.
    fn vectorize<R>(work: impl FnOnce() -> R) -> R;

    /// The packed form of an element: canonical words in the lanes' Montgomery form.
    fn pack(value: &Element<Self::Config>) -> [u64; 4];
    /// The element that four packed words (below 2^256, not necessarily canonical) stand for.
    fn unpack(words: &[u64; 4]) -> Element<Self::Config>;

    /// The same packed words in every lane.
    fn splat(words: &[u64; 4]) -> Self;
    /// `WIDTH` elements from as many groups of words.
    fn load(words: &[[u64; 4]]) -> Self;
    /// Writes the `WIDTH` elements as words; each value is below 2^256 and kept as it is.
    fn store(&self, words: &mut [[u64; 4]]);

    /// Two independent Montgomery products.
    fn products(a: [&Self; 2], b: [&Self; 2]) -> [Self::Wide; 2];
    /// Two independent Montgomery squares.
    fn squares(a: [&Self; 2]) -> [Self::Wide; 2];
    /// Two independent sums of two Montgomery products each: a₀·b₀ + a₁·b₁.
    fn dots(a: [[&Self; 2]; 2], b: [[&Self; 2]; 2]) -> [Self::Wide; 2];

    /// The same number, ready for additions.
    fn widen(&self) -> Self::Wide;
    /// Adds K times the modulus.
    fn lift<const K: u64>(wide: Self::Wide) -> Self::Wide;
    /// a + b.
    fn plus(a: Self::Wide, b: Self::Wide) -> Self::Wide;
    /// a − b.
    fn minus(a: Self::Wide, b: Self::Wide) -> Self::Wide;
    /// Propagates the carries.
    fn carry(wide: Self::Wide) -> Self;
    /// Propagates the carries and takes away a multiple of the modulus.
    fn reduce(wide: Self::Wide) -> Self;
    /// Reduces narrow values below 8p to the canonical representative.
    fn canonical(&self) -> Self;

    /// Both halves of the lines `STRIDE·point + OFFSET`, for the points that side `SIDE` of
    /// `WIDTH` pairs names.
    fn gather<const STRIDE: usize, const OFFSET: usize, const SIDE: usize>(
        lines: &[Line],
        pairs: &[Pair],
    ) -> [Self; 2];
    /// The first halves only.
    fn gather_first<const STRIDE: usize, const SIDE: usize>(lines: &[Line], pairs: &[Pair])
    -> Self;
    /// p − value in the lanes whose code carries a sign, value elsewhere; value must be at most p.
    fn negate_marked<const SIDE: usize>(&self, pairs: &[Pair]) -> Self::Wide;
    /// Asks the processor to fetch what side `SIDE` of the pairs names.
    fn prefetch<const STRIDE: usize>(lines: &[Line], pairs: &[Pair]);
    /// Writes both halves of the lines `STRIDE·out + OFFSET`.
    fn scatter<const STRIDE: usize, const OFFSET: usize>(
        lines: &mut [Line],
        out: &[u32],
        halves: [&Self; 2],
    );

    /// Transposes a square of `WIDTH` vectors.
    fn transpose(square: &mut [Self]);

    /// One product.
    #[inline(always)]
    fn product(a: &Self, b: &Self) -> Self {
        let [c, _] = Self::products([a, a], [b, b]);
        Self::carry(c)
    }

    /// a + b, narrow.
    #[inline(always)]
    fn add(a: &Self, b: &Self) -> Self {
        Self::carry(Self::plus(a.widen(), b.widen()))
    }

    /// a − b + K·p, narrow; b must be at most K·p.
    #[inline(always)]
    fn sub<const K: u64>(a: &Self, b: &Self) -> Self {
        Self::carry(Self::minus(Self::lift::<K>(a.widen()), b.widen()))
    }
}
