// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    IllegalStatusMove,
    MalformedMarks,
    SettledValueChanged,
    SlotNotShownEmpty,
    UnknownListing
} from "../src/interfaces/Errors.sol";
import {IOracle} from "../src/interfaces/IOracle.sol";
import {Shared} from "../src/libraries/Shared.sol";
import {OracleTables} from "./support/OracleTables.sol";

/// @notice What slots may hold one table after another.
contract OracleMovesTest is OracleTables {
    struct Move {
        uint8 from;
        uint256 old;
        uint8 status;
        uint256 listing;
        /// How many listings the slot has had.
        uint256 known;
        /// Whether the slot held a listing before, settled and shown empty.
        bool recycled;
        /// Whether a scan has shown the slot empty at its last table.
        bool shown;
        /// Whether a settled slot has the value that all settled marks here have.
        bool sameValue;
    }

    function test_post_whenAListingHasNoTerms_reverts() public {
        // L1-37: the listing 0 is none.
        refuse(tableNow(marksOf(mark(Shared.STATUS_ACTIVE, 2, 1_000))), UnknownListing.selector);
        refuse(tableNow(marksOf(mark(Shared.STATUS_ACTIVE, 0, 1_000))), UnknownListing.selector);
        uint256[] memory marks = marksOf();
        marks[15] = mark(Shared.STATUS_ACTIVE, 1, 1_000);
        refuse(tableNow(marks), UnknownListing.selector);
        list(15, 1);
        post(tableNow(marks));
    }

    function test_post_whenAStatusCannotFollow_reverts() public {
        // L1-38: no slot is emptied, nor given to another listing, but by settling.
        list(1, 2);
        refuse(tableNow(marksOf(mark(Shared.STATUS_ACTIVE, 2, 1_000))), IllegalStatusMove.selector);
        refuse(tableNow(marksOf(emptyMark(1))), IllegalStatusMove.selector);
        post();
        wait(1);
        refuse(tableNow(marksOf(emptyMark(1))), IllegalStatusMove.selector);
        refuse(tableNow(marksOf(emptyMark(0))), IllegalStatusMove.selector);
        refuse(tableNow(marksOf(mark(Shared.STATUS_ACTIVE, 2, 1_000))), IllegalStatusMove.selector);
        uint8[5] memory ways = [
            Shared.STATUS_HALTED,
            Shared.STATUS_REDUCE_ONLY,
            Shared.STATUS_ACTIVE,
            Shared.STATUS_HALTED,
            Shared.STATUS_SETTLED
        ];
        for (uint256 i = 0; i < ways.length; ++i) {
            post(tableNow(marksOf(mark(ways[i], 1, 1_000))));
            wait(1);
        }
    }

    function test_post_whenASettledValueChanges_reverts() public {
        // L1-39, trap 19: in the head nothing changes, nor need anything in the rest of the word.
        uint256 settled = mark(Shared.STATUS_SETTLED, 1, 1_000);
        post(tableNow(marksOf(settled)));
        vm.assertEq(oracle.settledMark(1, 1), settled);
        for (uint256 i = 0; i < 2; ++i) {
            wait(1);
            refuse(tableNow(marksOf(mark(Shared.STATUS_SETTLED, 1, 1_001))), SettledValueChanged.selector);
            refuse(tableNow(marksOf(mark(Shared.STATUS_SETTLED, 1, 1, 1_000, 100, 100))), SettledValueChanged.selector);
            refuse(tableNow(marksOf(mark(Shared.STATUS_SETTLED, 1, 0, 1_000, 100, 101))), SettledValueChanged.selector);
            post(tableNow(marksOf(settled)));
        }
    }

    function test_post_whenASettledSlotIsNotShownEmpty_reverts() public {
        // L1-40.
        list(1, 2);
        uint64 before = post();
        wait(1);
        uint64 epoch = post(tableNow(marksOf(mark(Shared.STATUS_SETTLED, 1, 1_000))));
        wait(1);
        // At a table where the slot was active still, nothing is shown; nor for other slots or bits of none.
        showEmpty(before, type(uint256).max);
        showEmpty(epoch, ~uint256(2));
        refuse(tableNow(marksOf(emptyMark(1))), SlotNotShownEmpty.selector);
        refuse(tableNow(marksOf(mark(Shared.STATUS_ACTIVE, 2, 1_000))), SlotNotShownEmpty.selector);
        refuse(tableNow(marksOf()), SlotNotShownEmpty.selector);
        showEmpty(epoch, 2);
        refuse(tableNow(marksOf()), IllegalStatusMove.selector);
        post(tableNow(marksOf(emptyMark(1))));
        wait(1);
        // Trap 6: the slot has another number now.
        refuse(tableNow(marksOf()), IllegalStatusMove.selector);
        post(tableNow(marksOf(mark(Shared.STATUS_ACTIVE, 2, 1_000))));
    }

    function test_post_afterSettling_mayHoldTheNextListingAtOnce() public {
        list(1, 2);
        list(1, 3);
        uint64 epoch = post(tableNow(marksOf(mark(Shared.STATUS_SETTLED, 1, 1_000))));
        showEmpty(epoch, 2);
        wait(1);
        refuse(tableNow(marksOf(mark(Shared.STATUS_ACTIVE, 3, 1_000))), IllegalStatusMove.selector);
        post(tableNow(marksOf(mark(Shared.STATUS_SETTLED, 2, 7))));
        vm.assertEq(oracle.settledMark(1, 2), mark(Shared.STATUS_SETTLED, 2, 7));
        vm.assertEq(oracle.settledMark(1, 1), mark(Shared.STATUS_SETTLED, 1, 1_000));
    }

    function test_recordEmpty_saysSoOnce() public {
        list(8, 1);
        uint256[] memory marks = marksOf(mark(Shared.STATUS_SETTLED, 1, 1_000));
        marks[8] = mark(Shared.STATUS_SETTLED, 1, 5);
        uint64 epoch = post(tableNow(marks));
        vm.expectEmit(address(oracle));
        emit IOracle.SlotShownEmpty(8, 1);
        showEmpty(epoch, 1 << 8 | 1);
        vm.assertTrue(oracle.shownEmpty(8, 1));
        vm.assertFalse(oracle.shownEmpty(1, 1));
        vm.recordLogs();
        showEmpty(epoch, 1 << 8);
        vm.assertEq(vm.getRecordedLogs().length, 0);
        showEmpty(epoch, type(uint256).max);
        vm.assertTrue(oracle.shownEmpty(1, 1));
        vm.assertFalse(oracle.shownEmpty(0, 0));
        vm.assertFalse(oracle.shownEmpty(2, 0));
    }

    function test_post_keepsAListOfStatusesOnlyWhenOneChanges() public {
        list(15, 1);
        uint256[] memory marks = marksOf(emptyMark(0));
        vm.assertEq(oracle.postedTable(post(tableNow(marks))).statuses, 0);
        marks[15] = mark(Shared.STATUS_ACTIVE, 1, 10);
        wait(1);
        vm.assertEq(oracle.postedTable(post(tableNow(marks))).statuses, 1);
        marks[15] = mark(Shared.STATUS_ACTIVE, 1, 11);
        wait(1);
        vm.assertEq(oracle.postedTable(post(tableNow(marks))).statuses, 1);
        marks[1] = mark(Shared.STATUS_HALTED, 1, 10);
        wait(1);
        vm.assertEq(oracle.postedTable(post(tableNow(marks))).statuses, 2);
        // A slot is what the newest table says, whichever list it is in.
        marks[15] = emptyMark(1);
        wait(1);
        refuse(tableNow(marks), IllegalStatusMove.selector);
    }

    /// @dev The last slot of a system, wherever it stands in its word.
    function testFuzz_post_inTheLastSlotOfManyOrFew(uint8 slots) public {
        shape.slots = uint8(bound(slots, 2, 255));
        deploy();
        uint256 last = shape.slots - 1;
        list(last, 1);
        post(tableNow(_only(last, mark(Shared.STATUS_ACTIVE, 1, 1_000))));
        wait(1);
        uint256 settled = mark(Shared.STATUS_SETTLED, 1, 1_000);
        uint64 epoch = post(tableNow(_only(last, settled)));
        vm.assertEq(oracle.settledMark(last, 1), settled);
        wait(1);
        refuse(tableNow(_only(last, settled + (1 << 83))), SettledValueChanged.selector);
        refuse(tableNow(_only(last, emptyMark(1))), SlotNotShownEmpty.selector);
        showEmpty(epoch, 1 << last);
        post(tableNow(_only(last, emptyMark(1))));
    }

    /// @dev A slot anywhere, from a state that it can be in, to any word at all.
    function testFuzz_post_movesAsTheRulesSay(uint256 slot, Move memory move) public {
        slot = bound(slot, 2, shape.slots - 1);
        move.from = uint8(bound(move.from, 0, 4));
        move.status = uint8(bound(move.status, 0, 5));
        move.listing = bound(move.listing, 0, 4);
        move.old = move.recycled ? 1 : 0;
        if (move.recycled) _recycle(slot);
        if (move.from != Shared.STATUS_EMPTY) {
            list(slot, ++move.old);
            wait(1);
            uint64 epoch = post(tableNow(_only(slot, mark(move.from, move.old, 1_000))));
            if (move.shown) showEmpty(epoch, 1 << slot);
        }
        move.known = move.old + bound(move.known, 0, 2);
        for (uint256 listing = move.old + 1; listing <= move.known; ++listing) {
            list(slot, listing);
        }
        wait(1);
        uint256 word = mark(move.status, move.listing, move.sameValue ? 1_000 : 999);
        bytes4 selector = _expected(move);
        if (selector != bytes4(0)) return refuse(tableNow(_only(slot, word)), selector);
        uint64 newest = post(tableNow(_only(slot, word)));
        vm.assertEq(oracle.newestEpoch(), newest);
        vm.assertEq(oracle.settledMark(slot, move.listing) == word, move.status == Shared.STATUS_SETTLED);
    }

    /// @dev Told from the single moves of the protocol, with any number of tables between that nobody posted.
    function _expected(Move memory move) private pure returns (bytes4) {
        if (move.status > Shared.STATUS_HALTED) return MalformedMarks.selector;
        if (move.status != Shared.STATUS_EMPTY && (move.listing == 0 || move.listing > move.known)) {
            return UnknownListing.selector;
        }
        if (move.status == Shared.STATUS_SETTLED && !move.sameValue) {
            if (move.from == Shared.STATUS_SETTLED && move.listing == move.old) return SettledValueChanged.selector;
            if (move.recycled && move.listing == 1) return SettledValueChanged.selector;
        }
        if (move.from == move.status && move.old == move.listing) return bytes4(0);
        if (move.from == Shared.STATUS_SETTLED && !move.shown) return SlotNotShownEmpty.selector;
        bool reached = _reaches(move.from, move.old, move.status, move.listing);
        return reached ? bytes4(0) : IllegalStatusMove.selector;
    }

    function _reaches(uint8 from, uint256 old, uint8 status, uint256 listing) private pure returns (bool) {
        bool[5] memory here;
        here[from] = true;
        uint256 number = old;
        // Only the first move may leave a settled slot: that it is empty is shown for tables that are posted.
        if (from == Shared.STATUS_SETTLED) here = [true, false, false, false, false];
        if (here[status] && listing == number) return true;
        if (here[Shared.STATUS_EMPTY]) (here, number) = ([false, true, false, false, false], number + 1);
        for (uint256 i = 0; i < 3; ++i) {
            if (here[1] || here[4]) here[2] = true;
            if (here[2] || here[4]) here[1] = true;
            if (here[1] || here[2]) here[4] = true;
            if (here[1] || here[2] || here[4]) here[3] = true;
        }
        return here[status] && listing == number;
    }

    /// @dev Leaves a slot empty after its first listing.
    function _recycle(uint256 slot) private {
        list(slot, 1);
        uint64 epoch = post(tableNow(_only(slot, mark(Shared.STATUS_SETTLED, 1, 1_000))));
        showEmpty(epoch, 1 << slot);
        wait(1);
        post(tableNow(_only(slot, emptyMark(1))));
    }

    function _only(uint256 slot, uint256 word) private view returns (uint256[] memory marks) {
        marks = marksOf(emptyMark(0));
        marks[slot] = word;
    }
}
