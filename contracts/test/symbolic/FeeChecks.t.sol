// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Forced} from "../../src/Forced.sol";
import {Symbolic} from "./Symbolic.sol";

/// @notice What the next forced request costs, however many are open: never less than before, never more than fits.
contract FeeChecks is Symbolic {
    /// @dev Where `Forced.open` is stored.
    bytes32 private constant OPEN_AT = bytes32(uint256(3));
    uint256 private constant MOST = type(uint128).max;

    Forced private forced;

    function setUp() public {
        forced = new Forced(partsAt(address(0xD1)), defaultSettings());
    }

    function check_feeOfNext_neverFalls(uint256 open) public {
        vm.assume(open < type(uint256).max);
        vm.assertLe(_fee(open), _fee(open + 1));
    }

    function check_feeOfNext_staysInItsBounds(uint256 open) public {
        uint256 fee = _fee(open);
        vm.assertGe(fee, 0.01 ether);
        vm.assertLe(fee, MOST);
    }

    function check_feeOfNext_doubles(uint256 open) public {
        vm.assume(open < BOUND);
        uint256 twice = 2 * _fee(open);
        vm.assertEq(_fee(open + 10), twice < MOST ? twice : MOST);
    }

    function _fee(uint256 open) private returns (uint256) {
        vm.store(address(forced), OPEN_AT, bytes32(open));
        vm.assertEq(forced.open(), open);
        return forced.feeOfNext();
    }
}
