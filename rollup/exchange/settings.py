"""
Settings: what one deployment's exchange is built with; the first thing in its log.

What changes while it runs comes as commands. Everything here must agree with the profile that its proofs are made
under: an order that no circuit could take must not be taken here either.
"""

from __future__ import annotations

from dataclasses import dataclass

from rollup.exchange.wire import U8, U16, U32, Malformed, Records
from rollup.spec.shared import Profile

__all__ = ["Settings", "settings_of"]

_records = Records()


@_records.kind(
    1,
    slots=U8,
    scenarios=U8,
    places=U8,
    accounts=U32,
    taker_fee=U16,
    maker_fee=U16,
    penalty=U32,
    band=U32,
    table_age=U32,
    liquidation_age=U32,
    auction=U32,
    batch_legs=U32,
)
@dataclass(frozen=True, slots=True)
class Settings:
    """Fees and rates in ppm, times in seconds."""

    slots: int
    scenarios: int
    places: int
    accounts: int
    """Leaves of the account tree: indices are below it."""
    taker_fee: int = 500
    """Of a leg's cash, where the order came to the book."""
    maker_fee: int = 200
    """Where it stood there."""
    penalty: int = 25_000
    """What a liquidation costs, of lotRisk of the lots reduced; the table's cap binds too."""
    band: int = 50_000
    """How far through the mark a limit may reach, of the mark, beside the lot's own risk."""
    table_age: int = 3_600
    """A table older than this trades no more: L1 would not take the step."""
    liquidation_age: int = 600
    """The same for what is done without signatures."""
    auction: int = 60
    """How long a call auction gathers orders."""
    batch_legs: int = 1 << 20
    """Distinct legs that one batch has lanes for, in the steps that an operator is ready to prove for it."""

    def __post_init__(self) -> None:
        if not (self.slots and self.scenarios and self.places):
            raise Malformed("an exchange has a slot for cash, a scenario and an order place")

    def encode(self) -> bytes:
        return _records.encode(self)

    @classmethod
    def decode(cls, data: bytes) -> Settings:
        settings: Settings = _records.decode(data)
        return settings


def settings_of(profile: Profile, **changes: int) -> Settings:
    """Settings that agree with a profile."""
    sizes = {"slots": profile.slots, "scenarios": profile.scenarios, "places": profile.places}
    return Settings(**sizes, accounts=8**profile.account_depth, **changes)
