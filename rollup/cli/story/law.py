"""The chapters of the demo that the law tells: a market is margined, a batch settles, an account is taken over."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from prover import crypto
from rollup.cli.story.chapter import Chapter
from rollup.cli.story.people import BUYER, DOMAIN, PEOPLE, SAVER, SELLER, TRADERS
from rollup.market.defaults import default_governance, default_inputs, default_terms
from rollup.market.encoding import encode
from rollup.market.inputs import Inputs
from rollup.market.table import build_table
from rollup.spec.account import Account, Owner
from rollup.spec.errors import Rejected
from rollup.spec.funds import Decoy as Untouched
from rollup.spec.funds import Deposit, FeeCredit, FundsStep
from rollup.spec.liquidate import FundLane, LiquidateStep, LiquidationLane
from rollup.spec.margin import check_initial, values_of
from rollup.spec.orders import Leg, Order
from rollup.spec.recovery import follow, read_words
from rollup.spec.settlement import PostedTable
from rollup.spec.shared import PROFILES, Mode, Side, Width
from rollup.spec.solvency import scan
from rollup.spec.state import State, Suspense
from rollup.spec.step import Applied, Body, Frame, Step, apply
from rollup.spec.table import RiskTable
from rollup.spec.trade import Lane, TradeStep

__all__ = [
    "COLLATERAL",
    "PERPETUAL",
    "PROFILE",
    "TAKEOVER",
    "USDC",
    "Story",
    "a_batch_under_the_law",
    "a_margined_market",
    "epochs",
    "posted",
    "tables",
]

PROFILE = PROFILES["tiny"]
USDC = 10**6
COLLATERAL = 300 * USDC
"""What each trader registers with."""
PERPETUAL, CALL = 1, 5
"""Slots of the default market: a BTC perpetual, and a call on BTC at the money."""


def a_margined_market(chapter: Chapter) -> None:
    """Price the default market and margin a hedged book as one portfolio."""
    governance = default_governance()
    risk = build_table(default_inputs(PROFILES["small"], governance), governance, PROFILES["small"])
    live = len(default_terms())
    chapter.note(f"{live} instruments valued at the mark and in {len(risk.stress)} scenarios, in integers")
    alone = [_needs(risk, {PERPETUAL: 100}), _needs(risk, {CALL: -100})]
    together = _needs(risk, {PERPETUAL: 100, CALL: -100})
    margins = f"{together // USDC:,} USDC as one book, {sum(alone) // USDC:,} apart"
    chapter.claim(f"100 perpetuals long and 100 calls short need {margins}", together < sum(alone))
    wing = next(slot for slot in range(1, live + 1) if risk.marks[slot].price < risk.marks[slot].risk_short // 1_000)
    chapter.claim(
        "worthless calls cannot be sold for free: a short one needs margin",
        _refused(risk, {wing: -2_000}, cash=0),
    )
    chapter.claim(
        "and what they lend their buyer margins nothing: 20 perpetuals and 2,000 such calls on no equity are refused",
        _refused(risk, {PERPETUAL: 20, wing: 2_000}, cash=-20 * risk.marks[PERPETUAL].price),
    )


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

    def trade(self, calm: RiskTable) -> None:
        """Three accounts are registered, two of them trade, the fees are credited."""
        first, second, third = (
            Deposit(index, number, COLLATERAL, self.owners[index]) for number, index in enumerate(TRADERS)
        )
        self.step(FundsStep((first, second, Untouched(1), Untouched(1)), 1), calm)
        self.step(FundsStep((third, Untouched(BUYER), Untouched(SELLER), Untouched(1)), 2), calm)
        cash = 20 * calm.marks[PERPETUAL].price
        fee = cash // 1_000
        narrow = (
            Lane(BUYER, (_leg(BUYER, Side.BUY, 20, cash, fee=fee, risk=calm),)),
            Lane(SELLER, (_leg(SELLER, Side.SELL, 20, cash, fee=fee, risk=calm),)),
        )
        self.step(TradeStep(narrow, (Lane(SAVER),)), calm, last=False)
        self.step(FundsStep((FeeCredit(1, 2 * fee), Untouched(BUYER), Untouched(SELLER), Untouched(SAVER)), 3), calm)


TAKEOVER = LiquidateStep(FundLane(), (LiquidationLane(BUYER, Mode.TAKEOVER), LiquidationLane(SAVER)), 4)
"""The fund takes the buyer over; the other lane is a decoy."""


def tables() -> tuple[RiskTable, RiskTable]:
    """The default market, and the same after a fall by 24 %."""
    calm, crashed = epochs()
    governance = default_governance()
    return build_table(calm, governance, PROFILE), build_table(crashed, governance, PROFILE)


def epochs() -> tuple[Inputs, Inputs]:
    """What both tables are made from; L1 counts epochs from 1."""
    calm = replace(default_inputs(PROFILE, default_governance()), epoch=1)
    fallen = tuple(replace(each, spot=each.spot * 76 // 100) for each in calm.underlyings)
    return calm, replace(calm, epoch=calm.epoch + 1, time=calm.time + 60, underlyings=fallen)


def posted(inputs: Inputs, table: RiskTable) -> PostedTable:
    """A table as L1 sees it: marks in clear, stressed values by root, inputs to check it with."""
    marks = tuple(mark.word() for mark in table.marks)
    return PostedTable(inputs.epoch, table.time, table.root, table.any_active, marks, table.stress_root, encode(inputs))


def a_batch_under_the_law(chapter: Chapter) -> None:
    """Deposits, a trade and a takeover, step by step through the specification; one account rebuilt from its words."""
    calm, crashed = tables()
    story = Story()
    story.trade(calm)
    hands = [story.state.accounts[index].vector for index in (BUYER, SELLER)]
    chapter.claim(
        "20 perpetuals changed hands and nothing is owed at the end",
        hands == _after_the_trade(calm) and story.history[-1].suspense.is_zero,
    )
    books = scan(story.state, calm)
    chapter.claim("the equity of all accounts is exactly the custody", books.balanced)
    rebuilt = _rebuild(BUYER, story.owners[BUYER], story.history)
    chapter.claim("the buyer rebuilds its account from published words alone", rebuilt == story.state.accounts[BUYER])
    chapter.claim("before the crash nobody can be taken over (LIQ-10)", _refusal_of_takeover(story, calm) == "LIQ-10")
    story.step(TAKEOVER, crashed)
    books = scan(story.state, crashed)
    fund = story.state.accounts[0]
    chapter.claim("after a fall by 24 % the fund takes the buyer over", fund.vector[PERPETUAL] == 20)
    chapter.claim("and the books still balance, to the micro-dollar", books.balanced)


def _leg(account: int, side: Side, quantity: int, cash: int, *, fee: int, risk: RiskTable) -> Leg:
    mark = risk.marks[PERPETUAL]
    order = Order(account, PERPETUAL, mark.listing, side, cash // quantity, quantity, 2_000, 0, 1, risk.time + 60)
    return Leg(order, PEOPLE[account].sign_order(order), quantity, cash, fee)


def _rebuild(index: int, owner: Owner, history: list[Applied]) -> Account | None:
    account: Account | None = None
    for applied in history:
        for seen in read_words(applied.published.kind, applied.words, PROFILE):
            if seen.index == index:
                salt = applied.step.frame.salt
                account = follow(account, seen, applied.table.marks, DOMAIN, salt, owner=owner, profile=PROFILE)
    return account


def _after_the_trade(risk: RiskTable) -> list[tuple[int, ...]]:
    """What buyer and seller hold by hand: 20 lots from one to the other for their value, a thousandth from either."""
    mark = risk.marks[PERPETUAL]
    fee, value = 20 * mark.price // 1_000, 20 * mark.value
    return [_book(risk, {PERPETUAL: sign * 20}, COLLATERAL - sign * value - fee) for sign in (1, -1)]


def _refusal_of_takeover(story: Story, risk: RiskTable) -> str:
    """By which rule the law refuses it; empty when it would not."""
    try:
        story.step(TAKEOVER, risk)
    except Rejected as refusal:
        return refusal.rule
    return ""


def _book(risk: RiskTable, positions: dict[int, int], cash: int) -> tuple[int, ...]:
    return (cash, *(positions.get(slot, 0) for slot in range(1, len(risk.marks))))


def _needs(risk: RiskTable, positions: dict[int, int]) -> int:
    """Initial margin of a book: what its worst scenario takes from its value."""
    values = values_of(_book(risk, positions, 0), risk)
    return values[0] - min(values)


def _refused(risk: RiskTable, positions: dict[int, int], cash: int) -> bool:
    try:
        check_initial(values_of(_book(risk, positions, cash), risk), Width.TRADED)
    except Rejected:
        return True
    return False
