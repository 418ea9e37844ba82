"""
Sealing: how a plan becomes batches that L1 has room for, and where their randomness comes from.

Pure functions of what was planned and of a seal's witness: whoever has both comes to the same batches, word by word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Final

from rollup.ledger.funds import mixed
from rollup.ledger.planner import Planned
from rollup.spec.funds import Deposit, Forced, FundsStep, NoteOut, Withdraw
from rollup.spec.hashes import keccak, keccak_to_field
from rollup.spec.state import State
from rollup.spec.step import Body, Frame
from rollup.spec.trade import TradeStep
from rollup.spec.types import FieldElement

__all__ = ["MOST_GAS", "STEP_GAS", "before_last", "content_of", "cut", "framed", "gas_of", "seed_of"]

MOST_GAS: Final = 12_000_000
"""Of one batch, as `gas_of` counts; Ethereum takes no transaction of more than 2^24."""

STEP_GAS, DEPOSIT_GAS, PAYMENT_GAS = 110_000, 50_000, 20_000
"""Of the dearest step without what it moves on L1, and of what it moves: a tenth more than was measured."""

NUMBER: Final = 40
"""Bytes of a number where what a plan says is hashed."""


def gas_of(planned: Planned) -> int:
    """What a step costs on L1, about: its proof and words, and the money that it moves there."""
    body = planned.body
    if isinstance(body, FundsStep):
        deposits = sum(isinstance(one, Deposit) for one in body.operations)
        payments = sum(isinstance(one, Withdraw | NoteOut | Forced) for one in body.operations)
        return STEP_GAS + deposits * DEPOSIT_GAS + payments * PAYMENT_GAS
    return STEP_GAS


def cut(plan: Sequence[Planned], most: int) -> list[list[Planned]]:
    """Batches of at most so much gas, cut where nothing is owed; what is owed all along stays together."""
    runs: list[list[Planned]] = [[]]
    for planned in plan:
        runs[-1].append(planned)
        if planned.settled:
            runs.append([])
    parts, spent = [list[Planned]()], 0
    for run in filter(None, runs):
        gas = sum(map(gas_of, run))
        if parts[-1] and spent + gas > most:
            parts.append([])
            spent = 0
        parts[-1] += run
        spent += gas
    return parts


def content_of(plan: Sequence[Planned]) -> bytes:
    """keccak over everything that steps say, and the tables that they say it under."""
    return keccak(b"".join(_flat((one.table.root, one.settled, one.body)) for one in plan))


def seed_of(secret: bytes, batch: int, attempt: int, before: State, content: bytes) -> bytes:
    """What all randomness of a batch follows from: the operator's secret, and everything that the batch says."""
    head = batch.to_bytes(8, "little") + attempt.to_bytes(4, "little") + before.root.to_bytes(32, "little")
    return keccak(secret + head + content)


def _flat(value: object) -> bytes:
    """Bytes that no other value has: lengths stand before what varies, and names before parts."""
    if value is None:
        return b"-"
    if isinstance(value, int):
        return b"i" + int(value).to_bytes(NUMBER, "little", signed=True)
    if isinstance(value, tuple):
        return b"t" + len(value).to_bytes(4, "little") + b"".join(map(_flat, value))
    assert is_dataclass(value), type(value).__name__
    parts = tuple(getattr(value, one.name) for one in fields(value))
    return b"d" + type(value).__name__.encode() + _flat(parts)


def framed(planned: Planned, seed: bytes, batch: int, number: int, place: int) -> tuple[Frame, Body]:
    """A step with its randomness; `place` is that in the whole seal."""
    body = planned.body
    if not isinstance(body, TradeStep):
        body = replace(body, custody_random=_drawn(seed, "custody", place))
    if isinstance(body, FundsStep):
        body = mixed(body, _drawn(seed, "order", place))
    blind = 0 if planned.settled else _drawn(seed, "suspense", place)
    return Frame(batch, number, _drawn(seed, "salt", place), blind), body


def before_last(rejected: Sequence[int], part: Sequence[Planned]) -> list[int]:
    """Deposits that are passed over before the last one that these steps consume."""
    bodies = [one.body for one in part if isinstance(one.body, FundsStep)]
    consumed = [one.id for body in bodies for one in body.operations if isinstance(one, Deposit)]
    return [number for number in rejected if consumed and number < max(consumed)]


def _drawn(seed: bytes, purpose: str, place: int) -> FieldElement:
    return keccak_to_field(seed + purpose.encode() + place.to_bytes(4, "little"))
