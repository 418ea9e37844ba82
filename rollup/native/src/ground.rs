//! The ground: saying what happened, ending orders, moving lots. Everything else is built on these few verbs.

use crate::codes;
use crate::core::{Core, FUND_AT};
use crate::events::Event;
use crate::margin::covered;
use crate::orders::{Key, NONE};
use crate::table::{CASH_SLOT, Table};

/// A command is not carried out; returned before anything has changed.
pub struct Refusal {
    /// 0 where the command names none.
    pub account: u32,
    pub code: u16,
}

impl Refusal {
    pub fn of<T>(code: u16, account: u32) -> Result<T, Self> {
        Err(Self { account, code })
    }
}

pub type Outcome = Result<(), Refusal>;

/// Nothing, or the code that says why not.
pub type Verdict = Result<(), u16>;

/// The table in force; asked for only where there is one. Borrows no more of the exchange than that.
macro_rules! table {
    ($core:expr) => {
        $core.table.as_ref().expect("a table is in force")
    };
}

pub(crate) use table;

impl Core {
    pub(crate) fn say(&mut self, event: Event) {
        event.write(&mut self.said);
    }

    /// A member's place in the directory, or UNKNOWN_ACCOUNT.
    pub(crate) fn member(&self, account: u32) -> Result<usize, Refusal> {
        self.members.find(account).ok_or(Refusal {
            account,
            code: codes::UNKNOWN_ACCOUNT,
        })
    }

    /// The same of anybody but the fund, which has no keys that sign.
    pub(crate) fn trader(&self, account: u32) -> Result<usize, Refusal> {
        match self.member(account)? {
            FUND_AT => Refusal::of(codes::NOT_A_TRADER, account),
            at => Ok(at),
        }
    }

    /// Whether the table is too old for steps that may be so old: L1 would not take them.
    pub(crate) fn stale(&self, age: u32) -> bool {
        self.now - table!(self).time > age.into()
    }

    /// val_s of a member in every scenario.
    pub(crate) fn values(&mut self, at: usize) -> &[i128] {
        self.members[at].values(table!(self))
    }

    /// Whether every fill of every open order of a member is sure to keep initial margin.
    pub(crate) fn covered(&mut self, at: usize) -> bool {
        covered(&mut self.members[at], &self.orders, table!(self))
    }

    /// Change a position, and the open interest with it; the caller answers for the member's values.
    pub(crate) fn count_interest(&mut self, slot: usize, held: i64, lots: i64) {
        self.books[slot].interest += (held + lots).max(0) - held.max(0);
    }

    /// Change a position otherwise than by an order's fill.
    pub(crate) fn move_lots(&mut self, at: usize, slot: usize, lots: i64) {
        self.count_interest(slot, self.members[at].lots[slot], lots);
        self.members[at].add_lots(slot, lots);
        self.members[at].forget_values();
    }

    /// Let an order stand at its place, in the book or waiting.
    pub(crate) fn stand(&mut self, key: Key) {
        let order = &self.orders[key];
        let member = &mut self.members[order.member];
        member.seats[usize::from(order.words.place)].order = key;
        member.open += 1;
        member.reducing += usize::from(order.words.reduce_only);
        self.books[order.slot()].add(order, key);
        self.expiries.insert((order.words.ends(), key));
        if !order.waiting {
            member.load(order, table!(self));
        }
    }

    /// The opposite.
    pub(crate) fn unstand(&mut self, key: Key) {
        let order = &self.orders[key];
        let member = &mut self.members[order.member];
        member.seats[usize::from(order.words.place)].order = NONE;
        member.open -= 1;
        member.reducing -= usize::from(order.words.reduce_only);
        self.books[order.slot()].remove(order);
        self.expiries.remove(&(order.words.ends(), key));
        if !order.waiting {
            member.unload(order, table!(self));
        }
    }

    pub(crate) fn stands(&self, key: Key) -> bool {
        let order = &self.orders[key];
        self.members[order.member].order_at(order.words.place) == Some(key)
    }

    /// An order stands no more.
    pub(crate) fn end(&mut self, key: Key, code: u16) {
        if self.stands(key) {
            self.unstand(key);
        }
        let order = &self.orders[key];
        let event = Event::Ended {
            order: order.number,
            account: order.words.account,
            place: order.words.place,
            nonce: order.words.nonce,
            code,
            remaining: order.remaining as u64,
        };
        self.orders.release(key);
        self.say(event);
    }

    /// A member's orders, the oldest first.
    pub(crate) fn numbered(&self, at: usize) -> Vec<Key> {
        let mut keys: Vec<Key> = self.members[at].orders().collect();
        keys.sort_unstable_by_key(|key| self.orders[*key].number);
        keys
    }

    /// All of a member's orders, the oldest first; those of one slot, or of all with slot 0.
    pub(crate) fn end_all(&mut self, at: usize, code: u16, slot: usize) {
        for key in self.numbered(at) {
            if slot == CASH_SLOT || slot == self.orders[key].slot() {
                self.end(key, code);
            }
        }
    }

    /// End a member's standing orders, the newest first, until the rest is covered.
    pub(crate) fn cover(&mut self, at: usize, code: u16) {
        if self.members[at].open == 0 {
            return;
        }
        for key in self.numbered(at).into_iter().rev() {
            if self.covered(at) {
                return;
            }
            if !self.orders[key].waiting {
                self.end(key, code);
            }
        }
    }

    pub(crate) fn table(&self) -> &Table {
        table!(self)
    }
}
