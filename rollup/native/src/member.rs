//! Members: accounts as the exchange sees them, after every fill so far, proven or not.
//!
//! Two things are kept that the twin computes anew: the account's value in every scenario, and what its open orders
//! could change there. Each carries the epoch that it holds for; what changes a position otherwise than by a fill
//! makes it stale.

use std::collections::VecDeque;

use crate::margin::{Fill, Term, product};
use crate::orders::{Key, NONE, Open, Orders};
use crate::settings::Settings;
use crate::table::Table;

/// Own order numbers that are remembered for each account, the newest ones.
pub const CLIENTS: usize = 64;

/// Rows of a table that the fast sums have room for: more than any profile has.
const ROWS: usize = 32;

/// Sums of less than this, without their signs, fit 64 bits at every step.
const NARROW: i128 = 1 << 63;

/// An order place.
#[derive(Clone, Copy)]
pub struct Seat {
    /// Lots of `nonce` that are filled, as the next batch will leave it.
    pub filled: u64,
    pub nonce: u64,
    /// Least nonce that a new order may carry.
    pub next: u64,
    /// The order that stands or waits here.
    pub order: Key,
}

/// An own order number.
#[derive(Clone, Copy)]
pub struct Client {
    pub client: u64,
    pub order: u64,
    pub fingerprint: u64,
}

pub struct Member {
    pub account: u32,
    pub cash: i128,
    /// By slot; that of cash stays 0.
    pub lots: Box<[i64]>,
    pub seats: Box<[Seat]>,
    /// Seats that are taken.
    pub open: usize,
    /// Of these, orders that say themselves that they only reduce.
    pub reducing: usize,
    /// Below initial margin.
    pub called: bool,
    /// When the dead-man switch fires; 0 when it is not armed.
    pub deadline: u64,
    pub clients: VecDeque<Client>,
    /// Slots that are held, one bit each.
    held: [u64; 4],
    /// Epoch of `values`.
    valued: Option<u64>,
    values: Vec<i128>,
    /// Epoch of `loads`.
    loaded: Option<u64>,
    /// By scenario, what standing orders lose that lose in it, and how far all of them move the value.
    loads: Vec<(i128, i128)>,
}

impl Member {
    pub fn new(account: u32, settings: &Settings) -> Self {
        let seat = Seat {
            filled: 0,
            nonce: 0,
            next: 0,
            order: NONE,
        };
        Self {
            account,
            cash: 0,
            lots: vec![0; settings.slots.into()].into(),
            seats: vec![seat; settings.places.into()].into(),
            open: 0,
            reducing: 0,
            called: false,
            deadline: 0,
            clients: VecDeque::new(),
            held: [0; 4],
            valued: None,
            values: Vec::new(),
            loaded: None,
            loads: Vec::new(),
        }
    }

    /// The order at a place.
    pub fn order_at(&self, place: u8) -> Option<Key> {
        let key = self.seats.get(usize::from(place))?.order;
        (key != NONE).then_some(key)
    }

    /// Its orders, in no order.
    pub fn orders(&self) -> impl Iterator<Item = Key> {
        let seats = if self.open == 0 { &[] } else { &self.seats[..] };
        seats
            .iter()
            .map(|seat| seat.order)
            .filter(|key| *key != NONE)
    }

    /// Slots that are held, in their order.
    pub fn slots(&self) -> impl Iterator<Item = usize> + use<> {
        self.held.into_iter().enumerate().flat_map(|(word, bits)| {
            let mut left = bits;
            std::iter::from_fn(move || {
                let bit = left.trailing_zeros() as usize;
                (left != 0).then(|| {
                    left &= left - 1;
                    64 * word + bit
                })
            })
        })
    }

    /// Change a position; the caller answers for its values.
    pub fn add_lots(&mut self, slot: usize, lots: i64) {
        let held = self.lots[slot] + lots;
        self.lots[slot] = held;
        let bit = 1 << (slot % 64);
        if held == 0 {
            self.held[slot / 64] &= !bit;
        } else {
            self.held[slot / 64] |= bit;
        }
    }

    /// Change collateral, and every value alike.
    pub fn add_cash(&mut self, amount: i128) {
        self.cash += amount;
        self.values.iter_mut().for_each(|value| *value += amount);
    }

    /// A fill and its fee: position, collateral and values in one.
    pub fn fill(&mut self, fill: &Fill, fee: i128, table: &Table) {
        if self.valued == Some(table.epoch) {
            let column = table.column(fill.slot);
            for (value, worth) in self.values.iter_mut().zip(column) {
                *value += fill.change(*worth) - fee;
            }
        }
        self.cash -= fill.paid + fee;
        self.add_lots(fill.slot, fill.lots);
    }

    /// Values are computed anew before they are next asked for.
    pub fn forget_values(&mut self) {
        self.valued = None;
    }

    /// The same for what open orders could change.
    pub fn forget_loads(&mut self) {
        self.loaded = None;
    }

    /// val_s in every scenario, the mark first.
    pub fn values(&mut self, table: &Table) -> &[i128] {
        if self.valued != Some(table.epoch) {
            self.valued = Some(table.epoch);
            self.values.clear();
            if let Some(sums) = self.narrow_values(table) {
                let sums = sums[..table.rows()].iter();
                self.values.extend(sums.map(|sum| i128::from(*sum)));
                return &self.values;
            }
            self.values.resize(table.rows(), self.cash);
            for slot in self.slots() {
                let lots = self.lots[slot];
                for (value, worth) in self.values.iter_mut().zip(table.column(slot)) {
                    *value += product(lots, *worth);
                }
            }
        }
        &self.values
    }

    /// The same where it is sure that 64 bits hold all sums, which makes it several times as fast.
    fn narrow_values(&self, table: &Table) -> Option<[i64; ROWS]> {
        let reach = |slot| product(self.lots[slot], table.widest(slot)).abs();
        let bound = self.cash.abs() + self.slots().map(reach).sum::<i128>();
        if table.rows() > ROWS || bound >= NARROW {
            return None;
        }
        let mut sums = [self.cash as i64; ROWS];
        for slot in self.slots() {
            let lots = self.lots[slot];
            for (sum, worth) in sums.iter_mut().zip(table.column(slot)) {
                *sum = sum.wrapping_add(lots.wrapping_mul(*worth));
            }
        }
        Some(sums)
    }

    /// What all standing orders could change, where it is sure that 64 bits hold all sums.
    fn narrow_loads(&self, orders: &Orders, table: &Table) -> Option<[(i64, i64); ROWS]> {
        if table.rows() > ROWS {
            return None;
        }
        let mut sums = [(0_i64, 0_i64); ROWS];
        let mut bound = 0;
        for key in self.orders() {
            let order = &orders[key];
            if order.waiting {
                continue;
            }
            let term = Term::of(order, table);
            bound += term.bound(table);
            if bound >= NARROW {
                return None;
            }
            for ((losses, reach), worth) in sums.iter_mut().zip(table.column(term.slot)) {
                let change = term.narrow_change(*worth);
                *losses = losses.wrapping_add(change.min(0));
                *reach = reach.wrapping_add(change.wrapping_abs());
            }
        }
        Some(sums)
    }

    /// Count what a standing order could change from now on.
    pub fn load(&mut self, order: &Open, table: &Table) {
        if self.loaded == Some(table.epoch) {
            for ((losses, reach), change) in self.loads.iter_mut().zip(changes(order, table)) {
                *losses += change.min(0);
                *reach += change.abs();
            }
        }
    }

    /// The same no more.
    pub fn unload(&mut self, order: &Open, table: &Table) {
        if self.loaded == Some(table.epoch) {
            for ((losses, reach), change) in self.loads.iter_mut().zip(changes(order, table)) {
                *losses -= change.min(0);
                *reach -= change.abs();
            }
        }
    }

    /// Values, and by scenario what standing orders could change.
    pub fn margins(&mut self, orders: &Orders, table: &Table) -> (&[i128], &[(i128, i128)]) {
        self.values(table);
        if self.loaded != Some(table.epoch) {
            self.loaded = Some(table.epoch);
            self.loads.clear();
            if let Some(sums) = self.narrow_loads(orders, table) {
                let sums = sums[..table.rows()].iter();
                self.loads
                    .extend(sums.map(|(losses, reach)| ((*losses).into(), (*reach).into())));
                return (&self.values, &self.loads);
            }
            self.loads.resize(table.rows(), (0, 0));
            for place in 0..self.seats.len() {
                let key = self.seats[place].order;
                if key != NONE && !orders[key].waiting {
                    self.load(&orders[key], table);
                }
            }
        }
        (&self.values, &self.loads)
    }
}

/// What a fill of all that remains of an order changes in every scenario.
fn changes(order: &Open, table: &Table) -> impl Iterator<Item = i128> {
    let term = Term::of(order, table);
    let column = table.column(term.slot);
    column.iter().map(move |worth| term.change(*worth))
}
