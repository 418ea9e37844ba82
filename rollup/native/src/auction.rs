//! The call auction: after a halt, one price clears what has gathered.
//!
//! It is the price at which most lots change hands; among equals the one that leaves least over, then the nearest to
//! the mark, then the lowest. Only what can trade counts: no order that its account cannot stand for, an order that may
//! only reduce for what there is to reduce, and of two orders of one account that cross the older. Orders trade in price-time order, each fill checked as any other.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use crate::codes::{BATCH_FULL, MARGIN_SHORT, PHASE_AUCTION, PHASE_CONTINUOUS, SELF_TRADE};
use crate::commands::Side;
use crate::core::Core;
use crate::events::Event;
use crate::ground::table;
use crate::orders::Key;
use crate::table::CASH_SLOT;

/// Prices that are looked for at a time: after the first only what failed a check is left to cross.
const ROUNDS: usize = 4;

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
        self.part(slot);
        for _ in 0..ROUNDS {
            let Some((price, lots)) = self.clearing_price(slot) else {
                self.books[slot].phase = PHASE_CONTINUOUS;
                return self.say(Event::Phased {
                    slot: slot as u8,
                    phase: PHASE_CONTINUOUS,
                });
            };
            if self.legs.len() as u64 + 2 > self.settings.batch_legs.into() {
                return;
            }
            self.say(Event::Uncrossed {
                slot: slot as u8,
                price: price as u64,
                quantity: lots as u64,
            });
            if !self.uncross(slot, price) {
                return;
            }
        }
    }

    /// End what would move the price and never trade: orders of accounts that cannot stand for them, and the newer of
    /// two of one account that cross.
    fn part(&mut self, slot: usize) {
        let gathered = [Side::Buy, Side::Sell].map(|side| self.books[slot].side(side));
        let gathered = gathered.into_iter().flatten().map(|key| &self.orders[key]);
        let gathered: BTreeMap<u32, usize> = gathered
            .map(|order| (order.words.account, order.member))
            .collect();
        for at in gathered.into_values() {
            self.cover(at, MARGIN_SHORT);
        }
        let book = &self.books[slot];
        let owners = |side| -> BTreeMap<u32, usize> {
            let orders = book.side(side).map(|key| &self.orders[key]);
            orders
                .map(|order| (order.words.account, order.member))
                .collect()
        };
        let (bidding, mut asking) = (owners(Side::Buy), owners(Side::Sell));
        asking.retain(|account, _| bidding.contains_key(account));
        for at in asking.into_values() {
            while let Some(newer) = self.own_cross(at, slot) {
                self.end(newer, SELF_TRADE);
            }
        }
    }

    /// The newer of an account's best bid and best ask of a slot, if they cross.
    fn own_cross(&self, at: usize, slot: usize) -> Option<Key> {
        let best = |side: Side| {
            let keys = self.members[at].orders().filter(|key| {
                let order = &self.orders[*key];
                order.slot() == slot && order.words.side == side && !order.waiting
            });
            keys.min_by_key(|key| {
                let order = &self.orders[*key];
                (-order.sign() * order.limit, order.rank)
            })
        };
        let (buyer, seller) = (best(Side::Buy)?, best(Side::Sell)?);
        let (bid, ask) = (&self.orders[buyer], &self.orders[seller]);
        if bid.limit < ask.limit {
            return None;
        }
        Some(if bid.rank > ask.rank { buyer } else { seller })
    }

    /// Limits and lots that count on one side, the best first.
    fn counted(&self, slot: usize, side: Side) -> Vec<(i64, i128)> {
        let mut reduced: HashMap<usize, i64> = HashMap::new();
        let orders = self.books[slot].side(side).map(|key| &self.orders[key]);
        let counted = orders.filter_map(|order| {
            let mut lots = order.remaining;
            if self.narrow(order) {
                let reduced = reduced.entry(order.member).or_default();
                lots = lots.min(self.reducible(order.member, slot, order.sign()) - *reduced);
                *reduced += lots;
            }
            (lots > 0).then(|| (order.limit, lots.into()))
        });
        counted.collect()
    }

    /// The price that clears a crossed book, and how many lots cross there; none for one that is not crossed.
    fn clearing_price(&self, slot: usize) -> Option<(i64, i128)> {
        let mark = table!(self).marks[slot].price();
        // By limit, lots of either side; then what is bought and sold at each price.
        let mut levels: Vec<(i64, i128, i128)> = Vec::new();
        for side in [Side::Buy, Side::Sell] {
            for (limit, lots) in self.counted(slot, side) {
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
            let (older, newer) = if bid.rank < ask.rank {
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
