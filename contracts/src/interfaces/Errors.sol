// SPDX-License-Identifier: Apache-2.0
// Generated from circuits/manifest.toml by `make generate`; change that file, not this one.
pragma solidity 0.8.37;

/// L1-1 of SECURITY.md.
error SystemFrozen();

/// L1-2 of SECURITY.md.
error SystemNotFrozen();

/// L1-3 of SECURITY.md.
error ZeroAddress();

/// L1-4 of SECURITY.md.
error NotAFieldElement();

/// L1-5 of SECURITY.md.
error UnsafeSettings();

/// L1-6 of SECURITY.md.
error InvalidProof();

/// L1-8 of SECURITY.md.
error ForeignCaller();

/// L1-9 of SECURITY.md.
error WrongTokenAmount();

/// L1-10 of SECURITY.md.
error RegistrationsPaused();

/// L1-11 of SECURITY.md.
error DepositTooSmall();

/// L1-12 of SECURITY.md.
error VaultFull();

/// L1-13 of SECURITY.md.
error RegistryFull();

/// L1-14 of SECURITY.md.
error EmptyOwnerHash();

/// L1-15 of SECURITY.md.
error IndexNotRegistered();

/// L1-16 of SECURITY.md.
error UnknownDeposit();

/// L1-17 of SECURITY.md.
error RefundTooEarly();

/// L1-18 of SECURITY.md.
error DepositSpent();

/// L1-19 of SECURITY.md.
error NothingToPull();

/// L1-20 of SECURITY.md.
error NotAccountOwner();

/// L1-21 of SECURITY.md.
error RequestAlreadyOpen();

/// L1-22 of SECURITY.md.
error ForcedFeeTooLow();

/// L1-23 of SECURITY.md.
error TooManyRequestsInBlock();

/// L1-24 of SECURITY.md.
error WrongRequestAmount();

/// L1-30 of SECURITY.md.
error TooFewSigners();

/// L1-31 of SECURITY.md.
error SignersNotAscending();

/// L1-32 of SECURITY.md.
error NotInCommittee();

/// L1-33 of SECURITY.md.
error MalformedMarks();

/// L1-34 of SECURITY.md.
error OlderEpoch();

/// L1-35 of SECURITY.md.
error TableFromTheFuture();

/// L1-36 of SECURITY.md.
error PostingClosed();

/// L1-37 of SECURITY.md.
error UnknownListing();

/// L1-38 of SECURITY.md.
error IllegalStatusMove();

/// L1-39 of SECURITY.md.
error SettledValueChanged();

/// L1-40 of SECURITY.md.
error SlotNotShownEmpty();

/// L1-41 of SECURITY.md.
error TableAlreadyPosted();

/// L1-42 of SECURITY.md.
error ListingTermsFixed();

/// L1-43 of SECURITY.md.
error WrongActiveBit();

/// L1-50 of SECURITY.md.
error NotOperator();

/// L1-51 of SECURITY.md.
error WrongBatchNumber();

/// L1-52 of SECURITY.md.
error EmptyBatch();

/// L1-53 of SECURITY.md.
error WrongStateRoot();

/// L1-55 of SECURITY.md.
error SuspenseOpen();

/// L1-56 of SECURITY.md.
error UnknownTable();

/// L1-57 of SECURITY.md.
error EpochWentBack();

/// L1-58 of SECURITY.md.
error EpochChangedMidTrade();

/// L1-59 of SECURITY.md.
error StaleTable();

/// L1-62 of SECURITY.md.
error TradingPaused();

/// L1-63 of SECURITY.md.
error SolvencyGateShut();

/// L1-64 of SECURITY.md.
error WrongWordCount();

/// L1-67 of SECURITY.md.
error HeaderTooWide();

/// L1-68 of SECURITY.md.
error UnknownHeader();

/// L1-69 of SECURITY.md.
error NotAnAddress();

/// L1-70 of SECURITY.md.
error DepositOutOfOrder();

/// L1-71 of SECURITY.md.
error DepositExpired();

/// L1-72 of SECURITY.md.
error DepositMismatch();

/// L1-73 of SECURITY.md.
error ForeignOwnerHash();

/// L1-74 of SECURITY.md.
error RejectionOutOfOrder();

/// L1-75 of SECURITY.md.
error RequestOutOfOrder();

/// L1-76 of SECURITY.md.
error RequestMismatch();

/// L1-77 of SECURITY.md.
error VaultOverdrawn();

/// L1-78 of SECURITY.md.
error HiddenCalldata();

/// L1-79 of SECURITY.md.
error UnknownStepKind();

/// L1-80 of SECURITY.md.
error UnknownStateRoot();

/// L1-81 of SECURITY.md.
error WrongAttestedTable();

/// L1-82 of SECURITY.md.
error AttestationNotValid();

/// L1-83 of SECURITY.md.
error UnknownTotals();

/// L1-85 of SECURITY.md.
error NothingOverdue();

/// L1-90 of SECURITY.md.
error NotGovernance();

/// L1-91 of SECURITY.md.
error UnknownChange();

/// L1-92 of SECURITY.md.
error AlreadyVoted();

/// L1-93 of SECURITY.md.
error ChangeNotQueued();

/// L1-94 of SECURITY.md.
error TimelockRunning();

/// L1-95 of SECURITY.md.
error ChangeClosed();

/// L1-96 of SECURITY.md.
error ImmutableVerifier();

/// L1-97 of SECURITY.md.
error MalformedChange();

/// L1-98 of SECURITY.md.
error NotGuardian();

/// L1-99 of SECURITY.md.
error PauseTooLong();

/// L1-100 of SECURITY.md.
error PauseTooSoon();

/// L1-101 of SECURITY.md.
error NotProvider();

/// L1-102 of SECURITY.md.
error UnsoundVerifierKey();

/// L1-103 of SECURITY.md.
error UnknownVerifierKey();

/// L1-104 of SECURITY.md.
error ChangeExpired();

/// L1-110 of SECURITY.md.
error NullifierSpent();

/// L1-111 of SECURITY.md.
error WrongContext();

/// L1-112 of SECURITY.md.
error FeeAboveAmount();

/// L1-113 of SECURITY.md.
error UnknownAssociationRoot();

/// L1-114 of SECURITY.md.
error LabelShown();

/// L1-115 of SECURITY.md.
error NotLabelOwner();

/// L1-116 of SECURITY.md.
error FeeInPublicForm();

/// L1-120 of SECURITY.md.
error ClaimsNotOpen();

/// L1-121 of SECURITY.md.
error NotLatestRoot();

/// L1-122 of SECURITY.md.
error WrongEscapePrices();

/// L1-123 of SECURITY.md.
error FundCannotClaim();

/// L1-124 of SECURITY.md.
error AlreadyClaimed();

/// L1-125 of SECURITY.md.
error ClaimWindowOpen();

/// L1-126 of SECURITY.md.
error LateAccountsWait();

/// L1-127 of SECURITY.md.
error NothingLeft();

/// L1-128 of SECURITY.md.
error UnknownClaim();

/// L1-129 of SECURITY.md.
error AlreadyPaid();
