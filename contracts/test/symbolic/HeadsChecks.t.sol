// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Heads} from "../../src/libraries/Heads.sol";
import {Shared} from "../../src/libraries/Shared.sol";
import {Symbolic} from "./Symbolic.sol";

/// @notice What `Heads.follows` allows is exactly what chains of the protocol's single moves lead to.
contract HeadsChecks is Symbolic {
    /// @dev No single move is refused.
    function check_follows_allowsEachMove(uint256 before, uint256 head) public pure {
        _assumeHeads(before, head);
        vm.assume(_moves(before, head));
        vm.assertTrue(Heads.follows(before, head));
    }

    /// @dev Nor a chain of them. What was settled becomes empty only as the first move after a table that L1 saw: only of
    /// such a one can an attestation show it empty.
    function check_follows_allowsEachChain(uint256 before, uint256 between, uint256 head) public pure {
        _assumeHeads(before, head);
        _assumeHeads(between, between);
        vm.assume(between == before || Heads.follows(before, between));
        vm.assume(_moves(between, head));
        (uint256 status,) = Heads.split(between);
        vm.assume(status != Shared.STATUS_SETTLED || between == before);
        vm.assertTrue(head == before || Heads.follows(before, head));
    }

    /// @dev And nothing else: three single moves lead to whatever it allows.
    function check_follows_allowsNothingElse(uint256 before, uint256 head) public pure {
        _assumeHeads(before, head);
        vm.assume(Heads.follows(before, head));
        (uint256 status, uint256 listing) = Heads.split(before);
        (uint256 goal,) = Heads.split(head);
        uint256 now_ = before;
        if (status == Shared.STATUS_SETTLED) now_ = _hop(now_, Shared.STATUS_EMPTY, listing);
        (status,) = Heads.split(now_);
        if (status == Shared.STATUS_EMPTY && goal != Shared.STATUS_EMPTY) {
            now_ = _hop(now_, Shared.STATUS_ACTIVE, listing + 1);
        }
        (status, listing) = Heads.split(now_);
        if (status != goal) now_ = _hop(now_, goal, listing);
        vm.assertEq(now_, head);
    }

    function _hop(uint256 from, uint256 status, uint256 listing) private pure returns (uint256 head) {
        head = status | (listing << Shared.MARK_LISTING_AT);
        vm.assertTrue(_moves(from, head));
    }

    /// @dev PROTOCOL: 0→1, 1↔2, {1,2}↔4, {1,2,4}→3, 3→0; a new instrument takes the next number.
    function _moves(uint256 before, uint256 head) private pure returns (bool) {
        (uint256 from, uint256 old) = Heads.split(before);
        (uint256 to, uint256 listing) = Heads.split(head);
        if (from == Shared.STATUS_EMPTY) return to == Shared.STATUS_ACTIVE && listing == old + 1;
        if (listing != old) return false;
        if (from == Shared.STATUS_SETTLED) return to == Shared.STATUS_EMPTY;
        return to != from && to != Shared.STATUS_EMPTY;
    }

    function _assumeHeads(uint256 one, uint256 other) private pure {
        _assumeHead(one);
        _assumeHead(other);
    }

    function _assumeHead(uint256 head) private pure {
        (uint256 status, uint256 listing) = Heads.split(head);
        vm.assume(status <= Shared.STATUS_HALTED && listing < 1 << Shared.BITS_LISTING);
    }
}
