//! What the law's liquidate step allows of one leg: `rollup/spec/liquidate.py`, rule by rule, on values alone.
//!
//! The law also asks that values fit 160 bits; here they fit 127.

use crate::commands::Side;
use crate::margin::{Fill, least, product, times, violates, weighted};
use crate::shared::{BITS_CASH, BITS_FEE, BITS_QUANTITY};
use crate::table::{MILLION, Table};

/// Lots of one slot given up, the cash for them, and a penalty to the fund.
pub struct Reduction {
    pub slot: usize,
    pub side: Side,
    pub lots: i64,
    pub cash: i128,
    pub penalty: i128,
}

impl Reduction {
    pub fn fill(&self, table: &Table) -> Fill {
        Fill::new(self.slot, self.side.sign(), self.lots, self.cash, table)
    }

    /// lotRisk of the side that is reduced.
    fn risk(&self, table: &Table) -> i64 {
        table.marks[self.slot].risk(-self.side.sign())
    }

    fn after(&self, before: &[i128], table: &Table) -> Vec<i128> {
        let fill = self.fill(table);
        let column = table.column(self.slot).iter();
        let after = before.iter().zip(column);
        after
            .map(|(value, worth)| value + fill.change(*worth) - self.penalty)
            .collect()
    }

    /// LIQ-6: it only reduces, in an open slot, at a price within the band around the mark.
    fn reduces(&self, held: i64, table: &Table, band: i64) -> bool {
        let mark = &table.marks[self.slot];
        let sign = i128::from(self.side.sign());
        let worse = sign * (self.cash - product(self.lots, mark.price()));
        mark.is_open()
            && self.lots >= 1
            && self.lots >> BITS_QUANTITY == 0
            && self.cash >> BITS_CASH == 0
            && self.penalty >> BITS_FEE == 0
            && -self.side.sign() * held >= self.lots
            && times(MILLION, worse) <= times(band, product(self.lots, self.risk(table)))
    }

    /// LIQ-5 to LIQ-9: for accounts below maintenance; no scenario ends below the worst, no equity is taken that is
    /// not there, the close-out value stays, and a share that need not go remains.
    pub fn liquidates(&self, before: &[i128], held: i64, table: &Table) -> bool {
        let parameters = &table.parameters;
        let out = parameters.close_out;
        let dearest = times(parameters.penalty_cap, product(self.lots, self.risk(table)));
        if !violates(before, parameters.maintenance)
            || !self.reduces(held, table, parameters.liquidation_band)
            || times(MILLION, self.penalty) > dearest
        {
            return false;
        }
        let after = self.after(before, table);
        least(&after) >= least(before)
            && after[0] >= before[0].min(0)
            && weighted(&after, out) >= weighted(before, out)
            && (self.lots == 1 || self.stops_in_time(&after, table))
    }

    /// Whether undoing one lot of the reduction at the mark would break initial margin in some scenario.
    fn stops_in_time(&self, after: &[i128], table: &Table) -> bool {
        let (sign, mark) = (self.side.sign(), table.marks[self.slot].value);
        let mut rows = after.iter().zip(table.column(self.slot));
        rows.any(|(value, worth)| *value <= (sign * (worth - mark)).max(0).into())
    }

    /// MGN-2 to MGN-5: a reduction under the close rule without its exception.
    pub fn allowed(&self, before: &[i128], held: i64, table: &Table, band: i64) -> bool {
        if !self.reduces(held, table, band) {
            return false;
        }
        let after = self.after(before, table);
        let (keep, out) = (table.parameters.maintenance, table.parameters.close_out);
        after[0] >= before[0].min(0)
            && least(&after) >= least(before).min(0)
            && weighted(&after, keep) >= weighted(before, keep).min(0)
            && weighted(&after, out) >= weighted(before, out)
    }
}
