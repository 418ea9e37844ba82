// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The vault: one balance of tokens, and everybody who has a claim on it.
/// @notice Batches credit withdrawals and their recipients fetch them, so that one recipient that cannot be paid holds
/// up nobody. Whatever a batch or claim says, the vault never promises more than it holds.
interface IVault {
    /// @notice Somebody is owed tokens until it fetches them.
    event Credited(address indexed to, uint256 amount);

    /// @notice Credits were fetched by their owner.
    event Pulled(address indexed owner, address indexed to, uint256 amount);

    /// @notice Tokens left the vault.
    event Paid(address indexed to, uint256 amount);

    /// @notice The token refused a payment, to a blocked recipient for one; it is credited instead.
    event PaymentRefused(address indexed to, uint256 amount);

    /// @notice Fetch everything that the caller is owed.
    /// @param to Who gets the tokens; the caller chooses, so that a blocked owner is not stuck.
    function pull(address to) external returns (uint256 amount);

    /// @notice Pay an owner everything that it is owed; anyone may, for an owner that cannot call: an exchange's address.
    function push(address owner) external returns (uint256 amount);

    /// @notice Take a deposit from its sender; only for the deposit queue.
    /// @dev Reverts with VaultFull (L1-12) and WrongTokenAmount (L1-9).
    function takeDeposit(address from, uint256 amount) external;

    /// @notice A deposit has entered an account; only for the deposit queue.
    function consumeDeposit(uint256 amount) external;

    /// @notice A deposit goes back; only for the deposit queue.
    function refundDeposit(address to, uint256 amount) external;

    /// @notice Owe somebody tokens until it fetches them; only for clearing and the forced queues.
    function credit(address to, uint256 amount) external;

    /// @notice Pay now, or credit when the token refuses; only for note and escape claims.
    function pay(address to, uint256 amount) external;

    /// @notice The collateral: USDC.
    function token() external view returns (address);

    /// @notice What an owner can pull.
    function credits(address owner) external view returns (uint256);

    /// @notice Sum of all credits.
    function creditsTotal() external view returns (uint256);

    /// @notice Sum of the deposits that are neither consumed nor refunded.
    function unrefunded() external view returns (uint256);

    /// @notice Tokens that no credit and no deposit has a claim on: collateral inside accounts, and notes.
    /// @dev Negative when more was credited than there is, which no batch leaves behind.
    function spare() external view returns (int256);
}
