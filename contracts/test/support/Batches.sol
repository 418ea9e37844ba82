// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Groth16} from "../../src/libraries/Groth16.sol";
import {IClearing} from "../../src/interfaces/IClearing.sol";
import {IOracle} from "../../src/interfaces/IOracle.sol";
import {IVerifiers} from "../../src/interfaces/IVerifiers.sol";
import {Shared} from "../../src/libraries/Shared.sol";
import {KeyForge} from "./KeyForge.sol";
import {Steps} from "./Steps.sol";

/// @notice Batches, from a plan to the transaction. A plan says what steps there are; a test changes what it wants to
/// see refused before the proofs are made, or in the batch afterwards.
/// @dev BatchPlan memory plan = planOf(step(FUNDS)); plan.steps[0].stateAfter = 5; submit(proven(plan));
abstract contract Batches is Steps {
    /// @dev Seconds for which batches go on using a table.
    uint256 internal constant PATIENCE = 60;

    struct BatchPlan {
        uint256 number;
        uint256 stateBefore;
        uint256[] rejected;
        StepPlan[] steps;
        IOracle.SignedTable[] tables;
    }

    struct Batch {
        IClearing.Header header;
        IClearing.Step[] steps;
        uint256[] words;
        IOracle.SignedTable[] tables;
    }

    // -- plans

    function planOf(StepPlan memory one) internal returns (BatchPlan memory) {
        StepPlan[] memory steps = new StepPlan[](1);
        steps[0] = one;
        return planOf(steps);
    }

    function planOf(StepPlan memory one, StepPlan memory other) internal returns (BatchPlan memory) {
        StepPlan[] memory steps = new StepPlan[](2);
        (steps[0], steps[1]) = (one, other);
        return planOf(steps);
    }

    function planOf(StepPlan memory one, StepPlan memory other, StepPlan memory third)
        internal
        returns (BatchPlan memory)
    {
        StepPlan[] memory steps = new StepPlan[](3);
        (steps[0], steps[1], steps[2]) = (one, other, third);
        return planOf(steps);
    }

    /// @dev The next batch. Steps that name no epoch use the newest table, or a new one that comes with the batch.
    function planOf(StepPlan[] memory steps) internal returns (BatchPlan memory plan) {
        plan.number = clearing.batches() + 1;
        plan.stateBefore = clearing.latestRoot();
        plan.steps = steps;
        uint64 epoch = uint64(oracle.newestEpoch());
        if (epoch == 0 || oracle.postedTable(epoch).time + PATIENCE < block.timestamp) {
            plan.tables = new IOracle.SignedTable[](1);
            plan.tables[0] = signed(tableNow());
            epoch = lastEpoch;
        }
        for (uint256 i = 0; i < steps.length; ++i) {
            if (steps[i].epoch == 0) steps[i].epoch = epoch;
        }
    }

    // -- proofs

    /// @dev The batch of a plan, with a proof of every step at its place.
    function proven(BatchPlan memory plan) internal view returns (Batch memory batch) {
        batch.header = IClearing.Header(plan.number, plan.stateBefore, plan.rejected);
        batch.tables = plan.tables;
        batch.steps = new IClearing.Step[](plan.steps.length);
        for (uint256 i = 0; i < plan.steps.length; ++i) {
            StepPlan memory one = plan.steps[i];
            batch.words = joined(batch.words, one.words);
            batch.steps[i] = IClearing.Step({
                head: one.kind | uint256(one.epoch) << 8,
                stateAfter: one.stateAfter,
                suspenseAfter: one.suspenseAfter,
                salt: one.salt,
                dataCommit: one.dataCommit,
                proof: proofOf(one.kind, inputsOf(plan, i))
            });
        }
    }

    /// @dev A proof of a step with these public inputs.
    function proofOf(uint8 kind, uint256[] memory inputs) internal view returns (Groth16.Proof memory) {
        // A kind that does not exist has no key; any will do for what is refused anyhow.
        uint8 known = kind >= TRADE && kind <= LIQUIDATE ? kind : FUNDS;
        return KeyForge.prove(IVerifiers.ProofKind(known), inputs, inputs[Shared.STEP_INPUT_SALT]);
    }

    /// @dev All twelve public inputs of a step of a plan, worked out apart from the contract.
    function inputsOf(BatchPlan memory plan, uint256 place) internal view returns (uint256[] memory inputs) {
        StepPlan memory one = plan.steps[place];
        inputs = new uint256[](12);
        inputs[0] = domain();
        inputs[1] = place == 0 ? plan.stateBefore : plan.steps[place - 1].stateAfter;
        inputs[2] = one.stateAfter;
        inputs[3] = place == 0 ? SETTLED : plan.steps[place - 1].suspenseAfter;
        inputs[4] = one.suspenseAfter;
        (inputs[5], inputs[7]) = _tableOf(plan, one.epoch);
        inputs[6] = governance.parametersAt(inputs[7]);
        inputs[8] = one.salt;
        inputs[9] = one.dataCommit;
        inputs[10] = challengeOf(plan.number, place, one.kind, one.dataCommit, one.words);
        inputs[11] = valueAt(one.words, inputs[10]);
    }

    function challengeOf(uint256 number, uint256 place, uint256 kind, uint256 dataCommit, uint256[] memory words)
        internal
        view
        returns (uint256)
    {
        bytes32 digest = keccak256(abi.encodePacked(words));
        return uint256(keccak256(abi.encode(domain(), number, place, kind, dataCommit, digest))) % R;
    }

    /// @dev Σ words_i·z^i.
    function valueAt(uint256[] memory words, uint256 z) internal pure returns (uint256 sum) {
        uint256 power = 1;
        for (uint256 i = 0; i < words.length; ++i) {
            sum = addmod(sum, mulmod(words[i], power, R), R);
            power = mulmod(power, z, R);
        }
    }

    function joined(uint256[] memory one, uint256[] memory other) internal pure returns (uint256[] memory both) {
        both = new uint256[](one.length + other.length);
        for (uint256 i = 0; i < both.length; ++i) {
            both[i] = i < one.length ? one[i] : other[i - one.length];
        }
    }

    /// @dev Risk root and time of a table that is posted or comes with the batch.
    function _tableOf(BatchPlan memory plan, uint256 epoch) private view returns (uint256 riskRoot, uint256 time) {
        for (uint256 i = 0; i < plan.tables.length; ++i) {
            IOracle.Table memory table = plan.tables[i].table;
            if (table.epoch == epoch) return (table.riskRoot, table.time);
        }
        IOracle.Posted memory posted = oracle.postedTable(epoch);
        return (posted.riskRoot, posted.time);
    }

    // -- transactions

    /// @dev The operator sends a batch, itself and directly.
    function submit(Batch memory batch) internal {
        submitAs(operator, operator, batch);
    }

    function submitAs(address sender, address origin, Batch memory batch) internal {
        vm.prank(sender, origin);
        clearing.submitBatch(batch.header, batch.steps, batch.words, batch.tables);
    }

    function submit(BatchPlan memory plan) internal {
        submit(proven(plan));
    }

    function submit(StepPlan memory one) internal {
        submit(proven(planOf(one)));
    }

    /// @dev A batch of one step that does nothing.
    function submit() internal {
        submit(step(FUNDS));
    }

    /// @dev The batch is refused by this very error, and nothing has moved.
    function refuses(Batch memory batch, bytes4 selector) internal {
        (uint256 root, uint256 number) = (clearing.latestRoot(), clearing.batches());
        vm.expectRevert(selector);
        submit(batch);
        vm.assertEq(clearing.latestRoot(), root);
        vm.assertEq(clearing.batches(), number);
    }

    function refuses(BatchPlan memory plan, bytes4 selector) internal {
        refuses(proven(plan), selector);
    }
}
