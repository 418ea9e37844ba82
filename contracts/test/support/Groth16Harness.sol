// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IVerifiers} from "../../src/interfaces/IVerifiers.sol";
import {Groth16} from "../../src/libraries/Groth16.sol";
import {Test} from "./Cheats.sol";
import {KeyForge} from "./KeyForge.sol";

/// @notice The library as a contract.
contract Groth16Harness {
    function verify(Groth16.Claim[] memory claims) external view returns (bool) {
        return Groth16.verify(claims);
    }

    function gasOf(Groth16.Claim[] memory claims) external view returns (uint256 used) {
        used = gasleft();
        require(Groth16.verify(claims), "not shown");
        used -= gasleft();
    }

    function claimOf(address key, uint256 inputs, Groth16.Proof calldata proof)
        external
        pure
        returns (Groth16.Claim memory)
    {
        return Groth16.claimOf(key, inputs, proof);
    }
}

/// @notice Claims under forged keys, and the check that the library would be without its random powers.
abstract contract Claims is Test {
    uint256 internal constant R = Groth16.R;
    uint256 internal constant P = Groth16.P;

    /// @dev As much as a transaction may take.
    uint256 private constant TRANSACTION_GAS = 16_777_216;

    Groth16Harness internal harness;

    function setUp() public {
        harness = new Groth16Harness();
        for (uint8 kind = 1; kind <= 6; ++kind) {
            bytes memory key = KeyForge.key(IVerifiers.ProofKind(kind));
            vm.etch(keyOf(IVerifiers.ProofKind(kind)), bytes.concat(hex"00", key));
        }
    }

    /// @dev Where the key of a kind is: behind one byte of code.
    function keyOf(IVerifiers.ProofKind kind) internal pure returns (address) {
        return address(uint160(0xE000 + uint256(kind)));
    }

    // -- claims

    function inputsOf(IVerifiers.ProofKind kind, uint256 seed) internal pure returns (uint256[] memory inputs) {
        inputs = new uint256[](KeyForge.inputsOf(kind));
        for (uint256 i = 0; i < inputs.length; ++i) {
            inputs[i] = uint256(keccak256(abi.encode("input", seed, i))) % R;
        }
    }

    /// @dev A claim that holds; other seeds are other inputs, and every other seed has another B.
    function claim(IVerifiers.ProofKind kind, uint256 seed) internal view returns (Groth16.Claim memory) {
        return claimOff(kind, seed, 0, 0);
    }

    function claimOff(IVerifiers.ProofKind kind, uint256 seed, uint256 moveA, uint256 moveC)
        internal
        view
        returns (Groth16.Claim memory)
    {
        uint256[] memory inputs = inputsOf(kind, seed);
        return claimOf(kind, inputs, KeyForge.proveOff(kind, inputs, seed, moveA, moveC));
    }

    function claimOf(IVerifiers.ProofKind kind, uint256[] memory inputs, Groth16.Proof memory proof)
        internal
        view
        returns (Groth16.Claim memory made)
    {
        made = harness.claimOf(keyOf(kind), inputs.length, proof);
        for (uint256 i = 0; i < inputs.length; ++i) {
            made.words[i] = inputs[i];
        }
    }

    function manyOf(uint256 count) internal view returns (Groth16.Claim[] memory claims) {
        claims = new Groth16.Claim[](count);
        for (uint256 i = 0; i < count; ++i) {
            claims[i] = claim(IVerifiers.ProofKind.TRADE, i);
        }
    }

    function listOf(Groth16.Claim memory one) internal pure returns (Groth16.Claim[] memory claims) {
        claims = new Groth16.Claim[](1);
        claims[0] = one;
    }

    function listOf(Groth16.Claim memory one, Groth16.Claim memory other)
        internal
        pure
        returns (Groth16.Claim[] memory claims)
    {
        claims = new Groth16.Claim[](2);
        (claims[0], claims[1]) = (one, other);
    }

    function negative(uint256 scalar) internal pure returns (uint256) {
        return (R - scalar % R) % R;
    }

    // -- judgement

    function ones(uint256 count) internal pure returns (uint256[] memory powers) {
        powers = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            powers[i] = 1;
        }
    }

    function accepts(Groth16.Claim[] memory claims) internal view {
        vm.assertTrue(harness.verify(claims), "claims that hold are refused");
    }

    /// @dev Refused with the gas of one transaction. A precompile that is given no point takes all of it, so a refusal may
    /// be the end of gas as well as an answer.
    function refuses(Groth16.Claim[] memory claims, string memory what) internal view {
        try harness.verify{gas: TRANSACTION_GAS}(claims) returns (bool valid) {
            vm.assertFalse(valid, what);
        } catch (bytes memory reason) {
            vm.assertEq(reason.length, 0, "refused by an error");
        }
    }

    /// @dev The product that the library checks, if the powers were these: every claim by its own four pairings.
    function productIsOne(Groth16.Claim[] memory claims, uint256[] memory powers) internal view returns (bool) {
        bytes memory pairs;
        for (uint256 i = 0; i < claims.length; ++i) {
            bytes memory code = claims[i].key.code;
            uint256[] memory words = claims[i].words;
            uint256 inputs = words.length - 8;
            (uint256 x, uint256 y) = (words[inputs], words[inputs + 1]);
            pairs = bytes.concat(pairs, _times(x, y, powers[i]));
            for (uint256 j = 2; j < 6; ++j) {
                pairs = bytes.concat(pairs, bytes32(words[inputs + j]));
            }
            uint256 opposite = negative(powers[i]);
            pairs = bytes.concat(pairs, _times(_word(code, 0), _word(code, 1), opposite), KeyForge.beta());
            (x, y) = _shown(code, words, inputs);
            pairs = bytes.concat(pairs, _times(x, y, opposite), KeyForge.one());
            (x, y) = (words[inputs + 6], words[inputs + 7]);
            pairs = bytes.concat(pairs, _times(x, y, opposite), KeyForge.delta());
        }
        (bool done, bytes memory result) = address(8).staticcall(pairs);
        return done && abi.decode(result, (uint256)) == 1;
    }

    /// @dev IC(x).
    function _shown(bytes memory code, uint256[] memory words, uint256 inputs)
        private
        view
        returns (uint256 x, uint256 y)
    {
        (x, y) = (_word(code, 14), _word(code, 15));
        for (uint256 i = 0; i < inputs; ++i) {
            bytes memory term = _times(_word(code, 16 + 2 * i), _word(code, 17 + 2 * i), words[i]);
            (bool done, bytes memory sum) = address(6).staticcall(bytes.concat(abi.encode(x, y), term));
            vm.assertTrue(done, "no points of G1");
            (x, y) = abi.decode(sum, (uint256, uint256));
        }
    }

    function _times(uint256 x, uint256 y, uint256 scalar) private view returns (bytes memory point) {
        bool done;
        (done, point) = address(7).staticcall(abi.encode(x, y, scalar));
        vm.assertTrue(done, "no point of G1");
    }

    /// @dev A word of a key, behind the first byte of the code.
    function _word(bytes memory code, uint256 place) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(add(code, 0x21), shl(5, place)))
        }
    }
}
