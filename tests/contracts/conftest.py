"""What tests of the contracts share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.settlement_twin import running_bench
from support.twin_bench import Bench


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    """One chain for all systems that are run beside their models."""
    with running_bench() as bench:
        yield bench
