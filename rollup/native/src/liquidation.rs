//! Liquidation: what the clearing house does when a table leaves accounts below margin.
//!
//! First orders into the book, the riskiest position first, within the band around the mark and no further than initial
//! margin asks; what is still beyond close-out goes to the fund whole; then the fund does what it can. Each move is one
//! that the law's liquidate step takes.

use crate::codes::PHASE_CONTINUOUS;
use crate::commands::Side;
use crate::core::{Core, FUND_AT};
use crate::events::Event;
use crate::ground::table;
use crate::law::Reduction;
use crate::margin::{Fill, millionth, product, times, violates, weighted};
use crate::matching::CASH_BOUND;
use crate::sure::Sure;

/// What the book takes of one position within a band: orders in turn, each with the most lots of it.
pub struct Supply {
    pub side: Side,
    orders: Vec<Sure>,
}

impl Supply {
    pub fn lots(&self) -> i64 {
        self.orders.iter().map(|order| order.lots).sum()
    }

    /// What is paid in all for the first lots.
    pub fn cash(&self, mut lots: i64) -> i128 {
        let mut total = 0;
        for order in &self.orders {
            let some = lots.min(order.lots);
            total += product(some, order.limit);
            lots -= some;
        }
        total
    }
}

/// The side on which a position is reduced.
pub fn giving(held: i64) -> Side {
    if held > 0 { Side::Sell } else { Side::Buy }
}

impl Core {
    /// Everything that a new table calls for, in the order of this file's first paragraph.
    pub(crate) fn liquidate(&mut self) {
        if self.stale(self.settings.liquidation_age) {
            return;
        }
        let parameters = self.table().parameters.clone();
        let members = self.traders();
        let mut failing = Vec::new();
        for &at in &members {
            let value = weighted(self.values(at), parameters.maintenance);
            if value < 0 {
                failing.push((value, self.members[at].account, at));
            }
        }
        failing.sort_unstable();
        for (_, _, at) in failing {
            self.reduce(at);
        }
        for &at in &members {
            if violates(self.values(at), parameters.close_out) {
                self.hand_over(at);
                let account = self.members[at].account;
                self.say(Event::TakenOver { account });
            }
        }
        self.unload_fund(parameters.fund_band);
        self.deleverage(&members);
    }

    /// All but the fund, by account.
    pub(crate) fn traders(&self) -> Vec<usize> {
        let mut members = self.members.in_order();
        members.retain(|at| *at != FUND_AT);
        members
    }

    /// Reduce one position after the other until maintenance margin holds or nothing more can be done.
    fn reduce(&mut self, at: usize) {
        for _ in 0..self.settings.slots {
            let keep = self.table().parameters.maintenance;
            if !violates(self.values(at), keep) {
                return;
            }
            let slots = self.riskiest(at);
            if !slots.into_iter().any(|slot| self.reduce_slot(at, slot)) {
                return;
            }
        }
    }

    /// Slots that a member holds and that trade, the one with most lotRisk first; an auction is waited for.
    pub(crate) fn riskiest(&self, at: usize) -> Vec<usize> {
        let (table, member) = (self.table(), &self.members[at]);
        let mut held: Vec<(i128, usize)> = member
            .slots()
            .filter(|slot| self.books[*slot].phase == PHASE_CONTINUOUS)
            .map(|slot| {
                let lots = member.lots[slot];
                (-product(lots.abs(), table.marks[slot].risk(lots)), slot)
            })
            .collect();
        held.sort_unstable();
        held.into_iter().map(|(_, slot)| slot).collect()
    }

    /// Give lots of one slot to the book; whether the law took it.
    fn reduce_slot(&mut self, at: usize, slot: usize) -> bool {
        let supply = self.supply(at, slot, self.table().parameters.liquidation_band);
        if supply.lots() == 0 {
            return false;
        }
        let table = table!(self);
        let member = &mut self.members[at];
        let held = member.lots[slot];
        let rate = i64::from(self.settings.penalty).min(table.parameters.penalty_cap);
        let risk = table.marks[slot].risk(held);
        let penalty = |lots: i64| millionth(times(rate, product(lots, risk)));
        let values = member.values(table);
        let heals = |lots: i64| {
            let sign = supply.side.sign();
            let fill = Fill::new(slot, sign, lots, supply.cash(lots), table);
            fill.floor(values, table) - penalty(lots) >= 0
        };
        for lots in tried(supply.lots(), heals) {
            for penalty in [penalty(lots), 0] {
                let leg = Reduction {
                    slot,
                    side: supply.side,
                    lots,
                    cash: supply.cash(lots),
                    penalty,
                };
                if leg.liquidates(values, held, table) {
                    self.give(at, &supply, &leg, true);
                    return true;
                }
            }
        }
        false
    }

    /// What the book takes of a position within a band of lotRisk around the mark; no batch is too full for it.
    pub(crate) fn supply(&mut self, at: usize, slot: usize, band: i64) -> Supply {
        let (held, mark) = (self.members[at].lots[slot], &self.table().marks[slot]);
        let side = giving(held);
        let away = millionth(product(band, mark.risk(held))) as i64;
        let limit = mark.price() + side.sign() * away;
        let dearest = limit + mark.risk_long + mark.risk_short + 1;
        let mut most = held.abs().min((CASH_BOUND as i64 - 1) / dearest);
        let mut cash = 0;
        let mut orders: Vec<Sure> = Vec::new();
        let account = self.members[at].account;
        self.sure(slot, side, limit, account, |found| {
            let affordable = (CASH_BOUND as i64 - 1 - cash) / found.limit;
            let lots = most.min(found.lots).min(affordable);
            if lots == 0 {
                return false;
            }
            most -= lots;
            cash += lots * found.limit;
            orders.push(Sure { lots, ..found });
            true
        });
        Supply { side, orders }
    }

    /// Carry out what the law took: the other side are standing orders, each at its limit.
    pub(crate) fn give(&mut self, at: usize, supply: &Supply, leg: &Reduction, liquidation: bool) {
        self.matches += 1;
        let (mut left, mut givers) = (leg.lots, Vec::new());
        for order in &supply.orders {
            let some = left.min(order.lots);
            if some == 0 {
                break;
            }
            givers.push(self.orders[order.key].member);
            let fee = self.judge(order.key, some, order.limit, true);
            self.fill(
                order.key,
                some,
                order.limit,
                fee.expect("a sure order fills"),
                true,
            );
            left -= some;
        }
        let fill = leg.fill(self.table());
        self.move_lots(at, leg.slot, fill.lots);
        self.members[at].add_cash(-fill.paid - leg.penalty);
        let (matched, slot, side) = (self.matches, leg.slot as u8, leg.side);
        let (quantity, cash) = (leg.lots as u64, leg.cash);
        if liquidation {
            self.members[FUND_AT].add_cash(leg.penalty);
            self.say(Event::Reduced {
                matched,
                account: self.members[at].account,
                slot,
                side,
                quantity,
                cash,
                penalty: leg.penalty as u64,
            });
        } else {
            self.say(Event::Unloaded {
                matched,
                slot,
                side,
                quantity,
                cash,
            });
        }
        for giver in givers {
            self.prune(giver, leg.slot);
        }
    }
}

/// Lots to try: the least after which initial margin holds, or all; one less; then half of that, and so on.
fn tried(all: i64, heals: impl Fn(i64) -> bool) -> Vec<i64> {
    let (mut low, mut high) = (1, all);
    if !heals(high) {
        low = high;
    }
    while low < high {
        let middle = (low + high) / 2;
        if heals(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    let mut tried = vec![low];
    if low > 1 {
        tried.push(low - 1);
    }
    while let Some(&last) = tried.last().filter(|last| **last > 1) {
        tried.push(last / 2);
    }
    tried
}
