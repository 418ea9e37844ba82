"""Where the chapters on a chain play: a fresh local chain, a deployed system, and everybody who sends transactions."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, replace
from typing import Any

from web3.types import TxReceipt

from prover import toolchain
from prover.errors import ToolMissing, ToolVersionMismatch
from rollup.chain import encoding
from rollup.chain.abi import NodeAccount, Sender, Transaction, address
from rollup.chain.artifacts import PARTS, artifacts
from rollup.chain.bindings import System
from rollup.chain.committee import Committee
from rollup.chain.deploy import deploy
from rollup.chain.development import local_plan
from rollup.chain.errors import Reverted
from rollup.chain.keys import development_keys
from rollup.chain.local import LocalChain, Token
from rollup.chain.plan import Genesis
from rollup.chain.record import Record
from rollup.chain.verify import Verdict, verify
from rollup.cli.output import progress
from rollup.cli.story.chapter import Chapter, LeftOut
from rollup.cli.story.market import COLLATERAL, PROFILE, dollars, epochs, posted
from rollup.cli.story.people import NAMES, PEOPLE, TRADERS
from rollup.market.defaults import START
from rollup.market.inputs import Inputs
from rollup.spec.account import FUND, REVENUE
from rollup.spec.settlement import DAY, MINUTE
from rollup.spec.table import RiskTable

__all__ = [
    "BEGINNING",
    "CIRCUITS",
    "Stage",
    "claim_refused",
    "demand_tools",
    "dollars",
    "move_clock",
    "post_tables",
    "register",
    "set_the_stage",
]

CIRCUITS = ("trade", "funds", "liquidate", "solvency", "withdraw", "escape")
"""Whose keys the registry on L1 holds."""

BEGINNING = START + 30 * MINUTE - DAY
"""When the system is deployed. Genesis counts as attested, so half an hour after the first table the gate shuts."""

OPERATOR, ANYBODY, PROVIDER, RELAYER = 1, 3, 0, 5
"""Accounts of the node: who operates, somebody without a role in batches, who vouches, who relays."""


@dataclass
class Stage:
    """A running chain with a deployed system on it."""

    chain: LocalChain
    record: Record
    committee: Committee

    @property
    def system(self) -> System:
        return System.at(self.chain.web3, self.record.parts)

    @property
    def token(self) -> Token:
        return Token(self.chain.web3, self.record.token)

    @property
    def operator(self) -> NodeAccount:
        return self.chain.account(OPERATOR)

    @property
    def anybody(self) -> NodeAccount:
        return self.chain.account(ANYBODY)

    @property
    def provider(self) -> NodeAccount:
        return self.chain.account(PROVIDER)

    @property
    def relayer(self) -> NodeAccount:
        return self.chain.account(RELAYER)

    def balance(self, who: str) -> int:
        """Tokens that somebody holds."""
        return self.token.balance(address(who))

    @property
    def held(self) -> int:
        """Tokens that the vault holds."""
        return self.balance(self.record.parts.vault)


def demand_tools() -> None:
    """What a chain takes: without it the chapters that play on one are left out."""
    for tool in (toolchain.anvil, toolchain.solc):
        try:
            tool()
        except (ToolMissing, ToolVersionMismatch) as missing:
            raise LeftOut(f"there is no chain to settle on: {missing}") from missing


def claim_refused(chapter: Chapter, what: str, transaction: Transaction[Any], sender: Sender, name: str) -> None:
    """Tell that the chain refuses something, if it does so by this very name."""
    chapter.claim(f"{what} ({name})", _refusal(transaction, sender) == name)


def _refusal(transaction: Transaction[Any], sender: Sender) -> str:
    """By which name the chain refuses it; empty when it would not."""
    try:
        transaction.call(sender)
    except Reverted as refused:
        return refused.refusal.name if refused.refusal else str(refused)
    return ""


def move_clock(chapter: Chapter, stage: Stage, when: int, why: str) -> None:
    """Nobody waits for days here, and the story says so."""
    stage.chain.move_to(when)
    chapter.note(f"anvil's clock is moved: {why}")


def set_the_stage(chapter: Chapter, chain: LocalChain) -> Stage:
    """Compile, deploy and verify a system whose committee has fresh keys."""
    started = time.perf_counter()
    chapter.note("compiling the contracts (about half a minute the first time; they are kept)")
    artifacts()
    committee = Committee.of([secrets.token_bytes(32) for _ in range(3)], 2)
    with progress("keys", len(CIRCUITS)) as (bar, task):
        keys = development_keys(PROFILE.name, lambda: bar.advance(task))
    plan = local_plan(chain.web3, PROFILE, keys)
    roles = replace(plan.roles, committee=committee.signers, revenue_owner=PEOPLE[REVENUE].wallet.address)
    genesis = Genesis(PEOPLE[FUND].owner.hash, PEOPLE[REVENUE].owner.hash)
    chapter.note(f"contracts and keys at hand after {time.perf_counter() - started:.1f} s")
    started = time.perf_counter()
    with progress("deploying", len(PARTS) + 1) as (bar, task):
        record = deploy(
            chain.web3, chain.account(0), replace(plan, roles=roles, genesis=genesis), lambda _: bar.advance(task)
        )
    seconds = time.perf_counter() - started
    gas = sum(_gas(chain, one.transaction) for one in record.created.values())
    chapter.note(f"nine parts and a token deployed in {seconds:.1f} s, {gas:,} gas")
    chapter.figure("deployment gas", gas)
    chapter.figure("deployment seconds", round(seconds, 2))
    started = time.perf_counter()
    with progress("checking", len(PARTS) + len(CIRCUITS)) as (bar, task):
        claims = verify(chain.web3, record, keys, lambda: bar.advance(task))
    passed = sum(claim.verdict is Verdict.PASS for claim in claims)
    told = f"`zkclear chain verify` of it: {passed} of {len(claims)} claims pass"
    chapter.claim(f"{told}, against sources, keys and parameters at hand", passed == len(claims) > 0)
    chapter.note(f"in {time.perf_counter() - started:.1f} s")
    chapter.figure("claims verified", passed)
    return Stage(chain, record, committee)


def register(chapter: Chapter, stage: Stage) -> None:
    """Every trader brings collateral, from its own L1 address and with its own key."""
    system, token = stage.system, stage.token
    for index in TRADERS:
        wallet = PEOPLE[index].wallet
        stage.chain.fund(wallet.address)
        token.mint(wallet.address, COLLATERAL, stage.anybody)
        token.approve(stage.record.parts.vault, COLLATERAL, wallet)
        receipt = system.deposits.register(PEOPLE[index].owner.hash, COLLATERAL).send(wallet)
    chapter.note(f"each registration takes {receipt['gasUsed']:,} gas; L1 sees an owner hash and {dollars(COLLATERAL)}")
    waiting = [system.deposits.deposit(number) for number in range(len(TRADERS))]
    as_asked = [(one.depositor, one.owner_hash, one.amount) for one in waiting] == [
        (PEOPLE[index].wallet.address, PEOPLE[index].owner.hash, COLLATERAL) for index in TRADERS
    ]
    total = len(TRADERS) * COLLATERAL
    names = ", ".join(NAMES[index] for index in TRADERS)
    chapter.claim(
        f"{names} queued {dollars(COLLATERAL)} each: the vault holds {dollars(total)}, all of it refundable",
        as_asked and stage.held == total == system.vault.unrefunded(),
    )


def post_tables(chapter: Chapter, stage: Stage, tables: tuple[RiskTable, RiskTable]) -> None:
    """The committee lists what is traded, and posts both tables, each at its time."""
    oracle, anybody = stage.system.oracle, stage.anybody
    calm, crashed = epochs()
    listed = [(slot, one) for slot, one in enumerate(calm.slots, start=1) if one.terms is not None]
    with progress("listing", len(listed)) as (bar, task):
        for slot, one in listed:
            assert one.terms is not None
            stage.committee.list_instrument(oracle, slot, one.listing, one.terms.hash, anybody)
            bar.advance(task)
    chapter.claim(
        f"{len(listed)} instruments listed: the hash of the terms of each is on L1, signed by three members",
        all(oracle.terms(slot, one.listing) == one.terms.hash for slot, one in listed if one.terms is not None),
    )
    stage.chain.move_to(calm.time)
    alone = stage.committee.table(oracle, posted(calm, tables[0]), count=1)
    lone = oracle.post_table(encoding.signed_table_of(alone))
    claim_refused(chapter, "a table that one member signed is refused", lone, anybody, "TooFewSigners")
    gas = [_post(stage, inputs, table) for inputs, table in zip((calm, crashed), tables, strict=True)]
    stands = [oracle.posted_table(epoch).risk_root for epoch in (1, 2)] == [table.root for table in tables]
    chapter.claim("the tables before and after the crash are posted, signed by three of three", stands)
    chapter.note(f"{gas[0]:,} gas for the first, {gas[1]:,} for the next")
    chapter.figure("table gas", gas[1])


def _post(stage: Stage, inputs: Inputs, table: RiskTable) -> int:
    """Not before its time: the chain takes no table from the future."""
    if stage.chain.now < inputs.time:
        stage.chain.move_to(inputs.time)
    oracle = stage.system.oracle
    signed = stage.committee.table(oracle, posted(inputs, table))
    receipt: TxReceipt = oracle.post_table(encoding.signed_table_of(signed)).send(stage.anybody)
    return int(receipt["gasUsed"])


def _gas(chain: LocalChain, transaction: str) -> int:
    return int(chain.web3.eth.get_transaction_receipt(transaction)["gasUsed"])  # type: ignore[arg-type]
