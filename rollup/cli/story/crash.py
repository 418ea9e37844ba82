"""The chapter of the demo in which a crowd lives through a crash on the exchange, with its guards and without."""

from __future__ import annotations

import time

from rollup.benchmarks.crash import ORACLES, run_one
from rollup.cli.story.chapter import Chapter

__all__ = ["a_crash"]

CROWD, SEED = 48, 1
"""`zkclear bench crash` has some hundreds of them, and more to tell."""


def a_crash(chapter: Chapter) -> None:
    """Two fifths down in ten epochs, volatilities tripled: who was called, sold, taken over, and what it cost."""
    started = time.perf_counter()
    run = run_one(ORACLES["guarded"], CROWD, SEED)
    totals, epochs = run["totals"], run["epochs"]
    books = ", ".join(f"{count} {name}" for name, count in sorted(run["books"].items(), key=lambda one: -one[1])[:4])
    chapter.note(f"{CROWD} accounts, makers and {sum(run['books'].values())} books: {books} and others")
    chapter.note(f"{run['commands']:,} commands in {time.perf_counter() - started:.1f} s")
    low = min(row["price"] for row in epochs)
    chapter.claim(
        f"bitcoin falls from {epochs[0]['price']:,.0f} to {low:,.0f} USDC: {totals['calls']} margin calls, "
        f"{totals['taken_over']} accounts taken over by the fund",
        totals["calls"] > 0 and totals["taken_over"] > 0,
    )
    chapter.claim(
        f"the book took {totals['liquidated'] + totals['unloaded']:,} lots of accounts and of the fund, "
        f"{totals['deleveraged']:,} more went back to who stood against it, at the mark",
        totals["liquidated"] + totals["unloaded"] > 0 and totals["deleveraged"] > 0,
    )
    chapter.claim(
        f"after each of {len(epochs)} epochs the books balance: as many lots long as short, no money made or lost",
        totals["balanced"] and totals["gains_add_up"],
    )
    chapter.claim("nobody is left below zero", totals["negative_members"] == 0)
    chapter.note(f"the fund began with {totals['fund_start']:,.2f} USDC and ends with {totals['fund_end']:,.2f}")
    blind = run_one(ORACLES["silent_unguarded"], CROWD, SEED)["totals"]
    chapter.claim("with an oracle that falls silent, and no guards, they balance as well", blind["balanced"])
    chapter.note(
        f"but the fund ends with {blind['fund_end']:,.2f} USDC, and who knew the true price is "
        f"{blind['gains']['informed'] - totals['gains']['informed']:,.2f} richer for it"
    )
    chapter.note("guards are breakers, price age and widening; two things differ there, they and the oracle")
    bare = run_one(ORACLES["unguarded"], CROWD, SEED)["totals"]
    saved = totals["uninformed"] - bare["uninformed"]
    chapter.note(
        f"without guards alone, the oracle following, the fund ends with {bare['fund_end']:,.2f} USDC, and traders who "
        f"know no more than the mark end {abs(saved):,.2f} {'worse' if saved >= 0 else 'better'}"
    )
    for name in ("calls", "taken_over", "liquidated", "unloaded", "deleveraged", "fund_start", "fund_end"):
        chapter.figure(name.replace("_", " "), totals[name])
    chapter.figure("fund end without guards", blind["fund_end"])
    chapter.figure("fund end without guards while the oracle follows", bare["fund_end"])
