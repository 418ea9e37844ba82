"""
What the demo leaves for its page: everything that was told, as plain values without behaviour.

Money and prices are whole micro-dollars, times whole seconds of the clock that the story's chain runs on, field
elements whole numbers. Texts are texts: whoever draws them escapes them. Sequences stand in the order of what happened.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

__all__ = [
    "BatchTold",
    "ChapterTold",
    "Event",
    "Figure",
    "GasPart",
    "Holder",
    "Moment",
    "PriceLine",
    "Proof",
    "Telling",
    "Transaction",
    "TwoSides",
    "page_json",
]


@dataclass(frozen=True, slots=True)
class ChapterTold:
    """One heading of the story, and what it claimed after checking it."""

    title: str
    claims: tuple[str, ...]
    seconds: float
    """How long it took on this machine's own clock."""
    notes: tuple[str, ...] = ()
    skipped: str | None = None
    """Why it was left out or ended early, if it was."""


@dataclass(frozen=True, slots=True)
class Moment:
    """An account as it stood from this moment on."""

    label: str
    """What happened: a batch ("batch 3") or anything else that has a name ("escape")."""
    time: int
    cash: int
    equity: int
    """Cash and the value of all positions at the mark."""
    positions: tuple[tuple[str, int], ...] = ()
    """Lots by the instrument's name; negative when short."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody with an account, and how it fared."""

    name: str
    role: str
    moments: tuple[Moment, ...]
    paid: int | None = None
    """What L1 paid it in all, by withdrawals, notes and escape."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that all charts mark: a crash, a liquidation, an expiry, the freeze."""

    time: int
    text: str


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One price over the story; lines of one underlying share a chart."""

    underlying: str
    name: str
    """Which of its prices: "spot", or an instrument's mark."""
    points: tuple[tuple[int, int], ...]
    """Time and price; a price holds until the next one."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One proof and what it took to make it."""

    circuit: str
    """Its kind: trade, funds, liquidate, withdraw, escape, solvency."""
    constraints: int
    witness_seconds: float
    proof_seconds: float


@dataclass(frozen=True, slots=True)
class GasPart:
    """A known share of a transaction's gas; what no part names is drawn as the rest."""

    label: str
    gas: int


@dataclass(frozen=True, slots=True)
class BatchTold:
    """A settled batch: what was proved, and what it cost on L1."""

    number: int
    epochs: tuple[int, ...]
    steps: tuple[Proof, ...]
    gas: int
    """As the receipt says, the floor price of calldata applied."""
    floor_gas: int
    """What its calldata cost at least."""
    calldata_bytes: int
    transactions: int
    """How many transactions carried it: itself, and tables posted for it."""
    trades: int
    parts: tuple[GasPart, ...] = ()
    """Verification, calldata, and whatever else is known."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """A transaction on L1 that is no batch; those with one label are added up."""

    label: str
    """Register, post table, attest, withdraw, escape."""
    gas: int
    calldata_bytes: int = 0


@dataclass(frozen=True, slots=True)
class TwoSides:
    """One touch of one account, as anybody reads it on L1 and as its owner reads it."""

    title: str
    who: str
    """Whose eyes the right side has."""
    index: int
    leaf: int
    words: tuple[int, ...]
    """Ciphertexts, one field element each."""
    header: str | None
    """What stands on L1 in clear, for kinds that L1 has to act on."""
    said: tuple[str, ...]
    """What the words say to their owner: "bought 3 BTC perpetual at 61,250.00"."""
    amounts: tuple[tuple[str, int], ...] = ()
    """Named amounts beside it: the fee, cash after."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number, and the command that prints it."""

    name: str
    value: int | float | str
    unit: str
    command: str


@dataclass(frozen=True, slots=True)
class Telling:
    """The whole story."""

    title: str
    started: str
    profile: str
    chapters: tuple[ChapterTold, ...] = ()
    holders: tuple[Holder, ...] = ()
    prices: tuple[PriceLine, ...] = ()
    events: tuple[Event, ...] = ()
    batches: tuple[BatchTold, ...] = ()
    proofs: tuple[Proof, ...] = ()
    """Those that are no step of a batch: withdrawals, escapes, the solvency scan."""
    transactions: tuple[Transaction, ...] = ()
    sides: tuple[TwoSides, ...] = ()
    figures: tuple[Figure, ...] = ()


def page_json(told: Telling) -> dict[str, Any]:
    """The same for machines: a JSON document, with field elements in hexadecimal since JSON's numbers are too short."""
    document = asdict(told)
    for side in document["sides"]:
        side["leaf"] = f"{side['leaf']:#066x}"
        side["words"] = [f"{word:#066x}" for word in side["words"]]
    return document
