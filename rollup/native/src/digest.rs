//! The state as bytes, and their hash: two exchanges with one hash are in one state.

use sha3::{Digest, Keccak256};

use crate::commands::Side;
use crate::core::Core;
use crate::member::Member;
use crate::orders::{Book, Open};
use crate::wire::{Field, Record};

/// keccak256 of everything that is remembered, in a fixed order.
pub fn digest(core: &Core) -> [u8; 32] {
    let mut hash = Keccak256::new();
    let mut out = Vec::new();
    core.settings.write(&mut out);
    core.now.write(&mut out);
    core.epoch.write(&mut out);
    core.table.is_some().write(&mut out);
    if let Some(table) = &core.table {
        out.extend_from_slice(&table.record);
    }
    core.fees.write(&mut out);
    core.custody.write(&mut out);
    core.numbers.write(&mut out);
    core.matches.write(&mut out);
    (core.legs.len() as u32).write(&mut out);
    let mut legs: Vec<_> = core.legs.iter().copied().collect();
    legs.sort_unstable();
    for (account, place, nonce) in legs {
        account.write(&mut out);
        place.write(&mut out);
        nonce.write(&mut out);
    }
    (core.members.len() as u32).write(&mut out);
    for at in core.members.in_order() {
        let orders = core.numbered(at);
        let orders = orders.iter().map(|key| &core.orders[*key]);
        write_member(&core.members[at], orders, &mut out);
        hash.update(&out);
        out.clear();
    }
    for book in core.books.iter().skip(1) {
        write_book(book, core, &mut out);
        hash.update(&out);
        out.clear();
    }
    hash.finalize().into()
}

fn write_member<'a>(member: &Member, orders: impl Iterator<Item = &'a Open>, out: &mut Vec<u8>) {
    member.account.write(out);
    member.cash.write(out);
    for lots in &member.lots[1..] {
        lots.write(out);
    }
    for seat in &member.seats {
        seat.filled.write(out);
        seat.nonce.write(out);
    }
    for seat in &member.seats {
        seat.next.write(out);
    }
    member.called.write(out);
    member.deadline.write(out);
    (member.clients.len() as u8).write(out);
    for client in &member.clients {
        client.client.write(out);
        client.order.write(out);
        client.fingerprint.write(out);
    }
    (member.open as u8).write(out);
    for order in orders {
        order.words.write(out);
        order.number.write(out);
        order.rank.write(out);
        (order.limit as u64).write(out);
        (order.remaining as u64).write(out);
        order.cash.write(out);
        order.waiting.write(out);
    }
}

fn write_book(book: &Book, core: &Core, out: &mut Vec<u8>) {
    book.phase.write(out);
    book.until.write(out);
    book.interest.write(out);
    book.limits.is_some().write(out);
    if let Some(limits) = &book.limits {
        limits.write(out);
    }
    for side in [Side::Buy, Side::Sell] {
        (book.len(side) as u32).write(out);
        for key in book.side(side) {
            core.orders[key].number.write(out);
        }
    }
}
