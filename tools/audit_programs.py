"""Where `make audit` finds slither, halmos and forge, and what it gives them to work with."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONTRACTS = ROOT / "contracts"
PROGRAMS = ROOT / ".venv-audit" / "bin"
FORGE = ROOT / "node_modules" / "@foundry-rs" / "forge-linux-amd64" / "bin"


def find(name: str) -> str:
    """A program of the audit's own environment, or else on the path."""
    found = shutil.which(name, path=str(PROGRAMS)) or shutil.which(name)
    if found is None:
        sys.exit(f"error: {name} is missing; make audit installs it from requirements-audit.lock")
    return found


def environment(scratch: Path) -> dict[str, str]:
    """Ours, with forge on the path (both programs call it) and all that it builds in a directory of its own."""
    return os.environ | {
        "PATH": os.pathsep.join([str(PROGRAMS), str(FORGE), os.environ.get("PATH", "")]),
        "FOUNDRY_OUT": str(scratch / "out"),
        "FOUNDRY_CACHE_PATH": str(scratch / "cache"),
        "FOUNDRY_DISABLE_NIGHTLY_WARNING": "1",
    }
