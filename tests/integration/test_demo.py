"""The demo, as a user runs it: with everything, and with the reference alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-c", "from rollup.cli import main; main()", "demo", "--json"]


@pytest.mark.parametrize("backend", ["native", "reference"])
def test_demo_when_run_checks_every_claim(backend: str) -> None:
    if backend == "native":
        pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")
    environment = {**os.environ, "ZKCLEAR_BACKEND": backend}
    result = subprocess.run(COMMAND, capture_output=True, text=True, env=environment, check=False)
    assert result.returncode == 0, result.stderr
    story = json.loads(result.stdout)
    assert story["ok"]
    assert all(chapter["claims"] for chapter in story["chapters"])


def test_demo_when_the_extension_is_missing_says_what_it_skips(tmp_path: Path) -> None:
    blocked = "import sys; sys.modules['zkclear_native'] = None; from rollup.cli import main; main()"
    command = [sys.executable, "-c", blocked, "demo", "--json"]
    environment = {**os.environ, "ZKCLEAR_DATA": str(tmp_path)}
    result = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert result.returncode == 0, result.stderr
    chapters = json.loads(result.stdout)["chapters"]
    skipped = [chapter for chapter in chapters if chapter["skipped"]]
    assert [chapter["title"] for chapter in skipped] == ["4. A first statement, proven", "7. The same batch, proven"]
    assert "install Rust" in skipped[0]["skipped"]
    assert all(chapter["claims"] for chapter in chapters if chapter not in skipped)
