"""
Instruments, listing, statuses, recycling: MKT-LIST-1, MKT-LIST-3, MKT-LIST-4, MKT-STATUS-1, MKT-NEXT-1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import pytest
from eth_abi.abi import encode as abi_encode
from market_books import GOVERNANCE, INPUTS, table_of

from prover import crypto
from rollup.market.defaults import SPOTS, START, default_terms
from rollup.market.errors import BadTerms, IllegalMove, ListingRefused, NotASuccessor, SlotNotEmpty
from rollup.market.inputs import Inputs, SlotInputs
from rollup.market.instruments import Terms
from rollup.market.listing import Scan, list_terms, recycle
from rollup.market.payoffs import base
from rollup.market.status import check_move
from rollup.market.table import build_table, check_successor
from rollup.market.views import View
from rollup.spec.shared import PROFILES, Status

PERPETUAL = default_terms()[0]
CALL = default_terms()[4]
TINY = PROFILES["tiny"]
ALLOWED = {(0, 1), (1, 2), (2, 1), (1, 4), (2, 4), (4, 1), (4, 2), (1, 3), (2, 3), (4, 3), (3, 0)}


def list_in(slots: tuple[SlotInputs, ...], slot: int, terms: Terms) -> tuple[SlotInputs, ...]:
    return list_terms(slots, slot, terms, START, SPOTS["BTC"], GOVERNANCE.market, TINY)


def settle(inputs: Inputs, slot: int, payoff: int = 5) -> Inputs:
    slots = list(inputs.slots)
    slots[slot - 1] = replace(slots[slot - 1], status=Status.SETTLED, payoff=payoff)
    return replace(inputs, slots=tuple(slots))


@pytest.mark.parametrize(
    "change",
    [
        {"underlying": "btc"},
        {"underlying": "ABCDEFGHIJKLM"},
        {"kind": "swap"},
        {"strike": 0},
        {"strike": -1},
        {"strike": 1 << 50},
        {"expiry": 0},
        {"expiry": 1 << 40},
        {"lot": 0},
        {"lot": 1 << 60},
        {"tick": 0},
        {"tick": 1 << 40},
    ],
)
def test_terms_out_of_range_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(BadTerms):
        replace(CALL, **change)


def test_terms_of_a_perpetual_with_strike_or_expiry_are_refused() -> None:
    for change in ({"strike": 1}, {"expiry": 1}):
        with pytest.raises(BadTerms):
            replace(PERPETUAL, **change)


def test_hash_of_terms_is_keccak_of_their_abi_encoding() -> None:
    texts = [text.encode().ljust(32, b"\0") for text in (CALL.underlying, CALL.kind)]
    numbers = [CALL.strike, CALL.expiry, CALL.lot, CALL.tick]
    encoded = abi_encode(["bytes32", "bytes32", *["uint256"] * 4], [*texts, *numbers])
    assert CALL.hash == crypto.load().keccak256(encoded)
    assert len({terms.hash for terms in default_terms()}) == len(default_terms())


def test_limits_off_tick_or_out_of_width_are_not_on_tick() -> None:
    assert CALL.on_tick(100) and not CALL.on_tick(101)
    assert not any(CALL.on_tick(limit) for limit in (0, -100, 1 << 40))


def test_list_in_an_empty_slot_raises_the_listing_number() -> None:
    slots = (SlotInputs(), SlotInputs(listing=7))
    after = list_in(slots, 2, PERPETUAL)
    assert after[1] == SlotInputs(Status.ACTIVE, 8, PERPETUAL) and after[0] is slots[0]


@pytest.mark.parametrize("slot", [0, 3, -1])
def test_list_in_a_slot_that_is_none_is_refused(slot: int) -> None:
    with pytest.raises(ListingRefused):
        list_in((SlotInputs(), SlotInputs()), slot, PERPETUAL)


def test_list_in_a_held_slot_twice_or_beyond_the_last_number_is_refused() -> None:
    held = list_in((SlotInputs(), SlotInputs(), SlotInputs(listing=(1 << 32) - 1)), 1, PERPETUAL)
    for slot, terms in ((1, CALL), (2, PERPETUAL), (3, CALL)):
        with pytest.raises(ListingRefused):
            list_in(held, slot, terms)


def test_list_too_late_too_large_or_worthless_is_refused() -> None:
    slots = (SlotInputs(),)
    window = GOVERNANCE.market.settlement.window
    for terms in (
        replace(CALL, expiry=START + window),
        replace(CALL, expiry=START + 6 * 31_536_000),
        replace(CALL, lot=2 * 10**9),
    ):
        with pytest.raises(ListingRefused):
            list_in(slots, 1, terms)
    with pytest.raises(ListingRefused):
        list_terms(slots, 1, replace(PERPETUAL, lot=1), START, 10**8, GOVERNANCE.market, TINY)


def test_move_between_statuses_follows_the_drawing() -> None:
    for before, after in product(Status, Status):
        if before is after or (before, after) in ALLOWED:
            assert check_move(3, before, after) is after
        else:
            with pytest.raises(IllegalMove) as raised:
                check_move(3, before, after)
            assert (raised.value.slot, raised.value.before, raised.value.after) == (3, before, after)


def test_recycle_of_a_slot_shown_empty_keeps_the_number_for_the_next_listing() -> None:
    inputs = settle(INPUTS["tiny"], 5)
    slots = recycle(inputs.slots, 5, Scan(table_of(inputs, "tiny"), frozenset({5})))
    assert slots[4] == SlotInputs(Status.EMPTY, 1)
    again = list_in(slots, 5, CALL)
    assert again[4].listing == 2
    before, after = table_of(inputs, "tiny"), table_of(replace(inputs, slots=slots, time=START + 1), "tiny")
    check_successor(before, after)
    check_successor(after, table_of(replace(inputs, slots=again, time=START + 2), "tiny"))


def test_recycle_without_a_scan_after_settlement_is_refused() -> None:
    live, settled = INPUTS["tiny"], settle(INPUTS["tiny"], 5)
    other = settle(replace(live, slots=tuple(replace(s, listing=9) if s.terms else s for s in live.slots)), 5)
    for inputs, table, empty in (
        (settled, table_of(live, "tiny"), {5}),  # the scanned root's table still had it live
        (settled, table_of(settled, "tiny"), {4, 6}),  # somebody holds it
        (settled, table_of(other, "tiny"), {5}),  # another listing
    ):
        with pytest.raises(SlotNotEmpty):
            recycle(inputs.slots, 5, Scan(table, frozenset(empty)))
    with pytest.raises(IllegalMove):
        recycle(live.slots, 5, Scan(table_of(settled, "tiny"), frozenset({5})))


def test_successor_that_changes_what_is_settled_or_skips_is_refused() -> None:
    inputs = settle(INPUTS["tiny"], 5)
    before = table_of(inputs, "tiny")
    later = replace(inputs, time=START + 60)
    check_successor(before, table_of(later, "tiny"))
    for bad in (
        inputs,  # same time
        settle(later, 5, payoff=6),
        replace(later, slots=(SlotInputs(), *later.slots[1:])),  # 1 → 0
        replace(later, slots=(replace(later.slots[0], listing=2), *later.slots[1:])),
    ):
        with pytest.raises((NotASuccessor, IllegalMove)):
            check_successor(before, table_of(bad, "tiny"))


def test_register_a_digital_option_as_one_more_payoff_prices_it(monkeypatch: pytest.MonkeyPatch) -> None:
    @dataclass(frozen=True, slots=True)
    class Digital:
        """Pays a dollar above the strike."""

        name: str = "digital"
        dated: bool = True
        option: bool = True

        def settle(self, price: int, strike: int) -> int:
            return 10**6 if price > strike else 0

        def value(self, view: View, strike: int) -> int:
            return 10**6 << base.FINE if view.forward > strike << base.FINE else 0

    monkeypatch.setattr(base, "_REGISTER", dict(base._REGISTER))
    base.register(Digital())
    with pytest.raises(BadTerms):
        base.register(Digital())
    inputs = INPUTS["tiny"]
    terms = replace(CALL, kind="digital", lot=10**9)
    slots = list_in(inputs.slots, 14, terms)
    table = build_table(replace(inputs, slots=slots), GOVERNANCE, TINY)
    assert table.marks[14].price == 10**6 and table.marks[14].risk_long == 10**6
