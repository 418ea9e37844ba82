// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Parts} from "../../src/interfaces/Deployment.sol";
import {IDeposits} from "../../src/interfaces/IDeposits.sol";
import {System} from "./System.sol";

/// @notice Money on its way in and out of a real system. What only a batch does is done here in clearing's name.
abstract contract Money is System {
    /// @dev What members put in.
    uint256 internal constant STAKE = 5_000;

    /// @dev A batch takes a deposit as the queue has it.
    function consume(uint256 number) internal {
        IDeposits.Deposit memory found = deposits.deposit(number);
        uint256 index = indexDue(number);
        vm.prank(address(clearing));
        deposits.consume(number, index, found.amount, found.ownerHash, uint160(found.depositor));
    }

    /// @dev A batch lists a deposit as rejected.
    function reject(uint256 number) internal returns (bool done) {
        vm.prank(address(clearing));
        return deposits.rejectAtHead(number);
    }

    /// @dev Somebody whose registration was consumed.
    function member(address who) internal returns (uint256 index) {
        uint256 number = register(who, STAKE);
        consume(number);
        return deposits.deposit(number).index;
    }

    // -- out

    function credit(address who, uint256 amount) internal {
        vm.prank(address(clearing));
        vault.credit(who, amount);
    }

    function pay(address who, uint256 amount) internal {
        vm.prank(address(exit));
        vault.pay(who, amount);
    }

    function pause() internal {
        vm.prank(guardian);
        governance.pause(7 days);
    }

    // -- what is there

    function balance() internal view returns (uint256) {
        return usdc.balanceOf(address(vault));
    }

    /// @dev All nine, in the order of the struct.
    function everyPart() internal view returns (address[] memory all) {
        Parts memory parts = deployedParts();
        all = new address[](9);
        (all[0], all[1], all[2]) = (parts.vault, parts.deposits, parts.forced);
        (all[3], all[4], all[5]) = (parts.oracle, parts.clearing, parts.attestations);
        (all[6], all[7], all[8]) = (parts.governance, parts.verifiers, parts.exit);
    }

    /// @dev Another token's program in the place of ours; balances and allowances stay.
    function replaceToken(address other) internal {
        vm.etch(address(usdc), other.code);
    }
}
