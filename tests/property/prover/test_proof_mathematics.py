"""The reference's mathematics of proofs on random systems and random documents."""

from __future__ import annotations

from typing import Any

from eth_account.messages import encode_typed_data
from eth_hash.auto import keccak
from hypothesis import given
from hypothesis import strategies as st
from support.strategies import elements

from prover.errors import UnsatisfiedConstraint
from prover.reference import eip712, polynomial, qap
from prover.reference.field import R, inverse
from prover.reference.r1cs import Constraint, ConstraintSystem, evaluate

WIRES = 5
rows = st.dictionaries(st.integers(0, WIRES - 1), elements, max_size=3)
witnesses = st.lists(st.integers(1, R - 1), min_size=WIRES - 1, max_size=WIRES - 1).map(lambda rest: [1, *rest])


@given(
    factors=st.lists(st.tuples(rows, rows), min_size=1, max_size=5), witness=witnesses, wire=st.integers(0, WIRES - 1)
)
def test_identity_holds_for_a_good_witness_and_for_no_bad_one(
    factors: list[tuple[dict[int, int], dict[int, int]]], witness: list[int], wire: int
) -> None:
    # For any two factors, a third row that the witness satisfies: one wire with the coefficient product / value.
    products = [evaluate(a, witness) * evaluate(b, witness) % R for a, b in factors]
    system = ConstraintSystem(
        WIRES,
        1,
        tuple(
            Constraint(a, b, {wire: product * inverse(witness[wire]) % R})
            for (a, b), product in zip(factors, products, strict=True)
        ),
    )
    h = qap.quotient(system, witness)
    assert qap.holds(system, witness, h)
    wrong = list(witness)
    wrong[1] = wrong[1] % (R - 1) + 1
    try:
        system.check(wrong)
    except UnsatisfiedConstraint:
        a, b, c, z = qap.combine(system, wrong)
        assert (a * b - c) % z != polynomial.polynomial([0])


@given(values=st.integers(0, 3).flatmap(lambda k: st.lists(elements, min_size=1 << k, max_size=1 << k)))
def test_interpolate_goes_through_all_points(values: list[int]) -> None:
    poly, field = polynomial.interpolate(values), polynomial.scalar_field()
    assert [int(poly(field(point))) for point in polynomial.domain(len(values))] == values


@given(
    chain=st.integers(0, 2**256 - 1),
    contract=st.binary(min_size=20, max_size=20),
    number=st.integers(-(2**127), 2**127 - 1),
    word=st.binary(min_size=32, max_size=32),
    blobs=st.lists(st.binary(max_size=40), max_size=3),
    texts=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=10), max_size=3),
    flags=st.lists(st.booleans(), min_size=2, max_size=2),
)
def test_digest_of_a_random_document_agrees_with_eth_account(
    chain: int, contract: bytes, number: int, word: bytes, blobs: list[bytes], texts: list[str], flags: list[bool]
) -> None:
    document: dict[str, Any] = {
        "types": {
            "Top": [{"name": "inner", "type": "Inner[]"}, {"name": "word", "type": "bytes32"}],
            "Inner": [
                {"name": "number", "type": "int128"},
                {"name": "blobs", "type": "bytes[]"},
                {"name": "texts", "type": "string[]"},
                {"name": "flags", "type": "bool[2]"},
            ],
        },
        "primaryType": "Top",
        "domain": {"name": "zkclear", "version": "1", "chainId": chain, "verifyingContract": "0x" + contract.hex()},
        "message": {
            "inner": [{"number": number, "blobs": blobs, "texts": texts, "flags": flags}] * (1 + number % 2),
            "word": word,
        },
    }
    message = encode_typed_data(full_message=document)
    assert eip712.digest(document) == keccak(b"\x19" + message.version + message.header + message.body)
