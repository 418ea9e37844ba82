"""
The axis that all charts of the page share: where a moment of the story's clock stands, in per cent of the width.

The demo moves its chain's clock by days to reach an expiry or a deadline, and does the rest within minutes. Drawn to
scale, all that happens would be one line. So stretches in which much less happens than elsewhere are cut short,
visibly, and moments that follow each other at once are kept apart.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from rollup.cli.story.page_data import Telling
from rollup.cli.story.page_markup import Html, elapsed, join, tag, text

__all__ = ["Clock", "axis", "percent"]

CUT_BEYOND: Final = 3
"""A stretch longer than this many times the usual one is cut to that length, or to what its label wants."""

CUT_WIDTH: Final = 0.12
"""What a label wants, as a part of all that is not cut; many cuts share as much as that all."""

NARROWEST: Final = 12
"""And one shorter than this part of the longest is drawn as if it were that long."""

LEFT, RIGHT = 1.0, 97.0
"""Per cent of the width between which time runs; what is left is room to see how the story ended."""

APART, CUTS_APART = 12.0, 7.0
"""Per cent that a label of the axis keeps from the others; between two cuts, whose labels are short, less."""

SPARSE: Final = 17.0
"""The same on narrow screens, where labels that would stand closer are left out."""

AXIS_HEIGHT: Final = 30


@dataclass(frozen=True, slots=True)
class Clock:
    """Every time that the page shows, in order, and its place."""

    times: tuple[int, ...]
    places: tuple[float, ...]
    cuts: tuple[tuple[float, int], ...]
    """Where a stretch was cut short, and how long it was."""

    @classmethod
    def of(cls, told: Telling) -> Clock:
        return cls.over(
            [moment.time for holder in told.holders for moment in holder.moments]
            + [time for line in told.prices for time, _ in line.points]
            + [event.time for event in told.events]
        )

    @classmethod
    def over(cls, all_times: Iterable[int]) -> Clock:
        """An axis for these times."""
        times = sorted(set(all_times))
        gaps = [later - earlier for earlier, later in pairwise(times)]
        longest = CUT_BEYOND * sorted(gaps)[len(gaps) * 3 // 4] if gaps else 0
        kept = [max(gap, longest / NARROWEST) for gap in gaps if gap <= longest]
        cut_to = max(longest, sum(kept) * min(CUT_WIDTH, 1 / max(len(gaps) - len(kept), 1)))
        drawn = [max(gap, longest / NARROWEST) if gap <= longest else cut_to for gap in gaps]
        scale = (RIGHT - LEFT) / sum(drawn) if gaps else 0.0
        places = [LEFT]
        for stretch in drawn:
            places.append(places[-1] + stretch * scale)
        cuts = [
            ((here + there) / 2, gap)
            for gap, (here, there) in zip(gaps, pairwise(places), strict=True)
            if gap > longest
        ]
        return cls(tuple(times), tuple(places[: len(times)]), tuple(cuts))

    def at(self, time: int) -> float:
        """Where a time stands; one that the page does not show otherwise stands with the last one before it."""
        return self.places[max(bisect_right(self.times, time) - 1, 0)] if self.times else LEFT

    def since_start(self, time: int) -> str:
        """A time as people tell it."""
        return elapsed(time - self.times[0]) if self.times else ""


def percent(value: float) -> str:
    """A place as an attribute."""
    return f"{value:.2f}%"


def axis(clock: Clock) -> Html:
    """The labels under a chart: cuts with what they leave out, and times between them."""
    taken: list[float] = []
    sparse: list[float] = []
    parts = [tag("line", x1="0", x2="100%", y1="0.5", y2="0.5", class_="base")]

    def label(place: float, words: str, kind: str) -> None:
        taken.append(place)
        if _free(place, sparse, SPARSE):
            sparse.append(place)
        else:
            kind = f"{kind} dense"
        anchor = "start" if place < 4 else "end" if place > 96 else "middle"
        parts.append(tag("text", text(words), x=percent(place), y="20", text_anchor=anchor, class_=kind))

    for place, gap in clock.cuts:
        sign = tag("path", d="M-5 6L-1 -6M1 6L5 -6", class_="cut")
        parts.append(tag("svg", sign, x=percent(place), y="0.5", overflow="visible"))
        if _free(place, taken, CUTS_APART):
            label(place, f"+{elapsed(_roughly(gap))}", "left-out")
    for time, place in zip(clock.times, clock.places, strict=True):
        if _free(place, taken, APART):
            parts.append(tag("line", x1=percent(place), x2=percent(place), y1="0", y2="5", class_="base"))
            label(place, clock.since_start(time), "time")
    drawn = tag("svg", join(parts), class_="axis", width="100%", height=AXIS_HEIGHT, aria_hidden="true")
    return tag("div", drawn, class_="plot")


def _free(place: float, taken: list[float], apart: float) -> bool:
    return all(abs(place - other) >= apart for other in taken)


def _roughly(gap: int) -> int:
    """A long time without the minutes that make no difference to it."""
    unit = 3_600 if gap >= 86_400 else 60 if gap >= 3_600 else 1
    return (gap + unit // 2) // unit * unit
