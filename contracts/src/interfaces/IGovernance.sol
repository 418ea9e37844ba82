// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Signers} from "./Deployment.sol";

/// @title Governance: M of N members, behind a timelock that is longer than it takes to leave.
/// @notice A change executes a timelock after the last approval that it needed, and not at all after a freeze. The one
/// instant power is the guardian's pause: short, rare, and only over what brings people in.
interface IGovernance {
    /// @notice What may change. The data of each is abi.encode of what stands behind it.
    enum ChangeKind {
        /// uint256 parametersHash
        PARAMETERS,
        /// Signers
        COMMITTEE,
        /// uint8 proofKind, bytes32 key
        VERIFIER,
        /// address
        OPERATOR,
        /// address
        GUARDIAN,
        /// Signers
        GOVERNANCE,
        /// address, bool allowed
        PROVIDER
    }

    struct Change {
        ChangeKind kind;
        bytes data;
    }

    /// @notice A change on its way.
    struct Proposal {
        Change change;
        address[] approvals;
        address[] objections;
        /// When the last approval that it needed came; 0 before.
        uint64 queuedAt;
        /// Executed or cancelled.
        bool closed;
    }

    event ChangeProposed(uint256 indexed number, address indexed by, ChangeKind kind, bytes data);
    event ChangeApproved(uint256 indexed number, address indexed by);
    event ChangeOpposed(uint256 indexed number, address indexed by);
    event ChangeQueued(uint256 indexed number, uint256 due);
    event ChangeCancelled(uint256 indexed number);
    event ChangeExecuted(uint256 indexed number);
    event Paused(uint256 until);
    event Unpaused();
    event AssociationPublished(uint256 indexed root, address indexed provider);

    /// @notice Propose a change and approve it; members only.
    function propose(Change calldata change) external returns (uint256 number);

    function approve(uint256 number) external;

    /// @notice Object; as many objections as it takes approvals cancel a change, queued or not.
    function oppose(uint256 number) external;

    /// @notice Carry out a change whose timelock is over; anyone may.
    function execute(uint256 number) external;

    /// @notice Stop registrations and trade steps for a while; guardian only.
    function pause(uint256 duration) external;

    /// @notice End a pause early; the next one comes no sooner for it.
    function unpause() external;

    /// @notice Vouch for a set of accounts; what is published once stays.
    function publishAssociation(uint256 root) external;

    function proposal(uint256 number) external view returns (Proposal memory);

    function proposalCount() external view returns (uint256);

    function members() external view returns (Signers memory);

    function operator() external view returns (address);

    function guardian() external view returns (address);

    function pausedUntil() external view returns (uint256);

    function isProvider(address account) external view returns (bool);

    function isAssociation(uint256 root) external view returns (bool);

    /// @notice The paramsHash that was in force at a time.
    function parametersAt(uint256 time) external view returns (uint256);
}
