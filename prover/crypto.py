"""
The one door to the mathematics.

`load()` returns the native implementation when its extension is installed and the readable reference otherwise;
both offer the verbs of `prover.types.Crypto` and give the same answers and the same errors. The environment
variable `ZKCLEAR_BACKEND=reference|native` forces one.
"""

from __future__ import annotations

import os
from functools import cache

from prover.errors import BackendUnavailable
from prover.types import Crypto

__all__ = ["BACKENDS", "NATIVE_REMEDY", "available", "load"]

BACKENDS = ("native", "reference")
"""Names that `load` and ZKCLEAR_BACKEND take, best first."""

NATIVE_REMEDY = "install Rust (rustup.rs) and run `make setup`"


def load(name: str | None = None) -> Crypto:
    """The implementation called `name`; without one, what ZKCLEAR_BACKEND says, or the best there is."""
    wanted = name or os.environ.get("ZKCLEAR_BACKEND") or None
    if wanted is None:
        return _load("native" if available("native") else "reference")
    if wanted not in BACKENDS:
        raise BackendUnavailable(wanted, f"choose one of: {', '.join(BACKENDS)}")
    return _load(wanted)


def available(name: str) -> bool:
    """Whether `load(name)` would succeed."""
    try:
        _load(name)
    except BackendUnavailable:
        return False
    return True


@cache
def _load(name: str) -> Crypto:
    if name == "reference":
        from prover.reference import Reference

        return Reference()
    try:
        from prover.native import Native
    except ImportError as error:
        raise BackendUnavailable("native", NATIVE_REMEDY) from error
    return Native()
