"""What all tests share: both implementations of the mathematics, an oracle, the recorded vectors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from support.circomlibjs import CircomlibJs

from prover import crypto as door
from prover.errors import BackendUnavailable
from prover.types import Crypto

VECTORS = Path(__file__).parent / "vectors"

# No deadlines: the reference is slow by design, and machines differ. `--hypothesis-profile soak` looks longer.
settings.register_profile("default", deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("soak", parent=settings.get_profile("default"), max_examples=1000)
settings.load_profile("default")


@pytest.fixture(scope="session", params=["reference", "native"])
def crypto(request: pytest.FixtureRequest) -> Crypto:
    """Each implementation in turn: a test that takes this holds both to the same answers."""
    try:
        return door.load(request.param)
    except BackendUnavailable as unavailable:
        pytest.skip(str(unavailable))


@pytest.fixture(scope="session")
def reference() -> Crypto:
    return door.load("reference")


@pytest.fixture(scope="session")
def native() -> Crypto:
    try:
        return door.load("native")
    except BackendUnavailable as unavailable:
        pytest.skip(str(unavailable))


@pytest.fixture(scope="session")
def oracle() -> Iterator[CircomlibJs]:
    """circomlibjs, alive: one process for the whole session."""
    reason = CircomlibJs.missing()
    if reason:
        pytest.skip(reason)
    with CircomlibJs() as process:
        yield process
