"""`zkclear demo`: the story as far as it is built, told on real parts only."""

from __future__ import annotations

from rollup.cli.output import Json, console, emit

__all__ = ["demo"]


def demo(json: Json = False) -> None:
    """Tell the story as far as it is built; exit 0 only when every step of it was checked."""
    from rollup.cli.story import tell

    chapters = tell(None if json else console)
    if json:
        emit({"ok": True, "chapters": chapters})
