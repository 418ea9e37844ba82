//! The risk table: what a lot of every slot is worth, now and under stress, at one oracle epoch.
//!
//! The law's bounds are checked as it is read: a table that no committee may sign is malformed. Values lie slot by
//! slot, so that the scenarios of one position are read in one run.

use crate::settings::Settings;
use crate::shared::{
    BITS_PRICE, BITS_TIME, BITS_VALUE, STATUS_ACTIVE, STATUS_EMPTY, STATUS_HALTED,
    STATUS_REDUCE_ONLY, STATUS_SETTLED,
};
use crate::wire::{Malformed, Reader};

/// One, in parts per million.
pub const MILLION: i64 = 1_000_000;
/// The slot of collateral.
pub const CASH_SLOT: usize = 0;

/// What governance sets, in ppm.
#[derive(Clone, Debug)]
pub struct Parameters {
    pub maintenance: i64,
    pub exit: i64,
    pub close_out: i64,
    pub liquidation_band: i64,
    pub fund_band: i64,
    pub fee_cap: i64,
    pub penalty_cap: i64,
}

impl Parameters {
    fn holds(&self) -> bool {
        self.exit < self.maintenance
            && self.maintenance <= MILLION
            && 0 < self.close_out
            && self.close_out <= self.exit
            && 4 * self.liquidation_band <= self.close_out
            && 4 * self.fund_band <= self.close_out
            && 4 * self.penalty_cap < 3 * self.close_out
            && self.fee_cap < 1 << 16
    }
}

/// One slot at the mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub status: u8,
    pub listing: u32,
    pub funding: i64,
    pub value: i64,
    pub risk_long: i64,
    pub risk_short: i64,
}

impl Mark {
    const CASH: Self = Self {
        status: STATUS_ACTIVE,
        listing: 0,
        funding: 0,
        value: 1,
        risk_long: 0,
        risk_short: 0,
    };

    /// What one lot costs at the mark.
    pub fn price(&self) -> i64 {
        self.value + self.funding
    }

    /// lotRisk of the side that is held.
    pub fn risk(&self, held: i64) -> i64 {
        if held > 0 {
            self.risk_long
        } else {
            self.risk_short
        }
    }

    /// Whether the clearing house may trade the slot.
    pub fn is_open(&self) -> bool {
        matches!(self.status, STATUS_ACTIVE | STATUS_REDUCE_ONLY)
    }

    /// Whether nothing is listed here, or nothing that still trades.
    pub fn is_over(&self) -> bool {
        matches!(self.status, STATUS_EMPTY | STATUS_SETTLED)
    }

    fn holds(&self, column: &[i64]) -> bool {
        let narrow = |value: &i64| value.unsigned_abs() >> BITS_VALUE == 0;
        if !narrow(&self.funding) || !column.iter().all(narrow) {
            return false;
        }
        let stressed = || column.iter().copied();
        let loss = stressed().map(|value| self.value - value).max();
        let gain = stressed().map(|value| value - self.value).max();
        (0..1 << BITS_PRICE).contains(&self.price())
            && !(self.is_over() && stressed().any(|value| value != self.value))
            && loss == Some(self.risk_long)
            && gain == Some(self.risk_short)
    }
}

/// Marks of all slots and their values in every scenario.
#[derive(Clone, Debug)]
pub struct Table {
    pub epoch: u64,
    pub time: u64,
    pub parameters: Parameters,
    pub marks: Vec<Mark>,
    /// Stress scenarios; with the mark there is one more row.
    pub scenarios: usize,
    /// What a standing order pays, and one that comes, in ppm; the cap is applied once the table is taken.
    pub fees: [i64; 2],
    /// The command, for the hash of the state.
    pub record: Vec<u8>,
    worth: Vec<i64>,
    /// By slot, the largest of its values without their signs.
    widest: Vec<i64>,
}

impl Table {
    /// Number of the command.
    pub const NUMBER: u8 = 2;

    /// The table that all of the bytes are.
    pub fn decode(record: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(&record[1..]);
        let (epoch, time) = (reader.read()?, reader.read()?);
        let (slots, scenarios): (u8, u8) = (reader.read()?, reader.read()?);
        let (slots, scenarios) = (usize::from(slots), usize::from(scenarios));
        if slots < 1 || scenarios < 1 {
            return Err(Malformed("a table of nothing"));
        }
        let mut next = || reader.read::<u32>().map(i64::from);
        let parameters = Parameters {
            maintenance: next()?,
            exit: next()?,
            close_out: next()?,
            liquidation_band: next()?,
            fund_band: next()?,
            fee_cap: next()?,
            penalty_cap: next()?,
        };
        let mut marks = Vec::with_capacity(slots);
        let wide = |_| Malformed("a table that no committee may sign: lotRisk");
        for _ in 0..slots {
            marks.push(Mark {
                status: reader.read()?,
                listing: reader.read()?,
                funding: reader.read()?,
                value: reader.read()?,
                risk_long: reader.read::<u64>()?.try_into().map_err(wide)?,
                risk_short: reader.read::<u64>()?.try_into().map_err(wide)?,
            });
        }
        let rows = scenarios + 1;
        let mut worth = vec![0; slots * rows];
        for (slot, mark) in marks.iter().enumerate() {
            worth[slot * rows] = mark.value;
        }
        for scenario in 1..rows {
            for slot in 0..slots {
                worth[slot * rows + scenario] = reader.read()?;
            }
        }
        reader.end()?;
        let mut table = Self {
            epoch,
            time,
            parameters,
            marks,
            scenarios,
            fees: [0; 2],
            record: record.to_vec(),
            worth,
            widest: vec![0; slots],
        };
        if !table.holds() {
            return Err(Malformed("a table that no committee may sign"));
        }
        for slot in 0..slots {
            let values = table.column(slot).iter().map(|value| value.abs());
            table.widest[slot] = values.max().unwrap_or(0);
        }
        Ok(table)
    }

    /// Whether a table may come after another: time rises, statuses move as they may, what is settled stays.
    pub fn follows(&self, before: &Self) -> bool {
        let moves = |old: &Mark, new: &Mark| {
            let moved = new.status == old.status
                || match old.status {
                    STATUS_EMPTY => new.status == STATUS_ACTIVE,
                    STATUS_SETTLED => new.status == STATUS_EMPTY,
                    _ => new.status != STATUS_EMPTY,
                };
            let listed = old.status == STATUS_EMPTY && new.status != STATUS_EMPTY;
            let settled = old.status == STATUS_SETTLED && new.status == STATUS_SETTLED;
            moved
                && u64::from(new.listing) == u64::from(old.listing) + u64::from(listed)
                && (!settled || old == new)
        };
        self.time > before.time
            && before
                .marks
                .iter()
                .zip(&self.marks)
                .all(|(old, new)| moves(old, new))
    }

    /// The table under a deployment's fees.
    pub fn taken(mut self, settings: &Settings) -> Self {
        let capped = |rate| i64::from(rate).min(self.parameters.fee_cap);
        self.fees = [capped(settings.maker_fee), capped(settings.taker_fee)];
        self
    }

    /// W_0 .. W_S of a slot.
    pub fn column(&self, slot: usize) -> &[i64] {
        let rows = self.rows();
        &self.worth[slot * rows..(slot + 1) * rows]
    }

    /// The largest of a slot's values without their signs.
    pub fn widest(&self, slot: usize) -> i64 {
        self.widest[slot]
    }

    /// Scenarios with the mark.
    pub fn rows(&self) -> usize {
        self.scenarios + 1
    }

    fn holds(&self) -> bool {
        self.parameters.holds()
            && self.time >> BITS_TIME == 0
            && self.marks[CASH_SLOT] == Mark::CASH
            && self.column(CASH_SLOT).iter().all(|value| *value == 1)
            && self
                .marks
                .iter()
                .enumerate()
                .all(|(slot, mark)| mark.status <= STATUS_HALTED && mark.holds(self.column(slot)))
    }
}
