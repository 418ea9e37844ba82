//! The wire: how commands and events become bytes, and back.
//!
//! A record is its kind's number in one byte and its fields in order, each an integer of a fixed width, lowest byte
//! first. One that ends early, goes on too long or names an unknown kind is refused before it touches anything.

use std::fmt;

/// Bytes that are no record; nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed(pub &'static str);

impl fmt::Display for Malformed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

impl std::error::Error for Malformed {}

/// The fields of one record, read in turn.
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub fn new(data: &'a [u8]) -> Self {
        Self(data)
    }

    pub fn bytes<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (head, rest) = self
            .0
            .split_first_chunk()
            .ok_or(Malformed("a record ends early"))?;
        self.0 = rest;
        Ok(*head)
    }

    pub fn read<T: Field>(&mut self) -> Result<T, Malformed> {
        T::read(self)
    }

    /// Nothing may follow.
    pub fn end(self) -> Result<(), Malformed> {
        match self.0 {
            [] => Ok(()),
            _ => Err(Malformed("a record goes on too long")),
        }
    }
}

/// What a field can hold.
pub trait Field: Sized {
    /// Bytes of the field.
    const SIZE: usize;

    fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed>;
    fn write(self, out: &mut Vec<u8>);
}

macro_rules! integers {
    ($($integer:ty)*) => {$(
        impl Field for $integer {
            const SIZE: usize = size_of::<$integer>();

            fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
                reader.bytes().map(Self::from_le_bytes)
            }

            fn write(self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }
        }
    )*};
}

integers! { u8 u16 u32 u64 i64 i128 }

impl Field for bool {
    const SIZE: usize = 1;

    fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        match reader.read::<u8>()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Malformed("a flag is neither 0 nor 1")),
        }
    }

    fn write(self, out: &mut Vec<u8>) {
        out.push(self.into());
    }
}

/// Names for the values of a field of one byte; any other value is malformed.
macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident { $($choice:ident = $number:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($choice = $number),* }

        impl crate::wire::Field for $name {
            const SIZE: usize = 1;

            fn read(reader: &mut crate::wire::Reader<'_>) -> Result<Self, crate::wire::Malformed> {
                match reader.read::<u8>()? {
                    $($number => Ok(Self::$choice),)*
                    _ => Err(crate::wire::Malformed(concat!("a number is no ", stringify!($name)))),
                }
            }

            fn write(self, out: &mut Vec<u8>) {
                out.push(self as u8);
            }
        }
    )*};
}

/// What is written as its number and its fields.
pub trait Record {
    fn write(&self, out: &mut Vec<u8>);
}

/// Records: their numbers, and the widths of their fields in order.
macro_rules! records {
    ($($number:literal $(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name { $(pub $field: $type),* }

        #[allow(unused_mut, unused_variables)]
        impl $name {
            pub const NUMBER: u8 = $number;

            /// The fields, after the number.
            pub fn read(fields: crate::wire::Reader<'_>) -> Result<Self, crate::wire::Malformed> {
                let mut fields = fields;
                let record = Self { $($field: fields.read()?),* };
                fields.end()?;
                Ok(record)
            }
        }

        impl crate::wire::Record for $name {
            fn write(&self, out: &mut Vec<u8>) {
                out.push(Self::NUMBER);
                $(crate::wire::Field::write(self.$field, out);)*
            }
        }
    )*};
}

pub(crate) use {choices, records};

/// The records of a stream, each behind its length in four bytes.
pub fn frames(mut stream: &[u8]) -> Result<Vec<&[u8]>, Malformed> {
    let mut records = Vec::new();
    while !stream.is_empty() {
        let (length, rest) = stream
            .split_first_chunk()
            .ok_or(Malformed("a stream ends within a length"))?;
        let (record, rest) = rest
            .split_at_checked(u32::from_le_bytes(*length) as usize)
            .ok_or(Malformed("a stream ends within a record"))?;
        records.push(record);
        stream = rest;
    }
    Ok(records)
}
