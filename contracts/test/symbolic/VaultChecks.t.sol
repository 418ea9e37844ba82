// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {Parts} from "../../src/interfaces/Deployment.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {Vault} from "../../src/Vault.sol";
import {BlockingToken} from "../tokens/BlockingToken.sol";
import {Symbolic} from "./Symbolic.sol";

/// @notice Each call of the vault, from any state and with a token that may refuse anybody: what is spare moves by
/// exactly what the call is about, and credits change for nobody else. So Σ credits is `creditsTotal`, and nothing is
/// promised twice, whatever the order of calls.
contract VaultChecks is Symbolic {
    address private constant DEPOSITS = address(0xD1);
    address private constant FORCED = address(0xD2);
    address private constant CLEARING = address(0xD3);
    address private constant EXIT = address(0xD4);

    Vault private vault;
    BlockingToken private token;

    struct Books {
        uint256 balance;
        uint256 credits;
        uint256 unrefunded;
        int256 spare;
    }

    function setUp() public {
        Parts memory parts = partsAt(address(0xD5));
        (parts.deposits, parts.forced, parts.clearing, parts.exit) = (DEPOSITS, FORCED, CLEARING, EXIT);
        token = new BlockingToken();
        vault = new Vault(parts, defaultSettings(), IERC20(address(token)));
        svm.enableSymbolicStorage(address(vault));
        svm.enableSymbolicStorage(address(token));
    }

    function check_takeDeposit_leavesSpareAlone(address from, uint256 amount) public {
        Books memory before = _anyBooks();
        vm.prank(DEPOSITS);
        vault.takeDeposit(from, amount);
        Books memory later = _books();
        vm.assertEq(later.balance, before.balance + amount);
        vm.assertEq(later.unrefunded, before.unrefunded + amount);
        vm.assertEq(later.credits, before.credits);
        vm.assertEq(later.spare, before.spare);
        vm.assertLe(later.balance, 1 << 63);
    }

    function check_consumeDeposit_makesItSpare(uint256 amount) public {
        Books memory before = _anyBooks();
        vm.prank(DEPOSITS);
        vault.consumeDeposit(amount);
        Books memory later = _books();
        vm.assertLe(amount, before.unrefunded);
        vm.assertEq(later.balance, before.balance);
        vm.assertEq(later.credits, before.credits);
        vm.assertEq(later.spare, before.spare + int256(amount));
    }

    /// @dev Also when the token refuses.
    function check_refundDeposit_leavesSpareAlone(address to, uint256 amount) public {
        vm.assume(to != address(vault));
        Books memory before = _anyBooks();
        vm.prank(DEPOSITS);
        vault.refundDeposit(to, amount);
        Books memory later = _books();
        vm.assertLe(amount, before.unrefunded);
        vm.assertEq(later.spare, before.spare);
    }

    function check_credit_takesFromSpare(address to, address other, uint256 amount, bool byForced) public {
        vm.assume(other != to && amount < BOUND);
        Books memory before = _anyBooks();
        (uint256 had, uint256 others) = (vault.credits(to), vault.credits(other));
        vm.prank(byForced ? FORCED : CLEARING);
        vault.credit(to, amount);
        Books memory later = _books();
        vm.assertEq(vault.credits(to), had + amount);
        vm.assertEq(vault.credits(other), others);
        vm.assertEq(later.credits, before.credits + amount);
        vm.assertEq(later.balance, before.balance);
        vm.assertEq(later.spare, before.spare - int256(amount));
    }

    function check_pull_fetchesEverythingOnce(address owner, address to, address other) public {
        vm.assume(other != owner && to != address(vault));
        Books memory before = _anyBooks();
        (uint256 had, uint256 others) = (vault.credits(owner), vault.credits(other));
        vm.prank(owner);
        vm.assertEq(vault.pull(to), had);
        _requireFetched(before, owner, other, had, others);
    }

    function check_push_paysTheOwnerOnly(address caller, address owner, address other) public {
        vm.assume(other != owner && owner != address(vault));
        Books memory before = _anyBooks();
        (uint256 had, uint256 others) = (vault.credits(owner), vault.credits(other));
        uint256 held = token.balanceOf(owner);
        vm.assume(held < BOUND);
        vm.prank(caller);
        vm.assertEq(vault.push(owner), had);
        vm.assertEq(token.balanceOf(owner), held + had);
        _requireFetched(before, owner, other, had, others);
    }

    /// @dev Also when the token refuses: then it is credited, to nobody else.
    function check_pay_takesFromSpareOnce(address to, address other, uint256 amount) public {
        vm.assume(to != address(vault) && other != to && amount < BOUND);
        Books memory before = _anyBooks();
        (uint256 had, uint256 others) = (vault.credits(to), vault.credits(other));
        vm.assume(had < BOUND);
        vm.prank(EXIT);
        vault.pay(to, amount);
        Books memory later = _books();
        vm.assertEq(later.spare, before.spare - int256(amount));
        vm.assertEq(vault.credits(to) + before.credits, later.credits + had);
        vm.assertEq(vault.credits(other), others);
        vm.assertEq(later.unrefunded, before.unrefunded);
    }

    /// @dev L1-8.
    function check_parts_areTheOnlyCallers(address caller, address to, uint256 amount) public {
        bytes[5] memory calls = [
            abi.encodeCall(IVault.takeDeposit, (to, amount)),
            abi.encodeCall(IVault.consumeDeposit, (amount)),
            abi.encodeCall(IVault.refundDeposit, (to, amount)),
            abi.encodeCall(IVault.credit, (to, amount)),
            abi.encodeCall(IVault.pay, (to, amount))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.prank(caller);
            (bool success,) = address(vault).call(calls[i]);
            if (!success) continue;
            if (i < 3) vm.assertEq(caller, DEPOSITS);
            else if (i == 3) vm.assertTrue(caller == CLEARING || caller == FORCED);
            else vm.assertEq(caller, EXIT);
        }
    }

    /// @dev The books before a call, of no more money than there can be.
    function _anyBooks() private view returns (Books memory books) {
        books = _books();
        vm.assume(both(books.balance < BOUND, both(books.credits < BOUND, books.unrefunded < BOUND)));
    }

    function _books() private view returns (Books memory books) {
        books = Books(token.balanceOf(address(vault)), vault.creditsTotal(), vault.unrefunded(), 0);
        unchecked {
            books.spare = int256(books.balance) - int256(books.credits) - int256(books.unrefunded);
        }
    }

    /// @dev What the vault itself says.
    function check_spare_isWhatNobodyHasAClaimOn() public view {
        Books memory books = _anyBooks();
        vm.assertEq(vault.spare(), books.spare);
    }

    function _requireFetched(Books memory before, address owner, address other, uint256 had, uint256 others)
        private
        view
    {
        Books memory later = _books();
        vm.assertEq(vault.credits(owner), 0);
        vm.assertEq(vault.credits(other), others);
        vm.assertEq(later.credits, before.credits - had);
        vm.assertEq(later.balance, before.balance - had);
        vm.assertEq(later.spare, before.spare);
    }
}
