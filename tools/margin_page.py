"""
Write docs/protocol/margin.md and its picture from the law itself, so that neither can go stale.

    python tools/margin_page.py            write them
    python tools/margin_page.py --check    exit 1 when one of them is stale
"""

from __future__ import annotations

import sys
from pathlib import Path

from rollup.spec.errors import Rejected
from rollup.spec.margin import check_close_rule, check_initial, values_of, violates, weighted
from rollup.spec.shared import Status, Width
from rollup.spec.table import CASH_MARK, MILLION, Mark, Parameters, RiskTable

ROOT = Path(__file__).resolve().parent.parent / "docs" / "protocol"
DOLLAR = 1_000_000
PRICE = 1_000 * DOLLAR
MOVES = (-100, -50, 0, 50, 100)
"""Dollars by which each scenario moves the price; the third is the mark."""

PARAMETERS = Parameters(
    maintenance=500_000,
    exit=400_000,
    close_out=250_000,
    liquidation_band=62_500,
    fund_band=62_500,
    fee_cap=5_000,
    penalty_cap=180_000,
)
COLOURS = {"before": "#1f4e79", "sold at 900": "#b03a2e", "sold at 1000": "#2e7d4f"}
BOOKS = {
    "before": (4_000 - 100 * 1_000, 100),
    "sold at 900": (4_000 - 100 * 1_000 + 40 * 900, 60),
    "sold at 1000": (4_000 - 100 * 1_000 + 40 * 1_000, 60),
}
"""Cash in dollars and lots: 100 lots bought at 1000 with an equity of 4,000, then 40 of them sold."""


def main() -> int:
    targets = {ROOT / "margin.md": page(), ROOT / "margin.svg": picture()}
    stale = [path for path, text in targets.items() if not path.is_file() or path.read_text() != text]
    for path in stale:
        if "--check" not in sys.argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(targets[path])
    if stale:
        print(f"{'stale' if '--check' in sys.argv else 'written'}: {', '.join(path.name for path in stale)}")  # noqa: T201
    return int(bool(stale) and "--check" in sys.argv)


def table() -> RiskTable:
    """One instrument at 1000, and scenarios that move it."""
    loss = max(-move for move in MOVES) * DOLLAR
    marks = (CASH_MARK, Mark(Status.ACTIVE, 1, 0, PRICE, loss, loss))
    stress = tuple((1, PRICE + move * DOLLAR) for move in MOVES if move)
    return RiskTable(PARAMETERS, marks, stress, 0)


def dollars(value: int) -> str:
    return f"{value // DOLLAR:,}"


def vector(name: str) -> tuple[int, int]:
    cash, lots = BOOKS[name]
    return cash * DOLLAR, lots


def page() -> str:
    risk = table()
    values = {name: values_of(vector(name), risk) for name in BOOKS}
    rows = [
        f"| {name} | {dollars(each[0])} | {dollars(min(each))} | {dollars(weighted(each, PARAMETERS.maintenance) // MILLION)}"
        f" | {dollars(weighted(each, PARAMETERS.close_out) // MILLION)} | {verdict(values['before'], each, name)} |"
        for name, each in values.items()
    ]
    return f"""# Margin, by an example

Written by `python tools/margin_page.py` from the law itself (`rollup/spec/margin.py`).

An account's equity in scenario s is the dot product of its quantities with the table's row W_s; scenario 0 is the mark.
Three lines are drawn through those values:

- **initial** margin: every scenario at 0 or above. What withdrawals, notes, transfers and narrow lanes leave behind.
- **maintenance**: (1-κ)·val_0 + κ·val_s ≥ 0 with κ = {PARAMETERS.maintenance / 10_000:.0f} %. Below it an account may be liquidated.
- **close-out**: the same with κ = {PARAMETERS.close_out / 10_000:.0f} %. Below it the fund takes the account over.

An account that trades may end under-margined, if it ends no worse: the four clauses of the **close rule** (MGN-2 to MGN-5)
ask that equity is not pushed into debt, that no scenario falls below the worst before, and that neither the maintenance
value nor the close-out value is stripped away.

## Stripping

100 lots bought at 1000 with 4,000 of equity; the worst scenario takes 100 off each lot. The account is below initial
margin, and even below maintenance. It sells 40 lots to a friend, once at 900 and once at the mark.

![Value of the account in each scenario](margin.svg)

| book | equity | worst scenario | maintenance value | close-out value | the law says |
| --- | ---: | ---: | ---: | ---: | --- |
{chr(10).join(rows)}

Sold at 900, the worst scenario does not get worse and equity stays at 0: the first clauses hold, and the friend has
4,000 that the fund would miss. The maintenance value is what gives it away. Sold at 1000, everything improves.
"""


def verdict(before: tuple[int, ...], after: tuple[int, ...], name: str) -> str:
    if name == "before":
        return "may be liquidated" if violates(before, PARAMETERS.maintenance) else "stands"
    try:
        check_initial(after, Width.TRADED)
    except Rejected:
        pass
    else:
        return "allowed, initial-margined"
    try:
        check_close_rule(before, after, PARAMETERS, Width.TRADED)
    except Rejected as refusal:
        return f"refused by {refusal.rule}: {refusal.reason}"
    return "allowed by the close rule"


def picture() -> str:
    """Lines of value over price, as SVG."""
    width, height, left, top = 640, 300, 70, 20
    low, high = -8_000, 16_000

    def x(move: int) -> float:
        return left + (move + 100) / 200 * (width - left - 130)

    def y(value: int) -> float:
        return top + (high - value) / (high - low) * (height - top - 40)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
        "<title>Value of the account in each scenario, before and after selling 40 lots</title>",
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for value in range(low, high + 1, 4_000):
        stroke = "#444" if value == 0 else "#ddd"
        parts.append(f'<line x1="{left}" x2="{x(100):.0f}" y1="{y(value):.1f}" y2="{y(value):.1f}" stroke="{stroke}"/>')
        parts.append(f'<text x="{left - 8}" y="{y(value) + 4:.1f}" text-anchor="end" fill="#444">{value:,}</text>')
    for move in MOVES:
        parts.append(
            f'<text x="{x(move):.1f}" y="{height - 18}" text-anchor="middle" fill="#444">{1_000 + move}</text>'
        )
    parts.append(f'<text x="{x(0):.0f}" y="{height - 2}" text-anchor="middle" fill="#444">price in the scenario</text>')
    for name, (cash, lots) in BOOKS.items():
        points = " ".join(f"{x(move):.1f},{y(cash + lots * (1_000 + move)):.1f}" for move in MOVES)
        dash = {"before": "", "sold at 900": ' stroke-dasharray="6 3"', "sold at 1000": ' stroke-dasharray="2 2"'}[name]
        parts.append(f'<polyline points="{points}" fill="none" stroke="{COLOURS[name]}" stroke-width="2"{dash}/>')
        end = cash + lots * 1_100
        parts.append(f'<text x="{x(100) + 8:.0f}" y="{y(end) + 4:.1f}" fill="{COLOURS[name]}">{name}</text>')
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    sys.exit(main())
