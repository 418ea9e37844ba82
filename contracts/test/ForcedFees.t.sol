// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Errors} from "@openzeppelin/contracts/utils/Errors.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {ForcedFeeTooLow, NothingToPull} from "../src/interfaces/Errors.sol";
import {IForced} from "../src/interfaces/IForced.sol";
import {Forcing} from "./support/Forcing.sol";
import {Refuser} from "./support/Refuser.sol";

contract ForcedFeesTest is Forcing {
    // -- what a request costs

    /// @dev L1-22, for both queues together.
    function test_fee_whenTenAreOpen_doubles() public {
        members(20);
        for (uint256 i = 0; i < 20; ++i) {
            vm.assertEq(forced.feeOfNext(), FEE << (i / 10));
            if (i % 10 == 0) wait(1);
            i % 2 == 0 ? requestPay(owner(i), 4 + i, 1) : requestClose(owner(i), 4 + i);
        }
        vm.assertEq(forced.feeOfNext(), 4 * FEE);
        _fees(30 * FEE, 0);
        wait(1);
        vm.deal(alice, 1 ether);
        vm.prank(alice);
        vm.expectRevert(ForcedFeeTooLow.selector);
        forced.requestPay{value: 4 * FEE - 1}(2, 1);
        serve(PAY, 0, 4, 0, 1);
        vm.assertEq(forced.feeOfNext(), 2 * FEE);
        _fees(29 * FEE, FEE);
    }

    function test_request_whenItBringsTooMuch_getsTheRestBack() public {
        vm.deal(alice, 1 ether);
        vm.prank(alice);
        forced.requestPay{value: 1 ether}(2, 1);
        vm.assertEq(alice.balance, 1 ether - FEE);
        vm.assertEq(forced.request(PAY, 0).fee, FEE);
        _fees(FEE, 0);
    }

    /// @dev A fee above every fortune, and no overflow that would let the next one in for nothing.
    function test_fee_whenNobodyCanPayIt_staysTheLargest() public {
        settings.forcedDoubling = 1;
        settings.forcedPerBlock = type(uint64).max;
        setUp();
        // So many that the fee, doubled as often, would have left its word altogether.
        members(260);
        uint256 last;
        for (uint256 i = 0; i < 260; ++i) {
            uint256 fee = forced.feeOfNext();
            vm.assertEq(fee, i < 75 ? FEE << i : type(uint128).max);
            vm.assertGe(fee, last);
            last = fee;
            requestClose(owner(i), 4 + i);
        }
        vm.assertEq(forced.open(), 260);
        vm.assertEq(forced.feeOfNext(), type(uint128).max);
        vm.assertEq(forced.request(CLOSE, 259).fee, type(uint128).max);
    }

    // -- what becomes of it

    function test_serve_whenInTime_burnsTheFee() public {
        requestPay(alice, 2, 100);
        vm.warp(NOW + settings.forcedDeadline);
        serve(PAY, 0, 2, 10, 100);
        _fees(0, FEE);
        // L1-19.
        vm.prank(alice);
        vm.expectRevert(NothingToPull.selector);
        forced.pullFee();
    }

    function test_serve_whenLate_givesTheFeeBack() public {
        requestPay(alice, 2, 100);
        vm.warp(NOW + settings.forcedDeadline + 1);
        vm.expectEmit(address(forced));
        emit IForced.ForcedServed(PAY, 0, 10, true);
        serve(PAY, 0, 2, 10, 100);
        vm.assertEq(forced.feesReturned(alice), FEE);
        _fees(FEE, 0);
        vm.expectEmit(address(forced));
        emit IForced.FeePulled(alice, FEE);
        vm.prank(alice);
        vm.assertEq(forced.pullFee(), FEE);
        vm.assertEq(alice.balance, FEE);
        _fees(0, 0);
        // L1-19: once.
        vm.prank(alice);
        vm.expectRevert(NothingToPull.selector);
        forced.pullFee();
    }

    function test_pullFee_whenTheLeastIsOwed_paysIt() public {
        settings.forcedFee = 1;
        setUp();
        requestClose(alice, 2);
        vm.warp(NOW + settings.forcedDeadline + 1);
        serve(CLOSE, 0, 2, 0, 0);
        vm.prank(alice);
        vm.assertEq(forced.pullFee(), 1);
    }

    function test_pullFee_whenSeveralWereLate_fetchesAll() public {
        requestPay(alice, 2, 100);
        vm.warp(NOW + settings.forcedDeadline + 1);
        serve(PAY, 0, 2, 10, 100);
        requestClose(alice, 2);
        requestPay(bob, 3, 5);
        vm.warp(block.timestamp + settings.forcedDeadline + 1);
        serve(CLOSE, 0, 2, 10, 0);
        vm.prank(alice);
        vm.assertEq(forced.pullFee(), 2 * FEE);
        _fees(FEE, 0);
    }

    /// @dev Open requests are nobody's after a freeze, and what was returned before it is still fetched.
    function test_pullFee_whenFrozen_returnsOnlyWhatWasLate() public {
        requestPay(alice, 2, 100);
        requestPay(bob, 3, 100);
        vm.warp(NOW + settings.forcedDeadline + 1);
        serve(PAY, 0, 2, 10, 100);
        attestations.freeze();
        vm.prank(bob);
        vm.expectRevert(NothingToPull.selector);
        forced.pullFee();
        vm.prank(alice);
        forced.pullFee();
        _fees(FEE, 0);
    }

    // -- requesters that are contracts

    function test_request_whenTheRestIsRefused_revertsAndTheExactFeeIsTaken() public {
        (Refuser refuser, uint256 index) = _refuser();
        vm.deal(address(this), 1 ether);
        vm.expectRevert(Errors.FailedCall.selector);
        refuser.requestClose{value: FEE + 1}(index);
        refuser.setAnswer(Refuser.Answer.REASON);
        vm.expectRevert(Refuser.NoThanks.selector);
        refuser.requestClose{value: FEE + 1}(index);
        refuser.requestClose{value: FEE}(index);
        _fees(FEE, 0);
    }

    /// @dev It harms nobody but itself: the queue goes on, and the fee waits.
    function test_pullFee_whenTheOwnerRefusesIt_staysThere() public {
        (Refuser refuser, uint256 index) = _refuser();
        vm.deal(address(this), 1 ether);
        refuser.requestClose{value: FEE}(index);
        requestClose(alice, 2);
        vm.warp(NOW + settings.forcedDeadline + 1);
        serve(CLOSE, 0, index, 50, 0);
        serve(CLOSE, 1, 2, 50, 0);
        vm.assertEq(vault.credits(address(refuser)), 50);
        vm.expectRevert(Errors.FailedCall.selector);
        refuser.pullFee();
        vm.assertEq(forced.feesReturned(address(refuser)), FEE);
        _fees(2 * FEE, 0);
        refuser.setAnswer(Refuser.Answer.KEEP);
        refuser.pullFee();
        vm.assertEq(address(refuser).balance, FEE);
        _fees(FEE, 0);
    }

    function test_pullFeeAndRequest_whenTheRecipientCallsBack_areNotEnteredAgain() public {
        (Refuser refuser, uint256 index) = _refuser();
        vm.deal(address(this), 1 ether);
        bytes4 entered = ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector;
        for (uint256 i = 0; i < 2; ++i) {
            refuser.setAnswer(i == 0 ? Refuser.Answer.PULL : Refuser.Answer.REQUEST);
            vm.expectRevert(entered);
            refuser.requestClose{value: FEE + 1}(index);
        }
        refuser.requestClose{value: FEE}(index);
        vm.warp(NOW + settings.forcedDeadline + 1);
        serve(CLOSE, 0, index, 0, 0);
        for (uint256 i = 0; i < 2; ++i) {
            refuser.setAnswer(i == 0 ? Refuser.Answer.PULL : Refuser.Answer.REQUEST);
            vm.expectRevert(entered);
            refuser.pullFee();
        }
        _fees(FEE, 0);
    }

    // -- wei are never lost or made

    /// @dev Held and burnt are all wei there are, and what can be fetched is held, whatever happens in whatever order.
    function testFuzz_fees_whenRequestsAreServedAnyHow_addUp(uint8[40] calldata acts) public {
        members(12);
        uint256 returned;
        for (uint256 i = 0; i < acts.length; ++i) {
            uint256 who = acts[i] % 12;
            (uint256 count, uint256 served) = forced.lengths(CLOSE);
            if (acts[i] >= 208) {
                vm.warp(block.timestamp + settings.forcedDeadline / 2);
            } else if (acts[i] >= 104 && served < count) {
                bool late = block.timestamp - forced.request(CLOSE, served).time > settings.forcedDeadline;
                if (late) returned += forced.request(CLOSE, served).fee;
                serve(CLOSE, served, forced.request(CLOSE, served).index, 0, 0);
            } else if (forced.feesReturned(owner(who)) > 0) {
                vm.prank(owner(who));
                returned -= forced.pullFee();
            } else if (!forced.requesting(4 + who)) {
                vm.roll(block.number + 1);
                requestClose(owner(who), 4 + who);
            }
            _addUp(returned);
        }
    }

    function _addUp(uint256 returned) private view {
        (uint256 held, uint256 burnt) = forced.fees();
        vm.assertEq(held + burnt, address(forced).balance);
        (uint256 count, uint256 served) = forced.lengths(CLOSE);
        vm.assertEq(forced.open(), count - served);
        uint256 waiting;
        for (uint256 number = served; number < count; ++number) {
            waiting += forced.request(CLOSE, number).fee;
        }
        vm.assertEq(held, waiting + returned);
    }

    /// @dev A member that is a contract, with the account 4.
    function _refuser() private returns (Refuser refuser, uint256 index) {
        refuser = new Refuser(forced, deposits, IERC20(address(usdc)), address(vault));
        usdc.mint(address(refuser), STAKE);
        uint256 number = refuser.register(ownerHashOf(address(refuser)), STAKE);
        consume(number);
        return (refuser, deposits.deposit(number).index);
    }
}
