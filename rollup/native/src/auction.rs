//! The call auction: after a halt, one price clears what has gathered.
//!
//! It is the price at which most lots change hands; among equals the one that leaves least over, then the nearest to
//! the mark, then the lowest. Orders trade there in price-time order, each fill checked as any other.

use std::cmp::Reverse;

use crate::codes::{BATCH_FULL, PHASE_AUCTION, PHASE_CONTINUOUS, SELF_TRADE};
use crate::commands::Side;
use crate::core::Core;
use crate::events::Event;
use crate::ground::table;
use crate::table::CASH_SLOT;

impl Core {
    /// Auctions that are due.
    pub(crate) fn reopen_all(&mut self) {
        for slot in CASH_SLOT + 1..self.books.len() {
            self.reopen(slot);
        }
    }

    /// Clear a slot's book if its auction is due, and let it trade on; it waits for a fresh table, and for room.
    fn reopen(&mut self, slot: usize) {
        let book = &self.books[slot];
        if book.phase != PHASE_AUCTION
            || self.now < book.until
            || self.stale(self.settings.table_age)
        {
            return;
        }
        while let Some((price, lots)) = self.clearing_price(slot) {
            self.say(Event::Uncrossed {
                slot: slot as u8,
                price: price as u64,
                quantity: lots as u64,
            });
            if !self.uncross(slot, price) {
                return;
            }
        }
        self.books[slot].phase = PHASE_CONTINUOUS;
        self.say(Event::Phased {
            slot: slot as u8,
            phase: PHASE_CONTINUOUS,
        });
    }

    /// The price that clears a crossed book, and how many lots cross there; none for one that is not crossed.
    fn clearing_price(&self, slot: usize) -> Option<(i64, i128)> {
        let mark = table!(self).marks[slot].price();
        // By limit, lots of either side; then what is bought and sold at each price.
        let mut levels: Vec<(i64, i128, i128)> = Vec::new();
        for side in [Side::Buy, Side::Sell] {
            for key in self.books[slot].side(side) {
                let (limit, lots) = (self.orders[key].limit, self.orders[key].remaining.into());
                levels.push(match side {
                    Side::Buy => (limit, lots, 0),
                    Side::Sell => (limit, 0, lots),
                });
            }
        }
        levels.sort_unstable();
        levels.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
                kept.2 += next.2;
            }
            same
        });
        let mut bought: i128 = levels.iter().map(|level| level.1).sum();
        let mut sold = 0;
        let mut best = None;
        for (price, bids, asks) in levels {
            sold += asks;
            let lots = bought.min(sold);
            let rank = (
                lots,
                Reverse((bought - sold).abs()),
                Reverse((price - mark).abs()),
                Reverse(price),
            );
            if lots > 0 {
                best = best.max(Some(rank));
            }
            bought -= bids;
        }
        best.map(|(lots, _, _, Reverse(price))| (price, lots))
    }

    /// Trade what crosses at one price; whether the batch had room for all of it.
    fn uncross(&mut self, slot: usize, price: i64) -> bool {
        loop {
            let best = |side| self.books[slot].best(side);
            let (Some(buyer), Some(seller)) = (best(Side::Buy), best(Side::Sell)) else {
                return true;
            };
            let (bid, ask) = (&self.orders[buyer], &self.orders[seller]);
            if bid.limit < price || ask.limit > price {
                return true;
            }
            let (older, newer) = if bid.number < ask.number {
                (buyer, seller)
            } else {
                (seller, buyer)
            };
            if bid.member == ask.member {
                self.end(newer, SELF_TRADE);
                continue;
            }
            match self.trade(newer, older, price) {
                Ok(()) => {}
                Err((_, BATCH_FULL)) => return false,
                Err((failed, code)) => self.end(failed, code),
            }
        }
    }
}
