"""
Versions of every outside program, in one place.

`package.json` pins what npm installs, `requirements.lock` what pip installs; this module reads the former, so
that a version stands in one file only.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from prover.places import checkout

__all__ = ["MINIMUM_CIRCOM", "NODE_MINIMUM", "Package", "npm_package"]

MINIMUM_CIRCOM = (2, 2)
"""Oldest native `circom` that may stand in for npm's: 2.2 brought the optimiser that the golden counts assume."""

NODE_MINIMUM = 20
"""Oldest Node.js that snarkjs and solc are tried with."""


@dataclass(frozen=True, slots=True)
class Package:
    """One npm package: its pinned version and the command that puts it in place."""

    name: str
    version: str
    remedy: str = "make setup"


@cache
def npm_package(name: str) -> Package:
    """The pin of `name` in package.json."""
    manifest = json.loads((checkout() / "package.json").read_text())
    pins = {**manifest["dependencies"], **manifest["devDependencies"], **manifest["optionalDependencies"]}
    return Package(name, pins[name])
