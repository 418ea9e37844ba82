"""
The ladder from a circuit to a verified proof, on three sizes.

Constraints hold (as polynomials on the smallest, natively on all) → every prover and engine proves → every verifier
accepts, the Solidity one on a real chain included → and refuses once anything is changed.
"""

from __future__ import annotations

import copy
import json
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from prover import toolchain
from prover.backends import Proved, backend
from prover.backends.native import NativeBackend
from prover.benchmarks.proving import signature_inputs
from prover.circuits import circuit, compiled
from prover.errors import MalformedFile, NotAFieldElement, ToolFailed, UnsatisfiedConstraint, WrongLength
from prover.reference import groth16, qap
from prover.reference.field import R
from prover.reference.poseidon import poseidon
from prover.reference.r1cs_file import read_constraints
from prover.setup.dev import ProvingKey, dev_key
from prover.witness import Calculator, Witness

native = pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")


def place_inputs() -> dict[str, Any]:
    return {"value": 99, "place": 5, "sibling": [10, 11, 12, 13, 14, 15, 16]}


def membership_inputs(depth: int) -> dict[str, Any]:
    node, siblings, digits = poseidon([7]), [], []
    for level in range(depth):
        digits.append((3 * level + 1) % 8)
        siblings.append([level * 10 + k for k in range(7)])
        children = [*siblings[-1]]
        children.insert(digits[-1], node)
        node = poseidon(children, 1)
    return {"root": node, "nullifier": poseidon([7, 1]), "secret": 7, "digit": digits, "sibling": siblings}


INPUTS = {
    ("place", "tiny"): place_inputs(),
    ("membership", "tiny"): membership_inputs(3),
    ("signatures", "small"): signature_inputs(14),
}
"""Three sizes: a few constraints, two thousand, and a domain of 2^16."""


@pytest.fixture(scope="module", params=sorted(INPUTS), ids="-".join)
def key(request: pytest.FixtureRequest) -> ProvingKey:
    return dev_key(compiled(circuit(*request.param)))


@pytest.fixture(scope="module")
def witness(key: ProvingKey) -> Witness:
    target = key.compiled.circuit
    return Calculator(key.compiled).witness(INPUTS[target.name, target.profile])


@pytest.fixture(scope="module")
def proved(key: ProvingKey, witness: Witness) -> Proved:
    return backend("native").prove(key, witness)


def altered(witness: Witness, wire: int, value: int) -> Witness:
    wires = bytearray(witness.wires)
    wires[wire * 32 : (wire + 1) * 32] = value.to_bytes(32, "little")
    return Witness(bytes(wires))


def engines() -> list[str]:
    flags = Path("/proc/cpuinfo").read_text() if platform.machine() == "x86_64" else ""
    return ["portable", "ark", "taceo", *(["ifma"] if "avx512ifma" in flags else [])]


def test_quotient_when_witness_is_good_satisfies_the_identity() -> None:
    target = compiled(circuit("place", "tiny"))
    system = read_constraints(target.r1cs)
    witness = Calculator(target).witness(place_inputs())
    values = [witness[wire] for wire in range(len(witness))]
    h = qap.quotient(system, values)
    assert qap.holds(system, values, h)
    values[-1] = (values[-1] + 1) % R
    assert not qap.holds(system, values, h)


def test_check_when_any_wire_is_changed_names_a_constraint(key: ProvingKey, witness: Witness) -> None:
    constraints = native.Constraints(key.compiled.r1cs)
    constraints.check(witness.wires)
    for wire in {1, len(witness) // 2, len(witness) - 1}:
        with pytest.raises(UnsatisfiedConstraint) as caught:
            constraints.check(altered(witness, wire, (witness[wire] + 1) % R).wires)
        assert 0 <= caught.value.constraint < key.compiled.header.constraints


@pytest.mark.parametrize("engine", engines())
def test_prove_when_engine_is_forced_verifies_everywhere(engine: str, key: ProvingKey, witness: Witness) -> None:
    prover = NativeBackend(engine)
    made = prover.prove(key, witness)
    assert prover.prover(key).engine == engine
    assert native.groth16_verify(key.verification.read_text(), json.dumps(made.proof), json.dumps(strings(made)))
    assert groth16.verify(key.verification_key, made.public, made.points)


def test_prove_when_repeated_gives_another_proof(key: ProvingKey, witness: Witness, proved: Proved) -> None:
    again = backend("native").prove(key, witness)
    assert again.proof != proved.proof
    assert again.public == proved.public


def test_prove_by_snarkjs_when_given_our_key_verifies_natively() -> None:
    key = dev_key(compiled(circuit("membership", "tiny")))
    made = backend("snarkjs").prove(key, Calculator(key.compiled).witness(membership_inputs(3)))
    assert native.groth16_verify(key.verification.read_text(), json.dumps(made.proof), json.dumps(strings(made)))


def test_prove_when_witness_is_none_says_which_constraint(key: ProvingKey, witness: Witness) -> None:
    with pytest.raises(UnsatisfiedConstraint):
        backend("native").prove(key, altered(witness, 1, (witness[1] + 1) % R))


def test_prove_when_witness_is_of_another_circuit_is_refused(key: ProvingKey) -> None:
    with pytest.raises((WrongLength, MalformedFile)):
        backend("native").prove(key, Witness(bytes(32 * 5)))


def test_prove_when_a_wire_is_not_reduced_is_refused(key: ProvingKey, witness: Witness) -> None:
    with pytest.raises((NotAFieldElement, MalformedFile)):
        backend("native").prove(key, altered(witness, 2, witness[2] + R if witness[2] + R < 2**256 else R))


def strings(made: Proved) -> list[str]:
    return [str(value) for value in made.public]


def tampered(made: Proved) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
    """Each part of a proof and each kind of public input, changed into something still well-formed."""
    public = strings(made)
    for place in range(len(public)):
        changed = list(public)
        changed[place] = str((int(public[place]) + 1) % R)
        yield f"public {place}", dict(made.proof), changed
    swapped = copy.deepcopy(dict(made.proof))
    swapped["pi_a"], swapped["pi_c"] = swapped["pi_c"], swapped["pi_a"]
    yield "a and c swapped", swapped, public
    for part in ("pi_a", "pi_c"):
        negated = copy.deepcopy(dict(made.proof))
        negated[part][1] = str(Q - int(negated[part][1]))
        yield f"{part} negated", negated, public
    negated = copy.deepcopy(dict(made.proof))
    negated["pi_b"][1] = [str((Q - int(half)) % Q) for half in negated["pi_b"][1]]
    yield "pi_b negated", negated, public


Q = 21888242871839275222246405745257275088696311157297823662689037894645226208583


def test_verify_when_anything_is_changed_refuses(key: ProvingKey, proved: Proved) -> None:
    vkey = key.verification.read_text()
    for what, proof, public in tampered(proved):
        assert not native.groth16_verify(vkey, json.dumps(proof), json.dumps(public)), what
        points = groth16.Groth16Proof.from_document(proof)
        assert not groth16.verify(key.verification_key, [int(value) for value in public], points), what


def test_verify_by_snarkjs_when_anything_is_changed_refuses(tmp_path: Path) -> None:
    key = dev_key(compiled(circuit("place", "tiny")))
    made = backend("native").prove(key, Calculator(key.compiled).witness(place_inputs()))
    assert snarkjs_accepts(key.verification, dict(made.proof), strings(made), tmp_path)
    for what, proof, public in tampered(made):
        assert not snarkjs_accepts(key.verification, proof, public, tmp_path), what
    document = json.loads(key.verification.read_text())
    document["IC"].reverse()
    (tmp_path / "key.json").write_text(json.dumps(document))
    assert not snarkjs_accepts(tmp_path / "key.json", dict(made.proof), strings(made), tmp_path)


def snarkjs_accepts(key: Path, proof: dict[str, Any], public: list[str], directory: Path) -> bool:
    files = directory / "public.json", directory / "proof.json"
    files[0].write_text(json.dumps(public))
    files[1].write_text(json.dumps(proof))
    try:
        output = toolchain.run(toolchain.snarkjs(), ["groth16", "verify", str(key), *map(str, files)])
    except ToolFailed as failure:
        assert "Invalid proof" in failure.output, failure
        return False
    return "OK!" in output


@pytest.mark.parametrize("size", [0, 3, 11, 60, 1_000])
def test_open_when_a_file_is_cut_short_names_it(size: int, tmp_path: Path) -> None:
    key = dev_key(compiled(circuit("place", "tiny")))
    for source, opened in (
        (key.zkey, native.Groth16Prover),
        (key.zkey, native.groth16_verification_key),
        (key.compiled.r1cs, native.Constraints),
        (key.compiled.r1cs, read_constraints),
    ):
        short = tmp_path / source.name
        short.write_bytes(source.read_bytes()[:size])
        with pytest.raises(MalformedFile) as caught:
            opened(short)
        assert source.name in caught.value.path


def test_open_when_files_are_exchanged_refuses(tmp_path: Path) -> None:
    key = dev_key(compiled(circuit("place", "tiny")))
    with pytest.raises(MalformedFile):
        native.Groth16Prover(key.compiled.r1cs)
    with pytest.raises(MalformedFile):
        native.Constraints(key.zkey)
    with pytest.raises((MalformedFile, WrongLength)):
        native.Groth16Prover(key.zkey, None, compiled(circuit("membership", "tiny")).r1cs)


def test_verify_when_the_key_is_of_another_circuit_refuses(proved: Proved, key: ProvingKey) -> None:
    document = json.loads(key.verification.read_text())
    document["IC"][0], document["IC"][1] = document["IC"][1], document["IC"][0]
    assert not native.groth16_verify(json.dumps(document), json.dumps(proved.proof), json.dumps(strings(proved)))
    other = groth16.VerificationKey.from_document(document)
    assert not groth16.verify(other, proved.public, proved.points)


def test_verify_when_a_public_input_is_not_reduced_raises(key: ProvingKey, proved: Proved) -> None:
    public = [str(proved.public[0] + R), *strings(proved)[1:]]
    with pytest.raises(NotAFieldElement):
        native.groth16_verify(key.verification.read_text(), json.dumps(proved.proof), json.dumps(public))
    with pytest.raises(NotAFieldElement):
        groth16.verify(key.verification_key, [int(value) for value in public], proved.points)


def test_verify_many_when_one_of_several_is_bad_refuses_all(key: ProvingKey, proved: Proved, witness: Witness) -> None:
    vkey = key.verification.read_text()
    items = [
        (0, json.dumps(made.proof), json.dumps(strings(made)))
        for made in (proved, backend("native").prove(key, witness))
    ]
    assert native.groth16_verify_many([vkey], items)
    _, proof, public = next(tampered(proved))
    assert not native.groth16_verify_many([vkey], [*items, (0, json.dumps(proof), json.dumps(public))])
