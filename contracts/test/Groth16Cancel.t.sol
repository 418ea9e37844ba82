// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IVerifiers} from "../src/interfaces/IVerifiers.sol";
import {Groth16} from "../src/libraries/Groth16.sol";
import {Claims} from "./support/Groth16Harness.sol";
import {KeyForge} from "./support/KeyForge.sol";

/// @notice Trap 10: bad proofs that are checked together and cancel. Each test first shows that they would pass if the
/// powers were what their maker thought.
contract Groth16CancelTest is Claims {
    IVerifiers.ProofKind internal constant TRADE = IVerifiers.ProofKind.TRADE;
    IVerifiers.ProofKind internal constant FUNDS = IVerifiers.ProofKind.FUNDS;

    /// @dev Each is good for the other's inputs; their sums are the same.
    function test_verify_whenProofsChangePlaces_refuses() public view {
        (Groth16.Claim memory one, Groth16.Claim memory other) = (claim(TRADE, 0), claim(TRADE, 2));
        for (uint256 i = 12; i < 20; ++i) {
            (one.words[i], other.words[i]) = (other.words[i], one.words[i]);
        }
        vm.assertTrue(productIsOne(listOf(one, other), ones(2)), "the same B: powers alone tell them apart");
        refuses(listOf(one, other), "swapped");
    }

    /// @dev With powers of 1 they pass; with random ones not.
    function testFuzz_verify_whenTwoBadProofsCancel_refuses(uint256 move, bool throughC, bool otherKey) public view {
        move = bound(move, 1, R - 1);
        IVerifiers.ProofKind second = otherKey ? FUNDS : TRADE;
        Groth16.Claim[] memory claims = throughC
            ? listOf(claimOff(TRADE, 0, 0, move), claimOff(second, 1, 0, negative(move)))
            : listOf(claimOff(TRADE, 0, move, 0), claimOff(second, 1, negative(move), 0));
        vm.assertTrue(productIsOne(claims, ones(2)), "powers of 1 would let them pass");
        refuses(listOf(claims[0]), "the first alone");
        refuses(listOf(claims[1]), "the second alone");
        refuses(claims, "both");
    }

    /// @dev The first claim has the power 1 always: those behind it must not cancel either.
    function test_verify_whenBadProofsCancelBehindAGoodOne_refuses() public view {
        Groth16.Claim[] memory claims = new Groth16.Claim[](3);
        (claims[0], claims[1], claims[2]) = (claim(TRADE, 0), claimOff(TRADE, 2, 5, 0), claimOff(TRADE, 4, R - 5, 0));
        vm.assertTrue(productIsOne(claims, ones(3)));
        refuses(claims, "equal powers");
    }

    /// @dev One bad proof is there already, and the other is built for the power that the two would have if the other were
    /// honest. But a power follows from every proof, whichever it is: whoever moves one draws anew.
    function test_verify_whenBadProofIsBuiltForAKnownPower_refuses() public view {
        uint256[] memory powers = ones(2);
        Groth16.Claim[] memory claims = listOf(claim(TRADE, 0), claimOff(TRADE, 1, R - 9, 0));
        powers[1] = _powerOf(claims);
        claims[0] = claimOff(TRADE, 0, mulmod(9, powers[1], R), 0);
        vm.assertTrue(productIsOne(claims, powers), "this power would let them pass");
        refuses(claims, "the first built for the second");

        claims = listOf(claimOff(TRADE, 0, 9, 0), claim(TRADE, 1));
        powers[1] = _powerOf(claims);
        claims[1] = claimOff(TRADE, 1, negative(mulmod(9, _inverse(powers[1]), R)), 0);
        vm.assertTrue(productIsOne(claims, powers), "this power would let them pass");
        refuses(claims, "the second built for the first");

        claims = listOf(claimOff(TRADE, 0, 9, 0), claim(TRADE, 1));
        powers[1] = _powerOf(claims);
        claims[1] = claimOff(TRADE, 1, 0, mulmod(9, _inverse(mulmod(13, powers[1], R)), R));
        vm.assertTrue(productIsOne(claims, powers), "this power would let them pass");
        refuses(claims, "the second built for the first, through C");
    }

    /// @dev That is, it is drawn from every key, every input and every proof.
    function test_verify_whenPowersAreDrawn_drawsThemFromEverything() public {
        Groth16.Claim[] memory claims = new Groth16.Claim[](3);
        (claims[0], claims[1], claims[2]) = (claim(TRADE, 0), claim(FUNDS, 1), claim(TRADE, 2));
        for (uint256 i = 1; i < 3; ++i) {
            uint256[] memory words = claims[i].words;
            vm.expectCall(address(7), abi.encode(words[12], words[13], _powerOf(claims, i)));
        }
        accepts(claims);
    }

    /// @dev A point that is none counts for nothing in the product, which is one without it: it is refused for itself.
    function test_verify_whenOnlyAPointIsNone_refuses() public view {
        uint256[] memory inputs = inputsOf(TRADE, 2);
        (uint256 sum, uint256 c) = KeyForge.scalars(TRADE, inputs, 2);
        Groth16.Claim memory withoutC = claimOff(TRADE, 2, negative(mulmod(13, c, R)), negative(c));
        Groth16.Claim memory withoutA = claimOff(TRADE, 2, negative(sum), negative(mulmod(sum, _inverse(13), R)));
        accepts(listOf(claim(TRADE, 0), withoutC));
        accepts(listOf(claim(TRADE, 0), withoutA));
        (withoutC.words[18], withoutC.words[19]) = (1, 3);
        (withoutA.words[12], withoutA.words[13]) = (1, 3);
        // With all gas that there is: a precompile takes what it gets when it is given no point.
        vm.assertFalse(harness.verify(listOf(withoutC)), "C alone");
        vm.assertFalse(harness.verify(listOf(withoutA)), "A alone");
        vm.assertFalse(harness.verify(listOf(claim(TRADE, 0), withoutC)), "C");
        vm.assertFalse(harness.verify(listOf(claim(TRADE, 0), withoutA)), "A");
    }

    /// @dev A power as the library draws it for the second of two claims.
    function _powerOf(Groth16.Claim[] memory claims) private pure returns (uint256) {
        return _powerOf(claims, 1);
    }

    function _powerOf(Groth16.Claim[] memory claims, uint256 number) private pure returns (uint256) {
        bytes32 seed;
        for (uint256 i = 0; i < claims.length; ++i) {
            bytes32 digest = keccak256(abi.encodePacked(claims[i].words));
            seed = keccak256(abi.encode(seed, claims[i].key, digest));
        }
        return uint256(keccak256(abi.encode(seed, number))) >> 128;
    }

    /// @dev x^(R-2).
    function _inverse(uint256 x) private view returns (uint256) {
        (bool done, bytes memory result) = address(5).staticcall(abi.encode(32, 32, 32, x, R - 2, R));
        vm.assertTrue(done);
        return abi.decode(result, (uint256));
    }
}
