// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IClearing} from "../../src/interfaces/IClearing.sol";
import {IDeposits} from "../../src/interfaces/IDeposits.sol";
import {IExit} from "../../src/interfaces/IExit.sol";
import {IForced} from "../../src/interfaces/IForced.sol";
import {Signers} from "../../src/interfaces/Deployment.sol";
import {IVerifiers} from "../../src/interfaces/IVerifiers.sol";
import {Meddling} from "./Meddling.sol";

/// @notice What holds after every call, in a running system and in a frozen one; PROPERTIES.md says why.
/// @dev Several in one function: forge makes the same calls for each function, so more of them would only take longer.
abstract contract Invariants is Meddling {
    /// @dev INV-1, INV-4 and INV-14.
    function invariant_INV1_INV4_INV14_vaultHoldsWhatItOwesAndPaysItOnce() public view {
        _vaultHoldsWhatItOwes();
        _moneyLeavesToItsOwnersOnly();
        _spentStaysSpent();
    }

    /// @dev INV-2 and INV-16.
    function invariant_INV2_INV16_depositGoesOneWayOnceToTheSameOwner() public view {
        _depositGoesOneWayOnce();
        _ownersNeverChange();
    }

    /// @dev INV-3, INV-10 and INV-11.
    function invariant_INV3_INV10_INV11_rootMovesByVerifiedBatchesOnly() public view {
        _rootMovesByVerifiedBatchesOnly();
        _epochsNeverGoBack();
        _settledMarksNeverChange();
    }

    /// @dev INV-7, INV-8, INV-9 and INV-15.
    function invariant_INV7_INV8_INV9_INV15_clocksAndPowersMoveByTheirOwnEvents() public view {
        _clocksStopForTheirEventsOnly();
        _onlyExecutedChangesChange();
        _exitKeysNeverChange();
    }

    /// @dev INV-12 and INV-13.
    function invariant_INV12_INV13_forcedQueuesAreServedInOrderAndTheirFeesAreThere() public view {
        _forcedQueuesAreServedInOrder();
        _forcedFeesAreThere();
    }

    /// @dev INV-1.
    function _vaultHoldsWhatItOwes() private view {
        IExit.Pool memory pool = exit.pool();
        uint256 reserved = pool.notesHave - pool.notesPaid + pool.claimsHave - pool.claimsPaid + pool.left;
        vm.assertEq(pool.left, poolLeft, "left");
        uint256 balance = usdc.balanceOf(address(vault));
        vm.assertGe(balance, vault.creditsTotal() + vault.unrefunded() + reserved, "balance");
        vm.assertEq(vault.spare(), int256(_spare()), "spare");
        uint256 credits;
        for (uint256 i = 0; i < people.length; ++i) {
            vm.assertEq(vault.credits(people[i]), owed[people[i]], "credit");
            credits += owed[people[i]];
        }
        vm.assertEq(vault.creditsTotal(), credits, "credits");
    }

    /// @dev INV-2.
    function _depositGoesOneWayOnce() private view {
        vm.assertEq(deposits.depositCount(), queued.length, "count");
        vm.assertEq(deposits.nextDeposit(), headOfQueue, "head");
        uint256 open;
        for (uint256 i = 0; i < queued.length; ++i) {
            IDeposits.Deposit memory one = deposits.deposit(i);
            vm.assertEq(keccak256(abi.encode(one)), keccak256(abi.encode(queued[i])), "deposit");
            bool waits = one.status == IDeposits.Status.QUEUED || one.status == IDeposits.Status.REJECTED;
            if (waits) open += one.amount;
            vm.assertTrue(i >= headOfQueue || one.status != IDeposits.Status.QUEUED, "passed, so decided");
        }
        vm.assertEq(vault.unrefunded(), open, "unrefunded");
        vm.assertEq(paidIn, open + inside + refunded, "each went one way");
    }

    /// @dev INV-3.
    function _rootMovesByVerifiedBatchesOnly() private view {
        vm.assertEq(clearing.latestRoot(), roots[roots.length - 1], "root");
        vm.assertEq(clearing.batches(), roots.length - 1, "batches");
        for (uint256 i = 0; i < roots.length; ++i) {
            IClearing.BatchEnd memory end = clearing.batchEnd(roots[i]);
            vm.assertEq(keccak256(abi.encode(end)), keccak256(abi.encode(endOf[roots[i]])), "batch end");
        }
    }

    /// @dev INV-4.
    function _moneyLeavesToItsOwnersOnly() private view {
        vm.assertEq(usdc.balanceOf(address(vault)), paidIn + donated - paidOut, "vault");
        for (uint256 i = 0; i < people.length; ++i) {
            vm.assertEq(usdc.balanceOf(people[i]), received[people[i]], "person");
        }
    }

    /// @dev INV-7.
    function _clocksStopForTheirEventsOnly() private view {
        vm.assertEq(clearing.batchTime(), _lastBatch(), "batch");
        vm.assertEq(attestations.attestedTime(), attestedAt, "attestation");
        vm.assertLe(attestedAt, _lastBatch(), "no attestation is newer than what it attests");
        (bool batch, bool attestation, bool forcedRequest) = attestations.overdue();
        vm.assertEq(batch, block.timestamp - _lastBatch() > settings.livenessDeadline, "liveness");
        vm.assertEq(attestation, block.timestamp - attestedAt > settings.insolvencyDeadline, "solvency");
        vm.assertEq(forcedRequest, _demandIsLate(0) || _demandIsLate(1), "forced");
    }

    /// @dev INV-8 and INV-15: all that governance decides, as executed changes say, and after a freeze for ever.
    function _onlyExecutedChangesChange() private view {
        vm.assertEq(attestations.frozenAt(), frozenSince, "frozen");
        vm.assertEq(governance.proposalCount(), decisions.length, "proposals");
        vm.assertEq(governance.operator(), operator, "operator");
        vm.assertEq(governance.guardian(), guardian, "guardian");
        vm.assertEq(governance.pausedUntil(), pauseEnds, "pause");
        vm.assertEq(governance.parametersAt(block.timestamp), parameters, "parameters");
        vm.assertEq(governance.parametersAt(NOW), PARAMETERS, "parameters of the past");
        vm.assertEq(governance.isProvider(mallory), malloryVouches, "provider");
        _assertSigners(governance.members(), _first(governors, governanceSize, governanceThreshold));
        _assertSigners(oracle.committee(), _first(committeeMembers, committeeSize, committeeThreshold));
        for (uint256 i = 0; i < decisions.length; ++i) {
            vm.assertEq(governance.proposal(i).closed, decisions[i].closed, "closed");
        }
    }

    /// @dev INV-9, and keys of other kinds as executed changes say.
    function _exitKeysNeverChange() private view {
        for (uint8 kind = 1; kind <= 6; ++kind) {
            bool replaced = kind == uint8(IVerifiers.ProofKind.TRADE) && tradeKeyIsFunds;
            bytes32 key = keysAtFirst[replaced ? uint8(IVerifiers.ProofKind.FUNDS) : kind];
            vm.assertEq(verifiers.verifier(IVerifiers.ProofKind(kind)), key, "key");
            bytes memory code = verifiers.keyData(IVerifiers.ProofKind(kind)).code;
            // Behind a byte that stops whoever calls it.
            bytes32 digest;
            assembly ("memory-safe") {
                digest := keccak256(add(code, 0x21), sub(mload(code), 1))
            }
            vm.assertEq(digest, key, "its data");
        }
    }

    /// @dev INV-10.
    function _epochsNeverGoBack() private view {
        vm.assertEq(clearing.usedEpoch(), usedEpoch, "used");
        vm.assertEq(oracle.newestEpoch(), newestEpoch, "newest");
        vm.assertLe(usedEpoch, newestEpoch);
        for (uint256 i = 1; i < roots.length; ++i) {
            vm.assertLe(endOf[roots[i - 1]].epoch, endOf[roots[i]].epoch, "batches in order");
        }
    }

    /// @dev INV-11.
    function _settledMarksNeverChange() private view {
        for (uint256 i = 0; i < settledMarks.length; ++i) {
            Settled storage one = settledMarks[i];
            vm.assertEq(oracle.settledMark(one.slot, one.listing), one.word, "settled mark");
            vm.assertEq(oracle.shownEmpty(one.slot, one.listing), nobodyHolds[one.slot][one.listing], "empty");
        }
        for (uint256 slot = 1; slot <= SLOTS; ++slot) {
            vm.assertEq(oracle.newestListing(slot), listed[slot], "listed");
        }
    }

    /// @dev INV-12.
    function _forcedQueuesAreServedInOrder() private view {
        uint256 open;
        for (uint256 queue = 0; queue < 2; ++queue) {
            (uint256 count, uint256 answered) = forced.lengths(IForced.Queue(uint8(queue)));
            vm.assertEq(count, demands[queue].length, "count");
            vm.assertEq(answered, served[queue], "served");
            open += count - answered;
            for (uint256 i = 0; i < count; ++i) {
                IForced.Request memory one = forced.request(IForced.Queue(uint8(queue)), i);
                vm.assertEq(keccak256(abi.encode(one)), keccak256(abi.encode(demands[queue][i])), "request");
            }
        }
        vm.assertEq(forced.open(), open, "open");
        uint256 accounts;
        for (uint256 i = 0; i < registered.length; ++i) {
            vm.assertEq(forced.requesting(registered[i]), _hasDemand(registered[i]), "requesting");
            if (forced.requesting(registered[i])) ++accounts;
        }
        vm.assertEq(accounts, open, "one an account");
    }

    /// @dev INV-13.
    function _forcedFeesAreThere() private view {
        (uint256 held, uint256 burnt) = forced.fees();
        vm.assertEq(held, feesHeld, "held");
        vm.assertEq(burnt, feesBurnt, "burnt");
        vm.assertEq(address(forced).balance, held + burnt + weiGiven, "wei");
        for (uint256 i = 0; i < people.length; ++i) {
            vm.assertEq(forced.feesReturned(people[i]), feesBack[people[i]], "returned");
            held -= feesBack[people[i]];
        }
        for (uint256 queue = 0; queue < 2; ++queue) {
            for (uint256 i = served[queue]; i < demands[queue].length; ++i) {
                held -= demands[queue][i].fee;
            }
        }
        vm.assertEq(held, 0, "of open or late requests");
    }

    /// @dev INV-14.
    function _spentStaysSpent() private view {
        for (uint256 i = 0; i < spent.length; ++i) {
            vm.assertTrue(exit.isSpent(spent[i]));
        }
    }

    /// @dev INV-16.
    function _ownersNeverChange() private view {
        vm.assertEq(deposits.nextIndex(), indices, "next");
        for (uint256 index = 0; index <= indices; ++index) {
            vm.assertEq(deposits.l1Owner(index), ownerOf[index], "owner");
            // None is burnt: an index is given when it is used.
            bool given = index != 0 && index < indices;
            vm.assertEq(ownerOf[index] != address(0), given, "given");
        }
    }

    function _assertSigners(Signers memory one, Signers memory other) private pure {
        vm.assertEq(keccak256(abi.encode(one)), keccak256(abi.encode(other)), "signers");
    }
}
