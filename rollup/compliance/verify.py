"""
Judging a bundle: every claim that it makes, one at a time, by nothing but the file and what its reader knows.

Proofs are checked by the readable reference: no network, no node, no library that must be built first. What is proven
is only as good as the key, so whoever wrote the bundle must not be the one who says which key counts. Whoever proves
also chooses the books and the table, and with it prices and time: what is said of them counts only where both are the
ones on L1. A claim that rests on something which failed, or which nobody checked, is not called true: it says that it
was not checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Final

from prover.errors import InvalidInput
from prover.reference import groth16
from prover.reference.groth16 import Groth16Proof, VerificationKey
from rollup.compliance.bundle import PROTOCOL, Bundle, ProvenPart
from rollup.compliance.expected import Expected
from rollup.spec.errors import Rejected
from rollup.spec.solvency import ScanStatement, check_chain
from rollup.spec.types import Time
from rollup.verdicts import Claim, Verdict, failed, passed, unchecked

__all__ = ["NOTE", "exit_code", "moment", "verify"]

NOTE: Final = "Labels vouch for accounts, not for where money came from before it."
"""Said in every report."""

LAST_MOMENT: Final = 253_402_300_799
"""The end of the year 9999."""

TOLD: Final = 5
"""How many proofs that fail are told by number."""


def verify(bundle: Bundle, expected: Expected, advance: Callable[[], None] = lambda: None) -> list[Claim]:
    """Every claim of a bundle; `advance` after each proof, which takes a second or two."""
    return list(_Judgement(bundle, expected, advance).claims())


def exit_code(claims: list[Claim]) -> int:
    """0: nothing failed. 1: something did."""
    return int(any(claim.verdict is Verdict.FAIL for claim in claims))


def moment(time: Time) -> str:
    """A time as people read it, as far as calendars go."""
    if time > LAST_MOMENT:
        return f"second {time}"
    return f"{datetime.fromtimestamp(time, UTC):%Y-%m-%d %H:%M:%S} UTC"


@dataclass(frozen=True)
class _Judgement:
    """One bundle under examination."""

    bundle: Bundle
    expected: Expected
    advance: Callable[[], None]

    def claims(self) -> Iterator[Claim]:
        yield passed("format", f"a bundle of {len(self.bundle.parts)} proofs, every member in its form")
        yield self._domain()
        yield self._system()
        yield self._key()
        yield self._proofs
        yield self._chain
        yield self._said()
        yield from self._valid()
        yield self._custody()
        yield self._root
        yield self._prices
        yield self._table_time
        yield self._age()
        yield self._posted()

    @cached_property
    def _statements(self) -> list[ScanStatement]:
        return [part.statement for part in self.bundle.parts]

    @cached_property
    def _shown(self) -> bool:
        """Whether proofs stand behind what the last part says."""
        return self._proofs.verdict is Verdict.PASS and self._chain.verdict is Verdict.PASS

    def _if_shown(self, claim: Claim) -> Claim:
        """A claim that the proofs carry; without them it is talk."""
        if self._shown or claim.verdict is Verdict.FAIL:
            return claim
        return unchecked(claim.subject, "rests on proofs that fail or are missing")

    @property
    def _missing(self) -> str:
        """What keeps the proven state and table from being the ones on L1; empty when they are."""
        ties = ((self._root, "--root"), (self._prices, "--risk-root"))
        if wrong := [claim.subject for claim, _ in ties if claim.verdict is Verdict.FAIL]:
            return f"the {' and the '.join(wrong)} must be another, which this is not said of"
        needed = [option for claim, option in ties if claim.verdict is not Verdict.PASS]
        return f"give {' and '.join(needed)}, read on L1" if needed else ""

    # -- which system

    def _domain(self) -> Claim:
        subject, place = "domain", self.bundle.place
        if place.version != PROTOCOL:
            return failed(subject, f"is of version {place.version} of the protocol, this program knows {PROTOCOL}")
        foreign = [number for number, each in enumerate(self._statements, 1) if each.domain != place.domain]
        if foreign:
            return failed(subject, f"part {foreign[0]} was proven for another system than the bundle names")
        said = f"every part is of chain {place.chain}, clearing {place.clearing:#042x}"
        return self._if_shown(passed(subject, said))

    def _system(self) -> Claim:
        subject, place, profile = "system", self.expected.place, self.expected.profile
        if place is None:
            return unchecked(subject, "whether this is the system that you mean: give its record with --deployment")
        if place != self.bundle.place:
            return failed(subject, f"the record is of chain {place.chain}, clearing {place.clearing:#042x}")
        if profile != self.bundle.profile:
            return failed(subject, f"the record is of profile {profile}, the bundle says {self.bundle.profile}")
        return passed(subject, f"the one of the record, profile {profile}")

    def _key(self) -> Claim:
        subject, name = "verification key", self.bundle.key.name
        if self.expected.key is None:
            return unchecked(
                subject,
                f"is 0x{name.hex()}: whoever wrote the bundle may have made it, and can then prove anything; "
                "give --deployment or --key-hash",
            )
        if self.expected.key != name:
            return failed(subject, f"is 0x{name.hex()}, must be 0x{self.expected.key.hex()}")
        if self.expected.forgeable:
            return failed(subject, "is a development key, with which everybody can forge, and the chain no local one")
        if self.expected.development:
            return passed(subject, "the development key of a local chain, with which everybody can forge")
        return passed(subject, f"0x{name.hex()}")

    # -- what is proven

    @cached_property
    def _proofs(self) -> Claim:
        subject, points, count = "proofs", self.bundle.key, len(self.bundle.parts)
        try:
            key = VerificationKey(points.alpha, points.beta, points.gamma, points.delta, points.ic, "the bundle's key")
        except InvalidInput as error:
            return failed(subject, f"none counts under this key: {error}")
        bad = [number for number, part in enumerate(self.bundle.parts, 1) if not self._holds(key, part)]
        if bad:
            told = ", ".join(map(str, bad[:TOLD])) + (" and others" if len(bad) > TOLD else "")
            return failed(subject, f"of {count}, {len(bad)} do not verify under the bundle's key: {told}")
        return passed(subject, f"{count} of {count} verify under the bundle's key")

    def _holds(self, key: VerificationKey, part: ProvenPart) -> bool:
        try:
            return groth16.verify(key, part.statement.inputs, Groth16Proof(part.proof.a, part.proof.b, part.proof.c))
        except InvalidInput:  # A point that is on no curve is part of no proof.
            return False
        finally:
            self.advance()

    @cached_property
    def _chain(self) -> Claim:
        subject = "chain of parts"
        try:
            check_chain(self._statements)
        except Rejected as error:
            number = error.value + 1 if isinstance(error.value, int) else 0
            return failed(subject, f"part {number} of {len(self._statements)} {error.reason} ({error.rule})")
        return passed(subject, "from nothing counted to the last account, none missing; everything after it is empty")

    def _said(self) -> Claim:
        """What the bundle says in front is what its last part opens, and of the roots that it names."""
        subject, bundle, last, result = "what is claimed", self.bundle, self._statements[-1], self.bundle.result
        pairs = {
            "state root": (bundle.state_root, last.state_root),
            "risk root": (bundle.table.root, last.risk_root),
            "accounts": (result.accounts, last.accounts),
            "failed": (result.failed, last.failed),
            "balanced": (int(result.balanced), last.balanced),
            "fund_solvent": (int(result.fund_solvent), last.fund_solvent),
            "empty_slots": (result.empty_slots, last.empty_slots),
            "custody_commit": (result.custody_commit, last.custody_commit),
        }
        other = [name for name, (said, proven) in pairs.items() if said != proven]
        if other:
            return failed(subject, f"is not what the last part states: {', '.join(other)}")
        return self._if_shown(passed(subject, f"as the last part states it, of {result.accounts} accounts"))

    def _valid(self) -> Iterator[Claim]:
        """SOL-1 and SOL-2, by what the last part states of one state at one table."""
        last = self._statements[-1]
        verdicts = (
            ("books balance", last.balanced == 1, "Σ equity is exactly the custody", "Σ equity is not the custody"),
            ("fund", last.fund_solvent == 1, "the guarantee fund is not in debt", "the guarantee fund is in debt"),
            (
                "close-out",
                last.failed == 0,
                "no account is beyond close-out",
                f"{last.failed} accounts are beyond close-out, or are not shown to be within it",
            ),
        )
        for subject, holds, good, bad in verdicts:
            if not holds:
                yield failed(subject, bad)
            elif self._missing:
                proven = f"proven of the bundle's own state at its own table: {good}; {self._missing}"
                yield self._if_shown(unchecked(subject, proven))
            else:
                yield self._if_shown(passed(subject, good))

    def _custody(self) -> Claim:
        subject, custody = "custody opening", self.bundle.custody
        if custody is None:
            return unchecked(subject, "the operator shows no amount, only that it is matched")
        if custody.commitment != self._statements[-1].custody_commit:
            return failed(subject, "is not what the proven commitment holds")
        dollars, rest = divmod(custody.amount, 10**6)
        return self._if_shown(passed(subject, f"{dollars:,}.{rest:06} USDC inside accounts"))

    # -- which books, and when

    @cached_property
    def _root(self) -> Claim:
        subject, root, wanted = "state root", self._statements[-1].state_root, self.expected.state_root
        if wanted is None:
            said = f"whether {root:#066x} ended batch {self.bundle.batch} on L1: read it there and give --root"
            return unchecked(subject, said)
        if wanted != root:
            return failed(subject, f"is {root:#066x}, must be {wanted:#066x}")
        return self._if_shown(passed(subject, f"{root:#066x}, the one given"))

    @cached_property
    def _prices(self) -> Claim:
        subject, root, wanted = "risk table", self._statements[-1].risk_root, self.expected.risk_root
        if wanted is None:
            said = f"whether {root:#066x} is the committee's table, the last of that batch: give --risk-root"
            return unchecked(subject, said)
        if wanted != root:
            return failed(subject, f"is {root:#066x}, must be {wanted:#066x}")
        return self._if_shown(passed(subject, f"{root:#066x}, the one given"))

    @cached_property
    def _table_time(self) -> Claim:
        subject, table = "table time", self.bundle.table
        if table.hashed != self._statements[-1].risk_root:
            return failed(subject, "the opening of the risk table leads to another root than the proven one")
        return self._if_shown(passed(subject, f"{moment(table.time)}, in the proven risk root"))

    def _age(self) -> Claim:
        """
        By the table's time, which is never after the block that accepted the root: L1 counts no older.

        What is too old by its own table is so whoever made that table; young is only what has the committee's.
        """
        subject, at, limit = "age", self.expected.at, self.expected.max_age
        if at is None or limit is None:
            missing = " and ".join(name for name, value in (("--at", at), ("--max-age", limit)) if value is None)
            return unchecked(subject, f"whether it is still young enough: give {missing}")
        if self._table_time.verdict is not Verdict.PASS:
            return unchecked(subject, "rests on the table's time, which is not shown")
        age = at - self.bundle.table.time
        if age < 0:
            return failed(subject, f"its table is of {moment(self.bundle.table.time)}, which is after {moment(at)}")
        if age > limit:
            return failed(subject, f"{age:,} seconds at {moment(at)}, expired after {limit:,}")
        if self._missing:
            said = f"{age:,} seconds at {moment(at)}, by the time of the bundle's own table; {self._missing}"
            return unchecked(subject, said)
        return passed(subject, f"{age:,} seconds at {moment(at)}, of at most {limit:,}")

    def _posted(self) -> Claim:
        subject, posted = "posted on L1", self.bundle.posted
        if posted is None:
            return unchecked(subject, "the bundle names no transaction")
        return unchecked(subject, f"look up transaction {posted.transaction} in block {posted.block}")
