//! Open orders, and a book for each slot.
//!
//! Orders lie in one slab and are known by their keys there; a book is keys in price-time order.

use std::collections::BTreeMap;
use std::ops::{Index, IndexMut};

use crate::codes::PHASE_CLOSED;
use crate::commands::{Limits, Place, Side};

/// Where an order lies in the slab.
pub type Key = u32;

/// No order.
pub const NONE: Key = Key::MAX;

/// An order that stands, waits for its trigger, or is just matching.
#[derive(Clone, Debug)]
pub struct Open {
    pub number: u64,
    /// Its turn at its price: its number, or where it waited, the next number of when it was triggered.
    pub rank: u64,
    /// Its owner, by place in the directory of members.
    pub member: usize,
    pub words: Place,
    /// The signed limit; nearer to the mark for a market order.
    pub limit: i64,
    pub remaining: i64,
    /// What its fills came to so far.
    pub cash: i128,
    /// Not in the book: the mark has not reached its trigger price.
    pub waiting: bool,
}

impl Open {
    pub fn slot(&self) -> usize {
        usize::from(self.words.slot)
    }

    /// +1 for a buyer, -1 for a seller.
    pub fn sign(&self) -> i64 {
        self.words.side.sign()
    }

    /// What a batch needs a lane for.
    pub fn leg(&self) -> (u32, u8, u64) {
        (self.words.account, self.words.place, self.words.nonce)
    }
}

/// All orders.
#[derive(Default)]
pub struct Orders {
    all: Vec<Open>,
    free: Vec<Key>,
}

impl Orders {
    pub fn insert(&mut self, order: Open) -> Key {
        match self.free.pop() {
            Some(key) => {
                self[key] = order;
                key
            }
            None => {
                self.all.push(order);
                (self.all.len() - 1) as Key
            }
        }
    }

    /// Forget an order that nothing refers to any more.
    pub fn release(&mut self, key: Key) {
        self.free.push(key);
    }
}

impl Index<Key> for Orders {
    type Output = Open;

    fn index(&self, key: Key) -> &Open {
        &self.all[key as usize]
    }
}

impl IndexMut<Key> for Orders {
    fn index_mut(&mut self, key: Key) -> &mut Open {
        &mut self.all[key as usize]
    }
}

/// Orders of one slot.
pub struct Book {
    sides: [BTreeMap<(u64, u64), Key>; 2],
    /// By number, those that wait for their trigger.
    pub waiting: BTreeMap<u64, Key>,
    pub phase: u8,
    /// When a call auction clears.
    pub until: u64,
    pub limits: Option<Limits>,
    /// Lots held long by all accounts together.
    pub interest: i64,
}

impl Book {
    pub fn new() -> Self {
        Self {
            sides: [BTreeMap::new(), BTreeMap::new()],
            waiting: BTreeMap::new(),
            phase: PHASE_CLOSED,
            until: 0,
            limits: None,
            interest: 0,
        }
    }

    pub fn add(&mut self, order: &Open, key: Key) {
        if order.waiting {
            self.waiting.insert(order.number, key);
        } else {
            self.sides[order.words.side as usize].insert(rank(order), key);
        }
    }

    pub fn remove(&mut self, order: &Open) {
        let removed = if order.waiting {
            self.waiting.remove(&order.number)
        } else {
            self.sides[order.words.side as usize].remove(&rank(order))
        };
        assert!(removed.is_some(), "an open order is in its book");
    }

    /// The first in price-time order.
    pub fn best(&self, side: Side) -> Option<Key> {
        self.sides[side as usize]
            .first_key_value()
            .map(|(_, key)| *key)
    }

    /// All of one side, the best first.
    pub fn side(&self, side: Side) -> impl Iterator<Item = Key> {
        self.sides[side as usize].values().copied()
    }

    pub fn len(&self, side: Side) -> usize {
        self.sides[side as usize].len()
    }
}

/// Price first, then time: the least is the best.
fn rank(order: &Open) -> (u64, u64) {
    let limit = order.limit as u64;
    match order.words.side {
        Side::Buy => (!limit, order.rank),
        Side::Sell => (limit, order.rank),
    }
}
