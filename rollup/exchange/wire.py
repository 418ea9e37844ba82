"""
The wire: how commands and events become bytes, and back.

A record is its kind's number in one byte and its fields in order, each an integer of a fixed width, lowest byte first.
The twin and the native core read and write the same bytes, so a log replays on either, and two runs are compared byte
by byte. A record that ends early, goes on too long or names an unknown kind is refused before it touches anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from enum import IntEnum
from typing import Any, Final, TypeVar

__all__ = ["FLAG", "I64", "I128", "U8", "U16", "U32", "U64", "Field", "Malformed", "Records", "framed", "frames"]

T = TypeVar("T")

LENGTH: Final = 4
"""Bytes of the length in front of each record of a stream."""


class Malformed(ValueError):
    """Bytes that are no record; nothing was changed."""


class Field:
    """An integer of so many bytes."""

    __slots__ = ("highest", "lowest", "name", "signed", "size")

    def __init__(self, name: str, size: int, *, signed: bool = False, highest: int | None = None) -> None:
        self.name, self.size, self.signed = name, size, signed
        self.lowest = -(1 << 8 * size - 1) if signed else 0
        self.highest = ((1 << 8 * size - signed) - 1) if highest is None else highest

    def write(self, value: int) -> bytes:
        if not self.lowest <= value <= self.highest:
            raise Malformed(f"{value} is no {self.name}")
        return int(value).to_bytes(self.size, "little", signed=self.signed)

    def read(self, data: bytes, at: int) -> int:
        if at + self.size > len(data):
            raise Malformed("a record ends early")
        value = int.from_bytes(data[at : at + self.size], "little", signed=self.signed)
        if value > self.highest:
            raise Malformed(f"{value} is no {self.name}")
        return value


U8 = Field("number of 8 bits", 1)
U16 = Field("number of 16 bits", 2)
U32 = Field("number of 32 bits", 4)
U64 = Field("number of 64 bits", 8)
I64 = Field("signed number of 64 bits", 8, signed=True)
I128 = Field("signed number of 128 bits", 16, signed=True)
FLAG = Field("flag", 1, highest=1)


class Records:
    """The kinds of one direction: commands, or events."""

    def __init__(self) -> None:
        self._layouts: dict[type, tuple[int, dict[str, Field]]] = {}
        self._kinds: dict[int, type] = {}
        self._casts: dict[type, dict[str, Callable[[int], Any]]] = {}

    def kind(self, number: int, **layout: Field | tuple[Field, Callable[[int], Any]]) -> Callable[[type[T]], type[T]]:
        """Give a dataclass its number and the widths of its fields, in their order."""

        def register(cls: type[T]) -> type[T]:
            widths = {name: field if isinstance(field, Field) else field[0] for name, field in layout.items()}
            assert [one.name for one in fields(cls)] == list(widths), cls  # type: ignore[arg-type]
            assert number not in self._kinds, number
            self._layouts[cls], self._kinds[number] = (number, widths), cls
            self._casts[cls] = {name: field[1] for name, field in layout.items() if not isinstance(field, Field)}
            return cls

        return register

    def encode(self, record: object) -> bytes:
        """A record as bytes."""
        number, layout = self._layouts[type(record)]
        parts = [bytes([number])]
        parts += [field.write(getattr(record, name)) for name, field in layout.items()]
        return b"".join(parts)

    def decode(self, data: bytes) -> Any:
        """The record that all of the bytes are."""
        cls = self._kinds.get(data[0]) if data else None
        if cls is None:
            raise Malformed("a record of no known kind")
        at, values, casts = 1, {}, self._casts[cls]
        for name, field in self._layouts[cls][1].items():
            value = field.read(data, at)
            at += field.size
            values[name] = _cast(casts[name], value) if name in casts else bool(value) if field is FLAG else value
        if at != len(data):
            raise Malformed("a record goes on too long")
        return cls(**values)

    @property
    def names(self) -> dict[int, str]:
        """Kinds by number."""
        return {number: cls.__name__ for number, cls in sorted(self._kinds.items())}


def framed(record: bytes) -> bytes:
    """A record behind its length, as it stands in a stream."""
    return len(record).to_bytes(LENGTH, "little") + record


def frames(stream: bytes) -> Iterator[bytes]:
    """The records of a stream."""
    at = 0
    while at < len(stream):
        if at + LENGTH > len(stream):
            raise Malformed("a stream ends within a length")
        size = int.from_bytes(stream[at : at + LENGTH], "little")
        at += LENGTH
        if at + size > len(stream):
            raise Malformed("a stream ends within a record")
        yield stream[at : at + size]
        at += size


def _cast(to: Callable[[int], Any], value: int) -> Any:
    try:
        return to(value)
    except ValueError:
        what = to.__name__ if isinstance(to, type) and issubclass(to, IntEnum) else "value"
        raise Malformed(f"{value} is no {what}") from None
