// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    AlreadyClaimed,
    AlreadyPaid,
    ClaimWindowOpen,
    ClaimsNotOpen,
    LateAccountsWait,
    NothingLeft,
    PostingClosed,
    UnknownClaim
} from "../../src/interfaces/Errors.sol";
import {IExit} from "../../src/interfaces/IExit.sol";
import {IOracle} from "../../src/interfaces/IOracle.sol";
import {Groth16} from "../../src/libraries/Groth16.sol";
import {Campaign} from "./Campaign.sol";

/// @notice Everybody leaves a frozen system, in any order and by any door.
abstract contract LeavingActions is Campaign {
    uint256 internal constant ACCOUNTS = 12;

    struct Filed {
        address owner;
        bool filed;
        bool paid;
        uint256 claim;
    }

    IExit.NoteClaim[] internal notes;
    Filed[ACCOUNTS + 1] internal claims;
    uint256 internal notesDue;
    uint256 internal claimsDue;
    uint256 internal notesPaid;
    uint256 internal claimsPaid;

    /// @dev What the window found when it closed.
    bool internal poolClosed;
    uint256 internal poolAtFirst;
    uint256 internal notesHave;
    uint256 internal claimsHave;
    uint256 internal latePaid;

    /// @dev The table that claims are valued at: the first late enough after the last batch, else that batch's.
    uint256 internal pricesEpoch;

    function _opens() internal view returns (uint256) {
        return frozenSince + settings.claimDelay;
    }

    function _closes() internal view returns (uint256) {
        return _opens() + settings.claimWindow;
    }

    /// @dev A little, or to the next moment that matters, or to the second before.
    function act_waitOrJump(uint256 seed) external action(seed) {
        uint256 next = _opens();
        if (block.timestamp >= next) next = _closes();
        if (block.timestamp >= next) next = _closes() + settings.lateAccountDelay;
        bool jump = block.timestamp < next && !_oneIn(3);
        wait(jump ? next - block.timestamp - _roll(2) : 1 + _roll(12 hours));
        _did();
    }

    function act_lateTable(uint256 seed) external action(seed) {
        bool closed = block.timestamp >= _opens();
        IOracle.Table memory table = tableNow(_marks());
        // Any time from well before the last batch until now.
        table.time = uint64(block.timestamp - _roll(block.timestamp - _lastBatch() + 1 hours));
        IOracle.SignedTable memory signed_ = signed(table);
        if (closed) vm.expectRevert(PostingClosed.selector);
        oracle.postTable(signed_);
        if (closed) return _refused();
        _posted(table);
        bool lateEnough = table.time >= _lastBatch() + settings.escapePriceDelay;
        bool better = pricesEpoch == usedEpoch || table.time < timeOf[pricesEpoch];
        if (lateEnough && better) pricesEpoch = table.epoch;
        _did();
    }

    function act_noteOfFrozen(uint256 seed) external action(seed) {
        IExit.Withdrawal memory claim = _note(_roll(poolAtFirst));
        if (_oneIn(8)) return _refuseNote(claim, true);
        bool late = block.timestamp >= _closes();
        if (late) _close();
        if (late && poolLeft == 0) {
            Groth16.Proof memory proof = proofOf(claim);
            vm.expectRevert(NothingLeft.selector);
            exit.withdraw(claim, proof);
            // The refusal undid the closing.
            exit.closeWindow();
            return _refused();
        }
        withdraw(claim);
        spent.push(claim.nullifierHash);
        IExit.NoteClaim memory note = IExit.NoteClaim(claim.recipient, false, claim.relayer, claim.amount, claim.fee);
        if (late) {
            _paysNote(note, _late(_share(claim.amount, notesHave, notesDue)));
        } else {
            notes.push(note);
            notesDue += claim.amount;
        }
        _did();
    }

    function act_escape(uint256 seed) external action(seed) {
        uint256 index = 1 + _roll(ACCOUNTS);
        for (uint256 i = 0; i < ACCOUNTS && claims[index].filed && !_oneIn(8); ++i) {
            index = 1 + index % ACCOUNTS;
        }
        address owner = people[_roll(people.length)];
        uint256 amount = _roll(poolAtFirst);
        IExit.Escape memory claim = escapeOf(index, owner, amount);
        Groth16.Proof memory proof = proofOf(claim);
        bytes4 because = _whyNoEscape(index);
        if (because != 0) {
            vm.expectRevert(because);
            exit.escape(claim, proof);
            return _refused();
        }
        bool late = block.timestamp >= _closes();
        if (late && !poolClosed) _close();
        if (late && poolLeft == 0) {
            vm.expectRevert(NothingLeft.selector);
            exit.escape(claim, proof);
            exit.closeWindow();
            return _refused();
        }
        exit.escape(claim, proof);
        claims[index] = Filed(owner, true, late, amount);
        if (late) _pays(owner, _late(_share(amount, claimsHave, claimsDue)));
        else claimsDue += amount;
        _did();
    }

    function act_closeWindow(uint256 seed) external action(seed) {
        if (_tooEarly()) vm.expectRevert(ClaimWindowOpen.selector);
        exit.closeWindow();
        if (_tooEarly()) return _refused();
        _close();
        _did();
    }

    function act_payClaim(uint256 seed) external action(seed) {
        uint256 index = 1 + _roll(ACCOUNTS);
        for (uint256 i = 0; i < ACCOUNTS && (!claims[index].filed || claims[index].paid) && !_oneIn(32); ++i) {
            index = 1 + index % ACCOUNTS;
        }
        Filed storage one = claims[index];
        bytes4 because = one.paid ? AlreadyPaid.selector : UnknownClaim.selector;
        if (_tooEarly()) because = ClaimWindowOpen.selector;
        bool refuse = _tooEarly() || one.paid || !one.filed;
        if (refuse) vm.expectRevert(because);
        exit.payClaim(index);
        if (refuse) return _refused();
        _close();
        one.paid = true;
        uint256 amount = _share(one.claim, claimsHave, claimsDue);
        claimsPaid += amount;
        _pays(one.owner, amount);
        _did();
    }

    function act_payNote(uint256 seed) external action(seed) {
        uint256 number = _roll(notes.length + 1);
        for (uint256 i = 0; i < notes.length && (number == notes.length || notes[number].paid) && !_oneIn(32); ++i) {
            number = (number + 1) % notes.length;
        }
        bool unknown = number == notes.length;
        bool paid = !unknown && notes[number].paid;
        bytes4 because = paid ? AlreadyPaid.selector : UnknownClaim.selector;
        if (_tooEarly()) because = ClaimWindowOpen.selector;
        if (_tooEarly() || unknown || paid) {
            vm.expectRevert(because);
            exit.payNote(number);
            return _refused();
        }
        exit.payNote(number);
        _close();
        notes[number].paid = true;
        uint256 amount = _share(notes[number].amount, notesHave, notesDue);
        notesPaid += amount;
        _paysNote(notes[number], amount);
        _did();
    }

    function _tooEarly() internal view returns (bool) {
        return block.timestamp < _closes();
    }

    function _whyNoEscape(uint256 index) private view returns (bytes4) {
        if (block.timestamp < _opens()) return ClaimsNotOpen.selector;
        if (claims[index].filed) return AlreadyClaimed.selector;
        bool waits = block.timestamp >= _closes() && block.timestamp < _closes() + settings.lateAccountDelay;
        return waits ? LateAccountsWait.selector : bytes4(0);
    }

    /// @dev Notes first, then accounts, and the rest for latecomers.
    function _close() internal {
        if (poolClosed) return;
        poolClosed = true;
        uint256 held = _spare();
        poolAtFirst = held;
        notesHave = notesDue < held ? notesDue : held;
        held -= notesHave;
        claimsHave = claimsDue < held ? claimsDue : held;
        poolLeft = held - claimsHave;
    }

    /// @dev No sum here has more than 64 bits.
    function _share(uint256 amount, uint256 have, uint256 due) private pure returns (uint256) {
        return due == 0 ? amount : amount * have / due;
    }

    function _late(uint256 share) private returns (uint256 amount) {
        amount = share < poolLeft ? share : poolLeft;
        poolLeft -= amount;
        latePaid += amount;
    }

    function _paysNote(IExit.NoteClaim memory note, uint256 amount) private {
        uint256 fee = note.amount == 0 ? 0 : note.fee * amount / note.amount;
        if (amount > fee) _pays(note.recipient, amount - fee);
        if (fee > 0) _pays(note.relayer, fee);
    }
}
