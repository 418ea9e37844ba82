// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Where the parts of one system are; every part is told of all of them when it is deployed.
struct Parts {
    address vault;
    address deposits;
    address forced;
    address oracle;
    address clearing;
    address attestations;
    address governance;
    address verifiers;
    address exit;
}

/// @notice Deadlines, windows and limits, in seconds where nothing else is said. They never change: if governance could
/// move them, a clock that runs could be stopped.
struct Settings {
    /// Oldest table that a trade or funds step may use.
    uint64 maxAge;
    /// The same for liquidate steps: who knows the next prices must not choose the last ones for a takeover.
    uint64 liquidateMaxAge;
    /// How long an attested root keeps the solvency gate open, from the block that accepted the root.
    uint64 attestationAge;
    /// Without an attested root younger than this, anyone may freeze.
    uint64 insolvencyDeadline;
    /// A deposit is consumed only while younger, and refunded only from then on.
    uint64 depositWindow;
    /// A forced request older than this lets anyone freeze.
    uint64 forcedDeadline;
    /// Without a batch for longer than this, anyone may freeze.
    uint64 livenessDeadline;
    /// From the freeze until claims open; tables for the escape are posted meanwhile.
    uint64 claimDelay;
    /// How long claims that rank equally are collected.
    uint64 claimWindow;
    /// From the end of the window until late accounts are served; late notes are served at once.
    uint64 lateAccountDelay;
    /// Escape prices are of the first table at least this much after the last batch.
    uint64 escapePriceDelay;
    /// A month to notice an unwelcome change, and the forced deadline to be out.
    uint64 exitWindow;
    /// From the last approval of a change until it may execute.
    uint64 timelock;
    /// Longest pause.
    uint64 pauseLimit;
    /// From the beginning of one pause until another may begin.
    uint64 pauseInterval;
    /// Forced requests of both queues that one block takes.
    uint64 forcedPerBlock;
    /// Wei that a forced request costs while fewer than `forcedDoubling` are open.
    uint128 forcedFee;
    /// The fee doubles with every so many open requests, of both queues.
    uint64 forcedDoubling;
    /// In millionths of a USDC: a deposit costs the operator a place in a step.
    uint64 minimumDeposit;
    /// The vault never holds more, so that custody always fits its 64 bits.
    uint64 vaultCeiling;
}

/// @notice The numbers of a profile that the chain needs: how many words each kind of step publishes, and where.
struct Shape {
    uint8 accountDepth;
    uint8 slots;
    uint8 narrow;
    uint8 wide;
    uint8 legs;
    uint8 operations;
    uint8 liquidations;
}

/// @notice M of N: members in strictly ascending order, and how many must sign.
struct Signers {
    address[] members;
    uint256 threshold;
}
