// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    AttestationNotValid,
    InvalidProof,
    NotAFieldElement,
    NothingOverdue,
    UnknownStateRoot,
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

    constructor(Parts memory parts, Settings memory settings) Part(parts) {
        attestationAge = settings.attestationAge;
        insolvencyDeadline = settings.insolvencyDeadline;
        livenessDeadline = settings.livenessDeadline;
    }

    /// @inheritdoc IAttestations
    function attest(Attestation calldata attestation, Groth16.Proof[] calldata proofs) external whileRunning {
        IClearing.BatchEnd memory end = clearing.batchEnd(attestation.stateRoot);
        // L1-80.
        require(end.time != 0, UnknownStateRoot());
        // L1-81. Genesis has no table, and counts as attested.
        require(end.number > 0 && attestation.riskRoot == oracle.table(end.epoch).riskRoot, WrongAttestedTable());
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

    /// @dev L1-6: a chain of proofs, of which the first takes up nothing and the last opens what was counted.
    function _requireShown(Attestation calldata attestation, Groth16.Proof[] calldata proofs) private view {
        uint256 last = attestation.totals.length;
        require(proofs.length == last + 1, InvalidProof());
        address key = verifiers.keyData(IVerifiers.ProofKind.SOLVENCY);
        Groth16.Claim[] memory claims = new Groth16.Claim[](proofs.length);
        uint256 before = NO_TOTALS;
        for (uint256 i = 0; i < proofs.length; ++i) {
            claims[i] = Groth16.claimOf(key, Shared.SOLVENCY_INPUTS, proofs[i]);
            uint256[] memory inputs = claims[i].words;
            inputs[Shared.SOLVENCY_INPUT_DOMAIN] = domain;
            inputs[Shared.SOLVENCY_INPUT_STATE_ROOT] = attestation.stateRoot;
            inputs[Shared.SOLVENCY_INPUT_RISK_ROOT] = attestation.riskRoot;
            inputs[Shared.SOLVENCY_INPUT_TOTALS_BEFORE] = before;
            before = i == last ? NO_TOTALS : attestation.totals[i];
            inputs[Shared.SOLVENCY_INPUT_TOTALS_AFTER] = before;
        }
        _open(claims[last].words, attestation);
        require(Groth16.verify(claims), InvalidProof());
    }

    /// @dev What the last proof opens; those before it say 0.
    function _open(uint256[] memory inputs, Attestation calldata attestation) private pure {
        inputs[Shared.SOLVENCY_INPUT_ACCOUNTS] = attestation.accounts;
        inputs[Shared.SOLVENCY_INPUT_FAILED] = attestation.failed;
        inputs[Shared.SOLVENCY_INPUT_BALANCED] = attestation.balanced ? 1 : 0;
        inputs[Shared.SOLVENCY_INPUT_FUND_SOLVENT] = attestation.fundSolvent ? 1 : 0;
        inputs[Shared.SOLVENCY_INPUT_EMPTY_SLOTS] = attestation.emptySlots;
        inputs[Shared.SOLVENCY_INPUT_CUSTODY_COMMIT] = attestation.custodyCommit;
    }
}
