"""The first chapters: a system on a chain of its own, and traders who bring collateral to it."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from rollup.chain.artifacts import PARTS, artifacts
from rollup.chain.development import local_settings
from rollup.chain.keys import development_keys
from rollup.chain.local import running_chain
from rollup.chain.verify import Verdict, verify
from rollup.cli.story.books import Books
from rollup.cli.story.chapter import Chapter
from rollup.cli.story.names import dollars
from rollup.cli.story.people import CAST, Part, enter
from rollup.cli.story.stage import Stage
from rollup.client import deposits
from rollup.exchange.commands import Limits
from rollup.market.defaults import START, default_governance
from rollup.market.story import SLIDE, story_inputs, story_simulator
from rollup.node.house import settings_for
from rollup.node.local import deploy_house
from rollup.node.proving import Workshop
from rollup.spec.account import REVENUE
from rollup.spec.settlement import MINUTE
from rollup.spec.shared import PROFILES

__all__ = ["FEES", "a_house", "deposits_come"]

STEPS = ("trade", "funds", "liquidate")
CIRCUITS = (*STEPS, "solvency", "withdraw", "escape")
"""Whose keys the registry on L1 holds."""

FEES = {"taker_fee": 500, "maker_fee": 200, "batch_legs": 400}
"""In ppm of what a leg costs."""

SEED = 7
"""Of the market: other seeds tell other stories."""

FALL, EXPIRY = 3, 45 * MINUTE
"""Minute from which on prices slide; when two instruments expire, in seconds from the start."""

USDC = 10**6


def a_house(chapter: Chapter, stack: ExitStack, directory: Path, profile_name: str) -> Stage:
    """Circuits, keys, contracts; a chain; everything deployed, and held against its sources."""
    profile, workshop = PROFILES[profile_name], Workshop(profile_name)
    started = time.perf_counter()
    chapter.note(f"circuits and keys of the {profile_name} profile: minutes the first time, kept for the next")
    with chapter.steps("circuits", len(CIRCUITS)) as compiled, chapter.steps("keys", len(CIRCUITS)) as keyed:
        workshop.make_ready(CIRCUITS, compiled, keyed)
    chapter.note("contracts: half a minute the first time, kept as well")
    artifacts()
    keys = development_keys(profile_name)
    chapter.note(f"ready after {time.perf_counter() - started:.1f} s")
    chain = stack.enter_context(running_chain(START - 2 * MINUTE))
    chapter.note(f"anvil at {chain.rpc}: play money, windows of minutes, and a clock that the story moves")
    with chapter.steps("deploying", len(PARTS) + 1) as advance:
        house = deploy_house(chain, profile, keys, local_settings(), advance)
    with chapter.steps("checking", len(PARTS) + len(CIRCUITS)) as advance:
        claims = verify(chain.web3, house.record, keys, advance)
    passed = sum(claim.verdict is Verdict.PASS for claim in claims)
    failed = [claim for claim in claims if claim.verdict is Verdict.FAIL]
    chapter.claim(
        f"nine contracts stand, {passed} claims about them hold, none fails (`zkclear chain verify`)", not failed
    )
    chapter.figure("claims verified", passed)
    house.record.write(directory / "deployment.json")
    market = story_inputs(profile, default_governance(), START, EXPIRY)
    oracle = house.oracle(story_simulator(market, SEED, replace(SLIDE, first=FALL)))
    with chapter.steps("listing", len(oracle.listings())) as advance:
        house.list_all(oracle, advance)
    stage = Stage(directory, house, oracle, workshop, stack)
    listed = house.system.oracle
    chapter.claim(
        f"{len(stage.terms)} instruments are listed, the terms of each signed by three members of the committee",
        all(listed.terms(slot, 1) == terms.hash for slot, terms in stage.terms.items()),
    )
    stage.books = Books(profile.slots)
    stage.open_node = house.node(directory / "node", workshop, settings_for(house.record, **FEES), listen=stage.listen)
    stack.callback(_close, stage)
    return stage


def deposits_come(chapter: Chapter, stage: Stage, traders: int) -> None:
    """A market maker and traders make wallets, and queue collateral on L1."""
    house, system = stage.house, stage.system
    cast = [
        *CAST,
        *(Part(f"trader {number}", "takes what is quoted", 2_000 * USDC) for number in range(4, traders + 1)),
    ]
    with chapter.steps("registering", len(cast)) as advance:
        for part in cast:
            person = enter(part, house, stage.directory / "wallets")
            stage.node.intake.introduce(person.owner)
            queued = deposits.register(system, house.token.address, person.l1, person.owner, part.collateral)
            stage.sent_gas("register", queued.gas)
            stage.people.append(person)
            advance()
    total = sum(part.collateral for part in cast)
    chapter.claim(
        f"{len(cast)} wallets from seeds queue {dollars(total)}: L1 sees an owner hash and an amount of each",
        system.vault.unrefunded() == total == house.token.balance(house.record.parts.vault),
    )
    taken = stage.node.watch()
    chapter.claim("the node takes every deposit into its journal", taken.deposits == len(cast) and not taken.rejected)
    for index, person in enumerate(stage.people, start=REVENUE + 1):
        person.index = index
        person.wallet.learn(index=index, l1_owner=person.l1.address)
    for slot, terms in stage.terms.items():
        stage.node.exchange.apply(Limits(slot, terms.tick, position=10**6, interest=10**7, order=10**5))


def _close(stage: Stage) -> None:
    """Whatever happened, the journal is let go."""
    if stage.open_node is not None:
        stage.open_node.close()
