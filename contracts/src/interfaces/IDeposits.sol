// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The deposit queue: collateral on its way into accounts.
/// @notice A deposit belongs to the queue while it is younger than its window and to its sender from then on, so that
/// no refund can pull a deposit away in front of a batch that consumes it.
interface IDeposits {
    /// @notice What became of a deposit.
    enum Status {
        NONE,
        QUEUED,
        /// Inside an account.
        CONSUMED,
        /// Passed over by a batch, and not fetched yet.
        REJECTED,
        REFUNDED
    }

    /// @notice Collateral waiting to enter an account; its place in the queue is its id.
    struct Deposit {
        /// For a registration also the account's L1 owner to be.
        address depositor;
        uint64 amount;
        uint64 time;
        /// Of a registration 0 until a batch consumes it.
        uint32 index;
        Status status;
        /// 0 in a top-up.
        uint256 ownerHash;
    }

    /// @notice A deposit waits; `index` is 0 for a registration, which `ownerHash` tells from a top-up of the fund.
    event DepositQueued(
        uint256 indexed number, address indexed depositor, uint256 indexed index, uint256 amount, uint256 ownerHash
    );
    /// @notice A deposit went into the account at `index`; a registration has its index from here.
    event DepositConsumed(uint256 indexed number, uint256 indexed index, uint256 amount);
    event DepositRejected(uint256 indexed number);
    event DepositRefunded(uint256 indexed number, address indexed depositor, uint256 amount);

    /// @notice Queue the first deposit of a new account, which the caller will own on L1. The account gets its
    /// index when a batch consumes the deposit, so what is rejected or refunded uses none up.
    /// @param ownerHash Commits to the account's keys and to the caller's address.
    function register(uint256 ownerHash, uint256 amount) external returns (uint256 number);

    /// @notice Queue a deposit into an account that exists, or into the fund; anyone may, also during a pause.
    function topUp(uint256 index, uint256 amount) external returns (uint256 number);

    /// @notice Give a deposit back to its sender: once rejected, after its window, or after a freeze.
    function refund(uint256 number) external;

    /// @notice Take the head of the queue into an account; only for clearing. A registration's index is the next one.
    /// @param shownOwner The L1 owner that the account's owner hash opens to, in clear.
    function consume(uint256 number, uint256 index, uint256 amount, uint256 ownerHash, uint256 shownOwner) external;

    /// @notice Pass over the head of the queue, unless `number` is another deposit; only for clearing.
    /// @return done Whether it was the head.
    function rejectAtHead(uint256 number) external returns (bool done);

    function deposit(uint256 number) external view returns (Deposit memory);

    /// @notice How many deposits there ever were.
    function depositCount() external view returns (uint256);

    /// @notice The head: what comes before was consumed or rejected.
    function nextDeposit() external view returns (uint256);

    /// @notice The index that the next registration to be consumed gets; every one below belongs to somebody.
    function nextIndex() external view returns (uint256);

    /// @notice Who owns an account on L1; nobody until its registration was consumed.
    function l1Owner(uint256 index) external view returns (address);
}
