// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IClearing} from "../../src/interfaces/IClearing.sol";
import {IDeposits} from "../../src/interfaces/IDeposits.sol";
import {IForced} from "../../src/interfaces/IForced.sol";
import {IOracle} from "../../src/interfaces/IOracle.sol";
import {Shared} from "../../src/libraries/Shared.sol";
import {MoneyActions} from "./MoneyActions.sol";

/// @notice Batches of whatever there is to do.
abstract contract BatchActions is MoneyActions {
    uint256 private constant OPERATIONS = 4;

    uint256[] private passedOver;

    /// @dev One to three steps; whatever they do is in the ledger before the batch is sent, so it must be accepted.
    function act_batch(uint256 seed) external action(seed) {
        submit(_fullPlan());
        _did();
    }

    function _fullPlan() internal returns (BatchPlan memory plan) {
        delete passedOver;
        (plan.number, plan.stateBefore) = (roots.length, roots[roots.length - 1]);
        plan.tables = _freshTable(_oneIn(2));
        plan.steps = new StepPlan[](1 + _roll(3));
        uint256 epoch = _youngEnough(usedEpoch) ? usedEpoch : newestEpoch;
        for (uint256 i = 0; i < plan.steps.length; ++i) {
            if (epoch != newestEpoch && _oneIn(2)) epoch = newestEpoch;
            plan.steps[i] = _anyStep(epoch);
            plan.steps[i].epoch = uint64(epoch);
        }
        while (_oneIn(4) && headOfQueue < queued.length) _passOver();
        plan.rejected = passedOver;
        _accepted(plan.steps[plan.steps.length - 1].stateAfter, epoch);
    }

    /// @dev A batch of one step at the newest table, for whoever wants to see it refused. The ledger stays.
    function _planOf(StepPlan memory one) internal returns (BatchPlan memory plan) {
        _freshTable(false);
        (plan.number, plan.stateBefore) = (roots.length, roots[roots.length - 1]);
        plan.steps = new StepPlan[](1);
        plan.steps[0] = one;
        if (one.epoch == 0) one.epoch = uint64(newestEpoch);
    }

    /// @dev Young enough also for liquidations: posted now unless the newest is; or left to the batch.
    function _freshTable(bool withBatch) internal returns (IOracle.SignedTable[] memory tables) {
        if (newestEpoch != 0 && _youngEnough(newestEpoch)) return tables;
        IOracle.Table memory table = tableNow(_marks());
        IOracle.SignedTable memory signed_ = signed(table);
        if (withBatch) {
            tables = new IOracle.SignedTable[](1);
            tables[0] = signed_;
        } else {
            oracle.postTable(signed_);
        }
        _posted(table);
    }

    function _accepted(uint256 root, uint256 epoch) internal {
        endOf[root] = IClearing.BatchEnd(uint64(roots.length), uint64(block.timestamp), uint64(epoch));
        roots.push(root);
        usedEpoch = epoch;
    }

    function _youngEnough(uint256 epoch) private view returns (bool) {
        return epoch != 0 && timeOf[epoch] + settings.liquidateMaxAge >= block.timestamp;
    }

    function _anyStep(uint256 epoch) private returns (StepPlan memory) {
        uint256 kind = _roll(5);
        if (kind == 0 && _mayTrade(epoch)) return step(TRADE);
        if (kind == 1) return liquidateStep(_closeHead(), _oneIn(2) ? _closeHead() : 0);
        Operation[] memory operations = new Operation[](_roll(OPERATIONS + 1));
        for (uint256 i = 0; i < operations.length; ++i) {
            operations[i] = _anyOperation();
        }
        return fundsStep(operations);
    }

    function _mayTrade(uint256 epoch) private view returns (bool) {
        if (tradeKeyIsFunds || block.timestamp < pauseEnds) return false;
        if (block.timestamp - attestedAt <= settings.attestationAge) return true;
        for (uint256 slot = 1; slot <= SLOTS; ++slot) {
            if (_statusOf(wordsAt[epoch][slot]) == Shared.STATUS_ACTIVE) return false;
        }
        return true;
    }

    function _anyOperation() private returns (Operation memory) {
        uint256 kind = _roll(8);
        if (kind < 5) {
            while (headOfQueue < queued.length && (!_consumable() || _oneIn(8))) _passOver();
            if (headOfQueue < queued.length) return _consume();
        }
        if (kind != 5 && served[0] < demands[0].length) return _pay();
        uint256 amount = _roll(_spare() / 2 + 1);
        address to = people[_roll(people.length)];
        _credit(to, amount);
        return withdrawing(2, amount, to);
    }

    function _consumable() private view returns (bool) {
        return queued[headOfQueue].status == IDeposits.Status.QUEUED && !_expired(headOfQueue);
    }

    function _passOver() private {
        IDeposits.Deposit storage one = queued[headOfQueue];
        if (one.status == IDeposits.Status.QUEUED) one.status = IDeposits.Status.REJECTED;
        passedOver.push(headOfQueue++);
    }

    function _consume() private returns (Operation memory operation) {
        uint256 number = headOfQueue++;
        IDeposits.Deposit storage one = queued[number];
        // A registration gets the next index now; what was passed over got none.
        if (one.ownerHash != 0) one.index = uint32(indices++);
        operation = depositing(number, one.index);
        one.status = IDeposits.Status.CONSUMED;
        waiting -= one.amount;
        inside += one.amount;
        if (one.ownerHash != 0) {
            ownerOf[one.index] = one.depositor;
            registered.push(one.index);
        }
    }

    /// @dev As much as was asked, or as much as there is.
    function _pay() private returns (Operation memory) {
        IForced.Request storage one = demands[0][served[0]];
        uint256 paid = one.asked < _spare() ? one.asked : _spare();
        uint256 number = _serve(0, paid);
        return paying(number, one.index, paid, one.asked);
    }

    /// @dev The header for the oldest CLOSE, or none.
    function _closeHead() private returns (uint256) {
        if (served[1] == demands[1].length) return 0;
        uint256 index = demands[1][served[1]].index;
        uint256 paid = _roll(_spare() / 4 + 1);
        return closing(_serve(1, paid), index, paid);
    }

    function _serve(uint256 queue, uint256 paid) private returns (uint256 number) {
        bool late = _demandIsLate(queue);
        number = served[queue]++;
        IForced.Request storage one = demands[queue][number];
        if (late) {
            feesBack[one.requester] += one.fee;
        } else {
            feesHeld -= one.fee;
            feesBurnt += one.fee;
        }
        _credit(one.requester, paid);
    }
}
