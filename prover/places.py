"""
Where things are on this machine: the checkout with its circuits and programs, and the data directory.

The data directory holds what can be rebuilt (compiled circuits, keys). `ZKCLEAR_DATA` moves it; otherwise it
follows the XDG convention.
"""

from __future__ import annotations

import os
from pathlib import Path

from prover.errors import DataDirectoryUnusable

__all__ = ["checkout", "data_directory"]


def checkout() -> Path:
    """The root of the source tree, which holds circuits/, contracts/ and node_modules/."""
    return Path(__file__).resolve().parent.parent


def data_directory() -> Path:
    """The directory for rebuildable artifacts; created on first use."""
    chosen = os.environ.get("ZKCLEAR_DATA")
    if chosen:
        directory = Path(chosen).expanduser()
    else:
        base = os.environ.get("XDG_DATA_HOME")
        directory = (Path(base) if base else Path.home() / ".local" / "share") / "zkclear"
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataDirectoryUnusable(str(directory), error.strerror or str(error)) from error
    if not os.access(directory, os.W_OK):
        raise DataDirectoryUnusable(str(directory), "it cannot be written")
    return directory
