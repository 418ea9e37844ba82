"""
The committee: who signs what, what counts, and what is refused: MKT-SIGN-1, MKT-SIGN-2, MKT-SIGN-3.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_keys.datatypes import PrivateKey
from market_books import GOVERNANCE, INPUTS, table_of
from support.settlement_builders import deployment

from rollup.market.committee import (
    Committee,
    Deployment,
    Member,
    data_hash,
    disputes,
    listing_digest,
    table_digest,
)
from rollup.market.defaults import SPOTS, START, default_terms
from rollup.market.encoding import encode
from rollup.market.errors import IllegalMove, NotASuccessor, NotSigned
from rollup.market.inputs import Inputs
from rollup.spec.settlement import tables as settlement
from rollup.spec.settlement.records import PostedTable
from rollup.spec.shared import PROFILES, Status
from rollup.spec.table import RiskTable

PLACE = Deployment(31_337, b"\x11" * 20)
MEMBERS = sorted(
    (Member(PrivateKey(bytes([n]) * 32), PLACE, GOVERNANCE, PROFILES["tiny"]) for n in (1, 2, 3)),
    key=lambda member: member.address,
)
COMMITTEE = Committee(frozenset(member.address for member in MEMBERS), 2)
FIRST = INPUTS["tiny"]
TABLE = table_of(FIRST, "tiny")
DIGEST = table_digest(PLACE, FIRST.epoch, TABLE, data_hash(TABLE, FIRST))
SIGNATURES = [member.sign(FIRST, TABLE, None, SPOTS) for member in MEMBERS]


def test_verify_with_enough_ascending_members_gives_them() -> None:
    assert COMMITTEE.verify(DIGEST, SIGNATURES[:2]) == tuple(member.address for member in MEMBERS[:2])
    assert len(COMMITTEE.verify(DIGEST, SIGNATURES)) == 3


def test_verify_with_too_few_unordered_repeated_strange_or_broken_signatures_is_refused() -> None:
    stranger = Member(PrivateKey(b"\x09" * 32), PLACE, GOVERNANCE, PROFILES["tiny"]).sign(FIRST, TABLE, None, SPOTS)
    for signatures in (
        [],
        SIGNATURES[:1],
        [SIGNATURES[1], SIGNATURES[0]],
        [SIGNATURES[0], SIGNATURES[0]],
        sorted([SIGNATURES[0], stranger]),
        [SIGNATURES[0], b"\0" * 65],
        [SIGNATURES[0], SIGNATURES[1][:64]],
    ):
        with pytest.raises(NotSigned):
            COMMITTEE.verify(DIGEST, signatures)


@pytest.mark.parametrize("place", [Deployment(1, PLACE.contract), Deployment(PLACE.chain, b"\x12" * 20)])
def test_verify_for_another_deployment_is_refused(place: Deployment) -> None:
    with pytest.raises(NotSigned):
        COMMITTEE.verify(table_digest(place, FIRST.epoch, TABLE, data_hash(TABLE, FIRST)), SIGNATURES[:2])


def test_digest_is_the_typed_data_that_wallets_and_the_contract_hash() -> None:
    encoded = encode_typed_data(
        domain_data={"name": "zkclear", "version": "1", "chainId": 31_337, "verifyingContract": "0x" + "11" * 20},
        message_types={
            "RiskTable": [
                {"name": "epoch", "type": "uint256"},
                {"name": "time", "type": "uint256"},
                {"name": "riskRoot", "type": "uint256"},
                {"name": "anyActive", "type": "bool"},
                {"name": "data", "type": "bytes32"},
            ]
        },
        message_data={
            "epoch": FIRST.epoch,
            "time": TABLE.time,
            "riskRoot": TABLE.root,
            "anyActive": True,
            "data": data_hash(TABLE, FIRST),
        },
    )
    signed = Account.sign_message(encoded, MEMBERS[0].key.to_bytes())
    assert bytes(signed.signature) == SIGNATURES[0]


def test_digests_are_those_of_the_settlement_model() -> None:
    l1 = deployment()
    place = Deployment(l1.chain_id, int(l1.contract).to_bytes(20, "big"), l1.version)
    marks = tuple(mark.word() for mark in TABLE.marks)
    posted = PostedTable(FIRST.epoch, TABLE.time, TABLE.root, True, marks, TABLE.stress_root, encode(FIRST))
    assert settlement.table_digest(l1, posted) == table_digest(place, FIRST.epoch, TABLE, data_hash(TABLE, FIRST))
    terms = default_terms()[4]
    number = int.from_bytes(terms.hash, "big")
    assert settlement.listing_digest(l1, 5, 1, number) == listing_digest(place, 5, 1, terms)


def test_sign_of_a_table_that_its_inputs_do_not_give_is_refused() -> None:
    other = replace(FIRST, rates=FIRST.underlyings[0].carry)
    with pytest.raises(NotSigned):
        MEMBERS[0].sign(other, TABLE, None, SPOTS)


def test_sign_with_prices_far_from_ones_own_is_refused() -> None:
    near = {name: spot * 1_009 // 1_000 for name, spot in SPOTS.items()}
    assert MEMBERS[0].sign(FIRST, TABLE, None, near) == SIGNATURES[0]
    for own in ({**near, "BTC": SPOTS["BTC"] * 98 // 100}, {"BTC": SPOTS["BTC"]}):
        assert disputes(FIRST, own, 10_000)
        with pytest.raises(NotSigned):
            MEMBERS[0].sign(FIRST, TABLE, None, own)


def test_sign_of_a_table_that_may_not_follow_is_refused() -> None:
    def next_(inputs: Inputs) -> tuple[Inputs, RiskTable]:
        return inputs, table_of(inputs, "tiny")

    settled = replace(
        FIRST, time=START - 60, slots=(replace(FIRST.slots[0], status=Status.SETTLED, payoff=1), *FIRST.slots[1:])
    )
    with pytest.raises(IllegalMove):
        MEMBERS[0].sign(*next_(FIRST), table_of(settled, "tiny"), SPOTS)
    with pytest.raises(NotASuccessor):
        MEMBERS[0].sign(*next_(FIRST), TABLE, SPOTS)


def test_committee_with_an_impossible_threshold_is_refused() -> None:
    for threshold in (0, 4):
        with pytest.raises(NotSigned):
            Committee(COMMITTEE.members, threshold)
