"""
The story that `zkclear demo` tells: the first settlement, from deposits to the last micro-dollar out.

`telling` has the chapters in order; `people` and `stage` say who plays and where, `books` adds up by hand what exchange
and law must come to, each of the other files tells a chapter or two, and `page` makes a page of what was told.
"""

from rollup.cli.story.telling import Told, tell

__all__ = ["Told", "tell"]
