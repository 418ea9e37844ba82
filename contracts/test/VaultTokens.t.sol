// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {WrongTokenAmount} from "../src/interfaces/Errors.sol";
import {IVault} from "../src/interfaces/IVault.sol";
import {Money} from "./support/Money.sol";
import {BlockingToken} from "./tokens/BlockingToken.sol";
import {FalseToken} from "./tokens/FalseToken.sol";
import {FeeToken} from "./tokens/FeeToken.sol";
import {SilentToken} from "./tokens/SilentToken.sol";

/// @notice The vault under tokens that take fees, block people, lie or say nothing;
/// Callbacks.t.sol has those that call back.
contract VaultTokensTest is Money {
    // -- fees

    /// @dev L1-9.
    function test_takeDeposit_whenTheTokenTakesAFee_reverts() public {
        fund(alice, STAKE);
        replaceToken(address(new FeeToken()));
        vm.startPrank(alice);
        vm.expectRevert(WrongTokenAmount.selector);
        deposits.register(1, STAKE);
        vm.expectRevert(WrongTokenAmount.selector);
        deposits.topUp(0, STAKE);
        vm.stopPrank();
        vm.assertEq(deposits.depositCount(), 0);
    }

    // -- blocked people

    /// @dev A blocked owner is not stuck: it names another address.
    function test_pull_whenTheRecipientIsBlocked_revertsAndAnotherIsPaid() public {
        BlockingToken token = _blocking();
        credit(alice, 70);
        token.setBlocked(alice, true);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(BlockingToken.Blocked.selector, alice));
        vault.pull(alice);
        vm.assertEq(vault.credits(alice), 70);
        vault.pull(bob);
        vm.stopPrank();
        vm.assertEq(usdc.balanceOf(bob), 70);
        vm.assertEq(vault.creditsTotal(), 0);
    }

    function test_pay_whenTheRecipientIsBlocked_credits() public {
        BlockingToken token = _blocking();
        token.setBlocked(bob, true);
        vm.expectEmit(address(vault));
        emit IVault.PaymentRefused(bob, 40);
        vm.expectEmit(address(vault));
        emit IVault.Credited(bob, 40);
        pay(bob, 40);
        vm.assertEq(vault.credits(bob), 40);
        vm.assertEq(vault.spare(), int256(STAKE - 40));
        vm.prank(bob);
        vault.pull(alice);
        vm.assertEq(usdc.balanceOf(alice), 40);
        vm.assertEq(vault.spare(), int256(STAKE - 40));
    }

    function test_refund_whenTheDepositorIsBlocked_creditsIt() public {
        BlockingToken token = _blocking();
        uint256 number = register(bob, 900);
        token.setBlocked(bob, true);
        reject(number);
        vm.expectEmit(address(vault));
        emit IVault.PaymentRefused(bob, 900);
        deposits.refund(number);
        vm.assertEq(vault.unrefunded(), 0);
        vm.assertEq(vault.credits(bob), 900);
        vm.assertEq(vault.spare(), int256(STAKE));
    }

    /// @dev Who sends a claim of somebody else's with little gas must not turn the payment into a credit, which an
    /// exchange's deposit address could never pull.
    function test_pay_whenGasIsShort_paysOrReverts() public {
        member(alice);
        // The cheapest credit there is: both of its slots are written already.
        credit(bob, 1);
        uint256 before = vm.snapshotState();
        uint256 payments;
        for (uint256 gas = 5_000; gas < 120_000; gas += 250) {
            vm.prank(address(exit));
            try vault.pay{gas: gas}(bob, 40) {
                vm.assertEq(usdc.balanceOf(bob), 40);
                ++payments;
            } catch {
                vm.assertEq(usdc.balanceOf(bob), 0);
            }
            vm.assertEq(vault.credits(bob), 1);
            vm.revertToState(before);
        }
        vm.assertGt(payments, 0);
        vm.assertLt(payments, 460);
    }

    // -- no answer, and a wrong one

    function test_everything_whenTheTokenReturnsNothing_works() public {
        replaceToken(address(new SilentToken()));
        member(alice);
        uint256 number = register(bob, 300);
        reject(number);
        deposits.refund(number);
        vm.assertEq(usdc.balanceOf(bob), 300);
        pay(bob, 5);
        credit(bob, 6);
        vm.prank(bob);
        vault.pull(bob);
        vm.assertEq(usdc.balanceOf(bob), 311);
        vm.assertEq(vault.spare(), int256(STAKE - 11));
    }

    function test_everything_whenTheTokenSaysNo_movesNothing() public {
        fund(bob, STAKE);
        member(alice);
        uint256 number = register(alice, 300);
        credit(bob, 9);
        replaceToken(address(new FalseToken()));
        bytes memory failed = abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(usdc));
        vm.startPrank(bob);
        vm.expectRevert(failed);
        deposits.topUp(0, STAKE);
        vm.expectRevert(failed);
        vault.pull(bob);
        vm.stopPrank();
        vm.assertEq(vault.credits(bob), 9);
        pay(bob, 10);
        vm.assertEq(vault.credits(bob), 19);
        wait(settings.depositWindow);
        deposits.refund(number);
        vm.assertEq(vault.credits(alice), 300);
        vm.assertEq(vault.spare(), int256(STAKE - 19));
    }

    function _blocking() private returns (BlockingToken) {
        replaceToken(address(new BlockingToken()));
        member(alice);
        return BlockingToken(address(usdc));
    }
}
