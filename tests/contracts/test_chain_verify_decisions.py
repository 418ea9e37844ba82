"""
What people decide about a system after its code is honest: bad settings, changes on their way, a pause, a freeze.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace

import pytest
from support.chain import running_chain
from support.deployed import account, deploy_tiny, failures, order, system_of, tiny_keys, undone
from web3 import Web3

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

from rollup.chain.abi import NodeAccount, address
from rollup.chain.bindings.governance import Change, ChangeKind
from rollup.chain.decisions import WORSE, judged
from rollup.chain.plan import LOCAL_CHAINS
from rollup.chain.record import Record
from rollup.chain.verify import Claim, Verdict, verify
from rollup.spec.settlement.settings import CHANGE_GRACE, DAY, HOUR, Settings

ETHEREUM = 1
SHORT = Settings(timelock=2 * DAY, exit_window=DAY, forced_deadline=HOUR)
THIEF = (0xBAD).to_bytes(32, "big")


@pytest.fixture(scope="module")
def chain() -> Iterator[Web3]:
    with running_chain() as chain:
        yield chain


@pytest.fixture(scope="module")
def record(chain: Web3) -> Record:
    return deploy_tiny(chain, settings=SHORT)


@pytest.fixture(autouse=True)
def _as_before(chain: Web3, record: Record) -> Iterator[None]:
    with undone(chain):
        yield


def claims_of(chain: Web3, record: Record) -> dict[str, Claim]:
    return {claim.subject: claim for claim in verify(chain, record, tiny_keys())}


def not_passed(chain: Web3, record: Record) -> dict[str, Claim]:
    return {name: claim for name, claim in claims_of(chain, record).items() if claim.verdict is not Verdict.PASS}


def approved(chain: Web3, record: Record, data: bytes = THIEF) -> int:
    """A new operator, with as many approvals as it takes; its number."""
    governance, members = system_of(chain, record).governance, record.roles.governance.members
    number = governance.proposal_count()
    governance.propose(Change(ChangeKind.OPERATOR, data)).send(NodeAccount(address(members[0])))
    governance.approve(number).send(NodeAccount(address(members[1])))
    return number


def later(chain: Web3, seconds: int) -> None:
    order(chain, "evm_increaseTime", seconds)
    order(chain, "evm_mine")


# -- changes


def test_verify_change_that_was_proposed_only_passes(chain: Web3, record: Record) -> None:
    member = NodeAccount(address(record.roles.governance.members[0]))
    system_of(chain, record).governance.propose(Change(ChangeKind.OPERATOR, THIEF)).send(member)
    assert not not_passed(chain, record)


def test_verify_change_that_is_queued_is_told_with_its_due_date(chain: Web3, record: Record) -> None:
    number = approved(chain, record)
    found = not_passed(chain, record)
    assert {name: claim.verdict for name, claim in found.items()} == {f"change {number}": Verdict.NOT_CHECKED}
    detail = found[f"change {number}"].detail
    assert "operator" in detail
    assert THIEF.hex() in detail
    assert "from 20" in detail


def test_verify_change_that_is_due_fails_until_it_is_void(chain: Web3, record: Record) -> None:
    """Every role still is as recorded, and anyone may give the system away in the next block."""
    number = approved(chain, record)
    later(chain, SHORT.timelock)
    found = failures(chain, record)
    assert set(found) == {f"change {number}"}
    assert "anyone may execute it at once" in found[f"change {number}"].detail
    later(chain, CHANGE_GRACE)
    assert not not_passed(chain, record)


def test_verify_change_that_was_cancelled_passes(chain: Web3, record: Record) -> None:
    number = approved(chain, record)
    for member in record.roles.governance.members[:2]:
        system_of(chain, record).governance.oppose(number).send(NodeAccount(address(member)))
    assert not not_passed(chain, record)


def test_verify_change_that_was_executed_fails_where_it_changed_something(chain: Web3, record: Record) -> None:
    number = approved(chain, record)
    later(chain, SHORT.timelock)
    system_of(chain, record).governance.execute(number).send(account(chain, 0))
    assert set(failures(chain, record)) == {"operator"}


def test_verify_second_change_behind_a_void_one_is_found(chain: Web3, record: Record) -> None:
    approved(chain, record)
    later(chain, SHORT.timelock + CHANGE_GRACE)
    number = approved(chain, record)
    assert set(not_passed(chain, record)) == {f"change {number}"}


# -- pause and freeze


def test_verify_paused_system_says_until_when(chain: Web3, record: Record) -> None:
    system_of(chain, record).governance.pause(HOUR).send(NodeAccount(address(record.roles.guardian)))
    found = not_passed(chain, record)
    assert {name: claim.verdict for name, claim in found.items()} == {"pause": Verdict.NOT_CHECKED}
    later(chain, HOUR)
    assert not not_passed(chain, record)


def test_verify_frozen_system_fails(chain: Web3, record: Record) -> None:
    """Nothing changes any more, whatever was approved."""
    approved(chain, record)
    later(chain, record.settings.liveness_deadline + 1)
    system_of(chain, record).attestations.freeze().send(account(chain, 0))
    found = failures(chain, record)
    assert set(found) == {"freeze"}
    assert "frozen since 20" in found["freeze"].detail


# -- settings


def test_verify_short_times_of_a_local_chain_pass_and_are_told(chain: Web3, record: Record) -> None:
    claim = claims_of(chain, record)["settings"]
    assert claim.verdict is Verdict.PASS
    assert f"timelock is {2 * DAY}, by default {45 * DAY}" in claim.detail


def test_verify_short_times_off_local_chains_fail(chain: Web3, record: Record) -> None:
    found = claims_of(chain, replace(record, chain=ETHEREUM))
    assert found["setting timelock"].verdict is Verdict.FAIL
    assert found["setting exit_window"].verdict is Verdict.FAIL
    assert found["setting forced_deadline"].verdict is Verdict.NOT_CHECKED


def test_judge_defaults_passes_on_every_chain() -> None:
    for chain in (ETHEREUM, *LOCAL_CHAINS):
        (claim,) = judged(Settings(), chain)
        assert (claim.subject, claim.verdict) == ("settings", Verdict.PASS)


def test_judge_knows_every_setting() -> None:
    assert set(WORSE) == {field.name for field in fields(Settings)}


@pytest.mark.parametrize(
    ("name", "value", "verdict"),
    [
        ("max_age", 2 * HOUR, Verdict.FAIL),
        ("liquidate_max_age", HOUR, Verdict.FAIL),
        ("liquidate_max_age", 60, Verdict.NOT_CHECKED),
        ("attestation_age", 2 * DAY, Verdict.FAIL),
        ("insolvency_deadline", 999 * DAY, Verdict.FAIL),
        ("deposit_window", 2 * DAY, Verdict.FAIL),
        ("deposit_window", 4 * DAY, Verdict.FAIL),
        ("forced_deadline", 8 * DAY, Verdict.FAIL),
        ("liveness_deadline", 999 * DAY, Verdict.FAIL),
        ("claim_delay", 2 * DAY, Verdict.FAIL),
        ("claim_window", 1, Verdict.FAIL),
        ("claim_window", 61 * DAY, Verdict.FAIL),
        ("late_account_delay", 0, Verdict.FAIL),
        ("escape_price_delay", 0, Verdict.FAIL),
        ("exit_window", 36 * DAY, Verdict.FAIL),
        ("exit_window", 38 * DAY, Verdict.NOT_CHECKED),
        ("timelock", 44 * DAY, Verdict.FAIL),
        ("timelock", 46 * DAY, Verdict.NOT_CHECKED),
        ("pause_limit", 8 * DAY, Verdict.FAIL),
        ("pause_interval", 29 * DAY, Verdict.FAIL),
        ("forced_per_block", 1, Verdict.FAIL),
        ("forced_fee", 10**21, Verdict.FAIL),
        ("forced_doubling", 1, Verdict.FAIL),
        ("minimum_deposit", 10**12, Verdict.FAIL),
        ("vault_ceiling", 10**12, Verdict.NOT_CHECKED),
    ],
)
def test_judge_one_setting_off_local_chains_is_named_with_both_values(name: str, value: int, verdict: Verdict) -> None:
    settings = replace(Settings(), **{name: value})
    (claim,) = judged(settings, ETHEREUM)
    assert (claim.subject, claim.verdict) == (f"setting {name}", verdict)
    assert f"is {value}, by default {getattr(Settings(), name)}" in claim.detail
    for local in LOCAL_CHAINS:
        (told,) = judged(settings, local)
        assert told.verdict is Verdict.PASS
        assert f"{name} is {value}, by default" in told.detail
