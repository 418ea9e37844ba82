"""
HTML that cannot be injected into: only what `text` and `tag` return is `Html`, and both escape whatever they are given.

A plain string where `Html` is wanted is a type error, so a name with markup in it reaches the page as letters only.
Formats of amounts, times and numbers are here too, since each has one way to be written.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from html import escape
from typing import Final, NewType

__all__ = ["Html", "amount", "dollars", "elapsed", "join", "lots", "number", "tag", "text"]

Html = NewType("Html", str)

VOID: Final = frozenset({"meta", "rect", "line", "path"})
"""Elements that hold nothing. The SVG ones may hold a <title>, and then they are closed like others."""

USDC: Final = 10**6
REPLACED: Final = "\N{REPLACEMENT CHARACTER}"


def text(value: object) -> Html:
    """Any text as letters: markup is escaped; what is no letter (controls, reversals of direction) is shown as such."""
    shown = "".join(one if _visible(one) else REPLACED for one in str(value))
    return Html(escape(shown, quote=True))


def tag(element: str, /, *inside: Html, **attributes: object) -> Html:
    """One element; `class_` is written as class, `aria_label` as aria-label, an attribute of None is left out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if element in VOID and not inside:
        return Html(f"<{element}{written}{'' if element == 'meta' else '/'}>")
    return Html(f"<{element}{written}>{''.join(inside)}</{element}>")


def join(parts: Iterable[Html]) -> Html:
    """Pieces one after another."""
    return Html("".join(parts))


def dollars(micro: int) -> str:
    """An amount to the micro-dollar."""
    sign = "\N{MINUS SIGN}" if micro < 0 else ""
    return f"{sign}{abs(micro) // USDC:,}.{abs(micro) % USDC:06}"


def amount(micro: int) -> Html:
    """The same for the eye: dollars first, the fraction stepping back."""
    whole, fraction = dollars(micro).split(".")
    return tag("span", text(whole), tag("span", text(f".{fraction}"), class_="micro"), class_="sum")


def number(value: float | str) -> str:
    """A number with its thousands marked, and no more decimals than its size deserves."""
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return f"{value:,}".replace("-", "\N{MINUS SIGN}")
    decimals = 0 if abs(value) >= 1_000 else 1 if abs(value) >= 100 else 2 if abs(value) >= 1 else 3
    return f"{value:,.{decimals}f}".replace("-", "\N{MINUS SIGN}")


def lots(positions: Sequence[tuple[str, int]]) -> str:
    """What is held of which instrument; empty when nothing is."""
    return ", ".join(f"{number(count)} {name}" for name, count in positions if count)


def elapsed(seconds: int) -> str:
    """A stretch of time in the two largest units that it has."""
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, left = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (left, "s")]
    shown = [(count, unit) for count, unit in parts if count][:2] or [(0, "s")]
    return " ".join(f"{count} {unit}" for count, unit in shown)


def _visible(one: str) -> bool:
    return one in "\n\t" or unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Co", "Cn")
