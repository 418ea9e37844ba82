// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    DepositExpired,
    DepositMismatch,
    DepositOutOfOrder,
    DepositSpent,
    ForeignOwnerHash,
    RefundTooEarly,
    RejectionOutOfOrder,
    RequestMismatch,
    RequestOutOfOrder,
    VaultOverdrawn
} from "../src/interfaces/Errors.sol";
import {IDeposits} from "../src/interfaces/IDeposits.sol";
import {Shared} from "../src/libraries/Shared.sol";
import {System} from "./support/System.sol";

/// @notice Batches against the queues and the vault: in order, in time, and never more than there is.
contract ClearingQueuesTest is System {
    uint256 private index;

    function setUp() public override {
        super.setUp();
        index = member(alice, 5_000);
    }

    // -- deposits: L1-70 to L1-74, traps 4 and 11

    function test_submitBatch_whenDepositIsNotTheNext_reverts() public {
        uint256 number = register(bob, 500);
        uint256 later = topUp(bob, index, 600);
        refuses(planOf(fundsStep(depositing(later), depositing(number))), DepositOutOfOrder.selector);
        refuses(planOf(fundsStep(depositing(number), depositing(number))), DepositOutOfOrder.selector);
        submit(fundsStep(depositing(number), depositing(later)));
        vm.assertEq(deposits.l1Owner(3), bob);
    }

    /// @dev Trap 11: no refund in front of a batch while the batch may come; none of the deposit that a batch took.
    function test_submitBatch_whenRefundComesInFront_oneOfThemIsTooEarlyOrTooLate() public {
        uint256 number = topUp(bob, index, 600);
        outlast(settings.depositWindow - 1);
        vm.expectRevert(RefundTooEarly.selector);
        deposits.refund(number);
        uint256 state = vm.snapshotState();
        submit(fundsStep(depositing(number)));
        vm.expectRevert(DepositSpent.selector);
        deposits.refund(number);
        vm.revertToState(state);
        wait(1);
        BatchPlan memory plan = planOf(fundsStep(depositing(number)));
        refuses(plan, DepositExpired.selector);
        deposits.refund(number);
        refuses(plan, DepositExpired.selector);
        vm.assertEq(usdc.balanceOf(bob), 600);
    }

    /// @dev L1-72: index, amount and owner hash are the queue's.
    function test_submitBatch_whenDepositDiffersFromTheQueue_reverts() public {
        uint256 number = register(bob, 500);
        uint256 hash = ownerHashOf(bob);
        uint256 owner = uint256(uint160(bob));
        uint256[3] memory headers = [
            headerOf(Shared.HEADER_DEPOSIT, 2, 500, number),
            headerOf(Shared.HEADER_DEPOSIT, 3, 501, number),
            headerOf(Shared.HEADER_DEPOSIT, 3, 500, number)
        ];
        refuses(planOf(fundsStep(Operation(headers[0], hash, owner))), DepositMismatch.selector);
        refuses(planOf(fundsStep(Operation(headers[1], hash, owner))), DepositMismatch.selector);
        refuses(planOf(fundsStep(Operation(headers[2], hash + 1, owner))), DepositMismatch.selector);
        refuses(planOf(fundsStep(Operation(headers[2], 0, owner))), DepositMismatch.selector);
        submit(fundsStep(Operation(headers[2], hash, owner)));
    }

    /// @dev L1-72: one after the other, whatever is queued between them, and none for what is passed over.
    function test_submitBatch_whenItRegistersSeveral_theirIndicesAreConsecutive() public {
        uint256 passed = register(mallory, 500);
        uint256 first = register(bob, 500);
        uint256 between = topUp(bob, index, 600);
        uint256 second = register(guardian, 500);
        Operation[] memory operations = new Operation[](3);
        (operations[0], operations[1], operations[2]) = (depositing(first), depositing(between), depositing(second));
        BatchPlan memory plan = planOf(fundsStep(operations));
        plan.rejected = _numbers(passed);
        // These indices are due when nothing is passed over.
        refuses(plan, DepositMismatch.selector);
        (operations[0], operations[2]) = (depositing(first, 3), depositing(second, 4));
        plan = planOf(fundsStep(operations));
        plan.rejected = _numbers(passed);
        submit(plan);
        vm.assertEq(deposits.l1Owner(3), bob);
        vm.assertEq(deposits.l1Owner(4), guardian);
        vm.assertEq(deposits.nextIndex(), 5);
        vm.assertEq(deposits.deposit(passed).index, 0);
        vm.assertEq(deposits.deposit(second).index, 4);
    }

    /// @dev Trap 4: whoever registers another's owner hash shows another's address; the operator passes it over.
    function test_submitBatch_whenOwnerHashIsAnothers_revertsAndIsPassedOver() public {
        uint256 number = register(mallory, 500);
        Operation memory one = depositing(number);
        one.text = uint256(uint160(bob));
        refuses(planOf(fundsStep(one)), ForeignOwnerHash.selector);
        one.text = uint256(uint160(mallory)) | 1 << 160;
        refuses(planOf(fundsStep(one)), ForeignOwnerHash.selector);
        BatchPlan memory plan = planOf(step(FUNDS));
        plan.rejected = _numbers(number);
        submit(plan);
        deposits.refund(number);
        vm.assertEq(usdc.balanceOf(mallory), 500);
    }

    /// @dev L1-74: before a deposit is consumed those in front of it are passed over, the rest at the end.
    function test_submitBatch_whenDepositsAreRejected_passesThemOverInOrder() public {
        uint256 number = register(mallory, 500);
        uint256 good = topUp(bob, index, 600);
        uint256 last = topUp(bob, index, 700);
        BatchPlan memory plan = planOf(fundsStep(depositing(good)));
        refuses(plan, DepositOutOfOrder.selector);
        plan.rejected = _numbers(number);
        uint256 state = vm.snapshotState();
        submit(plan);
        vm.assertEq(deposits.nextDeposit(), last);
        vm.revertToState(state);
        plan.rejected = _numbers(number, last);
        Batch memory batch = proven(plan);
        vm.expectEmit(address(deposits));
        emit IDeposits.DepositRejected(number);
        vm.expectEmit(address(deposits));
        emit IDeposits.DepositConsumed(good, index, 600);
        vm.expectEmit(address(deposits));
        emit IDeposits.DepositRejected(last);
        submit(batch);
        vm.assertEq(deposits.nextDeposit(), last + 1);
    }

    function test_submitBatch_whenRejectionsAreOutOfOrder_reverts() public {
        uint256 number = register(mallory, 500);
        uint256 last = topUp(bob, index, 600);
        BatchPlan memory plan = planOf(step(FUNDS));
        plan.rejected = _numbers(last);
        refuses(plan, RejectionOutOfOrder.selector);
        plan.rejected = _numbers(last, number);
        refuses(plan, RejectionOutOfOrder.selector);
        plan.rejected = _numbers(number, number);
        refuses(plan, RejectionOutOfOrder.selector);
        plan.rejected = _numbers(number, last + 1);
        refuses(plan, RejectionOutOfOrder.selector);
        plan.rejected = _numbers(number, last);
        submit(plan);
    }

    // -- forced requests: L1-75 and L1-76, traps 1 and 36

    /// @dev Trap 1: served with nothing, perhaps, but in order and with its own words.
    function test_submitBatch_whenForcedPaymentIsNotTheNext_reverts() public {
        uint256 second = member(bob, 2_000);
        requestPay(alice, index, 700);
        requestPay(bob, second, 800);
        refuses(planOf(fundsStep(paying(1, second, 800, 800))), RequestOutOfOrder.selector);
        refuses(planOf(fundsStep(paying(2, second, 800, 800))), RequestOutOfOrder.selector);
        refuses(planOf(fundsStep(paying(0, second, 700, 700))), RequestMismatch.selector);
        refuses(planOf(fundsStep(paying(0, index, 0, 0))), RequestMismatch.selector);
        submit(fundsStep(paying(0, index, 0, 700), paying(1, second, 800, 800)));
        vm.assertEq(vault.creditsTotal(), 800);
        refuses(planOf(fundsStep(paying(1, second, 800, 800))), RequestOutOfOrder.selector);
    }

    /// @dev Trap 36: the amount is the circuit's; the queues are not each other's, and nobody is closed unasked.
    function test_submitBatch_whenCloseIsNotTheNext_reverts() public {
        refuses(planOf(liquidateStep(closing(0, index, 100))), RequestOutOfOrder.selector);
        requestPay(alice, index, 700);
        refuses(planOf(liquidateStep(closing(0, index, 100))), RequestOutOfOrder.selector);
        submit(fundsStep(paying(0, index, 0, 700)));
        requestClose(alice, index);
        refuses(planOf(fundsStep(paying(1, index, 0, 0))), RequestOutOfOrder.selector);
        refuses(planOf(liquidateStep(closing(0, index + 1, 100))), RequestMismatch.selector);
        refuses(planOf(liquidateStep(closing(0, index, 1), closing(0, index, 1))), RequestOutOfOrder.selector);
        submit(liquidateStep(0, closing(0, index, 100)));
        vm.assertEq(vault.credits(alice), 100);
    }

    // -- L1-77: no batch promises more than there is

    function test_submitBatch_whenItPaysMoreThanTheVaultHolds_reverts() public {
        topUp(bob, index, 1_000); // Not consumed: its sender's.
        refuses(planOf(fundsStep(withdrawing(index, 5_001, bob))), VaultOverdrawn.selector);
        refuses(
            planOf(fundsStep(withdrawing(index, 5_000, bob), withdrawing(index, 1, alice))), VaultOverdrawn.selector
        );
        submit(fundsStep(withdrawing(index, 5_000, bob)));
        vm.assertEq(vault.spare(), 0);
        refuses(planOf(fundsStep(withdrawing(index, 1, bob))), VaultOverdrawn.selector);
        // A later step of the same batch may bring what an earlier one pays.
        submit(planOf(fundsStep(withdrawing(index, 900, alice)), fundsStep(depositing(1))));
        vm.assertEq(vault.spare(), 100);
    }

    function _numbers(uint256 one) private pure returns (uint256[] memory list_) {
        list_ = new uint256[](1);
        list_[0] = one;
    }

    function _numbers(uint256 one, uint256 other) private pure returns (uint256[] memory list_) {
        list_ = new uint256[](2);
        (list_[0], list_[1]) = (one, other);
    }
}
