"""
The .r1cs file that circom writes (iden3 format, version 1), read into memory.

Sections of a number, a length and content; section 1 is the header, section 2 the constraints, each three rows of
(wire, coefficient) with coefficients as 32 little-endian bytes. Everything that does not fit is refused.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

from prover.errors import MalformedFile
from prover.reference.field import BYTES, R
from prover.reference.r1cs import Constraint, ConstraintSystem

__all__ = ["read_constraints"]

HEADER: Final = 1
CONSTRAINTS: Final = 2


def read_constraints(path: Path) -> ConstraintSystem:
    """The constraint system in a file; for circuits that fit in memory comfortably."""
    data = path.read_bytes()
    sections = _sections(path, data)
    header = sections.get(HEADER, b"")
    if len(header) != 4 + BYTES + 28 or struct.unpack_from("<I", header)[0] != BYTES:
        raise MalformedFile(str(path), "has no header of a 32-byte field")
    if int.from_bytes(header[4 : 4 + BYTES], "little") != R:
        raise MalformedFile(str(path), "is over another field than BN254's")
    wires, outputs, inputs, _, _, count = struct.unpack_from("<IIIIQI", header, 4 + BYTES)
    rows = _Rows(path, sections.get(CONSTRAINTS, b""))
    constraints = tuple(Constraint(rows.row(), rows.row(), rows.row()) for _ in range(count))
    rows.end()
    return ConstraintSystem(wires, outputs + inputs, constraints)


def _sections(path: Path, data: bytes) -> dict[int, bytes]:
    if len(data) < 12 or struct.unpack_from("<4sI", data) != (b"r1cs", 1):
        raise MalformedFile(str(path), "is not an R1CS file of version 1")
    sections, at = {}, 12
    for _ in range(struct.unpack_from("<I", data, 8)[0]):
        if at + 12 > len(data):
            raise MalformedFile(str(path), "is cut short")
        kind, length = struct.unpack_from("<IQ", data, at)
        at += 12
        if at + length > len(data):
            raise MalformedFile(str(path), "is cut short")
        sections[kind] = data[at : at + length]
        at += length
    return sections


class _Rows:
    """Rows, taken one after the other from the constraints section."""

    def __init__(self, path: Path, data: bytes) -> None:
        self._path, self._data, self._at = path, data, 0

    def row(self) -> dict[int, int]:
        row: dict[int, int] = {}
        for _ in range(self._word()):
            wire = self._word()
            row[wire] = int.from_bytes(self._take(BYTES), "little")
        return row

    def end(self) -> None:
        if self._at != len(self._data):
            raise MalformedFile(str(self._path), "has bytes after its last constraint")

    def _word(self) -> int:
        return int.from_bytes(self._take(4), "little")

    def _take(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        if len(taken) != count:
            raise MalformedFile(str(self._path), "is cut short")
        self._at += count
        return taken
