"""
Records that lie, and keys that belong to other circuits: each fails the claim that it is about, and no other.

The code of the deployed parts is honest here; `test_chain_verify.py` is about code and constructors.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from support.chain import running_chain
from support.deployed import deploy_tiny, failures, order, tiny_keys, tiny_plan, undone
from web3 import Web3

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

from rollup.chain import verify as verifying
from rollup.chain.bindings.structs import Signers
from rollup.chain.plan import Genesis
from rollup.chain.record import Record
from rollup.chain.verify import Verdict, verify
from rollup.spec.errors import Rejected


@pytest.fixture(scope="module")
def chain() -> Iterator[Web3]:
    with running_chain() as chain:
        yield chain


@pytest.fixture(scope="module")
def record(chain: Web3) -> Record:
    return deploy_tiny(chain)


@pytest.fixture(autouse=True)
def _as_before(chain: Web3, record: Record) -> Iterator[None]:
    with undone(chain):
        yield


def other_committee(record: Record) -> Signers:
    return Signers(record.roles.committee.members[1:], 1)


LIES: dict[str, tuple[Callable[[Record], Record], set[str]]] = {
    "parameters": (
        lambda record: replace(record, parameters=replace(record.parameters, fee_cap=1)),
        {"parameters", "creation of governance"},
    ),
    "committee": (
        lambda record: replace(record, roles=replace(record.roles, committee=other_committee(record))),
        {"committee", "creation of oracle"},
    ),
    "governance": (
        lambda record: replace(record, roles=replace(record.roles, governance=other_committee(record))),
        {"governance", "creation of governance"},
    ),
    "operator": (
        lambda record: replace(record, roles=replace(record.roles, operator=record.roles.guardian)),
        {"operator", "creation of governance"},
    ),
    "guardian": (
        lambda record: replace(record, roles=replace(record.roles, guardian=record.roles.operator)),
        {"guardian", "creation of governance"},
    ),
    "revenue owner": (
        lambda record: replace(record, roles=replace(record.roles, revenue_owner=record.roles.operator)),
        {"revenue owner", "creation of deposits"},
    ),
    "providers": (
        lambda record: replace(record, roles=replace(record.roles, providers=(record.roles.operator,))),
        {"providers", "creation of governance"},
    ),
    "a provider kept quiet": (
        lambda record: replace(record, roles=replace(record.roles, providers=())),
        {"creation of governance"},
    ),
    "genesis owners": (
        lambda record: replace(
            record,
            genesis=Genesis(record.genesis.fund + 1, record.genesis.revenue),
            genesis_root=Genesis(record.genesis.fund + 1, record.genesis.revenue).root(record.profile),
        ),
        {"genesis", "creation of clearing"},
    ),
    "genesis root": (lambda record: replace(record, genesis_root=5), {"genesis"}),
    "chain": (
        lambda record: replace(record, chain=1337),
        {"chain", "immutables of clearing", "immutables of attestations", "immutables of exit", "immutables of oracle"},
    ),
    "token": (
        lambda record: replace(record, token=record.parts.vault),
        {"token", "immutables of vault", "creation of vault"},
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_verify_record_that_lies_fails(lie: str, chain: Web3, record: Record) -> None:
    tell, expected = LIES[lie]
    assert set(failures(chain, tell(record))) == expected


def test_verify_token_that_is_not_ours_is_left_to_the_reader(chain: Web3, record: Record) -> None:
    claims = verify(chain, replace(record, token_is_ours=False), tiny_keys())
    (open_,) = [claim for claim in claims if claim.verdict is not Verdict.PASS]
    assert (open_.subject, open_.verdict) == ("token", Verdict.NOT_CHECKED)


def test_verify_token_whose_decimals_revert_fails(chain: Web3, record: Record) -> None:
    set_code(chain, record.token, bytes.fromhex("5f5ffd"))
    found = failures(chain, replace(record, token_is_ours=False))
    assert "no token with 6 decimals" in found["token"].detail


def test_verify_record_of_a_later_block_fails(chain: Web3, record: Record) -> None:
    """Whoever reads logs from there on misses those before."""
    created = dict(record.created)
    created["vault"] = replace(created["vault"], block=created["vault"].block + 1)
    assert set(failures(chain, replace(record, created=created))) == {"creation of vault"}


def test_verify_play_money_with_other_code_fails(chain: Web3, record: Record) -> None:
    code = bytearray(chain.eth.get_code(record.token))  # type: ignore[arg-type]
    code[-1] ^= 1
    set_code(chain, record.token, bytes(code))
    assert set(failures(chain, record)) == {"token"}


def test_verify_settings_without_time_to_leave_cannot_even_be_said(record: Record) -> None:
    """L1-5: the record of a system whose timelock is shorter than its exit window is refused when it is read."""
    with pytest.raises(Rejected, match="L1-5"):
        replace(record.settings, timelock=record.settings.exit_window)


def test_verify_state_that_began_elsewhere_fails(chain: Web3) -> None:
    """The record is honest about the owners, the root is of a state in which somebody is rich."""
    cheat = deploy_tiny(chain, genesis_root=77)
    assert set(failures(chain, cheat)) == {"genesis", "creation of clearing"}
    quiet = replace(cheat, genesis_root=cheat.genesis.root(cheat.profile))
    assert set(failures(chain, quiet)) == {"genesis", "creation of clearing"}


# -- keys


def set_code(chain: Web3, where: str, code: bytes) -> None:
    order(chain, "anvil_setCode", where, "0x" + code.hex())


def swapped(record: Record, one: int, other: int) -> tuple[Any, ...]:
    keys = list(record.keys)
    keys[one], keys[other] = (
        replace(keys[one], name=keys[other].name),
        replace(keys[other], name=keys[one].name),
    )
    return tuple(keys)


def test_verify_key_of_another_circuit_fails(chain: Web3) -> None:
    """Trade and liquidate steps have as many public inputs: the registry cannot tell, the sources can."""
    trade, funds, liquidate, *rest = tiny_plan(chain).keys
    keys = (replace(liquidate, kind=trade.kind), funds, replace(trade, kind=liquidate.kind), *rest)
    cheat = deploy_tiny(chain, keys=keys)
    assert set(failures(chain, cheat)) == {"circuit of trade", "circuit of liquidate"}


def test_verify_record_that_swaps_keys_fails(chain: Web3, record: Record) -> None:
    found = set(failures(chain, replace(record, keys=swapped(record, 0, 2))))
    assert {"key of trade", "key of liquidate", "creation of verifiers"} <= found


def test_verify_circuit_that_changed_since_fails(chain: Web3, record: Record) -> None:
    """The key that belongs to the circuit compiled here is another one than the registry's."""
    *others, escape = tiny_keys()
    others.append(replace(escape, data=escape.data[:-1] + bytes([escape.data[-1] ^ 1])))
    assert set(failures(chain, record, tuple(others))) == {"circuit of escape"}


def test_verify_bytes_of_a_key_changed_on_chain_fail(chain: Web3, record: Record) -> None:
    system = verifying.System.at(chain, record.parts)
    where = system.verifiers.key_data(record.keys[0].kind)
    code = bytearray(chain.eth.get_code(where))  # type: ignore[arg-type]
    code[40] ^= 1
    set_code(chain, where, bytes(code))
    assert set(failures(chain, record)) == {"key of trade", "creation of verifiers"}


def test_verify_without_keys_says_what_it_did_not_check(chain: Web3, record: Record) -> None:
    claims = verify(chain, record, ())
    unchecked = [claim for claim in claims if claim.verdict is Verdict.NOT_CHECKED]
    assert [claim.subject for claim in unchecked] == [f"circuit of {key.kind.name.lower()}" for key in record.keys]
    assert all("--keys" in claim.detail for claim in unchecked)


def test_verify_development_keys_off_local_chains_fail(chain: Web3, record: Record) -> None:
    found = failures(chain, replace(record, chain=5))
    assert {f"circuit of {key.kind.name.lower()}" for key in record.keys} <= set(found)
    assert "everybody can forge" in found["circuit of trade"].detail
    assert "play money" in found["token"].detail


def test_claims_of_a_lie_are_readable(chain: Web3, record: Record) -> None:
    """Whoever reads a failure sees both sides of it."""
    found = failures(chain, LIES["operator"][0](record))
    assert record.roles.operator in found["operator"].detail
    assert record.roles.guardian in found["operator"].detail
    assert "the record makes" in found["creation of governance"].detail
    assert json.loads(json.dumps([claim.detail for claim in found.values()]))
