"""
The page that the demo leaves: one HTML file that asks nothing of a network, runs no script, and prints.

It shows what the story was: balances over time, what L1 sees beside what a trader sees, where gas and proof time went,
what was measured and what was checked; and last every number behind the charts. `render` is a pure function of what was
told, and the page's own policy forbids it to load anything, whatever names stand in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from rollup.cli.story.page_charts import balance_strips, event_list, price_strip
from rollup.cli.story.page_clock import Clock, axis
from rollup.cli.story.page_data import ChapterTold, PriceLine, Proof, Telling, TwoSides, page_json
from rollup.cli.story.page_markup import Html, amount, elapsed, join, number, tag, text
from rollup.cli.story.page_style import STYLE
from rollup.cli.story.page_tables import (
    behind_batches,
    behind_holder,
    behind_prices,
    figures_table,
    gas_by_batch,
    gas_in_all,
    proof_time,
)

__all__ = ["page_json", "render"]

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
"""Only the style sheet inside; nothing is loaded and nothing runs."""

FIELD_DIGITS: Final = 64

NOTHING: Final = Html("")


@dataclass(frozen=True, slots=True)
class Section:
    """One heading; it is left out where nothing was drawn."""

    anchor: str
    name: str
    """In the contents."""
    title: str
    drawn: Html


def render(told: Telling) -> str:
    """The page, as one text."""
    shown = [section for section in _sections(told) if section.drawn]
    links = [tag("li", tag("a", text(section.name), href=f"#{section.anchor}")) for section in shown]
    contents = tag("ul", join(links))
    sections = [_under_heading(section) for section in shown]
    body = [_opening(told), tag("nav", contents, aria_label="Contents"), tag("main", join(sections)), _ending(told)]
    head = [
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", text(told.title)),
        tag("style", Html(STYLE)),
    ]
    return f"<!DOCTYPE html>\n{tag('html', tag('head', join(head)), tag('body', join(body)), lang='en')}\n"


def _sections(told: Telling) -> list[Section]:
    """What the page may show, in order."""
    clock = Clock.of(told)
    return [
        Section("balances", "Balances", "Balances over time", _balances(told, clock)),
        Section("sides", "Two views", "What L1 sees, and what the trader sees", _two_views(told.sides)),
        Section("gas", "Gas", "Where gas went", _gas(told)),
        Section("proofs", "Proof time", "Where proof time went", _proofs(told)),
        Section("figures", "Figures", "Figures", figures_table(told) if told.figures else NOTHING),
        Section("checked", "Checks", "What was checked", join(_chapter(chapter) for chapter in told.chapters)),
        Section("numbers", "Every number", "Every number", _numbers(told, clock)),
    ]


def _under_heading(section: Section) -> Html:
    title = f"{section.anchor}-title"
    heading = tag("h2", text(section.title), id=title)
    return tag("section", heading, section.drawn, id=section.anchor, aria_labelledby=title)


def _opening(told: Telling) -> Html:
    claims = sum(len(chapter.claims) for chapter in told.chapters)
    trades, gas = sum(batch.trades for batch in told.batches), _gas_in_all(told)
    seconds = sum(proof.witness_seconds + proof.proof_seconds for proof in _all_proofs(told))
    facts = [
        ("claims checked", number(claims), claims),
        ("trades settled", number(trades), trades),
        ("batches on L1", number(len(told.batches)), told.batches),
        ("gas in all", _in_millions(gas), gas),
        ("seconds of proving", f"{seconds:.1f}", seconds),
    ]
    cells = [tag("div", tag("dt", text(name)), tag("dd", text(shown))) for name, shown, known in facts if known]
    return tag(
        "header",
        tag("p", text("zkclear"), class_="house"),
        tag("h1", text(told.title)),
        tag("p", text(f"Told {told.started} · profile {told.profile}"), class_="told"),
        tag("dl", join(cells), class_="facts") if cells else NOTHING,
        _verdict(told.chapters),
    )


def _verdict(chapters: Sequence[ChapterTold]) -> Html:
    skipped = [chapter.title for chapter in chapters if chapter.skipped]
    if not chapters:
        return NOTHING
    if skipped:
        return tag("p", text(f"Left out on this machine: {'; '.join(skipped)}."), class_="verdict")
    return tag("p", text("Every claim was checked before it was told, and nothing was left out."), class_="verdict")


def _balances(told: Telling, clock: Clock) -> Html:
    if not told.holders and not told.prices:
        return NOTHING
    events = sorted(told.events, key=lambda event: event.time)
    parts = [
        _prose(
            "Time runs to the right by the clock of the story’s chain. Where the story moved that clock on, the axis "
            "is cut and says by how much. Dotted lines are events, numbered as in the list below."
        )
    ]
    for underlying, lines in _by_underlying(told.prices):
        parts.append(price_strip(clock, underlying, lines, events))
    if told.prices:
        parts.append(axis(clock))
    parts.append(event_list(clock, events))
    if told.holders:
        parts.append(
            _prose(
                "Equity is cash and all positions at the mark, in dollars. Cash alone says little: what is bought is "
                "booked at its full price, so it may stand far below zero. Every strip has its own scale."
            )
        )
        parts += [balance_strips(clock, holder, events) for holder in told.holders]
        parts.append(axis(clock))
    return join(parts)


def _two_views(sides: Sequence[TwoSides]) -> Html:
    if not sides:
        return NOTHING
    what = (
        "One touch of one account at a time: all that the chain has of it, in clear and in ciphertext, and beside it "
        "what the keys of its owner make of that."
    )
    return join([_prose(what), *(_side_by_side(side) for side in sides)])


def _side_by_side(side: TwoSides) -> Html:
    words = join(tag("li", tag("code", text(_shortened(word)))) for word in side.words)
    seen = [
        ("account", text(side.index)),
        ("new leaf", tag("code", text(_shortened(side.leaf)))),
        ("header", text(side.header or "none: L1 has nothing to act on")),
        ("words", tag("ol", words) if side.words else text("none")),
    ]
    left = tag("div", tag("h4", text("What L1 sees")), _terms(seen), class_="seen-by-l1")
    said = join(tag("p", text(line)) for line in side.said)
    right = tag(
        "div",
        tag("h4", text(f"What {side.who} sees")),
        said,
        _terms([(name, amount(micro)) for name, micro in side.amounts]) if side.amounts else NOTHING,
        class_="seen-by-owner",
    )
    return tag("article", tag("h3", text(side.title)), tag("div", left, right, class_="pair"), class_="sides")


def _gas(told: Telling) -> Html:
    if not told.batches and not told.transactions:
        return NOTHING
    in_all = gas_in_all(told.batches, told.transactions)
    return join([in_all, gas_by_batch(told.batches)]) if told.batches else in_all


def _proofs(told: Telling) -> Html:
    proofs = _all_proofs(told)
    return proof_time(proofs) if proofs else NOTHING


def _chapter(chapter: ChapterTold) -> Html:
    claims = tag("ul", join(tag("li", text(claim)) for claim in chapter.claims), class_="claims")
    return tag(
        "article",
        tag("h3", text(chapter.title), text(" "), tag("span", text(f"{chapter.seconds:.1f} s"), class_="role")),
        claims if chapter.claims else NOTHING,
        join(tag("p", text(note), class_="note") for note in chapter.notes),
        tag("p", text(f"Left out: {chapter.skipped}"), class_="skipped") if chapter.skipped else NOTHING,
        class_="chapter",
    )


def _numbers(told: Telling, clock: Clock) -> Html:
    return join(
        [
            *(behind_holder(clock, holder) for holder in told.holders),
            *(behind_prices(clock, name, lines) for name, lines in _by_underlying(told.prices)),
            behind_batches(told.batches, told.proofs, told.transactions),
        ]
    )


def _ending(told: Telling) -> Html:
    return tag(
        "footer",
        text(
            f"Left by zkclear demo in {elapsed(round(sum(chapter.seconds for chapter in told.chapters)))}. This file "
        ),
        text("loads nothing and runs nothing; the same data come from "),
        tag("code", text("zkclear demo --json")),
        text("."),
    )


def _terms(pairs: Sequence[tuple[str, Html]]) -> Html:
    return tag("dl", join(tag("div", tag("dt", text(name)), tag("dd", shown)) for name, shown in pairs))


def _prose(words: str) -> Html:
    return tag("p", text(words), class_="prose")


def _by_underlying(prices: Sequence[PriceLine]) -> list[tuple[str, list[PriceLine]]]:
    names = list(dict.fromkeys(line.underlying for line in prices))
    ordered = sorted(prices, key=lambda line: names.index(line.underlying))
    return [(name, list(same)) for name, same in groupby(ordered, key=lambda line: line.underlying)]


def _all_proofs(told: Telling) -> list[Proof]:
    return [*(step for batch in told.batches for step in batch.steps), *told.proofs]


def _gas_in_all(told: Telling) -> int:
    return sum(batch.gas for batch in told.batches) + sum(one.gas for one in told.transactions)


def _in_millions(gas: int) -> str:
    return f"{gas / 1e6:.1f} M" if gas >= 10**6 else number(gas)


def _shortened(element: int) -> str:
    """A field element by its first and last digits: enough to find it on L1."""
    digits = f"{element:0{FIELD_DIGITS}x}"
    return f"0x{digits[:8]}…{digits[-6:]}"
