"""Circuits compile into witness programs that take named inputs and refuse wrong ones by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import prover.witness
from prover.circuits import Circuit, UnknownCircuit, circuit, circuits, compiled
from prover.errors import AssertionFailed, WrongSignal
from prover.reference.field import R
from prover.reference.poseidon import poseidon
from prover.reference.tree8 import Tree8
from prover.witness import Calculator

NODE_TAG = 1


@pytest.fixture(scope="session")
def calculator() -> Calculator:
    return Calculator(compiled(circuit("membership", "tiny")))


@pytest.fixture
def inputs() -> dict[str, Any]:
    secret, index = 5, 0o730
    tree = Tree8(3, NODE_TAG)
    tree.update({index: poseidon([secret]), 0o731: 1, 0o700: 2, 0: 3})
    proof = tree.proof(index)
    return {
        "root": tree.root,
        "nullifier": poseidon([secret, 1]),
        "secret": secret,
        "digit": [index >> 3 * level & 7 for level in range(3)],
        "sibling": [list(level) for level in proof.siblings],
    }


def test_witness_when_inputs_fit_holds_the_public_signals(calculator: Calculator, inputs: dict[str, Any]) -> None:
    witness = calculator.witness(inputs)
    assert len(witness) == calculator.compiled.header.wires
    assert [witness[wire] for wire in range(3)] == [1, inputs["root"], inputs["nullifier"]]


def test_witness_when_computed_without_native_inversion_is_the_same(
    calculator: Calculator, inputs: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = calculator.witness(inputs)
    monkeypatch.setattr(prover.witness, "witness_inverse_address", None)
    assert Calculator(calculator.compiled).witness(inputs) == expected


def test_witness_when_asked_twice_shares_nothing(calculator: Calculator, inputs: dict[str, Any]) -> None:
    first = calculator.witness(inputs)
    with pytest.raises(AssertionFailed):
        calculator.witness({**inputs, "root": 1})
    assert calculator.witness(inputs) == first


@pytest.mark.parametrize(
    ("signal", "value", "named"),
    [
        ("root", -1, "root"),
        ("root", R, "root"),
        ("root", "1", "root"),
        ("root", [1], "root"),
        ("digit", [0, 1], "digit"),
        ("digit", 7, "digit"),
        ("digit", [0, 1, R], "digit[2]"),
        ("sibling", [[0] * 7, [0] * 7, [0] * 6], "sibling[2]"),
        ("sibling", [[0] * 7, [0] * 6 + [-1], [0] * 7], "sibling[1][6]"),
        ("extra", 1, "extra"),
    ],
)
def test_witness_when_an_input_is_wrong_names_signal_and_index(
    signal: str, value: object, named: str, calculator: Calculator, inputs: dict[str, Any]
) -> None:
    with pytest.raises(WrongSignal) as caught:
        calculator.witness({**inputs, signal: value})
    assert caught.value.signal == named


def test_witness_when_an_input_is_missing_names_it(calculator: Calculator, inputs: dict[str, Any]) -> None:
    del inputs["nullifier"]
    with pytest.raises(WrongSignal) as caught:
        calculator.witness(inputs)
    assert caught.value.signal == "nullifier"


def test_witness_when_an_assertion_fails_names_template_and_line(
    calculator: Calculator, inputs: dict[str, Any]
) -> None:
    with pytest.raises(AssertionFailed) as caught:
        calculator.witness({**inputs, "digit": [0, 3, 8]})
    assert caught.value.trace[0].startswith("Error in template Place8_")
    assert "line:" in caught.value.trace[0]


def test_write_when_done_leaves_a_file_that_others_read(
    calculator: Calculator, inputs: dict[str, Any], tmp_path: Path
) -> None:
    from prover import toolchain

    calculator.witness(inputs).write(tmp_path / "a.wtns")
    arguments = ["wtns", "check", str(calculator.compiled.r1cs), str(tmp_path / "a.wtns")]
    assert "WITNESS IS CORRECT" in toolchain.run(toolchain.snarkjs(), arguments)


def test_manifest_when_read_lists_only_files_that_exist() -> None:
    from prover.places import checkout

    for listed in circuits().values():
        text = (checkout() / "circuits" / listed.file).read_text()
        assert f"template {listed.template}(" in text


def test_circuit_when_unknown_lists_the_known_ones() -> None:
    with pytest.raises(UnknownCircuit) as caught:
        circuit("membership", "huge")
    assert "signatures (small)" in str(caught.value)


def test_main_when_written_names_template_and_public_inputs() -> None:
    listed = Circuit("x", "tiny", "lib/x.circom", "X", (2, 3), ("a", "b"))
    assert "component main {public [a, b]} = X(2, 3);" in listed.main()


def test_key_when_an_included_file_changes_differs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import prover.circuits as module

    (tmp_path / "circuits").mkdir()
    (tmp_path / "circuits" / "a.circom").write_text('include "b.circom";\ntemplate A() { signal input x; }')
    library = tmp_path / "circuits" / "b.circom"
    library.write_text("// one")
    monkeypatch.setattr(module, "checkout", lambda: tmp_path)
    listed = Circuit("a", "tiny", "a.circom", "A", (), ())
    before = module._key(listed, module._sources(listed))
    library.write_text("// two")
    assert module._key(listed, module._sources(listed)) != before
