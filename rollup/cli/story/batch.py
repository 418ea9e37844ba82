"""The chapter of the demo that proves a batch: every step of the one before it, by a proof that shows nothing else."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import pairwise

from prover.backends import Proved, verify_together
from rollup.cli.story.chapter import Chapter
from rollup.cli.story.floor import Floor
from rollup.cli.story.law import Story
from rollup.cli.story.workshop import Workshop
from rollup.spec.settlement import Batch, PostedStep
from rollup.spec.shared import PUBLIC_INPUTS
from rollup.spec.step import Applied, kind_of
from rollup.spec.table import RiskTable
from rollup.witness.steps import circuit_name, step_inputs

__all__ = ["ProvenBatch", "a_proven_batch", "posted_batch"]

CHAINED = ("state_before", "state_after", "suspense_before", "suspense_after")


@dataclass
class ProvenBatch:
    """What the chapter hands on: the story so far, the batch as the operator posts it, and the tools."""

    story: Story
    batch: Batch
    tables: tuple[RiskTable, RiskTable]
    """Of epochs 1 and 2."""
    workshop: Workshop


def a_proven_batch(chapter: Chapter, floor: Floor) -> ProvenBatch:
    """Compile the three steps, make their keys, prove every step, verify all in one pairing check."""
    calm, crashed = floor.tables
    story, workshop = Story(), Workshop()
    story.play(floor.planned(story.state.accounts))
    workshop.make_ready(chapter, [circuit_name(applied) for applied in story.steps])

    proven = [_proven(chapter, workshop, applied) for applied in story.steps]
    proofs = [(workshop.keys[circuit_name(applied)], made) for applied, made in zip(story.steps, proven, strict=True)]
    states = [tuple(made.public[PUBLIC_INPUTS["step"].index(name)] for name in CHAINED) for made in proven]
    chained = all(before[1::2] == after[::2] for before, after in pairwise(states))
    chapter.claim("state roots and what is owed chain from the first proof to the last", chained)
    started = time.perf_counter()
    chapter.claim(f"one check verifies all {len(proofs)} proofs", verify_together(proofs))
    chapter.note(f"in {1_000 * (time.perf_counter() - started):.0f} ms")
    key, made = proofs[1]
    forged = Proved(made.proof, (*made.public[:2], (made.public[2] + 1), *made.public[3:]))
    chapter.claim("and none of them for another state", not verify_together([*proofs[:1], (key, forged), *proofs[2:]]))
    return ProvenBatch(story, _batch(story, proven, {calm.root: 1, crashed.root: 2}), (calm, crashed), workshop)


def posted_batch(chapter: Chapter, workshop: Workshop, story: Story, epochs: dict[int, int]) -> Batch:
    """The story's batch at hand, proven; `epochs` are those of its tables, by risk root."""
    return _batch(story, [_proven(chapter, workshop, applied) for applied in story.steps], epochs)


def _proven(chapter: Chapter, workshop: Workshop, applied: Applied) -> Proved:
    name = circuit_name(applied)
    made = workshop.prove(chapter, name, step_inputs(applied))
    stated = tuple(applied.public_inputs.values())
    chapter.claim(f"the {name} step's proof shows exactly what the law publishes of it", made.public == stated)
    return made


def _batch(story: Story, proven: list[Proved], epochs: dict[int, int]) -> Batch:
    """What the operator sends."""
    steps = []
    for applied, made in zip(story.steps, proven, strict=True):
        shown = applied.public_inputs
        steps.append(
            PostedStep(
                kind_of(applied.step.body),
                epochs[applied.table.root],
                shown["state_after"],
                shown["suspense_after"],
                shown["salt"],
                shown["data_commit"],
                made.proof,
            )
        )
    words = tuple(word for applied in story.steps for word in applied.words)
    return Batch(story.batch, story.steps[0].before.root, tuple(steps), words)
