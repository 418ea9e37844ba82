//! Accounts and money: what the ledger tells, and what it may take.

use crate::codes;
use crate::commands::{Debit, Fees};
use crate::core::{Core, FUND, FUND_AT, REVENUE};
use crate::events::Event;
use crate::ground::{Outcome, Refusal, table};
use crate::margin::{least, owed_on_close, reserves, violates};
use crate::member::Member;
use crate::shared::{BITS_CUSTODY, STATUS_HALTED};
use crate::table::{CASH_SLOT, MILLION};

impl Core {
    pub(crate) fn register(&mut self, account: u32) -> Outcome {
        if self.members.find(account).is_some() || account >= self.settings.accounts {
            return Refusal::of(codes::ALREADY_REGISTERED, account);
        }
        self.members.add(Member::new(account, &self.settings));
        Ok(())
    }

    pub(crate) fn credit(&mut self, account: u32, amount: u64) -> Outcome {
        let at = self.member(account)?;
        let amount = i128::from(amount);
        if amount == 0 {
            return Refusal::of(codes::NO_QUANTITY, account);
        }
        if self.custody + amount >= 1 << (BITS_CUSTODY - 1) {
            return Refusal::of(codes::TOO_LARGE, account);
        }
        self.custody += amount;
        self.members[at].add_cash(amount);
        self.say(Event::Moved { account, amount });
        self.tell_standing(at);
        Ok(())
    }

    /// A withdrawal: what is asked for, if it is free; a forced one as much as is free, whatever orders stand.
    pub(crate) fn debit(&mut self, command: &Debit) -> Outcome {
        let Debit {
            account,
            amount,
            forced,
        } = *command;
        let at = self.trader(account)?;
        let amount = i128::from(amount);
        if amount == 0 {
            return Refusal::of(codes::NO_QUANTITY, account);
        }
        if self.table.is_none() {
            return Refusal::of(codes::NO_TABLE, account);
        }
        if self.stale(self.settings.table_age) {
            return Refusal::of(codes::STALE_TABLE, account);
        }
        let table = table!(self);
        let member = &mut self.members[at];
        if forced {
            let free = least(member.values(table)).max(0);
            self.pay(at, amount.min(free).min(self.custody));
            self.cover(at, codes::MARGIN_SHORT);
            return Ok(());
        }
        member.add_cash(-amount);
        let (solvent, _) = reserves(member, &self.orders, table, None);
        member.add_cash(amount);
        if !solvent || amount > self.custody {
            return Refusal::of(codes::INSUFFICIENT, account);
        }
        self.pay(at, amount);
        Ok(())
    }

    fn pay(&mut self, at: usize, amount: i128) {
        self.custody -= amount;
        self.members[at].add_cash(-amount);
        let account = self.members[at].account;
        self.say(Event::Moved {
            account,
            amount: -amount,
        });
    }

    /// Fees go where they may: to the fund or to revenue, and no more than were collected.
    pub(crate) fn share_fees(&mut self, command: &Fees) -> Outcome {
        let amount = i128::from(command.amount);
        if !matches!(command.account, FUND | REVENUE) {
            return Refusal::of(codes::NOT_A_TRADER, command.account);
        }
        if amount == 0 || amount > self.fees {
            return Refusal::of(codes::INSUFFICIENT, command.account);
        }
        let at = self.member(command.account)?;
        self.fees -= amount;
        self.members[at].add_cash(amount);
        Ok(())
    }

    /// LIQ-12: what is free at κ_ex is owed, and paid as far as custody reaches; the fund has the rest.
    pub(crate) fn close(&mut self, account: u32) -> Outcome {
        let at = self.trader(account)?;
        if self.table.is_none() {
            return Refusal::of(codes::NO_TABLE, account);
        }
        if self.stale(self.settings.liquidation_age) {
            return Refusal::of(codes::STALE_TABLE, account);
        }
        self.end_all(at, codes::CLOSED_BY_FORCE, CASH_SLOT);
        let table = table!(self);
        let fund = self.members[FUND_AT].values(table).to_vec();
        let member = &mut self.members[at];
        let halted = |slot: usize| table.marks[slot].status == STATUS_HALTED;
        let kappa = if member.slots().any(halted) {
            MILLION
        } else {
            table.parameters.exit
        };
        let values = member.values(table);
        let mut owed = owed_on_close(values, kappa);
        let given: Vec<i128> = fund
            .iter()
            .zip(values)
            .map(|(one, other)| one + other - owed)
            .collect();
        if violates(&given, table.parameters.maintenance) {
            owed = owed_on_close(values, MILLION);
        }
        let paid = owed.min(self.custody);
        self.custody -= paid;
        self.hand_over(at);
        self.members[FUND_AT].add_cash(-owed);
        self.members[at].add_cash(owed - paid);
        self.say(Event::Closed {
            account,
            owed,
            paid,
        });
        Ok(())
    }

    /// Everything goes to the fund.
    pub(crate) fn hand_over(&mut self, at: usize) {
        let cash = self.members[at].cash;
        self.members[at].add_cash(-cash);
        self.members[FUND_AT].add_cash(cash);
        let slots: Vec<usize> = self.members[at].slots().collect();
        for slot in slots {
            let lots = self.members[at].lots[slot];
            self.move_lots(at, slot, -lots);
            self.move_lots(FUND_AT, slot, lots);
        }
    }

    /// A margin call, or its end.
    pub(crate) fn tell_standing(&mut self, at: usize) {
        let member = &mut self.members[at];
        let called = match &self.table {
            Some(table) => least(member.values(table)) < 0,
            None => false,
        };
        if called != member.called {
            member.called = called;
            let account = member.account;
            self.say(if called {
                Event::MarginCalled { account }
            } else {
                Event::MarginRestored { account }
            });
        }
    }
}
