"""
Replay: observations from a file of comma-separated values, one print or premium a line.

    time,kind,name,source,value
    1800000060,price,BTC,alpha,60012.5
    1800000060,premium,1,book,250
    1800000060,volatility,BTC,alpha,640000

Prices are dollars with up to six decimals, premiums and volatilities ppm; times rise; lines of one time are one epoch.
A volatility is that at the money, around which the default smile is drawn at the expiries given. Any line that cannot
be read is refused, with its number.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from typing import Final

from rollup.market.defaults import smiling
from rollup.market.errors import BadRecord
from rollup.market.median import Print, median
from rollup.market.oracle import Observations

__all__ = ["COLUMNS", "dollars", "replay"]

COLUMNS: Final = ["time", "kind", "name", "source", "value"]
"""The first line."""

DECIMALS: Final = 6
"""Of USDC."""

NUMBER: Final = re.compile(r"(\d{1,10})(?:\.(\d{1,6}))?", re.ASCII)
WHOLE: Final = re.compile(r"-?\d{1,12}", re.ASCII)


def dollars(text: str) -> int:
    """Dollars as text in 10^-6 USDC, exactly; no exponents, signs or floats."""
    match = NUMBER.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return int(match[1]) * 10**DECIMALS + int((match[2] or "").ljust(DECIMALS, "0"))


def replay(lines: Iterable[str], expiries: tuple[int, ...]) -> Iterator[Observations]:
    """The epochs of a file, in order; `expiries` are those at which surfaces have slices."""
    rows = csv.reader(lines)
    if (header := next(rows, None)) != COLUMNS:
        raise BadRecord(1, f"the first line is {','.join(COLUMNS)}", header)
    group: list[tuple[str, str, str, int]] = []
    now = 0
    for line, row in enumerate(rows, start=2):
        time, record = _read(line, row)
        if time < now:
            raise BadRecord(line, "times do not fall", time)
        if time > now and group:
            yield _epoch(now, group, expiries)
            group = []
        now = time
        group.append(record)
    if group:
        yield _epoch(now, group, expiries)


def _read(line: int, row: list[str]) -> tuple[int, tuple[str, str, str, int]]:
    """Time and (kind, name, source, value) of one line."""
    if len(row) != len(COLUMNS):
        raise BadRecord(line, f"a line has {len(COLUMNS)} values", row)
    time, kind, name, source, value = row
    try:
        number = dollars(value) if kind == "price" else _whole(value)
        if kind == "premium":
            _whole(name)
        seconds = _whole(time)
    except ValueError as error:
        raise BadRecord(line, "numbers are plain decimals", row) from error
    if kind not in ("price", "premium", "volatility") or not name or not source or seconds <= 0:
        raise BadRecord(line, "a line is a price, a premium or a volatility, of something, by someone", row)
    return seconds, (kind, name, source, number)


def _whole(text: str) -> int:
    if WHOLE.fullmatch(text) is None:
        raise ValueError(text)
    return int(text)


def _epoch(time: int, group: list[tuple[str, str, str, int]], expiries: tuple[int, ...]) -> Observations:
    """All lines of one time."""
    premiums: dict[int, tuple[int, ...]] = {}
    volatilities: dict[str, list[int]] = {}
    for kind, name, _, value in group:
        if kind == "premium":
            premiums[int(name)] = (*premiums.get(int(name), ()), value)
        elif kind == "volatility":
            volatilities.setdefault(name, []).append(value)
    live = tuple(expiry for expiry in expiries if expiry > time)
    return Observations(
        time=time,
        prints=tuple(Print(source, name, value, time) for kind, name, source, value in group if kind == "price"),
        surfaces={name: smiling(live, median(values)) for name, values in volatilities.items()},
        premiums=premiums,
    )
