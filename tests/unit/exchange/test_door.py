"""The door of the exchange: what its log must not contain is stopped in front of it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from prover import crypto
from prover.errors import BackendUnavailable, InvalidInput
from prover.reference.babyjubjub import SUBGROUP_ORDER
from rollup.exchange.codes import MEANINGS, REMEDIES, Code
from rollup.exchange.commands import Credit, Limits, Table, encode
from rollup.exchange.events import Accepted, Ended, Refused
from rollup.exchange.exchange import Exchange, Handling, OutOfStep, explain, placed
from rollup.exchange.machine import load, replay
from rollup.exchange.settings import settings_of
from rollup.exchange.wire import Malformed
from rollup.ledger.witnesses import signature_in
from rollup.market.defaults import default_governance, default_inputs
from rollup.market.table import build_table
from rollup.spec.orders import Order
from rollup.spec.shared import PROFILES, Side
from rollup.spec.types import Point, Signature

PROFILE = PROFILES["tiny"]
DOMAIN = 12_345
SECRET, OTHER = b"\x07" * 32, b"\x08" * 32
ALICE = 2


@pytest.fixture
def exchange() -> Exchange:
    governance = default_governance()
    door = Exchange(DOMAIN, settings_of(PROFILE))
    door.apply(Limits(1, 1_000, 1_000, 10_000, 100))
    door.apply(Table(1, build_table(default_inputs(PROFILE, governance), governance, PROFILE)))
    door.register(ALICE, crypto.load().public_key(SECRET))
    door.apply(Credit(ALICE, 10**10))
    return door


ORDER = Order(ALICE, 1, 1, Side.BUY, 59_000_000, 10, 1_000, 0, 1, 1_800_001_000)


def signed(order: Order, secret: bytes = SECRET) -> Signature:
    return crypto.load().sign(secret, order.message(DOMAIN))


def refusal(exchange: Exchange, order: Order, signature: Signature) -> Code:
    """The code of a refusal that left neither a trace in the log nor in the state."""
    before, log = exchange.state_hash(), list(exchange.log)
    (event,) = exchange.submit(order, signature)
    assert isinstance(event, Refused)
    assert (exchange.state_hash(), exchange.log) == (before, log)
    return event.code


def test_submit_whenSignedByTheTradingKey_isTakenAndTold(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    signature, heard = signed(ORDER), []
    monkeypatch.setattr(exchange, "_tell", lambda *told: heard.append(told))
    first, *rest = exchange.submit(ORDER, signature)
    assert isinstance(first, Accepted)
    ((command, witness, events),) = heard
    assert (command, signature_in(witness), events) == (placed(ORDER), signature, [first, *rest])


@pytest.mark.parametrize(
    "changed",
    [
        replace(ORDER, limit=60_000_000),
        replace(ORDER, quantity=11),
        replace(ORDER, side=Side.SELL),
        replace(ORDER, slot=2),
        replace(ORDER, listing=2),
        replace(ORDER, max_fee_ppm=2_000),
        replace(ORDER, place=1),
        replace(ORDER, nonce=2),
        replace(ORDER, expiry=ORDER.expiry + 1),
        replace(ORDER, reduce_only=True),
    ],
    ids=lambda order: str(order.words),
)
def test_submit_whenAnyWordDiffersFromTheSignedOnes_isRefused(exchange: Exchange, changed: Order) -> None:
    assert refusal(exchange, changed, signed(ORDER)) is Code.BAD_SIGNATURE


def test_submit_whenSignedByAnotherKey_isRefused(exchange: Exchange) -> None:
    assert refusal(exchange, ORDER, signed(ORDER, OTHER)) is Code.BAD_SIGNATURE


def test_submit_whenSignedForAnotherDomain_isRefused(exchange: Exchange) -> None:
    elsewhere = crypto.load().sign(SECRET, ORDER.message(DOMAIN + 1))
    assert refusal(exchange, ORDER, elsewhere) is Code.BAD_SIGNATURE


def test_submit_whenTheSignatureIsASecondFormOfAGoodOne_isRefused(exchange: Exchange) -> None:
    good = signed(ORDER)
    assert refusal(exchange, ORDER, Signature(good.r8, good.s + SUBGROUP_ORDER)) is Code.BAD_SIGNATURE


def test_submit_whenTheSignatureIsNoPoint_isRefused(exchange: Exchange) -> None:
    assert refusal(exchange, ORDER, Signature(Point(1, 1), 1)) is Code.BAD_SIGNATURE
    assert refusal(exchange, ORDER, Signature(Point(0, 1), 0)) is Code.BAD_SIGNATURE


def test_submit_forAnAccountThatIsNotRegistered_isRefused(exchange: Exchange) -> None:
    assert refusal(exchange, replace(ORDER, account=9), signed(ORDER)) is Code.UNKNOWN_ACCOUNT


@pytest.mark.parametrize("field", ["limit", "quantity", "nonce"])
def test_submit_whenAFieldDoesNotFitItsWord_isRefused(exchange: Exchange, field: str) -> None:
    assert refusal(exchange, replace(ORDER, **{field: 1 << 40}), signed(ORDER)) is Code.MALFORMED


def test_submit_whenTheHandlingDoesNotFit_isRefused(exchange: Exchange) -> None:
    before = exchange.state_hash()
    (event,) = exchange.submit(ORDER, signed(ORDER), Handling(client=1 << 64))
    assert event == Refused(ALICE, Code.MALFORMED)
    assert exchange.state_hash() == before


def test_rotate_endsWhatTheOldKeySigned_andTakesTheNewOne(exchange: Exchange) -> None:
    exchange.submit(ORDER, signed(ORDER))
    (event,) = exchange.rotate(ALICE, crypto.load().public_key(OTHER))
    assert isinstance(event, Ended)
    assert event.code is Code.KEYS_ROTATED
    later = replace(ORDER, nonce=2)
    assert refusal(exchange, later, signed(later)) is Code.BAD_SIGNATURE
    first, *_ = exchange.submit(later, signed(later, OTHER))
    assert isinstance(first, Accepted)


def test_register_twice_keepsTheFirstKey(exchange: Exchange) -> None:
    (event,) = exchange.register(ALICE, crypto.load().public_key(OTHER))
    assert event == Refused(ALICE, Code.ALREADY_REGISTERED)
    first, *_ = exchange.submit(ORDER, signed(ORDER))
    assert isinstance(first, Accepted)


def test_apply_anOrderThatNobodySigned_isRefused(exchange: Exchange) -> None:
    before = exchange.state_hash()
    assert exchange.apply(placed(ORDER), b"anything") == [Refused(ALICE, Code.BAD_SIGNATURE)]
    assert exchange.state_hash() == before


@pytest.mark.parametrize("key", [Point(0, 1), Point(0, 0), Point(5, 6)])
def test_register_aKeyThatVerifiesAnythingOrNothing_isRefused(exchange: Exchange, key: Point) -> None:
    before = exchange.state_hash()
    for enter in (lambda: exchange.register(9, key), lambda: exchange.rotate(ALICE, key)):
        with pytest.raises(InvalidInput):
            enter()
    assert exchange.state_hash() == before


def test_restore_whatIsRefusedNow_isNotPassedOver(exchange: Exchange) -> None:
    fresh = Exchange(DOMAIN, exchange.settings)
    with pytest.raises(OutOfStep, match="command 1 of the journal"):
        fresh.restore([(encode(Credit(9, 1)), b"")])


def test_replay_ofTheLog_givesTheSameState(exchange: Exchange) -> None:
    exchange.submit(ORDER, signed(ORDER))
    assert replay(exchange.settings, exchange.log).state_hash() == exchange.state_hash()
    assert replay(exchange.settings, exchange.log, "reference").state_hash() == exchange.state_hash()


def test_load_ofAnUnknownMachine_saysWhichThereAre() -> None:
    with pytest.raises(BackendUnavailable, match="native, reference"):
        load(settings_of(PROFILE), "quantum")


def test_explain_ofEveryCode_saysWhatToDo() -> None:
    assert set(MEANINGS) == set(REMEDIES) == set(Code)
    for code in Code:
        assert code.name in explain(code)
        assert REMEDIES[code] in explain(code)


# -- a machine that breaks off


def test_apply_whenTheMachineBreaksOff_refusesToGoOn(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a command may be carried out: only the journal says what was."""
    log, carry_out = list(exchange.log), exchange.machine.apply

    def half_way(record: bytes) -> bytes:
        carry_out(record)
        raise AssertionError("half way")

    monkeypatch.setattr(exchange, "machine", SimpleNamespace(apply=half_way))
    with pytest.raises(AssertionError, match="half way"):
        exchange.apply(Credit(ALICE, 5))
    monkeypatch.setattr(exchange, "machine", SimpleNamespace(apply=carry_out))
    with pytest.raises(OutOfStep):
        exchange.apply(Credit(ALICE, 7))
    with pytest.raises(OutOfStep):
        exchange.submit(ORDER, signed(ORDER))
    assert exchange.log == log


def test_apply_whenItsEventsCannotBeRead_refusesToGoOn(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine carried it out, whatever it said: that is no command which changed nothing."""
    carry_out = exchange.machine.apply

    def mumbling(record: bytes) -> bytes:
        carry_out(record)
        return b"\x01\x00\x00\x00\xff"

    monkeypatch.setattr(exchange, "machine", SimpleNamespace(apply=mumbling))
    with pytest.raises(Malformed):
        exchange.apply(Credit(ALICE, 5))
    with pytest.raises(OutOfStep):
        exchange.apply(Credit(ALICE, 7))


def test_apply_whenACommandIsMalformedOrRefused_goesOn(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    carry_out = exchange.machine.apply

    def strict(record: bytes) -> bytes:
        raise Malformed("no record")

    monkeypatch.setattr(exchange, "machine", SimpleNamespace(apply=strict))
    with pytest.raises(Malformed):
        exchange.apply(Credit(ALICE, 5))
    monkeypatch.setattr(exchange, "machine", SimpleNamespace(apply=carry_out))
    (refused,) = exchange.apply(Credit(99, 5))
    assert refused == Refused(99, Code.UNKNOWN_ACCOUNT)
    exchange.apply(Credit(ALICE, 5))
