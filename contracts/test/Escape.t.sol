// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    AlreadyClaimed,
    AlreadyPaid,
    ClaimsNotOpen,
    ClaimWindowOpen,
    FundCannotClaim,
    InvalidProof,
    LateAccountsWait,
    NotAFieldElement,
    NotAnAddress,
    NothingLeft,
    NotLatestRoot,
    SystemNotFrozen,
    UnknownClaim
} from "../src/interfaces/Errors.sol";
import {IExit} from "../src/interfaces/IExit.sol";
import {IVault} from "../src/interfaces/IVault.sol";
import {IVerifiers} from "../src/interfaces/IVerifiers.sol";
import {Groth16} from "../src/libraries/Groth16.sol";
import {Leaving} from "./support/Leaving.sol";

/// @notice Leaving a frozen system: when, who, and once. At what prices: EscapePrices.t.sol; what is paid:
/// Shares.t.sol.
contract EscapeTest is Leaving {
    function refuses(IExit.Escape memory claim, bytes4 selector) internal {
        refuses(claim, proofOf(claim), selector);
    }

    function refuses(IExit.Escape memory claim, Groth16.Proof memory proof, bytes4 selector) internal {
        vm.expectRevert(selector);
        exit.escape(claim, proof);
    }

    // -- when

    /// @dev L1-2.
    function test_claims_whileTheSystemRuns_revert() public {
        refuses(escapeOf(2, alice, 5), SystemNotFrozen.selector);
        vm.expectRevert(SystemNotFrozen.selector);
        exit.payClaim(2);
        vm.expectRevert(SystemNotFrozen.selector);
        exit.payNote(0);
        vm.expectRevert(SystemNotFrozen.selector);
        exit.closeWindow();
        (uint256 opens, uint256 closes) = exit.window();
        vm.assertEq(opens + closes, 0);
    }

    /// @dev L1-120.
    function test_escape_beforeClaimsOpen_reverts() public {
        freeze();
        (uint256 opens, uint256 closes) = exit.window();
        vm.assertEq(opens, block.timestamp + settings.claimDelay);
        vm.assertEq(closes, opens + settings.claimWindow);
        vm.warp(opens - 1);
        refuses(escapeOf(2, alice, 5), ClaimsNotOpen.selector);
        vm.warp(opens);
        escape(2, alice, 5);
    }

    // -- what is filed

    function test_escape_inTheWindow_filesTheClaim() public {
        openClaims();
        IExit.Escape memory claim = escapeOf(2, alice, 5);
        Groth16.Proof memory proof = proofOf(claim);
        vm.expectEmit(address(exit));
        emit IExit.EscapeClaimed(2, alice, 5);
        vm.prank(mallory);
        exit.escape(claim, proof);
        IExit.EscapeClaim memory filed = exit.escapeClaim(2);
        vm.assertEq(filed.owner, alice);
        vm.assertTrue(filed.filed && !filed.paid);
        vm.assertEq(filed.claim, 5);
        escape(3, bob, 8);
        (uint256 notes, uint256 accounts) = exit.claimed();
        vm.assertEq(notes, 0);
        vm.assertEq(accounts, 13);
        vm.assertFalse(exit.escapeClaim(4).filed);
    }

    /// @dev L1-121.
    function test_escape_fromAnOlderRoot_reverts() public {
        openClaims();
        IExit.Escape memory claim = escapeOf(2, alice, 5);
        claim.stateRoot = genesisRoot;
        refuses(claim, NotLatestRoot.selector);
        claim.stateRoot = clearing.latestRoot() - 1;
        refuses(claim, NotLatestRoot.selector);
        claim.stateRoot += 2;
        refuses(claim, NotLatestRoot.selector);
    }

    /// @dev L1-123, trap 22.
    function test_escape_forTheFund_reverts() public {
        openClaims();
        refuses(escapeOf(0, alice, 5), FundCannotClaim.selector);
    }

    /// @dev L1-124.
    function test_escape_again_reverts() public {
        openClaims();
        escape(2, alice, 0);
        refuses(escapeOf(2, alice, 0), AlreadyClaimed.selector);
        refuses(escapeOf(2, bob, 7), AlreadyClaimed.selector);
    }

    /// @dev L1-69.
    function test_escape_toWhatIsNoAddress_reverts() public {
        openClaims();
        IExit.Escape memory claim = escapeOf(2, alice, 5);
        claim.l1Owner += 1 << 160;
        refuses(claim, NotAnAddress.selector);
        claim.l1Owner = type(uint160).max;
        escape(claim);
    }

    /// @dev L1-4, trap 10: index and claim plus r would be another account's, or more.
    function test_escape_whenAnInputIsAnHonestOnePlusR_reverts() public {
        openClaims();
        IExit.Escape memory claim = escapeOf(2, alice, 5);
        Groth16.Proof memory proof = proofOf(claim);
        claim.index += R;
        refuses(claim, proof, NotAFieldElement.selector);
        claim.index -= R;
        claim.claim += R;
        refuses(claim, proof, NotAFieldElement.selector);
        claim.claim -= R;
        claim.l1Owner += R;
        refuses(claim, proof, NotAFieldElement.selector);
        claim.l1Owner -= R;
        claim.stateRoot += R;
        refuses(claim, proof, NotAFieldElement.selector);
        claim.stateRoot -= R;
        claim.riskRoot += R;
        refuses(claim, proof, NotAFieldElement.selector);
    }

    /// @dev L1-6.
    function test_escape_whenProvenForSomethingElse_reverts() public {
        openClaims();
        Groth16.Proof memory proof = proofOf(escapeOf(2, alice, 5));
        refuses(escapeOf(2, alice, 6), proof, InvalidProof.selector);
        refuses(escapeOf(2, mallory, 5), proof, InvalidProof.selector);
        refuses(escapeOf(3, alice, 5), proof, InvalidProof.selector);
    }

    /// @dev L1-4 is for inputs: a point may have a coordinate that is none.
    function test_escape_whenAPointHasACoordinateAboveR_filesTheClaim() public {
        openClaims();
        IExit.Escape memory claim = escapeOf(2, alice, 5);
        Groth16.Proof memory proof = proveWithLargestX(IVerifiers.ProofKind.ESCAPE, inputsOf(claim));
        vm.assertGt(proof.aX, R);
        exit.escape(claim, proof);
        vm.assertTrue(exit.escapeClaim(2).filed);
        claim.index = 3;
        refuses(claim, proof, InvalidProof.selector);
    }

    // -- paid once

    function test_payClaim_inTheWindow_reverts() public {
        openClaims();
        escape(2, alice, 1_000);
        withdraw(hidden(500, 20, 1));
        (, uint256 closes) = exit.window();
        vm.warp(closes - 1);
        // L1-125.
        vm.expectRevert(ClaimWindowOpen.selector);
        exit.payClaim(2);
        vm.expectRevert(ClaimWindowOpen.selector);
        exit.payNote(0);
        vm.expectRevert(ClaimWindowOpen.selector);
        exit.closeWindow();
        vm.assertFalse(exit.pool().closed);
    }

    /// @dev L1-128 and L1-129.
    function test_payments_onceAndOnlyOfWhatWasFiled() public {
        openClaims();
        escape(2, alice, 1_000);
        withdraw(hidden(500, 20, 1));
        closeWindow();
        vm.expectRevert(UnknownClaim.selector);
        exit.payClaim(3);
        vm.expectRevert(UnknownClaim.selector);
        exit.payNote(1);
        vm.expectEmit(address(exit));
        emit IExit.ClaimPaid(2, alice, 1_000);
        exit.payClaim(2);
        vm.expectEmit(address(exit));
        emit IExit.NotePaid(0, 500);
        exit.payNote(0);
        vm.assertTrue(exit.escapeClaim(2).paid && exit.noteClaim(0).paid);
        vm.expectRevert(AlreadyPaid.selector);
        exit.payClaim(2);
        vm.expectRevert(AlreadyPaid.selector);
        exit.payNote(0);
        vm.assertEq(usdc.balanceOf(alice), 1_000);
        vm.assertEq(usdc.balanceOf(bob), 480);
        vm.assertEq(usdc.balanceOf(relayer), 20);
    }

    /// @dev L1-126 and L1-127; a late claim is paid as it is filed.
    function test_escape_afterTheWindow_waitsAndIsPaidOnce() public {
        openClaims();
        (, uint256 closes) = exit.window();
        IExit.Escape memory claim = escapeOf(3, bob, 3_000);
        vm.warp(closes);
        refuses(claim, LateAccountsWait.selector);
        vm.warp(closes + settings.lateAccountDelay - 1);
        refuses(claim, LateAccountsWait.selector);
        vm.warp(closes + settings.lateAccountDelay);
        Groth16.Proof memory proof = proofOf(claim);
        vm.expectEmit(address(exit));
        emit IExit.EscapeClaimed(3, bob, 3_000);
        vm.expectEmit(address(exit));
        emit IExit.ClaimPaid(3, bob, 3_000);
        exit.escape(claim, proof);
        (, uint256 accounts) = exit.claimed();
        vm.assertEq(accounts, 0);
        refuses(claim, AlreadyClaimed.selector);
        vm.expectRevert(AlreadyPaid.selector);
        exit.payClaim(3);
        escape(4, carol, INSIDE);
        vm.assertEq(usdc.balanceOf(carol), INSIDE - 3_000);
        refuses(escapeOf(2, alice, 10), NothingLeft.selector);
        vm.assertFalse(exit.escapeClaim(2).filed);
    }

    /// @dev A blocked owner holds up nobody, and is owed what the token refused.
    function test_payClaim_toABlockedOwner_creditsIt() public {
        openClaims();
        escape(2, alice, 1_000);
        closeWindow();
        block_(alice);
        vm.expectEmit(address(vault));
        emit IVault.PaymentRefused(alice, 1_000);
        exit.payClaim(2);
        vm.assertEq(vault.credits(alice), 1_000);
    }
}
