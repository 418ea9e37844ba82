"""
Payoffs: what an instrument pays, as plug-ins. One file of this directory is one family.

A payoff knows two things: what it settles at for a given expiry price, and what it is worth under a view of the
market. Every module here is imported when the package is, and registers what it brings; a digital or a capped option
is one more file and nothing else. Names are part of an instrument's terms and so of its hash on L1: they never change
meaning.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from rollup.market.payoffs.base import FINE, NAME_BYTES, Payoff, find, names, register

__all__ = ["FINE", "NAME_BYTES", "Payoff", "find", "names", "register"]

for _module in sorted(module.name for module in iter_modules(__path__) if module.name != "base"):
    import_module(f"{__name__}.{_module}")
