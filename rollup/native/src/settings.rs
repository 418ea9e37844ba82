//! Settings: what one deployment's exchange is built with; the first thing in its log.

use crate::wire::{Malformed, Reader, records};

records! {
    1
    /// Fees and rates in ppm, times in seconds; `rollup/exchange/settings.py` tells what each is.
    Settings {
        slots: u8,
        scenarios: u8,
        places: u8,
        accounts: u32,
        taker_fee: u16,
        maker_fee: u16,
        penalty: u32,
        band: u32,
        table_age: u32,
        liquidation_age: u32,
        auction: u32,
        batch_legs: u32,
    }
}

impl Settings {
    pub fn decode(record: &[u8]) -> Result<Self, Malformed> {
        match record {
            [Self::NUMBER, fields @ ..] => Self::read(Reader::new(fields)),
            _ => Err(Malformed("a record of no known kind")),
        }
    }
}
