// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NotAFieldElement} from "../src/interfaces/Errors.sol";
import {Groth16} from "../src/libraries/Groth16.sol";
import {StepWords} from "../src/libraries/StepWords.sol";
import {Test} from "./support/Cheats.sol";

/// @notice The polynomial of words, at every length around the four that are taken at a time.
contract StepWordsTest is Test {
    uint256 private constant R = Groth16.R;
    uint256 private constant LONGEST = 9;

    function evaluate(uint256[] calldata words, uint256 z) external pure returns (uint256) {
        return StepWords.evaluate(words, z);
    }

    function digest(uint256[] calldata words) external pure returns (bytes32) {
        return StepWords.digest(words);
    }

    function testFuzz_evaluate_whenWordsAreAny_isTheSumOfTheirPowers(uint256 seed, uint256 z) public view {
        z %= R;
        for (uint256 length = 0; length <= LONGEST; ++length) {
            uint256[] memory words = _words(seed, length);
            (uint256 sum, uint256 power) = (0, 1);
            for (uint256 i = 0; i < length; ++i) {
                sum = addmod(sum, mulmod(words[i], power, R), R);
                power = mulmod(power, z, R);
            }
            vm.assertEq(this.evaluate(words, z), sum);
            vm.assertEq(this.digest(words), keccak256(abi.encodePacked(words)));
        }
    }

    /// @dev L1-4, wherever the word stands.
    function test_evaluate_whenAWordIsTheOrder_reverts() public {
        for (uint256 length = 1; length <= LONGEST; ++length) {
            for (uint256 i = 0; i < length; ++i) {
                uint256[] memory words = _words(length, length);
                words[i] = R - 1;
                this.evaluate(words, 3);
                words[i] = R;
                vm.expectRevert(NotAFieldElement.selector);
                this.evaluate(words, 3);
                words[i] = type(uint256).max;
                vm.expectRevert(NotAFieldElement.selector);
                this.evaluate(words, 3);
            }
        }
    }

    function _words(uint256 seed, uint256 length) private pure returns (uint256[] memory words) {
        words = new uint256[](length);
        for (uint256 i = 0; i < length; ++i) {
            words[i] = uint256(keccak256(abi.encode(seed, i))) % R;
        }
    }
}
