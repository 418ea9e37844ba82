//! Admission: an order is taken whole, or refused with a code before anything has changed.

use sha3::{Digest, Keccak256};

use crate::codes;
use crate::codes::PHASE_CONTINUOUS;
use crate::commands::{Force, Place, Trigger};
use crate::core::{Core, NONCE_REACH};
use crate::events::Event;
use crate::ground::{Outcome, Refusal, Verdict, table};
use crate::margin::{Fill, least, millionth, product, reserves, times};
use crate::matching::CASH_BOUND;
use crate::member::{CLIENTS, Client};
use crate::orders::{Key, Open};
use crate::shared::{BITS_NONCE, BITS_PRICE, BITS_QUANTITY, BITS_TIME, STATUS_REDUCE_ONLY};

impl Core {
    /// Take an order, replacing what stood at its place, and let it match.
    pub(crate) fn place(&mut self, words: Place, record: &[u8]) -> Outcome {
        let account = words.account;
        let at = self.trader(account)?;
        let number = self.numbers + 1;
        let client = (words.client != 0).then(|| Client {
            client: words.client,
            order: number,
            fingerprint: fingerprint(record),
        });
        if let Some(client) = client {
            let mut known = self.members[at].clients.iter();
            if let Some(known) = known.find(|known| known.client == words.client) {
                if known.fingerprint != client.fingerprint {
                    return Refusal::of(codes::CLIENT_REUSED, account);
                }
                let order = known.order;
                let client = words.client;
                self.say(Event::Repeated {
                    order,
                    account,
                    client,
                });
                return Ok(());
            }
        }
        let order = self
            .admitted(words, number, at)
            .map_err(|code| Refusal { account, code })?;
        self.numbers = number;
        let member = &mut self.members[at];
        member.seats[usize::from(words.place)].next = words.nonce + 1;
        if let Some(client) = client {
            if member.clients.len() == CLIENTS {
                member.clients.pop_front();
            }
            member.clients.push_back(client);
        }
        if let Some(replaced) = member.order_at(words.place) {
            self.end(replaced, codes::REPLACED);
        }
        self.say(Event::Accepted {
            order: number,
            account,
            place: words.place,
            nonce: words.nonce,
            client: words.client,
        });
        let waiting = order.waiting;
        let key = self.orders.insert(order);
        if waiting {
            self.stand(key);
        } else {
            self.enter(key);
        }
        Ok(())
    }

    /// The order that these words open, or what is wrong with them.
    fn admitted(&mut self, words: Place, number: u64, at: usize) -> Result<Open, u16> {
        misshapen(&words)?;
        self.unplaceable(&words, at)?;
        let mut order = Open {
            number,
            rank: number,
            member: at,
            words,
            limit: words.limit as i64,
            remaining: words.quantity as i64,
            cash: 0,
            waiting: words.trigger != Trigger::None,
        };
        if !order.waiting {
            self.inadmissible(&mut order)?;
        }
        Ok(order)
    }

    /// Let an admitted order match, or gather for an auction.
    pub(crate) fn enter(&mut self, key: Key) {
        if self.books[self.orders[key].slot()].phase == PHASE_CONTINUOUS {
            self.match_order(key);
        } else {
            self.rest(key);
        }
    }

    /// What is wrong with its instrument, its words or its place, whatever the books.
    fn unplaceable(&self, words: &Place, at: usize) -> Verdict {
        let settings = &self.settings;
        let table = self.table.as_ref().ok_or(codes::NO_TABLE)?;
        if words.slot < 1 || words.slot >= settings.slots {
            return Err(codes::UNKNOWN_SLOT);
        }
        let mark = &table.marks[usize::from(words.slot)];
        if mark.listing != words.listing {
            return Err(codes::OTHER_LISTING);
        }
        let limits = self.books[usize::from(words.slot)].limits;
        let limits = limits
            .filter(|_| !mark.is_over())
            .ok_or(codes::UNKNOWN_SLOT)?;
        let seats = &self.members[at].seats;
        let seat = seats
            .get(usize::from(words.place))
            .ok_or(codes::NO_SUCH_PLACE)?;
        if words.limit == 0 || !words.limit.is_multiple_of(limits.tick) {
            return Err(codes::OFF_TICK);
        }
        if words.quantity == 0 {
            return Err(codes::NO_QUANTITY);
        }
        let worth = product(words.quantity as i64, words.limit as i64);
        if words.quantity > limits.order || worth >= CASH_BOUND {
            return Err(codes::TOO_LARGE);
        }
        if words.ends() < self.now {
            return Err(codes::EXPIRED);
        }
        if words.nonce < seat.next {
            return Err(codes::STALE_NONCE);
        }
        let stored = i128::from(seat.filled) + (i128::from(seat.nonce) << BITS_QUANTITY);
        let reach = (i128::from(words.nonce) << BITS_QUANTITY) - stored;
        if reach >= i128::from(NONCE_REACH) << BITS_QUANTITY {
            return Err(codes::NONCE_TOO_FAR);
        }
        if words.max_fee_ppm < settings.taker_fee.max(settings.maker_fee) {
            return Err(codes::FEE_CAP_TOO_LOW);
        }
        Ok(())
    }

    /// What forbids it to match or rest now; a market or triggered order is drawn to the band on the way.
    pub(crate) fn inadmissible(&mut self, order: &mut Open) -> Verdict {
        let (words, settings, table) = (&order.words, &self.settings, table!(self));
        let (slot, sign) = (order.slot(), order.sign());
        let (book, mark) = (&self.books[slot], &table.marks[slot]);
        let limits = book
            .limits
            .as_ref()
            .expect("a slot with orders has its limits");
        if self.stale(settings.table_age) {
            return Err(codes::STALE_TABLE);
        }
        if book.phase != PHASE_CONTINUOUS && !words.force.rests() {
            return Err(codes::MARKET_HALTED);
        }
        let reduces = words.reduce_only || mark.status == STATUS_REDUCE_ONLY;
        if reduces && self.reducible(order.member, slot, sign) == 0 {
            return Err(codes::NOTHING_TO_REDUCE);
        }
        let held = self.members[order.member].lots[slot].abs();
        let closes = words.reduce_only && order.remaining >= held;
        let worth = product(order.remaining, mark.price().max(limits.tick as i64));
        if worth < i128::from(limits.least) && !closes {
            return Err(codes::TOO_SMALL);
        }
        let band = millionth(times(settings.band.into(), mark.price().into())) as i64;
        let reach = band + mark.risk_long.max(mark.risk_short);
        if sign * (words.limit as i64 - mark.price()) > reach {
            if words.force != Force::Market && words.trigger == Trigger::None {
                return Err(codes::PRICE_BAND);
            }
            // The last tick within the band: floored for a buyer, and for a seller the least one not below it.
            let tick = limits.tick as i64;
            order.limit = sign * ((sign * mark.price() + reach).div_euclid(tick) * tick);
            if order.limit <= 0 {
                return Err(codes::PRICE_BAND);
            }
        }
        // A listing's limits may have changed while an order waited for its trigger.
        if order.limit % limits.tick as i64 != 0 {
            return Err(codes::OFF_TICK);
        }
        if words.quantity > limits.order {
            return Err(codes::TOO_LARGE);
        }
        let most = limits.position as i64;
        if sign * self.members[order.member].lots[slot] + self.beside(order) + order.remaining
            > most
        {
            return Err(codes::POSITION_LIMIT);
        }
        if order.words.post_only && book.phase == PHASE_CONTINUOUS && self.would_trade(order) {
            return Err(codes::WOULD_TRADE);
        }
        self.unmargined(order)?;
        match order.words.force {
            Force::FillOrKill => self.unsure(order),
            _ => Ok(()),
        }
    }

    /// Lots of the account's other orders that stand on the same side.
    fn beside(&self, order: &Open) -> i64 {
        let (words, member) = (&order.words, &self.members[order.member]);
        let others = member.orders().map(|key| &self.orders[key]);
        others
            .filter(|one| one.words.place != words.place && one.words.slot == words.slot)
            .filter(|one| one.words.side == words.side && !one.waiting)
            .map(|one| one.remaining)
            .sum()
    }

    /// Whether anything on the other side is within its limit, but the order that it replaces.
    fn would_trade(&self, order: &Open) -> bool {
        let side = order.words.side;
        let replaced = self.members[order.member].order_at(order.words.place);
        let mut facing = self.books[order.slot()].side(side.other());
        let best = facing.find(|key| Some(*key) != replaced);
        best.is_some_and(|key| side.crosses(order.limit, self.orders[key].limit))
    }

    /// Initial margin at the worst of all open orders; or, without it, an order that eases what is there.
    fn unmargined(&mut self, order: &Open) -> Verdict {
        let table = table!(self);
        let member = &mut self.members[order.member];
        let (solvent, in_range) = reserves(member, &self.orders, table, Some(order));
        if !in_range {
            return Err(codes::MARGIN_RANGE);
        }
        if solvent {
            return Ok(());
        }
        if order.words.force == Force::FillOrKill {
            return Err(codes::MARGIN);
        }
        let cash = product(order.remaining, order.limit);
        let fill = Fill::new(order.slot(), order.sign(), order.remaining, cash, table);
        let before = member.values(table);
        if least(before) < 0 && fill.room(before, table).is_some() {
            Ok(())
        } else {
            Err(codes::MARGIN)
        }
    }
}

/// What is wrong with an order whatever the state.
fn misshapen(words: &Place) -> Verdict {
    let widths = [
        (words.limit, BITS_PRICE),
        (words.quantity, BITS_QUANTITY),
        (words.nonce, BITS_NONCE),
        (words.expiry, BITS_TIME),
        (words.good_till, BITS_TIME),
        (words.trigger_price, BITS_PRICE),
    ];
    let fits = widths.iter().all(|(value, bits)| value >> bits == 0)
        && (words.force == Force::GoodTillTime) == (words.good_till > 0)
        && (words.trigger != Trigger::None) == (words.trigger_price > 0)
        && (!words.post_only || words.force.rests());
    if fits { Ok(()) } else { Err(codes::MALFORMED) }
}

/// What tells a repeated record from another one under the same own number.
fn fingerprint(record: &[u8]) -> u64 {
    let hash = Keccak256::digest(record);
    u64::from_le_bytes(*hash.first_chunk().expect("a hash has 32 bytes"))
}
