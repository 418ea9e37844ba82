// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    ListingTermsFixed,
    MalformedMarks,
    NotAFieldElement,
    OlderEpoch,
    SystemFrozen,
    TableAlreadyPosted,
    TableFromTheFuture,
    TooFewSigners,
    UnknownListing,
    WrongActiveBit
} from "../src/interfaces/Errors.sol";
import {IOracle} from "../src/interfaces/IOracle.sol";
import {OracleTables} from "./support/OracleTables.sol";

/// @notice What may be listed and posted while the system runs.
contract OracleTest is OracleTables {
    // -- listings

    function test_list_inASlotThatHoldsNoInstrument_reverts() public {
        // L1-37: cash, and beyond the last.
        _refuseListing(0, 1, UnknownListing.selector);
        _refuseListing(shape.slots, 1, UnknownListing.selector);
        list(shape.slots - 1, 1);
    }

    function test_list_whenNotTheNext_reverts() public {
        // L1-42.
        _refuseListing(2, 0, ListingTermsFixed.selector);
        _refuseListing(2, 2, ListingTermsFixed.selector);
        list(2, 1);
        _refuseListing(2, 1, ListingTermsFixed.selector);
    }

    function test_list_whenSignaturesAreTooFew_reverts() public {
        // L1-30.
        IOracle.Signature[] memory few = sign(oracle.digestOfListing(2, 1, TERMS), pick(0));
        vm.expectRevert(TooFewSigners.selector);
        oracle.listInstrument(2, 1, TERMS, few);
    }

    function test_list_afterFreeze_reverts() public {
        // L1-1.
        freeze();
        _refuseListing(2, 1, SystemFrozen.selector);
    }

    function test_list_keepsTheTerms() public {
        IOracle.Signature[] memory signatures = sign(oracle.digestOfListing(2, 1, TERMS));
        vm.expectEmit(address(oracle));
        emit IOracle.InstrumentListed(2, 1, TERMS);
        oracle.listInstrument(2, 1, TERMS, signatures);
        vm.assertEq(oracle.terms(2, 1), TERMS);
        vm.assertEq(oracle.terms(2, 2), bytes32(0));
        vm.assertEq(oracle.newestListing(2), 1);
    }

    // -- tables

    function test_post_keepsTheTable() public {
        IOracle.Table memory table = tableNow();
        IOracle.SignedTable memory posted = signed(table);
        vm.expectEmit(address(oracle));
        emit IOracle.TablePosted(
            table.epoch, table.riskRoot, table.time, true, table.marks, table.stressRoot, table.inputs
        );
        vm.prank(mallory);
        oracle.postTable(posted);
        IOracle.Posted memory kept = oracle.postedTable(table.epoch);
        vm.assertEq(kept.riskRoot, table.riskRoot);
        vm.assertEq(kept.time, table.time);
        vm.assertEq(kept.anyActive, true);
        vm.assertEq(kept.statuses, 1);
        vm.assertEq(oracle.epochOf(table.riskRoot), table.epoch);
        vm.assertEq(oracle.newestEpoch(), table.epoch);
        vm.assertEq(oracle.postedTable(9).riskRoot, 0);
        vm.assertEq(oracle.epochOf(9), 0);
    }

    function test_post_whenOfATimeToCome_reverts() public {
        // L1-35.
        refuse(tableOf(1, uint64(block.timestamp) + 1, marksOf()), TableFromTheFuture.selector);
    }

    function test_post_whenTheRiskRootIsNoFieldElement_reverts() public {
        // L1-4.
        IOracle.Table memory table = tableNow();
        table.riskRoot = R;
        refuse(table, NotAFieldElement.selector);
        table.riskRoot = 0;
        refuse(table, NotAFieldElement.selector);
        table.riskRoot = R - 1;
        post(table);
        wait(1);
        table = tableNow();
        table.riskRoot = 1;
        post(table);
    }

    function test_post_whenEpochOrRootIsPosted_reverts() public {
        // L1-41.
        uint64 epoch = post();
        wait(1);
        IOracle.Table memory table = tableOf(epoch, uint64(block.timestamp), marksOf());
        refuse(table, TableAlreadyPosted.selector);
        table.riskRoot += 1;
        refuse(table, TableAlreadyPosted.selector);
        table = tableNow();
        table.riskRoot = oracle.postedTable(epoch).riskRoot;
        refuse(table, TableAlreadyPosted.selector);
    }

    function test_post_whenOlderThanTheNewest_reverts() public {
        // L1-34, trap 12: neither epoch nor time goes back or stays.
        uint64 time = uint64(block.timestamp);
        post(tableOf(5, time, marksOf()));
        wait(1);
        refuse(tableOf(4, time + 1, marksOf()), OlderEpoch.selector);
        refuse(tableOf(6, time, marksOf()), OlderEpoch.selector);
        refuse(tableOf(6, time - 1, marksOf()), OlderEpoch.selector);
        post(tableOf(6, time + 1, marksOf()));
    }

    function test_post_whenOlderThanTheFirst_reverts() public {
        // L1-34: the first may have any time and the lowest epoch, and then the next may not.
        post(tableOf(1, 0, marksOf()));
        refuse(tableOf(2, 0, marksOf()), OlderEpoch.selector);
        post(tableOf(2, 1, marksOf()));
    }

    function test_post_whenTheEpochIs0_reverts() public {
        // L1-34: epoch 0 stands for no table, before a freeze and after it.
        refuse(tableOf(0, uint64(block.timestamp), marksOf()), OlderEpoch.selector);
        freeze();
        refuse(tableOf(0, uint64(block.timestamp), marksOf()), OlderEpoch.selector);
    }

    function test_post_whenMarksCannotBeRead_reverts() public {
        // L1-33: too few, too many, too wide, of no status, without cash.
        uint256 last = shape.slots - 1;
        uint256[] memory marks = marksOf();
        uint256[] memory few = new uint256[](last);
        uint256[] memory many = new uint256[](last + 2);
        for (uint256 slot = 0; slot <= last; ++slot) {
            if (slot < last) few[slot] = marks[slot];
            many[slot] = marks[slot];
        }
        refuse(tableNow(few), MalformedMarks.selector);
        refuse(tableNow(many), MalformedMarks.selector);
        refuse(tableNow(new uint256[](0)), MalformedMarks.selector);
        uint256[3] memory wrong = [emptyMark(0) | 1 << 227, emptyMark(0) | 1 << 255, emptyMark(0) | 5];
        for (uint256 i = 0; i < wrong.length; ++i) {
            marks[last] = wrong[i];
            refuse(tableNow(marks), MalformedMarks.selector);
        }
        marks = marksOf();
        uint256[4] memory notCash = [emptyMark(0), mark(1, 0, 2), mark(1, 1, 0, 1, 0, 0), mark(1, 0, 0, 1, 0, 1)];
        for (uint256 i = 0; i < notCash.length; ++i) {
            marks[0] = notCash[i];
            refuse(tableNow(marks), MalformedMarks.selector);
        }
    }

    function test_post_whenTheActiveBitIsWrong_reverts() public {
        // L1-43; cash, which has status 1 always, does not count.
        IOracle.Table memory table = tableNow();
        table.anyActive = false;
        refuse(table, WrongActiveBit.selector);
        table = tableNow(marksOf(mark(2, 1, 1_000)));
        table.anyActive = true;
        refuse(table, WrongActiveBit.selector);
        table.anyActive = false;
        post(table);
    }

    // -- tables of batches

    function test_postIfNew_whenPosted_changesNothing() public {
        // By epoch and root alone; the rest, signatures too, is not looked at.
        uint64 epoch = post();
        IOracle.Table memory table = tableOf(epoch, 1, new uint256[](0));
        vm.recordLogs();
        vm.prank(address(clearing));
        oracle.postIfNew(IOracle.SignedTable(table, new IOracle.Signature[](0)));
        vm.assertEq(vm.getRecordedLogs().length, 0);
        vm.assertEq(oracle.postedTable(epoch).time, block.timestamp);
    }

    function test_postIfNew_whenTheEpochIsPostedWithAnotherRoot_reverts() public {
        // L1-41.
        IOracle.SignedTable memory posted = signed(tableOf(post(), uint64(block.timestamp), marksOf()));
        posted.table.riskRoot += 1;
        vm.prank(address(clearing));
        vm.expectRevert(TableAlreadyPosted.selector);
        oracle.postIfNew(posted);
    }

    function test_postIfNew_whenTheRootIs0_reverts() public {
        // L1-4: an epoch that is not posted has no root, and 0 is none either.
        IOracle.Table memory table = tableNow();
        table.riskRoot = 0;
        IOracle.SignedTable memory posted = signed(table);
        vm.prank(address(clearing));
        vm.expectRevert(NotAFieldElement.selector);
        oracle.postIfNew(posted);
    }

    function test_postIfNew_whenNew_posts() public {
        IOracle.SignedTable memory posted = signed(tableNow());
        vm.prank(address(clearing));
        oracle.postIfNew(posted);
        vm.assertEq(oracle.newestEpoch(), posted.table.epoch);
    }

    function _refuseListing(uint256 slot, uint256 listing, bytes4 selector) private {
        IOracle.Signature[] memory signatures = sign(oracle.digestOfListing(slot, listing, TERMS));
        vm.expectRevert(selector);
        oracle.listInstrument(slot, listing, TERMS, signatures);
    }
}
