"""EIP-712 against the standard's example and eth_account, and every way a document can be wrong."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_hash.auto import keccak

from prover.errors import MalformedTypedData
from prover.reference import eip712
from prover.types import Crypto

MAIL: dict[str, Any] = {
    "types": {
        "EIP712Domain": [
            {"name": "name", "type": "string"},
            {"name": "version", "type": "string"},
            {"name": "chainId", "type": "uint256"},
            {"name": "verifyingContract", "type": "address"},
        ],
        "Person": [{"name": "name", "type": "string"}, {"name": "wallet", "type": "address"}],
        "Mail": [
            {"name": "from", "type": "Person"},
            {"name": "to", "type": "Person"},
            {"name": "contents", "type": "string"},
        ],
    },
    "primaryType": "Mail",
    "domain": {
        "name": "Ether Mail",
        "version": "1",
        "chainId": 1,
        "verifyingContract": "0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC",
    },
    "message": {
        "from": {"name": "Cow", "wallet": "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"},
        "to": {"name": "Bob", "wallet": "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"},
        "contents": "Hello, Bob!",
    },
}
"""The example in the standard."""

EVERYTHING: dict[str, Any] = {
    "types": {
        "Zebra": [{"name": "stripes", "type": "uint8[2][]"}],
        "Ant": [{"name": "legs", "type": "int8"}, {"name": "zebras", "type": "Zebra[]"}],
        "All": [
            {"name": "ant", "type": "Ant"},
            {"name": "flag", "type": "bool"},
            {"name": "small", "type": "int16"},
            {"name": "large", "type": "uint256"},
            {"name": "low", "type": "int256"},
            {"name": "four", "type": "bytes4"},
            {"name": "word", "type": "bytes32"},
            {"name": "blob", "type": "bytes"},
            {"name": "text", "type": "string"},
            {"name": "owners", "type": "address[2]"},
            {"name": "names", "type": "string[]"},
            {"name": "ants", "type": "Ant[]"},
        ],
    },
    "primaryType": "All",
    "domain": {"name": "zkclear", "chainId": 31337, "salt": "0x" + "5a" * 32},
    "message": {
        "ant": {"legs": -6, "zebras": [{"stripes": [[0, 255], [1, 2]]}, {"stripes": []}]},
        "flag": True,
        "small": -32768,
        "large": 2**256 - 1,
        "low": -(2**255),
        "four": "0x01020304",
        "word": "0x" + "ff" * 32,
        "blob": "0x00",
        "text": "Grüße ✓",
        "owners": ["0x" + "11" * 20, "0x" + "22" * 20],
        "names": ["", "a"],
        "ants": [],
    },
}
"""Every kind of type once, with edge values."""


def by_eth_account(document: dict[str, Any]) -> bytes:
    message = encode_typed_data(full_message=document)
    return keccak(b"\x19" + message.version + message.header + message.body)


def changed(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with one place replaced, or removed when the value is `...`."""
    copied = copy.deepcopy(document)
    *parents, last = path.split(".")
    place: Any = copied
    for name in parents:
        place = place[int(name) if name.isdigit() else name]
    if value is ...:
        del place[last]
    else:
        place[int(last) if last.isdigit() else last] = value
    return copied


def test_digest_of_the_standards_example_is_the_published_one(crypto: Crypto) -> None:
    digest = eip712.digest(MAIL)
    assert digest.hex() == "be609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2"
    separator = "f2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f"
    assert eip712.domain_separator(MAIL["domain"]).hex() == separator
    text = "Mail(Person from,Person to,string contents)Person(string name,address wallet)"
    assert eip712.encode_type(MAIL["types"], "Mail") == text
    assert eip712.type_hash(MAIL["types"], "Mail") == crypto.keccak256(text.encode())
    # The standard signs it with the key keccak256("cow").
    cow = Account.from_key(crypto.keccak256(b"cow"))
    signature = bytes(cow.unsafe_sign_hash(digest).signature)
    assert crypto.recover(digest, signature).hex() == "cd2a3d9f938e13cd947ec05abc7fe734df8dd826"


@pytest.mark.parametrize("document", [MAIL, EVERYTHING], ids=["mail", "everything"])
def test_digest_agrees_with_eth_account(document: dict[str, Any]) -> None:
    assert eip712.digest(document) == by_eth_account(document)


def test_digest_without_declared_domain_type_is_the_same() -> None:
    assert eip712.digest(changed(MAIL, "types.EIP712Domain", ...)) == eip712.digest(MAIL)


def test_digest_of_numbers_and_bytes_in_other_notations_is_the_same() -> None:
    expected = eip712.digest(EVERYTHING)
    for path, value in [
        ("message.large", str(2**256 - 1)),
        ("message.large", hex(2**256 - 1)),
        ("message.small", "-32768"),
        ("message.four", bytes([1, 2, 3, 4])),
        ("domain.salt", b"\x5a" * 32),
        ("message.owners", ("0x" + "11" * 20, b"\x22" * 20)),
    ]:
        assert eip712.digest(changed(EVERYTHING, path, value)) == expected


def test_digest_with_any_value_changed_is_another() -> None:
    digests = {eip712.digest(EVERYTHING)}
    changes = [
        ("domain.chainId", 1),
        ("domain.name", "zkclear2"),
        ("message.flag", False),
        ("message.small", 32767),
        ("message.names", ["a", ""]),
        ("message.ant.zebras", []),
        ("message.text", ""),
    ]
    for path, value in changes:
        digests.add(eip712.digest(changed(EVERYTHING, path, value)))
    assert len(digests) == len(changes) + 1


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("types", ..., "document"),
        ("primaryType", ..., "document"),
        ("domain", ..., "document"),
        ("message", ..., "document"),
        ("types", [], "types"),
        ("primaryType", "Nothing", "primaryType"),
        ("primaryType", ["All"], "primaryType"),
        ("primaryType", "EIP712Domain", "primaryType"),
        ("domain", {}, "domain"),
        ("domain", [], "domain"),
        ("domain.extra", 1, "domain.extra"),
        ("domain.chainId", -1, "EIP712Domain.chainId"),
        ("types.EIP712Domain", [{"name": "name", "type": "string"}], "EIP712Domain"),
        ("message", [], "All"),
        ("message.extra", 1, "All.extra"),
        ("message.flag", ..., "All.flag"),
        ("message.flag", 1, "All.flag"),
        ("message.small", 32768, "All.small"),
        ("message.small", -32769, "All.small"),
        ("message.small", True, "All.small"),
        ("message.small", 1.0, "All.small"),
        ("message.small", "01", "All.small"),
        ("message.small", "1 ", "All.small"),
        ("message.small", "", "All.small"),
        ("message.large", 2**256, "All.large"),
        ("message.large", -1, "All.large"),
        ("message.large", "9" * 5000, "All.large"),
        ("message.low", 2**255, "All.low"),
        ("message.four", "0x010203", "All.four"),
        ("message.four", "01020304", "All.four"),
        ("message.four", "0x0102030", "All.four"),
        ("message.word", "0x" + "ff" * 33, "All.word"),
        ("message.blob", "zz", "All.blob"),
        ("message.blob", 5, "All.blob"),
        ("message.text", b"text", "All.text"),
        ("message.owners", ["0x" + "11" * 20], "All.owners"),
        ("message.owners.1", "0x" + "11" * 19, "All.owners[1]"),
        ("message.names", "ab", "All.names"),
        ("message.names", {"0": "a"}, "All.names"),
        ("message.ant", None, "All.ant"),
        ("message.ant.legs", 128, "All.ant.legs"),
        ("message.ant.zebras.0.stripes.1.0", 256, "All.ant.zebras[0].stripes[1][0]"),
        ("types.All.1.type", "boolean", "All.flag"),
        ("types.All.2.type", "int15", "All.small"),
        ("types.All.2.type", "int264", "All.small"),
        ("types.All.2.type", "int0", "All.small"),
        ("types.All.6.type", "bytes33", "All.word"),
        ("types.All.6.type", "bytes0", "All.word"),
        ("types.All.1.name", "not a name", "All"),
        ("types.All.1.name", "ant", "All"),
        ("types.All.1", {"name": "flag"}, "All"),
        ("types.All.1", "flag", "All"),
        ("types.bytes4", [], "bytes4"),
    ],
)
def test_digest_of_a_malformed_document_raises_and_names_the_place(path: str, value: Any, where: str) -> None:
    with pytest.raises(MalformedTypedData) as raised:
        eip712.digest(changed(EVERYTHING, path, value))
    assert raised.value.where == where
    assert raised.value.reason in str(raised.value)


def test_digest_of_a_value_that_does_not_fit_keeps_the_value() -> None:
    with pytest.raises(MalformedTypedData) as raised:
        eip712.digest(changed(EVERYTHING, "message.small", 32768))
    assert raised.value.value == 32768
