"""
L1 wallets as signers of typed data: a private key that is here, one that a local node keeps, or whatever a program has.

A signature that keys are made of is used in one form only, and only if it is the wallet's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from web3 import Web3

from prover import crypto
from prover.errors import UnrecoverableSignature, WrongLength
from prover.reference import eip712
from rollup.chain.abi import Account, Address, NodeAccount, Sender
from rollup.client.errors import ForeignSignature

__all__ = ["SECP256K1_ORDER", "Signer", "canonical_signature", "signer_of"]

SECP256K1_ORDER: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
"""Of the curve that L1 signs on."""


class Signer(Protocol):
    """An L1 wallet that signs typed data."""

    @property
    def address(self) -> Address: ...
    def sign(self, document: Mapping[str, Any]) -> bytes:
        """65 bytes r, s and v over a document of EIP-712."""
        ...


def signer_of(sender: Sender, chain: Web3 | None = None) -> Signer:
    """A sender of transactions as one that signs typed data; `chain` is the node of an account that a node keeps."""
    if isinstance(sender, Account):
        return _LocalSigner(sender)
    if isinstance(sender, NodeAccount) and chain is not None:
        return _NodeSigner(sender.address, chain)
    raise ForeignSignature(sender.address)


def canonical_signature(signer: Signer, document: Mapping[str, Any]) -> bytes:
    """r and the low s of the signer's signature, 64 bytes."""
    signature = signer.sign(document)
    if len(signature) != 65:
        raise ForeignSignature(signer.address)
    r, s, v = signature[:32], int.from_bytes(signature[32:64], "big"), signature[64] % 27
    if SECP256K1_ORDER > s > SECP256K1_ORDER // 2:  # Hardware may give either of the two.
        s, v = SECP256K1_ORDER - s, 1 - v
    canonical = r + s.to_bytes(32, "big")
    try:
        found = crypto.load().recover(eip712.digest(document), canonical + bytes([27 + v % 2]))
    except (UnrecoverableSignature, WrongLength):
        raise ForeignSignature(signer.address) from None  # The cause would name the signature, which is the secret.
    if int.from_bytes(found, "big") != int(signer.address, 16):
        raise ForeignSignature(signer.address)
    return canonical


@dataclass(frozen=True, slots=True)
class _LocalSigner:
    """A private key that is here."""

    account: Account

    @property
    def address(self) -> Address:
        return self.account.address

    def sign(self, document: Mapping[str, Any]) -> bytes:
        made = self.account.signer.unsafe_sign_hash(eip712.digest(document))
        return bytes(made.r.to_bytes(32, "big") + made.s.to_bytes(32, "big") + bytes([made.v]))


@dataclass(frozen=True, slots=True)
class _NodeSigner:
    """A key that a local node keeps."""

    address: Address
    chain: Web3

    def sign(self, document: Mapping[str, Any]) -> bytes:
        request = self.chain.provider.make_request
        answer = request("eth_signTypedData_v4", [self.address, document])  # type: ignore[arg-type]
        try:
            return bytes.fromhex(str(answer.get("result")).removeprefix("0x"))
        except ValueError:
            raise ForeignSignature(self.address) from None
