//! Generated from circuits/manifest.toml by `make generate`; change that file, not this one.
#![allow(dead_code)]

pub const TAG_NODE: u32 = 1;
pub const TAG_STREAM: u32 = 2;
pub const TAG_UPDATE: u32 = 3;
pub const TAG_OWNER: u32 = 4;
pub const TAG_VIEW: u32 = 5;
pub const TAG_NOTEKEY: u32 = 6;
pub const TAG_KEYS: u32 = 7;
pub const TAG_ACCOUNT: u32 = 8;
pub const TAG_VECTOR: u32 = 9;
pub const TAG_CHUNK: u32 = 10;
pub const TAG_ORDERS: u32 = 11;
pub const TAG_ORDER: u32 = 12;
pub const TAG_OPERATION: u32 = 13;
pub const TAG_STATE: u32 = 14;
pub const TAG_CUSTODY: u32 = 15;
pub const TAG_SUSPENSE: u32 = 16;
pub const TAG_RISK: u32 = 17;
pub const TAG_MARKS: u32 = 18;
pub const TAG_STRESS: u32 = 19;
pub const TAG_PARAMS: u32 = 20;
pub const TAG_DATA: u32 = 21;
pub const TAG_PRE: u32 = 22;
pub const TAG_PREKEY: u32 = 23;
pub const TAG_NOTE: u32 = 24;
pub const TAG_NULL: u32 = 25;
pub const TAG_ASSOC: u32 = 26;
pub const TAG_PSEUDONYM: u32 = 27;
pub const TAG_SOLVENCY: u32 = 28;
pub const TAG_KEY: u32 = 29;
pub const TAG_LOTRISK: u32 = 30;
pub const TAG_ATTEST: u32 = 31;
pub const TAG_CREDENTIAL: u32 = 32;
pub const TAG_CONTEXT: u32 = 33;

pub const BITS_ACCOUNT: u32 = 24;
pub const BITS_SLOT: u32 = 8;
pub const BITS_LISTING: u32 = 32;
pub const BITS_PLACE: u32 = 8;
pub const BITS_NONCE: u32 = 40;
pub const BITS_QUANTITY: u32 = 40;
pub const BITS_PRICE: u32 = 40;
pub const BITS_TIME: u32 = 40;
pub const BITS_CASH: u32 = 80;
pub const BITS_FEE: u32 = 56;
pub const BITS_AMOUNT: u32 = 64;
pub const BITS_VALUE: u32 = 47;
pub const BITS_CUSTODY: u32 = 64;
pub const BITS_TRADED: u32 = 64;
pub const BITS_LOTS: u32 = 104;
pub const BITS_STUCK: u32 = 160;
pub const BITS_PPM: u32 = 20;
pub const BITS_LEVERAGE: u32 = 40;
pub const BITS_JURISDICTION: u32 = 16;
pub const BITS_PLAINTEXT: u32 = 240;
pub const BITS_HEADER: u32 = 252;

pub const STATUS_EMPTY: u8 = 0;
pub const STATUS_ACTIVE: u8 = 1;
pub const STATUS_REDUCE_ONLY: u8 = 2;
pub const STATUS_SETTLED: u8 = 3;
pub const STATUS_HALTED: u8 = 4;

pub const SIDE_BUY: u8 = 0;
pub const SIDE_SELL: u8 = 1;

pub const STEP_KIND_TRADE: u8 = 1;
pub const STEP_KIND_FUNDS: u8 = 2;
pub const STEP_KIND_LIQUIDATE: u8 = 3;

pub const HEADER_DEPOSIT: u8 = 1;
pub const HEADER_WITHDRAW: u8 = 2;
pub const HEADER_NOTE: u8 = 3;
pub const HEADER_FORCED: u8 = 4;
pub const HEADER_INTERNAL: u8 = 5;
pub const HEADER_CLOSE: u8 = 6;

pub const OPERATION_DEPOSIT: u8 = 1;
pub const OPERATION_WITHDRAW: u8 = 2;
pub const OPERATION_NOTE: u8 = 3;
pub const OPERATION_FORCED: u8 = 4;
pub const OPERATION_TRANSFER_OUT: u8 = 5;
pub const OPERATION_TRANSFER_IN: u8 = 6;
pub const OPERATION_ROTATE: u8 = 7;
pub const OPERATION_CANCEL: u8 = 8;
pub const OPERATION_FEE_CREDIT: u8 = 9;
pub const OPERATION_DECOY: u8 = 10;

pub const MODE_NONE: u8 = 0;
pub const MODE_LIQUIDATE: u8 = 1;
pub const MODE_TAKEOVER: u8 = 2;
pub const MODE_DELEVERAGE: u8 = 3;
pub const MODE_CLOSE: u8 = 4;
