"""What must not show: plaintexts of an account's touches, beside the words that were published of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rollup.chain.replica import Touched
from rollup.spec.data import seal
from rollup.spec.hashes import R
from rollup.spec.shared import Header, StepKind
from rollup.spec.step import Applied
from rollup.spec.types import FieldElement, Index
from rollup.spec.words import unpack

__all__ = ["Private", "amounts_in", "opens_with", "shows_nothing"]


@dataclass(frozen=True, slots=True)
class Private:
    """Touches of one account from its first on: as anyone sees them, and what the law encrypted in each."""

    index: Index
    touches: tuple[tuple[Touched, tuple[int, ...]], ...]

    @classmethod
    def of(cls, touches: Sequence[Touched], law: Sequence[Applied], index: Index) -> Private:
        """Published touches beside the steps that they come from."""
        plain = [touch.plaintexts for applied in law for touch in applied.touches if touch.index == index]
        return cls(index, tuple(zip(touches, plain, strict=True)))


def amounts_in(applied: Applied) -> Iterator[int]:
    """What a step must not publish in clear: every plaintext, and its quantities and money; 0 says nothing."""
    legs = applied.published.kind is not StepKind.FUNDS
    for touch in applied.touches:
        for plain in filter(None, touch.plaintexts if legs else touch.plaintexts[:1]):
            text = unpack("leg" if legs else "operation_text", plain)
            said = (text["quantity"], text["cash"], text["fee"]) if legs else (text["amount"],)
            yield from filter(None, (plain, *said))


def shows_nothing(private: Private, view_key: FieldElement, domain: FieldElement) -> bool:
    """Whether none of an account's plaintexts stands in its words, neither in clear nor under somebody's view key."""
    secret = {plain for _, plaintexts in private.touches for plain in plaintexts}
    shown = {word for touched, _ in private.touches for word in _ciphertexts(touched)}
    read = {word for words in _decrypted(private, view_key, domain) for word in words}
    return len(shown) > 0 and secret.isdisjoint(shown) and secret.isdisjoint(read)


def opens_with(private: Private, view_key: FieldElement, domain: FieldElement) -> bool:
    """Whether under a view key the words are just the plaintexts: without this, words of nothing would show nothing."""
    read = _decrypted(private, view_key, domain)
    wanted = [plain[: len(_ciphertexts(touched))] for touched, plain in private.touches]
    return any(read) and read == wanted


def _decrypted(private: Private, view_key: FieldElement, domain: FieldElement) -> list[tuple[int, ...]]:
    """What a view key makes of the words of each touch."""
    found = []
    for nonce, (touched, plain) in enumerate(private.touches, start=1):
        keys = seal(view_key, domain, private.index, nonce, touched.salt, len(plain)).keystream
        found.append(tuple((word - key) % R for word, key in zip(_ciphertexts(touched), keys, strict=False)))
    return found


def _ciphertexts(touched: Touched) -> tuple[FieldElement, ...]:
    """Words of a touch that hide something, in the order of its plaintexts."""
    seen = touched.seen
    if seen.kind is not StepKind.FUNDS:
        return seen.ciphertexts
    match unpack("header", seen.header)["kind"]:
        case Header.INTERNAL:
            return (*seen.ciphertexts, seen.aux)
        case Header.DEPOSIT if seen.aux:  # it registers: the L1 owner stands in clear, as the deposit said it on L1
            return ()
        case _:
            return seen.ciphertexts
