"""The crash that the benchmark tells, netted: what an exchange did to a crowd is what the law proves."""

from __future__ import annotations

import pytest
from support.ledger_runs import LedgerRun
from support.spec_values import FAST

from rollup.benchmarks import crash_floor
from rollup.benchmarks.crash import ORACLES, run_one
from rollup.benchmarks.crash_market import PROFILE
from rollup.exchange.commands import decode
from rollup.exchange.events import encode
from rollup.exchange.settings import Settings
from rollup.exchange.wire import framed
from rollup.spec.liquidate import LiquidateStep
from rollup.spec.shared import Mode

pytestmark = pytest.mark.skipif(not FAST, reason="hundreds of steps are hashed: the native extension is needed")


class Machine:
    """A machine whose whole log goes to a ledger, too."""

    def __init__(self, settings: Settings, name: str | None = None) -> None:
        self.run = LedgerRun(settings, PROFILE)

    def apply(self, record: bytes) -> bytes:
        return b"".join(framed(encode(event)) for event in self.run.carry_out(decode(record)))

    def state_hash(self) -> bytes:
        return self.run.twin.state_hash()


@pytest.mark.parametrize("oracle", ["guarded", "silent_unguarded"])
def test_net_over_a_crash_comes_to_what_the_exchange_did_to_everybody(
    oracle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    machines: list[Machine] = []

    def load(settings: Settings, name: str | None = None) -> Machine:
        machines.append(Machine(settings))
        return machines[-1]

    monkeypatch.setattr(crash_floor, "load", load)
    told = run_one(ORACLES[oracle], 48, 1)
    run = machines[0].run
    run.end_batch()
    assert run.differences() == {}
    bodies = [plan.body for plan in run.planned]
    lanes = [lane for body in bodies if isinstance(body, LiquidateStep) for lane in body.lanes]
    assert sum(lane.mode == Mode.TAKEOVER for lane in lanes) == told["totals"]["taken_over"] > 0
    assert any(lane.mode == Mode.DELEVERAGE for lane in lanes)
    assert told["totals"]["balanced"]
