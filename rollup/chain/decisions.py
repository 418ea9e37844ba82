"""
What people decided about a system, as the chain has it: settings, roles, changes on their way, pauses, a freeze.

A record may say honestly what is bad for everybody. So settings are judged by the defaults, and whatever can still
become of the system is told. Roles and parameters are believed to be those that were meant: only a reader can know
who holds a key.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from enum import Enum
from typing import Final

from rollup.chain.bindings import System
from rollup.chain.bindings.structs import Signers
from rollup.chain.claims import Claim, failed, passed, same, shown, unchecked
from rollup.chain.plan import LOCAL_CHAINS
from rollup.chain.record import Record
from rollup.spec.account import REVENUE
from rollup.spec.settlement.settings import CHANGE_GRACE, Settings

__all__ = ["WORSE", "decisions", "judged"]


class Worse(Enum):
    """Which difference from a default protects people less."""

    LESS = "less"
    MORE = "more"
    ANY = "any"
    NONE = "none"

    def than(self, default: int, value: int) -> bool:
        """Whether a value that differs from the default is the worse one."""
        return self is Worse.ANY or self is (Worse.LESS if value < default else Worse.MORE)


WORSE: Final = {
    "max_age": Worse.MORE,
    "liquidate_max_age": Worse.MORE,
    "attestation_age": Worse.MORE,
    "insolvency_deadline": Worse.MORE,
    "deposit_window": Worse.ANY,
    "forced_deadline": Worse.MORE,
    "liveness_deadline": Worse.MORE,
    "claim_delay": Worse.ANY,
    "claim_window": Worse.ANY,
    "late_account_delay": Worse.ANY,
    "escape_price_delay": Worse.ANY,
    "exit_window": Worse.LESS,
    "timelock": Worse.LESS,
    "pause_limit": Worse.MORE,
    "pause_interval": Worse.LESS,
    "forced_per_block": Worse.LESS,
    "forced_fee": Worse.MORE,
    "forced_doubling": Worse.LESS,
    "minimum_deposit": Worse.MORE,
    "vault_ceiling": Worse.NONE,
}
"""Of every setting. ANY: too short cuts somebody off, too long keeps money away."""


def decisions(record: Record, system: System, there: frozenset[str], now: int) -> Iterator[Claim]:
    """Every claim about what people decided; `there` names the parts that have code, `now` is the chain's time."""
    yield _timelock(record.settings)
    yield from judged(record.settings, record.chain)
    if not there >= {"governance", "oracle", "deposits", "attestations"}:
        yield failed("roles", "governance, oracle, deposits or attestations are not there")
        return
    yield from _roles(record, system, now)
    frozen_at = system.attestations.frozen_at()
    if frozen_at:
        yield failed("freeze", f"frozen since {_date(frozen_at)}, after which nothing executes and people only leave")
        return
    yield passed("freeze", "not frozen")
    paused_until = system.governance.paused_until()
    if paused_until > now:
        yield unchecked("pause", f"registrations and trade steps are paused until {_date(paused_until)}")
    else:
        yield passed("pause", "not paused")
    yield from _changes(record, system, now)


def judged(settings: Settings, chain: int) -> Iterator[Claim]:
    """Every setting that is not the default; on a local chain, where tests want short times, it is only told."""
    default = Settings()
    pairs = {field.name: (getattr(default, field.name), getattr(settings, field.name)) for field in fields(Settings)}
    different = {name: (usual, value) for name, (usual, value) in pairs.items() if value != usual}
    if chain in LOCAL_CHAINS or not different:
        told = ", ".join(f"{name} is {value}, by default {usual}" for name, (usual, value) in different.items())
        yield passed("settings", f"of a local chain: {told}" if told else f"all {len(pairs)} are the defaults")
        return
    for name, (usual, value) in different.items():
        if WORSE[name].than(usual, value):
            yield failed(f"setting {name}", f"is {value}, by default {usual}, which protects people better")
        else:
            yield unchecked(f"setting {name}", f"is {value}, by default {usual}: ask why")


def _timelock(settings: Settings) -> Claim:
    if settings.timelock <= settings.exit_window:
        return failed("timelock", "is not longer than the exit window")
    return passed("timelock", f"{settings.timelock} s, longer than the exit window of {settings.exit_window} s")


def _roles(record: Record, system: System, now: int) -> Iterator[Claim]:
    """What governance can change: as the record has it, or changed since."""
    roles, governance = record.roles, system.governance
    yield same("parameters", shown(record.parameters.hash), shown(governance.parameters_at(now)))
    yield same("committee", _listed(roles.committee), _listed(system.oracle.committee()))
    yield same("governance", _listed(roles.governance), _listed(governance.members()))
    yield same("operator", roles.operator, governance.operator())
    yield same("guardian", roles.guardian, governance.guardian())
    yield same("revenue owner", roles.revenue_owner, system.deposits.l1_owner(REVENUE))
    dismissed = [provider for provider in roles.providers if not governance.is_provider(provider)]
    if dismissed:
        yield failed("providers", f"{', '.join(dismissed)} may not publish association roots")
    else:
        yield passed("providers", ", ".join(roles.providers) or "none")


def _changes(record: Record, system: System, now: int) -> Iterator[Claim]:
    """What was approved and nobody carried out yet: once it is due, who joins cannot leave before it."""
    governance, waiting = system.governance, 0
    for number in range(governance.proposal_count()):
        proposal = governance.proposal(number)
        due = proposal.queued_at + record.settings.timelock
        if proposal.closed or not proposal.queued_at or now >= due + CHANGE_GRACE:
            continue
        waiting += 1
        subject, change = f"change {number}", proposal.change
        told = f"{change.kind.name.lower()}, data 0x{change.data.hex()}"
        if now >= due:
            yield failed(subject, f"anyone may execute it at once, since {_date(due)}: {told}")
        else:
            yield unchecked(subject, f"is approved, and anyone may execute it from {_date(due)}: {told}")
    if not waiting:
        yield passed("changes", "none is on its way")


def _listed(signers: Signers) -> str:
    return f"{signers.threshold} of {', '.join(signers.members)}"


def _date(time: int) -> str:
    return f"{datetime.fromtimestamp(time, UTC):%Y-%m-%d %H:%M:%S} UTC"
