"""What no committee member may sign, and how a table is committed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.spec_builders import BOARD, NOW, PARAMETERS, PERPETUAL, Instrument, table_of

from rollup.spec.errors import TableBound
from rollup.spec.shared import Status
from rollup.spec.table import CASH_MARK, Mark

LARGEST = (1 << 47) - 1


@pytest.mark.parametrize(
    "changed",
    [
        {"exit": 500_000},
        {"maintenance": 1_000_001},
        {"close_out": 0},
        {"close_out": 400_001},
        {"liquidation_band": 62_501},
        {"liquidation_band": -1},
        {"fund_band": 62_501},
        {"fund_band": -1},
        {"penalty_cap": 187_500},
        {"penalty_cap": -1},
        {"fee_cap": 1 << 16},
        {"fee_cap": -1},
    ],
    ids=str,
)
def test_set_parameters_that_break_a_relation_is_refused(changed: dict[str, int]) -> None:
    with pytest.raises(TableBound):
        replace(PARAMETERS, **changed)


def test_set_parameters_at_their_edges_is_allowed() -> None:
    replace(PARAMETERS, exit=499_999, close_out=400_000, penalty_cap=299_999, fee_cap=(1 << 16) - 1)
    replace(PARAMETERS, maintenance=1_000_000, penalty_cap=187_499, liquidation_band=0, fund_band=0)


@pytest.mark.parametrize(
    "instrument",
    [
        Instrument(1 << 40),
        Instrument(-1),
        Instrument(0, funding=LARGEST + 1),
        Instrument(0, funding=-LARGEST - 1),
        Instrument(0, moves=(LARGEST + 1,)),
        Instrument(0, moves=(-LARGEST - 1,)),
        Instrument(100, moves=(1,), status=Status.SETTLED),
        Instrument(100, moves=(1,), status=Status.EMPTY),
    ],
    ids=str,
)
def test_build_a_table_with_a_slot_out_of_bounds_is_refused(instrument: Instrument) -> None:
    with pytest.raises(TableBound):
        table_of(PERPETUAL, instrument)


def test_build_a_table_at_the_bounds_is_allowed() -> None:
    table = table_of(Instrument((1 << 40) - 1, (LARGEST - (1 << 40), -(1 << 46)), funding=0))
    assert table.marks[1].risk_short == LARGEST - (1 << 40)
    assert table.marks[1].risk_long == 1 << 46


def test_build_a_table_with_another_cash_or_shape_is_refused() -> None:
    table = table_of(PERPETUAL)
    for changed in (
        {"marks": (replace(CASH_MARK, value=2), *table.marks[1:])},
        {"marks": (replace(CASH_MARK, status=Status.HALTED), *table.marks[1:])},
        {"stress": ((2, *table.stress[0][1:]), *table.stress[1:])},
        {"stress": (table.stress[0][:-1], *table.stress[1:])},
        {"time": 1 << 40},
        {"time": -1},
    ):
        with pytest.raises(TableBound):
            replace(table, **changed)


@pytest.mark.parametrize("part", ["risk_long", "risk_short"])
def test_build_a_table_with_a_false_lot_risk_is_refused(part: str) -> None:
    table = table_of(PERPETUAL)
    false = replace(table.marks[1], **{part: getattr(table.marks[1], part) - 1})
    with pytest.raises(TableBound):
        replace(table, marks=(table.marks[0], false, *table.marks[2:]))


@pytest.mark.parametrize("instrument", BOARD, ids=lambda one: one.status.name)
def test_mark_as_a_word_and_back_is_the_mark(instrument: Instrument) -> None:
    mark = instrument.mark(4)
    assert Mark.of_word(mark.word()) == mark


def test_root_depends_on_every_number_of_the_table() -> None:
    table = table_of(*BOARD)
    roots = {
        table.root,
        table_of(*BOARD, time=NOW + 1).root,
        table_of(*BOARD, parameters=replace(PARAMETERS, market_hash=1)).root,
        table_of(PERPETUAL.moved(1), *BOARD[1:]).root,
        table_of(replace(PERPETUAL, moves=(-100, 100, -50, 51)), *BOARD[1:]).root,
        table_of(replace(PERPETUAL, listing=2), *BOARD[1:]).root,
        table_of(PERPETUAL.in_status(Status.HALTED), *BOARD[1:]).root,
    }
    assert len(roots) == 7


def test_any_active_looks_past_cash() -> None:
    assert not table_of(*BOARD[1:4]).any_active
    assert table_of(*BOARD).any_active
