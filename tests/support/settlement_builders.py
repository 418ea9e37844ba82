"""
A small chain to test the contract's model on: a clock, tables, steps, and everybody who calls.

Steps come in two ways: claimed, with whatever words and roots a test wants to see refused or followed, and `posted`,
from real steps of `spec_builders.World`. What L1 computes of a step is computed here once more, and put into a token
that stands for the proof; `claims` makes it a proof of something else.

    chain = Clearing()
    number = chain.register(ALICE, 5_000)
    chain.batch(chain.step(headers=[chain.deposit(number)]))
    with chain.refuses("L1-70"):
        chain.batch(chain.step(headers=[chain.deposit(number)]))
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

import pytest
from support.settlement_tokens import (
    ALICE,
    ANYONE,
    COMMITTEE,
    KEYS,
    MEMBERS,
    OPERATOR,
    PROVIDER,
    RELAYER,
    Proof,
    Signature,
    deployment,
    posted_table,
)
from support.spec_values import DOMAIN, PERPETUAL, TINY, Instrument, element, table_of

from rollup.spec.data import encode, evaluate
from rollup.spec.errors import Rejected
from rollup.spec.hashes import keccak, keccak_to_field
from rollup.spec.settlement import (
    Attestation,
    Batch,
    Call,
    Change,
    Deployment,
    DepositStatus,
    Escape,
    Payment,
    PostedStep,
    PostedTable,
    ProofKind,
    Settings,
    Settlement,
    SignedTable,
    Withdrawal,
    context_of,
    listing_digest,
    table_digest,
)
from rollup.spec.settlement.headers import word_count
from rollup.spec.shared import PUBLIC_INPUTS, Header, StepKind
from rollup.spec.step import Applied, kind_of
from rollup.spec.words import pack


def point(batch: int, place: int, kind: int, words: Sequence[int], data_commit: int) -> dict[str, int]:
    """Where L1 evaluates the words of a step, and what it gets."""
    z = keccak_to_field(encode([DOMAIN, batch, place, kind, data_commit]) + keccak(encode(words)))
    return {"z": z, "y": evaluate(words, z)}


def shown(key: int, inputs: Mapping[str, int]) -> Proof:
    """A proof of a step with these public inputs."""
    return Proof(key, tuple(inputs[name] for name in PUBLIC_INPUTS["step"]))


class Trial(Settlement):
    """The model, and calls of it that are only tried."""

    @contextmanager
    def undone(self) -> Iterator[None]:
        """What is called inside has not happened afterwards."""
        kept = self.storage.checkpoint()
        yield
        self.storage = kept


class Clearing:
    """A deployed settlement, and everybody who talks to it."""

    contract_of: ClassVar[Callable[[Deployment], Trial]] = Trial
    """What is built; `settlement_twin` puts the contracts on a chain beside the model here."""

    def __init__(self, settings: Settings | None = None, *, listed: Sequence[int] = (1,), **changes: Any) -> None:
        self.contract = type(self).contract_of(deployment(settings, **changes))
        self.now, self.block = self.contract.deployment.time, 1
        self.epoch = self.attempts = 0
        self.patience = 60  # Seconds for which batches go on using a table.
        for slot in listed:
            self.list(slot, 1)

    @property
    def storage(self) -> Any:
        return self.contract.storage

    # -- the chain

    def call(self, sender: int = ANYONE, value: int = 0, *, direct: bool = True) -> Call:
        return Call(sender, self.now, self.block, value, direct)

    def wait(self, seconds: int = 12) -> None:
        self.now += seconds
        self.block += 1

    @contextmanager
    def refuses(self, rule: str) -> Iterator[None]:
        """The block is refused by this very rule, with the offending value, and storage is as it was."""
        before = self.storage.checkpoint()
        with pytest.raises(Rejected) as caught:
            yield
        assert caught.value.rule == rule, f"expected {rule}, was {caught.value}"
        assert caught.value.value is not None, f"{caught.value} keeps no value"
        assert self.storage == before

    # -- the committee

    def sign(self, digest: bytes, signers: Sequence[int] = COMMITTEE[:2]) -> tuple[Signature, ...]:
        return tuple(Signature(signer, digest) for signer in signers)

    def list(self, slot: int, listing: int, terms: int = 0x7E4) -> None:
        digest = listing_digest(self.contract.deployment, slot, listing, terms)
        self.contract.list_instrument(self.call(), slot, listing, terms, self.sign(digest))

    def signed(self, table: PostedTable, signers: Sequence[int] = COMMITTEE[:2]) -> SignedTable:
        return SignedTable(table, self.sign(table_digest(self.contract.deployment, table), signers))

    def table(self, *instruments: Instrument | None, epoch: int | None = None, time: int | None = None) -> PostedTable:
        """A real table of these instruments, now, under the next epoch."""
        self.epoch = self.epoch + 1 if epoch is None else epoch
        risk_table = table_of(*(instruments or (PERPETUAL,)), time=self.now if time is None else time)
        return posted_table(risk_table, self.epoch)

    def post(self, table: PostedTable | None = None) -> PostedTable:
        """Post a table; the one that steps use from then on."""
        table = table or self.table()
        self.contract.post_table(self.call(), self.signed(table))
        return table

    # -- the operator

    def step(
        self, kind: StepKind = StepKind.FUNDS, headers: Sequence[Sequence[int]] = (), **parts: Any
    ) -> dict[str, Any]:
        """
        A step to claim: `headers` are (header, aux, text) of its operations, or headers of accounts in a liquidate
        step.

        `parts` replace what is posted: `state_after`, `suspense_after`, `salt`, `data_commit`, `epoch` or `table`, and
        `words`. `key` is the one that the proof is for, `claims` are public inputs that it shows instead of those that
        L1 computes.
        """
        return {"kind": kind, "headers": headers, **parts}

    def words(self, kind: StepKind, headers: Sequence[Sequence[int]]) -> tuple[int, ...]:
        """Words of a step with these headers and nothing readable in the rest."""
        self.attempts += 1
        words = [element("word", self.attempts, place) for place in range(word_count(TINY, kind))]
        decoy = (pack("header", kind=Header.INTERNAL, index=1), 5, 6)
        if kind is StepKind.FUNDS:
            for place in range(TINY.operations):
                at = 1 + 4 * place
                words[at], words[at + 1], words[at + 3] = headers[place] if place < len(headers) else decoy
        elif kind is StepKind.LIQUIDATE:
            first = 2 + 1 + TINY.legs
            for place in range(TINY.liquidations):
                words[first + place * (2 + TINY.legs)] = headers[place][0] if place < len(headers) else 0
        return tuple(words)

    def batch_of(self, *steps: dict[str, Any], **parts: Any) -> Batch:
        """A batch of claimed steps with everything right that they do not say; at the newest table, or a new one."""
        storage = self.storage
        newest = storage.tables.get(storage.newest_epoch)
        tables = parts.pop("tables", ())
        if newest is None or newest.time < self.now - self.patience:
            newest = self.table() if not tables else tables[-1].table
            tables = tables or (self.signed(newest),)
        number = parts.pop("number", storage.batches + 1)
        root, suspense = storage.latest_root, storage.deployment.settled
        batch_words: tuple[int, ...] = ()
        posted = []
        for place, said in enumerate(steps or (self.step(),)):
            kind, table = said["kind"], said.get("table", newest)
            words = said["words"] if "words" in said else self.words(kind, said["headers"])
            sent = {
                "epoch": table.epoch,
                "state_after": element("root", number, place, self.attempts),
                "suspense_after": storage.deployment.settled,
                "salt": element("salt", number, place),
                "data_commit": element("commitment", words),
            }
            sent |= {name: said[name] for name in sent if name in said}
            assert said.keys() <= {"kind", "headers", "table", "words", "key", "claims", *sent}, "a part misspelt"
            inputs = {
                **sent,
                "domain": DOMAIN,
                "state_before": root,
                "suspense_before": suspense,
                "risk_root": table.risk_root,
                "params_hash": storage.parameters[-1][1],
                "time": table.time,
                **point(number, place, kind, words, sent["data_commit"]),
            }
            key = said.get("key", storage.verifiers[ProofKind(kind)])
            posted.append(PostedStep(kind, **sent, proof=shown(key, inputs | said.get("claims", {}))))
            root, suspense, batch_words = sent["state_after"], sent["suspense_after"], batch_words + words
        whole = {"state_before": storage.latest_root, "words": batch_words, "tables": tables} | parts
        return Batch(number, steps=tuple(posted), **whole)

    def batch(self, *steps: dict[str, Any], **parts: Any) -> Batch:
        """Submit such a batch."""
        batch = self.batch_of(*steps, **parts)
        self.submit(batch)
        return batch

    def submit(self, batch: Batch, sender: int = OPERATOR, *, direct: bool = True) -> None:
        self.contract.submit_batch(self.call(sender, direct=direct), batch)

    def posted(self, *applied: Applied, **claims: int) -> Batch:
        """The batch of these real steps, with proofs of them; `claims` as in `step`, for the last."""
        steps = []
        for one in applied:
            inputs, kind = one.public_inputs, kind_of(one.step.body)
            sent = {name: inputs[name] for name in ("state_after", "suspense_after", "salt", "data_commit")}
            proof = shown(KEYS[ProofKind(kind)], {**inputs, **(claims if one is applied[-1] else {})})
            steps.append(PostedStep(kind, self.storage.epochs[inputs["risk_root"]], **sent, proof=proof))
        words = tuple(word for one in applied for word in one.words)
        first = applied[0]
        return Batch(first.step.frame.batch, first.public_inputs["state_before"], tuple(steps), words)

    # -- headers

    def index_due(self, number: int, rejected: Sequence[int] = ()) -> int:
        """
        The account of a queued deposit, once a batch consumes all of the queue up to it but what it rejects.

        A registration gets its index only then: the next one, after those of the registrations ahead of it.
        """
        queue = self.storage.deposits
        if not queue[number].owner_hash:
            return int(queue[number].index)
        before = [queue[each] for each in range(self.storage.next_deposit, number) if each not in rejected]
        ahead = [one for one in before if one.owner_hash and one.status is DepositStatus.QUEUED]
        return int(self.storage.next_index) + len(ahead)

    def deposit(self, number: int, rejected: Sequence[int] = (), **parts: int) -> tuple[int, int, int]:
        """The operation that consumes a queued deposit; `rejected` is what its batch rejects."""
        found = self.storage.deposits[number]
        aux, text = parts.pop("aux", found.owner_hash), parts.pop("text", found.depositor if found.owner_hash else 9)
        said = {"index": self.index_due(number, rejected), "amount": found.amount, "request": number} | parts
        return pack("header", kind=Header.DEPOSIT, **said), aux, text

    def withdrawal(self, index: int, amount: int, to: int) -> tuple[int, int, int]:
        return pack("header", kind=Header.WITHDRAW, index=index, amount=amount), to, 7

    def forced(self, number: int, index: int, paid: int, asked: int) -> tuple[int, int, int]:
        return pack("header", kind=Header.FORCED, index=index, amount=paid, request=number), asked, 8

    def closed(self, number: int, index: int, paid: int) -> tuple[int]:
        return (pack("header", kind=Header.CLOSE, index=index, amount=paid, request=number),)

    # -- everybody

    def register(self, sender: int = ALICE, amount: int = 5_000, owner_hash: int | None = None) -> int:
        return self.contract.register(self.call(sender), owner_hash or element("owner", sender), amount)

    def member(self, sender: int = ALICE, amount: int = 5_000) -> int:
        """An account registered and consumed; returns its index."""
        number = self.register(sender, amount)
        self.batch(self.step(headers=[self.deposit(number)]))
        return int(self.storage.deposits[number].index)

    def vouch(self, root: int) -> None:
        """A provider publishes an association root."""
        self.contract.publish_association(self.call(PROVIDER), root)

    def attest(self, root: int | None = None, empty: Sequence[int] = (), **parts: Any) -> None:
        """Attest a batch-end root, the latest by default, at its table."""
        root = self.storage.latest_root if root is None else root
        risk_root = parts.pop("risk_root", self.storage.roots[root].risk_root if root in self.storage.roots else 0)
        failed = 0 if parts.pop("valid", True) else 1
        slots = sum(1 << slot for slot in empty)
        said = {"accounts": 2, "failed": failed, "balanced": True, "fund_solvent": True, "custody_commit": 5, **parts}
        proofs = said.pop("proofs", None)
        attestation = Attestation(root, risk_root, empty_slots=slots, **said)
        self.contract.attest(self.call(), attestation, self.shown(attestation) if proofs is None else proofs)

    @staticmethod
    def shown(attestation: Attestation) -> list[Proof]:
        """A proof of each part of a scan."""
        return [Proof(KEYS[ProofKind.SOLVENCY], one.inputs) for one in attestation.statements(DOMAIN)]

    def voucher(self, amount: int, recipient: int, name: object = 0, **parts: Any) -> Withdrawal:
        """A claim to a note of the latest root; public form unless `association_root` is given."""
        relayer, fee = parts.pop("relayer", 0), parts.pop("fee", 0)
        said = {
            "state_root": self.storage.latest_root,
            "nullifier_hash": element("nullifier", name),
            "amount": amount,
            "association_root": 0,
            "label": 0,
            "context": context_of(recipient, relayer, fee),
        } | parts
        return Withdrawal(recipient=recipient, relayer=relayer, fee=fee, **said)

    def withdraw(self, claim: Withdrawal, *, proof: object = None) -> tuple[Payment, ...]:
        proof = proof or Proof(KEYS[ProofKind.WITHDRAW], claim.inputs(DOMAIN))
        return self.contract.withdraw(self.call(RELAYER), claim, proof)

    def escape(self, index: int, owner: int, claim: int, *, proof: object = None, **parts: Any) -> tuple[Payment, ...]:
        prices = self.contract.escape_prices()
        said = {
            "state_root": self.storage.latest_root,
            "risk_root": prices.risk_root if prices else 0,
            "index": index,
            "l1_owner": owner,
            "claim": claim,
        } | parts
        escape = Escape(**said)
        proof = proof or Proof(KEYS[ProofKind.ESCAPE], escape.inputs(DOMAIN))
        return self.contract.escape(self.call(), escape, proof)

    def decide(self, change: Change) -> int:
        """Propose and approve; the timelock runs."""
        number = self.contract.propose(self.call(MEMBERS[0]), change)
        self.contract.approve(self.call(MEMBERS[1]), number)
        return number

    def enact(self, change: Change) -> None:
        """Decide a change and carry it out when it is due, with batches and attestations so that nothing freezes."""
        number = self.decide(change)
        due = self.now + self.contract.deployment.settings.timelock
        while self.now < due:
            self.wait(min(86_400, due - self.now))
            self.batch()
            self.attest()
        self.contract.execute(self.call(), number)

    def freeze(self) -> None:
        """Wait until no batch has come for too long, and freeze."""
        self.wait(self.storage.batch_time + self.contract.deployment.settings.liveness_deadline + 1 - self.now)
        self.contract.freeze(self.call())

    def open_claims(self) -> None:
        self.wait(self.storage.frozen_at + self.contract.deployment.settings.claim_delay - self.now)

    def end_window(self) -> None:
        settings = self.contract.deployment.settings
        self.wait(self.storage.frozen_at + settings.claim_delay + settings.claim_window - self.now)
