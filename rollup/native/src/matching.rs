//! Matching: price first, then time; every fill checked as the circuit will check it.
//!
//! Both legs of a match are held to margin, to what they may reduce, to open interest and to the room in the batch; a
//! standing order that fails ends and the next is tried, an order that comes and fails ends itself.

use crate::codes::{
    BATCH_FULL, MARGIN_SHORT, NOT_FILLED_AT_ONCE, NOT_REDUCING, OPEN_INTEREST, SELF_TRADE,
    TOO_LARGE,
};
use crate::commands::{SelfTrade, Side};
use crate::core::Core;
use crate::events::Event;
use crate::ground::table;
use crate::margin::{Fill, fee_rate, millionth, product, times};
use crate::orders::{Key, Open};
use crate::shared::STATUS_REDUCE_ONLY;

/// One order's fills together cost less than this, so that its leg and the fee on it fit their widths.
pub const CASH_BOUND: i128 = 1 << 59;

/// Standing orders that are looked at before a promise is made: nobody makes an exchange read its whole book.
pub const LOOK: u64 = 1_024;

impl Core {
    /// Let an order take what crosses it; then it rests, or what is left of it ends.
    pub(crate) fn match_order(&mut self, taker: Key) {
        let (slot, side) = (self.orders[taker].slot(), self.orders[taker].words.side);
        let (limit, account) = (self.orders[taker].limit, self.orders[taker].words.account);
        let self_trade = self.orders[taker].words.self_trade;
        while self.orders[taker].remaining > 0 {
            let Some(maker) = self.books[slot].best(side.other()) else {
                break;
            };
            let price = self.orders[maker].limit;
            if !side.crosses(limit, price) {
                break;
            }
            if self.orders[maker].words.account == account {
                if self_trade != SelfTrade::Newest {
                    self.end(maker, SELF_TRADE);
                }
                if self_trade != SelfTrade::Oldest {
                    return self.end(taker, SELF_TRADE);
                }
            } else if let Err((failed, code)) = self.trade(taker, maker, price) {
                self.end(failed, code);
                if failed == taker {
                    return;
                }
            }
        }
        let order = &self.orders[taker];
        if order.remaining == 0 {
            self.orders.release(taker);
        } else if self.narrow(order) && self.reducible(order.member, slot, order.sign()) == 0 {
            self.end(taker, NOT_REDUCING);
        } else if self.orders[taker].words.force.rests() {
            self.rest(taker);
        } else {
            self.end(taker, NOT_FILLED_AT_ONCE);
        }
    }

    /// Into the book.
    pub(crate) fn rest(&mut self, key: Key) {
        self.stand(key);
        let order = &self.orders[key];
        self.say(Event::Rested {
            order: order.number,
            slot: order.words.slot,
            side: order.words.side,
            limit: order.limit as u64,
            remaining: order.remaining as u64,
        });
    }

    /// One match of two orders at a price; or which of them fails, and why, and nothing has changed.
    pub(crate) fn trade(&mut self, taker: Key, maker: Key, price: i64) -> Result<(), (Key, u16)> {
        let (come, stood) = (&self.orders[taker], &self.orders[maker]);
        let slot = come.slot();
        let mut lots = come.remaining.min(stood.remaining);
        for (key, order) in [(maker, stood), (taker, come)] {
            if self.narrow(order) {
                lots = lots.min(self.reducible(order.member, slot, order.sign()));
                if lots == 0 {
                    return Err((key, NOT_REDUCING));
                }
            }
        }
        let cash = product(lots, price);
        for (key, order) in [(maker, stood), (taker, come)] {
            if order.cash + cash >= CASH_BOUND {
                return Err((key, TOO_LARGE));
            }
        }
        let new = [stood, come]
            .iter()
            .filter(|order| !self.legs.contains(&order.leg()))
            .count();
        if (self.legs.len() + new) as u64 > self.settings.batch_legs.into() {
            return Err((taker, BATCH_FULL));
        }
        let (buyer, seller) = match come.words.side {
            Side::Buy => (come, stood),
            Side::Sell => (stood, come),
        };
        let (bought, sold) = (
            self.members[buyer.member].lots[slot],
            self.members[seller.member].lots[slot],
        );
        let opened = (bought + lots).max(0) - bought.max(0) + (sold - lots).max(0) - sold.max(0);
        if opened > 0 && self.interest_left(slot) < opened {
            return Err((taker, OPEN_INTEREST));
        }
        let members = [stood.member, come.member];
        let paid = self
            .judge(maker, lots, price, true)
            .ok_or((maker, MARGIN_SHORT))?;
        let fee = self
            .judge(taker, lots, price, false)
            .ok_or((taker, MARGIN_SHORT))?;
        self.matches += 1;
        self.fill(maker, lots, price, paid, true);
        self.fill(taker, lots, price, fee, false);
        for at in members {
            self.prune(at, slot);
        }
        Ok(())
    }

    /// Whether an order may only reduce.
    pub(crate) fn narrow(&self, order: &Open) -> bool {
        order.words.reduce_only || table!(self).marks[order.slot()].status == STATUS_REDUCE_ONLY
    }

    /// End standing orders of a slot that may only reduce where nothing is left to: they would fill no more.
    pub(crate) fn prune(&mut self, at: usize, slot: usize) {
        let narrow = table!(self).marks[slot].status == STATUS_REDUCE_ONLY;
        if !narrow && self.members[at].reducing == 0 {
            return;
        }
        let dead = |key: &Key| {
            let order = &self.orders[*key];
            order.slot() == slot
                && !order.waiting
                && self.narrow(order)
                && self.reducible(at, slot, order.sign()) == 0
        };
        let mut dead: Vec<Key> = self.members[at].orders().filter(dead).collect();
        dead.sort_unstable_by_key(|key| self.orders[*key].number);
        for key in dead {
            self.end(key, NOT_REDUCING);
        }
    }

    /// Lots that an order of this sign could take off a position.
    pub(crate) fn reducible(&self, at: usize, slot: usize, sign: i64) -> i64 {
        (-sign * self.members[at].lots[slot]).max(0)
    }

    /// Lots that may still be opened in a slot, over all accounts.
    pub(crate) fn interest_left(&self, slot: usize) -> i64 {
        let book = &self.books[slot];
        book.limits
            .map_or(0, |limits| limits.interest as i64 - book.interest)
    }

    /// The fee that one side pays, no more than margin leaves room for; none where margin forbids the fill.
    pub(crate) fn judge(&mut self, key: Key, lots: i64, price: i64, maker: bool) -> Option<i128> {
        let table = table!(self);
        let order = &self.orders[key];
        let cash = product(lots, price);
        let fill = Fill::new(order.slot(), order.sign(), lots, cash, table);
        let before = self.members[order.member].values(table);
        let room = fill.room(before, table)?;
        let rate = fee_rate(order, table.fees[usize::from(!maker)]);
        Some(millionth(times(rate, cash)).min(room))
    }

    /// Book one side of a match.
    pub(crate) fn fill(&mut self, key: Key, lots: i64, price: i64, fee: i128, maker: bool) {
        let stands = self.stands(key);
        let table = table!(self);
        let order = &mut self.orders[key];
        let member = &mut self.members[order.member];
        let (slot, cash) = (order.slot(), product(lots, price));
        let held = member.lots[slot];
        let signed = order.sign() * lots;
        member.fill(
            &Fill::new(slot, order.sign(), lots, cash, table),
            fee,
            table,
        );
        if stands {
            member.unload(order, table);
        }
        order.remaining -= lots;
        order.cash += cash;
        if stands {
            member.load(order, table);
        }
        let seat = &mut member.seats[usize::from(order.words.place)];
        if seat.nonce != order.words.nonce {
            (seat.nonce, seat.filled) = (order.words.nonce, 0);
        }
        seat.filled += lots as u64;
        self.fees += fee;
        self.legs.insert(order.leg());
        let (words, number, remaining) = (order.words, order.number, order.remaining);
        self.count_interest(slot, held, signed);
        if stands && remaining == 0 {
            self.unstand(key);
            self.orders.release(key);
        }
        self.say(Event::Filled {
            matched: self.matches,
            order: number,
            account: words.account,
            place: words.place,
            nonce: words.nonce,
            slot: words.slot,
            side: words.side,
            quantity: lots as u64,
            price: price as u64,
            fee: fee as u64,
            maker,
            remaining: remaining as u64,
        });
    }
}
