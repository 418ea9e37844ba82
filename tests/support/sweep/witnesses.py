"""
Rich inputs of the protocol's circuits: one witness in which as much as possible is in use, others with things disabled.

Between them every mode, kind and branch of a circuit is taken once; what a sweep finds holds at one witness only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from support.attestation_builders import CHALLENGE, VERIFIER, answer, asking_for_credential, credential, parts_of
from support.claims_witness import account_by_hand, note_by_hand
from support.liquidate_witness import failing_fund, twins
from support.spec_builders import (
    BOARD,
    LATER,
    Trader,
    World,
    close,
    deleverage,
    element,
    liquidation,
    table_of,
    takeover,
)

from prover.witness import Inputs
from rollup.spec.account import FUND, REVENUE, Account
from rollup.spec.attestation import Question
from rollup.spec.funds import Deposit, FeeCredit, Forced
from rollup.spec.liquidate import LiquidationLane, Reduction
from rollup.spec.orders import Leg
from rollup.spec.shared import PROFILES, Side
from rollup.spec.trade import Lane
from rollup.witness.account import attestation_inputs
from rollup.witness.escape import escape_inputs
from rollup.witness.solvency import solvency_inputs
from rollup.witness.steps import step_inputs
from rollup.witness.withdraw import withdraw_inputs

__all__ = ["PROTOCOL", "WIDTHS"]

TINY = PROFILES["tiny"]
RICH = 10_000_000


def board() -> World:
    """Accounts with cash; 4 with a position in every kind of slot; 5 with an equity of 4,000 and a worst of -6,000."""
    world = World(table_of(*BOARD))
    for index, name in ((2, "alice"), (3, "bob")):
        world.seat(index, {0: RICH}, name)
    world.seat(4, {0: RICH, 1: 10, 2: 10, 3: 10, 4: 10, 6: -5}, "carol", owner_nonce=3, blind=element("carol"))
    world.seat(5, {0: -96_000, 1: 100}, "dave")
    return world


# ---------------------------------------------------------------- trade


def filled(world: World, *, lots: int, fee: int = 0) -> Leg:
    """A fill of the one order that account 2 has at place 1: nine lots of slot 1 in all."""
    return world.buy(2, 1, lots, 1_000, fee, place=1, nonce=4, quantity=9, limit=1_005, expiry=LATER)


def trade_of_everything() -> Inputs:
    """A fill that goes on, a reduce-only sale at a lower cap than the market's, a sweep, two legs, fees, suspense."""
    world = board()
    world.trade(narrow=[filled(world, lots=4, fee=3), world.buy(3, 6, 4, 990, fee=2, limit=995)])
    reducing = world.sell(3, 6, 2, 1_000, fee=1, reduce_only=True, max_fee_ppm=500, limit=990)
    wide = [world.sell(4, 2, 3, 500, fee=1, limit=490, quantity=5), world.buy(4, 1, 7, 1_000, fee=2, place=2)]
    return step_inputs(world.trade(narrow=[filled(world, lots=3, fee=1), reducing], wide=[wide]))


def trade_with_decoys() -> Inputs:
    """A decoy beside a narrow lane in use, and a wide lane that only sweeps."""
    world = board()
    return step_inputs(world.trade(narrow=[world.buy(2, 1, 4, 1_000), Lane(3)], wide=[Lane(4)]))


def trade_below_zero() -> Inputs:
    """An account that stays below initial margin and reduces, in one leg of two; nothing in the narrow lanes."""
    world = board()
    return step_inputs(world.trade(wide=[[world.sell(5, 1, 30, 999, fee=3)]]))


# ---------------------------------------------------------------- funds


def funds_of_the_owner() -> Inputs:
    """A rotation, a note, both halves of a transfer, while fees and a leg are owed."""
    world = board()
    world.trade(narrow=[world.buy(2, 1, 100, 1_000, fee=100)])
    return step_inputs(world.funds(world.rotate(4), world.note(2, 70), world.transfer(3, 2, 40)))


def funds_of_the_house() -> Inputs:
    """A registration, a deposit, a cancel of what was partly filled, a credit of some of the fees."""
    world = board()
    world.trade(narrow=[filled(world, lots=4, fee=3)])
    world.traders[9] = Trader("erin")
    registering, again = Deposit(9, 7, 500, world.traders[9].owner), Deposit(4, 8, 60)
    return step_inputs(world.funds(registering, again, world.cancel(2, 1, 5), FeeCredit(REVENUE, 2)))


def funds_out() -> Inputs:
    """A forced request that is paid what is free, a withdrawal, a note after another, a decoy; nothing is owed."""
    world = board()
    world.seat(6, {0: -86_000, 1: 100})
    world.funds(world.note(3, 9))
    return step_inputs(world.funds(Forced(6, 7, 5_000), world.withdraw(4, 500), world.note(2, 11)))


def funds_of_decoys() -> Inputs:
    """A forced request that is paid nothing; the rest only looks like operations."""
    world = board()
    return step_inputs(world.funds(Forced(5, 7, 5_000)))


# ---------------------------------------------------------------- liquidate


def liquidate_and_deleverage() -> Inputs:
    """Two modes with legs, one with a penalty; something is owed before."""
    world = failing_fund(board(), cash=99_000)
    world.seat(6, {0: -90_000, 1: 100})
    world.liquidate(liquidation(5, (1, Side.SELL, 10, 9_950, 70)))
    lanes = deleverage(6, (1, Side.SELL, 30, 30_000)), liquidation(5, (1, Side.SELL, 2, 2_000, 7))
    return step_inputs(world.liquidate(*lanes))


def liquidate_and_take_over() -> Inputs:
    """Two legs in two slots, and an account with nothing left, settled positions among it."""
    world = twins()
    world.seat(2, {0: -155_500, 1: 100, 2: 60})
    world.seat(3, {0: -99_900, 1: 100})
    legs = (1, Side.SELL, 10, 9_950, 20), (2, Side.SELL, 20, 19_980, 30)
    return step_inputs(world.liquidate(liquidation(2, *legs), takeover(3)))


def liquidate_and_close() -> Inputs:
    """A forced close of an account with a position of every kind, and a decoy; the fund reduces."""
    world = board()
    world.seat(FUND, {0: 50_000, 1: -20})
    return step_inputs(world.liquidate(LiquidationLane(2), close(4, 9), fund=[Reduction(1, Side.BUY, 3, 3_000)]))


def liquidate_nobody() -> Inputs:
    """Decoys alone."""
    return step_inputs(board().liquidate())


# ---------------------------------------------------------------- claims


def withdraw_privately() -> Inputs:
    """A note at place 100 of account 2, which stands at 77 in its association set."""
    return withdraw_inputs(note_by_hand(place=100, vouched_at=77), TINY)


def withdraw_publicly() -> Inputs:
    """The same note, and its account in sight."""
    return withdraw_inputs(note_by_hand(place=100), TINY)


def escape(cash: int) -> Inputs:
    """Account 100 with a position in every kind of slot, after a life."""
    opened = Account.opened(Trader("alice").owner, TINY)
    vector = (cash, 10, -3, 5, 20, 7, -2, *opened.vector[7:])
    held = replace(opened, vector=vector, places=(1, 2, 3, 4), owner_nonce=3, nonce=12, blind=element("blind"))
    return escape_inputs(account_by_hand(held, 100, table_of(*BOARD)), TINY)


# ---------------------------------------------------------------- attestations


def scanned() -> World:
    """Accounts in groups 0, 2, 3 and 7, some beyond close-out, one with a position of every kind."""
    world = World(table_of(*BOARD))
    world.seat(FUND, {0: 500})
    world.seat(2, {0: RICH, 1: 10, 2: -10, 3: 10, 4: 10})
    world.seat(5, {0: -96_000, 1: 100})
    world.seat(6, {0: -98_000, 1: 100})
    world.seat(17, {0: 0})
    world.seat(24, {0: RICH, 4: -3, 6: 7})
    world.seat(30, {0: -98_000, 1: 100})
    return world


def solvency(part: int) -> Inputs:
    """One proof of three: groups 0 to 2, 3 to 5, and 6 to 7, where nothing follows."""
    return solvency_inputs(parts_of(scanned())[part])


def attesting() -> World:
    """An account with a position in every kind of slot, short in some."""
    world = board()
    world.seat(7, {0: RICH, 1: 10, 2: -10, 3: 10, 4: 10, 6: -3}, "frank", nonce=3, owner_nonce=2, blind=element("b"))
    return world


def attestation_of_everything() -> Inputs:
    """Every threshold, every denied jurisdiction, and an accredited trader."""
    world = attesting()
    question = asking_for_credential(
        equity=10**7,
        leverage=10_000,
        exposure=30_000,
        headroom=10**6,
        denied=(1, 2, 3, 4, 5, 6, 7, 65_535),
        accredited=True,
    )
    return attestation_inputs(answer(world, 7, question, credential(world.traders[7])))


def attestation_of_nothing() -> Inputs:
    """Only that the account is there."""
    return attestation_inputs(answer(attesting(), 7, Question(VERIFIER, CHALLENGE)))


PROTOCOL: Mapping[str, Mapping[str, Callable[[], Inputs]]] = {
    "trade": {"everything": trade_of_everything, "decoys": trade_with_decoys, "below zero": trade_below_zero},
    "funds": {
        "owners": funds_of_the_owner,
        "the house": funds_of_the_house,
        "out": funds_out,
        "decoys": funds_of_decoys,
    },
    "liquidate": {
        "liquidate and deleverage": liquidate_and_deleverage,
        "liquidate and take over": liquidate_and_take_over,
        "close": liquidate_and_close,
        "decoys": liquidate_nobody,
    },
    "withdraw": {"private": withdraw_privately, "public": withdraw_publicly},
    "escape": {"worth something": lambda: escape(5_000), "in debt": lambda: escape(-50_000)},
    "solvency": {"first": lambda: solvency(0), "middle": lambda: solvency(1), "last": lambda: solvency(2)},
    "account": {"everything": attestation_of_everything, "nothing": attestation_of_nothing},
}
"""Circuit → what is special about a witness → its inputs."""

WIDTHS: Mapping[str, Mapping[str, int]] = {
    "trade": {"local": 6, "district": 3}
    | dict.fromkeys(("used", "side", "reduceOnly"), 1)
    | dict.fromkeys(("orderNonce", "limit", "quantity", "lots"), 40)
    | {"maxFee": 16, "expiry": 41, "cash": 80, "fee": 56},
    "funds": {"index": 9, "kind": 4, "registering": 1, "amount": 64, "number": 40, "expiry": 40, "request": 64},
    "liquidate": {"index": 9, "mode": 3, "used": 1, "side": 1, "lots": 40, "cash": 80, "penalty": 56, "request": 64},
}
"""Steps leave these to their lanes, legs and operations, which enforce them in use or not."""
