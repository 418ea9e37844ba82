"""
Development keys: made at once, by one party, from a seed that everybody can compute.

Whoever knows the seed can forge proofs, so such a key carries that in its own contribution record, where a deployment
reads it (`is_dev_key`), and is refused off local chains. It needs the native extension: the same in Python or snarkjs
takes from minutes to hours.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from prover.cache import digest_file, digest_of, entry
from prover.circuits import Compiled
from prover.crypto import NATIVE_REMEDY
from prover.errors import BackendUnavailable
from prover.reference.groth16 import VerificationKey

__all__ = ["Progress", "ProvingKey", "dev_key"]

Progress = Callable[[int, int, str], None]
"""Called with (done, total, label) at coarse steps."""

VERSION = "1"
"""Raised when the way a seed becomes a key changes: it is part of the key's name in the cache."""


@dataclass(frozen=True)
class ProvingKey:
    """A proving key on disk, and the verification key that belongs to it."""

    compiled: Compiled
    zkey: Path
    verification: Path

    @cached_property
    def verification_key(self) -> VerificationKey:
        """Checked on reading: an unsafe key cannot be had."""
        return VerificationKey.read(self.verification)


def dev_key(compiled: Compiled, progress: Progress | None = None) -> ProvingKey:
    """The development key of a circuit, from the cache or made now."""
    # The circuit's hash is in the seed, so that two circuits never share a secret.
    constraints = digest_file(compiled.r1cs)
    seed = bytes.fromhex(digest_of("zkclear development setup", VERSION, constraints))
    directory = entry(
        "keys",
        compiled.circuit.label,
        digest_of(constraints, VERSION),
        lambda target: _make(compiled, seed, target, progress),
    )
    return ProvingKey(compiled, directory / "circuit.zkey", directory / "verification_key.json")


def _make(compiled: Compiled, seed: bytes, target: Path, progress: Progress | None) -> None:
    try:
        import zkclear_native as native
    except ImportError as error:
        raise BackendUnavailable("native", f"key setup needs it: {NATIVE_REMEDY}") from error
    zkey = target / "circuit.zkey"
    native.groth16_setup_dev(compiled.r1cs, zkey, seed, progress=progress)
    key = json.loads(native.groth16_verification_key(zkey))
    (target / "verification_key.json").write_text(json.dumps(key, indent=1))
