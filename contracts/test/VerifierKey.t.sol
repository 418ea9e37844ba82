// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {UnsoundVerifierKey} from "../src/interfaces/Errors.sol";
import {IVerifiers} from "../src/interfaces/IVerifiers.sol";
import {VerifierKey} from "../src/libraries/VerifierKey.sol";
import {KeyForge} from "./support/KeyForge.sol";
import {System} from "./support/System.sol";

/// @notice The check where free memory is not clean.
contract VerifierKeyAmidOnes {
    function check(bytes memory key) external view {
        assembly ("memory-safe") {
            let free := mload(0x40)
            for { let i := 0 } lt(i, 0x400) { i := add(i, 0x20) } {
                mstore(add(free, i), not(0))
            }
        }
        VerifierKey.check(key);
    }
}

/// @notice L1-102: keys that the registry refuses, each one word away from a good one.
contract VerifierKeyTest is System {
    uint256 private constant P = 21888242871839275222246405745257275088696311157297823662689037894645226208583;
    uint256 private constant INPUTS = 3;

    // Places of words.
    uint256 private constant ALPHA = 0;
    uint256 private constant BETA = 2;
    uint256 private constant GAMMA = 6;
    uint256 private constant DELTA = 10;
    uint256 private constant FIRST = 14;
    uint256 private constant LAST = FIRST + 2 * INPUTS;

    uint256[3] private inG2 = [BETA, GAMMA, DELTA];
    uint256[3] private inG1 = [ALPHA, FIRST, LAST];

    function good() internal view returns (bytes memory) {
        return KeyForge.key(IVerifiers.ProofKind.NONE, INPUTS);
    }

    function wordOf(bytes memory key, uint256 place) internal pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(add(key, 0x20), shl(5, place)))
        }
    }

    function set(bytes memory key, uint256 place, uint256 word) internal pure returns (bytes memory) {
        assembly ("memory-safe") {
            mstore(add(add(key, 0x20), shl(5, place)), word)
        }
        return key;
    }

    /// @dev The key with a point of G2 in the place of another.
    function with(bytes memory key, uint256 place, bytes memory point) internal pure returns (bytes memory) {
        for (uint256 i = 0; i < 4; ++i) {
            set(key, place + i, wordOf(point, i));
        }
        return key;
    }

    function negative(bytes memory point) internal pure returns (bytes memory) {
        set(point, 2, P - wordOf(point, 2));
        return set(point, 3, P - wordOf(point, 3));
    }

    function refuses(bytes memory key) internal {
        vm.expectRevert(UnsoundVerifierKey.selector);
        // A precompile takes all its gas with it when it refuses a point.
        verifiers.publish{gas: 10_000_000}(key);
    }

    /// @dev A key of points that are good, if there are not too many.
    function ofLength(uint256 points) internal view returns (bytes memory key) {
        bytes memory head = good();
        key = new bytes(64 * points);
        for (uint256 i = 0; i < 2 * points; ++i) {
            set(key, i, i < FIRST ? wordOf(head, i) : 1 + i % 2);
        }
    }

    function test_publish_whenGood_takesIt() public {
        vm.assertTrue(verifiers.published(verifiers.publish(good())) != address(0));
    }

    function test_check_whenMemoryIsNotClean_takesWhatIsGood() public {
        (new VerifierKeyAmidOnes()).check(good());
    }

    // -- length

    function test_publish_whenOfAnotherLength_reverts() public {
        refuses("");
        refuses(bytes.concat(good(), hex"00"));
        refuses(bytes.concat(good(), bytes32(0)));
        refuses(bytes.concat(good(), abi.encode(1, 2, 0)));
        verifiers.publish(bytes.concat(good(), abi.encode(1, 2)));
    }

    function test_publish_whenWithoutAnInput_reverts() public {
        refuses(KeyForge.key(IVerifiers.ProofKind.NONE, 0));
        verifiers.publish(KeyForge.key(IVerifiers.ProofKind.NONE, 1));
    }

    /// @dev Longer than code may be, or too little gas: forge has no limit for code, so here it is the gas.
    function test_publish_whenTheKeyCannotBeStored_reverts() public {
        bytes memory key = ofLength(383);
        vm.expectRevert(UnsoundVerifierKey.selector);
        verifiers.publish{gas: 4_000_000}(key);
        vm.assertEq(verifiers.published(keccak256(key)), address(0));
        vm.assertEq(verifiers.published(verifiers.publish(key)).code.length, 64 * 383 + 1);
    }

    // -- points of G1

    function test_publish_whenPointOfG1IsInfinite_reverts() public {
        for (uint256 i = 0; i < 3; ++i) {
            refuses(set(set(good(), inG1[i], 0), inG1[i] + 1, 0));
        }
    }

    function test_publish_whenPointOfG1IsOffTheCurve_reverts() public {
        for (uint256 place = 0; place <= LAST + 1; ++place) {
            if (place >= BETA && place < FIRST) continue;
            bytes memory key = good();
            refuses(set(key, place, wordOf(key, place) + 1));
        }
    }

    function test_publish_whenCoordinateInG1IsOutOfRange_reverts() public {
        for (uint256 i = 0; i < 3; ++i) {
            for (uint256 place = inG1[i]; place < inG1[i] + 2; ++place) {
                bytes memory key = good();
                refuses(set(key, place, wordOf(key, place) + P));
            }
        }
    }

    /// @dev x³ is -1 there, one below the modulus, and y is a root of 2.
    function test_publish_whenPointOfG1IsAtTheEndOfTheField_takesIt() public {
        uint256 root = 17918450306617730576773466553562392805212959031101866706334976164702657599807;
        for (uint256 i = 0; i < 3; ++i) {
            verifiers.publish(set(set(good(), inG1[i], P - 1), inG1[i] + 1, root));
            refuses(set(set(good(), inG1[i], P - 1), inG1[i] + 1, root - 1));
            verifiers.publish(set(set(good(), inG1[i], P - 1), inG1[i] + 1, P - root));
        }
    }

    // -- points of G2

    function test_publish_whenPointOfG2IsInfinite_reverts() public {
        for (uint256 i = 0; i < 3; ++i) {
            refuses(with(good(), inG2[i], abi.encode(0, 0, 0, 0)));
        }
    }

    function test_publish_whenPointOfG2IsOffTheCurve_reverts() public {
        for (uint256 place = BETA; place < FIRST; ++place) {
            bytes memory key = good();
            refuses(set(key, place, wordOf(key, place) ^ 1));
        }
        for (uint256 place = 0; place < 4; ++place) {
            refuses(with(good(), DELTA, set(abi.encode(0, 0, 0, 0), place, 1)));
        }
    }

    function test_publish_whenCoordinateInG2IsOutOfRange_reverts() public {
        for (uint256 place = BETA; place < FIRST; ++place) {
            bytes memory key = good();
            refuses(set(key, place, wordOf(key, place) + P));
        }
    }

    /// @dev The curve over the larger field has more points than the subgroup: x = u, and a y that fits it.
    function test_publish_whenPointOfG2IsOutsideTheSubgroup_reverts() public {
        bytes memory outside = abi.encode(
            1,
            0,
            3499505209057624827709920819629410982529044040404494099368353913743455207650,
            5857410223677516958241855868975604786906559121396168184066542210254491971240
        );
        for (uint256 i = 0; i < 3; ++i) {
            refuses(with(good(), inG2[i], outside));
        }
    }

    // -- points that must be apart

    /// @dev What snarkjs writes before anybody contributes: A = α, B = β and C = -IC prove anything.
    function test_publish_whenGammaIsDelta_reverts() public {
        refuses(with(good(), DELTA, KeyForge.one()));
        refuses(with(good(), DELTA, negative(KeyForge.one())));
        refuses(with(good(), GAMMA, KeyForge.delta()));
        refuses(with(good(), GAMMA, negative(KeyForge.delta())));
    }

    function test_publish_whenBetaIsGamma_reverts() public {
        refuses(with(good(), BETA, KeyForge.one()));
        refuses(with(good(), BETA, negative(KeyForge.one())));
        refuses(with(good(), GAMMA, negative(KeyForge.beta())));
    }

    function test_publish_whenBetaIsDelta_reverts() public {
        refuses(with(good(), BETA, KeyForge.delta()));
        refuses(with(good(), BETA, negative(KeyForge.delta())));
    }

    function test_publish_whenDeltaIsTheGenerator_reverts() public {
        bytes memory key = with(good(), GAMMA, KeyForge.second());
        verifiers.publish(key);
        refuses(with(key, DELTA, KeyForge.one()));
        refuses(with(key, DELTA, negative(KeyForge.one())));
    }

    // -- points that nobody knows: the precompile is told to take them

    function test_publish_whenOneWordOfAPointIsNot0_isNotInfinite() public {
        vm.mockCall(address(8), "", abi.encode(1));
        for (uint256 i = 0; i < 3; ++i) {
            for (uint256 place = 0; place < 4; ++place) {
                verifiers.publish(with(good(), inG2[i], set(abi.encode(0, 0, 0, 0), place, 1)));
            }
            refuses(with(good(), inG2[i], abi.encode(0, 0, 0, 0)));
        }
    }

    /// @dev Two points are the same but for the sign only if both halves of x are.
    function test_publish_whenHalfOfXIsShared_takesIt() public {
        vm.mockCall(address(8), "", abi.encode(1));
        for (uint256 half = 0; half < 2; ++half) {
            for (uint256 i = 0; i < 3; ++i) {
                for (uint256 j = 0; j < 3; ++j) {
                    bytes memory key = good();
                    verifiers.publish(set(key, inG2[i] + half, wordOf(key, inG2[j] + half)));
                }
            }
            bytes memory apart = with(good(), GAMMA, KeyForge.second());
            verifiers.publish(set(apart, DELTA + half, wordOf(KeyForge.one(), half)));
        }
    }
}
