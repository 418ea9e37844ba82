//! The container: a magic word, a version, and numbered sections, each with its length.
//!
//! Sections follow each other without gaps, so they cannot overlap; what is left to check is that
//! each fits into the file, that none comes twice and that nothing follows the last one.

use std::ops::Range;

use ark_ff::PrimeField;

use crate::error::{Error, Result};
use crate::field::{FIELD_BYTES, Limbs, limbs};

/// More sections than any of the formats has; a larger count is not worth believing.
const MOST_SECTIONS: u32 = 64;

/// Where each section lies in the bytes of a file.
#[derive(Debug)]
pub struct Container {
    path: String,
    sections: Vec<(u32, Range<usize>)>,
}

impl Container {
    /// Reads the table of sections of `bytes`, which are called `path` in errors.
    pub fn parse(path: &str, bytes: &[u8], magic: &[u8; 4], version: u32) -> Result<Self> {
        let mut cursor = Cursor::new(path, "file header", bytes);
        let found = cursor.take(4)?;
        if found != magic {
            return Err(Error::malformed(
                path,
                format!(
                    "not a .{} file: it begins with {:?}",
                    String::from_utf8_lossy(magic),
                    String::from_utf8_lossy(found)
                ),
            ));
        }
        let actual = cursor.u32()?;
        if actual != version {
            return Err(Error::malformed(
                path,
                format!("version {actual} is not supported, only {version}"),
            ));
        }
        let count = cursor.u32()?;
        if count > MOST_SECTIONS {
            return Err(Error::malformed(
                path,
                format!("{count} sections are too many"),
            ));
        }
        let mut sections: Vec<(u32, Range<usize>)> = Vec::new();
        for _ in 0..count {
            let kind = cursor.u32()?;
            let length = usize::try_from(cursor.u64()?).unwrap_or(usize::MAX);
            let start = cursor.position;
            if length > bytes.len() - start {
                return Err(Error::malformed(
                    path,
                    format!(
                        "truncated: section {kind} needs {length} bytes, {} are left",
                        bytes.len() - start
                    ),
                ));
            }
            if sections.iter().any(|(other, _)| *other == kind) {
                return Err(Error::malformed(
                    path,
                    format!("section {kind} comes twice"),
                ));
            }
            sections.push((kind, start..start + length));
            cursor.position += length;
        }
        cursor.finish()?;
        Ok(Self {
            path: path.to_owned(),
            sections,
        })
    }

    /// Where a section lies; an error when there is none.
    pub fn section(&self, kind: u32) -> Result<Range<usize>> {
        self.optional(kind)
            .ok_or_else(|| Error::malformed(&self.path, format!("section {kind} is missing")))
    }

    /// Where a section lies, if there is one.
    pub fn optional(&self, kind: u32) -> Option<Range<usize>> {
        self.sections
            .iter()
            .find(|(other, _)| *other == kind)
            .map(|(_, range)| range.clone())
    }
}

/// A place in a slice, from which values are taken one after the other.
pub struct Cursor<'a> {
    path: &'a str,
    what: &'static str,
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Cursor<'a> {
    /// Starts at the beginning of `bytes`; `what` names them in errors.
    pub fn new(path: &'a str, what: &'static str, bytes: &'a [u8]) -> Self {
        Self {
            path,
            what,
            bytes,
            position: 0,
        }
    }

    /// How many bytes have not been taken.
    pub fn left(&self) -> usize {
        self.bytes.len() - self.position
    }

    /// The next `count` bytes.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        if count > self.left() {
            return Err(Error::malformed(
                self.path,
                format!(
                    "truncated: {} ends after {} bytes, {count} more were needed at {}",
                    self.what,
                    self.bytes.len(),
                    self.position
                ),
            ));
        }
        let taken = &self.bytes[self.position..self.position + count];
        self.position += count;
        Ok(taken)
    }

    /// A little-endian 32-bit integer.
    pub fn u32(&mut self) -> Result<u32> {
        let taken = self.take(4)?;
        Ok(u32::from_le_bytes([taken[0], taken[1], taken[2], taken[3]]))
    }

    /// A little-endian 64-bit integer.
    pub fn u64(&mut self) -> Result<u64> {
        let low = u64::from(self.u32()?);
        Ok(low | u64::from(self.u32()?) << 32)
    }

    /// A little-endian 256-bit integer.
    pub fn limbs(&mut self) -> Result<Limbs> {
        Ok(limbs(self.take(FIELD_BYTES)?))
    }

    /// The size and value of a field's modulus, which must be that of `F`.
    pub fn modulus<F: PrimeField<BigInt = Limbs>>(&mut self) -> Result<()> {
        let size = self.u32()?;
        if size as usize != FIELD_BYTES {
            return Err(Error::malformed(
                self.path,
                format!("field elements of {size} bytes: not a file for BN254"),
            ));
        }
        if self.limbs()? != F::MODULUS {
            return Err(Error::malformed(
                self.path,
                "made for a curve other than BN254",
            ));
        }
        Ok(())
    }

    /// Requires that nothing is left.
    pub fn finish(&self) -> Result<()> {
        if self.left() == 0 {
            return Ok(());
        }
        Err(Error::malformed(
            self.path,
            format!("{} unexpected bytes after the {}", self.left(), self.what),
        ))
    }
}

/// Builds a container in memory, section by section.
pub struct ContainerWriter {
    bytes: Vec<u8>,
    sections: u32,
}

impl ContainerWriter {
    /// Starts with the magic word and version.
    pub fn new(magic: &[u8; 4], version: u32) -> Self {
        let mut bytes = magic.to_vec();
        bytes.extend_from_slice(&version.to_le_bytes());
        bytes.extend_from_slice(&0u32.to_le_bytes());
        Self { bytes, sections: 0 }
    }

    /// Appends a section whose content `fill` writes.
    pub fn section(&mut self, kind: u32, fill: impl FnOnce(&mut Vec<u8>)) {
        self.bytes.extend_from_slice(&kind.to_le_bytes());
        let length_at = self.bytes.len();
        self.bytes.extend_from_slice(&0u64.to_le_bytes());
        fill(&mut self.bytes);
        let length = (self.bytes.len() - length_at - 8) as u64;
        self.bytes[length_at..length_at + 8].copy_from_slice(&length.to_le_bytes());
        self.sections += 1;
    }

    /// The whole file.
    pub fn finish(mut self) -> Vec<u8> {
        self.bytes[8..12].copy_from_slice(&self.sections.to_le_bytes());
        self.bytes
    }
}
