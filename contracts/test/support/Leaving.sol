// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IExit} from "../../src/interfaces/IExit.sol";
import {BlockingToken} from "../tokens/BlockingToken.sol";
import {System} from "./System.sol";

/// @notice Three members and a provider's root: those whom a freeze leaves behind.
abstract contract Leaving is System {
    uint256 internal constant ROOT = 0xA550C;
    /// @dev What all members brought.
    uint256 internal constant INSIDE = 9_000;

    address internal carol = _named("carol");

    /// @dev Accounts 2, 3 and 4 of Alice, Bob and Carol with 3,000 each.
    function setUp() public virtual override {
        super.setUp();
        member(alice, INSIDE / 3);
        member(bob, INSIDE / 3);
        member(carol, INSIDE / 3);
        vouch(ROOT);
    }

    /// @dev A note of Bob's in the private form, with a fee for the relayer.
    function hidden(uint256 amount, uint256 fee, uint256 name) internal view returns (IExit.Withdrawal memory) {
        return privateVoucher(bob, ROOT, amount, fee, name);
    }

    /// @dev From now on the token refuses to pay somebody.
    function block_(address account) internal {
        vm.etch(address(usdc), address(new BlockingToken()).code);
        BlockingToken(address(usdc)).setBlocked(account, true);
    }
}
