"""
The market that the demo plays in, before and after a fall by 24 %; and the chapter that prices and margins it.
"""

from __future__ import annotations

from dataclasses import replace

from rollup.cli.story.chapter import Chapter
from rollup.market.defaults import default_governance, default_inputs, default_terms
from rollup.market.encoding import encode
from rollup.market.inputs import Inputs
from rollup.market.table import build_table
from rollup.spec.errors import Rejected
from rollup.spec.margin import check_initial, values_of
from rollup.spec.settlement import PostedTable
from rollup.spec.shared import PROFILES, Width
from rollup.spec.table import RiskTable

__all__ = [
    "COLLATERAL",
    "PERPETUAL",
    "PROFILE",
    "USDC",
    "a_margined_market",
    "book",
    "dollars",
    "epochs",
    "posted",
    "tables",
]

PROFILE = PROFILES["tiny"]
USDC = 10**6
COLLATERAL = 300 * USDC
"""What each trader registers with."""
PERPETUAL, CALL = 1, 5
"""Slots of the default market: a BTC perpetual, and a call on BTC at the money."""


def a_margined_market(chapter: Chapter) -> None:
    """Price the default market and margin a hedged book as one portfolio."""
    governance = default_governance()
    risk = build_table(default_inputs(PROFILES["small"], governance), governance, PROFILES["small"])
    live = len(default_terms())
    chapter.note(f"{live} instruments valued at the mark and in {len(risk.stress)} scenarios, in integers")
    alone = [_needs(risk, {PERPETUAL: 100}), _needs(risk, {CALL: -100})]
    together = _needs(risk, {PERPETUAL: 100, CALL: -100})
    margins = f"{together // USDC:,} USDC as one book, {sum(alone) // USDC:,} apart"
    chapter.claim(f"100 perpetuals long and 100 calls short need {margins}", together < sum(alone))
    wing = next(slot for slot in range(1, live + 1) if risk.marks[slot].price < risk.marks[slot].risk_short // 1_000)
    chapter.claim(
        "worthless calls cannot be sold for free: a short one needs margin",
        _refused(risk, {wing: -2_000}, cash=0),
    )
    chapter.claim(
        "and what they lend their buyer margins nothing: 20 perpetuals and 2,000 such calls on no equity are refused",
        _refused(risk, {PERPETUAL: 20, wing: 2_000}, cash=-20 * risk.marks[PERPETUAL].price),
    )


def tables() -> tuple[RiskTable, RiskTable]:
    """The default market, and the same after a fall by 24 %."""
    calm, crashed = epochs()
    governance = default_governance()
    return build_table(calm, governance, PROFILE), build_table(crashed, governance, PROFILE)


def epochs() -> tuple[Inputs, Inputs]:
    """What both tables are made from; L1 counts epochs from 1."""
    calm = replace(default_inputs(PROFILE, default_governance()), epoch=1)
    fallen = tuple(replace(each, spot=each.spot * 76 // 100) for each in calm.underlyings)
    return calm, replace(calm, epoch=calm.epoch + 1, time=calm.time + 60, underlyings=fallen)


def posted(inputs: Inputs, table: RiskTable) -> PostedTable:
    """A table as L1 sees it: marks in clear, stressed values by root, inputs to check it with."""
    marks = tuple(mark.word() for mark in table.marks)
    return PostedTable(inputs.epoch, table.time, table.root, table.any_active, marks, table.stress_root, encode(inputs))


def book(risk: RiskTable, positions: dict[int, int], cash: int) -> tuple[int, ...]:
    """A vector of some positions and cash."""
    return (cash, *(positions.get(slot, 0) for slot in range(1, len(risk.marks))))


def dollars(amount: int) -> str:
    """An amount to the micro-dollar."""
    return f"{amount // USDC:,}.{amount % USDC:06} USDC"


def _needs(risk: RiskTable, positions: dict[int, int]) -> int:
    """Initial margin of a book: what its worst scenario takes from its value."""
    values = values_of(book(risk, positions, 0), risk)
    return values[0] - min(values)


def _refused(risk: RiskTable, positions: dict[int, int], cash: int) -> bool:
    try:
        check_initial(values_of(book(risk, positions, cash), risk), Width.TRADED)
    except Rejected:
        return True
    return False
