"""
What is kept of a scan under way: its blindings and the parts that are proven, so that it goes on where it stopped.

A place belongs to one state root and one risk root. The blindings are written before any of them is used: they hide the
totals between two proofs, and a part that was proven under others links to nothing. They are secret, so only the owner
of the files may read them. Of parts nothing is believed: what was kept counts if it states what it must and verifies.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from prover.backends import Proved
from prover.files import write_atomically
from rollup.compliance.errors import UnusableScan
from rollup.spec.hashes import R
from rollup.spec.types import FieldElement

__all__ = ["Kept"]

OWNER_ONLY: Final = 0o600
BLINDINGS: Final = "blindings.json"


@dataclass(frozen=True, slots=True)
class Kept:
    """A directory with what is kept of one scan."""

    place: Path

    @classmethod
    def of(cls, directory: Path, state_root: FieldElement, risk_root: FieldElement) -> Kept:
        """The place of a scan below a directory; made if there is none."""
        place = directory / f"{state_root:064x}" / f"{risk_root:064x}"
        try:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise UnusableScan(place, error.strerror or str(error)) from error
        return cls(place)

    def blindings(
        self, count: int, randomness: Callable[[], FieldElement], tell: Callable[[str], None]
    ) -> tuple[FieldElement, ...]:
        """One for each boundary between two parts: those that were written down, else new ones, written down first."""
        path = self.place / BLINDINGS
        found = self._read(path)
        if found is not None:
            numbers = _field_elements(found)
            if numbers is not None and len(numbers) == count:
                return numbers
            tell(f"{path} is damaged: the scan starts anew under other blindings")
        drawn = tuple(randomness() for _ in range(count))
        self._write(path, [str(value) for value in drawn])
        return drawn

    def part(self, number: int) -> Proved | None:
        """A part as it was kept, if a file is there that reads as one; None when there is none."""
        found = self._read(self._part(number))
        if found is None:
            return None
        if not isinstance(found, Mapping) or not isinstance(found.get("proof"), Mapping):
            return Proved({}, ())
        return Proved(found["proof"], _field_elements(found.get("public")) or ())

    def keep(self, number: int, proved: Proved) -> None:
        """Whole or not at all."""
        document = {"public": [str(value) for value in proved.public], "proof": proved.proof}
        self._write(self._part(number), document)

    def _part(self, number: int) -> Path:
        return self.place / f"part-{number:06}.json"

    def _read(self, path: Path) -> Any:
        """Parsed JSON; None where there is no file, and what is no JSON reads as an empty text."""
        try:
            return json.loads(path.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UnusableScan(path, error.strerror or str(error)) from error
        except (ValueError, RecursionError):
            return ""

    def _write(self, path: Path, document: object) -> None:
        try:
            write_atomically(path, json.dumps(document).encode(), OWNER_ONLY)
        except OSError as error:
            raise UnusableScan(path, error.strerror or str(error)) from error


def _field_elements(found: object) -> tuple[FieldElement, ...] | None:
    """A list of numbers below r as decimal texts; None if it is anything else."""
    if not isinstance(found, list):
        return None
    if not all(isinstance(one, str) and one.isascii() and one.isdecimal() and len(one) < 80 for one in found):
        return None
    numbers = tuple(map(int, found))
    return numbers if all(number < R for number in numbers) else None
