"""
Random batches of mixed steps, proven end to end: what the law published is what the proofs show, and it chains.

Ten in the tiny profile, where every step has a few lanes, and two in the small one, whose steps are full size. A batch
is verified in one check, and no more once any public input of any step was changed.
"""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

from support.mixed_batches import mixed_batch
from support.proving import key_of, proved_step

from prover.backends import Proved, verify_together
from prover.reference.field import R
from rollup.spec.shared import PROFILES, PUBLIC_INPUTS
from rollup.spec.state import Suspense
from rollup.witness.steps import circuit_name

NAMES = PUBLIC_INPUTS["step"]
BATCHES = [*(("tiny", seed) for seed in range(10)), *(("small", seed) for seed in range(100, 102))]


@pytest.mark.parametrize(("profile", "seed"), BATCHES)
def test_prove_batch_of_mixed_steps_chains_and_verifies_together(profile: str, seed: int) -> None:
    history = mixed_batch(seed, PROFILES[profile])
    proofs = [proved_step(applied) for applied in history]
    nothing = Suspense.settled(PROFILES[profile]).hash

    shown = [dict(zip(NAMES, made.public, strict=True)) for made in proofs]
    assert shown == [applied.public_inputs for applied in history]
    for before, after in pairwise(shown):
        assert before["state_after"] == after["state_before"]
        assert before["suspense_after"] == after["suspense_before"]
    assert shown[0]["suspense_before"] == shown[-1]["suspense_after"] == nothing
    assert {circuit_name(applied) for applied in history} == {"trade", "funds", "liquidate"}

    keys = [key_of(circuit_name(applied), profile) for applied in history]
    assert verify_together(list(zip(keys, proofs, strict=True)))
    choose = random.Random(seed)
    step, position = choose.randrange(len(proofs)), choose.randrange(len(NAMES))
    changed = [*proofs[step].public]
    changed[position] = (changed[position] + 1) % R
    proofs[step] = Proved(proofs[step].proof, tuple(changed))
    assert not verify_together(list(zip(keys, proofs, strict=True)))
