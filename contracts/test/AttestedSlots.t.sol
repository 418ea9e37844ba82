// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAttestations} from "../src/interfaces/IAttestations.sol";
import {IOracle} from "../src/interfaces/IOracle.sol";
import {Groth16} from "../src/libraries/Groth16.sol";
import {Shared} from "../src/libraries/Shared.sol";
import {System} from "./support/System.sol";

/// @notice What an attestation tells the oracle of settled slots.
contract AttestedSlotsTest is System {
    function setUp() public override {
        super.setUp();
        wait(1 hours);
        submit();
    }

    function settle() internal returns (uint64) {
        return post(tableNow(marksOf(mark(Shared.STATUS_SETTLED, 1, 1_000))));
    }

    function test_attest_ofASettledSlotThatNobodyHolds_tellsTheOracle() public {
        wait(1 hours);
        settle();
        submit();
        IAttestations.Attestation memory attestation = attestationOf(clearing.latestRoot());
        attestation.emptySlots = 1 << 1 | 1 << 2;
        Groth16.Proof[] memory proofs = proofsOf(attestation);
        vm.expectEmit(address(oracle));
        emit IOracle.SlotShownEmpty(1, 1);
        attestations.attest(attestation, proofs);
        vm.assertTrue(oracle.shownEmpty(1, 1));
        vm.assertFalse(oracle.shownEmpty(2, 0));
    }

    /// @dev The marks are those of the scan's table, not of the newest.
    function test_attest_ofASlotThatSettledLater_tellsTheOracleNothing() public {
        IAttestations.Attestation memory attestation = attestationOf(clearing.latestRoot());
        attestation.emptySlots = 1 << 1;
        wait(1 hours);
        settle();
        attest(attestation);
        vm.assertFalse(oracle.shownEmpty(1, 1));
        submit();
        attest();
        vm.assertFalse(oracle.shownEmpty(1, 1));
    }
}
