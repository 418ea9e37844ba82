"""
EIP-712: what a wallet signs when it shows typed data.

A wallet should show its owner named values and not a digest. EIP-712 therefore hashes a document of declared types: a
struct is the hash of its type's text and of its members, 32 bytes each, where nested structs, arrays, strings and byte
strings stand as their own hashes. The domain is one more struct that names application, chain and contract, so that a
signature given to one of them is worth nothing to another. The digest is

    keccak256(0x1901 · hashStruct(domain) · hashStruct(message))

Documents have the shape of the `eth_signTypedData_v4` call. Values must fit their types exactly: a member that is
missing, or that no type declares, is an error, for otherwise a signer could see something that is not signed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from prover.errors import MalformedTypedData
from prover.reference.keccak import keccak256

__all__ = ["DOMAIN", "Types", "digest", "domain_separator", "encode_type", "hash_struct", "type_hash"]

Types = Mapping[str, Sequence[Mapping[str, str]]]
"""Struct types by name: the members in order, each with a `name` and a `type`."""

DOMAIN: Final = "EIP712Domain"
"""Name of the domain's struct type."""

PREFIX: Final = b"\x19\x01"
"""First bytes of what is hashed: no transaction and no plain signed message begins with them."""

DOMAIN_MEMBERS: Final = {
    "name": "string",
    "version": "string",
    "chainId": "uint256",
    "verifyingContract": "address",
    "salt": "bytes32",
}
"""Members that a domain may have, in the order in which those it has must be declared."""

ARRAY: Final = re.compile(r"(?P<item>.+)\[(?P<length>\d*)\]", re.DOTALL)
"""An array type: the type of its items, and its length if that is fixed."""

IDENTIFIER: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
"""Names of structs and members, as in Solidity."""

ATOM: Final = re.compile(r"address|bool|string|bytes[0-9]*|u?int[0-9]*")
"""Names that belong to the language, and to no struct."""

NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]{0,77})|0x[0-9a-fA-F]{1,64}")
"""A number of 256 bits or less written out: JSON's own numbers lose digits above 2^53, so large ones come as text."""


def digest(document: Mapping[str, Any]) -> bytes:
    """The 32 bytes to sign for a document with `types`, `primaryType`, `domain` and `message`."""
    for name in ("types", "primaryType", "domain", "message"):
        if name not in document:
            raise MalformedTypedData("document", f"{name} is missing")
    types, primary, domain = document["types"], document["primaryType"], document["domain"]
    if not isinstance(types, Mapping):
        raise MalformedTypedData("types", "must be struct types by name", types)
    if not isinstance(primary, str) or primary not in types or primary == DOMAIN:
        raise MalformedTypedData("primaryType", "must be a declared struct other than the domain", primary)
    separator = domain_separator(domain)
    if DOMAIN in types and _members(types, DOMAIN) != _members(_domain_types(domain), DOMAIN):
        raise MalformedTypedData(DOMAIN, "the declared members are not those of the domain", types[DOMAIN])
    return keccak256(PREFIX + separator + hash_struct(types, primary, document["message"]))


def domain_separator(domain: Mapping[str, Any]) -> bytes:
    """The hash of a domain, whose type follows from the members it has."""
    return hash_struct(_domain_types(domain), DOMAIN, domain)


def type_hash(types: Types, name: str) -> bytes:
    """The hash of a struct type's text."""
    return keccak256(encode_type(types, name).encode())


def encode_type(types: Types, name: str) -> str:
    """A struct type as text: the type itself, then all that it refers to in alphabetical order."""
    referred: set[str] = set()
    _collect(types, name, referred)
    return "".join(_declaration(types, struct) for struct in [name, *sorted(referred - {name})])


def hash_struct(types: Types, name: str, value: Mapping[str, Any], where: str | None = None) -> bytes:
    """The hash of one struct. `where` is its place in the document, for messages."""
    where = where or name
    members = _members(types, name)
    if not isinstance(value, Mapping):
        raise MalformedTypedData(where, f"must be a struct {name}", value)
    for unknown in [key for key in value if key not in members]:
        raise MalformedTypedData(f"{where}.{unknown}", f"{name} declares no such member", value[unknown])
    encoded = [type_hash(types, name)]
    for member, kind in members.items():
        if member not in value:
            raise MalformedTypedData(f"{where}.{member}", "is missing")
        encoded.append(_encode(types, kind, value[member], f"{where}.{member}"))
    return keccak256(b"".join(encoded))


def _domain_types(domain: Mapping[str, Any]) -> Types:
    """The domain's type: the standard's members, in its order, as far as this domain has them."""
    if not isinstance(domain, Mapping) or not domain:
        raise MalformedTypedData("domain", "must have at least one member", domain)
    for unknown in [key for key in domain if key not in DOMAIN_MEMBERS]:
        raise MalformedTypedData(f"domain.{unknown}", f"{DOMAIN} has no such member", domain[unknown])
    return {DOMAIN: [{"name": name, "type": kind} for name, kind in DOMAIN_MEMBERS.items() if name in domain]}


def _members(types: Types, name: str) -> dict[str, str]:
    """The members of a struct, type by name, in order."""
    if not IDENTIFIER.fullmatch(name) or ATOM.fullmatch(name):
        raise MalformedTypedData(name, "is no name for a struct")
    members: dict[str, str] = {}
    for member in types[name]:
        if not isinstance(member, Mapping) or not all(isinstance(member.get(part), str) for part in ("name", "type")):
            raise MalformedTypedData(name, "a member must have a name and a type", member)
        if not IDENTIFIER.fullmatch(member["name"]) or member["name"] in members:
            raise MalformedTypedData(name, "names of members must be identifiers, each once", member["name"])
        members[member["name"]] = member["type"]
    return members


def _collect(types: Types, name: str, found: set[str]) -> None:
    """Add a struct and all that it refers to, directly or not."""
    if name in found:
        return
    found.add(name)
    for kind in _members(types, name).values():
        while match := ARRAY.fullmatch(kind):
            kind = match["item"]
        if kind in types:
            _collect(types, kind, found)


def _declaration(types: Types, name: str) -> str:
    """One struct type as text, `Name(type member,...)`."""
    return f"{name}({','.join(f'{kind} {member}' for member, kind in _members(types, name).items())})"


def _encode(types: Types, kind: str, value: Any, where: str) -> bytes:
    """One value as the 32 bytes that stand for it in its struct."""
    if match := ARRAY.fullmatch(kind):
        if isinstance(value, str | bytes) or not isinstance(value, Sequence):
            raise MalformedTypedData(where, f"must be a list of {match['item']}", value)
        if match["length"] and len(value) != int(match["length"]):
            raise MalformedTypedData(where, f"must have {match['length']} items", value)
        items = (_encode(types, match["item"], item, f"{where}[{place}]") for place, item in enumerate(value))
        return keccak256(b"".join(items))
    if kind in types:
        return hash_struct(types, kind, value, where)
    if kind == "string":
        if not isinstance(value, str):
            raise MalformedTypedData(where, "must be a string", value)
        return keccak256(value.encode())
    if kind == "bytes":
        return keccak256(_bytes(value, where))
    return _encode_atom(kind, value, where)


def _encode_atom(kind: str, value: Any, where: str) -> bytes:
    """A value of a type that fits 32 bytes: numbers to the right, byte strings to the left."""
    if kind == "bool":
        if not isinstance(value, bool):
            raise MalformedTypedData(where, "must be true or false", value)
        return int(value).to_bytes(32, "big")
    if kind == "address":
        return _fixed_bytes(value, 20, where).rjust(32, b"\0")
    if match := re.fullmatch(r"bytes([1-9][0-9]?)", kind):
        if (length := int(match[1])) <= 32:
            return _fixed_bytes(value, length, where).ljust(32, b"\0")
    elif match := re.fullmatch(r"(u?)int([1-9][0-9]*)", kind):
        bits = int(match[2])
        if bits <= 256 and bits % 8 == 0:
            lowest, bound = (0, 1 << bits) if match[1] else (-(1 << (bits - 1)), 1 << (bits - 1))
            number = _number(value, where)
            if not lowest <= number < bound:
                raise MalformedTypedData(where, f"is out of range for {kind}", value)
            return (number % (1 << 256)).to_bytes(32, "big")
    raise MalformedTypedData(where, f"there is no type {kind!r}")


def _fixed_bytes(value: Any, length: int, where: str) -> bytes:
    data = _bytes(value, where)
    if len(data) != length:
        raise MalformedTypedData(where, f"must be {length} bytes", value)
    return data


def _bytes(value: Any, where: str) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, str) and re.fullmatch(r"0x([0-9a-fA-F]{2})*", value):
        return bytes.fromhex(value[2:])
    raise MalformedTypedData(where, "must be bytes, or 0x and pairs of hexadecimal digits", value)


def _number(value: Any, where: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and NUMBER.fullmatch(value):
        return int(value, 16 if value.startswith("0x") else 10)
    raise MalformedTypedData(where, "must be an integer", value)
