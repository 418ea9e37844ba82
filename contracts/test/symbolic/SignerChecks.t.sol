// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Signers} from "../../src/interfaces/Deployment.sol";
import {SignerSets} from "../../src/libraries/SignerSets.sol";
import {Symbolic} from "./Symbolic.sol";

/// @notice A set of its own, and the check that the constructor and governance make before.
contract Group {
    using SignerSets for SignerSets.Set;

    SignerSets.Set private set;

    function replace(Signers memory signers) external {
        SignerSets.requireSound(signers);
        set.replace(signers);
    }

    function contains(address account) external view returns (bool) {
        return set.contains(account);
    }

    function read() external view returns (Signers memory) {
        return set.read();
    }
}

/// @notice Signer sets of up to three: only sound ones come in (L1-97), and a new set leaves nothing of the old one.
contract SignerChecks is Symbolic {
    Group private group;

    function setUp() public {
        group = new Group();
    }

    function check_replace_takesSoundSetsOnly_ofNone(uint256 threshold) public {
        _checkSound(new address[](0), threshold);
    }

    function check_replace_takesSoundSetsOnly_ofTwo(address[2] memory one, uint256 threshold) public {
        _checkSound(_list(one[0], one[1]), threshold);
    }

    function check_replace_takesSoundSetsOnly_ofThree(address[3] memory one, uint256 threshold) public {
        address[] memory members = new address[](3);
        (members[0], members[1], members[2]) = (one[0], one[1], one[2]);
        _checkSound(members, threshold);
    }

    function check_contains_whenReplaced_knowsTheNewOnly(
        address[2] memory first,
        address[2] memory second,
        uint256[2] memory thresholds,
        address whoever
    ) public {
        group.replace(Signers(_list(first[0], first[1]), thresholds[0]));
        vm.assertEq(group.contains(whoever), whoever == first[0] || whoever == first[1]);
        group.replace(Signers(_list(second[0], second[1]), thresholds[1]));
        vm.assertEq(group.contains(whoever), whoever == second[0] || whoever == second[1]);
        vm.assertEq(group.read().threshold, thresholds[1]);
    }

    function _checkSound(address[] memory members, uint256 threshold) private {
        bool sound = threshold > 0 && threshold <= members.length;
        for (uint256 i = 0; i < members.length; ++i) {
            sound = sound && members[i] != address(0);
            for (uint256 j = 0; j < i; ++j) {
                sound = sound && members[j] < members[i];
            }
        }
        (bool success,) = address(group).call(abi.encodeCall(Group.replace, (Signers(members, threshold))));
        vm.assertEq(success, sound);
    }

    function _list(address one, address other) private pure returns (address[] memory list) {
        list = new address[](2);
        (list[0], list[1]) = (one, other);
    }
}
