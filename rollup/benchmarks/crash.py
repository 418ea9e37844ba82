"""
The crash: two fifths down in ten epochs, volatilities tripled, and what is left of an exchange afterwards.

One crowd with books of perpetuals, futures and options meets one path of prices several times: with an oracle that
follows and guards that are on, as the design says; with an oracle that falls silent and no guards, which is what they
are there against; and with the one or the other, which tells what each is worth. Guards are the circuit breakers, the
age after which a price is not trusted, and the regimes that widen shocks. Books are kept from events alone and must
balance after every epoch; who paid is told to the micro-dollar, whether it flatters the guards or not.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields
from typing import Any, Final

from rollup.benchmarks.crash_books import Tally
from rollup.benchmarks.crash_crowd import PERPETUALS, SLOTS, crowd_of
from rollup.benchmarks.crash_market import EPOCHS, FALL, GUARDED, NARROWING, PATHS, UNGUARDED, Oracle, Scene, scenes
from rollup.benchmarks.crash_session import Session
from rollup.exchange.codes import Phase
from rollup.market.defaults import MARKET, USDC, default_terms
from rollup.market.fixed import PPM
from rollup.market.simulator import CRASH, Simulator
from rollup.spec.account import FUND, REVENUE
from rollup.spec.margin import violates
from rollup.spec.shared import Status

__all__ = ["ACCOUNTS", "ORACLES", "SEED", "Run", "play", "run_all", "run_one", "saved", "setting", "totals_of"]

ACCOUNTS: Final = 500
SEED: Final = 1

ORACLES: Final = {
    "guarded": Oracle(follows=True, rules=GUARDED),
    "silent_unguarded": Oracle(follows=False, rules=UNGUARDED),
    "silent_guarded": Oracle(follows=False, rules=GUARDED),
    "unguarded": Oracle(follows=True, rules=UNGUARDED),
    "narrowing": Oracle(follows=True, rules=NARROWING),
}
"""The first two are the comparison; the others tell which part of it is whose."""


@dataclass(frozen=True, slots=True)
class Run:
    """One crowd after one crash."""

    session: Session
    last: Scene
    epochs: list[dict[str, Any]]
    tally: Tally
    """Of everything after the books were entered."""


def run_all(accounts: int = ACCOUNTS, seed: int = SEED, backend: str | None = None) -> dict[str, Any]:
    """All runs: `runs` with epochs and totals in USDC, and `saved` by the guards."""
    runs = {name: run_one(oracle, accounts, seed, backend) for name, oracle in ORACLES.items()}
    return {
        "accounts": accounts,
        "seed": seed,
        "epochs": EPOCHS,
        "fall": [FALL.start, FALL.stop - 1],
        "setting": setting(),
        "runs": runs,
        "saved": saved(runs),
    }


def setting() -> dict[str, Any]:
    """What the script and the guards are set to, for people: seconds, per cent and factors."""
    breakers = MARKET.breakers
    return {
        "epoch_s": Simulator.seconds,
        "lot": {terms.underlying: terms.lot / 10**9 for terms in default_terms()},
        "move_percent": CRASH.move * 100 / PPM,
        "volatility_percent": {name: path.volatility * 100 / PPM for name, path in PATHS.items()},
        "volatility_factor": CRASH.volatility / PPM,
        "reduce_percent": breakers.reduce * 100 / PPM,
        "halt_percent": breakers.halt * 100 / PPM,
        "window_s": breakers.window,
        "pause_s": breakers.pause,
        "max_age_s": MARKET.oracle.max_age,
        "widest_factor": max(MARKET.regimes.factors) / PPM,
    }


def saved(runs: dict[str, dict[str, Any]]) -> dict[str, float]:
    """What guards saved, USDC; negative where they cost: in all, while the oracle is silent, while it follows."""
    fund, uncovered, uninformed = (
        {name: run["totals"][part] for name, run in runs.items()} for part in ("fund_end", "uncovered", "uninformed")
    )
    worst, best = "silent_unguarded", "guarded"
    return {
        "fund": round(fund[best] - fund[worst], 2),
        "uncovered": round(uncovered[worst] - uncovered[best], 2),
        "uninformed": round(uninformed[best] - uninformed[worst], 2),
        "fund_by_guards_while_silent": round(fund["silent_guarded"] - fund["silent_unguarded"], 2),
        "fund_by_guards_while_following": round(fund["guarded"] - fund["unguarded"], 2),
        "uninformed_by_guards_while_silent": round(uninformed["silent_guarded"] - uninformed["silent_unguarded"], 2),
        "uninformed_by_guards_while_following": round(uninformed["guarded"] - uninformed["unguarded"], 2),
        "fund_by_narrowing_instead_of_halting": round(fund["narrowing"] - fund["guarded"], 2),
        "uninformed_by_narrowing_instead_of_halting": round(uninformed["narrowing"] - uninformed["guarded"], 2),
    }


def run_one(oracle: Oracle, accounts: int, seed: int, backend: str | None = None) -> dict[str, Any]:
    """One crowd through one crash: `epochs`, `totals` and the `state` that it ends in."""
    run = play(oracle, accounts, seed, backend)
    return {
        "books": dict(Counter(trader.book for trader in run.session.crowd.traders)),
        "commands": run.session.commands,
        "epochs": run.epochs,
        "totals": totals_of(run),
        "state": run.session.machine.state_hash().hex(),
    }


def play(oracle: Oracle, accounts: int, seed: int, backend: str | None = None) -> Run:
    """One crowd through one crash."""
    stage = scenes(oracle, seed)
    scene = next(stage)
    session = Session(crowd_of(accounts, seed, scene.table), seed + 1, backend)
    session.open(scene)
    epochs, tallies = [_epoch(session, scene)], []
    for scene in stage:
        session.books.tally = Tally()
        session.live(scene)
        tallies.append(session.books.tally)
        epochs.append(_epoch(session, scene))
    return Run(session, scene, epochs, _added(tallies))


def _added(tallies: list[Tally]) -> Tally:
    """Everything that happened after the books were entered."""
    total = Tally()
    for tally in tallies:
        for part in fields(Tally):
            setattr(total, part.name, getattr(total, part.name) + getattr(tally, part.name))
    return total


def _epoch(session: Session, scene: Scene) -> dict[str, Any]:
    """One epoch as it ends."""
    books, tally = session.books, session.books.tally
    people = [one.account for one in session.crowd.everyone]
    statuses = Counter(scene.table.marks[slot].status for slot in SLOTS)
    terms = default_terms()[PERPETUALS[0] - 1]
    return {
        "epoch": scene.epoch,
        "price": _dollars(scene.true_inputs.by_name[terms.underlying].spot),
        "mark": _dollars(scene.inputs.by_name[terms.underlying].spot),
        "regime": scene.inputs.regime,
        "halted": statuses[Status.HALTED],
        "reduce_only": statuses[Status.REDUCE_ONLY],
        "in_auction": sum(books.phases.get(slot) == Phase.AUCTION for slot in SLOTS),
        "traded": tally.matched,
        "calls": tally.calls,
        "liquidated": tally.liquidated,
        "liquidated_value": _dollars(tally.liquidated_value),
        "taken_over": tally.taken_over,
        "unloaded": tally.unloaded,
        "unloaded_value": _dollars(tally.unloaded_value),
        "deleveraged": tally.deleveraged,
        "deleveraged_value": _dollars(tally.deleveraged_value),
        "auctions": tally.auctions,
        "auctioned": tally.auctioned,
        "withdrawn": _dollars(tally.withdrawn),
        "fund_at_mark": _dollars(books.equity(FUND, scene.table)),
        "fund_at_truth": _dollars(books.equity(FUND, scene.truth)),
        "fund_lots": sum(map(abs, books.vectors[FUND][1:])),
        "negative_at_mark": sum(books.equity(account, scene.table) < 0 for account in people),
        "negative_at_truth": sum(books.equity(account, scene.truth) < 0 for account in people),
        "imbalance": books.imbalance(),
        "refused": {code.name: count for code, count in sorted(tally.refused.items())},
    }


def totals_of(run: Run) -> dict[str, Any]:
    """Who paid for the crash, at the last epoch's marks."""
    books, crowd, scene, tally = run.session.books, run.session.crowd, run.last, run.tally
    groups = {"makers": [maker.account for maker in crowd.makers], "fund": [FUND], "operator": [REVENUE]}
    for trader in crowd.traders:
        groups.setdefault(trader.habit.value, []).append(trader.account)
    gains = {
        name: sum(books.equity(account, scene.truth) - books.deposits[account] for account in accounts)
        for name, accounts in groups.items()
    }
    people = [account for name, accounts in groups.items() if name not in ("fund", "operator") for account in accounts]
    negative = [equity for account in people if (equity := books.equity(account, scene.truth)) < 0]
    fund_end = books.equity(FUND, scene.truth)
    inventory = fund_end - crowd.fund - tally.forfeited + tally.shortfall - tally.penalties
    return {
        "fund_start": _dollars(crowd.fund),
        "forfeited": _dollars(tally.forfeited),
        "penalties": _dollars(tally.penalties),
        "shortfall": _dollars(tally.shortfall),
        "inventory": _dollars(inventory),
        "slippage": _dollars(tally.slippage),
        "fund_end": _dollars(fund_end),
        "fund_needed": round(max(0.0, _dollars(crowd.fund) - min(row["fund_at_truth"] for row in run.epochs)), 2),
        "fund_lowest": min(row["fund_at_truth"] for row in run.epochs),
        "fund_fails": violates(books.values(FUND, scene.table), scene.table.parameters.maintenance),
        "fund_lots": run.epochs[-1]["fund_lots"],
        "uncovered": _dollars(max(0, -fund_end)),
        "taken_over": tally.taken_over,
        "calls": tally.calls,
        "liquidated": tally.liquidated,
        "liquidated_value": _dollars(tally.liquidated_value),
        "unloaded": tally.unloaded,
        "unloaded_value": _dollars(tally.unloaded_value),
        "deleveraged": tally.deleveraged,
        "deleveraged_value": _dollars(tally.deleveraged_value),
        "auctions": tally.auctions,
        "auctioned": tally.auctioned,
        "withdrawn": _dollars(tally.withdrawn),
        "negative_members": len(negative),
        "negative_equity": _dollars(-sum(negative)),
        "gains": {name: _dollars(gain) for name, gain in gains.items()},
        "gains_add_up": sum(gains.values()) == 0,
        "uninformed": _dollars(sum(gains[habit] for habit in ("passive", "prudent", "trusting") if habit in gains)),
        "balanced": not any(row["imbalance"] for row in run.epochs),
        "reopened": all(books.phases.get(slot) == Phase.CONTINUOUS for slot in SLOTS),
    }


def _dollars(amount: int) -> float:
    """10^-6 USDC as USDC, to the cent, for people."""
    return round(amount / USDC, 2)
