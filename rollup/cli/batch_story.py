"""The chapter of the demo that proves a batch: every step of the one before it, by a proof that shows nothing else."""

from __future__ import annotations

import time
from itertools import pairwise

from prover.backends import Proved, backend, verify_together
from prover.circuits import circuit, compile_all
from prover.setup.dev import ProvingKey, dev_key
from prover.witness import Calculator
from rollup.cli.chapter import Chapter
from rollup.cli.law_story import TAKEOVER, Story, tables
from rollup.cli.output import progress
from rollup.spec.shared import PUBLIC_INPUTS
from rollup.witness.steps import circuit_name, step_inputs

__all__ = ["a_proven_batch"]

PROFILE = "tiny"


def a_proven_batch(chapter: Chapter) -> None:
    """Compile the three steps, make their keys, prove five steps, verify all in one pairing check."""
    calm, crashed = tables()
    story = Story()
    story.trade(calm)
    story.step(TAKEOVER, crashed)
    keys, calculators = _ready(chapter, [circuit_name(applied) for applied in story.history])

    prover, proofs = backend(), []
    for applied in story.history:
        name = circuit_name(applied)
        started = time.perf_counter()
        witness = calculators[name].witness(step_inputs(applied))
        made = prover.prove(keys[name], witness)
        seconds = time.perf_counter() - started
        chapter.note(f"{name}: {keys[name].compiled.header.constraints:,} constraints proven in {seconds:.2f} s")
        stated = tuple(applied.public_inputs.values())
        chapter.claim(f"the {name} step's proof shows exactly what the law publishes of it", made.public == stated)
        proofs.append((keys[name], made))
    states = [tuple(made.public[PUBLIC_INPUTS["step"].index(name)] for name in CHAINED) for _, made in proofs]
    chained = all(before[1::2] == after[::2] for before, after in pairwise(states))
    chapter.claim("state roots and what is owed chain from the first proof to the last", chained)
    started = time.perf_counter()
    chapter.claim(f"one check verifies all {len(proofs)} proofs", verify_together(proofs))
    chapter.note(f"in {1_000 * (time.perf_counter() - started):.0f} ms")
    key, made = proofs[1]
    forged = Proved(made.proof, (*made.public[:2], (made.public[2] + 1), *made.public[3:]))
    chapter.claim("and none of them for another state", not verify_together([*proofs[:1], (key, forged), *proofs[2:]]))


CHAINED = ("state_before", "state_after", "suspense_before", "suspense_after")


def _ready(chapter: Chapter, names: list[str]) -> tuple[dict[str, ProvingKey], dict[str, Calculator]]:
    chapter.note("compiling the steps' circuits and making their keys; both are kept for the next run")
    started = time.perf_counter()
    wanted = [circuit(name, PROFILE) for name in dict.fromkeys(names)]
    with progress("compiling", len(wanted)) as (bar, task):
        ready = compile_all(wanted, lambda *_: bar.advance(task))
    keys = {compiled.circuit.name: dev_key(compiled) for compiled in ready}
    calculators = {name: Calculator(key.compiled) for name, key in keys.items()}
    for calculator in calculators.values():
        calculator.input_signals()  # translates the program, if nobody has yet
    chapter.note(f"ready after {time.perf_counter() - started:.1f} s")
    return keys, calculators
