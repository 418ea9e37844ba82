"""
Speed of the mathematics on one core: native, reference, and circomlibjs as the peer.

Every implementation runs in a process of its own, pinned to one core, on the same inputs. A figure is the median
of several rounds, since these machines are shared.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from prover import crypto, toolchain
from prover.places import checkout

__all__ = ["BATCH", "TREE_DEPTH", "measure", "run_all"]

TREE_DEPTH = 7
"""Depth of the account tree in the `standard` profile."""

BATCH = 1024
"""Leaves of one batched update, signatures of one batched verification."""

ROUNDS = 5
ROUND_SECONDS = 0.4
NODE_TAG = 1


def run_all() -> dict[str, dict[str, float] | None]:
    """Measure native, reference and circomlibjs, one after the other."""
    figures: dict[str, dict[str, float] | None] = {}
    for name in crypto.BACKENDS:
        figures[name] = _child([sys.executable, "-m", __name__, name]) if crypto.available(name) else None
    script = checkout() / "prover" / "benchmarks" / "circomlibjs.mjs"
    figures["circomlibjs"] = _child([*toolchain.node().command, str(script)])
    return figures


def measure(name: str) -> dict[str, float]:
    """Operations a second of one implementation, in this process."""
    backend = crypto.load(name)
    secret = bytes(range(32))
    key = backend.public_key(secret)
    batch = BATCH if name == "native" else 8
    signed = [(key, message, backend.sign(secret, message)) for message in range(batch)]
    rows = [(row, row + 1) for row in range(BATCH if name == "native" else 64)]
    tree = backend.tree(TREE_DEPTH, NODE_TAG, {index: index + 1 for index in range(batch)})
    position = iter(range(1, 10**9))

    def update_tree() -> None:
        start = next(position)
        # A full-period walk: 1,024 leaves spread over the whole tree, different ones each time.
        tree.update({(start * BATCH + step) * 1_234_567 % 8**TREE_DEPTH: start + step for step in range(batch)})

    return {
        "poseidon2_per_s": rate(lambda: backend.poseidon_many(rows), len(rows)),
        "eddsa_sign_per_s": rate(lambda: backend.sign(secret, 42)),
        "eddsa_verify_per_s": rate(lambda: backend.verify(*signed[1])),
        "eddsa_verify_batched_per_s": rate(lambda: backend.verify_many(signed), batch),
        "tree_updates_per_s": rate(update_tree, batch),
    }


def rate(operation: Callable[[], object], weight: int = 1) -> float:
    """Median operations a second over some rounds; `weight` operations happen in one call."""
    operation()
    return round(statistics.median(_round(operation) for _ in range(ROUNDS)) * weight, 1)


def _round(operation: Callable[[], object]) -> float:
    calls, started = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - started) < ROUND_SECONDS or calls == 0:
        operation()
        calls += 1
    return calls / elapsed


def _child(command: list[str]) -> dict[str, float]:
    """Run a measurement alone on one core and read the JSON it prints."""
    core = min(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None
    prefix = [] if core is None else ["taskset", "--cpu-list", str(core)]
    environment = {**os.environ, "RAYON_NUM_THREADS": "1"}
    result = subprocess.run([*prefix, *command], env=environment, capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(result.stdout)
    return figures


if __name__ == "__main__":
    json.dump(measure(sys.argv[1]), sys.stdout)
