"""
What a prover could try in a liquidate step with other hints than honest ones: for a CLOSE, for the fund, for legs.

As in test_liquidate_cheats.py: whatever the hint, what satisfies a template is what the law allows, and its outputs are
the law's.
"""

from __future__ import annotations

import random
from typing import Any

import pytest
from support.liquidate_witness import KAPPAS
from support.step_witness import alone, dishonest, reduced

from prover.reference.field import R
from rollup.spec.errors import Rejected
from rollup.spec.margin import check_close_rule, owed_on_close, violates
from rollup.spec.shared import Width
from rollup.spec.table import MILLION

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

FILE, FUND_FILE, LEGS_FILE = "lib/liquidation.circom", "lib/fund.circom", "lib/reduction.circom"


# -- hints of what a CLOSE owes, and of what is paid


EXIT_CHEATS = {
    "(least >> BITS_STUCK()) == 0 ? 1 : 0": ["0", "1"],
    "(value >> (BITS_STUCK() + BITS_PPM())) == 0 ? 1 : 0": ["0", "1"],
    "owed \\ MILLION()": ["0", "owed \\ MILLION() + 1", "owed \\ MILLION() - 1", "owed / MILLION()"],
}


@pytest.mark.parametrize(
    ("hint", "instead"), [("", ""), *((hint, to) for hint, others in EXIT_CHEATS.items() for to in others)]
)
def test_exit_values_by_any_hint_are_the_laws_or_none_LIQ_12(hint: str, instead: str) -> None:
    template = dishonest(FILE, "ExitValues", 4, hint=hint, instead=instead) if hint else alone(FILE, "ExitValues", 4)
    draw = random.Random(3)
    for _ in range(60):
        equity = draw.randint(-50, 50)
        least = equity - draw.choice([0, 1, 3, 60])
        vector = [draw.randint(-2, 2) for _ in range(4)]
        halted = [0, *(draw.randint(0, 1) for _ in range(3))]
        inputs = reduced({"equity": equity, "least": least, "vector": vector, "halted": halted, "exit": KAPPAS.exit})
        stale = any(lots and flag for lots, flag in zip(vector, halted, strict=True))
        first = owed_on_close((equity, least), MILLION if stale else KAPPAS.exit)
        expected = {"first": first, "whole": owed_on_close((equity, least), MILLION)}
        if template.satisfied(inputs):
            assert template.outputs(inputs) == expected
        else:
            assert hint


@pytest.mark.parametrize("instead", ["", "0", "1", "2"])
def test_payment_by_any_hint_is_the_smaller_or_none_LIQ_12(instead: str) -> None:
    hint = "custody < owed ? 1 : 0"
    template = dishonest(FILE, "Payment", hint=hint, instead=instead) if instead else alone(FILE, "Payment")
    for owed, custody in ((0, 0), (5, 5), (5, 6), (6, 5), (0, 9), (9, 0), ((1 << 80) - 1, 3), (1, (1 << 64) - 1)):
        inputs = {"owed": owed, "custody": custody}
        if template.satisfied(inputs):
            assert template.outputs(inputs) == {"out": min(owed, custody)}
        else:
            assert instead


# -- hints of the fund


FUND_CHEATS = {
    "lowest": ["0", "1", "2", "3"],
    "(judged >> (BITS_STUCK() + BITS_PPM())) == 0 ? 0 : 1": ["0", "1"],
    "deleverages != 0 ? 1 : 0": ["0", "1"],
    "deleverageCount[j] != 0 ? deleverageDirection[j] / deleverageCount[j] : 0": ["0", "1", "-1"],
}
"""Hints of Fund; what they may decide is whether a CLOSE leaves the whole stress, and whether it may deleverage."""


def fund_case(draw: random.Random) -> tuple[dict[str, Any], int | None]:
    """A fund of two slots with legs of others against it, and what a CLOSE owes; None where the law refuses."""
    rows = [[1, 10, 10], [1, draw.choice([8, 9]), 10], [1, 12, draw.choice([7, 10])]]
    given = [draw.randint(-60, 60), draw.randint(-3, 3), draw.randint(-3, 3)]
    closing = draw.randint(0, 1)
    first = draw.randint(0, 6) if closing else 0
    whole = draw.randint(0, first)
    legs = [[], [(1, draw.choice([1, -1]), draw.randint(1, 3))]][draw.randint(0, 1)]
    if legs and draw.random() < 0.3:
        legs.append((1, draw.choice([1, -1]), 1))
    gained = [0, sum(sign * lots for _, sign, lots in legs), 0]
    gained[0] = -gained[1] * 10

    def values(owed: int) -> tuple[int, ...]:
        return tuple(sum(map(int.__mul__, given, row)) - owed for row in rows)

    inputs = {
        "given": given,
        "closing": closing,
        "first": first,
        "whole": whole,
        "deleverages": len(legs),
        "deleveraged": gained,
        "deleverageCount": [0, len(legs), 0],
        "deleverageDirection": [0, sum(sign for _, sign, _ in legs), 0],
        "value": rows[0],
        "funding": [0, 0, 0],
        "row": rows,
        "riskLong": [0, 2, 3],
        "riskShort": [0, 2, 0],
        "maintenance": KAPPAS.maintenance,
        "closeOut": KAPPAS.close_out,
        "band": 62_500,
        **{name: [0] for name in ("used", "slot", "side", "lots", "cash")},
    }
    owed = whole if closing and violates(values(first), KAPPAS.maintenance) else first
    held, refused = given[1], bool(legs) and not violates(values(owed), KAPPAS.maintenance)
    for _, sign, lots in legs:
        refused |= sign * held - lots < 0
        held -= sign * lots
    after = tuple(value - sum(map(int.__mul__, gained, row)) for value, row in zip(values(owed), rows, strict=True))
    try:
        check_close_rule(values(owed), after, KAPPAS, Width.STUCK, excused=False)
    except Rejected:
        refused = True
    return reduced(inputs), None if refused else owed


@pytest.mark.parametrize(
    ("hint", "instead"), [("", ""), *((hint, to) for hint, others in FUND_CHEATS.items() for to in others)]
)
def test_fund_by_any_hint_is_the_laws_or_none_LIQ_11_LIQ_12(hint: str, instead: str) -> None:
    template = (
        dishonest(FUND_FILE, "Fund", 3, 2, 1, hint=hint, instead=instead) if hint else alone(FUND_FILE, "Fund", 3, 2, 1)
    )
    draw, outcomes = random.Random(4), set()
    for _ in range(60 if hint else 300):
        inputs, owed = fund_case(draw)
        satisfied = template.satisfied(inputs)
        if satisfied:
            assert owed is not None, inputs
            assert template.outputs(inputs)["owed"] == owed
        assert hint or satisfied == (owed is not None), inputs
        outcomes.add((inputs["closing"], inputs["deleverages"] > 0, satisfied))
    assert hint or len(outcomes) >= 6


# -- hints of legs


@pytest.mark.parametrize("instead", ["least + 1", "least - 1", "0", "risk[0]", "1000000"])
@pytest.mark.parametrize("loss", [0, 1, 2, 6, 7])
def test_band_by_any_hint_is_never_wider_than_the_safest_legs_LIQ_6(instead: str, loss: int) -> None:
    """Risks of 100 and 40: 2.5 a lot; the second leg is the safer one."""
    template = dishonest(LEGS_FILE, "Reductions", 3, 2, 1, hint="least", instead=instead)
    inputs = {
        "held": [0, 5, 5],
        "value": [1, 1_000, 1_000],
        "funding": [0, 0, 0],
        "riskLong": [0, 100, 40],
        "riskShort": [0, 7, 7],
        "band": 62_500,
        "penaltyCap": 0,
        "used": [1, 1],
        "slot": [1, 2],
        "side": [1, 1],
        "lots": [1, 1],
        "cash": [1_000 - loss, 1_000],
        "penalty": [0, 0],
    }
    assert alone(LEGS_FILE, "Reductions", 3, 2, 1).satisfied(inputs) == (loss <= 2)
    assert loss <= 2 or not template.satisfied(inputs)
    one = {**inputs, "used": [1, 0], "slot": [1, 0], "lots": [1, 0], "cash": [1_000 - loss, 0]}
    assert alone(LEGS_FILE, "Reductions", 3, 2, 1).satisfied(one) == (loss <= 6)
    assert loss <= 6 or not template.satisfied(one)


@pytest.mark.parametrize("instead", ["0", "1", str(R - 1)])
def test_legs_inverse_by_any_hint_makes_nothing_of_no_lots_LIQ_6(instead: str) -> None:
    hint = "lots[i] != 0 ? 1 / lots[i] : 0"
    template = dishonest(LEGS_FILE, "Reductions", 3, 1, 1, hint=hint, instead=instead)
    ones = {name: [1] for name in ("used", "slot", "side")} | {name: [0] for name in ("lots", "cash", "penalty")}
    table = {name: [0, 5, 5] for name in ("held", "value", "funding", "riskLong", "riskShort")}
    inputs = {**table, **ones, "band": 0, "penaltyCap": 0}
    lot = {**inputs, "lots": [1], "cash": [10]}
    assert alone(LEGS_FILE, "Reductions", 3, 1, 1).satisfied(lot)
    assert not template.satisfied(inputs)
