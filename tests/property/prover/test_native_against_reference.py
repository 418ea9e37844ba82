"""
The native implementation against the reference, on good and bad input alike.

Where one argument can be wrong in one way, both must raise the same error with the same values. Where several things
are wrong at once, each may name another: then both must refuse.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from support.strategies import elements, integers, points, secrets

from prover.errors import InvalidInput
from prover.types import Crypto, Point, Proof, Signature


def error_or_answer(run: Callable[[], Any]) -> Any:
    """The answer, or the class of the error and the values that it keeps."""
    try:
        return run()
    except InvalidInput as error:
        return type(error), {name: value for name, value in vars(error).items() if name in KEPT}


def answer(run: Callable[[], Any]) -> Any:
    """The answer, or that there is none."""
    try:
        return run()
    except InvalidInput:
        return "refused"


KEPT = ("value", "bound", "index", "actual", "point", "signature")
"""Attributes in which errors keep what was wrong."""

any_points = points() | st.builds(Point, integers, integers)


@given(inputs=st.lists(integers, max_size=18), outputs=st.integers(0, 18), tag=integers)
def test_poseidon_has_the_same_outcome(
    reference: Crypto, native: Crypto, inputs: list[int], outputs: int, tag: int
) -> None:
    for run in (
        lambda crypto: crypto.poseidon_ex(inputs, outputs, tag),
        lambda crypto: crypto.poseidon(inputs, tag),
        lambda crypto: crypto.poseidon_many([inputs, [1]], tag),
        lambda crypto: crypto.hash_list(inputs, tag),
        lambda crypto: crypto.stream(tag, outputs, 5),
    ):
        assert answer(lambda run=run: run(native)) == answer(lambda run=run: run(reference))


@given(rows=st.lists(st.lists(elements, min_size=1, max_size=16), max_size=6), tag=elements)
def test_poseidon_many_has_the_same_answers(reference: Crypto, native: Crypto, rows: list[list[int]], tag: int) -> None:
    assert native.poseidon_many(rows, tag) == reference.poseidon_many(rows, tag)


@given(items=st.lists(elements, min_size=1, max_size=70), tag=st.integers(0, 2**32 - 1))
def test_hash_list_has_the_same_answer(reference: Crypto, native: Crypto, items: list[int], tag: int) -> None:
    assert native.hash_list(items, tag) == reference.hash_list(items, tag)


@given(left=any_points, right=any_points, scalar=integers | st.integers(0, 2**256 - 1))
def test_group_operations_have_the_same_outcome(
    reference: Crypto, native: Crypto, left: Point, right: Point, scalar: int
) -> None:
    for run in (
        lambda crypto: crypto.add(left, right),
        lambda crypto: crypto.multiply(left, scalar),
        lambda crypto: crypto.check_key(left),
        lambda crypto: crypto.pack_point(left),
    ):
        assert answer(lambda run=run: run(native)) == answer(lambda run=run: run(reference))


@given(packed=st.binary(min_size=32, max_size=32) | st.binary(max_size=40))
def test_unpack_point_has_the_same_outcome(reference: Crypto, native: Crypto, packed: bytes) -> None:
    assert error_or_answer(lambda: native.unpack_point(packed)) == error_or_answer(
        lambda: reference.unpack_point(packed)
    )


@given(secret=secrets | st.binary(max_size=34), message=integers)
def test_sign_has_the_same_outcome(reference: Crypto, native: Crypto, secret: bytes, message: int) -> None:
    assert error_or_answer(lambda: native.public_key(secret)) == error_or_answer(lambda: reference.public_key(secret))
    assert answer(lambda: native.sign(secret, message)) == answer(lambda: reference.sign(secret, message))


@given(key=any_points, message=integers, r8=any_points, s=integers)
def test_verify_has_the_same_outcome(
    reference: Crypto, native: Crypto, key: Point, message: int, r8: Point, s: int
) -> None:
    signature = Signature(r8, s)
    for run in (
        lambda crypto: crypto.verify(key, message, signature),
        lambda crypto: crypto.verify_many([(key, message, signature)]),
    ):
        assert answer(lambda run=run: run(native)) == answer(lambda run=run: run(reference))


@given(secret=secrets, messages=st.lists(elements, min_size=1, max_size=5), wrong=st.integers(0, 4))
def test_verify_many_has_the_same_answers(
    reference: Crypto, native: Crypto, secret: bytes, messages: list[int], wrong: int
) -> None:
    key = native.public_key(secret)
    items = [
        (key, message, native.sign(secret, message if place != wrong else message ^ 1))
        for place, message in enumerate(messages)
        if message ^ 1 < 2**253
    ]
    assert native.verify_many(items) == reference.verify_many(items)


tree_indices = st.integers(0, 63) | st.sampled_from([-1, 64, 2**64, 2**70])


@given(
    depth=st.integers(0, 3),
    first=st.dictionaries(tree_indices, elements, max_size=3),
    second=st.dictionaries(tree_indices, integers, max_size=4),
    index=tree_indices,
    height=st.integers(-1, 4),
)
def test_tree_has_the_same_outcomes(
    reference: Crypto,
    native: Crypto,
    depth: int,
    first: dict[int, int],
    second: dict[int, int],
    index: int,
    height: int,
) -> None:
    def story(crypto: Crypto) -> list[Any]:
        tree = crypto.tree(depth, 9, first)
        snapshot = tree.snapshot()
        return [
            tree.root,
            answer(lambda: tree.update(second)),
            tree.root,
            snapshot.root,
            answer(lambda: tree.leaf(index)),
            answer(lambda: tree.node(height, index)),
            answer(lambda: tree.proof(index)),
            answer(lambda: tree.proofs([0, index])),
        ]

    assert answer(lambda: story(native)) == answer(lambda: story(reference))


@given(
    index=tree_indices,
    leaf=integers,
    siblings=st.lists(st.lists(elements, min_size=7, max_size=7), max_size=3)
    | st.lists(st.lists(integers, min_size=6, max_size=8), max_size=3),
    tag=integers,
)
def test_root_of_has_the_same_outcome(
    reference: Crypto, native: Crypto, index: int, leaf: int, siblings: list[list[int]], tag: int
) -> None:
    proof = Proof(index, leaf, tuple(map(tuple, siblings)))
    assert answer(lambda: native.root_of(proof, tag)) == answer(lambda: reference.root_of(proof, tag))


@given(digest=st.binary(min_size=32, max_size=32) | st.binary(max_size=33), signature=st.binary(max_size=66))
def test_recover_of_random_bytes_has_the_same_outcome(
    reference: Crypto, native: Crypto, digest: bytes, signature: bytes
) -> None:
    assert error_or_answer(lambda: native.recover(digest, signature)) == error_or_answer(
        lambda: reference.recover(digest, signature)
    )


@given(
    digest=st.binary(min_size=32, max_size=32),
    r=st.integers(0, 2**256 - 1) | st.integers(0, 20),
    s=st.integers(0, 2**255 - 1),
    v=st.sampled_from([27, 28, 0]),
)
def test_recover_of_plausible_signatures_has_the_same_outcome(
    reference: Crypto, native: Crypto, digest: bytes, r: int, s: int, v: int
) -> None:
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes([v])
    assert error_or_answer(lambda: native.recover(digest, signature)) == error_or_answer(
        lambda: reference.recover(digest, signature)
    )
