// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NothingOverdue, SolvencyGateShut, SystemFrozen} from "../src/interfaces/Errors.sol";
import {IAttestations} from "../src/interfaces/IAttestations.sol";
import {System} from "./support/System.sol";

/// @notice The solvency gate, the three clocks, and the freeze.
contract FreezeTest is System {
    function assertOverdue(bool batch, bool attestation, bool forcedRequest) internal view {
        (bool first, bool second, bool third) = attestations.overdue();
        vm.assertEq(first, batch, "batch");
        vm.assertEq(second, attestation, "attestation");
        vm.assertEq(third, forcedRequest, "forced request");
    }

    /// @dev Days with a batch each, and an attestation if so wanted.
    function pass(uint256 count, bool attested) internal {
        for (uint256 i = 0; i < count; ++i) {
            wait(1 days);
            submit();
            if (attested) attest();
        }
    }

    // -- the gate

    function test_gateIsOpen_forTheAgeOfAnAttestation() public {
        vm.assertTrue(attestations.gateIsOpen());
        wait(settings.attestationAge);
        vm.assertTrue(attestations.gateIsOpen());
        wait(1);
        vm.assertFalse(attestations.gateIsOpen());
        submit();
        vm.assertFalse(attestations.gateIsOpen());
        attest();
        vm.assertTrue(attestations.gateIsOpen());
    }

    /// @dev L1-63, trap 15: attested every hour, an old root neither opens the gate nor holds off the freeze.
    function test_attest_ofAnOldRootAgainAndAgain_keepsNothingOpen() public {
        submit();
        IAttestations.Attestation memory old = attestationOf(clearing.latestRoot());
        for (uint256 i = 0; i < 25; ++i) {
            wait(1 hours);
            submit();
            attest(old);
        }
        vm.assertFalse(attestations.gateIsOpen());
        refuses(proven(planOf(step(TRADE))), SolvencyGateShut.selector);
        for (uint256 i = 0; i < 48; ++i) {
            wait(1 hours);
            submit();
            attest(old);
        }
        assertOverdue(false, true, false);
        attestations.freeze();
    }

    // -- the clocks, each alone

    /// @dev L1-85, at the very end of two clocks.
    function test_freeze_whenNothingIsOverdue_reverts() public {
        wait(settings.livenessDeadline);
        assertOverdue(false, false, false);
        vm.expectRevert(NothingOverdue.selector);
        attestations.freeze();
        wait(1);
        assertOverdue(true, true, false);
        attestations.freeze();
    }

    function test_freeze_whenNoBatchComes_freezes() public {
        wait(1 days);
        submit();
        wait(1);
        attest();
        // Attestations count from their batch, so that for this clock alone the other deadline must be longer.
        settings.insolvencyDeadline = 4 days;
        deploy();
        wait(settings.livenessDeadline + 1);
        assertOverdue(true, false, false);
        vm.expectEmit(address(attestations));
        emit IAttestations.Frozen(mallory, genesisRoot);
        vm.prank(mallory);
        attestations.freeze();
        vm.assertEq(attestations.frozenAt(), block.timestamp);
    }

    function test_freeze_whenNothingIsAttested_freezes() public {
        pass(3, false);
        assertOverdue(false, false, false);
        wait(1);
        assertOverdue(false, true, false);
        attestations.freeze();
        vm.assertEq(attestations.frozenAt(), block.timestamp);
    }

    function test_freeze_whenAForcedRequestWaits_freezes() public {
        uint256 index = member(alice, 5_000);
        uint256 number = requestPay(alice, index, 1_000);
        pass(7, true);
        assertOverdue(false, false, false);
        wait(1);
        assertOverdue(false, false, true);
        uint256 kept = vm.snapshotState();
        attestations.freeze();
        vm.assertEq(attestations.frozenAt(), block.timestamp);
        vm.revertToState(kept);
        submit(fundsStep(paying(number, index, 1_000, 1_000)));
        assertOverdue(false, false, false);
        vm.expectRevert(NothingOverdue.selector);
        attestations.freeze();
    }

    /// @dev A pause stops no clock.
    function test_freeze_duringAPause_freezes() public {
        vm.prank(guardian);
        governance.pause(settings.pauseLimit);
        wait(settings.livenessDeadline + 1);
        attestations.freeze();
    }

    /// @dev L1-1.
    function test_freeze_whenFrozen_reverts() public {
        freeze();
        uint256 frozenAt = attestations.frozenAt();
        wait(1 days);
        vm.expectRevert(SystemFrozen.selector);
        attestations.freeze();
        vm.assertEq(attestations.frozenAt(), frozenAt);
    }
}
