// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NothingLeft} from "../src/interfaces/Errors.sol";
import {IExit} from "../src/interfaces/IExit.sol";
import {Groth16} from "../src/libraries/Groth16.sol";
import {Leaving} from "./support/Leaving.sol";

/// @notice What everybody gets of a frozen system, whatever the sums and in whatever order they come.
contract SharesTest is Leaving {
    function paidTo(address who) internal view returns (uint256) {
        return usdc.balanceOf(who);
    }

    // -- notes after a freeze

    /// @dev A note is recorded even before claims open.
    function test_withdraw_afterAFreeze_recordsTheClaim() public {
        freeze();
        IExit.Withdrawal memory claim = hidden(500, 20, 1);
        Groth16.Proof memory proof = proofOf(claim);
        vm.expectEmit(address(exit));
        emit IExit.NoteClaimed(0, claim.nullifierHash, bob, 500);
        exit.withdraw(claim, proof);
        vm.assertTrue(exit.isSpent(claim.nullifierHash));
        vm.assertEq(exit.noteClaimCount(), 1);
        IExit.NoteClaim memory note = exit.noteClaim(0);
        vm.assertEq(note.recipient, bob);
        vm.assertEq(note.relayer, relayer);
        vm.assertEq(note.amount, 500);
        vm.assertEq(note.fee, 20);
        vm.assertFalse(note.paid);
        (uint256 notes,) = exit.claimed();
        vm.assertEq(notes, 500);
        vm.assertEq(paidTo(bob), 0);
    }

    /// @dev Trap 17: the public form needs no provider, before a freeze or after it.
    function test_withdraw_inPublicFormAfterAFreeze_isPaid() public {
        freeze();
        withdraw(voucher(alice, 2, 600, 1));
        closeWindow();
        exit.payNote(0);
        vm.assertEq(paidTo(alice), 600);
    }

    // -- the last micro-dollar

    /// @dev Everything but one has left before the freeze; a latecomer gets that one, and nobody the next.
    function test_closeWindow_whenOneIsLeft_paysIt() public {
        withdraw(hidden(uint256(vault.spare()) - 1, 0, 1));
        openClaims();
        (, uint256 closes) = exit.window();
        vm.warp(closes);
        vm.expectEmit(address(exit));
        emit IExit.WindowClosed(0, 0, 0, 0, 1);
        exit.closeWindow();
        uint256 before = paidTo(bob);
        withdraw(hidden(5, 0, 2));
        vm.assertEq(paidTo(bob) - before, 1);
        IExit.Withdrawal memory next = hidden(5, 0, 3);
        Groth16.Proof memory proof = proofOf(next);
        vm.expectRevert(NothingLeft.selector);
        exit.withdraw(next, proof);
    }

    function test_withdraw_withAFeeOfOne_paysIt() public {
        withdraw(hidden(100, 1, 1));
        vm.assertEq(paidTo(relayer), 1);
        vm.assertEq(paidTo(bob), 99);
    }

    // -- exact ratios

    /// @dev Trap 16: notes of 2,000 are paid whole, claims of 4,000, 5,001 and 3,002 share the other 7,000.
    function test_closeWindow_whenShort_sharesAtExactRatios() public {
        freeze();
        withdraw(hidden(500, 0, 1));
        openClaims();
        escape(2, alice, 4_000);
        escape(3, bob, 5_001);
        escape(4, carol, 3_002);
        withdraw(voucher(alice, 2, 1_500, 2));
        (, uint256 closes) = exit.window();
        vm.warp(closes);
        vm.expectEmit(address(exit));
        emit IExit.WindowClosed(2_000, 2_000, 12_003, 7_000, 0);
        exit.closeWindow();
        exit.payClaim(4);
        exit.payClaim(3);
        vm.assertEq(paidTo(carol), uint256(3_002) * 7_000 / 12_003);
        vm.assertEq(paidTo(bob), uint256(5_001) * 7_000 / 12_003);
        exit.payClaim(2);
        vm.assertEq(paidTo(alice), uint256(4_000) * 7_000 / 12_003);
        exit.payNote(1);
        exit.payNote(0);
        vm.assertEq(paidTo(bob), uint256(5_001) * 7_000 / 12_003 + 500);
        // Dust of the floors, nobody's.
        vm.assertEq(paidTo(address(vault)), 2);
        IExit.Pool memory pool = exit.pool();
        vm.assertEq(pool.notesPaid, 2_000);
        vm.assertEq(pool.claimsPaid, 6_998);
    }

    /// @dev Trap 16: when even notes are not covered they share, fees shrink with them, and accounts get nothing.
    function test_payNote_whenNotesAreNotCovered_sharesFeesAlike() public {
        openClaims();
        withdraw(hidden(12_000, 300, 1));
        withdraw(hidden(6_000, 0, 2));
        escape(2, alice, 3_000);
        closeWindow();
        exit.payNote(0);
        vm.assertEq(paidTo(bob), 5_850);
        vm.assertEq(paidTo(relayer), 150);
        exit.payNote(1);
        vm.assertEq(paidTo(bob), 8_850);
        exit.payClaim(2);
        vm.assertEq(paidTo(alice), 0);
    }

    /// @dev Trap 41: neither payments nor credits nor gifts change the pool once it is fixed.
    function test_closeWindow_again_changesNothing() public {
        submit(fundsStep(withdrawing(2, 3_000, carol)));
        openClaims();
        escape(2, alice, 8_000);
        escape(3, bob, 4_000);
        closeWindow();
        IExit.Pool memory before = exit.pool();
        exit.payClaim(2);
        vm.assertEq(paidTo(alice), 4_000);
        vm.prank(carol);
        vault.pull(carol);
        usdc.mint(address(vault), 500);
        vm.recordLogs();
        exit.closeWindow();
        vm.assertEq(vm.getRecordedLogs().length, 0);
        exit.payClaim(3);
        vm.assertEq(paidTo(bob), 2_000);
        IExit.Pool memory later = exit.pool();
        vm.assertEq(later.claimsPaid, 6_000);
        later.claimsPaid = before.claimsPaid;
        vm.assertEq(keccak256(abi.encode(later)), keccak256(abi.encode(before)));
        vm.assertEq(vault.spare(), 500);
    }

    /// @dev The first call after the window closes it, whichever that is.
    function test_anyPayment_closesTheWindow() public {
        openClaims();
        escape(2, alice, 1_000);
        withdraw(hidden(500, 0, 1));
        (, uint256 closes) = exit.window();
        vm.warp(closes + settings.lateAccountDelay);
        uint256 kept = vm.snapshotState();
        exit.payClaim(2);
        vm.assertTrue(exit.pool().closed);
        vm.revertToState(kept);
        exit.payNote(0);
        vm.assertTrue(exit.pool().closed);
        vm.revertToState(kept);
        withdraw(hidden(5, 0, 2));
        vm.assertEq(exit.pool().left, INSIDE - 1_505);
        vm.revertToState(kept);
        escape(3, bob, 5);
        vm.assertEq(exit.pool().left, INSIDE - 1_505);
    }

    function test_closeWindow_whenTheTokenLostSome_sharesWhatThereIs() public {
        submit(fundsStep(withdrawing(2, 3_000, carol)));
        openClaims();
        escape(2, alice, 100);
        withdraw(hidden(500, 0, 1));
        vm.prank(address(vault));
        usdc.transfer(mallory, 7_000);
        vm.assertEq(vault.spare(), -1_000);
        closeWindow();
        exit.payClaim(2);
        exit.payNote(0);
        vm.assertEq(paidTo(alice) + paidTo(bob), 0);
        vm.assertEq(exit.pool().left, 0);
    }

    function test_payClaim_ofAnySize_pays() public {
        openClaims();
        escape(2, alice, (1 << 200) - 1);
        escape(3, bob, 0);
        withdraw(hidden(0, 0, 1));
        closeWindow();
        exit.payClaim(2);
        exit.payClaim(3);
        exit.payNote(0);
        vm.assertEq(paidTo(alice), INSIDE);
        vm.assertEq(paidTo(bob), 0);
    }

    // -- latecomers

    function test_latecomers_takeWhatIsLeftInOrder() public {
        openClaims();
        escape(2, alice, 4_000);
        (, uint256 closes) = exit.window();
        vm.warp(closes);
        IExit.Withdrawal memory late = hidden(1_500, 15, 1);
        Groth16.Proof memory proof = proofOf(late);
        vm.expectEmit(address(exit));
        emit IExit.NoteWithdrawn(late.nullifierHash, bob, 1_500, relayer, 15);
        exit.withdraw(late, proof);
        vm.assertEq(paidTo(bob), 1_485);
        vm.assertEq(paidTo(relayer), 15);
        vm.warp(closes + settings.lateAccountDelay);
        escape(3, carol, 3_000);
        vm.assertEq(paidTo(carol), 3_000);
        // 500 are left for a note of 1,000; its fee shrinks with it.
        late = hidden(1_000, 100, 2);
        proof = proofOf(late);
        vm.expectEmit(address(exit));
        emit IExit.NoteWithdrawn(late.nullifierHash, bob, 500, relayer, 50);
        exit.withdraw(late, proof);
        late = hidden(10, 0, 3);
        proof = proofOf(late);
        // L1-127.
        vm.expectRevert(NothingLeft.selector);
        exit.withdraw(late, proof);
        vm.assertFalse(exit.isSpent(late.nullifierHash));
        exit.payClaim(2);
        vm.assertEq(paidTo(alice), 4_000);
        vm.assertEq(paidTo(address(vault)), 0);
    }
}
