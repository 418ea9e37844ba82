//! Margin before a trade, and at it.
//!
//! Before: an order is taken when every scenario stays solvent even if just those open orders fill that lose in it. At
//! a fill: what the law's close rule says, and how much fee it leaves room for.

use crate::member::Member;
use crate::orders::{Open, Orders};
use crate::table::{MILLION, Table};

/// Values with everything open stay within this; fills are proven in 64 bits.
const RANGE: i128 = 1 << 62;

/// No value before or after a fill reaches this.
const WIDEST: i128 = 1 << 63;

const ONE: i128 = MILLION as i128;

/// A product of 64 bits by 64, which always fits: no check, and one instruction.
pub fn product(left: i64, right: i64) -> i128 {
    i128::from(left).wrapping_mul(i128::from(right))
}

/// A product with what nearly always fits 64 bits.
pub fn times(rate: i64, amount: i128) -> i128 {
    match i64::try_from(amount) {
        Ok(small) => product(rate, small),
        Err(_) => i128::from(rate) * amount,
    }
}

/// A millionth, floored. Division of 128 bits is slow, and rarely needed.
pub fn millionth(amount: i128) -> i128 {
    match u64::try_from(amount) {
        Ok(small) => (small / MILLION as u64).into(),
        Err(_) => amount.div_euclid(ONE),
    }
}

/// Lots that change hands, before any fee.
pub struct Fill {
    pub slot: usize,
    /// Positive when bought.
    pub lots: i64,
    /// What leaves the collateral: cash, less the funding that the lots have accrued.
    pub paid: i128,
}

impl Fill {
    pub fn new(slot: usize, sign: i64, lots: i64, cash: i128, table: &Table) -> Self {
        let funding = product(lots, table.marks[slot].funding);
        Self {
            slot,
            lots: sign * lots,
            paid: i128::from(sign) * (cash - funding),
        }
    }

    /// What it changes in a scenario where a lot has this value.
    pub fn change(&self, worth: i64) -> i128 {
        product(self.lots, worth) - self.paid
    }

    /// The least value after it.
    pub fn floor(&self, before: &[i128], table: &Table) -> i128 {
        let column = table.column(self.slot);
        let after = before.iter().zip(column);
        after
            .map(|(value, worth)| value + self.change(*worth))
            .min()
            .expect("rows")
    }

    /// The highest fee that the close rule leaves room for; none where it forbids the fill at any fee.
    pub fn room(&self, before: &[i128], table: &Table) -> Option<i128> {
        let (mut worst, mut floor) = (i128::MAX, i128::MAX);
        let mut widest = 0;
        for (value, worth) in before.iter().zip(table.column(self.slot)) {
            let after = value + self.change(*worth);
            worst = worst.min(*value);
            floor = floor.min(after);
            widest = widest.max(value.abs()).max(after.abs());
        }
        if widest >= WIDEST {
            return None;
        }
        if worst >= 0 {
            // The second of the clauses below is then the least of them, and just the floor.
            return (floor >= 0).then_some(floor);
        }
        let (equity, after) = (
            before[0],
            before[0] + self.change(table.column(self.slot)[0]),
        );
        let at =
            |kappa: i64, low: i128, mark: i128| times(kappa, low) + times(MILLION - kappa, mark);
        let (keep, out) = (table.parameters.maintenance, table.parameters.close_out);
        let kept = at(keep, floor, after) - at(keep, worst, equity).min(0);
        let left = at(out, floor, after) - at(out, worst, equity);
        let clauses = (after - equity.min(0))
            .min(floor - worst)
            .min(millionth(kept))
            .min(millionth(left));
        let room = floor.max(clauses);
        (room >= 0).then_some(room)
    }
}

/// What a fill of all that remains of an order changes, at its limit and the highest fee.
pub struct Term {
    pub slot: usize,
    lots: i64,
    /// What is added to a lot's value: funding less the limit.
    away: i64,
    fee: i128,
}

impl Term {
    pub fn of(order: &Open, table: &Table) -> Self {
        let rate = fee_rate(order, table.fees[0].max(table.fees[1]));
        let cash = product(order.remaining, order.limit);
        Self {
            slot: order.slot(),
            lots: order.sign() * order.remaining,
            away: table.marks[order.slot()].funding - order.limit,
            fee: millionth(times(rate, cash) + ONE - 1),
        }
    }

    pub fn change(&self, worth: i64) -> i128 {
        product(self.lots, worth + self.away) - self.fee
    }

    /// No scenario's change is greater, without its sign.
    pub fn bound(&self, table: &Table) -> i128 {
        product(self.lots, table.widest(self.slot) + self.away.abs()).abs() + self.fee
    }

    /// The change, where the bound fits 64 bits.
    pub fn narrow_change(&self, worth: i64) -> i64 {
        self.lots
            .wrapping_mul(worth.wrapping_add(self.away))
            .wrapping_sub(self.fee as i64)
    }
}

/// What a leg of an order pays of a schedule's rate, in ppm.
pub fn fee_rate(order: &Open, schedule: i64) -> i64 {
    schedule.min(order.words.max_fee_ppm.into())
}

/// Whether initial margin holds at the worst of the open orders, and whether all values stay in range.
///
/// `more` is counted as if it stood too, and the order at its place as if it did not.
pub fn reserves(
    member: &mut Member,
    orders: &Orders,
    table: &Table,
    more: Option<&Open>,
) -> (bool, bool) {
    let instead = more
        .and_then(|more| member.order_at(more.words.place))
        .map(|key| &orders[key])
        .filter(|order| !order.waiting);
    let coming = more.map(|order| Term::of(order, table));
    let going = instead.map(|order| Term::of(order, table));
    let (values, loads) = member.margins(orders, table);
    let (mut solvent, mut in_range) = (true, true);
    for (scenario, (value, (losses, reach))) in values.iter().zip(loads).enumerate() {
        let change = |term: &Option<Term>| {
            term.as_ref()
                .map_or(0, |term| term.change(table.column(term.slot)[scenario]))
        };
        let (plus, minus) = (change(&coming), change(&going));
        solvent &= value + losses + plus.min(0) - minus.min(0) >= 0;
        in_range &= value.abs() + reach + plus.abs() - minus.abs() < RANGE;
    }
    (solvent, in_range)
}

/// Whether every fill of every open order is sure to keep initial margin.
pub fn covered(member: &mut Member, orders: &Orders, table: &Table) -> bool {
    reserves(member, orders, table, None) == (true, true)
}

/// 10^6 times the least over s of (1-κ)·val_0 + κ·val_s.
pub fn weighted(values: &[i128], kappa: i64) -> i128 {
    times(MILLION - kappa, values[0]) + times(kappa, least(values))
}

/// Whether margin at κ is violated.
pub fn violates(values: &[i128], kappa: i64) -> bool {
    weighted(values, kappa) < 0
}

pub fn least(values: &[i128]) -> i128 {
    *values.iter().min().expect("a table has rows")
}

/// What a forced close owes: equity less κ of the stress, floored, at least 0.
pub fn owed_on_close(values: &[i128], kappa: i64) -> i128 {
    millionth(weighted(values, kappa).max(0))
}
