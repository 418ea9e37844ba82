"""
The part `vault`.

Generated from the contracts by `make generate`; change those, not this file.
"""

# ruff: noqa: E501 - signatures are as long as the contracts have them
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

from rollup.chain.abi import Address, Block, Transaction, address, topic
from rollup.chain.part import Part


@dataclass(frozen=True, slots=True)
class Credited:
    """Somebody is owed tokens until it fetches them."""

    signature: ClassVar[str] = "Credited(address,uint256)"
    indexed: ClassVar[tuple[bool, ...]] = (True, False)

    to: Address
    amount: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(address(values[0]), values[1])


@dataclass(frozen=True, slots=True)
class Paid:
    """Tokens left the vault."""

    signature: ClassVar[str] = "Paid(address,uint256)"
    indexed: ClassVar[tuple[bool, ...]] = (True, False)

    to: Address
    amount: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(address(values[0]), values[1])


@dataclass(frozen=True, slots=True)
class PaymentRefused:
    """The token refused a payment, to a blocked recipient for one; it is credited instead."""

    signature: ClassVar[str] = "PaymentRefused(address,uint256)"
    indexed: ClassVar[tuple[bool, ...]] = (True, False)

    to: Address
    amount: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(address(values[0]), values[1])


@dataclass(frozen=True, slots=True)
class Pulled:
    """Credits were fetched by their owner."""

    signature: ClassVar[str] = "Pulled(address,address,uint256)"
    indexed: ClassVar[tuple[bool, ...]] = (True, True, False)

    owner: Address
    to: Address
    amount: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Self:
        """From what was decoded."""
        return cls(address(values[0]), address(values[1]), values[2])


class Vault(Part):
    """The deployed part `vault`."""

    CONSTRUCTOR: Final = "((address,address,address,address,address,address,address,address,address),(uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint128,uint64,uint64,uint64),address)"
    EVENTS: ClassVar[Mapping[bytes, type[Any]]] = {
        topic(each.signature): each
        for each in (
            Credited,
            Paid,
            PaymentRefused,
            Pulled,
        )
    }

    def consume_deposit(self, amount: int) -> Transaction[None]:
        """A deposit has entered an account; only for the deposit queue."""
        return self._change("consumeDeposit(uint256)", (amount,), "()", lambda found: None)

    def credit(self, to: Address, amount: int) -> Transaction[None]:
        """Owe somebody tokens until it fetches them; only for clearing and the forced queues."""
        return self._change("credit(address,uint256)", (to, amount), "()", lambda found: None)

    def credits(self, owner: Address, *, block: Block = "latest") -> int:
        """What an owner can pull."""
        found = self._view("credits(address)", (owner,), "(uint256)", block)
        return int(found[0])

    def credits_total(self, *, block: Block = "latest") -> int:
        """Sum of all credits."""
        found = self._view("creditsTotal()", (), "(uint256)", block)
        return int(found[0])

    def pay(self, to: Address, amount: int) -> Transaction[None]:
        """Pay now, or credit when the token refuses; only for note and escape claims."""
        return self._change("pay(address,uint256)", (to, amount), "()", lambda found: None)

    def pull(self, to: Address) -> Transaction[int]:
        """
        Fetch everything that the caller is owed. `to`: Who gets the tokens; the caller chooses, so that a blocked owner
        is not stuck.
        """
        return self._change("pull(address)", (to,), "(uint256)", lambda found: found[0])

    def push(self, owner: Address) -> Transaction[int]:
        """Pay an owner everything that it is owed; anyone may, for an owner that cannot call: an exchange's address."""
        return self._change("push(address)", (owner,), "(uint256)", lambda found: found[0])

    def refund_deposit(self, to: Address, amount: int) -> Transaction[None]:
        """A deposit goes back; only for the deposit queue."""
        return self._change("refundDeposit(address,uint256)", (to, amount), "()", lambda found: None)

    def spare(self, *, block: Block = "latest") -> int:
        """Tokens that no credit and no deposit has a claim on: collateral inside accounts, and notes."""
        found = self._view("spare()", (), "(int256)", block)
        return int(found[0])

    def take_deposit(self, from_: Address, amount: int) -> Transaction[None]:
        """Take a deposit from its sender; only for the deposit queue."""
        return self._change("takeDeposit(address,uint256)", (from_, amount), "()", lambda found: None)

    def token(self, *, block: Block = "latest") -> Address:
        """The collateral: USDC."""
        found = self._view("token()", (), "(address)", block)
        return address(found[0])

    def unrefunded(self, *, block: Block = "latest") -> int:
        """Sum of the deposits that are neither consumed nor refunded."""
        found = self._view("unrefunded()", (), "(uint256)", block)
        return int(found[0])
