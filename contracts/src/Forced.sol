// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {Parts, Settings} from "./interfaces/Deployment.sol";
import {
    ForcedFeeTooLow,
    NotAccountOwner,
    NothingToPull,
    RequestAlreadyOpen,
    RequestMismatch,
    RequestOutOfOrder,
    TooManyRequestsInBlock,
    WrongRequestAmount
} from "./interfaces/Errors.sol";
import {IForced} from "./interfaces/IForced.sol";
import {Part} from "./Part.sol";

/// @title The forced queues: what an L1 owner demands, and a hostile operator cannot refuse.
contract Forced is IForced, Part, ReentrancyGuardTransient {
    /// @dev What a queue had and what of it was answered.
    struct Lengths {
        uint128 count;
        uint128 served;
    }

    /// @dev The last block with a request, and how many it had.
    struct Burst {
        uint128 number;
        uint128 count;
    }

    uint256 private immutable forcedDeadline;
    uint256 private immutable forcedPerBlock;
    uint256 private immutable forcedFee;
    uint256 private immutable forcedDoubling;

    mapping(Queue queue => Lengths count) private ends;
    mapping(Queue queue => mapping(uint256 number => Request found)) private requests;
    Burst private burst;

    /// @inheritdoc IForced
    uint256 public open;

    /// @inheritdoc IForced
    mapping(uint256 index => bool) public requesting;

    /// @inheritdoc IForced
    mapping(address owner => uint256 amount) public feesReturned;

    uint256 private feesHeld;

    /// @dev Nothing ever sends these: whoever could fetch them would flood a queue for less than it costs.
    uint256 private feesBurnt;

    constructor(Parts memory parts, Settings memory settings) Part(parts) {
        forcedDeadline = settings.forcedDeadline;
        forcedPerBlock = settings.forcedPerBlock;
        forcedFee = settings.forcedFee;
        forcedDoubling = settings.forcedDoubling;
    }

    /// @inheritdoc IForced
    function requestPay(uint256 index, uint256 asked) external payable nonReentrant returns (uint256 number) {
        require(asked > 0 && asked <= type(uint64).max, WrongRequestAmount());
        return _request(Queue.PAY, index, asked);
    }

    /// @inheritdoc IForced
    function requestClose(uint256 index) external payable nonReentrant returns (uint256 number) {
        return _request(Queue.CLOSE, index, 0);
    }

    /// @inheritdoc IForced
    function pullFee() external nonReentrant returns (uint256 amount) {
        amount = feesReturned[msg.sender];
        require(amount > 0, NothingToPull());
        feesReturned[msg.sender] = 0;
        feesHeld -= amount;
        emit FeePulled(msg.sender, amount);
        Address.sendValue(payable(msg.sender), amount);
    }

    /// @inheritdoc IForced
    function serve(Queue queue, uint256 number, uint256 index, uint256 paid, uint256 asked)
        external
        onlyFrom(address(clearing))
    {
        Lengths storage ends_ = ends[queue];
        require(number == ends_.served && number < ends_.count, RequestOutOfOrder());
        Request memory found = requests[queue][number];
        require(index == found.index && (queue == Queue.CLOSE || asked == found.asked), RequestMismatch());
        ends_.served = uint128(number + 1);
        requesting[index] = false;
        --open;
        bool late = _late(found.time);
        if (late) {
            feesReturned[found.requester] += found.fee;
        } else {
            feesHeld -= found.fee;
            feesBurnt += found.fee;
        }
        emit ForcedServed(queue, number, paid, late);
        vault.credit(found.requester, paid);
    }

    /// @inheritdoc IForced
    function request(Queue queue, uint256 number) external view returns (Request memory) {
        return requests[queue][number];
    }

    /// @inheritdoc IForced
    function lengths(Queue queue) external view returns (uint256 count, uint256 served) {
        return (ends[queue].count, ends[queue].served);
    }

    /// @inheritdoc IForced
    function fees() external view returns (uint256 held, uint256 burnt) {
        return (feesHeld, feesBurnt);
    }

    /// @inheritdoc IForced
    function isOverdue() external view returns (bool) {
        return _headIsLate(Queue.PAY) || _headIsLate(Queue.CLOSE);
    }

    /// @inheritdoc IForced
    /// @dev Never more than fits a request; nobody has as much.
    function feeOfNext() public view returns (uint256) {
        return Math.min(forcedFee << Math.min(open / forcedDoubling, 128), type(uint128).max);
    }

    function _request(Queue queue, uint256 index, uint256 asked) private whileRunning returns (uint256 number) {
        address owner = deposits.l1Owner(index);
        require(owner != address(0) && owner == msg.sender, NotAccountOwner());
        require(!requesting[index], RequestAlreadyOpen());
        uint256 inBlock = burst.number == block.number ? burst.count + 1 : 1;
        require(inBlock <= forcedPerBlock, TooManyRequestsInBlock());
        uint256 fee = feeOfNext();
        require(msg.value >= fee, ForcedFeeTooLow());
        burst = Burst(uint128(block.number), uint128(inBlock));
        requesting[index] = true;
        ++open;
        feesHeld += fee;
        number = ends[queue].count++;
        requests[queue][number] = Request({
            requester: msg.sender,
            // Given to a registration, so below the account limit.
            index: uint32(index),
            time: uint64(block.timestamp),
            asked: uint64(asked),
            fee: uint128(fee)
        });
        emit ForcedRequested(queue, number, index, msg.sender, asked, fee);
        // Estimates of the fee are high when others are answered meanwhile.
        if (msg.value > fee) Address.sendValue(payable(msg.sender), msg.value - fee);
    }

    function _headIsLate(Queue queue) private view returns (bool) {
        Lengths memory ends_ = ends[queue];
        return ends_.served < ends_.count && _late(requests[queue][ends_.served].time);
    }

    function _late(uint256 time) private view returns (bool) {
        return block.timestamp - time > forcedDeadline;
    }
}
