// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOracle} from "../../src/interfaces/IOracle.sol";
import {Shared} from "../../src/libraries/Shared.sol";
import {Deployed} from "./Deployed.sol";

/// @notice What the oracle committee says: listings, marks and tables.
abstract contract Tables is Deployed {
    /// @dev What a signed number of a mark is written above.
    uint256 private constant ZERO = 1 << 47;

    bytes32 internal constant TERMS = keccak256("terms");

    uint64 internal lastEpoch;

    // -- marks

    function mark(uint8 status, uint256 listing, uint256 value) internal pure returns (uint256) {
        return mark(status, listing, 0, value, 100, 100);
    }

    function mark(uint8 status, uint256 listing, uint256 funding, uint256 value, uint256 long_, uint256 short_)
        internal
        pure
        returns (uint256)
    {
        return status | listing << 3 | (funding + ZERO) << 35 | (value + ZERO) << 83 | long_ << 131 | short_ << 179;
    }

    function emptyMark(uint256 listing) internal pure returns (uint256) {
        return mark(Shared.STATUS_EMPTY, listing, 0, 0, 0, 0);
    }

    function cashMark() internal pure returns (uint256) {
        return mark(Shared.STATUS_ACTIVE, 0, 0, 1, 0, 0);
    }

    /// @dev Cash, an active perpetual in slot 1 that is listing 1 there, and nothing else.
    function marksOf() internal view returns (uint256[] memory) {
        return marksOf(mark(Shared.STATUS_ACTIVE, 1, 1_000));
    }

    /// @dev Cash, this word in slot 1, and nothing else.
    function marksOf(uint256 first) internal view returns (uint256[] memory marks) {
        marks = new uint256[](shape.slots);
        for (uint256 slot = 0; slot < marks.length; ++slot) {
            marks[slot] = emptyMark(0);
        }
        (marks[0], marks[1]) = (cashMark(), first);
    }

    // -- tables

    /// @dev A table of now under the next epoch, with the bit for active slots that its marks have.
    function tableNow() internal returns (IOracle.Table memory) {
        return tableNow(marksOf());
    }

    function tableNow(uint256[] memory marks) internal returns (IOracle.Table memory) {
        return tableOf(++lastEpoch, uint64(block.timestamp), marks);
    }

    function tableOf(uint64 epoch, uint64 time, uint256[] memory marks)
        internal
        pure
        returns (IOracle.Table memory table)
    {
        table.epoch = epoch;
        table.time = time;
        table.riskRoot = field("risk root", epoch);
        for (uint256 slot = 1; slot < marks.length; ++slot) {
            if (marks[slot] & 7 == Shared.STATUS_ACTIVE) table.anyActive = true;
        }
        table.marks = marks;
        table.stressRoot = field("stress root", epoch);
        table.inputs = "inputs";
    }

    function signed(IOracle.Table memory table) internal view returns (IOracle.SignedTable memory) {
        return signed(table, enoughSigners());
    }

    function signed(IOracle.Table memory table, address[] memory signers)
        internal
        view
        returns (IOracle.SignedTable memory)
    {
        return IOracle.SignedTable(table, sign(oracle.digestOfTable(table), signers));
    }

    /// @dev Posts a table of now with the default marks; returns its epoch.
    function post() internal returns (uint64) {
        return post(tableNow());
    }

    function post(IOracle.Table memory table) internal returns (uint64) {
        oracle.postTable(signed(table));
        return table.epoch;
    }

    function list(uint256 slot, uint256 listing) internal {
        oracle.listInstrument(slot, listing, TERMS, sign(oracle.digestOfListing(slot, listing, TERMS)));
    }
}
