"""
Offline: a node's exchange and ledger without chain, poster or prover, for as long as somebody hands it requests.

It stands on the same journal as the node, and only one of them at a time. What is taken here is in the next batch when
the node starts again; time does not pass meanwhile, so a request is judged at the time of the journal's last line.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from rollup.chain.development import development_owner
from rollup.chain.plan import Genesis
from rollup.chain.record import Record
from rollup.client.orders import SignedOrder
from rollup.client.requests import Introduction, Request
from rollup.exchange.events import Event
from rollup.exchange.settings import Settings
from rollup.exchange.wire import Malformed
from rollup.ledger.errors import BrokenJournal, JournalInUse, OtherJournal
from rollup.ledger.ledger import Ledger
from rollup.ledger.store import Store
from rollup.node.house import House, Places
from rollup.node.intake import Intake
from rollup.node.keeping import NoJournal, UnknownHouse, writing
from rollup.node.sequencer import Sequencer
from rollup.spec.account import FUND, REVENUE
from rollup.spec.state import State

__all__ = ["house_of", "opened", "take"]

DOMAIN = 32
"""Bytes of the domain, which a journal's genesis begins with; the exchange's settings follow."""


@contextmanager
def opened(
    directory: Path, record: Record, advance: Callable[[int, int], None] = lambda done, of: None
) -> Iterator[Intake]:
    """The way into the journal of a node that does not run."""
    with writing(directory), _opened(Places(directory), record, advance) as intake:
        yield intake


@contextmanager
def _opened(places: Places, record: Record, advance: Callable[[int, int], None]) -> Iterator[Intake]:
    genesis = _genesis(places.journal)
    if genesis[:DOMAIN] != record.domain.to_bytes(DOMAIN, "little"):
        raise OtherJournal(places.journal)
    try:
        settings = Settings.decode(genesis[DOMAIN:])
    except Malformed as error:
        raise OtherJournal(places.journal) from error
    found = _resumable(places.store)
    house = house_of(record, found[2] if found else None)
    ledger = Ledger(record.profile, record.domain, house.fund, house.revenue)
    if found:
        ledger.resume_from(*found)
    with Sequencer(places.journal, record.domain, settings, ledger=ledger, advance=advance) as sequencer:
        if REVENUE not in sequencer.exchange.keys:
            sequencer.exchange.keys[REVENUE] = house.revenue.trading_key
        yield Intake(sequencer, record.settings)


def take(intake: Intake, request: Request) -> list[Event]:
    """What the exchange answers to a request; NotAuthorised where nobody could prove it."""
    if isinstance(request, SignedOrder):
        return intake.exchange.submit(request.order, request.signature, request.handling)
    if isinstance(request, Introduction):
        intake.introduce(request.owner)
        return []
    return intake.operate(request)


def house_of(record: Record, state: State | None) -> House:
    """Whose hashes the record names: a local system's, or those that a state of it shows."""
    known = [House(*(development_owner(name, record.roles.revenue_owner) for name in ("fund", "revenue")))]
    if state is not None:
        known.append(House(state.accounts[FUND].owner, state.accounts[REVENUE].owner))
    for house in known:
        if Genesis(house.fund.hash, house.revenue.hash) == record.genesis:
            return house
    raise UnknownHouse


def _genesis(path: Path) -> bytes:
    """What a journal begins with."""
    if not path.is_file():
        raise NoJournal(path)
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=1)) as connection:
            (genesis,) = connection.execute("SELECT genesis FROM head").fetchone()
            return bytes(genesis)
    except (sqlite3.DatabaseError, TypeError) as error:
        if "locked" in str(error):
            raise JournalInUse(path) from error
        raise BrokenJournal(path, str(error)) from error


def _resumable(path: Path) -> tuple[int, int, State] | None:
    """What the store believes of the last batch that it saw settled."""
    if not path.is_file():
        return None
    with closing(Store(path)) as store:
        settled = [one.number for one in store.batches() if one.settled is not None]
        return store.resumable(settled[-1]) if settled else None
