// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Signers} from "./Deployment.sol";

/// @title The oracle committee's tables, and the instruments that slots hold.
/// @notice Anyone posts a table that the committee signed. Before a freeze epochs only go forward; after one, until
/// claims open, older tables may come too, for escape prices are those soonest after the last batch.
interface IOracle {
    /// @notice A risk table as it is posted: marks in clear, the rest by root, and the inputs that it follows from.
    struct Table {
        uint64 epoch;
        uint64 time;
        uint256 riskRoot;
        /// Whether some slot has status 1; a solvency gate that is shut refuses such a table to trade steps.
        bool anyActive;
        /// Packed words of all slots, cash first.
        uint256[] marks;
        uint256 stressRoot;
        bytes inputs;
    }

    /// @notice Of a committee member, in the short form of EIP-2098.
    struct Signature {
        bytes32 r;
        bytes32 vs;
    }

    /// @notice A table and signatures of members, by ascending address.
    struct SignedTable {
        Table table;
        Signature[] signatures;
    }

    /// @notice What is kept of a posted table.
    struct Posted {
        uint256 riskRoot;
        uint64 time;
        /// Which of the recorded lists of statuses it has.
        uint64 statuses;
        bool anyActive;
    }

    /// @notice All of a table, so that whoever leaves needs nothing but events.
    event TablePosted(
        uint256 indexed epoch,
        uint256 indexed riskRoot,
        uint256 time,
        bool anyActive,
        uint256[] marks,
        uint256 stressRoot,
        bytes inputs
    );
    event InstrumentListed(uint256 indexed slot, uint256 indexed listing, bytes32 terms);
    event SlotShownEmpty(uint256 indexed slot, uint256 indexed listing);
    event CommitteeChanged(address[] members, uint256 threshold);

    /// @notice Hash the terms of a slot's next listing, signed by the committee; they never change.
    function listInstrument(uint256 slot, uint256 listing, bytes32 terms, Signature[] calldata signatures) external;

    /// @notice Make a signed table usable: by steps before a freeze, for escape prices also after it.
    function postTable(SignedTable calldata signed) external;

    /// @notice Post a table of a batch, unless it is posted already: else whoever posts it first kills the batch. Only
    /// for clearing.
    function postIfNew(SignedTable calldata signed) external;

    /// @notice Settled slots that a scan at a table's marks has shown to be held by nobody; only for attestations.
    /// @param empty Bit j stands for slot j.
    function recordEmpty(uint256 epoch, uint256 empty) external;

    /// @notice Replace the committee; only for governance.
    function setCommittee(Signers calldata committee) external;

    function postedTable(uint256 epoch) external view returns (Posted memory);

    /// @notice The epoch with a risk root; 0 when none has it.
    function epochOf(uint256 riskRoot) external view returns (uint256);

    /// @notice The newest epoch that was posted before any freeze; 0 when there is none.
    function newestEpoch() external view returns (uint256);

    /// @notice The table with the smallest time late enough after the last batch; 0 when there is none yet.
    function escapeEpoch() external view returns (uint256);

    /// @notice Hash of the terms of a listing; 0 when it is not listed.
    function terms(uint256 slot, uint256 listing) external view returns (bytes32);

    function newestListing(uint256 slot) external view returns (uint256);

    /// @notice The mark that a settled listing has in every table; 0 when it is not settled.
    function settledMark(uint256 slot, uint256 listing) external view returns (uint256);

    function shownEmpty(uint256 slot, uint256 listing) external view returns (bool);

    function committee() external view returns (Signers memory);

    /// @notice What members sign for a table.
    function digestOfTable(Table calldata table) external view returns (bytes32);

    /// @notice What members sign to list an instrument.
    function digestOfListing(uint256 slot, uint256 listing, bytes32 terms) external view returns (bytes32);
}
