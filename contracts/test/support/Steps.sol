// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDeposits} from "../../src/interfaces/IDeposits.sol";
import {Shared} from "../../src/libraries/Shared.sol";
import {Tables} from "./Tables.sol";

/// @notice Steps and their words, of which L1 acts on a few: the headers.
abstract contract Steps is Tables {
    uint8 internal constant TRADE = Shared.STEP_KIND_TRADE;
    uint8 internal constant FUNDS = Shared.STEP_KIND_FUNDS;
    uint8 internal constant LIQUIDATE = Shared.STEP_KIND_LIQUIDATE;

    /// @dev Words of a step in the tiny profile, and where the first account's header stands in a liquidate step.
    uint256 internal constant TRADE_WORDS = 8;
    uint256 internal constant FUNDS_WORDS = 17;
    uint256 internal constant LIQUIDATE_WORDS = 13;
    uint256 internal constant FIRST_ACCOUNT = 5;
    uint256 internal constant ACCOUNT_WORDS = 4;

    /// @dev One operation of a funds step: its words that L1 may read.
    struct Operation {
        uint256 header;
        uint256 aux;
        uint256 text;
    }

    struct StepPlan {
        uint8 kind;
        uint64 epoch;
        uint256 stateAfter;
        uint256 suspenseAfter;
        uint256 salt;
        uint256 dataCommit;
        uint256[] words;
    }

    uint256 private attempts;

    // -- steps

    /// @dev A step that does nothing on L1, at the newest table.
    function step(uint8 kind) internal returns (StepPlan memory) {
        return _step(kind, fillerWords(kind));
    }

    function fundsStep(Operation memory one) internal returns (StepPlan memory) {
        Operation[] memory operations = new Operation[](1);
        operations[0] = one;
        return fundsStep(operations);
    }

    function fundsStep(Operation memory one, Operation memory other) internal returns (StepPlan memory) {
        Operation[] memory operations = new Operation[](2);
        (operations[0], operations[1]) = (one, other);
        return fundsStep(operations);
    }

    function fundsStep(Operation[] memory operations) internal returns (StepPlan memory) {
        uint256[] memory words = fillerWords(FUNDS);
        for (uint256 i = 0; i < operations.length; ++i) {
            words[1 + 4 * i] = operations[i].header;
            words[2 + 4 * i] = operations[i].aux;
            words[4 + 4 * i] = operations[i].text;
        }
        return _step(FUNDS, words);
    }

    /// @dev A liquidate step whose first account has this header.
    function liquidateStep(uint256 header) internal returns (StepPlan memory) {
        return liquidateStep(header, 0);
    }

    function liquidateStep(uint256 header, uint256 other) internal returns (StepPlan memory) {
        uint256[] memory words = fillerWords(LIQUIDATE);
        (words[FIRST_ACCOUNT], words[FIRST_ACCOUNT + ACCOUNT_WORDS]) = (header, other);
        return _step(LIQUIDATE, words);
    }

    /// @dev Words that no other step has, and headers that do nothing.
    function fillerWords(uint8 kind) internal returns (uint256[] memory words) {
        words = new uint256[](kind == TRADE ? TRADE_WORDS : kind == FUNDS ? FUNDS_WORDS : LIQUIDATE_WORDS);
        ++attempts;
        for (uint256 i = 0; i < words.length; ++i) {
            words[i] = uint256(keccak256(abi.encode("word", attempts, i))) % R;
        }
        if (kind == FUNDS) {
            for (uint256 place = 1; place < words.length; place += 4) {
                words[place] = headerOf(Shared.HEADER_INTERNAL, 1, 0, 0);
            }
        } else if (kind == LIQUIDATE) {
            (words[FIRST_ACCOUNT], words[FIRST_ACCOUNT + ACCOUNT_WORDS]) = (0, 0);
        }
    }

    // -- headers

    function headerOf(uint256 kind, uint256 index, uint256 amount, uint256 request) internal pure returns (uint256) {
        return kind | index << 4 | amount << 36 | request << 100;
    }

    /// @dev The account of a queued deposit, once a batch consumes all of the queue up to it: a registration gets the
    /// next index, after those of the registrations ahead of it.
    function indexDue(uint256 number) internal view returns (uint256 index) {
        if (deposits.deposit(number).ownerHash == 0) return deposits.deposit(number).index;
        index = deposits.nextIndex();
        for (uint256 ahead = deposits.nextDeposit(); ahead < number; ++ahead) {
            IDeposits.Deposit memory found = deposits.deposit(ahead);
            if (found.ownerHash != 0 && found.status == IDeposits.Status.QUEUED) ++index;
        }
    }

    /// @dev Consumes a queued deposit, just as it is in the queue.
    function depositing(uint256 number) internal view returns (Operation memory) {
        return depositing(number, indexDue(number));
    }

    /// @dev The same into an account of the caller's choice: where the batch rejects what is ahead, or is wrong.
    function depositing(uint256 number, uint256 index) internal view returns (Operation memory) {
        IDeposits.Deposit memory found = deposits.deposit(number);
        uint256 shown = found.ownerHash == 0 ? 9 : uint256(uint160(found.depositor));
        return Operation(headerOf(Shared.HEADER_DEPOSIT, index, found.amount, number), found.ownerHash, shown);
    }

    function withdrawing(uint256 index, uint256 amount, address to) internal pure returns (Operation memory) {
        return Operation(headerOf(Shared.HEADER_WITHDRAW, index, amount, 0), uint256(uint160(to)), 7);
    }

    /// @dev Answers a forced PAY.
    function paying(uint256 number, uint256 index, uint256 paid, uint256 asked)
        internal
        pure
        returns (Operation memory)
    {
        return Operation(headerOf(Shared.HEADER_FORCED, index, paid, number), asked, 8);
    }

    /// @dev The header that answers a forced CLOSE.
    function closing(uint256 number, uint256 index, uint256 paid) internal pure returns (uint256) {
        return headerOf(Shared.HEADER_CLOSE, index, paid, number);
    }

    function _step(uint8 kind, uint256[] memory words) private view returns (StepPlan memory plan) {
        plan.kind = kind;
        plan.words = words;
        plan.stateAfter = field("root", attempts);
        plan.suspenseAfter = SETTLED;
        plan.salt = field("salt", attempts);
        plan.dataCommit = uint256(keccak256(abi.encode("commitment", words))) % R;
    }
}
