"""The native prover: keys stay decoded between proofs, every core works on one proof."""

from __future__ import annotations

import json
from pathlib import Path

import zkclear_native as extension

from prover.backends import Proved
from prover.setup.dev import ProvingKey
from prover.witness import Witness

__all__ = ["NativeBackend"]


class NativeBackend:
    """See `prover.backends.Backend`; `engine` forces one of the extension's, else it takes the fastest."""

    name = "native"

    def __init__(self, engine: str | None = None) -> None:
        self._engine = engine
        self._provers: dict[Path, extension.Groth16Prover] = {}

    def prove(self, key: ProvingKey, witness: Witness) -> Proved:
        proof, public = self.prover(key).prove(witness.wires)
        return Proved(json.loads(proof), tuple(map(int, json.loads(public))))

    def prover(self, key: ProvingKey) -> extension.Groth16Prover:
        """The resident prover of a key; every witness is checked against the constraints first."""
        if key.zkey not in self._provers:
            self._provers[key.zkey] = extension.Groth16Prover(key.zkey, self._engine, key.compiled.r1cs)
        return self._provers[key.zkey]
