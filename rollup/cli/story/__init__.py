"""
The story that `zkclear demo` tells.

`telling` has the chapters in order; `people` and `stage` say who plays and where, `workshop` proves, and each of the
other files tells a chapter or two.
"""

from rollup.cli.story.telling import tell

__all__ = ["tell"]
