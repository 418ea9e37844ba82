"""
The model and the contracts side by side: a `Settlement` whose every call is made on a real chain as well.

Both accept or both refuse, and the contracts refuse with the error of the very rule that the model names. After every
call that is accepted the two have paid the same and remember the same, to the last record. Whoever uses a `Settlement`
can use this one: `clearings` makes the builders' clearings of it, so that each test of theirs is one of the contracts
too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ClassVar

from eth_abi.exceptions import EncodingError
from support import twin_calls as calls
from support.settlement_builders import Clearing, Trial
from support.settlement_tokens import ALICE, BOB, CAROL, KEYS, MALLORY, MEMBERS, PROVIDER, RELAYER
from support.spec_values import CHAIN_ID, NOW
from support.twin_bench import Bench
from support.twin_chain import RICH, Message, Refused, TwinChain, running_twin_chain
from support.twin_state import clocks, fee, prices, views
from support.twin_system import (
    SYSTEM,
    View,
    agrees,
    answer,
    approve,
    contract_address,
    mint,
    question,
    refusal_of,
    sent_by,
    transfers,
)
from support.twin_tokens import key_bytes

from rollup.chain.abi import Transaction
from rollup.spec.errors import Rejected
from rollup.spec.settlement import (
    Call,
    Deployment,
    Payment,
    PostedTable,
    Settlement,
    SetVerifier,
)
from rollup.spec.settlement.calls import Wei
from rollup.spec.types import Time

__all__ = ["TwinSettlement", "clearings", "running_bench"]

MILLIONS, ENDLESS = 1 << 200, (1 << 256) - 1
"""Tokens of everybody who deposits, and what the vault may take of them."""

BY_A_CONTRACT = (b"\0", b"\x60\0")
"""Programs that a caller may be."""

SHARE = 5
"""One of so many unchanged records is looked at after each call."""

PEOPLE = frozenset({0, ALICE, BOB, CAROL, MALLORY, PROVIDER, RELAYER, *MEMBERS})


@contextmanager
def clearings(bench: Bench) -> Iterator[None]:
    """Clearings that are built meanwhile are of twins."""
    former, TwinSettlement.bench = Clearing.contract_of, bench
    Clearing.contract_of = TwinSettlement
    try:
        yield
        bench.finish()
    finally:
        bench.alive = None
        Clearing.contract_of = former


@contextmanager
def running_bench() -> Iterator[Bench]:
    """A chain that begins before the tests' time."""
    with running_twin_chain(CHAIN_ID, NOW - 1) as chain:
        yield Bench(chain)


def on_both(translate: Callable[..., Transaction[Any]]) -> Callable[..., Any]:
    """A call of the model, and its translation for the chain."""
    name = translate.__name__
    model = getattr(Settlement, name)

    @wraps(model)
    def transaction(self: TwinSettlement, call: Call, *arguments: Any) -> Any:
        self.prepare(name, call, *arguments)
        try:
            said = sent_by(call.sender, translate(call, *arguments))
        except (EncodingError, OverflowError, ValueError):
            said = None
        free = calls.unlike_the_model(self.deployment, *arguments)
        try:
            result = model(self, call, *arguments)
        except Rejected as refused:
            self.both_refuse(name, call, said, refused.rule, free)
            raise
        assert said is not None, f"the model accepts a {name} that no calldata carries"
        self.both_accept(name, call, said, result)
        return result

    return transaction


class TwinSettlement(Trial):
    """One system in two forms."""

    bench: ClassVar[Bench]

    def __init__(self, deployment: Deployment) -> None:
        super().__init__(deployment)
        self.people = set(PEOPLE | {deployment.operator, deployment.guardian, deployment.revenue_owner})
        self.depositors: set[int] = set()
        self.keys = {(kind, key) for kind, key in KEYS.items()}
        self.now = deployment.time
        self.agreed: dict[tuple[Any, ...], View] = {}
        self.turn = 0
        self.bench.put(self)
        self.agree(deployment.time)

    @property
    def chain(self) -> TwinChain:
        assert self.bench.alive is self, "another system stands in the place of this one"
        return self.bench.chain

    register = on_both(calls.register)
    top_up = on_both(calls.top_up)
    refund = on_both(calls.refund)
    pull = on_both(calls.pull)
    push = on_both(calls.push)
    pull_fee = on_both(calls.pull_fee)
    donate = on_both(calls.donate)
    request_pay = on_both(calls.request_pay)
    request_close = on_both(calls.request_close)
    list_instrument = on_both(calls.list_instrument)
    post_table = on_both(calls.post_table)
    submit_batch = on_both(calls.submit_batch)
    scan = on_both(calls.scan)
    attest = on_both(calls.attest)
    propose = on_both(calls.propose)
    approve = on_both(calls.approve)
    oppose = on_both(calls.oppose)
    execute = on_both(calls.execute)
    pause = on_both(calls.pause)
    unpause = on_both(calls.unpause)
    publish_association = on_both(calls.publish_association)
    withdraw = on_both(calls.withdraw)
    freeze = on_both(calls.freeze)
    escape = on_both(calls.escape)
    close_window = on_both(calls.close_window)
    pay_claim = on_both(calls.pay_claim)
    pay_note = on_both(calls.pay_note)

    # -- reads

    def forced_fee(self) -> Wei:
        self.compare([fee(self.storage)])
        return super().forced_fee()

    def gate_is_open(self, now: Time) -> bool:
        self.compare(clocks(self.storage, now), now)
        return super().gate_is_open(now)

    def overdue(self, now: Time) -> tuple[str, ...]:
        self.compare(clocks(self.storage, now), now)
        return super().overdue(now)

    def escape_prices(self) -> PostedTable | None:
        self.compare([prices(self.storage)])
        return super().escape_prices()

    @contextmanager
    def undone(self) -> Iterator[None]:
        mark, now = self.chain.mark(), self.now
        known = set(self.depositors), set(self.keys), dict(self.agreed)
        with super().undone():
            yield
        self.chain.go_back(mark)
        self.now, (self.depositors, self.keys, self.agreed) = now, known

    # -- what every call goes through

    def prepare(self, name: str, call: Call, *arguments: Any) -> None:
        """What a call of the model takes for granted: tokens, and keys that somebody has published."""
        self.people.add(call.sender)
        self.chain.enter(call.block)
        if name in ("register", "top_up") and call.sender not in self.depositors:
            given = mint(call.sender, MILLIONS), approve(contract_address("vault"), ENDLESS)
            self.chain.mine([sent_by(call.sender, one) for one in given], call.time)
            self.depositors.add(call.sender)
        match arguments:
            case (SetVerifier(kind, key),) if key and (kind, key) not in self.keys:
                published = SYSTEM.verifiers.publish(key_bytes(kind, key))
                self.chain.mine([sent_by(call.sender, published)], call.time)
                self.keys.add((kind, key))

    def both_refuse(self, name: str, call: Call, said: Message | None, rule: str, free: frozenset[str]) -> None:
        """The contract refuses what the model refused, by the same rule; so there is nothing to send."""
        if said is None:
            self.bench.unsaid[name, rule] += 1
            return
        self.bench.refusals[name, rule] += 1
        for code in (b"",) if call.direct else BY_A_CONTRACT:
            try:
                self.chain.attempt(said, call.time, number=self._block_of(name), code=code)
                found = "nothing"
            except Refused as reverted:
                found = refusal_of(reverted.data)
            same = found == rule or {found, rule} <= free
            assert same, f"{name}: the model refuses by {rule}, the contract by {found}"

    def both_accept(self, name: str, call: Call, said: Message, result: Any) -> None:
        """The contract accepts it too, returns and pays the same, and remembers the same."""
        try:
            returned = self.chain.attempt(said, call.time, number=self._block_of(name))
        except Refused as reverted:
            found = refusal_of(reverted.data)
            raise AssertionError(f"{name}: the model accepts what the contract refuses by {found}") from reverted
        before = self.chain.balance(contract_address("forced"))
        alone = not name.startswith("request")
        receipt = self.chain.mine([said], call.time)[0] if alone else self.chain.mine_together(said, call.time)
        payments = [one for one in (result if isinstance(result, tuple) else (result,)) if isinstance(one, Payment)]
        paid = [(one.to, one.amount) for one in payments if one.amount]
        assert transfers(receipt) == paid, f"{name}: {transfers(receipt)} were paid and not {paid}"
        if isinstance(result, int) or name in ("pull", "push"):
            expected = result if isinstance(result, int) else result.amount
            assert int.from_bytes(returned, "big") == expected, f"{name} returns {returned.hex()} and not {expected}"
        held = self.chain.balance(contract_address("forced"))
        if alone or len(self.chain.sent) == 1:
            assert self.chain.balance(call.sender) == RICH + before - held, f"{name}: wei went elsewhere"
        assert held == self.storage.fees_held + self.storage.fees_burnt
        self.people.update(to for to, _ in paid)
        self.bench.accepted[name] += 1
        self.agree(call.time)

    def agree(self, now: Time) -> None:
        """
        Both remember the same.

        What the model has not changed since it was last compared is asked about in turn, and all of it at the end.
        """
        self.now = now
        asked, same = [], []
        for view in views(self.storage, self.people, now):
            (same if self.agreed.get(view.question) == view else asked).append(view)
        self.turn += 1
        self.compare(asked + same[self.turn % SHARE :: SHARE])
        self.agreed.update((view.question, view) for view in asked)

    def compare(self, asked: Any, now: Time | None = None) -> None:
        """What the contract answers, now or at another time than that of its newest block."""
        questions = list(asked)
        answers = self.chain.read([question(*view.question) for view in questions], now)
        self.bench.compared += len(questions)
        for view, data in zip(questions, answers, strict=True):
            assert data, f"{view} is not answered at all"
            found = answer(view.part, view.function, data)
            assert agrees(view.expected, found), f"{view} is {found} on the chain"

    def _block_of(self, name: str) -> int | None:
        """The block that a call would be in: requests share the model's, anything else gets its own."""
        return self.chain.height + 1 if name.startswith("request") else None
