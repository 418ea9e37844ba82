"""Tables of the page: bars that stand among their numbers, and the numbers behind the charts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from rollup.cli.story.page_clock import Clock, percent
from rollup.cli.story.page_data import BatchTold, Holder, PriceLine, Proof, Telling, Transaction
from rollup.cli.story.page_markup import Html, amount, join, lots, number, tag, text

__all__ = [
    "behind_batches",
    "behind_holder",
    "behind_prices",
    "figures_table",
    "gas_by_batch",
    "gas_in_all",
    "proof_time",
]

REST: Final = "the rest"

PARTS: Final = ("first", "second", "third")
"""Classes of the parts of a bar, in their order; what is left over has its own."""

BAR_HEIGHT: Final = 14


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, and whether what stands under it is a number."""

    name: str
    numeric: bool = True


def gas_in_all(batches: Sequence[BatchTold], transactions: Sequence[Transaction]) -> Html:
    """A bar for all transactions of one kind; those that carried batches in their parts."""
    totals = [(label, len(same), sum(one.gas for one in same)) for label, same in _by_label(transactions)]
    settled = sum(batch.gas for batch in batches)
    most = max([settled, *(total for _, _, total in totals)])
    bars: list[tuple[str, int, int, list[tuple[str, float, str]]]] = [
        (label, times, total, [(label, total, "rest")]) for label, times, total in totals
    ]
    if batches:
        bars.append(("batches", len(batches), settled, _shares(batches, _part_names(batches))))
    rows = [
        [
            tag("th", text(label), scope="row"),
            tag("td", _bar(shares, most, "gas"), class_="bar"),
            _cell(total),
            _cell(times),
            _cell(total // times),
        ]
        for label, times, total, shares in sorted(bars, key=lambda bar: -bar[2])
    ]
    columns = [Column("", False), Column("", False), Column("gas"), Column("times"), Column("gas each")]
    return _table("All transactions, by what they did", columns, rows, "bars", _parts_legend(batches))


def gas_by_batch(batches: Sequence[BatchTold]) -> Html:
    """A bar a batch, in its parts, with the floor of its calldata marked."""
    names, rows = _part_names(batches), []
    most = max(max(batch.gas, batch.floor_gas) for batch in batches)
    for batch in batches:
        kinds = groupby(step.circuit for step in batch.steps)
        steps = ", ".join(_times(len(list(same)), kind) for kind, same in kinds)
        what = tag("th", text(f"Batch {batch.number}"), tag("span", text(steps), class_="sub"), scope="row")
        bar = tag("td", _bar(_shares([batch], names), most, "gas", batch.floor_gas), class_="bar")
        a_trade = number(batch.gas // batch.trades) if batch.trades else "–"
        rows.append([what, bar, _cell(batch.gas), _cell(batch.trades), _cell(a_trade), _cell(batch.calldata_bytes)])
    counts = ("gas", "trades", "gas a trade", "bytes")
    columns = [Column("", False), Column("", False), *map(Column, counts)]
    legend = _parts_legend(batches, "floor price of its calldata: no batch costs less")
    return _table("Each batch", columns, rows, "bars", legend)


def proof_time(proofs: Sequence[Proof]) -> Html:
    """A bar for all proofs of one circuit: its witnesses and its proofs."""
    rows, of = [], _by_circuit(proofs)
    most = max((sum(_seconds(one) for one in same) for _, same in of), default=0.0)
    for circuit, same in of:
        witness, proof = sum(one.witness_seconds for one in same), sum(one.proof_seconds for one in same)
        constraints = sum(one.constraints for one in same)
        bar = tag("td", _bar([("proof", proof, "first"), ("witness", witness, "second")], most, "s"), class_="bar")
        a_constraint = number((witness + proof) * 1e6 / constraints) if constraints else "–"
        rows.append(
            [
                tag("th", text(circuit), scope="row"),
                bar,
                _cell(f"{witness + proof:.2f}"),
                _cell(len(same)),
                _cell(constraints),
                _cell(a_constraint),
            ]
        )
    columns = [
        Column("", False),
        Column("", False),
        Column("seconds"),
        Column("proofs"),
        Column("constraints"),
        Column("µs each"),
    ]
    legend = _legend([("proof", "first"), ("witness", "second")])
    return _table("Seconds of proving, by circuit", columns, rows, "bars", legend)


def figures_table(told: Telling) -> Html:
    """What was measured, and the command that prints it."""
    rows = [
        [
            tag("th", text(figure.name), scope="row"),
            _cell(number(figure.value)),
            tag("td", text(figure.unit)),
            tag("td", tag("code", text(figure.command))),
        ]
        for figure in told.figures
    ]
    columns = [Column("what", False), Column("measured"), Column("unit", False), Column("printed by", False)]
    return _table("What was measured, and what prints it", columns, rows)


def behind_holder(clock: Clock, holder: Holder) -> Html:
    """Every moment of somebody's account."""
    rows = [
        [
            tag("th", text(moment.label), scope="row"),
            _cell(clock.since_start(moment.time)),
            _money(moment.cash),
            _money(moment.equity),
            tag("td", text(lots(moment.positions) or "–")),
        ]
        for moment in holder.moments
    ]
    if holder.paid is not None:
        gone = [tag("td"), tag("td"), _money(holder.paid), tag("td")]
        rows.append([tag("th", text("paid by L1"), scope="row"), *gone])
    columns = [Column("moment", False), Column("after"), Column("cash"), Column("equity"), Column("positions", False)]
    return _table(f"{holder.name}, in dollars", columns, rows)


def behind_prices(clock: Clock, underlying: str, lines: Sequence[PriceLine]) -> Html:
    """Every price of an underlying."""
    at = [dict(line.points) for line in lines]
    times = sorted({time for each in at for time in each})
    rows = [
        [
            tag("th", text(clock.since_start(time)), scope="row", class_="number"),
            *(_money(each[time]) if time in each else tag("td", text("–"), class_="number") for each in at),
        ]
        for time in times
    ]
    return _table(
        f"Prices of {underlying}, in dollars", [Column("after"), *(Column(line.name) for line in lines)], rows
    )


def behind_batches(batches: Sequence[BatchTold], others: Sequence[Proof], transactions: Sequence[Transaction]) -> Html:
    """Every batch, every proof, and every other transaction."""
    settled = [
        [
            tag("th", text(f"batch {batch.number}"), scope="row"),
            tag("td", text(", ".join(str(epoch) for epoch in batch.epochs) or "–"), class_="number"),
            *(
                _cell(one)
                for one in (batch.transactions, batch.trades, batch.gas, batch.floor_gas, batch.calldata_bytes)
            ),
            tag("td", text("; ".join(f"{part.label} {number(part.gas)}" for part in batch.parts) or "–")),
        ]
        for batch in batches
    ]
    made = [(f"batch {batch.number}", step) for batch in batches for step in batch.steps]
    proved = [
        [
            tag("th", text(where), scope="row"),
            tag("td", text(one.circuit)),
            _cell(one.constraints),
            _cell(f"{one.witness_seconds:.3f}"),
            _cell(f"{one.proof_seconds:.3f}"),
        ]
        for where, one in [*made, *(("outside", one) for one in others)]
    ]
    sent = [
        [tag("th", text(one.label), scope="row"), _cell(one.gas), _cell(one.calldata_bytes or "–")]
        for one in transactions
    ]
    counts = ("epochs", "transactions", "trades", "gas", "floor", "bytes")
    shown = [
        ("Batches", [Column("batch", False), *map(Column, counts), Column("known gas", False)], settled),
        (
            "Proofs",
            [Column("in", False), Column("circuit", False), *map(Column, ("constraints", "witness s", "proof s"))],
            proved,
        ),
        ("Other transactions", [Column("transaction", False), Column("gas"), Column("bytes")], sent),
    ]
    return join(_table(caption, columns, rows) for caption, columns, rows in shown if rows)


def _table(
    caption: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Html]],
    kind: str = "plain",
    legend: Html = Html(""),  # noqa: B008
) -> Html:
    head = tag("tr", join(_heading(column) for column in columns))
    body = join(tag("tr", join(row)) for row in rows)
    table = tag("table", tag("caption", text(caption), legend), tag("thead", head), tag("tbody", body), class_=kind)
    return tag("div", table, class_="table", role="region", aria_label=caption, tabindex="0")


def _heading(column: Column) -> Html:
    if not column.name:
        return tag("td")
    return tag("th", text(column.name), scope="col", class_="number" if column.numeric else None)


def _cell(value: float | str) -> Html:
    return tag("td", text(number(value)), class_="number")


def _money(micro: int) -> Html:
    return tag("td", amount(micro), class_="number")


def _bar(shares: Sequence[tuple[str, float, str]], most: float, unit: str, floor: int = 0) -> Html:
    """Parts of a whole side by side, in per cent of the longest bar on the page."""
    parts, at = [], 0.0
    for name, value, shade in shares:
        width = value / most * 100 if most else 0.0
        shown = number(value) if unit == "gas" else f"{value:.2f}"
        title = tag("title", text(f"{name}: {shown} {unit}"))
        parts.append(
            tag("rect", title, x=percent(at), width=percent(width), y="0", height=BAR_HEIGHT, class_=f"part {shade}")
        )
        at += width
    if floor and most:
        place, title = (
            percent(floor / most * 100),
            tag("title", text(f"floor price of its calldata: {number(floor)} gas")),
        )
        parts.append(tag("line", title, x1=place, x2=place, y1="-3", y2=BAR_HEIGHT + 3, class_="floor"))
    said = ", ".join(f"{name} {number(value) if unit == 'gas' else f'{value:.2f}'} {unit}" for name, value, _ in shares)
    return tag(
        "svg", join(parts), class_="bars", width="100%", height=BAR_HEIGHT, role="img", aria_label=said or "none"
    )


def _legend(keys: Sequence[tuple[str, str]], floor: str = "") -> Html:
    shown = [
        tag(
            "span",
            tag(
                "svg",
                tag("rect", width="12", height="12", class_=f"part {shade}"),
                width="12",
                height="12",
                aria_hidden="true",
            ),
            text(f" {name}"),
        )
        for name, shade in keys
    ]
    if floor:
        line = tag("line", x1="6", x2="6", y1="-1", y2="13", class_="floor")
        shown.append(tag("span", tag("svg", line, width="12", height="12", aria_hidden="true"), text(f" {floor}")))
    return tag("p", join(shown), class_="legend")


def _part_names(batches: Sequence[BatchTold]) -> list[str]:
    return list(dict.fromkeys(part.label for batch in batches for part in batch.parts))


def _shares(batches: Sequence[BatchTold], names: Sequence[str]) -> list[tuple[str, float, str]]:
    """Gas of some batches by what it was for, and what is left."""
    known = [sum(part.gas for batch in batches for part in batch.parts if part.label == name) for name in names]
    left = max(sum(batch.gas for batch in batches) - sum(known), 0)
    shares = [(name, gas, _shade(at)) for at, (name, gas) in enumerate(zip(names, known, strict=True))]
    return [share for share in (*shares, (REST, left, "rest")) if share[1]]


def _parts_legend(batches: Sequence[BatchTold], floor: str = "") -> Html:
    names = _part_names(batches)
    keys = [(name, _shade(at)) for at, name in enumerate(names)]
    return _legend([*keys, (REST, "rest")] if names else [], floor)


def _times(count: int, what: str) -> str:
    return f"{count} × {what}" if count > 1 else what


def _shade(at: int) -> str:
    return PARTS[at] if at < len(PARTS) else "rest"


def _seconds(proof: Proof) -> float:
    return proof.witness_seconds + proof.proof_seconds


def _by_label(transactions: Sequence[Transaction]) -> list[tuple[str, list[Transaction]]]:
    """Transactions of one label together, the dearest label first."""
    found: dict[str, list[Transaction]] = {}
    for one in transactions:
        found.setdefault(one.label, []).append(one)
    return sorted(found.items(), key=lambda item: -sum(one.gas for one in item[1]))


def _by_circuit(proofs: Sequence[Proof]) -> list[tuple[str, list[Proof]]]:
    """Proofs of one circuit together, the longest in all first."""
    found: dict[str, list[Proof]] = {}
    for one in proofs:
        found.setdefault(one.circuit, []).append(one)
    return sorted(found.items(), key=lambda item: -sum(_seconds(one) for one in item[1]))
