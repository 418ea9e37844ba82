// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeposits} from "../src/interfaces/IDeposits.sol";
import {Money} from "./support/Money.sol";
import {BlockingToken} from "./tokens/BlockingToken.sol";

/// @notice Money in and out in any order: the vault holds what it owes, and a deposit goes one way, once.
contract AccountingTest is Money {
    uint256 private constant PEOPLE = 4;

    /// @dev What went each way, counted apart from the contracts.
    struct Books {
        uint256 paidIn;
        uint256 inside;
        uint256 refunded;
        uint256 paidOut;
        uint256 donated;
    }

    Books private books;
    BlockingToken private token;

    function setUp() public override {
        super.setUp();
        replaceToken(address(new BlockingToken()));
        token = BlockingToken(address(usdc));
    }

    function testFuzz_vault_whenAnythingHappens_holdsWhatItOwes(uint256[48] calldata seeds) public {
        for (uint256 i = 0; i < seeds.length; ++i) {
            address who = _person(seeds[i] >> 8);
            uint256 amount = bound(seeds[i] >> 16, 100, 1e12);
            uint256 act = seeds[i] % 12;
            if (act < 3) _deposit(who, amount, act == 0);
            else if (act < 5) _consumeHead();
            else if (act == 5) _rejectHead();
            else if (act == 6) _refund(seeds[i] >> 16);
            else if (act == 7) _credit(who, amount);
            else if (act == 8) _pull(who, _person(seeds[i] >> 64));
            else if (act == 9) _pay(who, amount);
            else if (act == 10) token.setBlocked(who, seeds[i] & (1 << 200) == 0);
            else if (seeds[i] & (1 << 201) == 0) wait(1 days);
            else _donate(amount);
            _check();
        }
    }

    /// @dev From each state that a deposit can be in, what may still happen to it: L1-16, L1-17, L1-18, L1-70, L1-71.
    function testFuzz_deposit_whenTimePasses_isTheQueuesOrItsSenders(uint256 age) public {
        age = bound(age, 0, 2 * settings.depositWindow);
        uint256 number = register(alice, STAKE);
        vm.warp(NOW + age);
        uint256 before = vm.snapshotState();
        bool refundable = _succeeds(abi.encodeCall(IDeposits.refund, (number)), mallory);
        vm.revertToState(before);
        bytes memory take =
            abi.encodeCall(IDeposits.consume, (number, 2, STAKE, ownerHashOf(alice), uint256(uint160(alice))));
        bool consumable = _succeeds(take, address(clearing));
        vm.assertTrue(refundable != consumable, "one of the two, never both");
        vm.assertEq(refundable, age >= settings.depositWindow);
    }

    function _deposit(address who, uint256 amount, bool topsUp) private {
        if (token.blocked(who)) return;
        topsUp ? topUp(who, 0, amount) : register(who, amount);
        books.paidIn += amount;
    }

    function _consumeHead() private {
        uint256 number = deposits.nextDeposit();
        IDeposits.Deposit memory found = deposits.deposit(number);
        if (found.status != IDeposits.Status.QUEUED) return;
        if (block.timestamp - found.time >= settings.depositWindow) return;
        consume(number);
        books.inside += found.amount;
    }

    function _rejectHead() private {
        uint256 number = deposits.nextDeposit();
        vm.assertEq(reject(number), number < deposits.depositCount());
    }

    function _refund(uint256 seed) private {
        uint256 count = deposits.depositCount();
        if (count == 0) return;
        IDeposits.Deposit memory found = deposits.deposit(seed % count);
        bool due = found.status == IDeposits.Status.REJECTED
            || (found.status == IDeposits.Status.QUEUED && block.timestamp - found.time >= settings.depositWindow);
        vm.assertEq(_succeeds(abi.encodeCall(IDeposits.refund, (seed % count)), mallory), due);
        if (!due) return;
        books.refunded += found.amount;
        if (!token.blocked(found.depositor)) books.paidOut += found.amount;
    }

    /// @dev As much as a batch may: L1-77.
    function _credit(address who, uint256 amount) private {
        if (int256(amount) <= vault.spare()) credit(who, amount);
    }

    function _pull(address who, address to) private {
        if (vault.credits(who) == 0 || token.blocked(to)) return;
        vm.prank(who);
        books.paidOut += vault.pull(to);
    }

    /// @dev As much as a note may be: L1-77.
    function _pay(address who, uint256 amount) private {
        if (int256(amount) > vault.spare()) return;
        pay(who, amount);
        if (!token.blocked(who)) books.paidOut += amount;
    }

    function _donate(uint256 amount) private {
        usdc.mint(address(vault), amount);
        books.donated += amount;
    }

    function _check() private view {
        vm.assertEq(balance(), books.paidIn + books.donated - books.paidOut, "tokens");
        vm.assertLe(vault.creditsTotal() + vault.unrefunded(), balance(), "never promised more than there is");
        vm.assertEq(vault.spare(), int256(balance()) - int256(vault.creditsTotal() + vault.unrefunded()));
        uint256 owed;
        for (uint256 i = 0; i < PEOPLE; ++i) {
            owed += vault.credits(_person(i));
        }
        vm.assertEq(vault.creditsTotal(), owed, "credits");
        uint256 waiting;
        uint256 count = deposits.depositCount();
        for (uint256 number = 0; number < count; ++number) {
            IDeposits.Deposit memory found = deposits.deposit(number);
            bool open = found.status == IDeposits.Status.QUEUED || found.status == IDeposits.Status.REJECTED;
            if (open) waiting += found.amount;
        }
        vm.assertEq(vault.unrefunded(), waiting, "deposits that wait");
        vm.assertEq(books.paidIn, waiting + books.inside + books.refunded, "each deposit went one way, once");
    }

    function _succeeds(bytes memory data, address caller) private returns (bool success) {
        vm.prank(caller);
        (success,) = address(deposits).call(data);
    }

    function _person(uint256 seed) private view returns (address) {
        return [alice, bob, mallory, relayer][seed % PEOPLE];
    }
}
