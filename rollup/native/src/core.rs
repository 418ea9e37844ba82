//! The door: one command in, the events that follow from it out. A refused command says so and changes nothing.

use std::collections::{BTreeSet, HashSet};

use crate::codes;
use crate::commands::{Burn, Cancel, Command, Heartbeat, Limits};
use crate::digest;
use crate::directory::Members;
use crate::events::Event;
use crate::ground::{Outcome, Refusal};
use crate::matching::CASH_BOUND;
use crate::member::Member;
use crate::orders::{Book, Key, Orders};
use crate::settings::Settings;
use crate::shared::{BITS_NONCE, BITS_PRICE, BITS_QUANTITY};
use crate::table::Table;
use crate::wire::Malformed;

/// Account of the guarantee fund.
pub const FUND: u32 = 0;
/// Account of the operator's revenue.
pub const REVENUE: u32 = 1;
/// Where the fund stands in the directory: it is added first.
pub const FUND_AT: usize = 0;

/// How far a nonce may run ahead of its place.
pub const NONCE_REACH: u64 = 1 << 32;

/// The exchange. Its verbs are spread over the other files, one concern each.
pub struct Core {
    pub(crate) settings: Settings,
    pub(crate) now: u64,
    pub(crate) epoch: u64,
    pub(crate) table: Option<Table>,
    pub(crate) members: Members,
    pub(crate) orders: Orders,
    /// By slot; that of cash stays empty.
    pub(crate) books: Vec<Book>,
    /// Distinct legs of the batch at hand: account, place, nonce.
    pub(crate) legs: HashSet<(u32, u8, u64)>,
    /// Collected and not credited yet.
    pub(crate) fees: i128,
    /// Collateral inside accounts.
    pub(crate) custody: i128,
    /// Numbers given so far.
    pub(crate) numbers: u64,
    pub(crate) matches: u64,
    /// Orders that stand or wait, by their last second.
    pub(crate) expiries: BTreeSet<(u64, Key)>,
    /// Dead-man switches: when each fires, and the account's place in the directory.
    pub(crate) deadlines: BTreeSet<(u64, usize)>,
    /// What the command at hand has led to.
    pub(crate) said: Vec<u8>,
}

impl Core {
    /// An exchange with nobody in it but the fund and the operator, from the bytes of its settings.
    pub fn new(settings: &[u8]) -> Result<Self, Malformed> {
        let settings = Settings::decode(settings)?;
        if settings.slots < 1 || settings.scenarios < 1 || settings.places < 1 {
            return Err(Malformed(
                "an exchange has a slot for cash, a scenario and an order place",
            ));
        }
        let mut members = Members::default();
        for account in [FUND, REVENUE] {
            members.add(Member::new(account, &settings));
        }
        Ok(Self {
            settings,
            now: 0,
            epoch: 0,
            table: None,
            members,
            orders: Orders::default(),
            books: (0..settings.slots).map(|_| Book::new()).collect(),
            legs: HashSet::new(),
            fees: 0,
            custody: 0,
            numbers: 0,
            matches: 0,
            expiries: BTreeSet::new(),
            deadlines: BTreeSet::new(),
            said: Vec::new(),
        })
    }

    /// Carry out one command of the log; the events that followed, as a stream.
    pub fn apply(&mut self, record: &[u8]) -> Result<&[u8], Malformed> {
        let command = Command::decode(record)?;
        self.said.clear();
        if let Err(Refusal { account, code }) = self.carry_out(command, record) {
            self.said.clear();
            self.say(Event::Refused { account, code });
        }
        Ok(&self.said)
    }

    /// keccak256 of everything that is remembered.
    pub fn state_hash(&self) -> [u8; 32] {
        digest::digest(self)
    }

    /// Which verb a command asks for.
    fn carry_out(&mut self, command: Command, record: &[u8]) -> Outcome {
        match command {
            Command::Place(words) => self.place(words, record),
            Command::Cancel(command) => self.cancel(&command),
            Command::CancelAll(command) => {
                let at = self.member(command.account)?;
                self.end_all(at, codes::CANCELLED, command.slot.into());
                Ok(())
            }
            Command::Heartbeat(command) => self.heartbeat(&command),
            Command::Table(table) => self.take_table(*table),
            Command::Tick(command) => self.tick(command.time),
            Command::Seal => {
                self.seal();
                Ok(())
            }
            Command::Limits(command) => self.limit(command),
            Command::Register(command) => self.register(command.account),
            Command::Credit(command) => self.credit(command.account, command.amount),
            Command::Debit(command) => self.debit(&command),
            Command::Rotate(command) => {
                let at = self.trader(command.account)?;
                self.end_all(at, codes::KEYS_ROTATED, 0);
                Ok(())
            }
            Command::Fees(command) => self.share_fees(&command),
            Command::Close(command) => self.close(command.account),
            Command::Burn(command) => self.burn(&command),
        }
    }

    fn cancel(&mut self, command: &Cancel) -> Outcome {
        let at = self.member(command.account)?;
        let key = self.members[at].order_at(command.place);
        match key.filter(|key| self.orders[*key].words.nonce == command.nonce) {
            Some(key) => self.end(key, codes::CANCELLED),
            None => return Refusal::of(codes::UNKNOWN_ORDER, command.account),
        }
        Ok(())
    }

    /// A signed cancel that the state remembers.
    fn burn(&mut self, command: &Burn) -> Outcome {
        let Burn {
            account,
            place,
            nonce,
        } = *command;
        let at = self.trader(account)?;
        let Some(seat) = self.members[at].seats.get(usize::from(place)).copied() else {
            return Refusal::of(codes::NO_SUCH_PLACE, account);
        };
        if nonce < seat.nonce {
            return Refusal::of(codes::STALE_NONCE, account);
        }
        if nonce >= (seat.nonce + NONCE_REACH).min(1 << BITS_NONCE) {
            return Refusal::of(codes::NONCE_TOO_FAR, account);
        }
        if seat.order != crate::orders::NONE && self.orders[seat.order].words.nonce <= nonce {
            self.end(seat.order, codes::CANCELLED);
        }
        let seat = &mut self.members[at].seats[usize::from(place)];
        seat.filled = (1 << BITS_QUANTITY) - 1;
        seat.nonce = nonce;
        seat.next = seat.next.max(nonce + 1);
        self.say(Event::Burnt {
            account,
            place,
            nonce,
        });
        Ok(())
    }

    fn heartbeat(&mut self, command: &Heartbeat) -> Outcome {
        let at = self.member(command.account)?;
        let deadline = match command.seconds {
            0 => 0,
            seconds => self.now + u64::from(seconds),
        };
        let before = std::mem::replace(&mut self.members[at].deadline, deadline);
        self.deadlines.remove(&(before, at));
        if deadline != 0 {
            self.deadlines.insert((deadline, at));
        }
        Ok(())
    }

    /// The ledger cut a batch.
    fn seal(&mut self) {
        let legs = self.legs.len() as u32;
        self.say(Event::Sealed { legs });
        self.legs.clear();
    }

    fn limit(&mut self, limits: Limits) -> Outcome {
        if limits.slot < 1 || limits.slot >= self.settings.slots {
            return Refusal::of(codes::UNKNOWN_SLOT, 0);
        }
        // All sums then fit 127 bits.
        let bounds = [
            (limits.tick, BITS_PRICE),
            (limits.order, 32),
            (limits.position, 36),
            (limits.interest, 48),
        ];
        let wide = bounds.iter().any(|(value, bits)| value >> bits != 0);
        if limits.tick == 0 || wide || i128::from(limits.least) >= CASH_BOUND {
            return Refusal::of(codes::MALFORMED, 0);
        }
        self.books[usize::from(limits.slot)].limits = Some(limits);
        Ok(())
    }
}
