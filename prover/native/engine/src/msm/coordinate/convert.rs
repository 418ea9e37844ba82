//! Between lanes and single elements, for what is not worth a vector.

use crate::inverse::inverse;
use crate::lanes::{Element, Lanes, Line};
use ark_ff::{Field, MontConfig};

/// One is what a product leaves unchanged.
pub fn one_words<L: Lanes>() -> [u64; 4] {
    L::pack(&Element::<L::Config>::ONE)
}

/// The elements in the lanes of a value below 8p.
pub fn elements<L: Lanes>(value: &L) -> Vec<Element<L::Config>> {
    let mut words = [[0u64; 4]; 8];
    value.canonical().store(&mut words[..L::WIDTH]);
    words[..L::WIDTH].iter().map(L::unpack).collect()
}

/// The vector of the given elements.
pub fn vector<L: Lanes>(elements: impl Iterator<Item = Element<L::Config>>) -> L {
    let mut words = [[0u64; 4]; 8];
    for (slot, element) in words.iter_mut().zip(elements) {
        *slot = L::pack(&element);
    }
    L::load(&words[..L::WIDTH])
}

/// Inverts all by one inversion; None if one of them is zero.
pub fn invert_all<F: Field>(values: &[F], invert: impl Fn(&F) -> F) -> Option<Vec<F>> {
    let mut before = Vec::with_capacity(values.len());
    let mut product = F::ONE;
    for value in values {
        before.push(product);
        product *= value;
    }
    if product.is_zero() {
        return None;
    }
    let mut rest = invert(&product);
    for (slot, value) in before.iter_mut().zip(values).rev() {
        *slot *= rest;
        rest *= value;
    }
    Some(before)
}

/// Both elements of a line.
pub fn halves<L: Lanes>(line: &Line) -> [Element<L::Config>; 2] {
    let words = &line.0;
    [
        L::unpack(&[words[0], words[1], words[2], words[3]]),
        L::unpack(&[words[4], words[5], words[6], words[7]]),
    ]
}

/// The inverse of a nonzero element.
pub fn invert<C: MontConfig<4>>(value: &Element<C>) -> Element<C> {
    inverse(value).expect("the caller excludes zero")
}
