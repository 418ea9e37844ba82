// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Campaign} from "./Campaign.sol";

/// @notice A system that runs, however late everybody is: nobody freezes it.
contract RunningInvariants is Campaign {
    /// @dev Calls before forge's begin, so that there is something to fetch from the first of them on.
    uint256 private constant YOUTH = 60;

    function setUp() public override {
        super.setUp();
        _call("register", this.act_register.selector);
        _call("topUp", this.act_topUp.selector);
        _call("refund", this.act_refund.selector);
        _call("push", this.act_push.selector);
        _call("pull", this.act_pull.selector);
        _call("note", this.act_note.selector);
        _call("donate", this.act_donate.selector);
        _call("block", this.act_block.selector);
        _call("request", this.act_request.selector);
        _call("request", this.act_request.selector);
        _call("request", this.act_request.selector);
        _call("pullFee", this.act_pullFee.selector);
        _call("batch", this.act_batch.selector);
        _call("batch", this.act_batch.selector);
        _call("wait", this.act_wait.selector);
        _call("wait", this.act_wait.selector);
        _call("mark", this.act_mark.selector);
        _call("attest", this.act_attest.selector);
        _call("pause", this.act_pause.selector);
        _call("unpause", this.act_unpause.selector);
        _call("propose", this.act_propose.selector);
        _call("propose", this.act_propose.selector);
        _call("oppose", this.act_oppose.selector);
        _call("execute", this.act_execute.selector);
        _call("execute", this.act_execute.selector);
        _call("trespass", this.act_trespass.selector);
        _call("cheat", this.act_cheat.selector);
        _walk(0, YOUTH);
        _forget();
        _target();
    }

    /// @dev INV-5: paused now if it can be, everybody still leaves. What is done here is undone after each look.
    function invariant_INV5_pauseNeverBlocksLeaving() public {
        if (pauseBegan == 0 || block.timestamp >= pauseBegan + settings.pauseInterval) {
            vm.prank(guardian);
            governance.pause(settings.pauseLimit);
        } else if (block.timestamp >= pauseEnds) {
            return;
        }
        for (uint256 i = 0; i < queued.length; ++i) {
            if (_refundable(i)) deposits.refund(i);
        }
        for (uint256 i = 0; i < people.length; ++i) {
            if (owed[people[i]] == 0) continue;
            vm.prank(people[i]);
            vault.pull(people[i] == blocked ? address(0xFEE) : people[i]);
        }
        withdraw(voucher(revenueOwner, 1, _spare(), ++names));
        for (uint256 i = 0; i < registered.length; ++i) {
            if (_hasDemand(registered[i])) continue;
            vm.roll(block.number + 1);
            requestClose(ownerOf[registered[i]], registered[i]);
        }
        if (_overdue()) attestations.freeze();
    }

    /// @dev In walks of 60 calls, as forge makes them, every action succeeds often.
    function test_everyAction_inRandomWalks_happensOften() public {
        _assertWalks("Actions running", 8);
    }
}
