// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOracle} from "./IOracle.sol";
import {Groth16} from "../libraries/Groth16.sol";

/// @title Batches: how the state root moves, and the only way in which it does.
/// @notice A batch is a chain of proven steps: each takes up root and suspense where the one before left them, and
/// nothing is owed at either end. Whatever the chain can know of a step's public inputs it fills in itself.
interface IClearing {
    struct Header {
        /// Counts from 1; genesis is batch 0.
        uint256 number;
        /// The root that the operator built on: the latest, or this transaction came too late.
        uint256 stateBefore;
        /// Deposits to pass over, ascending: those that cannot be consumed, expired and refunded ones among them.
        uint256[] rejected;
    }

    struct Step {
        /// kind(8) | epoch(64), lowest bits first.
        uint256 head;
        uint256 stateAfter;
        uint256 suspenseAfter;
        uint256 salt;
        /// Poseidon commitment to the step's words; the prover fixed them before it could know the challenge.
        uint256 dataCommit;
        Groth16.Proof proof;
    }

    /// @notice What is known of a root that ended a batch.
    struct BatchEnd {
        uint64 number;
        /// Of the block that accepted it: from here an attestation ages, whenever it comes. 0 for no batch's root.
        uint64 time;
        /// Of the batch's last step.
        uint64 epoch;
    }

    event BatchAccepted(
        uint256 indexed number, uint256 indexed stateAfter, uint256 epoch, uint256 steps, uint256 stateBefore
    );

    /// @notice Move the state root along a chain of proven steps, and do what their headers say.
    /// @param words Of all steps, in order; how many each has follows from its kind.
    function submitBatch(
        Header calldata header,
        Step[] calldata steps,
        uint256[] calldata words,
        IOracle.SignedTable[] calldata tables
    ) external;

    function batches() external view returns (uint256);

    /// @notice Time of the block that accepted the last batch, or of deployment.
    function batchTime() external view returns (uint256);

    /// @notice The newest epoch that a step has used; 0 when none has.
    function usedEpoch() external view returns (uint256);

    function latestRoot() external view returns (uint256);

    function batchEnd(uint256 root) external view returns (BatchEnd memory);

    /// @notice The first public input of every proof for this system.
    function systemDomain() external view returns (uint256);
}
