// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {Parts, Settings} from "./interfaces/Deployment.sol";
import {
    DepositExpired,
    DepositMismatch,
    DepositOutOfOrder,
    DepositSpent,
    DepositTooSmall,
    EmptyOwnerHash,
    ForeignOwnerHash,
    IndexNotRegistered,
    NotAFieldElement,
    RefundTooEarly,
    RegistrationsPaused,
    RegistryFull,
    UnknownDeposit
} from "./interfaces/Errors.sol";
import {IDeposits} from "./interfaces/IDeposits.sol";
import {Part} from "./Part.sol";

/// @title The deposit queue: collateral on its way into accounts.
contract Deposits is IDeposits, Part, ReentrancyGuardTransient {
    /// @dev The guarantee fund: nobody's account, and everybody may add to it.
    uint256 private constant FUND = 0;

    /// @dev The operator's revenue; genesis is its registration.
    uint256 private constant REVENUE = 1;

    /// @dev Of a registration that no batch has consumed.
    uint256 private constant NO_INDEX = 0;

    uint256 private immutable depositWindow;
    uint256 private immutable minimumDeposit;

    /// @dev Leaves of the account tree.
    uint256 private immutable accountLimit;

    /// @inheritdoc IDeposits
    uint256 public depositCount;

    /// @inheritdoc IDeposits
    uint256 public nextDeposit;

    /// @inheritdoc IDeposits
    uint256 public nextIndex = REVENUE + 1;

    /// @inheritdoc IDeposits
    mapping(uint256 index => address owner) public l1Owner;

    mapping(uint256 number => Deposit found) private queue;

    constructor(Parts memory parts, Settings memory settings, uint8 accountDepth, address revenueOwner) Part(parts) {
        depositWindow = settings.depositWindow;
        minimumDeposit = settings.minimumDeposit;
        accountLimit = 1 << (3 * uint256(accountDepth));
        l1Owner[REVENUE] = _somebody(revenueOwner);
    }

    /// @inheritdoc IDeposits
    function register(uint256 ownerHash, uint256 amount) external nonReentrant whileRunning returns (uint256 number) {
        require(block.timestamp >= governance.pausedUntil(), RegistrationsPaused());
        require(ownerHash < R, NotAFieldElement());
        // 0 marks a top-up.
        require(ownerHash != 0, EmptyOwnerHash());
        require(nextIndex < accountLimit, RegistryFull());
        return _queue(NO_INDEX, amount, ownerHash);
    }

    /// @inheritdoc IDeposits
    function topUp(uint256 index, uint256 amount) external nonReentrant whileRunning returns (uint256 number) {
        require(index == FUND || l1Owner[index] != address(0), IndexNotRegistered());
        return _queue(index, amount, 0);
    }

    /// @inheritdoc IDeposits
    function refund(uint256 number) external nonReentrant {
        Deposit storage found = queue[number];
        Status status = found.status;
        require(status != Status.NONE, UnknownDeposit());
        require(status == Status.QUEUED || status == Status.REJECTED, DepositSpent());
        bool free = status == Status.REJECTED || _expired(found.time) || attestations.frozenAt() != 0;
        require(free, RefundTooEarly());
        (address depositor, uint256 amount) = (found.depositor, found.amount);
        found.status = Status.REFUNDED;
        emit DepositRefunded(number, depositor, amount);
        vault.refundDeposit(depositor, amount);
    }

    /// @inheritdoc IDeposits
    function consume(uint256 number, uint256 index, uint256 amount, uint256 ownerHash, uint256 shownOwner)
        external
        onlyFrom(address(clearing))
    {
        require(number == nextDeposit && number < depositCount, DepositOutOfOrder());
        Deposit storage found = queue[number];
        // Also refuses what was refunded: before a freeze only the window's end makes the head refundable.
        require(!_expired(found.time), DepositExpired());
        uint256 due = found.ownerHash == 0 ? found.index : nextIndex;
        // More registrations may wait than leaves are left.
        bool same = index == due && index < accountLimit && amount == found.amount && ownerHash == found.ownerHash;
        require(same, DepositMismatch());
        if (ownerHash != 0) {
            address depositor = found.depositor;
            // Whoever registers another's owner hash shows another's address here.
            require(shownOwner == uint160(depositor), ForeignOwnerHash());
            l1Owner[index] = depositor;
            nextIndex = index + 1;
            // Below the account limit, so no bits are lost.
            found.index = uint32(index);
        }
        found.status = Status.CONSUMED;
        nextDeposit = number + 1;
        emit DepositConsumed(number, index, amount);
        vault.consumeDeposit(amount);
    }

    /// @inheritdoc IDeposits
    function rejectAtHead(uint256 number) external onlyFrom(address(clearing)) returns (bool done) {
        if (number != nextDeposit || number >= depositCount) return false;
        Deposit storage found = queue[number];
        // What was refunded stays so, and is passed over all the same.
        if (found.status == Status.QUEUED) {
            found.status = Status.REJECTED;
            emit DepositRejected(number);
        }
        nextDeposit = number + 1;
        return true;
    }

    /// @inheritdoc IDeposits
    function deposit(uint256 number) external view returns (Deposit memory) {
        return queue[number];
    }

    function _queue(uint256 index, uint256 amount, uint256 ownerHash) private returns (uint256 number) {
        require(amount >= minimumDeposit, DepositTooSmall());
        number = depositCount;
        depositCount = number + 1;
        queue[number] = Deposit({
            depositor: msg.sender,
            // The vault refuses what has more bits.
            amount: uint64(amount),
            time: uint64(block.timestamp),
            // Below the account limit: an account has it, or nobody yet.
            index: uint32(index),
            status: Status.QUEUED,
            ownerHash: ownerHash
        });
        emit DepositQueued(number, msg.sender, index, amount, ownerHash);
        vault.takeDeposit(msg.sender, amount);
    }

    /// @dev From here on a deposit is its sender's.
    function _expired(uint256 time) private view returns (bool) {
        return block.timestamp - time >= depositWindow;
    }
}
