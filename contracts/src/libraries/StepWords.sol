// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NotAFieldElement} from "../interfaces/Errors.sol";
import {Groth16} from "./Groth16.sol";

/// @title What binds the words that a step publishes to its proof.
/// @notice The circuit commits to its words with Poseidon. The chain draws a challenge from that commitment and from the
/// words that it was given, and both evaluate the polynomial whose coefficients the words are: no SHA in the circuit.
library StepWords {
    /// @notice keccak of the words.
    function digest(uint256[] calldata words) internal pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            let size := shl(5, words.length)
            calldatacopy(free, words.offset, size)
            hash := keccak256(free, size)
        }
    }

    /// @notice Σ words_i·z^i.
    /// @dev L1-4: a word and the word plus R would be the same to a proof and different to L1.
    function evaluate(uint256[] calldata words, uint256 z) internal pure returns (uint256 y) {
        uint256 r = Groth16.R;
        uint256 wide;
        assembly ("memory-safe") {
            // From the last word to the first; four at a time, for half of what this costs is the loop.
            let from := add(words.offset, shl(5, words.length))
            for { let rest := and(words.length, 3) } rest { rest := sub(rest, 1) } {
                from := sub(from, 0x20)
                let word := calldataload(from)
                wide := or(wide, iszero(lt(word, r)))
                y := addmod(mulmod(y, z, r), word, r)
            }
            for {} gt(from, words.offset) {} {
                from := sub(from, 0x80)
                let word := calldataload(add(from, 0x60))
                wide := or(wide, iszero(lt(word, r)))
                y := addmod(mulmod(y, z, r), word, r)
                word := calldataload(add(from, 0x40))
                wide := or(wide, iszero(lt(word, r)))
                y := addmod(mulmod(y, z, r), word, r)
                word := calldataload(add(from, 0x20))
                wide := or(wide, iszero(lt(word, r)))
                y := addmod(mulmod(y, z, r), word, r)
                word := calldataload(from)
                wide := or(wide, iszero(lt(word, r)))
                y := addmod(mulmod(y, z, r), word, r)
            }
        }
        require(wide == 0, NotAFieldElement());
    }
}
