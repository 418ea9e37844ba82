// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    InvalidProof,
    NotAFieldElement,
    SystemFrozen,
    UnknownStateRoot,
    UnknownTotals,
    WrongAttestedTable
} from "../src/interfaces/Errors.sol";
import {IAttestations} from "../src/interfaces/IAttestations.sol";
import {IGovernance} from "../src/interfaces/IGovernance.sol";
import {IVerifiers} from "../src/interfaces/IVerifiers.sol";
import {Groth16} from "../src/libraries/Groth16.sol";
import {KeyForge} from "./support/KeyForge.sol";
import {System} from "./support/System.sol";

/// @notice Scans that are too long for one transaction: else the number of accounts would be bounded by a block's gas, and
/// whoever made more of them would shut the gate for ever.
contract ScansTest is System {
    IAttestations.Attestation private whole;
    Groth16.Proof[] private proofs;

    function setUp() public override {
        super.setUp();
        wait(1 hours);
        submit();
        _scanLatest();
    }

    function test_attest_inThreeTransactions_setsTheClock() public {
        vm.expectEmit(address(attestations));
        emit IAttestations.SolvencyScanned(whole.stateRoot, whole.totals[0]);
        _scan(0, 1, 0, 1);
        vm.assertTrue(attestations.isScanned(whole.stateRoot, whole.riskRoot, whole.totals[0]));
        vm.assertFalse(attestations.isScanned(whole.stateRoot, whole.riskRoot, whole.totals[1]));
        wait(1 hours);
        _scan(0, 2, 1, 2);
        wait(1 hours);
        attestations.attest(_end(1), _proofs(2, 4));
        vm.assertEq(attestations.attestedTime(), NOW + 1 hours, "as old as its root");
    }

    function test_scan_ofSeveralProofsAtOnce_comesAsFar() public {
        _scan(0, 3, 0, 3);
        attestations.attest(_end(2), _proofs(3, 4));
        vm.assertEq(attestations.attestedTime(), NOW + 1 hours);
    }

    /// @dev L1-83.
    function test_scan_fromWhereNobodyCame_reverts() public {
        vm.expectRevert(UnknownTotals.selector);
        this.scan(0, 2, 1, 2);
        IAttestations.Attestation memory end = _end(1);
        Groth16.Proof[] memory last = _proofs(2, 4);
        vm.expectRevert(UnknownTotals.selector);
        attestations.attest(end, last);
    }

    /// @dev L1-83: another root's totals say nothing of this one.
    function test_attest_withTheScanOfAnotherRoot_reverts() public {
        _scan(0, 3, 0, 3);
        submit();
        IAttestations.Attestation memory end = _end(2);
        end.stateRoot = clearing.latestRoot();
        Groth16.Proof[] memory last = _proofs(3, 4);
        vm.expectRevert(UnknownTotals.selector);
        attestations.attest(end, last);
    }

    /// @dev L1-83: nor does another key.
    function test_attest_withAScanUnderAnotherKey_reverts() public {
        bytes memory key = KeyForge.key(IVerifiers.ProofKind.SOLVENCY);
        // α is another point: any that is on the curve will do.
        assembly ("memory-safe") {
            mstore(add(key, 0x20), 1)
            mstore(add(key, 0x40), 2)
        }
        bytes32 name = verifiers.publish(key);
        uint256 number = decide(
            IGovernance.Change(IGovernance.ChangeKind.VERIFIER, abi.encode(uint8(IVerifiers.ProofKind.SOLVENCY), name))
        );
        outlast(settings.timelock);
        _scanLatest();
        _scan(0, 3, 0, 3);
        governance.execute(number);
        vm.assertFalse(attestations.isScanned(whole.stateRoot, whole.riskRoot, whole.totals[2]));
        IAttestations.Attestation memory end = _end(2);
        Groth16.Proof[] memory last = _proofs(3, 4);
        vm.expectRevert(UnknownTotals.selector);
        attestations.attest(end, last);
    }

    /// @dev L1-6.
    function test_scan_whenProofsAreNoChain_reverts() public {
        uint256[4][6] memory wrong = [
            [uint256(0), 0, 0, 0],
            [uint256(0), 1, 0, 0],
            [uint256(0), 0, 0, 1],
            [uint256(0), 3, 0, 1],
            [uint256(0), 1, 0, 2],
            [uint256(0), 2, 1, 3]
        ];
        for (uint256 i = 0; i < wrong.length; ++i) {
            vm.expectRevert(InvalidProof.selector);
            this.scan(wrong[i][0], wrong[i][1], wrong[i][2], wrong[i][3]);
        }
        whole.totals[0] = addmod(whole.totals[0], 1, R);
        vm.expectRevert(InvalidProof.selector);
        this.scan(0, 1, 0, 1);
    }

    /// @dev L1-4, to the number.
    function test_scan_whenTotalsAreNoFieldElements_reverts() public {
        for (uint256 i = 0; i < 2; ++i) {
            uint256 was = whole.totals[i];
            whole.totals[i] = R;
            vm.expectRevert(NotAFieldElement.selector);
            this.scan(0, 2, 0, 2);
            whole.totals[i] = was;
        }
    }

    /// @dev L1-80 and L1-81.
    function test_scan_ofAnotherRootOrTable_reverts() public {
        uint256 root = whole.stateRoot;
        whole.stateRoot = 5;
        vm.expectRevert(UnknownStateRoot.selector);
        this.scan(0, 1, 0, 1);
        (whole.stateRoot, whole.riskRoot) = (root, 5);
        vm.expectRevert(WrongAttestedTable.selector);
        this.scan(0, 1, 0, 1);
        whole.stateRoot = genesisRoot;
        vm.expectRevert(WrongAttestedTable.selector);
        this.scan(0, 1, 0, 1);
    }

    /// @dev L1-1.
    function test_scan_afterTheFreeze_reverts() public {
        freeze();
        vm.expectRevert(SystemFrozen.selector);
        this.scan(0, 1, 0, 1);
    }

    /// @dev Totals from one place to another by proofs from one place to another, of the whole scan.
    function scan(uint256 from, uint256 to, uint256 first, uint256 end) external {
        _scan(from, to, first, end);
    }

    function _scan(uint256 from, uint256 to, uint256 first, uint256 end) private {
        attestations.scan(whole.stateRoot, whole.riskRoot, _totals(from, to), _proofs(first, end));
    }

    function _scanLatest() private {
        IAttestations.Attestation memory attestation = attestationOf(clearing.latestRoot());
        attestation.totals = new uint256[](3);
        for (uint256 i = 0; i < 3; ++i) {
            attestation.totals[i] = field("totals", i);
        }
        whole = attestation;
        delete proofs;
        Groth16.Proof[] memory made = proofsOf(attestation);
        for (uint256 i = 0; i < made.length; ++i) {
            proofs.push(made[i]);
        }
    }

    /// @dev The attestation that goes on from one of the totals.
    function _end(uint256 from) private view returns (IAttestations.Attestation memory end) {
        end = whole;
        end.totals = _totals(from, 3);
    }

    function _totals(uint256 from, uint256 to) private view returns (uint256[] memory some) {
        some = new uint256[](to - from);
        for (uint256 i = from; i < to; ++i) {
            some[i - from] = whole.totals[i];
        }
    }

    function _proofs(uint256 first, uint256 end) private view returns (Groth16.Proof[] memory some) {
        some = new Groth16.Proof[](end - first);
        for (uint256 i = first; i < end; ++i) {
            some[i - first] = proofs[i];
        }
    }
}
