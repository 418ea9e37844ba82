"""
Numbers that the specification shares with circuits, contracts and native code.

Generated from circuits/manifest.toml by `make generate`; change that file, not this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final


class Tag(IntEnum):
    """Initial capacities of Poseidon, one for each use."""

    NODE = 1
    STREAM = 2
    UPDATE = 3
    OWNER = 4
    VIEW = 5
    NOTEKEY = 6
    KEYS = 7
    ACCOUNT = 8
    VECTOR = 9
    CHUNK = 10
    ORDERS = 11
    ORDER = 12
    OPERATION = 13
    STATE = 14
    CUSTODY = 15
    SUSPENSE = 16
    RISK = 17
    MARKS = 18
    STRESS = 19
    PARAMS = 20
    DATA = 21
    PRE = 22
    PREKEY = 23
    NOTE = 24
    NULL = 25
    ASSOC = 26
    PSEUDONYM = 27
    SOLVENCY = 28
    KEY = 29
    LOTRISK = 30
    ATTEST = 31
    CREDENTIAL = 32
    CONTEXT = 33


class Width:
    """Bits of a value wherever it is range-checked."""

    ACCOUNT: Final = 24
    SLOT: Final = 8
    LISTING: Final = 32
    PLACE: Final = 8
    NONCE: Final = 40
    QUANTITY: Final = 40
    PRICE: Final = 40
    TIME: Final = 40
    CASH: Final = 80
    FEE: Final = 56
    AMOUNT: Final = 64
    VALUE: Final = 47
    CUSTODY: Final = 64
    TRADED: Final = 64
    LOTS: Final = 104
    STUCK: Final = 160
    PPM: Final = 20
    LEVERAGE: Final = 40
    JURISDICTION: Final = 16
    PLAINTEXT: Final = 240
    HEADER: Final = 252


class Status(IntEnum):
    EMPTY = 0
    ACTIVE = 1
    REDUCE_ONLY = 2
    SETTLED = 3
    HALTED = 4


class Side(IntEnum):
    BUY = 0
    SELL = 1


class StepKind(IntEnum):
    TRADE = 1
    FUNDS = 2
    LIQUIDATE = 3


class Header(IntEnum):
    DEPOSIT = 1
    WITHDRAW = 2
    NOTE = 3
    FORCED = 4
    INTERNAL = 5
    CLOSE = 6


class Operation(IntEnum):
    DEPOSIT = 1
    WITHDRAW = 2
    NOTE = 3
    FORCED = 4
    TRANSFER_OUT = 5
    TRANSFER_IN = 6
    ROTATE = 7
    CANCEL = 8
    FEE_CREDIT = 9
    DECOY = 10


class Mode(IntEnum):
    NONE = 0
    LIQUIDATE = 1
    TAKEOVER = 2
    DELEVERAGE = 3
    CLOSE = 4


WORDS: Final[dict[str, dict[str, int]]] = {
    "order1": {
        "account": 24,
        "slot": 8,
        "listing": 32,
        "side": 1,
        "reduce_only": 1,
        "place": 8,
        "nonce": 40,
        "expiry": 41,
    },
    "order2": {
        "limit": 40,
        "max_fee_ppm": 16,
        "quantity": 40,
    },
    "operation": {
        "kind": 8,
        "account": 24,
        "nonce": 40,
        "expiry": 40,
        "amount": 64,
    },
    "place": {
        "filled": 40,
        "nonce": 40,
    },
    "leg": {
        "slot": 8,
        "side": 1,
        "quantity": 40,
        "cash": 80,
        "fee": 56,
        "place": 8,
        "nonce": 40,
        "mode": 4,
    },
    "mark": {
        "status": 3,
        "listing": 32,
        "funding": 48,
        "value": 48,
        "risk_long": 48,
        "risk_short": 48,
    },
    "header": {
        "kind": 4,
        "index": 24,
        "asset": 8,
        "amount": 64,
        "request": 64,
    },
    "credential": {
        "jurisdiction": 16,
        "accredited": 1,
        "expiry": 40,
    },
    "operation_text": {
        "kind": 8,
        "amount": 64,
        "nonce": 40,
        "peer": 24,
    },
}
"""Layouts of packed words, lowest bits first: field, bits."""

PUBLIC_INPUTS: Final[dict[str, tuple[str, ...]]] = {
    "step": (
        "domain",
        "state_before",
        "state_after",
        "suspense_before",
        "suspense_after",
        "risk_root",
        "params_hash",
        "time",
        "salt",
        "data_commit",
        "z",
        "y",
    ),
    "withdraw": (
        "domain",
        "state_root",
        "nullifier_hash",
        "amount",
        "association_root",
        "label",
        "context",
    ),
    "escape": (
        "domain",
        "state_root",
        "risk_root",
        "index",
        "l1_owner",
        "claim",
    ),
    "solvency": (
        "domain",
        "state_root",
        "risk_root",
        "totals_before",
        "totals_after",
        "accounts",
        "failed",
        "balanced",
        "fund_solvent",
        "empty_slots",
        "custody_commit",
    ),
    "account": (
        "domain",
        "state_root",
        "risk_root",
        "verifier",
        "challenge",
        "pseudonym",
        "asked",
        "equity",
        "leverage",
        "exposure",
        "headroom",
        "issuer",
        "denied",
        "now",
    ),
}
"""Public inputs of each circuit, in the order in which a verifier takes them."""

ERRORS: Final[dict[str, str]] = {
    "L1-1": "SystemFrozen",
    "L1-2": "SystemNotFrozen",
    "L1-3": "ZeroAddress",
    "L1-4": "NotAFieldElement",
    "L1-5": "UnsafeSettings",
    "L1-6": "InvalidProof",
    "L1-8": "ForeignCaller",
    "L1-9": "WrongTokenAmount",
    "L1-10": "RegistrationsPaused",
    "L1-11": "DepositTooSmall",
    "L1-12": "VaultFull",
    "L1-13": "RegistryFull",
    "L1-14": "EmptyOwnerHash",
    "L1-15": "IndexNotRegistered",
    "L1-16": "UnknownDeposit",
    "L1-17": "RefundTooEarly",
    "L1-18": "DepositSpent",
    "L1-19": "NothingToPull",
    "L1-20": "NotAccountOwner",
    "L1-21": "RequestAlreadyOpen",
    "L1-22": "ForcedFeeTooLow",
    "L1-23": "TooManyRequestsInBlock",
    "L1-24": "WrongRequestAmount",
    "L1-30": "TooFewSigners",
    "L1-31": "SignersNotAscending",
    "L1-32": "NotInCommittee",
    "L1-33": "MalformedMarks",
    "L1-34": "OlderEpoch",
    "L1-35": "TableFromTheFuture",
    "L1-36": "PostingClosed",
    "L1-37": "UnknownListing",
    "L1-38": "IllegalStatusMove",
    "L1-39": "SettledValueChanged",
    "L1-40": "SlotNotShownEmpty",
    "L1-41": "TableAlreadyPosted",
    "L1-42": "ListingTermsFixed",
    "L1-43": "WrongActiveBit",
    "L1-50": "NotOperator",
    "L1-51": "WrongBatchNumber",
    "L1-52": "EmptyBatch",
    "L1-53": "WrongStateRoot",
    "L1-55": "SuspenseOpen",
    "L1-56": "UnknownTable",
    "L1-57": "EpochWentBack",
    "L1-58": "EpochChangedMidTrade",
    "L1-59": "StaleTable",
    "L1-62": "TradingPaused",
    "L1-63": "SolvencyGateShut",
    "L1-64": "WrongWordCount",
    "L1-67": "HeaderTooWide",
    "L1-68": "UnknownHeader",
    "L1-69": "NotAnAddress",
    "L1-70": "DepositOutOfOrder",
    "L1-71": "DepositExpired",
    "L1-72": "DepositMismatch",
    "L1-73": "ForeignOwnerHash",
    "L1-74": "RejectionOutOfOrder",
    "L1-75": "RequestOutOfOrder",
    "L1-76": "RequestMismatch",
    "L1-77": "VaultOverdrawn",
    "L1-78": "HiddenCalldata",
    "L1-79": "UnknownStepKind",
    "L1-80": "UnknownStateRoot",
    "L1-81": "WrongAttestedTable",
    "L1-82": "AttestationNotValid",
    "L1-83": "UnknownTotals",
    "L1-85": "NothingOverdue",
    "L1-90": "NotGovernance",
    "L1-91": "UnknownChange",
    "L1-92": "AlreadyVoted",
    "L1-93": "ChangeNotQueued",
    "L1-94": "TimelockRunning",
    "L1-95": "ChangeClosed",
    "L1-96": "ImmutableVerifier",
    "L1-97": "MalformedChange",
    "L1-98": "NotGuardian",
    "L1-99": "PauseTooLong",
    "L1-100": "PauseTooSoon",
    "L1-101": "NotProvider",
    "L1-102": "UnsoundVerifierKey",
    "L1-103": "UnknownVerifierKey",
    "L1-104": "ChangeExpired",
    "L1-110": "NullifierSpent",
    "L1-111": "WrongContext",
    "L1-112": "FeeAboveAmount",
    "L1-113": "UnknownAssociationRoot",
    "L1-114": "LabelShown",
    "L1-115": "NotLabelOwner",
    "L1-116": "FeeInPublicForm",
    "L1-120": "ClaimsNotOpen",
    "L1-121": "NotLatestRoot",
    "L1-122": "WrongEscapePrices",
    "L1-123": "FundCannotClaim",
    "L1-124": "AlreadyClaimed",
    "L1-125": "ClaimWindowOpen",
    "L1-126": "LateAccountsWait",
    "L1-127": "NothingLeft",
    "L1-128": "UnknownClaim",
    "L1-129": "AlreadyPaid",
}
"""Rules of the contract, and the custom error that refuses each."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A named set of compile-time parameters; one profile a deployment."""

    name: str
    account_depth: int
    district_height: int
    note_depth: int
    places: int
    slots: int
    scenarios: int
    narrow: int
    wide: int
    legs: int
    operations: int
    new_keys: int
    new_notes: int
    forced_payments: int
    liquidations: int
    groups: int


PROFILES: Final[dict[str, Profile]] = {
    "tiny": Profile(
        "tiny",
        account_depth=3,
        district_height=2,
        note_depth=3,
        places=4,
        slots=16,
        scenarios=4,
        narrow=2,
        wide=1,
        legs=2,
        operations=4,
        new_keys=2,
        new_notes=2,
        forced_payments=1,
        liquidations=2,
        groups=3,
    ),
    "small": Profile(
        "small",
        account_depth=4,
        district_height=3,
        note_depth=4,
        places=8,
        slots=16,
        scenarios=8,
        narrow=17,
        wide=2,
        legs=7,
        operations=18,
        new_keys=4,
        new_notes=4,
        forced_payments=2,
        liquidations=7,
        groups=10,
    ),
    "standard": Profile(
        "standard",
        account_depth=7,
        district_height=4,
        note_depth=8,
        places=16,
        slots=64,
        scenarios=16,
        narrow=8,
        wide=1,
        legs=8,
        operations=6,
        new_keys=4,
        new_notes=4,
        forced_payments=2,
        liquidations=5,
        groups=3,
    ),
}
