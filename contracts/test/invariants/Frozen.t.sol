// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    FundCannotClaim,
    InvalidProof,
    SystemFrozen,
    WrongEscapePrices,
    NotLatestRoot
} from "../../src/interfaces/Errors.sol";
import {IExit} from "../../src/interfaces/IExit.sol";
import {IGovernance} from "../../src/interfaces/IGovernance.sol";
import {Groth16} from "../../src/libraries/Groth16.sol";
import {LeavingActions} from "./LeavingActions.sol";

/// @notice A system that has lived for a while, was paused and froze: deposits in every state, credits, open requests,
/// settled slots. The pause lasts to the end, so whatever succeeds here succeeds during a pause.
contract FrozenInvariants is LeavingActions {
    uint256 private constant LIFE = 300;

    function setUp() public override {
        super.setUp();
        _live();
        vm.prank(guardian);
        governance.pause(settings.pauseLimit);
        pauseEnds = block.timestamp + settings.pauseLimit;
        if (!_overdue()) wait(settings.livenessDeadline + 1);
        attestations.freeze();
        frozenSince = block.timestamp;
        pricesEpoch = usedEpoch;
        poolAtFirst = _spare();
        _forget();
        delete calls;
        _call("refund", this.act_refund.selector);
        _call("push", this.act_push.selector);
        _call("pull", this.act_pull.selector);
        _call("pullFee", this.act_pullFee.selector);
        _call("donate", this.act_donate.selector);
        _call("block", this.act_block.selector);
        _call("waitOrJump", this.act_waitOrJump.selector);
        _call("waitOrJump", this.act_waitOrJump.selector);
        _call("waitOrJump", this.act_waitOrJump.selector);
        _call("waitOrJump", this.act_waitOrJump.selector);
        _call("lateTable", this.act_lateTable.selector);
        _call("lateTable", this.act_lateTable.selector);
        _call("noteOfFrozen", this.act_noteOfFrozen.selector);
        _call("noteOfFrozen", this.act_noteOfFrozen.selector);
        _call("escape", this.act_escape.selector);
        _call("escape", this.act_escape.selector);
        _call("closeWindow", this.act_closeWindow.selector);
        _call("payClaim", this.act_payClaim.selector);
        _call("payClaim", this.act_payClaim.selector);
        _call("payClaim", this.act_payClaim.selector);
        _call("payNote", this.act_payNote.selector);
        _call("payNote", this.act_payNote.selector);
        _call("trespass", this.act_trespass.selector);
        _call("cheat", this.act_cheat.selector);
        _target();
    }

    function _hasten() internal override {
        super._hasten();
        (settings.pauseLimit, settings.pauseInterval) = (1000 days, 1001 days);
    }

    /// @dev A walk in the running system, with the claims that it left to fetch.
    function _live() private {
        _call("register", this.act_register.selector);
        _call("topUp", this.act_topUp.selector);
        _call("pull", this.act_pull.selector);
        _call("note", this.act_note.selector);
        _call("request", this.act_request.selector);
        _call("batch", this.act_batch.selector);
        _call("batch", this.act_batch.selector);
        _call("wait", this.act_wait.selector);
        _call("mark", this.act_mark.selector);
        _call("attest", this.act_attest.selector);
        _call("propose", this.act_propose.selector);
        _call("execute", this.act_execute.selector);
        _walk(0, LIFE);
        this.act_batch(1);
    }

    /// @dev Nothing brings a frozen system back, changes who leaves with what, or lets in.
    function act_cheat(uint256 seed) external override action(seed) {
        uint256 way = _roll(9);
        if (way < 3) _cheatAnEscape(way);
        else _useOfAFrozenSystem(way);
        _did();
    }

    function _cheatAnEscape(uint256 way) private {
        uint256 index = 1 + _roll(ACCOUNTS);
        if (block.timestamp < _opens() || claims[index].filed) return;
        IExit.Escape memory claim = escapeOf(way == 0 ? 0 : index, mallory, 5);
        if (way == 1) claim.stateRoot = roots[roots.length - 2];
        if (way == 2) claim.riskRoot = field("risk root", 0);
        Groth16.Proof memory proof = proofOf(claim);
        bytes4 because = [FundCannotClaim.selector, NotLatestRoot.selector, WrongEscapePrices.selector][way];
        vm.expectRevert(because);
        exit.escape(claim, proof);
        claim = escapeOf(index, mallory, 5);
        proof = proofOf(claim);
        claim.claim = 6;
        vm.expectRevert(InvalidProof.selector);
        exit.escape(claim, proof);
    }

    function _useOfAFrozenSystem(uint256 way) private {
        if (way == 3) {
            (IGovernance.ChangeKind kind, bytes memory data) = (IGovernance.ChangeKind.OPERATOR, abi.encode(mallory));
            vm.expectRevert(SystemFrozen.selector);
            vm.prank(governors[0]);
            governance.propose(IGovernance.Change(kind, data));
        } else if (way == 4) {
            vm.expectRevert(SystemFrozen.selector);
            governance.execute(_roll(decisions.length));
        } else if (way == 5) {
            vm.expectRevert(SystemFrozen.selector);
            vm.prank(guardian);
            governance.pause(1);
        } else if (way == 6) {
            vm.expectRevert(SystemFrozen.selector);
            attestations.freeze();
        } else if (way == 7) {
            vm.expectRevert(SystemFrozen.selector);
            deposits.topUp(0, 100);
        } else {
            // Its table would be too old, but that is not what stops it.
            StepPlan memory one = step(FUNDS);
            one.epoch = uint64(usedEpoch);
            Batch memory batch = proven(planAsOf(one));
            vm.expectRevert(SystemFrozen.selector);
            submit(batch);
        }
    }

    function planAsOf(StepPlan memory one) private view returns (BatchPlan memory plan) {
        (plan.number, plan.stateBefore) = (roots.length, roots[roots.length - 1]);
        plan.steps = new StepPlan[](1);
        plan.steps[0] = one;
    }

    /// @dev INV-6 and INV-17.
    function invariant_INV6_INV17_sharesAreExactAndPricesFixed() public view {
        vm.assertEq(exit.escapePrices(), pricesEpoch, "the first table late enough");
        _sharesAreExactAndWithinThePool();
    }

    function _sharesAreExactAndWithinThePool() private view {
        IExit.Pool memory pool = exit.pool();
        (uint256 dueNotes, uint256 dueClaims) = exit.claimed();
        vm.assertEq(dueNotes, notesDue, "notes filed");
        vm.assertEq(dueClaims, claimsDue, "claims filed");
        vm.assertEq(pool.closed, poolClosed, "closed");
        vm.assertEq(pool.notesPaid, notesPaid, "notes paid");
        vm.assertEq(pool.claimsPaid, claimsPaid, "claims paid");
        vm.assertEq(exit.noteClaimCount(), notes.length, "notes");
        for (uint256 i = 0; i < notes.length; ++i) {
            vm.assertEq(keccak256(abi.encode(exit.noteClaim(i))), keccak256(abi.encode(notes[i])), "note");
        }
        for (uint256 i = 0; i <= ACCOUNTS; ++i) {
            vm.assertEq(keccak256(abi.encode(exit.escapeClaim(i))), keccak256(abi.encode(claims[i])), "claim");
        }
        if (!poolClosed) return;
        vm.assertEq(pool.notesHave, notesHave, "notes have");
        vm.assertEq(pool.claimsHave, claimsHave, "claims have");
        vm.assertLe(pool.notesPaid, pool.notesHave, "notes");
        vm.assertLe(pool.claimsPaid, pool.claimsHave, "claims");
        vm.assertLe(notesPaid + claimsPaid + latePaid, poolAtFirst, "pool");
    }

    /// @dev In walks of 60 calls, as forge makes them, every action succeeds often.
    function test_everyAction_inRandomWalks_happensOften() public {
        _assertWalks("Actions frozen", 8);
    }
}
