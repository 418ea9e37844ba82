//! secret · B8, in time and memory accesses that do not depend on the secret.
//!
//! The formulas of [`edwards`](super::edwards) run over crypto-bigint's Montgomery form, whose operations are
//! constant-time. The scalar is read in 64 digits of four bits; for each, all 16 multiples in a public table are
//! scanned and one is kept by masking. Every scalar below 2^256 costs the same 64 additions.

use std::sync::LazyLock;

use crypto_bigint::modular::ConstMontyForm;
use crypto_bigint::{CtAssign, CtEq, U256, const_monty_params};
use zeroize::{Zeroize, Zeroizing};

use super::edwards::{self, Coordinate, Extended, PreparedAffine, prepare_all};
use super::{BASE8, Point};
use crate::Fr;
use crate::field::{element_from_le_bytes, element_to_le_bytes};

const_monty_params!(
    FieldModulus,
    U256,
    "30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001",
    "The order r of the BN254 scalar field."
);

/// A field element with constant-time operations.
type Element = ConstMontyForm<FieldModulus, { U256::LIMBS }>;

/// 2·d. Both libraries keep value·2^256 mod r, so the representation can be taken over.
const TWO_D: Element = Element::from_montgomery(U256::from_words(edwards::TWO_D.0.0));
const DIGITS: usize = 64;

impl Coordinate for Element {
    const ZERO: Self = Self::ZERO;
    const ONE: Self = Self::ONE;
    const TWO_D: Self = TWO_D;
    #[inline(always)]
    fn plus(&self, other: &Self) -> Self {
        self.add(other)
    }
    #[inline(always)]
    fn minus(&self, other: &Self) -> Self {
        self.sub(other)
    }
    #[inline(always)]
    fn times(&self, other: &Self) -> Self {
        self.mul(other)
    }
    #[inline(always)]
    fn squared(&self) -> Self {
        self.square()
    }
    #[inline(always)]
    fn doubled(&self) -> Self {
        self.double()
    }
}

/// Row i holds 0, 1, .. 15 times 16^i·B8.
static TABLE: LazyLock<Vec<[PreparedAffine<Element>; 16]>> = LazyLock::new(|| {
    let mut base = BASE8.extended();
    let mut rows = Vec::with_capacity(DIGITS);
    for _ in 0..DIGITS {
        let prepared = base.prepared();
        let multiples: Vec<_> = std::iter::successors(Some(base), |last| Some(last.add(&prepared)))
            .take(15)
            .collect();
        let mut row = [PreparedAffine::IDENTITY; 16];
        for (place, multiple) in row[1..].iter_mut().zip(prepare_all(&multiples)) {
            *place = PreparedAffine {
                sum: guarded(&multiple.sum),
                difference: guarded(&multiple.difference),
                product: guarded(&multiple.product),
            };
        }
        rows.push(row);
        base = base.double().double().double().double();
    }
    rows
});

/// `scalar` · B8 for a secret scalar of 32 little-endian bytes. The product is meant to be published.
pub(crate) fn multiply_base(scalar: &[u8; 32]) -> Point {
    let mut sum = Zeroizing::new(Erasable(Extended::IDENTITY));
    for (i, row) in TABLE.iter().enumerate() {
        let digit = scalar[i / 2] >> (4 * (i % 2)) & 15;
        sum.0 = sum.0.add_affine(&select(row, digit));
    }
    let mut inverse = sum.0.z.invert().into_option().unwrap_or_default();
    let (x, y) = (sum.0.x.mul(&inverse), sum.0.y.mul(&inverse));
    inverse.zeroize();
    Point::from_arithmetic(unguarded(&x) * edwards::UNSCALE, unguarded(&y))
}

/// The table's entry number `digit`: every entry is read.
fn select(row: &[PreparedAffine<Element>; 16], digit: u8) -> PreparedAffine<Element> {
    let mut selected: PreparedAffine<Element> = PreparedAffine::IDENTITY;
    for (i, entry) in row.iter().enumerate() {
        let chosen = (i as u8).ct_eq(&digit);
        selected.sum.ct_assign(&entry.sum, chosen);
        selected.difference.ct_assign(&entry.difference, chosen);
        selected.product.ct_assign(&entry.product, chosen);
    }
    selected
}

/// The running sum shows the secret's leading digits to whoever finds it in memory.
struct Erasable(Extended<Element>);

impl Zeroize for Erasable {
    fn zeroize(&mut self) {
        let Extended { x, y, z, t } = &mut self.0;
        [x, y, z, t].into_iter().for_each(Zeroize::zeroize);
    }
}

fn guarded(element: &Fr) -> Element {
    Element::new(&U256::from_le_slice(&element_to_le_bytes(element)))
}

/// Leaves the constant-time world: for results only.
fn unguarded(element: &Element) -> Fr {
    element_from_le_bytes(&element.retrieve().to_le_bytes().into()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Integer;
    use crate::field::integer_from_le_bytes;

    #[test]
    fn constants_equal_those_of_the_fast_field() {
        assert_eq!(TWO_D.retrieve(), guarded(&edwards::TWO_D).retrieve());
    }

    #[test]
    fn multiply_base_equals_the_variable_time_product() {
        let mut scalars = vec![[0u8; 32], [0xff; 32]];
        scalars.extend((0..64).map(|i| crate::ethereum::keccak256(&[i])));
        for bit in [0usize, 3, 4, 127, 250, 255] {
            let mut scalar = [0u8; 32];
            scalar[bit / 8] = 1 << (bit % 8);
            scalars.push(scalar);
        }
        for scalar in scalars {
            let integer: Integer = integer_from_le_bytes(&scalar);
            assert_eq!(multiply_base(&scalar), BASE8.multiply(&integer));
        }
    }
}
