// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    IllegalStatusMove,
    PostingClosed,
    SettledValueChanged,
    SlotNotShownEmpty,
    TableAlreadyPosted
} from "../src/interfaces/Errors.sol";
import {OracleTables} from "./support/OracleTables.sol";

/// @notice Tables after a freeze, and those for the prices of the escape.
contract OracleFreezeTest is OracleTables {
    function test_post_afterAFreeze_mayGoBack() public {
        // Trap 12, trap 41: only there, and what was newest before stays it.
        submit();
        uint64 time = uint64(block.timestamp);
        uint64 newest = 1_000;
        wait(1 hours);
        post(tableOf(newest, uint64(block.timestamp), marksOf()));
        freeze();
        post(tableOf(999, time + 5_000, marksOf()));
        post(tableOf(998, time + 4_000, marksOf()));
        post(tableOf(1_001, uint64(block.timestamp), marksOf()));
        vm.assertEq(oracle.newestEpoch(), newest);
        refuse(tableOf(999, time + 6_000, marksOf()), TableAlreadyPosted.selector);
    }

    function test_post_whenClaimsHaveOpened_reverts() public {
        // L1-36.
        freeze();
        uint256 opens = attestations.frozenAt() + settings.claimDelay;
        vm.warp(opens - 1);
        post();
        vm.warp(opens);
        refuse(tableNow(), PostingClosed.selector);
    }

    function test_post_afterAFreeze_followsTheTableOfTheLastBatch() public {
        // L1-38, L1-40: whatever was posted since.
        list(2, 1);
        submit();
        wait(1 hours);
        uint64 epoch = post(tableNow(marksOf(mark(3, 1, 1_000))));
        freeze();
        wait(1);
        post(tableNow(marksOf(mark(1, 1, 1_100))));
        refuse(tableNow(marksOf(emptyMark(1))), IllegalStatusMove.selector);
        wait(1);
        uint256[] memory marks = marksOf();
        marks[2] = mark(1, 1, 5);
        vm.assertEq(oracle.postedTable(post(tableNow(marks))).statuses, oracle.postedTable(epoch).statuses + 1);
        marks[2] = emptyMark(0);
        vm.assertEq(oracle.postedTable(post(tableNow(marks))).statuses, 1);
    }

    function test_post_afterAFreeze_followsNothingWhenNoBatchUsedATable() public {
        post(tableNow(marksOf(mark(3, 1, 1_000))));
        freeze();
        post(tableNow(marksOf(emptyMark(0))));
        refuse(tableNow(marksOf(emptyMark(1))), IllegalStatusMove.selector);
    }

    function test_post_afterAFreeze_whenTheLastBatchHadItSettled_reverts() public {
        // L1-40.
        uint64 epoch = post(tableNow(marksOf(mark(3, 1, 1_000))));
        submit();
        vm.assertEq(clearing.usedEpoch(), epoch);
        freeze();
        refuse(tableNow(), SlotNotShownEmpty.selector);
        post(tableNow(marksOf(mark(3, 1, 1_000))));
    }

    function test_post_whenSettledOtherwiseAfterAFreeze_reverts() public {
        // L1-39, trap 19: final is what was posted first, before the freeze and not used by a batch.
        submit();
        wait(1 hours);
        uint256 settled = mark(3, 1, 1_000);
        post(tableNow(marksOf(settled)));
        freeze();
        refuse(tableNow(marksOf(mark(3, 1, 1_001))), SettledValueChanged.selector);
        post(tableNow(marksOf(settled)));
    }

    function test_post_whenSettledOtherwiseThanInATableAfterTheFreeze_reverts() public {
        // L1-39, trap 19: the first table with it may come after the freeze.
        submit();
        freeze();
        uint256 settled = mark(3, 1, 1_000);
        post(tableNow(marksOf(settled)));
        vm.assertEq(oracle.settledMark(1, 1), settled);
        refuse(tableNow(marksOf(mark(3, 1, 999))), SettledValueChanged.selector);
    }

    function test_escapePrices_areOfTheSmallestTimeLateEnough() public {
        // Trap 41: not of whoever posts first.
        submit();
        uint64 start = uint64(block.timestamp);
        wait(1 hours - 1);
        post(tableOf(10, start + 1 hours - 1, marksOf()));
        vm.assertEq(oracle.escapeEpoch(), 0);
        wait(1 hours);
        post(tableOf(30, start + 2 hours - 1, marksOf()));
        vm.assertEq(oracle.escapeEpoch(), 30);
        freeze();
        post(tableOf(40, start + 3 hours, marksOf()));
        vm.assertEq(oracle.escapeEpoch(), 30);
        post(tableOf(29, start + 2 hours - 1, marksOf()));
        vm.assertEq(oracle.escapeEpoch(), 30);
        post(tableOf(20, start + 1 hours, marksOf()));
        vm.assertEq(oracle.escapeEpoch(), 20);
        post(tableOf(9, start + 1 hours - 2, marksOf()));
        vm.assertEq(oracle.escapeEpoch(), 20);
    }

    function test_escapePrices_areForgottenWithTheNextBatch() public {
        // Its own table too, late as it may be after the batch before.
        submit();
        wait(2 hours);
        uint64 late = post();
        vm.assertEq(oracle.escapeEpoch(), late);
        wait(10 minutes);
        submit();
        vm.assertNotEq(clearing.usedEpoch(), late);
        vm.assertEq(oracle.escapeEpoch(), 0);
        // A later one takes the place of one that is forgotten.
        wait(1 hours);
        uint64 later = post();
        vm.assertEq(oracle.escapeEpoch(), later);
    }

    function test_escapePrices_beforeAnyBatch_countFromDeployment() public {
        vm.assertEq(oracle.escapeEpoch(), 0);
        wait(1 hours);
        uint64 epoch = post();
        vm.assertEq(oracle.escapeEpoch(), epoch);
    }

    /// @dev Whatever comes in whatever order, the smallest time wins, and of equal ones the first.
    function testFuzz_escapePrices_areOfTheSmallestTime(uint16[6] memory after_) public {
        submit();
        uint256 start = block.timestamp;
        freeze();
        uint64 best = 0;
        uint256 smallest = type(uint256).max;
        for (uint64 i = 0; i < after_.length; ++i) {
            uint256 time = start + after_[i];
            post(tableOf(100 - i, uint64(time), marksOf()));
            if (time >= start + 1 hours && time < smallest) (best, smallest) = (100 - i, time);
        }
        vm.assertEq(oracle.escapeEpoch(), best);
    }
}
