"""
Signed operations: what an owner does with its account beside trading, as the law's own objects.

Withdraw, note, transfer and rotate are signed by the owner key and carry a number above every earlier one; a cancel is
signed by the trading key and carries the nonce that it kills. Notes are of 1, 2 or 5 times a power of ten USDC, so
that those of all traders look alike.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, TypeAlias, TypeVar

from rollup.client.amounts import text_of_cash
from rollup.client.errors import BadOperation
from rollup.client.keys import Keys
from rollup.spec.account import FUND, Owner, keys_hash
from rollup.spec.funds import (
    Authority,
    Cancel,
    NoteOut,
    Rotate,
    TransferIn,
    TransferOut,
    Withdraw,
    operation_message,
)
from rollup.spec.hashes import verifies
from rollup.spec.notes import note_secrets, precommitment
from rollup.spec.shared import Width
from rollup.spec.types import Cash, FieldElement, Index, Point, Signature, Time
from rollup.spec.words import fits

__all__ = [
    "LIFETIME",
    "Operation",
    "cancel",
    "denominations",
    "message_of",
    "note",
    "receiving",
    "rotate",
    "transfer",
    "verified",
    "withdraw",
]

Operation: TypeAlias = Withdraw | NoteOut | TransferOut | Rotate | Cancel
"""What a trader signs; of a transfer the paying half, which fixes the other."""

T = TypeVar("T", Withdraw, NoteOut, TransferOut, Rotate, Cancel)

LIFETIME: Final = 86_400
"""Seconds in which a signed operation must come into a step: a day."""

USDC: Final = 10**6

UNSIGNED: Final = Signature(Point(0, 1), 0)
"""Stands in an operation until it is signed; nothing verifies with it."""


def withdraw(
    keys: Keys, domain: FieldElement, index: Index, amount: Cash, recipient: int, nonce: int, expiry: Time
) -> Withdraw:
    """Collateral to an L1 address, visible to everybody."""
    _check_amount(amount)
    if not fits(recipient, 160) or recipient == 0:
        raise BadOperation("money goes to an L1 address of 160 bits other than 0")
    return _signed(keys, domain, Withdraw(index, amount, recipient, _authority(index, nonce, expiry)))


def note(keys: Keys, domain: FieldElement, index: Index, amount: Cash, nonce: int, expiry: Time) -> NoteOut:
    """Collateral into a private voucher, whose secrets follow from the note key and this number."""
    _check_amount(amount)
    precommit = precommitment(*note_secrets(keys.note_key, domain, index, nonce))
    return _signed(keys, domain, NoteOut(index, amount, precommit, _authority(index, nonce, expiry)))


def transfer(
    keys: Keys, domain: FieldElement, index: Index, credited: Index, amount: Cash, nonce: int, expiry: Time
) -> TransferOut:
    """Collateral to another account inside; nobody else sees that it was one."""
    _check_amount(amount)
    if credited in (FUND, index) or not fits(credited, Width.ACCOUNT):
        raise BadOperation(f"a transfer goes to another account, which is not the fund; this names {credited}")
    return _signed(keys, domain, TransferOut(index, amount, credited, _authority(index, nonce, expiry)))


def receiving(out: TransferOut) -> TransferIn:
    """The other half of a transfer, which nobody has to sign."""
    return TransferIn(out.credited, out.amount, out.index)


def rotate(keys: Keys, domain: FieldElement, index: Index, following: Keys, nonce: int, expiry: Time) -> Rotate:
    """New owner and trading keys, those of another generation; signed by the owner key that goes."""
    if following.view_key != keys.view_key or following.keys_hash == keys.keys_hash:
        raise BadOperation("an account rotates to another generation of its own keys")
    authority = _authority(index, nonce, expiry)
    return _signed(keys, domain, Rotate(index, following.owner_key, following.trading_key, authority))


def cancel(keys: Keys, domain: FieldElement, index: Index, place: int, nonce: int, expiry: Time) -> Cancel:
    """Nothing at this order place up to this nonce fills any more, whoever operates."""
    if not fits(place, Width.PLACE):
        raise BadOperation(f"there is no order place {place}")
    return _signed(keys, domain, Cancel(index, place, _authority(index, nonce, expiry)))


def denominations(amount: Cash) -> list[Cash]:
    """Amounts of 1, 2 or 5·10^k USDC that add up to this one, the fewest there are, largest first."""
    _check_amount(amount)
    if amount % USDC:
        whole = text_of_cash(amount // USDC * USDC)
        raise BadOperation(
            f"{text_of_cash(amount)} USDC is no sum of 1, 2 and 5 times powers of ten, and a note of another size is "
            f"recognised when it is claimed; take {whole} USDC, or withdraw the rest in the open"
        )
    found: list[Cash] = []
    unit = USDC
    while unit * 10 <= amount:
        unit *= 10
    while amount:
        for size in (5 * unit, 2 * unit, unit):
            count, amount = divmod(amount, size)
            found += [size] * count
        unit //= 10
    return found


def message_of(operation: Operation, domain: FieldElement) -> FieldElement:
    """What stands under the signature of an operation."""
    match operation:
        case Withdraw():
            amount, target = operation.amount, operation.recipient
        case NoteOut():
            amount, target = operation.amount, operation.precommit
        case TransferOut():
            amount, target = operation.amount, operation.credited
        case Rotate():
            amount, target = 0, keys_hash(operation.owner_key, operation.trading_key)
        case Cancel():
            amount, target = operation.place, 0
    authority = operation.authority
    return operation_message(domain, operation.kind, operation.index, amount, authority.nonce, authority.expiry, target)


def verified(operation: Operation, domain: FieldElement, owner: Owner) -> bool:
    """Whether the right one of an owner's two keys signed it for this system."""
    key = owner.trading_key if isinstance(operation, Cancel) else owner.owner_key
    return verifies(key, message_of(operation, domain), operation.authority.signature)


def _signed(keys: Keys, domain: FieldElement, draft: T) -> T:
    message = message_of(draft, domain)
    signature = keys.sign_as_trader(message) if isinstance(draft, Cancel) else keys.sign_as_owner(message)
    return replace(draft, authority=replace(draft.authority, signature=signature))


def _authority(index: Index, nonce: int, expiry: Time) -> Authority:
    if index == FUND or not fits(index, Width.ACCOUNT):
        raise BadOperation(f"account {index} is nobody's to sign for")
    if not 0 < nonce < 1 << Width.NONCE:
        raise BadOperation(f"numbers of operations are 1 to 2^{Width.NONCE} - 1, this is {nonce}")
    if not fits(expiry, Width.TIME):
        raise BadOperation(f"an expiry fits {Width.TIME} bits of seconds, this is {expiry}")
    return Authority(nonce, expiry, UNSIGNED)


def _check_amount(amount: Cash) -> None:
    if not 0 < amount < 1 << Width.AMOUNT:
        raise BadOperation(f"an amount is more than nothing and fits {Width.AMOUNT} bits, this is {amount}")
