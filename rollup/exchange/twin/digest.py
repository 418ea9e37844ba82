"""The state as bytes, and their hash: two exchanges with one hash are in one state."""

from __future__ import annotations

from rollup.exchange.commands import Table
from rollup.exchange.commands import encode as encode_command
from rollup.exchange.twin.state import Book, Member, Open, World
from rollup.exchange.wire import FLAG, I64, I128, U8, U32, U64
from rollup.spec.hashes import keccak
from rollup.spec.table import CASH_SLOT

__all__ = ["digest"]


def digest(world: World) -> bytes:
    """keccak256 of everything that is remembered, in a fixed order."""
    parts = [
        world.settings.encode(),
        *map(U64.write, (world.now, world.epoch)),
        U8.write(world.table is not None),
        _table(world),
        I128.write(world.fees),
        I128.write(world.custody),
        *map(U64.write, (world.orders, world.matches)),
        U32.write(len(world.legs)),
    ]
    for account, place, nonce in sorted(world.legs):
        parts += [U32.write(account), U8.write(place), U64.write(nonce)]
    parts.append(U32.write(len(world.members)))
    parts += [_member(world.members[account]) for account in sorted(world.members)]
    parts += [_book(book) for book in world.books[CASH_SLOT + 1 :]]
    return keccak(b"".join(parts))


def _table(world: World) -> bytes:
    """The table in force, as its command told it."""
    if world.table is None:
        return b""
    return encode_command(Table(world.epoch, world.table))


def _member(member: Member) -> bytes:
    parts = [U32.write(member.account), I128.write(member.vector[CASH_SLOT])]
    parts += map(I64.write, member.vector[CASH_SLOT + 1 :])
    parts += [U64.write(part) for place in member.places for part in (place & (1 << 40) - 1, place >> 40)]
    parts += map(U64.write, member.next_nonce)
    parts += [FLAG.write(member.called), U64.write(member.deadline), U8.write(len(member.clients))]
    parts += [U64.write(part) for client in member.clients for part in client]
    parts.append(U8.write(len(member.orders)))
    parts += [_open(order) for order in member.numbered()]
    return b"".join(parts)


def _open(order: Open) -> bytes:
    numbers = (order.number, order.rank, order.limit, order.remaining)
    return b"".join(
        [
            encode_command(order.words),
            *map(U64.write, numbers),
            I128.write(order.cash),
            FLAG.write(order.waiting),
        ]
    )


def _book(book: Book) -> bytes:
    parts = [U8.write(book.phase), U64.write(book.until), I64.write(book.interest), FLAG.write(book.limits is not None)]
    parts += [encode_command(book.limits)] if book.limits else []
    for side in (book.bids, book.asks):
        parts.append(U32.write(len(side)))
        parts += [U64.write(order.number) for _, _, order in side]
    return b"".join(parts)
