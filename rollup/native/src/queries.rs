//! Questions: what the exchange knows, told without changing anything.

use crate::commands::Side;
use crate::core::Core;
use crate::margin::reserves;
use crate::shared::BITS_QUANTITY;

/// An order that stands or waits.
pub struct OpenOrder {
    pub number: u64,
    pub slot: u8,
    pub side: u8,
    pub limit: i64,
    pub remaining: i64,
    pub place: u8,
    pub nonce: u64,
    pub waiting: bool,
}

/// Counters of the whole exchange.
pub struct Totals {
    pub now: u64,
    pub epoch: u64,
    pub fees: i128,
    pub custody: i128,
    /// Numbers given so far.
    pub orders: u64,
    pub matches: u64,
    /// Distinct legs of the batch at hand.
    pub legs: usize,
    pub members: usize,
}

/// A price, the lots that stand there, and in how many orders.
pub type Level = (i64, i64, usize);

impl Core {
    /// Slots, with that of cash.
    pub fn slots(&self) -> usize {
        self.books.len()
    }

    /// Collateral, then the lots of every slot.
    pub fn vector(&self, account: u32) -> Option<Vec<i128>> {
        let member = &self.members[self.members.find(account)?];
        let mut vector: Vec<i128> = member.lots.iter().map(|lots| (*lots).into()).collect();
        vector[0] = member.cash;
        Some(vector)
    }

    /// The words of an account's order places: lots filled, and the nonce above them.
    pub fn places(&self, account: u32) -> Option<Vec<u128>> {
        let seats = self.members[self.members.find(account)?].seats.iter();
        let word =
            |filled: u64, nonce: u64| u128::from(filled) + (u128::from(nonce) << BITS_QUANTITY);
        Some(seats.map(|seat| word(seat.filled, seat.nonce)).collect())
    }

    /// An account's orders, the oldest first.
    pub fn open_orders(&self, account: u32) -> Vec<OpenOrder> {
        let Some(at) = self.members.find(account) else {
            return Vec::new();
        };
        let orders = self.numbered(at).into_iter().map(|key| &self.orders[key]);
        orders
            .map(|order| OpenOrder {
                number: order.number,
                slot: order.words.slot,
                side: order.words.side as u8,
                limit: order.limit,
                remaining: order.remaining,
                place: order.words.place,
                nonce: order.words.nonce,
                waiting: order.waiting,
            })
            .collect()
    }

    /// The best prices of either side of a book, bids first.
    pub fn depth(&self, slot: usize, levels: usize) -> (Vec<Level>, Vec<Level>) {
        let side = |side| {
            let mut found: Vec<Level> = Vec::new();
            for key in self.books[slot].side(side) {
                let (limit, lots) = (self.orders[key].limit, self.orders[key].remaining);
                match found.last_mut().filter(|level| level.0 == limit) {
                    Some(level) => (level.1, level.2) = (level.1 + lots, level.2 + 1),
                    None => found.push((limit, lots, 1)),
                }
                if found.len() > levels {
                    found.pop();
                    break;
                }
            }
            found
        };
        (side(Side::Buy), side(Side::Sell))
    }

    /// How a slot trades.
    pub fn phase(&self, slot: usize) -> u8 {
        self.books[slot].phase
    }

    /// Lots held long in a slot by all accounts together.
    pub fn interest(&self, slot: usize) -> i64 {
        self.books[slot].interest
    }

    pub fn totals(&self) -> Totals {
        Totals {
            now: self.now,
            epoch: self.epoch,
            fees: self.fees,
            custody: self.custody,
            orders: self.numbers,
            matches: self.matches,
            legs: self.legs.len(),
            members: self.members.len(),
        }
    }

    /// Pre-trade margin of an account with nothing kept from before: whether it holds at the worst of the open orders,
    /// and whether all values stay in range. None without a table or such an account.
    pub fn margin(&mut self, account: u32) -> Option<(bool, bool)> {
        let at = self.members.find(account)?;
        let table = self.table.as_ref()?;
        let member = &mut self.members[at];
        member.forget_values();
        member.forget_loads();
        Some(reserves(member, &self.orders, table, None))
    }
}
