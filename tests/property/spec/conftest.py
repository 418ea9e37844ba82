"""What takes thousands of steps wants the native extension; the readable reference would take hours."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.spec_values import FAST


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        slow = item.get_closest_marker("slow") or item.get_closest_marker("soak")
        if slow and not FAST and Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason="takes the native extension: thousands of steps"))
