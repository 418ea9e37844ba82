"""Chains of one's own, a committee with keys at hand, and what L1 has read back from calldata."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.settlement_tokens import COMMITTEE, COMMITTEE_KEYS
from support.spec_builders import World
from support.spec_values import CHAIN_ID, DOMAIN, GENESIS, PERPETUAL, TINY, Trader, table_of
from support.twin_system import SYSTEM

from prover.errors import ToolFailed
from rollup.chain import encoding, local
from rollup.chain.abi import address
from rollup.chain.bindings.oracle import TablePosted
from rollup.chain.committee import Committee
from rollup.chain.deploy import predicted
from rollup.chain.local import DEPLOYER, FRESH_CLEARING, running_chain
from rollup.chain.replica import ForeignWords, Replica, Submission, Touched, read_submission
from rollup.chain.tables import opened_table
from rollup.cli.story.privacy import Private, amounts_in, opens_with, shows_nothing
from rollup.spec.account import Account
from rollup.spec.claims import OpenedState, OpenedTable
from rollup.spec.data import seal
from rollup.spec.errors import Rejected
from rollup.spec.hashes import R
from rollup.spec.settlement import Batch, PostedStep
from rollup.spec.step import Applied, kind_of

EPOCH = 1
START = 1_800_000_000

NO_PROOF = {
    "pi_a": ["0", "1", "0"],
    "pi_b": [["0", "0"], ["1", "0"], ["0", "0"]],
    "pi_c": ["0", "1", "0"],
    "protocol": "groth16",
    "curve": "bn128",
}


# -- chains


def test_running_chain_starts_at_its_time_and_moves_on() -> None:
    with running_chain(START) as chain:
        assert chain.web3.eth.chain_id == local.CHAIN_ID == CHAIN_ID
        assert START <= chain.now < START + 60
        chain.move_to(START + 86_400)
        assert chain.now == START + 86_400
        chain.fund(address(0xFACE), ether=3)
        assert chain.web3.eth.get_balance(address(0xFACE)) == 3 * 10**18
        with pytest.raises(ToolFailed):
            chain.move_to(START)


def test_first_system_of_a_fresh_chain_has_its_clearing_where_it_is_said() -> None:
    with running_chain(START) as chain:
        assert chain.account(0).address == DEPLOYER
        assert predicted(chain.web3, DEPLOYER, with_token=True).clearing == FRESH_CLEARING


def test_running_chain_when_something_fails_inside_is_ended() -> None:
    with pytest.raises(ZeroDivisionError), running_chain(START) as chain:
        raise ZeroDivisionError
    assert not chain.web3.is_connected()


# -- committees


def test_committee_signs_in_ascending_order() -> None:
    committee = Committee.of(tuple(reversed(COMMITTEE_KEYS)), 2)
    assert committee.signers.members == tuple(address(member) for member in COMMITTEE)
    digest = bytes(range(32))
    assert len(committee.sign(digest)) == 3
    assert committee.sign(digest, 2) == committee.sign(digest)[:2]
    for signature in committee.sign(digest):
        encoding.signature_of(signature)


# -- what L1 has


def batch_of(steps: list[Applied], number: int) -> Batch:
    """The batch as it is made, but for its proofs."""
    posted = [
        PostedStep(
            kind_of(applied.step.body),
            EPOCH,
            *(applied.public_inputs[name] for name in ("state_after", "suspense_after", "salt", "data_commit")),
            proof=NO_PROOF,
        )
        for applied in steps
    ]
    words = tuple(word for applied in steps for word in applied.words)
    return Batch(number, steps[0].before.root, tuple(posted), words)


def calldata_of(steps: list[Applied], number: int) -> bytes:
    """The same as it is sent."""
    return encoding.submission(SYSTEM, batch_of(steps, number)).data


def lived() -> tuple[World, list[bytes]]:
    """Two batches: two registrations; then a trade, two notes and a withdrawal."""
    world, sent = World(table_of(PERPETUAL)), []
    world.batch = 1
    world.join("alice", 50_000, index=2, deposit=0)
    world.join("bob", 60_000, index=3, deposit=1)
    world.end_batch()
    sent.append(calldata_of(world.history, 1))
    first = len(world.history)
    world.trade(narrow=[world.sell(2, 1, 5, 1_000), world.buy(3, 1, 5, 1_000)])
    world.funds(world.note(3, 1_200), world.note(2, 500), world.withdraw(2, 900))
    world.end_batch()
    sent.append(calldata_of(world.history[first:], 2))
    return world, sent


def replica_of(world: World, sent: list[bytes]) -> Replica:
    replica = Replica.of(TINY, {index: Account.opened(who.owner, TINY).leaf for index, who in GENESIS.items()})
    replica.tables[EPOCH] = OpenedTable.of(world.table)
    for calldata in sent:
        replica.read(read_submission(calldata))
    return replica


def test_calldata_alone_lead_to_both_trees_and_every_account() -> None:
    world, sent = lived()
    replica = replica_of(world, sent)
    assert replica.state == OpenedState.of(world.state)
    for index, name in ((2, "alice"), (3, "bob")):
        assert replica.account(index, Trader(name).owner, DOMAIN) == world.state.accounts[index]
    notes = [replica.notes_of(index, Trader(name).owner.view_key, DOMAIN) for index, name in ((3, "bob"), (2, "alice"))]
    assert [[(one.place, one.amount) for one in found] for found in notes] == [[(0, 1_200)], [(1, 500)]]


def test_account_with_the_keys_of_another_is_refused() -> None:
    """REC-1."""
    world, sent = lived()
    with pytest.raises(Rejected) as caught:
        replica_of(world, sent).account(2, Trader("bob").owner, DOMAIN)
    assert caught.value.rule == "REC-1"


def test_account_that_was_never_touched_is_refused() -> None:
    world, sent = lived()
    with pytest.raises(Rejected) as caught:
        replica_of(world, sent).account(7, Trader("bob").owner, DOMAIN)
    assert caught.value.rule == "REC-2"


def posted(**changes: object) -> TablePosted:
    """The world's table as the event says it, but for what is changed."""
    table = table_of(PERPETUAL)
    marks = tuple(mark.word() for mark in table.marks)
    made = TablePosted(EPOCH, table.root, table.time, False, marks, table.stress_root, b"inputs")
    return replace(made, **changes)  # type: ignore[arg-type]


def test_table_opens_under_any_parameters_that_were_in_force() -> None:
    """A table made before a change of parameters may be posted with a time after it."""
    table = table_of(PERPETUAL)
    right = table.parameters.hash
    for parameters in ([right], [right, 7], [7, right]):
        assert opened_table(posted(), parameters) == OpenedTable.of(table)
    assert opened_table(posted(), [7, 8]) is None


def test_table_of_numbers_that_say_nothing_opens_under_none() -> None:
    """L1 looks at status and listing of a mark only, and not at the stress root: neither may stop a reader."""
    right = [table_of(PERPETUAL).parameters.hash]
    marks = posted().marks
    for changes in ({"stress_root": R}, {"risk_root": 7}, {"marks": (*marks[:-1], (1 << 256) - 1)}, {"marks": ()}):
        assert opened_table(posted(**changes), right) is None


def test_account_at_a_table_that_does_not_open_is_refused_by_its_epoch() -> None:
    world, sent = lived()
    replica = replica_of(world, sent)
    assert replica.table(EPOCH) == OpenedTable.of(world.table)
    del replica.tables[EPOCH]
    with pytest.raises(ForeignWords, match=f"table {EPOCH} is not posted, or opens its root under no parameters"):
        replica.account(2, Trader("alice").owner, DOMAIN)
    assert replica.state == OpenedState.of(world.state)


def test_words_that_do_not_lead_to_their_state_are_refused() -> None:
    world, sent = lived()
    good = read_submission(sent[0])
    leaf = 3
    words = (*good.words[:leaf], good.words[leaf] + 1, *good.words[leaf + 1 :])
    step = replace(good.steps[0], state_after=good.steps[0].state_after + 1)
    for forged in (replace(good, words=words), replace(good, steps=(step, *good.steps[1:]))):
        assert isinstance(forged, Submission)
        with pytest.raises(ForeignWords, match="words lead to state"):
            replica_of(world, []).read(forged)


def test_batches_in_another_order_are_refused() -> None:
    world, sent = lived()
    with pytest.raises(ForeignWords):
        replica_of(world, sent[::-1])


def test_calldata_in_an_odd_layout_are_read_all_the_same() -> None:
    """Solidity follows any offset and minds no padding; a stricter reader would lose a batch that L1 has accepted."""
    _, (calldata, _) = lived()
    good = read_submission(calldata)
    assert (good.number, len(good.steps)) == (1, 2)
    words = 4 + int.from_bytes(calldata[4 + 64 : 4 + 96], "big")
    listed = calldata[words : words + 32 * (1 + len(good.words))]
    moved = calldata[:68] + (len(calldata) - 4).to_bytes(32, "big") + calldata[100:] + listed
    no_tables = calldata[:100] + bytes([0xFF]) * 32 + calldata[132:]
    header = 4 + int.from_bytes(calldata[4:36], "big")
    no_rejected = calldata[: header + 64] + bytes(32) + calldata[header + 96 :]
    for odd in (moved, no_tables, no_rejected, calldata + b"\x01"):
        assert read_submission(odd) == good


def test_calldata_that_end_too_early_are_refused() -> None:
    _, (calldata, _) = lived()
    for cut in (4, 36, 100, len(calldata) // 2):
        with pytest.raises(ForeignWords, match="end before"):
            read_submission(calldata[:cut])
    endless = calldata[:68] + (1 << 255).to_bytes(32, "big") + calldata[100:]
    with pytest.raises(ForeignWords, match="end before"):
        read_submission(endless)


def test_calldata_that_carry_no_batch_are_refused() -> None:
    for calldata in (b"", SYSTEM.vault.pull(address(1)).data):
        with pytest.raises(ForeignWords, match="carry no batch"):
            read_submission(calldata)


# -- what nobody may read


def words_of_alice() -> Private:
    world, sent = lived()
    return Private.of(replica_of(world, sent).touches_of(2), world.history, 2)


def with_words(touched: Touched, words: tuple[int, ...]) -> Touched:
    return replace(touched, seen=replace(touched.seen, ciphertexts=words))


def test_words_show_nothing_but_to_their_owner() -> None:
    words = words_of_alice()
    alice, bob = (Trader(name).owner.view_key for name in ("alice", "bob"))
    assert opens_with(words, alice, DOMAIN)
    assert not opens_with(words, bob, DOMAIN)
    assert shows_nothing(words, bob, DOMAIN)
    assert not shows_nothing(words, alice, DOMAIN)


def test_words_in_clear_or_under_a_foreign_key_are_found() -> None:
    """What the claim of privacy is worth: a single touch that is published so breaks it."""
    words, bob = words_of_alice(), Trader("bob").owner.view_key
    hiding = range(1, len(words.touches))  # the first one registers
    assert len(hiding) >= 3
    for place in hiding:
        touched, plain = words.touches[place]
        count = len(touched.seen.ciphertexts)
        keys = seal(bob, DOMAIN, 2, place + 1, touched.salt, len(plain)).keystream
        foreign = tuple((one + key) % R for one, key in zip(plain, keys, strict=True))
        for leaked in (plain[:count], foreign[:count]):
            touches = (*words.touches[:place], (with_words(touched, leaked), plain), *words.touches[place + 1 :])
            assert not shows_nothing(replace(words, touches=touches), bob, DOMAIN), place


def test_no_account_without_words_is_said_to_hide_anything() -> None:
    words, bob = words_of_alice(), Trader("bob").owner.view_key
    registered = replace(words, touches=words.touches[:1])
    assert not shows_nothing(registered, bob, DOMAIN)
    assert not opens_with(registered, Trader("alice").owner.view_key, DOMAIN)


def test_what_must_not_show_are_legs_and_amounts_and_none_is_published() -> None:
    world, _ = lived()
    secret = {each for applied in world.history for each in amounts_in(applied)}
    assert {5, 5_000, 1_200, 500} <= secret
    assert 0 not in secret
    assert secret.isdisjoint(word for applied in world.history for word in applied.words)
