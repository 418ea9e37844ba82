//! Small circuits, made and written without the crate's own code.
#![allow(dead_code, reason = "every test file uses its own part")]

use ark_bn254::Fr;
use ark_ff::{BigInteger, One, PrimeField, Zero};
use zkclear_groth16::formats::r1cs::R1cs;
use zkclear_groth16::formats::wtns::Witness;
use zkclear_groth16::formats::zkey::Zkey;
use zkclear_groth16::formats::zkey_writer::encode_zkey;
use zkclear_groth16::progress::silent;
use zkclear_groth16::setup::make_dev_key;

/// The seed of every key in the tests.
pub const SEED: [u8; 32] = [7; 32];

/// A linear combination: wires and coefficients.
pub type Combination = Vec<(u32, Fr)>;

/// A circuit and a witness that satisfies it.
pub struct Circuit {
    pub wires: u32,
    pub outputs: u32,
    pub public_inputs: u32,
    pub private_inputs: u32,
    pub constraints: Vec<[Combination; 3]>,
    pub witness: Vec<Fr>,
}

impl Circuit {
    /// Repeated squaring with additions: one output, one public and one private input, `length`
    /// constraints with positive, negative and large coefficients, and bits among the values.
    pub fn chain(length: u32) -> Self {
        assert!(length >= 2);
        let (public, private) = (Fr::from(3u64), Fr::from(11u64));
        // Wires: 0 one, 1 output, 2 public, 3 private, 4.. the chain.
        let mut witness = vec![Fr::one(), Fr::zero(), public, private];
        let mut constraints = Vec::new();
        let one = Fr::one();
        let mut last = 3u32;
        for step in 0..length - 2 {
            let wire = witness.len() as u32;
            let constant = Fr::from(u64::from(step) * 1_000_003);
            // (last - public)·(last + constant·one) = wire
            let value = (witness[last as usize] - public) * (witness[last as usize] + constant);
            constraints.push([
                vec![(last, one), (2, -one)],
                vec![(last, one), (0, constant)],
                vec![(wire, one)],
            ]);
            witness.push(value);
            last = wire;
        }
        // A bit: b·(b - 1) = 0.
        let bit = witness.len() as u32;
        witness.push(one);
        constraints.push([vec![(bit, one)], vec![(bit, one), (0, -one)], vec![]]);
        // last·(7·one) = output
        witness[1] = witness[last as usize] * Fr::from(7u64);
        constraints.push([vec![(last, one)], vec![(0, Fr::from(7u64))], vec![(1, one)]]);
        Self {
            wires: witness.len() as u32,
            outputs: 1,
            public_inputs: 1,
            private_inputs: 1,
            constraints,
            witness,
        }
    }

    /// The bytes of the `.r1cs`.
    pub fn r1cs_bytes(&self) -> Vec<u8> {
        let mut header = field_header();
        for number in [
            self.wires,
            self.outputs,
            self.public_inputs,
            self.private_inputs,
        ] {
            header.extend(number.to_le_bytes());
        }
        header.extend(u64::from(self.wires).to_le_bytes());
        header.extend((self.constraints.len() as u32).to_le_bytes());
        let mut body = Vec::new();
        for combination in self.constraints.iter().flatten() {
            body.extend((combination.len() as u32).to_le_bytes());
            for (wire, coefficient) in combination {
                body.extend(wire.to_le_bytes());
                body.extend(element(coefficient));
            }
        }
        let labels: Vec<u8> = (0..u64::from(self.wires))
            .flat_map(u64::to_le_bytes)
            .collect();
        container(b"r1cs", 1, &[(2, body), (1, header), (3, labels)])
    }

    /// The bytes of the `.wtns`.
    pub fn wtns_bytes(&self) -> Vec<u8> {
        let mut header = field_header();
        header.extend((self.witness.len() as u32).to_le_bytes());
        let body = self.witness.iter().flat_map(element).collect();
        container(b"wtns", 2, &[(1, header), (2, body)])
    }

    pub fn r1cs(&self) -> R1cs {
        R1cs::parse("circuit.r1cs", &self.r1cs_bytes()).unwrap()
    }

    pub fn witness(&self) -> Witness {
        Witness::parse("witness.wtns", &self.wtns_bytes()).unwrap()
    }

    /// The witness with one value changed.
    pub fn witness_with(&self, wire: usize, value: Fr) -> Witness {
        let mut values = self.witness.clone();
        values[wire] = value;
        let bytes: Vec<u8> = values.iter().flat_map(element).collect();
        Witness::parse("witness", &bytes).unwrap()
    }

    /// The bytes of a development key.
    pub fn zkey_bytes(&self) -> Vec<u8> {
        let r1cs = self.r1cs();
        encode_zkey(&make_dev_key(&r1cs, &SEED, &silent).unwrap(), &r1cs)
    }

    pub fn zkey(&self) -> Zkey {
        Zkey::parse("circuit.zkey", self.zkey_bytes()).unwrap()
    }
}

/// A field element as the files spell it.
pub fn element(value: &Fr) -> [u8; 32] {
    value.into_bigint().to_bytes_le().try_into().unwrap()
}

/// The size and modulus of the scalar field.
pub fn field_header() -> Vec<u8> {
    let mut header = 32u32.to_le_bytes().to_vec();
    header.extend(Fr::MODULUS.to_bytes_le());
    header
}

/// A file of numbered sections.
pub fn container(magic: &[u8; 4], version: u32, sections: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let mut file = magic.to_vec();
    file.extend(version.to_le_bytes());
    file.extend((sections.len() as u32).to_le_bytes());
    for (kind, content) in sections {
        file.extend(kind.to_le_bytes());
        file.extend((content.len() as u64).to_le_bytes());
        file.extend(content);
    }
    file
}

/// Where a section's content lies in a file.
pub fn section(file: &[u8], kind: u32) -> std::ops::Range<usize> {
    let mut at = 12;
    loop {
        let found = u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
        let length = u64::from_le_bytes(file[at + 4..at + 12].try_into().unwrap()) as usize;
        if found == kind {
            return at + 12..at + 12 + length;
        }
        at += 12 + length;
    }
}
