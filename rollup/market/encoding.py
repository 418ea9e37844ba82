"""
Inputs as bytes: the one form in which they are posted on L1 and hashed with keccak.

Numbers have fixed widths, most significant byte first; sequences stand behind their count; nothing is optional that is
not announced by a status. Decoding builds the same typed values, with all their checks, and then encodes them again:
what does not come out bit for bit was not canonical, so no two byte strings mean the same inputs (MKT-INPUT-2).
"""

from __future__ import annotations

from typing import Final

from prover import crypto
from rollup.market.curves import Curve
from rollup.market.errors import BadEncoding, MarketRefusal
from rollup.market.inputs import Fixing, Inputs, SlotInputs, UnderlyingInputs
from rollup.market.instruments import Terms
from rollup.market.payoffs import NAME_BYTES
from rollup.market.surface import Slice, Surface
from rollup.spec.shared import Status

__all__ = ["decode", "encode", "inputs_hash"]

VERSION: Final = 1
"""First byte; another layout will have another."""

COUNT, TIME, RATE, VOLATILITY, PRICE, FUNDING, LISTING, LOT, PPM_BYTES = 2, 5, 4, 3, 7, 7, 4, 8, 3
"""Bytes of each kind of number."""


def encode(inputs: Inputs) -> bytes:
    """The canonical bytes."""
    writer = bytearray([VERSION])
    _number(writer, inputs.epoch, TIME)
    _number(writer, inputs.time, TIME)
    _number(writer, inputs.regime, 1)
    _curve(writer, inputs.rates)
    _number(writer, len(inputs.underlyings), COUNT)
    for underlying in inputs.underlyings:
        _text(writer, underlying.name)
        _number(writer, underlying.spot, PRICE)
        _curve(writer, underlying.carry)
        _surface(writer, underlying.surface)
        _number(writer, len(underlying.fixings), COUNT)
        for fixing in underlying.fixings:
            _number(writer, fixing.expiry, TIME)
            _number(writer, fixing.fixed, PPM_BYTES)
            _number(writer, fixing.price, PRICE)
    _number(writer, len(inputs.slots), COUNT)
    for slot in inputs.slots:
        _slot(writer, slot)
    return bytes(writer)


def decode(data: bytes) -> Inputs:
    """Inputs of canonical bytes; anything else is refused."""
    reader = _Reader(data)
    try:
        inputs = _inputs(reader)
        canonical = reader.done and encode(inputs) == data
    except BadEncoding:
        raise
    except (MarketRefusal, ValueError, OverflowError) as error:
        raise BadEncoding(f"the bytes say something impossible: {error}", data) from error
    if not canonical:
        raise BadEncoding("the bytes are canonical, with nothing behind them", data)
    return inputs


def inputs_hash(inputs: Inputs) -> bytes:
    """keccak256 of the canonical bytes."""
    return crypto.load().keccak256(encode(inputs))


def _number(writer: bytearray, value: int, size: int) -> None:
    writer += value.to_bytes(size, "big")


def _signed(writer: bytearray, value: int, size: int) -> None:
    writer += value.to_bytes(size, "big", signed=True)


def _text(writer: bytearray, text: str) -> None:
    writer += text.encode("ascii").ljust(NAME_BYTES, b"\0")


def _curve(writer: bytearray, curve: Curve) -> None:
    _number(writer, len(curve.points), COUNT)
    for time, rate in curve.points:
        _number(writer, time, TIME)
        _signed(writer, rate, RATE)


def _surface(writer: bytearray, surface: Surface) -> None:
    _number(writer, len(surface), COUNT)
    for slice_ in surface:
        _number(writer, slice_.expiry, TIME)
        _number(writer, len(slice_.volatilities), COUNT)
        for volatility in slice_.volatilities:
            _number(writer, volatility, VOLATILITY)


def _slot(writer: bytearray, slot: SlotInputs) -> None:
    _number(writer, slot.status, 1)
    _number(writer, slot.listing, LISTING)
    if slot.terms is None:
        return
    _text(writer, slot.terms.underlying)
    _text(writer, slot.terms.kind)
    _number(writer, slot.terms.strike, PRICE)
    _number(writer, slot.terms.expiry, TIME)
    _number(writer, slot.terms.lot, LOT)
    _number(writer, slot.terms.tick, TIME)
    _signed(writer, slot.funding, FUNDING)
    _number(writer, slot.closing, TIME)
    if slot.status == Status.SETTLED:
        _number(writer, slot.payoff, TIME)


class _Reader:
    """Takes bytes from the front; running out is an error."""

    def __init__(self, data: bytes) -> None:
        self.data, self.place = data, 0

    @property
    def done(self) -> bool:
        return self.place == len(self.data)

    def take(self, size: int) -> bytes:
        chunk = self.data[self.place : self.place + size]
        if len(chunk) < size:
            raise BadEncoding("the bytes do not end in the middle", self.data)
        self.place += size
        return chunk

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def signed(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big", signed=True)

    def text(self) -> str:
        return self.take(NAME_BYTES).rstrip(b"\0").decode("ascii")

    def curve(self) -> Curve:
        return Curve(tuple((self.number(TIME), self.signed(RATE)) for _ in range(self.number(COUNT))))

    def slice(self) -> Slice:
        expiry = self.number(TIME)
        return Slice(expiry, tuple(self.number(VOLATILITY) for _ in range(self.number(COUNT))))

    def fixing(self) -> Fixing:
        return Fixing(self.number(TIME), self.number(PPM_BYTES), self.number(PRICE))

    def underlying(self) -> UnderlyingInputs:
        name, spot, carry = self.text(), self.number(PRICE), self.curve()
        surface = tuple(self.slice() for _ in range(self.number(COUNT)))
        fixings = tuple(self.fixing() for _ in range(self.number(COUNT)))
        return UnderlyingInputs(name, spot, carry, surface, fixings)

    def terms(self) -> Terms:
        underlying, kind = self.text(), self.text()
        strike, expiry, lot, tick = self.number(PRICE), self.number(TIME), self.number(LOT), self.number(TIME)
        return Terms(underlying, kind, strike, expiry, lot, tick)

    def slot(self) -> SlotInputs:
        status, listing = Status(self.number(1)), self.number(LISTING)
        if status == Status.EMPTY:
            return SlotInputs(status, listing)
        terms, funding, closing = self.terms(), self.signed(FUNDING), self.number(TIME)
        payoff = self.number(TIME) if status == Status.SETTLED else 0
        return SlotInputs(status, listing, terms, funding, payoff, closing)


def _inputs(reader: _Reader) -> Inputs:
    if (version := reader.number(1)) != VERSION:
        raise BadEncoding(f"the version is {VERSION}", version)
    epoch, time, regime, rates = reader.number(TIME), reader.number(TIME), reader.number(1), reader.curve()
    underlyings = tuple(reader.underlying() for _ in range(reader.number(COUNT)))
    slots = tuple(reader.slot() for _ in range(reader.number(COUNT)))
    return Inputs(epoch, time, regime, rates, underlyings, slots)
