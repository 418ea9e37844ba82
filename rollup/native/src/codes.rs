//! Why a command is refused or an order ends, and how a slot trades.
//!
//! Generated from rollup/exchange/codes.toml by `make generate`; change that file, not this one.

/// Nothing is listed, or it is settled.
pub const PHASE_CLOSED: u8 = 0;
/// Orders match as they come.
pub const PHASE_CONTINUOUS: u8 = 1;
/// The price is not trusted: limit orders gather, nothing matches.
pub const PHASE_HALTED: u8 = 2;
/// Trading reopens: limit orders gather until one price clears them.
pub const PHASE_AUCTION: u8 = 3;
/// A field does not fit its width, or two fields contradict each other.
pub const MALFORMED: u16 = 1;
/// No such account is registered.
pub const UNKNOWN_ACCOUNT: u16 = 2;
/// The guarantee fund places no orders and moves no money.
pub const NOT_A_TRADER: u16 = 3;
/// The account exists, or lies outside the tree.
pub const ALREADY_REGISTERED: u16 = 4;
/// The slot holds no instrument that is open for orders.
pub const UNKNOWN_SLOT: u16 = 5;
/// The slot holds another instrument by now.
pub const OTHER_LISTING: u16 = 6;
/// Accounts have fewer order places.
pub const NO_SUCH_PLACE: u16 = 7;
/// No open order stands at this place under this nonce.
pub const UNKNOWN_ORDER: u16 = 8;
/// The account's trading key did not sign these words, or not canonically.
pub const BAD_SIGNATURE: u16 = 9;
/// There is no risk table yet, or not one that may follow.
pub const NO_TABLE: u16 = 10;
/// The limit is not a positive multiple of the tick.
pub const OFF_TICK: u16 = 20;
/// The order, or amount, is of nothing.
pub const NO_QUANTITY: u16 = 21;
/// More lots, or more money, than one order may move.
pub const TOO_LARGE: u16 = 22;
/// The order's time has passed.
pub const EXPIRED: u16 = 23;
/// The place has seen this nonce or a greater one.
pub const STALE_NONCE: u16 = 24;
/// The nonce runs 2^32 or more ahead of its place.
pub const NONCE_TOO_FAR: u16 = 25;
/// The order signs for less than the fee schedule takes.
pub const FEE_CAP_TOO_LOW: u16 = 26;
/// The limit reaches further through the market than the band allows.
pub const PRICE_BAND: u16 = 27;
/// Your own order number was used for another order.
pub const CLIENT_REUSED: u16 = 28;
/// Only reductions are taken, and nothing is held on the other side.
pub const NOTHING_TO_REDUCE: u16 = 29;
/// A post-only order would have matched at once.
pub const WOULD_TRADE: u16 = 30;
/// Not all of a fill-or-kill order was sure to fill.
pub const CANNOT_FILL: u16 = 31;
/// Nothing matches here now: the slot is halted or in its auction.
pub const MARKET_HALTED: u16 = 32;
/// The risk table is too old to be proven with.
pub const STALE_TABLE: u16 = 33;
/// With open orders the position would pass the account's limit.
pub const POSITION_LIMIT: u16 = 34;
/// Initial margin would not hold if the worst of the open orders filled.
pub const MARGIN: u16 = 35;
/// Values would leave the range that margin is proven in.
pub const MARGIN_RANGE: u16 = 36;
/// Less than that is free above initial margin and open orders.
pub const INSUFFICIENT: u16 = 37;
/// The order is worth less than the least that a proof is made for.
pub const TOO_SMALL: u16 = 39;
/// Time does not go back.
pub const WRONG_TIME: u16 = 38;
/// Taken back by its owner.
pub const CANCELLED: u16 = 50;
/// A greater nonce took its place.
pub const REPLACED: u16 = 51;
/// The rest of an immediate order.
pub const NOT_FILLED_AT_ONCE: u16 = 52;
/// It met an order of its own account.
pub const SELF_TRADE: u16 = 53;
/// Its fill would have broken margin.
pub const MARGIN_SHORT: u16 = 54;
/// It could only have reduced, and nothing was left to reduce.
pub const NOT_REDUCING: u16 = 55;
/// Its account fell below maintenance margin.
pub const LIQUIDATED: u16 = 56;
/// The dead-man switch fired.
pub const SILENCE: u16 = 57;
/// The slot was settled, emptied or listed anew.
pub const DELISTED: u16 = 58;
/// Its signature is by a key that was replaced.
pub const KEYS_ROTATED: u16 = 59;
/// The instrument's open interest is at its limit.
pub const OPEN_INTEREST: u16 = 60;
/// The batch at hand has no room for another leg.
pub const BATCH_FULL: u16 = 61;
/// Its account was closed from l1.
pub const CLOSED_BY_FORCE: u16 = 62;
