// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Deposits} from "../src/Deposits.sol";
import {
    DepositTooSmall,
    EmptyOwnerHash,
    IndexNotRegistered,
    NotAFieldElement,
    RegistrationsPaused,
    RegistryFull,
    SystemFrozen,
    VaultFull,
    ZeroAddress
} from "../src/interfaces/Errors.sol";
import {IDeposits} from "../src/interfaces/IDeposits.sol";
import {Money} from "./support/Money.sol";

/// @notice How deposits come; DepositQueue.t.sol has where they go.
contract DepositsTest is Money {
    // -- registering

    /// @dev L1-3.
    function test_deploy_whenTheRevenueOwnerIsNobody_reverts() public {
        vm.expectRevert(ZeroAddress.selector);
        new Deposits(deployedParts(), settings, shape.accountDepth, address(0));
    }

    function test_deploy_whenDone_onlyTheRevenueIsOwned() public view {
        vm.assertEq(deposits.l1Owner(0), address(0));
        vm.assertEq(deposits.l1Owner(1), revenueOwner);
        vm.assertEq(deposits.l1Owner(2), address(0));
        vm.assertEq(deposits.nextIndex(), 2);
    }

    function test_register_whenAccepted_hasNoIndexYet() public {
        fund(alice, STAKE);
        vm.expectEmit(address(deposits));
        emit IDeposits.DepositQueued(0, alice, 0, STAKE, ownerHashOf(alice));
        vm.prank(alice);
        vm.assertEq(deposits.register(ownerHashOf(alice), STAKE), 0);
        wait(5);
        vm.assertEq(register(bob, 700), 1);
        IDeposits.Deposit memory found = deposits.deposit(1);
        vm.assertEq(found.depositor, bob);
        vm.assertEq(found.amount, 700);
        vm.assertEq(found.index, 0);
        vm.assertEq(found.time, NOW + 5);
        vm.assertEq(found.ownerHash, ownerHashOf(bob));
        vm.assertTrue(found.status == IDeposits.Status.QUEUED);
        vm.assertEq(deposits.depositCount(), 2);
        vm.assertEq(deposits.nextIndex(), 2);
        vm.assertEq(deposits.nextDeposit(), 0);
    }

    /// @dev L1-1, L1-10, L1-4, L1-14, L1-13, L1-11, L1-12, in this order: one wrong after the other is put right.
    function test_register_whenAllIsWrong_revertsInTheModelsOrder() public {
        shape.accountDepth = 1;
        deploy();
        for (uint256 index = 2; index < 8; ++index) {
            vm.assertEq(member(alice), index);
        }
        uint256 full = vm.snapshotState();
        pause();
        uint256 paused = vm.snapshotState();
        freeze();
        _refuses(SystemFrozen.selector, R, 0);
        vm.revertToState(paused);
        _refuses(RegistrationsPaused.selector, R, 0);
        vm.revertToState(full);
        _refuses(NotAFieldElement.selector, R, 0);
        _refuses(NotAFieldElement.selector, type(uint256).max, 0);
        _refuses(EmptyOwnerHash.selector, 0, 0);
        _refuses(RegistryFull.selector, R - 1, 0);
        deploy();
        _refuses(DepositTooSmall.selector, R - 1, 99);
        _refuses(VaultFull.selector, R - 1, (1 << 63) + 1);
    }

    /// @dev L1-11 of a vault without a place left, too: the minimum comes first.
    function test_register_whenSmallAndTheVaultIsFull_isTooSmall() public {
        settings.vaultCeiling = 0;
        deploy();
        _refuses(DepositTooSmall.selector, 1, 99);
        _refuses(VaultFull.selector, 1, 100);
    }

    /// @dev L1-10 ends to the second.
    function test_register_whenThePauseIsOver_isAccepted() public {
        pause();
        vm.warp(NOW + 7 days - 1);
        _refuses(RegistrationsPaused.selector, 1, STAKE);
        vm.warp(NOW + 7 days);
        register(alice, STAKE);
    }

    function test_register_whenTheHashIsTheLargest_isAccepted() public {
        fund(alice, STAKE);
        vm.prank(alice);
        vm.assertEq(deposits.deposit(deposits.register(R - 1, STAKE)).ownerHash, R - 1);
    }

    // -- topping up

    /// @dev L1-15, trap 22: the fund takes money from everybody and belongs to nobody.
    function test_topUp_whenTheIndexIsKnown_isQueued() public {
        uint256 index = member(alice);
        uint256[3] memory indices = [0, 1, index];
        for (uint256 i = 0; i < 3; ++i) {
            fund(bob, 100);
            vm.expectEmit(address(deposits));
            emit IDeposits.DepositQueued(i + 1, bob, indices[i], 100, 0);
            vm.prank(bob);
            vm.assertEq(deposits.topUp(indices[i], 100), i + 1);
            consume(i + 1);
        }
        vm.assertEq(deposits.l1Owner(0), address(0));
        vm.assertEq(deposits.l1Owner(1), revenueOwner);
        vm.assertEq(deposits.l1Owner(index), alice);
    }

    /// @dev L1-15.
    function test_topUp_whenTheRegistrationWasNotConsumed_reverts() public {
        register(alice, STAKE);
        uint256[4] memory indices = [uint256(2), 3, 1 << 32, type(uint256).max];
        for (uint256 i = 0; i < indices.length; ++i) {
            vm.expectRevert(IndexNotRegistered.selector);
            deposits.topUp(indices[i], 0);
        }
    }

    /// @dev L1-11.
    function test_topUp_whenTooSmall_reverts() public {
        vm.expectRevert(DepositTooSmall.selector);
        deposits.topUp(0, 99);
    }

    /// @dev L1-10 is about registrations only.
    function test_topUp_whenPaused_isQueued() public {
        pause();
        topUp(bob, 0, 100);
        vm.assertEq(vault.unrefunded(), 100);
    }

    /// @dev L1-1.
    function test_topUp_whenFrozen_reverts() public {
        freeze();
        vm.expectRevert(SystemFrozen.selector);
        deposits.topUp(77, 0);
    }

    function _refuses(bytes4 refusal, uint256 hash, uint256 amount) private {
        vm.expectRevert(refusal);
        deposits.register(hash, amount);
    }
}
