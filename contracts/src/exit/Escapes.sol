// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {
    AlreadyClaimed,
    AlreadyPaid,
    ClaimsNotOpen,
    FundCannotClaim,
    LateAccountsWait,
    NotAnAddress,
    NotLatestRoot,
    UnknownClaim,
    WrongEscapePrices
} from "../interfaces/Errors.sol";
import {Groth16} from "../libraries/Groth16.sol";
import {IExit} from "../interfaces/IExit.sol";
import {IVerifiers} from "../interfaces/IVerifiers.sol";
import {Settings} from "../interfaces/Deployment.sol";
import {Shared} from "../libraries/Shared.sol";
import {Shares} from "./Shares.sol";

/// @title Escape claims: the equity of accounts in a frozen system, at prices that no one who files chooses.
abstract contract Escapes is Shares, ReentrancyGuardTransient {
    /// @dev The guarantee fund's account, which is nobody's.
    uint256 private constant FUND = 0;

    uint256 private immutable lateAccountDelay;

    mapping(uint256 index => EscapeClaim) private escapeClaims;

    constructor(Settings memory settings) {
        lateAccountDelay = settings.lateAccountDelay;
    }

    /// @inheritdoc IExit
    function escape(Escape calldata claim, Groth16.Proof calldata proof) external nonReentrant {
        (uint256 opens, uint256 closes) = _window();
        // L1-120.
        require(block.timestamp >= opens, ClaimsNotOpen());
        Groth16.Claim memory shown = _statement(claim, proof);
        _requireFieldElements(shown.words, Shared.ESCAPE_INPUTS);
        // L1-121.
        require(claim.stateRoot == clearing.latestRoot(), NotLatestRoot());
        uint256 epoch = escapePrices();
        // L1-122.
        require(epoch != 0 && claim.riskRoot == oracle.postedTable(epoch).riskRoot, WrongEscapePrices());
        // L1-123.
        require(claim.index != FUND, FundCannotClaim());
        // L1-124.
        require(!escapeClaims[claim.index].filed, AlreadyClaimed());
        // L1-69.
        require(claim.l1Owner <= type(uint160).max, NotAnAddress());
        _requireShown(shown);
        _file(claim, closes);
    }

    /// @inheritdoc IExit
    function payClaim(uint256 index) external nonReentrant {
        Pool storage shares = _closedPool();
        EscapeClaim memory filed = escapeClaims[index];
        // L1-128.
        require(filed.filed, UnknownClaim());
        // L1-129.
        require(!filed.paid, AlreadyPaid());
        uint256 amount = _claimShare(shares, filed.claim);
        escapeClaims[index].paid = true;
        shares.claimsPaid += amount;
        _pay(index, filed.owner, amount);
    }

    /// @inheritdoc IExit
    function escapePrices() public view returns (uint256 epoch) {
        epoch = oracle.escapeEpoch();
        if (epoch == 0) epoch = clearing.usedEpoch();
    }

    /// @inheritdoc IExit
    function escapeClaim(uint256 index) external view returns (EscapeClaim memory) {
        return escapeClaims[index];
    }

    /// @dev What the proof of a claim must show.
    function _statement(Escape calldata claim, Groth16.Proof calldata proof)
        private
        view
        returns (Groth16.Claim memory shown)
    {
        shown = Groth16.claimOf(verifiers.keyData(IVerifiers.ProofKind.ESCAPE), Shared.ESCAPE_INPUTS, proof);
        uint256[] memory inputs = shown.words;
        inputs[Shared.ESCAPE_INPUT_DOMAIN] = domain;
        inputs[Shared.ESCAPE_INPUT_STATE_ROOT] = claim.stateRoot;
        inputs[Shared.ESCAPE_INPUT_RISK_ROOT] = claim.riskRoot;
        inputs[Shared.ESCAPE_INPUT_INDEX] = claim.index;
        inputs[Shared.ESCAPE_INPUT_L1_OWNER] = claim.l1Owner;
        inputs[Shared.ESCAPE_INPUT_CLAIM] = claim.claim;
    }

    /// @dev Records a claim; pays one that comes after the window.
    function _file(Escape calldata claim, uint256 closes) private {
        address owner = address(uint160(claim.l1Owner));
        bool late = block.timestamp >= closes;
        escapeClaims[claim.index] = EscapeClaim({owner: owner, filed: true, paid: late, claim: claim.claim});
        emit EscapeClaimed(claim.index, owner, claim.claim);
        if (!late) {
            accountsClaimed += claim.claim;
            return;
        }
        // L1-126.
        require(block.timestamp >= closes + lateAccountDelay, LateAccountsWait());
        Pool storage shares = _closedPool();
        _pay(claim.index, owner, _takeLate(shares, _claimShare(shares, claim.claim)));
    }

    function _pay(uint256 index, address owner, uint256 amount) private {
        emit ClaimPaid(index, owner, amount);
        vault.pay(owner, amount);
    }
}
