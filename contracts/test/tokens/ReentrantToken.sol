// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TestUSDC} from "../../src/testing/TestUSDC.sol";

/// @title A token that calls somebody in the middle of its next transfer, and remembers what came of it.
contract ReentrantToken is TestUSDC {
    address public target;
    bytes public data;
    bool public called;
    bool public succeeded;
    bytes public answer;

    function arm(address target_, bytes calldata data_) external {
        (target, data) = (target_, data_);
        (called, succeeded) = (false, false);
    }

    /// @dev Before anything has moved, which is when a vault that counted late would be wrong.
    function _update(address from, address to, uint256 amount) internal override {
        address callee = target;
        if (callee != address(0)) {
            target = address(0);
            called = true;
            (succeeded, answer) = callee.call(data);
        }
        super._update(from, to, amount);
    }
}
