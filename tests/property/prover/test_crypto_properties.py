"""What must hold for any input, for each implementation by itself."""

from __future__ import annotations

import pytest
from eth_account import Account
from eth_hash.auto import keccak
from hypothesis import given
from hypothesis import strategies as st
from support.strategies import elements, points, scalars, secrets

from prover.errors import InvalidInput, NotAFieldElement
from prover.reference import eddsa, field
from prover.reference.babyjubjub import IDENTITY
from prover.reference.field import R
from prover.reference.secp256k1 import N
from prover.types import Crypto, Point

indices = st.integers(0, 8**3 - 1)
batches = st.lists(st.dictionaries(indices, st.integers(0, 3) | elements, max_size=6), max_size=4)


@given(changes=batches, index=indices)
def test_tree_after_any_batches_is_the_tree_built_at_once(
    crypto: Crypto, changes: list[dict[int, int]], index: int
) -> None:
    tree, leaves = crypto.tree(3, 7), dict[int, int]()
    for batch in changes:
        tree.update(batch)
        leaves |= batch
    assert tree.root == crypto.tree(3, 7, leaves).root
    assert tree.leaf(index) == leaves.get(index, 0)
    for proof in tree.proofs([index, *leaves]):
        assert proof.leaf == leaves.get(proof.index, 0)
        assert crypto.root_of(proof, 7) == tree.root


@given(before=st.dictionaries(indices, elements, max_size=4), after=st.dictionaries(indices, elements, max_size=4))
def test_snapshot_keeps_its_content_whatever_happens_to_the_original(
    crypto: Crypto, before: dict[int, int], after: dict[int, int]
) -> None:
    tree = crypto.tree(3, 7, before)
    snapshot, root = tree.snapshot(), tree.root
    tree.update(after)
    assert snapshot.root == root
    snapshot.update(after)
    assert snapshot.root == tree.root


@given(left=points(), right=points(), other=points())
def test_addition_is_commutative_and_associative(crypto: Crypto, left: Point, right: Point, other: Point) -> None:
    assert crypto.add(left, right) == crypto.add(right, left)
    assert crypto.add(crypto.add(left, right), other) == crypto.add(left, crypto.add(right, other))
    assert crypto.add(left, Point(-left.x % R, left.y)) == IDENTITY


@given(point=points(), first=st.integers(0, 2**255), second=st.integers(0, 2**255 - 1))
def test_multiplication_distributes_over_addition_of_scalars(
    crypto: Crypto, point: Point, first: int, second: int
) -> None:
    assert crypto.multiply(point, first + second) == crypto.add(
        crypto.multiply(point, first), crypto.multiply(point, second)
    )


@given(packed=st.binary(min_size=32, max_size=32))
def test_unpack_accepts_only_the_one_name_of_a_point(crypto: Crypto, packed: bytes) -> None:
    try:
        point = crypto.unpack_point(packed)
    except InvalidInput:
        return
    assert crypto.pack_point(point) == packed


@given(secret=secrets, message=elements, flipped=st.integers(0, 511))
def test_signature_with_any_bit_flipped_does_not_verify(
    crypto: Crypto, secret: bytes, message: int, flipped: int
) -> None:
    key, signature = crypto.public_key(secret), crypto.sign(secret, message)
    packed = bytearray(eddsa.pack_signature(signature))
    packed[flipped // 8] ^= 1 << flipped % 8
    try:
        changed = eddsa.unpack_signature(bytes(packed))
    except InvalidInput:
        return
    assert not crypto.verify(key, message, changed)


@given(value=elements)
def test_bytes_of_an_element_lead_back_to_it(value: int) -> None:
    assert field.from_bytes(field.to_bytes(value)) == value


@given(value=elements)
def test_square_root_squares_to_the_value_or_the_value_is_no_square(value: int) -> None:
    root = field.square_root(value)
    if root is None:
        assert pow(value, field.HALF, R) == R - 1
    else:
        assert root <= field.HALF
        assert root * root % R == value


@given(value=st.integers(max_value=-1) | st.integers(min_value=R))
def test_number_outside_the_field_is_refused_everywhere(crypto: Crypto, value: int) -> None:
    tree = crypto.tree(1, 0)
    for refuse in (
        lambda: crypto.poseidon([value]),
        lambda: crypto.hash_list([value], 0),
        lambda: crypto.stream(value, 1, 0),
        lambda: crypto.sign(bytes(32), value),
        lambda: crypto.check_key(Point(value, 1)),
        lambda: crypto.tree(1, value),
        lambda: tree.update({0: value}),
    ):
        with pytest.raises(NotAFieldElement) as raised:
            refuse()
        assert raised.value.value == value


@given(data=st.binary(max_size=600))
def test_keccak256_agrees_with_pycryptodome(crypto: Crypto, data: bytes) -> None:
    assert crypto.keccak256(data) == keccak(data)


@given(secret=st.integers(1, N - 1), digest=st.binary(min_size=32, max_size=32))
def test_recover_agrees_with_eth_account(crypto: Crypto, secret: int, digest: bytes) -> None:
    account = Account.from_key(secret.to_bytes(32, "big"))
    signature = bytes(account.unsafe_sign_hash(digest).signature)
    assert crypto.recover(digest, signature) == bytes.fromhex(account.address[2:])
    high = (N - int.from_bytes(signature[32:64], "big")).to_bytes(32, "big")
    with pytest.raises(InvalidInput):
        crypto.recover(digest, signature[:32] + high + bytes([55 - signature[64]]))


@given(point=points(), scalar=scalars)
def test_check_key_accepts_exactly_what_eight_does_not_take_to_the_identity(
    crypto: Crypto, point: Point, scalar: int
) -> None:
    candidate = crypto.multiply(point, scalar)
    if crypto.multiply(candidate, 8) == IDENTITY:
        with pytest.raises(InvalidInput):
            crypto.check_key(candidate)
    else:
        crypto.check_key(candidate)
