"""
Every way in which the ledger says no.

    LedgerRefusal
    ├── StillOwed           the log goes on where something is owed that must not be
    ├── NoSuchOrder         a fill of an order that nobody signed
    ├── NoTable             a batch without a risk table to prove it under
    ├── BrokenJournal       a journal whose lines do not follow each other, or that is no journal
    ├── JournalInUse        a journal that somebody else writes to
    ├── OtherJournal        a journal of another exchange
    ├── NoPlaceForJournal   a path where no file can be opened
    ├── DiskFull            a line could not be written
    ├── NothingToProve      a batch without a step
    ├── NotAuthorised       an operation that nobody may prove
    ├── BrokenStore         a store that cannot be read
    ├── OtherPlan           a seal that is planned otherwise than it was
    ├── UnreadableLine      a line of the journal that says nothing
    └── OtherHistory        the journal leads to another state than it once did

What the law itself refuses comes out as the law's `Rejected`: then exchange and law disagree, which is a defect.
"""

from __future__ import annotations

from collections.abc import Sequence

from rollup.spec.errors import Refusal
from rollup.spec.types import Index

__all__ = [
    "BrokenJournal",
    "BrokenStore",
    "DiskFull",
    "JournalInUse",
    "LedgerRefusal",
    "NoPlaceForJournal",
    "NoSuchOrder",
    "NoTable",
    "NotAuthorised",
    "NothingToProve",
    "OtherHistory",
    "OtherJournal",
    "OtherPlan",
    "StillOwed",
    "UnreadableLine",
]


class LedgerRefusal(Refusal):
    """Base of every way in which the ledger says no."""


class StillOwed(LedgerRefusal):
    """A table, a forced request or the end of a batch comes while something is owed: credit the fees first."""

    def __init__(self, before: str, owed: Sequence[int], fees: int) -> None:
        self.before, self.owed, self.fees = before, tuple(owed), fees
        super().__init__(f"{fees} of fees and {sum(map(bool, owed))} slots are owed before {before}")


class NoSuchOrder(LedgerRefusal):
    """A fill of an order whose words and signature are not at hand."""

    def __init__(self, account: Index, place: int, nonce: int) -> None:
        self.account, self.place, self.nonce = account, place, nonce
        super().__init__(f"account {account} signed no order with nonce {nonce} at place {place} that is known")


class NoTable(LedgerRefusal):
    """A batch without a risk table to prove it under."""

    def __init__(self) -> None:
        super().__init__("nothing is proven before there is a risk table")


class BrokenJournal(LedgerRefusal):
    """A journal that does not open: nothing was changed in it."""

    def __init__(self, path: object, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path} is no sound journal ({reason}); check the path, or restore it from a backup")


class JournalInUse(LedgerRefusal):
    """A journal has one writer."""

    def __init__(self, path: object) -> None:
        self.path = path
        super().__init__(f"{path} is open in another process; end that one first")


class NoPlaceForJournal(LedgerRefusal):
    """No file can be opened at this path."""

    def __init__(self, path: object) -> None:
        self.path = path
        super().__init__(f"{path} cannot be opened; make its folder, or look at its permissions")


class OtherJournal(LedgerRefusal):
    """A journal that began with other settings, for another system, or in another version."""

    def __init__(self, path: object) -> None:
        self.path = path
        super().__init__(f"{path} belongs to another exchange; start with the settings it was made with, or elsewhere")


class DiskFull(LedgerRefusal):
    """A line could not be written: nobody was told that it was."""

    def __init__(self, path: object, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path} takes no more lines ({reason}); make room on its disk, then start again")


class UnreadableLine(LedgerRefusal):
    """A line of the journal that says nothing to this program."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"a line of the journal cannot be read: {reason}; was it written by another version?")


class OtherPlan(LedgerRefusal):
    """A seal that is planned otherwise than it was: another version of the planner reads it."""

    def __init__(self, batch: int) -> None:
        self.batch = batch
        super().__init__(
            f"this version plans batch {batch} otherwise than the one that sealed it, and would encrypt other words "
            "under the same keys; nothing is posted. Use that version until the batch is settled, and keep the store: "
            "a start goes on from its newest settled batch"
        )


class OtherHistory(LedgerRefusal):
    """The journal leads to another state than it once did."""

    def __init__(self, batch: int, found: int, kept: int) -> None:
        self.batch, self.found, self.kept = batch, found, kept
        super().__init__(
            f"batch {batch} ends in state {found:#x} when the journal is read again, it ended in {kept:#x}; nothing is "
            "posted. Use the version that sealed it, or restore the journal from a backup"
        )


class NothingToProve(LedgerRefusal):
    """A batch without a step: L1 takes none."""

    def __init__(self) -> None:
        super().__init__("nothing has happened that a batch could prove; sweep an account, and seal again")


class NotAuthorised(LedgerRefusal):
    """An operation that could not be proven; nothing was changed."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"the operation is not taken: {reason}")


class BrokenStore(LedgerRefusal):
    """A store that cannot be read; nothing is lost with it."""

    def __init__(self, path: object, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(
            f"{path} cannot be read ({reason}); remove it, and what it held is made again from the journal and L1"
        )
