// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {ClaimWindowOpen, InvalidProof, NotAFieldElement, NothingLeft, SystemNotFrozen} from "../interfaces/Errors.sol";
import {Groth16} from "../libraries/Groth16.sol";
import {IExit} from "../interfaces/IExit.sol";
import {Part} from "../Part.sol";
import {Settings} from "../interfaces/Deployment.sol";

/// @title What the claims to a frozen system are worth.
/// @dev Credits and deposits that are fetched before or after the window closes lower vault and debt alike, so it does
/// not matter when the call comes that closes it.
abstract contract Shares is IExit, Part {
    uint256 private immutable claimDelay;
    uint256 private immutable claimWindow;

    /// @dev Sums of what was claimed in the window.
    uint256 internal notesClaimed;
    uint256 internal accountsClaimed;

    Pool private shares;

    constructor(Settings memory settings) {
        claimDelay = settings.claimDelay;
        claimWindow = settings.claimWindow;
    }

    /// @inheritdoc IExit
    function closeWindow() external {
        _closedPool();
    }

    /// @inheritdoc IExit
    function window() public view returns (uint256 opens, uint256 closes) {
        uint256 frozen = attestations.frozenAt();
        if (frozen == 0) return (0, 0);
        opens = frozen + claimDelay;
        closes = opens + claimWindow;
    }

    /// @inheritdoc IExit
    function claimed() external view returns (uint256 notes, uint256 accounts) {
        return (notesClaimed, accountsClaimed);
    }

    /// @inheritdoc IExit
    function pool() external view returns (Pool memory) {
        return shares;
    }

    /// @dev L1-2: the window of a frozen system.
    function _window() internal view returns (uint256 opens, uint256 closes) {
        (opens, closes) = window();
        require(opens != 0, SystemNotFrozen());
    }

    /// @dev What each rank gets, fixed by the first call after the window.
    function _closedPool() internal returns (Pool storage) {
        (, uint256 closes) = _window();
        // L1-125.
        require(block.timestamp >= closes, ClaimWindowOpen());
        if (!shares.closed) _fix(vault.spare());
        return shares;
    }

    /// @dev What a note is worth: all of it, unless even notes are not covered.
    function _noteShare(Pool storage fixedPool, uint256 amount) internal view returns (uint256) {
        return _share(amount, fixedPool.notesHave, fixedPool.notesDue);
    }

    /// @dev What an account's claim is worth: claim · min(1, pool/Σclaims), floored.
    function _claimShare(Pool storage fixedPool, uint256 claim) internal view returns (uint256) {
        return _share(claim, fixedPool.claimsHave, fixedPool.claimsDue);
    }

    /// @dev What is left for a latecomer, at most its share at the ratio of its rank; in order of arrival.
    function _takeLate(Pool storage fixedPool, uint256 share) internal returns (uint256 amount) {
        uint256 left = fixedPool.left;
        // L1-127.
        require(left > 0, NothingLeft());
        amount = Math.min(share, left);
        fixedPool.left = left - amount;
    }

    /// @dev Pays what a note is worth to recipient and relayer; the fee shrinks with the rest.
    function _paySplit(NoteClaim memory note, uint256 amount) internal returns (uint256 fee) {
        fee = note.amount == 0 ? 0 : Math.mulDiv(note.fee, amount, note.amount);
        vault.pay(note.recipient, amount - fee);
        if (fee > 0) vault.pay(note.relayer, fee);
    }

    /// @dev Whether a proof shows the inputs of a claim.
    function _requireShown(Groth16.Claim memory claim) internal view {
        Groth16.Claim[] memory claims = new Groth16.Claim[](1);
        claims[0] = claim;
        // L1-6.
        require(Groth16.verify(claims), InvalidProof());
    }

    /// @dev A proof for x is one for x + r.
    function _requireFieldElements(uint256[] memory words, uint256 inputs) internal pure {
        for (uint256 i = 0; i < inputs; ++i) {
            // L1-4.
            require(words[i] < R, NotAFieldElement());
        }
    }

    function _fix(int256 spare) private {
        // Below 0 only if the token lost some of the vault's balance.
        uint256 held = spare > 0 ? uint256(spare) : 0;
        uint256 notesHave = Math.min(notesClaimed, held);
        uint256 rest = held - notesHave;
        uint256 claimsHave = Math.min(accountsClaimed, rest);
        shares.closed = true;
        shares.notesDue = notesClaimed;
        shares.notesHave = notesHave;
        shares.claimsDue = accountsClaimed;
        shares.claimsHave = claimsHave;
        shares.left = rest - claimsHave;
        emit WindowClosed(notesClaimed, notesHave, accountsClaimed, claimsHave, rest - claimsHave);
    }

    /// @dev Nobody claimed in time when nothing is due: then the ratio is 1.
    function _share(uint256 amount, uint256 have, uint256 due) private pure returns (uint256) {
        return due == 0 ? amount : Math.mulDiv(amount, have, due);
    }
}
