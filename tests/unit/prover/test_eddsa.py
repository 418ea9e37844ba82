"""BLAKE-512, and signatures with it, against published values."""

from __future__ import annotations

import pytest
from support import vectors

from prover.errors import NotAFieldElement, PointNotOnCurve, ScalarOutOfRange, WrongLength
from prover.reference import eddsa
from prover.reference.babyjubjub import BASE8, SUBGROUP_ORDER
from prover.reference.blake512 import blake512
from prover.types import Crypto, Point, Signature

PUBLISHED_DIGESTS = {
    b"": "a8cfbbd73726062df0c6864dda65defe58ef0cc52a5625090fa17601e1eecd1b"
    "628e94f396ae402a00acc9eab77b4d4c2e852aaaa25a636d80af3fc7913ef5b8",
    bytes(1): "97961587f6d970faba6d2478045de6d1fabd09b61ae50932054d52bc29d31be4"
    "ff9102b9f69e2bbdb83be13d4b9c06091e5fa0b48bd081b634058be0ec49beb3",
    bytes(144): "313717d608e9cf758dcb1eb0f0c3cf9fc150b2d500fb33f51c52afc99d358a2f"
    "1374b8a38bba7974e7f6ef79cab16f22ce1e649d6e01ad9589c213045d545dde",
}
"""From BLAKE's submission: nothing, one zero byte, 144 zero bytes."""

SECRET = bytes.fromhex("0001020304050607080900010203040506070809000102030405060708090001")
MESSAGE = int.from_bytes(bytes.fromhex("000102030405060708090000"), "little")
KEY = Point(
    13277427435165878497778222415993513565335242147425444199013288855685581939618,
    13622229784656158136036771217484571176836296686641868549125388198837476602820,
)
SIGNATURE = Signature(
    Point(
        11384336176656855268977457483345535180380036354188103142384839473266348197733,
        15383486972088797283337779941324724402501462225528836549661220478783371668959,
    ),
    1672775540645840396591609181675628451599263765380031905495115170613215233181,
)
"""The example in circomlib's own tests."""


@pytest.mark.parametrize("data", PUBLISHED_DIGESTS, ids=len)
def test_blake512_of_published_data_gives_published_digest(data: bytes) -> None:
    assert blake512(data).hex() == PUBLISHED_DIGESTS[data]


@pytest.mark.parametrize("case", vectors.CRYPTO["blake512"], ids=range(len(vectors.CRYPTO["blake512"])))
def test_blake512_of_recorded_data_gives_recorded_digest(case: dict[str, str]) -> None:
    assert blake512(vectors.data(case["data"])) == vectors.data(case["digest"])


def test_sign_of_circomlibs_example_gives_its_signature(crypto: Crypto) -> None:
    assert crypto.public_key(SECRET) == KEY
    assert crypto.sign(SECRET, MESSAGE) == SIGNATURE
    assert crypto.verify(KEY, MESSAGE, SIGNATURE)


def test_verify_with_anything_changed_is_false(crypto: Crypto) -> None:
    r8, s = SIGNATURE
    assert not crypto.verify(KEY, MESSAGE + 1, SIGNATURE)
    assert not crypto.verify(crypto.public_key(bytes(32)), MESSAGE, SIGNATURE)
    assert not crypto.verify(KEY, MESSAGE, Signature(crypto.add(r8, BASE8), s))
    assert not crypto.verify(KEY, MESSAGE, Signature(r8, s + 1))


def test_verify_of_s_plus_the_subgroup_order_raises_with_the_value(crypto: Crypto) -> None:
    for s in (SIGNATURE.s + SUBGROUP_ORDER, SUBGROUP_ORDER, -1, 2**256):
        with pytest.raises(ScalarOutOfRange) as raised:
            crypto.verify(KEY, MESSAGE, Signature(SIGNATURE.r8, s))
        assert (raised.value.value, raised.value.bound) == (s, SUBGROUP_ORDER)


@pytest.mark.parametrize("message", [-1, 2**256])
def test_sign_of_no_field_element_raises_with_the_value(crypto: Crypto, message: int) -> None:
    for refuse in (lambda: crypto.sign(SECRET, message), lambda: crypto.verify(KEY, message, SIGNATURE)):
        with pytest.raises(NotAFieldElement) as raised:
            refuse()
        assert raised.value.value == message


@pytest.mark.parametrize("case", vectors.CRYPTO["eddsa"], ids=range(len(vectors.CRYPTO["eddsa"])))
def test_pack_and_unpack_of_recorded_signature_are_inverse(case: dict[str, str]) -> None:
    signature, packed = vectors.signature(case), vectors.data(case["packed"])
    assert eddsa.pack_signature(signature) == packed
    assert eddsa.unpack_signature(packed) == signature


def test_unpack_signature_of_malformed_bytes_raises() -> None:
    packed = eddsa.pack_signature(SIGNATURE)
    with pytest.raises(WrongLength) as wrong_length:
        eddsa.unpack_signature(packed[:63])
    assert wrong_length.value.actual == 63
    with pytest.raises(ScalarOutOfRange) as out_of_range:
        eddsa.unpack_signature(packed[:32] + SUBGROUP_ORDER.to_bytes(32, "little"))
    assert out_of_range.value.value == SUBGROUP_ORDER
    with pytest.raises(ScalarOutOfRange):
        eddsa.pack_signature(SIGNATURE._replace(s=SUBGROUP_ORDER))
    with pytest.raises(PointNotOnCurve):
        eddsa.pack_signature(SIGNATURE._replace(r8=Point(1, 1)))
