// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Shape} from "../src/interfaces/Deployment.sol";
import {UnknownHeader, WrongWordCount} from "../src/interfaces/Errors.sol";
import {Shared} from "../src/libraries/Shared.sol";
import {System} from "./support/System.sol";

/// @notice How many words steps of other profiles have, and where their headers stand.
contract ClearingShapesTest is System {
    /// @dev No header, and what the contract must not take for one.
    uint256 private constant STRAY = 15;

    /// @dev Ten indices share a word: as many as fill one, one more, and as many as fill two.
    function test_submitBatch_ofOtherShapes_takesTheirWords() public {
        _checkWords(Shape({accountDepth: 4, slots: 16, narrow: 7, wide: 3, legs: 2, operations: 5, liquidations: 10}));
        _checkWords(Shape({accountDepth: 4, slots: 16, narrow: 9, wide: 2, legs: 3, operations: 1, liquidations: 11}));
        _checkWords(Shape({accountDepth: 4, slots: 16, narrow: 17, wide: 3, legs: 7, operations: 6, liquidations: 20}));
        _checkWords(Shape({accountDepth: 4, slots: 16, narrow: 12, wide: 9, legs: 1, operations: 2, liquidations: 1}));
    }

    function _checkWords(Shape memory other) private {
        shape = other;
        deploy();
        list(1, 1);
        post();
        uint256 lanes = uint256(other.narrow) + other.wide;
        uint256 legs = other.legs;
        _check(TRADE, _up(lanes) + 2 * uint256(other.narrow) + (1 + legs) * other.wide, 0, 1, 0);
        _check(FUNDS, 1 + 4 * uint256(other.operations), 1, 4, Shared.HEADER_INTERNAL);
        uint256 first = 1 + _up(other.liquidations) + 1 + legs;
        _check(LIQUIDATE, first + (2 + legs) * other.liquidations, first, 2 + legs, 0);
    }

    /// @dev A step with headers at `first` and every `distance` words from there; none of them at 0.
    function _check(uint8 kind, uint256 count, uint256 first, uint256 distance, uint256 header) private {
        refuses(planOf(_stepOf(kind, _words(count - 1, first, distance, header))), WrongWordCount.selector);
        refuses(planOf(_stepOf(kind, _words(count + 1, first, distance, header))), WrongWordCount.selector);
        uint256[] memory words = _words(count, first, distance, header);
        if (first > 0) {
            for (uint256 place = first; place < count; place += distance) {
                words[place] = STRAY;
                refuses(planOf(_stepOf(kind, words)), UnknownHeader.selector);
                words[place] = header;
            }
        }
        submit(_stepOf(kind, words));
    }

    function _stepOf(uint8 kind, uint256[] memory words) private returns (StepPlan memory plan) {
        plan = step(kind);
        plan.words = words;
    }

    function _words(uint256 count, uint256 first, uint256 distance, uint256 header)
        private
        pure
        returns (uint256[] memory words)
    {
        words = new uint256[](count);
        for (uint256 place = 0; place < count; ++place) {
            bool isHeader = first > 0 && place >= first && (place - first) % distance == 0;
            words[place] = isHeader ? header : STRAY;
        }
    }

    /// @dev Words that so many indices take.
    function _up(uint256 indices) private pure returns (uint256) {
        return indices / 10 + (indices % 10 == 0 ? 0 : 1);
    }
}
