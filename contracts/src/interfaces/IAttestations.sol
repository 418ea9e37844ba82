// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Groth16} from "../libraries/Groth16.sol";

/// @title Attestations of solvency, the gate that they hold open, and the freeze.
/// @notice An attestation names a root that ended a batch and is as old as the block that accepted that root. Three
/// clocks run from deployment on, each set back by one kind of event only; when one runs out, anyone may freeze.
interface IAttestations {
    /// @notice What a solvency scan says, and what its proofs hand on.
    struct Attestation {
        uint256 stateRoot;
        uint256 riskRoot;
        uint256 accounts;
        /// Accounts other than the fund that are not shown to be within close-out.
        uint256 failed;
        /// Σ equity = custody.
        bool balanced;
        bool fundSolvent;
        /// Bit j is set when slot j is settled and held by nobody.
        uint256 emptySlots;
        uint256 custodyCommit;
        /// The hash that every proof but the last leaves for the next.
        uint256[] totals;
    }

    event SolvencyAttested(uint256 indexed stateRoot, uint256 accepted, uint256 accounts, uint256 custodyCommit);
    /// @notice A scan that is too long for one transaction has come this far.
    event SolvencyScanned(uint256 indexed stateRoot, uint256 indexed totals);
    event Frozen(address indexed by, uint256 latestRoot);

    /// @notice File the beginning of a scan that is too long for one transaction, or go on with one; anyone may.
    /// @param totals The hashes that the proofs hand on. Where there is one more of them than proofs, the first is where
    /// a scan filed before had come to.
    function scan(uint256 stateRoot, uint256 riskRoot, uint256[] calldata totals, Groth16.Proof[] calldata proofs)
        external;

    /// @notice File a scan of a batch-end root at that batch's last table; anyone may. With as many proofs as totals it is
    /// the end of one, and goes on from the first of them.
    function attest(Attestation calldata attestation, Groth16.Proof[] calldata proofs) external;

    /// @notice Stop the system for good because a clock has run out; anyone may.
    function freeze() external;

    /// @notice Whether a scan may go on from these totals, under the key of this day.
    function isScanned(uint256 stateRoot, uint256 riskRoot, uint256 totals) external view returns (bool);

    /// @notice When the newest attested root was accepted.
    function attestedTime() external view returns (uint256);

    /// @notice When the system froze; 0 while it runs.
    function frozenAt() external view returns (uint256);

    /// @notice Whether trade steps may use tables with active slots.
    function gateIsOpen() external view returns (bool);

    /// @notice Which clocks have run out.
    function overdue() external view returns (bool batch, bool attestation, bool forcedRequest);
}
