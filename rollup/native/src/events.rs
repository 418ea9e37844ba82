//! Events: everything that the exchange says, in order; `rollup/exchange/events.py` tells what each is.

use crate::commands::Side;
use crate::wire::Field;

macro_rules! events {
    ($($number:literal $name:ident { $($field:ident: $type:ty),* $(,)? })*) => {
        #[derive(Clone, Copy, Debug)]
        pub enum Event { $($name { $($field: $type),* }),* }

        impl Event {
            /// The event behind its length, as it stands in a stream.
            pub fn write(self, out: &mut Vec<u8>) {
                match self {$(
                    Self::$name { $($field),* } => {
                        const LENGTH: usize = 1 $(+ <$type as Field>::SIZE)*;
                        (LENGTH as u32).write(out);
                        out.push($number);
                        $($field.write(out);)*
                    }
                )*}
            }
        }
    };
}

events! {
    1 Refused { account: u32, code: u16 }
    2 Accepted { order: u64, account: u32, place: u8, nonce: u64, client: u64 }
    3 Repeated { order: u64, account: u32, client: u64 }
    4 Rested { order: u64, slot: u8, side: Side, limit: u64, remaining: u64 }
    5 Filled {
        matched: u64,
        order: u64,
        account: u32,
        place: u8,
        nonce: u64,
        slot: u8,
        side: Side,
        quantity: u64,
        price: u64,
        fee: u64,
        maker: bool,
        remaining: u64,
    }
    6 Ended { order: u64, account: u32, place: u8, nonce: u64, code: u16, remaining: u64 }
    7 Triggered { order: u64 }
    8 Moved { account: u32, amount: i128 }
    9 MarginCalled { account: u32 }
    10 MarginRestored { account: u32 }
    11 Reduced { matched: u64, account: u32, slot: u8, side: Side, quantity: u64, cash: i128, penalty: u64 }
    12 TakenOver { account: u32 }
    13 Unloaded { matched: u64, slot: u8, side: Side, quantity: u64, cash: i128 }
    14 Deleveraged { account: u32, slot: u8, side: Side, quantity: u64, cash: i128 }
    15 Settled { account: u32, slot: u8, quantity: i64, cash: i128 }
    16 Phased { slot: u8, phase: u8 }
    17 Uncrossed { slot: u8, price: u64, quantity: u64 }
    18 Closed { account: u32, owed: i128, paid: i128 }
    19 TableTaken { epoch: u64, time: u64 }
    20 Sealed { legs: u32 }
    21 Burnt { account: u32, place: u8, nonce: u64 }
}
