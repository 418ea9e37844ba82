// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Signers} from "../src/interfaces/Deployment.sol";
import {
    AlreadyVoted,
    ChangeClosed,
    ChangeExpired,
    ChangeNotQueued,
    NotGovernance,
    SystemFrozen,
    TimelockRunning,
    UnknownChange
} from "../src/interfaces/Errors.sol";
import {IGovernance} from "../src/interfaces/IGovernance.sol";
import {System} from "./support/System.sol";

/// @notice Changes, votes on them, and the timelock.
contract GovernanceTest is System {
    // -- votes

    function test_vote_bySomebodyElse_reverts() public {
        // L1-90, before anything is said of the change.
        IGovernance.Change memory change = IGovernance.Change(IGovernance.ChangeKind.OPERATOR, abi.encode(address(0)));
        vm.expectRevert(NotGovernance.selector);
        governance.propose(change);
        vm.expectRevert(NotGovernance.selector);
        governance.approve(9);
        vm.expectRevert(NotGovernance.selector);
        governance.oppose(9);
    }

    function test_vote_onAnUnknownChange_reverts() public {
        // L1-91.
        _decided();
        vm.expectRevert(UnknownChange.selector);
        vm.prank(governors[0]);
        governance.approve(1);
        vm.expectRevert(UnknownChange.selector);
        vm.prank(governors[0]);
        governance.oppose(1);
        vm.expectRevert(UnknownChange.selector);
        governance.execute(1);
        vm.expectRevert(UnknownChange.selector);
        governance.proposal(1);
    }

    function test_vote_twice_reverts() public {
        // L1-92: proposing is approving; who approved may still object, once.
        uint256 number = _decided();
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(AlreadyVoted.selector);
            vm.prank(governors[i]);
            governance.approve(number);
        }
        vm.prank(governors[0]);
        governance.oppose(number);
        vm.expectRevert(AlreadyVoted.selector);
        vm.prank(governors[0]);
        governance.oppose(number);
    }

    function test_propose_saysWhatAndApproves() public {
        IGovernance.Change memory change = IGovernance.Change(IGovernance.ChangeKind.OPERATOR, abi.encode(alice));
        vm.expectEmit(address(governance));
        emit IGovernance.ChangeProposed(0, governors[1], change.kind, change.data);
        vm.expectEmit(address(governance));
        emit IGovernance.ChangeApproved(0, governors[1]);
        vm.prank(governors[1]);
        vm.assertEq(governance.propose(change), 0);
        IGovernance.Proposal memory kept = governance.proposal(0);
        vm.assertTrue(kept.change.kind == change.kind);
        vm.assertEq(kept.change.data, change.data);
        vm.assertEq(kept.approvals.length, 1);
        vm.assertEq(kept.approvals[0], governors[1]);
        vm.assertEq(kept.objections.length, 0);
        vm.assertEq(kept.queuedAt, 0);
        vm.assertFalse(kept.closed);
        vm.assertEq(governance.proposalCount(), 1);
    }

    function test_approve_whenEnough_startsTheTimelockOnce() public {
        vm.prank(governors[0]);
        uint256 number = governance.propose(_change());
        wait(60 days);
        vm.expectEmit(address(governance));
        emit IGovernance.ChangeApproved(number, governors[2]);
        vm.expectEmit(address(governance));
        emit IGovernance.ChangeQueued(number, block.timestamp + settings.timelock);
        vm.prank(governors[2]);
        governance.approve(number);
        uint256 queued = block.timestamp;
        wait(1 days);
        vm.prank(governors[1]);
        governance.approve(number);
        vm.assertEq(governance.proposal(number).queuedAt, queued);
        vm.assertEq(governance.proposal(number).approvals.length, 3);
    }

    function test_propose_whenOneIsEnough_startsTheTimelock() public {
        _enact(IGovernance.ChangeKind.GOVERNANCE, abi.encode(Signers(governors, 1)));
        vm.prank(governors[0]);
        uint256 number = governance.propose(_change());
        vm.assertEq(governance.proposal(number).queuedAt, block.timestamp);
    }

    function test_oppose_byAsManyAsApprove_cancels() public {
        // L1-95: queued or not.
        uint256 number = _decided();
        vm.expectEmit(address(governance));
        emit IGovernance.ChangeOpposed(number, governors[0]);
        vm.prank(governors[0]);
        governance.oppose(number);
        vm.assertFalse(governance.proposal(number).closed);
        vm.expectEmit(address(governance));
        emit IGovernance.ChangeOpposed(number, governors[2]);
        vm.expectEmit(address(governance));
        emit IGovernance.ChangeCancelled(number);
        vm.prank(governors[2]);
        governance.oppose(number);
        vm.assertTrue(governance.proposal(number).closed);
        wait(settings.timelock);
        vm.expectRevert(ChangeClosed.selector);
        governance.execute(number);
        vm.expectRevert(ChangeClosed.selector);
        vm.prank(governors[2]);
        governance.approve(number);
        vm.expectRevert(ChangeClosed.selector);
        vm.prank(governors[1]);
        governance.oppose(number);
    }

    function test_votes_ofFormerMembers_doNotCount() public {
        vm.prank(governors[0]);
        uint256 number = governance.propose(_change());
        vm.prank(governors[0]);
        governance.oppose(number);
        address[] memory others = new address[](3);
        (others[0], others[1], others[2]) = (address(7), governors[1], governors[2]);
        _enact(IGovernance.ChangeKind.GOVERNANCE, abi.encode(Signers(others, 2)));
        vm.expectRevert(NotGovernance.selector);
        vm.prank(governors[0]);
        governance.approve(number);
        vm.prank(governors[1]);
        governance.approve(number);
        vm.assertEq(governance.proposal(number).queuedAt, 0);
        vm.prank(address(7));
        governance.approve(number);
        vm.assertEq(governance.proposal(number).queuedAt, block.timestamp);
        vm.prank(address(7));
        governance.oppose(number);
        vm.assertFalse(governance.proposal(number).closed);
        vm.prank(governors[2]);
        governance.oppose(number);
        vm.assertTrue(governance.proposal(number).closed);
    }

    // -- the timelock

    function test_execute_whenNotApproved_reverts() public {
        // L1-93.
        vm.prank(governors[0]);
        uint256 number = governance.propose(_change());
        wait(60 days);
        vm.expectRevert(ChangeNotQueued.selector);
        governance.execute(number);
    }

    /// @dev L1-104: what was let lie would be an instant power over everybody who came since.
    function test_execute_whenTooLate_reverts() public {
        uint256 number = _decided();
        uint256 other = _decided();
        wait(settings.timelock + 14 days - 1);
        governance.execute(number);
        wait(1);
        vm.expectRevert(ChangeExpired.selector);
        governance.execute(other);
    }

    function test_execute_whenTooEarly_reverts() public {
        // L1-94: to the second.
        uint256 number = _decided();
        wait(settings.timelock - 1);
        vm.expectRevert(TimelockRunning.selector);
        governance.execute(number);
        wait(1);
        vm.expectEmit(address(governance));
        emit IGovernance.ChangeExecuted(number);
        vm.prank(mallory);
        governance.execute(number);
        vm.assertEq(governance.operator(), alice);
        // L1-95.
        vm.expectRevert(ChangeClosed.selector);
        governance.execute(number);
    }

    function test_afterAFreeze_nothingChanges() public {
        // L1-1, trap 14: a change whose time comes after the freeze, and no new vote either.
        uint256 number = _decided();
        wait(settings.timelock);
        attestations.freeze();
        vm.expectRevert(SystemFrozen.selector);
        governance.execute(number);
        IGovernance.Change memory change = _change();
        vm.startPrank(governors[2]);
        vm.expectRevert(SystemFrozen.selector);
        governance.propose(change);
        vm.expectRevert(SystemFrozen.selector);
        governance.approve(number);
        vm.expectRevert(SystemFrozen.selector);
        governance.oppose(number);
        vm.assertEq(governance.operator(), operator);
    }

    /// @dev Who is a member and how many of them it takes, against a count of our own.
    function testFuzz_votes_countOncePerMember(uint8 threshold, uint8[12] memory votes) public {
        threshold = uint8(bound(threshold, 1, 3));
        _enact(IGovernance.ChangeKind.GOVERNANCE, abi.encode(Signers(governors, threshold)));
        vm.prank(governors[0]);
        uint256 number = governance.propose(_change());
        uint256[2] memory counts = [uint256(1), 0];
        bool[3][2] memory voted;
        voted[0][0] = true;
        bool closed;
        for (uint256 i = 0; i < votes.length; ++i) {
            (uint256 way, uint256 who) = (votes[i] % 2, (votes[i] / 2) % 3);
            if (closed) vm.expectRevert(ChangeClosed.selector);
            else if (voted[way][who]) vm.expectRevert(AlreadyVoted.selector);
            vm.prank(governors[who]);
            way == 0 ? governance.approve(number) : governance.oppose(number);
            if (closed || voted[way][who]) continue;
            voted[way][who] = true;
            closed = ++counts[way] >= threshold && way == 1;
        }
        IGovernance.Proposal memory end = governance.proposal(number);
        vm.assertEq(end.approvals.length, counts[0]);
        vm.assertEq(end.objections.length, counts[1]);
        vm.assertEq(end.queuedAt > 0, counts[0] >= threshold);
        vm.assertEq(end.closed, counts[1] >= threshold);
    }

    function _change() private view returns (IGovernance.Change memory) {
        return IGovernance.Change(IGovernance.ChangeKind.OPERATOR, abi.encode(alice));
    }

    function _decided() private returns (uint256) {
        return decide(_change());
    }

    /// @dev Nobody freezes meanwhile, though anyone might.
    function _enact(IGovernance.ChangeKind kind, bytes memory data) private {
        uint256 number = decide(IGovernance.Change(kind, data));
        wait(settings.timelock);
        governance.execute(number);
    }
}
