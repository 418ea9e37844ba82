"""
Authority: whether an operation may enter the journal, by the same rules that its proof will be made under.

The exchange knows money and margin; who signed what it does not know. Whatever enters the journal must be provable
later, so everything that the law asks of an operation beside margin is asked here first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from prover.errors import InvalidInput
from prover.reference.babyjubjub import SUBGROUP_ORDER
from rollup.ledger.errors import NotAuthorised
from rollup.spec.account import FUND, Owner, keys_hash
from rollup.spec.funds import Cancel, NoteOut, Rotate, TransferOut, Withdraw, operation_message
from rollup.spec.hashes import R, check_key, verifies
from rollup.spec.shared import Width
from rollup.spec.types import FieldElement, Index, Point, Time
from rollup.spec.words import fits

__all__ = ["Signed", "check_operation", "check_owner"]

Signed: TypeAlias = Withdraw | NoteOut | TransferOut | Rotate | Cancel
"""Operations that somebody signs."""


def check_owner(owner: Owner) -> None:
    """Keys that an account may begin with; NotAuthorised with the reason."""
    for name, key in (("owner", owner.owner_key), ("trading", owner.trading_key)):
        _check_key(name, key)
    for secret in (owner.view_key, owner.note_commitment):
        _demand(0 <= secret < R, "a view key or note commitment is no field element")
    _demand(owner.l1_owner > 0 and fits(owner.l1_owner, 160), "the L1 owner is no address")


def check_operation(
    operation: Signed,
    domain: FieldElement,
    owner: Owner | None,
    owner_nonce: int,
    now: Time,
    exists: Callable[[Index], bool],
    places: int,
) -> None:
    """
    A signed operation on an account of this owner, whose operations went up to this number; `now` is the table's time,
    `places` how many orders an account of the profile remembers. Whatever passes fits the journal, too.
    """
    authority, index = operation.authority, operation.index
    if owner is None or index == FUND:
        raise NotAuthorised(f"there is no account {index} that signs operations")
    _demand(fits(authority.expiry, Width.TIME) and authority.expiry >= now, "it has expired; sign it anew")
    key, amount, target = owner.owner_key, 0, 0
    match operation:
        case Withdraw():
            amount, target = operation.amount, operation.recipient
            _demand(target > 0 and fits(target, 160), "the recipient is no address")
        case NoteOut():
            amount, target = operation.amount, operation.precommit
            _demand(0 <= target < R, "the note's precommitment is no field element")
        case TransferOut():
            amount, target = operation.amount, operation.credited
            _demand(target not in (FUND, index) and exists(target), f"there is no account {target} to be credited")
        case Rotate():
            _check_key("owner", operation.owner_key)
            _check_key("trading", operation.trading_key)
            target = keys_hash(operation.owner_key, operation.trading_key)
        case Cancel():
            key, amount = owner.trading_key, operation.place
            _demand(0 <= amount < places, f"there is no order place {amount}: an account has {places}, from 0 on")
            _demand(fits(authority.nonce, Width.NONCE), f"its nonce {authority.nonce} does not fit 40 bits")
    if not isinstance(operation, Cancel):
        _demand(fits(authority.nonce, Width.NONCE), f"its number {authority.nonce} does not fit 40 bits")
        above = owner_nonce < authority.nonce
        _demand(above, f"its number {authority.nonce} is not above {owner_nonce}, the last one; sign it with a greater")
    _demand(fits(amount, Width.AMOUNT), "its amount does not fit 64 bits")
    canonical = 0 <= authority.signature.s < SUBGROUP_ORDER
    _demand(canonical, "its signature has a scalar out of range: a second form of a good signature counts as bad")
    message = operation_message(domain, operation.kind, index, amount, authority.nonce, authority.expiry, target)
    signature = "its signature is not the account's, for this kind, number, amount and target, in this system"
    _demand(verifies(key, message, authority.signature), signature)


def _check_key(name: str, key: Point) -> None:
    try:
        check_key(key)
    except InvalidInput as error:
        raise NotAuthorised(f"the {name} key is off the curve or of small order") from error


def _demand(holds: bool, reason: str) -> None:
    if not holds:
        raise NotAuthorised(reason)
