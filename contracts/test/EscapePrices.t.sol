// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {WrongEscapePrices} from "../src/interfaces/Errors.sol";
import {IExit} from "../src/interfaces/IExit.sol";
import {Groth16} from "../src/libraries/Groth16.sol";
import {Leaving} from "./support/Leaving.sol";

/// @notice The table that escape claims are valued at.
contract EscapePricesTest is Leaving {
    function refuses(IExit.Escape memory claim) internal {
        Groth16.Proof memory proof = proofOf(claim);
        vm.expectRevert(WrongEscapePrices.selector);
        exit.escape(claim, proof);
    }

    /// @dev L1-122: without any table there are none, and 0 is not the root of one.
    function test_escape_withoutAnyTable_reverts() public {
        deploy();
        openClaims();
        vm.assertEq(exit.escapePrices(), 0);
        IExit.Escape memory claim = escapeOf(1, alice, 0);
        vm.assertEq(claim.riskRoot, 0);
        refuses(claim);
    }

    function test_escapePrices_whenNoLaterTableComes_areTheLastBatchs() public {
        uint256 used = clearing.usedEpoch();
        wait(settings.escapePriceDelay - 1);
        post();
        openClaims();
        vm.assertEq(exit.escapePrices(), used);
        escape(2, alice, 5);
    }

    /// @dev L1-122, trap 41: a smaller time replaces a larger one, whoever posts first, until claims open.
    function test_escapePrices_areNotTheFirstPostersChoice() public {
        uint64 start = uint64(clearing.batchTime());
        freeze();
        uint64 late = post(tableOf(900, start + 5 hours, marksOf()));
        vm.assertEq(exit.escapePrices(), late);
        uint64 early = post(tableOf(50, start + 1 hours - 1, marksOf()));
        vm.assertEq(exit.escapePrices(), late);
        uint64 first = post(tableOf(60, start + 1 hours, marksOf()));
        post(tableOf(70, start + 2 hours, marksOf()));
        post(tableOf(65, start + 1 hours, marksOf()));
        vm.assertEq(exit.escapePrices(), first);
        openClaims();
        uint64[4] memory others = [late, early, 70, 65];
        for (uint256 i = 0; i < others.length; ++i) {
            IExit.Escape memory claim = escapeOf(2, alice, 5);
            claim.riskRoot = oracle.postedTable(others[i]).riskRoot;
            refuses(claim);
        }
        escape(2, alice, 5);
    }
}
