"""The demo, as CI drives it: what it claims, and every amount held against sums by hand that know nothing of it."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from support.demo_books import (
    CLOSED,
    FUTURE,
    LIQUIDATED,
    NEAR_CALL,
    NOTED,
    PENALTY,
    SETTLED,
    SOLD_FOR,
    TAKEN,
    WITHDRAWN,
    Hand,
    played,
)
from support.demos import COMMAND, MAIN, leftovers, started

from prover import crypto
from prover.errors import ToolFailed
from rollup.cli.story.chapter import Chapter
from rollup.cli.story.page_markup import amount
from rollup.cli.story.solvency import _judged
from rollup.cli.story.stage import Stage
from rollup.market.defaults import START, default_governance
from rollup.market.story import SLIDE, story_inputs, story_simulator
from rollup.spec.shared import PROFILES

NATIVE = pytest.mark.skipif(not crypto.available("native"), reason="the native extension is not built")

MILLION = 10**6

CHAPTERS = {
    "1. A clearing house, on a chain of its own": 2,
    "2. Collateral comes in": 2,
    "3. People trade: margin first, then fills": 5,
    "4. Proven and settled: what L1 sees, and what a trader sees": 10,
    "5. Money out: by signature, and by a note that does not say whose": 11,
    "6. Prices fall": 7,
    "7. A future and an option expire": 5,
    "8. Forced out, by L1": 5,
    "9. Solvency, attested and checked by anybody": 6,
    "10. Without the operator: everybody leaves": 11,
}
"""How many claims each makes, with three traders; one more in the last for each further trader."""

REFUSALS = {
    "BAD_SIGNATURE": 1,
    "MARGIN": 1,
    "InvalidProof": 2,
    "WrongContext": 1,
    "NullifierSpent": 1,
    "NothingOverdue": 1,
    "AlreadyClaimed": 1,
}
"""By which names the exchange and the chain refuse, and how often the story tries."""

STEPS = [{"funds", "trade"}, {"funds"}, {"trade", "liquidate", "funds"}, {"funds"}, {"liquidate"}]
"""Kinds in each batch: how many there are of them depends on how lanes are filled, which is nobody's to know."""

EPOCHS = [[1], [2], [14], [46], [47]]

PAID = {
    "maker": 60_928_250_150,
    "hedger": 5_018_554_495,
    "gambler": 920_246_127,
    "saver": 3_035_524_794,
}
LEFT = 597_424_434
"""In the vault, of 70,500: fees of 5.880465, and 591.543969 of the guarantee fund."""

LABELS = {
    "register": 4,
    "pull": 2,
    "claim a note": 2,
    "pay a note": 1,
    "attest solvency": 2,
    "force a close": 1,
    "freeze": 1,
    "post table": 1,
    "escape": 3,
    "pay a claim": 3,
}
"""Transactions on L1 that carry no batch."""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One run with three traders, shared by all workers of this session."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    kept = shared / "demo.json"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            with started(shared / "demo", "--json") as run:
                said, errors = run.process.communicate(timeout=900)
                assert run.process.returncode == 0, errors
                assert leftovers(run.mark) == []
                assert list(run.directory.iterdir()) == []
            kept.write_text(said)
    document: dict[str, Any] = json.loads(kept.read_text())
    return document


@pytest.fixture(scope="module")
def hand() -> Hand:
    return played(3)


def figures(told: dict[str, Any]) -> dict[str, Any]:
    """Of all chapters."""
    return {name: value for chapter in told["chapters"] for name, value in chapter["figures"].items()}


# -- what is claimed


@NATIVE
@pytest.mark.slow
def test_demo_when_run_makes_every_claim(told: dict[str, Any]) -> None:
    assert told["ok"]
    assert {chapter["title"]: len(chapter["claims"]) for chapter in told["chapters"]} == CHAPTERS
    claims = [claim for chapter in told["chapters"] for claim in chapter["claims"]]
    assert Counter(name for claim in claims for name in re.findall(r"\(([A-Z][A-Za-z_]+)\)$", claim)) == REFUSALS
    assert [(one["title"], one["claims"]) for one in told["told"]["chapters"]] == [
        (one["title"], one["claims"]) for one in told["chapters"]
    ]


def test_chapter_counts_its_own_time_and_not_what_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter((100.0, 103.5, 107.0, 160.0))
    monkeypatch.setattr("rollup.cli.story.chapter.time.perf_counter", lambda: next(clock))
    chapter = Chapter("1. A chapter", None)
    assert chapter.seconds == 3.5  # so far
    chapter.end()
    assert (chapter.seconds, chapter.told().seconds) == (7.0, 7.0)
    assert next(clock) == 160.0  # which nobody has asked for


def test_verdict_of_a_process_that_comes_to_none_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with pytest.raises(ToolFailed, match="zkclear verify exited 1"):
        _judged(cast(Stage, SimpleNamespace(directory=tmp_path)), tmp_path / "bundle.json")


# -- amounts


@NATIVE
@pytest.mark.slow
def test_demo_when_run_pays_everybody_what_hand_sums_come_to(told: dict[str, Any], hand: Hand) -> None:
    holders = told["told"]["holders"]
    paid = {holder["name"]: holder["paid"] for holder in holders}
    assert paid == hand.paid == PAID
    found = figures(told)
    assert found["paid out"] == sum(paid.values())
    assert found["left in the vault"] == LEFT == hand.revenue + hand.fund
    assert sum(hand.brought.values()) == found["paid out"] + found["left in the vault"] == 70_500 * MILLION


@NATIVE
@pytest.mark.slow
def test_demo_when_run_pays_by_every_way(told: dict[str, Any]) -> None:
    """Withdrawals, notes, by force, and by escape."""
    found = figures(told)
    assert (found["withdrawn"], found["note paid"], found["paid by force"]) == (WITHDRAWN, 99_900_000, CLOSED)
    relayed, unvouched = 100_000, 50_000_000  # what the relayer keeps of the first note; the second, filed when frozen
    assert found["note paid"] + relayed + unvouched == NOTED
    escaped = {name: value for name, value in found.items() if name.startswith("escaped with")}
    assert escaped == {
        "escaped with maker": PAID["maker"],
        "escaped with gambler": PAID["gambler"],
        "escaped with saver": PAID["saver"] - WITHDRAWN,
    }
    assert PAID["hedger"] == NOTED + CLOSED
    assert WITHDRAWN + NOTED + CLOSED + sum(escaped.values()) == found["paid out"]


@NATIVE
@pytest.mark.slow
def test_demo_when_run_has_every_account_after_each_batch_as_hand_sums(told: dict[str, Any], hand: Hand) -> None:
    for holder in told["told"]["holders"]:
        batches, rest = holder["moments"][:5], holder["moments"][5:]
        assert [moment["label"] for moment in batches] == [f"batch {number}" for number in range(1, 6)]
        for moment, state in zip(batches, hand.states, strict=True):
            held = dict(moment["positions"])
            assert (moment["cash"], moment["equity"], held) == state[holder["name"]], (holder["name"], moment["label"])
        # The hedger is gone before the others, and has nothing left to escape with.
        last = [] if holder["name"] == "hedger" else [("escape", 0, 0)]
        assert [(moment["label"], moment["cash"], moment["equity"]) for moment in rest] == last


@NATIVE
@pytest.mark.slow
def test_demo_when_run_liquidates_and_settles_what_was_worked_out(told: dict[str, Any], hand: Hand) -> None:
    assert figures(told)["lots liquidated"] == LIQUIDATED == 25
    assert figures(told)["matches"] == len(TAKEN) == 8
    assert PENALTY == 13_207_389
    before, after = (state["gambler"] for state in hand.states[1:3])
    assert after[0] - before[0] == LIQUIDATED * (SOLD_FOR - 165) - PENALTY
    claims = [claim for chapter in told["chapters"] for claim in chapter["claims"]]
    said = (
        "25 of its lots are sold to the book for 1,412.950000 USDC",
        "the penalty of 13.207389 USDC is the guarantee fund's",
        "BTC future, 45 min pays 51.068409 USDC a lot, BTC call 60,000, 45 min pays 0.000000 USDC a lot",
    )
    for text in said:
        assert any(text in claim for claim in claims), text
    assert SETTLED == {FUTURE: 51_068_409, NEAR_CALL: 0}


def test_settlement_price_is_the_median_of_the_prints_of_half_an_hour() -> None:
    """The number that everybody who held the future was paid by; a lot is a thousandth of a bitcoin."""
    start = story_inputs(PROFILES["tiny"], default_governance(), START, 45 * 60)
    minutes = islice(story_simulator(start, 7, replace(SLIDE, first=3)).observations(), 45)
    spots = []
    for seen in minutes:
        prints = sorted(one.price for one in seen.prints if one.underlying == "BTC")
        assert len(prints) == 5
        spots.append(prints[2])
    window = sorted(spots[14:44])  # minutes 15 to 44, each for a minute
    assert SETTLED[FUTURE] == round(window[14] / 1_000)  # the lower of the two in the middle
    assert window[14] < 60_000 * MILLION


# -- what it took


@NATIVE
@pytest.mark.slow
def test_demo_when_run_adds_up_what_batches_took(told: dict[str, Any]) -> None:
    batches = told["told"]["batches"]
    assert [batch["number"] for batch in batches] == [1, 2, 3, 4, 5]
    assert [batch["epochs"] for batch in batches] == EPOCHS
    assert [{step["circuit"] for step in batch["steps"]} for batch in batches] == STEPS
    assert [batch["trades"] for batch in batches] == [len(TAKEN), 0, 0, 0, 0]
    for batch in batches:
        assert batch["gas"] > max(batch["floor_gas"], sum(part["gas"] for part in batch["parts"]))
        least = 21_000 + 10 * batch["calldata_bytes"]
        assert least <= batch["floor_gas"] <= 21_000 + 40 * batch["calldata_bytes"]  # EIP-7623
    steps = [step for batch in batches for step in batch["steps"]]
    kinds = Counter(step["circuit"] for step in steps)
    shown = {one["name"]: one["value"] for one in told["told"]["figures"]}
    assert shown["batches"] == len(batches)
    listed = ", ".join(f"{kinds[kind]} {kind}" for kind in ("trade", "funds", "liquidate"))
    assert shown["steps"] == f"{len(steps)} ({listed})"
    assert shown["constraints proven"] == sum(step["constraints"] for step in steps)
    assert shown["proofs"] == round(sum(step["proof_seconds"] for step in steps), 2)
    assert shown["trades"] == len(TAKEN)
    for begins, key in (("gas a trade", "gas"), ("floor price", "floor_gas"), ("calldata a trade", "calldata_bytes")):
        (value,) = (value for name, value in shown.items() if name.startswith(begins))
        assert value == sum(batch[key] for batch in batches) // len(TAKEN)
    assert Counter(one["label"] for one in told["told"]["transactions"]) == LABELS
    assert all(one["gas"] > 21_000 for one in told["told"]["transactions"])


@NATIVE
@pytest.mark.slow
def test_demo_when_run_leaves_a_page_that_needs_nothing_else(told: dict[str, Any]) -> None:
    page = Path(told["page"]).read_text()
    for forbidden in ("<script", "src=", "url(", "@import", "<link", "=http", '="http', 'href="/'):
        assert forbidden not in page, forbidden
    for holder in told["told"]["holders"]:
        assert amount(holder["paid"]) in page, holder["name"]
        for moment in holder["moments"]:
            assert amount(moment["cash"]) in page
            assert amount(moment["equity"]) in page
    for chapter in told["chapters"]:
        assert chapter["title"].replace("'", "&#x27;") in page


# -- where something is missing


def refusal(tmp_path: Path, code: str, *words: str) -> None:
    """It says what is missing in one message, and starts nothing."""
    with started(tmp_path / "demo", "--json", command=(COMMAND[0], "-c", f"{code}\n{MAIN}", *COMMAND[3:])) as run:
        said, errors = run.process.communicate(timeout=300)
        assert run.process.returncode == 1
        assert said == ""
        assert errors.count("error ") == 1
        assert "Traceback" not in errors
        for word in words:
            assert word in errors
        assert leftovers(run.mark) == []
        assert list(run.directory.iterdir()) == []


def test_demo_when_the_extension_is_missing_says_how_to_get_it(tmp_path: Path) -> None:
    refusal(tmp_path, "import sys; sys.modules['zkclear_native'] = None", "'native' is not available", "install Rust")


@NATIVE
@pytest.mark.parametrize("tool", ["anvil", "solc"])
def test_demo_when_a_tool_is_missing_says_how_to_get_it(tool: str, tmp_path: Path) -> None:
    gone = f"""
from prover import toolchain
from prover.errors import ToolMissing

def gone():
    raise ToolMissing({tool!r}, "make setup")

toolchain.{tool} = gone
"""
    refusal(tmp_path, gone, f"{tool} is missing; to get it: make setup")


def test_demo_when_asked_for_what_it_has_not_says_what_it_has(tmp_path: Path) -> None:
    for options, text in (
        (["--profile", "huge"], "tiny or small"),
        (["--traders", "2"], "greater than or equal to 3"),
        (["--page", str(tmp_path / "[/none]" / "page.html")], "is no directory"),
    ):
        asked = subprocess.run([*COMMAND, *options], capture_output=True, text=True, check=False)
        assert asked.returncode == 2, options
        assert text in " ".join(asked.stderr.replace("│", " ").split()), asked.stderr
        assert "Traceback" not in asked.stderr


# -- ended from outside


@NATIVE
@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_demo_when_ended_from_outside_leaves_nothing_running(how: signal.Signals, tmp_path: Path) -> None:
    with started(tmp_path / "demo") as run:
        run.read_until("anvil at http://127.0.0.1:")
        assert leftovers(run.mark, patience=0)
        code, errors = run.end(how)
        assert leftovers(run.mark) == []
        if how is signal.SIGKILL:
            assert code == -how
        else:
            assert code == 128 + how
            assert "ended early: its chain is gone" in errors
            assert "Traceback" not in errors
            assert list(run.directory.iterdir()) == []
    assert not (tmp_path / "demo.html").exists()
