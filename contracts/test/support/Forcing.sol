// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IForced} from "../../src/interfaces/IForced.sol";
import {Money} from "./Money.sol";

/// @notice L1 owners who demand, and batches that answer. Alice is account 2, Bob 3.
abstract contract Forcing is Money {
    IForced.Queue internal constant PAY = IForced.Queue.PAY;
    IForced.Queue internal constant CLOSE = IForced.Queue.CLOSE;
    uint256 internal constant FEE = 0.01 ether;

    function setUp() public virtual override {
        super.setUp();
        member(alice);
        member(bob);
    }

    function serve(IForced.Queue queue, uint256 number, uint256 index, uint256 paid, uint256 asked) internal {
        vm.prank(address(clearing));
        forced.serve(queue, number, index, paid, asked);
    }

    /// @dev More members: `owner(i)` has the account 4 + i.
    function members(uint256 count) internal {
        for (uint256 i = 0; i < count; ++i) {
            vm.assertEq(member(owner(i)), 4 + i);
        }
    }

    function owner(uint256 i) internal pure returns (address) {
        return address(uint160(0x1000_0000 + i));
    }

    function _fees(uint256 held, uint256 burnt) internal view {
        (uint256 isHeld, uint256 isBurnt) = forced.fees();
        vm.assertEq(isHeld, held, "held");
        vm.assertEq(isBurnt, burnt, "burnt");
        vm.assertEq(address(forced).balance, held + burnt, "wei");
    }
}
