//! Files that are not what they should be: each is refused with its reason.

mod common;

use ark_bn254::{Fq, Fr};
use ark_ff::{BigInteger, One, PrimeField};
use common::{Circuit, container, field_header, section};
use zkclear_groth16::error::Error;
use zkclear_groth16::formats::r1cs::R1cs;
use zkclear_groth16::formats::wtns::Witness;
use zkclear_groth16::formats::zkey::Zkey;

fn reason<T>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::MalformedFile { path, reason }) => {
            assert_eq!(path, "file");
            reason
        }
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("accepted"),
    }
}

fn r1cs(bytes: &[u8]) -> String {
    reason(R1cs::parse("file", bytes))
}

fn wtns(bytes: &[u8]) -> String {
    reason(Witness::parse("file", bytes))
}

/// Everything that a prover reads of a key.
fn read_all(bytes: Vec<u8>) -> Result<(), Error> {
    let zkey = Zkey::parse("file", bytes)?;
    zkey.constraints()?;
    zkey.check_points()
}

fn zkey(bytes: Vec<u8>) -> String {
    reason(read_all(bytes))
}

/// The file with some bytes replaced.
fn patched(file: &[u8], at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut file = file.to_vec();
    file[at..at + bytes.len()].copy_from_slice(bytes);
    file
}

#[test]
fn intact_files_are_read() {
    let circuit = Circuit::chain(10);
    let r1cs = circuit.r1cs();
    assert_eq!(r1cs.constraints(), 10);
    assert_eq!(r1cs.wires, circuit.witness.len());
    assert_eq!(r1cs.public_signals(), 2);
    let witness = circuit.witness();
    assert_eq!(witness.scalars(), circuit.witness);
    assert_eq!(witness.encode(), circuit.wtns_bytes());
    read_all(circuit.zkey_bytes()).unwrap();
}

#[test]
fn every_truncation_is_refused() {
    let circuit = Circuit::chain(4);
    for file in [
        circuit.r1cs_bytes(),
        circuit.wtns_bytes(),
        circuit.zkey_bytes(),
    ] {
        for length in 0..file.len() {
            let cut = &file[..length];
            assert!(R1cs::parse("file", cut).is_err());
            assert!(Witness::parse("file", cut).is_err());
            assert!(read_all(cut.to_vec()).is_err());
        }
    }
}

#[test]
fn foreign_files_are_refused() {
    let circuit = Circuit::chain(4);
    assert!(r1cs(&circuit.wtns_bytes()).contains("not a .r1cs file"));
    assert!(wtns(&circuit.zkey_bytes()).contains("not a .wtns file"));
    assert!(zkey(circuit.r1cs_bytes()).contains("not a .zkey file"));
    assert!(r1cs(&[]).contains("truncated"));
}

#[test]
fn versions_other_than_the_known_are_refused() {
    let circuit = Circuit::chain(4);
    assert!(r1cs(&patched(&circuit.r1cs_bytes(), 4, &[2])).contains("version 2"));
    assert!(wtns(&patched(&circuit.wtns_bytes(), 4, &[1])).contains("version 1"));
    assert!(zkey(patched(&circuit.zkey_bytes(), 4, &[9])).contains("version 9"));
}

#[test]
fn other_curves_are_refused() {
    let circuit = Circuit::chain(4);
    let other = Fq::MODULUS.to_bytes_le();
    for (file, at) in [
        (
            circuit.r1cs_bytes(),
            section(&circuit.r1cs_bytes(), 1).start,
        ),
        (
            circuit.wtns_bytes(),
            section(&circuit.wtns_bytes(), 1).start,
        ),
    ] {
        let file = patched(&file, at + 4, &other);
        let result = (
            R1cs::parse("file", &file).err(),
            Witness::parse("file", &file).err(),
        );
        let text = format!("{result:?}");
        assert!(text.contains("other than BN254"), "{text}");
    }
    let key = circuit.zkey_bytes();
    let at = section(&key, 2).start;
    assert!(zkey(patched(&key, at + 4, &Fr::MODULUS.to_bytes_le())).contains("other than BN254"));
    assert!(zkey(patched(&key, at + 40, &other)).contains("other than BN254"));
    assert!(zkey(patched(&key, at, &[48])).contains("48 bytes"));
}

#[test]
fn missing_double_and_trailing_sections_are_refused() {
    let circuit = Circuit::chain(4);
    let file = circuit.r1cs_bytes();
    let (header, body) = (section(&file, 1), section(&file, 2));
    let part = |kind, range: std::ops::Range<usize>| (kind, file[range].to_vec());
    assert!(r1cs(&container(b"r1cs", 1, &[part(1, header.clone())])).contains("section 3"));
    let twice = [part(1, header.clone()), part(1, header.clone())];
    assert!(r1cs(&container(b"r1cs", 1, &twice)).contains("twice"));
    let labels = (3, vec![0; 8 * circuit.wires as usize]);
    let whole = [part(1, header.clone()), labels.clone()];
    assert!(r1cs(&container(b"r1cs", 1, &whole)).contains("section 2 is missing"));
    let gates = [
        part(1, header),
        part(2, body),
        labels,
        (4, vec![1, 0, 0, 0]),
    ];
    assert!(r1cs(&container(b"r1cs", 1, &gates)).contains("custom gates"));
    let mut longer = file.clone();
    longer.push(0);
    assert!(r1cs(&longer).contains("unexpected bytes"));
    let key = circuit.zkey_bytes();
    for kind in 1..=10u32 {
        let at = section(&key, kind).start - 12;
        let renamed = patched(&key, at, &77u32.to_le_bytes());
        assert!(zkey(renamed).contains(&format!("section {kind} is missing")));
    }
}

#[test]
fn counts_that_do_not_fit_are_refused() {
    let circuit = Circuit::chain(4);
    let file = circuit.r1cs_bytes();
    let (header, body) = (section(&file, 1).start, section(&file, 2).start);
    let huge = u32::MAX.to_le_bytes();
    assert!(r1cs(&patched(&file, header + 36, &huge)).contains("labels for 4294967295 wires"));
    assert!(r1cs(&patched(&file, header + 40, &huge)).contains("cannot hold"));
    assert!(r1cs(&patched(&file, header + 60, &huge)).contains("no room for 4294967295"));
    assert!(r1cs(&patched(&file, header + 60, &[3])).contains("unexpected bytes"));
    assert!(r1cs(&patched(&file, body, &huge)).contains("truncated"));
    let witness = circuit.wtns_bytes();
    let at = section(&witness, 1).start;
    assert!(wtns(&patched(&witness, at + 36, &huge)).contains("cannot hold 4294967295 values"));
    let key = circuit.zkey_bytes();
    let at = section(&key, 2).start;
    assert!(zkey(patched(&key, at + 72, &huge)).contains("were expected"));
    assert!(zkey(patched(&key, at + 76, &huge)).contains("do not fit"));
    assert!(zkey(patched(&key, at + 80, &[7])).contains("not the size of a domain"));
    assert!(zkey(patched(&key, at + 80, &huge)).contains("not the size of a domain"));
    let count = section(&key, 4).start;
    assert!(zkey(patched(&key, count, &huge)).contains("cannot hold 4294967295 coefficients"));
}

#[test]
fn indices_out_of_range_are_refused() {
    let circuit = Circuit::chain(4);
    let file = circuit.r1cs_bytes();
    let body = section(&file, 2).start;
    assert!(r1cs(&patched(&file, body + 4, &[circuit.wires as u8])).contains("names wire"));
    let key = circuit.zkey_bytes();
    let first = section(&key, 4).start + 4;
    assert!(zkey(patched(&key, first, &[2])).contains("names matrix 2"));
    assert!(zkey(patched(&key, first + 4, &[8])).contains("names row 8 of 8"));
    assert!(zkey(patched(&key, first + 8, &[circuit.wires as u8])).contains("names wire"));
}

#[test]
fn values_that_are_not_reduced_are_refused() {
    let circuit = Circuit::chain(4);
    let modulus = Fr::MODULUS.to_bytes_le();
    let file = circuit.r1cs_bytes();
    assert!(r1cs(&patched(&file, section(&file, 2).start + 8, &modulus)).contains("not below r"));
    let witness = circuit.wtns_bytes();
    let at = section(&witness, 2).start + 64;
    assert!(wtns(&patched(&witness, at, &modulus)).contains("wire 2 is not below r"));
    let key = circuit.zkey_bytes();
    let first = section(&key, 4).start + 16;
    assert!(zkey(patched(&key, first, &modulus)).contains("coefficient 0 is not below r"));
    let base = Fq::MODULUS.to_bytes_le();
    for kind in [3, 5, 6, 7, 8, 9] {
        let at = section(&key, kind).start;
        assert!(
            zkey(patched(&key, at, &base)).contains("not below q"),
            "{kind}"
        );
    }
}

#[test]
fn points_off_the_curve_are_refused() {
    let circuit = Circuit::chain(4);
    let key = circuit.zkey_bytes();
    for kind in [3, 5, 6, 7, 8, 9] {
        // The y coordinate of some finite point, one bit changed.
        let range = section(&key, kind);
        let size = if kind == 7 { 128 } else { 64 };
        let at = range
            .step_by(size)
            .find(|at| key[*at..at + size].iter().any(|byte| *byte != 0))
            .unwrap();
        let byte = key[at + size / 2] ^ 1;
        let text = zkey(patched(&key, at + size / 2, &[byte]));
        assert!(text.contains("not on the curve"), "{kind}: {text}");
    }
    let header = section(&key, 2).start + 84;
    for at in [0, 64, 128, 256, 384, 448] {
        let byte = key[header + at] ^ 1;
        assert!(zkey(patched(&key, header + at, &[byte])).contains("is not a point of G"));
    }
}

#[test]
fn spellings_of_delta_that_disagree_are_refused() {
    let circuit = Circuit::chain(4);
    let key = circuit.zkey_bytes();
    let at = section(&key, 2).start + 84;
    // δ in G1 becomes α.
    let alpha = key[at..at + 64].to_vec();
    assert!(zkey(patched(&key, at + 384, &alpha)).contains("different scalars"));
}

#[test]
fn a_witness_that_does_not_begin_with_one_is_refused() {
    let circuit = Circuit::chain(4);
    let witness = circuit.wtns_bytes();
    let at = section(&witness, 2).start;
    assert!(wtns(&patched(&witness, at, &[2])).contains("first value is not one"));
    let mut header = field_header();
    header.extend(0u32.to_le_bytes());
    let empty = container(b"wtns", 2, &[(1, header), (2, vec![])]);
    assert!(wtns(&empty).contains("first value is not one"));
    let mut bare = common::element(&Fr::one()).to_vec();
    bare.push(0);
    assert!(wtns(&bare).contains("no whole number of values"));
}
