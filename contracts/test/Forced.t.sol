// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    ForcedFeeTooLow,
    ForeignCaller,
    NotAccountOwner,
    RequestAlreadyOpen,
    RequestMismatch,
    RequestOutOfOrder,
    SystemFrozen,
    TooManyRequestsInBlock,
    WrongRequestAmount
} from "../src/interfaces/Errors.sol";
import {IForced} from "../src/interfaces/IForced.sol";
import {IVault} from "../src/interfaces/IVault.sol";
import {Forcing} from "./support/Forcing.sol";

/// @notice The queues; ForcedFees.t.sol has what requests cost.
contract ForcedTest is Forcing {
    // -- requesting

    function test_requestPay_whenAccepted_waits() public {
        vm.expectEmit(address(forced));
        emit IForced.ForcedRequested(PAY, 0, 2, alice, 100, FEE);
        vm.assertEq(requestPay(alice, 2, 100), 0);
        IForced.Request memory found = forced.request(PAY, 0);
        vm.assertEq(found.requester, alice);
        vm.assertEq(found.index, 2);
        vm.assertEq(found.time, NOW);
        vm.assertEq(found.asked, 100);
        vm.assertEq(found.fee, FEE);
        vm.assertTrue(forced.requesting(2));
        vm.assertEq(forced.open(), 1);
        _lengths(PAY, 1, 0);
        _lengths(CLOSE, 0, 0);
    }

    function test_requestClose_whenAccepted_waitsInItsOwnQueue() public {
        requestPay(alice, 2, 100);
        vm.expectEmit(address(forced));
        emit IForced.ForcedRequested(CLOSE, 0, 3, bob, 0, FEE);
        vm.assertEq(requestClose(bob, 3), 0);
        vm.assertEq(forced.request(CLOSE, 0).requester, bob);
        vm.assertEq(forced.request(CLOSE, 0).asked, 0);
        vm.assertEq(forced.open(), 2);
        _lengths(PAY, 1, 0);
        _lengths(CLOSE, 1, 0);
    }

    /// @dev L1-24, L1-1, L1-20, L1-21, L1-23, L1-22, in this order.
    function test_requestPay_whenAllIsWrong_revertsInTheModelsOrder() public {
        settings.forcedPerBlock = 1;
        setUp();
        uint256 running = vm.snapshotState();
        freeze();
        _refusesPay(WrongRequestAmount.selector, mallory, 2, 0);
        _refusesPay(SystemFrozen.selector, mallory, 2, 1);
        vm.prank(mallory);
        vm.expectRevert(SystemFrozen.selector);
        forced.requestClose(2);
        vm.revertToState(running);
        requestPay(alice, 2, 1);
        _refusesPay(NotAccountOwner.selector, mallory, 2, 1);
        _refusesPay(RequestAlreadyOpen.selector, alice, 2, 1);
        _refusesPay(TooManyRequestsInBlock.selector, bob, 3, 1);
        wait(1);
        _refusesPay(ForcedFeeTooLow.selector, bob, 3, 1);
    }

    /// @dev L1-24.
    function test_requestPay_whenTheAmountIsWrong_reverts() public {
        uint256[3] memory amounts = [uint256(0), 1 << 64, type(uint256).max];
        for (uint256 i = 0; i < 3; ++i) {
            _refusesPay(WrongRequestAmount.selector, alice, 2, amounts[i]);
        }
        requestPay(alice, 2, type(uint64).max);
        vm.assertEq(forced.request(PAY, 0).asked, type(uint64).max);
        requestPay(bob, 3, 1);
    }

    /// @dev L1-20; trap 22 for index 0, which nobody owns. The revenue's owner has its own from genesis on.
    function test_request_whenCallerIsNotTheOwner_reverts() public {
        register(mallory, STAKE);
        uint256[5] memory indices = [uint256(0), 2, 4, 77, 2 + (1 << 32)];
        for (uint256 i = 0; i < indices.length; ++i) {
            _refusesPay(NotAccountOwner.selector, mallory, indices[i], 1);
            vm.prank(mallory);
            vm.expectRevert(NotAccountOwner.selector);
            forced.requestClose(indices[i]);
        }
        vm.prank(address(0));
        vm.expectRevert(NotAccountOwner.selector);
        forced.requestClose(0);
        requestPay(revenueOwner, 1, 1);
    }

    /// @dev L1-21, across both queues, until it is answered.
    function test_request_whenOneIsOpen_reverts() public {
        requestPay(alice, 2, 100);
        vm.prank(alice);
        vm.expectRevert(RequestAlreadyOpen.selector);
        forced.requestClose(2);
        serve(PAY, 0, 2, 100, 100);
        vm.assertFalse(forced.requesting(2));
        requestClose(alice, 2);
        _refusesPay(RequestAlreadyOpen.selector, alice, 2, 1);
    }

    /// @dev L1-23, both queues together; the next block takes as many again.
    function test_request_whenTheBlockIsFull_reverts() public {
        members(11);
        for (uint256 i = 0; i < 10; ++i) {
            i % 2 == 0 ? requestPay(owner(i), 4 + i, 1) : requestClose(owner(i), 4 + i);
        }
        vm.deal(owner(10), 1 ether);
        vm.prank(owner(10));
        vm.expectRevert(TooManyRequestsInBlock.selector);
        forced.requestClose{value: 1 ether}(14);
        vm.roll(block.number + 1);
        requestClose(owner(10), 14);
        requestPay(alice, 2, 1);
    }

    // -- serving

    /// @dev L1-8.
    function test_serve_whenCallerIsForeign_reverts() public {
        requestPay(alice, 2, 100);
        address[] memory all = everyPart();
        all[4] = mallory;
        for (uint256 i = 0; i < all.length; ++i) {
            vm.prank(all[i]);
            vm.expectRevert(ForeignCaller.selector);
            forced.serve(PAY, 0, 2, 100, 100);
        }
    }

    function test_serve_whenInTime_creditsTheRequester() public {
        requestPay(alice, 2, 100);
        vm.warp(NOW + settings.forcedDeadline);
        vm.expectEmit(address(forced));
        emit IForced.ForcedServed(PAY, 0, 40, false);
        vm.expectEmit(address(vault));
        emit IVault.Credited(alice, 40);
        serve(PAY, 0, 2, 40, 100);
        vm.assertEq(vault.credits(alice), 40);
        vm.assertEq(forced.open(), 0);
        _lengths(PAY, 1, 1);
        _fees(0, FEE);
        vm.assertEq(forced.feesReturned(alice), 0);
    }

    /// @dev L1-75: each queue in its order, neither twice nor ahead nor what does not exist; and before L1-76.
    function test_serve_whenOutOfOrder_reverts() public {
        requestPay(alice, 2, 100);
        requestPay(bob, 3, 100);
        _refusesServe(RequestOutOfOrder.selector, PAY, 1, 3, 100);
        _refusesServe(RequestOutOfOrder.selector, PAY, 1, 9, 9);
        _refusesServe(RequestOutOfOrder.selector, CLOSE, 0, 2, 100);
        serve(PAY, 0, 2, 100, 100);
        _refusesServe(RequestOutOfOrder.selector, PAY, 0, 2, 100);
        serve(PAY, 1, 3, 0, 100);
        _refusesServe(RequestOutOfOrder.selector, PAY, 2, 0, 0);
        _refusesServe(RequestOutOfOrder.selector, CLOSE, 0, 0, 0);
        vm.assertEq(vault.credits(alice), 100);
        vm.assertEq(vault.credits(bob), 0);
    }

    /// @dev L1-76, with numbers that are the same in their lowest bits, too.
    function test_serve_whenDifferentFromTheQueue_reverts() public {
        requestPay(alice, 2, 100);
        requestClose(bob, 3);
        _refusesServe(RequestMismatch.selector, PAY, 0, 3, 100);
        _refusesServe(RequestMismatch.selector, PAY, 0, 2, 99);
        _refusesServe(RequestMismatch.selector, PAY, 0, 2 + (1 << 32), 100);
        _refusesServe(RequestMismatch.selector, PAY, 0, 2, 100 + (1 << 64));
        _refusesServe(RequestMismatch.selector, CLOSE, 0, 2, 0);
        // A CLOSE asks for everything, so nothing is compared.
        serve(CLOSE, 0, 3, 4_000, 12345);
        vm.assertEq(vault.credits(bob), 4_000);
        _lengths(CLOSE, 1, 1);
        _lengths(PAY, 1, 0);
    }

    // -- the clock

    function test_isOverdue_whenAHeadIsLate_isSo() public {
        vm.assertFalse(forced.isOverdue());
        requestPay(alice, 2, 100);
        wait(1);
        requestClose(bob, 3);
        vm.warp(NOW + settings.forcedDeadline);
        vm.assertFalse(forced.isOverdue());
        vm.warp(NOW + settings.forcedDeadline + 1);
        vm.assertTrue(forced.isOverdue());
        serve(PAY, 0, 2, 0, 100);
        vm.assertFalse(forced.isOverdue());
        vm.warp(NOW + settings.forcedDeadline + 2);
        vm.assertTrue(forced.isOverdue());
        serve(CLOSE, 0, 3, 0, 0);
        vm.assertFalse(forced.isOverdue());
    }

    function _refusesPay(bytes4 refusal, address who, uint256 index, uint256 asked) private {
        vm.prank(who);
        vm.expectRevert(refusal);
        forced.requestPay(index, asked);
    }

    function _refusesServe(bytes4 refusal, IForced.Queue queue, uint256 number, uint256 index, uint256 asked) private {
        vm.prank(address(clearing));
        vm.expectRevert(refusal);
        forced.serve(queue, number, index, 1, asked);
    }

    function _lengths(IForced.Queue queue, uint256 count, uint256 served) private view {
        (uint256 isCount, uint256 isServed) = forced.lengths(queue);
        vm.assertEq(isCount, count);
        vm.assertEq(isServed, served);
    }
}
