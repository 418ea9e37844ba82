// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IVerifiers} from "../src/interfaces/IVerifiers.sol";
import {System} from "./support/System.sol";

/// @notice Every part fits the 24,576 bytes that a chain lets a contract have, with room to mend something.
contract SizesTest is System {
    uint256 private constant MOST = 23_000;

    function test_parts_areSmallEnoughToDeploy() public {
        _measure("Vault", address(vault));
        _measure("Deposits", address(deposits));
        _measure("Forced", address(forced));
        _measure("Oracle", address(oracle));
        _measure("Clearing", address(clearing));
        _measure("Attestations", address(attestations));
        _measure("Governance", address(governance));
        _measure("Verifiers", address(verifiers));
        _measure("Exit", address(exit));
    }

    /// @dev A key is stored as code too; of all kinds those of steps are the longest.
    function test_keys_areSmallEnoughToStore() public view {
        for (uint256 kind = 1; kind <= 6; ++kind) {
            vm.assertLt(verifiers.keyData(IVerifiers.ProofKind(kind)).code.length, MOST);
        }
    }

    function _measure(string memory name, address part) private {
        vm.snapshotValue("Sizes", name, part.code.length);
        vm.assertGt(part.code.length, 0, name);
        vm.assertLt(part.code.length, MOST);
    }
}
