"""
The story that `zkclear demo` tells: chapters in the order of a settlement, as many as are built.

A chapter does real work and claims only what it has checked; a claim that fails ends the story with exit code 1.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Any

from rich.console import Console

from prover import crypto
from prover.errors import BackendUnavailable, ProverError
from prover.reference.field import R
from prover.types import Point, Signature
from rollup.cli.batch_story import a_proven_batch
from rollup.cli.chapter import Chapter
from rollup.cli.law_story import a_batch_under_the_law, a_margined_market
from rollup.cli.proving_story import a_first_proof

__all__ = ["tell"]

NODE_TAG = 1
STREAM_TAG = 2
TREE_DEPTH = 4
ACCOUNTS = 1_000


def tell(console: Console | None) -> list[dict[str, Any]]:
    """Tell every chapter, to people when there is a console, and return what was claimed."""
    chapters: list[tuple[str, Callable[[Chapter], None]]] = [
        ("1. A trader's key and a signed order", _signed_order),
        ("2. A tree of accounts", _tree_of_accounts),
        ("3. Data that only its owner reads", _encrypted_data),
        ("4. A first statement, proven", a_first_proof),
        ("5. A market, priced and margined", a_margined_market),
        ("6. A batch under the law", a_batch_under_the_law),
        ("7. The same batch, proven", a_proven_batch),
    ]
    told = []
    for title, play in chapters:
        chapter = Chapter(title, console)
        try:
            play(chapter)
        except BackendUnavailable as missing:
            if crypto.available("native"):
                raise  # nothing is missing: something was asked for that does not exist
            chapter.skip(str(missing))
        told.append(chapter.summary())
    if console:
        console.print("\nThat is as much as is built; contracts and the exchange come next.")
    return told


def _signed_order(chapter: Chapter) -> None:
    """A key from a fresh seed signs an order; every implementation at hand judges it alike."""
    seed = secrets.token_bytes(32)
    implementations = {name: crypto.load(name) for name in crypto.BACKENDS if crypto.available(name)}
    here = crypto.load()
    key = here.public_key(seed)
    order = here.poseidon([40, 1_000])
    signature = here.sign(seed, order)
    forged = Signature(signature.r8, signature.s ^ 1)
    for name, implementation in implementations.items():
        chapter.claim(f"{name}: the order's signature verifies", implementation.verify(key, order, signature))
        chapter.claim(f"{name}: with one bit changed it does not", not implementation.verify(key, order, forged))
    chapter.claim(
        "a key of small order, which would verify anything, is refused by all",
        all(_refuses(implementation.check_key, Point(0, 1)) for implementation in implementations.values()),
    )


def _tree_of_accounts(chapter: Chapter) -> None:
    """A thousand leaves in one batched update, and a path that shows one of them."""
    here = crypto.load()
    tree = here.tree(TREE_DEPTH, NODE_TAG)
    before = tree.snapshot()
    started = time.perf_counter()
    tree.update({index: here.poseidon([index, 5_000]) for index in range(ACCOUNTS)})
    chapter.note(f"{ACCOUNTS:,} accounts entered in {time.perf_counter() - started:.2f} s, by the {here.name} tree")
    proof = tree.proof(42)
    chapter.claim("account 42's path leads to the root", here.root_of(proof, NODE_TAG) == tree.root)
    chapter.claim(
        "a richer account 42 does not", here.root_of(proof._replace(leaf=proof.leaf + 1), NODE_TAG) != tree.root
    )
    chapter.claim("the snapshot from before still shows an empty tree", before.leaf(42) == 0)


def _encrypted_data(chapter: Chapter) -> None:
    """A leg word under a key of one touch: its owner reads it from chain data, others read nothing."""
    here = crypto.load()
    view_key, other_key = secrets.randbelow(2**250), secrets.randbelow(2**250)
    word = 40 | 1_000 << 40
    _, pad = here.stream(view_key, 1, STREAM_TAG)
    _, wrong_pad = here.stream(other_key, 1, STREAM_TAG)
    published = (word + pad) % R
    chapter.claim("its owner reads back quantity 40 at price 1000", (published - pad) % R == word)
    chapter.claim("under another key nothing of it is left", (published - wrong_pad) % R != word)


def _refuses(call: Callable[[Point], object], point: Point) -> bool:
    try:
        call(point)
    except ProverError:
        return True
    return False
