"""The scan as a chain of proofs: it says what a look at the whole state says, and no other chain passes for one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.attestation_builders import parts_of, without_account
from support.spec_builders import BOARD, World, element, refused, table_of

from rollup.spec.account import FUND
from rollup.spec.hashes import R
from rollup.spec.shared import PUBLIC_INPUTS
from rollup.spec.solvency import (
    NO_TOTALS,
    ScanStatement,
    Totals,
    check_chain,
    scan,
    scan_length,
)

LAST_LEAF = 511


def statements(world: World) -> list[ScanStatement]:
    return [part.statement for part in parts_of(world)]


def agrees(world: World) -> ScanStatement:
    """The end of the chain says what the scan of the whole state does."""
    opened, whole = check_chain(statements(world)), scan(world.state, world.table)
    assert (opened.accounts, opened.failed) == (whole.accounts, whole.failed)
    assert (opened.balanced, opened.fund_solvent) == (whole.balanced, whole.fund_equity >= 0)
    assert opened.valid == whole.valid
    settled = {slot for slot, mark in enumerate(world.table.marks) if mark.status == 3}
    empty = {slot for slot in range(world.profile.slots) if opened.empty_slots >> slot & 1}
    assert empty == settled - whole.open_settled
    assert opened.custody_commit == world.state.custody_commitment
    return opened


def test_scan_of_genesis_is_one_proof_and_valid() -> None:
    world = World()
    assert scan_length(world.state) == 1
    opened = agrees(world)
    assert opened.valid
    assert (opened.accounts, opened.totals_before, opened.totals_after) == (2, NO_TOTALS, NO_TOTALS)


def test_scan_in_parts_says_what_the_whole_says(world: World) -> None:
    assert len(parts_of(world)) == 3
    assert agrees(world).valid
    assert tuple(statements(world)[0].inputs) == tuple(
        getattr(statements(world)[0], name) for name in PUBLIC_INPUTS["solvency"]
    )


def test_scan_to_the_last_leaf_of_the_tree_counts_it_too() -> None:
    """64 groups in proofs of three: the last proof has one."""
    world = World()
    world.seat(LAST_LEAF, {0: 5})
    parts = parts_of(world)
    assert (len(parts), parts[-1].counted, parts[-1].after.position) == (22, 1, 64)
    assert agrees(world).accounts == 3


def test_scan_where_an_index_was_rejected_goes_on_behind_it(world: World) -> None:
    without_account(world, 3)
    opened = agrees(world)
    assert opened.accounts == 6
    assert not opened.balanced


def test_scan_hides_everything_before_its_end(world: World) -> None:
    """SOL-7, trap 28: hashes of equal totals under two blindings have nothing in common."""
    first, second = (
        [part.statement for part in parts_of(world, [element(seed, number) for number in range(3)])] for seed in "ab"
    )
    for mine, yours in zip(first[:-1], second[:-1], strict=True):
        assert mine.totals_after != yours.totals_after
        assert not any(mine.inputs[PUBLIC_INPUTS["solvency"].index("accounts") :])
    assert first[-1].inputs[5:] == second[-1].inputs[5:]


def test_fund_beyond_close_out_is_not_counted_but_must_not_be_in_debt(world: World) -> None:
    """SOL-6."""
    world.seat(FUND, {0: -98_000, 1: 100})
    assert agrees(world).valid
    world.seat(FUND, {0: -100_001, 1: 100})
    opened = agrees(world)
    assert (opened.failed, opened.fund_solvent, opened.valid) == (0, 0, False)


def test_slot_is_shown_empty_when_nobody_holds_it_though_sums_cancel(world: World) -> None:
    """Long here, short there: positions cancel, squares do not."""
    world.seat(6, {0: 10**6, 4: -10})
    assert agrees(world).empty_slots == 0
    world.seat(4, {0: 10**7})
    world.seat(6, {0: 10**6})
    world.seat(world.street, [world.account(world.street).vector[0], *[0] * 15])
    assert agrees(world).empty_slots == 1 << 4


@pytest.mark.parametrize("change", ["equity", "accounts", "failed", "position", "fund_solvent"])
def test_totals_when_any_is_changed_have_another_hash(change: str) -> None:
    totals = Totals((0,) * 16)
    changed = replace(totals, **{change: getattr(totals, change) + 1})
    assert changed.hash(1, 2, 3, 4) != totals.hash(1, 2, 3, 4)
    for slot in range(1, 16):
        squares = tuple(int(place == slot) for place in range(16))
        assert replace(totals, squares=squares).hash(1, 2, 3, 4) != totals.hash(1, 2, 3, 4)
    hashes = {totals.hash(*names) for names in ((1, 2, 3, 4), (0, 2, 3, 4), (1, 0, 3, 4), (1, 2, 0, 4), (1, 2, 3, 0))}
    assert len(hashes) == 5
    assert 0 not in hashes


def test_squares_of_all_accounts_stay_below_r() -> None:
    """2^21 accounts with 2^104 lots, all on one side."""
    assert R > 2**21 * (2**104) ** 2


# ---------------------------------------------------------------- chains


def test_chain_that_skips_repeats_or_reorders_proofs_is_refused(world: World) -> None:
    first, second, third = statements(world)
    assert check_chain([first, second, third]) is third
    for wrong in ([], [second, third], [third], [first, third], [first, first, second, third], [second, first, third]):
        with pytest.raises(ValueError, match="SOL-3"):
            check_chain(wrong)


def test_chain_that_stops_early_or_goes_on_is_refused(world: World) -> None:
    first, second, third = statements(world)
    with pytest.raises(ValueError, match="SOL-5"):
        check_chain([first, second])
    with pytest.raises(ValueError, match="SOL-5"):
        check_chain([first, second, third, first, second, third])


@pytest.mark.parametrize("name", ["domain", "state_root", "risk_root"])
def test_chain_over_two_states_tables_or_domains_is_refused(world: World, name: str) -> None:
    """Trap 15: not even if the totals fit."""
    first, second, third = statements(world)
    with refused("SOL-3"):
        check_chain([first, replace(second, **{name: 5}), third])


def test_totals_of_one_table_are_not_taken_up_at_another(world: World) -> None:
    """An account safe at one table, another at the next: each half of the scan would pass."""
    first, *_ = statements(world)
    world.table = table_of(*BOARD, time=world.table.time + 1)
    _, second, third = statements(world)
    with refused("SOL-3"):
        check_chain([first, second, third])
