"""
What goes wrong between us and a chain.

    ChainError
    ├── ChainUnreachable      no node answers
    ├── Reverted              a contract refused; `refusal` names the rule
    ├── DeploymentRefused     a system that must not be deployed like this
    └── BadRecord             a deployment record that cannot be read, or that contradicts itself
"""

from __future__ import annotations

from dataclasses import dataclass

from prover.errors import ProverError

__all__ = ["BadRecord", "ChainError", "ChainUnreachable", "DeploymentRefused", "Refusal", "Reverted"]


class ChainError(ProverError):
    """Base of everything raised on purpose below `rollup.chain`."""


class ChainUnreachable(ChainError):
    """No node answers at this address."""

    def __init__(self, rpc: str) -> None:
        self.rpc = rpc
        super().__init__(f"no node answers at {rpc}; start one (for a local chain: `anvil`) or name another with --rpc")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A custom error of the contracts, and the rule that it stands for."""

    name: str
    rule: str | None
    """Its ID in SECURITY.md; None for errors that come with OpenZeppelin."""
    meaning: str


class Reverted(ChainError):
    """A contract refused a call."""

    def __init__(self, call: str, refusal: Refusal | None, data: bytes, message: str = "") -> None:
        self.call, self.refusal, self.data = call, refusal, data
        if refusal is None:
            said = message or (f"unknown error 0x{data.hex()}" if data else "no reason was given")
        else:
            rule = f"{refusal.rule} " if refusal.rule else ""
            said = f"{rule}{refusal.name}: {refusal.meaning}"
        super().__init__(f"{call} was refused with {said}")

    @property
    def rule(self) -> str | None:
        """The ID of the rule that was broken, where it is one of ours."""
        return self.refusal.rule if self.refusal else None


class DeploymentRefused(ChainError):
    """A system that must not be deployed like this; the message says what to do."""


class BadRecord(ChainError):
    """A deployment record that cannot be read, or that contradicts itself."""

    def __init__(self, where: str, reason: str) -> None:
        self.where, self.reason = where, reason
        super().__init__(f"{where}: {reason}")
