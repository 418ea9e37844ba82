"""Both implementations against circomlibjs, alive, on random inputs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from support import vectors as v
from support.circomlibjs import CircomlibJs
from support.strategies import elements, messages, points, scalars, secrets

from prover.errors import InvalidInput
from prover.types import Crypto, Signature


@given(inputs=st.lists(elements, min_size=1, max_size=16), tag=elements, data=st.data())
def test_poseidon_ex_agrees_with_circomlibjs(
    crypto: Crypto, oracle: CircomlibJs, inputs: list[int], tag: int, data: st.DataObject
) -> None:
    outputs = data.draw(st.integers(1, len(inputs) + 1))
    expected = oracle.ask("poseidon", inputs=v.texts(inputs), outputs=outputs, tag=str(tag))
    assert crypto.poseidon_ex(inputs, outputs, tag) == v.numbers(expected)


@given(items=st.lists(elements, min_size=1, max_size=50), tag=st.integers(0, 2**32 - 1))
def test_hash_list_agrees_with_circomlibjs(crypto: Crypto, oracle: CircomlibJs, items: list[int], tag: int) -> None:
    assert crypto.hash_list(items, tag) == int(oracle.ask("hash_list", elements=v.texts(items), tag=str(tag)))


@given(key=elements, words=st.integers(1, 15), tag=elements)
def test_stream_agrees_with_circomlibjs(crypto: Crypto, oracle: CircomlibJs, key: int, words: int, tag: int) -> None:
    assert crypto.stream(key, words, tag) == v.numbers(oracle.ask("stream", key=str(key), words=words, tag=str(tag)))


@given(left=points(), right=points(), scalar=scalars)
def test_group_operations_agree_with_circomlibjs(
    crypto: Crypto, oracle: CircomlibJs, left: v.Point, right: v.Point, scalar: int
) -> None:
    assert crypto.add(left, right) == v.point(oracle.ask("add", left=v.texts(left), right=v.texts(right)))
    assert crypto.multiply(left, scalar) == v.point(oracle.ask("multiply", point=v.texts(left), scalar=str(scalar)))


@given(point=points())
def test_packing_agrees_with_circomlibjs(crypto: Crypto, oracle: CircomlibJs, point: v.Point) -> None:
    packed = crypto.pack_point(point)
    assert packed == v.data(oracle.ask("pack_point", point=v.texts(point)))
    assert crypto.unpack_point(packed) == point
    if point.x:  # circomlibjs refuses points with x = 0
        assert point == v.point(oracle.ask("unpack_point", packed=v.hexadecimal(packed)))


@given(packed=st.binary(min_size=32, max_size=32))
def test_unpack_of_random_bytes_agrees_with_circomlibjs(crypto: Crypto, oracle: CircomlibJs, packed: bytes) -> None:
    packed = packed[:31] + bytes([packed[31] & 0x9F])  # y mostly below r, where circomlibjs reduces silently
    try:
        point = crypto.unpack_point(packed)
    except InvalidInput:
        y = int.from_bytes(packed, "little") & (2**255 - 1)
        assert y == 1 or oracle.ask("unpack_point", packed=v.hexadecimal(packed)) is None
    else:
        assert crypto.pack_point(point) == packed
        if point.x:
            assert point == v.point(oracle.ask("unpack_point", packed=v.hexadecimal(packed)))


@given(secret=secrets, message=messages)
def test_sign_agrees_with_circomlibjs(crypto: Crypto, oracle: CircomlibJs, secret: bytes, message: int) -> None:
    key, signature = crypto.public_key(secret), crypto.sign(secret, message)
    expected = oracle.ask("sign", secret=v.hexadecimal(secret), message=str(message))
    assert key == v.point(oracle.ask("public_key", secret=v.hexadecimal(secret)))
    assert signature == v.signature(expected)
    assert crypto.verify(key, message, signature)


@given(secret=secrets, message=messages, other=messages, torsion=points(of_small_order=True), delta=st.integers(0, 3))
def test_verify_agrees_with_circomlibjs(
    crypto: Crypto, oracle: CircomlibJs, secret: bytes, message: int, other: int, torsion: v.Point, delta: int
) -> None:
    signature = crypto.sign(secret, message)
    key = crypto.add(crypto.public_key(secret), torsion)  # right only with the identity, but always a key
    for candidate, signed in ((message, signature), (other, Signature(signature.r8, signature.s // (delta + 1)))):
        answer = oracle.ask("verify", key=v.texts(key), message=str(candidate), r8=v.texts(signed.r8), s=str(signed.s))
        assert crypto.verify(key, candidate, signed) is answer
        assert crypto.verify_many([(key, candidate, signed)]) == [answer]


@given(depth=st.integers(1, 4), tag=elements, data=st.data())
def test_tree_agrees_with_circomlibjs(
    crypto: Crypto, oracle: CircomlibJs, depth: int, tag: int, data: st.DataObject
) -> None:
    leaves = data.draw(st.dictionaries(st.integers(0, 8**depth - 1), elements, max_size=4))
    index = data.draw(st.integers(0, 8**depth - 1))
    written = [[str(place), str(leaf)] for place, leaf in leaves.items()]
    tree = crypto.tree(depth, tag, leaves)
    assert tree.root == int(oracle.ask("tree_root", depth=depth, tag=str(tag), leaves=written))
    expected = oracle.ask("tree_proof", depth=depth, tag=str(tag), leaves=written, index=str(index))
    assert tree.proof(index) == v.proof(expected)
