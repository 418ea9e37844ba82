// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    EpochChangedMidTrade,
    EpochWentBack,
    SolvencyGateShut,
    StaleTable,
    TradingPaused,
    UnknownTable
} from "../src/interfaces/Errors.sol";
import {IOracle} from "../src/interfaces/IOracle.sol";
import {Shared} from "../src/libraries/Shared.sol";
import {System} from "./support/System.sol";

/// @notice Which tables steps may use, and when they may trade.
contract ClearingTablesTest is System {
    uint64 private first;

    function setUp() public override {
        super.setUp();
        first = post();
    }

    // -- L1-56, L1-57: which table; trap 12

    /// @dev Trap 12: an epoch that is not posted, also one whose table exists.
    function test_submitBatch_whenTableIsNotPosted_reverts() public {
        tableNow();
        BatchPlan memory plan = planOf(step(FUNDS));
        plan.steps[0].epoch = lastEpoch;
        refuses(plan, UnknownTable.selector);
        plan.steps[0].epoch = type(uint64).max;
        refuses(plan, UnknownTable.selector);
        Batch memory batch = proven(plan);
        batch.steps[0].head = FUNDS;
        refuses(batch, UnknownTable.selector);
    }

    /// @dev Trap 12: inside a batch and from batch to batch.
    function test_submitBatch_whenEpochGoesBack_reverts() public {
        wait(5);
        uint64 second = post();
        refuses(_at(second, first, FUNDS), EpochWentBack.selector);
        submit(_at(first, second, FUNDS));
        refuses(_at(first, first, FUNDS), EpochWentBack.selector);
        refuses(_at(first, second, FUNDS), EpochWentBack.selector);
        submit(_at(second, second, FUNDS));
    }

    // -- L1-58; trap 39

    function test_submitBatch_whenEpochChangesWhileSomethingIsOwed_reverts() public {
        wait(5);
        uint64 second = post();
        BatchPlan memory plan = _at(first, second, TRADE);
        plan.steps[0].suspenseAfter = SETTLED + 1;
        refuses(plan, EpochChangedMidTrade.selector);
        plan.steps[0].suspenseAfter = SETTLED - 1;
        refuses(plan, EpochChangedMidTrade.selector);
        plan = planOf(step(TRADE), step(TRADE), step(TRADE));
        (plan.steps[0].epoch, plan.steps[1].epoch, plan.steps[2].epoch) = (first, first, second);
        plan.steps[0].suspenseAfter = field("owed");
        submit(plan);
        vm.assertEq(clearing.usedEpoch(), second);
    }

    // -- L1-59: how old; traps 44 and 48

    function test_submitBatch_whenTableIsOfAnHourAgo_acceptsAndNoLonger() public {
        wait(settings.maxAge);
        uint256 state = vm.snapshotState();
        submit(_at(first, first, FUNDS));
        vm.revertToState(state);
        submit(_at(first, first, TRADE));
        vm.revertToState(state);
        wait(1);
        refuses(_at(first, first, FUNDS), StaleTable.selector);
        refuses(_at(first, first, TRADE), StaleTable.selector);
    }

    function test_submitBatch_whenLiquidateStepUsesAnOldTable_reverts() public {
        wait(settings.liquidateMaxAge);
        uint256 state = vm.snapshotState();
        submit(_at(first, first, LIQUIDATE));
        vm.revertToState(state);
        wait(1);
        refuses(_at(first, first, LIQUIDATE), StaleTable.selector);
        // Also behind a step of another kind that may use it.
        BatchPlan memory plan = planOf(step(FUNDS), step(LIQUIDATE));
        (plan.steps[0].epoch, plan.steps[1].epoch) = (first, first);
        refuses(plan, StaleTable.selector);
        plan.steps[1].epoch = lastEpoch;
        submit(plan);
    }

    // -- L1-62, L1-63: when trade steps stop

    function test_submitBatch_whenPaused_stopsTradeStepsOnly() public {
        vm.prank(guardian);
        governance.pause(1 days);
        refuses(planOf(step(TRADE)), TradingPaused.selector);
        submit(planOf(step(FUNDS), step(LIQUIDATE)));
        vm.warp(NOW + 1 days - 1);
        attest();
        refuses(planOf(step(TRADE)), TradingPaused.selector);
        vm.warp(NOW + 1 days);
        submit(planOf(step(TRADE)));
    }

    function test_submitBatch_whenNoAttestationIsYoung_stopsTradesAtActiveTables() public {
        wait(settings.attestationAge);
        submit(planOf(step(TRADE)));
        wait(1);
        refuses(planOf(step(TRADE)), SolvencyGateShut.selector);
        // The others go on, and reopen it.
        submit(planOf(step(FUNDS), step(LIQUIDATE)));
        attest();
        submit(planOf(step(TRADE)));
    }

    function test_submitBatch_whenGateIsShut_reducesAtTablesWithoutActiveSlots() public {
        wait(settings.attestationAge + 1);
        post(tableNow(marksOf(mark(Shared.STATUS_REDUCE_ONLY, 1, 1_000))));
        submit(planOf(step(TRADE)));
        wait(1);
        uint64 reducing = uint64(oracle.newestEpoch());
        uint64 active = post();
        refuses(_at(reducing, active, TRADE), SolvencyGateShut.selector);
    }

    // -- helpers

    /// @dev Two steps of a kind at these epochs; no table comes with them unless patience is over.
    function _at(uint64 one, uint64 other, uint8 kind) private returns (BatchPlan memory plan) {
        plan = planOf(step(kind), step(kind));
        (plan.steps[0].epoch, plan.steps[1].epoch) = (one, other);
        plan.tables = new IOracle.SignedTable[](0);
    }
}
