"""MGN: initial margin and the four clauses of the close rule, each broken alone, and the widths of what they check."""

from __future__ import annotations

import pytest
from support.spec_builders import PARAMETERS, PERPETUAL, Instrument, World, refused, table_of

from rollup.spec.margin import check_close_rule, check_initial, escape_value, free_collateral, owed_on_close, weighted
from rollup.spec.shared import Width

BITS = Width.TRADED


def test_open_beyond_initial_margin_is_refused_and_at_its_edge_allowed(world: World) -> None:
    world.seat(2, {0: 1_000})
    with refused("MGN-1", world) as caught:
        world.trade(narrow=[world.buy(2, 1, 11, 1_000)])
    assert caught.value.value == -100
    world.trade(narrow=[world.buy(2, 1, 10, 1_000)])
    assert min(world.values(2)) == 0


def test_end_with_a_scenario_one_micro_below_zero_is_refused() -> None:
    check_initial((5, 0), BITS)
    with refused("MGN-1"):
        check_initial((5, -1), BITS)


def test_push_equity_below_zero_is_refused() -> None:
    check_close_rule((0, -10), (0, -10), PARAMETERS, BITS)
    with refused("MGN-2"):
        check_close_rule((0, -10), (-1, -1), PARAMETERS, BITS)


def test_push_negative_equity_further_down_is_refused() -> None:
    check_close_rule((-5, -10), (-5, -5), PARAMETERS, BITS)
    with refused("MGN-2"):
        check_close_rule((-5, -10), (-6, -6), PARAMETERS, BITS)


def test_end_with_a_scenario_below_the_worst_before_is_refused() -> None:
    check_close_rule((10, -10, 5), (10, -10, -10), PARAMETERS, BITS)
    with refused("MGN-3"):
        check_close_rule((10, -10, 5), (30, 5, -11), PARAMETERS, BITS)


def test_end_with_a_scenario_below_zero_from_initial_margin_is_refused() -> None:
    with refused("MGN-3"):
        check_close_rule((10, 0), (11, -1), PARAMETERS, BITS)


def test_lower_the_maintenance_value_below_zero_is_refused() -> None:
    """κ_mm 50 %: (4,000 - 6,000)/2 = -1,000 before; 3,998 would do, 3,996 would not, worst scenario unchanged."""
    check_close_rule((4_000, -6_000), (4_000, -6_000), PARAMETERS, BITS)
    with refused("MGN-4") as caught:
        check_close_rule((4_000, -6_000), (3_998, -6_000), PARAMETERS, BITS)
    assert caught.value.value == -1_001_000_000


def test_lower_the_close_out_value_is_refused_unless_initial_margined() -> None:
    """Maintenance stays above zero, yet the account gives away what it would be closed out for."""
    before = (4_000, -2_000)
    with refused("MGN-5") as caught:
        check_close_rule(before, (3_000, -1_000), PARAMETERS, BITS)
    assert caught.value.value == 500_000 * -1_000 * 1
    check_close_rule(before, (1, 0), PARAMETERS, BITS)
    with refused("MGN-5"):
        check_close_rule(before, (1, 0), PARAMETERS, BITS, excused=False)


def test_keep_the_close_out_value_exactly_is_allowed() -> None:
    """κ_co 25 %: three of equity for one of the worst scenario."""
    check_close_rule((4_000, -2_000), (4_000 - 100, -2_000 + 300), PARAMETERS, BITS)
    with refused("MGN-5"):
        check_close_rule((4_000, -2_000), (4_000 - 101, -2_000 + 300), PARAMETERS, BITS)


@pytest.mark.parametrize("bits", [Width.TRADED, Width.STUCK])
def test_hold_values_at_the_width_is_allowed_and_beyond_refused(bits: int) -> None:
    largest = (1 << bits) - 1
    check_initial((largest, 0), bits)
    check_close_rule((0, 0), (largest, 0), PARAMETERS, bits)
    with refused("MGN-6"):
        check_initial((largest + 1, 0), bits)
    with refused("MGN-6"):
        check_close_rule((0, 0), (largest + 1, 0), PARAMETERS, bits)
    with refused("MGN-6"):
        check_close_rule((0, 0), (largest + 1, largest + 1), PARAMETERS, bits)


def test_compare_values_too_far_below_zero_is_refused_as_too_wide() -> None:
    low = -(1 << 65)
    check_close_rule((low, low), (low, low), PARAMETERS, BITS)
    with refused("MGN-6"):
        check_close_rule((low, low), (0, low + 1), PARAMETERS, BITS)


def test_gain_more_close_out_value_than_fits_is_refused_as_too_wide() -> None:
    largest = (1 << 64) - 1
    check_close_rule((-largest // 2, -largest // 2), (largest // 2, -1), PARAMETERS, BITS)
    with refused("MGN-6"):
        check_close_rule((-largest, -largest), (largest - 1, largest - 1), PARAMETERS, BITS, excused=False)


@pytest.mark.parametrize("equity", [2**63 - 1, 2**63, 2**64 - 101, 2**64 - 100])
def test_trade_with_equity_around_the_width_is_refused_only_above_it(equity: int) -> None:
    """64 bits decide what fits a trade step; the funds step serves the same account in any case."""
    world = World(table_of(PERPETUAL))
    world.seat(2, {0: equity})
    world.seat(63, {0: 2**63 - equity})
    if equity + 100 < 2**64:
        world.trade(narrow=[world.buy(2, 1, 1, 1_000)])
    else:
        with refused("MGN-6", world):
            world.trade(narrow=[world.buy(2, 1, 1, 1_000)])
    world.funds(world.withdraw(2, 1_000))


def test_weigh_values_takes_the_worst_scenario_and_the_mark_among_them() -> None:
    assert weighted((10, 20, 30), 500_000) == 10_000_000
    assert weighted((10, -20, 30), 250_000) == 750_000 * 10 - 250_000 * 20


@pytest.mark.parametrize(
    ("values", "free", "owed"),
    [((10, -2), 0, 5), ((10, 3), 3, 7), ((-1, 5), 0, 0), ((0, 0), 0, 0), ((1, 0), 0, 0), ((-5, -9), 0, 0)],
)
def test_free_and_owed_are_floored_and_never_negative(values: tuple[int, ...], free: int, owed: int) -> None:
    assert free_collateral(values) == free
    assert owed_on_close(values, 400_000) == owed


def test_escape_value_counts_unswept_positions_and_is_never_negative() -> None:
    world = World(table_of(PERPETUAL, Instrument(300, status=PERPETUAL.status.SETTLED)))
    marks = world.table.marks
    world.seat(2, {0: 5, 1: 2, 2: -3})
    world.seat(3, {0: 5, 2: -3})
    assert escape_value(world.account(2).vector, marks) == 5 + 2_000 - 900
    assert escape_value(world.account(3).vector, marks) == 0
