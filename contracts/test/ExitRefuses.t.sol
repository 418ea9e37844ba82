// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    FeeAboveAmount,
    FeeInPublicForm,
    InvalidProof,
    LabelShown,
    NotAFieldElement,
    NotLabelOwner,
    NullifierSpent,
    UnknownAssociationRoot,
    VaultOverdrawn,
    WrongContext,
    ZeroAddress
} from "../src/interfaces/Errors.sol";
import {IExit} from "../src/interfaces/IExit.sol";
import {Groth16} from "../src/libraries/Groth16.sol";
import {Leaving} from "./support/Leaving.sol";

/// @notice Note claims that are refused, in the order in which the contract looks.
contract ExitRefusesTest is Leaving {
    function refuses(IExit.Withdrawal memory claim, bytes4 selector) internal {
        refuses(claim, proofOf(claim), selector);
    }

    function refuses(IExit.Withdrawal memory claim, Groth16.Proof memory proof, bytes4 selector) internal {
        uint256 held = usdc.balanceOf(address(vault));
        vm.expectRevert(selector);
        // A precompile takes all its gas with it when it refuses a point.
        exit.withdraw{gas: 30_000_000}(claim, proof);
        vm.assertEq(usdc.balanceOf(address(vault)), held);
    }

    function rebound(IExit.Withdrawal memory claim) internal pure returns (IExit.Withdrawal memory) {
        claim.context = contextOf(claim.recipient, claim.relayer, claim.fee);
        return claim;
    }

    /// @dev L1-4, trap 10: the proof of a spent note fits its nullifier plus r.
    function test_withdraw_whenAnInputIsAnHonestOnePlusR_reverts() public {
        IExit.Withdrawal memory claim = hidden(10, 0, 1);
        Groth16.Proof memory proof = proofOf(claim);
        withdraw(claim);
        claim.nullifierHash += R;
        refuses(claim, proof, NotAFieldElement.selector);
        claim.nullifierHash -= R;
        claim.amount += R;
        refuses(claim, proof, NotAFieldElement.selector);
        claim.amount -= R;
        claim.stateRoot += R;
        refuses(claim, proof, NotAFieldElement.selector);
        claim.stateRoot -= R;
        claim.associationRoot += R;
        refuses(claim, proof, NotAFieldElement.selector);
        claim.associationRoot -= R;
        claim.label += R;
        refuses(claim, proof, NotAFieldElement.selector);
        claim.label -= R;
        claim.context += R;
        refuses(claim, proof, NotAFieldElement.selector);
    }

    /// @dev L1-110, whatever the form and amount.
    function test_withdraw_whenSpent_reverts() public {
        withdraw(hidden(1_000, 0, 1));
        refuses(hidden(1_000, 0, 1), NullifierSpent.selector);
        refuses(hidden(5, 0, 1), NullifierSpent.selector);
        refuses(voucher(alice, 2, 1_000, 1), NullifierSpent.selector);
    }

    /// @dev L1-111, and L1-6 when the context is the thief's.
    function test_withdraw_whenTurnedToSomebodyElse_reverts() public {
        IExit.Withdrawal memory claim = hidden(1_000, 30, 1);
        Groth16.Proof memory proof = proofOf(claim);
        claim.recipient = mallory;
        refuses(claim, proof, WrongContext.selector);
        refuses(rebound(claim), proof, InvalidProof.selector);
        claim = hidden(1_000, 30, 1);
        claim.relayer = mallory;
        refuses(claim, proof, WrongContext.selector);
        claim = hidden(1_000, 30, 1);
        claim.fee = 900;
        refuses(claim, proof, WrongContext.selector);
    }

    /// @dev L1-112 and L1-3.
    function test_withdraw_whenPaymentIsUnsound_reverts() public {
        refuses(hidden(10, 11, 1), FeeAboveAmount.selector);
        IExit.Withdrawal memory claim = hidden(10, 0, 1);
        claim.recipient = address(0);
        refuses(rebound(claim), ZeroAddress.selector);
        claim = hidden(10, 1, 1);
        claim.relayer = address(0);
        refuses(rebound(claim), ZeroAddress.selector);
    }

    /// @dev L1-113 and L1-114.
    function test_withdraw_whenPrivateFormIsNotWhole_reverts() public {
        refuses(privateVoucher(bob, ROOT + 1, 10, 0, 1), UnknownAssociationRoot.selector);
        IExit.Withdrawal memory claim = hidden(10, 0, 1);
        claim.label = 2;
        refuses(claim, LabelShown.selector);
    }

    /// @dev L1-115; trap 22: index 0 is nobody's.
    function test_withdraw_whenPublicFormPaysSomebodyElse_reverts() public {
        refuses(voucher(bob, 2, 10, 1), NotLabelOwner.selector);
        refuses(voucher(alice, 0, 10, 1), NotLabelOwner.selector);
        refuses(voucher(operator, 0, 10, 1), NotLabelOwner.selector);
        refuses(voucher(alice, 3, 10, 1), NotLabelOwner.selector);
        refuses(voucher(alice, 1, 10, 1), NotLabelOwner.selector);
        withdraw(voucher(revenueOwner, 1, 10, 1));
    }

    /// @dev L1-116, trap 17: a fee of the whole amount would make it a private form that nobody vouches for.
    function test_withdraw_whenPublicFormHasAFee_reverts() public {
        IExit.Withdrawal memory claim = voucher(alice, 2, 600, 1);
        (claim.relayer, claim.fee) = (mallory, 600);
        refuses(rebound(claim), FeeInPublicForm.selector);
    }

    /// @dev L1-6: each public input is shown.
    function test_withdraw_whenProvenForSomethingElse_reverts() public {
        IExit.Withdrawal memory claim = hidden(10, 0, 1);
        Groth16.Proof memory proof = proofOf(claim);
        claim.amount = 11;
        refuses(claim, proof, InvalidProof.selector);
        refuses(hidden(10, 0, 2), proof, InvalidProof.selector);
        refuses(voucher(alice, 2, 10, 1), proof, InvalidProof.selector);
        vouch(ROOT + 1);
        refuses(privateVoucher(bob, ROOT + 1, 10, 0, 1), proof, InvalidProof.selector);
        claim.amount = 10;
        claim.stateRoot = genesisRoot;
        refuses(claim, proof, InvalidProof.selector);
        proof.aX = 0;
        refuses(hidden(10, 0, 1), proof, InvalidProof.selector);
    }

    /// @dev L1-77: not even a proof for more pays out what is owed to others.
    function test_withdraw_whenMoreThanTheVaultCanSpare_reverts() public {
        refuses(hidden(INSIDE + 1, 0, 1), VaultOverdrawn.selector);
        refuses(hidden(R - 1, 0, 1), VaultOverdrawn.selector);
        register(bob, 700);
        submit(fundsStep(withdrawing(2, 4_000, alice)));
        refuses(hidden(5_001, 0, 1), VaultOverdrawn.selector);
        withdraw(hidden(5_000, 0, 1));
        vm.assertEq(vault.spare(), 0);
    }
}
