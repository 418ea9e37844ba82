"""
Whole histories as real steps of the law: what the exchange says can be proven, signature for signature.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.exchange_histories import TEMPERS, History, Temper, history
from support.exchange_steps import Steps
from support.exchange_watch import run
from support.spec_values import FAST, TINY

from rollup.exchange import commands as c
from rollup.spec.account import REVENUE

each_temper = pytest.mark.parametrize("temper", TEMPERS, ids=lambda temper: temper.name)


def without_fees(one: History) -> History:
    """When fees are credited is the batch's matter; the revenue, which gets them early here, then pays nothing out."""
    commands = tuple(
        command
        for command in one.commands
        if not isinstance(command, c.Fees)
        and not (isinstance(command, c.Debit | c.Close) and command.account == REVENUE)
    )
    return replace(one, commands=commands)


def check_steps(seed: int, length: int, temper: Temper) -> None:
    one = without_fees(history(seed, length, temper, profile=TINY))
    steps = Steps(TINY)
    twin = run(one, steps)
    steps.compare(twin.world)
    assert steps.world.history


@pytest.mark.skipif(not FAST, reason="hashing takes milliseconds without the native part")
@each_temper
def test_replay_a_history_as_steps_gives_the_same_accounts(temper: Temper) -> None:
    for seed in range(60_000, 60_003):
        check_steps(seed, 260, temper)


@pytest.mark.soak
@pytest.mark.skipif(not FAST, reason="hashing takes milliseconds without the native part")
@each_temper
@pytest.mark.parametrize("seed", range(60_003, 60_023))
def test_replay_many_histories_as_steps_gives_the_same_accounts(temper: Temper, seed: int) -> None:
    check_steps(seed, 400, temper)
