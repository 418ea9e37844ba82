"""
The settlement benchmark: its arithmetic by hand, and a small day whose legs, steps and decoys are all counted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console
from support.spec_values import PERPETUAL, TINY, Trader, order, table_of
from typer.testing import CliRunner

from prover.errors import InvalidInput
from rollup.benchmarks.settle import DECOYS, _gas_figures, planned, worked
from rollup.benchmarks.settle_chain import execution_from_snapshots, rescaled
from rollup.benchmarks.settle_costs import (
    BASE_BYTES,
    Calldata,
    Execution,
    FloorPaid,
    constraints_of,
    execution_in,
    gas_of,
    per_trade,
    step_bytes,
    transaction_gas,
)
from rollup.benchmarks.settle_day import EPOCHS, Day, live
from rollup.benchmarks.settle_report import NARROWEST, report
from rollup.benchmarks.settle_sample import TooShort, applied_sample, batches_of
from rollup.benchmarks.settle_work import Cut, Work, work_of
from rollup.cli.bench import app
from rollup.exchange.events import Filled, Moved
from rollup.ledger.netting import Planned
from rollup.spec.funds import Decoy, Deposit, FundsStep, Withdraw
from rollup.spec.liquidate import FundLane, LiquidateStep, LiquidationLane
from rollup.spec.orders import Leg
from rollup.spec.shared import PROFILES, Mode, Side, StepKind
from rollup.spec.state import Suspense
from rollup.spec.step import Frame, Step, apply, kind_of
from rollup.spec.trade import Lane, TradeStep

SMALL, STANDARD = PROFILES["small"], PROFILES["standard"]
TRADE, FUNDS, LIQUIDATE = StepKind
TABLE = table_of(PERPETUAL)
MATCHES = 1_200


# -- arithmetic


def test_pay_for_calldata_above_its_floor_costs_execution_and_below_it_the_floor() -> None:
    data = Calldata(100, 200)  # 3,600 gas beside execution, 9,000 at the floor's price
    assert transaction_gas(5_400, data) == 30_000
    assert transaction_gas(5_399, data) == 30_000
    assert transaction_gas(5_401, data) == 30_001


def test_read_execution_from_a_receipt_gives_what_was_put_in_or_refuses_the_floor() -> None:
    data = Calldata.of(bytes(100) + b"\x01" * 200)
    assert execution_in(int(transaction_gas(7_000, data)), data) == 7_000
    with pytest.raises(FloorPaid, match="30,000"):
        execution_in(30_000, data)


def test_size_a_step_by_its_words_gives_what_the_contracts_tests_measured() -> None:
    assert BASE_BYTES + step_bytes(SMALL, TRADE) == 2_436
    assert BASE_BYTES + 16 * step_bytes(SMALL, TRADE) == 33_636


def test_sum_gas_of_a_batch_by_hand_counts_keys_steps_and_acts() -> None:
    execution = Execution(1_000_000, 200_000, {TRADE: 60_000, FUNDS: 70_000, LIQUIDATE: 1}, 40_000, 10_000)
    density = dict.fromkeys(StepKind, Calldata(0, 1))
    base = 21_000 + 4 * 267 + 16 * 89  # of its 356 bytes a quarter is not zero
    trade = 60_000 + 16 * step_bytes(TINY, TRADE)
    funds = 70_000 + 16 * step_bytes(TINY, FUNDS)
    assert gas_of(Cut({TRADE: 3}), TINY, execution, density) == 1_000_000 + base + 3 * trade
    both = Cut({TRADE: 2, FUNDS: 1, LIQUIDATE: 0}, deposits=2, withdrawals=3)
    assert gas_of(both, TINY, execution, density) == 1_310_000 + base + 2 * trade + funds
    nothing = Execution(0, 0, dict.fromkeys(StepKind, 0.0))
    floor = 21_000 + 10 * 267 + 40 * 89 + 40 * step_bytes(TINY, TRADE)
    assert gas_of(Cut({TRADE: 1}), TINY, nothing, density) == floor


def _leg(account: int, place: int) -> Leg:
    signed = order(account, 1, Side.BUY, 1, 1_000, place=place, nonce=1)
    return Leg(signed, Trader("alice").sign_order(0), 1, 1_000, 0)


def _plan(*bodies: TradeStep | FundsStep | LiquidateStep) -> list[Planned]:
    return [Planned(body, TABLE, settled=True) for body in bodies]


def test_count_a_plan_made_by_hand_finds_every_leg_lane_and_decoy() -> None:
    """Tiny: two narrow lanes, a wide one of two legs, four operations, two liquidations."""
    trades = TradeStep((Lane(2, (_leg(2, 0),)), Lane(9)), (Lane(3, (_leg(3, 0), _leg(3, 1))),))
    funds = FundsStep((Deposit(2, 0, 5), Withdraw(3, 5, 0xCAFE, None), Decoy(2), Decoy(3)), 0)  # type: ignore[arg-type]
    liquidations = LiquidateStep(FundLane(), (LiquidationLane(2, Mode.TAKEOVER), LiquidationLane(3)), 0)
    later = [replace(plan, table=table_of(PERPETUAL, time=TABLE.time + 60)) for plan in _plan(trades)]
    work = work_of([*_plan(trades, funds, liquidations), *later], {(2, 0, 1)})
    assert work.cuts == [Cut({TRADE: 1, FUNDS: 1, LIQUIDATE: 1}, 1, 1), Cut({TRADE: 1})]
    assert work.legs == {"maker": 2, "taker": 4}
    assert work.trades == 3
    assert work.lanes == {"narrow": [2, 4], "wide": [2, 2], "operation": [2, 4], "liquidation": [1, 2]}
    assert work.touches == {2: 2}
    assert work.decoys == 5
    assert work.decoy_share == pytest.approx(5 / 12)


def test_share_costs_by_hand_divides_by_leg_pairs_and_by_matches() -> None:
    work = Work([Cut({TRADE: 2}), Cut({FUNDS: 1})], Counter(maker=3, taker=5))
    execution = Execution(100_000, 0, {TRADE: 50_000, FUNDS: 60_000, LIQUIDATE: 0})
    density = dict.fromkeys(StepKind, Calldata(0, 1))
    figures = per_trade(work, TINY, 8, {TRADE: 2.0, FUNDS: 3.0, LIQUIDATE: 9.0}, execution, density)
    counts = constraints_of(TINY)
    assert figures["trades"] == 4
    assert figures["constraints_per_trade"] == round((2 * counts[TRADE] + counts[FUNDS]) / 4)
    assert figures["per_match"]["constraints"] == round((2 * counts[TRADE] + counts[FUNDS]) / 8)
    size = 2 * BASE_BYTES + 2 * step_bytes(TINY, TRADE) + step_bytes(TINY, FUNDS)
    assert figures["bytes_per_trade"] == round(size / 4)
    assert figures["cpu_s_per_trade"] == 1.75
    gas = sum(gas_of(cut, TINY, execution, density) for cut in work.cuts)
    assert figures["gas_per_trade"] == round(gas / 4)
    assert figures["steps"] == {"trade": 2, "funds": 1, "liquidate": 0}


# -- a small day


@pytest.fixture(scope="module")
def day() -> Day:
    return live(SMALL, 120, MATCHES, 5)


@pytest.fixture(scope="module", params=[0, DECOYS])
def plan(day: Day, request: pytest.FixtureRequest) -> tuple[int, list[Planned]]:
    return request.param, planned(day, request.param)


@pytest.fixture(scope="module")
def short() -> Day:
    return live(SMALL, 30, 240, 5)


def test_live_a_day_on_one_seed_is_the_same_day_and_on_another_is_not(short: Day) -> None:
    assert live(SMALL, 30, 240, 5).entries == short.entries
    assert live(SMALL, 30, 240, 6).entries != short.entries


def test_apply_a_whole_day_to_the_law_leaves_nothing_owed_and_every_dollar_there(short: Day) -> None:
    state, owed = short.opening, Suspense.settled(SMALL)
    for number, one in enumerate(planned(short, DECOYS)):
        applied = apply(Step(Frame(1, number, 1_000 + number), one.body), state, owed, one.table)
        assert applied.suspense.is_zero == one.settled
        state, owed = applied.state, applied.suspense
    assert owed.is_zero
    moved = sum(event.amount for entry in short.entries for event in entry.events if isinstance(event, Moved))
    assert state.custody == short.opening.custody + moved
    vectors = [account.vector for account in state.accounts.values()]
    assert [sum(lots) for lots in zip(*(vector[1:] for vector in vectors), strict=True)] == [0] * (SMALL.slots - 1)


def test_live_a_day_has_its_matches_three_makers_most_of_them_and_every_operation(day: Day) -> None:
    said = day.said
    assert MATCHES <= said["matches"] < MATCHES + 5
    assert said["matches with makers"] > said["matches"] * 3 // 4
    assert said["registrations"] == 8
    assert min(said["deposits"], said["withdrawals"], said["cancels"]) > 0
    assert len(day.tables) == EPOCHS


def test_live_a_day_of_too_few_or_too_many_accounts_refuses() -> None:
    for accounts in (3, 5_000):
        with pytest.raises(InvalidInput, match="accounts"):
            live(SMALL, accounts, 24, 1)


def test_plan_a_day_carries_exactly_what_was_filled(day: Day, plan: tuple[int, list[Planned]]) -> None:
    """Lots, cash and fee of every order: netting may join fills, and may neither lose nor invent."""
    filled: dict[tuple[int, int, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    for event in (event for entry in day.entries for event in entry.events if isinstance(event, Filled)):
        for at, amount in enumerate((event.quantity, event.cash, event.fee)):
            filled[event.account, event.place, event.nonce][at] += amount
    carried: dict[tuple[int, int, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    for body in (one.body for one in plan[1]):
        for leg in (leg for lane in _lanes(body) for leg in lane.legs):
            for at, amount in enumerate((leg.quantity, leg.cash, leg.fee)):
                carried[leg.order.account, leg.order.place, leg.order.nonce][at] += amount
    assert carried == filled


def test_count_a_day_counts_every_step_lane_and_decoy(day: Day, plan: tuple[int, list[Planned]]) -> None:
    share, plans = plan
    work = work_of(plans, day.maker_orders)
    assert sum(work.steps.values()) == len(plans)
    assert work.steps == Counter(kind_of(one.body) for one in plans)
    assert len(work.cuts) == EPOCHS
    assert work.lanes["narrow"][1] == SMALL.narrow * work.steps[TRADE]
    assert work.lanes["wide"][1] == SMALL.wide * work.steps[TRADE]
    assert work.lanes["operation"][1] == SMALL.operations * work.steps[FUNDS]
    assert sum(work.legs.values()) == sum(len(lane.legs) for one in plans for lane in _lanes(one.body))
    assert work.legs["maker"] <= day.said["matches"]
    assert work.legs["taker"] <= day.said["matches"]
    empty = sum(not lane.legs for one in plans for lane in _lanes(one.body))
    idle = sum(isinstance(each, Decoy) for one in plans for each in getattr(one.body, "operations", ()))
    assert work.decoys == empty + idle
    acts = day.said
    assert sum(cut.deposits for cut in work.cuts) == acts["deposits"] + acts["registrations"]
    assert sum(cut.withdrawals for cut in work.cuts) == acts["withdrawals"]
    kept = (SMALL.narrow + SMALL.wide) * share / 10**6
    assert min(sum(not lane.legs for lane in _lanes(one.body)) for one in plans if _trades(one)) >= kept


def _trades(one: Planned) -> bool:
    return isinstance(one.body, TradeStep)


def _lanes(body: object) -> tuple[Lane, ...]:
    return (*body.narrow, *body.wide) if isinstance(body, TradeStep) else ()


# -- its sample


def test_apply_the_sample_settles_every_batch_and_has_three_steps_of_each_kind(day: Day) -> None:
    sample = applied_sample(day, DECOYS)
    assert [batch[-1].suspense.is_zero for batch in sample.batches] == [True] * 7
    roots = [day.opening.root, *(batch[-1].state.root for batch in sample.batches)]
    assert [batch[0].before.root for batch in sample.batches] == roots[:-1]
    kinds = Counter(kind_of(applied.step.body) for applied in sample.steps)
    assert min(kinds[TRADE], kinds[FUNDS]) >= 3
    few, many = (sum(kind_of(one.step.body) is TRADE for one in batch) for batch in sample.batches[-2:])
    assert few < many, "the gas of a step would not show"


def test_sample_a_day_that_has_too_little_in_it_refuses(day: Day) -> None:
    for entries, what in ((day.entries[:200], "accounts"), ((), "accounts")):
        with pytest.raises(TooShort, match=what):
            batches_of(replace(day, entries=entries))


def test_take_execution_from_snapshots_gives_back_the_transactions_measured_there() -> None:
    density = dict.fromkeys(StepKind, Calldata(40, 2_040))
    execution = execution_from_snapshots(SMALL, density)
    for steps, measured in ((1, 418_303), (4, 693_010), (16, 1_792_404)):
        assert gas_of(Cut({TRADE: steps}), SMALL, execution, density) == pytest.approx(measured, rel=0.01)
    other = rescaled(execution, SMALL, STANDARD)
    assert other.step[TRADE] < execution.step[TRADE]
    assert other.batch == execution.batch


def test_report_without_a_chain_says_so_and_names_every_figure(short: Day) -> None:
    execution = execution_from_snapshots(SMALL, dict.fromkeys(StepKind, Calldata(40, 2_040)))
    assert "no chain" in _gas_figures(None, execution, 1)["source"]
    rates = dict.fromkeys(StepKind, 1.0)
    density = dict.fromkeys(StepKind, Calldata(0, 1))
    runs = [per_trade(worked(short, share), SMALL, 240, rates, execution, density) for share in (DECOYS, 0)]
    one = {**runs[0], "without_decoys": runs[1], "cpu_is": "median", "gas_is": "computed"}
    rest = {
        "gas": _gas_figures(None, execution, 1),
        "flow": {"accounts": 30, "epochs": EPOCHS, **short.said},
        "proofs": {"trade": 3},
        "cpu_s_per_step": {"trade": 1.0},
        "proof_s_per_step": {"trade": 1.0},
        "proof_s_of_the_day": 9,
        "trade_is": "two legs",
        "decoys_are": "few",
        "compiled": one,
    }
    console = Console(width=NARROWEST, record=True, file=StringIO())
    for part in report({**one, **rest}):
        console.print(part)
    told = console.export_text()
    for figure in ("constraints_per_trade", "bytes_per_trade", "gas_per_trade"):
        assert f"{runs[0][figure]:,}" in told
        assert f"{runs[1][figure]:,}" in told
    assert "…" not in told, "a cell was cut off"


def test_command_refuses_a_day_too_small_to_sample() -> None:
    assert CliRunner().invoke(app, ["settle", "--trades", "10"]).exit_code == 2
