"""The traps of PROTOCOL.md, section 15, about tables and what they settle; numbers are the list's."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from support.settlement_builders import Clearing
from support.settlement_tokens import COMMITTEE
from support.spec_values import NOW, PERPETUAL, Instrument

from rollup.spec.settlement import HOUR, Deployment, table_digest
from rollup.spec.shared import Status

SETTLED = Instrument(1_200, status=Status.SETTLED)


def test_trap_6_an_old_order_never_meets_a_recycled_slot() -> None:
    """The same listing number never comes back, so the number in a signed order is dead with its instrument."""
    chain = Clearing()
    settled = chain.post(chain.table(SETTLED))
    chain.batch(chain.step(table=settled))
    chain.attest(empty=[1])
    chain.wait()
    chain.post(chain.table(Instrument(0, status=Status.EMPTY, listing=1)))
    chain.wait()
    with chain.refuses("L1-38"):
        chain.post(chain.table(PERPETUAL))


def test_trap_12_older_epoch_after_newer() -> None:
    chain = Clearing()
    old = chain.post()
    chain.wait()
    new = chain.post()
    with chain.refuses("L1-57"):
        chain.batch(chain.step(table=new), chain.step(table=old))
    chain.batch(chain.step(table=old), chain.step(table=new))
    with chain.refuses("L1-57"):
        chain.batch(chain.step(table=old))
    with chain.refuses("L1-34"):
        chain.post(chain.table(epoch=3, time=NOW + 1))


def test_trap_12_unposted_epoch() -> None:
    chain = Clearing()
    unposted = chain.table(PERPETUAL.moved(1))
    chain.post()
    with chain.refuses("L1-56"):
        chain.batch(chain.step(table=unposted))


@pytest.mark.parametrize("place", [{"chain_id": 1}, {"contract": 0xC1EA5}, {"version": 2}])
def test_trap_12_table_of_another_deployment(place: dict[str, int]) -> None:
    chain = Clearing()
    here = chain.contract.deployment
    there = replace(here, **place)
    table = chain.table()
    signatures = chain.sign(table_digest(there, table), COMMITTEE)
    with chain.refuses("L1-31"):
        chain.contract.post_table(chain.call(), replace(chain.signed(table), signatures=signatures))
    parts = {field.name: getattr(here, field.name) for field in fields(Deployment)}
    assert Deployment(**parts).domain != Deployment(**parts | place).domain


def test_trap_19_settled_value_never_changes_between_tables() -> None:
    chain = Clearing()
    chain.post(chain.table(SETTLED))
    chain.wait()
    for other in (SETTLED.moved(1), replace(SETTLED, funding=1, price=SETTLED.price + 1)):
        with chain.refuses("L1-39"):
            chain.post(chain.table(other))
    chain.post(chain.table(SETTLED))


def test_trap_19_settled_value_never_changes_behind_a_freeze() -> None:
    """
    There the table of the last batch is what statuses are compared with, and it may know nothing of the settlement.

    With the last batch before the settlement, a second value would be an escape at another price than the first.
    """
    chain = Clearing()
    chain.batch()
    chain.wait()
    chain.post(chain.table(SETTLED))
    chain.freeze()
    with chain.refuses("L1-39"):
        chain.post(chain.table(SETTLED.moved(1)))
    chain.post(chain.table(SETTLED))
    chain.post(chain.table(PERPETUAL, time=NOW + 5, epoch=900))  # From before the settlement.


def test_trap_19_settled_value_posted_behind_a_freeze_is_final_too() -> None:
    chain = Clearing()
    chain.batch()
    chain.freeze()
    chain.post(chain.table(SETTLED, epoch=500))
    for epoch in (50, 900):
        with chain.refuses("L1-39"):
            chain.post(chain.table(SETTLED.moved(1), epoch=epoch, time=NOW + HOUR))
    chain.post(chain.table(SETTLED, epoch=900, time=NOW + HOUR))
