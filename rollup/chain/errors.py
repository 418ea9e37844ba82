"""
What goes wrong between us and a chain.

    ChainError
    ├── ChainUnreachable      no node answers
    ├── Reverted              a contract refused; `refusal` names the rule
    ├── DeploymentRefused     a system that must not be deployed like this
    ├── BadRecord             a deployment record that cannot be read, or that contradicts itself
    ├── PostingFailed         a batch that cannot be posted, or is not settled yet
    │   ├── ForeignBatch      L1 has another batch in its place
    │   ├── NotTheNextBatch   batches before it are missing
    │   ├── TooMuchGas        no block takes it
    │   └── NotSettledYet     sent, and neither accepted nor refused so far
    ├── NotesUnusable         a poster's notes that cannot be kept or read
    ├── Reorganised           L1 went back on blocks that were seen
    ├── LostLogs              a node's logs do not add up to what the contracts count
    ├── PortTaken             something else listens where a local chain was to run
    └── StateUnusable         a file that a local chain cannot keep its state in
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from prover.errors import ProverError

__all__ = [
    "BadRecord",
    "ChainError",
    "ChainUnreachable",
    "DeploymentRefused",
    "ForeignBatch",
    "LostLogs",
    "NotSettledYet",
    "NotTheNextBatch",
    "NotesUnusable",
    "PortTaken",
    "PostingFailed",
    "Refusal",
    "Reorganised",
    "Reverted",
    "StateUnusable",
    "TooMuchGas",
]


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


class PostingFailed(ChainError):
    """A batch that cannot be posted, or is not settled yet."""


class ForeignBatch(PostingFailed):
    """L1 has another batch where ours belongs: somebody else posted with the operator's key."""

    def __init__(self, number: int, ours: int, found: int | None = None) -> None:
        self.number, self.ours, self.found = number, ours, found
        ends = "elsewhere" if found is None else f"at {found:#x}"
        super().__init__(
            f"batch {number} on L1 ends {ends}, ours at {ours:#x}: somebody else posts with the operator's key, or "
            "this is not the log that the batches on L1 were made of. Stop, find out who has the key, and have "
            "governance name another operator; what L1 has can be read back from its calldata"
        )


class NotTheNextBatch(PostingFailed):
    """Batches before it are missing on L1: never posted, or undone by a reorganisation."""

    def __init__(self, number: int, batches: int) -> None:
        self.number, self.batches = number, batches
        super().__init__(f"L1 has {batches} batches, so batch {number} is not the next: post batch {batches + 1} first")


class TooMuchGas(PostingFailed):
    """A batch that no block takes."""

    def __init__(self, number: int, limit: int, gas: int | None = None) -> None:
        self.number, self.limit, self.gas = number, limit, gas
        needs = "more" if gas is None else f"{gas}"
        super().__init__(
            f"batch {number} needs {needs} gas, and one transaction may take {limit}: seal smaller batches"
        )


class NotSettledYet(PostingFailed):
    """Sent, and neither accepted nor refused so far."""

    def __init__(self, number: int, why: str) -> None:
        self.number = number
        super().__init__(f"batch {number} is not settled yet: {why}. Post it again to go on; nothing is sent twice")


class NotesUnusable(ChainError):
    """A poster's notes that cannot be kept or read."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        super().__init__(f"{path}: {reason}")


class Reorganised(ChainError):
    """L1 went back on blocks that were seen; `common` is the last one seen that it still has, if any is known."""

    def __init__(self, block: int, common: int | None) -> None:
        self.block, self.common = block, common
        back = "before every block that is remembered" if common is None else f"after block {common}"
        super().__init__(
            f"block {block} is no longer on the chain, which has changed {back}: undo what was learnt since, and go on "
            "from there. More confirmations make this rarer"
        )


class LostLogs(ChainError):
    """A node's logs do not add up to what the contracts count."""

    def __init__(self, what: str, logged: object, counted: object, last: int) -> None:
        self.what, self.logged, self.counted = what, logged, counted
        super().__init__(
            f"up to block {last} the node's logs tell of {what} {logged}, the contracts of {counted}: the node drops "
            "logs or is not in step. Nothing was taken over; ask again, or name another node"
        )


class PortTaken(ChainError):
    """Something else listens where a local chain was to run."""

    def __init__(self, port: int) -> None:
        self.port = port
        super().__init__(
            f"port {port} of this machine is taken: end what listens there (`lsof -i :{port}` says what), or name "
            "another port; without one a free port is chosen"
        )


class StateUnusable(ChainError):
    """A file that a local chain cannot keep its state in."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        super().__init__(f"{path}: {reason}")
