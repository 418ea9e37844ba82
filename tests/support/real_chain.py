"""
The whole of it on a real chain: the deployed contracts, the law's steps, and native proofs under the circuits' keys.

    with running_clearing() as clearing:
        clearing.register("alice", 50_000)             # on L1, under the L1 address that her owner hash names
        clearing.world.join("alice", 50_000, index=2, deposit=0)
        clearing.submit(clearing.batch())              # proven, sent, accepted

The system stands where `spec_values.CLEARING` says, so that the domain of every test's signatures is its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from eth_keys.datatypes import PrivateKey
from support.chain import running_chain
from support.deployed import account, order, tiny_plan
from support.proving import calculator, key_of, native_backend, proved_step
from support.settlement_tokens import COMMITTEE, COMMITTEE_KEYS, posted_table
from support.spec_builders import World
from support.spec_values import (
    CLEARING,
    FUND_TRADER,
    NOW,
    PARAMETERS,
    PERPETUAL,
    REVENUE_TRADER,
    Trader,
    table_of,
)
from support.twin_system import DEPLOYER
from web3 import Web3
from web3.types import TxReceipt

from prover.witness import Inputs
from rollup.chain import encoding
from rollup.chain.abi import NodeAccount, Transaction, address, encoded, selector
from rollup.chain.artifacts import TOKEN, artifacts
from rollup.chain.bindings import System
from rollup.chain.bindings.structs import Signers
from rollup.chain.deploy import deploy
from rollup.chain.plan import Genesis
from rollup.chain.record import Record
from rollup.spec.settlement import Batch, PostedStep, PostedTable, Settings, SignedTable
from rollup.spec.step import Applied, kind_of

__all__ = ["EPOCH", "RealClearing", "proof_for", "running_clearing"]

EPOCH = 1
"""Of the one table that everything here happens at."""

RICH = 10**6


class RealClearing:
    """A deployed system, the law's world beside it, and everybody who sends transactions."""

    def __init__(self, chain: Web3) -> None:
        self.chain = chain
        self.deployer = self.somebody(DEPLOYER)
        token = Transaction(chain, None, TOKEN, artifacts().contracts[TOKEN].creation, lambda _: None)
        made = token.send(account(chain, 0))
        roles = tiny_plan(chain).roles
        plan = tiny_plan(
            chain,
            token=made["contractAddress"],
            settings=Settings(minimum_deposit=100),
            parameters=PARAMETERS,
            genesis=Genesis(FUND_TRADER.owner.hash, REVENUE_TRADER.owner.hash),
            roles=replace(
                roles,
                committee=Signers(tuple(address(member) for member in COMMITTEE), 2),
                revenue_owner=address(REVENUE_TRADER.owner.l1_owner),
            ),
        )
        self.record: Record = deploy(chain, self.deployer, plan)
        assert int(self.record.parts.clearing, 16) == CLEARING
        self.system = System.at(chain, self.record.parts)
        self.operator = account(chain, 1)
        self.world = World(table_of(PERPETUAL))
        self.world.batch = 1
        self.proven = 0

    # -- everybody

    def somebody(self, who: int | str) -> NodeAccount:
        """Who has this L1 address, with ETH; the node plays along."""
        where = address(who)
        order(self.chain, "anvil_impersonateAccount", where)
        order(self.chain, "anvil_setBalance", where, hex(10**20))
        return NodeAccount(where)

    def owner(self, name: str) -> NodeAccount:
        """The L1 owner of a trader's account."""
        return self.somebody(Trader(name).owner.l1_owner)

    def register(self, name: str, amount: int) -> TxReceipt:
        """Queue a trader's first deposit."""
        owner = self.owner(name)
        for signature, target in (("mint(address,uint256)", owner.address), ("approve(address,uint256)", None)):
            data = selector(signature) + encoded(signature, [target or self.record.parts.vault, amount])
            Transaction(self.chain, address(self.record.token), signature, data, lambda _: None).send(owner)
        return self.system.deposits.register(Trader(name).owner.hash, amount).send(owner)

    def balance(self, who: str) -> int:
        """Tokens that somebody holds."""
        data = selector("balanceOf(address)") + encoded("(address)", [who])
        answer = self.chain.eth.call({"to": address(self.record.token), "data": data})
        return int.from_bytes(answer, "big")

    def wait_until(self, time: int) -> None:
        """The next block is of this time."""
        order(self.chain, "evm_setNextBlockTimestamp", time)
        order(self.chain, "evm_mine")

    # -- the committee

    def signed(self, digest: bytes) -> tuple[bytes, ...]:
        """By two of three, in ascending order."""
        made = [PrivateKey(secret).sign_msg_hash(digest) for secret in COMMITTEE_KEYS[:2]]
        return tuple(one.r.to_bytes(32, "big") + one.s.to_bytes(32, "big") + bytes([27 + one.v]) for one in made)

    def list_perpetual(self) -> None:
        """The instrument of slot 1."""
        terms = b"\x07" * 32
        digest = self.system.oracle.digest_of_listing(1, 1, terms)
        signatures = [encoding.signature_of(one) for one in self.signed(digest)]
        self.system.oracle.list_instrument(1, 1, terms, signatures).send(account(self.chain, 0))

    def table(self) -> PostedTable:
        return posted_table(self.world.table, EPOCH)

    def signed_table(self) -> SignedTable:
        """The world's table as the committee signs it: the digest is the contract's own."""
        digest = self.system.oracle.digest_of_table(encoding.table_of(self.table()))
        return SignedTable(self.table(), self.signed(digest))

    # -- batches

    def batch(self, *, tables: Sequence[SignedTable] = ()) -> Batch:
        """What the world did since the last batch, proven; the world begins the next one."""
        self.world.end_batch()
        steps, self.proven = self.world.history[self.proven :], len(self.world.history)
        first = steps[0]
        return Batch(
            number=first.step.frame.batch,
            state_before=first.before.root,
            steps=tuple(self.posted(applied) for applied in steps),
            words=tuple(word for applied in steps for word in applied.words),
            tables=tuple(tables),
        )

    def posted(self, applied: Applied) -> PostedStep:
        """A step with a native proof of it."""
        inputs = applied.public_inputs
        return PostedStep(
            kind=kind_of(applied.step.body),
            epoch=EPOCH,
            state_after=inputs["state_after"],
            suspense_after=inputs["suspense_after"],
            salt=inputs["salt"],
            data_commit=inputs["data_commit"],
            proof=proved_step(applied).proof,
        )

    def submit(self, batch: Batch) -> TxReceipt:
        return encoding.submission(self.system, batch).send(self.operator)


def proof_for(name: str, inputs: Inputs) -> object:
    """A native proof of a claim or attestation, in the tiny profile."""
    return native_backend().prove(key_of(name, "tiny"), calculator(name, "tiny").witness(inputs)).proof


@contextmanager
def running_clearing() -> Iterator[RealClearing]:
    """Shortly before the time of the tests' tables, so that they are young."""
    with running_chain("--timestamp", str(NOW - 3_000)) as chain:
        clearing = RealClearing(chain)
        clearing.list_perpetual()
        clearing.wait_until(NOW)
        yield clearing
