// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NotAFieldElement, SuspenseOpen, UnknownStepKind, WrongWordCount} from "../src/interfaces/Errors.sol";
import {IClearing} from "../src/interfaces/IClearing.sol";
import {IOracle} from "../src/interfaces/IOracle.sol";
import {System} from "./support/System.sol";

/// @notice What is wrong with steps and their words, and tables that come with a batch.
contract ClearingStepsTest is System {
    function setUp() public override {
        super.setUp();
        post();
    }

    // -- its steps

    /// @dev L1-79.
    function testFuzz_submitBatch_whenKindIsUnknown_reverts(uint8 kind) public {
        vm.assume(kind == 0 || kind > LIQUIDATE);
        Batch memory batch = proven(planOf(step(FUNDS)));
        uint256 head = batch.steps[0].head;
        batch.steps[0].head = (head >> 8) << 8 | kind;
        refuses(batch, UnknownStepKind.selector);
        batch.steps[0].head = (head >> 8) << 8 | 4;
        refuses(batch, UnknownStepKind.selector);
        batch.steps[0].head = (head >> 8) << 8;
        refuses(batch, UnknownStepKind.selector);
    }

    /// @dev L1-79: what stands above the epoch would be a second name of the same step.
    function test_submitBatch_whenHeadHasStrayBits_reverts() public {
        Batch memory batch = proven(planOf(step(FUNDS)));
        uint256 head = batch.steps[0].head;
        for (uint256 bit = 72; bit < 256; bit += 61) {
            batch.steps[0].head = head | 1 << bit;
            refuses(batch, UnknownStepKind.selector);
        }
    }

    /// @dev L1-4, trap 10: a number plus R would be the same to the proof. R itself, for it stands for 0.
    function test_submitBatch_whenNumberOfStepIsAboveTheField_reverts() public {
        Batch memory batch = proven(planOf(step(FUNDS)));
        for (uint256 part = 0; part < 4; ++part) {
            _move(batch.steps[0], part, R);
            refuses(batch, NotAFieldElement.selector);
            unchecked {
                _move(batch.steps[0], part, 0 - R);
            }
        }
        submit(batch);
    }

    function test_submitBatch_whenNumberOfStepIsTheOrder_reverts() public {
        BatchPlan memory plan = planOf(step(FUNDS));
        (plan.steps[0].stateAfter, plan.steps[0].salt) = (0, 0);
        Batch memory batch = proven(plan);
        batch.steps[0].stateAfter = R;
        refuses(batch, NotAFieldElement.selector);
        batch.steps[0].stateAfter = 0;
        batch.steps[0].salt = R;
        refuses(batch, NotAFieldElement.selector);
        batch = proven(planOf(step(FUNDS)));
        batch.steps[0].suspenseAfter = R;
        refuses(batch, NotAFieldElement.selector);
        batch = proven(planOf(step(FUNDS)));
        batch.steps[0].dataCommit = R;
        refuses(batch, NotAFieldElement.selector);
    }

    /// @dev L1-4, trap 10: a word plus R has the polynomial value of the word, so nothing else would notice.
    function test_submitBatch_whenWordIsAboveTheField_reverts() public {
        Batch memory batch = proven(planOf(step(TRADE), step(FUNDS), step(LIQUIDATE)));
        for (uint256 i = 0; i < batch.words.length; ++i) {
            batch.words[i] += R;
            refuses(batch, NotAFieldElement.selector);
            batch.words[i] -= R;
        }
        submit(batch);
    }

    /// @dev L1-4, to the number: a word of just R is 0 to a proof.
    function test_submitBatch_whenWordIsTheOrder_reverts() public {
        BatchPlan memory trade = planOf(step(TRADE));
        trade.steps[0].words = new uint256[](TRADE_WORDS);
        Batch memory batch = proven(trade);
        for (uint256 i = 0; i < batch.words.length; ++i) {
            batch.words[i] = R;
            refuses(batch, NotAFieldElement.selector);
            batch.words[i] = 0;
        }
        BatchPlan memory funds = planOf(step(FUNDS));
        funds.steps[0].words[FUNDS_WORDS - 1] = 0;
        batch = proven(funds);
        batch.words[FUNDS_WORDS - 1] = R;
        refuses(batch, NotAFieldElement.selector);
    }

    /// @dev L1-64: exactly the words of the kinds.
    function test_submitBatch_whenWordsAreTooFewOrTooMany_reverts() public {
        for (uint8 kind = TRADE; kind <= LIQUIDATE; ++kind) {
            BatchPlan memory plan = planOf(step(kind));
            uint256[] memory words = plan.steps[0].words;
            plan.steps[0].words = _resized(words, words.length - 1);
            refuses(plan, WrongWordCount.selector);
            plan.steps[0].words = _resized(words, 0);
            refuses(plan, WrongWordCount.selector);
            plan.steps[0].words = joined(words, new uint256[](1));
            refuses(plan, WrongWordCount.selector);
            plan.steps[0].words = words;
            submit(plan);
        }
    }

    /// @dev L1-64: the second step finds only what the first left.
    function test_submitBatch_whenWordsAreThoseOfOneStepLess_reverts() public {
        Batch memory batch = proven(planOf(step(FUNDS), step(TRADE)));
        batch.words = _resized(batch.words, FUNDS_WORDS);
        refuses(batch, WrongWordCount.selector);
    }

    /// @dev L1-55.
    function test_submitBatch_whenSomethingIsOwedAtTheEnd_reverts() public {
        BatchPlan memory plan = planOf(step(TRADE), step(TRADE));
        plan.steps[1].suspenseAfter = field("owed");
        refuses(plan, SuspenseOpen.selector);
        plan.steps[1].suspenseAfter = 0;
        refuses(plan, SuspenseOpen.selector);
    }

    // -- tables that come with it

    function test_submitBatch_whenTableComesWithIt_postsAndUsesIt() public {
        wait(61);
        BatchPlan memory plan = planOf(step(FUNDS));
        vm.assertEq(plan.tables.length, 1);
        submit(plan);
        vm.assertEq(oracle.newestEpoch(), lastEpoch);
        vm.assertEq(clearing.usedEpoch(), lastEpoch);
    }

    /// @dev Whoever posts the table of a batch in front of it does not kill the batch.
    function test_submitBatch_whenItsTableWasPostedBefore_accepts() public {
        wait(61);
        BatchPlan memory plan = planOf(step(FUNDS));
        Batch memory batch = proven(plan);
        vm.prank(mallory);
        oracle.postTable(plan.tables[0]);
        submit(batch);
        vm.assertEq(clearing.batches(), 1);
    }

    function test_submitBatch_whenSeveralTablesComeWithIt_postsThemInOrder() public {
        wait(5);
        IOracle.SignedTable[] memory tables = new IOracle.SignedTable[](2);
        tables[0] = signed(tableNow());
        IOracle.Table memory later = tableNow();
        (tables[0].table.time, later.time) = (later.time - 1, later.time);
        tables[0] = signed(tables[0].table);
        tables[1] = signed(later);
        BatchPlan memory plan = planOf(step(FUNDS), step(FUNDS));
        plan.tables = tables;
        (plan.steps[0].epoch, plan.steps[1].epoch) = (lastEpoch - 1, lastEpoch);
        submit(plan);
        vm.assertEq(oracle.newestEpoch(), lastEpoch);
    }

    // -- helpers

    function _move(IClearing.Step memory moved, uint256 part, uint256 by) private pure {
        unchecked {
            if (part == 0) moved.stateAfter += by;
            if (part == 1) moved.suspenseAfter += by;
            if (part == 2) moved.salt += by;
            if (part == 3) moved.dataCommit += by;
        }
    }

    function _resized(uint256[] memory words, uint256 length) private pure returns (uint256[] memory fewer) {
        fewer = new uint256[](length);
        for (uint256 i = 0; i < length; ++i) {
            fewer[i] = words[i];
        }
    }
}
