"""
What a prover could try in a liquidate step beside breaking rules: other inputs, and other hints than honest ones.

A hint is free until a constraint holds it. So each template that takes one is run with dishonest ones, on inputs that
the rule allows and on inputs that it does not: whatever the hint, what satisfies the template is what the rule allows.
Those of CLOSE, fund and legs are in test_liquidate_cheats_fund.py.
"""

from __future__ import annotations

import random
from typing import Any

import pytest
from support.liquidate_witness import KAPPAS, circuit, rich_steps
from support.step_witness import Alone, Place, alone, changed, dishonest, element_at, elements, reduced

from rollup.spec.errors import Rejected
from rollup.spec.hashes import signed
from rollup.spec.margin import check_close_rule, violates, weighted
from rollup.spec.shared import Mode, Width
from rollup.witness.liquidate import liquidate_inputs

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

FILE, STEP_FILE = "lib/liquidation.circom", "steps/liquidate.circom"
ROWS = 3


# -- inputs


def is_free(step: str, place: Place, used: Any) -> bool:
    """What a step leaves open: what cash is worth, slot and side of a leg that is not used, a request of no CLOSE."""
    match place:
        case ("status" | "listing" | "funding" | "value" | "riskLong" | "riskShort", 0) | ("stress", _, 0):
            return True
        case ("slot" | "side", int(lane), int(leg)):
            return not used[lane][leg]
        case ("request",):
            return step != "close"
    return False


@pytest.mark.parametrize("step", ["legs", "deleverage", "close"])
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


# -- the hint of LiquidationLane


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("instead", ["", "0", "1", "2", "-1", "1 / 2"])
@pytest.mark.parametrize("lots", [602, 603, 1_000])
def test_longest_leg_by_any_hint_is_the_longest_LIQ_9(lots: int, instead: str, order: int) -> None:
    """A lot of slot 1 risks 10,000, of slot 2 ten; equity 4,000: with the first go 602 of the second, and no more."""
    honest = alone(STEP_FILE, "LiquidationLane", 3, 2, 2)
    hint = "most[i - 1] > lots[i] ? 1 : 0"
    lane = dishonest(STEP_FILE, "LiquidationLane", 3, 2, 2, hint=hint, instead=instead) if instead else honest
    table = {"value": [1, 10**6, 1_000], "riskLong": [0, 10_000, 10], "riskShort": [0, 10_000, 10]}
    rows = [[1, 10**6 + 10_000 * sign, 1_000 + 10 * sign] for sign in (0, -1, 1)]
    legs = {"slot": [1, 2][::order], "lots": [1, lots][::order], "cash": [10**6, lots * 1_000][::order]}
    legs |= {"used": [1, 1], "side": [1, 1]}
    flat = {"settled": [0] * 3, "funding": [0] * 3, "penalty": [0] * 2, "band": 62_500, "penaltyCap": 100_000}
    kappas = {"maintenance": KAPPAS.maintenance, "closeOut": KAPPAS.close_out}
    vector = [4_000 - 2 * 10**6, 1, 1_000]
    inputs = reduced({"vector": vector, "mode": Mode.LIQUIDATE, "row": rows, **table, **legs, **flat, **kappas})
    assert honest.satisfied(inputs) == (lots <= 602)
    assert lane.satisfied(inputs) <= (lots <= 602)
    if instead and instead != ("0" if order == 1 else "1"):
        assert not lane.satisfied(inputs)


# -- hints of ModeMargin


Case = tuple[Mode, list[int], list[int], list[int], int, int]
"""A mode, values before and after, what the legs gained, lots of the longest leg, lots beyond one a leg."""


def margin_inputs(
    mode: Mode, before: list[int], after: list[int], gained: list[int], most: int, further: int
) -> dict[str, Any]:
    flags = {f"is{name.name.title()}": int(name is mode) for name in Mode if name is not Mode.NONE}
    legs = {"gained": [0, *gained], "most": most, "further": further}
    kappas = {"maintenance": KAPPAS.maintenance, "closeOut": KAPPAS.close_out}
    return reduced({**flags, "before": before, "after": after, **legs, **kappas})


def allows(mode: Mode, before: list[int], after: list[int], gained: list[int], most: int, further: int) -> bool:
    """What rollup/spec/liquidate.py asks of values alone."""
    match mode:
        case Mode.LIQUIDATE:
            stops = any(most * value <= max(0, gain) for value, gain in zip(after, [0, *gained], strict=True))
            return (
                violates(tuple(before), KAPPAS.maintenance)
                and min(after) >= min(before)
                and after[0] >= min(0, before[0])
                and weighted(tuple(after), KAPPAS.close_out) >= weighted(tuple(before), KAPPAS.close_out)
                and (not further or stops)
            )
        case Mode.TAKEOVER:
            return violates(tuple(before), KAPPAS.close_out)
        case Mode.DELEVERAGE:
            try:
                check_close_rule(tuple(before), tuple(after), KAPPAS, Width.STUCK, excused=False)
            except Rejected:
                return False
    return True


def random_case(draw: random.Random) -> Case:
    """Values near each other and near zero, where rules meet; in a TAKEOVER and a CLOSE nothing changes."""
    mode = draw.choice([*Mode])
    reach = draw.choice([3, 12, 1000])
    before = [draw.randint(-reach, reach) for _ in range(ROWS)]
    after = [value + draw.randint(-reach // 2, reach) for value in before]
    if mode in (Mode.TAKEOVER, Mode.CLOSE) or draw.random() < 0.1:
        after = before
    further = draw.choice([0, 1, 5])
    most = draw.randint(1 + (further > 0), 1 + further)
    return mode, before, after, [most * draw.randint(-reach, reach) for _ in range(ROWS - 1)], most, further


CHEATS = {
    "lowest": ["0", "1", "2", "3"],
    "bottom": ["bottom + 1", "bottom - 1", "after[0]", "0", "worst"],
    "isLiquidate == 1 || (isDeleverage == 1 && (floor >> BITS_STUCK()) != 0) ? 1 : 0": ["0", "1"],
    "isDeleverage == 1 && (valueAfter >> (BITS_STUCK() + BITS_PPM())) != 0 ? 1 : 0": ["0", "1"],
    "wanted": ["0", "2", "3"],
    "stopValue > 0 ? 1 : 0": ["0", "1"],
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
