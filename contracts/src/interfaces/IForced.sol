// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The forced queues: what an L1 owner demands, and a hostile operator cannot refuse.
/// @notice Each queue is served strictly in order, and a request that waits past its deadline lets anyone freeze. The
/// fee doubles as requests pile up; it is burnt when served in time, for an operator who earned it would flood its own
/// queue, and given back when the operator was late.
interface IForced {
    /// @notice PAY asks for an amount, CLOSE for everything.
    enum Queue {
        PAY,
        CLOSE
    }

    /// @notice A demand; its place in its queue is its id.
    struct Request {
        address requester;
        uint32 index;
        uint64 time;
        /// 0 in a CLOSE.
        uint64 asked;
        uint128 fee;
    }

    event ForcedRequested(
        Queue indexed queue,
        uint256 indexed number,
        uint256 indexed index,
        address requester,
        uint256 asked,
        uint256 fee
    );
    event ForcedServed(Queue indexed queue, uint256 indexed number, uint256 paid, bool late);
    event FeePulled(address indexed owner, uint256 amount);

    /// @notice Demand a payment to the account's L1 owner, who calls.
    function requestPay(uint256 index, uint256 asked) external payable returns (uint256 number);

    /// @notice Demand that an account be closed out and paid, positions and all.
    function requestClose(uint256 index) external payable returns (uint256 number);

    /// @notice Fetch fees of requests that were served late.
    function pullFee() external returns (uint256 amount);

    /// @notice Answer the head of a queue and credit its requester; only for clearing.
    /// @param asked What the step says was asked; not read for a CLOSE.
    function serve(Queue queue, uint256 number, uint256 index, uint256 paid, uint256 asked) external;

    function request(Queue queue, uint256 number) external view returns (Request memory);

    /// @notice How many requests a queue ever had, and how many of them were answered.
    function lengths(Queue queue) external view returns (uint256 count, uint256 served);

    /// @notice Whether an account has a request open.
    function requesting(uint256 index) external view returns (bool);

    /// @notice Open requests of both queues.
    function open() external view returns (uint256);

    /// @notice What the next request costs, in wei.
    function feeOfNext() external view returns (uint256);

    /// @notice Wei that belong to open or late requests, and wei that are nobody's for ever.
    function fees() external view returns (uint256 held, uint256 burnt);

    /// @notice Wei that an owner can fetch.
    function feesReturned(address owner) external view returns (uint256);

    /// @notice Whether the oldest request of either queue waits past its deadline.
    function isOverdue() external view returns (bool);
}
