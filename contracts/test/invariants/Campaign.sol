// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Invariants} from "./Invariants.sol";

/// @notice Which actions a campaign calls, and the proof that all of them happen.
abstract contract Campaign is Invariants {
    uint256 private constant WALKS = 24;
    /// @dev As deep as forge's own campaigns.
    uint256 private constant STEPS = 60;

    bytes4[] internal calls;
    mapping(bytes4 action => string) private nameOf;

    /// @dev Twice for what should happen twice as often.
    function _call(string memory name, bytes4 action_) internal {
        calls.push(action_);
        nameOf[action_] = name;
    }

    /// @dev Ourselves and nobody else; each invariant has a campaign of its own.
    function _target() internal {
        targetContract(address(this));
        targetSelector(address(this), calls);
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

    /// @dev What went before does not count.
    function _forget() internal {
        for (uint256 i = 0; i < calls.length; ++i) {
            (done[calls[i]], refusals[calls[i]]) = (0, 0);
        }
    }

    /// @dev In walks from the state that setUp leaves every action succeeds that often; all counts are in snapshots/.
    function _assertWalks(string memory group, uint256 least) internal {
        uint256[] memory counts = new uint256[](calls.length);
        for (uint256 name = 0; name < WALKS; ++name) {
            uint256 start = vm.snapshotState();
            _walk(name, STEPS);
            for (uint256 i = 0; i < calls.length; ++i) {
                counts[i] += done[calls[i]];
            }
            vm.revertToState(start);
        }
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.snapshotValue(group, nameOf[calls[i]], counts[i]);
            vm.assertGe(counts[i], least, nameOf[calls[i]]);
        }
    }
}
