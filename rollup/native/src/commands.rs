//! Commands: everything that ever changes the exchange; `rollup/exchange/commands.py` tells what each is.

use crate::table::Table;
use crate::wire::{Malformed, Reader, choices, records};

choices! {
    Side { Buy = 0, Sell = 1 }
    Force { GoodTillCancelled = 0, GoodTillTime = 1, Immediate = 2, FillOrKill = 3, Market = 4 }
    SelfTrade { Newest = 0, Oldest = 1, Both = 2 }
    Trigger { None = 0, Stop = 1, TakeProfit = 2 }
}

impl Side {
    /// +1 for a buyer, -1 for a seller.
    pub fn sign(self) -> i64 {
        match self {
            Self::Buy => 1,
            Self::Sell => -1,
        }
    }

    pub fn other(self) -> Self {
        match self {
            Self::Buy => Self::Sell,
            Self::Sell => Self::Buy,
        }
    }

    /// Whether a limit on this side takes a price.
    pub fn crosses(self, limit: i64, price: i64) -> bool {
        match self {
            Self::Buy => price <= limit,
            Self::Sell => price >= limit,
        }
    }
}

impl Force {
    /// Whether what does not fill at once stands.
    pub fn rests(self) -> bool {
        matches!(self, Self::GoodTillCancelled | Self::GoodTillTime)
    }
}

records! {
    1 Limits { slot: u8, tick: u64, position: u64, interest: u64, order: u64, least: u64 }
    3 Tick { time: u64 }
    4 Register { account: u32 }
    5 Credit { account: u32, amount: u64 }
    6 Debit { account: u32, amount: u64, forced: bool }
    7 Rotate { account: u32 }
    8 Place {
        account: u32,
        slot: u8,
        listing: u32,
        side: Side,
        limit: u64,
        quantity: u64,
        max_fee_ppm: u16,
        place: u8,
        nonce: u64,
        expiry: u64,
        reduce_only: bool,
        client: u64,
        force: Force,
        good_till: u64,
        post_only: bool,
        self_trade: SelfTrade,
        trigger: Trigger,
        trigger_price: u64,
    }
    9 Cancel { account: u32, place: u8, nonce: u64 }
    10 CancelAll { account: u32, slot: u8 }
    11 Heartbeat { account: u32, seconds: u32 }
    12 Seal {}
    13 Fees { account: u32, amount: u64 }
    14 Close { account: u32 }
    15 Burn { account: u32, place: u8, nonce: u64 }
}

impl Place {
    /// The last second in which the order stands.
    pub fn ends(&self) -> u64 {
        match self.good_till {
            0 => self.expiry,
            until => self.expiry.min(until),
        }
    }

    /// Whether the mark has reached the trigger price.
    pub fn triggered_by(&self, mark: i64) -> bool {
        let rises = (self.trigger == Trigger::Stop) == (self.side == Side::Buy);
        let price = self.trigger_price as i64;
        if rises { mark >= price } else { mark <= price }
    }
}

pub enum Command {
    Limits(Limits),
    Table(Box<Table>),
    Tick(Tick),
    Register(Register),
    Credit(Credit),
    Debit(Debit),
    Rotate(Rotate),
    Place(Place),
    Cancel(Cancel),
    CancelAll(CancelAll),
    Heartbeat(Heartbeat),
    Seal,
    Fees(Fees),
    Close(Close),
    Burn(Burn),
}

impl Command {
    /// The command that all of the bytes are.
    pub fn decode(record: &[u8]) -> Result<Self, Malformed> {
        let unknown = Malformed("a record of no known kind");
        let (&number, fields) = record.split_first().ok_or(unknown)?;
        let fields = Reader::new(fields);
        Ok(match number {
            Place::NUMBER => Self::Place(Place::read(fields)?),
            Cancel::NUMBER => Self::Cancel(Cancel::read(fields)?),
            CancelAll::NUMBER => Self::CancelAll(CancelAll::read(fields)?),
            Heartbeat::NUMBER => Self::Heartbeat(Heartbeat::read(fields)?),
            Table::NUMBER => Self::Table(Box::new(Table::decode(record)?)),
            Tick::NUMBER => Self::Tick(Tick::read(fields)?),
            Seal::NUMBER => Seal::read(fields).map(|_| Self::Seal)?,
            Limits::NUMBER => Self::Limits(Limits::read(fields)?),
            Register::NUMBER => Self::Register(Register::read(fields)?),
            Credit::NUMBER => Self::Credit(Credit::read(fields)?),
            Debit::NUMBER => Self::Debit(Debit::read(fields)?),
            Rotate::NUMBER => Self::Rotate(Rotate::read(fields)?),
            Fees::NUMBER => Self::Fees(Fees::read(fields)?),
            Close::NUMBER => Self::Close(Close::read(fields)?),
            Burn::NUMBER => Self::Burn(Burn::read(fields)?),
            _ => return Err(unknown),
        })
    }
}
