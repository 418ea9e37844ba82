"""
What a prover could try in a liquidate step beside breaking rules: other inputs, and other hints than honest ones.

A hint is free until a constraint holds it. So each template that takes one is run with dishonest ones, on inputs that
the rule allows and on inputs that it does not: whatever the hint, what satisfies the template is what the rule allows.
"""

from __future__ import annotations

import random
from typing import Any

import pytest
from support.liquidate_witness import circuit, rich_steps
from support.step_witness import Alone, Place, alone, changed, dishonest, element_at, elements, reduced

from prover.reference.field import R
from rollup.spec.errors import Rejected
from rollup.spec.hashes import signed
from rollup.spec.margin import check_close_rule, owed_on_close, violates, weighted
from rollup.spec.shared import Mode, Width
from rollup.spec.table import MILLION
from rollup.witness.liquidate import liquidate_inputs

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

FILE = "lib/liquidation.circom"
ROWS = 3
MAINTENANCE, CLOSE_OUT, EXIT = 500_000, 250_000, 400_000


# -- inputs


def is_free(step: str, place: Place, used: Any) -> bool:
    """What a step leaves open: what cash is worth, slot and side of a leg that is not used, a request of no CLOSE."""
    match place:
        case ("status" | "listing" | "funding" | "value" | "riskLong" | "riskShort", 0) | ("stress", _, 0):
            return True
        case ("slot" | "side", int(lane), int(leg)):
            return not used[lane][leg]
        case ("request",):
            return step == "legs"
    return False


@pytest.mark.parametrize("step", ["legs", "close"])
def test_any_other_input_of_a_rich_step_is_refused(step: str) -> None:
    """Each element by itself, but those that nothing depends on; sampled, each signal at least once."""
    inputs = liquidate_inputs(rich_steps()[step])
    by_signal: dict[str, list[Place]] = {}
    for place in elements(inputs):
        by_signal.setdefault(str(place[0]), []).append(place)
    draw = random.Random(7)
    for places in by_signal.values():
        for place in draw.sample(places, min(3, len(places))):
            other = changed(inputs, (place, element_at(inputs, place) + 1))
            assert circuit().satisfied(other) == is_free(step, place, inputs["used"]), place


# -- hints of ModeMargin


def margin_inputs(mode: Mode, before: list[int], after: list[int], loss: list[int], further: int) -> dict[str, Any]:
    flags = {f"is{name.name.title()}": int(name is mode) for name in Mode if name is not Mode.NONE}
    rest = {"loss": [0, *loss], "further": further, "maintenance": MAINTENANCE, "closeOut": CLOSE_OUT}
    return reduced({**flags, "before": before, "after": after, **rest})


def allows(mode: Mode, before: list[int], after: list[int], loss: list[int], further: int) -> bool:
    """What rollup/spec/liquidate.py asks of values alone."""
    match mode:
        case Mode.LIQUIDATE:
            stops = any(value <= max(0, lost) for value, lost in zip(after, [0, *loss], strict=True))
            return (
                violates(tuple(before), MAINTENANCE)
                and min(after) >= min(before)
                and after[0] >= min(0, before[0])
                and weighted(tuple(after), CLOSE_OUT) >= weighted(tuple(before), CLOSE_OUT)
                and (not further or stops)
            )
        case Mode.TAKEOVER:
            return violates(tuple(before), CLOSE_OUT)
        case Mode.DELEVERAGE:
            try:
                check_close_rule(tuple(before), tuple(after), Kappas(), Width.STUCK, excused=False)  # type: ignore[arg-type]
            except Rejected:
                return False
    return True


class Kappas:
    maintenance, close_out = MAINTENANCE, CLOSE_OUT


def random_case(draw: random.Random) -> tuple[Mode, list[int], list[int], list[int], int]:
    """Values near each other and near zero, where rules meet; in a TAKEOVER and a CLOSE nothing changes."""
    mode = draw.choice([*Mode])
    reach = draw.choice([3, 12, 1000])
    before = [draw.randint(-reach, reach) for _ in range(ROWS)]
    after = [value + draw.randint(-reach // 2, reach) for value in before]
    if mode in (Mode.TAKEOVER, Mode.CLOSE) or draw.random() < 0.1:
        after = before
    return mode, before, after, [draw.randint(-reach, reach) for _ in range(ROWS - 1)], draw.choice([0, 1, 5])


CHEATS = {
    "lowest": ["0", "1", "2", "3"],
    "bottom": ["bottom + 1", "bottom - 1", "after[0]", "0", "worst"],
    "isLiquidate == 1 || (isDeleverage == 1 && (floor >> BITS_STUCK()) != 0) ? 1 : 0": ["0", "1"],
    "isDeleverage == 1 && (valueAfter >> (BITS_STUCK() + BITS_PPM())) != 0 ? 1 : 0": ["0", "1"],
    "wanted": ["0", "2", "3"],
    "stopLoss > 0 ? 1 : 0": ["0", "1"],
    "isLiquidate == 1 && further != 0 ? 1 : 0": ["0", "1"],
}
"""Hints of ModeMargin, and what a prover may put there instead."""


def margin(hint: str = "", instead: str = "") -> Alone:
    if not hint:
        return alone(FILE, "ModeMargin", ROWS)
    return dishonest(FILE, "ModeMargin", ROWS, hint=hint, instead=instead)


def test_margin_of_a_mode_when_honest_is_the_laws_LIQ_5_LIQ_8_LIQ_9_LIQ_10_MGN_2_MGN_3_MGN_4_MGN_5() -> None:
    draw, seen = random.Random(1), set()
    for _ in range(500):
        case = random_case(draw)
        expected = allows(*case)
        assert margin().satisfied(margin_inputs(*case)) == expected, case
        seen.add((case[0], expected))
    assert len(seen) == 8  # NONE and CLOSE ask nothing of values


@pytest.mark.parametrize(("hint", "instead"), [(hint, to) for hint, others in CHEATS.items() for to in others])
def test_margin_of_a_mode_by_another_hint_is_never_more_than_the_law_allows(hint: str, instead: str) -> None:
    draw, satisfied = random.Random(2), 0
    cheating = margin(hint, instead)
    for _ in range(60):
        case = random_case(draw)
        inputs = margin_inputs(*case)
        if not cheating.satisfied(inputs):
            continue
        satisfied += 1
        assert allows(*case), case
        if case[0] is Mode.CLOSE:
            assert signed(cheating.outputs(inputs)["least"]) == min(case[1])


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
        inputs = reduced({"equity": equity, "least": least, "vector": vector, "halted": halted, "exit": EXIT})
        stale = any(lots and flag for lots, flag in zip(vector, halted, strict=True))
        first = owed_on_close((equity, least), MILLION if stale else EXIT)
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
        "maintenance": MAINTENANCE,
        "closeOut": CLOSE_OUT,
        "band": 62_500,
        **{name: [0] for name in ("used", "slot", "side", "lots", "cash")},
    }
    owed = whole if closing and violates(values(first), MAINTENANCE) else first
    held, refused = given[1], bool(legs) and not violates(values(owed), MAINTENANCE)
    for _, sign, lots in legs:
        refused |= sign * held - lots < 0
        held -= sign * lots
    after = tuple(value - sum(map(int.__mul__, gained, row)) for value, row in zip(values(owed), rows, strict=True))
    try:
        check_close_rule(values(owed), after, Kappas(), Width.STUCK, excused=False)  # type: ignore[arg-type]
    except Rejected:
        refused = True
    return reduced(inputs), None if refused else owed


@pytest.mark.parametrize(
    ("hint", "instead"), [("", ""), *((hint, to) for hint, others in FUND_CHEATS.items() for to in others)]
)
def test_fund_by_any_hint_is_the_laws_or_none_LIQ_11_LIQ_12(hint: str, instead: str) -> None:
    template = dishonest(FILE, "Fund", 3, 2, 1, hint=hint, instead=instead) if hint else alone(FILE, "Fund", 3, 2, 1)
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
    file = "lib/reduction.circom"
    template = dishonest(file, "Reductions", 3, 2, 1, hint="least", instead=instead)
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
    assert alone(file, "Reductions", 3, 2, 1).satisfied(inputs) == (loss <= 2)
    assert loss <= 2 or not template.satisfied(inputs)
    one = {**inputs, "used": [1, 0], "slot": [1, 0], "lots": [1, 0], "cash": [1_000 - loss, 0]}
    assert alone(file, "Reductions", 3, 2, 1).satisfied(one) == (loss <= 6)
    assert loss <= 6 or not template.satisfied(one)


@pytest.mark.parametrize("instead", ["0", "1", str(R - 1)])
def test_legs_inverse_by_any_hint_makes_nothing_of_no_lots_LIQ_6(instead: str) -> None:
    hint = "lots[i] != 0 ? 1 / lots[i] : 0"
    template = dishonest("lib/reduction.circom", "Reductions", 3, 1, 1, hint=hint, instead=instead)
    ones = {name: [1] for name in ("used", "slot", "side")} | {name: [0] for name in ("lots", "cash", "penalty")}
    table = {name: [0, 5, 5] for name in ("held", "value", "funding", "riskLong", "riskShort")}
    inputs = {**table, **ones, "band": 0, "penaltyCap": 0}
    lot = {**inputs, "lots": [1], "cash": [10]}
    assert alone("lib/reduction.circom", "Reductions", 3, 1, 1).satisfied(lot)
    assert not template.satisfied(inputs)
