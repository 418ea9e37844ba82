// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    AttestationNotValid,
    InvalidProof,
    NotAFieldElement,
    NothingOverdue,
    UnknownStateRoot,
    UnknownTotals,
    WrongAttestedTable
} from "./interfaces/Errors.sol";
import {Groth16} from "./libraries/Groth16.sol";
import {IAttestations} from "./interfaces/IAttestations.sol";
import {IClearing} from "./interfaces/IClearing.sol";
import {IVerifiers} from "./interfaces/IVerifiers.sol";
import {Part} from "./Part.sol";
import {Parts, Settings} from "./interfaces/Deployment.sol";
import {Shared} from "./libraries/Shared.sol";

/// @title Attestations of solvency, the gate that they hold open, and the freeze.
contract Attestations is IAttestations, Part {
    /// @dev What the first proof of a scan takes up and the last one leaves.
    uint256 private constant NO_TOTALS = 0;

    uint256 private immutable attestationAge;
    uint256 private immutable insolvencyDeadline;
    uint256 private immutable livenessDeadline;

    /// @inheritdoc IAttestations
    uint256 public attestedTime = block.timestamp;

    /// @inheritdoc IAttestations
    uint256 public frozenAt;

    /// @dev Where scans have come to that go on in another transaction.
    mapping(bytes32 place => bool) private scanned;

    constructor(Parts memory parts, Settings memory settings) Part(parts) {
        attestationAge = settings.attestationAge;
        insolvencyDeadline = settings.insolvencyDeadline;
        livenessDeadline = settings.livenessDeadline;
    }

    /// @inheritdoc IAttestations
    function scan(uint256 stateRoot, uint256 riskRoot, uint256[] calldata totals, Groth16.Proof[] calldata proofs)
        external
        whileRunning
    {
        _endOf(stateRoot, riskRoot);
        for (uint256 i = 0; i < totals.length; ++i) {
            // L1-4.
            require(totals[i] < R, NotAFieldElement());
        }
        require(Groth16.verify(_chain(stateRoot, riskRoot, totals, proofs, totals.length)), InvalidProof());
        uint256 last = totals[totals.length - 1];
        scanned[_place(stateRoot, riskRoot, last)] = true;
        emit SolvencyScanned(stateRoot, last);
    }

    /// @inheritdoc IAttestations
    function attest(Attestation calldata attestation, Groth16.Proof[] calldata proofs) external whileRunning {
        IClearing.BatchEnd memory end = _endOf(attestation.stateRoot, attestation.riskRoot);
        // L1-82.
        require(attestation.balanced && attestation.fundSolvent && attestation.failed == 0, AttestationNotValid());
        _requireFieldElements(attestation);
        _requireShown(attestation, proofs);
        // An old root that comes late leaves the clock where newer ones have set it.
        if (end.time > attestedTime) attestedTime = end.time;
        emit SolvencyAttested(attestation.stateRoot, end.time, attestation.accounts, attestation.custodyCommit);
        oracle.recordEmpty(end.epoch, attestation.emptySlots);
    }

    /// @inheritdoc IAttestations
    function freeze() external whileRunning {
        (bool batch, bool attestation, bool forcedRequest) = overdue();
        // L1-85.
        require(batch || attestation || forcedRequest, NothingOverdue());
        frozenAt = block.timestamp;
        emit Frozen(msg.sender, clearing.latestRoot());
    }

    /// @inheritdoc IAttestations
    function isScanned(uint256 stateRoot, uint256 riskRoot, uint256 totals) external view returns (bool) {
        return scanned[_place(stateRoot, riskRoot, totals)];
    }

    /// @inheritdoc IAttestations
    function gateIsOpen() external view returns (bool) {
        return block.timestamp - attestedTime <= attestationAge;
    }

    /// @inheritdoc IAttestations
    function overdue() public view returns (bool batch, bool attestation, bool forcedRequest) {
        batch = block.timestamp - clearing.batchTime() > livenessDeadline;
        attestation = block.timestamp - attestedTime > insolvencyDeadline;
        forcedRequest = forced.isOverdue();
    }

    /// @dev L1-4. ecMul takes scalars modulo r: a proof for x is one for x + r, and empty slots are read bit by bit.
    /// The roots are known and what failed is 0, so they need no look.
    function _requireFieldElements(Attestation calldata attestation) private pure {
        bool small = attestation.accounts < R && attestation.emptySlots < R && attestation.custodyCommit < R;
        for (uint256 i = 0; i < attestation.totals.length; ++i) {
            small = small && attestation.totals[i] < R;
        }
        require(small, NotAFieldElement());
    }

    /// @dev What ended with a root, at that batch's last table.
    function _endOf(uint256 stateRoot, uint256 riskRoot) private view returns (IClearing.BatchEnd memory end) {
        end = clearing.batchEnd(stateRoot);
        // L1-80.
        require(end.time != 0, UnknownStateRoot());
        // L1-81. Genesis has no table, and counts as attested.
        require(end.number > 0 && riskRoot == oracle.postedTable(end.epoch).riskRoot, WrongAttestedTable());
    }

    /// @dev L1-6: a chain of proofs, of which the last opens what was counted.
    function _requireShown(Attestation calldata attestation, Groth16.Proof[] calldata proofs) private view {
        uint256[] calldata totals = attestation.totals;
        Groth16.Claim[] memory claims =
            _chain(attestation.stateRoot, attestation.riskRoot, totals, proofs, totals.length + 1);
        _open(claims[claims.length - 1].words, attestation);
        require(Groth16.verify(claims), InvalidProof());
    }

    /// @dev What the proofs of a chain say that is not opened. It begins with nothing, or, with a proof less, with totals
    /// that a scan had come to.
    function _chain(
        uint256 stateRoot,
        uint256 riskRoot,
        uint256[] calldata totals,
        Groth16.Proof[] calldata proofs,
        uint256 length
    ) private view returns (Groth16.Claim[] memory claims) {
        bool resumed = proofs.length + 1 == length;
        // L1-6. A chain of one proof is none without it, so what is resumed has totals.
        require(proofs.length > 0 && (resumed || proofs.length == length), InvalidProof());
        uint256 next = resumed ? 1 : 0;
        uint256 before = resumed ? totals[0] : NO_TOTALS;
        // L1-83.
        require(before == NO_TOTALS || scanned[_place(stateRoot, riskRoot, before)], UnknownTotals());
        address key = verifiers.keyData(IVerifiers.ProofKind.SOLVENCY);
        claims = Groth16.claims(proofs.length);
        for (uint256 i = 0; i < proofs.length; ++i) {
            claims[i] = Groth16.claimOf(key, Shared.SOLVENCY_INPUTS, proofs[i]);
            uint256[] memory inputs = claims[i].words;
            inputs[Shared.SOLVENCY_INPUT_DOMAIN] = domain;
            inputs[Shared.SOLVENCY_INPUT_STATE_ROOT] = stateRoot;
            inputs[Shared.SOLVENCY_INPUT_RISK_ROOT] = riskRoot;
            inputs[Shared.SOLVENCY_INPUT_TOTALS_BEFORE] = before;
            before = next + i < totals.length ? totals[next + i] : NO_TOTALS;
            inputs[Shared.SOLVENCY_INPUT_TOTALS_AFTER] = before;
        }
    }

    /// @dev Of totals, with the key that vouches for them: under another one a scan starts anew.
    function _place(uint256 stateRoot, uint256 riskRoot, uint256 totals) private view returns (bytes32) {
        bytes32 key = verifiers.verifier(IVerifiers.ProofKind.SOLVENCY);
        return keccak256(abi.encode(key, stateRoot, riskRoot, totals));
    }

    /// @dev What the last proof opens; those before it say 0.
    function _open(uint256[] memory inputs, Attestation calldata attestation) private pure {
        inputs[Shared.SOLVENCY_INPUT_ACCOUNTS] = attestation.accounts;
        // Nobody failed, which is 0, and both bits are set: L1-82 has seen to that.
        inputs[Shared.SOLVENCY_INPUT_BALANCED] = 1;
        inputs[Shared.SOLVENCY_INPUT_FUND_SOLVENT] = 1;
        inputs[Shared.SOLVENCY_INPUT_EMPTY_SLOTS] = attestation.emptySlots;
        inputs[Shared.SOLVENCY_INPUT_CUSTODY_COMMIT] = attestation.custodyCommit;
    }
}
