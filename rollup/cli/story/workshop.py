"""What the demo proves with: circuits, keys and witness programs of the tiny profile, made once and kept."""

from __future__ import annotations

import time
from collections.abc import Iterable

from prover import crypto
from prover.backends import Backend, Proved, backend
from prover.circuits import circuit, compile_all, compiled
from prover.setup.dev import ProvingKey, dev_key
from prover.witness import Calculator, Inputs
from rollup.cli.output import progress
from rollup.cli.story.chapter import Chapter

__all__ = ["PROFILE_NAME", "Workshop"]

PROFILE_NAME = "tiny"


class Workshop:
    """One prover, and what it needs of each circuit."""

    def __init__(self) -> None:
        self.prover: Backend = backend()
        self.keys: dict[str, ProvingKey] = {}
        self.calculators: dict[str, Calculator] = {}

    def make_ready(self, chapter: Chapter, names: Iterable[str]) -> None:
        """Compile circuits and make their keys; from the cache when they were made before."""
        missing = [name for name in dict.fromkeys(names) if name not in self.keys]
        if not missing:
            return
        chapter.note(f"compiling {', '.join(missing)} and making their keys; both are kept for the next run")
        started = time.perf_counter()
        wanted = [circuit(name, PROFILE_NAME) for name in missing]
        if not crypto.available("native"):
            dev_key(compiled(wanted[0]))  # says that keys cannot be made here, before all the others are compiled
        with progress("compiling", len(wanted)) as (bar, task):
            ready = compile_all(wanted, lambda *_: bar.advance(task))
        with progress("keys", len(ready)) as (bar, task):
            for made in ready:
                name = made.circuit.name
                self.keys[name] = dev_key(made)
                self.calculators[name] = Calculator(made)
                self.calculators[name].input_signals()  # translates the program, if nobody has yet
                bar.advance(task)
        chapter.note(f"ready after {time.perf_counter() - started:.1f} s")

    def prove(self, chapter: Chapter, name: str, inputs: Inputs) -> Proved:
        """A proof, and how long it took."""
        started = time.perf_counter()
        made = self.prover.prove(self.keys[name], self.calculators[name].witness(inputs))
        seconds = time.perf_counter() - started
        constraints = self.keys[name].compiled.header.constraints
        chapter.note(f"{name}: {constraints:,} constraints proven in {seconds:.2f} s")
        return made
