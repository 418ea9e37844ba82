"""snarkjs by subprocess: the prover that needs no Rust, and the second opinion on the one that does."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from prover import toolchain
from prover.backends import Proved
from prover.errors import ToolFailed, UnsatisfiedConstraint
from prover.setup.dev import ProvingKey
from prover.witness import Witness

__all__ = ["SnarkjsBackend"]


class SnarkjsBackend:
    """See `prover.backends.Backend`."""

    name = "snarkjs"

    def prove(self, key: ProvingKey, witness: Witness) -> Proved:
        key.verification_key  # noqa: B018 - refuses an unsafe key before any work
        with tempfile.TemporaryDirectory(prefix="zkclear-") as name:
            directory = Path(name)
            wtns, proof, public = directory / "a.wtns", directory / "proof.json", directory / "public.json"
            witness.write(wtns)
            self._check(key, wtns)
            self._run("groth16", "prove", key.zkey, wtns, proof, public)
            self._run("groth16", "verify", key.verification, public, proof)
            return Proved(json.loads(proof.read_text()), tuple(map(int, json.loads(public.read_text()))))

    def _check(self, key: ProvingKey, wtns: Path) -> None:
        try:
            self._run("wtns", "check", key.compiled.r1cs, wtns)
        except ToolFailed as error:
            raise UnsatisfiedConstraint(-1, "snarkjs does not say which; the native check does") from error

    def _run(self, *arguments: object) -> str:
        return toolchain.run(toolchain.snarkjs(), [str(argument) for argument in arguments])
