// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ChangeNotQueued, TimelockRunning} from "../../src/interfaces/Errors.sol";
import {Signers} from "../../src/interfaces/Deployment.sol";
import {IGovernance} from "../../src/interfaces/IGovernance.sol";
import {IVerifiers} from "../../src/interfaces/IVerifiers.sol";
import {KeyForge} from "../support/KeyForge.sol";
import {ClockActions} from "./ClockActions.sol";

/// @notice Changes of every kind, from proposal to execution.
abstract contract GovernanceActions is ClockActions {
    /// @dev Most are approved by enough members at once.
    function act_propose(uint256 seed) external action(seed) {
        IGovernance.Change memory change = _anyChange();
        bool enough = !_oneIn(4);
        if (enough) {
            decide(change);
        } else {
            vm.prank(governors[0]);
            governance.propose(change);
        }
        decisions.push();
        decisions[decisions.length - 1].change = change;
        if (enough || governanceThreshold == 1) decisions[decisions.length - 1].queuedAt = block.timestamp;
        _did();
    }

    function act_oppose(uint256 seed) external action(seed) {
        (bool found, uint256 number) = _anyOpen();
        if (!found) return;
        for (uint256 i = 0; i < governanceThreshold; ++i) {
            vm.prank(governors[i]);
            governance.oppose(number);
        }
        decisions[number].closed = true;
        _did();
    }

    /// @dev Too early, or after a wait that no clock survives.
    function act_execute(uint256 seed) external action(seed) {
        (bool found, uint256 number) = _anyOpen();
        if (!found) return;
        Decision storage one = decisions[number];
        uint256 due = one.queuedAt + settings.timelock;
        if (one.queuedAt != 0 && block.timestamp < due && _oneIn(2)) wait(due - block.timestamp);
        bool early = one.queuedAt == 0 || block.timestamp < due;
        if (early) vm.expectRevert(one.queuedAt == 0 ? ChangeNotQueued.selector : TimelockRunning.selector);
        governance.execute(number);
        if (early) return _refused();
        one.closed = true;
        _apply(one.change);
        _did();
    }

    function _anyOpen() internal returns (bool found, uint256 number) {
        if (decisions.length == 0) return (false, 0);
        number = _roll(decisions.length);
        for (uint256 i = 0; i < decisions.length && decisions[number].closed; ++i) {
            number = (number + 1) % decisions.length;
        }
        found = !decisions[number].closed;
    }

    function _anyChange() private returns (IGovernance.Change memory change) {
        change.kind = IGovernance.ChangeKind(uint8(_roll(7)));
        if (change.kind == IGovernance.ChangeKind.PARAMETERS) {
            change.data = abi.encode(field("parameters", ++names));
        } else if (change.kind == IGovernance.ChangeKind.COMMITTEE) {
            change.data = abi.encode(_first(committeeMembers, 2 + _roll(2), 1 + _roll(2)));
        } else if (change.kind == IGovernance.ChangeKind.GOVERNANCE) {
            change.data = abi.encode(_first(governors, 2 + _roll(2), 1 + _roll(2)));
        } else if (change.kind == IGovernance.ChangeKind.VERIFIER) {
            // Both kinds of step have as many public inputs.
            IVerifiers.ProofKind other = _oneIn(2) ? IVerifiers.ProofKind.TRADE : IVerifiers.ProofKind.FUNDS;
            change.data = abi.encode(IVerifiers.ProofKind.TRADE, keccak256(KeyForge.key(other)));
        } else if (change.kind == IGovernance.ChangeKind.PROVIDER) {
            change.data = abi.encode(mallory, _oneIn(2));
        } else {
            change.data = abi.encode(address(uint160(field("somebody", ++names))));
        }
    }

    /// @dev The first members, of whom the first two are always there and decide.
    function _first(address[] memory all, uint256 count, uint256 least) internal pure returns (Signers memory signers) {
        signers = Signers(new address[](count), least);
        for (uint256 i = 0; i < count; ++i) {
            signers.members[i] = all[i];
        }
    }

    function _apply(IGovernance.Change memory change) private {
        if (change.kind == IGovernance.ChangeKind.PARAMETERS) {
            parameters = abi.decode(change.data, (uint256));
        } else if (change.kind == IGovernance.ChangeKind.COMMITTEE) {
            Signers memory signers = abi.decode(change.data, (Signers));
            (committeeSize, committeeThreshold) = (signers.members.length, signers.threshold);
        } else if (change.kind == IGovernance.ChangeKind.GOVERNANCE) {
            Signers memory signers = abi.decode(change.data, (Signers));
            (governanceSize, governanceThreshold) = (signers.members.length, signers.threshold);
        } else if (change.kind == IGovernance.ChangeKind.VERIFIER) {
            (, bytes32 key) = abi.decode(change.data, (IVerifiers.ProofKind, bytes32));
            tradeKeyIsFunds = key != keysAtFirst[uint8(IVerifiers.ProofKind.TRADE)];
        } else if (change.kind == IGovernance.ChangeKind.PROVIDER) {
            (, malloryVouches) = abi.decode(change.data, (address, bool));
        } else if (change.kind == IGovernance.ChangeKind.OPERATOR) {
            operator = abi.decode(change.data, (address));
        } else {
            guardian = abi.decode(change.data, (address));
        }
    }
}
