"""
What the generated bindings stand on: one deployed contract, its views, transactions and logs.

A method of a binding that only reads calls at once; any other returns a `Transaction`, which can be tried (`call`) or
sent through a `Sender`. What a contract refuses comes back as `Reverted`, with the ID of the rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self, TypeVar

from eth_abi.abi import decode
from web3 import Web3
from web3.types import LogReceipt

from rollup.chain.abi import Address, Block, Transaction, address, components, encoded, refusals, selector

__all__ = ["Event", "Logged", "Part"]

T = TypeVar("T")


class Event(Protocol):
    """A struct with what a log says."""

    signature: ClassVar[str]
    indexed: ClassVar[tuple[bool, ...]]

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self: ...


@dataclass(frozen=True, slots=True)
class Logged:
    """An event and where it stands."""

    event: Any
    """One of the event classes of the part that was read."""
    block: int
    transaction: bytes
    place: int
    """Among the logs of its block."""


class Part:
    """One deployed contract; the bindings add its functions."""

    EVENTS: ClassVar[Mapping[bytes, type[Any]]] = {}
    """By topic."""

    def __init__(self, chain: Web3, place: Address) -> None:
        self.chain, self.address = chain, address(place)

    def events(self, first: Block = 0, last: Block = "latest") -> Iterator[Logged]:
        """What the part has logged in these blocks, in order."""
        for log in self.chain.eth.get_logs({"address": self.address, "fromBlock": first, "toBlock": last}):
            found = self.read(log)
            if found is not None:
                yield found

    def read(self, log: LogReceipt) -> Logged | None:
        """The event of a log; None when it is not one of this part's."""
        if log["address"] != self.address:
            return None
        event = self.decoded([bytes(one) for one in log["topics"]], bytes(log["data"]))
        if event is None:
            return None
        return Logged(event, log["blockNumber"], bytes(log["transactionHash"]), log["logIndex"])

    @classmethod
    def decoded(cls, topics: Sequence[bytes], data: bytes) -> Any:
        """The event that topics and data say; None when it is not one of this part's."""
        kind = cls.EVENTS.get(topics[0]) if topics else None
        if kind is None:
            return None
        types = components(kind.signature)
        rest = iter(topics[1:])
        plain = iter(decode([each for each, known in zip(types, kind.indexed, strict=True) if not known], data))
        values = [
            decode([each], next(rest))[0] if known else next(plain)
            for each, known in zip(types, kind.indexed, strict=True)
        ]
        return kind.of(values)

    def _view(self, signature: str, arguments: Sequence[Any], returns: str, block: Block) -> tuple[Any, ...]:
        """Read; what the function returns, one after the other."""
        with refusals(self._name(signature)):
            data = selector(signature) + encoded(signature, arguments)
            answer = self.chain.eth.call({"to": self.address, "data": data}, block)
        return tuple(decode(components(returns), bytes(answer)))

    def _change(
        self,
        signature: str,
        arguments: Sequence[Any],
        returns: str,
        read: Callable[[tuple[Any, ...]], T],
        value: int = 0,
    ) -> Transaction[T]:
        """Prepare a transaction."""
        data = selector(signature) + encoded(signature, arguments)
        types = components(returns)
        name = self._name(signature)
        return Transaction(self.chain, self.address, name, data, lambda answer: read(decode(types, answer)), value)

    def _name(self, signature: str) -> str:
        return f"{type(self).__name__}.{signature.partition('(')[0]}"
