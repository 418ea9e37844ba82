// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {WrongTokenAmount} from "../src/interfaces/Errors.sol";
import {IDeposits} from "../src/interfaces/IDeposits.sol";
import {IVault} from "../src/interfaces/IVault.sol";
import {Money} from "./support/Money.sol";
import {ReentrantToken} from "./tokens/ReentrantToken.sol";

/// @notice The vault and the deposit queue under a token that calls them while it moves.
contract CallbacksTest is Money {
    /// @dev L1-9: exactly the amount; more is a vault that counts wrong, too.
    function test_takeDeposit_whenMoreThanTheAmountArrives_reverts() public {
        fund(alice, STAKE);
        ReentrantToken token = _reentrant();
        token.arm(address(token), abi.encodeWithSignature("mint(address,uint256)", address(vault), 1));
        vm.prank(alice);
        vm.expectRevert(WrongTokenAmount.selector);
        deposits.register(1, STAKE);
    }

    function test_pull_whenTheTokenCallsBack_isNotEnteredAgain() public {
        ReentrantToken token = _reentrant();
        credit(alice, 70);
        credit(address(token), 70);
        token.arm(address(vault), abi.encodeCall(IVault.pull, (mallory)));
        vm.prank(alice);
        vault.pull(alice);
        _refusedCallback(token);
        vm.assertEq(vault.credits(address(token)), 70);
        vm.assertEq(vault.creditsTotal(), 70);
        vm.assertEq(usdc.balanceOf(mallory), 0);
    }

    function test_push_whenTheTokenCallsBack_isNotEnteredAgain() public {
        ReentrantToken token = _reentrant();
        credit(alice, 70);
        credit(bob, 70);
        token.arm(address(vault), abi.encodeCall(IVault.push, (bob)));
        vault.push(alice);
        _refusedCallback(token);
        vm.assertEq(vault.credits(bob), 70);
        vm.assertEq(vault.creditsTotal(), 70);
    }

    function test_refund_whenTheTokenCallsBack_isNotEnteredAgain() public {
        ReentrantToken token = _reentrant();
        uint256 first = register(alice, 300);
        uint256 second = register(bob, 300);
        (reject(first), reject(second));
        token.arm(address(deposits), abi.encodeCall(IDeposits.refund, (second)));
        deposits.refund(first);
        _refusedCallback(token);
        token.arm(address(vault), abi.encodeCall(IVault.pull, (mallory)));
        credit(address(token), 5);
        deposits.refund(second);
        _refusedCallback(token);
        vm.assertEq(vault.unrefunded(), 0);
    }

    function test_register_whenTheTokenCallsBack_isNotEnteredAgain() public {
        ReentrantToken token = _reentrant();
        fund(alice, 2 * STAKE);
        fund(address(token), STAKE);
        token.arm(address(deposits), abi.encodeCall(IDeposits.register, (1, STAKE)));
        vm.prank(alice);
        deposits.register(2, STAKE);
        _refusedCallback(token);
        vm.assertEq(deposits.depositCount(), 2);
        token.arm(address(deposits), abi.encodeCall(IDeposits.topUp, (0, STAKE)));
        vm.prank(alice);
        deposits.topUp(0, STAKE);
        _refusedCallback(token);
        vm.assertEq(vault.unrefunded(), 2 * STAKE);
    }

    /// @dev From another part the vault itself is the one to refuse.
    function test_pullAndPay_whenTheTokenRegisters_refuseIt() public {
        ReentrantToken token = _reentrant();
        fund(address(token), STAKE);
        credit(alice, 70);
        token.arm(address(deposits), abi.encodeCall(IDeposits.register, (1, STAKE)));
        vm.prank(alice);
        vault.pull(alice);
        _refusedCallback(token);
        token.arm(address(deposits), abi.encodeCall(IDeposits.register, (1, STAKE)));
        pay(alice, 70);
        _refusedCallback(token);
        vm.assertEq(deposits.depositCount(), 1);
    }

    /// @dev The queue refuses before it looks at anything: these calls would be wrong for other reasons, too.
    function test_deposits_whenTheTokenCallsBack_refuseBeforeTheyCheck() public {
        ReentrantToken token = _reentrant();
        bytes[3] memory calls = [
            abi.encodeCall(IDeposits.register, (R, 0)),
            abi.encodeCall(IDeposits.topUp, (77, 0)),
            abi.encodeCall(IDeposits.refund, (99))
        ];
        for (uint256 i = 0; i < 3; ++i) {
            fund(alice, 2 * STAKE);
            vm.startPrank(alice);
            token.arm(address(deposits), calls[i]);
            uint256 number = deposits.register(1, STAKE);
            _refusedCallback(token);
            token.arm(address(deposits), calls[i]);
            uint256 second = deposits.topUp(0, STAKE);
            _refusedCallback(token);
            vm.stopPrank();
            (reject(number), reject(second));
            token.arm(address(deposits), calls[i]);
            deposits.refund(number);
            _refusedCallback(token);
        }
    }

    /// @dev Credits are down already and the balance is not: a claim or batch would count the same tokens again.
    function test_spare_whenTokensAreMoving_doesNotAnswer() public {
        ReentrantToken token = _reentrant();
        credit(alice, 70);
        token.arm(address(vault), abi.encodeCall(IVault.spare, ()));
        vm.prank(alice);
        vault.pull(alice);
        _refusedCallback(token);
    }

    function _refusedCallback(ReentrantToken token) private view {
        vm.assertTrue(token.called());
        vm.assertFalse(token.succeeded());
        vm.assertEq(
            token.answer(), abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
        );
    }

    /// @dev With a member's stake inside.
    function _reentrant() private returns (ReentrantToken) {
        replaceToken(address(new ReentrantToken()));
        member(alice);
        return ReentrantToken(address(usdc));
    }
}
