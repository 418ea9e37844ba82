// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {UnknownStateRoot} from "../src/interfaces/Errors.sol";
import {IExit} from "../src/interfaces/IExit.sol";
import {IVault} from "../src/interfaces/IVault.sol";
import {IVerifiers} from "../src/interfaces/IVerifiers.sol";
import {Groth16} from "../src/libraries/Groth16.sol";
import {Leaving} from "./support/Leaving.sol";
import {ReentrantToken} from "./tokens/ReentrantToken.sol";

/// @notice Note claims, private and public, while the system runs. What is refused: ExitRefuses.t.sol. After a freeze: Escape.t.sol.
contract ExitTest is Leaving {
    // -- what is paid

    function test_withdraw_inPrivateForm_paysRecipientAndRelayerAtOnce() public {
        IExit.Withdrawal memory claim = hidden(1_000, 30, 1);
        vm.assertFalse(exit.isSpent(claim.nullifierHash));
        Groth16.Proof memory proof = proofOf(claim);
        vm.expectEmit(address(exit));
        emit IExit.NoteWithdrawn(claim.nullifierHash, bob, 1_000, relayer, 30);
        vm.prank(mallory);
        exit.withdraw(claim, proof);
        vm.assertEq(usdc.balanceOf(bob), 970);
        vm.assertEq(usdc.balanceOf(relayer), 30);
        vm.assertEq(usdc.balanceOf(address(vault)), INSIDE - 1_000);
        vm.assertTrue(exit.isSpent(claim.nullifierHash));
        vm.assertEq(exit.noteClaimCount(), 0);
    }

    function test_withdraw_whenAllIsFee_paysTheRelayer() public {
        withdraw(hidden(10, 10, 1));
        vm.assertEq(usdc.balanceOf(bob), 0);
        vm.assertEq(usdc.balanceOf(relayer), 10);
    }

    function test_withdraw_ofAnEmptyNote_paysNothing() public {
        withdraw(hidden(0, 0, 1));
        vm.assertEq(usdc.balanceOf(bob), 0);
    }

    /// @dev Trap 17: no provider ever lists the label.
    function test_withdraw_inPublicForm_paysTheAccountsOwner() public {
        withdraw(voucher(alice, 2, 600, 1));
        vm.assertEq(usdc.balanceOf(alice), 600);
    }

    function test_withdraw_fromAnyBatchEndRoot_pays() public {
        uint256[3] memory roots = [genesisRoot, clearing.latestRoot(), 0];
        BatchPlan memory plan = planOf(step(FUNDS), step(FUNDS));
        submit(plan);
        roots[2] = clearing.latestRoot();
        for (uint256 i = 0; i < 3; ++i) {
            IExit.Withdrawal memory claim = voucher(alice, 2, 1, i);
            claim.stateRoot = roots[i];
            withdraw(claim);
        }
        vm.assertEq(usdc.balanceOf(alice), 3);
        // L1-80: nothing is due yet at a root between two steps.
        IExit.Withdrawal memory early = voucher(alice, 2, 1, 9);
        early.stateRoot = plan.steps[0].stateAfter;
        Groth16.Proof memory proof = proofOf(early);
        vm.expectRevert(UnknownStateRoot.selector);
        exit.withdraw(early, proof);
    }

    /// @dev L1-4 is for inputs: a point may have a coordinate that is none.
    function test_withdraw_whenAPointHasACoordinateAboveR_pays() public {
        IExit.Withdrawal memory claim = hidden(1_000, 30, 1);
        exit.withdraw(claim, proveWithLargestX(IVerifiers.ProofKind.WITHDRAW, inputsOf(claim)));
        vm.assertEq(usdc.balanceOf(bob), 970);
    }

    function test_withdraw_duringAPause_pays() public {
        vm.prank(guardian);
        governance.pause(1 days);
        withdraw(hidden(10, 0, 1));
        withdraw(voucher(alice, 2, 10, 2));
        vm.assertEq(usdc.balanceOf(bob) + usdc.balanceOf(alice), 20);
    }

    function test_withdraw_toABlockedRecipient_creditsIt() public {
        block_(bob);
        IExit.Withdrawal memory claim = hidden(1_000, 30, 1);
        Groth16.Proof memory proof = proofOf(claim);
        vm.expectEmit(address(vault));
        emit IVault.PaymentRefused(bob, 970);
        exit.withdraw(claim, proof);
        vm.assertEq(vault.credits(bob), 970);
        vm.assertEq(usdc.balanceOf(relayer), 30);
    }

    /// @dev A token that calls back finds no second claim.
    function test_withdraw_fromWithinAPayment_reverts() public {
        vm.etch(address(usdc), address(new ReentrantToken()).code);
        ReentrantToken token = ReentrantToken(address(usdc));
        IExit.Withdrawal memory claim = hidden(10, 0, 1);
        Groth16.Proof memory proof = proofOf(claim);
        IExit.Withdrawal memory other = hidden(10, 0, 2);
        bytes[4] memory calls = [
            abi.encodeCall(IExit.withdraw, (other, proofOf(other))),
            abi.encodeCall(IExit.escape, (IExit.Escape(0, 0, 0, 0, 0), proof)),
            abi.encodeCall(IExit.payClaim, (1)),
            abi.encodeCall(IExit.payNote, (0))
        ];
        uint256 kept = vm.snapshotState();
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.revertToState(kept);
            token.arm(address(exit), calls[i]);
            exit.withdraw(claim, proof);
            vm.assertTrue(token.called());
            vm.assertFalse(token.succeeded());
            vm.assertEq(token.answer(), abi.encodeWithSignature("ReentrancyGuardReentrantCall()"));
            vm.assertEq(usdc.balanceOf(bob), 10);
        }
    }
}
