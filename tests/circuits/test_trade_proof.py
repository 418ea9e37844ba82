"""A trade step proven: the native proof verifies, and not once any public input or the proof is changed."""

from __future__ import annotations

import json

import pytest
from support.trade_worlds import board, rich_step, trade

from prover.backends import Proved, backend
from prover.errors import UnsatisfiedConstraint
from prover.reference import groth16
from prover.reference.field import R
from prover.setup.dev import ProvingKey, dev_key
from prover.witness import Witness
from rollup.spec.shared import PUBLIC_INPUTS
from rollup.spec.step import Applied
from rollup.witness.trade import trade_inputs

native = pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")


@pytest.fixture(scope="module")
def key() -> ProvingKey:
    return dev_key(trade().compiled)


@pytest.fixture(scope="module")
def applied() -> Applied:
    return rich_step()


@pytest.fixture(scope="module")
def proved(key: ProvingKey, applied: Applied) -> Proved:
    return backend("native").prove(key, trade().witness(trade_inputs(applied)))


def verifies(key: ProvingKey, proved: Proved, public: list[int]) -> bool:
    proof, texts = json.dumps(dict(proved.proof)), json.dumps([str(value) for value in public])
    return bool(native.groth16_verify(key.verification.read_text(), proof, texts))


def test_proof_of_a_step_verifies_with_the_laws_public_inputs(
    key: ProvingKey, proved: Proved, applied: Applied
) -> None:
    public = list(applied.public_inputs.values())
    assert list(proved.public) == public
    assert verifies(key, proved, public)
    assert groth16.verify(key.verification_key, public, proved.points)


@pytest.mark.parametrize("place", range(12), ids=PUBLIC_INPUTS["step"])
def test_proof_with_a_public_input_changed_is_refused(
    key: ProvingKey, proved: Proved, applied: Applied, place: int
) -> None:
    public = list(applied.public_inputs.values())
    for other in (public[place] + 1, 0, public[place - 1]):
        changed = [*public[:place], other % R, *public[place + 1 :]]
        assert not verifies(key, proved, changed)


def test_proof_of_another_step_is_refused(key: ProvingKey, proved: Proved, applied: Applied) -> None:
    world = board()
    world.trade()
    other = list(rich_step(world).public_inputs.values())
    assert other != list(applied.public_inputs.values())
    assert not verifies(key, proved, other)


def test_witness_with_a_wire_changed_is_not_proven(key: ProvingKey, applied: Applied) -> None:
    made = trade().witness(trade_inputs(applied))
    for wire in (1, 13, len(made) // 2, len(made) - 1):
        wires = bytearray(made.wires)
        wires[wire * 32 : wire * 32 + 32] = ((made[wire] + 1) % R).to_bytes(32, "little")
        with pytest.raises(UnsatisfiedConstraint):
            backend("native").prove(key, Witness(bytes(wires)))
