"""
The twin notices when model and contracts part, and what constructors refuse.

A harness that compares nothing agrees with everything, so here one side is moved behind the other's back.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from typing import Any

import pytest
from support.settlement_builders import Clearing
from support.settlement_tokens import ALICE, BOB, GUARDIAN, deployment
from support.settlement_twin import clearings
from support.twin_bench import Bench
from support.twin_chain import Message, Refused
from support.twin_system import (
    DEPLOYER,
    PLACES,
    contract_address,
    creation,
    mint,
    plan_of,
    refusal_of,
    sent_by,
)

from rollup.chain.abi import address
from rollup.chain.artifacts import PARTS
from rollup.chain.bindings.structs import Signers
from rollup.chain.plan import Plan
from rollup.spec.settlement import DAY, HOUR, Settings

NOBODY = address(0)


@pytest.fixture(autouse=True)
def twins(bench: Bench) -> Iterator[None]:
    with clearings(bench):
        yield


# -- one side is moved


def test_twin_notices_tokens_that_only_the_chain_has(bench: Bench) -> None:
    chain = Clearing()
    bench.chain.mine([sent_by(BOB, mint(contract_address("vault"), 1))], chain.now)
    with pytest.raises(AssertionError, match="balanceOf"):
        chain.register(ALICE)
    bench.alive = None


def test_twin_notices_a_payment_of_another_amount(bench: Bench) -> None:
    chain = Clearing()
    number = chain.register(ALICE)
    chain.wait(3 * DAY)
    chain.storage.deposits[number] = replace(chain.storage.deposits[number], amount=4_999)
    with pytest.raises(AssertionError, match="were paid"):
        chain.contract.refund(chain.call(), number)
    bench.alive = None


def test_twin_notices_what_only_the_contract_refuses(bench: Bench) -> None:
    chain = Clearing()
    chain.contract.pause(chain.call(GUARDIAN), DAY)
    chain.storage.paused_until = 0
    with pytest.raises(AssertionError, match="the contract refuses by L1-10"):
        chain.register(ALICE)
    bench.alive = None


def test_twin_notices_what_only_the_model_refuses(bench: Bench) -> None:
    chain = Clearing()
    chain.storage.paused_until = chain.now + 1
    with pytest.raises(AssertionError, match="the model refuses by L1-10, the contract by nothing"):
        chain.register(ALICE)
    bench.alive = None


def test_twin_notices_a_refusal_by_another_rule(bench: Bench) -> None:
    chain = Clearing()
    chain.storage.paused_until = chain.now + 1
    with pytest.raises(AssertionError, match="the model refuses by L1-10, the contract by L1-11"):
        chain.register(ALICE, 1)
    bench.alive = None


def test_twin_notices_at_the_end_what_no_call_has_touched(bench: Bench) -> None:
    """An old record that changes is found when the system is over, whichever records were looked at in turn."""
    chain = Clearing()
    for _ in range(3):
        chain.batch()
        chain.wait()
    root = next(iter(chain.storage.roots))
    chain.storage.roots[root] = replace(chain.storage.roots[root], time=chain.now)
    with pytest.raises(AssertionError, match="batchEnd"):
        bench.finish()


def test_requests_of_one_block_are_in_one_block(bench: Bench) -> None:
    """With other calls between them, which are in it too."""
    chain = Clearing()
    indices = [chain.member(person) for person in (ALICE, BOB)]
    chain.wait()
    chain.contract.request_close(chain.call(ALICE, 10**16), indices[0])
    chain.register(BOB)
    before = bench.chain.newest
    chain.contract.request_close(chain.call(BOB, 10**16), indices[1])
    assert bench.chain.newest == before - 1
    bench.alive.agreed.clear()  # type: ignore[union-attr]
    chain.register(ALICE)


# -- constructors


def refusal(bench: Bench, part: str, plan: Plan, **places: str) -> str:
    """The rule by which a part's constructor refuses, or nothing."""
    code = creation(part, plan, replace(PLACES, **places))
    try:
        bench.chain.attempt(Message(DEPLOYER, None, code), deployment().time)
    except Refused as refused:
        return refusal_of(refused.data)
    return "nothing"


def unsafe(**changes: int) -> Settings:
    """Settings that the model itself would refuse."""
    settings = copy(Settings())
    for name, value in changes.items():
        object.__setattr__(settings, name, value)
    return settings


@pytest.mark.parametrize(
    "changes",
    [
        {"timelock": 37 * DAY},
        {"exit_window": 7 * DAY},
        {"claim_delay": HOUR},
        {"liquidate_max_age": 2 * HOUR},
        {"attestation_age": 4 * DAY},
        {"pause_interval": 7 * DAY},
        {"minimum_deposit": 0},
    ],
)
def test_constructors_refuse_settings_that_break_a_promise(bench: Bench, changes: dict[str, int]) -> None:
    """L1-5, for each relation that the model names; governance looks for the whole system."""
    plan = plan_of(deployment())
    assert refusal(bench, "governance", replace(plan, settings=unsafe(**changes))) == "L1-5"
    assert refusal(bench, "governance", plan) == "nothing"


@pytest.mark.parametrize("missing", PARTS)
@pytest.mark.parametrize("part", PARTS)
def test_constructors_refuse_a_part_that_is_nobody(bench: Bench, part: str, missing: str) -> None:
    """L1-3."""
    assert refusal(bench, part, plan_of(deployment()), **{missing: NOBODY}) == "L1-3"


@pytest.mark.parametrize(
    ("part", "role"), [("governance", "operator"), ("governance", "guardian"), ("deposits", "revenue_owner")]
)
def test_constructors_refuse_a_role_that_nobody_holds(bench: Bench, part: str, role: str) -> None:
    """L1-3."""
    plan = plan_of(deployment())
    assert refusal(bench, part, replace(plan, roles=replace(plan.roles, **{role: NOBODY}))) == "L1-3"


@pytest.mark.parametrize("members", [(), (5, 5), (6, 5), (0, 5)])
@pytest.mark.parametrize(("part", "role"), [("governance", "governance"), ("oracle", "committee")])
def test_constructors_refuse_signers_that_are_not_sound(
    bench: Bench, part: str, role: str, members: tuple[int, ...]
) -> None:
    """L1-97; a sound list with a threshold of 0 or out of reach too."""
    plan = plan_of(deployment())
    wrong: list[Any] = [Signers(tuple(map(address, members)), 1)]
    wrong += [Signers((address(5), address(6)), threshold) for threshold in (0, 3)]
    for signers in wrong:
        assert refusal(bench, part, replace(plan, roles=replace(plan.roles, **{role: signers}))) == "L1-97"
