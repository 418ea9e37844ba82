// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {
    AlreadyPaid,
    FeeAboveAmount,
    FeeInPublicForm,
    LabelShown,
    NotLabelOwner,
    NullifierSpent,
    UnknownAssociationRoot,
    UnknownClaim,
    UnknownStateRoot,
    VaultOverdrawn,
    WrongContext,
    ZeroAddress
} from "../interfaces/Errors.sol";
import {Groth16} from "../libraries/Groth16.sol";
import {IExit} from "../interfaces/IExit.sol";
import {IVerifiers} from "../interfaces/IVerifiers.sol";
import {Shared} from "../libraries/Shared.sol";
import {Shares} from "./Shares.sol";

/// @title Note claims: a private voucher becomes tokens, by a proof that does not say from where.
/// @notice The private form shows that the note's account is in a set that a provider vouches for; the public form
/// shows the account itself, needs nobody, and pays only its L1 owner. Both work during a pause and after a freeze.
abstract contract Notes is Shares, ReentrancyGuardTransient {
    NoteClaim[] private noteClaims;

    /// @inheritdoc IExit
    mapping(uint256 nullifierHash => bool) public isSpent;

    /// @inheritdoc IExit
    function withdraw(Withdrawal calldata claim, Groth16.Proof calldata proof) external nonReentrant {
        Groth16.Claim memory shown = _statement(claim, proof);
        _requireFieldElements(shown.words, Shared.WITHDRAW_INPUTS);
        // L1-80.
        require(clearing.batchEnd(claim.stateRoot).time != 0, UnknownStateRoot());
        // L1-110.
        require(!isSpent[claim.nullifierHash], NullifierSpent());
        _requireBound(claim);
        _requireForm(claim);
        _requireShown(shown);
        isSpent[claim.nullifierHash] = true;
        _settle(claim);
    }

    /// @inheritdoc IExit
    function payNote(uint256 number) external nonReentrant {
        Pool storage shares = _closedPool();
        // L1-128.
        require(number < noteClaims.length, UnknownClaim());
        NoteClaim memory note = noteClaims[number];
        // L1-129.
        require(!note.paid, AlreadyPaid());
        uint256 amount = _noteShare(shares, note.amount);
        noteClaims[number].paid = true;
        shares.notesPaid += amount;
        emit NotePaid(number, amount);
        _paySplit(note, amount);
    }

    /// @inheritdoc IExit
    function noteClaim(uint256 number) external view returns (NoteClaim memory) {
        return noteClaims[number];
    }

    /// @inheritdoc IExit
    function noteClaimCount() external view returns (uint256) {
        return noteClaims.length;
    }

    /// @dev What the proof of a claim must show.
    function _statement(Withdrawal calldata claim, Groth16.Proof calldata proof)
        private
        view
        returns (Groth16.Claim memory shown)
    {
        shown = Groth16.claimOf(verifiers.keyData(IVerifiers.ProofKind.WITHDRAW), Shared.WITHDRAW_INPUTS, proof);
        uint256[] memory inputs = shown.words;
        inputs[Shared.WITHDRAW_INPUT_DOMAIN] = domain;
        inputs[Shared.WITHDRAW_INPUT_STATE_ROOT] = claim.stateRoot;
        inputs[Shared.WITHDRAW_INPUT_NULLIFIER_HASH] = claim.nullifierHash;
        inputs[Shared.WITHDRAW_INPUT_AMOUNT] = claim.amount;
        inputs[Shared.WITHDRAW_INPUT_ASSOCIATION_ROOT] = claim.associationRoot;
        inputs[Shared.WITHDRAW_INPUT_LABEL] = claim.label;
        inputs[Shared.WITHDRAW_INPUT_CONTEXT] = claim.context;
    }

    /// @dev Nobody who sees a claim can turn it to another recipient or fee.
    function _requireBound(Withdrawal calldata claim) private pure {
        uint256 context = uint256(keccak256(abi.encode(claim.recipient, claim.relayer, claim.fee))) % R;
        // L1-111.
        require(claim.context == context, WrongContext());
        _somebody(claim.recipient);
        // L1-112.
        require(claim.fee <= claim.amount, FeeAboveAmount());
        if (claim.fee > 0) _somebody(claim.relayer);
    }

    /// @dev A provider vouches for the account and it stays hidden, or it is shown and its owner gets everything.
    function _requireForm(Withdrawal calldata claim) private view {
        if (claim.associationRoot != 0) {
            // L1-113.
            require(governance.isAssociation(claim.associationRoot), UnknownAssociationRoot());
            // L1-114.
            require(claim.label == 0, LabelShown());
            return;
        }
        // L1-115. An index that nobody owns is owned by nobody, whom no claim pays.
        require(deposits.l1Owner(claim.label) == claim.recipient, NotLabelOwner());
        // L1-116: a fee of the whole amount would make this form a private one that nobody vouches for.
        require(claim.fee == 0, FeeInPublicForm());
    }

    /// @dev Pays at once in a running system, waits for the window in a frozen one, and takes what is left after it.
    function _settle(Withdrawal calldata claim) private {
        NoteClaim memory note = NoteClaim({
            recipient: claim.recipient, paid: false, relayer: claim.relayer, amount: claim.amount, fee: claim.fee
        });
        (, uint256 closes) = window();
        uint256 paid = claim.amount;
        if (closes == 0) {
            // L1-77. A field element is no negative number.
            require(int256(claim.amount) <= vault.spare(), VaultOverdrawn());
        } else if (block.timestamp < closes) {
            emit NoteClaimed(noteClaims.length, claim.nullifierHash, claim.recipient, claim.amount);
            noteClaims.push(note);
            notesClaimed += claim.amount;
            return;
        } else {
            Pool storage shares = _closedPool();
            paid = _takeLate(shares, _noteShare(shares, claim.amount));
        }
        uint256 fee = _paySplit(note, paid);
        emit NoteWithdrawn(claim.nullifierHash, claim.recipient, paid, claim.relayer, fee);
    }
}
