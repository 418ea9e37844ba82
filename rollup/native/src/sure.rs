//! What is sure to fill: standing orders that nothing can make fail, for orders that want all or nothing, and for the
//! clearing house.

use std::collections::HashMap;

use crate::codes::{CANNOT_FILL, PHASE_CONTINUOUS};
use crate::commands::{SelfTrade, Side};
use crate::core::Core;
use crate::ground::{Verdict, table};
use crate::margin::{covered, product};
use crate::matching::{CASH_BOUND, LOOK};
use crate::orders::{Key, Open};
use crate::shared::STATUS_REDUCE_ONLY;

/// A standing order whose fill at its limit cannot fail.
pub struct Sure {
    pub key: Key,
    pub limit: i64,
    pub lots: i64,
    /// Orders looked at to reach it: no more legs than these are needed.
    pub looked_at: u64,
}

impl Core {
    /// Standing orders on the other side of `side`, the best first, that are sure to fill; until `visit` says enough.
    pub(crate) fn sure(
        &mut self,
        slot: usize,
        side: Side,
        limit: i64,
        account: u32,
        mut visit: impl FnMut(Sure) -> bool,
    ) {
        if self.books[slot].phase != PHASE_CONTINUOUS {
            return;
        }
        let table = table!(self);
        let narrow = table.marks[slot].status == STATUS_REDUCE_ONLY;
        // What each owner's orders ahead reduce already, and whether all of its orders are covered.
        let mut owners: HashMap<usize, (i64, bool)> = HashMap::new();
        for (key, looked_at) in self.books[slot].side(side.other()).zip(1..) {
            let order = &self.orders[key];
            if !side.crosses(limit, order.limit) || looked_at > LOOK {
                return;
            }
            let mut lots = order.remaining;
            if order.words.account == account
                || order.cash + product(lots, order.limit) >= CASH_BOUND
            {
                continue;
            }
            let member = &mut self.members[order.member];
            let (reduced, covered) = owners
                .entry(order.member)
                .or_insert_with(|| (0, covered(member, &self.orders, table)));
            if order.words.reduce_only || narrow {
                lots = lots.min((-order.sign() * member.lots[slot]).max(0) - *reduced);
            }
            if lots > 0 && *covered {
                *reduced += lots;
                let found = Sure {
                    key,
                    limit: order.limit,
                    lots,
                    looked_at,
                };
                if !visit(found) {
                    return;
                }
            }
        }
    }

    /// Whether all of a fill-or-kill order is sure to fill at once.
    pub(crate) fn unsure(&mut self, order: &Open) -> Verdict {
        let (words, slot, quantity) = (&order.words, order.slot(), order.remaining);
        let held = order.sign() * self.members[order.member].lots[slot];
        let narrow = table!(self).marks[slot].status == STATUS_REDUCE_ONLY;
        if (words.reduce_only || narrow) && quantity > -held {
            return Err(CANNOT_FILL);
        }
        let opened = (held + quantity).max(0) - held.max(0);
        if opened > 0 && self.interest_left(slot) < opened {
            return Err(CANNOT_FILL);
        }
        if let Some(best) = self.books[slot].best(words.side.other()) {
            let dearest = order.limit.max(self.orders[best].limit);
            if product(quantity, dearest) >= CASH_BOUND {
                return Err(CANNOT_FILL);
            }
        }
        let taken = self.legs.len() as u64;
        let most = u64::from(self.settings.batch_legs);
        let (mut left, mut room) = (quantity, true);
        self.sure(slot, words.side, order.limit, words.account, |found| {
            left -= left.min(found.lots);
            room = taken + found.looked_at < most;
            room && left > 0
        });
        let own = words.self_trade != SelfTrade::Oldest && self.meets_itself(order);
        if left > 0 || !room || own {
            return Err(CANNOT_FILL);
        }
        Ok(())
    }

    /// Whether an order of the same account stands within reach.
    fn meets_itself(&self, order: &Open) -> bool {
        let (words, member) = (&order.words, &self.members[order.member]);
        let mut others = member.orders().map(|key| &self.orders[key]);
        others.any(|one| {
            one.words.place != words.place
                && one.words.slot == words.slot
                && one.words.side != words.side
                && !one.waiting
                && words.side.crosses(order.limit, one.limit)
        })
    }
}
