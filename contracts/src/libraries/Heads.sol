// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MalformedMarks, WrongActiveBit} from "../interfaces/Errors.sol";
import {Shared} from "./Shared.sol";

/// @title Heads of marks: the status of a slot and, above it, its listing, which is all that is stored of most marks.
/// @notice Seven of them share a word. Cash, the same in all tables, has none.
library Heads {
    uint256 internal constant PER_WORD = 7;
    uint256 internal constant ALL_PLACES = ~(type(uint256).max << PER_WORD);

    uint256 private constant HEAD_BITS = Shared.MARK_FUNDING_AT;
    uint256 private constant HEAD_MASK = ~(type(uint256).max << HEAD_BITS);
    uint256 private constant STATUS_MASK = ~(type(uint256).max << Shared.MARK_LISTING_AT);

    /// @dev Values are shifted up by their bound, so they have a bit more.
    uint256 private constant VALUE_ZERO = 1 << Shared.BITS_VALUE;
    uint256 private constant MARK_BITS = Shared.MARK_RISK_SHORT_AT + Shared.BITS_VALUE + 1;

    /// @dev What slot 0 always holds: status 1, a value of 1, no funding.
    uint256 private constant CASH_MARK = (uint256(Shared.STATUS_ACTIVE) << Shared.MARK_STATUS_AT)
        | (VALUE_ZERO << Shared.MARK_FUNDING_AT) | ((VALUE_ZERO + 1) << Shared.MARK_VALUE_AT);

    /// @dev L1-33, L1-43: the heads of all marks but cash, and the settled slots as bits.
    function read(uint256[] calldata marks, uint256 slots, bool anyActive)
        internal
        pure
        returns (uint256[] memory heads, uint256 settled)
    {
        require(marks.length == slots, MalformedMarks());
        require(marks[0] == CASH_MARK, MalformedMarks());
        heads = new uint256[]((slots + PER_WORD - 2) / PER_WORD);
        // What is wrong is collected and told at the end: that saves two jumps a slot.
        (uint256 bits, uint256 statuses) = (0, 0);
        unchecked {
            uint256 slot = 1;
            for (uint256 word = 0; word < heads.length; ++word) {
                uint256 packed = 0;
                for (uint256 shift = 0; shift < PER_WORD * HEAD_BITS && slot < marks.length; shift += HEAD_BITS) {
                    uint256 mark = marks[slot];
                    bits |= mark;
                    statuses |= 1 << (mark & STATUS_MASK);
                    if (mark & STATUS_MASK == Shared.STATUS_SETTLED) settled |= 1 << slot;
                    packed |= (mark & HEAD_MASK) << shift;
                    ++slot;
                }
                heads[word] = packed;
            }
        }
        require(bits >> MARK_BITS == 0, MalformedMarks());
        require(statuses >> (Shared.STATUS_HALTED + 1) == 0, MalformedMarks());
        require(anyActive == ((statuses >> Shared.STATUS_ACTIVE) & 1 == 1), WrongActiveBit());
    }

    /// @dev The head at a place of a word.
    function headAt(uint256 word, uint256 place) internal pure returns (uint256) {
        return (word >> (place * HEAD_BITS)) & HEAD_MASK;
    }

    function ofMark(uint256 mark) internal pure returns (uint256) {
        return mark & HEAD_MASK;
    }

    function split(uint256 head) internal pure returns (uint256 status, uint256 listing) {
        return (head & STATUS_MASK, head >> Shared.MARK_LISTING_AT);
    }

    /// @dev Whether a head may follow another, with any number of unseen tables between.
    function follows(uint256 before, uint256 head) internal pure returns (bool) {
        (uint256 from, uint256 old) = split(before);
        (uint256 status, uint256 listing) = split(head);
        if (from == Shared.STATUS_EMPTY || from == Shared.STATUS_SETTLED) {
            // An empty slot keeps its number, the next instrument takes the next.
            return listing == (status == Shared.STATUS_EMPTY ? old : old + 1);
        }
        return listing == old && status != Shared.STATUS_EMPTY;
    }
}
