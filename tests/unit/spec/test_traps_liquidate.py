"""Traps of PROTOCOL section 15 about the fund, liquidation, and leaving with positions."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.spec_builders import (
    PARAMETERS,
    PERPETUAL,
    Instrument,
    World,
    close,
    deleverage,
    liquidation,
    refused,
    table_of,
    takeover,
)

from rollup.spec.account import FUND
from rollup.spec.errors import Rejected
from rollup.spec.funds import Decoy
from rollup.spec.liquidate import LiquidationLane, Reduction
from rollup.spec.margin import values_of, violates, weighted
from rollup.spec.shared import Mode, Side, Status, StepKind
from rollup.spec.solvency import scan
from rollup.spec.trade import Lane
from rollup.spec.words import unpack

BUY, SELL = Side.BUY, Side.SELL
TWINS = table_of(PERPETUAL, PERPETUAL)


def close_out_value(world: World, index: int) -> int:
    return weighted(world.values(index), PARAMETERS.close_out)


def test_trap_13_close_of_an_account_with_positions_works(world: World) -> None:
    """Must work: also with settled, halted and reduce-only positions."""
    world.liquidate(close(4))
    assert not any(world.account(4).vector)
    assert world.recovered(4) == world.account(4)
    assert world.suspense.is_zero


def test_trap_19_settled_value_that_changes_between_sweeps_unbalances_the_books() -> None:
    """The law sweeps at the table it is given; that the value is final is the table's rule, and the scan shows it."""
    world = World(table_of(Instrument(300, status=Status.SETTLED)))
    world.seat(2, {0: 100, 1: 5})
    assert scan(world.state, world.table).balanced
    assert scan(world.state, world.table).open_settled == {1}
    world.funds(world.withdraw(2, 1))
    world.table = table_of(Instrument(301, status=Status.SETTLED))
    world.funds(world.withdraw(world.street, 1))
    result = scan(world.state, world.table)
    assert not result.open_settled
    assert result.equity - result.custody == -5
    assert not result.valid


def test_trap_20_liquidation_beyond_need_or_outside_the_band_is_refused(world: World) -> None:
    with refused("LIQ-9", world):
        world.liquidate(liquidation(5, (1, SELL, 100, 100_000)))
    edge = 1_000 * 60 - 60 * 25 // 4
    with refused("LIQ-6", world):
        world.liquidate(liquidation(5, (1, SELL, 60, edge - 1)))
    before = close_out_value(world, 5)
    world.liquidate(liquidation(5, (1, SELL, 60, edge)))
    assert close_out_value(world, 5) > before


def test_trap_21_deleverage_that_leaves_a_hedged_account_naked_is_refused() -> None:
    world = World(TWINS)
    world.seat(FUND, {0: 101_000, 1: -100})
    world.seat(5, {0: 9_000, 1: 100, 2: -100})
    for lots in (1, 50, 100):
        with pytest.raises(Rejected) as caught:
            world.liquidate(deleverage(5, (1, SELL, lots, lots * 1_000)))
        assert caught.value.rule in ("MGN-3", "MGN-4", "MGN-5")


def test_trap_37_last_lot_of_an_out_of_the_money_short_is_liquidated() -> None:
    """Must work: worth nothing at the mark, and dearer only by the minimum charge."""
    world = World(table_of(Instrument(0, (0, 0, 0, 5))))
    world.seat(2, {0: 2, 1: -1})
    assert world.values(2) == (2, 2, 2, 2, -3)
    world.liquidate(liquidation(2, (1, BUY, 1, 0)))
    assert world.values(2) == (2,) * 5


def test_trap_37_penalties_at_the_cap_never_spiral(world: World) -> None:
    """Lot by lot at the worst allowed price and penalty: the close-out value only rises, and the end is margined."""
    rounds, before = 0, close_out_value(world, 5)
    while violates(world.values(5), PARAMETERS.maintenance):
        world.liquidate(liquidation(5, (1, SELL, 4, 4_000 - 25, 40)))
        assert close_out_value(world, 5) > before
        before, rounds = close_out_value(world, 5), rounds + 1
    assert 0 < rounds <= 25
    assert world.equity(5) > 0


def strip(lots: int) -> tuple[tuple[int, Side, int, int], ...]:
    """Both halves of a riskless pair at the band's edge."""
    band = lots * 100 // 16
    return (1, SELL, lots, lots * 1_000 - band), (2, BUY, lots, lots * 1_000 + band)


@pytest.mark.parametrize("lots", [1, 2, 16, 100, 280])
def test_trap_38_strip_through_riskless_pairs_by_liquidate_is_refused(lots: int) -> None:
    world = World(TWINS)
    world.seat(5, {0: -96_000, 1: 380, 2: -280})
    with refused("LIQ-8", world):
        world.liquidate(liquidation(5, *strip(lots)))


def test_trap_38_strip_through_riskless_pairs_by_the_fund_after_a_close_is_refused() -> None:
    world = World(TWINS)
    world.seat(FUND, {0: 50_000})
    world.seat(5, {0: -80_000, 1: 380, 2: -280})
    legs = [Reduction(*leg) for leg in strip(160)]
    with pytest.raises(Rejected) as caught:
        world.liquidate(close(5), fund=legs)
    assert caught.value.rule == "MGN-5"
    world.liquidate(close(5))
    with refused("MGN-5", world):
        world.liquidate(fund=legs)


def test_trap_42_bankrupt_fund_still_takes_over_and_closes(world: World) -> None:
    """Must work."""
    world.seat(FUND, {0: -50_000})
    world.seat(6, {0: -120_000, 1: 100})
    world.liquidate(takeover(6))
    assert world.equity(FUND) == -70_000
    world.liquidate(close(5))
    assert world.equity(5) == 0
    assert scan(world.state, world.table).failed == 0
    assert not scan(world.state, world.table).valid


def test_trap_44_halted_position_is_never_closed_at_the_stale_mark(world: World) -> None:
    world.seat(5, {0: -2_000 + 100, 3: 10})
    with refused("TRD-11", world):
        world.trade(wide=[[world.sell(5, 3, 1, 200)]])
    with refused("LIQ-6", world):
        world.liquidate(liquidation(5, (3, SELL, 1, 200)))
    world.seat(FUND, {0: 1_980, 3: -10})
    with refused("LIQ-6", world):
        world.liquidate(fund=[Reduction(3, BUY, 1, 200)])
    with refused("LIQ-6", world):
        world.liquidate(deleverage(5, (3, SELL, 1, 200)))
    world.seat(FUND, {0: 10_000})
    world.seat(5, {0: -1_000, 3: 10})
    custody, worst = world.state.custody, min(world.values(5))
    world.liquidate(close(5))
    assert custody - world.state.custody == worst == 600


def test_trap_48_losing_side_closed_onto_an_empty_fund_leaves_the_whole_stress() -> None:
    """Two accomplices, 100 against 100 lots on 20,000 each: whatever scenario comes, the fund is not in debt."""
    world = World(table_of(PERPETUAL))
    world.seat(2, {0: 120_000, 1: -100})
    world.seat(3, {0: -80_000, 1: 100})
    world.liquidate(close(3))
    assert min(world.values(FUND)) == 0
    for scenario in (-100, 100, -50, 50):
        moved = table_of(PERPETUAL.moved(scenario))
        assert values_of(world.account(FUND).vector, moved)[0] >= 0


def test_trap_48_a_fund_that_can_carry_it_takes_the_exit_part_only() -> None:
    world = World(table_of(PERPETUAL))
    world.seat(FUND, {0: 10_000})
    world.seat(3, {0: -80_000, 1: 100})
    custody = world.state.custody
    world.liquidate(close(3))
    assert custody - world.state.custody == 20_000 - 4_000
    assert not violates(world.values(FUND), PARAMETERS.maintenance)


def test_trap_51_deleverage_of_one_leg_of_a_hedge_is_refused_and_of_both_allowed() -> None:
    """A fund short the twins' spread against an account long it."""
    world = World(table_of(PERPETUAL, Instrument(1_000, (-80, 80, -40, 40))))
    world.seat(FUND, {0: 1_000, 1: -100, 2: 100})
    world.seat(5, {0: 1_500, 1: 100, 2: -100})
    assert violates(world.values(FUND), PARAMETERS.maintenance) is False
    world.seat(FUND, {0: 900, 1: -100, 2: 100})
    for leg in ((1, SELL, 50, 50_000), (2, BUY, 50, 50_000)):
        with pytest.raises(Rejected) as caught:
            world.liquidate(deleverage(5, leg))
        assert caught.value.rule.startswith("MGN")
    applied = world.liquidate(deleverage(5, (1, SELL, 50, 50_000), (2, BUY, 50, 50_000)))
    modes = [unpack("leg", word)["mode"] for word in applied.touches[1].plaintexts]
    assert modes == [Mode.DELEVERAGE, Mode.NONE]
    assert world.account(FUND).vector[:3] == (900, -50, 50)


def test_trap_52_one_liquidation_of_40_hedged_pairs_where_one_suffices_is_refused() -> None:
    """A pair loses 10 at worst; equity 199 keeps 19 of them initial-margined and just misses maintenance for 40."""
    world = World(table_of(PERPETUAL, Instrument(1_000, (-90, 90, -45, 45))))
    world.seat(5, {0: 199, 1: 40, 2: -40})
    assert violates(world.values(5), PARAMETERS.maintenance)
    for pairs in (23, 40):
        with refused("LIQ-9", world):
            world.liquidate(liquidation(5, (1, SELL, pairs, pairs * 1_000), (2, BUY, pairs, pairs * 1_000)))
    world.liquidate(liquidation(5, (1, SELL, 1, 1_000), (2, BUY, 1, 1_000)))
    assert not violates(world.values(5), PARAMETERS.maintenance)


def test_trap_53_expiry_of_one_leg_with_no_price_move_fails_maintenance_before_close_out() -> None:
    """A hedge that settles at once is takeable at once; while stress shrinks as the price is fixed, there is time."""
    met = []
    for fixed in range(0, 101, 5):
        moves = tuple(move * (100 - fixed) // 100 for move in PERPETUAL.moves)
        world = World(table_of(PERPETUAL, replace(PERPETUAL, moves=moves)))
        world.seat(5, {0: 2_000, 1: 100, 2: -100})
        met.append([violates(world.values(5), kappa) for kappa in (PARAMETERS.maintenance, PARAMETERS.close_out)])
    assert met[0] == [False, False]
    assert met[-1] == [True, True]
    assert met.count([True, False]) >= 4


@pytest.mark.parametrize("kind", StepKind)
def test_sweep_turns_settled_positions_into_cash_in_every_kind_of_step(world: World, kind: StepKind) -> None:
    before = world.account(4).vector
    match kind:
        case StepKind.TRADE:
            applied = world.trade(wide=[Lane(4)])
        case StepKind.FUNDS:
            applied = world.funds(Decoy(4))
        case StepKind.LIQUIDATE:
            applied = world.liquidate(LiquidationLane(4))
    assert world.account(4).vector == (before[0] + 10 * 300, *before[1:4], 0, *before[5:])
    assert applied.suspense.is_zero
    assert world.recovered(4) == world.account(4)
