"""Posted tables, listings, recycling."""

from __future__ import annotations

from dataclasses import replace

from eth_account import Account
from eth_account.messages import encode_typed_data
from support.settlement_builders import Clearing
from support.settlement_tokens import COMMITTEE, MALLORY, posted_table
from support.spec_values import NOW, PERPETUAL, TINY, Instrument, table_of

from prover.reference import eip712
from rollup.spec.hashes import R, keccak
from rollup.spec.settlement import DAY, SignedTable, listing_digest, table_digest
from rollup.spec.shared import Status

EMPTY = Instrument(0, status=Status.EMPTY, listing=1)
SETTLED = Instrument(1_200, status=Status.SETTLED)


def test_anyone_posts_a_signed_table() -> None:
    chain = Clearing()
    table = chain.post()
    assert chain.storage.tables == {1: table}
    assert chain.storage.epochs == {table.risk_root: 1}


def test_signers_are_enough_ascending_and_members() -> None:
    chain = Clearing()
    first, second, third = COMMITTEE
    for signers, rule in (
        ((first,), "L1-30"),
        ((second, first), "L1-31"),
        ((first, first), "L1-31"),
        ((MALLORY, first), "L1-32"),
    ):
        with chain.refuses(rule):
            chain.contract.post_table(chain.call(), chain.signed(chain.table(), signers))
    chain.contract.post_table(chain.call(), chain.signed(chain.table(), (first, second, third)))


def test_signatures_bind_every_part_of_a_table() -> None:
    chain = Clearing()
    table = chain.table(PERPETUAL)
    signatures = chain.signed(table).signatures
    word = table.marks[1] + (1 << 83)  # The value of slot 1 by one.
    for forged in (
        replace(table, epoch=9),
        replace(table, time=table.time - 1),
        replace(table, risk_root=5),
        replace(table, marks=(table.marks[0], word, *table.marks[2:])),
        replace(table, stress_root=5),
        replace(table, inputs=b"others"),
    ):
        with chain.refuses("L1-31"):  # Recovery from another digest gives some address, here twice the same.
            chain.contract.post_table(chain.call(), SignedTable(forged, signatures))


def test_epochs_and_times_go_forward_only() -> None:
    chain = Clearing()
    with chain.refuses("L1-34"):  # Epoch 0 stands for none.
        chain.post(chain.table(epoch=0))
    chain.post(chain.table(epoch=5))
    chain.wait()
    for epoch, time in ((4, chain.now), (6, NOW)):
        with chain.refuses("L1-34" if time != NOW else "L1-41"):
            chain.post(chain.table(epoch=epoch, time=time))
    for time in (NOW - 1, NOW):
        with chain.refuses("L1-34"):
            chain.post(chain.table(PERPETUAL.moved(1), epoch=6, time=time))
    with chain.refuses("L1-41"):
        chain.post(chain.table(epoch=5))
    with chain.refuses("L1-35"):
        chain.post(chain.table(epoch=6, time=chain.now + 1))
    chain.post(chain.table(epoch=6))


def test_marks_are_all_there_readable_and_truthful_about_activity() -> None:
    chain = Clearing()
    table = chain.table()
    for marks in (table.marks[:-1], (*table.marks[:-1], 1 << 227), (*table.marks[:-1], 7), (7, *table.marks[1:])):
        with chain.refuses("L1-33"):
            chain.post(replace(table, marks=marks))
    with chain.refuses("L1-43"):
        chain.post(replace(table, any_active=False))
    with chain.refuses("L1-4"):
        chain.post(replace(table, risk_root=R))
    with chain.refuses("L1-4"):
        chain.post(replace(table, risk_root=0))


def test_listings_come_in_order_keep_their_terms_and_need_signatures() -> None:
    chain = Clearing(listed=())
    with chain.refuses("L1-37"):
        chain.post()
    for listing in (0, 2):
        with chain.refuses("L1-42"):
            chain.list(1, listing)
    chain.list(1, 1)
    with chain.refuses("L1-42"):
        chain.list(1, 1, terms=5)
    for slot in (0, TINY.slots):
        with chain.refuses("L1-37"):
            chain.list(slot, 1)
    digest = listing_digest(chain.contract.deployment, 2, 1, 5)
    with chain.refuses("L1-30"):
        chain.contract.list_instrument(chain.call(), 2, 1, 5, chain.sign(digest, COMMITTEE[:1]))
    chain.post()


def test_statuses_move_only_where_they_may() -> None:
    chain = Clearing()
    chain.list(1, 2)
    chain.post()
    chain.wait()
    for wrong in (EMPTY, replace(PERPETUAL, listing=2), replace(SETTLED, listing=2)):
        with chain.refuses("L1-38"):
            chain.post(chain.table(wrong))
    for status in (Status.HALTED, Status.REDUCE_ONLY, Status.ACTIVE, Status.HALTED, Status.SETTLED):
        chain.post(chain.table(PERPETUAL.in_status(status)))
        chain.wait()
    with chain.refuses("L1-39"):
        chain.post(chain.table(PERPETUAL.in_status(Status.SETTLED).moved(1)))
    for wrong in (PERPETUAL, EMPTY, replace(PERPETUAL, listing=2), replace(SETTLED, listing=2)):
        with chain.refuses("L1-40"):
            chain.post(chain.table(wrong))


def test_a_slot_is_recycled_after_a_scan_of_a_root_whose_table_had_it_settled() -> None:
    chain = Clearing()
    chain.batch()
    chain.attest(empty=[1])  # Nobody holds it, but at that root it was active still.
    chain.wait()
    settled = chain.post(chain.table(SETTLED))
    chain.wait()
    with chain.refuses("L1-40"):
        chain.post(chain.table(EMPTY))
    chain.batch(chain.step(table=settled))
    chain.attest()
    with chain.refuses("L1-40"):
        chain.post(chain.table(EMPTY))
    chain.attest(empty=[1])
    chain.post(chain.table(EMPTY))
    chain.wait()
    with chain.refuses("L1-38"):
        chain.post(chain.table(PERPETUAL))
    with chain.refuses("L1-37"):
        chain.post(chain.table(replace(PERPETUAL, listing=2)))
    chain.list(1, 2)
    chain.post(chain.table(replace(PERPETUAL, listing=2)))


def test_a_recycled_slot_may_be_listed_again_between_two_posted_tables() -> None:
    chain = Clearing()
    chain.list(1, 2)
    chain.list(1, 3)
    settled = chain.post(chain.table(SETTLED))
    chain.batch(chain.step(table=settled))
    chain.attest(empty=[1])
    chain.wait()
    with chain.refuses("L1-38"):
        chain.post(chain.table(replace(PERPETUAL, listing=3)))
    chain.post(chain.table(replace(PERPETUAL, listing=2)))


def test_posting_goes_on_after_a_freeze_until_claims_open_and_back_in_time() -> None:
    chain = Clearing()
    chain.batch()
    chain.wait(DAY)
    chain.post()
    chain.freeze()
    chain.post(chain.table(epoch=1_000))
    chain.post(chain.table(epoch=999, time=NOW + 5_000))
    with chain.refuses("L1-41"):
        chain.post(chain.table(epoch=999, time=NOW + 6_000))
    chain.open_claims()
    with chain.refuses("L1-36"):
        chain.post()


def test_a_table_of_a_batch_that_is_posted_already_does_not_stop_the_batch() -> None:
    chain = Clearing()
    batch = chain.batch_of()
    chain.contract.post_table(chain.call(), batch.tables[0])
    chain.submit(batch)
    assert chain.storage.batches == 1


def test_a_table_of_a_batch_is_skipped_by_epoch_and_root_alone() -> None:
    """Whatever else comes with them, the posted one stays; another root under the epoch is no such table."""
    chain = Clearing()
    batch = chain.batch_of()
    (signed,) = batch.tables
    chain.contract.post_table(chain.call(), signed)
    with chain.refuses("L1-41"):
        chain.submit(replace(batch, tables=(chain.signed(replace(signed.table, risk_root=5)),)))
    with chain.refuses("L1-41"):
        chain.submit(replace(batch, tables=(chain.signed(replace(signed.table, epoch=9)),)))
    other = replace(signed.table, time=signed.table.time - 1, marks=(), stress_root=5)
    chain.submit(replace(batch, tables=(SignedTable(other, ()),)))
    assert chain.storage.tables == {signed.table.epoch: signed.table}


def test_digests_are_eip712() -> None:
    """Against two implementations that know typed data as such."""
    chain = Clearing()
    deployment = chain.contract.deployment
    table = posted_table(table_of(PERPETUAL), 7)
    packed = b"".join(word.to_bytes(32, "big") for word in (*table.marks, table.stress_root))
    document = {
        "types": {
            "EIP712Domain": [
                {"name": "name", "type": "string"},
                {"name": "version", "type": "string"},
                {"name": "chainId", "type": "uint256"},
                {"name": "verifyingContract", "type": "address"},
            ],
            "RiskTable": [
                {"name": "epoch", "type": "uint256"},
                {"name": "time", "type": "uint256"},
                {"name": "riskRoot", "type": "uint256"},
                {"name": "anyActive", "type": "bool"},
                {"name": "data", "type": "bytes32"},
            ],
        },
        "primaryType": "RiskTable",
        "domain": {
            "name": "zkclear",
            "version": "1",
            "chainId": deployment.chain_id,
            "verifyingContract": f"0x{deployment.contract:040x}",
        },
        "message": {
            "epoch": 7,
            "time": table.time,
            "riskRoot": str(table.risk_root),
            "anyActive": True,
            "data": "0x" + keccak(packed + keccak(table.inputs)).hex(),
        },
    }
    digest = table_digest(deployment, table)
    assert digest == eip712.digest(document)
    document["message"]["riskRoot"] = table.risk_root  # type: ignore[index]
    signable = encode_typed_data(full_message=document)
    member = Account.from_key(b"\x01" * 32)
    assert member.sign_message(signable).message_hash == digest
