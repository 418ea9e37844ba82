"""
The oracle: what it signs is what the contract takes; it follows one clock, comes back where it was, and asks everybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

import pytest
from support.deployed import account, deploy_tiny, system_of

from rollup.chain import encoding
from rollup.chain.committee import Committee as Keys
from rollup.chain.development import local_roles
from rollup.chain.errors import Reverted
from rollup.chain.local import CHAIN_ID, FRESH_CLEARING, running_chain
from rollup.market import table as tables
from rollup.market.committee import Committee, Deployment, data_hash, table_digest
from rollup.market.defaults import DAY, START, default_governance
from rollup.market.encoding import decode, encode
from rollup.market.errors import BadInputs
from rollup.market.inputs import Inputs
from rollup.market.median import Print, aggregate
from rollup.market.oracle import Observations, advance, genesis
from rollup.market.settlement import expiry_price
from rollup.market.simulator import Script, Simulator
from rollup.market.story import EXPIRING, FALL, HOURS, SLIDE, story_inputs, story_simulator, story_terms
from rollup.node import oracle as node
from rollup.node.oracle import (
    Hearing,
    NothingNew,
    Oracle,
    OracleError,
    OtherHistory,
    SignedEpoch,
    TooFewSigners,
    TooSlow,
    missing,
)
from rollup.spec.margin import check_initial, values_of, violates
from rollup.spec.shared import PROFILES, Status, Width
from rollup.spec.table import RiskTable

PROFILE, GOVERNANCE = PROFILES["tiny"], default_governance()
PLACE = Deployment(CHAIN_ID, bytes.fromhex(FRESH_CLEARING[2:]))
SECRETS = tuple(bytes([number]) * 32 for number in (1, 2, 3))
FIRST = story_inputs(PROFILE, GOVERNANCE, START)
MINUTE = 60
PERPETUAL = 1


def opened(
    hearings: tuple[Hearing, ...] | None = None, *, seed: int = 1, fall: Script | None = None, threshold: int = 2
) -> Oracle:
    simulator = story_simulator(FIRST, seed, fall)
    return Oracle.simulated(SECRETS, threshold, PLACE, GOVERNANCE, PROFILE, simulator, hearings)


def dearer(ppm: int) -> Hearing:
    """A member to whom everything seems dearer."""

    def hears(seen: Observations) -> Iterable[Print]:
        return (replace(one, price=one.price * (10**6 + ppm) // 10**6) for one in seen.prints)

    return hears


def statuses(of: Inputs | RiskTable) -> set[Status]:
    """Of everything that is listed."""
    found = of.marks[1:] if isinstance(of, RiskTable) else of.slots
    return {one.status for one in found if one.status != Status.EMPTY}


# What is signed


def test_next_signs_whatTheCommitteeCounts() -> None:
    oracle = opened()
    signed = oracle.next(START + MINUTE)
    committee = Committee(frozenset(oracle.members), 2)
    digest = table_digest(PLACE, signed.inputs.epoch, signed.table, data_hash(signed.table, signed.inputs))
    signatures = [one for one in signed.signed.signatures if isinstance(one, bytes)]
    assert committee.verify(digest, signatures) == oracle.members == tuple(sorted(oracle.members))
    assert {len(one) for one in signatures} == {65}
    assert decode(signed.posted.inputs) == signed.inputs
    assert (signed.inputs.epoch, signed.table.time) == (1, START + MINUTE)


def test_next_isTakenByTheContract_withItsListings() -> None:
    """The digests are the contract's own, and so are the signatures of the chain's committee with the same keys."""
    keys, oracle = Keys.of(SECRETS, 2), opened()
    with running_chain(START - DAY) as chain:
        roles = replace(local_roles(chain.web3.eth.accounts), committee=keys.signers)
        record = deploy_tiny(chain.web3, roles=roles)
        system, sender = system_of(chain.web3, record), account(chain.web3, 5)
        assert record.parts.clearing == FRESH_CLEARING
        first = oracle.next(START + MINUTE)
        table = encoding.table_of(first.posted)
        digest = system.oracle.digest_of_table(table)
        assert digest == table_digest(PLACE, 1, first.table, data_hash(first.table, first.inputs))
        assert first.signed == keys.table(system.oracle, first.posted)
        for listing in oracle.listings():
            assert listing.signatures == keys.sign(
                system.oracle.digest_of_listing(listing.slot, listing.listing, listing.terms)
            )
            signatures = [encoding.signature_of(one) for one in listing.signatures]
            system.oracle.list_instrument(listing.slot, listing.listing, listing.terms, signatures).send(sender)
        assert len(oracle.listings()) == len(story_terms(START))
        with pytest.raises(Reverted, match="TableFromTheFuture"):
            system.oracle.post_table(encoding.signed_table_of(first.signed)).call(sender)
        chain.move_to(START + HOURS + 10)
        later = oracle.next(START + HOURS + 10)
        for signed in (first, later):
            system.oracle.post_table(encoding.signed_table_of(signed.signed)).send(sender)
        assert later.inputs.epoch == HOURS // MINUTE
        assert system.oracle.posted_table(later.inputs.epoch).risk_root == later.table.root


# One clock


def test_next_afterAJump_isWhatEveryMinuteWouldHaveGiven() -> None:
    jumping, walking = opened(), opened()
    jumping.next(START + MINUTE)
    for minute in range(1, 61):
        walked = walking.next(START + minute * MINUTE)
    jumped = jumping.next(START + 61 * MINUTE - 1)
    assert jumped == walked
    assert jumped.table.time == START + 60 * MINUTE


def test_next_beforeAnythingNew_isRefusedAndSaysWhenToAskAgain() -> None:
    oracle = opened()
    with pytest.raises(NothingNew, match=str(START + MINUTE)):
        oracle.next(START)
    oracle.next(START + MINUTE)
    with pytest.raises(NothingNew, match=str(START + 2 * MINUTE)):
        oracle.next(START + MINUTE + 59)
    assert oracle.next(START + 2 * MINUTE).inputs.epoch == 2


def test_observe_manyMinutes_buildsNoTable(monkeypatch: pytest.MonkeyPatch) -> None:
    oracle = opened()
    built = counted(monkeypatch)
    assert oracle.observe(START + 3 * 3_600) == 180
    assert not built
    assert oracle.observe(START + 3 * 3_600) == 0
    oracle.next(START + 3 * 3_600)
    assert len(built) == 1


def test_next_atTheEndOfObservations_saysThatNoneIsToCome() -> None:
    few = list(islice(story_simulator(FIRST, 1).observations(), 2))
    oracle = Oracle(SECRETS, 2, PLACE, GOVERNANCE, PROFILE, FIRST, few)
    assert oracle.next(START + DAY).inputs.epoch == 2
    with pytest.raises(NothingNew, match="no observation is to come"):
        oracle.next(START + 2 * DAY)


def test_simulated_rarerThanPricesAreTrusted_isRefused() -> None:
    slow = replace(story_simulator(FIRST, 1), seconds=GOVERNANCE.market.oracle.max_age + 1)
    with pytest.raises(TooSlow, match="121 s"):
        Oracle.simulated(SECRETS, 2, PLACE, GOVERNANCE, PROFILE, slow)


@pytest.mark.parametrize("seed", [1, 5])
def test_expiry_throughAJump_paysTheMedianOfTheLastHalfHour(seed: int) -> None:
    """Below the option's strike with one seed, above it with the other."""
    oracle = opened(seed=seed)
    oracle.next(START + 10 * MINUTE)
    settled = oracle.next(START + HOURS + 10 * MINUTE)
    rules = GOVERNANCE.market
    accepted = []
    for seen in islice(story_simulator(FIRST, seed).observations(), HOURS // MINUTE):
        of_bitcoin = [one for one in seen.prints if one.underlying == "BTC"]
        accepted.append((seen.time, aggregate(of_bitcoin, seen.time, rules.oracle)[1]))
    expiry = START + HOURS
    price = expiry_price(accepted, expiry, expiry, rules.oracle.max_age, rules.settlement)
    assert abs(price - accepted[-1][1]) > 10**6, "the last price would do as well, and shows nothing"
    for slot in EXPIRING:
        terms = story_terms(START)[slot - 1]
        assert settled.table.marks[slot].status == Status.SETTLED
        assert settled.table.marks[slot].value == terms.settle(price)
    assert settled.inputs.slots[0].status == Status.ACTIVE


# Coming back


@pytest.mark.parametrize("last", [1, 40, 119, 125])
def test_resume_fromTheInputsSignedLast_goesOnAsIfUninterrupted(last: int, monkeypatch: pytest.MonkeyPatch) -> None:
    one = opened(fall=FALL)
    one.next(START + MINUTE)
    before = one.next(START + last * MINUTE) if last > 1 else None
    signed = before.inputs if before else opened(fall=FALL).next(START + MINUTE).inputs
    again = opened(fall=FALL)
    built = counted(monkeypatch)
    table = again.resume(decode(encode(signed)))
    assert table == (before.table if before else table)
    assert len(built) <= 2, "of all skipped epochs only the last has a table"
    with pytest.raises(NothingNew):
        again.next(START + last * MINUTE + 1)
    for minute in (last + 1, last + 30):
        assert again.next(START + minute * MINUTE) == one.next(START + minute * MINUTE)


def test_resume_afterAShutGateAndAClosing_goesOnAsIfUninterrupted() -> None:
    one = opened()
    when = START + 3 * 3_600
    one.next(START + 5 * MINUTE, closings={PERPETUAL: when})
    shut = one.next(START + 20 * MINUTE, gate_open=False, narrowed=[2])
    assert statuses(shut.table) == {Status.REDUCE_ONLY}
    assert not shut.posted.any_active
    again = opened()
    assert again.resume(shut.inputs) == shut.table
    for time in (START + 30 * MINUTE, when + MINUTE):
        assert again.next(time) == (signed := one.next(time))
    assert signed.table.marks[PERPETUAL].status == Status.SETTLED


def test_resume_fromInputsOfAnotherSeed_isRefused() -> None:
    other = opened(seed=2).next(START + 5 * MINUTE)
    with pytest.raises(OtherHistory, match="seed"):
        opened().resume(other.inputs)


def test_at_anEpochBehindOrBeyondTheObservations_isRefused() -> None:
    oracle = opened()
    oracle.observe(START + 5 * MINUTE)
    for epoch in (0, 4):
        with pytest.raises(OtherHistory, match="at epoch 5"):
            oracle.at(epoch)
    few = list(islice(story_simulator(FIRST, 1).observations(), 2))
    with pytest.raises(OtherHistory, match="end with epoch 2"):
        Oracle(SECRETS, 2, PLACE, GOVERNANCE, PROFILE, FIRST, few).at(3)


def test_at_anEpoch_isItsTableAndTheNextFollowsIt() -> None:
    one, again = opened(), opened()
    assert again.at(7) == one.next(START + 7 * MINUTE).table
    assert again.next(START + 8 * MINUTE) == one.next(START + 8 * MINUTE)


# Asking everybody


def test_next_withOneMemberOfOtherPrices_isSignedByTheOtherTwo() -> None:
    odd = opened((missing(0), dearer(20_000), missing(2)))
    signed, all_ = odd.next(START + MINUTE), opened().next(START + MINUTE)
    assert (signed.table, signed.posted) == (all_.table, all_.posted)
    assert len(signed.signed.signatures) == 2
    assert set(signed.signed.signatures) < set(all_.signed.signatures)
    near = opened((missing(0), dearer(9_000), missing(2))).next(START + MINUTE)
    assert len(near.signed.signatures) == 3


def test_next_withTwoMembersOfOtherPrices_isRefusedAndSaysWhoAndWhy() -> None:
    oracle = opened((missing(0), dearer(20_000), dearer(-20_000)))
    with pytest.raises(TooFewSigners) as refused:
        oracle.next(START + MINUTE)
    message = str(refused.value)
    assert "epoch 1 needs 2 signatures" in message and "BTC" in message
    assert set(refused.value.refused) < {f"0x{member.hex()}" for member in oracle.members}
    assert len(refused.value.refused) == 2
    assert not any(secret.hex() in message for secret in SECRETS)
    assert oracle.epoch == 1 and oracle.due == START + 2 * MINUTE, "what was observed is not lost"


def test_next_withAWildSource_isSignedByAll() -> None:
    """Ten times the price from one of five: nobody's median moves."""
    simulator: Simulator = replace(story_simulator(FIRST, 1), faults={"beta": frozenset(range(1, 4))})
    oracle = Oracle.simulated(SECRETS, 3, PLACE, GOVERNANCE, PROFILE, simulator)
    assert len(oracle.next(START + 3 * MINUTE).signed.signatures) == 3


def test_next_ofATableThatMayNotFollow_isSignedByNobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever proposes it: here the table of a slot that was settled is built as active again."""
    oracle = opened()
    oracle.next(START + HOURS)
    honest = tables.build_table

    def forging(inputs: Inputs, *more: object) -> RiskTable:
        revived = [replace(one, status=Status.ACTIVE, payoff=0) for one in inputs.slots[2:4]]
        return honest(replace(inputs, slots=(*inputs.slots[:2], *revived, *inputs.slots[4:])), *more)  # type: ignore[arg-type]

    monkeypatch.setattr(node, "build_table", forging)
    with pytest.raises(TooFewSigners, match="MKT-SIGN-1"):
        oracle.next(START + HOURS + MINUTE)


def test_oracle_withRepeatedOrTooFewKeys_isRefused() -> None:
    simulator = story_simulator(FIRST, 1)
    for secrets, threshold in ((SECRETS[:1] * 3, 2), (SECRETS, 4), (SECRETS, 0)):
        with pytest.raises(OracleError, match="no committee") as refused:
            Oracle.simulated(secrets, threshold, PLACE, GOVERNANCE, PROFILE, simulator)
        assert SECRETS[0].hex() not in str(refused.value)


def test_next_withAClosingTooSoon_isRefusedAndChangesNothing() -> None:
    oracle = opened()
    with pytest.raises(BadInputs):
        oracle.next(START + MINUTE, closings={PERPETUAL: START + 2 * MINUTE})
    assert oracle.next(START + MINUTE) == opened().next(START + MINUTE)


# The story's falls


def leveraged(table: RiskTable, percent: int) -> tuple[int, ...]:
    """A hundred perpetuals long, on equity of so many percent of their value."""
    price = table.marks[PERPETUAL].price
    return (100 * price * (percent - 100) // 100, 100, *([0] * (PROFILE.slots - 2)))


@pytest.mark.parametrize("seed", range(1, 6))
@pytest.mark.parametrize("fall", [FALL, SLIDE])
def test_fall_leavesFourfoldLeverageBelowCloseOutAndThreefoldBelowMaintenance(fall: Script, seed: int) -> None:
    oracle = opened(seed=seed, fall=fall)
    calm = oracle.next(START + (fall.first - 1) * MINUTE).table
    four, three, two = (leveraged(calm, percent) for percent in (25, 33, 50))
    for book in (four, three, two):
        check_initial(values_of(book, calm), Width.TRADED)
    after = oracle.next(START + (fall.first + fall.epochs - 1) * MINUTE).table
    maintenance, close_out = GOVERNANCE.parameters.maintenance, GOVERNANCE.parameters.close_out
    assert violates(values_of(four, after), close_out)
    assert violates(values_of(three, after), maintenance) and not violates(values_of(three, after), close_out)
    assert not violates(values_of(two, after), maintenance)


@pytest.mark.parametrize("seed", range(1, 4))
def test_fall_narrowsWhatFallsAndHaltsNothing(seed: int) -> None:
    def during(fall: Script) -> Iterator[SignedEpoch]:
        oracle = opened(seed=seed, fall=fall)
        return (oracle.next(START + minute * MINUTE) for minute in range(29, fall.first + fall.epochs + 8))

    fast = [statuses(one.table) for one in during(FALL)]
    assert fast[0] == fast[-1] == {Status.ACTIVE}
    assert {Status.REDUCE_ONLY} in fast
    assert set().union(*fast) == {Status.ACTIVE, Status.REDUCE_ONLY}
    assert {frozenset(statuses(one.table)) for one in during(SLIDE)} == {frozenset({Status.ACTIVE})}


@pytest.mark.parametrize("name", PROFILES)
def test_story_inEveryProfile_canBeListedAndPriced(name: str) -> None:
    start = story_inputs(PROFILES[name], GOVERNANCE, START)
    assert statuses(tables.build_table(start, GOVERNANCE, PROFILES[name])) == {Status.ACTIVE}


def test_story_inDefaultRules_isTheFoldOfItsObservations() -> None:
    """The oracle adds nothing to what the market's own fold gives."""
    state = genesis(FIRST)
    for seen in islice(story_simulator(FIRST, 3, FALL).observations(), 50):
        state = advance(state, seen, GOVERNANCE)
    oracle = opened(seed=3, fall=FALL)
    oracle.observe(START + 50 * MINUTE)
    assert oracle.inputs == state.inputs


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Epochs for which the oracle builds tables from now on; members' own are not counted."""
    built: list[int] = []
    honest = tables.build_table

    def counting(inputs: Inputs, *more: object) -> RiskTable:
        built.append(inputs.epoch)
        return honest(inputs, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(node, "build_table", counting)
    return built
