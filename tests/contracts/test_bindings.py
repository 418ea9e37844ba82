"""The generated bindings: not stale, complete, documented, and their structs are encoded as they were meant."""

from __future__ import annotations

import sys
from dataclasses import fields, is_dataclass
from importlib.util import module_from_spec, spec_from_file_location
from inspect import getmembers, isclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

from prover import crypto
from prover.errors import UnrecoverableSignature
from prover.places import checkout
from rollup.chain import bindings
from rollup.chain.abi import (
    address,
    components,
    encoded,
    flat,
    selector,
)
from rollup.chain.artifacts import PARTS, artifacts
from rollup.chain.bindings.errors import REFUSALS
from rollup.chain.bindings.governance import ChangeKind
from rollup.chain.bindings.governance import Proposal as ProposalStruct
from rollup.chain.encoding import signature_of
from rollup.spec.shared import ERRORS

# -- the generator


def generator() -> Any:
    """tools/bindings.py, which is no package."""
    if (tools := str(checkout() / "tools")) not in sys.path:
        sys.path.append(tools)
    spec = spec_from_file_location("tools_bindings", checkout() / "tools" / "bindings.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_generate_again_changes_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["bindings.py", "--check"])
    assert generator().main() == 0, capsys.readouterr().out


def test_check_stale_file_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    tool = generator()
    real = tool.written

    def changed() -> dict[str, list[str]]:
        files: dict[str, list[str]] = real()
        return {**files, "vault": [*files["vault"], "MORE = 1"]}

    monkeypatch.setattr(tool, "written", changed)
    monkeypatch.setattr(sys, "argv", ["bindings.py", "--check"])
    assert tool.main() == 1
    assert "stale: rollup/chain/bindings/vault.py" in capsys.readouterr().out


@pytest.mark.parametrize("part", PARTS)
def test_bindings_have_every_function_and_event_of_the_part(part: str) -> None:
    abi = artifacts().contracts[part].abi
    module = generator()
    binding = getattr(bindings, part.capitalize())
    functions = {module.snake(each["name"]) for each in abi if each["type"] == "function"}
    assert functions == {name for name in vars(binding) if not name.startswith("_") and name.islower()}
    events = {each["name"] for each in abi if each["type"] == "event"}
    assert {kind.__name__ for kind in binding.EVENTS.values()} == events


@pytest.mark.parametrize("part", PARTS)
def test_bindings_are_documented(part: str) -> None:
    binding = getattr(bindings, part.capitalize())
    bare = [name for name, member in vars(binding).items() if callable(member) and not member.__doc__]
    assert bare == []


def test_refusals_are_every_error_of_the_manifest_and_of_the_contracts() -> None:
    ours = {rule: f"{name}()" for rule, name in ERRORS.items()}
    for rule, signature in ours.items():
        assert REFUSALS[selector(signature)].rule == rule
    module = generator()
    thrown = {
        selector(module.signature(each))
        for part in PARTS
        for each in artifacts().contracts[part].abi
        if each["type"] == "error"
    }
    assert thrown <= set(REFUSALS)


# -- encoding


def structs() -> list[type[Any]]:
    """Every struct that a binding has, but for events."""
    modules = [getattr(sys.modules["rollup.chain.bindings"], name) for name in (*PARTS, "structs")]
    found = {cls for module in modules for _, cls in getmembers(module, isclass) if is_dataclass(cls)}
    return sorted((cls for cls in found if not hasattr(cls, "signature")), key=lambda cls: cls.__name__)


def test_components_split_only_the_outermost_tuple() -> None:
    assert components("f(uint256,(bool,(bytes,address)[])[],bytes32[2])") == (
        "uint256",
        "(bool,(bytes,address)[])[]",
        "bytes32[2]",
    )
    assert components("f()") == ()


@given(st.lists(st.tuples(st.binary(max_size=40), st.booleans()), max_size=4), st.integers(0, 2**256 - 1))
def test_encode_nested_structs_decode_to_the_same(votes: list[tuple[bytes, bool]], number: int) -> None:
    from eth_abi.abi import decode

    types = "(uint256,(bytes,bool)[])"
    assert decode(components(types), encoded(types, [number, votes])) == (number, tuple(votes))


def test_struct_to_values_and_back_is_the_same() -> None:
    from rollup.chain.bindings.governance import Change as ChangeStruct

    proposal = ProposalStruct(ChangeStruct(ChangeKind.OPERATOR, b"data"), (address(1), address(2)), (), 7, True)
    assert ProposalStruct.of(flat(proposal)) == proposal


def test_structs_take_as_many_values_as_they_have_fields() -> None:
    assert len(structs()) >= 20
    assert all(len(fields(cls)) >= 1 for cls in structs())


@given(st.binary(min_size=32, max_size=32), st.integers(1, 2**64))
def test_signature_in_short_form_has_r_and_parity_and_s(digest: bytes, secret: int) -> None:
    from eth_keys.datatypes import PrivateKey

    made = PrivateKey(secret.to_bytes(32, "big")).sign_msg_hash(digest)
    full = made.r.to_bytes(32, "big") + made.s.to_bytes(32, "big") + bytes([27 + made.v])
    short = signature_of(full)
    number = int.from_bytes(short.vs, "big")
    assert (short.r, number >> 255, number % 2**255) == (full[:32], made.v, made.s)
    assert crypto.load().recover(digest, full) == made.recover_public_key_from_msg_hash(digest).to_canonical_address()


@pytest.mark.parametrize("bad", [b"", b"\x11" * 64, b"\x11" * 64 + b"\x00", b"\x11" * 32 + b"\xff" * 32 + b"\x1b"])
def test_signature_that_is_none_is_refused(bad: bytes) -> None:
    with pytest.raises(UnrecoverableSignature):
        signature_of(bad)
