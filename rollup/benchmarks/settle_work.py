"""A plan counted: its steps, the legs that its lanes carry, and the lanes that decoys have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from rollup.ledger.netting import Key, Planned
from rollup.spec.funds import Decoy, Deposit, Withdraw
from rollup.spec.liquidate import LiquidateStep
from rollup.spec.shared import Mode, StepKind
from rollup.spec.step import Body, kind_of
from rollup.spec.trade import TradeStep

__all__ = ["Cut", "Work", "work_of"]


@dataclass(frozen=True, slots=True)
class Cut:
    """A batch: its steps, and what L1 has to act on."""

    steps: Mapping[StepKind, int]
    deposits: int = 0
    withdrawals: int = 0


@dataclass
class Work:
    """What a plan amounts to."""

    cuts: list[Cut] = field(default_factory=list)
    legs: Counter[str] = field(default_factory=Counter)
    """Of orders that stood in the book (`maker`) and that came to it (`taker`)."""
    lanes: dict[str, list[int]] = field(default_factory=dict)
    """Lanes with business and all lanes, of narrow, wide, operations and liquidations."""
    touches: Counter[int] = field(default_factory=Counter)
    """Wide lanes by the number of their legs."""

    @property
    def steps(self) -> Counter[StepKind]:
        """By kind, of the whole day."""
        return sum((Counter(cut.steps) for cut in self.cuts), Counter())

    @property
    def trades(self) -> float:
        """One maker leg and one taker leg are a trade; where netting leaves more of one sort, two legs are one."""
        return sum(self.legs.values()) / 2

    @property
    def decoys(self) -> int:
        return sum(all_ - used for used, all_ in self.lanes.values())

    @property
    def decoy_share(self) -> float:
        """Part of all lanes that decoys have."""
        lanes = sum(all_ for _, all_ in self.lanes.values())
        return self.decoys / lanes if lanes else 0.0


def work_of(planned: Sequence[Planned], maker_orders: Iterable[Key]) -> Work:
    """Count a plan; a batch is cut wherever the table changes."""
    work, makers = Work(), frozenset(maker_orders)
    for _, batch in groupby(planned, key=lambda plan: id(plan.table)):
        bodies = [plan.body for plan in batch]
        for body in bodies:
            _count(work, body, makers)
        operations = [one for body in bodies for one in getattr(body, "operations", ())]
        deposits = sum(isinstance(one, Deposit) for one in operations)
        withdrawals = sum(isinstance(one, Withdraw) for one in operations)
        work.cuts.append(Cut(Counter(map(kind_of, bodies)), deposits, withdrawals))
    return work


def _count(work: Work, body: Body, makers: frozenset[Key]) -> None:
    def lane(sort: str, used: bool) -> None:
        counts = work.lanes.setdefault(sort, [0, 0])
        counts[0] += used
        counts[1] += 1

    if isinstance(body, TradeStep):
        for sort, lanes in (("narrow", body.narrow), ("wide", body.wide)):
            for one in lanes:
                lane(sort, bool(one.legs))
                for order in (leg.order for leg in one.legs):
                    maker = (order.account, order.place, order.nonce) in makers
                    work.legs["maker" if maker else "taker"] += 1
        work.touches.update(len(one.legs) for one in body.wide if one.legs)
    elif isinstance(body, LiquidateStep):
        for each in body.lanes:
            lane("liquidation", each.mode != Mode.NONE)
    else:
        for operation in body.operations:
            lane("operation", not isinstance(operation, Decoy))
