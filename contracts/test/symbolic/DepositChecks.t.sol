// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Deposits} from "../../src/Deposits.sol";
import {IDeposits} from "../../src/interfaces/IDeposits.sol";
import {Symbolic} from "./Symbolic.sol";

/// @notice What the queue asks of the other parts, and what it tells the vault.
contract AroundDeposits {
    uint256 public pausedUntil;
    uint256 public frozenAt;
    uint256 public taken;
    uint256 public consumed;
    uint256 public refunded;
    address public refundedTo;

    function takeDeposit(address, uint256 amount) external {
        taken = amount;
    }

    function consumeDeposit(uint256 amount) external {
        consumed = amount;
    }

    function refundDeposit(address to, uint256 amount) external {
        (refundedTo, refunded) = (to, amount);
    }
}

/// @notice A deposit goes one way, once: into an account or back to its sender. Inductive: where a deposit is sound before
/// a call, it is so after it, and it made a move that it may make.
contract DepositChecks is Symbolic {
    uint256 private constant WINDOW = 3 days;
    /// @dev Of an account tree three deep.
    uint256 private constant LEAVES = 512;

    IDeposits.Status private constant NONE = IDeposits.Status.NONE;
    IDeposits.Status private constant QUEUED = IDeposits.Status.QUEUED;
    IDeposits.Status private constant CONSUMED = IDeposits.Status.CONSUMED;
    IDeposits.Status private constant REJECTED = IDeposits.Status.REJECTED;
    IDeposits.Status private constant REFUNDED = IDeposits.Status.REFUNDED;

    AroundDeposits private around;
    Deposits private deposits;

    function setUp() public {
        around = new AroundDeposits();
        deposits = new Deposits(partsAt(address(around)), defaultSettings(), 3, address(0xD1));
    }

    /// @dev From here on the queue may hold anything, at any time.
    modifier anyState(uint256 time) {
        svm.enableSymbolicStorage(address(deposits));
        vm.assume(both(time >= NOW, time < NOW + (1 << 40)));
        vm.warp(time);
        _;
    }

    function check_queue_isSoundAtTheStart(uint256 number) public view {
        vm.assertTrue(deposits.deposit(number).status == NONE);
        vm.assertEq(deposits.depositCount() + deposits.nextDeposit(), 0);
    }

    /// @dev Time passes and a freeze comes: what is sound stays sound.
    function check_time_keepsDepositsSound(uint256 number, uint256 time, uint256 later, uint256 frozenAt)
        public
        anyState(time)
    {
        _any(number);
        vm.assume(both(later >= time, later < NOW + (1 << 41)));
        vm.warp(later);
        _freezeAt(frozenAt);
        vm.assertTrue(_isSound(number));
    }

    /// @dev Only batches consume, and no batch comes after a freeze.
    function check_consume_takesTheQueuedHeadOnly(uint256[5] memory shown, uint256 time) public anyState(time) {
        IDeposits.Deposit memory before = _any(shown[0]);
        _consume(shown);
        vm.assertTrue(both(before.status == QUEUED, time < before.time + WINDOW));
        vm.assertTrue(both(deposits.deposit(shown[0]).status == CONSUMED, around.consumed() == before.amount));
        vm.assertTrue(_isSound(shown[0]));
    }

    function check_consume_leavesOthersAlone(uint256 number, uint256[5] memory shown, uint256 time)
        public
        anyState(time)
    {
        vm.assume(number != shown[0]);
        IDeposits.Deposit memory before = _any(number);
        _consume(shown);
        _requireUnmoved(number, before);
    }

    /// @dev A registration gets the next index, once; nobody else's owner changes.
    function check_consume_givesAnIndexOnce(uint256 other, uint256[5] memory shown, uint256 time)
        public
        anyState(time)
    {
        IDeposits.Deposit memory before = deposits.deposit(shown[0]);
        (uint256 next, address owner) = (deposits.nextIndex(), deposits.l1Owner(other));
        vm.assume(next < BOUND);
        _consume(shown);
        vm.assertLt(shown[1], LEAVES);
        if (before.ownerHash == 0) {
            vm.assertTrue(both(deposits.nextIndex() == next, shown[1] == before.index));
            vm.assertEq(deposits.l1Owner(other), owner);
        } else {
            vm.assertTrue(both(deposits.nextIndex() == next + 1, shown[1] == next));
            vm.assertEq(deposits.l1Owner(other), other == next ? before.depositor : owner);
        }
    }

    function check_reject_takesTheQueuedHeadOnly(uint256 listed, uint256 time) public anyState(time) {
        IDeposits.Deposit memory before = _any(listed);
        vm.prank(address(around));
        bool done = deposits.rejectAtHead(listed);
        bool moves = both(done, before.status == QUEUED);
        vm.assertTrue(deposits.deposit(listed).status == (moves ? REJECTED : before.status));
        vm.assertTrue(_isSound(listed));
    }

    function check_reject_leavesOthersAlone(uint256 number, uint256 listed, uint256 time) public anyState(time) {
        vm.assume(number != listed);
        IDeposits.Deposit memory before = _any(number);
        vm.prank(address(around));
        deposits.rejectAtHead(listed);
        _requireUnmoved(number, before);
    }

    function check_refund_paysTheSenderOnce(uint256 asked, address caller, uint256 time, uint256 frozenAt)
        public
        anyState(time)
    {
        _freezeAt(frozenAt);
        IDeposits.Deposit memory before = _any(asked);
        vm.prank(caller);
        deposits.refund(asked);
        bool expired = either(time >= before.time + WINDOW, frozenAt != 0);
        vm.assertTrue(either(before.status == REJECTED, both(before.status == QUEUED, expired)));
        vm.assertTrue(both(around.refundedTo() == before.depositor, around.refunded() == before.amount));
        vm.assertTrue(both(deposits.deposit(asked).status == REFUNDED, _isSound(asked)));
    }

    function check_refund_leavesOthersAlone(uint256 number, uint256 asked, uint256 time, uint256 frozenAt)
        public
        anyState(time)
    {
        vm.assume(number != asked);
        _freezeAt(frozenAt);
        IDeposits.Deposit memory before = _any(number);
        deposits.refund(asked);
        _requireUnmoved(number, before);
    }

    function check_register_queuesAtTheEnd(
        uint256 number,
        address caller,
        uint256 ownerHash,
        uint256 amount,
        uint256 time
    ) public anyState(time) {
        IDeposits.Deposit memory before = _any(number);
        vm.prank(caller);
        uint256 given = deposits.register(ownerHash, amount);
        vm.assertEq(deposits.deposit(given).ownerHash, ownerHash);
        _requireQueued(number, given, before, caller, amount);
    }

    function check_topUp_queuesAtTheEnd(uint256 number, address caller, uint256 index, uint256 amount, uint256 time)
        public
        anyState(time)
    {
        IDeposits.Deposit memory before = _any(number);
        vm.prank(caller);
        uint256 given = deposits.topUp(index, amount);
        vm.assertTrue(either(index == 0, deposits.l1Owner(index) != address(0)));
        vm.assertEq(deposits.deposit(given).ownerHash, 0);
        _requireQueued(number, given, before, caller, amount);
    }

    /// @dev L1-8.
    function check_clearing_isTheOnlyCaller(address caller, uint256[5] memory shown, uint256 time)
        public
        anyState(time)
    {
        vm.assume(caller != address(around));
        bytes memory take = abi.encodeCall(IDeposits.consume, (shown[0], shown[1], shown[2], shown[3], shown[4]));
        vm.prank(caller);
        (bool consumed,) = address(deposits).call(take);
        vm.prank(caller);
        (bool rejected,) = address(deposits).call(abi.encodeCall(IDeposits.rejectAtHead, (shown[0])));
        vm.assertTrue(both(!consumed, !rejected));
    }

    function _consume(uint256[5] memory shown) private {
        vm.prank(address(around));
        deposits.consume(shown[0], shown[1], shown[2], shown[3], shown[4]);
    }

    function _freezeAt(uint256 time) private {
        vm.store(address(around), bytes32(uint256(1)), bytes32(time));
    }

    /// @dev Any sound deposit, in a queue that is not full for ever.
    function _any(uint256 number) private view returns (IDeposits.Deposit memory found) {
        vm.assume(both(_isSound(number), deposits.depositCount() < BOUND));
        return deposits.deposit(number);
    }

    function _requireUnmoved(uint256 number, IDeposits.Deposit memory before) private view {
        IDeposits.Deposit memory later = deposits.deposit(number);
        bool same = both(later.status == before.status, later.depositor == before.depositor);
        same = both(same, both(later.amount == before.amount, later.time == before.time));
        same = both(same, both(later.index == before.index, later.ownerHash == before.ownerHash));
        vm.assertTrue(same);
        vm.assertTrue(_isSound(number));
    }

    function _requireQueued(
        uint256 number,
        uint256 given,
        IDeposits.Deposit memory before,
        address caller,
        uint256 amount
    ) private view {
        IDeposits.Deposit memory queued = deposits.deposit(given);
        vm.assertTrue(both(queued.status == QUEUED, queued.depositor == caller));
        vm.assertTrue(both(queued.amount == uint64(amount), queued.time == block.timestamp));
        vm.assertTrue(both(around.taken() == amount, amount >= 100));
        if (number == given) vm.assertTrue(both(before.status == NONE, _isSound(number)));
        else _requireUnmoved(number, before);
    }

    /// @dev What a deposit's number, time and status have to do with each other.
    function _isSound(uint256 number) private view returns (bool) {
        (uint256 count, uint256 next) = (deposits.depositCount(), deposits.nextDeposit());
        IDeposits.Deposit memory found = deposits.deposit(number);
        // Refunded before a batch passed over it: it was its sender's by then.
        bool free = either(block.timestamp >= found.time + WINDOW, around.frozenAt() != 0);
        bool waits = either(found.status == QUEUED, both(found.status == REFUNDED, free));
        bool passed = either(found.status == CONSUMED, either(found.status == REJECTED, found.status == REFUNDED));
        bool sound = both(next <= count, found.time <= block.timestamp);
        sound = both(sound, implies(number >= count, found.status == NONE));
        sound = both(sound, implies(number < next, passed));
        return both(sound, implies(both(number >= next, number < count), waits));
    }
}
