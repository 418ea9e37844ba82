"""
Every way in which compliance says no.

    ComplianceError
    ├── BooksNotInOrder     books of which nothing valid can be attested; said before anything is proven
    ├── NotAttestable       a root, table, key or system with which L1 would refuse the attestation
    ├── UnusableScan        a place where proven parts of a scan cannot be kept
    ├── UnwrittenBundle     a bundle that could not be written
    ├── BadBundle           a file that is no bundle; `path` names the member
    └── BadExpectation      what a bundle is to be held against cannot be read
"""

from __future__ import annotations

from collections.abc import Sequence

from prover.errors import ProverError

__all__ = [
    "BadBundle",
    "BadExpectation",
    "BooksNotInOrder",
    "ComplianceError",
    "NotAttestable",
    "UnusableScan",
    "UnwrittenBundle",
]


class ComplianceError(ProverError):
    """Base of everything raised on purpose below `rollup.compliance`."""


class BooksNotInOrder(ComplianceError):
    """A settled state of which nothing valid can be attested; `faults` says everything that is wrong with it."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"nothing can be attested: {'; and '.join(self.faults)}")


class NotAttestable(ComplianceError):
    """L1 would refuse the attestation, whatever is proven; the message says what to do."""


class UnusableScan(ComplianceError):
    """Proven parts of a scan cannot be kept in this place."""

    def __init__(self, place: object, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(
            f"parts of the scan cannot be kept in {place} ({reason}); make room there or name another place"
        )


class UnwrittenBundle(ComplianceError):
    """A bundle that could not be written; what was proven for it is kept."""

    def __init__(self, place: object, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(f"{place} cannot be written ({reason}); what is proven is kept: name another file with --out")


class BadBundle(ComplianceError):
    """A file that is no bundle, or holds what no bundle may; `path` is the member, such as `parts[2].proof.pi_a`."""

    def __init__(self, source: str, path: str, reason: str) -> None:
        self.source, self.path, self.reason = source, path, reason
        super().__init__(f"{source}: {path + ' ' if path else ''}{reason}")


class BadExpectation(ComplianceError):
    """A deployment record, hash or time that a bundle is to be held against, and that cannot be read."""
