"""Encoding as the contracts have it, and transactions: prepared, tried, sent, refused with the ID of a rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any, Final, Generic, Protocol, TypeAlias, TypeVar

from eth_abi.abi import decode, encode
from eth_abi.grammar import TupleType, parse
from eth_typing import ChecksumAddress
from web3 import Web3
from web3.exceptions import ContractLogicError, Web3RPCError
from web3.types import BlockIdentifier, TxParams, TxReceipt

from rollup.chain.errors import Refusal, Reverted
from rollup.spec.hashes import keccak

__all__ = [
    "Account",
    "Address",
    "Block",
    "NodeAccount",
    "Sender",
    "Transaction",
    "address",
    "components",
    "encoded",
    "flat",
    "refusals",
    "reverted",
    "selector",
    "topic",
]

T = TypeVar("T")

Address: TypeAlias = str
"""An L1 address in hexadecimal with its checksum, as web3 wants it."""

Block: TypeAlias = BlockIdentifier

SPARE_GAS: Final = 5
"""A transaction gets a fifth more gas than it was estimated to need: state moves between estimate and block."""


def address(value: int | str) -> ChecksumAddress:
    """An address in hexadecimal with its checksum; the law has addresses as numbers."""
    return Web3.to_checksum_address(f"{value:#042x}" if isinstance(value, int) else value)


def selector(signature: str) -> bytes:
    """The first four bytes of calldata, or of what a custom error returns."""
    return keccak(signature.encode())[:4]


def topic(signature: str) -> bytes:
    """The first topic of an event's logs."""
    return keccak(signature.encode())


@cache
def components(types: str) -> tuple[str, ...]:
    """The members of a tuple type, the names before its bracket aside: `f(uint256,(bool,bytes)[])` has two."""
    if types.endswith("()"):
        return ()
    parsed = parse(types[types.index("(") :])
    assert isinstance(parsed, TupleType), types
    return tuple(component.to_type_str() for component in parsed.components)


def flat(value: Any) -> Any:
    """A struct of a binding as the nested tuple that is encoded; everything else stays."""
    if is_dataclass(value) and not isinstance(value, type):
        return tuple(flat(getattr(value, field.name)) for field in fields(value))
    if isinstance(value, (list, tuple)):
        return [flat(one) for one in value]
    return value


def encoded(types: str, values: Sequence[Any]) -> bytes:
    """Arguments of a function or constructor as L1 takes them."""
    return encode(components(types), [flat(value) for value in values])


class Sender(Protocol):
    """Whoever pays for transactions and signs them."""

    @property
    def address(self) -> ChecksumAddress: ...
    def transmit(self, chain: Web3, transaction: TxParams) -> bytes:
        """Sign, send, and return the transaction's hash."""
        ...


@dataclass(frozen=True, slots=True)
class NodeAccount:
    """An account whose key the node keeps, as local chains do."""

    address: ChecksumAddress

    def transmit(self, chain: Web3, transaction: TxParams) -> bytes:
        return bytes(chain.eth.send_transaction(transaction))


@dataclass(frozen=True, slots=True)
class Account:
    """An account whose key is here; the key never appears in messages."""

    signer: Any
    """Of eth_account."""

    @property
    def address(self) -> ChecksumAddress:
        return address(self.signer.address)

    def transmit(self, chain: Web3, transaction: TxParams) -> bytes:
        price = chain.eth.gas_price
        filled: TxParams = {
            **transaction,
            "chainId": chain.eth.chain_id,
            "nonce": chain.eth.get_transaction_count(self.address, "pending"),
            "maxFeePerGas": Web3.to_wei(2 * price, "wei"),
            "maxPriorityFeePerGas": Web3.to_wei(min(price, 10**9), "wei"),
        }
        signed = self.signer.sign_transaction(filled)
        return bytes(chain.eth.send_raw_transaction(signed.raw_transaction))


@dataclass(frozen=True, slots=True)
class Transaction(Generic[T]):
    """A call that changes something, ready to be tried or sent."""

    chain: Web3
    to: ChecksumAddress | None
    """None deploys."""
    name: str
    data: bytes
    result: Callable[[bytes], T]
    value: int = 0

    def call(self, sender: Sender, *, block: Block = "latest") -> T:
        """What it would return in a block; nothing changes."""
        with refusals(self.name):
            return self.result(bytes(self.chain.eth.call(self._params(sender), block)))

    def send(self, sender: Sender) -> TxReceipt:
        """Send it and wait for its block; what would be refused is refused before it costs anything."""
        params = self._params(sender)
        with refusals(self.name):
            gas = self.chain.eth.estimate_gas(params)
            params["gas"] = gas + gas // SPARE_GAS
            sent = sender.transmit(self.chain, params)
        receipt = self.chain.eth.wait_for_transaction_receipt(sent)  # type: ignore[arg-type]
        if receipt["status"] != 1:
            self.call(sender, block=receipt["blockNumber"])
            raise Reverted(self.name, None, b"", "a failure in its block that a later call does not repeat")
        return receipt

    def _params(self, sender: Sender) -> TxParams:
        params: TxParams = {"from": sender.address, "data": self.data, "value": Web3.to_wei(self.value, "wei")}
        if self.to is not None:
            params["to"] = self.to
        return params


class refusals:  # noqa: N801 - reads as a function
    """Turn what web3 raises when a contract refuses into `Reverted`."""

    def __init__(self, call: str) -> None:
        self.call = call

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ContractLogicError):
            data = error.data if isinstance(error.data, str) else ""
            raise reverted(self.call, bytes.fromhex(data.removeprefix("0x")), str(error.message or "")) from error
        if isinstance(error, Web3RPCError):
            raise Reverted(self.call, None, b"", error.message) from error


def reverted(call: str, data: bytes, message: str = "") -> Reverted:
    """The error behind what a contract returned when it refused."""
    from rollup.chain.bindings.errors import REFUSALS

    if data[:4] == selector("Error(string)"):  # What contracts say that have no custom errors, USDC among them.
        return Reverted(call, None, data, decode(["string"], data[4:])[0])
    known: Refusal | None = REFUSALS.get(data[:4])
    return Reverted(call, known, data, message)
