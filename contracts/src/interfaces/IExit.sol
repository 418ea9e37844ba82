// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Groth16} from "../libraries/Groth16.sol";

/// @title Leaving: claims to notes while the system runs, and everybody's share of a frozen one.
/// @notice A running system pays a note at once. After a freeze notes and accounts file claims for a window; then what
/// the vault holds covers the notes first and the accounts by equal ratio. Latecomers share what nobody claimed in time.
interface IExit {
    /// @notice A claim to one note: the public inputs of its proof, and what its context hashes.
    struct Withdrawal {
        uint256 stateRoot;
        uint256 nullifierHash;
        uint256 amount;
        /// 0 in the public form.
        uint256 associationRoot;
        /// The note's account in the public form, else 0.
        uint256 label;
        uint256 context;
        address recipient;
        address relayer;
        /// Part of the amount that goes to the relayer.
        uint256 fee;
    }

    /// @notice One account's claim; the public inputs of its proof.
    struct Escape {
        uint256 stateRoot;
        uint256 riskRoot;
        uint256 index;
        uint256 l1Owner;
        /// Its equity at the escape prices, at least 0.
        uint256 claim;
    }

    /// @notice A note claimed after a freeze and before the window closed.
    struct NoteClaim {
        address recipient;
        bool paid;
        address relayer;
        uint256 amount;
        uint256 fee;
    }

    /// @notice The equity of one account, claimed for its L1 owner.
    struct EscapeClaim {
        address owner;
        bool filed;
        bool paid;
        uint256 claim;
    }

    /// @notice What the closed window has for each rank; fixed once, or what was paid would be counted again.
    struct Pool {
        bool closed;
        uint256 notesDue;
        uint256 notesHave;
        uint256 claimsDue;
        uint256 claimsHave;
        uint256 notesPaid;
        uint256 claimsPaid;
        /// For latecomers.
        uint256 left;
    }

    event NoteWithdrawn(
        uint256 indexed nullifierHash, address indexed recipient, uint256 amount, address relayer, uint256 fee
    );
    event NoteClaimed(uint256 indexed number, uint256 indexed nullifierHash, address indexed recipient, uint256 amount);
    event EscapeClaimed(uint256 indexed index, address indexed owner, uint256 claim);
    event WindowClosed(uint256 notesDue, uint256 notesHave, uint256 claimsDue, uint256 claimsHave, uint256 left);
    event NotePaid(uint256 indexed number, uint256 amount);
    event ClaimPaid(uint256 indexed index, address indexed owner, uint256 amount);

    /// @notice Claim a note, once; works during a pause and after a freeze. Anyone may send the claim.
    function withdraw(Withdrawal calldata claim, Groth16.Proof calldata proof) external;

    /// @notice File the claim of an account for its L1 owner; anyone may send it.
    function escape(Escape calldata claim, Groth16.Proof calldata proof) external;

    /// @notice Fix what each rank gets, once the window is over; later calls change nothing.
    function closeWindow() external;

    /// @notice Pay an account's share to its L1 owner; anyone may call.
    function payClaim(uint256 index) external;

    /// @notice Pay a note that was claimed after the freeze to its recipient and relayer; anyone may call.
    function payNote(uint256 number) external;

    /// @notice The epoch of the table that escape claims are valued at, final once claims are open; 0 when there is none.
    function escapePrices() external view returns (uint256 epoch);

    /// @notice When claims open and when the window closes; both 0 while the system runs.
    function window() external view returns (uint256 opens, uint256 closes);

    function isSpent(uint256 nullifierHash) external view returns (bool);

    function noteClaim(uint256 number) external view returns (NoteClaim memory);

    function noteClaimCount() external view returns (uint256);

    /// @notice Sums of all notes and of all account claims filed in the window.
    function claimed() external view returns (uint256 notes, uint256 accounts);

    function escapeClaim(uint256 index) external view returns (EscapeClaim memory);

    function pool() external view returns (Pool memory);
}
