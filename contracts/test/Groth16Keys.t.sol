// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IVerifiers} from "../src/interfaces/IVerifiers.sol";
import {Groth16} from "../src/libraries/Groth16.sol";
import {Claims, Groth16Harness} from "./support/Groth16Harness.sol";
import {KeyForge} from "./support/KeyForge.sol";

/// @notice The library where memory is not as clean as at the beginning of a call.
contract Groth16InMemory is Groth16Harness {
    /// @dev With these words where memory begins.
    function verifyBehind(uint256[28] memory words, Groth16.Claim[] memory claims) external view returns (bool) {
        uint256 place;
        assembly ("memory-safe") {
            place := words
        }
        require(place == 0x80, "memory begins elsewhere");
        return Groth16.verify(claims);
    }

    /// @dev With a word of ones behind the last claim, and nothing but ones in the memory that is free.
    function verifyAmidOnes(Groth16.Claim[] memory claims) external view returns (bool) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            for { let i := 0 } lt(i, 0x8000) { i := add(i, 0x20) } {
                mstore(add(free, i), not(0))
            }
            mstore(0x40, add(free, 0x20))
        }
        return Groth16.verify(claims);
    }
}

/// @notice What the verifier does with a key and with memory that are not what they should be. Which keys are published
/// at all: VerifierKey.t.sol.
contract Groth16KeysTest is Claims {
    IVerifiers.ProofKind internal constant TRADE = IVerifiers.ProofKind.TRADE;
    IVerifiers.ProofKind internal constant FUNDS = IVerifiers.ProofKind.FUNDS;
    IVerifiers.ProofKind internal constant ESCAPE = IVerifiers.ProofKind.ESCAPE;

    /// @dev Enough for a check after two precompiles each took all but a 64th.
    uint256 private constant PLENTY = 10_000_000_000;

    uint256 private constant INPUTS = 6;

    Groth16InMemory internal inMemory = new Groth16InMemory();

    // -- points of the key that are none

    /// @dev Each counts for nothing in a proof that leaves it out: it is refused for itself. That the rest of the equation
    /// holds is shown with the point at infinity in its place, which does count for nothing.
    function test_verify_whenAPointOfTheKeyIsNone_refuses() public {
        uint256[] memory inputs = inputsOf(ESCAPE, 0);
        uint256 alpha = 1000 * uint256(ESCAPE) + 1;
        _refusesWithout(0, mulmod(alpha, 11, R));
        for (uint256 i = 0; i <= INPUTS; ++i) {
            uint256 scalar = 1000 * uint256(ESCAPE) + 10 + i;
            _refusesWithout(14 + 2 * i, i == 0 ? scalar : mulmod(scalar, inputs[i - 1], R));
        }
    }

    /// @dev A proof without what a point of the key adds to A·B.
    function _refusesWithout(uint256 place, uint256 added) private {
        Groth16.Claim memory without = claimOff(ESCAPE, 0, negative(added), 0);
        bytes memory key = without.key.code;
        vm.etch(without.key, _with(key, place, 0, 0));
        accepts(listOf(without));
        vm.etch(without.key, _with(key, place, 1, 3));
        vm.assertFalse(harness.verify{gas: PLENTY}(listOf(without)), "off the curve");
        vm.assertFalse(harness.verify{gas: PLENTY}(listOf(claim(TRADE, 1), without)), "off the curve, second key");
        vm.assertFalse(harness.verify{gas: PLENTY}(listOf(without, claim(TRADE, 1))), "off the curve, first key");
        vm.etch(without.key, key);
    }

    function _with(bytes memory key, uint256 place, uint256 x, uint256 y) private pure returns (bytes memory changed) {
        changed = bytes.concat(key);
        assembly ("memory-safe") {
            let word := add(add(changed, 0x21), shl(5, place))
            mstore(word, x)
            mstore(add(word, 0x20), y)
        }
    }

    // -- memory

    /// @dev Memory begins with a key here: one that is not there must not be read from it.
    function test_verify_whenAKeyIsInMemoryOnly_refuses() public {
        Groth16.Claim memory one = claim(ESCAPE, 0);
        uint256[28] memory words;
        bytes memory code = one.key.code;
        for (uint256 i = 0; i < words.length; ++i) {
            assembly ("memory-safe") {
                mstore(add(words, shl(5, i)), mload(add(add(code, 0x21), shl(5, i))))
            }
        }
        vm.assertEq(code.length, 1 + 32 * words.length);
        vm.assertTrue(inMemory.verifyBehind(words, listOf(one)), "the key is where it should be");
        vm.etch(one.key, "");
        vm.assertFalse(inMemory.verifyBehind(words, listOf(one)), "the key is in memory only");
        vm.assertFalse(inMemory.verifyBehind(words, listOf(claim(TRADE, 1), one)), "the second is in memory only");
    }

    function test_verify_whenMemoryIsNotClean_judgesAsElsewhere() public view {
        vm.assertTrue(inMemory.verifyAmidOnes(listOf(claim(ESCAPE, 0))));
        vm.assertTrue(inMemory.verifyAmidOnes(listOf(claim(TRADE, 0), claim(ESCAPE, 1))));
        vm.assertTrue(inMemory.verifyAmidOnes(listOf(claim(TRADE, 0), claim(TRADE, 1))));
        vm.assertFalse(inMemory.verifyAmidOnes(listOf(claim(TRADE, 0), claimOff(ESCAPE, 1, 1, 0))));
        vm.assertFalse(inMemory.verifyAmidOnes(listOf(claim(TRADE, 0), claimOff(TRADE, 1, 0, 1))));
    }

    // -- what is done once

    /// @dev The power of the first claim is 1, and nothing is multiplied by that.
    function test_verify_neverMultipliesTheFirstClaim() public {
        Groth16.Claim[] memory claims = listOf(claim(TRADE, 0), claim(TRADE, 1));
        uint256[] memory first = claims[0].words;
        uint256[] memory second = claims[1].words;
        vm.expectCall(address(7), abi.encode(first[12], first[13]), 0);
        vm.expectCall(address(7), abi.encode(first[18], first[19]), 0);
        vm.expectCall(address(7), abi.encode(second[12], second[13]), 1);
        vm.expectCall(address(7), abi.encode(second[18], second[19]), 1);
        accepts(claims);
    }

    /// @dev However many claims there are, a key's points are multiplied once.
    function test_verify_whenClaimsShareAKey_multipliesItsPointsOnce() public {
        Groth16.Claim[] memory claims = new Groth16.Claim[](4);
        IVerifiers.ProofKind[2] memory kinds = [TRADE, FUNDS];
        for (uint256 i = 0; i < 4; ++i) {
            claims[i] = claim(kinds[i % 2], i);
        }
        for (uint256 i = 0; i < 2; ++i) {
            (uint256 x, uint256 y) = KeyForge.point(1000 * uint256(kinds[i]) + 1);
            vm.expectCall(address(7), abi.encode(x, y), 1);
            (x, y) = KeyForge.point(1000 * uint256(kinds[i]) + 10);
            vm.expectCall(address(7), abi.encode(x, y), 1);
        }
        accepts(claims);
    }
}
