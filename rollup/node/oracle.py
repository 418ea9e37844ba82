"""
The oracle: a committee whose keys are at hand, signing tables of what it observes.

Observations come from outside, one an epoch; what follows from them is a fold, so an oracle that is started again over
the same observations is where the one before it was. It takes in everything up to a time, because prices in between
decide fixings, breakers and regimes, but builds and signs a table only when asked: L1 lets epochs rise by more than
one. Each member hears prices its own way, recomputes the table, and signs it only if its own prices are near.

    OracleError
    ├── NothingNew      the table of this time is signed already, or nothing was observed yet
    ├── TooFewSigners   fewer members than the threshold put their name to a table
    ├── TooSlow         prices would come too rarely for the rules
    └── OtherHistory    the observations are not those that the signed inputs were made from
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, Self, TypeAlias

from eth_keys.datatypes import PrivateKey

from rollup.market.committee import Deployment, Member
from rollup.market.encoding import encode
from rollup.market.errors import MarketRefusal
from rollup.market.governance import Governance
from rollup.market.inputs import Inputs
from rollup.market.median import Print, Verdict, aggregate
from rollup.market.oracle import Observations, OracleState, advance, genesis
from rollup.market.parameters import OracleRules
from rollup.market.simulator import Simulator
from rollup.market.table import build_table
from rollup.node.errors import NodeError
from rollup.spec.settlement import PostedTable, SignedTable
from rollup.spec.shared import Profile, Status
from rollup.spec.table import RiskTable

__all__ = [
    "Hearing",
    "NothingNew",
    "Oracle",
    "OracleError",
    "OtherHistory",
    "SignedEpoch",
    "SignedListing",
    "TooFewSigners",
    "TooSlow",
    "missing",
    "posted_table",
]

Hearing: TypeAlias = Callable[[Observations], Iterable[Print]]
"""Which prices a member hears of all that were observed."""

NO_CLOSINGS: Final[Mapping[int, int]] = MappingProxyType({})


class OracleError(NodeError):
    """Base of every way in which the oracle says no."""


class NothingNew(OracleError):
    """No table can be signed at this time that is not signed already."""

    def __init__(self, time: int, due: int | None) -> None:
        self.time, self.due = time, due
        when = "no observation is to come" if due is None else f"the next observation is of {due}; ask again then"
        super().__init__(f"nothing new was observed by {time}: {when}")


class TooFewSigners(OracleError):
    """A table that is not official."""

    def __init__(self, epoch: int, threshold: int, refused: Mapping[str, str]) -> None:
        self.epoch, self.threshold, self.refused = epoch, threshold, dict(refused)
        reasons = "; ".join(f"{member} refuses: {reason}" for member, reason in refused.items())
        super().__init__(
            f"the table of epoch {epoch} needs {threshold} signatures and has fewer ({reasons}). "
            "Compare the members' price sources; the next epoch may be signed again"
        )


class TooSlow(OracleError):
    """Observations that are farther apart than a price is trusted."""

    def __init__(self, seconds: int, rules: OracleRules) -> None:
        self.seconds = seconds
        super().__init__(
            f"observations every {seconds} s are too rare for prices that are trusted for {rules.max_age} s; "
            f"let them come every {rules.max_age} s at least"
        )


class OtherHistory(OracleError):
    """An oracle that cannot get to where it is to go on."""

    def __init__(self, epoch: int, reason: str) -> None:
        self.epoch = epoch
        super().__init__(f"the oracle cannot go on from epoch {epoch}: {reason}")


@dataclass(frozen=True, slots=True)
class SignedEpoch:
    """One epoch's table: what it is made from, what the engine margins with, what L1 is sent."""

    inputs: Inputs
    table: RiskTable
    posted: PostedTable
    signed: SignedTable


@dataclass(frozen=True, slots=True)
class SignedListing:
    """The terms of a slot's instrument, ready for L1."""

    slot: int
    listing: int
    terms: bytes
    """Their hash."""
    signatures: tuple[bytes, ...]


@dataclass(slots=True)
class _Seat:
    """A member, what it hears, and the last price of each underlying that its own sources agreed on."""

    member: Member = field(repr=False)
    hears: Hearing
    spots: dict[str, int]

    def hear(self, seen: Observations, rules: OracleRules) -> None:
        heard = tuple(self.hears(seen))
        for name in self.spots:
            verdict, price = aggregate((one for one in heard if one.underlying == name), seen.time, rules)
            if verdict is Verdict.AGREED:
                self.spots[name] = price


class Oracle:
    """A committee over a stream of observations."""

    def __init__(
        self,
        secrets: Sequence[bytes],
        threshold: int,
        deployment: Deployment,
        governance: Governance,
        profile: Profile,
        start: Inputs,
        observations: Iterable[Observations],
        hearings: Sequence[Hearing] | None = None,
    ) -> None:
        """`start` is what is known before the first observation; no table is signed of it. One hearing a secret."""
        hearings = [missing(place) for place in range(len(secrets))] if hearings is None else hearings
        members = [Member(PrivateKey(secret), deployment, governance, profile) for secret in secrets]
        spots = {of.name: of.spot for of in start.underlyings}
        seats = [_Seat(member, hears, dict(spots)) for member, hears in zip(members, hearings, strict=True)]
        if not 0 < threshold <= len({seat.member.address for seat in seats}) == len(seats):
            raise OracleError(f"{threshold} of {len(seats)} keys is no committee: name distinct ones, enough of them")
        self.threshold, self.governance, self.profile = threshold, governance, profile
        self._seats = sorted(seats, key=lambda seat: seat.member.address)
        self._start = start
        self._behind: OracleState = genesis(start)
        """All but the latest observation: that one is folded in when it is known under which conditions."""
        self._latest: Observations | None = None
        self._rest = iter(observations)
        self._coming = next(self._rest, None)
        self._signed = start.epoch
        self._before: RiskTable | None = None

    @classmethod
    def simulated(
        cls,
        secrets: Sequence[bytes],
        threshold: int,
        deployment: Deployment,
        governance: Governance,
        profile: Profile,
        simulator: Simulator,
        hearings: Sequence[Hearing] | None = None,
    ) -> Self:
        """Over a simulated market; the same seed gives the same tables."""
        if simulator.seconds > governance.market.oracle.max_age:
            raise TooSlow(simulator.seconds, governance.market.oracle)
        start, observations = simulator.start, simulator.observations()
        return cls(secrets, threshold, deployment, governance, profile, start, observations, hearings)

    @property
    def members(self) -> tuple[bytes, ...]:
        """Addresses, ascending."""
        return tuple(seat.member.address for seat in self._seats)

    @property
    def epoch(self) -> int:
        """Of the latest observation."""
        return self._behind.inputs.epoch + (self._latest is not None)

    @property
    def time(self) -> int:
        """Of the latest observation."""
        return self._latest.time if self._latest is not None else self._behind.inputs.time

    @property
    def due(self) -> int | None:
        """When the next observation comes; None if none does."""
        return self._coming.time if self._coming is not None else None

    @property
    def inputs(self) -> Inputs:
        """As of the latest observation, under the conditions last named for it."""
        return self._state().inputs

    def observe(self, time: int) -> int:
        """Take in everything that was seen until `time`, and say how many epochs that was. Nothing is signed."""
        before = self.epoch
        while self._coming is not None and self._coming.time <= time:
            self._take(self._coming)
        return self.epoch - before

    def next(
        self,
        time: int,
        *,
        gate_open: bool = True,
        narrowed: Iterable[int] = (),
        closings: Mapping[int, int] = NO_CLOSINGS,
    ) -> SignedEpoch:
        """
        The newest table that is not of a time to come, signed; epochs that nobody asked for are skipped.

        While the solvency gate is shut nothing in it is active. `narrowed` are slots that governance keeps reduce-only,
        `closings` the times at which it settles what has no expiry, by slot.
        """
        self.observe(time)
        if self._latest is None or self.epoch == self._signed:
            raise NothingNew(time, self.due)
        seen = replace(
            self._latest,
            gate_open=gate_open and self._latest.gate_open,
            narrowed=self._latest.narrowed | frozenset(narrowed),
            closings={**self._latest.closings, **closings},
        )
        inputs = advance(self._behind, seen, self.governance).inputs
        table = build_table(inputs, self.governance, self.profile)
        posted = posted_table(inputs, table)
        signed = SignedTable(posted, self._signatures(inputs, table))
        self._latest, self._signed, self._before = seen, inputs.epoch, table
        return SignedEpoch(inputs, table, posted, signed)

    def listings(self) -> tuple[SignedListing, ...]:
        """All that slots hold from the start, signed by everybody, by rising slot."""
        held = [(slot, one, one.terms) for slot, one in enumerate(self._start.slots, start=1)]
        return tuple(
            SignedListing(
                slot,
                one.listing,
                terms.hash,
                tuple(seat.member.sign_listing(slot, one.listing, terms) for seat in self._seats),
            )
            for slot, one, terms in held
            if terms is not None
        )

    def at(self, epoch: int, closings: Mapping[int, int] = NO_CLOSINGS) -> RiskTable:
        """
        Go forward to an epoch whose table was signed before this oracle was started; the table, which the next follows.

        Only this one is built. `closings` are those that had been named by then; when exactly makes no difference.
        """
        if epoch < self.epoch or epoch <= self._start.epoch:
            raise OtherHistory(epoch, f"it is at epoch {self.epoch}; start one from the first observation on")
        while self.epoch < epoch:
            if self._coming is None:
                raise OtherHistory(epoch, f"observations end with epoch {self.epoch}")
            self._take(replace(self._coming, closings={**self._coming.closings, **closings}))
        self._signed, self._before = epoch, build_table(self.inputs, self.governance, self.profile)
        return self._before

    def resume(self, signed: Inputs) -> RiskTable:
        """
        Go on from the inputs that were signed last; their table.

        They must be what these observations give, but for slots that were narrowed then: a gate that is shut and a
        slot that governance narrows leave no trace in what follows.
        """
        self.at(signed.epoch, {slot: one.closing for slot, one in enumerate(signed.slots, start=1) if one.closing})
        if _widened(self.inputs) != _widened(signed):
            raise OtherHistory(signed.epoch, "its inputs do not follow from these observations; check seed and start")
        self._before = build_table(signed, self.governance, self.profile)
        return self._before

    def _take(self, seen: Observations) -> None:
        """One epoch more."""
        self._behind = self._state()
        self._latest = seen
        for seat in self._seats:
            seat.hear(seen, self.governance.market.oracle)
        self._coming = next(self._rest, None)

    def _state(self) -> OracleState:
        return self._behind if self._latest is None else advance(self._behind, self._latest, self.governance)

    def _signatures(self, inputs: Inputs, table: RiskTable) -> tuple[bytes, ...]:
        """Of all who sign, by ascending address."""
        signatures, refused = [], {}
        for seat in self._seats:
            try:
                signatures.append(seat.member.sign(inputs, table, self._before, seat.spots))
            except MarketRefusal as refusal:
                refused[f"0x{seat.member.address.hex()}"] = str(refusal)
        if len(signatures) < self.threshold:
            raise TooFewSigners(inputs.epoch, self.threshold, refused)
        return tuple(signatures)


def missing(place: int) -> Hearing:
    """Everything but one source: members that share no list of sources do not fall for the same wild one."""

    def hears(seen: Observations) -> Iterable[Print]:
        sources = sorted({one.source for one in seen.prints})
        return (one for one in seen.prints if one.source != sources[place % len(sources)])

    return hears


def posted_table(inputs: Inputs, table: RiskTable) -> PostedTable:
    """A table as L1 sees it: marks in clear, stressed values by root, inputs to recompute it from."""
    marks = tuple(mark.word() for mark in table.marks)
    return PostedTable(inputs.epoch, table.time, table.root, table.any_active, marks, table.stress_root, encode(inputs))


def _widened(inputs: Inputs) -> Inputs:
    """As if nothing had been narrowed."""
    return replace(
        inputs,
        slots=tuple(
            replace(slot, status=Status.ACTIVE) if slot.status == Status.REDUCE_ONLY else slot for slot in inputs.slots
        ),
    )
