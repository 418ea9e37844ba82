"""
Parameters, scenarios, the default market, the simulator and replay: MKT-SCEN-1, MKT-SCEN-2.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import pytest
from market_books import GOVERNANCE, INPUTS, table_of

from rollup.market.defaults import EXPIRIES, MARKET, SPOTS, START, default_governance
from rollup.market.encoding import encode
from rollup.market.errors import BadInputs, BadParameters, BadRecord
from rollup.market.governance import Governance
from rollup.market.oracle import advance, genesis
from rollup.market.parameters import SpotShock
from rollup.market.replay import dollars, replay
from rollup.market.scenarios import scenarios, spot_gap
from rollup.market.simulator import CRASH, Path, Randomness, Script, Simulator
from rollup.market.table import build_table, check_successor
from rollup.spec.shared import PROFILES, Status

PATHS = {"BTC": Path(600_000, 800_000, jumps=5_000, jump_size=20_000), "ETH": Path(750_000, 700_000)}


def test_market_hash_depends_on_every_number() -> None:
    seen = {MARKET.hash}
    for part in ("shocks", "regimes", "breakers", "oracle", "funding", "settlement"):
        rules = getattr(MARKET, part)
        for name in rules.__slots__:
            value = getattr(rules, name)
            if isinstance(value, int):
                changed = replace(MARKET, **{part: replace(rules, **{name: value - 1})})
                seen.add(changed.hash)
    assert len(seen) == 1 + 4 + 2 + 5 + 3 + 4 + 3


def test_market_hash_is_the_one_in_force() -> None:
    assert GOVERNANCE.parameters.market_hash == MARKET.hash
    with pytest.raises(BadParameters):
        Governance(replace(GOVERNANCE.parameters, market_hash=1), MARKET)


def test_governance_that_pushes_accounts_past_close_out_is_refused() -> None:
    for part, change in (
        ("breakers", {"halted_factor": 1_750_000}),  # MKT-HALT-1
        ("breakers", {"halted_factor": 1_430_000}),  # MKT-HALT-2
        ("regimes", {"factors": (1_000_000, 1_800_000, 1_900_000, 2_000_000)}),  # MKT-REGIME-1
        ("shocks", {"basis": 1_000}),  # MKT-SETTLE-3
        ("settlement", {"step": 1_000_000}),  # MKT-SETTLE-3
    ):
        market = replace(MARKET, **{part: replace(getattr(MARKET, part), **change)})
        with pytest.raises(BadParameters):
            default_governance(market)


def test_parameters_out_of_order_are_refused() -> None:
    for rules, change in (
        (MARKET.shocks, {"spots": ()}),
        (MARKET.shocks, {"spots": tuple(reversed(MARKET.shocks.spots))}),
        (MARKET.shocks, {"spots": (SpotShock("BTC", 1_000_000, 1, 0),)}),
        (MARKET.shocks, {"minimum_charge": 0}),
        (MARKET.regimes, {"factors": (900_000, 1, 2, 3)}),
        (MARKET.regimes, {"thresholds": (1,)}),
        (MARKET.breakers, {"reduce": 200_000}),
        (MARKET.breakers, {"halted_factor": 999_999}),
        (MARKET.oracle, {"quorum": 0}),
        (MARKET.oracle, {"deltas": (100_000, 900_000)}),
        (MARKET.funding, {"interest": 10_000}),
        (MARKET.settlement, {"step": 0}),
    ):
        with pytest.raises(BadParameters):
            replace(rules, **change)
    with pytest.raises(BadParameters):
        MARKET.shock("DOGE")


@pytest.mark.parametrize("count", [4, 8, 16])
def test_scenarios_carry_the_minimum_charge_once_and_at_the_marks(count: int) -> None:
    for regime in range(4):
        moves = scenarios(MARKET, count, regime)
        charged = [move for move in moves if move.charge]
        assert len(moves) == count and len(charged) == 1
        still = (charged[0].spots, charged[0].bases)
        assert [set(moves.values()) for moves in still] == [{0}, {0}] and charged[0].volatility == 1_000_000


@pytest.mark.parametrize("count", [8, 16])
def test_scenarios_have_each_extreme_with_volatility_up_and_down(count: int) -> None:
    moves = scenarios(MARKET, count, 0)
    for way in (1, -1):
        turns = {move.volatility for move in moves if move.spots["BTC"] == way * 240_000}
        assert {MARKET.shocks.volatility_up, MARKET.shocks.volatility_down} <= turns
    parted = {(move.spots["BTC"] > 0, move.spots["ETH"] > 0) for move in moves if 0 not in move.spots.values()}
    assert parted == {(True, True), (False, False), (True, False), (False, True)}


def test_scenarios_widen_with_the_regime() -> None:
    widest = [max(move.spots["BTC"] for move in scenarios(MARKET, 8, level)) for level in range(4)]
    assert widest == [240_000, 288_000, 336_000, 384_000]
    assert spot_gap(MARKET, 8, "BTC") == 192_000 and spot_gap(MARKET, 16, "BTC", 0) == 80_000


def test_scenarios_of_another_number_or_level_are_refused() -> None:
    for count, level in ((5, 0), (8, 4), (8, -1)):
        with pytest.raises(BadInputs):
            scenarios(MARKET, count, level)


def test_build_of_another_profile_is_refused() -> None:
    with pytest.raises(BadInputs):
        build_table(INPUTS["tiny"], GOVERNANCE, PROFILES["standard"])


def test_default_market_lists_lots_of_tens_of_dollars() -> None:
    for profile in PROFILES:
        table = table_of(INPUTS[profile], profile)
        assert sum(mark.status is Status.ACTIVE for mark in table.marks[1:]) == 13
        assert all(mark.price < 100 * 10**6 for mark in table.marks[1:])


def test_simulate_with_the_same_seed_gives_the_same_bits() -> None:
    runs = [list(islice(Simulator(7, INPUTS["tiny"], PATHS).observations(), 5)) for _ in range(2)]
    assert runs[0] == runs[1]
    assert runs[0] != list(islice(Simulator(8, INPUTS["tiny"], PATHS).observations(), 5))
    assert [Randomness(0).word(), Randomness(1).word()] == [0xE220A8397B1DCDAF, 0x910A2DEC89025CC1]


def test_simulate_a_crash_falls_by_forty_percent_and_trips_breakers() -> None:
    state, seen = genesis(INPUTS["small"]), set()
    calm = {"BTC": Path(100_000, 800_000), "ETH": Path(100_000, 800_000)}
    before = table_of(state.inputs, "small")
    for observed in islice(Simulator(3, INPUTS["small"], calm, (CRASH,)).observations(), 20):
        state = advance(state, observed, GOVERNANCE)
        table = table_of(state.inputs, "small")
        check_successor(before, table)
        before = table
        seen |= {slot.status for slot in state.inputs.slots if slot.live}
    assert abs(state.inputs.by_name["BTC"].spot - SPOTS["BTC"] * 6 // 10) < SPOTS["BTC"] // 20
    assert Status.HALTED in seen and state.inputs.by_name["BTC"].surface[0].volatilities[2] == 300_000


def test_simulate_with_one_faulty_source_moves_nothing_wild() -> None:
    faults = {"alpha": frozenset(range(1, 11))}
    state = genesis(INPUTS["tiny"])
    for observed in islice(Simulator(5, INPUTS["tiny"], PATHS, faults=faults).observations(), 10):
        state = advance(state, observed, GOVERNANCE)
    assert {slot.status for slot in state.inputs.slots if slot.live} == {Status.ACTIVE}


def test_simulate_impossible_paths_is_refused() -> None:
    for make in (
        lambda: Path(1, 1_000_001),
        lambda: Path(-1, 0),
        lambda: Script(1, 0, 0),
        lambda: Script(1, 1, -(10**6)),
    ):
        with pytest.raises(BadParameters):
            make()


LINES = [
    "time,kind,name,source,value",
    *(
        f"{START + 60},price,BTC,{source},{price}"
        for source, price in zip("abc", ("60100.5", "60100", "60101"), strict=True)
    ),
    f"{START + 60},premium,1,book,250",
    f"{START + 60},volatility,BTC,a,640000",
    f"{START + 120},price,BTC,a,60102",
]


def test_replay_of_a_file_gives_its_epochs() -> None:
    first, second = replay(LINES, EXPIRIES)
    assert first.time == START + 60 and [seen.price for seen in first.prints] == [
        60_100_500_000,
        60_100 * 10**6,
        60_101 * 10**6,
    ]
    assert first.premiums == {1: (250,)} and first.surfaces["BTC"][0].volatilities[2] == 640_000
    assert second.time == START + 120
    state = advance(genesis(INPUTS["tiny"]), first, GOVERNANCE)
    assert state.inputs.by_name["BTC"].spot == 60_100_500_000
    assert encode(advance(genesis(INPUTS["tiny"]), next(replay(LINES, EXPIRIES)), GOVERNANCE).inputs) == encode(
        state.inputs
    )


@pytest.mark.parametrize(
    "line",
    [
        "1,price,BTC,a",
        "1,price,BTC,a,1e5",
        "1,price,BTC,a,-5",
        "1,price,BTC,a,1.2345678",
        "1,price,BTC,a,nan",
        "1,price,,a,5",
        "1,rumour,BTC,a,5",
        "1,premium,BTC,a,5",
        "x,price,BTC,a,5",
        "0,price,BTC,a,5",
    ],
)
def test_replay_of_a_line_that_cannot_be_read_names_it(line: str) -> None:
    with pytest.raises(BadRecord) as raised:
        list(replay([LINES[0], line], EXPIRIES))
    assert raised.value.line == 2


def test_replay_without_header_or_backwards_is_refused() -> None:
    for lines in ([], LINES[1:], [LINES[0], LINES[-1], LINES[1]]):
        with pytest.raises(BadRecord):
            list(replay(lines, EXPIRIES))


def test_dollars_of_text_are_exact() -> None:
    assert dollars("0.1") == 100_000 and dollars("60012.500001") == 60_012_500_001
