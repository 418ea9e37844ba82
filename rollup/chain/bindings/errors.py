"""
Custom errors by selector, and the rules that they stand for.

Generated from the contracts by `make generate`; change those, not this file.
"""

# ruff: noqa: E501 - a sentence a line
from __future__ import annotations

from typing import Final

from rollup.chain.errors import Refusal

REFUSALS: Final[dict[bytes, Refusal]] = {
    bytes.fromhex("2ba22c6d"): Refusal(
        "SystemFrozen", "L1-1", "A call that needs a running system is refused after a freeze."
    ),
    bytes.fromhex("eddb84b1"): Refusal("SystemNotFrozen", "L1-2", "A call that needs a freeze is refused before one."),
    bytes.fromhex("d92e233d"): Refusal("ZeroAddress", "L1-3", "No role or recipient is the zero address."),
    bytes.fromhex("eac0b3d9"): Refusal("NotAFieldElement", "L1-4", "Words, public inputs and hashes are below r."),
    bytes.fromhex("0d0b9f22"): Refusal(
        "UnsafeSettings",
        "L1-5",
        "Settings keep every promise to traders: the exit window is shorter than the timelock, every deadline positive.",
    ),
    bytes.fromhex("09bde339"): Refusal(
        "InvalidProof",
        "L1-6",
        "Every proof verifies under the key of its kind, for the inputs that L1 computes: a step for another system, root, suspense, table time, parameters or words is refused.",
    ),
    bytes.fromhex("2f8403d0"): Refusal(
        "ForeignCaller",
        "L1-8",
        "A function that only another part of the system may call is refused to everybody else. The model has no parts.",
    ),
    bytes.fromhex("8f9dde04"): Refusal(
        "WrongTokenAmount",
        "L1-9",
        "A deposit brings exactly the tokens that it says; one with a fee would not. The model has no token.",
    ),
    bytes.fromhex("21b2498e"): Refusal("RegistrationsPaused", "L1-10", "No registration in a pause; top-ups go on."),
    bytes.fromhex("6ba4a1c7"): Refusal("DepositTooSmall", "L1-11", "A deposit reaches the minimum."),
    bytes.fromhex("5cacae9d"): Refusal("VaultFull", "L1-12", "The vault never holds more than 2^63."),
    bytes.fromhex("d1071567"): Refusal("RegistryFull", "L1-13", "No registration is queued once every leaf is used."),
    bytes.fromhex("1ff2aa22"): Refusal("EmptyOwnerHash", "L1-14", "An owner hash is not 0."),
    bytes.fromhex("12593f12"): Refusal(
        "IndexNotRegistered", "L1-15", "A top-up names the fund or an index whose registration was consumed."
    ),
    bytes.fromhex("2fe5a2c8"): Refusal("UnknownDeposit", "L1-16", "A deposit is known by its number."),
    bytes.fromhex("9403b55e"): Refusal(
        "RefundTooEarly", "L1-17", "A deposit is refundable only when no batch can consume it any more."
    ),
    bytes.fromhex("8b144a93"): Refusal("DepositSpent", "L1-18", "A deposit is consumed or refunded, once."),
    bytes.fromhex("6d997786"): Refusal("NothingToPull", "L1-19", "Credits and fees are pulled once."),
    bytes.fromhex("fcfdb9b5"): Refusal(
        "NotAccountOwner", "L1-20", "Only the L1 owner of a consumed registration forces anything."
    ),
    bytes.fromhex("4e98e360"): Refusal("RequestAlreadyOpen", "L1-21", "One forced request is open for an account."),
    bytes.fromhex("6e97ba51"): Refusal(
        "ForcedFeeTooLow", "L1-22", "A forced request carries its fee, doubling every ten open."
    ),
    bytes.fromhex("14335ece"): Refusal("TooManyRequestsInBlock", "L1-23", "At most ten forced requests a block."),
    bytes.fromhex("221d409a"): Refusal(
        "WrongRequestAmount", "L1-24", "A forced PAY asks for something that fits 64 bits."
    ),
    bytes.fromhex("4daba93b"): Refusal("TooFewSigners", "L1-30", "A table has at least M signers."),
    bytes.fromhex("af390151"): Refusal("SignersNotAscending", "L1-31", "Signers ascend strictly."),
    bytes.fromhex("e7b8e980"): Refusal("NotInCommittee", "L1-32", "Signers are members of the committee."),
    bytes.fromhex("1a42f936"): Refusal(
        "MalformedMarks", "L1-33", "Marks are readable, one for every slot, cash in slot 0."
    ),
    bytes.fromhex("aaa82de9"): Refusal(
        "OlderEpoch",
        "L1-34",
        "Epoch and time of a table are newer than the newest posted; only after a freeze may they go back.",
    ),
    bytes.fromhex("2fd12965"): Refusal("TableFromTheFuture", "L1-35", "A table is not from the future."),
    bytes.fromhex("9bcc65c5"): Refusal("PostingClosed", "L1-36", "No table is posted once claims are open."),
    bytes.fromhex("af21e16c"): Refusal("UnknownListing", "L1-37", "A slot names a listing whose terms are known."),
    bytes.fromhex("390351da"): Refusal("IllegalStatusMove", "L1-38", "Status and listing of a slot move as they may."),
    bytes.fromhex("863859f1"): Refusal(
        "SettledValueChanged",
        "L1-39",
        "A settled listing has one mark in all tables, whatever the order in which they come.",
    ),
    bytes.fromhex("c3e9eac4"): Refusal(
        "SlotNotShownEmpty", "L1-40", "A slot is recycled only after a scan has shown it empty."
    ),
    bytes.fromhex("89bd7f7e"): Refusal("TableAlreadyPosted", "L1-41", "An epoch and a root are posted once."),
    bytes.fromhex("cd983799"): Refusal(
        "ListingTermsFixed", "L1-42", "Terms of a listing are fixed, and listings follow one another."
    ),
    bytes.fromhex("2efbd01b"): Refusal(
        "WrongActiveBit", "L1-43", "The signed bit for active slots is that of the marks."
    ),
    bytes.fromhex("7c214f04"): Refusal("NotOperator", "L1-50", "Batches come from the operator."),
    bytes.fromhex("2ea91c61"): Refusal("WrongBatchNumber", "L1-51", "Batches are numbered without gaps."),
    bytes.fromhex("c2e5347d"): Refusal("EmptyBatch", "L1-52", "A batch has steps."),
    bytes.fromhex("3b7027be"): Refusal(
        "WrongStateRoot", "L1-53", "A batch begins at the root where the last one ended."
    ),
    bytes.fromhex("5364689e"): Refusal("SuspenseOpen", "L1-55", "Nothing is owed at either end of a batch."),
    bytes.fromhex("d708ad3c"): Refusal("UnknownTable", "L1-56", "A step uses a posted table."),
    bytes.fromhex("4ae57740"): Refusal("EpochWentBack", "L1-57", "Epochs never go back from step to step."),
    bytes.fromhex("097613dd"): Refusal(
        "EpochChangedMidTrade", "L1-58", "The table changes only where nothing is owed."
    ),
    bytes.fromhex("fe00fa4a"): Refusal("StaleTable", "L1-59", "A step's table is young enough for its kind."),
    bytes.fromhex("02b874a6"): Refusal("TradingPaused", "L1-62", "No trade step in a pause."),
    bytes.fromhex("050d6fcf"): Refusal(
        "SolvencyGateShut", "L1-63", "Without a young attestation, trade steps need a table with no active slot."
    ),
    bytes.fromhex("8c707d9e"): Refusal("WrongWordCount", "L1-64", "A batch has exactly the words of its steps' kinds."),
    bytes.fromhex("92bf843b"): Refusal("HeaderTooWide", "L1-67", "A header is below 2^252."),
    bytes.fromhex("a2ad39b9"): Refusal(
        "UnknownHeader", "L1-68", "A header has a known kind, asset 0 and no stray bits."
    ),
    bytes.fromhex("fbeb57a8"): Refusal("NotAnAddress", "L1-69", "An address has 160 bits."),
    bytes.fromhex("6ec4c127"): Refusal(
        "DepositOutOfOrder", "L1-70", "Deposits are consumed in the order of their queue."
    ),
    bytes.fromhex("80040f8d"): Refusal("DepositExpired", "L1-71", "A deposit is consumed while young."),
    bytes.fromhex("e45a15b0"): Refusal(
        "DepositMismatch",
        "L1-72",
        "A consumed deposit is as queued; a registration takes the next index, if a leaf is left.",
    ),
    bytes.fromhex("dad9fb25"): Refusal(
        "ForeignOwnerHash", "L1-73", "The owner hash opens to the L1 address that registered it."
    ),
    bytes.fromhex("11d794fa"): Refusal("RejectionOutOfOrder", "L1-74", "Rejected deposits are listed in order."),
    bytes.fromhex("90d88628"): Refusal(
        "RequestOutOfOrder", "L1-75", "Forced requests are served in the order of their queue."
    ),
    bytes.fromhex("ba343de5"): Refusal(
        "RequestMismatch", "L1-76", "A served request has the queue's index and amount."
    ),
    bytes.fromhex("cfab0c50"): Refusal(
        "VaultOverdrawn", "L1-77", "Credits and note claims never exceed what the vault holds beyond what it owes."
    ),
    bytes.fromhex("3e88638d"): Refusal(
        "HiddenCalldata",
        "L1-78",
        "The operator sends batches itself, from an account without code: what people need to leave stands in the transaction.",
    ),
    bytes.fromhex("493036bb"): Refusal("UnknownStepKind", "L1-79", "A step is of one of three kinds."),
    bytes.fromhex("fd3d3c4c"): Refusal("UnknownStateRoot", "L1-80", "An attestation names a root that ended a batch."),
    bytes.fromhex("64a42a95"): Refusal("WrongAttestedTable", "L1-81", "And the last table of that batch."),
    bytes.fromhex("67040b52"): Refusal("AttestationNotValid", "L1-82", "And shows the books in order."),
    bytes.fromhex("78e93518"): Refusal(
        "UnknownTotals", "L1-83", "A scan goes on only from where one under the same key, root and table had come to."
    ),
    bytes.fromhex("5693356d"): Refusal("NothingOverdue", "L1-85", "Nobody freezes a system that is not overdue."),
    bytes.fromhex("b56f932c"): Refusal("NotGovernance", "L1-90", "Members of governance propose and approve."),
    bytes.fromhex("3ffaf9eb"): Refusal("UnknownChange", "L1-91", "A change is known by its number."),
    bytes.fromhex("7c9a1cf9"): Refusal("AlreadyVoted", "L1-92", "A member votes once."),
    bytes.fromhex("2c266945"): Refusal("ChangeNotQueued", "L1-93", "Only an approved change is executed."),
    bytes.fromhex("9849bceb"): Refusal("TimelockRunning", "L1-94", "And not before its timelock."),
    bytes.fromhex("a9ff7c74"): Refusal("ChangeClosed", "L1-95", "And once."),
    bytes.fromhex("3754f024"): Refusal("ImmutableVerifier", "L1-96", "The withdraw and escape keys never change."),
    bytes.fromhex("81b02209"): Refusal("MalformedChange", "L1-97", "A change names sound signers and keys."),
    bytes.fromhex("ef6d0f02"): Refusal("NotGuardian", "L1-98", "The guardian alone pauses."),
    bytes.fromhex("2d0e7c62"): Refusal("PauseTooLong", "L1-99", "A pause lasts at most seven days."),
    bytes.fromhex("ea61f6dc"): Refusal("PauseTooSoon", "L1-100", "Thirty days lie between pauses."),
    bytes.fromhex("3480e2b2"): Refusal("NotProvider", "L1-101", "Providers alone publish association roots."),
    bytes.fromhex("aa41a588"): Refusal(
        "UnsoundVerifierKey",
        "L1-102",
        "A verifier key has its circuit's number of inputs, no point at infinity, off the curve or outside the subgroup, and γ ≠ ±δ, β ≠ ±γ, β ≠ ±δ, δ ≠ ± the generator. The model has no points.",
    ),
    bytes.fromhex("48b519a7"): Refusal(
        "UnknownVerifierKey", "L1-103", "A change names a verifier key that was published."
    ),
    bytes.fromhex("72fab285"): Refusal(
        "ChangeExpired", "L1-104", "A change is carried out within 14 days of its timelock, or never."
    ),
    bytes.fromhex("63734faa"): Refusal("NullifierSpent", "L1-110", "A note is claimed once."),
    bytes.fromhex("f9d1dd2e"): Refusal(
        "WrongContext", "L1-111", "Recipient, relayer and fee of a claim are those of its proof."
    ),
    bytes.fromhex("cc6d87cc"): Refusal("FeeAboveAmount", "L1-112", "A relayer's fee is at most the amount."),
    bytes.fromhex("8964a38a"): Refusal("UnknownAssociationRoot", "L1-113", "An association root was published."),
    bytes.fromhex("47aa1612"): Refusal("LabelShown", "L1-114", "A private claim shows no label."),
    bytes.fromhex("1aac7a26"): Refusal("NotLabelOwner", "L1-115", "A public claim pays the account's L1 owner only."),
    bytes.fromhex("49a2a2cb"): Refusal(
        "FeeInPublicForm", "L1-116", "A public claim has no fee, through which it would pay anyone."
    ),
    bytes.fromhex("3b036449"): Refusal("ClaimsNotOpen", "L1-120", "Claims open a day after the freeze."),
    bytes.fromhex("ac20cf60"): Refusal("NotLatestRoot", "L1-121", "Escape is from the latest root."),
    bytes.fromhex("de37adb5"): Refusal("WrongEscapePrices", "L1-122", "And at the prices that the rules pick."),
    bytes.fromhex("5503c6ae"): Refusal("FundCannotClaim", "L1-123", "The fund escapes nothing."),
    bytes.fromhex("646cf558"): Refusal("AlreadyClaimed", "L1-124", "An index claims once."),
    bytes.fromhex("29dfa3ce"): Refusal("ClaimWindowOpen", "L1-125", "Nothing is paid before the window closes."),
    bytes.fromhex("098ff75c"): Refusal("LateAccountsWait", "L1-126", "Late accounts wait for late notes."),
    bytes.fromhex("f39d2840"): Refusal(
        "NothingLeft", "L1-127", "Latecomers get what is left, and no more than the ratio."
    ),
    bytes.fromhex("c87f8426"): Refusal("UnknownClaim", "L1-128", "A claim is known by its index."),
    bytes.fromhex("d70a0e30"): Refusal("AlreadyPaid", "L1-129", "A claim is paid once."),
    bytes.fromhex("fb8f41b2"): Refusal(
        "ERC20InsufficientAllowance", None, "the token's owner allowed less than that; approve it on the token first"
    ),
    bytes.fromhex("e450d38c"): Refusal("ERC20InsufficientBalance", None, "whoever pays holds fewer tokens than that"),
    bytes.fromhex("e602df05"): Refusal("ERC20InvalidApprover", None, "an error of the token or of a library"),
    bytes.fromhex("ec442f05"): Refusal("ERC20InvalidReceiver", None, "an error of the token or of a library"),
    bytes.fromhex("96c6fd1e"): Refusal("ERC20InvalidSender", None, "an error of the token or of a library"),
    bytes.fromhex("94280d62"): Refusal("ERC20InvalidSpender", None, "an error of the token or of a library"),
    bytes.fromhex("08c379a0"): Refusal("Error", None, "a requirement of a library failed"),
    bytes.fromhex("d6bda275"): Refusal("FailedCall", None, "an error of the token or of a library"),
    bytes.fromhex("cf479181"): Refusal("InsufficientBalance", None, "an error of the token or of a library"),
    bytes.fromhex("ec969a7e"): Refusal("LocalChainsOnly", None, "an error of the token or of a library"),
    bytes.fromhex("3ee5aeb5"): Refusal(
        "ReentrancyGuardReentrantCall", None, "the contract was called back in the middle of a call"
    ),
    bytes.fromhex("5274afe7"): Refusal("SafeERC20FailedOperation", None, "the token refused a transfer"),
}
