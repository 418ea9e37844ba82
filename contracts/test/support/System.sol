// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAttestations} from "../../src/interfaces/IAttestations.sol";
import {IClearing} from "../../src/interfaces/IClearing.sol";
import {IExit} from "../../src/interfaces/IExit.sol";
import {IGovernance} from "../../src/interfaces/IGovernance.sol";
import {IVerifiers} from "../../src/interfaces/IVerifiers.sol";
import {Groth16} from "../../src/libraries/Groth16.sol";
import {Batches} from "./Batches.sol";
import {KeyForge} from "./KeyForge.sol";

/// @notice A running system and everybody in it: what tests of all parts stand on.
/// @dev A test that overrides setUp calls this one; `settings` and `shape` may be changed before. Whatever prepares a call
/// also reads from contracts, so prepare first, then vm.expectRevert or vm.prank, then call.
abstract contract System is Batches {
    function setUp() public virtual {
        vm.warp(NOW);
        deploy();
        list(1, 1);
    }

    // -- money in

    /// @dev Gives tokens, and the vault the right to take them.
    function fund(address who, uint256 amount) internal {
        usdc.mint(who, amount);
        vm.prank(who);
        usdc.approve(address(vault), type(uint256).max);
    }

    function ownerHashOf(address who) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode("owner", who))) % R;
    }

    /// @dev Queues a registration; returns the deposit's number.
    function register(address who, uint256 amount) internal returns (uint256) {
        fund(who, amount);
        vm.prank(who);
        return deposits.register(ownerHashOf(who), amount);
    }

    function topUp(address who, uint256 index, uint256 amount) internal returns (uint256) {
        fund(who, amount);
        vm.prank(who);
        return deposits.topUp(index, amount);
    }

    /// @dev An account that is registered and consumed; returns its index. Nothing else may be in the queue.
    function member(address who, uint256 amount) internal returns (uint256) {
        uint256 number = register(who, amount);
        submit(fundsStep(depositing(number)));
        return deposits.deposit(number).index;
    }

    /// @dev A forced request with its fee; returns its number.
    function requestPay(address who, uint256 index, uint256 asked) internal returns (uint256) {
        uint256 fee = forced.feeOfNext();
        vm.deal(who, who.balance + fee);
        vm.prank(who);
        return forced.requestPay{value: fee}(index, asked);
    }

    function requestClose(address who, uint256 index) internal returns (uint256) {
        uint256 fee = forced.feeOfNext();
        vm.deal(who, who.balance + fee);
        vm.prank(who);
        return forced.requestClose{value: fee}(index);
    }

    // -- attestations

    /// @dev Books in order, of a root that ended a batch, at that batch's table; one proof.
    function attestationOf(uint256 root) internal view returns (IAttestations.Attestation memory attestation) {
        IClearing.BatchEnd memory end = clearing.batchEnd(root);
        attestation.stateRoot = root;
        attestation.riskRoot = oracle.postedTable(end.epoch).riskRoot;
        attestation.accounts = 2;
        (attestation.balanced, attestation.fundSolvent) = (true, true);
        attestation.custodyCommit = 5;
    }

    /// @dev A proof of each part of a scan: linked by what `totals` says, counts in the last.
    function proofsOf(IAttestations.Attestation memory attestation)
        internal
        view
        returns (Groth16.Proof[] memory proofs)
    {
        proofs = new Groth16.Proof[](attestation.totals.length + 1);
        for (uint256 i = 0; i < proofs.length; ++i) {
            uint256[] memory inputs = new uint256[](11);
            (inputs[0], inputs[1], inputs[2]) = (domain(), attestation.stateRoot, attestation.riskRoot);
            if (i > 0) inputs[3] = attestation.totals[i - 1];
            if (i < attestation.totals.length) {
                inputs[4] = attestation.totals[i];
            } else {
                (inputs[5], inputs[6]) = (attestation.accounts, attestation.failed);
                inputs[7] = attestation.balanced ? 1 : 0;
                inputs[8] = attestation.fundSolvent ? 1 : 0;
                (inputs[9], inputs[10]) = (attestation.emptySlots, attestation.custodyCommit);
            }
            proofs[i] = KeyForge.prove(IVerifiers.ProofKind.SOLVENCY, inputs, i);
        }
    }

    function attest(IAttestations.Attestation memory attestation) internal {
        Groth16.Proof[] memory proofs = proofsOf(attestation);
        attestations.attest(attestation, proofs);
    }

    /// @dev Attests the latest root.
    function attest() internal {
        attest(attestationOf(clearing.latestRoot()));
    }

    // -- governance

    /// @dev Proposes and approves; the timelock runs.
    function decide(IGovernance.Change memory change) internal returns (uint256 number) {
        vm.prank(governors[0]);
        number = governance.propose(change);
        vm.prank(governors[1]);
        governance.approve(number);
    }

    /// @dev Decides a change and carries it out when it is due, with batches and attestations so that nothing freezes.
    function enact(IGovernance.Change memory change) internal {
        uint256 number = decide(change);
        outlast(settings.timelock);
        governance.execute(number);
    }

    /// @dev Lets time go by with a batch and an attestation a day, so that nothing freezes.
    function outlast(uint256 duration) internal {
        while (duration > 0) {
            uint256 part = duration < 1 days ? duration : 1 days;
            wait(part);
            submit();
            attest();
            duration -= part;
        }
    }

    function enact(IGovernance.ChangeKind kind, bytes memory data) internal {
        enact(IGovernance.Change(kind, data));
    }

    // -- leaving

    /// @dev Waits until no batch has come for too long, and freezes.
    function freeze() internal {
        wait(clearing.batchTime() + settings.livenessDeadline + 1 - block.timestamp);
        attestations.freeze();
    }

    /// @dev Freezes if need be, and waits until claims open.
    function openClaims() internal {
        if (attestations.frozenAt() == 0) freeze();
        vm.warp(attestations.frozenAt() + settings.claimDelay);
    }

    /// @dev Waits for the end of the claim window, and closes it.
    function closeWindow() internal {
        (, uint256 closes) = exit.window();
        vm.warp(closes);
        exit.closeWindow();
    }

    function contextOf(address recipient, address relayer_, uint256 fee) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(recipient, relayer_, fee))) % R;
    }

    /// @dev A claim to a note of the latest root in the public form, by the L1 owner of the account `label`.
    function voucher(address recipient, uint256 label, uint256 amount, uint256 name)
        internal
        view
        returns (IExit.Withdrawal memory claim)
    {
        claim.stateRoot = clearing.latestRoot();
        claim.nullifierHash = field("nullifier", name);
        (claim.amount, claim.label) = (amount, label);
        claim.recipient = recipient;
        claim.context = contextOf(recipient, address(0), 0);
    }

    /// @dev The same in the private form, by way of a relayer.
    function privateVoucher(address recipient, uint256 association, uint256 amount, uint256 fee, uint256 name)
        internal
        view
        returns (IExit.Withdrawal memory claim)
    {
        claim = voucher(recipient, 0, amount, name);
        claim.associationRoot = association;
        (claim.relayer, claim.fee) = (fee == 0 ? address(0) : relayer, fee);
        claim.context = contextOf(recipient, claim.relayer, fee);
    }

    /// @dev A provider publishes an association root.
    function vouch(uint256 root) internal {
        vm.prank(provider);
        governance.publishAssociation(root);
    }

    function proofOf(IExit.Withdrawal memory claim) internal view returns (Groth16.Proof memory) {
        return KeyForge.prove(IVerifiers.ProofKind.WITHDRAW, inputsOf(claim), 0);
    }

    function inputsOf(IExit.Withdrawal memory claim) internal view returns (uint256[] memory inputs) {
        inputs = new uint256[](7);
        (inputs[0], inputs[1], inputs[2]) = (domain(), claim.stateRoot, claim.nullifierHash);
        (inputs[3], inputs[4], inputs[5]) = (claim.amount, claim.associationRoot, claim.label);
        inputs[6] = claim.context;
    }

    function withdraw(IExit.Withdrawal memory claim) internal {
        Groth16.Proof memory proof = proofOf(claim);
        vm.prank(relayer);
        exit.withdraw(claim, proof);
    }

    /// @dev The claim of an account of the latest root, at the prices that the rules pick.
    function escapeOf(uint256 index, address owner, uint256 claim) internal view returns (IExit.Escape memory) {
        uint256 riskRoot = oracle.postedTable(exit.escapePrices()).riskRoot;
        return IExit.Escape(clearing.latestRoot(), riskRoot, index, uint256(uint160(owner)), claim);
    }

    function proofOf(IExit.Escape memory claim) internal view returns (Groth16.Proof memory) {
        return KeyForge.prove(IVerifiers.ProofKind.ESCAPE, inputsOf(claim), 0);
    }

    function inputsOf(IExit.Escape memory claim) internal view returns (uint256[] memory inputs) {
        inputs = new uint256[](6);
        (inputs[0], inputs[1], inputs[2]) = (domain(), claim.stateRoot, claim.riskRoot);
        (inputs[3], inputs[4], inputs[5]) = (claim.index, claim.l1Owner, claim.claim);
    }

    function escape(IExit.Escape memory claim) internal {
        Groth16.Proof memory proof = proofOf(claim);
        vm.prank(relayer);
        exit.escape(claim, proof);
    }

    function escape(uint256 index, address owner, uint256 claim) internal {
        escape(escapeOf(index, owner, claim));
    }
}
