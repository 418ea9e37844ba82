// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NothingLeft} from "../src/interfaces/Errors.sol";
import {Leaving} from "./support/Leaving.sol";

/// @notice What everybody gets of a frozen system is exact, whatever the sums and the order.
contract SharesFuzzTest is Leaving {
    uint256 private constant NOTES = 2;
    uint256 private constant CLAIMS = 3;
    /// @dev With a refund and a pull between the payments.
    uint256 private constant CALLS = NOTES + CLAIMS + 2;

    /// @dev What Mallory has queued, under this number.
    uint256 private constant QUEUED = 700;
    uint256 private queued;

    /// @dev Somebody who gets one payment only.
    function payee(uint256 number) internal pure returns (address) {
        return address(uint160(0x100 + number));
    }

    /// @dev Everybody's share is exact, and nobody is paid with what belongs to a depositor or creditor.
    function testFuzz_shares_areExactInAnyOrder(
        uint256 credit,
        uint64[2] memory notes,
        uint64[3] memory claims,
        bool small,
        uint256 order
    ) public {
        credit = bound(credit, 1, INSIDE);
        submit(fundsStep(withdrawing(2, credit, mallory)));
        queued = register(mallory, QUEUED);
        openClaims();
        uint256[] memory dueNotes = new uint256[](NOTES);
        uint256[] memory dueClaims = new uint256[](CLAIMS);
        for (uint256 i = 0; i < NOTES; ++i) {
            dueNotes[i] = small ? notes[i] % INSIDE : notes[i];
            withdraw(privateVoucher(payee(i), ROOT, dueNotes[i], 0, i));
        }
        for (uint256 i = 0; i < CLAIMS; ++i) {
            dueClaims[i] = small ? claims[i] % INSIDE : claims[i];
            escape(2 + i, payee(NOTES + i), dueClaims[i]);
        }
        _payAll(order);
        uint256 pool = INSIDE - credit;
        uint256 paid = _assertPaid(0, dueNotes, pool);
        uint256 rest = sumOf(dueNotes) < pool ? pool - sumOf(dueNotes) : 0;
        paid += _assertPaid(NOTES, dueClaims, rest);
        vm.assertLe(paid, pool);
        vm.assertEq(usdc.balanceOf(mallory), credit + QUEUED);
        vm.assertEq(usdc.balanceOf(address(vault)), pool - paid);
    }

    function sumOf(uint256[] memory amounts) internal pure returns (uint256 sum) {
        for (uint256 i = 0; i < amounts.length; ++i) {
            sum += amounts[i];
        }
    }

    /// @dev Each of a rank has its share of a pool, floored; returns what they have.
    function _assertPaid(uint256 first, uint256[] memory due, uint256 pool) private view returns (uint256 paid) {
        uint256 sum = sumOf(due);
        for (uint256 i = 0; i < due.length; ++i) {
            uint256 share = sum <= pool ? due[i] : due[i] * pool / sum;
            vm.assertEq(usdc.balanceOf(payee(first + i)), share);
            paid += share;
        }
    }

    /// @dev All payments, a refund and a pull, in an order that follows from a number.
    function _payAll(uint256 order) private {
        (, uint256 closes) = exit.window();
        vm.warp(closes);
        bool[CALLS] memory done;
        for (uint256 left = CALLS; left > 0; --left) {
            order = uint256(keccak256(abi.encode(order)));
            uint256 which = order % CALLS;
            while (done[which]) which = (which + 1) % CALLS;
            done[which] = true;
            _pay(which);
            vm.assertGe(vault.spare(), 0);
        }
    }

    function _pay(uint256 which) private {
        if (which < NOTES) {
            exit.payNote(which);
        } else if (which < NOTES + CLAIMS) {
            exit.payClaim(which);
        } else if (which == NOTES + CLAIMS) {
            deposits.refund(queued);
        } else {
            vm.prank(mallory);
            vault.pull(mallory);
        }
    }

    /// @dev Latecomers get their ratio at most, and only what nobody claimed in time.
    function testFuzz_latecomers_getNoMoreThanTheirRatioAndWhatIsLeft(
        uint256 early,
        uint64[4] memory late,
        bool[4] memory isNote
    ) public {
        early = bound(early, 0, 2 * INSIDE);
        openClaims();
        escape(2, alice, early);
        (, uint256 closes) = exit.window();
        vm.warp(closes + settings.lateAccountDelay);
        uint256 left = early < INSIDE ? INSIDE - early : 0;
        for (uint256 i = 0; i < late.length; ++i) {
            uint256 amount = late[i] % 5_000;
            if (left == 0) vm.expectRevert(NothingLeft.selector);
            this.fileLate(isNote[i], payee(i), amount, i);
            uint256 expected = amount < left ? amount : left;
            vm.assertEq(usdc.balanceOf(payee(i)), expected);
            left -= expected;
        }
        exit.payClaim(2);
        vm.assertEq(usdc.balanceOf(alice), early < INSIDE ? early : INSIDE);
        vm.assertEq(usdc.balanceOf(address(vault)), left);
    }

    /// @dev External, so that the refusal is that of one call.
    function fileLate(bool isNote, address to, uint256 amount, uint256 name) external {
        if (isNote) withdraw(privateVoucher(to, ROOT, amount, 0, name));
        else escape(10 + name, to, amount);
    }
}
