// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    AttestationNotValid,
    ChangeClosed,
    EpochWentBack,
    ForeignCaller,
    ImmutableVerifier,
    InvalidProof,
    NotGovernance,
    NotOperator,
    NothingOverdue,
    RequestOutOfOrder,
    SettledValueChanged,
    SystemNotFrozen,
    VaultOverdrawn,
    WrongBatchNumber,
    WrongContext
} from "../../src/interfaces/Errors.sol";
import {Signers} from "../../src/interfaces/Deployment.sol";
import {IAttestations} from "../../src/interfaces/IAttestations.sol";
import {IExit} from "../../src/interfaces/IExit.sol";
import {IForced} from "../../src/interfaces/IForced.sol";
import {IGovernance} from "../../src/interfaces/IGovernance.sol";
import {IOracle} from "../../src/interfaces/IOracle.sol";
import {IVerifiers} from "../../src/interfaces/IVerifiers.sol";
import {Groth16} from "../../src/libraries/Groth16.sol";
import {GovernanceActions} from "./GovernanceActions.sol";

/// @notice Attempts that must fail, each by the error that says why. The ledger does not move: invariants tell if one
/// of them did anything after all.
abstract contract Meddling is GovernanceActions {
    /// @dev Somebody does what only another part may.
    function act_trespass(uint256 seed) external action(seed) {
        address who = [alice, mallory, operator, guardian, governors[0], address(clearing), address(exit)][_roll(7)];
        (address part, bytes memory data) = _foreign(_roll(10), who);
        if (part == address(0)) return;
        vm.expectRevert(ForeignCaller.selector);
        vm.prank(who);
        (bool ignored,) = part.call(data);
        ignored;
        _did();
    }

    /// @dev Batches, proofs and changes that are not what they say.
    function act_cheat(uint256 seed) external virtual action(seed) {
        uint256 way = _roll(12);
        if (way < 5) _cheatInABatch(way);
        else if (way == 5) _forgedAttestation(_oneIn(2));
        else if (way == 6) _turnedNote(_oneIn(2));
        else if (way == 7) _changedExitKey(_oneIn(2));
        else if (way == 8) _earlyFreeze();
        else if (way == 9) _tooEarlyToLeave();
        else if (way == 10) _settledOtherwise();
        else _closedChange();
        _did();
    }

    function _foreign(uint256 which, address who) internal view returns (address part, bytes memory data) {
        Signers memory signers = Signers(people, 1);
        if (which == 0 && who != address(clearing)) return (address(vault), abi.encodeCall(vault.credit, (who, 5)));
        if (which == 1 && who != address(exit)) return (address(vault), abi.encodeCall(vault.pay, (mallory, 5)));
        if (which == 2) return (address(vault), abi.encodeCall(vault.refundDeposit, (mallory, 100)));
        if (which == 3) return (address(vault), abi.encodeCall(vault.consumeDeposit, (100)));
        if (which == 4) return (address(vault), abi.encodeCall(vault.takeDeposit, (alice, 100)));
        if (which == 5 && who != address(clearing)) {
            return (address(deposits), abi.encodeCall(deposits.consume, (headOfQueue, 2, 100, 1, 1)));
        }
        if (which == 6 && who != address(clearing)) {
            return (address(deposits), abi.encodeCall(deposits.rejectAtHead, (headOfQueue)));
        }
        if (which == 7 && who != address(clearing)) {
            return (address(forced), abi.encodeCall(forced.serve, (IForced.Queue.PAY, served[0], 2, 5, 5)));
        }
        if (which == 8) {
            return
                (address(verifiers), abi.encodeCall(verifiers.setVerifier, (IVerifiers.ProofKind.ESCAPE, bytes32(0))));
        }
        if (which == 9) return (address(oracle), abi.encodeCall(oracle.setCommittee, (signers)));
    }

    function _cheatInABatch(uint256 way) private {
        StepPlan memory one = step(FUNDS);
        if (way == 0) one = fundsStep(withdrawing(2, _spare() + 1, mallory));
        if (way == 1) one = _outOfTurn();
        if (way == 2 && usedEpoch > 1) one.epoch = _earlierEpoch();
        BatchPlan memory plan = _planOf(one);
        if (way == 3) plan.number = _oneIn(2) ? plan.number + 1 : plan.number - 1;
        Batch memory batch = proven(plan);
        bytes4 because = [VaultOverdrawn.selector, RequestOutOfOrder.selector, EpochWentBack.selector][way % 3];
        if (way == 3) because = WrongBatchNumber.selector;
        if (way == 4 || (way == 2 && one.epoch >= usedEpoch)) {
            // Another root than the proof shows.
            batch.steps[0].stateAfter = field("stolen", ++names);
            because = InvalidProof.selector;
        }
        vm.expectRevert(because);
        submit(batch);
        vm.expectRevert(NotOperator.selector);
        submitAs(mallory, mallory, batch);
    }

    /// @dev Answers the newest request of those that are not the next, in either queue; or one that nobody has made.
    function _outOfTurn() private returns (StepPlan memory) {
        uint256 queue = _roll(2);
        if (demands[queue].length < served[queue] + 2) queue = 1 - queue;
        uint256 count = demands[queue].length;
        if (count < served[queue] + 2) return fundsStep(paying(served[0] + 1, 2, 5, 5));
        IForced.Request storage last = demands[queue][count - 1];
        if (queue == 1) return liquidateStep(closing(count - 1, last.index, 0));
        return fundsStep(paying(count - 1, last.index, 0, last.asked));
    }

    /// @dev Of a table that is posted.
    function _earlierEpoch() private view returns (uint64 epoch) {
        epoch = uint64(usedEpoch);
        for (uint64 i = 1; i < usedEpoch; ++i) {
            if (timeOf[i] != 0) epoch = i;
        }
    }

    function _forgedAttestation(bool honest) private {
        _planOf(step(FUNDS));
        if (roots.length == 1) return;
        IAttestations.Attestation memory attestation = attestationOf(roots[roots.length - 1]);
        if (honest) attestation.failed = 1;
        Groth16.Proof[] memory proofs = proofsOf(attestation);
        if (!honest) attestation.emptySlots = 2;
        vm.expectRevert(honest ? AttestationNotValid.selector : InvalidProof.selector);
        attestations.attest(attestation, proofs);
    }

    /// @dev Somebody else's claim, turned to Mallory, with or without the number that binds it.
    function _turnedNote(bool bound) private {
        IExit.Withdrawal memory claim = privateVoucher(alice, ASSOCIATION, 1, 0, ++names);
        Groth16.Proof memory proof = proofOf(claim);
        claim.recipient = mallory;
        if (bound) claim.context = contextOf(mallory, claim.relayer, claim.fee);
        vm.expectRevert(bound ? InvalidProof.selector : WrongContext.selector);
        exit.withdraw(claim, proof);
    }

    function _changedExitKey(bool escape_) private {
        IVerifiers.ProofKind kind = escape_ ? IVerifiers.ProofKind.ESCAPE : IVerifiers.ProofKind.WITHDRAW;
        bytes memory data = abi.encode(kind, keysAtFirst[uint8(kind)]);
        vm.expectRevert(ImmutableVerifier.selector);
        vm.prank(governors[0]);
        governance.propose(IGovernance.Change(IGovernance.ChangeKind.VERIFIER, data));
        vm.expectRevert(NotGovernance.selector);
        vm.prank(mallory);
        governance.propose(IGovernance.Change(IGovernance.ChangeKind.OPERATOR, abi.encode(mallory)));
    }

    function _earlyFreeze() private {
        if (_overdue()) return;
        vm.expectRevert(NothingOverdue.selector);
        attestations.freeze();
    }

    function _tooEarlyToLeave() private {
        vm.expectRevert(SystemNotFrozen.selector);
        exit.closeWindow();
        vm.expectRevert(SystemNotFrozen.selector);
        exit.payClaim(2);
    }

    /// @dev Shown in the very table, so it is only tried while the newest has a settled slot.
    function _settledOtherwise() private {
        for (uint256 slot = 1; slot <= SLOTS; ++slot) {
            if (_statusOf(words[slot]) != 3) continue;
            if (timeOf[newestEpoch] == block.timestamp) wait(1);
            uint256[] memory marks = _marks();
            marks[slot] += 1 << 83;
            IOracle.SignedTable memory table = signed(tableNow(marks));
            vm.expectRevert(SettledValueChanged.selector);
            oracle.postTable(table);
        }
    }

    function _closedChange() private {
        for (uint256 i = 0; i < decisions.length; ++i) {
            if (!decisions[i].closed) continue;
            vm.expectRevert(ChangeClosed.selector);
            governance.execute(i);
            return;
        }
    }
}
