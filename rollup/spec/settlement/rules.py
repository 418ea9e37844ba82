"""
Every `require` of the contract: its ID here, and the name that the Solidity error carries.

The model refuses with the ID and the contract with the name, so a differential test compares the two through this
table. A call that breaks several rules is refused by the one that is checked first; the order is that of the code.
"""

from __future__ import annotations

from typing import Final

from rollup.spec.errors import Rejected

__all__ = ["L1_ERRORS", "require"]

L1_ERRORS: Final[dict[str, str]] = {
    # every call
    "L1-1": "SystemFrozen",
    "L1-2": "SystemNotFrozen",
    "L1-3": "ZeroAddress",
    "L1-4": "NotAFieldElement",
    "L1-5": "UnsafeSettings",
    "L1-6": "InvalidProof",
    "L1-7": "WrongDomain",
    # vault and deposits
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
    # forced requests
    "L1-20": "NotAccountOwner",
    "L1-21": "RequestAlreadyOpen",
    "L1-22": "ForcedFeeTooLow",
    "L1-23": "TooManyRequestsInBlock",
    "L1-24": "WrongRequestAmount",
    # oracle tables and listings
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
    # batches
    "L1-50": "NotOperator",
    "L1-51": "WrongBatchNumber",
    "L1-52": "EmptyBatch",
    "L1-53": "WrongStateRoot",
    "L1-54": "SuspenseBroken",
    "L1-55": "SuspenseOpen",
    "L1-56": "UnknownTable",
    "L1-57": "EpochWentBack",
    "L1-58": "EpochChangedMidTrade",
    "L1-59": "StaleTable",
    "L1-60": "WrongTableTime",
    "L1-61": "WrongParameters",
    "L1-62": "TradingPaused",
    "L1-63": "SolvencyGateShut",
    "L1-64": "WrongWordCount",
    "L1-65": "WrongChallenge",
    "L1-66": "WrongEvaluation",
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
    # attestations and freeze
    "L1-80": "UnknownStateRoot",
    "L1-81": "WrongAttestedTable",
    "L1-82": "AttestationNotValid",
    "L1-85": "NothingOverdue",
    # governance
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
    # note claims
    "L1-110": "NullifierSpent",
    "L1-111": "WrongContext",
    "L1-112": "FeeAboveAmount",
    "L1-113": "UnknownAssociationRoot",
    "L1-114": "LabelShown",
    "L1-115": "NotLabelOwner",
    "L1-116": "FeeInPublicForm",
    # escape
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
"""Rule → name of the custom error. Numbers have gaps so that a rule keeps its own when others come."""


def require(holds: bool, rule: str, reason: str, value: object) -> None:
    """Refuse the call unless a rule holds; the refusal keeps the offending value."""
    if not holds:
        raise Rejected(rule, reason, value)
