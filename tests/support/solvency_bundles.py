"""
Bundles for tests: honest ones over small worlds, proven natively, and ones that a liar makes.

    proven(world, directory)              a scan of the world, with real proofs
    bundle(scan)                          as its operator writes it down
    self_made(bundle, failed=0)           the same with other words, under a key whose secret its writer knows
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from support.forged_proofs import ForgedKeys, proof_of_words
from support.spec_builders import World
from support.spec_values import BOARD, CHAIN_ID, CLEARING, element, table_of

from rollup.compliance.bundle import Bundle, Place, ProofPoints, ProvenPart
from rollup.compliance.expected import Expected
from rollup.compliance.reading import from_document
from rollup.compliance.solvency import Prover, Scan, bundle_of, key_points, prove_scan, prover_of
from rollup.compliance.verify import verify
from rollup.spec.settlement import ProofKind
from rollup.spec.shared import PROFILES
from rollup.verdicts import Claim, Verdict

__all__ = [
    "BATCH",
    "PLACE",
    "blindings",
    "bundle",
    "changed",
    "failing",
    "long_world",
    "proven",
    "record",
    "self_made",
    "short_world",
    "tiny_prover",
    "unchecked",
]

PLACE = Place(CHAIN_ID, CLEARING)
BATCH = 3


@cache
def tiny_prover() -> Prover:
    """With the development key of the tiny profile."""
    return prover_of(PROFILES["tiny"])


def short_world() -> World:
    """A few accounts of the first groups: one proof shows them all."""
    world = World(table_of(*BOARD))
    world.seat(0, {0: 500})
    world.seat(2, {0: 10_000_000})
    return world


def long_world(more: int = 0) -> World:
    """Accounts as far as the seventh group: three proofs."""
    world = short_world()
    world.seat(25, {0: 5_000_000 + more})
    world.seat(49, {0: 1_000_000})
    return world


def blindings(*parts: object) -> Callable[[], int]:
    """Field elements that look random and follow from a name."""
    drawn = 0

    def draw() -> int:
        nonlocal drawn
        drawn += 1
        return element("blinding", *parts, drawn)

    return draw


def proven(world: World, directory: Path, *name: object) -> Scan:
    return prove_scan(world.state, world.table, tiny_prover(), directory, blindings(*name))


def bundle(scan: Scan, *, open_custody: bool = False) -> Bundle:
    return bundle_of(scan, PLACE, BATCH, open_custody=open_custody)


def self_made(honest: Bundle, **lies: int) -> Bundle:
    """Whatever its writer wants the last part to state, with proofs that verify under a key of its own making."""
    keys = ForgedKeys(ProofKind.SOLVENCY)
    last = replace(honest.parts[-1].statement, **lies)
    statements = [*(part.statement for part in honest.parts[:-1]), last]
    parts = tuple(ProvenPart(each, _points(keys.prove(each.inputs))) for each in statements)
    shown = {name: type(getattr(honest.result, name))(value) for name, value in lies.items()}
    result = replace(honest.result, **shown)
    return replace(honest, key=key_points(keys.verification_key), parts=parts, result=result)


def _points(words: Sequence[int]) -> ProofPoints:
    proof = proof_of_words(words)
    return ProofPoints(proof.a, proof.b, proof.c)


def changed(honest: Bundle, path: str, value: Any) -> dict[str, Any]:
    """The document of a bundle with one member replaced: `parts.0.statement.domain`."""
    document: dict[str, Any] = copy.deepcopy(json.loads(honest.encoded()))
    *way, last = [int(step) if step.isdecimal() else step for step in path.split(".")]
    place: Any = document
    for step in way:
        place = place[step]
    place[last] = value
    return document


def record(of: Bundle, **changes: Any) -> dict[str, Any]:
    """What a verifier reads of the deployment record of a bundle's system."""
    return {
        "format": 1,
        "chain": of.place.chain,
        "profile": of.profile,
        "settings": {"attestation_age": "86400"},
        "keys": {"solvency": {"name": "0x" + of.key.name.hex(), "development": True, "constraints": ""}},
        "parts": {"clearing": {"address": f"{of.place.clearing:#042x}"}},
        **changes,
    }


def failing(of: Bundle | dict[str, Any], expected: Expected | None = None) -> set[str]:
    """The subjects of claims that fail."""
    return _subjects(of, expected, Verdict.FAIL)


def unchecked(of: Bundle | dict[str, Any], expected: Expected | None = None) -> set[str]:
    """The subjects of claims that nobody has looked at."""
    return _subjects(of, expected, Verdict.NOT_CHECKED)


def _subjects(of: Bundle | dict[str, Any], expected: Expected | None, verdict: Verdict) -> set[str]:
    read = from_document(of) if isinstance(of, dict) else of
    claims: list[Claim] = verify(read, expected or Expected())
    return {claim.subject for claim in claims if claim.verdict is verdict}
