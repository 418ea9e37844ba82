// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    ForeignCaller,
    ImmutableVerifier,
    InvalidProof,
    MalformedChange,
    UnknownVerifierKey,
    UnsoundVerifierKey
} from "../src/interfaces/Errors.sol";
import {IAttestations} from "../src/interfaces/IAttestations.sol";
import {IGovernance} from "../src/interfaces/IGovernance.sol";
import {IVerifiers} from "../src/interfaces/IVerifiers.sol";
import {Groth16} from "../src/libraries/Groth16.sol";
import {Verifiers} from "../src/Verifiers.sol";
import {KeyForge} from "./support/KeyForge.sol";
import {System} from "./support/System.sol";

/// @notice Which key serves which kind of proof, and who may say so. What keys are refused: VerifierKey.t.sol.
contract VerifiersTest is System {
    IVerifiers.ProofKind internal constant SOLVENCY = IVerifiers.ProofKind.SOLVENCY;

    /// @dev A key that could serve a kind, and does not.
    function otherKey(uint256 inputs) internal view returns (bytes memory) {
        return KeyForge.key(IVerifiers.ProofKind.NONE, inputs);
    }

    function publishOther(uint256 inputs) internal returns (bytes32) {
        return verifiers.publish(otherKey(inputs));
    }

    // -- from the first moment on

    function test_deploy_publishesAndSetsAllSixKeys() public view {
        for (uint8 kind = 1; kind <= 6; ++kind) {
            IVerifiers.ProofKind each = IVerifiers.ProofKind(kind);
            bytes memory key = KeyForge.key(each);
            vm.assertEq(verifiers.verifier(each), keccak256(key));
            vm.assertEq(verifiers.keyData(each), verifiers.published(keccak256(key)));
            vm.assertEq(verifiers.keyData(each).code, bytes.concat(hex"00", key));
        }
        vm.assertEq(verifiers.verifier(IVerifiers.ProofKind.NONE), 0);
        vm.assertEq(verifiers.keyData(IVerifiers.ProofKind.NONE), address(0));
    }

    function test_deploy_saysWhichKeyServesWhichKind() public {
        bytes[6] memory keys = KeyForge.keys();
        for (uint8 kind = 1; kind <= 6; ++kind) {
            vm.expectEmit();
            emit IVerifiers.VerifierChanged(IVerifiers.ProofKind(kind), keccak256(keys[kind - 1]));
        }
        new Verifiers(deployedParts(), keys);
    }

    /// @dev L1-102, for the two ways out as for the rest.
    function test_deploy_whenAKeyHasAnotherKindsInputs_reverts() public {
        for (uint8 kind = 1; kind <= 6; ++kind) {
            uint256 inputs = KeyForge.inputsOf(IVerifiers.ProofKind(kind));
            for (uint256 wrong = inputs - 1; wrong <= inputs + 1; wrong += 2) {
                bytes[6] memory keys = KeyForge.keys();
                keys[kind - 1] = KeyForge.key(IVerifiers.ProofKind(kind), wrong);
                vm.expectRevert(UnsoundVerifierKey.selector);
                new Verifiers(deployedParts(), keys);
            }
        }
    }

    /// @dev L1-102.
    function test_deploy_whenAKeyIsUnsound_reverts() public {
        bytes[6] memory keys = KeyForge.keys();
        keys[5][31] ^= 0x01;
        vm.expectRevert(UnsoundVerifierKey.selector);
        new Verifiers(deployedParts(), keys);
    }

    // -- publishing

    function test_publish_storesTheKeyBehindAByteThatStops() public {
        bytes memory key = otherKey(3);
        // Its place is not known before.
        vm.recordLogs();
        vm.prank(mallory);
        bytes32 name = verifiers.publish(key);
        address data = verifiers.published(name);
        vm.assertEq(name, keccak256(key));
        vm.assertEq(data.code, bytes.concat(hex"00", key));
        vm.assertEq(vm.getRecordedLogs()[0].data, abi.encode(uint256(3), data));
        (bool stopped, bytes memory answer) = data.call("");
        vm.assertTrue(stopped && answer.length == 0);
    }

    function test_publish_whenPublished_returnsTheNameAndDoesNothing() public {
        bytes32 name = publishOther(3);
        address data = verifiers.published(name);
        uint64 nonce = vm.getNonce(address(verifiers));
        vm.recordLogs();
        vm.assertEq(publishOther(3), name);
        vm.assertEq(vm.getRecordedLogs().length, 0);
        vm.assertEq(verifiers.published(name), data);
        vm.assertEq(vm.getNonce(address(verifiers)), nonce);
    }

    // -- changing

    /// @dev L1-96 comes first: not even the key that serves already may be set.
    function test_checkChange_whenPeopleLeaveByTheKey_reverts() public {
        IVerifiers.ProofKind[2] memory exits = [IVerifiers.ProofKind.WITHDRAW, IVerifiers.ProofKind.ESCAPE];
        for (uint256 i = 0; i < 2; ++i) {
            bytes32 key = verifiers.verifier(exits[i]);
            vm.expectRevert(ImmutableVerifier.selector);
            verifiers.checkChange(exits[i], key);
            vm.expectRevert(ImmutableVerifier.selector);
            verifiers.checkChange(exits[i], 0);
            vm.expectRevert(ImmutableVerifier.selector);
            vm.prank(address(governance));
            verifiers.setVerifier(exits[i], key);
        }
    }

    /// @dev L1-97.
    function test_checkChange_whenOfNoKind_reverts() public {
        bytes32 key = verifiers.verifier(SOLVENCY);
        vm.expectRevert(MalformedChange.selector);
        verifiers.checkChange(IVerifiers.ProofKind.NONE, key);
    }

    /// @dev L1-103.
    function test_checkChange_whenNotPublished_reverts() public {
        bytes32 name = keccak256(otherKey(11));
        vm.expectRevert(UnknownVerifierKey.selector);
        verifiers.checkChange(SOLVENCY, name);
        vm.expectRevert(UnknownVerifierKey.selector);
        vm.prank(address(governance));
        verifiers.setVerifier(SOLVENCY, name);
        publishOther(11);
        verifiers.checkChange(SOLVENCY, name);
    }

    /// @dev L1-102.
    function test_checkChange_whenOfAnotherNumberOfInputs_reverts() public {
        for (uint8 kind = 1; kind <= 4; ++kind) {
            uint256 inputs = KeyForge.inputsOf(IVerifiers.ProofKind(kind));
            for (uint256 each = inputs - 1; each <= inputs + 1; ++each) {
                bytes32 name = publishOther(each);
                if (each != inputs) vm.expectRevert(UnsoundVerifierKey.selector);
                verifiers.checkChange(IVerifiers.ProofKind(kind), name);
            }
        }
    }

    /// @dev L1-8.
    function test_setVerifier_whenNotFromGovernance_reverts() public {
        bytes32 name = publishOther(11);
        address[4] memory others = [operator, guardian, governors[0], address(clearing)];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(ForeignCaller.selector);
            vm.prank(others[i]);
            verifiers.setVerifier(SOLVENCY, name);
        }
    }

    function test_setVerifier_fromGovernance_changesThisKindOnly() public {
        bytes32 name = publishOther(11);
        vm.expectEmit(address(verifiers));
        emit IVerifiers.VerifierChanged(SOLVENCY, name);
        vm.prank(address(governance));
        verifiers.setVerifier(SOLVENCY, name);
        for (uint8 kind = 1; kind <= 6; ++kind) {
            IVerifiers.ProofKind each = IVerifiers.ProofKind(kind);
            bytes32 expected = each == SOLVENCY ? name : keccak256(KeyForge.key(each));
            vm.assertEq(verifiers.verifier(each), expected);
        }
        vm.assertEq(verifiers.keyData(SOLVENCY), verifiers.published(name));
    }

    /// @dev L1-6: what was good under the old key is not under the new one.
    function test_execute_changesWhatProofsAreCheckedBy() public {
        bytes32 name = publishOther(11);
        enact(IGovernance.ChangeKind.VERIFIER, abi.encode(SOLVENCY, name));
        vm.assertEq(verifiers.verifier(SOLVENCY), name);
        IAttestations.Attestation memory attestation = attestationOf(clearing.latestRoot());
        Groth16.Proof[] memory proofs = proofsOf(attestation);
        vm.expectRevert(InvalidProof.selector);
        attestations.attest(attestation, proofs);
    }
}
