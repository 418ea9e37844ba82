"""
An envelope: a transaction before it is sent, with everything fixed that decides whether it is mined, and its signature.

Whoever notes an envelope down and then sends it may send the same bytes again after any failure: a network mines them
once. To change its mind about the fee, it seals another envelope of the same account nonce; of the two, one is mined.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from hexbytes import HexBytes
from web3 import Web3
from web3.exceptions import TransactionNotFound, Web3RPCError
from web3.types import TxParams

from rollup.chain.abi import Account, Address, Sender, address
from rollup.spec.hashes import keccak

__all__ = ["Envelope", "Fee", "calldata_floor", "fee_now", "seal", "transmit", "waits"]

BASE_GAS: Final = 21_000
"""Of any transaction."""

TOKEN_GAS: Final = 10
"""Floor price of a token of calldata, EIP-7623; a zero byte is one, any other byte four."""

LEAST_RAISE: Final = 8
"""A replacement pays at least an eighth more: nodes refuse one that pays less than a tenth more."""

USUAL_TIP: Final = 10**9
"""Wei of gas price that block builders get, where gas costs as much."""


def calldata_floor(data: bytes) -> int:
    """Gas that a transaction with this calldata costs at least, whatever it does: EIP-7623."""
    zeros = data.count(0)
    return BASE_GAS + TOKEN_GAS * (zeros + 4 * (len(data) - zeros))


@dataclass(frozen=True, slots=True)
class Fee:
    """What a transaction pays for gas, in wei."""

    most: int
    """Base fee and tip together."""
    tip: int

    def raised(self, suggested: Fee) -> Fee:
        """The least that replaces this, or what is suggested now, where that is more."""
        least = [each + each // LEAST_RAISE + 1 for each in (self.most, self.tip)]
        return Fee(max(least[0], suggested.most), max(least[1], suggested.tip))

    def within(self, limit: int) -> Fee:
        """The same, but never above a limit."""
        return Fee(min(self.most, limit), min(self.tip, limit))


@dataclass(frozen=True, slots=True)
class Envelope:
    """A transaction as it is sent; calldata aside, of which it has the hash."""

    nonce: int
    """Of the account that pays."""
    gas: int
    fee: Fee
    data_hash: bytes
    """keccak of the calldata."""
    block: int
    """The newest block when it was sealed."""
    raw: bytes = b""
    """Signed; nothing where the node keeps the key and signs only what it sends at once."""
    hash: bytes = b""
    """Of the transaction; nothing where it is not known before it is sent."""


def fee_now(chain: Web3, limit: int) -> Fee:
    """Room for the base fee to double before the transaction is mined, never above a limit."""
    price = chain.eth.gas_price
    return Fee(2 * price, min(price, USUAL_TIP)).within(limit)


def seal(chain: Web3, sender: Sender, to: Address, data: bytes, envelope: Envelope) -> Envelope:
    """The envelope with its signature, where there is a way to sign without sending."""
    raw = _signed(chain, sender, _params(chain, sender, to, data, envelope))
    return replace(envelope, raw=raw, hash=keccak(raw) if raw else b"")


def transmit(chain: Web3, sender: Sender, to: Address, data: bytes, envelope: Envelope) -> Envelope:
    """Send it, now or again; returned with its hash. A node that has it already refuses (`waits` tells)."""
    if envelope.raw:
        chain.eth.send_raw_transaction(HexBytes(envelope.raw))
        return envelope
    sent = chain.eth.send_transaction(_params(chain, sender, to, data, envelope))
    return replace(envelope, hash=bytes(sent))


def waits(chain: Web3, sender: Sender, envelope: Envelope) -> bool:
    """Whether the node has it; without its hash, whether it has any transaction in its place."""
    if not envelope.hash:
        return chain.eth.get_transaction_count(sender.address, "pending") > envelope.nonce
    try:
        chain.eth.get_transaction(HexBytes(envelope.hash))
    except TransactionNotFound:
        return False
    return True


def _params(chain: Web3, sender: Sender, to: Address, data: bytes, envelope: Envelope) -> TxParams:
    return {
        "from": sender.address,
        "to": address(to),
        "data": HexBytes(data),
        "value": Web3.to_wei(0, "wei"),
        "nonce": envelope.nonce,  # type: ignore[typeddict-item]
        "gas": envelope.gas,
        "maxFeePerGas": Web3.to_wei(envelope.fee.most, "wei"),
        "maxPriorityFeePerGas": Web3.to_wei(envelope.fee.tip, "wei"),
        "chainId": chain.eth.chain_id,
    }


def _signed(chain: Web3, sender: Sender, params: TxParams) -> bytes:
    """By the key that is here, else by the node that keeps it; nothing when that signs only what it sends."""
    if isinstance(sender, Account):
        return bytes(sender.signer.sign_transaction(params).raw_transaction)
    asked = {name: hex(value) if isinstance(value, int) else value for name, value in params.items()}
    asked["data"] = "0x" + bytes(params["data"]).hex()  # type: ignore[arg-type]
    try:
        answer = chain.provider.make_request("eth_signTransaction", [asked])  # type: ignore[arg-type]
    except Web3RPCError:
        return b""
    found = answer.get("result")
    raw = found.get("raw") if isinstance(found, dict) else found  # Anvil returns the bytes, others an object with them.
    return bytes(HexBytes(raw)) if raw else b""
