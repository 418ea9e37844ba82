"""
Calls with several things wrong at once: model and contracts name the same one first, or both let the call pass.

Tests of single rules cannot see the order in which rules are checked, nor what one broken rule hides of another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.settlement_builders import Clearing
from support.settlement_tokens import ALICE, BOB, CAROL, COMMITTEE, GUARDIAN, MALLORY, OPERATOR, PROVIDER, Proof
from support.settlement_twin import clearings
from support.spec_values import PERPETUAL, Instrument, element
from support.twin_bench import Bench

from rollup.spec.errors import Rejected
from rollup.spec.hashes import R
from rollup.spec.settlement import DAY, HOUR, Batch, PostedTable, Settings, Withdrawal, context_of
from rollup.spec.shared import Header, Status, StepKind
from rollup.spec.words import pack

Parts: TypeAlias = dict[str, Any]
ROOT = 0xA550C
EXAMPLES = settings.default.max_examples
NUMBERS = st.sampled_from([0, 1, 2, 5, R - 1, R, R + 1, (1 << 256) - 1])


@pytest.fixture(autouse=True, scope="module")
def twins(bench: Bench) -> Iterator[None]:
    with clearings(bench):
        yield


def tried(call: Callable[[], Any]) -> str | None:
    """Make a call of a twin, which compares; the rule that both refused it by."""
    try:
        call()
    except Rejected as refused:
        return refused.rule
    return None


# -- batches


def busy(**changes: Any) -> Clearing:
    """Two members with a forced request each, two deposits and two tables."""
    chain = Clearing(Settings(minimum_deposit=100, deposit_window=DAY), providers=frozenset({PROVIDER}), **changes)
    for person in (ALICE, BOB):
        chain.member(person)
    chain.wait()
    chain.contract.request_pay(chain.call(ALICE, 10**16), 2, 300)
    chain.contract.request_close(chain.call(BOB, 10**16), 3)
    chain.register(CAROL, 700)
    chain.contract.top_up(chain.call(BOB), 2, 900)
    chain.post(chain.table(PERPETUAL.in_status(Status.REDUCE_ONLY)))
    chain.wait()
    chain.post(chain.table(PERPETUAL.moved(3)))
    return chain


def headers_of(chain: Clearing) -> st.SearchStrategy[tuple[int, int, int]]:
    """Operations, most of them possible where they come first."""
    fine = [
        chain.deposit(2),
        chain.deposit(3),
        chain.withdrawal(2, 400, ALICE),
        chain.forced(0, 2, 300, 300),
    ]
    wrong = [
        chain.deposit(2, text=MALLORY),
        chain.deposit(2, index=5),
        chain.deposit(3, amount=1),
        chain.deposit(3, request=4),
        chain.withdrawal(2, 50_000, ALICE),
        chain.withdrawal(2, 4, 1 << 160),
        chain.forced(0, 3, 300, 300),
        chain.forced(1, 2, 300, 300),
        (1 << 252, 5, 6),
        (pack("header", kind=Header.CLOSE), 5, 6),
        (pack("header", kind=Header.NOTE, index=1) + (1 << 28), 5, 6),
    ]
    return st.one_of(st.sampled_from(fine), st.sampled_from(fine + wrong))


@st.composite
def a_step(draw: st.DrawFn, chain: Clearing) -> Parts:
    kind = draw(st.sampled_from(list(StepKind)))
    tables = [*chain.storage.tables.values()]
    parts: Parts = {"table": draw(st.sampled_from([tables[-1]] * 6 + tables))}
    if kind is StepKind.FUNDS:
        parts["headers"] = draw(st.lists(headers_of(chain), max_size=3))
    elif kind is StepKind.LIQUIDATE:
        served = st.sampled_from([chain.closed(0, 3, 100), chain.closed(0, 2, 100), chain.closed(1, 3, 9)])
        parts["headers"] = draw(st.lists(served, max_size=1))
    rare = {
        "suspense_after": st.just(element("open")),
        "state_after": NUMBERS,
        "salt": NUMBERS,
        "data_commit": NUMBERS,
        "epoch": st.sampled_from([0, 1, 3, 4, 99]),
        "key": st.sampled_from([0xE1, 0xE2, 0xE3, 0xE4]),
    }
    for name in draw(st.lists(st.sampled_from(sorted(rare)), max_size=1)):
        parts[name] = draw(rare[name])
    return chain.step(kind, **parts)


def spoilt(draw: st.DrawFn, chain: Clearing, batch: Batch) -> Batch:
    """One thing more that is wrong with a batch as a whole."""
    words = list(batch.words)
    place = draw(st.integers(0, len(words) - 1))
    last = batch.steps[-1]
    match draw(st.integers(0, 9)):
        case 0:
            return replace(batch, number=batch.number + 1)
        case 1:
            return replace(batch, state_before=draw(NUMBERS))
        case 2:
            return replace(batch, steps=())
        case 3:
            words[place] += R
        case 4:
            words[place] ^= 1
        case 5:
            del words[place:]
        case 6:
            words.append(0)
        case 7:
            return replace(batch, rejected=(*batch.rejected, draw(st.integers(0, 5))))
        case 8:
            kind = draw(st.sampled_from([0, 1, 2, 3, 4, 255]))
            return replace(batch, steps=(*batch.steps[:-1], replace(last, kind=kind)))
        case 9:
            return replace(batch, tables=(chain.signed(chain.table(), COMMITTEE[: draw(st.integers(0, 2))]),))
    return replace(batch, words=tuple(words))


@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_batches_with_many_faults_are_refused_by_the_same_rule(data: st.DataObject) -> None:
    chain = busy()
    if data.draw(st.integers(0, 5)) == 0:
        chain.contract.pause(chain.call(GUARDIAN), HOUR)
    chain.wait(data.draw(st.sampled_from([1] * 9 + [601, 3_700, DAY + 1])))
    for _ in range(3):
        rejected = data.draw(st.sampled_from([(), (), (2,), (2, 3), (3,)]))
        steps = data.draw(st.lists(a_step(chain), min_size=1, max_size=3))
        batch = chain.batch_of(*steps, rejected=rejected)
        for _ in range(data.draw(st.sampled_from([0, 0, 0, 1, 2]))):
            batch = data.draw(st.composite(lambda draw, batch=batch: spoilt(draw, chain, batch))())
            if not batch.steps or not batch.words:
                break
        sender, direct = data.draw(st.sampled_from([(OPERATOR, True)] * 12 + [(OPERATOR, False), (MALLORY, True)]))
        tried(lambda: chain.submit(batch, sender, direct=direct))  # noqa: B023 - called at once


# -- tables


@st.composite
def a_table(draw: st.DrawFn, chain: Clearing) -> PostedTable:
    status = draw(st.sampled_from(list(Status)))
    listing = draw(st.sampled_from([1, 1, 1, 2, 0]))
    price = 0 if status is Status.EMPTY else draw(st.sampled_from([1_000, 1_200]))
    time = chain.now + draw(st.sampled_from([0, 0, 0, -1, -12, 1]))
    epoch = draw(st.sampled_from([None, None, None, 1, 2, 900]))
    table = chain.table(Instrument(price, status=status, listing=listing), time=time, epoch=epoch)
    rare: dict[str, st.SearchStrategy[Any]] = {
        "risk_root": NUMBERS,
        "any_active": st.booleans(),
        "marks": st.sampled_from([table.marks[:-1], (*table.marks[:-1], 7), (*table.marks[:-1], 1 << 227), ()]),
        "stress_root": NUMBERS,
    }
    for name in draw(st.lists(st.sampled_from(sorted(rare)), max_size=2)):
        table = replace(table, **{name: draw(rare[name])})
    return table


@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_tables_with_many_faults_are_refused_by_the_same_rule(data: st.DataObject) -> None:
    chain = Clearing()
    chain.batch()
    for turn in range(6):
        table = data.draw(a_table(chain))
        signers = data.draw(st.sampled_from([COMMITTEE[:2]] * 5 + [COMMITTEE[:1], (COMMITTEE[1], COMMITTEE[0]), ()]))
        posted = tried(lambda: chain.contract.post_table(chain.call(), chain.signed(table, signers)))  # noqa: B023
        if posted is None and chain.storage.frozen_at is None and data.draw(st.booleans()):
            tried(lambda: chain.batch(chain.step(table=table)))  # noqa: B023
            tried(lambda: chain.attest(empty=data.draw(st.sampled_from([[], [1], [1, 2]]))))
        if data.draw(st.integers(0, 3)) == 0:
            tried(lambda: chain.list(1, data.draw(st.integers(1, 3))))
        if turn == 3 and data.draw(st.booleans()):
            chain.freeze()
        chain.wait()


# -- notes, accounts


@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_claims_with_many_faults_are_refused_by_the_same_rule(data: st.DataObject) -> None:
    chain = busy()
    chain.vouch(ROOT)
    root = chain.storage.latest_root
    stage = data.draw(st.integers(0, 4))
    if stage:
        chain.freeze()
    if stage > 1:
        chain.open_claims()
    for turn in range(5):
        if stage > 2 and turn == 2:
            chain.end_window()
        if stage > 3 and turn == 4:
            chain.wait(7 * DAY)
        said = {
            "state_root": data.draw(st.sampled_from([root, root, root, 5, root + R])),
            "amount": data.draw(st.sampled_from([0, 10, 10, 1_000, 9_000, R])),
            "association_root": data.draw(st.sampled_from([ROOT, ROOT, 0, 0, 5])),
            "label": data.draw(st.sampled_from([0, 0, 2, 2, 3])),
            "fee": data.draw(st.sampled_from([0, 0, 0, 1, 11])),
        }
        recipient = data.draw(st.sampled_from([ALICE, ALICE, BOB, 0]))
        relayer = data.draw(st.sampled_from([0, CAROL]))
        context = context_of(recipient, relayer, said["fee"])
        claim = Withdrawal(
            nullifier_hash=data.draw(st.integers(1, 4)),
            context=data.draw(st.sampled_from([context] * 5 + [5])),
            recipient=recipient,
            relayer=relayer,
            **said,
        )
        proof = data.draw(st.sampled_from([None] * 5 + [Proof(0, ())]))
        tried(lambda: chain.withdraw(claim, proof=proof))  # noqa: B023
        claimed = data.draw(st.sampled_from([root] * 4 + [5, root + R]))
        index = data.draw(st.sampled_from([0, 1, 2, 2, 3, 70]))
        owner = data.draw(st.sampled_from([ALICE, ALICE, BOB, 1 << 160]))
        worth = data.draw(st.sampled_from([0, 10, 4_000, 9_999, R, R - 1]))
        tried(lambda: chain.escape(index, owner, worth, proof=proof, state_root=claimed))  # noqa: B023
        for pay in (chain.contract.pay_claim, chain.contract.pay_note):
            tried(lambda: pay(chain.call(), data.draw(st.integers(0, 3))))  # noqa: B023
