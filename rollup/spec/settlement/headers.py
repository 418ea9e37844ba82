"""
Headers: the few words of a step that L1 acts on.

A funds step has one for each operation, and a word beside it that stands in clear where L1 needs it; a liquidate step
has one for each account, which says something only in a CLOSE. All other words are for the traders.
"""

from __future__ import annotations

from collections.abc import Sequence

from rollup.spec.settlement import deposits, forced
from rollup.spec.settlement.calls import ADDRESS_BITS, Call
from rollup.spec.settlement.records import Queue
from rollup.spec.settlement.rules import require
from rollup.spec.settlement.storage import Storage
from rollup.spec.settlement.vault import credit
from rollup.spec.shared import WORDS, Header, Profile, StepKind, Width
from rollup.spec.types import FieldElement
from rollup.spec.words import INDICES_PER_WORD, fits, unpack

__all__ = ["act", "word_count"]

OPERATION_WORDS = 4
"""Header, aux, leaf, ciphertext."""

HEADER_BITS = sum(WORDS["header"].values())


def word_count(profile: Profile, kind: StepKind) -> int:
    """How many words a step of a kind publishes; it never depends on what the step does."""
    match kind:
        case StepKind.TRADE:
            lanes = profile.narrow + profile.wide
            return _index_words(lanes) + 2 * profile.narrow + (1 + profile.legs) * profile.wide
        case StepKind.FUNDS:
            return 1 + OPERATION_WORDS * profile.operations
        case StepKind.LIQUIDATE:
            return _first_account(profile) + (2 + profile.legs) * profile.liquidations


def act(storage: Storage, call: Call, kind: StepKind, words: Sequence[FieldElement], rejected: list[int]) -> None:
    """Do what the headers of a step say, in their order."""
    profile = storage.deployment.profile
    match kind:
        case StepKind.TRADE:
            return
        case StepKind.FUNDS:
            for at in range(1, len(words), OPERATION_WORDS):
                header, aux, _, text = words[at : at + OPERATION_WORDS]
                _operation(storage, call, header, aux, text, rejected)
        case StepKind.LIQUIDATE:
            for header in words[_first_account(profile) :: 2 + profile.legs]:
                _account(storage, call, header)


def _operation(
    storage: Storage, call: Call, header: FieldElement, aux: FieldElement, text: FieldElement, rejected: list[int]
) -> None:
    parts = _read(header, {Header.DEPOSIT, Header.WITHDRAW, Header.NOTE, Header.FORCED, Header.INTERNAL})
    index, amount, number = parts["index"], parts["amount"], parts["request"]
    match Header(parts["kind"]):
        case Header.DEPOSIT:
            deposits.reject_at_head(storage, rejected)
            deposits.consume(storage, call, number, index, amount, aux, text)
        case Header.WITHDRAW:
            require(fits(aux, ADDRESS_BITS), "L1-69", "withdraws to something that is no address", aux)
            credit(storage, aux, amount)
        case Header.FORCED:
            forced.serve(storage, call, Queue.PAY, number, index, amount, asked=aux)


def _account(storage: Storage, call: Call, header: FieldElement) -> None:
    if header == 0:
        return
    parts = _read(header, {Header.CLOSE})
    forced.serve(storage, call, Queue.CLOSE, parts["request"], parts["index"], parts["amount"])


def _read(header: FieldElement, allowed: set[Header]) -> dict[str, int]:
    require(fits(header, Width.HEADER), "L1-67", "has a header of more than 252 bits", header)
    require(fits(header, HEADER_BITS), "L1-68", "has bits in a header that mean nothing", header)
    parts = unpack("header", header)
    known = parts["kind"] in {int(kind) for kind in allowed} and parts["asset"] == 0
    require(known, "L1-68", "has a header of a kind or asset that does not belong there", header)
    return parts


def _first_account(profile: Profile) -> int:
    """Custody commitment, indices, and the fund's lane come before the first account of a liquidate step."""
    return 1 + _index_words(profile.liquidations) + 1 + profile.legs


def _index_words(count: int) -> int:
    return -(-count // INDICES_PER_WORD)
