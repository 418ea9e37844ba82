"""
Rebuilding an account from chain data alone.

A trader who holds keys and the words of every step finds each touch of its account, decrypts it, repeats what the law
did, and compares with the leaf on L1. So nothing has to be believed: a wrong key, a missing step or a false word shows
at once. Leaving without the operator rests on this file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rollup.spec.account import FUND, Account, Owner
from rollup.spec.data import Seal, decrypt, seal
from rollup.spec.errors import Rejected
from rollup.spec.hashes import R
from rollup.spec.margin import sweep
from rollup.spec.orders import FULL
from rollup.spec.shared import Header, Mode, Operation, Profile, Side, StepKind
from rollup.spec.table import CASH_SLOT, Marks
from rollup.spec.types import FieldElement, Index, Point, Vector
from rollup.spec.words import INDICES_PER_WORD, pack, pack_indices, unpack, unpack_indices

__all__ = ["Keyring", "Seen", "follow", "read_words"]

Keyring = Mapping[FieldElement, tuple[Point, Point]]
"""keysHash → owner and trading key, for every key that the wallet ever derived."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What anyone sees of one touch."""

    kind: StepKind
    index: Index
    leaf: FieldElement
    ciphertexts: tuple[FieldElement, ...]
    header: int = 0
    aux: FieldElement = 0


def read_words(kind: StepKind, words: Sequence[FieldElement], profile: Profile) -> list[Seen]:
    """The touches of a step in order; word counts are fixed by the kind."""
    reader = _Reader(list(words))
    match kind:
        case StepKind.TRADE:
            rooms = [1] * profile.narrow + [profile.legs] * profile.wide
            indices = reader.indices(len(rooms))
            seen = [_seen(kind, index, reader, room) for index, room in zip(indices, rooms, strict=True)]
        case StepKind.FUNDS:
            reader.take(1)
            seen = []
            for _ in range(profile.operations):
                header, aux, leaf, text = reader.take(4)
                seen.append(Seen(kind, unpack("header", header)["index"], leaf, (text,), header, aux))
        case StepKind.LIQUIDATE:
            reader.take(1)
            indices = reader.indices(profile.liquidations)
            seen = [_seen(kind, FUND, reader, profile.legs)]
            for index in indices:
                (header,) = reader.take(1)
                seen.append(_seen(kind, index, reader, profile.legs, header))
    reader.end()
    return seen


def follow(
    account: Account | None,
    seen: Seen,
    marks: Marks,
    domain: FieldElement,
    salt: FieldElement,
    *,
    owner: Owner | None = None,
    keyring: Keyring | None = None,
    profile: Profile,
) -> Account:
    """
    The account after a touch; REC-1 when it is not the one on L1.

    `owner` is needed for the registering deposit only, `keyring` for rotations; `marks` are those of the step's table.
    """
    if account is None:
        if owner is None:
            raise Rejected("REC-2", "has to begin with the owner's keys", seen.index)
        account = Account.opened(owner, profile)
        registering = True
    else:
        registering = False
    nonce = account.nonce + 1
    count = 2 if seen.kind == StepKind.FUNDS else len(seen.ciphertexts)
    sealed = seal(account.owner.view_key, domain, seen.index, nonce, salt, count)
    swept = sweep(account.vector, marks)
    try:
        match seen.kind:
            case StepKind.TRADE:
                after = _after_trade(account, seen, swept, marks, sealed)
            case StepKind.FUNDS:
                after = _after_funds(account, seen, swept, sealed, registering, keyring or {})
            case StepKind.LIQUIDATE:
                after = _after_liquidation(account, seen, swept, marks, sealed)
    except Rejected:
        raise
    except (IndexError, ValueError) as error:  # a forged file decrypts to places, slots or kinds that do not exist
        raise Rejected("REC-1", "decrypts to something that no touch says", seen) from error
    rebuilt = Account(after.owner, after.vector, after.places, after.owner_nonce, nonce, sealed.blind)
    if rebuilt.leaf != seen.leaf:
        raise Rejected("REC-1", "does not lead to the leaf on L1: a key or word is wrong, or a touch is missing", seen)
    return rebuilt


def _after_trade(account: Account, seen: Seen, vector: Vector, marks: Marks, sealed: Seal) -> Account:
    places = list(account.places)
    after = list(vector)
    for leg in _legs(seen, sealed):
        stored = unpack("place", places[leg["place"]])
        base = stored["filled"] if stored["nonce"] == leg["nonce"] else 0
        places[leg["place"]] = pack("place", filled=base + leg["quantity"], nonce=leg["nonce"])
        _book(after, leg, marks)
    return Account(account.owner, tuple(after), tuple(places), account.owner_nonce)


def _after_liquidation(account: Account, seen: Seen, vector: Vector, marks: Marks, sealed: Seal) -> Account:
    legs = _legs(seen, sealed)
    mode = Mode(legs[0]["mode"]) if legs else Mode.NONE
    after = list(vector)
    match mode:
        case Mode.TAKEOVER:
            after = [0] * len(vector)
        case Mode.CLOSE:
            after = [0] * len(vector)
            after[CASH_SLOT] = legs[0]["cash"] - unpack("header", seen.header)["amount"]
        case _:
            for leg in legs:
                _book(after, leg, marks)
    return Account(account.owner, tuple(after), account.places, account.owner_nonce)


def _after_funds(
    account: Account, seen: Seen, vector: Vector, sealed: Seal, registering: bool, keyring: Keyring
) -> Account:
    header = unpack("header", seen.header)
    if registering:
        after = (vector[CASH_SLOT] + header["amount"], *vector[1:])
        return Account(account.owner, after, account.places)
    text = unpack("operation_text", decrypt(seen.ciphertexts[0], sealed.keystream[0]))
    kind, amount, nonce = Operation(text["kind"]), text["amount"], text["nonce"]
    if header["kind"] != Header.INTERNAL and kind != header["kind"]:
        raise Rejected("REC-1", "says another kind inside than outside", kind)
    owner, places, owner_nonce, cash = account.owner, list(account.places), account.owner_nonce, 0
    if kind in (Operation.WITHDRAW, Operation.NOTE, Operation.TRANSFER_OUT, Operation.ROTATE):
        owner_nonce, cash = nonce, -amount
    elif kind == Operation.FORCED:
        cash = -amount
    elif kind in (Operation.DEPOSIT, Operation.TRANSFER_IN, Operation.FEE_CREDIT):
        cash = amount
    elif kind == Operation.CANCEL:
        places[amount] = pack("place", filled=FULL, nonce=nonce)
    if kind == Operation.ROTATE:
        rotated_to = (seen.aux - sealed.keystream[1]) % R
        if rotated_to not in keyring:
            raise Rejected("REC-3", "rotated to keys that are not in the keyring", rotated_to)
        owner = owner.rotated(*keyring[rotated_to])
    return Account(owner, (vector[CASH_SLOT] + cash, *vector[1:]), tuple(places), owner_nonce)


def _legs(seen: Seen, sealed: Seal) -> list[dict[str, int]]:
    """Decrypted leg words; those that are 0 were not used."""
    plain = [decrypt(word, key) for word, key in zip(seen.ciphertexts, sealed.keystream, strict=True)]
    return [unpack("leg", word) for word in plain if word]


def _book(vector: list[int], leg: dict[str, int], marks: Marks) -> None:
    sign = 1 if leg["side"] == Side.BUY else -1
    vector[leg["slot"]] += sign * leg["quantity"]
    vector[CASH_SLOT] -= sign * (leg["cash"] - leg["quantity"] * marks[leg["slot"]].funding) + leg["fee"]


def _seen(kind: StepKind, index: Index, reader: _Reader, room: int, header: int = 0) -> Seen:
    leaf, *ciphertexts = reader.take(1 + room)
    return Seen(kind, index, leaf, tuple(ciphertexts), header)


class _Reader:
    """Words, taken from the front; too few or too many are an error."""

    def __init__(self, words: list[FieldElement]) -> None:
        self._words = words
        self._at = 0

    def take(self, count: int) -> list[FieldElement]:
        taken = self._words[self._at : self._at + count]
        if len(taken) != count:
            raise Rejected("DAT-3", "has fewer words than its kind", len(self._words))
        self._at += count
        return taken

    def indices(self, count: int) -> list[Index]:
        words = self.take(-(-count // INDICES_PER_WORD))
        indices = unpack_indices(words, count)
        if pack_indices(indices) != words:
            raise Rejected("DAT-3", "has more in its words of indices than indices", words)
        return indices

    def end(self) -> None:
        if self._at != len(self._words):
            raise Rejected("DAT-3", "has more words than its kind", len(self._words))
