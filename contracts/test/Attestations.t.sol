// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    AttestationNotValid,
    InvalidProof,
    NotAFieldElement,
    SystemFrozen,
    UnknownStateRoot,
    UnknownTotals,
    WrongAttestedTable
} from "../src/interfaces/Errors.sol";
import {Attestations} from "../src/Attestations.sol";
import {IAttestations} from "../src/interfaces/IAttestations.sol";
import {IVerifiers} from "../src/interfaces/IVerifiers.sol";
import {Groth16} from "../src/libraries/Groth16.sol";
import {KeyForge} from "./support/KeyForge.sol";
import {System} from "./support/System.sol";

/// @notice What is filed as an attestation. The gate, the clocks and the freeze: Freeze.t.sol; what is told
/// the oracle: AttestedSlots.t.sol.
contract AttestationsTest is System {
    function setUp() public override {
        super.setUp();
        wait(1 hours);
        submit();
    }

    function latest() internal view returns (IAttestations.Attestation memory) {
        return attestationOf(clearing.latestRoot());
    }

    function refuses(IAttestations.Attestation memory attestation, bytes4 selector) internal {
        refuses(attestation, proofsOf(attestation), selector);
    }

    function refuses(IAttestations.Attestation memory attestation, Groth16.Proof[] memory proofs, bytes4 selector)
        internal
    {
        uint256 before = attestations.attestedTime();
        vm.expectRevert(selector);
        attestations.attest(attestation, proofs);
        vm.assertEq(attestations.attestedTime(), before);
    }

    function linked(uint256 count) internal view returns (IAttestations.Attestation memory attestation) {
        attestation = latest();
        attestation.totals = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            attestation.totals[i] = field("totals", i);
        }
    }

    // -- what is taken

    function test_attest_byAnyone_setsTheClockToTheRootsBlock() public {
        vm.assertEq(attestations.attestedTime(), NOW);
        IAttestations.Attestation memory attestation = latest();
        Groth16.Proof[] memory proofs = proofsOf(attestation);
        wait(2 hours);
        vm.expectEmit(address(attestations));
        emit IAttestations.SolvencyAttested(attestation.stateRoot, NOW + 1 hours, 2, 5);
        vm.prank(mallory);
        attestations.attest(attestation, proofs);
        vm.assertEq(attestations.attestedTime(), NOW + 1 hours);
    }

    function test_attest_asAChainOfProofs_takesIt() public {
        for (uint256 count = 1; count <= 3; ++count) {
            attest(linked(count));
        }
        vm.assertEq(attestations.attestedTime(), NOW + 1 hours);
    }

    function test_attest_ofAnOlderRoot_doesNotSetTheClockBack() public {
        IAttestations.Attestation memory old = latest();
        wait(1 hours);
        submit();
        attest();
        attest(old);
        vm.assertEq(attestations.attestedTime(), NOW + 2 hours);
    }

    // -- what is refused

    /// @dev L1-80: neither a root that never was nor one between two steps.
    function test_attest_whenRootEndedNoBatch_reverts() public {
        BatchPlan memory plan = planOf(step(FUNDS), step(FUNDS));
        submit(plan);
        IAttestations.Attestation memory attestation = latest();
        attestation.stateRoot = plan.steps[0].stateAfter;
        refuses(attestation, UnknownStateRoot.selector);
        attestation.stateRoot = 5;
        refuses(attestation, UnknownStateRoot.selector);
    }

    /// @dev L1-81.
    function test_attest_whenAtAnotherTable_reverts() public {
        IAttestations.Attestation memory attestation = latest();
        wait(1 hours);
        attestation.riskRoot = oracle.postedTable(post()).riskRoot;
        refuses(attestation, WrongAttestedTable.selector);
        attestation.riskRoot = 0;
        refuses(attestation, WrongAttestedTable.selector);
    }

    /// @dev L1-81: genesis has no table, whose root then is 0.
    function test_attest_whenOfGenesis_reverts() public {
        IAttestations.Attestation memory attestation = latest();
        (attestation.stateRoot, attestation.riskRoot) = (genesisRoot, 0);
        refuses(attestation, WrongAttestedTable.selector);
    }

    /// @dev L1-82.
    function test_attest_whenBooksAreNotInOrder_reverts() public {
        IAttestations.Attestation memory attestation = latest();
        attestation.balanced = false;
        refuses(attestation, AttestationNotValid.selector);
        (attestation.balanced, attestation.fundSolvent) = (true, false);
        refuses(attestation, AttestationNotValid.selector);
        (attestation.fundSolvent, attestation.failed) = (true, 1);
        refuses(attestation, AttestationNotValid.selector);
        // 0 for a proof, and for L1 as many as there are numbers.
        attestation.failed = R;
        refuses(attestation, AttestationNotValid.selector);
    }

    /// @dev L1-4, trap 10: ecMul takes its scalars modulo r, so the proof of an honest scan fits these too.
    function test_attest_whenAnInputIsAnHonestOnePlusR_reverts() public {
        IAttestations.Attestation memory attestation = linked(2);
        // To the number: 0 plus R is R.
        (attestation.accounts, attestation.custodyCommit, attestation.totals[1]) = (0, 0, 0);
        Groth16.Proof[] memory proofs = proofsOf(attestation);
        attestation.emptySlots += R;
        refuses(attestation, proofs, NotAFieldElement.selector);
        attestation.emptySlots -= R;
        attestation.accounts += R;
        refuses(attestation, proofs, NotAFieldElement.selector);
        attestation.accounts -= R;
        attestation.custodyCommit += R;
        refuses(attestation, proofs, NotAFieldElement.selector);
        attestation.custodyCommit -= R;
        for (uint256 i = 0; i < 2; ++i) {
            attestation.totals[i] += R;
            refuses(attestation, proofs, NotAFieldElement.selector);
            attestation.totals[i] -= R;
        }
        attestations.attest(attestation, proofs);
    }

    /// @dev L1-6.
    function test_attest_whenProofsAreMoreOrFewerThanTheChain_reverts() public {
        IAttestations.Attestation memory attestation = linked(1);
        refuses(attestation, new Groth16.Proof[](0), InvalidProof.selector);
        // L1-83: as many as totals are the end of a scan that somebody began.
        refuses(attestation, proofsOf(latest()), UnknownTotals.selector);
        refuses(attestation, proofsOf(linked(2)), InvalidProof.selector);
        refuses(latest(), proofsOf(attestation), InvalidProof.selector);
    }

    /// @dev L1-6: every number of every link is shown.
    function test_attest_whenProvenForSomethingElse_reverts() public {
        IAttestations.Attestation memory attestation = linked(2);
        Groth16.Proof[] memory proofs = proofsOf(attestation);
        attestation.accounts = 3;
        refuses(attestation, proofs, InvalidProof.selector);
        attestation.accounts = 2;
        attestation.emptySlots = 2;
        refuses(attestation, proofs, InvalidProof.selector);
        attestation.emptySlots = 0;
        attestation.custodyCommit = 6;
        refuses(attestation, proofs, InvalidProof.selector);
        attestation.custodyCommit = 5;
        for (uint256 i = 0; i < 2; ++i) {
            attestation.totals[i] ^= 1;
            refuses(attestation, proofs, InvalidProof.selector);
            attestation.totals[i] ^= 1;
        }
        for (uint256 i = 0; i < 3; ++i) {
            Groth16.Proof memory kept = proofs[i];
            proofs[i] = proofs[(i + 1) % 3];
            refuses(attestation, proofs, InvalidProof.selector);
            proofs[i] = kept;
        }
        attestations.attest(attestation, proofs);
    }

    /// @dev L1-6: a scan of another deployment, or of another root with the same books.
    function test_attest_whenProvenForAnotherRoot_reverts() public {
        Groth16.Proof[] memory proofs = proofsOf(latest());
        wait(1 hours);
        submit();
        refuses(latest(), proofs, InvalidProof.selector);
    }

    /// @dev L1-6, trap 10: two proofs whose faults add up to nothing, in A or in C.
    function test_attest_whenTwoBadProofsWouldCancel_reverts() public {
        IAttestations.Attestation memory attestation = linked(1);
        for (uint256 side = 0; side < 2; ++side) {
            Groth16.Proof[] memory proofs = new Groth16.Proof[](2);
            for (uint256 i = 0; i < 2; ++i) {
                uint256[] memory inputs = new uint256[](11);
                (inputs[0], inputs[1], inputs[2]) = (domain(), attestation.stateRoot, attestation.riskRoot);
                inputs[3 + (1 - i)] = attestation.totals[0];
                if (i == 1) (inputs[5], inputs[7], inputs[8], inputs[10]) = (2, 1, 1, 5);
                uint256 move = i == 0 ? 77 : R - 77;
                (uint256 inA, uint256 inC) = side == 0 ? (move, uint256(0)) : (uint256(0), move);
                proofs[i] = KeyForge.proveOff(IVerifiers.ProofKind.SOLVENCY, inputs, 0, inA, inC);
            }
            refuses(attestation, proofs, InvalidProof.selector);
        }
    }

    /// @dev L1-6: points that are none.
    function test_attest_whenAProofHasNoPoints_reverts() public {
        IAttestations.Attestation memory attestation = linked(1);
        for (uint256 i = 0; i < 2; ++i) {
            Groth16.Proof[] memory proofs = proofsOf(attestation);
            proofs[i].aY ^= 1;
            refuses(attestation, proofs, InvalidProof.selector);
            proofs = proofsOf(attestation);
            proofs[i].bYReal ^= 1;
            refuses(attestation, proofs, InvalidProof.selector);
            proofs = proofsOf(attestation);
            proofs[i].cX ^= 1;
            refuses(attestation, proofs, InvalidProof.selector);
        }
    }

    /// @dev L1-1.
    function test_attest_whenFrozen_reverts() public {
        freeze();
        refuses(latest(), SystemFrozen.selector);
    }
}
