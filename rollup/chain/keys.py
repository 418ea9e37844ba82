"""
Verifier keys as the registry on L1 takes them: six keys, 32-byte words, named by their keccak.

A development key can be forged with by whoever reads this project, and its verification key alone does not show that.
So a key is taken together with its proving key, which carries the mark, and the two are held against each other.
"""

from __future__ import annotations

import json
import mmap
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from prover import toolchain
from prover.cache import digest_file
from prover.circuits import circuit, compiled
from prover.reference.bn254 import G1Point, G2Point
from prover.reference.groth16 import VerificationKey
from prover.setup.ceremony import DEVELOPMENT_MARK
from prover.setup.dev import dev_key
from rollup.chain.bindings.verifiers import ProofKind
from rollup.chain.errors import DeploymentRefused
from rollup.spec.hashes import keccak

__all__ = ["KEY_WORDS", "CircuitKey", "ceremony_keys", "circuit_of", "development_keys", "key_bytes", "key_of"]

KEY_WORDS: Final = 14
"""Words of α, β, γ and δ; the points of the inputs follow, the constant's first."""

KINDS: Final = tuple(kind for kind in ProofKind if kind is not ProofKind.NONE)


@dataclass(frozen=True, slots=True)
class CircuitKey:
    """A circuit's verifier key on its way to the registry, or as it should be there."""

    kind: ProofKind
    data: bytes
    development: bool
    """Whoever reads this project can forge with it."""
    constraints: str
    """SHA-256 of the .r1cs file of the circuit that it is called a key of."""
    made_here: bool = False
    """Made by this checkout from that file; of a key that was read from elsewhere only its ceremony shows it."""

    @property
    def name(self) -> bytes:
        """Under which the registry knows it."""
        return keccak(self.data)

    @property
    def inputs(self) -> int:
        return (len(self.data) // 32 - KEY_WORDS) // 2 - 1


def circuit_of(kind: ProofKind) -> str:
    """The name of a kind's circuit in circuits/manifest.toml."""
    return kind.name.lower()


def key_bytes(key: VerificationKey) -> bytes:
    """α, β, γ, δ, then the points of the inputs, as the precompiles take them."""
    second = [word for point in (key.beta, key.gamma, key.delta) for word in _g2(point)]
    words = [*_g1(key.alpha), *second, *(word for point in key.ic for word in _g1(point))]
    return b"".join(word.to_bytes(32, "big") for word in words)


def development_keys(profile: str, advance: Callable[[], None] = lambda: None) -> tuple[CircuitKey, ...]:
    """The development keys of the six circuits of this checkout, from the cache or made now."""
    made = []
    for kind in KINDS:
        made.append(key_of(kind, profile))
        advance()
    return tuple(made)


def key_of(kind: ProofKind, profile: str) -> CircuitKey:
    """The development key of one circuit of this checkout."""
    ready = compiled(circuit(circuit_of(kind), profile))
    return CircuitKey(kind, key_bytes(dev_key(ready).verification_key), True, digest_file(ready.r1cs), made_here=True)


def ceremony_keys(directory: Path, profile: str) -> tuple[CircuitKey, ...]:
    """The six keys that `zkclear ceremony export` wrote into one directory; whether it did is not seen here."""
    return tuple(_exported(directory, kind, profile) for kind in KINDS)


def _exported(directory: Path, kind: ProofKind, profile: str) -> CircuitKey:
    base = f"{circuit_of(kind)}-{profile}"
    proving, verification = directory / f"{base}.zkey", directory / f"{base}.vkey.json"
    for path in (proving, verification):
        if not path.is_file():
            raise DeploymentRefused(f"{path} is missing; write it with `zkclear ceremony export … --to {directory}`")
    data = key_bytes(VerificationKey.read(verification))
    if data != key_bytes(_within(proving)):
        raise DeploymentRefused(f"{verification} is not the verification key of {proving.name}; export both again")
    return CircuitKey(
        kind, data, _is_development(proving), digest_file(compiled(circuit(circuit_of(kind), profile)).r1cs)
    )


def _within(proving: Path) -> VerificationKey:
    """The verification key inside a proving key."""
    try:
        import zkclear_native as native
    except ImportError:
        with tempfile.TemporaryDirectory(prefix="zkclear-") as name:
            target = Path(name) / "key.json"
            arguments = ["zkey", "export", "verificationkey", str(proving), str(target)]
            toolchain.run(toolchain.snarkjs(), arguments)
            return VerificationKey.read(target)
    return VerificationKey.from_document(json.loads(native.groth16_verification_key(proving)), str(proving))


def _is_development(proving: Path) -> bool:
    """Whether a proving key carries the name that our development setup contributes under."""
    with proving.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data.find(DEVELOPMENT_MARK) >= 0


def _g1(point: G1Point) -> Sequence[int]:
    return (point.x, point.y)


def _g2(point: G2Point) -> Sequence[int]:
    """The imaginary half of a coordinate comes first."""
    return (*reversed(point.x), *reversed(point.y))
