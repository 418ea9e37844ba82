//! Time and tables: what happens because a second passed or a price moved, and not because somebody asked.
//!
//! A table first changes what positions are worth, then how slots trade; then orders go whose time is over or whose
//! account cannot stand for them any more; then the clearing house liquidates; then auctions that are due clear, and
//! orders whose trigger the mark has reached come as if they came now; at last everybody hears how they stand.

use crate::codes::{
    DELISTED, EXPIRED, LIQUIDATED, MALFORMED, MARGIN_SHORT, NO_TABLE, PHASE_AUCTION, PHASE_CLOSED,
    PHASE_CONTINUOUS, PHASE_HALTED, SILENCE, WRONG_TIME,
};
use crate::commands::Side;
use crate::core::{Core, FUND_AT};
use crate::events::Event;
use crate::ground::{Outcome, Refusal, table};
use crate::margin::violates;
use crate::orders::Key;
use crate::shared::{BITS_TIME, STATUS_EMPTY, STATUS_HALTED, STATUS_REDUCE_ONLY, STATUS_SETTLED};
use crate::table::{CASH_SLOT, Table};

impl Core {
    /// The next risk table, and everything that it calls for.
    pub(crate) fn take_table(&mut self, table: Table) -> Outcome {
        let follows = match &self.table {
            Some(before) => table.epoch > self.epoch && table.follows(before),
            None => true,
        };
        let sizes = (
            usize::from(self.settings.slots),
            usize::from(self.settings.scenarios),
        );
        if (table.marks.len(), table.scenarios) != sizes || !follows {
            return Refusal::of(NO_TABLE, 0);
        }
        let (epoch, time) = (table.epoch, table.time);
        let table = table.taken(&self.settings);
        let before = self.table.replace(table);
        self.epoch = epoch;
        self.now = self.now.max(time);
        self.say(Event::TableTaken { epoch, time });
        self.rephase(before.as_ref());
        self.settle();
        self.expire();
        self.call_margin();
        self.liquidate();
        self.reopen_all();
        self.trigger();
        for at in self.members.in_order() {
            self.tell_standing(at);
        }
        Ok(())
    }

    /// Time passes.
    pub(crate) fn tick(&mut self, time: u64) -> Outcome {
        if time >> BITS_TIME != 0 {
            return Refusal::of(MALFORMED, 0);
        }
        if time < self.now {
            return Refusal::of(WRONG_TIME, 0);
        }
        self.now = time;
        self.expire();
        self.reopen_all();
        Ok(())
    }

    /// How slots trade from now on; orders of what is listed no more end.
    fn rephase(&mut self, before: Option<&Table>) {
        for slot in CASH_SLOT + 1..self.books.len() {
            let mark = &table!(self).marks[slot];
            let listed = before.map_or(0, |before| before.marks[slot].listing);
            let (status, anew, over) = (mark.status, mark.listing != listed, mark.is_over());
            if anew && before.is_some() {
                self.books[slot].limits = None;
            }
            if anew || over {
                self.delist(slot);
            }
            let (now, auction) = (self.now, u64::from(self.settings.auction));
            let book = &mut self.books[slot];
            let mut phase = match status {
                STATUS_EMPTY | STATUS_SETTLED => PHASE_CLOSED,
                STATUS_HALTED => PHASE_HALTED,
                _ => PHASE_CONTINUOUS,
            };
            if phase == PHASE_CONTINUOUS && matches!(book.phase, PHASE_HALTED | PHASE_AUCTION) {
                if book.phase == PHASE_HALTED {
                    book.until = now + auction;
                }
                phase = PHASE_AUCTION;
            }
            if phase != book.phase {
                book.phase = phase;
                let slot = slot as u8;
                self.say(Event::Phased { slot, phase });
            }
            if status == STATUS_REDUCE_ONLY {
                for at in self.members.in_order() {
                    self.prune(at, slot);
                }
            }
        }
    }

    /// All orders of a slot end, by account and then by number.
    fn delist(&mut self, slot: usize) {
        let book = &self.books[slot];
        let keys = [Side::Buy, Side::Sell].map(|side| book.side(side));
        let keys = keys.into_iter().flatten();
        let mut keys: Vec<Key> = keys.chain(book.waiting.values().copied()).collect();
        keys.sort_unstable_by_key(|key| {
            let order = &self.orders[*key];
            (order.words.account, order.number)
        });
        for key in keys {
            self.end(key, DELISTED);
        }
    }

    /// Positions in settled slots become cash; the law sweeps them when it next touches the account.
    fn settle(&mut self) {
        for slot in CASH_SLOT + 1..self.books.len() {
            let mark = &table!(self).marks[slot];
            let value = mark.value;
            if mark.status != STATUS_SETTLED {
                continue;
            }
            for at in self.members.in_order() {
                let lots = self.members[at].lots[slot];
                if lots == 0 {
                    continue;
                }
                let cash = i128::from(lots) * i128::from(value);
                self.move_lots(at, slot, -lots);
                self.members[at].add_cash(cash);
                self.say(Event::Settled {
                    account: self.members[at].account,
                    slot: slot as u8,
                    quantity: lots,
                    cash,
                });
            }
        }
    }

    /// Orders end whose last second has passed, then those of accounts that have gone silent.
    fn expire(&mut self) {
        let over = self.expiries.range(..(self.now, 0));
        let mut over: Vec<Key> = over.map(|(_, key)| *key).collect();
        over.sort_unstable_by_key(|key| self.orders[*key].number);
        for key in over {
            self.end(key, EXPIRED);
        }
        let silent = self.deadlines.range(..(self.now + 1, 0));
        let mut silent: Vec<(u64, usize)> = silent.copied().collect();
        silent.sort_unstable_by_key(|(_, at)| self.members[*at].account);
        for (deadline, at) in silent {
            self.deadlines.remove(&(deadline, at));
            self.members[at].deadline = 0;
            self.end_all(at, SILENCE, CASH_SLOT);
        }
    }

    /// Orders end that their accounts cannot stand for any more.
    fn call_margin(&mut self) {
        let keep = self.table().parameters.maintenance;
        for at in self.members.in_order() {
            if at == FUND_AT || self.members[at].open == 0 {
                continue;
            }
            if violates(self.values(at), keep) {
                self.end_all(at, LIQUIDATED, CASH_SLOT);
            } else {
                self.cover(at, MARGIN_SHORT);
            }
        }
    }

    /// Orders whose trigger price the mark has reached, in the order of their numbers, where the mark is trusted.
    fn trigger(&mut self) {
        let mut reached: Vec<(u64, Key)> = Vec::new();
        for (book, mark) in self.books.iter().zip(&table!(self).marks) {
            if book.phase == PHASE_CONTINUOUS {
                let waiting = book.waiting.iter();
                let price = mark.price();
                reached.extend(
                    waiting
                        .filter(|(_, key)| self.orders[**key].words.triggered_by(price))
                        .map(|(number, key)| (*number, *key)),
                );
            }
        }
        reached.sort_unstable();
        for (number, key) in reached {
            let mut order = self.orders[key].clone();
            order.waiting = false;
            if let Err(code) = self.inadmissible(&mut order) {
                self.end(key, code);
                continue;
            }
            self.unstand(key);
            self.numbers += 1;
            order.rank = self.numbers;
            self.orders[key] = order;
            self.say(Event::Triggered { order: number });
            self.enter(key);
        }
    }
}
