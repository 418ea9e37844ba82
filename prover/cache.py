"""
A directory of artifacts that are built once and found again by the hash of what they were made from.

An entry is a directory with a seal: the SHA-256 of every file in it. Building happens in a directory beside it,
under a lock, and one rename puts the whole entry in place; so two processes at once build it once, a killed build
leaves nothing that looks finished, and a file that was cut short or changed later is noticed and built again.

The seal is against accidents. Entries hold machine code and keys: whoever may write to the data directory is trusted
as whoever may write to the program.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from prover.errors import DataDirectoryUnusable
from prover.places import data_directory

__all__ = ["digest_file", "digest_of", "entry", "has", "intact"]

SEAL = "seal.json"
"""Name of the file that lists the hashes of the others."""

KEY_LENGTH = 20
"""Hexadecimal digits of a key in a directory's name: 80 bits, far from any collision by accident."""

FULL = (errno.ENOSPC, errno.EDQUOT)

LEAST_ROOM = 1 << 20
"""Bytes; whatever fails to build on a disk with less is taken to fail for that."""

_seen_intact: set[Path] = set()


def entry(kind: str, name: str, key: str, build: Callable[[Path], None]) -> Path:
    """The directory for `key`, calling `build(directory)` to fill it when it is absent or damaged."""
    final = _place(kind, name, key)
    if final in _seen_intact and final.is_dir():
        return final
    with _said_of_the_disk():
        final.parent.mkdir(parents=True, exist_ok=True)
        with _locked(final.with_name(f".{final.name}.lock")):
            if not intact(final, key):
                _build(final, key, build)
    _seen_intact.add(final)
    return final


def has(kind: str, name: str, key: str) -> bool:
    """Whether a sealed entry is there; its hashes are not looked at."""
    return (_place(kind, name, key) / SEAL).is_file()


def intact(directory: Path, key: str) -> bool:
    """Whether an entry was sealed for this very key, and every file is as it was then."""
    try:
        seal = json.loads((directory / SEAL).read_text())
        files = seal["files"].items()
        return seal["key"] == key and bool(files) and all(digest_file(directory / name) == is_ for name, is_ in files)
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        return False


def digest_of(*parts: str | bytes) -> str:
    """SHA-256 over parts, each with its length before it so that no two lists of parts collide."""
    state = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        state.update(len(data).to_bytes(8, "little"))
        state.update(data)
    return state.hexdigest()


def digest_file(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _place(kind: str, name: str, key: str) -> Path:
    return data_directory() / kind / f"{name}-{key[:KEY_LENGTH]}"


def _build(final: Path, key: str, build: Callable[[Path], None]) -> None:
    building = Path(tempfile.mkdtemp(prefix=f".{final.name}.building-", dir=final.parent))
    try:
        with _said_of_the_disk():  # here, since what was built so far goes away as we leave
            build(building)
            _seal(building, key)
        shutil.rmtree(final, ignore_errors=True)
        building.chmod(0o755)
        building.rename(final)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _seal(directory: Path, key: str) -> None:
    """What a whole entry is: written last."""
    seal = {"key": key, "files": {path.name: digest_file(path) for path in sorted(directory.iterdir())}}
    (directory / SEAL).write_text(json.dumps(seal, indent=1))


@contextmanager
def _said_of_the_disk() -> Iterator[None]:
    """Whatever fails for want of room, in this process or in a compiler that does not say so, fails in these words."""
    try:
        yield
    except DataDirectoryUnusable:
        raise
    except Exception as error:
        directory, full = data_directory(), isinstance(error, OSError) and error.errno in FULL
        if not full and shutil.disk_usage(directory).free >= LEAST_ROOM:
            raise
        raise DataDirectoryUnusable(str(directory), "its disk is full") from error


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock that dies with the process; leftovers of builds killed under it are swept away."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        name = path.name.removesuffix(".lock")
        for leftover in path.parent.glob(f"{name}.building-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        yield
