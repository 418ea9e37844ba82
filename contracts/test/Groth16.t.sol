// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IVerifiers} from "../src/interfaces/IVerifiers.sol";
import {Groth16} from "../src/libraries/Groth16.sol";
import {Claims} from "./support/Groth16Harness.sol";
import {KeyForge} from "./support/KeyForge.sol";

/// @notice What the verifier accepts, and every way in which a claim is none (L1-6, trap 10).
contract Groth16Test is Claims {
    IVerifiers.ProofKind internal constant TRADE = IVerifiers.ProofKind.TRADE;
    IVerifiers.ProofKind internal constant FUNDS = IVerifiers.ProofKind.FUNDS;
    IVerifiers.ProofKind internal constant ESCAPE = IVerifiers.ProofKind.ESCAPE;

    // A further proof pays for one pairing, two multiplications and little else.
    uint256 internal constant FURTHER_PROOF = 60_000;

    // keccak of all six keys, and of proofs of 1, 2, 3 ... with nonces 0 and 1; tests/contracts/test_forged_proofs.py has
    // the same.
    bytes32 internal constant KEYS_DIGEST = 0xeda4431643b5a225bb2a5649d16842626728201d8e6422d44722b674f45fa8ad;
    bytes32 internal constant PROOFS_DIGEST = 0x806405260f9b81d630ecb8af22c8900ca25ed2e538caf868a7c48e3b8d018899;

    // -- keys

    /// @dev Of a key that is all zeros, and of one that is not there, the points at infinity would be a proof of everything.
    function test_verify_whenKeyIsNotThere_refuses() public {
        Groth16.Claim memory nothing = claim(ESCAPE, 0);
        nothing.key = address(0xDEAD);
        for (uint256 i = nothing.words.length - 8; i < nothing.words.length; ++i) {
            nothing.words[i] = 0;
        }
        refuses(listOf(nothing), "a key of nothing");
        vm.etch(nothing.key, hex"00");
        refuses(listOf(nothing), "a key of nothing");
    }

    /// @dev A key for other inputs than a claim has is not read as far as it goes.
    function test_verify_whenKeyHasAnotherLength_refuses() public {
        Groth16.Claim memory one = claim(ESCAPE, 0);
        bytes memory key = one.key.code;
        vm.etch(one.key, bytes.concat(key, new bytes(32)));
        refuses(listOf(one), "a key of another length");
        vm.etch(one.key, key);
        accepts(listOf(one));
    }

    // -- what holds

    function test_verify_whenOneProofOfAnyKindHolds_accepts() public view {
        for (uint8 kind = 1; kind <= 6; ++kind) {
            accepts(listOf(claim(IVerifiers.ProofKind(kind), 0)));
            accepts(listOf(claim(IVerifiers.ProofKind(kind), 1)));
        }
    }

    function test_verify_whenManyHoldUnderOneKey_accepts() public view {
        for (uint256 count = 2; count <= 16; count += 7) {
            accepts(manyOf(count));
        }
    }

    function test_verify_whenManyHoldUnderSeveralKeys_accepts() public view {
        Groth16.Claim[] memory claims = new Groth16.Claim[](13);
        for (uint256 i = 0; i < claims.length; ++i) {
            claims[i] = claim(IVerifiers.ProofKind(1 + i % 6), i);
        }
        accepts(claims);
    }

    function test_verify_whenOneClaimStandsTwice_accepts() public view {
        accepts(listOf(claim(TRADE, 3), claim(TRADE, 3)));
    }

    function test_verify_whenThereIsNothingToCheck_accepts() public view {
        accepts(new Groth16.Claim[](0));
    }

    /// @dev Sums of inputs go around the field.
    function test_verify_whenInputsAreAtTheirBounds_accepts() public view {
        Groth16.Claim[] memory claims = new Groth16.Claim[](4);
        for (uint256 i = 0; i < claims.length; ++i) {
            uint256[] memory inputs = inputsOf(ESCAPE, 0);
            for (uint256 j = 0; j < inputs.length; ++j) {
                inputs[j] = i == 0 ? 0 : R - 1;
            }
            claims[i] = claimOf(ESCAPE, inputs, KeyForge.prove(ESCAPE, inputs, i));
        }
        accepts(claims);
    }

    function testFuzz_verify_whenInputsAreAny_accepts(uint256 seed, uint8 count) public view {
        Groth16.Claim[] memory claims = new Groth16.Claim[](1 + count % 4);
        for (uint256 i = 0; i < claims.length; ++i) {
            uint256 own = uint256(keccak256(abi.encode(seed, i)));
            claims[i] = claim(IVerifiers.ProofKind(1 + own % 6), own);
        }
        accepts(claims);
    }

    /// @dev C is the point at infinity: rare, and as good as any other.
    function test_verify_whenPointIsInfinity_accepts() public view {
        uint256[] memory inputs = inputsOf(ESCAPE, 0);
        uint256 c = uint256(keccak256(abi.encodePacked(uint256(ESCAPE), uint256(0), inputs))) % R;
        Groth16.Proof memory proof = KeyForge.proveOff(ESCAPE, inputs, 0, mulmod(negative(c), 13, R), negative(c));
        vm.assertEq(proof.cX | proof.cY, 0);
        accepts(listOf(claimOf(ESCAPE, inputs, proof)));
        accepts(listOf(claim(ESCAPE, 1), claimOf(ESCAPE, inputs, proof)));
    }

    // -- what does not

    /// @dev First alone, then where its power is random, then where it is the first of two.
    function test_verify_whenAnyWordIsMoved_refuses() public view {
        uint256 words = claim(ESCAPE, 0).words.length;
        for (uint256 i = 0; i < words; ++i) {
            Groth16.Claim memory moved = claim(ESCAPE, 0);
            moved.words[i] = addmod(moved.words[i], 1, R);
            refuses(listOf(moved), "one claim");
            refuses(listOf(claim(ESCAPE, 1), moved), "second of two");
            refuses(listOf(moved, claim(TRADE, 1)), "first of two");
        }
    }

    function test_verify_whenInputsChangePlaces_refuses() public view {
        Groth16.Claim memory moved = claim(ESCAPE, 0);
        (moved.words[2], moved.words[3]) = (moved.words[3], moved.words[2]);
        refuses(listOf(moved), "inputs of other places");
    }

    function test_verify_whenKeyIsAnothers_refuses() public view {
        Groth16.Claim memory moved = claim(TRADE, 0);
        moved.key = keyOf(FUNDS);
        refuses(listOf(moved), "another key");
        refuses(listOf(claim(TRADE, 0), moved), "another key beside the right one");
    }

    function test_verify_whenPointIsOffTheCurve_refuses() public view {
        for (uint256 place = 6; place <= 12; place += 6) {
            Groth16.Claim memory moved = claim(ESCAPE, 0);
            (moved.words[place], moved.words[place + 1]) = (1, 3);
            refuses(listOf(moved), "off the curve");
            refuses(listOf(claim(ESCAPE, 1), moved), "off the curve, with a power");
            (moved.words[place], moved.words[place + 1]) = (0, 1);
            refuses(listOf(moved), "half infinite");
        }
        Groth16.Claim memory twisted = claim(ESCAPE, 0);
        (twisted.words[8], twisted.words[9]) = (twisted.words[9], twisted.words[8]);
        refuses(listOf(twisted), "halves of B in the other order");
    }

    /// @dev On the twist and not of order r; A is infinity, so that no equation but the precompile's own check can fail.
    function test_verify_whenBIsOutsideTheSubgroup_refuses() public view {
        Groth16.Claim memory moved = claim(ESCAPE, 0);
        (moved.words[8], moved.words[9]) = (0, 1);
        moved.words[10] = 5912654199736721486680175016176231956195085055698687135131307249486702594212;
        moved.words[11] = 18278151005453108793778860132295291098363647455926340152056652516292830556603;
        refuses(listOf(moved), "outside the subgroup");
        (moved.words[6], moved.words[7]) = (0, 0);
        refuses(listOf(moved), "outside the subgroup, against infinity");
        refuses(listOf(claim(ESCAPE, 1), moved), "outside the subgroup, second");
    }

    /// @dev The same point under a second name.
    function test_verify_whenCoordinateIsNotReduced_refuses() public view {
        for (uint256 i = 6; i < 14; ++i) {
            Groth16.Claim memory moved = claim(ESCAPE, 0);
            moved.words[i] += P;
            refuses(listOf(moved), "alone");
            refuses(listOf(claim(ESCAPE, 1), moved), "with a power");
        }
    }

    /// @dev Trap 10: the library cannot tell x from x + R, so that whoever calls it must refuse the second.
    function test_verify_whenInputIsAboveTheField_cannotTell() public view {
        Groth16.Claim memory moved = claim(ESCAPE, 0);
        moved.words[0] += R;
        accepts(listOf(moved));
    }

    // -- what it costs

    function test_verify_whenProofsAreMore_costsLittleMore() public {
        uint256 one = harness.gasOf(manyOf(1));
        uint256 four = harness.gasOf(manyOf(4));
        uint256 sixteen = harness.gasOf(manyOf(16));
        vm.snapshotValue("Groth16", "verify 01 claim", one);
        vm.snapshotValue("Groth16", "verify 04 claims", four);
        vm.snapshotValue("Groth16", "verify 16 claims", sixteen);
        vm.snapshotValue("Groth16", "further claim", (sixteen - four) / 12);
        vm.assertLe((four - one) / 3, FURTHER_PROOF);
        vm.assertLe((sixteen - four) / 12, FURTHER_PROOF);
    }

    function test_verify_whenKeysAreMore_costsWhatTheirInputsCost() public {
        Groth16.Claim[] memory claims = manyOf(4);
        uint256 oneKey = harness.gasOf(claims);
        claims[3] = claim(FUNDS, 3);
        uint256 further = harness.gasOf(claims) - oneKey;
        vm.snapshotValue("Groth16", "further key", further);
        // Three pairings and fourteen multiplications.
        vm.assertLe(further, 3 * 34_000 + 14 * 6_500 + 10_000);
    }

    // -- helpers of all tests

    function test_claimOf_whenGivenAProof_leavesRoomForInputs() public view {
        Groth16.Proof memory proof = Groth16.Proof(1, 2, 3, 4, 5, 6, 7, 8);
        Groth16.Claim memory made = harness.claimOf(address(5), 3, proof);
        vm.assertEq(made.key, address(5));
        vm.assertEq(made.words.length, 11);
        for (uint256 i = 0; i < 11; ++i) {
            vm.assertEq(made.words[i], i < 3 ? 0 : i - 2);
        }
    }

    function test_keyForge_whenAskedForAllKinds_makesWhatPythonMakes() public view {
        bytes memory keys;
        bytes memory proofs;
        for (uint8 kind = 1; kind <= 6; ++kind) {
            IVerifiers.ProofKind of_ = IVerifiers.ProofKind(kind);
            keys = bytes.concat(keys, KeyForge.key(of_));
            uint256[] memory inputs = new uint256[](KeyForge.inputsOf(of_));
            for (uint256 i = 0; i < inputs.length; ++i) {
                inputs[i] = i + 1;
            }
            proofs = bytes.concat(
                proofs, abi.encode(KeyForge.prove(of_, inputs, 0)), abi.encode(KeyForge.prove(of_, inputs, 1))
            );
        }
        vm.assertEq(keccak256(keys), KEYS_DIGEST);
        vm.assertEq(keccak256(proofs), PROOFS_DIGEST);
    }
}
