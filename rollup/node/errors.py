"""
Every way in which a node says no.

    NodeError
    ├── ForgottenHistory    L1 knows more batches than the journal
    ├── OtherHistoryOnL1    L1 has other batches than the journal
    ├── BadSecret           a secret of another length than was made
    ├── NotSwept            an account that cannot be swept
    ├── OtherSystem         a directory that belongs to another system
    └── Unprovable          a batch whose proof shows something else than the law said
"""

from __future__ import annotations

from prover.errors import ProverError

__all__ = ["BadSecret", "ForgottenHistory", "NodeError", "NotSwept", "OtherHistoryOnL1", "OtherSystem", "Unprovable"]


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


class OtherHistoryOnL1(NodeError):
    """L1 has as many batches, and they are others: another node posted with the operator's key."""

    def __init__(self, batch: int, ours: int, theirs: int) -> None:
        self.batch, self.ours, self.theirs = batch, ours, theirs
        super().__init__(
            f"L1's batch {batch} ends at {theirs:#x}, the journal's at {ours:#x}: another node posted with this key, "
            "the journal is not the one that was posted from, or another version plans it otherwise. Restore that "
            "one's backup, or go back to that version; nothing was posted"
        )


class BadSecret(NodeError):
    """The operator's secret has another length than was made: the file is damaged."""

    def __init__(self, path: object, length: int) -> None:
        self.path, self.length = path, length
        super().__init__(
            f"{path} has {length} bytes and not 32; restore it from a backup made with --with-secret, or remove it: a "
            "new one is made, and what was sealed keeps its randomness, which is in the journal"
        )


class NotSwept(NodeError):
    """Accounts that cannot be swept: nobody has them, or they are the fund."""

    def __init__(self, accounts: list[int]) -> None:
        self.accounts = accounts
        super().__init__(f"accounts {accounts} cannot be swept: nobody has them, or it is the fund, which others open")


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
