"""The chapter of the demo that proves something: membership in a tree, without saying of which leaf."""

from __future__ import annotations

import time

from prover import crypto, toolchain
from prover.backends import backend
from prover.circuits import circuit, compiled
from prover.errors import ToolError
from prover.reference import groth16
from prover.setup.dev import ProvingKey, dev_key
from prover.witness import Calculator
from rollup.cli.story.chapter import Chapter

__all__ = ["a_first_proof"]

NODE_TAG = 1
DEPTH = 4


def a_first_proof(chapter: Chapter) -> None:
    """Compile, set up, prove and verify, by everything at hand."""
    chapter.note("compiling a circuit and making its key; both are kept for the next run")
    started = time.perf_counter()
    key = dev_key(compiled(circuit("membership", "small")))
    header = key.compiled.header
    chapter.note(f"{header.constraints:,} constraints, ready after {time.perf_counter() - started:.1f} s")
    secret, index = 31_337, 0o2345
    here = crypto.load()
    tree = here.tree(DEPTH, NODE_TAG, {other: other + 1 for other in range(64)})
    tree.update({index: here.poseidon([secret])})
    public = (tree.root, here.poseidon([secret, 1]))
    witness = Calculator(key.compiled).witness(
        {
            "root": public[0],
            "nullifier": public[1],
            "secret": secret,
            "digit": [index >> 3 * level & 7 for level in range(DEPTH)],
            "sibling": [list(level) for level in tree.proof(index).siblings],
        }
    )
    prover = backend()
    started = time.perf_counter()
    proved = prover.prove(key, witness)
    chapter.note(f"proven by {prover.name} in {time.perf_counter() - started:.2f} s")
    chapter.claim("the proof shows root and nullifier, and nothing of the leaf", proved.public == public)
    _verify_everywhere(chapter, key, proved.public, proved.proof)


def _verify_everywhere(chapter: Chapter, key: ProvingKey, public: tuple[int, ...], proof: object) -> None:
    points = groth16.Groth16Proof.from_document(proof)
    chapter.claim("Python's pairing accepts it", groth16.verify(key.verification_key, public, points))
    other_root = (public[0] + 1, *public[1:])
    chapter.claim("and refuses it for another root", not groth16.verify(key.verification_key, other_root, points))
    try:
        version = toolchain.snarkjs().version
    except ToolError:
        return
    import json
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory(prefix="zkclear-") as name:
        files = [Path(name) / "public.json", Path(name) / "proof.json"]
        files[0].write_text(json.dumps([str(value) for value in public]))
        files[1].write_text(json.dumps(proof))
        arguments = ["groth16", "verify", str(key.verification), *map(str, files)]
        chapter.claim(f"snarkjs {version} accepts it too", "OK!" in toolchain.run(toolchain.snarkjs(), arguments))
