//! The exchange's native core: the readable twin in `rollup/exchange/twin`, the same bits faster.
//!
//! One command of the log in, the events that follow from it out, both as bytes on one [`wire`]. What the twin computes
//! whenever it is asked is kept here beside its source ([`member`]), and the two are compared byte by byte, event by
//! event and state by state, over random histories. Nothing here knows Python, a clock, randomness or floats.
//!
//! ```
//! use zkclear_exchange::{Core, frames};
//!
//! // Two slots, a scenario, a place, eight accounts; fees, rates and times are all 0 here.
//! let settings = [&[1, 2, 1, 1, 8, 0, 0, 0][..], &[0; 28]].concat();
//! let mut core = Core::new(&settings)?;
//! assert!(core.apply(&[4, 7, 0, 0, 0])?.is_empty()); // account 7 is registered
//! let events = core.apply(&[5, 7, 0, 0, 0, 100, 0, 0, 0, 0, 0, 0, 0])?.to_vec(); // and comes to 100
//! assert_eq!(frames(&events)?[0][..6], [8, 7, 0, 0, 0, 100]); // as it says
//! assert_eq!(core.vector(7), Some(vec![100, 0]));
//! # Ok::<(), zkclear_exchange::Malformed>(())
//! ```
//!
//! The bounds of commands are such that no sum leaves 127 bits. Overflow is checked in release builds all the same: a
//! mistake must stop the exchange and not give it other bits.

mod accounts;
mod admission;
mod auction;
pub mod codes;
mod commands;
mod core;
mod digest;
mod directory;
mod epochs;
mod events;
mod fund;
mod ground;
mod law;
mod liquidation;
mod margin;
mod matching;
mod member;
mod orders;
mod queries;

mod settings;
mod shared;
mod sure;
mod table;
pub mod wire;

pub use crate::core::Core;
pub use crate::queries::{OpenOrder, Totals};
pub use crate::wire::{Malformed, frames};
