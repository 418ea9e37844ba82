"""
The first settlement, whole: thirty accounts and five hundred orders on a real chain, with a worker that is killed again
and again. What L1 has is what the journal says, what the law says, and what every trader rebuilds from calldata.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.day_worker import attached, day_at
from support.first_day import ACCOUNTS, ORDERS, Day, day_oracle, day_settings

from prover import crypto
from rollup.chain.bindings.clearing import BatchAccepted
from rollup.chain.keys import development_keys
from rollup.chain.local import running_chain
from rollup.chain.replica import replica_of
from rollup.client.keys import keyring
from rollup.exchange.commands import Place, decode
from rollup.exchange.exchange import Exchange
from rollup.exchange.machine import replay
from rollup.ledger import remarks
from rollup.ledger.ledger import Ledger, SealedBatch
from rollup.market.defaults import START
from rollup.node.local import LocalHouse, deploy_house
from rollup.node.proving import Workshop
from rollup.spec.account import FUND, REVENUE
from rollup.spec.funds import FundsStep
from rollup.spec.liquidate import LiquidateStep
from rollup.spec.shared import PROFILES, Mode, Operation, StepKind
from rollup.spec.solvency import scan

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("the first day"),  # one worker lives through it
    pytest.mark.skipif(not crypto.available("native"), reason="keys and proofs of this size need the native extension"),
]

PROFILE = PROFILES["small"]
KILLS = tuple(random.Random(20).randrange(2, 130) for _ in range(22))
"""How many moments each life has."""


@dataclass
class Lived:
    """A day that was lived through."""

    place: Path
    house: LocalHouse
    lives: list[list[str]]
    """Of each: the moments it had, how it ended, the act it came to."""


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    place = tmp_path_factory.mktemp("day")
    with running_chain(START - 600) as chain:
        house = deploy_house(chain, PROFILE, development_keys(PROFILE.name))
        house.record.write(place / "deployment.json")
        said = {"rpc": chain.rpc, "committee": [secret.hex() for secret in house.committee]}
        (place / "house.json").write_text(json.dumps(said))
        house.list_all(day_oracle(house))
        worker = subprocess.run(
            [sys.executable, "-m", "support.day_worker", str(place), *map(str, KILLS)],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert worker.returncode == 0, worker.stderr
        yield Lived(place, attached(place), [line.split() for line in worker.stdout.splitlines()])


@pytest.fixture(scope="module")
def day(lived: Lived) -> Iterator[Day]:
    """The day's node, started once more."""
    day = day_at(lived.place, Workshop(PROFILE.name))
    with day.node:
        yield day


@pytest.fixture(scope="module")
def batches(lived: Lived, day: Day) -> list[SealedBatch]:
    """All of them, planned and applied anew from the journal alone, from genesis on."""
    owners, found = lived.house.owners, list[SealedBatch]()
    ledger = Ledger(PROFILE, lived.house.record.domain, owners.fund, owners.revenue, day.node.ledger.decoy_share)
    ledger.on_sealed = found.append
    exchange = Exchange(ledger.state.domain, day_settings(lived.house.record), None, lambda *_: None, ledger.take)
    for line in day.node.sequencer.journal.lines():
        if line.command:
            exchange.restore([(line.command, line.witness)])
        else:
            ledger.remark(remarks.decode(line.witness))
    return found


def test_live_whenKilledAtTwentyMoments_losesAndDoublesNothing(lived: Lived, day: Day) -> None:
    killed = [life for life in lived.lives if life[1] == "-9"]
    assert len(killed) >= 20, "the day was over before it had been interrupted as often as promised"
    assert lived.lives[-1][1] == "0"
    node = day.node
    heads = node.heads
    assert heads.sequenced == heads.proven == heads.settled
    lines = [line.command for line in node.sequencer.journal.lines() if line.command]
    placed = Counter((one.account, one.client) for one in map(decode, lines) if isinstance(one, Place))
    assert max(placed.values()) == 1, "an order that was sent twice stands in the journal once"
    accepted = [one.event for one in lived.house.system.clearing.events() if isinstance(one.event, BatchAccepted)]
    assert [one.number for one in accepted] == list(range(1, node.settled + 1))
    assert accepted[-1].state_after == node.ledger.state.root == lived.house.system.clearing.latest_root()


def test_replay_ofTheJournal_givesTheSameExchangeOnTheTwin(lived: Lived, day: Day) -> None:
    node = day.node
    lines = [line.command for line in node.sequencer.journal.lines() if line.command]
    twin = replay(day_settings(lived.house.record), lines, "reference")
    assert twin.state_hash() == node.exchange.state_hash()
    vectors = {index: tuple(twin.vector(index) or ()) for index in (FUND, REVENUE, *ACCOUNTS)}
    assert vectors == {index: account.vector for index, account in node.ledger.state.accounts.items()}


def test_fold_fromGenesis_comesToTheRootOnL1_withEveryKindOfStepAndOperation(
    lived: Lived, day: Day, batches: list[SealedBatch]
) -> None:
    assert batches[-1].state.root == lived.house.system.clearing.latest_root()
    steps = [step for batch in batches for step in batch.steps]
    assert {step.published.kind for step in steps} == set(StepKind)
    operations = {
        operation.kind
        for step in steps
        if isinstance(step.step.body, FundsStep)
        for operation in step.step.body.operations
    }
    assert operations == set(Operation)
    modes = {lane.mode for step in steps if isinstance(step.step.body, LiquidateStep) for lane in step.step.body.lanes}
    assert {Mode.LIQUIDATE, Mode.CLOSE} <= modes
    assert len({batch.table.root for batch in batches}) >= 5, "several epochs"
    assert len([one for one in day.node.sequencer.journal.lines() if one.command[:1] == b"\x08"]) > ORDERS // 2


def test_recover_everyAccount_fromCalldataAlone_isWhatTheLawHas(
    lived: Lived, day: Day, batches: list[SealedBatch]
) -> None:
    state = batches[-1].state
    replica = replica_of(lived.house.system, PROFILE, lived.house.record.genesis.leaves(PROFILE))
    assert replica.state.root == state.root
    for index in ACCOUNTS:
        owner = day.keys(index, 0).owner(int(day.wallet(index).address, 16))
        ring = keyring(bytes([index]) * 32, 2)
        account = replica.account(index, owner, lived.house.record.domain, ring)
        assert account == state.accounts[index]


def test_books_afterTheDay_balance_andTheVaultHoldsThem(lived: Lived, batches: list[SealedBatch]) -> None:
    books = scan(batches[-1].state, batches[-1].table)
    assert books.balanced
    vault = lived.house.system.vault
    notes = 50_000_000
    assert vault.spare() == books.custody + notes
