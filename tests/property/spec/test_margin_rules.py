"""The close rule against the text: fractions, and a search over s* and u as a circuit's prover would do it."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st
from support import spec_oracle as oracle
from support.spec_builders import PARAMETERS, PERPETUAL, Instrument, table_of

from rollup.spec.errors import Rejected
from rollup.spec.margin import check_close_rule, check_initial, sweep, values_of, violates
from rollup.spec.shared import Status, Width

TABLE = table_of(PERPETUAL)
small = st.integers(-12, 12)
large = st.integers(-(2**62), 2**62)


def scenarios(one: st.SearchStrategy[int]) -> st.SearchStrategy[tuple[int, ...]]:
    return st.lists(one, min_size=3, max_size=3).map(tuple)


def accepts(before: tuple[int, ...], after: tuple[int, ...], *, excused: bool = True) -> bool:
    try:
        check_close_rule(before, after, PARAMETERS, Width.TRADED, excused=excused)
    except Rejected as rejected:
        assert rejected.rule in {"MGN-2", "MGN-3", "MGN-4", "MGN-5"}
        return False
    return True


@settings(max_examples=400)
@given(before=scenarios(small), after=scenarios(small))
@example(before=(4, -6, -6), after=(0, -6, -6))
def test_close_rule_is_what_some_choice_of_scenario_and_floor_proves(
    before: tuple[int, ...], after: tuple[int, ...]
) -> None:
    assert accepts(before, after) == oracle.close_rule_by_search(before, after, TABLE, range(-13, 14))


@settings(max_examples=400)
@given(before=scenarios(large), change=scenarios(st.integers(-5, 5) | large), excused=st.booleans())
def test_close_rule_is_what_fractions_say(before: tuple[int, ...], change: tuple[int, ...], excused: bool) -> None:
    after = tuple(old + new for old, new in zip(before, change, strict=True))
    if max(after) - min(after) >= 2**64:
        return
    assert accepts(before, after, excused=excused) == oracle.close_rule(before, after, TABLE, excused=excused)


@settings(max_examples=200)
@given(first=scenarios(small), second=scenarios(small), third=scenarios(small))
def test_close_rule_twice_never_ends_worse_than_both_clauses_allow(
    first: tuple[int, ...], second: tuple[int, ...], third: tuple[int, ...]
) -> None:
    """However often it is split: not deeper in debt, no scenario worse, unless the account was margined in between."""
    if accepts(first, second) and accepts(second, third):
        assert third[0] >= min(0, first[0])
        assert min(third) >= min(0, *first)


@given(values=scenarios(small))
def test_violates_is_what_fractions_say(values: tuple[int, ...]) -> None:
    for kappa in (PARAMETERS.maintenance, PARAMETERS.exit, PARAMETERS.close_out, 10**6):
        assert violates(values, kappa) == (oracle.at_kappa(values, kappa) < 0)
    try:
        check_initial(values, Width.TRADED)
    except Rejected:
        assert not oracle.initial(values)
    else:
        assert oracle.initial(values)


@given(vector=st.lists(st.integers(-(2**40), 2**40), min_size=16, max_size=16))
def test_sweep_changes_no_value_and_leaves_nothing_settled(vector: list[int]) -> None:
    settled = Instrument(300, status=Status.SETTLED, funding=-7)
    table = table_of(PERPETUAL, settled, Instrument(50, (1, -1), Status.HALTED), settled)
    after = sweep(tuple(vector), table.marks)
    assert values_of(after, table) == values_of(tuple(vector), table)
    assert after == tuple(oracle.swept(vector, table))
    assert after[2] == after[4] == 0
