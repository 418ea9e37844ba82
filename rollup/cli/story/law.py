"""The chapter of the demo that the law tells: what the exchange did becomes steps, and the law takes each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from prover import crypto
from rollup.cli.story.chapter import Chapter
from rollup.cli.story.floor import BOUGHT, FEE_PPM, LOTS, Floor
from rollup.cli.story.market import COLLATERAL, PERPETUAL, PROFILE, book
from rollup.cli.story.people import BUYER, DOMAIN, PEOPLE, SAVER, SELLER, TRADERS
from rollup.ledger.netting import Planned
from rollup.spec.account import FUND, Account, Owner
from rollup.spec.errors import Rejected
from rollup.spec.liquidate import FundLane, LiquidateStep, LiquidationLane
from rollup.spec.recovery import follow, read_words
from rollup.spec.shared import Mode
from rollup.spec.solvency import scan
from rollup.spec.state import State, Suspense
from rollup.spec.step import Applied, Body, Frame, Step, apply, kind_of
from rollup.spec.table import MILLION, Mark, RiskTable
from rollup.spec.trade import TradeStep

__all__ = ["Story", "a_batch_under_the_law"]


@dataclass
class Story:
    """Steps of a small clearing house, each applied by the law."""

    owners: dict[int, Owner] = field(default_factory=lambda: {index: who.owner for index, who in PEOPLE.items()})
    history: list[Applied] = field(default_factory=list)
    batch: int = 1
    first: int = 0
    """Place in the history of the batch's first step."""

    @property
    def steps(self) -> list[Applied]:
        """Those of the batch at hand."""
        return self.history[self.first :]

    def next_batch(self) -> None:
        """Begin another one."""
        self.batch, self.first = self.batch + 1, len(self.history)

    @property
    def state(self) -> State:
        if self.history:
            return self.history[-1].state
        return State.genesis(PROFILE, DOMAIN, self.owners[0], self.owners[1])

    def step(self, body: Body, risk: RiskTable, *, last: bool = True) -> Applied:
        """Apply a step; `last` says that nothing is owed after it."""
        owed = self.history[-1].suspense if self.history else Suspense.settled(PROFILE)
        number, here = len(self.steps), crypto.load()
        blind = 0 if last else here.poseidon([self.batch, number, 77])
        frame = Frame(self.batch, number, here.poseidon([self.batch, number, 99]), blind)
        self.history.append(apply(Step(frame, body), self.state, owed, risk))
        return self.history[-1]

    def play(self, plans: Iterable[Planned]) -> None:
        """Apply what the ledger planned."""
        for plan in plans:
            self.step(plan.body, plan.table, last=plan.settled)


def a_batch_under_the_law(chapter: Chapter, floor: Floor) -> None:
    """What was traded, netted and taken step by step through the specification; an account rebuilt from its words."""
    calm, crashed = floor.tables
    story = Story()
    plans = floor.planned(story.state.accounts)
    _what_netting_made(chapter, floor, plans)
    story.play(plan for plan in plans if plan.table is calm)
    hands = {index: story.state.accounts[index].vector for index in TRADERS}
    chapter.claim(
        f"the law takes them: {LOTS} perpetuals changed hands and nothing is owed at the end",
        hands == _after_the_trade(calm) and story.history[-1].suspense.is_zero,
    )
    books = scan(story.state, calm)
    chapter.claim("the equity of all accounts is exactly the custody", books.balanced)
    rebuilt = _rebuild(BUYER, story.owners[BUYER], story.history)
    chapter.claim("the buyer rebuilds its account from published words alone", rebuilt == story.state.accounts[BUYER])
    chapter.claim("before the crash nobody can be taken over (LIQ-10)", _refusal_of_takeover(story, calm) == "LIQ-10")
    story.play(plan for plan in plans if plan.table is crashed)
    _, exchange = floor.holdings()
    chapter.claim(
        "after the fall the law takes takeover and deleverage too: every account is what the exchange says",
        {index: account.vector for index, account in story.state.accounts.items()} == exchange,
    )
    held = {index: story.state.accounts[index].vector[PERPETUAL] for index in (FUND, BUYER, SELLER, SAVER)}
    bought, kept = BOUGHT[-1][1], held[FUND]
    chapter.claim(
        f"the buyer holds no perpetual any more, the fund {kept} and the saver {bought} against the seller",
        held == {FUND: kept, BUYER: 0, SELLER: -kept - bought, SAVER: bought},
    )
    chapter.claim("and the books still balance, to the micro-dollar", scan(story.state, crashed).balanced)


def _what_netting_made(chapter: Chapter, floor: Floor, plans: list[Planned]) -> None:
    """Fills of one order are one leg, orders of one account one touch."""
    kinds = Counter(kind_of(plan.body).name.lower() for plan in plans)
    steps = ", ".join(f"{count} {name}" for name, count in kinds.items())
    lanes = [
        lane for plan in plans if isinstance(plan.body, TradeStep) for lane in (*plan.body.narrow, *plan.body.wide)
    ]
    legs = {lane.account: [leg.quantity for leg in lane.legs] for lane in lanes if lane.legs}
    by_buyer = [lots for index, lots in BOUGHT if index == BUYER]
    chapter.claim(
        f"the log's {2 * len(BOUGHT)} fills become {sum(map(len, legs.values()))} legs in {len(legs)} lanes: the "
        f"seller's {len(BOUGHT)} are one, the buyer's two orders share a wide lane",
        legs == {SELLER: [LOTS], BUYER: by_buyer, SAVER: [BOUGHT[-1][1]]} and len(lanes) == len(legs),
    )
    chapter.note(f"{len(floor.entries)} commands, {len(plans)} steps: {steps}")


def _rebuild(index: int, owner: Owner, history: list[Applied]) -> Account | None:
    account: Account | None = None
    for applied in history:
        for seen in read_words(applied.published.kind, applied.words, PROFILE):
            if seen.index == index:
                salt = applied.step.frame.salt
                account = follow(account, seen, applied.table.marks, DOMAIN, salt, owner=owner, profile=PROFILE)
    return account


def _after_the_trade(risk: RiskTable) -> dict[int, tuple[int, ...]]:
    """What the traders hold by hand: lots from one to the others for their value, a thousandth from either side."""
    mark = risk.marks[PERPETUAL]
    lots = {SELLER: -LOTS, BUYER: 0, SAVER: 0}
    for index, taken in BOUGHT:
        lots[index] += taken
    return {index: book(risk, {PERPETUAL: held}, _cash(held, mark)) for index, held in lots.items()}


def _cash(held: int, mark: Mark) -> int:
    """What is left of the collateral of who traded so many lots at the mark."""
    return COLLATERAL - held * mark.value - abs(held) * mark.price * FEE_PPM // MILLION


def _refusal_of_takeover(story: Story, risk: RiskTable) -> str:
    """By which rule the law refuses it; empty when it would not."""
    takeover = LiquidateStep(FundLane(), (LiquidationLane(BUYER, Mode.TAKEOVER), LiquidationLane(SAVER)), 4)
    try:
        story.step(takeover, risk)
    except Rejected as refusal:
        return refusal.rule
    return ""
