"""
Published circuit artifacts: what somebody without a compiler needs to prove.

A directory with a manifest and, for each circuit, its constraints, its witness program, the shapes of its inputs, its
proving key and the verification key inside. Every file is held to the hash in the manifest before it is used. The
manifest itself is believed for nothing: whoever proves for a chain compares the verification key with the one that
the chain checks by.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from prover.cache import digest_file
from prover.circuits import Circuit, Compiled
from prover.crypto import NATIVE_REMEDY
from prover.errors import BackendUnavailable, MalformedFile
from prover.files import write_atomically
from prover.reference.groth16 import VerificationKey
from prover.setup.dev import ProvingKey

__all__ = ["FILES", "MANIFEST", "BadArtifact", "key_within", "publish", "published"]

MANIFEST: Final = "manifest.json"

FORMAT: Final = 1
"""Raised when the form of the manifest, or what the files of a circuit are, changes."""

KIND: Final = "zkclear circuits"

FILES: Final = ("circuit.r1cs", "witness.wasm", "shapes.json", "circuit.zkey", "verification_key.json")
"""Of each circuit, in a directory called by its name and profile."""


class BadArtifact(MalformedFile):
    """A published file that is missing, was changed, or is of another circuit or system than it says."""


def publish(keys: Iterable[ProvingKey], target: Path, on_done: Callable[[str], None] = lambda _: None) -> Path:
    """
    Write the artifacts of these circuits, all of one profile; the manifest comes last, so a part of it is no whole.

    What the directory had of other circuits before is no longer listed.
    """
    try:
        return _publish(list(keys), target, on_done)
    except OSError as error:
        raise BadArtifact(str(target), f"cannot be written ({error.strerror}); make room, or name another") from error


def published(directory: Path, name: str, profile: str) -> ProvingKey:
    """The key of a circuit, with its program and constraints, once every file is the one that the manifest lists."""
    manifest = _manifest(directory)
    if manifest["profile"] != profile:
        raise BadArtifact(
            str(directory), f"holds circuits of profile {manifest['profile']}, the system is of profile {profile}"
        )
    if name not in manifest["circuits"]:
        listed = ", ".join(manifest["circuits"]) or "nothing"
        raise BadArtifact(str(directory), f"has no circuit {name}; it has {listed}. Ask the operator for all of them")
    listed = manifest["circuits"][name]
    place = directory / f"{name}-{profile}"
    for file in FILES:
        _check(place / file, listed["files"].get(file))
    circuit = Circuit(name, profile, "", "", (), tuple(listed["public"]))
    compiled = Compiled(circuit, place, listed["files"]["witness.wasm"])
    return ProvingKey(compiled, place / "circuit.zkey", place / "verification_key.json")


def key_within(key: ProvingKey) -> VerificationKey:
    """The verification key inside a proving key; the file beside it must be the same."""
    try:
        import zkclear_native as native
    except ImportError as error:
        raise BackendUnavailable("native", f"claims are proven by it: {NATIVE_REMEDY}") from error
    inside = VerificationKey.from_document(json.loads(native.groth16_verification_key(key.zkey)), str(key.zkey))
    if replace(inside, source=key.verification_key.source) != key.verification_key:
        raise BadArtifact(str(key.verification), f"is not the verification key of {key.zkey.name}")
    return inside


def _publish(keys: Sequence[ProvingKey], target: Path, on_done: Callable[[str], None]) -> Path:
    listed: dict[str, Any] = {}
    profiles = set()
    target.mkdir(parents=True, exist_ok=True)
    for key in keys:
        circuit = key.compiled.circuit
        profiles.add(circuit.profile)
        directory = target / circuit.label
        directory.mkdir(exist_ok=True)
        base = key.compiled.directory
        sources = (key.compiled.r1cs, key.compiled.program, base / "shapes.json", key.zkey, key.verification)
        for name, source in zip(FILES, sources, strict=True):
            if not source.is_file():
                raise BadArtifact(str(source), "is missing; write it with `zkclear ceremony export`")
            shutil.copyfile(source, directory / name)
        listed[circuit.name] = {
            "public": list(circuit.public),
            "files": {name: digest_file(directory / name) for name in FILES},
        }
        on_done(circuit.name)
    if len(profiles) != 1:
        raise BadArtifact(str(target), f"is to hold circuits of one profile, not of {len(profiles)}")
    document = {"kind": KIND, "format": FORMAT, "profile": profiles.pop(), "circuits": listed}
    write_atomically(target / MANIFEST, (json.dumps(document, indent=2) + "\n").encode())
    return target / MANIFEST


def _manifest(directory: Path) -> Mapping[str, Any]:
    path = directory / MANIFEST
    try:
        document = json.loads(path.read_text())
    except OSError as error:
        reason = f"cannot be read ({error.strerror}); `zkclear circuits publish --to DIR` writes published circuits"
        raise BadArtifact(str(path), reason) from error
    except ValueError as error:
        raise BadArtifact(str(path), f"is cut short or no JSON ({error})") from error
    try:
        if document["kind"] != KIND or document["format"] != FORMAT:
            raise BadArtifact(str(path), f"is no manifest of published circuits in format {FORMAT}")
        for listed in document["circuits"].values():
            if not all(isinstance(name, str) for name in listed["public"]) or set(listed["files"]) != set(FILES):
                raise BadArtifact(str(path), "does not list the files of each circuit")
    except (KeyError, TypeError, AttributeError) as error:
        raise BadArtifact(str(path), f"is no manifest of published circuits ({error!r})") from error
    return document  # type: ignore[no-any-return]


def _check(path: Path, expected: str | None) -> None:
    if not path.is_file():
        raise BadArtifact(str(path), "is missing; get the published circuits again, all files of them")
    actual = digest_file(path)
    if actual != expected:
        raise BadArtifact(
            str(path),
            f"was changed or damaged: its SHA-256 is {actual[:16]}…, the manifest lists {str(expected)[:16]}…",
        )
