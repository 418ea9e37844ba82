"""
A deployed system under examination: an honest one passes every claim, and each kind of lie fails the claim it is about.

Lies are told where they would be told: in the record, in the code, in a constructor, in a key. The parts are attacked
one by one, so that no claim passes because another one fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from support.chain import running_chain
from support.deployed import deploy_tiny, failures, order, tiny_keys, undone
from web3 import Web3

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

from rollup.chain import deploy as deploying
from rollup.chain import verify as verifying
from rollup.chain.artifacts import PARTS, Artifact, artifacts
from rollup.chain.record import Record
from rollup.chain.verify import Verdict, verify


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


def place(record: Record, part: str) -> str:
    return str(getattr(record.parts, part))


def set_code(chain: Web3, where: str, code: bytes) -> None:
    order(chain, "anvil_setCode", where, "0x" + code.hex())


def test_verify_honest_system_everything_is_checked_and_passes(chain: Web3, record: Record) -> None:
    claims = verify(chain, record, tiny_keys())
    assert {claim.verdict for claim in claims} == {Verdict.PASS}, claims
    subjects = {claim.subject for claim in claims}
    assert len(subjects) == len(claims)
    for part in PARTS:
        assert {f"code of {part}", f"immutables of {part}", f"creation of {part}"} <= subjects


# -- code


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("where", ["first", "middle", "last"])
def test_verify_one_byte_of_a_part_changed_fails(part: str, where: str, chain: Web3, record: Record) -> None:
    code = bytearray(chain.eth.get_code(place(record, part)))  # type: ignore[arg-type]
    masked = _immutable_bytes(artifacts().contracts[part])
    free = [at for at in range(len(code)) if at not in masked]
    at = {"first": free[0], "middle": free[len(free) // 2], "last": free[-1]}[where]
    code[at] ^= 1
    set_code(chain, place(record, part), bytes(code))
    found = verifying._Verification(chain, record, {}, lambda: None)._code(part, artifacts().contracts[part])
    assert (found.verdict, f"first at byte {at}" in found.detail) == (Verdict.FAIL, True)


@pytest.mark.parametrize("part", PARTS)
def test_verify_any_immutable_changed_at_any_place_fails(part: str, chain: Web3, record: Record) -> None:
    """A value that stands in the code twice must be right twice."""
    artifact = artifacts().contracts[part]
    honest = bytes(chain.eth.get_code(place(record, part)))  # type: ignore[arg-type]
    for reference in artifact.immutables:
        for at in reference.places:
            code = bytearray(honest)
            code[at + 31] ^= 1
            set_code(chain, place(record, part), bytes(code))
            found = failures_of(chain, record, part)
            assert set(found) == {f"immutables of {part}"}, reference
            assert found[f"immutables of {part}"].startswith(f"{reference.name} is ")


def test_verify_immutable_that_nobody_knows_is_not_checked(
    chain: Web3, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = verifying.immutables
    monkeypatch.setattr(
        verifying, "immutables", lambda *given: {k: v for k, v in real(*given).items() if k != "vault_ceiling"}
    )
    (claim,) = [claim for claim in verify(chain, record, tiny_keys()) if claim.verdict is not Verdict.PASS]
    assert (claim.subject, claim.verdict) == ("immutables of vault", Verdict.NOT_CHECKED)
    assert "vaultCeiling" in claim.detail


@pytest.mark.parametrize("part", PARTS)
def test_verify_missing_part_fails_and_says_so(part: str, chain: Web3, record: Record) -> None:
    set_code(chain, place(record, part), b"")
    found = failures(chain, record)
    assert "there is no contract" in found[f"code of {part}"].detail


def test_verify_longer_code_fails(chain: Web3, record: Record) -> None:
    code = bytes(chain.eth.get_code(place(record, "exit")))  # type: ignore[arg-type]
    set_code(chain, place(record, "exit"), code + b"\0")
    assert {"code of exit", "immutables of exit"} <= set(failures(chain, record))


def test_verify_other_sources_fail(chain: Web3, record: Record) -> None:
    assert set(failures(chain, replace(record, sources="0" * 64))) == {"sources"}


# -- constructors


def test_verify_constructor_that_writes_more_fails(
    chain: Web3, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The code that is left behind is byte for byte honest, and the vault owes somebody a fortune all the same."""
    real = deploying._create

    def evil(chain: Web3, sender: Any, artifact: Artifact, arguments: bytes) -> Any:
        if artifact.name != "vault":
            return real(chain, sender, artifact, arguments)
        honest = bytes(chain.eth.call({"data": artifact.creation + arguments, "from": sender.address}))
        size = len(honest).to_bytes(2, "big")
        # Store 1 in slot 1; then copy what follows these fifteen bytes, and return it.
        write, leave = bytes.fromhex("6001600155"), bytes.fromhex("61") + size + bytes.fromhex("80600f5f395ff3")
        return real(chain, sender, replace(artifact, creation=write + leave + honest), b"")

    monkeypatch.setattr(deploying, "_create", evil)
    cheat = deploy_tiny(chain)
    assert int.from_bytes(chain.eth.get_storage_at(cheat.parts.vault, 1), "big") == 1  # type: ignore[arg-type]
    assert set(failures(chain, cheat)) == {"creation of vault"}


@pytest.mark.parametrize("part", PARTS)
def test_verify_part_that_was_told_of_another_system_fails(
    part: str, chain: Web3, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest of the system is honest, and one part belongs to somebody else."""
    real = deploying.constructor_arguments

    def told(plan: Any, parts: Any, token: str) -> dict[str, bytes]:
        foreign = real(plan, record.parts, token)
        return {name: foreign[name] if name == part else data for name, data in real(plan, parts, token).items()}

    monkeypatch.setattr(deploying, "constructor_arguments", told)
    found = set(failures(chain, deploy_tiny(chain)))
    assert f"creation of {part}" in found
    assert f"immutables of {part}" in found
    assert not {f"creation of {other}" for other in PARTS if other != part} & found


def test_verify_part_with_other_deadlines_fails(chain: Web3, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only governance checks how settings relate; a deployer may give the others what it likes, and is found out."""
    real = deploying.constructor_arguments

    def told(plan: Any, parts: Any, token: str) -> dict[str, bytes]:
        slow = replace(plan, settings=replace(plan.settings, forced_deadline=plan.settings.forced_deadline + 1))
        return real(plan, parts, token) | {"forced": real(slow, parts, token)["forced"]}

    monkeypatch.setattr(deploying, "constructor_arguments", told)
    found = failures(chain, deploy_tiny(chain))
    assert set(found) == {"immutables of forced", "creation of forced"}
    assert "forcedDeadline is 604801, must be 604800" in found["immutables of forced"].detail


def test_verify_transaction_of_another_part_fails(chain: Web3, record: Record) -> None:
    created = dict(record.created)
    created["exit"] = replace(created["exit"], transaction=created["vault"].transaction)
    assert set(failures(chain, replace(record, created=created))) == {"creation of exit"}


@pytest.mark.parametrize("transaction", ["0x" + "11" * 32, "0x1234", "nonsense"])
def test_verify_unknown_transaction_fails(transaction: str, chain: Web3, record: Record) -> None:
    created = dict(record.created)
    created["exit"] = replace(created["exit"], transaction=transaction)
    assert set(failures(chain, replace(record, created=created))) == {"creation of exit"}


def _immutable_bytes(artifact: Artifact) -> set[int]:
    return {at for reference in artifact.immutables for start in reference.places for at in range(start, start + 32)}


def failures_of(chain: Web3, record: Record, part: str) -> dict[str, str]:
    """What does not hold of one part; much faster than of all."""
    examined = verifying._Verification(chain, record, {}, lambda: None)
    artifact = artifacts().contracts[part]
    expected = verifying.immutables(examined.plan, examined.parts, record.token, record.chain)
    claims = [examined._code(part, artifact), examined._immutables(part, artifact, expected)]
    return {claim.subject: claim.detail for claim in claims if claim.verdict is Verdict.FAIL}
