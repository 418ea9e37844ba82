// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    DepositSpent,
    NothingToPull,
    NullifierSpent,
    RefundTooEarly,
    RegistrationsPaused,
    RequestAlreadyOpen,
    VaultOverdrawn
} from "../../src/interfaces/Errors.sol";
import {IDeposits} from "../../src/interfaces/IDeposits.sol";
import {IExit} from "../../src/interfaces/IExit.sol";
import {IForced} from "../../src/interfaces/IForced.sol";
import {Groth16} from "../../src/libraries/Groth16.sol";
import {BlockingToken} from "../tokens/BlockingToken.sol";
import {Ledger} from "./Ledger.sol";

/// @notice What people do with their money: bring it, demand it, fetch it.
abstract contract MoneyActions is Ledger {
    function act_register(uint256 seed) external action(seed) {
        (address who, uint256 amount) = (_anyone(), _amount());
        uint256 ownerHash = ownerHashOf(who);
        if (block.timestamp < pauseEnds) {
            vm.expectRevert(RegistrationsPaused.selector);
            vm.prank(who);
            deposits.register(ownerHash, amount);
            return _refused();
        }
        register(who, amount);
        _enqueue(who, 0, amount, ownerHash);
        _did();
    }

    function act_topUp(uint256 seed) external action(seed) {
        (address who, uint256 amount) = (_anyone(), _amount());
        uint256 index = _oneIn(4) ? 0 : registered[_roll(registered.length)];
        topUp(who, index, amount);
        _enqueue(who, index, amount, 0);
        _did();
    }

    /// @dev Mostly of a deposit that may go back.
    function act_refund(uint256 seed) external action(seed) {
        if (queued.length == 0) return;
        uint256 number = _roll(queued.length);
        for (uint256 i = 0; i < queued.length && !_refundable(number) && !_oneIn(16); ++i) {
            number = (number + 1) % queued.length;
        }
        if (!_refundable(number)) {
            bool early = queued[number].status == IDeposits.Status.QUEUED;
            vm.expectRevert(early ? RefundTooEarly.selector : DepositSpent.selector);
            deposits.refund(number);
            return _refused();
        }
        vm.prank(mallory);
        deposits.refund(number);
        IDeposits.Deposit storage one = queued[number];
        one.status = IDeposits.Status.REFUNDED;
        waiting -= one.amount;
        refunded += one.amount;
        _pays(one.depositor, one.amount);
        _did();
    }

    function act_pull(uint256 seed) external action(seed) {
        address who = people[_roll(people.length)];
        for (uint256 i = 0; i < people.length && owed[who] == 0; ++i) {
            who = people[i];
        }
        address to = people[_roll(people.length)];
        if (owed[who] == 0 || to == blocked) {
            bytes memory because = abi.encodeWithSelector(NothingToPull.selector);
            if (owed[who] > 0) because = abi.encodeWithSelector(BlockingToken.Blocked.selector, to);
            vm.expectRevert(because);
            vm.prank(who);
            vault.pull(to);
            return _refused();
        }
        vm.prank(who);
        vm.assertEq(vault.pull(to), owed[who], "pulled");
        paidOut += owed[who];
        received[to] += owed[who];
        owedTotal -= owed[who];
        owed[who] = 0;
        _did();
    }

    /// @dev Anybody sends what an owner is owed, to that owner.
    function act_push(uint256 seed) external action(seed) {
        address who = people[_roll(people.length)];
        for (uint256 i = 0; i < people.length && (owed[who] == 0 || who == blocked) && !_oneIn(16); ++i) {
            who = people[i];
        }
        uint256 amount = owed[who];
        if (amount == 0 || who == blocked) {
            bytes memory because = abi.encodeWithSelector(NothingToPull.selector);
            if (amount > 0) because = abi.encodeWithSelector(BlockingToken.Blocked.selector, who);
            vm.expectRevert(because);
            vault.push(who);
            return _refused();
        }
        vm.prank(mallory);
        vm.assertEq(vault.push(who), amount, "pushed");
        owed[who] = 0;
        owedTotal -= amount;
        paidOut += amount;
        received[who] += amount;
        _did();
    }

    /// @dev A note of any root in either form; sometimes once too often, or of more than there is.
    function act_note(uint256 seed) external action(seed) {
        IExit.Withdrawal memory claim = _note(_roll(_spare() / 2 + 1));
        if (_oneIn(8)) return _refuseNote(claim, true);
        if (_oneIn(8)) return _refuseNote(claim, false);
        withdraw(claim);
        spent.push(claim.nullifierHash);
        _pays(claim.recipient, claim.amount - claim.fee);
        if (claim.fee > 0) _pays(claim.relayer, claim.fee);
        _did();
    }

    function act_donate(uint256 seed) external action(seed) {
        uint256 amount = 1 + _roll(1e4);
        if (_oneIn(2)) {
            usdc.mint(address(vault), amount);
            donated += amount;
        } else {
            // As a contract's last act would.
            vm.deal(address(forced), address(forced).balance + amount);
            weiGiven += amount;
        }
        _did();
    }

    /// @dev The token's issuer blocks somebody, or lets go.
    function act_block(uint256 seed) external action(seed) {
        if (blocked != address(0)) {
            BlockingToken(address(usdc)).setBlocked(blocked, false);
            blocked = address(0);
        } else {
            blocked = people[_roll(people.length)];
            BlockingToken(address(usdc)).setBlocked(blocked, true);
        }
        _did();
    }

    /// @dev An owner demands; now and then one whose demand is open already, or one who sends too much.
    function act_request(uint256 seed) external action(seed) {
        uint256 index = registered[_roll(registered.length)];
        for (uint256 i = 0; i < registered.length && _hasDemand(index) && !_oneIn(4); ++i) {
            index = registered[i];
        }
        address who = ownerOf[index];
        uint256 fee = forced.feeOfNext();
        uint256 queue = _roll(2);
        uint256 asked = queue == 0 ? 1 + _roll(1e6) : 0;
        uint256 sent = fee + _roll(2);
        vm.deal(who, sent);
        vm.roll(block.number + 1);
        bool refuse = _hasDemand(index);
        if (refuse) vm.expectRevert(RequestAlreadyOpen.selector);
        vm.prank(who);
        if (queue == 0) forced.requestPay{value: sent}(index, asked);
        else forced.requestClose{value: sent}(index);
        if (refuse) return _refused();
        demands[queue].push(IForced.Request(who, uint32(index), uint64(block.timestamp), uint64(asked), uint128(fee)));
        feesHeld += fee;
        _did();
    }

    function act_pullFee(uint256 seed) external action(seed) {
        address who = people[_roll(people.length)];
        for (uint256 i = 0; i < people.length && feesBack[who] == 0; ++i) {
            who = people[i];
        }
        if (feesBack[who] == 0) vm.expectRevert(NothingToPull.selector);
        vm.prank(who);
        forced.pullFee();
        if (feesBack[who] == 0) return _refused();
        feesHeld -= feesBack[who];
        feesBack[who] = 0;
        _did();
    }

    function _refundable(uint256 number) internal view returns (bool) {
        IDeposits.Status status = queued[number].status;
        if (status == IDeposits.Status.REJECTED) return true;
        return status == IDeposits.Status.QUEUED && (_expired(number) || frozenSince != 0);
    }

    function _note(uint256 amount) internal returns (IExit.Withdrawal memory claim) {
        if (_oneIn(2)) {
            uint256 fee = _oneIn(2) ? 0 : _roll(amount + 1);
            claim = privateVoucher(people[_roll(people.length)], ASSOCIATION, amount, fee, ++names);
        } else {
            uint256 index = registered[_roll(registered.length)];
            claim = voucher(ownerOf[index], index, amount, ++names);
        }
        claim.stateRoot = roots[_roll(roots.length)];
    }

    function _refuseNote(IExit.Withdrawal memory claim, bool again) internal {
        if (again && spent.length == 0) return;
        if (again) claim.nullifierHash = spent[_roll(spent.length)];
        else claim.amount = _spare() + 1 + _roll(10);
        Groth16.Proof memory proof = proofOf(claim);
        vm.expectRevert(again ? NullifierSpent.selector : VaultOverdrawn.selector);
        exit.withdraw(claim, proof);
        _refused();
    }
}
