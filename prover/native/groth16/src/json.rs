//! snarkjs' JSON: numbers are decimal strings, points end in a one (or, at infinity, a zero).

use ark_bn254::{Fq, Fq2, Fq12, Fr, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{One, PrimeField, Zero};
use num_bigint::BigUint;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};

/// The name of the proof system.
pub const PROTOCOL: &str = "groth16";
/// The name of the curve, as snarkjs has it.
pub const CURVE: &str = "bn128";

/// x, y and a one.
pub type G1Json = [String; 3];
/// The same over the quadratic extension, real part first.
pub type G2Json = [[String; 2]; 3];

/// Longest decimal that a 256-bit number can have; longer ones are not worth parsing.
const LONGEST_DECIMAL: usize = 78;

/// Parses JSON that errors call `path`.
pub fn parse<T: DeserializeOwned>(path: &str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::malformed(path, error.to_string()))
}

/// Prints JSON for a file that errors call `path`.
pub fn print<T: Serialize>(path: &str, value: &T) -> Result<String> {
    serde_json::to_string_pretty(value).map_err(|error| Error::malformed(path, error.to_string()))
}

/// Requires snarkjs' names of Groth16 and BN254.
pub fn expect_groth16(path: &str, protocol: &str, curve: &str) -> Result<()> {
    if protocol == PROTOCOL && (curve == CURVE || curve == "bn254") {
        return Ok(());
    }
    Err(Error::malformed(
        path,
        format!("{protocol:?} over {curve:?}, not Groth16 over BN254"),
    ))
}

fn decimal(path: &str, what: &str, text: &str) -> Result<BigUint> {
    if text.is_empty() || text.len() > LONGEST_DECIMAL || !text.bytes().all(|c| c.is_ascii_digit())
    {
        return Err(Error::malformed(
            path,
            format!("{what} is not a decimal integer"),
        ));
    }
    text.parse()
        .map_err(|_| Error::malformed(path, format!("{what} is not a decimal integer")))
}

/// A public signal; an error when it is not below r.
pub fn scalar(path: &str, text: &str) -> Result<Fr> {
    let value = decimal(path, "a public signal", text)?;
    if value >= BigUint::from(Fr::MODULUS) {
        return Err(Error::NotAFieldElement { value });
    }
    Ok(Fr::from(value))
}

fn coordinate(path: &str, what: &str, text: &str) -> Result<Fq> {
    let value = decimal(path, what, text)?;
    if value >= BigUint::from(Fq::MODULUS) {
        return Err(Error::malformed(
            path,
            format!("a coordinate of {what} is not below q"),
        ));
    }
    Ok(Fq::from(value))
}

fn not_affine(path: &str, what: &str) -> Error {
    Error::malformed(path, format!("{what} is not in affine form"))
}

/// Reads a G1 point; the curve is not checked.
pub fn g1(path: &str, what: &str, point: &G1Json) -> Result<G1Affine> {
    let [x, y, z] = [&point[0], &point[1], &point[2]].map(|text| coordinate(path, what, text));
    let (x, y, z) = (x?, y?, z?);
    if z.is_zero() && x.is_zero() && y.is_one() {
        return Ok(G1Affine::identity());
    }
    // (0, 0) is on no curve here, and arkworks takes it for infinity.
    if !z.is_one() || (x.is_zero() && y.is_zero()) {
        return Err(not_affine(path, what));
    }
    Ok(G1Affine::new_unchecked(x, y))
}

/// Reads a G2 point; curve and subgroup are not checked.
pub fn g2(path: &str, what: &str, point: &G2Json) -> Result<G2Affine> {
    let [x, y, z] = [&point[0], &point[1], &point[2]].map(|[real, imaginary]| {
        Ok(Fq2::new(
            coordinate(path, what, real)?,
            coordinate(path, what, imaginary)?,
        ))
    });
    let (x, y, z): (Fq2, Fq2, Fq2) = (x?, y?, z?);
    if z.is_zero() && x.is_zero() && y.is_one() {
        return Ok(G2Affine::identity());
    }
    if !z.is_one() || (x.is_zero() && y.is_zero()) {
        return Err(not_affine(path, what));
    }
    Ok(G2Affine::new_unchecked(x, y))
}

/// Writes a G1 point.
pub fn g1_json(point: &G1Affine) -> G1Json {
    match point.xy() {
        Some((x, y)) => [x.to_string(), y.to_string(), "1".to_owned()],
        None => ["0", "1", "0"].map(str::to_owned),
    }
}

/// Writes a G2 point.
pub fn g2_json(point: &G2Affine) -> G2Json {
    let pair = |value: &Fq2| [value.c0.to_string(), value.c1.to_string()];
    match point.xy() {
        Some((x, y)) => [pair(&x), pair(&y), pair(&Fq2::one())],
        None => [pair(&Fq2::zero()), pair(&Fq2::one()), pair(&Fq2::zero())],
    }
}

/// Writes an element of the pairing's target group.
pub fn target_json(value: &Fq12) -> Vec<Vec<[String; 2]>> {
    [value.c0, value.c1]
        .iter()
        .map(|half| {
            [half.c0, half.c1, half.c2]
                .iter()
                .map(|part| [part.c0.to_string(), part.c1.to_string()])
                .collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_and_one_print_as_digits() {
        assert_eq!(Fq::zero().to_string(), "0");
        assert_eq!(Fq::one().to_string(), "1");
    }

    #[test]
    fn numbers_that_are_not_reduced_are_refused() {
        let modulus = Fr::MODULUS.to_string();
        assert!(matches!(
            scalar("public", &modulus),
            Err(Error::NotAFieldElement { .. })
        ));
        for text in ["", "-1", "0x1", "1 ", &"9".repeat(79)] {
            assert!(matches!(
                scalar("public", text),
                Err(Error::MalformedFile { .. })
            ));
        }
        let point = [Fq::MODULUS.to_string(), "2".into(), "1".into()];
        assert!(g1("proof", "pi_a", &point).is_err());
        assert!(g1("proof", "pi_a", &["0", "0", "1"].map(str::to_owned)).is_err());
    }
}
