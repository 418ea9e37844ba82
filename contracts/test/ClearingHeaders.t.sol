// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    DepositOutOfOrder,
    HeaderTooWide,
    NotAnAddress,
    RequestOutOfOrder,
    UnknownHeader,
    VaultOverdrawn
} from "../src/interfaces/Errors.sol";
import {IDeposits} from "../src/interfaces/IDeposits.sol";
import {IForced} from "../src/interfaces/IForced.sol";
import {IVault} from "../src/interfaces/IVault.sol";
import {Shared} from "../src/libraries/Shared.sol";
import {System} from "./support/System.sol";

/// @notice What the headers of steps do on L1, and which of them are none.
contract ClearingHeadersTest is System {
    uint256 private index;

    function setUp() public override {
        super.setUp();
        index = member(alice, 5_000);
    }

    // -- what they do

    function test_submitBatch_whenHeadersAreOfAllKinds_doesWhatTheySay() public {
        requestPay(alice, index, 700);
        uint256 number = topUp(bob, index, 1_000);
        Operation[] memory operations = new Operation[](4);
        operations[0] = depositing(number);
        operations[1] = withdrawing(index, 400, bob);
        operations[2] = paying(0, index, 700, 700);
        operations[3] = Operation(headerOf(Shared.HEADER_NOTE, index, 9, 0), R - 1, R - 1);
        Batch memory batch = proven(planOf(fundsStep(operations)));
        vm.expectEmit(address(deposits));
        emit IDeposits.DepositConsumed(number, index, 1_000);
        vm.expectEmit(address(vault));
        emit IVault.Credited(bob, 400);
        vm.expectEmit(address(vault));
        emit IVault.Credited(alice, 700);
        submit(batch);
        vm.assertEq(vault.credits(bob), 400);
        vm.assertEq(vault.credits(alice), 700);
        vm.assertEq(vault.spare(), int256(5_000 + 1_000 - 1_100));
        vm.assertEq(deposits.nextDeposit(), number + 1);
        vm.assertFalse(forced.requesting(index));
    }

    /// @dev An amount is 64 bits from the 36th on, whatever stands beside it.
    function test_submitBatch_whenPartsAreAtTheirBounds_readsThemApart() public {
        uint256 header = headerOf(Shared.HEADER_WITHDRAW, type(uint24).max, 1, type(uint64).max);
        submit(fundsStep(Operation(header, type(uint160).max, R - 1)));
        vm.assertEq(vault.credits(address(type(uint160).max)), 1);
        header = headerOf(Shared.HEADER_WITHDRAW, 0, type(uint64).max, 0);
        refuses(planOf(fundsStep(Operation(header, 5, 5))), VaultOverdrawn.selector);
    }

    function test_submitBatch_whenAccountsAreClosed_servesThem() public {
        uint256 second = member(bob, 2_000);
        requestClose(alice, index);
        requestClose(bob, second);
        submit(liquidateStep(closing(0, index, 4_000), closing(1, second, 0)));
        vm.assertEq(vault.credits(alice), 4_000);
        vm.assertEq(vault.credits(bob), 0);
        (uint256 count, uint256 served) = forced.lengths(IForced.Queue.CLOSE);
        vm.assertEq(count, 2);
        vm.assertEq(served, 2);
    }

    /// @dev What looks like a header elsewhere says nothing: leaf words of funds steps, all words of trade steps.
    function test_submitBatch_whenOtherWordsLookLikeHeaders_doesNothing() public {
        uint256 header = headerOf(Shared.HEADER_WITHDRAW, index, 100, 0);
        for (uint8 kind = TRADE; kind <= LIQUIDATE; ++kind) {
            StepPlan memory plan = step(kind);
            uint256[] memory filler = fillerWords(kind);
            for (uint256 i = 0; i < plan.words.length; ++i) {
                plan.words[i] = header;
                if (kind == FUNDS && i > 0 && i % 4 == 1) plan.words[i] = filler[i];
                if (kind == LIQUIDATE && (i == 5 || i == 9)) plan.words[i] = 0;
            }
            submit(plan);
        }
        vm.assertEq(vault.creditsTotal(), 0);
    }

    // -- headers that are none

    /// @dev L1-67, before anything else is read of it.
    function test_submitBatch_whenHeaderHasMoreThan252Bits_reverts() public {
        uint256 wide = 1 << 252 | headerOf(Shared.HEADER_INTERNAL, 1, 0, 0);
        refuses(planOf(fundsStep(Operation(wide, 0, 0))), HeaderTooWide.selector);
        wide = 1 << 252 | headerOf(Shared.HEADER_CLOSE, 1, 0, 0);
        refuses(planOf(liquidateStep(wide)), HeaderTooWide.selector);
    }

    /// @dev L1-68: above its parts, and in the asset.
    function test_submitBatch_whenHeaderHasStrayBits_reverts() public {
        requestClose(alice, index);
        for (uint256 bit = 28; bit < 252; ++bit) {
            if (bit == 36) bit = 164;
            uint256 stray = 1 << bit;
            uint256 header = stray | headerOf(Shared.HEADER_INTERNAL, 1, 0, 0);
            refuses(planOf(fundsStep(Operation(header, 0, 0))), UnknownHeader.selector);
            refuses(planOf(liquidateStep(stray | closing(0, index, 0))), UnknownHeader.selector);
        }
        submit(liquidateStep(closing(0, index, 0)));
    }

    /// @dev L1-68: each kind of step has its own; a header of nothing is none of a funds step.
    function test_submitBatch_whenHeaderIsOfAnUnknownKind_reverts() public {
        requestClose(alice, index);
        requestPay(bob, member(bob, 2_000), 50);
        for (uint256 kind = 0; kind < 16; ++kind) {
            uint256 header = headerOf(kind, index, 0, 0);
            if (kind == 0 || kind > Shared.HEADER_INTERNAL) {
                refuses(planOf(fundsStep(Operation(header, 0, 0))), UnknownHeader.selector);
            }
            if (kind != Shared.HEADER_CLOSE) refuses(planOf(liquidateStep(0, header)), UnknownHeader.selector);
        }
        refuses(planOf(fundsStep(Operation(0, 0, 0))), UnknownHeader.selector);
    }

    /// @dev L1-69.
    function test_submitBatch_whenWithdrawalGoesToNoAddress_reverts() public {
        Operation memory one = withdrawing(index, 5, bob);
        one.aux |= 1 << 160;
        refuses(planOf(fundsStep(one)), NotAnAddress.selector);
        one.aux = R - 1;
        refuses(planOf(fundsStep(one)), NotAnAddress.selector);
    }

    /// @dev Random headers against the rules as they stand in PROTOCOL.md.
    function testFuzz_submitBatch_whenHeaderIsRandom_followsTheRules(uint256 header, uint256 aux, uint8 shape_) public {
        aux %= R;
        if (shape_ & 3 > 0) header &= (1 << 164) - 1;
        if (shape_ & 3 > 1) header &= ~(uint256(0xff) << 28);
        if (shape_ & 3 > 2) aux &= type(uint160).max;
        if (shape_ & 4 > 0) header &= ~(uint256(type(uint64).max - 0x1fff) << 36);
        header %= R;
        Batch memory batch = proven(planOf(fundsStep(Operation(header, aux, 7))));
        bytes4 expected = _rules(header, aux);
        if (expected != 0) return refuses(batch, expected);
        submit(batch);
        bool pays = header & 15 == Shared.HEADER_WITHDRAW;
        vm.assertEq(vault.creditsTotal(), pays ? (header >> 36) & type(uint64).max : 0);
    }

    function _rules(uint256 header, uint256 aux) private pure returns (bytes4) {
        if (header >> 252 != 0) return HeaderTooWide.selector;
        if (header >> 164 != 0 || (header >> 28) & 255 != 0) return UnknownHeader.selector;
        uint256 kind = header & 15;
        if (kind == 1) return DepositOutOfOrder.selector;
        if (kind == 4) return RequestOutOfOrder.selector;
        if (kind == 0 || kind > 5) return UnknownHeader.selector;
        if (kind != 2) return 0;
        if (aux >> 160 != 0) return NotAnAddress.selector;
        return (header >> 36) & type(uint64).max > 5_000 ? VaultOverdrawn.selector : bytes4(0);
    }
}
