// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    DepositExpired,
    DepositMismatch,
    DepositOutOfOrder,
    DepositSpent,
    ForeignCaller,
    ForeignOwnerHash,
    RefundTooEarly,
    RegistryFull,
    UnknownDeposit
} from "../src/interfaces/Errors.sol";
import {IDeposits} from "../src/interfaces/IDeposits.sol";
import {Money} from "./support/Money.sol";

/// @notice Where deposits go: into accounts, past the head, or back.
contract DepositQueueTest is Money {
    // -- consuming

    /// @dev L1-8.
    function test_clearingsFunctions_whenCallerIsForeign_revert() public {
        uint256 number = register(alice, STAKE);
        address[] memory all = everyPart();
        all[4] = mallory;
        for (uint256 i = 0; i < all.length; ++i) {
            vm.startPrank(all[i]);
            vm.expectRevert(ForeignCaller.selector);
            deposits.consume(number, 2, STAKE, ownerHashOf(alice), uint160(alice));
            vm.expectRevert(ForeignCaller.selector);
            deposits.rejectAtHead(number);
            vm.stopPrank();
        }
    }

    function test_consume_whenARegistration_remembersTheL1Owner() public {
        uint256 number = register(alice, STAKE);
        vm.assertEq(deposits.l1Owner(2), address(0));
        vm.expectEmit(address(deposits));
        emit IDeposits.DepositConsumed(number, 2, STAKE);
        consume(number);
        vm.assertEq(deposits.l1Owner(2), alice);
        vm.assertTrue(deposits.deposit(number).status == IDeposits.Status.CONSUMED);
        vm.assertEq(deposits.deposit(number).index, 2);
        vm.assertEq(deposits.nextIndex(), 3);
        vm.assertEq(deposits.nextDeposit(), 1);
        vm.assertEq(vault.spare(), int256(STAKE));
    }

    /// @dev L1-72: not somebody's index, nor one further on, nor the 0 that the record says.
    function test_consume_whenNotTheNextIndex_reverts() public {
        consume(register(alice, STAKE));
        uint256 number = register(bob, STAKE);
        uint256[4] memory indices = [uint256(0), 1, 2, 4];
        for (uint256 i = 0; i < indices.length; ++i) {
            _refusesConsume(DepositMismatch.selector, number, indices[i], STAKE, ownerHashOf(bob), bob);
        }
        consume(number);
        vm.assertEq(deposits.l1Owner(2), alice);
        vm.assertEq(deposits.l1Owner(3), bob);
    }

    /// @dev L1-72: more may be queued than leaves are left; the one too many costs only itself.
    function test_consume_whenNoLeafIsLeft_revertsAndItIsPassedOver() public {
        shape.accountDepth = 1;
        deploy();
        for (uint256 number = 0; number < 7; ++number) {
            vm.assertEq(register(alice, STAKE), number);
        }
        for (uint256 number = 0; number < 6; ++number) {
            consume(number);
        }
        _refusesConsume(DepositMismatch.selector, 6, 7, STAKE, ownerHashOf(alice), alice);
        _refusesConsume(DepositMismatch.selector, 6, 8, STAKE, ownerHashOf(alice), alice);
        vm.assertTrue(reject(6));
        deposits.refund(6);
        vm.assertEq(usdc.balanceOf(alice), STAKE);
        vm.assertEq(deposits.nextIndex(), 8);
        vm.expectRevert(RegistryFull.selector);
        deposits.register(1, STAKE);
    }

    /// @dev L1-70: neither past the head, nor twice, nor what does not exist.
    function test_consume_whenOutOfOrder_reverts() public {
        uint256 first = register(alice, STAKE);
        register(bob, STAKE);
        _refusesConsume(DepositOutOfOrder.selector, 1, 3, STAKE, ownerHashOf(bob), bob);
        consume(first);
        _refusesConsume(DepositOutOfOrder.selector, 0, 2, STAKE, ownerHashOf(alice), alice);
        consume(1);
        _refusesConsume(DepositOutOfOrder.selector, 2, 0, 0, 0, address(0));
    }

    /// @dev L1-71 to the second, and before L1-72. Trap 11: when it is its sender's it is no batch's.
    function test_consume_whenExpired_reverts() public {
        register(alice, STAKE);
        wait(settings.depositWindow);
        _refusesConsume(DepositExpired.selector, 0, 9, 9, 9, bob);
        vm.warp(NOW + settings.depositWindow - 1);
        vm.expectRevert(RefundTooEarly.selector);
        deposits.refund(0);
        consume(0);
    }

    /// @dev L1-72, and before L1-73.
    function test_consume_whenDifferentFromTheQueue_reverts() public {
        register(alice, STAKE);
        uint256 hash = ownerHashOf(alice);
        _refusesConsume(DepositMismatch.selector, 0, 3, STAKE, hash, bob);
        _refusesConsume(DepositMismatch.selector, 0, 2, STAKE - 1, hash, bob);
        _refusesConsume(DepositMismatch.selector, 0, 2, STAKE, hash + 1, bob);
        _refusesConsume(DepositMismatch.selector, 0, 2, STAKE, 0, bob);
        // The same in their lowest bits.
        _refusesConsume(DepositMismatch.selector, 0, 2 + (1 << 32), STAKE, hash, alice);
        _refusesConsume(DepositMismatch.selector, 0, 2, STAKE + (1 << 64), hash, alice);
    }

    /// @dev L1-73, trap 4: whoever registers another's owner hash shows another's address.
    function test_consume_whenTheOwnerHashOpensToAnother_reverts() public {
        fund(mallory, STAKE);
        vm.prank(mallory);
        uint256 number = deposits.register(ownerHashOf(alice), STAKE);
        _refusesConsume(ForeignOwnerHash.selector, number, 2, STAKE, ownerHashOf(alice), alice);
        _refusesConsume(ForeignOwnerHash.selector, number, 2, STAKE, ownerHashOf(alice), address(1));
        vm.prank(address(clearing));
        vm.expectRevert(ForeignOwnerHash.selector);
        deposits.consume(number, 2, STAKE, ownerHashOf(alice), uint160(mallory) | 1 << 160);
    }

    function test_consume_whenATopUp_readsNoOwner() public {
        uint256 number = topUp(bob, 1, 100);
        vm.prank(address(clearing));
        deposits.consume(number, 1, 100, 0, 12345);
        vm.assertEq(deposits.l1Owner(1), revenueOwner);
    }

    // -- passing over

    function test_rejectAtHead_whenAtTheHead_passesOver() public {
        register(alice, STAKE);
        register(bob, STAKE);
        vm.assertFalse(reject(1));
        vm.expectEmit(address(deposits));
        emit IDeposits.DepositRejected(0);
        vm.assertTrue(reject(0));
        vm.assertFalse(reject(0));
        vm.assertTrue(deposits.deposit(0).status == IDeposits.Status.REJECTED);
        vm.assertEq(deposits.nextDeposit(), 1);
        consume(1);
        vm.assertFalse(reject(2));
        vm.assertEq(deposits.nextDeposit(), 2);
        // Nothing was burnt: the index went to whoever came next.
        vm.assertEq(deposits.l1Owner(2), bob);
        vm.assertEq(deposits.deposit(0).index, 0);
        vm.assertEq(member(alice), 3);
    }

    function test_rejectAtHead_whenRefundedAlready_passesOverInSilence() public {
        register(alice, STAKE);
        wait(settings.depositWindow);
        deposits.refund(0);
        _refusesConsume(DepositExpired.selector, 0, 2, STAKE, ownerHashOf(alice), alice);
        vm.recordLogs();
        vm.assertTrue(reject(0));
        vm.assertEq(vm.getRecordedLogs().length, 0);
        vm.assertTrue(deposits.deposit(0).status == IDeposits.Status.REFUNDED);
        // L1-18: not once more for having been listed.
        vm.expectRevert(DepositSpent.selector);
        deposits.refund(0);
        vm.assertEq(member(bob), 2);
    }

    // -- refunds

    /// @dev L1-16.
    function test_refund_whenUnknown_reverts() public {
        vm.expectRevert(UnknownDeposit.selector);
        deposits.refund(0);
        register(alice, STAKE);
        vm.expectRevert(UnknownDeposit.selector);
        deposits.refund(1);
    }

    /// @dev L1-17, trap 11: no refund in front of a batch.
    function test_refund_whenABatchMayStillConsume_reverts() public {
        register(alice, STAKE);
        vm.warp(NOW + settings.depositWindow - 1);
        vm.prank(alice);
        vm.expectRevert(RefundTooEarly.selector);
        deposits.refund(0);
    }

    function test_refund_whenTheWindowIsOver_paysTheSenderWhoeverCalls() public {
        register(alice, STAKE);
        vm.warp(NOW + settings.depositWindow);
        vm.expectEmit(address(deposits));
        emit IDeposits.DepositRefunded(0, alice, STAKE);
        vm.prank(mallory);
        deposits.refund(0);
        vm.assertEq(usdc.balanceOf(alice), STAKE);
        vm.assertEq(vault.unrefunded(), 0);
    }

    /// @dev L1-18, and before L1-17.
    function test_refund_whenConsumedOrRefunded_reverts() public {
        consume(register(alice, STAKE));
        vm.expectRevert(DepositSpent.selector);
        deposits.refund(0);
        register(bob, STAKE);
        reject(1);
        deposits.refund(1);
        vm.expectRevert(DepositSpent.selector);
        deposits.refund(1);
        vm.assertEq(usdc.balanceOf(bob), STAKE);
    }

    function test_refund_whenFrozen_freesTheYoung() public {
        settings.depositWindow = 30 days;
        deploy();
        register(alice, STAKE);
        freeze();
        deposits.refund(0);
        vm.assertEq(usdc.balanceOf(alice), STAKE);
    }

    function _refusesConsume(
        bytes4 refusal,
        uint256 number,
        uint256 index,
        uint256 amount,
        uint256 hash,
        address shownOwner
    ) private {
        vm.prank(address(clearing));
        vm.expectRevert(refusal);
        deposits.consume(number, index, amount, hash, uint160(shownOwner));
    }
}
