"""
Speed of the proofs that traders make alone: a withdrawal in the private form, and an escape from every slot.

Cold is what somebody waits who leaves once: load the key, compute the witness, prove and verify. Warm is the median of
further proofs with the key at hand.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from prover.backends import backend
from prover.circuits import circuit, compiled
from prover.setup.dev import dev_key
from prover.witness import Calculator
from rollup.spec.account import Account, Owner
from rollup.spec.claims import EscapeClaim, OpenedState, OpenedTable, WithdrawClaim, association_tree
from rollup.spec.hashes import new_tree
from rollup.spec.notes import note, precommitment
from rollup.spec.shared import PROFILES, Profile, Status
from rollup.spec.table import CASH_MARK, Mark
from rollup.spec.types import Point
from rollup.witness.common import Inputs
from rollup.witness.escape import escape_inputs
from rollup.witness.withdraw import withdraw_inputs

__all__ = ["run_all"]

ROUNDS = 5
INDEX = 5
AMOUNT = 1_000_000


def run_all(profile: str) -> dict[str, dict[str, Any]]:
    """Figures of both circuits in a profile."""
    given = PROFILES[profile]
    makers: dict[str, Callable[[Profile], Inputs]] = {"withdraw": _withdrawal, "escape": _escape}
    return {name: _measure(name, profile, make(given)) for name, make in makers.items()}


def _measure(name: str, profile: str, inputs: Inputs) -> dict[str, Any]:
    target = compiled(circuit(name, profile))
    key = dev_key(target)
    calculator, prover = Calculator(target), backend()
    calculator.witness(inputs)  # translates the witness program, once a machine
    started = time.perf_counter()
    witness = calculator.witness(inputs)
    computed = time.perf_counter()
    prover.prove(key, witness)
    cold = time.perf_counter()
    return {
        "profile": profile,
        "constraints": target.header.constraints,
        "backend": prover.name,
        "witness_s": round(computed - started, 3),
        "cold_s": round(cold - started, 3),
        "prove_s": round(statistics.median(_timed(lambda: prover.prove(key, witness)) for _ in range(ROUNDS)), 3),
    }


def _timed(operation: Callable[[], object]) -> float:
    started = time.perf_counter()
    operation()
    return time.perf_counter() - started


def _withdrawal(profile: Profile) -> Inputs:
    """A note of an account that somebody vouches for."""
    notes = new_tree(profile.note_depth)
    notes.update({INDEX: note(AMOUNT, INDEX, precommitment(1, 2))})
    state = OpenedState(0, notes.root, INDEX + 1, 0)
    member = association_tree(profile, [INDEX]).proof(INDEX)
    return withdraw_inputs(WithdrawClaim(3, state, AMOUNT, INDEX, 1, 2, notes.proof(INDEX), member, 4), profile)


def _escape(profile: Profile) -> Inputs:
    """An account with a position in every slot."""
    nobody = Owner(Point(0, 1), Point(0, 1), 0, 0, 0)
    account = Account(nobody, tuple(range(AMOUNT, AMOUNT + profile.slots)), (0,) * profile.places)
    tree = new_tree(profile.account_depth)
    tree.update({INDEX: account.leaf})
    marks = (CASH_MARK, *(Mark(Status.ACTIVE, 1, -slot, 1_000 + slot) for slot in range(1, profile.slots)))
    claim = EscapeClaim(
        3, OpenedState(tree.root, 0, 0, 0), account, tree.proof(INDEX), OpenedTable(0, marks, 0, 1_800_000_000)
    )
    return escape_inputs(claim, profile)
