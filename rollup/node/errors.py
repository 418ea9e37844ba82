"""
Every way in which a node says no.

    NodeError
    ├── ForgottenHistory    L1 knows more batches than the journal
    ├── OtherSystem         a directory that belongs to another system
    └── Unprovable          a batch whose proof shows something else than the law said
"""

from __future__ import annotations

from prover.errors import ProverError

__all__ = ["ForgottenHistory", "NodeError", "OtherSystem", "Unprovable"]


class NodeError(ProverError):
    """Base of every way in which a node says no."""


class ForgottenHistory(NodeError):
    """L1 knows more batches than the journal: it is an old copy, and going on from it would contradict L1."""

    def __init__(self, journal: int, chain: int) -> None:
        self.journal, self.chain = journal, chain
        super().__init__(
            f"L1 has {chain} batches and the journal {journal}: the journal is an old copy, or another system's. "
            "Restore the newest backup; nothing was posted"
        )


class OtherSystem(NodeError):
    """A directory that belongs to another system."""

    def __init__(self, path: object) -> None:
        self.path = path
        super().__init__(f"{path} is of another system than the one at hand; name that system's own directory")


class Unprovable(NodeError):
    """A proof shows something else than the law said: circuits and law differ, which is a defect."""

    def __init__(self, batch: int, step: int) -> None:
        self.batch, self.step = batch, step
        super().__init__(
            f"the proof of step {step} of batch {batch} shows other values than the law; nothing is posted"
        )
