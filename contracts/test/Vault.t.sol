// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

import {Vault} from "../src/Vault.sol";
import {Parts} from "../src/interfaces/Deployment.sol";
import {ForeignCaller, NothingToPull, VaultFull, ZeroAddress} from "../src/interfaces/Errors.sol";
import {IVault} from "../src/interfaces/IVault.sol";
import {Money} from "./support/Money.sol";

/// @notice The vault under a token that behaves; VaultTokens.t.sol has the others.
contract VaultTest is Money {
    // -- deployment

    /// @dev L1-3.
    function test_deploy_whenTheTokenIsNobody_reverts() public {
        vm.expectRevert(ZeroAddress.selector);
        new Vault(deployedParts(), settings, IERC20(address(0)));
    }

    /// @dev L1-3: a part that nobody is would let no call through, or anybody's.
    function test_deploy_whenAPartIsNobody_reverts() public {
        for (uint256 i = 0; i < 9; ++i) {
            address[] memory all = everyPart();
            all[i] = address(0);
            Parts memory parts = Parts(all[0], all[1], all[2], all[3], all[4], all[5], all[6], all[7], all[8]);
            vm.expectRevert(ZeroAddress.selector);
            new Vault(parts, settings, IERC20(address(usdc)));
        }
    }

    function test_deploy_whenDone_owesNothing() public view {
        vm.assertEq(vault.token(), address(usdc));
        vm.assertEq(vault.creditsTotal(), 0);
        vm.assertEq(vault.unrefunded(), 0);
        vm.assertEq(vault.spare(), int256(0));
    }

    // -- whose functions are whose

    /// @dev L1-8, for every part that has no business there and for strangers.
    function test_partsFunctions_whenCallerIsForeign_revert() public {
        address[] memory all = everyPart();
        for (uint256 i = 0; i < 9; ++i) {
            if (all[i] != address(deposits)) _refusesDepositFunctions(all[i]);
            if (all[i] != address(exit)) _refusesPay(all[i]);
            if (all[i] != address(clearing) && all[i] != address(forced)) _refusesCredit(all[i]);
        }
        _refusesDepositFunctions(mallory);
        _refusesPay(mallory);
        _refusesCredit(mallory);
    }

    function test_credit_whenFromClearingOrForced_isOwed() public {
        register(alice, STAKE);
        vm.expectEmit(address(vault));
        emit IVault.Credited(bob, 30);
        vm.prank(address(clearing));
        vault.credit(bob, 30);
        vm.expectEmit(address(vault));
        emit IVault.Credited(bob, 12);
        vm.prank(address(forced));
        vault.credit(bob, 12);
        vm.assertEq(vault.credits(bob), 42);
        vm.assertEq(vault.creditsTotal(), 42);
    }

    // -- deposits

    /// @dev L1-12, at the last millionth of a USDC.
    function test_takeDeposit_whenTheVaultIsFull_reverts() public {
        settings.vaultCeiling = 10_000;
        deploy();
        register(alice, 9_000);
        fund(bob, 2_000);
        vm.prank(bob);
        vm.expectRevert(VaultFull.selector);
        deposits.register(1, 1_001);
        vm.prank(bob);
        deposits.register(1, 1_000);
        vm.assertEq(balance(), 10_000);
        vm.prank(bob);
        vm.expectRevert(VaultFull.selector);
        deposits.topUp(0, 100);
    }

    function test_takeDeposit_whenOneFillsTheVault_isTaken() public {
        settings.vaultCeiling = 10_000;
        setUp();
        register(alice, 10_000);
        vm.assertEq(balance(), 10_000);
    }

    /// @dev L1-12, when the sum would not even fit a word, and when donations alone are above the ceiling.
    function test_takeDeposit_whenNumbersAreHuge_revertsByName() public {
        register(alice, STAKE);
        uint256[4] memory amounts = [type(uint256).max, type(uint256).max - STAKE, 1 << 64, (1 << 63) - STAKE + 1];
        for (uint256 i = 0; i < amounts.length; ++i) {
            vm.prank(bob);
            vm.expectRevert(VaultFull.selector);
            deposits.register(1, amounts[i]);
        }
        usdc.mint(address(vault), 1 << 64);
        fund(bob, 100);
        vm.prank(bob);
        vm.expectRevert(VaultFull.selector);
        deposits.register(1, 100);
    }

    /// @dev What stands in the token stands in front of all that we would say.
    function test_takeDeposit_whenTheSenderHasNoTokens_revertsAsTheTokenDoes() public {
        vm.prank(bob);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(vault), 0, STAKE)
        );
        deposits.register(1, STAKE);
        vm.assertEq(vault.unrefunded(), 0);
        vm.assertEq(deposits.depositCount(), 0);
    }

    function test_unrefunded_whenDepositsComeAndGo_countsThoseThatWait() public {
        uint256 first = register(alice, 500);
        uint256 second = register(bob, 300);
        vm.assertEq(vault.unrefunded(), 800);
        vm.assertEq(vault.spare(), int256(0));
        consume(first);
        vm.assertEq(vault.unrefunded(), 300);
        vm.assertEq(vault.spare(), int256(500));
        reject(second);
        vm.assertEq(vault.unrefunded(), 300);
        vm.expectEmit(address(vault));
        emit IVault.Paid(bob, 300);
        deposits.refund(second);
        vm.assertEq(vault.unrefunded(), 0);
        vm.assertEq(vault.spare(), int256(500));
        vm.assertEq(usdc.balanceOf(bob), 300);
    }

    // -- pull

    function test_pull_whenOwed_paysAllOfItOnce() public {
        member(alice);
        credit(alice, 1_000);
        credit(alice, 234);
        credit(bob, 7);
        vm.expectEmit(address(vault));
        emit IVault.Pulled(alice, relayer, 1_234);
        vm.prank(alice);
        vm.assertEq(vault.pull(relayer), 1_234);
        vm.assertEq(usdc.balanceOf(relayer), 1_234);
        vm.assertEq(vault.credits(alice), 0);
        vm.assertEq(vault.creditsTotal(), 7);
        // L1-19.
        vm.prank(alice);
        vm.expectRevert(NothingToPull.selector);
        vault.pull(relayer);
    }

    function test_pull_whenTheLeastIsOwed_paysIt() public {
        member(alice);
        credit(bob, 1);
        vm.prank(bob);
        vm.assertEq(vault.pull(bob), 1);
        pay(bob, 1);
        vm.assertEq(usdc.balanceOf(bob), 2);
    }

    /// @dev L1-19 comes before L1-3.
    function test_pull_whenNothingIsOwed_reverts() public {
        vm.prank(alice);
        vm.expectRevert(NothingToPull.selector);
        vault.pull(address(0));
    }

    /// @dev L1-3.
    function test_pull_whenItPaysNobody_reverts() public {
        member(alice);
        credit(alice, 5);
        vm.prank(alice);
        vm.expectRevert(ZeroAddress.selector);
        vault.pull(address(0));
        vm.assertEq(vault.credits(alice), 5);
    }

    function test_pull_whenFrozenAndPaused_goesOn() public {
        member(alice);
        credit(alice, 5);
        pause();
        freeze();
        vm.prank(alice);
        vault.pull(alice);
        vm.assertEq(usdc.balanceOf(alice), 5);
    }

    // -- push

    /// @dev For an owner that cannot call.
    function test_push_byAnyone_paysTheOwnerAndNobodyElse() public {
        member(alice);
        credit(bob, 1_234);
        credit(alice, 7);
        vm.expectEmit(address(vault));
        emit IVault.Pulled(bob, bob, 1_234);
        vm.prank(mallory);
        vm.assertEq(vault.push(bob), 1_234);
        vm.assertEq(usdc.balanceOf(bob), 1_234);
        vm.assertEq(usdc.balanceOf(mallory), 0);
        vm.assertEq(vault.creditsTotal(), 7);
        // L1-19.
        vm.expectRevert(NothingToPull.selector);
        vault.push(bob);
    }

    /// @dev L1-3: what a batch credits to nobody stays nobody's.
    function test_push_toNobody_reverts() public {
        member(alice);
        credit(address(0), 5);
        vm.expectRevert(ZeroAddress.selector);
        vault.push(address(0));
    }

    // -- pay

    function test_pay_whenTheTokenTakesIt_pays() public {
        member(alice);
        vm.expectEmit(address(vault));
        emit IVault.Paid(bob, 40);
        pay(bob, 40);
        vm.assertEq(usdc.balanceOf(bob), 40);
        vm.assertEq(vault.creditsTotal(), 0);
        vm.assertEq(vault.spare(), int256(STAKE - 40));
    }

    function test_pay_whenTheAmountIsNothing_doesNothing() public {
        vm.expectCall(address(usdc), abi.encodeCall(IERC20.transfer, (bob, 0)), 0);
        vm.recordLogs();
        pay(bob, 0);
        vm.assertEq(vm.getRecordedLogs().length, 0);
    }

    // -- spare

    /// @dev No batch leaves it behind, but one in the middle must be able to see it: L1-77.
    function test_spare_whenMoreIsOwedThanThereIs_isNegative() public {
        member(alice);
        credit(bob, STAKE + 1);
        vm.assertEq(vault.spare(), int256(-1));
        usdc.mint(address(vault), 3);
        vm.assertEq(vault.spare(), int256(2));
    }

    function _refusesDepositFunctions(address caller) private {
        vm.startPrank(caller);
        vm.expectRevert(ForeignCaller.selector);
        vault.takeDeposit(alice, 0);
        vm.expectRevert(ForeignCaller.selector);
        vault.consumeDeposit(0);
        vm.expectRevert(ForeignCaller.selector);
        vault.refundDeposit(mallory, 0);
        vm.stopPrank();
    }

    function _refusesPay(address caller) private {
        vm.prank(caller);
        vm.expectRevert(ForeignCaller.selector);
        vault.pay(mallory, 0);
    }

    function _refusesCredit(address caller) private {
        vm.prank(caller);
        vm.expectRevert(ForeignCaller.selector);
        vault.credit(mallory, 1);
    }
}
