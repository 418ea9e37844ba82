"""
Money on its way out, as states that people can follow: each has a name, says where it stands, and what it waits for.

All of it is read from L1's own events. What only the operator knows, a request that is in no batch yet, is told by
whoever made the request.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from rollup.chain.abi import Address, address
from rollup.chain.bindings.clearing import BatchAccepted
from rollup.chain.bindings.exit import ClaimPaid, EscapeClaimed
from rollup.chain.bindings.vault import Pulled
from rollup.client.notes import NoteState, OwnNote
from rollup.client.recover import Recovered, TouchKind, TouchSummary
from rollup.spec.margin import escape_value
from rollup.spec.types import Cash, Time

__all__ = ["Leaving", "Requested", "State", "withdrawals"]


class State(StrEnum):
    """Where money stands on its way out."""

    REQUESTED = "requested"
    """Signed, and in no batch yet."""
    CREDITED = "credited"
    """In an accepted batch: L1 owes it."""
    PULLED = "pulled"
    CLAIMABLE = "claimable"
    FILED = "filed"
    PAYABLE = "payable"
    """The window has closed: whoever calls, it is paid to its owner."""
    PAID = "paid"
    FROZEN = "frozen"
    """Claims are not open yet."""
    OPEN = "open"
    """Claims are open, and this one is not filed."""
    LATE = "late"
    """The window has closed without it: it is paid from what is left."""


@dataclass(frozen=True, slots=True)
class Requested:
    """A withdrawal that was signed and handed to the operator."""

    owner_nonce: int
    amount: Cash
    recipient: Address


@dataclass(frozen=True, slots=True)
class Leaving:
    """One amount on its way out."""

    id: str
    state: State
    amount: Cash
    recipient: Address | None
    """Who gets it on L1; of a note only its claim says."""
    next: str
    """What happens next, or what to do; empty when it is over."""
    not_before: Time | None = None
    """When the next thing can happen at the earliest."""


def withdrawals(
    recovered: Recovered, notes: Iterable[OwnNote] = (), requested: Iterable[Requested] = (), now: Time | None = None
) -> list[Leaving]:
    """
    Everything that left the account or is about to, oldest first; the last is the account itself, after a freeze.

    `now` is the time of the newest block that the history has, when no other is said.
    """
    when = recovered.history.until.time if now is None else now
    listed = [_signed(recovered, one) for one in recovered.touches if one.kind is TouchKind.WITHDRAWAL]
    forced = (TouchKind.FORCED_PAYMENT, TouchKind.FORCED_CLOSE)
    listed += [_forced(recovered, one) for one in recovered.touches if one.kind in forced and one.amount]
    listed += [_note(recovered, one, when) for one in notes]
    done = recovered.account.owner_nonce
    listed += [_requested(one) for one in requested if one.owner_nonce > done]
    return [*listed, *_escape(recovered, when)]


def _requested(request: Requested) -> Leaving:
    return Leaving(
        f"withdrawal-{request.owner_nonce}",
        State.REQUESTED,
        request.amount,
        request.recipient,
        "waits for the operator's next batch, minutes; if none comes, force it with `zkclear trader force pay`",
    )


def _signed(recovered: Recovered, touch: TouchSummary) -> Leaving:
    to = address(touch.recipient or 0)
    return _credited(recovered, touch, f"withdrawal-{touch.owner_nonce}", to)


def _forced(recovered: Recovered, touch: TouchSummary) -> Leaving:
    kind = "pay" if touch.kind is TouchKind.FORCED_PAYMENT else "close"
    return _credited(recovered, touch, f"forced-{kind}-{touch.request}", address(recovered.account.owner.l1_owner))


def _credited(recovered: Recovered, touch: TouchSummary, name: str, to: Address) -> Leaving:
    """L1 keeps one balance for each address, and a pull fetches all of it."""
    history = recovered.history
    batch = history.batches[touch.batch - 1]
    accepted = next(one for one in history.of(BatchAccepted) if one.transaction == batch.transaction)
    since = (accepted.block, accepted.place)
    if any(one.event.owner == to and (one.block, one.place) > since for one in history.of(Pulled)):
        return Leaving(name, State.PULLED, touch.amount, to, "")
    return Leaving(name, State.CREDITED, touch.amount, to, f"{to} fetches it with `zkclear trader pull`")


def _note(recovered: Recovered, note: OwnNote, now: Time) -> Leaving:
    name = f"note-{note.owner_nonce}"
    window = recovered.history.window
    match note.state:
        case NoteState.CLAIMED:
            return Leaving(name, State.PAID, note.amount, None, "")
        case NoteState.FILED:
            assert window is not None
            if now < window[1]:
                return Leaving(name, State.FILED, note.amount, None, "is paid once the window has closed", window[1])
            pay = f"anyone pays it out: `zkclear trader pay note {note.claim}`"
            return Leaving(name, State.PAYABLE, note.amount, None, pay)
        case NoteState.CLAIMABLE:
            if window is not None and now >= window[1]:
                late = "claim it at once with `zkclear trader claim`: it is paid from what is left, in order"
                return Leaving(name, State.LATE, note.amount, None, late)
            wait = "claim it with `zkclear trader claim`, after a delay of your own choice if nobody is to link the two"
            if window is not None:
                wait = "claim it before the window closes: `zkclear trader claim`"
            return Leaving(name, State.CLAIMABLE, note.amount, None, wait)


def _escape(recovered: Recovered, now: Time) -> Iterator[Leaving]:
    """The account itself, once nobody operates any more."""
    history, index = recovered.history, recovered.index
    if history.window is None:
        return
    (opens, closes), name = history.window, f"escape-{index}"
    owner = address(recovered.account.owner.l1_owner)
    filed = next((logged.event for logged in history.of(EscapeClaimed) if logged.event.index == index), None)
    if any(logged.event.index == index for logged in history.of(ClaimPaid)):
        assert filed is not None
        yield Leaving(name, State.PAID, filed.claim, owner, "")
    elif filed is not None and now < closes:
        yield Leaving(name, State.FILED, filed.claim, owner, "is paid once the window has closed", closes)
    elif filed is not None:
        yield Leaving(name, State.PAYABLE, filed.claim, owner, f"anyone pays it: `zkclear trader pay account {index}`")
    else:
        epoch = history.escape_epoch
        table = recovered.replica.tables.get(epoch)
        worth = 0 if table is None else escape_value(recovered.account.vector, table.marks)
        do = "prove and file it with `zkclear trader escape`"
        if now < opens:
            wait = f"{do} once claims open; until then prices may change"
            yield Leaving(name, State.FROZEN, worth, owner, wait, opens)
        elif now < closes:
            yield Leaving(name, State.OPEN, worth, owner, f"{do} before the window closes at {closes}")
        else:
            served = closes + history.record.settings.late_account_delay
            late = f"{do}: it comes late, and is paid from what is left"
            yield Leaving(name, State.LATE, worth, owner, late, served)
