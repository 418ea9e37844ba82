// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {StepWords} from "../../src/libraries/StepWords.sol";
import {Symbolic} from "./Symbolic.sol";

/// @notice The library takes calldata, so a call is needed.
contract Words {
    function evaluate(uint256[] calldata words, uint256 z) external pure returns (uint256) {
        return StepWords.evaluate(words, z);
    }
}

/// @notice The unrolled evaluation is the plain one, and refuses what is no field element wherever it stands (L1-4).
contract WordChecks is Symbolic {
    uint256 private constant R = 21888242871839275222246405745257275088548364400416034343698204186575808495617;

    Words private library_;

    function setUp() public {
        library_ = new Words();
    }

    function check_evaluate_noneToThree(uint256[6] memory given, uint256 z) public view {
        for (uint256 count = 0; count < 4; ++count) {
            _check(given, count, z);
        }
    }

    function check_evaluate_four(uint256[6] memory given, uint256 z) public view {
        _check(given, 4, z);
    }

    function check_evaluate_five(uint256[6] memory given, uint256 z) public view {
        _check(given, 5, z);
    }

    function check_evaluate_six(uint256[6] memory given, uint256 z) public view {
        _check(given, 6, z);
    }

    function _check(uint256[6] memory given, uint256 count, uint256 z) private view {
        uint256[] memory words = new uint256[](count);
        bool small = true;
        uint256 plain = 0;
        for (uint256 i = count; i > 0; --i) {
            words[i - 1] = given[i - 1];
            small = small && words[i - 1] < R;
            plain = addmod(mulmod(plain, z, R), words[i - 1], R);
        }
        (bool success, bytes memory answer) = address(library_).staticcall(abi.encodeCall(Words.evaluate, (words, z)));
        vm.assertEq(success, small);
        if (success) vm.assertEq(abi.decode(answer, (uint256)), plain);
    }
}
