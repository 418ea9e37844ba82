// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Signers} from "../../src/interfaces/Deployment.sol";
import {IOracle} from "../../src/interfaces/IOracle.sol";
import {System} from "./System.sol";

/// @notice A system with one listed instrument, and tables that its oracle refuses.
abstract contract OracleTables is System {
    function refuse(IOracle.Table memory table, bytes4 selector) internal {
        refuse(table, selector, enoughSigners());
    }

    function refuse(IOracle.Table memory table, bytes4 selector, address[] memory signers) internal {
        IOracle.SignedTable memory posted = signed(table, signers);
        vm.expectRevert(selector);
        oracle.postTable(posted);
    }

    /// @dev Signatures of anything else are a stranger's then: with more of them they might not ascend either.
    function oneSignerDecides() internal {
        vm.prank(address(governance));
        oracle.setCommittee(Signers(committeeMembers, 1));
    }

    /// @dev What a scan at the table of an epoch has shown.
    function showEmpty(uint256 epoch, uint256 slots) internal {
        vm.prank(address(attestations));
        oracle.recordEmpty(epoch, slots);
    }

    function pick(uint256 first) internal view returns (address[] memory signers) {
        signers = new address[](1);
        signers[0] = committeeMembers[first];
    }

    function pick(uint256 first, uint256 second) internal view returns (address[] memory signers) {
        signers = new address[](2);
        (signers[0], signers[1]) = (committeeMembers[first], committeeMembers[second]);
    }
}
