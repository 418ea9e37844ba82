"""
The crash in tables and sentences for people; every number in them is one of `crash.run_all`'s.
"""

from __future__ import annotations

from typing import Any, Final

from rich.table import Table

__all__ = ["WIDTH", "epochs_table", "sentences", "totals_table"]

WIDTH: Final = 140
"""Columns that the tables need, lest numbers be cut off."""

COMPARED: Final = {"guarded": "with", "silent_unguarded": "without"}

TITLES: Final = {
    "guarded": "breakers,\noracle follows",
    "silent_unguarded": "no breakers,\noracle silent",
    "silent_guarded": "breakers,\noracle silent",
    "unguarded": "no breakers,\noracle follows",
    "narrowing": "reduce-only\ninstead of halts",
}

PAYERS: Final = {
    "fund_start": "the fund began with",
    "forfeited": "+ left in accounts taken over",
    "penalties": "+ penalties",
    "shortfall": "- shortfall of accounts taken over",
    "inventory": "+ what it won, or lost, on their positions",
    "fund_end": "= the fund at the end",
    "uncovered": "shortfall that nobody covered",
    "fund_needed": "a fund would have needed",
}

COUNTS: Final = {
    "liquidated_value": "liquidated into the book",
    "unloaded_value": "sold or bought back by the fund",
    "deleveraged_value": "deleveraged at the mark",
    "taken_over": "accounts taken over",
    "calls": "margin calls",
    "auctions": "auctions that crossed",
    "withdrawn": "withdrawn after the crash began",
    "negative_members": "members below zero at the end",
}

GAINS: Final = {
    "makers": "makers",
    "informed": "informed traders",
    "trusting": "traders who trust the mark",
    "prudent": "prudent traders",
    "passive": "passive traders",
    "fund": "the fund",
    "operator": "the operator",
}


def epochs_table(figures: dict[str, Any]) -> Table:
    """The two runs of the comparison side by side, from the epoch before the fall on."""
    legend = (
        "with breakers and an oracle that follows, or without breakers and with one silent throughout the fall;\n"
        "mark and fund in USDC; lots sold off by liquidation and lots deleveraged; accounts taken over;\n"
        "accounts below zero at the true price"
    )
    table = Table(box=None, pad_edge=False, title=legend, title_justify="left")
    table.add_column("\nepoch", justify="right")
    table.add_column("\nbitcoin", justify="right")
    for word in COMPARED.values():
        for heading in ("mark", "market", "sold", "taken", "delev.", "fund", "below"):
            table.add_column(f"{word}\n{heading}", justify="right", no_wrap=True)
    runs = [figures["runs"][name]["epochs"] for name in COMPARED]
    for rows in zip(*runs, strict=True):
        if rows[0]["epoch"] < figures["fall"][0] - 1:
            continue
        cells = [cell for row in rows for cell in _cells(row)]
        table.add_row(str(rows[0]["epoch"]), f"{rows[0]['price']:,.0f}", *cells)
    return table


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    """One run's epoch."""
    words = {"halted": "halted", "in_auction": "auction", "reduce_only": "reduce"}
    market = next((word for part, word in words.items() if row[part]), "open")
    counts = (f"{row[part]:,}" if row[part] else "–" for part in ("liquidated", "taken_over", "deleveraged"))
    below = row["negative_at_truth"]
    return f"{row['mark']:,.0f}", market, *counts, f"{row['fund_at_truth']:,.0f}", f"{below:,}" if below else "–"


def totals_table(figures: dict[str, Any]) -> Table:
    """Who paid, in every run."""
    table = Table(box=None, pad_edge=False)
    table.add_column("USDC, at the true price at the end")
    for title in TITLES.values():
        table.add_column(title, justify="right")
    totals = {name: figures["runs"][name]["totals"] for name in TITLES}
    for part, label in (PAYERS | COUNTS).items():
        table.add_row(label, *(f"{of[part]:,.0f}" for of in totals.values()), end_section=part == "fund_needed")
    table.add_row("won or lost by")
    for group, label in GAINS.items():
        table.add_row(f"  {label}", *(f"{of['gains'].get(group, 0):+,.0f}" for of in totals.values()))
    return table


def sentences(figures: dict[str, Any]) -> list[str]:
    """What it comes to, computed."""
    of = {name: run["totals"] for name, run in figures["runs"].items()}
    saved, best, worst = figures["saved"], of["guarded"], of["silent_unguarded"]
    balanced = all(run["balanced"] and run["gains_add_up"] for run in of.values())
    return [
        f"Books {'balanced' if balanced else 'DID NOT BALANCE'} after every epoch of every run.",
        f"With breakers and an oracle that follows: {_covered(best)} With neither: {_covered(worst)}",
        f"The breakers {'saved' if saved['fund'] >= 0 else 'cost'} the fund {abs(saved['fund']):,.0f} USDC; "
        f"{saved['uncovered']:,.0f} less stays uncovered, and traders who know no more than the mark "
        f"{_lost(saved['uninformed'])}.",
        "Of this the breakers alone, without the oracle: while it is silent the fund "
        f"{_ends(saved['fund_by_guards_while_silent'])} and those traders "
        f"{_lost(saved['uninformed_by_guards_while_silent'])}; while it follows the fund "
        f"{_ends(saved['fund_by_guards_while_following'])} and those traders "
        f"{_lost(saved['uninformed_by_guards_while_following'])}. In a halt accounts are still taken over, and nothing "
        "that the fund took over can be sold or deleveraged.",
        "Breakers that narrow to reductions where these halt: the fund "
        f"{_ends(saved['fund_by_narrowing_instead_of_halting'])} than with halts, and those traders "
        f"{_lost(saved['uninformed_by_narrowing_instead_of_halting'])}.",
    ]


def _covered(of: dict[str, Any]) -> str:
    """Who covered what was short."""
    short = f"accounts taken over were short of {of['shortfall']:,.0f} USDC and left {of['forfeited']:,.0f}, their "
    short += f"positions brought {of['inventory']:,.0f}; "
    if of["uncovered"]:
        return short + f"the fund's {of['fund_start']:,.0f} did not suffice, {of['uncovered']:,.0f} are not covered."
    return short + f"the fund covered it and has {of['fund_end']:,.0f} of {of['fund_start']:,.0f} left."


def _lost(saved: float) -> str:
    return f"lose {abs(saved):,.0f} USDC {'less' if saved >= 0 else 'more'}"


def _ends(saved: float) -> str:
    return f"ends {abs(saved):,.0f} USDC {'better' if saved >= 0 else 'worse'}"
