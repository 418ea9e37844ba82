// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Groth16} from "./Groth16.sol";
import {UnsoundVerifierKey} from "../interfaces/Errors.sol";

/// @title What a verifier key must be before any proof is checked by it.
/// @notice A key says which circuit it belongs to only to those who made it. But what makes every proof forgeable, such
/// as γ = δ, which snarkjs writes before the first contribution, can be seen from outside.
/// @dev L1-102. Words: α(2), β(4), γ(4), δ(4), and two for each point of an input, the constant's first.
library VerifierKey {
    uint256 private constant WORD = 32;
    uint256 private constant ALPHA = 0;
    uint256 private constant BETA = 2;
    uint256 private constant GAMMA = 6;
    uint256 private constant DELTA = 10;
    uint256 private constant PAIRING = 8;

    /// @dev x of the point that generates G2.
    uint256 private constant GENERATOR_IMAGINARY = 0x198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2;
    uint256 private constant GENERATOR_REAL = 0x1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed;

    /// @notice Refuses a key that cannot be sound.
    function check(bytes memory key) internal view {
        uint256 points = key.length / WORD;
        // The constant and at least one input.
        bool whole = key.length % (2 * WORD) == 0 && points >= Groth16.KEY_WORDS + 4;
        require(whole, UnsoundVerifierKey());
        _requireInG1(key, ALPHA);
        for (uint256 place = Groth16.KEY_WORDS; place < points; place += 2) {
            _requireInG1(key, place);
        }
        _requireInG2(key, BETA);
        _requireInG2(key, GAMMA);
        _requireInG2(key, DELTA);
        // A point and its negative have one x.
        bool apart = !_sameX(key, GAMMA, DELTA) && !_sameX(key, BETA, GAMMA) && !_sameX(key, BETA, DELTA);
        require(apart, UnsoundVerifierKey());
        bool free = _word(key, DELTA) != GENERATOR_IMAGINARY || _word(key, DELTA + 1) != GENERATOR_REAL;
        require(free, UnsoundVerifierKey());
    }

    /// @notice How many public inputs a key of a length has.
    function inputsOf(uint256 length) internal pure returns (uint256) {
        return (length / WORD - Groth16.KEY_WORDS) / 2 - 1;
    }

    /// @dev On the curve y² = x³ + 3, which the point at infinity, (0, 0), is not.
    function _requireInG1(bytes memory key, uint256 place) private pure {
        uint256 x = _word(key, place);
        uint256 y = _word(key, place + 1);
        require(x < Groth16.P && y < Groth16.P, UnsoundVerifierKey());
        uint256 right = addmod(mulmod(mulmod(x, x, Groth16.P), x, Groth16.P), 3, Groth16.P);
        require(mulmod(y, y, Groth16.P) == right, UnsoundVerifierKey());
    }

    /// @dev On the curve, in the subgroup and in range, which the pairing refuses to compute without; but it takes the
    /// point at infinity.
    function _requireInG2(bytes memory key, uint256 place) private view {
        bool infinite = _word(key, place) | _word(key, place + 1) | _word(key, place + 2) | _word(key, place + 3) == 0;
        require(!infinite, UnsoundVerifierKey());
        bool taken;
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, 0)
            mstore(add(free, 0x20), 0)
            mcopy(add(free, 0x40), add(add(key, 0x20), mul(place, WORD)), 0x80)
            taken := staticcall(gas(), PAIRING, free, 0xc0, free, 0x20)
        }
        require(taken, UnsoundVerifierKey());
    }

    function _sameX(bytes memory key, uint256 one, uint256 other) private pure returns (bool) {
        return _word(key, one) == _word(key, other) && _word(key, one + 1) == _word(key, other + 1);
    }

    function _word(bytes memory key, uint256 place) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(add(key, 0x20), mul(place, WORD)))
        }
    }
}
