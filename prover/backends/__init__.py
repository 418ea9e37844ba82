"""
Provers behind one Protocol: from a key and a witness to a proof that has been verified.

`native` is the fast one and stays resident between proofs; `snarkjs` is the slow one that needs no Rust. Both are
always zero-knowledge and both verify what they made before they hand it out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from prover.errors import BackendUnavailable
from prover.files import write_atomically
from prover.reference import groth16
from prover.reference.groth16 import Groth16Proof
from prover.setup.dev import ProvingKey
from prover.witness import Witness

__all__ = ["BACKENDS", "Backend", "Proved", "backend", "verify_together"]

BACKENDS = ("native", "snarkjs")
"""Best first."""


@dataclass(frozen=True, slots=True)
class Proved:
    """A verified proof with its public inputs, as snarkjs writes them."""

    proof: Mapping[str, Any]
    public: tuple[int, ...]

    @property
    def points(self) -> Groth16Proof:
        return Groth16Proof.from_document(self.proof)

    def write(self, directory: Path) -> tuple[Path, Path]:
        """`proof.json` and `public.json`, each whole or not at all."""
        proof, public = directory / "proof.json", directory / "public.json"
        write_atomically(proof, json.dumps(self.proof, indent=1).encode())
        write_atomically(public, json.dumps([str(value) for value in self.public], indent=1).encode())
        return proof, public


def verify_together(items: Sequence[tuple[ProvingKey, Proved]]) -> bool:
    """Whether all proofs verify, each under its key: natively in one pairing check, else one after the other."""
    try:
        import zkclear_native as extension
    except ImportError:
        return all(groth16.verify(key.verification_key, made.public, made.points) for key, made in items)
    paths = list(dict.fromkeys(key.verification for key, _ in items))
    stated = [
        (paths.index(key.verification), json.dumps(made.proof), json.dumps([str(value) for value in made.public]))
        for key, made in items
    ]
    return extension.groth16_verify_many([path.read_text() for path in paths], stated)


class Backend(Protocol):
    """One way to prove."""

    name: str

    def prove(self, key: ProvingKey, witness: Witness) -> Proved:
        """A proof that has been verified; UnsatisfiedConstraint when the witness is none."""
        ...


def backend(name: str | None = None) -> Backend:
    """The backend called `name`, or the best there is."""
    if name not in (None, *BACKENDS):
        raise BackendUnavailable(str(name), f"choose one of: {', '.join(BACKENDS)}")
    if name != "snarkjs":
        try:
            from prover.backends.native import NativeBackend

            return NativeBackend()
        except ImportError as error:
            if name == "native":
                from prover.crypto import NATIVE_REMEDY

                raise BackendUnavailable("native", NATIVE_REMEDY) from error
    from prover.backends.snarkjs import SnarkjsBackend

    return SnarkjsBackend()
