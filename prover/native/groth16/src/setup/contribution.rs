//! A contribution to δ in the second phase of a ceremony.

use ark_bn254::{Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};

use super::hash_to_curve::hash_to_g2;
use crate::blake2b::{Blake2b, DIGEST_BYTES};
use crate::error::{Error, Result};
use crate::formats::container::Cursor;
use crate::points::{G1_BYTES, G2_BYTES, PointBytes, is_in_g1, is_in_g2, read_g1, read_g2};

/// The name under which the development setup contributes. A key that carries it is unsafe:
/// its secrets are known.
pub const DEV_CONTRIBUTION: &str = "zkclear-dev-setup UNSAFE";

/// What a contributor published.
#[derive(Clone, Debug)]
pub struct Contribution {
    /// δ after this contribution.
    pub delta_after: G1Affine,
    /// A random point.
    pub point: G1Affine,
    /// That point times the contributor's secret.
    pub point_times_secret: G1Affine,
    /// A point drawn from the transcript, times the secret.
    pub drawn_times_secret: G2Affine,
    /// The hash of all that came before and of the two points.
    pub transcript: [u8; DIGEST_BYTES],
    /// 0 for a person, 1 for a random beacon.
    pub kind: u32,
    /// The contributor's name.
    pub name: Option<String>,
    /// A beacon's iterations (as a power of two) and value.
    pub beacon: Option<(u8, Vec<u8>)>,
}

impl Contribution {
    /// The first contribution to a fresh key, whose δ is one.
    pub fn first(circuit_hash: &[u8], secret: Fr, randomness: Fr, name: &str) -> Self {
        let point = (G1Affine::generator() * randomness).into_affine();
        let point_times_secret = (point * secret).into_affine();
        let mut hash = Blake2b::default();
        hash.update(circuit_hash);
        super::hash_points(&mut hash, &[point, point_times_secret]);
        let transcript = hash.finish();
        Self {
            delta_after: (G1Affine::generator() * secret).into_affine(),
            point,
            point_times_secret,
            drawn_times_secret: (hash_to_g2(&transcript) * secret).into_affine(),
            transcript,
            kind: 0,
            name: Some(name.to_owned()),
            beacon: None,
        }
    }

    /// Takes a contribution from a key's ceremony section.
    pub fn read(path: &str, cursor: &mut Cursor<'_>) -> Result<Self> {
        let mut g1 = || -> Result<G1Affine> {
            read_g1(cursor.take(G1_BYTES)?)
                .filter(is_in_g1)
                .ok_or_else(|| Error::malformed(path, "a contribution has a point not on G1"))
        };
        let (delta_after, point, point_times_secret) = (g1()?, g1()?, g1()?);
        let drawn_times_secret = read_g2(cursor.take(G2_BYTES)?)
            .filter(is_in_g2)
            .ok_or_else(|| Error::malformed(path, "a contribution has a point not on G2"))?;
        let mut transcript = [0u8; DIGEST_BYTES];
        transcript.copy_from_slice(cursor.take(DIGEST_BYTES)?);
        let kind = cursor.u32()?;
        let length = cursor.u32()? as usize;
        let mut contribution = Self {
            delta_after,
            point,
            point_times_secret,
            drawn_times_secret,
            transcript,
            kind,
            name: None,
            beacon: None,
        };
        contribution.read_parameters(path, cursor.take(length)?)?;
        Ok(contribution)
    }

    /// Parameters are tagged by a rising byte: 1 name, 2 iterations, 3 beacon value.
    fn read_parameters(&mut self, path: &str, bytes: &[u8]) -> Result<()> {
        let mut cursor = Cursor::new(path, "contribution's parameters", bytes);
        let (mut last, mut iterations) = (0, None);
        while cursor.left() > 0 {
            let tag = cursor.take(1)?[0];
            if tag <= last {
                return Err(Error::malformed(
                    path,
                    "a contribution's parameters are not sorted",
                ));
            }
            last = tag;
            let value = cursor.take(1)?[0];
            match tag {
                1 => {
                    let name = cursor.take(usize::from(value))?;
                    self.name = Some(String::from_utf8_lossy(name).into_owned());
                }
                2 => iterations = Some(value),
                3 => {
                    let beacon = cursor.take(usize::from(value))?.to_vec();
                    self.beacon = Some((iterations.unwrap_or(0), beacon));
                }
                other => {
                    return Err(Error::malformed(
                        path,
                        format!("a contribution has the unknown parameter {other}"),
                    ));
                }
            }
        }
        Ok(())
    }

    /// Appends the contribution as a key's ceremony section holds it.
    pub fn write(&self, out: &mut Vec<u8>) {
        for point in [self.delta_after, self.point, self.point_times_secret] {
            point.write_montgomery(out);
        }
        self.drawn_times_secret.write_montgomery(out);
        out.extend_from_slice(&self.transcript);
        out.extend_from_slice(&self.kind.to_le_bytes());
        let mut parameters = Vec::new();
        if let Some(name) = &self.name {
            parameters.push(1);
            push_short(&mut parameters, name.as_bytes());
        }
        if let Some((iterations, value)) = &self.beacon {
            parameters.extend_from_slice(&[2, *iterations, 3]);
            push_short(&mut parameters, value);
        }
        out.extend_from_slice(&(parameters.len() as u32).to_le_bytes());
        out.extend_from_slice(&parameters);
    }

    /// The hash by which contributors know their contribution.
    pub fn hash(&self) -> [u8; DIGEST_BYTES] {
        let mut hash = Blake2b::default();
        super::hash_points(
            &mut hash,
            &[self.delta_after, self.point, self.point_times_secret],
        );
        super::hash_points(&mut hash, &[self.drawn_times_secret]);
        hash.update(&self.transcript);
        hash.finish()
    }
}

/// Appends bytes behind a one-byte length, cut to what fits.
fn push_short(out: &mut Vec<u8>, bytes: &[u8]) {
    let taken = &bytes[..bytes.len().min(usize::from(u8::MAX))];
    out.push(taken.len() as u8);
    out.extend_from_slice(taken);
}
