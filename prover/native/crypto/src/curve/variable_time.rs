//! Multiplication of public points by public scalars. Not constant-time.

use std::sync::LazyLock;

use ark_ff::BigInteger;

use super::BASE8;
use super::edwards::{Extended, Prepared, PreparedAffine, prepare_all};
use crate::{Fr, Integer};

const POINT_WINDOW: u32 = 5;
const BASE_WINDOW: u32 = 8;

/// Odd multiples 1·B8, 3·B8, .. 127·B8.
static BASE_MULTIPLES: LazyLock<Vec<PreparedAffine<Fr>>> = LazyLock::new(|| {
    let base = BASE8.extended();
    let twice = base.double().prepared();
    let multiples: Vec<_> = std::iter::successors(Some(base), |last| Some(last.add(&twice)))
        .take(1 << (BASE_WINDOW - 2))
        .collect();
    prepare_all(&multiples)
});

/// scalar · point.
pub(crate) fn multiply(point: &Extended<Fr>, scalar: &Integer) -> Extended<Fr> {
    combine(point, scalar, &Integer::default())
}

/// scalar · point + base_scalar · B8, with one chain of doublings for both.
pub(crate) fn combine(
    point: &Extended<Fr>,
    scalar: &Integer,
    base_scalar: &Integer,
) -> Extended<Fr> {
    let digits = signed_digits(scalar, POINT_WINDOW);
    let base_digits = signed_digits(base_scalar, BASE_WINDOW);
    let twice = point.double().prepared();
    let mut multiples: [Prepared<Fr>; 1 << (POINT_WINDOW - 2)] = [point.prepared(); _];
    let mut last = *point;
    for multiple in &mut multiples[1..] {
        last = last.add(&twice);
        *multiple = last.prepared();
    }

    let mut sum = Extended::IDENTITY;
    let both = digits.iter().zip(&base_digits).enumerate().rev();
    for (position, (&digit, &base_digit)) in both.skip_while(|(_, (a, b))| **a == 0 && **b == 0) {
        // T is needed by an addition, and by the caller at the end.
        let needs_t = digit != 0 || base_digit != 0 || position == 0;
        sum = if needs_t {
            sum.double()
        } else {
            sum.double_before_doubling()
        };
        let multiple = digit.unsigned_abs() as usize / 2;
        match digit.signum() {
            0 => {}
            1 => sum = sum.add(&multiples[multiple]),
            _ => sum = sum.subtract(&multiples[multiple]),
        }
        let base_multiple = base_digit.unsigned_abs() as usize / 2;
        match base_digit.signum() {
            0 => {}
            1 => sum = sum.add_affine(&BASE_MULTIPLES[base_multiple]),
            _ => sum = sum.subtract_affine(&BASE_MULTIPLES[base_multiple]),
        }
    }
    sum
}

/// The non-adjacent form: digits are 0 or odd and below 2^(window-1) in size, and any `window` in a row hold one at most.
fn signed_digits(scalar: &Integer, window: u32) -> [i8; 257] {
    let mut digits = [0i8; 257];
    let (mut position, mut carry) = (0usize, 0u64);
    while position < 256 {
        let value = carry + bits(scalar, position, window);
        if value & 1 == 0 {
            position += 1;
            continue;
        }
        carry = value >> (window - 1) & 1;
        digits[position] = (value as i64 - ((carry as i64) << window)) as i8;
        position += window as usize;
    }
    digits[256] = carry as i8;
    digits
}

/// `count` bits from `position` on.
fn bits(scalar: &Integer, position: usize, count: u32) -> u64 {
    let (limb, offset) = (position / 64, position % 64);
    let mut value = scalar.0[limb] >> offset;
    if offset != 0 && limb + 1 < 4 {
        value |= scalar.0[limb + 1] << (64 - offset);
    }
    value & ((1 << count) - 1)
}

/// Σ scalar · point by Pippenger's buckets, with signed digits.
pub(crate) fn sum_of_multiples(points: &[PreparedAffine<Fr>], scalars: &[Integer]) -> Extended<Fr> {
    let longest = scalars.iter().map(BigInteger::num_bits).max().unwrap_or(0);
    // An addition into a bucket for each point and window, two for each of 2^(window-1) buckets.
    let cost =
        |window: u32| (longest / window + 1) as usize * (points.len() + (5 << (window - 1)) / 2);
    let window = (2..=14).min_by_key(|&window| cost(window)).unwrap_or(2);

    let mut sum = Extended::IDENTITY;
    for start in (0..longest as usize + 1).step_by(window as usize).rev() {
        for _ in 0..window {
            sum = sum.double();
        }
        let mut buckets = vec![Extended::<Fr>::IDENTITY; 1 << (window - 1)];
        for (point, scalar) in points.iter().zip(scalars) {
            match signed_window(scalar, start, window) {
                0 => {}
                digit @ 1.. => {
                    buckets[digit as usize - 1] = buckets[digit as usize - 1].add_affine(point)
                }
                digit => {
                    let bucket = &mut buckets[digit.unsigned_abs() as usize - 1];
                    *bucket = bucket.subtract_affine(point);
                }
            }
        }
        let mut running = Extended::IDENTITY;
        for bucket in buckets.iter().rev() {
            running = running.add(&bucket.prepared());
            sum = sum.add(&running.prepared());
        }
    }
    sum
}

/// One digit of the signed (Booth) form, at most 2^(window-1) in size: the window's bits, plus the bit below, the top one negative.
fn signed_window(scalar: &Integer, start: usize, window: u32) -> i32 {
    let bits_from = |position: usize, count| {
        if position < 256 {
            bits(scalar, position, count)
        } else {
            0
        }
    };
    let below = if start == 0 {
        0
    } else {
        bits_from(start - 1, 1)
    };
    let value = bits_from(start, window);
    let negative = value >> (window - 1);
    value as i32 + below as i32 - ((negative as i32) << window)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curve::GENERATOR;

    fn scalars() -> Vec<Integer> {
        let mut scalars = vec![
            Integer::default(),
            Integer::from(1u64),
            Integer::new([u64::MAX; 4]),
        ];
        for i in 0..40u64 {
            let limb = |j: u64| {
                (i * 4 + j + 1)
                    .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                    .rotate_left(i as u32 * 7)
            };
            scalars.push(Integer::new([limb(0), limb(1), limb(2), limb(3)]));
        }
        scalars
    }

    fn by_doubling(point: &Extended<Fr>, scalar: &Integer) -> Extended<Fr> {
        let prepared = point.prepared();
        scalar
            .to_bits_be()
            .into_iter()
            .fold(Extended::IDENTITY, |sum, bit| {
                let doubled = sum.double();
                if bit { doubled.add(&prepared) } else { doubled }
            })
    }

    #[test]
    fn multiply_equals_double_and_add() {
        for scalar in scalars() {
            let expected = by_doubling(&GENERATOR.extended(), &scalar).to_point();
            assert_eq!(
                multiply(&GENERATOR.extended(), &scalar).to_point(),
                expected
            );
        }
    }

    #[test]
    fn combine_and_sum_of_multiples_equal_double_and_add() {
        let scalars = scalars();
        let mut points = vec![GENERATOR];
        while points.len() < scalars.len() {
            points.push(points[points.len() - 1].add(&GENERATOR));
        }
        let mut expected = Extended::IDENTITY;
        for (point, scalar) in points.iter().zip(&scalars) {
            let product = by_doubling(&point.extended(), scalar);
            let both = product.add(&by_doubling(&BASE8.extended(), scalar).prepared());
            let combined = combine(&point.extended(), scalar, scalar);
            assert_eq!(combined.to_point(), both.to_point());
            assert_eq!(
                combined.t * combined.z,
                combined.x * combined.y,
                "T is stale"
            );
            expected = expected.add(&product.prepared());
        }
        let prepared: Vec<_> = points
            .iter()
            .map(|point| point.affine().prepared())
            .collect();
        for count in [0, 1, 2, 7, scalars.len()] {
            let partial = scalars[..count]
                .iter()
                .zip(&points)
                .fold(Extended::IDENTITY, |sum, (scalar, point)| {
                    sum.add(&by_doubling(&point.extended(), scalar).prepared())
                });
            assert_eq!(
                sum_of_multiples(&prepared[..count], &scalars[..count]).to_point(),
                partial.to_point()
            );
        }
        assert_eq!(
            sum_of_multiples(&prepared, &scalars).to_point(),
            expected.to_point()
        );
    }
}
