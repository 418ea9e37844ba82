// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    NotAFieldElement,
    NotGuardian,
    NotProvider,
    PauseTooLong,
    PauseTooSoon,
    SystemFrozen
} from "../src/interfaces/Errors.sol";
import {IGovernance} from "../src/interfaces/IGovernance.sol";
import {System} from "./support/System.sol";

/// @notice The guardian's pause, and what providers vouch for.
contract GovernancePauseTest is System {
    function test_pause_bySomebodyElse_reverts() public {
        // L1-98.
        vm.expectRevert(NotGuardian.selector);
        vm.prank(operator);
        governance.pause(1 days);
        vm.expectRevert(NotGuardian.selector);
        vm.prank(operator);
        governance.unpause();
    }

    function test_pause_forTooLongOrNotAtAll_reverts() public {
        // L1-99.
        vm.startPrank(guardian);
        vm.expectRevert(PauseTooLong.selector);
        governance.pause(settings.pauseLimit + 1);
        vm.expectRevert(PauseTooLong.selector);
        governance.pause(type(uint256).max);
        vm.expectRevert(PauseTooLong.selector);
        governance.pause(0);
        vm.expectEmit(address(governance));
        emit IGovernance.Paused(block.timestamp + settings.pauseLimit);
        governance.pause(settings.pauseLimit);
        vm.assertEq(governance.pausedUntil(), block.timestamp + settings.pauseLimit);
    }

    function test_pause_tooSoonAfterAnother_reverts() public {
        // L1-100: an early end brings the next no nearer.
        vm.startPrank(guardian);
        governance.pause(1 days);
        wait(1 hours);
        governance.unpause();
        wait(settings.pauseInterval - 1 hours - 1);
        vm.expectRevert(PauseTooSoon.selector);
        governance.pause(1);
        wait(1);
        governance.pause(1);
        vm.assertEq(governance.pausedUntil(), block.timestamp + 1);
        wait(1 days);
        vm.expectRevert(PauseTooSoon.selector);
        governance.pause(1);
    }

    function test_pause_afterAFreeze_reverts() public {
        // L1-1; only an end may still come.
        vm.prank(guardian);
        governance.pause(settings.pauseLimit);
        freeze();
        vm.startPrank(guardian);
        vm.expectRevert(SystemFrozen.selector);
        governance.pause(1 days);
        governance.unpause();
        vm.assertEq(governance.pausedUntil(), block.timestamp);
    }

    function test_unpause_endsAPauseAndProlongsNone() public {
        vm.startPrank(guardian);
        governance.unpause();
        vm.assertEq(governance.pausedUntil(), 0);
        governance.pause(1 days);
        uint256 until = governance.pausedUntil();
        wait(1 days);
        vm.expectEmit(address(governance));
        emit IGovernance.Unpaused();
        governance.unpause();
        vm.assertEq(governance.pausedUntil(), until);
        wait(settings.pauseInterval);
        governance.pause(1 days);
        wait(1 days - 1);
        governance.unpause();
        vm.assertEq(governance.pausedUntil(), block.timestamp);
    }

    function test_publishAssociation_bySomebodyElse_reverts() public {
        // L1-101, before the root is looked at.
        vm.expectRevert(NotProvider.selector);
        governance.publishAssociation(0);
    }

    function test_publishAssociation_ofNoFieldElement_reverts() public {
        // L1-4.
        vm.startPrank(provider);
        vm.expectRevert(NotAFieldElement.selector);
        governance.publishAssociation(0);
        vm.expectRevert(NotAFieldElement.selector);
        governance.publishAssociation(R);
        governance.publishAssociation(R - 1);
    }

    function test_publishAssociation_stays() public {
        vm.expectEmit(address(governance));
        emit IGovernance.AssociationPublished(5, provider);
        vm.prank(provider);
        governance.publishAssociation(5);
        uint256 number = decide(IGovernance.Change(IGovernance.ChangeKind.PROVIDER, abi.encode(provider, false)));
        wait(settings.timelock);
        governance.execute(number);
        vm.assertTrue(governance.isAssociation(5));
        vm.assertFalse(governance.isAssociation(6));
        vm.expectRevert(NotProvider.selector);
        vm.prank(provider);
        governance.publishAssociation(6);
    }

    function test_publishAssociation_afterAFreeze_goesOn() public {
        freeze();
        vm.prank(provider);
        governance.publishAssociation(6);
        vm.assertTrue(governance.isAssociation(6));
    }
}
