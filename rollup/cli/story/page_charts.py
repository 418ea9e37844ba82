"""
Charts over the story's clock: strips one above the other, so that an event stands at one place in all of them.

A strip is an SVG without a fixed shape. What has a place in time is put there in per cent of the width, so text keeps
its size on every screen; only the step lines are drawn in a picture that is stretched, with strokes that are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

from rollup.cli.story.page_clock import Clock, percent
from rollup.cli.story.page_data import Event, Holder, Moment, PriceLine
from rollup.cli.story.page_markup import USDC, Html, dollars, join, lots, tag, text

__all__ = ["balance_strips", "event_list", "price_strip"]

MARKS: Final = 18
"""Height of the row of event numbers above a strip."""

UNNUMBERED: Final = 14
"""And of the room above a strip without them, for its neighbour's labels."""

CLOSE: Final = 3.2
"""Per cent of the width that two event numbers keep between them."""

ROOM: Final = 40
"""Height that a round line wants for itself, label included."""

LABEL: Final = 14
"""Height of a label."""

SHADES: Final = ("first", "second", "third")
"""Classes of lines, each with a colour and a pattern of its own."""


@dataclass(frozen=True, slots=True)
class Scale:
    """From amounts to heights, over round numbers."""

    ticks: tuple[int, ...]
    low: int
    high: int
    top: int
    height: int

    @classmethod
    def over(cls, values: Sequence[int], top: int, height: int) -> Scale:
        """Two to five round lines about some values; zero is among them where it is not far."""
        low, high = min(values), max(values)
        if 0 < low <= 2 * (high - low):
            low = 0
        if 0 > high >= 2 * (low - high):
            high = 0
        step = _round_step(max(high - low, abs(high) // 50, 1), max(height // ROOM, 1))
        first, last = low // step * step, -(-high // step) * step
        if first == last:
            first, last = first - step, last + step
        return cls(tuple(range(first, last + 1, step)), first, last, top, height)

    def at(self, value: int) -> float:
        return self.top + (self.high - value) / (self.high - self.low) * self.height


@dataclass(frozen=True, slots=True)
class Line:
    """One step line."""

    name: str
    shade: str
    points: tuple[tuple[int, int], ...]


def price_strip(clock: Clock, underlying: str, prices: Sequence[PriceLine], events: Sequence[Event]) -> Html:
    """All prices of an underlying."""
    lines = [
        Line(line.name, SHADES[at % len(SHADES)], tuple(sorted(line.points, key=lambda point: point[0])))
        for at, line in enumerate(prices)
        if line.points
    ]
    heading = tag("div", tag("h3", text(underlying)), _legend(lines), class_="strip-head")
    hover = [
        (
            time,
            f"{clock.since_start(time)}: " + ", ".join(f"{line.name} {dollars(_held(line, time))}" for line in lines),
        )
        for time in sorted({time for line in lines for time, _ in line.points})
    ]
    return tag("div", heading, _strip(clock, lines, events, 132, f"Prices of {underlying}", hover), class_="panel")


def balance_strips(clock: Clock, holder: Holder, events: Sequence[Event]) -> Html:
    """Equity of somebody, and below it its cash, each on a scale of its own."""
    moments = sorted(holder.moments, key=lambda moment: moment.time)
    who = tag("h3", text(holder.name), tag("span", text(holder.role), class_="role"))
    if not moments:
        return tag("div", tag("div", who, class_="strip-head"), _nothing(), class_="panel")
    hover = [
        (time, "; ".join(_told(moment) for moment in at_once))
        for time, at_once in groupby(moments, key=lambda moment: moment.time)
    ]
    first, last = moments[0].equity, moments[-1].equity
    paid = "" if holder.paid is None else f" · L1 paid {dollars(holder.paid)}"
    outcome = tag("p", text(f"{dollars(first)} → {dollars(last)}{paid}"), class_="outcome")
    equity = Line("equity", "first", tuple((moment.time, moment.equity) for moment in moments))
    cash = Line("cash", "second", tuple((moment.time, moment.cash) for moment in moments))
    return tag(
        "div",
        tag("div", who, outcome, class_="strip-head"),
        _strip(clock, [equity], events, 84, f"Equity of {holder.name}", hover, name="equity"),
        _strip(clock, [cash], events, 44, f"Cash of {holder.name}", hover, name="cash", numbered=False),
        class_="panel",
    )


def event_list(clock: Clock, events: Sequence[Event]) -> Html:
    """What the numbers on the charts stand for."""
    items = [
        tag("li", tag("span", text(clock.since_start(event.time)), class_="when"), text(" "), text(event.text))
        for event in events
    ]
    return tag("ol", join(items), class_="events") if items else Html("")


def _strip(
    clock: Clock,
    lines: Sequence[Line],
    events: Sequence[Event],
    height: int,
    title: str,
    hover: Sequence[tuple[int, str]],
    name: str = "",
    numbered: bool = True,
) -> Html:
    if not lines:
        return _nothing()
    top = MARKS if numbered else UNNUMBERED
    whole = top + height + 6
    scale = Scale.over([value for line in lines for _, value in line.points], top, height)
    parts = [_grid(scale), _marks(clock, events, whole, numbered)]
    parts.append(
        tag(
            "svg",
            join(_steps(clock, scale, line) for line in lines),
            viewBox=f"0 0 1000 {whole}",
            preserveAspectRatio="none",
            width="100%",
            height=whole,
        )
    )
    parts.append(_tick_labels(scale))
    if name:
        parts.append(tag("text", text(name), x="100%", y=top + 8, text_anchor="end", class_="name"))
    parts.append(_hover(clock, hover, whole))
    said = f"{title}. " + " ".join(_in_words(line) for line in lines)
    drawn = tag("svg", join(parts), class_="strip", width="100%", height=whole, role="img", aria_label=said)
    return tag("div", drawn, class_="plot")


def _grid(scale: Scale) -> Html:
    return join(
        tag("line", x1="0", x2="100%", y1=_y(scale, tick), y2=_y(scale, tick), class_="grid" if tick else "zero")
        for tick in scale.ticks
    )


def _tick_labels(scale: Scale) -> Html:
    """Beside the chart, as many as have room."""
    every = -(-LABEL * (len(scale.ticks) - 1) // scale.height)
    named = [tick for at, tick in enumerate(scale.ticks) if at % every == 0]
    return join(
        tag("text", text(_short(tick)), x="-8", y=f"{scale.at(tick) + 4:.1f}", text_anchor="end", class_="tick")
        for tick in named
    )


def _marks(clock: Clock, events: Sequence[Event], whole: int, numbered: bool) -> Html:
    """A thin line at each event, and its number above; a number that would touch the one before it steps aside."""
    parts, stand = [], -CLOSE
    for count, event in enumerate(events, start=1):
        place = percent(clock.at(event.time))
        title = tag("title", text(f"{count}. {event.text}"))
        start = MARKS - 4 if numbered else 0
        parts.append(tag("line", title, x1=place, x2=place, y1=start, y2=whole, class_="event"))
        if numbered:
            stand = max(clock.at(event.time), stand + CLOSE)
            parts.append(
                tag("text", text(count), x=percent(stand), y="11", text_anchor="middle", class_="event-number")
            )
    return join(parts)


def _steps(clock: Clock, scale: Scale, line: Line) -> Html:
    """A line that holds each value until the next one."""
    (time, value), *rest = line.points
    path = f"M{clock.at(time) * 10:.1f} {_y(scale, value)}"
    for later, changed in rest:
        path += f"H{clock.at(later) * 10:.1f}V{_y(scale, changed)}"
    return tag("path", d=f"{path}H1000", class_=f"line {line.shade}", vector_effect="non-scaling-stroke")


def _hover(clock: Clock, hover: Sequence[tuple[int, str]], whole: int) -> Html:
    """Unseen fields over the chart, each telling what holds there."""
    places = [*(clock.at(time) for time, _ in hover), 100.0]
    return join(
        tag(
            "rect",
            tag("title", text(said)),
            x=percent(here),
            width=percent(max(there - here, 0)),
            y="0",
            height=whole,
            class_="hover",
        )
        for (here, there), (_, said) in zip(pairwise(places), hover, strict=True)
    )


def _legend(lines: Sequence[Line]) -> Html:
    keys = [
        tag(
            "span",
            tag(
                "svg",
                tag("path", d="M1 5H25", class_=f"line {line.shade}"),
                width="26",
                height="10",
                aria_hidden="true",
            ),
            text(f" {line.name}"),
        )
        for line in lines
    ]
    return tag("p", join(keys), class_="legend")


def _told(moment: Moment) -> str:
    held = lots(moment.positions)
    said = f"{moment.label}: equity {dollars(moment.equity)}, cash {dollars(moment.cash)}"
    return f"{said}, {held}" if held else said


def _held(line: Line, time: int) -> int:
    return next((value for at, value in reversed(line.points) if at <= time), line.points[0][1])


def _in_words(line: Line) -> str:
    values = [value for _, value in line.points]
    return (
        f"{line.name}: from {dollars(values[0])} to {dollars(values[-1])}, "
        f"at least {dollars(min(values))}, at most {dollars(max(values))}."
    )


def _nothing() -> Html:
    return tag("p", text("Nothing was told of this."), class_="empty")


def _y(scale: Scale, value: int) -> str:
    return f"{scale.at(value):.1f}"


def _round_step(span: int, count: int) -> int:
    """The least of 1, 2, 5, 10, … that covers a span in so many steps."""
    power = 1
    while True:
        for digit in (1, 2, 5):
            if digit * power * count >= span:
                return digit * power
        power *= 10


def _short(micro: int) -> str:
    """A round amount without the zeros behind its point."""
    whole, fraction = dollars(micro).split(".")
    return whole if micro % USDC == 0 else f"{whole}.{fraction.rstrip('0').ljust(2, '0')}"
