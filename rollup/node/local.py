"""
A house on a chain of one's own: everything deployed, roles and keys at hand, one clock for market, sequencer and chain.

Nothing on it is worth anything, so keys may be known to everybody. What is real are the parts: contracts, proofs,
signatures, the journal. The clock is the chain's, and whoever plays on it moves it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from rollup.chain.abi import NodeAccount
from rollup.chain.bindings import System
from rollup.chain.committee import Committee
from rollup.chain.deploy import deploy
from rollup.chain.development import development_owner, local_plan
from rollup.chain.keys import CircuitKey
from rollup.chain.local import LocalChain, Token
from rollup.chain.notes_db import NotesFile
from rollup.chain.poster import Poster, Terms
from rollup.chain.record import Record
from rollup.exchange.commands import Command
from rollup.exchange.events import Event
from rollup.exchange.settings import Settings
from rollup.market.committee import Deployment
from rollup.market.defaults import default_governance
from rollup.market.simulator import Simulator
from rollup.node.house import House, Places, Policy, settings_for
from rollup.node.keeping import writing
from rollup.node.node import Node
from rollup.node.oracle import Oracle
from rollup.node.proving import Workshop
from rollup.spec.settlement.settings import Settings as Deadlines
from rollup.spec.shared import Profile
from rollup.spec.types import Time

__all__ = ["LocalHouse", "deploy_house"]

OPERATOR: Final = 1
"""Account of the node that operates; see `local_roles`."""

MEMBERS, THRESHOLD = 3, 2


@dataclass
class LocalHouse:
    """A deployed system on a local chain, and everybody's keys that it takes to run it."""

    chain: LocalChain
    record: Record
    committee: tuple[bytes, ...]
    """Private keys of the oracle's members."""
    now: Time

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
        """Without a role in batches."""
        return self.chain.account(3)

    @property
    def owners(self) -> House:
        """Of the two accounts that a system begins with."""
        return House(*(development_owner(name, self.record.roles.revenue_owner) for name in ("fund", "revenue")))

    def clock(self) -> Time:
        """The one clock."""
        return self.now

    def move_to(self, when: Time) -> None:
        """Time passes, for everybody; a chain that has come so far by itself is left alone."""
        if self.chain.now < when:
            self.chain.move_to(when)
        self.now = when

    def oracle(self, simulator: Simulator) -> Oracle:
        """The committee over a simulated market."""
        clearing = bytes.fromhex(self.record.parts.clearing[2:])
        deployment = Deployment(self.record.chain, clearing)
        return Oracle.simulated(
            self.committee, THRESHOLD, deployment, default_governance(), self.record.profile, simulator
        )

    def list_all(self, oracle: Oracle, advance: Callable[[], None] = lambda: None) -> None:
        """Bring the terms of everything that is traded to L1."""
        signers = Committee.of(self.committee, THRESHOLD)
        for one in oracle.listings():
            signers.list_instrument(self.system.oracle, one.slot, one.listing, one.terms, self.anybody)
            advance()

    def node(
        self,
        directory: Path,
        workshop: Workshop,
        settings: Settings | None = None,
        *,
        policy: Policy | None = None,
        terms: Terms | None = None,
        step: Callable[[str], None] = lambda name: None,
        listen: Callable[[Command, list[Event]], None] = lambda command, events: None,
        advance: Callable[[int, int], None] = lambda done, of: None,
    ) -> Node:
        """The operator's node on a directory."""
        with writing(directory):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        notes = NotesFile(Places(directory).posts, self.record.domain)
        poster = Poster(self.system, self.operator, notes, terms, step=step)
        try:
            return Node(
                Places(directory),
                self.record,
                self.owners,
                settings or settings_for(self.record),
                self.clock,
                workshop,
                poster,
                policy=policy,
                listen=listen,
                advance=advance,
            )
        except BaseException:
            notes.close()
            raise


def deploy_house(
    chain: LocalChain,
    profile: Profile,
    keys: tuple[CircuitKey, ...],
    deadlines: Deadlines | None = None,
    advance: Callable[[str], None] = lambda part: None,
) -> LocalHouse:
    """A system whose committee has fresh keys."""
    members = tuple(secrets.token_bytes(32) for _ in range(MEMBERS))
    plan = local_plan(chain.web3, profile, keys)
    roles = replace(plan.roles, committee=Committee.of(members, THRESHOLD).signers)
    plan = replace(plan, roles=roles, settings=deadlines or plan.settings)
    return LocalHouse(chain, deploy(chain.web3, chain.account(0), plan, advance), members, chain.now)
