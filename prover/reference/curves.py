"""
py_ecc's arithmetic on the curves that Ethereum knows, without the side effect of importing it.

py_ecc raises Python's recursion limit for the whole process, to 100 000 frames. A program that recurses without end
would then crash instead of raising an error. The curves used here recurse once for each bit of a number, so the limit
is put back.
"""

from __future__ import annotations

import sys

_limit = sys.getrecursionlimit()
from py_ecc import optimized_bn128, secp256k1  # noqa: E402

sys.setrecursionlimit(_limit)

__all__ = ["optimized_bn128", "secp256k1"]
