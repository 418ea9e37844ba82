"""Groth16 verification on a real snarkjs proof, and every malformed or unsafe file."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from support.vectors import GROTH16

from prover.errors import MalformedFile, NotAFieldElement, PointNotOnCurve, ScalarOutOfRange, UnsafeKey, WrongLength
from prover.reference import bn254
from prover.reference.bn254 import G1, G2, G1Point, G2Point, Q
from prover.reference.field import R
from prover.reference.groth16 import Groth16Proof, VerificationKey, public_inputs, verify


def load(name: str) -> Any:
    return json.loads((GROTH16 / name).read_text())


KEY = VerificationKey.read(GROTH16 / "verification_key.json")
PROOF = Groth16Proof.read(GROTH16 / "proof.json")
INPUTS = public_inputs(GROTH16 / "public.json")

INFINITY1 = ["0", "1", "0"]
INFINITY2 = [["0", "0"], ["1", "0"], ["0", "0"]]
GENERATOR2 = [[str(c) for c in G2.x], [str(c) for c in G2.y], ["1", "0"]]
OUTSIDE = G2Point(
    (1, 0),
    (
        18278151005453108793778860132295291098363647455926340152056652516292830556603,
        5912654199736721486680175016176231956195085055698687135131307249486702594212,
    ),
)
"""On the twist, but not of order r."""


def opposite(point: list[list[str]]) -> list[list[str]]:
    """Minus a point of G2, as snarkjs writes it."""
    x, y, z = point
    return [x, [str(-int(half) % Q) for half in y], z]


def key_with(**members: Any) -> VerificationKey:
    return VerificationKey.from_document({**load("verification_key.json"), **members}, "key.json")


def proof_with(**members: Any) -> Groth16Proof:
    return Groth16Proof.from_document({**load("proof.json"), **members}, "proof.json")


def test_verify_of_snarkjs_proof_is_true() -> None:
    assert INPUTS == [391, 42]
    assert KEY.inputs == 2
    assert verify(KEY, INPUTS, PROOF)


def test_verify_with_anything_changed_is_false() -> None:
    assert not verify(KEY, [392, 42], PROOF)
    assert not verify(KEY, [391, 43], PROOF)  # an input that only the square of the label uses
    assert not verify(KEY, [42, 391], PROOF)
    assert not verify(KEY, INPUTS, Groth16Proof(bn254.negate(PROOF.a), PROOF.b, PROOF.c))
    assert not verify(KEY, INPUTS, Groth16Proof(PROOF.c, PROOF.b, PROOF.a))


def test_verify_of_points_at_infinity_is_false() -> None:
    infinity = proof_with(pi_a=INFINITY1, pi_b=INFINITY2, pi_c=INFINITY1)
    assert infinity.a.is_infinity
    assert infinity.b.is_infinity
    assert not verify(KEY, INPUTS, infinity)


@pytest.mark.parametrize("value", [391 + R, -1, R])
def test_verify_with_an_input_outside_the_field_raises_with_the_value(value: int) -> None:
    with pytest.raises(NotAFieldElement) as raised:
        verify(KEY, [value, 42], PROOF)
    assert raised.value.value == value


@pytest.mark.parametrize("count", [0, 1, 3])
def test_verify_with_another_number_of_inputs_raises(count: int) -> None:
    with pytest.raises(WrongLength) as raised:
        verify(KEY, [1] * count, PROOF)
    assert (raised.value.expected, raised.value.actual) == ("2", count)


def test_key_without_contribution_is_refused() -> None:
    path = GROTH16 / "verification_key_uncontributed.json"
    with pytest.raises(UnsafeKey) as raised:
        VerificationKey.read(path)
    assert raised.value.path == str(path)
    assert "gamma and delta" in raised.value.reason


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"vk_alpha_1": INFINITY1}, "alpha"),
        ({"vk_beta_2": INFINITY2}, "beta"),
        ({"vk_gamma_2": INFINITY2}, "gamma"),
        ({"vk_delta_2": INFINITY2}, "delta"),
        ({"vk_gamma_2": load("verification_key.json")["vk_delta_2"]}, "gamma and delta"),
        ({"vk_delta_2": GENERATOR2, "vk_gamma_2": load("verification_key.json")["vk_beta_2"]}, "generator"),
        ({"vk_gamma_2": opposite(load("verification_key.json")["vk_delta_2"])}, "gamma and delta"),
        ({"vk_gamma_2": load("verification_key.json")["vk_beta_2"]}, "beta is gamma"),
        ({"vk_gamma_2": opposite(load("verification_key.json")["vk_beta_2"])}, "beta is gamma"),
        ({"vk_delta_2": load("verification_key.json")["vk_beta_2"]}, "beta is gamma or delta"),
        ({"vk_delta_2": opposite(GENERATOR2), "vk_gamma_2": load("verification_key.json")["vk_beta_2"]}, "generator"),
        ({"IC": [INFINITY1, *load("verification_key.json")["IC"][1:]]}, "IC 0"),
        ({"IC": [*load("verification_key.json")["IC"][:2], INFINITY1]}, "IC 2"),
    ],
)
def test_key_that_lets_anyone_forge_is_refused(members: dict[str, Any], reason: str) -> None:
    with pytest.raises(UnsafeKey, match=reason) as raised:
        key_with(**members)
    assert raised.value.path == "key.json"


@pytest.mark.parametrize(
    "members",
    [
        {"protocol": "plonk"},
        {"curve": "bls12381"},
        {"nPublic": 3},
        {"IC": None},
        {"IC": {}},
        {"vk_alpha_1": ["1", "2"]},
        {"vk_alpha_1": ["1", "2", "2"]},
        {"vk_alpha_1": [1, 2, "1"]},
        {"vk_alpha_1": ["0x1", "2", "1"]},
        {"vk_alpha_1": ["-1", "2", "1"]},
        {"vk_alpha_1": ["1" * 5000, "2", "1"]},
        {"vk_alpha_1": "12"},
        {"vk_beta_2": [["1", "2"], ["1"], ["1", "0"]]},
        {"vk_beta_2": [["1", "2"], ["1", "2"], ["0", "1"]]},
        {"vk_beta_2": [["1", "2"], ["1", "2"], "10"]},
        {"vk_beta_2": 5},
    ],
)
def test_key_with_a_malformed_member_raises(members: dict[str, Any]) -> None:
    with pytest.raises(MalformedFile) as raised:
        key_with(**members)
    assert raised.value.path == "key.json"


@pytest.mark.parametrize("name", ["protocol", "curve", "IC", "nPublic", "vk_alpha_1", "vk_delta_2"])
def test_key_with_a_missing_member_raises_and_names_it(name: str) -> None:
    document = copy.deepcopy(load("verification_key.json"))
    del document[name]
    with pytest.raises(MalformedFile, match=name):
        VerificationKey.from_document(document)


def test_key_without_any_ic_raises() -> None:
    with pytest.raises(WrongLength):
        key_with(IC=[], nPublic=-1)


def test_point_off_the_curve_raises_with_the_point() -> None:
    with pytest.raises(PointNotOnCurve) as raised:
        proof_with(pi_a=["1", "3", "1"])
    assert raised.value.point == (1, 3)
    with pytest.raises(PointNotOnCurve) as raised:
        proof_with(pi_b=[["1", "2"], ["3", "4"], ["1", "0"]])
    assert raised.value.point == (1, 2, 3, 4)


def test_coordinates_of_zero_are_not_taken_for_infinity() -> None:
    with pytest.raises(PointNotOnCurve):
        proof_with(pi_a=["0", "0", "1"])
    with pytest.raises(PointNotOnCurve):
        proof_with(pi_b=[["0", "0"], ["0", "0"], ["1", "0"]])


def test_coordinate_plus_the_modulus_raises_with_the_value() -> None:
    with pytest.raises(ScalarOutOfRange) as raised:
        proof_with(pi_a=[str(1 + Q), "2", "1"])
    assert (raised.value.value, raised.value.bound) == (1 + Q, Q)
    with pytest.raises(ScalarOutOfRange):
        Groth16Proof(PROOF.a, G2Point((Q, 0), (0, 0)), PROOF.c)


def test_point_of_the_twist_outside_the_subgroup_raises_with_the_point() -> None:
    with pytest.raises(PointNotOnCurve) as raised:
        Groth16Proof(PROOF.a, OUTSIDE, PROOF.c)
    assert raised.value.point == (*OUTSIDE.x, *OUTSIDE.y)
    assert "order" in str(raised.value)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[]", b'"x"'])
def test_read_of_a_foreign_file_raises_with_its_path(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "proof.json"
    path.write_bytes(content)
    for read in (VerificationKey.read, Groth16Proof.read):
        with pytest.raises(MalformedFile) as raised:
            read(path)
        assert raised.value.path == str(path)


@pytest.mark.parametrize(
    ("content", "error"),
    [('{"0": "1"}', MalformedFile), ("[1]", MalformedFile), ('["01x"]', MalformedFile), (f'["{R}"]', NotAFieldElement)],
)
def test_public_inputs_of_a_malformed_file_raises(tmp_path: Path, content: str, error: type[Exception]) -> None:
    path = tmp_path / "public.json"
    path.write_text(content)
    with pytest.raises(error):
        public_inputs(path)


def test_pairing_is_linear_in_both_arguments() -> None:
    a, b = 3, 5
    # e(a·b·G1, G2) · e(-G1, G2)^(a·b), the latter as e(-a·G1, G2) added up b times
    multiple = bn254.multiply(G1, a * b)
    parts = [(bn254.negate(bn254.multiply(G1, a)), G2)] * b
    assert bn254.pairing_product_is_one([(multiple, G2), *parts])
    assert not bn254.pairing_product_is_one([(bn254.add(multiple, G1), G2), *parts])
    assert bn254.pairing_product_is_one([])
    assert bn254.pairing_product_is_one([(G1Point(0, 0), G2), (G1, G2Point((0, 0), (0, 0)))])


def test_multiples_of_the_generators_wrap_at_the_order() -> None:
    assert bn254.multiply(G1, R) == G1Point(0, 0)
    assert bn254.multiply(G1, R + 1) == G1
    assert bn254.add(G1, bn254.negate(G1)).is_infinity
    bn254.check_g1(G1)
    bn254.check_g2(G2)
