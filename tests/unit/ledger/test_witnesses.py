"""Witnesses and remarks: what a line carries says the same when it is read again, and nothing else is taken for one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.ledger_lives import posted
from support.spec_values import PARAMETERS, PERPETUAL, Trader, table_of

from rollup.exchange.commands import Burn, Command, Credit, Debit, Place, Rotate, Table, Tick
from rollup.exchange.commands import decode as command_in
from rollup.exchange.commands import encode as encoded
from rollup.ledger import remarks
from rollup.ledger.errors import UnreadableLine
from rollup.ledger.remarks import Introduced, Rejected, Remark, Swept
from rollup.ledger.witnesses import (
    SealWitness,
    numbers_of,
    operation_of,
    owner_of,
    owner_words,
    request_of,
    signature_in,
    signed_table_of,
    table_witness,
    witness_of,
    words_of,
)
from rollup.spec.funds import (
    Authority,
    Cancel,
    Decoy,
    Deposit,
    FeeCredit,
    Forced,
    Funding,
    NoteOut,
    TransferIn,
    TransferOut,
    Withdraw,
)
from rollup.spec.funds import Rotate as Rotation
from rollup.spec.hashes import R

ALICE, BOB = Trader("alice"), Trader("bob")
SIGNED = Authority(9, 1_800_003_600, ALICE.sign_as_owner(1))

MOST = (1 << 64) - 1
TOP = (1 << 256) - 1

LINES: list[tuple[Command, Funding]] = [
    (Credit(3, 500), Deposit(3, 7, 500, ALICE.owner)),
    (Credit(3, 500), Deposit(3, 8, 500)),
    (Credit(3, 0), Deposit(3, 0, 0)),
    (Debit(3, MOST), Withdraw(3, MOST, (1 << 160) - 1, SIGNED)),
    (Debit(3, 500), NoteOut(3, 500, R - 1, SIGNED)),
    (Debit(3, 500), TransferOut(3, 500, 4, SIGNED)),
    (Credit(4, 500), TransferIn(4, 500, 3)),
    (Debit(3, 500, forced=True), Forced(3, 11, 500)),
    (Rotate(3), Rotation(3, BOB.owner.owner_key, BOB.owner.trading_key, SIGNED)),
    (Burn(3, 2, 9), Cancel(3, 2, SIGNED)),
]


@pytest.mark.parametrize(("command", "operation"), LINES, ids=lambda one: type(one).__name__)
def test_operation_of_itsWitness_isTheOperation(command: Command, operation: Funding) -> None:
    assert operation_of(command_in(encoded(command)), witness_of(operation)) == operation


@pytest.mark.parametrize(("command", "operation"), LINES, ids=lambda one: type(one).__name__)
def test_operation_of_aWitnessThatIsCutOrLengthened_isRefused(command: Command, operation: Funding) -> None:
    witness = witness_of(operation)
    broken = [witness[:-1], witness + b"\x00", witness + bytes(32), b""]
    if not isinstance(operation, Deposit) or operation.owner is not None:
        broken.append(witness[:-32])
    for one in broken:
        with pytest.raises(UnreadableLine):
            operation_of(command, one)


@pytest.mark.parametrize(
    ("command", "operation"),
    [
        (Debit(3, 500), Deposit(3, 7, 500)),
        (Credit(3, 500), Withdraw(3, 500, 1, SIGNED)),
        (Credit(3, 500), Forced(3, 7, 500)),
        (Debit(3, 500), Forced(3, 7, 500)),
        (Debit(3, 500, forced=True), Withdraw(3, 500, 1, SIGNED)),
        (Debit(3, 500), TransferIn(3, 500, 4)),
        (Rotate(3), Cancel(3, 2, SIGNED)),
        (Burn(3, 2, 9), Withdraw(3, 500, 1, SIGNED)),
    ],
)
def test_operation_of_anotherCommandsWitness_isRefused(command: Command, operation: Funding) -> None:
    with pytest.raises(UnreadableLine, match="says something else"):
        operation_of(command, witness_of(operation))


@pytest.mark.parametrize("kind", [0, 99, TOP])
def test_operation_of_anUnknownKind_isRefused(kind: int) -> None:
    for command in (Credit(3, 500), Debit(3, 500), Debit(3, 500, forced=True)):
        with pytest.raises(UnreadableLine):
            operation_of(command, words_of(kind, 1, 2))


def test_operation_of_commandsThatProveNone_isNone() -> None:
    assert operation_of(Tick(5), b"anything") is None


@pytest.mark.parametrize("operation", [Decoy(3), FeeCredit(1, 5)], ids=lambda one: type(one).__name__)
def test_witness_of_whatHasNoLine_isRefused(operation: Funding) -> None:
    with pytest.raises(UnreadableLine, match="no line of its own"):
        witness_of(operation)


def test_words_roundTrip_andRefuseWhatIsNoRow() -> None:
    assert numbers_of(words_of(0, 1, TOP)) == [0, 1, TOP]
    assert owner_of(owner_words(ALICE.owner)) == ALICE.owner
    assert request_of(words_of(5)) == 5
    assert signature_in(words_of(*SIGNED.signature.r8, SIGNED.signature.s)) == SIGNED.signature
    with pytest.raises(UnreadableLine, match="no row"):
        numbers_of(b"\x00" * 33)


@pytest.mark.parametrize("count", [0, 2])
def test_request_of_notOneNumber_isRefused(count: int) -> None:
    with pytest.raises(UnreadableLine):
        request_of(words_of(*range(count)))


@pytest.mark.parametrize("count", [0, 2, 4])
def test_signature_in_notThreeNumbers_isRefused(count: int) -> None:
    with pytest.raises(UnreadableLine):
        signature_in(words_of(*range(count)))


def test_table_roundTrip_hasTheHashOfTheMarketsRulesAgain() -> None:
    table = replace(table_of(PERPETUAL), parameters=replace(PARAMETERS, market_hash=R - 2))
    signed = posted(6, table)
    command = command_in(encoded(Table(6, table)))
    assert isinstance(command, Table)
    assert command.table.root != table.root
    assert signed_table_of(command, table_witness(table, signed)) == (table, signed)


@pytest.mark.parametrize("size", [*(size for size in (0, 31)), 35, 36 + 5, 36 + 6 + 64, 36 + 6 + 131])
def test_table_ofAWitnessThatIsCut_isRefused(size: int) -> None:
    table = table_of(PERPETUAL)
    witness = table_witness(table, posted(6, table))
    with pytest.raises(UnreadableLine, match="cut short"):
        signed_table_of(Table(6, table), (witness + b"\x00")[:size])


def test_seal_roundTrip_andRefusesWhatIsCut() -> None:
    witness = SealWitness(2, b"\x07" * 32, 250_000, 100, b"\x08" * 32, (1, 5, 1))
    assert SealWitness.decode(witness.encode()) == witness
    assert SealWitness.decode(SealWitness(1, b"\xff" * 32, 0, 1, b"\x00" * 32, ()).encode()).decoys == ()
    for broken in (b"", words_of(1), witness.encode()[:-1]):
        with pytest.raises(UnreadableLine):
            SealWitness.decode(broken)


def test_show_aSeal_tellsNoSeed() -> None:
    """All that a batch hides is hidden by it."""
    seed = b"\x07" * 31 + b"\x5e"
    witness = replace(SealWitness.decode(words_of(*[1] * 6)), seed=seed)
    shown = repr(witness)
    for hidden in (repr(seed), seed.hex(), str(int.from_bytes(seed, "little")), "seed"):
        assert hidden not in shown
    assert witness != replace(witness, seed=bytes(32))


REMARKS = [Introduced(ALICE.owner), Rejected(0), Rejected(MOST), Swept(()), Swept((1,)), Swept(tuple(range(9)))]


@pytest.mark.parametrize("remark", REMARKS, ids=repr)
def test_remark_roundTrip_isTheSame(remark: Remark) -> None:
    assert remarks.decode(remarks.encode(remark)) == remark


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x01",
        words_of(0),
        words_of(4, 1),
        words_of(1, 2, 3),
        words_of(2),
        words_of(2, 1, 1),
        remarks.encode(REMARKS[0])[:-32],
        remarks.encode(REMARKS[0])[:-1],
        remarks.encode(REMARKS[0]) + bytes(32),
    ],
)
def test_remark_ofNoKnownForm_isRefused(data: bytes) -> None:
    with pytest.raises(UnreadableLine):
        remarks.decode(data)


def test_place_isTheOnlyCommandWhoseWitnessIsAnOrdersSignature() -> None:
    assert operation_of(Place(2, 1, 1, 0, 5, 1, 500, 0, 1, 9), words_of(1, 2, 3)) is None
