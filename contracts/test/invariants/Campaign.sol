// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Invariants} from "./Invariants.sol";

/// @notice Which actions a campaign calls, and the proof that all of them happen.
abstract contract Campaign is Invariants {
    bytes4[] internal calls;

    function _call(bytes4 action_) internal {
        calls.push(action_);
    }

    /// @dev Calls in an order that is always the same, and as forge's are: an action that fails fails the walk.
    function _walk(uint256 name, uint256 steps) internal {
        for (uint256 i = 0; i < steps; ++i) {
            uint256 seed = uint256(keccak256(abi.encode("walk", name, i)));
            (bool success, bytes memory because) =
                address(this).call(abi.encodeWithSelector(calls[seed % calls.length], seed));
            if (success) continue;
            assembly ("memory-safe") {
                revert(add(because, 0x20), mload(because))
            }
        }
    }

    /// @dev In so many walks, each from the state that setUp leaves, every action succeeds that often.
    function _assertWalks(uint256 walks, uint256 steps, uint256 least) internal {
        uint256[] memory counts = new uint256[](calls.length);
        for (uint256 name = 0; name < walks; ++name) {
            uint256 start = vm.snapshotState();
            _walk(name, steps);
            for (uint256 i = 0; i < calls.length; ++i) {
                counts[i] += done[calls[i]];
            }
            vm.revertToState(start);
        }
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.assertGe(counts[i], least, vm.toString(bytes32(calls[i])));
        }
    }
}
