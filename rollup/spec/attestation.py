"""
What a trader shows a verifier of its own account: a predicate at a named root, and nothing else.

The verifier asks: equity at least, leverage at most, gross exposure at most, headroom at least, and what an issuer of
its choice says of the trader. The answer carries the owner key's signature over the whole question and the root, and a
name that follows from the note key and the verifier. So nobody makes one who only knows the books, neither sequencer
nor auditor; two verifiers cannot tell that they talk to one trader; and one verifier always meets the same name.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from prover.errors import InvalidInput
from rollup.spec.account import FUND, Account, owner_key_hash
from rollup.spec.errors import Rejected
from rollup.spec.hashes import R, check_key, tagged, verifies
from rollup.spec.margin import values_of
from rollup.spec.shared import PUBLIC_INPUTS, Status, Tag, Width
from rollup.spec.state import State
from rollup.spec.table import MILLION, RiskTable
from rollup.spec.types import Cash, FieldElement, Index, Point, Signature, Time, Vector
from rollup.spec.words import fits, pack

__all__ = [
    "DENIED",
    "AccountAttestation",
    "Credential",
    "Question",
    "Statement",
    "credential_message",
    "gross_exposure",
    "note_commitment",
    "pseudonym",
]

DENIED = 8
"""Jurisdictions that a question can exclude."""

NO_JURISDICTION = 0
"""No country has this code: it fills the list of a question, and no credential is good with it."""

NOT_ASKED = 0
"""What stands in public for whatever is not asked."""


def pseudonym(note_key: FieldElement, verifier: FieldElement) -> FieldElement:
    """A trader's name for one verifier; the issuer of a credential knows it by such a name too."""
    return tagged(Tag.PSEUDONYM, note_key, verifier)


def note_commitment(note_key: FieldElement) -> FieldElement:
    """What the owner hash has of the note key."""
    return tagged(Tag.NOTEKEY, note_key)


def gross_exposure(vector: Vector, table: RiskTable) -> Cash:
    """Σ |v_j|·P_j of whatever is not settled: what is settled is cash that waits to be swept."""
    return sum(
        abs(quantity) * mark.price
        for quantity, mark in zip(vector[1:], table.marks[1:], strict=True)
        if mark.status != Status.SETTLED
    )


@dataclass(frozen=True, slots=True)
class Credential:
    """What an issuer says of a trader, whom it knows by a pseudonym."""

    jurisdiction: int
    """Where the trader is at home: a number, such as ISO 3166-1 has; never 0."""
    accredited: bool
    expiry: Time
    """Good until this second."""
    signature: Signature


def credential_message(subject: FieldElement, jurisdiction: int, accredited: bool, expiry: Time) -> FieldElement:
    """What an issuer signs; `subject` is the trader's pseudonym at the issuer."""
    word = pack("credential", jurisdiction=jurisdiction, accredited=int(accredited), expiry=expiry)
    return tagged(Tag.CREDENTIAL, subject, word)


@dataclass(frozen=True, slots=True)
class Question:
    """What a verifier wants to know; None is not asked."""

    verifier: FieldElement
    """Who asks."""
    challenge: FieldElement
    """Drawn for this one answer, so that none is shown twice."""
    equity: Cash | None = None
    """val_0 is at least this."""
    leverage: int | None = None
    """Gross exposure is at most this many millionths of the equity, which is not negative."""
    exposure: Cash | None = None
    """Gross exposure is at most this."""
    headroom: Cash | None = None
    """val_s is at least this in every scenario: what is left above initial margin."""
    issuer: Point | None = None
    """Whose credential is wanted."""
    denied: tuple[int, ...] = ()
    """Jurisdictions that are not served."""
    accredited: bool = False
    now: Time = NOT_ASKED
    """When a credential must be good; 0 without one."""

    @property
    def asked(self) -> int:
        """Which of the five are asked, from the lowest bit."""
        thresholds = (self.equity, self.leverage, self.exposure, self.headroom)
        return sum(int(each is not None) << bit for bit, each in enumerate(thresholds)) | int(self.accredited) << 4

    @property
    def denied_word(self) -> int:
        return sum(code << Width.JURISDICTION * place for place, code in enumerate(self.denied))

    @property
    def issuer_hash(self) -> FieldElement:
        """The issuer's key with its shifted point; the verifier knows the key and so checks it."""
        return NOT_ASKED if self.issuer is None else owner_key_hash(self.issuer)

    def check(self) -> None:
        """ATT-4, ATT-9: a question that can be answered."""
        if not all(0 <= each < R for each in (self.verifier, self.challenge)):
            raise Rejected("ATT-4", "names a verifier or challenge that is no field element", self.challenge)
        widths = {
            "equity": Width.AMOUNT,
            "leverage": Width.LEVERAGE,
            "exposure": Width.AMOUNT,
            "headroom": Width.AMOUNT,
        }
        for name, bits in widths.items():
            threshold = getattr(self, name)
            if threshold is not None and not fits(threshold, bits):
                raise Rejected("ATT-4", f"has a threshold that does not fit {bits} bits", (name, threshold))
        if len(self.denied) > DENIED or not all(fits(code, Width.JURISDICTION) for code in self.denied):
            raise Rejected("ATT-4", "denies more jurisdictions than it can, or what is none", self.denied)
        if not fits(self.now, Width.TIME):
            raise Rejected("ATT-4", "has a time that does not fit 40 bits", self.now)
        if self.issuer is None:
            if self.denied_word or self.accredited or self.now:
                raise Rejected("ATT-9", "asks what only an issuer can say, and names none", self)
            return
        try:
            check_key(self.issuer)
        except InvalidInput as error:
            raise Rejected("ATT-9", "names an issuer whose key is none", self.issuer) from error


@dataclass(frozen=True, slots=True)
class Statement:
    """What an attestation says in public; a verifier has named all of it but the pseudonym."""

    domain: FieldElement
    state_root: FieldElement
    risk_root: FieldElement
    question: Question
    pseudonym: FieldElement

    @property
    def public_inputs(self) -> dict[str, FieldElement]:
        """By name, in the order in which a verifier takes them."""
        asked = self.question
        values = {
            "domain": self.domain,
            "state_root": self.state_root,
            "risk_root": self.risk_root,
            "verifier": asked.verifier,
            "challenge": asked.challenge,
            "pseudonym": self.pseudonym,
            "asked": asked.asked,
            "equity": asked.equity or NOT_ASKED,
            "leverage": asked.leverage or NOT_ASKED,
            "exposure": asked.exposure or NOT_ASKED,
            "headroom": asked.headroom or NOT_ASKED,
            "issuer": asked.issuer_hash,
            "denied": asked.denied_word,
            "now": asked.now,
        }
        return {name: values[name] for name in PUBLIC_INPUTS["account"]}

    @property
    def message(self) -> FieldElement:
        """ATT-3: what the owner key signs; its tag is no operation's, so it moves nothing."""
        return tagged(Tag.ATTEST, *self.public_inputs.values())


@dataclass(frozen=True)
class AccountAttestation:
    """An answer with all that its prover knows."""

    state: State
    table: RiskTable
    index: Index
    note_key: FieldElement
    question: Question
    signature: Signature
    credential: Credential | None = None

    @cached_property
    def account(self) -> Account:
        """ATT-1: an account of the state, and not the fund."""
        account = self.state.accounts.get(self.index)
        if self.index == FUND or account is None:
            raise Rejected("ATT-1", "is about the fund, or about no account", self.index)
        return account

    @cached_property
    def statement(self) -> Statement:
        name = pseudonym(self.note_key, self.question.verifier)
        return Statement(self.state.domain, self.state.root, self.table.root, self.question, name)

    def check(self) -> Statement:
        """Everything that the statement says holds; it is what a verifier then believes."""
        self.question.check()
        owner = self.account.owner
        if note_commitment(self.note_key) != owner.note_commitment:
            raise Rejected("ATT-2", "goes under a name that follows from another note key", self.index)
        if not verifies(owner.owner_key, self.statement.message, self.signature):
            raise Rejected("ATT-3", "carries a signature that does not fit question, root and name", self.signature)
        self._check_books()
        self._check_credential()
        return self.statement

    def _check_books(self) -> None:
        """ATT-5 to ATT-8."""
        asked, values = self.question, values_of(self.account.vector, self.table)
        gross, equity = gross_exposure(self.account.vector, self.table), values[0]
        if asked.equity is not None and equity < asked.equity:
            raise Rejected("ATT-5", "has less equity than asked", equity)
        if asked.leverage is not None and (equity < 0 or gross * MILLION > asked.leverage * equity):
            raise Rejected("ATT-6", "is leveraged higher than asked", (gross, equity))
        if asked.exposure is not None and gross > asked.exposure:
            raise Rejected("ATT-7", "is exposed to more than asked", gross)
        if asked.headroom is not None and min(values) < asked.headroom:
            raise Rejected("ATT-8", "has less headroom than asked", min(values))

    def _check_credential(self) -> None:
        """ATT-9 to ATT-12."""
        asked, shown = self.question, self.credential
        if asked.issuer is None:
            return
        if shown is None:
            raise Rejected("ATT-9", "has no credential", asked.issuer)
        subject = pseudonym(self.note_key, asked.issuer_hash)
        widths = fits(shown.jurisdiction, Width.JURISDICTION) and fits(shown.expiry, Width.TIME)
        if not widths or not verifies(
            asked.issuer,
            credential_message(subject, shown.jurisdiction, shown.accredited, shown.expiry),
            shown.signature,
        ):
            raise Rejected("ATT-9", "shows a credential that the issuer did not sign for this trader", shown)
        if shown.jurisdiction in (NO_JURISDICTION, *asked.denied):
            raise Rejected("ATT-10", "is at home in a jurisdiction that is denied", shown.jurisdiction)
        if asked.accredited and not shown.accredited:
            raise Rejected("ATT-11", "is not accredited", shown)
        if shown.expiry < asked.now:
            raise Rejected("ATT-12", "shows a credential that has expired", shown.expiry)
