// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TestUSDC} from "../../src/testing/TestUSDC.sol";

/// @title A token that keeps a part of every transfer.
contract FeeToken is TestUSDC {
    function _update(address from, address to, uint256 amount) internal override {
        if (from == address(0)) return super._update(from, to, amount);
        uint256 fee = amount / 100 + 1;
        super._update(from, to, amount - fee);
        super._update(from, address(this), fee);
    }
}
