"""
Proving: a step that the law applied becomes a proof that shows the same, in this process.

Keys and witness programs are made once and stay at hand; what a proof took is kept beside it, for whoever asks where
the time went.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from prover import crypto
from prover.backends import Backend, Proved, backend, verify_together
from prover.circuits import circuit, compile_all, compiled
from prover.errors import InvalidInput
from prover.setup.dev import ProvingKey, dev_key
from prover.witness import Calculator, Inputs

__all__ = ["Made", "Workshop"]

Clock = Callable[[], float]
"""Seconds that only differences are taken of."""


@dataclass(frozen=True, slots=True)
class Made:
    """A proof and what it took."""

    proved: Proved
    circuit: str
    constraints: int
    witness_seconds: float
    proof_seconds: float

    @property
    def seconds(self) -> float:
        return self.witness_seconds + self.proof_seconds


class Workshop:
    """One prover, and what it needs of each circuit of a profile."""

    def __init__(self, profile: str, clock: Clock = time.perf_counter) -> None:
        self.profile, self.clock = profile, clock
        self.prover: Backend = backend()
        self.keys: dict[str, ProvingKey] = {}
        self.calculators: dict[str, Calculator] = {}

    def make_ready(
        self,
        names: Iterable[str],
        compiling: Callable[[int, int], None] = lambda done, of: None,
        keys: Callable[[int, int], None] = lambda done, of: None,
    ) -> None:
        """Compile circuits and make their keys; from the cache when they were made before."""
        missing = [name for name in dict.fromkeys(names) if name not in self.keys]
        if not missing:
            return
        wanted = [circuit(name, self.profile) for name in missing]
        if not crypto.available("native"):
            dev_key(compiled(wanted[0]))  # says that keys cannot be made here, before all the others are compiled
        ready = compile_all(wanted, lambda _, done, of: compiling(done, of))
        for done, made in enumerate(ready, start=1):
            name = made.circuit.name
            self.keys[name] = dev_key(made)
            self.calculators[name] = Calculator(made)
            self.calculators[name].input_signals()  # translates the program, if nobody has yet
            keys(done, len(ready))

    def verifies(self, name: str, proved: Proved) -> bool:
        """Whether something that was kept is a proof of what it says."""
        self.make_ready([name])
        try:
            return bool(proved.points) and verify_together([(self.keys[name], proved)])
        except (InvalidInput, ValueError, KeyError, TypeError):
            return False

    def prove(self, name: str, inputs: Inputs) -> Made:
        """A proof, verified before it is handed out."""
        self.make_ready([name])
        started = self.clock()
        witness = self.calculators[name].witness(inputs)
        between = self.clock()
        proved = self.prover.prove(self.keys[name], witness)
        constraints = self.keys[name].compiled.header.constraints
        return Made(proved, name, constraints, between - started, self.clock() - between)
