// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Groth16 proofs on BN254, any number under any number of keys, in one pairing check.
/// @notice A proof (A, B, C) under a key (α, β, γ, δ, IC) shows inputs x when e(A,B) = e(α,β)·e(IC(x),γ)·e(C,δ). All of them
/// are raised to random powers ρ and multiplied: if one equation fails, the product fails but with a chance of 2^-128.
/// @dev The powers are drawn after everything that is checked is fixed, so no two bad proofs can be built to cancel. The
/// first power is 1: it is the others that must be unknown, and a lone proof then costs no multiplications.
library Groth16 {
    /// @notice Points as the precompiles take them: the imaginary half of a coordinate in G2 comes first.
    struct Proof {
        uint256 aX;
        uint256 aY;
        uint256 bXImaginary;
        uint256 bXReal;
        uint256 bYImaginary;
        uint256 bYReal;
        uint256 cX;
        uint256 cY;
    }

    /// @notice Something to check: public inputs, and after them the eight words of a proof.
    struct Claim {
        /// Where the verifier key is; see IVerifiers.keyData.
        address key;
        uint256[] words;
    }

    /// @dev What the claims of one key add up to.
    struct Sums {
        address key;
        uint256 rho;
        uint256[] inputs;
        uint256 cX;
        uint256 cY;
    }

    uint256 internal constant R = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    uint256 internal constant P = 21888242871839275222246405745257275088696311157297823662689037894645226208583;

    uint256 internal constant PROOF_WORDS = 8;
    /// @dev α, β, γ, δ; the points of the inputs follow, the constant's first.
    uint256 internal constant KEY_WORDS = 14;

    uint256 private constant ADD = 6;
    uint256 private constant MULTIPLY = 7;
    uint256 private constant PAIRING = 8;
    /// @dev Words of a pair: a point of G1 and one of G2.
    uint256 private constant PAIR = 6;

    /// @notice Room for claims, each of which the caller puts there before it has them checked.
    function claims(uint256 count) internal pure returns (Claim[] memory list) {
        assembly ("memory-safe") {
            list := mload(0x40)
            mstore(list, count)
            mstore(0x40, add(list, shl(5, add(count, 1))))
        }
    }

    /// @notice A claim with room for its inputs and with its proof in place.
    function claimOf(address key, uint256 inputs, Proof calldata proof) internal pure returns (Claim memory claim) {
        claim.key = key;
        claim.words = new uint256[](inputs + PROOF_WORDS);
        uint256[] memory words = claim.words;
        assembly ("memory-safe") {
            calldatacopy(add(add(words, 0x20), shl(5, inputs)), proof, 0x100)
        }
    }

    /// @notice Whether every claim is shown by its proof. The caller has checked that inputs are below R, and gives all
    /// claims of a key the same number of them.
    function verify(Claim[] memory list) internal view returns (bool) {
        Sums[] memory sums = _distinct(list);
        uint256[] memory pairs = new uint256[](PAIR * (list.length + 3 * sums.length));
        uint256 seed = _seed(list);
        // A precompile that refuses a point takes all the gas it was given: go home with what is left.
        for (uint256 i = 0; i < list.length; ++i) {
            Claim memory claim = list[i];
            uint256 place;
            while (sums[place].key != claim.key) ++place;
            if (!_add(sums[place], claim.words, i == 0 ? 1 : _rho(seed, i), pairs, i * PAIR)) return false;
        }
        for (uint256 i = 0; i < sums.length; ++i) {
            if (!_close(sums[i], pairs, (list.length + 3 * i) * PAIR)) return false;
        }
        return _pairingIsOne(pairs);
    }

    /// @dev Fixes every key, input and proof.
    function _seed(Claim[] memory list) private pure returns (uint256 seed) {
        for (uint256 i = 0; i < list.length; ++i) {
            uint256[] memory words = list[i].words;
            address key = list[i].key;
            assembly ("memory-safe") {
                let digest := keccak256(add(words, 0x20), shl(5, mload(words)))
                let free := mload(0x40)
                mstore(free, seed)
                mstore(add(free, 0x20), key)
                mstore(add(free, 0x40), digest)
                seed := keccak256(free, 0x60)
            }
        }
    }

    /// @dev 128 random bits, not zero.
    function _rho(uint256 seed, uint256 place) private pure returns (uint256 rho) {
        assembly ("memory-safe") {
            mstore(0x00, seed)
            mstore(0x20, place)
            rho := shr(128, keccak256(0x00, 0x40))
        }
        if (rho == 0) rho = 1;
    }

    /// @dev One empty sum for each key among the claims.
    function _distinct(Claim[] memory list) private pure returns (Sums[] memory sums) {
        address[] memory keys = new address[](list.length);
        uint256[] memory widths = new uint256[](list.length);
        uint256 count;
        for (uint256 i = 0; i < list.length; ++i) {
            uint256 place;
            while (place < count && keys[place] != list[i].key) ++place;
            if (place == count) {
                (keys[place], widths[place]) = (list[i].key, list[i].words.length - PROOF_WORDS);
                ++count;
            }
        }
        sums = new Sums[](count);
        for (uint256 i = 0; i < count; ++i) {
            sums[i].key = keys[i];
            sums[i].inputs = new uint256[](widths[i]);
        }
    }

    /// @dev Takes a claim into the sums of its key, and puts (ρ·A, B) among the pairs. False for points that are none.
    function _add(Sums memory sums, uint256[] memory words, uint256 rho, uint256[] memory pairs, uint256 place)
        private
        view
        returns (bool sound)
    {
        sums.rho = addmod(sums.rho, rho, R);
        uint256[] memory inputs = sums.inputs;
        uint256 proof;
        assembly ("memory-safe") {
            let size := shl(5, mload(inputs))
            for { let offset := size } offset { offset := sub(offset, 0x20) } {
                let sum := add(inputs, offset)
                mstore(sum, addmod(mload(sum), mulmod(rho, mload(add(words, offset)), R), R))
            }
            proof := add(add(words, 0x20), size)
            let pair := add(add(pairs, 0x20), shl(5, place))
            mcopy(add(pair, 0x40), add(proof, 0x40), 0x80)
            let free := mload(0x40)
            mcopy(free, proof, 0x40)
            mstore(add(free, 0x40), rho)
            sound := 1
            // Once is what it is; a point that is none is refused by the pairing, and by the addition below.
            switch rho
            case 1 {
                mcopy(pair, proof, 0x40)
                mcopy(free, add(proof, 0xc0), 0x40)
            }
            default {
                sound := staticcall(gas(), MULTIPLY, free, 0x60, pair, 0x40)
                if sound {
                    mcopy(free, add(proof, 0xc0), 0x40)
                    sound := staticcall(gas(), MULTIPLY, free, 0x60, free, 0x40)
                }
            }
            if sound {
                // sums: key, rho, inputs, cX, cY
                mcopy(add(free, 0x40), add(sums, 0x60), 0x40)
                sound := staticcall(gas(), ADD, free, 0x80, add(sums, 0x60), 0x40)
            }
        }
    }

    /// @dev Puts the other side of a key's equation among the pairs: (-Σρ·α, β), (-IC, γ), (-ΣC, δ).
    function _close(Sums memory sums, uint256[] memory pairs, uint256 place) private view returns (bool sound) {
        uint256[] memory inputs = sums.inputs;
        uint256[] memory key = _read(sums.key, KEY_WORDS + 2 * (inputs.length + 1));
        if (key.length == 0) return false;
        assembly ("memory-safe") {
            let pair := add(add(pairs, 0x20), shl(5, place))
            let word := add(key, 0x20)
            let free := mload(0x40)
            let rho := mload(add(sums, 0x20))
            // α and the constant's point, times Σρ.
            mcopy(free, word, 0x40)
            mstore(add(free, 0x40), rho)
            sound := staticcall(gas(), MULTIPLY, free, 0x60, pair, 0x40)
            mcopy(free, add(word, 0x1c0), 0x40)
            mstore(add(free, 0x40), rho)
            sound := and(sound, staticcall(gas(), MULTIPLY, free, 0x60, add(pair, 0xc0), 0x40))
            // The points of the inputs, times the inputs' sums.
            let sum := add(inputs, 0x20)
            let end := add(sum, shl(5, mload(inputs)))
            for { let point := add(word, 0x200) } lt(sum, end) { point := add(point, 0x40) } {
                mcopy(free, point, 0x40)
                mstore(add(free, 0x40), mload(sum))
                sound := and(sound, staticcall(gas(), MULTIPLY, free, 0x60, free, 0x40))
                mcopy(add(free, 0x40), add(pair, 0xc0), 0x40)
                sound := and(sound, staticcall(gas(), ADD, free, 0x80, add(pair, 0xc0), 0x40))
                sum := add(sum, 0x20)
            }
            mcopy(add(pair, 0x180), add(sums, 0x60), 0x40)
            // β, γ, δ
            mcopy(add(pair, 0x40), add(word, 0x40), 0x80)
            mcopy(add(pair, 0x100), add(word, 0xc0), 0x80)
            mcopy(add(pair, 0x1c0), add(word, 0x140), 0x80)
            // The negative of a point has P - y; of the point at infinity, whose coordinates are 0, again 0.
            for { let y := add(pair, 0x20) } lt(y, add(pair, 0x240)) { y := add(y, 0xc0) } {
                mstore(y, mod(sub(P, mload(y)), P))
            }
        }
    }

    /// @dev The words of a key; none where there are not just as many: a key of nothing would show everything.
    function _read(address data, uint256 count) private view returns (uint256[] memory words) {
        if (data.code.length != 1 + 32 * count) return words;
        words = new uint256[](count);
        assembly ("memory-safe") {
            extcodecopy(data, add(words, 0x20), 1, shl(5, count))
        }
    }

    function _pairingIsOne(uint256[] memory pairs) private view returns (bool one) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, 0)
            one := staticcall(gas(), PAIRING, add(pairs, 0x20), shl(5, mload(pairs)), free, 0x20)
            one := and(one, eq(mload(free), 1))
        }
    }
}
