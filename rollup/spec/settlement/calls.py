"""
What a call brings with it, and what the chain provides besides storage.

The model has no clock and no sender of its own: both come with every call. Nor does it repeat the pairing check and
signature recovery: those are handed in, and tests hand in what suits them, from real proofs to tokens that say for
which key and inputs they are good.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol, TypeAlias

from rollup.spec.types import Cash, FieldElement, Time

__all__ = ["ADDRESS_BITS", "Address", "Call", "Digest", "Epoch", "Payment", "Precompiles", "ProofKind", "Wei"]

Address: TypeAlias = int
"""An L1 address, 160 bits; 0 is nobody."""

Digest: TypeAlias = int
"""A keccak hash as L1 has it, 256 bits."""

Wei: TypeAlias = int
"""10^-18 ETH: what forced requests cost."""

Epoch: TypeAlias = int
"""Number of a risk table; the committee signs one table an epoch."""

ADDRESS_BITS = 160


class ProofKind(IntEnum):
    """What a verifier key is for; the first three are the kinds of steps."""

    TRADE = 1
    FUNDS = 2
    LIQUIDATE = 3
    SOLVENCY = 4
    WITHDRAW = 5
    ESCAPE = 6


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls, in which block, with how much ETH."""

    sender: Address
    time: Time
    """Timestamp of the block."""
    block: int = 0
    value: Wei = 0
    direct: bool = True
    """
    The sender is an account without code that began the transaction, so that anyone finds what it sent in the
    transaction itself.
    """


@dataclass(frozen=True, slots=True)
class Payment:
    """Tokens that leave the vault."""

    to: Address
    amount: Cash


class Precompiles(Protocol):
    """Cryptography that the chain does and the model does not repeat."""

    def verifies(self, key: Digest, inputs: tuple[FieldElement, ...], proof: object) -> bool:
        """Whether a proof shows these public inputs under the verifier key with this hash."""
        ...

    def recover(self, digest: bytes, signature: object) -> Address:
        """Who signed a digest; 0 when the signature is malformed."""
        ...
