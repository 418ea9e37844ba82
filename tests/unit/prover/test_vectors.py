"""Both implementations against what circomlibjs recorded (tests/vectors/README.md)."""

from __future__ import annotations

from typing import Any

import pytest
from support import vectors as v

from prover import errors
from prover.types import Crypto

Case = dict[str, Any]


def cases(section: str) -> Any:
    return pytest.mark.parametrize("case", v.CRYPTO[section], ids=range(len(v.CRYPTO[section])))


@cases("poseidon")
def test_poseidon_ex_of_recorded_inputs_gives_recorded_outputs(crypto: Crypto, case: Case) -> None:
    inputs, outputs, tag = v.numbers(case["inputs"]), v.numbers(case["outputs"]), int(case["tag"])
    assert crypto.poseidon_ex(inputs, len(outputs), tag) == outputs
    assert crypto.poseidon(inputs, tag) == outputs[0]


def test_poseidon_many_of_unequal_rows_gives_each_rows_hash(crypto: Crypto) -> None:
    untagged = [case for case in v.CRYPTO["poseidon"] if case["tag"] == "0"]
    rows = [v.numbers(case["inputs"]) for case in untagged]
    assert crypto.poseidon_many(rows) == [int(case["outputs"][0]) for case in untagged]
    assert crypto.poseidon_many([]) == []


@cases("hash_list")
def test_hash_list_of_recorded_elements_gives_recorded_hash(crypto: Crypto, case: Case) -> None:
    assert crypto.hash_list(v.numbers(case["elements"]), int(case["tag"])) == int(case["hash"])


@cases("stream")
def test_stream_of_recorded_key_gives_recorded_elements(crypto: Crypto, case: Case) -> None:
    assert crypto.stream(int(case["key"]), case["words"], int(case["tag"])) == v.numbers(case["elements"])


@cases("add")
def test_add_of_recorded_points_gives_recorded_sum(crypto: Crypto, case: Case) -> None:
    assert crypto.add(v.point(case["left"]), v.point(case["right"])) == v.point(case["sum"])


@cases("multiply")
def test_multiply_of_recorded_point_gives_recorded_product(crypto: Crypto, case: Case) -> None:
    assert crypto.multiply(v.point(case["point"]), int(case["scalar"])) == v.point(case["product"])


@cases("packing")
def test_pack_and_unpack_of_recorded_point_are_inverse(crypto: Crypto, case: Case) -> None:
    assert crypto.pack_point(v.point(case["point"])) == v.data(case["packed"])
    assert crypto.unpack_point(v.data(case["packed"])) == v.point(case["point"])


@cases("eddsa")
def test_sign_with_recorded_secret_gives_recorded_signature(crypto: Crypto, case: Case) -> None:
    key, message, signature = v.point(case["public_key"]), int(case["message"]), v.signature(case)
    assert crypto.public_key(v.data(case["secret"])) == key
    assert crypto.sign(v.data(case["secret"]), message) == signature
    assert crypto.verify(key, message, signature)
    crypto.check_key(key)


@cases("verify")
def test_verify_of_recorded_signature_gives_recorded_answer(crypto: Crypto, case: Case) -> None:
    assert crypto.verify(v.point(case["key"]), int(case["message"]), v.signature(case)) is case["valid"]


def test_verify_many_of_mixed_signatures_answers_each(crypto: Crypto) -> None:
    items = [(v.point(case["key"]), int(case["message"]), v.signature(case)) for case in v.CRYPTO["verify"]]
    assert crypto.verify_many(items) == [case["valid"] for case in v.CRYPTO["verify"]]
    assert crypto.verify_many([]) == []


@cases("tree")
def test_tree_after_recorded_updates_has_recorded_roots_and_proofs(crypto: Crypto, case: Case) -> None:
    tag, roots = int(case["tag"]), v.numbers(case["roots"])
    tree = crypto.tree(case["depth"], tag)
    seen = [tree.root]
    for batch in case["updates"]:
        tree.update(v.leaves(batch))
        seen.append(tree.root)
    assert seen == roots
    proofs = [v.proof(each) for each in case["proofs"]]
    assert tree.proofs([each.index for each in proofs]) == proofs
    assert [crypto.root_of(each, tag) for each in proofs] == [tree.root] * len(proofs)


@cases("keccak256")
def test_keccak256_of_recorded_data_gives_recorded_digest(crypto: Crypto, case: Case) -> None:
    assert crypto.keccak256(v.data(case["data"])) == v.data(case["digest"])


@cases("recover")
def test_recover_of_recorded_signature_gives_recorded_address(crypto: Crypto, case: Case) -> None:
    assert crypto.recover(v.data(case["digest"]), v.data(case["signature"])) == v.data(case["address"])


def call(crypto: Crypto, case: Case) -> object:
    """Run the verb of a refused case."""
    match case["verb"]:
        case "poseidon":
            return crypto.poseidon_ex(v.numbers(case["inputs"]), case["outputs"], int(case["tag"]))
        case "hash_list":
            return crypto.hash_list(v.numbers(case["elements"]), int(case["tag"]))
        case "stream":
            return crypto.stream(int(case["key"]), case["words"], int(case["tag"]))
        case "check_key":
            return crypto.check_key(v.point(case["key"]))
        case "add":
            return crypto.add(v.point(case["left"]), v.point(case["right"]))
        case "multiply":
            return crypto.multiply(v.point(case["point"]), int(case["scalar"]))
        case "public_key":
            return crypto.public_key(v.data(case["secret"]))
        case "sign":
            return crypto.sign(v.data(case["secret"]), int(case["message"]))
        case "verify":
            return crypto.verify(v.point(case["key"]), int(case["message"]), v.signature(case))
        case "pack_point":
            return crypto.pack_point(v.point(case["point"]))
        case "unpack_point":
            return crypto.unpack_point(v.data(case["packed"]))
        case "tree":
            return crypto.tree(case["depth"], int(case["tag"]), v.leaves(case["leaves"]))
        case "root_of":
            return crypto.root_of(v.proof(case), int(case["tag"]))
        case "recover":
            return crypto.recover(v.data(case["digest"]), v.data(case["signature"]))
        case other:
            raise AssertionError(f"no such verb: {other}")


def kept(error: errors.InvalidInput) -> object:
    """The offending value that an error keeps, written as in the vectors."""
    match error:
        case errors.NotAFieldElement() | errors.ScalarOutOfRange():
            return str(error.value)
        case errors.IndexOutOfRange():
            return str(error.index)
        case errors.WrongLength():
            return str(error.actual)
        case errors.PointNotOnCurve() | errors.PointOfSmallOrder():
            return v.texts(error.point)
        case errors.UnrecoverableSignature():
            return v.hexadecimal(error.signature)
        case other:
            raise AssertionError(f"unexpected {other!r}")


@cases("refused")
def test_call_with_recorded_bad_input_raises_its_error_with_the_value(crypto: Crypto, case: Case) -> None:
    expected = getattr(errors, case["error"])
    with pytest.raises(errors.InvalidInput) as raised:
        call(crypto, case)
    assert type(raised.value) is expected
    assert kept(raised.value) == case["value"]


def test_verify_many_with_one_malformed_item_raises_its_error(crypto: Crypto) -> None:
    bad = next(case for case in v.CRYPTO["refused"] if case["verb"] == "verify")
    items = [(v.point(case["key"]), int(case["message"]), v.signature(case)) for case in (v.CRYPTO["verify"][0], bad)]
    with pytest.raises(errors.PointNotOnCurve):
        crypto.verify_many(items)
