// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PauseTooSoon, SlotNotShownEmpty, WrongAttestedTable} from "../../src/interfaces/Errors.sol";
import {IAttestations} from "../../src/interfaces/IAttestations.sol";
import {IClearing} from "../../src/interfaces/IClearing.sol";
import {IOracle} from "../../src/interfaces/IOracle.sol";
import {Groth16} from "../../src/libraries/Groth16.sol";
import {Shared} from "../../src/libraries/Shared.sol";
import {BatchActions} from "./BatchActions.sol";

/// @notice Time, tables, attestations and pauses.
abstract contract ClockActions is BatchActions {
    function act_wait(uint256 seed) external action(seed) {
        wait([uint256(1), 10 minutes, 1 hours, 6 hours, 12 hours, 1 days][_roll(6)]);
        _did();
    }

    /// @dev A slot goes on in its life, and the table says so.
    function act_mark(uint256 seed) external action(seed) {
        if (newestEpoch != 0 && timeOf[newestEpoch] == block.timestamp) wait(1);
        uint256 slot = 1 + _roll(SLOTS);
        uint8 status = _statusOf(words[slot]);
        uint256 listing = _listingOf(words[slot]);
        bool leaves = status == Shared.STATUS_SETTLED && _oneIn(2);
        if (status == Shared.STATUS_SETTLED && !nobodyHolds[slot][listing]) {
            if (leaves) return _refuseMark(slot, emptyMark(listing));
        } else if (leaves) {
            words[slot] = emptyMark(listing);
        } else if (status == Shared.STATUS_EMPTY || status == Shared.STATUS_SETTLED) {
            if (listed[slot] == listing) list(slot, ++listed[slot]);
            words[slot] = mark(Shared.STATUS_ACTIVE, listing + 1, 1 + _roll(1e6));
        } else {
            words[slot] = mark(1 + uint8(_roll(4)), listing, 1 + _roll(1e6));
        }
        IOracle.Table memory table = tableNow(_marks());
        post(table);
        _posted(table);
        _did();
    }

    /// @dev Of the last root or an older one; it may show that nobody holds what has settled.
    function act_attest(uint256 seed) external action(seed) {
        uint256 root = roots[_oneIn(2) ? roots.length - 1 : _roll(roots.length)];
        IAttestations.Attestation memory attestation = attestationOf(root);
        attestation.emptySlots = _roll(1 << SLOTS) << 1;
        if (_oneIn(3)) attestation.totals = new uint256[](1);
        Groth16.Proof[] memory proofs = proofsOf(attestation);
        if (root == genesisRoot) vm.expectRevert(WrongAttestedTable.selector);
        attestations.attest(attestation, proofs);
        if (root == genesisRoot) return _refused();
        IClearing.BatchEnd memory end = endOf[root];
        if (end.time > attestedAt) attestedAt = end.time;
        for (uint256 slot = 1; slot <= SLOTS; ++slot) {
            uint256 word = wordsAt[end.epoch][slot];
            bool shown = (attestation.emptySlots >> slot) & 1 == 1 && _statusOf(word) == Shared.STATUS_SETTLED;
            if (shown) nobodyHolds[slot][_listingOf(word)] = true;
        }
        _did();
    }

    function act_pause(uint256 seed) external action(seed) {
        bool soon = pauseBegan != 0 && block.timestamp < pauseBegan + settings.pauseInterval;
        uint256 duration = 1 + _roll(settings.pauseLimit);
        if (soon) vm.expectRevert(PauseTooSoon.selector);
        vm.prank(guardian);
        governance.pause(duration);
        if (soon) return _refused();
        (pauseBegan, pauseEnds) = (block.timestamp, block.timestamp + duration);
        _did();
    }

    function act_unpause(uint256 seed) external action(seed) {
        vm.prank(guardian);
        governance.unpause();
        if (block.timestamp < pauseEnds) pauseEnds = block.timestamp;
        _did();
    }

    function _refuseMark(uint256 slot, uint256 word) private {
        uint256[] memory marks = _marks();
        marks[slot] = word;
        // Its epoch stays free: nothing is posted.
        IOracle.SignedTable memory table = signed(tableNow(marks));
        vm.expectRevert(SlotNotShownEmpty.selector);
        oracle.postTable(table);
        _refused();
    }
}
