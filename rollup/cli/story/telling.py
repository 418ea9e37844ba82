"""
The chapters in the order of a settlement, as many as are built, and the first three of them.

A chapter does real work and claims only what it has checked; a claim that fails ends the story with exit code 1.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from rich.console import Console

from prover import crypto
from prover.errors import BackendUnavailable, ProverError
from prover.reference.field import R
from prover.types import Point, Signature
from rollup.chain.deploy import answering
from rollup.chain.local import running_chain
from rollup.cli.story.batch import ProvenBatch, a_proven_batch
from rollup.cli.story.chapter import Chapter, LeftOut
from rollup.cli.story.crash import a_crash
from rollup.cli.story.escape import without_the_operator
from rollup.cli.story.floor import Floor, an_exchange
from rollup.cli.story.law import a_batch_under_the_law
from rollup.cli.story.market import a_margined_market
from rollup.cli.story.proving import a_first_proof
from rollup.cli.story.settlement import Settled, a_settled_batch
from rollup.cli.story.stage import BEGINNING, demand_tools
from rollup.cli.story.withdrawal import money_out

__all__ = ["tell"]

NODE_TAG = 1
STREAM_TAG = 2
TREE_DEPTH = 4
ACCOUNTS = 1_000


def tell(console: Console | None) -> list[dict[str, Any]]:
    """Tell every chapter, to people when there is a console, and return what was claimed."""
    with ExitStack() as ended_with_the_story:
        return _Telling(console, ended_with_the_story).whole()


class _Telling:
    """One telling: later chapters take up what earlier ones made."""

    def __init__(self, console: Console | None, stack: ExitStack) -> None:
        self.console, self.stack = console, stack
        self.floor: Floor | None = None
        self.proven: ProvenBatch | None = None
        self.settled: Settled | None = None

    def whole(self) -> list[dict[str, Any]]:
        chapters: list[tuple[str, Callable[[Chapter], None]]] = [
            ("1. A trader's key and a signed order", _signed_order),
            ("2. A tree of accounts", _tree_of_accounts),
            ("3. Data that only its owner reads", _encrypted_data),
            ("4. A first statement, proven", a_first_proof),
            ("5. A market, priced and margined", a_margined_market),
            ("6. An exchange: margin first, then fills, then a crash", self._trade),
            ("7. A crowd in a crash", a_crash),
            ("8. What was traded, under the law", self._net),
            ("9. The same batch, proven", self._prove),
            ("10. The proven batch, settled on a chain", self._settle),
            ("11. Money out: by signature, and by a note that does not say whose it was", self._leave),
            ("12. Without the operator: frozen, and everybody paid", self._escape),
        ]
        told = [self._tell(title, play) for title, play in chapters]
        if self.console:
            left_out = [chapter["title"] for chapter in told if chapter["skipped"]]
            ending = f"Left out here: {'; '.join(left_out)}." if left_out else "Every amount above was checked."
            self.console.print(f"\n{ending} A node comes next.")
        return told

    def _tell(self, title: str, play: Callable[[Chapter], None]) -> dict[str, Any]:
        chapter = Chapter(title, self.console)
        try:
            play(chapter)
        except LeftOut as reason:
            chapter.skip(str(reason))
        except BackendUnavailable as missing:
            if crypto.available("native"):
                raise  # nothing is missing: something was asked for that does not exist
            chapter.skip(str(missing))
        return chapter.summary()

    def _trade(self, chapter: Chapter) -> None:
        self.floor = an_exchange(chapter)

    def _net(self, chapter: Chapter) -> None:
        a_batch_under_the_law(chapter, self._traded())

    def _prove(self, chapter: Chapter) -> None:
        self.proven = a_proven_batch(chapter, self._traded())

    def _settle(self, chapter: Chapter) -> None:
        if self.proven is None:
            raise LeftOut("there are no proofs to settle: the chapter before was left out")
        demand_tools()
        chain = self.stack.enter_context(running_chain(BEGINNING))
        with answering(chain.rpc):
            self.settled = a_settled_batch(chapter, chain, self.proven)

    def _leave(self, chapter: Chapter) -> None:
        settled = self._on_chain()
        with answering(settled.stage.chain.rpc):
            money_out(chapter, settled)

    def _escape(self, chapter: Chapter) -> None:
        settled = self._on_chain()
        with answering(settled.stage.chain.rpc):
            without_the_operator(chapter, settled)

    def _traded(self) -> Floor:
        if self.floor is None:
            raise LeftOut("nothing was traded: an earlier chapter was left out")
        return self.floor

    def _on_chain(self) -> Settled:
        if self.settled is None:
            raise LeftOut("there is no chain with a settled batch: an earlier chapter was left out")
        return self.settled


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
