"""Scans with real proofs, made once a run."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

from support.solvency_bundles import bundle, long_world, proven, short_world

from prover.reference import groth16
from rollup.compliance.bundle import Bundle
from rollup.compliance.solvency import Scan


@pytest.fixture(scope="session", autouse=True)
def _each_proof_once() -> Iterator[None]:
    """One key, one statement and one proof have one answer, and the reference takes its time: ask it once a run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(groth16, "verify", cache(groth16.verify))
        yield


@pytest.fixture(scope="session")
def short_scan(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    """One proof."""
    return proven(short_world(), tmp_path_factory.mktemp("short"), "short")


@pytest.fixture(scope="session")
def long_scan(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    """Three proofs."""
    return proven(long_world(), tmp_path_factory.mktemp("long"), "long")


@pytest.fixture(scope="session")
def short(short_scan: Scan) -> Bundle:
    return bundle(short_scan)


@pytest.fixture(scope="session")
def long(long_scan: Scan) -> Bundle:
    return bundle(long_scan)
