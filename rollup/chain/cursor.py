"""
How far a watcher has read L1: a small thing that is kept with whatever was made of what was read.

It names the last block that was read, how much of everything there was up to it, and a few older blocks likewise,
ever farther apart. So a chain that went back is noticed, and reading goes on from the last of them that it still has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final

from rollup.chain.errors import BadRecord
from rollup.spec.types import Cash

__all__ = ["Counts", "Seen"]

NEAR: Final = 8
"""Blocks that are all remembered; older ones are kept once for each doubling of the distance."""

FAR: Final = 1 << 14
"""Nothing older is remembered: a chain that goes back farther has other troubles."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there was: each number is that of the next one to come, but for what says otherwise."""

    deposits: int = 0
    unrefunded: Cash = 0
    """Of deposits that were neither consumed nor refunded."""
    next_deposit: int = 0
    """Head of their queue: what comes before was consumed or passed over."""
    pay: int = 0
    pay_served: int = 0
    close: int = 0
    close_served: int = 0
    batches: int = 0
    """Number of the last one that was accepted."""
    epoch: int = 0
    """Of the newest table before a freeze; 0 when there is none."""
    frozen: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """A block, what there was up to it and in it, and older blocks, the newest first."""

    block: int
    hash: bytes
    counts: Counts
    before: tuple[Seen, ...] = ()
    """Without their own."""

    def then(self, block: int, hash_: bytes, counts: Counts) -> Seen:
        """The same, one block or more later."""
        kept: dict[int, Seen] = {}
        for old in (replace(self, before=()), *self.before):
            distance = block - old.block
            if 0 < distance <= FAR:
                # The oldest of each doubling: it will be the next one's when the chain has grown.
                kept[distance if distance <= NEAR else NEAR + distance.bit_length()] = old
        return Seen(block, hash_, counts, tuple(kept.values()))

    @property
    def remembered(self) -> tuple[Seen, ...]:
        """All blocks by which the chain is known again, the newest first; each can be gone on from."""
        alone = (replace(self, before=()), *self.before)
        return tuple(replace(one, before=alone[place + 1 :]) for place, one in enumerate(alone))

    def back_at(self, block: int) -> Seen | None:
        """The cursor as it was at a block that is remembered, or at the last one before it."""
        return next((one for one in self.remembered if one.block <= block), None)

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {"blocks": [_document(one) for one in (self, *self.before)]}

    @staticmethod
    def of(document: Mapping[str, Any]) -> Seen:
        """From parsed JSON."""
        try:
            newest, *older = [_seen(one) for one in document["blocks"]]
        except (KeyError, TypeError, ValueError) as error:
            raise BadRecord("cursor", f"says nothing of what was read ({error}); begin again from L1") from error
        return replace(newest, before=tuple(older))


def _document(seen: Seen) -> dict[str, Any]:
    return {"block": seen.block, "hash": seen.hash.hex(), **asdict(seen.counts)}


def _seen(document: Mapping[str, Any]) -> Seen:
    numbers: dict[str, Any] = {field.name: int(document[field.name]) for field in fields(Counts)}
    counts = Counts(**{**numbers, "frozen": bool(numbers["frozen"])})
    return Seen(int(document["block"]), bytes.fromhex(document["hash"]), counts)
