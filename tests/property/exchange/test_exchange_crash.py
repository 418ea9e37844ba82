"""The crash that `zkclear bench crash` tells of, with fewer accounts: two fifths down in ten epochs, on the twin."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table

from rollup.benchmarks.crash import ORACLES, Run, play, run_one, saved, setting, totals_of
from rollup.benchmarks.crash_books import Books
from rollup.benchmarks.crash_crowd import crowd_of
from rollup.benchmarks.crash_market import EPOCHS, FALL, PROFILE, scenes
from rollup.benchmarks.crash_report import epochs_tables, report, sentences, totals_table, verdicts
from rollup.benchmarks.crash_session import Session
from rollup.exchange.codes import Phase
from rollup.exchange.commands import Command
from rollup.exchange.events import Event, Filled
from rollup.exchange.twin import Twin
from rollup.spec.margin import violates
from rollup.spec.shared import Side

ACCOUNTS, SEED = 80, 1


@pytest.fixture(scope="module")
def runs() -> dict[str, Run]:
    """The same crowd through the same fall, under every oracle."""
    return {name: play(oracle, ACCOUNTS, SEED, "reference") for name, oracle in ORACLES.items()}


@pytest.fixture(scope="module")
def totals(runs: dict[str, Run]) -> dict[str, dict[str, Any]]:
    return {name: totals_of(run) for name, run in runs.items()}


@pytest.mark.parametrize("name", ORACLES)
def test_crash_keeps_books_balanced_after_every_epoch(runs: dict[str, Run], name: str) -> None:
    assert [row["imbalance"] for row in runs[name].epochs] == [[]] * len(runs[name].epochs)
    assert totals_of(runs[name])["gains_add_up"]


@pytest.mark.parametrize("name", ORACLES)
def test_crash_told_by_events_alone_is_what_the_exchange_holds(runs: dict[str, Run], name: str) -> None:
    books, machine = runs[name].session.books, runs[name].session.machine
    assert isinstance(machine, Twin)
    held = {account: member.vector for account, member in machine.world.members.items()}
    assert held == {account: books.vectors[account] for account in held}
    assert (machine.world.custody, machine.world.fees) == (books.custody, books.fees)


def test_crash_balances_after_every_command() -> None:
    class Watched(Session):
        def tell(self, command: Command) -> list[Event]:
            said = super().tell(command)
            assert self.books.imbalance() == [], command
            return said

    stage = scenes(ORACLES["guarded"], SEED)
    scene = next(stage)
    watched = Watched(crowd_of(24, SEED, scene.table), SEED, "reference")
    watched.open(scene)
    for scene in stage:
        watched.live(scene)


@pytest.mark.parametrize("name", ORACLES)
def test_crash_leaves_no_member_in_debt_at_the_mark(runs: dict[str, Run], name: str) -> None:
    """Whoever is beyond close-out is taken over, whatever is halted; so nobody but the fund is ever below zero."""
    assert [row["negative_at_mark"] for row in runs[name].epochs] == [0] * len(runs[name].epochs)
    books, table = runs[name].session.books, runs[name].last.table
    people = [one.account for one in runs[name].session.crowd.everyone]
    failed = [account for account in people if violates(books.values(account, table), table.parameters.close_out)]
    assert failed == []


def test_crash_with_breakers_is_paid_by_the_fund(totals: dict[str, dict[str, Any]]) -> None:
    of = totals["guarded"]
    assert of["taken_over"] > 0
    assert of["uncovered"] == 0
    assert 0 < of["fund_end"] < of["fund_start"]
    assert of["deleveraged"] > 0


def test_crash_with_breakers_halts_and_then_reopens_by_auction(
    runs: dict[str, Run], totals: dict[str, dict[str, Any]]
) -> None:
    rows = runs["guarded"].epochs
    assert rows[FALL.start]["reduce_only"] == 13
    assert rows[FALL.stop - 1]["halted"] == 13
    assert rows[FALL.stop - 1]["traded"] == 0
    assert totals["guarded"]["auctions"] > 0
    assert totals["guarded"]["reopened"]
    assert set(runs["guarded"].session.books.phases.values()) >= {Phase.CONTINUOUS}


def test_silent_oracle_without_breakers_costs_fund_and_traders_more(
    runs: dict[str, Run], totals: dict[str, dict[str, Any]]
) -> None:
    best, worst = totals["guarded"], totals["silent_unguarded"]
    assert worst["fund_end"] < best["fund_end"]
    assert worst["fund_needed"] > best["fund_needed"]
    assert worst["uninformed"] < best["uninformed"]
    assert worst["shortfall"] > 0 == best["shortfall"]
    assert max(row["negative_at_truth"] for row in runs["silent_unguarded"].epochs) > 0
    assert max(row["negative_at_truth"] for row in runs["guarded"].epochs) == 0
    assert worst["gains"]["informed"] > 0 > best["gains"]["informed"]
    assert worst["withdrawn"] > 0 == best["withdrawn"]


@pytest.mark.parametrize("name", ["guarded", "silent_unguarded"])
def test_crash_ends_in_the_same_state_on_whatever_machine(runs: dict[str, Run], name: str) -> None:
    again = run_one(ORACLES[name], ACCOUNTS, SEED)
    assert again["state"] == runs[name].session.machine.state_hash().hex()
    assert again["epochs"] == runs[name].epochs


def test_crash_of_another_seed_ends_otherwise(runs: dict[str, Run]) -> None:
    other = run_one(ORACLES["guarded"], ACCOUNTS, SEED + 1)
    assert other["state"] != runs["guarded"].session.machine.state_hash().hex()


def test_books_miss_half_a_fill_and_say_so() -> None:
    scene = next(scenes(ORACLES["guarded"], SEED))
    books = Books(PROFILE.slots)
    books.table = scene.table
    price = scene.table.marks[1].price
    half = Filled(1, 1, 2, 0, 1, 1, Side.BUY, 3, price, 5, maker=True, remaining=0)
    books.read(half)
    assert books.imbalance() == ["slot 1 is off by 3 lots", f"cash is off by {-3 * price}"]
    books.read(Filled(1, 2, 3, 0, 1, 1, Side.SELL, 3, price, 7, maker=False, remaining=0))
    assert books.imbalance() == []


@pytest.fixture(scope="module")
def figures(runs: dict[str, Run], totals: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """As `run_all` has them, of these runs."""
    shown = {name: {"epochs": run.epochs, "totals": totals[name]} for name, run in runs.items()}
    head = {"accounts": ACCOUNTS, "seed": SEED, "epochs": EPOCHS, "fall": [FALL.start, FALL.stop - 1]}
    return {**head, "setting": setting(), "runs": shown, "saved": saved(shown)}


def printed(figures: dict[str, Any], width: int) -> str:
    """The report as a console of so many columns shows it."""
    console = Console(width=width, file=StringIO(), highlight=False)
    for part in report(figures, width):
        console.print(part)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_report_opens_with_all_four_corners_and_tells_what_guards_alone_do(
    figures: dict[str, Any], totals: dict[str, dict[str, Any]]
) -> None:
    told = " ".join(verdicts(figures))
    for how, name in (("following", "unguarded"), ("silent", "silent_unguarded")):
        fund = totals[name.replace("unguarded", "guarded")]["fund_end"] - totals[name]["fund_end"]
        assert figures["saved"][f"fund_by_guards_while_{how}"] == pytest.approx(fund)
        assert f"ends {abs(fund):,.0f} USDC {'better' if fund >= 0 else 'worse'}" in told
    assert "Guards and a following oracle together" in told
    shown = printed(figures, 80)
    first = [shown.index(f"{totals[name]['fund_end']:,.0f}") for name in ORACLES if name != "narrowing"]
    assert max(first) < shown.index("Epoch by epoch")


@pytest.mark.parametrize("change", [-1_234.0, 1_234.0])
def test_report_of_guards_that_cost_or_spare_says_which(figures: dict[str, Any], change: float) -> None:
    told = verdicts({**figures, "saved": dict.fromkeys(figures["saved"], change)})[0]
    word, other = ("better", "worse") if change > 0 else ("worse", "better")
    assert told.count(f"1,234 USDC {word}") == 4 and other not in told


@pytest.mark.parametrize("width", [80, 100, 140])
def test_report_fits_the_console_and_cuts_no_number_off(figures: dict[str, Any], width: int) -> None:
    shown = printed(figures, width)
    assert max(map(len, shown.splitlines())) <= width and "…" not in shown
    for run in figures["runs"].values():
        for part in ("fund_end", "deleveraged_value", "fund_lots"):
            assert f"{run['totals'][part]:,.0f}" in shown
    rows = len(figures["runs"]["guarded"]["epochs"]) - FALL.start + 1
    tables = [part for part in epochs_tables(figures, width) if isinstance(part, Table)]
    assert [table.row_count for table in tables] == [rows] * (1 if width == 140 else 2)


def test_report_of_a_fund_below_zero_says_that_winnings_are_not_backed(figures: dict[str, Any]) -> None:
    assert "not backed by money: nobody" not in " ".join(sentences(figures))
    runs = dict(figures["runs"])
    broke = {**runs["silent_unguarded"]["totals"], "uncovered": 4_321.0, "fund_fails": True}
    runs["silent_unguarded"] = {**runs["silent_unguarded"], "totals": broke}
    told = " ".join(sentences({**figures, "runs": runs}))
    assert "Books balanced" in told and "4,321 below zero" in told and "not backed by money: nobody" in told
    assert totals_table({**figures, "runs": runs}).row_count == totals_table(figures).row_count
    assert "yes" in printed({**figures, "runs": runs}, 80).split()
