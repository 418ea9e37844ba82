"""
The poster: batches on their way to L1, one transaction each, however often it is killed on the way.

It keeps no state of its own. Each turn looks at L1, at the account's nonce and at its notes, and does the one thing
that follows: nothing, when L1 has the batch; send what the notes have, when it is nowhere; note a new envelope down and
then send it, when none can still be mined. So a restart, a reorganisation and an ordinary day are one path.

L1 takes a batch once, whoever sends it how often; what the notes save is the gas of a second transaction, and that an
older version of a batch is mined after a newer one was sealed: both have the same account nonce.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Protocol

from hexbytes import HexBytes
from web3.exceptions import TransactionNotFound, Web3RPCError
from web3.types import BlockData, TxParams, TxReceipt

from rollup.chain import encoding
from rollup.chain.abi import Sender, Transaction, refusals
from rollup.chain.bindings import System
from rollup.chain.bindings.clearing import BatchAccepted, BatchEnd
from rollup.chain.envelope import Envelope, Fee, calldata_floor, fee_now, seal, transmit, waits
from rollup.chain.errors import ForeignBatch, NotSettledYet, NotTheNextBatch, PostingFailed, Reverted, TooMuchGas
from rollup.spec.hashes import keccak
from rollup.spec.settlement import Batch
from rollup.spec.types import FieldElement

__all__ = ["PostNotes", "Poster", "Settled", "Terms"]

SPARE_GAS: Final = 5
"""A fifth more than estimated: state moves between estimate and block."""

LOOKS: Final = 3
"""At L1, until what contradicts a batch is believed."""

ROOM: Final = 4
"""A batch is tried with as many times the gas that it may take."""


class PostNotes(Protocol):
    """Notes that outlive the process; `rollup.chain.notes_db` keeps them in a file."""

    def intent(self, batch: int) -> Envelope | None:
        """What was sealed last for a batch."""
        ...

    def keep(self, batch: int, intent: Envelope) -> None:
        """Must be durable when it returns."""
        ...

    def close(self) -> None:
        """Let go of them."""
        ...


@dataclass(frozen=True, slots=True)
class Terms:
    """When a batch counts as settled, what it may cost, and how long to wait for it."""

    confirmations: int = 0
    """Blocks on top of the one that accepted it."""
    raise_after: int = 3
    """Blocks without it until the fee is raised."""
    most_gas: int = 1 << 24
    """Ethereum takes no transaction of more gas: EIP-7825."""
    most_fee: int = 500 * 10**9
    """Wei of gas price that are never exceeded; the batch waits for better times."""
    refusals: int = 3
    """Of one transaction by the node, one after the other, until that is an error."""
    turns: int = 3_000
    """Until `post` gives up waiting."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A batch that L1 has accepted, and what that cost."""

    number: int
    root: FieldElement
    block: int
    transaction: bytes
    gas_used: int
    calldata_bytes: int
    floor_gas: int
    """Of the calldata alone: it is paid even where execution costs less."""


class Poster:
    """Posts the batches of one system from one account, which should post nothing else meanwhile."""

    def __init__(
        self,
        system: System,
        sender: Sender,
        notes: PostNotes,
        terms: Terms | None = None,
        *,
        pause: Callable[[], None] = lambda: time.sleep(0.2),
        step: Callable[[str], None] = lambda name: None,
    ) -> None:
        """`pause` passes the time between two turns; `step` is told before each thing that is done."""
        self.system, self.sender, self.notes, self.terms = system, sender, notes, terms or Terms()
        self.chain, self.place = system.clearing.chain, system.clearing.address
        self.pause, self.step = pause, step
        self._sent: set[bytes] = set()
        self._refused = 0

    def post(self, batch: Batch) -> Settled:
        """Bring a batch to L1 and wait until it is settled; safe at any time, also for one that is settled already."""
        for turn in range(self.terms.turns):
            if turn:
                self.pause()
            # On a chain that mines at once the second look finds it.
            settled = self.advance(batch) or self.settled(batch)
            if settled is not None:
                return settled
        raise NotSettledYet(batch.number, self._why(batch))

    def advance(self, batch: Batch) -> Settled | None:
        """One turn: look, and do what follows; None while there is something to wait for."""
        self.step("look")
        if self._end(batch) is not None:
            return self.settled(batch)
        transaction = encoding.submission(self.system, batch)
        used = self.chain.eth.get_transaction_count(self.sender.address, "latest")
        intent = self.notes.intent(batch.number)
        if intent is None or intent.nonce < used:
            self._begin(batch, transaction, intent, used)
        elif intent.data_hash != keccak(transaction.data):
            self._replace(batch, transaction, intent)
        elif not waits(self.chain, self.sender, intent):
            # Lost, or never sent; where a node refused it, for a fee too low for now or for the place of another one.
            dear = self.chain.eth.gas_price > intent.fee.most
            if (dear or self._refused) and self._may_raise(intent):
                self._replace(batch, transaction, intent)
            elif not dear:
                self._send(batch, transaction, intent)
        elif self.chain.eth.block_number - intent.block >= self.terms.raise_after and self._may_raise(intent):
            self._replace(batch, transaction, intent)
        return None

    def settled(self, batch: Batch) -> Settled | None:
        """The batch as L1 has it; None while it has it not, or not deep enough."""
        end = self._end(batch)
        receipt = None if end is None else self._receipt(batch, end)
        if receipt is None or self.chain.eth.block_number - receipt["blockNumber"] < self.terms.confirmations:
            return None
        try:
            data = bytes(self.chain.eth.get_transaction(receipt["transactionHash"])["input"])
        except TransactionNotFound:  # undone this very moment
            return None
        return Settled(
            number=batch.number,
            root=_root(batch),
            block=receipt["blockNumber"],
            transaction=bytes(receipt["transactionHash"]),
            gas_used=receipt["gasUsed"],
            calldata_bytes=len(data),
            floor_gas=calldata_floor(data),
        )

    # -- what L1 has

    def _end(self, batch: Batch) -> BatchEnd | None:
        """How L1 knows the batch; None when it is the next to come, and an error when it is neither."""
        for _ in range(LOOKS - 1):
            try:
                return self._look(batch)
            except PostingFailed:
                continue  # A node that mines meanwhile, or gives a chain up, may have answered of two blocks.
        return self._look(batch)

    def _look(self, batch: Batch) -> BatchEnd | None:
        ours, height, clearing = _root(batch), self.chain.eth.block_number, self.system.clearing
        batches = clearing.batches(block=height)
        latest = clearing.latest_root(block=height)
        end = clearing.batch_end(ours, block=height)
        if batches >= batch.number and end.number == batch.number:
            return end
        if batches >= batch.number:
            raise ForeignBatch(batch.number, ours, latest if batches == batch.number else None)
        if batches < batch.number - 1:
            raise NotTheNextBatch(batch.number, batches)
        if latest != batch.state_before:
            raise ForeignBatch(batches, batch.state_before, latest)
        return None

    def _receipt(self, batch: Batch, end: BatchEnd) -> TxReceipt | None:
        """Of the transaction that brought it: the one in the notes, or whichever logged it."""
        intent = self.notes.intent(batch.number)
        if intent is not None and (receipt := self._receipt_of(intent.hash)) is not None and receipt["status"] == 1:
            return receipt
        for logged in self.system.clearing.events(*self._blocks_of(end.time)):
            if isinstance(logged.event, BatchAccepted) and logged.event.number == batch.number:
                return self._receipt_of(logged.transaction)
        return None

    def _blocks_of(self, when: int) -> tuple[int, int]:
        """First and last block of a time."""
        latest = self.chain.eth.block_number
        return self._first_after(when - 1, latest), max(self._first_after(when, latest) - 1, 0)

    def _first_after(self, when: int, latest: int) -> int:
        """The first block later than a time; one past the latest when none is."""
        low, high = 0, latest + 1
        while low < high:
            middle = (low + high) // 2
            found: BlockData = self.chain.eth.get_block(middle)
            low, high = (low, middle) if found["timestamp"] > when else (middle + 1, high)
        return low

    def _receipt_of(self, transaction: bytes) -> TxReceipt | None:
        try:
            return self.chain.eth.get_transaction_receipt(HexBytes(transaction)) if transaction else None
        except TransactionNotFound:
            return None

    # -- what is sent

    def _begin(self, batch: Batch, transaction: Transaction[None], spent: Envelope | None, nonce: int) -> None:
        """Seal the first envelope, or one after an older one was mined in vain: with the next nonce of the account."""
        if spent is not None and self._is_news(transaction, spent):
            return
        if self.chain.eth.get_transaction_count(self.sender.address, "pending") > nonce:
            return  # Something of this account waits: this batch perhaps, sent before the notes were lost.
        if self.chain.eth.gas_price > self.terms.most_fee:
            return
        gas = self._tried(batch, transaction)
        if gas is None:
            return
        fee = fee_now(self.chain, self.terms.most_fee)
        self._seal(batch, transaction, Envelope(nonce, gas, fee, keccak(transaction.data), self.chain.eth.block_number))

    def _replace(self, batch: Batch, transaction: Transaction[None], intent: Envelope) -> None:
        """Another envelope of the same nonce, for which the node gives the first one up."""
        fee = intent.fee.raised(fee_now(self.chain, self.terms.most_fee)).within(self.terms.most_fee)
        same = intent.data_hash == keccak(transaction.data)
        gas = intent.gas if same else self._tried(batch, transaction)
        if gas is None:
            return
        sealed = Envelope(intent.nonce, gas, fee, keccak(transaction.data), self.chain.eth.block_number)
        self._seal(batch, transaction, sealed)

    def _may_raise(self, intent: Envelope) -> bool:
        """Whether the fee of what takes its place is within the terms."""
        return intent.fee.raised(Fee(0, 0)).most <= self.terms.most_fee

    def _seal(self, batch: Batch, transaction: Transaction[None], envelope: Envelope) -> None:
        self.step("sign")
        sealed = seal(self.chain, self.sender, self.place, transaction.data, envelope)
        self.step("keep")
        self.notes.keep(batch.number, sealed)
        self._send(batch, transaction, sealed)

    def _send(self, batch: Batch, transaction: Transaction[None], intent: Envelope) -> None:
        """Send what is noted down; a node that refuses it may have it already, or know better soon."""
        self.step("send")
        try:
            sent = transmit(self.chain, self.sender, self.place, transaction.data, intent)
        except Web3RPCError as error:
            self._refused += 1
            if self._refused >= self.terms.refusals and not waits(self.chain, self.sender, intent):
                self._refused = 0
                raise Reverted(transaction.name, None, b"", error.message) from error
            return
        self._refused = 0
        self._sent.add(sent.hash)
        self.step("sent")
        if sent.hash != intent.hash:
            self.notes.keep(batch.number, replace(intent, hash=sent.hash))

    def _tried(self, batch: Batch, transaction: Transaction[None]) -> int | None:
        """Gas that it gets; None when it is refused because L1 has taken it since the turn began."""
        self.step("try")
        try:
            return self._gas(batch, transaction)
        except (Reverted, TooMuchGas):
            if self._end(batch) is not None:
                return None
            raise

    def _gas(self, batch: Batch, transaction: Transaction[None]) -> int:
        """Try it, so that a refusal costs nothing and comes with its rule; then gas with a reserve, or no room."""
        limit = min(self.terms.most_gas, self.chain.eth.get_block("latest")["gasLimit"])
        floor = calldata_floor(transaction.data)
        if floor > limit:
            raise TooMuchGas(batch.number, limit, floor)
        # With room to spare: out of gas in the middle of a proof looks like a proof that does not hold.
        room: TxParams = {
            "from": self.sender.address,
            "to": self.place,
            "data": HexBytes(transaction.data),
            "gas": ROOM * limit,
        }
        with refusals(transaction.name):
            self.chain.eth.call(room)
        try:
            with refusals(transaction.name):
                gas = self.chain.eth.estimate_gas(room)
        except Reverted as error:
            raise TooMuchGas(batch.number, limit) from error
        if gas > limit:
            raise TooMuchGas(batch.number, limit, gas)
        return min(gas + gas // SPARE_GAS, limit)

    def _is_news(self, transaction: Transaction[None], spent: Envelope) -> bool:
        """Whether the next turn knows more of an envelope whose nonce is used up. One that failed is told once."""
        receipt = self._receipt_of(spent.hash)
        if receipt is None:
            return bool(spent.hash) and waits(self.chain, self.sender, spent)
        if receipt["status"] == 1:
            return True
        if spent.hash in self._sent:
            self._sent.discard(spent.hash)
            transaction.call(self.sender, block=receipt["blockNumber"])
            raise Reverted(transaction.name, None, b"", "a failure in its block that a later call does not repeat")
        return False

    def _why(self, batch: Batch) -> str:
        """What a batch waits for."""
        intent = self.notes.intent(batch.number)
        used = self.chain.eth.get_transaction_count(self.sender.address, "latest")
        if self._end(batch) is not None:
            return f"L1 has it, but not yet {self.terms.confirmations} blocks deep"
        if self.chain.eth.gas_price > self.terms.most_fee:
            return f"gas costs {self.chain.eth.gas_price} wei, its terms allow {self.terms.most_fee}"
        if intent is None or intent.nonce < used:
            return f"other transactions of {self.sender.address} wait in the node from nonce {used} on"
        if intent.nonce > used:
            return f"its transaction has nonce {intent.nonce}, and {self.sender.address} has sent nothing with {used}"
        return f"its transaction 0x{intent.hash.hex()} waits in the node, at {intent.fee.most} wei a unit of gas"


def _root(batch: Batch) -> FieldElement:
    """Where a batch ends."""
    return batch.steps[-1].state_after
