"""
What L1 has of a system, as data: all that a trader needs of a chain to recover an account and to leave.

A history is a chronicle of the parts together with the deployment record. It is read from a node, or from a file that
somebody else wrote: nothing in it is believed, since words that do not lead to the accepted roots are refused, and a
claim made of a false history is refused by L1.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rollup.chain.abi import address
from rollup.chain.bindings import System
from rollup.chain.chronicle import Chronicle, OnProgress, has_block, joined, read_chronicle
from rollup.chain.errors import ChainError
from rollup.chain.plan import domain_of
from rollup.chain.record import Record
from rollup.spec.types import FieldElement, Index, Time

__all__ = ["LARGEST", "BadHistory", "History", "WrongHistory", "continue_history", "read_history"]


LARGEST: Final = 2_000_000_000
"""Bytes of the text of a history: a packed file of a few megabytes may hold more than any memory."""


class BadHistory(ChainError):
    """A file of L1 history that cannot be read, was cut short or changed, or contradicts itself."""

    def __init__(self, where: str, reason: str) -> None:
        self.where, self.reason = where, reason
        super().__init__(f"{where}: {reason}; get the file again, or read L1 anew with `zkclear trader export-history`")


class WrongHistory(ChainError):
    """A history of another system than the one that is asked for."""


@dataclass(frozen=True, kw_only=True)
class History(Chronicle):
    """A chronicle, and what was deployed: a trader needs nothing else of L1 to leave."""

    record: Record

    @property
    def domain(self) -> FieldElement:
        """In every signed message of the system, and a public input of every proof."""
        return domain_of(self.record.chain, self.record.parts.clearing)

    @property
    def genesis(self) -> dict[Index, FieldElement]:
        """The leaves that the state began with."""
        return self.record.genesis.leaves(self.record.profile)

    @property
    def latest_root(self) -> FieldElement:
        """After the last batch."""
        return self.batches[-1].state_after if self.batches else self.record.genesis_root

    @property
    def window(self) -> tuple[Time, Time] | None:
        """When escape claims open and when their window closes; None while the system runs."""
        if self.frozen_at is None:
            return None
        opens = self.frozen_at + self.record.settings.claim_delay
        return opens, opens + self.record.settings.claim_window

    @property
    def escape_epoch(self) -> int:
        """
        The table that escape claims are valued at, by the contracts' own rule; 0 when there is none.

        The one with the smallest time well after the last batch, else the last batch's. It is final once claims are
        open: until then a table may still be posted.
        """
        if not self.batches:
            return 0
        from_then = self.batches[-1].time + self.record.settings.escape_price_delay
        late = [table for table in self.tables if table.time >= from_then]
        return min(late, key=lambda table: table.time).epoch if late else self.batches[-1].epoch

    def write(self, path: Path) -> None:
        """Whole or not at all; packed when the name ends in .gz."""
        from rollup.chain import history_file

        history_file.write(self, path)

    @classmethod
    def read(cls, path: Path, largest: int = LARGEST) -> History:
        """The history in a file; `BadHistory` when it is none, not whole, or unpacked larger than `largest` bytes."""
        from rollup.chain import history_file

        return history_file.read(path, largest)


def read_history(
    system: System,
    record: Record,
    first_block: int | None = None,
    on_progress: OnProgress = lambda *_: None,
    *,
    last_block: int | None = None,
) -> History:
    """All that L1 has of a system by now, or up to a block; whoever stops earlier goes on with `continue_history`."""
    _check_system(record, system)
    first = record.first_block if first_block is None else first_block
    return _history(record, read_chronicle(system, first, last_block, on_progress))


def continue_history(
    history: History,
    system: System,
    on_progress: OnProgress = lambda *_: None,
    *,
    last_block: int | None = None,
) -> History:
    """
    The same history up to now; only what is new is read.

    When the chain no longer has the block that the history ends with, it is read again from the start: what was read
    before may never have happened.
    """
    _check_system(history.record, system)
    if not has_block(system, history.until):
        return read_history(system, history.record, None, on_progress, last_block=last_block)
    if last_block is not None and last_block <= history.until.number:
        return history
    if system.clearing.chain.eth.block_number <= history.until.number:
        return history
    more = read_chronicle(system, history.until.number + 1, last_block, on_progress, batches=len(history.batches))
    return _history(history.record, joined(history, more))


def _history(record: Record, found: Chronicle) -> History:
    return History(
        record=record,
        until=found.until,
        logs=found.logs,
        times=found.times,
        calldata=found.calldata,
        parameters=found.parameters,
    )


def _check_system(record: Record, system: System) -> None:
    chain = system.clearing.chain.eth.chain_id
    if record.chain != chain:
        raise WrongHistory(f"the system is on chain {record.chain}, this node is of chain {chain}; name another node")
    if record.parts.clearing != system.clearing.address:
        raise WrongHistory(
            f"the history is of the system with its clearing at {record.parts.clearing}, not at "
            f"{system.clearing.address}; take the history, or the deployment record, of the same system"
        )
    if not system.clearing.chain.eth.get_code(address(record.parts.clearing)):
        raise WrongHistory(
            f"there is no contract at {record.parts.clearing} on this chain: the chain was started anew, or the node "
            "is of another one; name the node that has the system"
        )
