"""
The crash in tables and sentences for people; every number in them is one of `crash.run_all`'s.

What is compared is four runs: guards on or off, and an oracle that follows or is silent. Neither the pair of the best
and the worst nor guards alone is the whole story, so the four corners come first and the details after them. Tables
stand side by side where the console is wide enough and one below the other where it is not.
"""

from __future__ import annotations

from typing import Any, Final

from rich.console import Console, RenderableType
from rich.table import Table

__all__ = ["NARROWEST", "corners_table", "epochs_tables", "preamble", "report", "sentences", "totals_table", "verdicts"]

NARROWEST: Final = 80
"""Columns that the narrower tables need, lest numbers be cut off."""

COMPARED: Final = {"guarded": "both", "silent_unguarded": "neither"}

TITLES: Final = {
    "guarded": "guards,\noracle\nfollows",
    "silent_unguarded": "no guards,\noracle\nsilent",
    "silent_guarded": "guards,\noracle\nsilent",
    "unguarded": "no guards,\noracle\nfollows",
    "narrowing": "guards that\nnever halt\na move",
}

PAYERS: Final = {
    "fund_start": "the fund began with",
    "forfeited": "+ left in accounts that it took over",
    "penalties": "+ penalties",
    "shortfall": "- owed by accounts that it took over",
    "inventory": "+ what their positions won or lost",
    "fund_end": "= the fund at the end",
    "uncovered": "winnings not backed by money",
    "fund_needed": "a fund would have needed",
}

COUNTS: Final = {
    "fund_lots": "lots the fund still holds",
    "fund_fails": "fund below its own maintenance margin",
    "liquidated_value": "liquidated into the book",
    "unloaded_value": "traded into the book by the fund",
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
    "trusting": "trusting traders",
    "prudent": "prudent traders",
    "passive": "passive traders",
    "fund": "the fund",
    "operator": "the operator",
}


def report(figures: dict[str, Any], width: int) -> list[RenderableType]:
    """Everything, in the order in which it is read; to be printed with lines wrapped at the width."""
    return [
        *preamble(figures),
        corners_table(figures),
        *verdicts(figures),
        *legend(figures),
        *epochs_tables(figures, width),
        totals_table(figures),
        *sentences(figures),
    ]


def preamble(figures: dict[str, Any]) -> list[str]:
    """What is simulated, and what the words mean."""
    of, (first, last) = figures["setting"], figures["fall"]
    lots = " or ".join(f"{lot} {name}" for name, lot in of["lot"].items())
    volatilities = " and ".join(f"{percent:.0f} % ({name})" for name, percent in of["volatility_percent"].items())
    return [
        f"One crowd of {figures['accounts']:,} accounts, seed {figures['seed']}, through one simulated path of prices: "
        f"{figures['epochs']} epochs of {of['epoch_s']} s. By the script, prices move by {of['move_percent']:.0f} % "
        f"from epoch {first} to epoch {last}, while volatilities of {volatilities} a year are multiplied by "
        f"{of['volatility_factor']:.0f} and stay there. Another seed is another path and other figures.",
        "Guards are three things, switched on or off together. Circuit breakers: a price that moves more than "
        f"{of['reduce_percent']:.0f} % within {of['window_s']} s makes trading reduce-only, more than "
        f"{of['halt_percent']:.0f} % halts it. Price age: a price older than {of['max_age_s']} s halts it as well. "
        f"Regime widening: margins grow with realised volatility, to {of['widest_factor']:.1f} times the calm ones.",
        "An oracle that follows hears every price; a silent one hears none during the fall and then catches up. Guards "
        "halt trading while it is silent; without them its last price goes on being the mark.",
        "Informed traders know the true price. The uninformed know no more than the mark: some trust it and quote at "
        "it, the prudent halve what is called for margin, the passive sit still. Amounts are USDC at the true price. "
        f"A lot is {lots}.",
    ]


def corners_table(figures: dict[str, Any]) -> Table:
    """The fund and the uninformed at the end: guards on or off, the oracle following or silent."""
    of, saved = {name: run["totals"] for name, run in figures["runs"].items()}, figures["saved"]
    table = Table(box=None, pad_edge=False)
    table.add_column("USDC")
    for heading in ("the fund\nends with", "uninformed\ntraders gain"):
        for oracle in ("follows", "silent"):
            table.add_column(f"{heading},\noracle {oracle}", justify="right", no_wrap=True)
    for label, names in (("guards", ("guarded", "silent_guarded")), ("no guards", ("unguarded", "silent_unguarded"))):
        cells = [f"{of[name]['fund_end']:,.0f}" for name in names]
        table.add_row(label, *cells, *(f"{of[name]['uninformed']:+,.0f}" for name in names))
    alone = [saved[f"{who}_by_guards_while_{how}"] for who in ("fund", "uninformed") for how in ("following", "silent")]
    table.add_row("guards alone", *(f"{change:+,.0f}" for change in alone))
    return table


def verdicts(figures: dict[str, Any]) -> list[str]:
    """What the corners say: of guards alone in both directions, and of guards and the oracle together."""
    saved, start = figures["saved"], figures["runs"]["guarded"]["totals"]["fund_start"]
    return [
        f"The fund began with {start:,.0f}. What guards alone do: while the oracle follows, the fund "
        f"{_ends(saved['fund_by_guards_while_following'])} with them than without, and uninformed traders "
        f"{_lost(saved['uninformed_by_guards_while_following'])}; while it is silent, the fund "
        f"{_ends(saved['fund_by_guards_while_silent'])}, and they {_lost(saved['uninformed_by_guards_while_silent'])}.",
        "Guards and a following oracle together, against no guards and a silent one: the fund "
        f"{_ends(saved['fund'])}, {saved['uncovered']:,.0f} less of what others won is not backed by money, and "
        f"uninformed traders {_lost(saved['uninformed'])}.",
        "In a halt accounts are still taken over, and nothing that the fund took over can be sold or deleveraged: it "
        "carries their positions through the rest of the fall.",
    ]


def legend(figures: dict[str, Any]) -> list[str]:
    """What the columns of the epochs are, and why trading waits after the fall."""
    of = figures["setting"]
    return [
        "Epoch by epoch. bitcoin: its true price; mark: its price on the exchange; market: open, reduce (positions may "
        "only shrink), halted, or auction (the one that reopens it); sold: lots liquidated into the book; taken: "
        "accounts taken over by the fund; delev.: lots deleveraged, that is closed at the mark against the fund; fund: "
        "its equity; below: accounts below zero at the true price. A dash is none.",
        f"A halt outlasts its cause: the fall's moves stay in the breakers' window of {of['window_s']} s, and their "
        f"pause of {of['pause_s']} s must pass after that; then an auction reopens the market.",
    ]


def epochs_tables(figures: dict[str, Any], width: int) -> list[RenderableType]:
    """The best and the worst run from the epoch before the fall on: side by side, or below each other if narrow."""
    both, neither = "both guards and an oracle that follows", "neither guards nor an oracle that is heard"
    wide = _epochs(figures, list(COMPARED), prefixed=True)
    if Console(width=10 * width).measure(wide).maximum <= width:
        return [f"With {both}, and with {neither}:", wide]
    of = dict(zip(COMPARED, (both, neither), strict=True))
    return [part for name in COMPARED for part in (f"With {of[name]}:", _epochs(figures, [name], prefixed=False))]


def _epochs(figures: dict[str, Any], names: list[str], *, prefixed: bool) -> Table:
    """Some runs' epochs."""
    table = Table(box=None, pad_edge=False)
    for heading in ("epoch", "bitcoin"):
        table.add_column(f"\n{heading}" if prefixed else heading, justify="right", no_wrap=True)
    for name in names:
        for heading in ("mark", "market", "sold", "taken", "delev.", "fund", "below"):
            title = f"{COMPARED[name]}\n{heading}" if prefixed else heading
            table.add_column(title, justify="right", no_wrap=True)
    for rows in zip(*(figures["runs"][name]["epochs"] for name in names), strict=True):
        if rows[0]["epoch"] >= figures["fall"][0] - 1:
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
    """Who paid, in every run; labels wrap before numbers do."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("USDC, lots or counts, at the end")
    for title in TITLES.values():
        table.add_column(title, justify="right", no_wrap=True)
    totals = {name: figures["runs"][name]["totals"] for name in TITLES}
    for part, label in (PAYERS | COUNTS).items():
        table.add_row(label, *(_total(of[part]) for of in totals.values()), end_section=part == "fund_needed")
    table.add_row("won or lost by")
    for group, label in GAINS.items():
        table.add_row(f"  {label}", *(f"{of['gains'].get(group, 0):+,.0f}" for of in totals.values()))
    return table


def _total(value: float | bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,.0f}"


def sentences(figures: dict[str, Any]) -> list[str]:
    """What the totals come to, computed."""
    of = {name: run["totals"] for name, run in figures["runs"].items()}
    saved, best, worst = figures["saved"], of["guarded"], of["silent_unguarded"]
    balanced = all(run["balanced"] and run["gains_add_up"] for run in of.values())
    return [
        f"Books {'balanced' if balanced else 'DID NOT BALANCE'} after every epoch of every run.",
        f"With guards and an oracle that follows: {_covered(best)}",
        f"With neither: {_covered(worst)}",
        "Guards that narrow to reductions where these halt, while the oracle follows: the fund "
        f"{_ends(saved['fund_by_narrowing_instead_of_halting'])} than with halts, and uninformed traders "
        f"{_lost(saved['uninformed_by_narrowing_instead_of_halting'])}.",
    ]


def _covered(of: dict[str, Any]) -> str:
    """Who covered what was short."""
    told = f"accounts taken over owed {of['shortfall']:,.0f} USDC and left {of['forfeited']:,.0f}, their positions "
    told += f"brought {of['inventory']:,.0f}; "
    if of["uncovered"]:
        return (
            f"{told}the fund's {of['fund_start']:,.0f} did not suffice. It ends {of['uncovered']:,.0f} below zero, and "
            "as much of what others show as won is not backed by money: nobody owes it who could pay."
        )
    return f"{told}the fund bore it and has {of['fund_end']:,.0f} of {of['fund_start']:,.0f} left."


def _lost(saved: float) -> str:
    return f"end {abs(saved):,.0f} USDC {'better' if saved >= 0 else 'worse'}"


def _ends(saved: float) -> str:
    return f"ends {abs(saved):,.0f} USDC {'better' if saved >= 0 else 'worse'}"
