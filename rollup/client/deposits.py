"""
Deposits: collateral on its way from an L1 address into an account, as its sender sees it.

A deposit waits in a queue until a batch consumes it. The first one of an account registers it, and only then does the
account get its index. What is not consumed within the deposit window is never consumed any more and can be fetched
back, as can what a batch passed over, and everything that waits when the system is frozen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from web3.types import TxReceipt

from rollup.chain.abi import Address, Sender, Transaction, address, encoded, selector
from rollup.chain.bindings import System
from rollup.chain.bindings.deposits import DepositQueued, Status
from rollup.chain.errors import Reverted
from rollup.client.amounts import text_of_cash
from rollup.client.errors import BadOperation, NotNow
from rollup.client.keys import Keys
from rollup.client.system import OnBlocks, logged, now, unheard
from rollup.spec.account import Owner
from rollup.spec.settlement.settings import Settings
from rollup.spec.types import Cash, FieldElement, Index, Time

__all__ = [
    "DepositState",
    "Phase",
    "Queued",
    "Registered",
    "deposit_state",
    "deposits_of",
    "find_account",
    "find_own",
    "refund",
    "register",
    "registers_with",
    "top_up",
]


class Phase(StrEnum):
    """What became of a deposit."""

    QUEUED = "queued"
    """Waits for a batch."""
    CONSUMED = "consumed"
    """Inside the account."""
    REJECTED = "rejected"
    """A batch passed over it; to be fetched back."""
    REFUNDABLE = "refundable"
    """Its window is over or the system is frozen; to be fetched back."""
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class Queued:
    """A deposit that was just sent."""

    number: int
    amount: Cash
    gas: int


@dataclass(frozen=True, slots=True)
class Registered:
    """An account that was found by its keys."""

    index: Index
    l1_owner: Address


@dataclass(frozen=True, slots=True)
class DepositState:
    """A deposit at one moment."""

    number: int
    depositor: Address
    amount: Cash
    phase: Phase
    index: Index | None
    """Of the account; of a registration from its consumption on."""
    registers: bool
    ahead: int = 0
    """Deposits that are consumed or rejected before it."""
    refundable_in: int | None = None
    """Seconds until it can be fetched back if no batch takes it; 0 at once, None never."""

    @property
    def next(self) -> str:
        """What happens next, for people."""
        match self.phase:
            case Phase.QUEUED:
                return f"one of the next batches takes it; else it can be refunded in {_wait(self.refundable_in or 0)}"
            case Phase.CONSUMED:
                return f"in account {self.index}"
            case Phase.REJECTED | Phase.REFUNDABLE:
                return f"fetch it back: zkclear trader deposits --refund {self.number}"
            case Phase.REFUNDED:
                return "back where it came from"


def register(system: System, token: Address, sender: Sender, owner: Owner, amount: Cash) -> Queued:
    """Queue the first deposit of a new account, which the sender will own on L1."""
    if owner.l1_owner != int(sender.address, 16):
        raise BadOperation(
            f"the owner hash names {address(owner.l1_owner)} as L1 owner and {sender.address} sends: the batch would "
            "reject it; send from the address that shall own the account"
        )
    paused_until = system.governance.paused_until()
    if paused_until > now(system):
        raise NotNow(f"registrations are paused for {_wait(paused_until - now(system))}; top-ups are not")
    return _deposit(system, token, sender, amount, system.deposits.register(owner.hash, amount))


def top_up(system: System, token: Address, sender: Sender, index: Index, amount: Cash) -> Queued:
    """Queue a deposit into an account that exists; anybody's, and anybody may."""
    return _deposit(system, token, sender, amount, system.deposits.top_up(index, amount))


def refund(system: System, sender: Sender, number: int, settings: Settings) -> TxReceipt:
    """Fetch a deposit back to whoever sent it; anybody may ask for it."""
    state = deposit_state(system, number, settings)
    if state.phase not in (Phase.REJECTED, Phase.REFUNDABLE):
        raise NotNow(f"deposit {number} is {state.phase}: {state.next}")
    return system.deposits.refund(number).send(sender)


def deposit_state(system: System, number: int, settings: Settings) -> DepositState:
    """Where a deposit stands at the latest block."""
    found = system.deposits.deposit(number)
    if found.status is Status.NONE:
        raise BadOperation(f"there is no deposit {number}; the last one is {system.deposits.deposit_count() - 1}")
    registers, index, waits = found.owner_hash != 0, found.index, None
    ahead = 0
    match found.status:
        case Status.QUEUED:
            left = found.time + settings.deposit_window - now(system)
            free = left <= 0 or system.attestations.frozen_at() != 0
            phase, waits = (Phase.REFUNDABLE, 0) if free else (Phase.QUEUED, left)
            ahead = max(0, number - system.deposits.next_deposit())
        case Status.CONSUMED:
            phase = Phase.CONSUMED
        case Status.REJECTED:
            phase, waits = Phase.REJECTED, 0
        case _:
            phase = Phase.REFUNDED
    known = None if registers and phase is not Phase.CONSUMED else index
    return DepositState(number, found.depositor, found.amount, phase, known, registers, ahead, waits)


def deposits_of(
    system: System,
    settings: Settings,
    wanted: Callable[[DepositQueued], bool],
    first_block: int = 0,
    on_blocks: OnBlocks = unheard,
) -> list[DepositState]:
    """Every deposit that is wanted, oldest first."""
    found = [queued for queued in _queued(system, first_block, on_blocks) if wanted(queued)]
    return [deposit_state(system, queued.number, settings) for queued in found]


def find_account(
    system: System, owner_hash: FieldElement, first_block: int = 0, on_blocks: OnBlocks = unheard
) -> Index | None:
    """The index of the account that was registered with this owner hash; the first, if there are several."""
    found = _first(system, first_block, on_blocks, lambda queued: queued.owner_hash == owner_hash)
    return found.index if found else None


def find_own(system: System, keys: Keys, first_block: int = 0, on_blocks: OnBlocks = unheard) -> Registered | None:
    """
    The account that was registered with these keys, whoever sent the deposit.

    The L1 owner is in the owner hash, and whoever registers becomes it; so keys alone, as 24 words make them, are
    enough to find the account. Accounts are registered with keys of generation 0.
    """
    first = keys.rotated(0)
    return _first(system, first_block, on_blocks, lambda queued: registers_with(first, queued))


def registers_with(keys: Keys, queued: DepositQueued) -> bool:
    """Whether a deposit registers an account with these keys, under the address that sent it."""
    return queued.owner_hash != 0 and queued.owner_hash == keys.owner(int(queued.depositor, 16)).hash


def _first(
    system: System, first_block: int, on_blocks: OnBlocks, wanted: Callable[[DepositQueued], bool]
) -> Registered | None:
    """The first registration that is wanted and that a batch consumed; others may have queued the same hash."""
    for queued in _queued(system, first_block, on_blocks):
        if queued.owner_hash and wanted(queued):
            found = system.deposits.deposit(queued.number)
            if found.status is Status.CONSUMED:
                return Registered(found.index, found.depositor)
    return None


def _queued(system: System, first_block: int, on_blocks: OnBlocks) -> Iterator[DepositQueued]:
    """Every deposit that was ever queued, in order."""
    for event in logged(system.deposits, first_block, on_blocks):
        if isinstance(event, DepositQueued):
            yield event


def _deposit(system: System, token: Address, sender: Sender, amount: Cash, call: Transaction[int]) -> Queued:
    """Approve exactly what is missing of the amount, and send; refused before anything is paid for."""
    chain, vault = system.vault.chain, system.vault.address
    held = _ask(system, token, "balanceOf(address)", sender.address)
    if held < amount:
        raise NotNow(
            f"{sender.address} has {text_of_cash(held)} USDC and {text_of_cash(amount)} are to be deposited; send it "
            "some, or deposit less"
        )
    gas = 0
    if _ask(system, token, "allowance(address,address)", sender.address, vault) < amount:
        try:
            call.call(sender)
        except Reverted as refused:
            if refused.rule is not None:  # One of ours; that nothing is approved yet, the token says.
                raise
        data = selector("approve(address,uint256)") + encoded("(address,uint256)", [vault, amount])
        gas += int(Transaction(chain, address(token), "approve", data, lambda _: None).send(sender)["gasUsed"])
    receipt = call.send(sender)
    events = (found.event for log in receipt["logs"] if (found := system.deposits.read(log)))
    number = next(event.number for event in events if isinstance(event, DepositQueued))
    return Queued(number, amount, gas + int(receipt["gasUsed"]))


def _ask(system: System, token: Address, signature: str, *who: Address) -> int:
    """A number that the token has about somebody."""
    data = selector(signature) + encoded(signature, who)
    return int.from_bytes(system.vault.chain.eth.call({"to": address(token), "data": data}), "big")


def _wait(seconds: Time) -> str:
    """A time that people wait."""
    for unit, name in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * unit:
            return f"{seconds // unit} {name}"
    return f"{seconds} seconds"
