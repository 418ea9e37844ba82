// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TestUSDC} from "../src/testing/TestUSDC.sol";
import {Actors} from "./support/Actors.sol";

contract TestUSDCTest is Actors {
    function test_deployTestToken_whenTheChainIsNotLocal_reverts() public {
        uint256[4] memory chains = [uint256(1), 11155111, 8453, 31338];
        for (uint256 i = 0; i < chains.length; ++i) {
            vm.chainId(chains[i]);
            vm.expectRevert(abi.encodeWithSelector(TestUSDC.LocalChainsOnly.selector, chains[i]));
            new TestUSDC();
        }
    }

    function test_deployTestToken_whenTheChainIsLocal_hasSixDecimals() public {
        vm.chainId(1337);
        TestUSDC token = new TestUSDC();
        vm.assertEq(token.decimals(), 6);
        token.mint(bob, 9);
        vm.assertEq(token.balanceOf(bob), 9);
        vm.chainId(31337);
        vm.assertEq(new TestUSDC().symbol(), "USDC");
    }
}
