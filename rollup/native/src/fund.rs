//! The guarantee fund: it gives to the book what it can, and while it fails itself, those who stand against it give back
//! lots at the mark, the most leveraged first. That ranking is public.

use crate::codes::MARGIN_SHORT;
use crate::commands::Side;
use crate::core::{Core, FUND_AT};
use crate::events::Event;
use crate::ground::table;
use crate::law::Reduction;
use crate::liquidation::giving;
use crate::margin::{Fill, least, product, times, violates};
use crate::table::MILLION;

impl Core {
    /// The fund gives to the book what it takes within the fund's band, if that leaves the fund no worse.
    pub(crate) fn unload_fund(&mut self, band: i64) {
        for slot in self.riskiest(FUND_AT) {
            let supply = self.supply(FUND_AT, slot, band);
            let mut lots = supply.lots();
            while lots > 0 {
                let leg = Reduction {
                    slot,
                    side: supply.side,
                    lots,
                    cash: supply.cash(lots),
                    penalty: 0,
                };
                if self.allowed(FUND_AT, &leg, band) {
                    self.give(FUND_AT, &supply, &leg, false);
                    break;
                }
                lots /= 2;
            }
        }
    }

    fn allowed(&mut self, at: usize, leg: &Reduction, band: i64) -> bool {
        let table = table!(self);
        let member = &mut self.members[at];
        let held = member.lots[leg.slot];
        leg.allowed(member.values(table), held, table, band)
    }

    /// While the fund violates maintenance margin, those who stand against it give back, in the public order.
    pub(crate) fn deleverage(&mut self, members: &[usize]) {
        let mut progress = true;
        while progress && self.fund_fails() {
            progress = false;
            for slot in self.riskiest(FUND_AT) {
                for at in self.ranked(slot, members) {
                    if !self.fund_fails() {
                        return;
                    }
                    progress |= self.give_back(at, slot);
                }
            }
        }
    }

    fn fund_fails(&mut self) -> bool {
        let keep = self.table().parameters.maintenance;
        violates(self.values(FUND_AT), keep)
    }

    /// Who stands against the fund in a slot, in the order in which they are deleveraged.
    fn ranked(&mut self, slot: usize, members: &[usize]) -> Vec<usize> {
        let held = self.members[FUND_AT].lots[slot].signum();
        let mut against = Vec::new();
        for &at in members {
            if self.members[at].lots[slot].signum() * held < 0 {
                against.push((-self.leverage(at), self.members[at].account, at));
            }
        }
        against.sort_unstable();
        against.into_iter().map(|(_, _, at)| at).collect()
    }

    /// What the worst scenario takes, of what there is, in ppm; the whole scale where there is nothing.
    fn leverage(&mut self, at: usize) -> i128 {
        let values = self.values(at);
        match values[0] {
            equity @ 1.. => times(MILLION, equity - least(values)).div_euclid(equity),
            _ => product(MILLION, MILLION),
        }
    }

    /// Deleverage one account in one slot by as much as the law takes; whether it took any.
    fn give_back(&mut self, at: usize, slot: usize) -> bool {
        let held = self.members[at].lots[slot];
        let price = self.table().marks[slot].price();
        let most = held.abs().min(self.members[FUND_AT].lots[slot].abs());
        let mut lots = self.least_cure(slot, most);
        while lots > 0 {
            let given = |side: Side| Reduction {
                slot,
                side,
                lots,
                cash: product(lots, price),
                penalty: 0,
            };
            let (leg, mirror) = (given(giving(held)), given(giving(held).other()));
            if self.allowed(at, &leg, 0) && self.allowed(FUND_AT, &mirror, 0) {
                for (at, leg) in [(at, &leg), (FUND_AT, &mirror)] {
                    let fill = leg.fill(self.table());
                    self.move_lots(at, slot, fill.lots);
                    self.members[at].add_cash(-fill.paid);
                }
                self.say(Event::Deleveraged {
                    account: self.members[at].account,
                    slot: slot as u8,
                    side: leg.side,
                    quantity: lots as u64,
                    cash: leg.cash,
                });
                self.cover(at, MARGIN_SHORT);
                self.prune(at, slot);
                return true;
            }
            lots /= 2;
        }
        false
    }

    /// The least lots given back after which the fund keeps maintenance margin, or all there are where none do.
    fn least_cure(&mut self, slot: usize, most: i64) -> i64 {
        let table = table!(self);
        let (kappa, price) = (table.parameters.maintenance, table.marks[slot].price());
        let fund = &mut self.members[FUND_AT];
        let sign = giving(fund.lots[slot]).sign();
        let one = Fill::new(slot, sign, 1, price.into(), table);
        let (before, column) = (fund.values(table), table.column(slot));
        let (equity, gain) = (before[0], one.change(column[0]));
        let (mut low, mut high) = (1, i128::from(most));
        for (value, worth) in before.iter().zip(column) {
            // Margin is the least of one line for each scenario: each leaves the lots on one side of a point.
            let at = times(MILLION, equity) + times(kappa, value - equity);
            let step = times(MILLION, gain) + times(kappa, one.change(*worth) - gain);
            if step > 0 {
                low = low.max(-at.div_euclid(step));
            } else if step < 0 {
                high = high.min(at.div_euclid(-step));
            } else if at < 0 {
                return most;
            }
        }
        if low <= high { low as i64 } else { most }
    }

    /// Accounts in the order in which they are deleveraged in a slot, while a table is in force.
    pub fn ranking(&mut self, slot: usize) -> Vec<u32> {
        if self.table.is_none() {
            return Vec::new();
        }
        let members = self.traders();
        let ranked = self.ranked(slot, &members);
        ranked
            .into_iter()
            .map(|at| self.members[at].account)
            .collect()
    }
}
