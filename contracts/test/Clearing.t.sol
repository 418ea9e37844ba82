// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Clearing} from "../src/Clearing.sol";
import {
    EmptyBatch,
    HiddenCalldata,
    NotAFieldElement,
    NotOperator,
    SystemFrozen,
    WrongBatchNumber,
    WrongStateRoot
} from "../src/interfaces/Errors.sol";
import {IClearing} from "../src/interfaces/IClearing.sol";
import {IGovernance} from "../src/interfaces/IGovernance.sol";
import {IOracle} from "../src/interfaces/IOracle.sol";
import {System} from "./support/System.sol";

/// @notice Batches: the chain of roots, and what is wrong with one whatever its tables, headers and proofs say.
contract ClearingTest is System {
    function setUp() public override {
        super.setUp();
        post();
    }

    // -- from the first day

    function test_constructor_whenDeployed_startsAtGenesis() public view {
        vm.assertEq(clearing.latestRoot(), genesisRoot);
        vm.assertEq(clearing.batches(), 0);
        vm.assertEq(clearing.batchTime(), NOW);
        vm.assertEq(clearing.usedEpoch(), 0);
        vm.assertEq(clearing.systemDomain(), domain());
        vm.assertEq(Clearing(address(clearing)).settledSuspense(), SETTLED);
        _checkEnd(genesisRoot, 0, NOW, 0);
        _checkEnd(field("no root"), 0, 0, 0);
    }

    /// @dev L1-4.
    function test_constructor_whenNumberIsNoFieldElement_reverts() public {
        vm.expectRevert(NotAFieldElement.selector);
        new Clearing(deployedParts(), settings, shape, R, SETTLED);
        vm.expectRevert(NotAFieldElement.selector);
        new Clearing(deployedParts(), settings, shape, genesisRoot, R);
        new Clearing(deployedParts(), settings, shape, R - 1, R - 1);
    }

    // -- what is accepted

    function test_submitBatch_whenAllIsRight_movesTheRoot() public {
        wait(5);
        BatchPlan memory plan = planOf(step(FUNDS));
        Batch memory batch = proven(plan);
        uint256 root = plan.steps[0].stateAfter;
        vm.expectEmit(address(clearing));
        emit IClearing.BatchAccepted(1, root, lastEpoch, 1, genesisRoot);
        submit(batch);
        vm.assertEq(clearing.latestRoot(), root);
        vm.assertEq(clearing.batches(), 1);
        vm.assertEq(clearing.batchTime(), NOW + 5);
        vm.assertEq(clearing.usedEpoch(), lastEpoch);
        _checkEnd(root, 1, NOW + 5, lastEpoch);
        _checkEnd(genesisRoot, 0, NOW, 0);
    }

    function test_submitBatch_whenStepsAreOfAllKinds_chainsThem() public {
        BatchPlan memory plan = planOf(step(TRADE), step(FUNDS), step(LIQUIDATE));
        plan.steps[0].suspenseAfter = field("owed");
        plan.steps[1].suspenseAfter = R - 1;
        submit(plan);
        vm.assertEq(clearing.latestRoot(), plan.steps[2].stateAfter);
        _checkEnd(plan.steps[0].stateAfter, 0, 0, 0);
        submit();
        vm.assertEq(clearing.batches(), 2);
        _checkEnd(plan.steps[2].stateAfter, 1, NOW, lastEpoch);
    }

    function testFuzz_submitBatch_whenStepsAreAny_chainsThem(uint256 seed) public {
        StepPlan[] memory steps = new StepPlan[](1 + seed % 6);
        for (uint256 i = 0; i < steps.length; ++i) {
            uint256 drawn = uint256(keccak256(abi.encode(seed, i)));
            steps[i] = step(drawn % 3 == 0 ? TRADE : drawn % 3 == 1 ? FUNDS : LIQUIDATE);
            steps[i].stateAfter = drawn % R;
            if (i + 1 < steps.length && drawn & 256 == 0) steps[i].suspenseAfter = field("owed", drawn);
        }
        submit(planOf(steps));
        vm.assertEq(clearing.latestRoot(), steps[steps.length - 1].stateAfter);
    }

    function test_submitBatch_whenNumbersAreTheLargest_accepts() public {
        BatchPlan memory plan = planOf(step(FUNDS), step(FUNDS));
        (plan.steps[0].stateAfter, plan.steps[0].suspenseAfter) = (R - 1, R - 1);
        (plan.steps[0].salt, plan.steps[0].dataCommit) = (R - 1, R - 1);
        plan.steps[0].words[0] = R - 1;
        submit(plan);
    }

    // -- who, and from where

    /// @dev L1-1.
    function test_submitBatch_whenFrozen_reverts() public {
        freeze();
        refuses(proven(planOfPosted()), SystemFrozen.selector);
    }

    /// @dev L1-50.
    function test_submitBatch_whenSenderIsNotOperator_reverts() public {
        Batch memory batch = proven(planOf(step(FUNDS)));
        vm.expectRevert(NotOperator.selector);
        submitAs(mallory, mallory, batch);
        vm.expectRevert(NotOperator.selector);
        submitAs(guardian, operator, batch);
        submit(batch);
    }

    function test_submitBatch_whenOperatorWasReplaced_obeysTheNewOne() public {
        address before = operator;
        enact(IGovernance.ChangeKind.OPERATOR, abi.encode(mallory));
        refuses(planOf(step(FUNDS)), NotOperator.selector);
        operator = mallory;
        submit();
        vm.assertNotEq(before, governance.operator());
    }

    /// @dev L1-78: nobody would know where to look for the words.
    function test_submitBatch_whenOperatorDidNotBeginTheTransaction_reverts() public {
        Batch memory batch = proven(planOf(step(FUNDS)));
        vm.expectRevert(HiddenCalldata.selector);
        submitAs(operator, mallory, batch);
    }

    /// @dev L1-78: an account that delegates to code calls itself from inside somebody's data.
    function test_submitBatch_whenOperatorHasCode_reverts() public {
        Batch memory batch = proven(planOf(step(FUNDS)));
        vm.etch(operator, hex"00");
        refuses(batch, HiddenCalldata.selector);
        vm.etch(operator, "");
        submit(batch);
    }

    // -- which batch

    /// @dev L1-51.
    function testFuzz_submitBatch_whenNumberIsNotTheNext_reverts(uint256 number) public {
        submit();
        BatchPlan memory plan = planOf(step(FUNDS));
        vm.assume(number != plan.number);
        plan.number = number;
        refuses(plan, WrongBatchNumber.selector);
        plan.number = 1;
        refuses(plan, WrongBatchNumber.selector);
        plan.number = 3;
        refuses(plan, WrongBatchNumber.selector);
    }

    /// @dev L1-53; trap 10: also the right root plus R.
    function test_submitBatch_whenRootIsNotTheLatest_reverts() public {
        submit();
        BatchPlan memory plan = planOf(step(FUNDS));
        uint256 latest = plan.stateBefore;
        plan.stateBefore = genesisRoot;
        refuses(plan, WrongStateRoot.selector);
        plan.stateBefore = latest + R;
        refuses(plan, WrongStateRoot.selector);
        plan.stateBefore = latest;
        submit(plan);
    }

    /// @dev L1-51: the same batch again.
    function test_submitBatch_whenSentTwice_reverts() public {
        Batch memory batch = proven(planOf(step(FUNDS)));
        submit(batch);
        refuses(batch, WrongBatchNumber.selector);
    }

    /// @dev L1-52.
    function test_submitBatch_whenThereAreNoSteps_reverts() public {
        refuses(planOf(new StepPlan[](0)), EmptyBatch.selector);
    }

    // -- helpers

    /// @dev A batch at a posted table, when no new one may be posted.
    function planOfPosted() private returns (BatchPlan memory plan) {
        plan = planOf(step(FUNDS));
        plan.tables = new IOracle.SignedTable[](0);
        plan.steps[0].epoch = uint64(oracle.newestEpoch());
    }

    function _checkEnd(uint256 root, uint256 number, uint256 time, uint256 epoch) private view {
        IClearing.BatchEnd memory end = clearing.batchEnd(root);
        vm.assertEq(end.number, number);
        vm.assertEq(end.time, time);
        vm.assertEq(end.epoch, epoch);
    }
}
