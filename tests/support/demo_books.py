"""
What everybody has in the demo after each batch, worked out by hand from what is traded, what it costs, and prices.

The market of the demo comes from a seed, so its prices are numbers that can stand here. Nothing of the exchange, of the
law or of the story is asked: everything is sums over these numbers, in 10^-6 USDC.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

__all__ = [
    "CALL",
    "CLOSED",
    "FUTURE",
    "LIQUIDATED",
    "NEAR_CALL",
    "NOTED",
    "PENALTY",
    "SETTLED",
    "SOLD_FOR",
    "TAKEN",
    "WITHDRAWN",
    "Hand",
    "played",
]

USDC = 10**6
MILLION = 10**6

PERPETUAL, ETHER, FUTURE, NEAR_CALL, CALL, PUT = (
    "BTC perpetual",
    "ETH perpetual",
    "BTC future, 45 min",
    "BTC call 60,000, 45 min",
    "BTC call 60,000, 7 d",
    "BTC put 60,000, 7 d",
)

BROUGHT = {"maker": 60_000 * USDC, "hedger": 6_000 * USDC, "gambler": 1_500 * USDC, "saver": 3_000 * USDC}
LATER = 2_000 * USDC
"""Brought by each trader after these."""

VALUES = {
    PERPETUAL: (59_979_502, 60_030_635, 55_030_623, 51_088_030, 50_991_046, 51_056_005),
    ETHER: (29_973_476, 30_004_306, 27_461_009, 25_499_659, 25_446_129, 25_390_324),
    FUTURE: (59_979_765, 60_030_904, 55_030_950, 51_068_409, 51_068_409, 51_068_409),
    NEAR_CALL: (121_626, 146_705, 0, 0, 0, 0),
    CALL: (2_011_571, 2_039_339, 712_969, 375_487, 364_931, 369_452),
    PUT: (1_974_549, 1_951_168, 5_625_695, 9_231_412, 9_317_855, 9_257_232),
}
"""Of a lot at the tables of minutes 1, 2, 14, 46 and 47, which batches 1 to 5 go by, and of the escape, 88."""

SETTLED = {FUTURE: VALUES[FUTURE][3], NEAR_CALL: VALUES[NEAR_CALL][3]}
"""What a lot pays that expires in minute 45: the median of half an hour, and what bitcoin is above 60,000."""

FUNDING = {PERPETUAL: 12, ETHER: 6}
"""That a lot long has paid by minute 1; the value of a perpetual is its price less that."""

BOUGHT_AT = {PERPETUAL: 60_040_000, ETHER: 30_004_000, FUTURE: 60_040_000, NEAR_CALL: 121_800, PUT: 1_976_600}
SOLD_AT = {FUTURE: 59_919_000, CALL: 2_009_500}
"""
The maker's quotes at the prices of minute 1: a thousandth above or below, and on to the next tick away from them. The
perpetual's price is 59.979514, so it is offered at 60.0395 or more; ticks are of 0.001, and 0.0001 for options.
"""

TAKER, MAKER = 500, 200
"""Fees in ppm of what is paid, rounded down for each order."""

TAKEN = (
    ("hedger", PERPETUAL, 30),
    ("hedger", CALL, -30),
    ("hedger", FUTURE, 20),
    ("hedger", NEAR_CALL, 15),
    ("gambler", PERPETUAL, 78),  # 3.15 times 1,500 at 59.979514 a lot: 78.77
    ("saver", ETHER, 4),
    ("saver", PUT, 5),
    ("saver", FUTURE, -2),
)

WITHDRAWN, NOTED = 250 * USDC, 150 * USDC

LIQUIDATED, SOLD_FOR, FUNDED = 25, 56_518_000, 165
"""
Lots, what the book pays for one, and what a lot has paid in funding by minute 14. The bid is 3 % below the 58.266641 of
minute 6, down to a tick. The worst scenario of minute 14 has the perpetual at 33.898800. With n lots sold the gambler
has there -3,185.460624 + (78 - n)·33.898800 + n·(56.518 - 0.000165) less the penalty: at 24 lots -11.18, at 25 +10.91.
"""

PENALTY = 25_000 * LIQUIDATED * (55_030_623 - 33_898_800) // MILLION
"""2.5 % of what the lots would lose in that scenario."""

WORST = {PERPETUAL: 31_410_292, CALL: 1_625}
"""In the scenario of minute 47 that is worst for perpetuals hedged with calls that were sold."""

CLOSED = 3_926_294_485 + 30 * WORST[PERPETUAL] - 30 * WORST[CALL]
"""The hedger's when L1 closes it: its cash, and its book at the worst, since the fund could not hold it at better."""


@dataclass
class Account:
    """Cash and lots by hand."""

    cash: int
    lots: Counter[str] = field(default_factory=Counter)

    def trade(self, name: str, lots: int, price: int, funding: int) -> None:
        """Lots and what was paid for them, less the funding that others paid before."""
        self.cash -= lots * (price - funding)
        self.lots[name] += lots

    def equity(self, batch: int) -> int:
        return self.cash + sum(lots * VALUES[name][batch] for name, lots in self.lots.items())


@dataclass(frozen=True)
class Hand:
    """What the sums come to."""

    brought: dict[str, int]
    states: list[dict[str, tuple[int, int, dict[str, int]]]]
    """After each batch: cash, equity and lots of everybody."""
    paid: dict[str, int]
    """By L1, all together."""
    revenue: int
    """Fees."""
    fund: int
    """What the guarantee fund is worth at the end."""


def played(traders: int) -> Hand:
    """The story with so many traders."""
    brought = BROUGHT | {f"trader {number}": LATER for number in range(4, traders + 1)}
    later = [
        (f"trader {number}", (PERPETUAL, ETHER, PUT)[place % 3], 1 + place % 7)
        for place, number in enumerate(range(4, traders + 1))
    ]
    accounts = {name: Account(cash) for name, cash in brought.items()}
    maker, hedger, gambler, saver = (accounts[name] for name in BROUGHT)
    states: list[dict[str, tuple[int, int, dict[str, int]]]] = []
    revenue = 0

    def batch() -> None:
        """Everybody as it stands."""
        states.append(
            {
                name: (one.cash, one.equity(len(states)), {held: lots for held, lots in one.lots.items() if lots})
                for name, one in accounts.items()
            }
        )

    for name, instrument, lots in (*TAKEN, *later):
        price = (BOUGHT_AT if lots > 0 else SOLD_AT)[instrument]
        for account, sign, rate in ((accounts[name], 1, TAKER), (maker, -1, MAKER)):
            account.trade(instrument, sign * lots, price, FUNDING.get(instrument, 0))
            fee = abs(lots) * price * rate // MILLION
            account.cash -= fee
            revenue += fee
    batch()

    saver.cash -= WITHDRAWN
    hedger.cash -= NOTED
    batch()

    gambler.trade(PERPETUAL, -LIQUIDATED, SOLD_FOR, FUNDED)
    maker.trade(PERPETUAL, LIQUIDATED, SOLD_FOR, FUNDED)
    gambler.cash -= PENALTY  # in the place of a fee
    fee = LIQUIDATED * SOLD_FOR * MAKER // MILLION
    maker.cash -= fee
    revenue += fee
    batch()

    for account in accounts.values():
        for instrument in (FUTURE, NEAR_CALL):
            account.cash += account.lots.pop(instrument, 0) * VALUES[instrument][3]
    batch()

    fund = Account(PENALTY + hedger.cash - CLOSED, hedger.lots)
    accounts["hedger"] = Account(0)
    batch()

    paid = {name: one.equity(5) for name, one in accounts.items()}
    paid["saver"] += WITHDRAWN
    paid["hedger"] += NOTED + CLOSED
    return Hand(brought, states, paid, revenue, fund.equity(5))
