"""
Codes: why a command is refused or an order ends, and how a slot trades.

Generated from rollup/exchange/codes.toml by `make generate`; change that file, not this one.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

__all__ = ["MEANINGS", "REMEDIES", "Code", "Phase"]


class Phase(IntEnum):
    """How a slot trades."""

    CLOSED = 0
    """Nothing is listed, or it is settled."""
    CONTINUOUS = 1
    """Orders match as they come."""
    HALTED = 2
    """The price is not trusted: limit orders gather, nothing matches."""
    AUCTION = 3
    """Trading reopens: limit orders gather until one price clears them."""


class Code(IntEnum):
    """Why a command is refused, or an order ends."""

    MALFORMED = 1
    UNKNOWN_ACCOUNT = 2
    NOT_A_TRADER = 3
    ALREADY_REGISTERED = 4
    UNKNOWN_SLOT = 5
    OTHER_LISTING = 6
    NO_SUCH_PLACE = 7
    UNKNOWN_ORDER = 8
    BAD_SIGNATURE = 9
    NO_TABLE = 10
    OFF_TICK = 20
    NO_QUANTITY = 21
    TOO_LARGE = 22
    EXPIRED = 23
    STALE_NONCE = 24
    NONCE_TOO_FAR = 25
    FEE_CAP_TOO_LOW = 26
    PRICE_BAND = 27
    CLIENT_REUSED = 28
    NOTHING_TO_REDUCE = 29
    WOULD_TRADE = 30
    CANNOT_FILL = 31
    MARKET_HALTED = 32
    STALE_TABLE = 33
    POSITION_LIMIT = 34
    MARGIN = 35
    MARGIN_RANGE = 36
    INSUFFICIENT = 37
    TOO_SMALL = 39
    WRONG_TIME = 38
    CANCELLED = 50
    REPLACED = 51
    NOT_FILLED_AT_ONCE = 52
    SELF_TRADE = 53
    MARGIN_SHORT = 54
    NOT_REDUCING = 55
    LIQUIDATED = 56
    SILENCE = 57
    DELISTED = 58
    KEYS_ROTATED = 59
    OPEN_INTEREST = 60
    BATCH_FULL = 61
    CLOSED_BY_FORCE = 62


MEANINGS: Final[dict[Code, str]] = {
    Code.MALFORMED: "a field does not fit its width, or two fields contradict each other",
    Code.UNKNOWN_ACCOUNT: "no such account is registered",
    Code.NOT_A_TRADER: "the guarantee fund places no orders and moves no money",
    Code.ALREADY_REGISTERED: "the account exists, or lies outside the tree",
    Code.UNKNOWN_SLOT: "the slot holds no instrument that is open for orders",
    Code.OTHER_LISTING: "the slot holds another instrument by now",
    Code.NO_SUCH_PLACE: "accounts have fewer order places",
    Code.UNKNOWN_ORDER: "no open order stands at this place under this nonce",
    Code.BAD_SIGNATURE: "the account's trading key did not sign these words, or not canonically",
    Code.NO_TABLE: "there is no risk table yet, or not one that may follow",
    Code.OFF_TICK: "the limit is not a positive multiple of the tick",
    Code.NO_QUANTITY: "the order, or amount, is of nothing",
    Code.TOO_LARGE: "more lots, or more money, than one order may move",
    Code.EXPIRED: "the order's time has passed",
    Code.STALE_NONCE: "the place has seen this nonce or a greater one",
    Code.NONCE_TOO_FAR: "the nonce runs 2^32 or more ahead of its place",
    Code.FEE_CAP_TOO_LOW: "the order signs for less than the fee schedule takes",
    Code.PRICE_BAND: "the limit reaches further through the market than the band allows",
    Code.CLIENT_REUSED: "your own order number was used for another order",
    Code.NOTHING_TO_REDUCE: "only reductions are taken, and nothing is held on the other side",
    Code.WOULD_TRADE: "a post-only order would have matched at once",
    Code.CANNOT_FILL: "not all of a fill-or-kill order was sure to fill",
    Code.MARKET_HALTED: "nothing matches here now: the slot is halted or in its auction",
    Code.STALE_TABLE: "the risk table is too old to be proven with",
    Code.POSITION_LIMIT: "with open orders the position would pass the account's limit",
    Code.MARGIN: "initial margin would not hold if the worst of the open orders filled",
    Code.MARGIN_RANGE: "values would leave the range that margin is proven in",
    Code.INSUFFICIENT: "less than that is free above initial margin and open orders",
    Code.TOO_SMALL: "the order is worth less than the least that a proof is made for",
    Code.WRONG_TIME: "time does not go back",
    Code.CANCELLED: "taken back by its owner",
    Code.REPLACED: "a greater nonce took its place",
    Code.NOT_FILLED_AT_ONCE: "the rest of an immediate order",
    Code.SELF_TRADE: "it met an order of its own account",
    Code.MARGIN_SHORT: "its fill would have broken margin",
    Code.NOT_REDUCING: "it could only have reduced, and nothing was left to reduce",
    Code.LIQUIDATED: "its account fell below maintenance margin",
    Code.SILENCE: "the dead-man switch fired",
    Code.DELISTED: "the slot was settled, emptied or listed anew",
    Code.KEYS_ROTATED: "its signature is by a key that was replaced",
    Code.OPEN_INTEREST: "the instrument's open interest is at its limit",
    Code.BATCH_FULL: "the batch at hand has no room for another leg",
    Code.CLOSED_BY_FORCE: "its account was closed from L1",
}
"""What it means."""

REMEDIES: Final[dict[Code, str]] = {
    Code.MALFORMED: "check the fields against the order's layout",
    Code.UNKNOWN_ACCOUNT: "register on L1 and wait until a batch has consumed it",
    Code.NOT_A_TRADER: "use your own account",
    Code.ALREADY_REGISTERED: "nothing; the ledger gives indices",
    Code.UNKNOWN_SLOT: "look up the listings",
    Code.OTHER_LISTING: "look up the listing number and sign again",
    Code.NO_SUCH_PLACE: "use a place below the profile's number",
    Code.UNKNOWN_ORDER: "it was filled, replaced or cancelled; look at your open orders",
    Code.BAD_SIGNATURE: "sign the order's message with the current trading key",
    Code.NO_TABLE: "wait for the next epoch",
    Code.OFF_TICK: "round the limit to the instrument's tick",
    Code.NO_QUANTITY: "give at least 1",
    Code.TOO_LARGE: "split the order",
    Code.EXPIRED: "sign again with a later expiry",
    Code.STALE_NONCE: "use a greater nonce, or another place",
    Code.NONCE_TOO_FAR: "use the next nonce",
    Code.FEE_CAP_TOO_LOW: "sign for at least the schedule's higher rate",
    Code.PRICE_BAND: "move the limit nearer to the mark",
    Code.CLIENT_REUSED: "use a new number",
    Code.NOTHING_TO_REDUCE: "drop the order, or wait until the slot is active again",
    Code.WOULD_TRADE: "move the limit away from the market",
    Code.CANNOT_FILL: "take less, or use IOC",
    Code.MARKET_HALTED: "place a limit order for the auction, or wait",
    Code.STALE_TABLE: "wait for the next epoch",
    Code.POSITION_LIMIT: "take less, or cancel orders on this side",
    Code.MARGIN: "deposit, take less, or cancel orders",
    Code.MARGIN_RANGE: "spread the book over several accounts",
    Code.INSUFFICIENT: "ask for less, or cancel orders",
    Code.TOO_SMALL: "take more; a reduce-only order for the whole position is always large enough",
    Code.WRONG_TIME: "nothing; the log is out of order",
    Code.CANCELLED: "nothing",
    Code.REPLACED: "nothing",
    Code.NOT_FILLED_AT_ONCE: "nothing",
    Code.SELF_TRADE: "choose another self-trade mode if this surprises",
    Code.MARGIN_SHORT: "deposit, or reduce risk",
    Code.NOT_REDUCING: "nothing",
    Code.LIQUIDATED: "deposit, or reduce risk before it happens",
    Code.SILENCE: "send heartbeats in time",
    Code.DELISTED: "nothing",
    Code.KEYS_ROTATED: "sign again with the new key",
    Code.OPEN_INTEREST: "reduce only, or wait",
    Code.BATCH_FULL: "send it again after the next batch",
    Code.CLOSED_BY_FORCE: "nothing",
}
"""What to do next."""
