"""The demo, as a user runs it: with everything, with the reference alone, and where parts of it are missing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from web3 import HTTPProvider, Web3

COMMAND = [sys.executable, "-c", "from rollup.cli import main; main()", "demo", "--json"]

ON_CHAIN = [
    "10. The proven batch, settled on a chain",
    "11. Money out: by signature, and by a note that does not say whose it was",
    "12. Without the operator: frozen, and everybody paid",
]

FALL = 60_000_000 - 45_600_000
"""Of one lot."""

AMOUNTS = {
    "cash of buyer": 0,
    "cash of seller": 300_000_000 + 20 * 60_000_000 - 1_200_000 - 13 * 45_600_000,
    "cash of saver": 300_000_000 - 2 * 60_000_000 - 120_000,
    "withdrawn": 100_000_000,
    "note paid": 49_900_000,
    "relayer fee": 100_000,
    "escaped with seller": 300_000_000 + 20 * FALL - 1_200_000 - 100_000_000 - 50_000_000,
    "escaped with saver": 300_000_000 - 2 * FALL - 120_000 - 50_000_000,
    "balance of seller": 300_000_000 + 20 * FALL - 1_200_000,
    "balance of saver": 300_000_000 - 2 * FALL - 120_000 - 50_000_000,
    "left in the vault": 300_000_000 - 18 * FALL - 1_080_000 + 2 * 1_200_000,
}
"""
In 10^-6 USDC, worked out by hand: 20 lots at 60, 18 to the buyer and 2 to the saver, a fee of a thousandth from either
side; at 45.60 the fund takes the buyer over with 39.72, which margins five at 70 % of 10.944 a lot; the seller gives
13 back.
"""

TRADED = {"fills": 6, "lots deleveraged": 13}
"""On the exchange: three orders meet the seller's."""

REFUSALS = [
    ("InvalidProof", 4 + 2 + 1 + 1),
    ("WrongStateRoot", 1),
    ("NotOperator", 1),
    ("WrongBatchNumber", 1),
    ("TooFewSigners", 1),
    ("UnknownAssociationRoot", 1),
    ("WrongContext", 1),
    ("NullifierSpent", 1),
    ("SolvencyGateShut", 1),
    ("SuspenseOpen", 1),
    ("NothingOverdue", 1),
    ("SystemFrozen", 1),
    ("ClaimsNotOpen", 1),
    ("AlreadyClaimed", 1),
]
"""By which names the chain refuses, and how often the story tries: three words and proofs of the batch among them."""


def run(command: list[str], **environment: str) -> dict[str, Any]:
    result = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **environment}, check=False, timeout=900
    )
    assert result.returncode == 0, result.stderr
    story: dict[str, Any] = json.loads(result.stdout)
    assert story["ok"]
    return story


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["native", "reference"])
def test_demo_when_run_checks_every_claim_and_amount(backend: str) -> None:
    pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")
    story = run(COMMAND, ZKCLEAR_BACKEND=backend)
    assert story["complete"]
    chapters = story["chapters"]
    assert all(chapter["claims"] for chapter in chapters)
    assert [chapter["title"] for chapter in chapters[9:]] == ON_CHAIN
    settled, left, frozen = (chapter["figures"] for chapter in chapters[9:])

    assert chapters[5]["figures"] == TRADED
    crash = chapters[6]["figures"]
    assert min(crash[name] for name in ("calls", "taken over", "unloaded", "deleveraged")) > 0
    assert crash["fund start"] > crash["fund end"] > crash["fund end without guards"]

    amounts = {**settled, **left, **frozen}
    assert {name: amounts[name] for name in AMOUNTS} == AMOUNTS
    out = [left["withdrawn"], left["note paid"], left["relayer fee"]]
    inside = [frozen["escaped with seller"], frozen["escaped with saver"], frozen["left in the vault"]]
    note_of_seller = 50_000_000
    assert sum(out) + note_of_seller + sum(inside) == 3 * 300_000_000

    assert settled["claims verified"] > 40
    assert settled["gas a step"] == settled["gas"] // 5
    assert left["gas a step"] == left["gas"] < settled["gas"]
    assert settled["calldata bytes"] > left["calldata bytes"] > 1_000
    assert settled["seconds to submit"] > 0

    told = [claim for chapter in chapters[9:] for claim in chapter["claims"]]
    assert [(name, sum(f"({name})" in claim for claim in told)) for name, _ in REFUSALS] == REFUSALS


def test_demo_when_the_extension_is_missing_says_what_it_skips(tmp_path: Path) -> None:
    blocked = "import sys; sys.modules['zkclear_native'] = None; from rollup.cli import main; main()"
    story = run([sys.executable, "-c", blocked, "demo", "--json"], ZKCLEAR_DATA=str(tmp_path))
    assert not story["complete"]
    chapters = story["chapters"]
    skipped = [chapter for chapter in chapters if chapter["skipped"]]
    assert [chapter["title"] for chapter in skipped] == [
        "4. A first statement, proven",
        "9. The same batch, proven",
        *ON_CHAIN,
    ]
    assert "install Rust" in skipped[0]["skipped"]
    assert "there are no proofs to settle" in skipped[2]["skipped"]
    assert all(chapter["claims"] for chapter in chapters if chapter not in skipped)


@pytest.mark.slow
def test_demo_when_anvil_is_missing_tells_the_rest_and_how_to_get_it() -> None:
    pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")
    blocked = """
from prover import toolchain
from prover.errors import ToolMissing

def gone():
    raise ToolMissing("anvil", "make setup")

toolchain.anvil = gone
from rollup.cli import main
main()
"""
    story = run([sys.executable, "-c", blocked, "demo", "--json"])
    assert not story["complete"]
    skipped = [chapter for chapter in story["chapters"] if chapter["skipped"]]
    assert [chapter["title"] for chapter in skipped] == ON_CHAIN
    assert "anvil is missing; to get it: make setup" in skipped[0]["skipped"]
    assert all(chapter["claims"] for chapter in story["chapters"] if chapter not in skipped)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_demo_when_ended_from_outside_ends_its_chain(number: signal.Signals) -> None:
    waiting = """
import time
from rollup.chain.local import running_chain
import rollup.cli.story as story

def tell(console):
    with running_chain(1_800_000_000) as chain:
        print(chain.rpc, flush=True)
        time.sleep(600)

story.tell = tell
from rollup.cli import main
main()
"""
    command = [sys.executable, "-c", waiting, "demo", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        rpc = process.stdout.readline().strip()
        chain = Web3(HTTPProvider(rpc))
        assert chain.is_connected(), rpc
        process.send_signal(number)
        assert process.wait(60) != 0
    assert not chain.is_connected()
