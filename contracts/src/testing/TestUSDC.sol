// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title Play money in the place of USDC, on local chains only.
contract TestUSDC is ERC20 {
    /// @notice Anybody mints it: on a chain with real money that would be a trap.
    error LocalChainsOnly(uint256 chainId);

    constructor() ERC20("Test USD Coin", "USDC") {
        // Anvil's and Ganache's.
        require(block.chainid == 31337 || block.chainid == 1337, LocalChainsOnly(block.chainid));
    }

    /// @notice Make tokens out of nothing.
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @inheritdoc ERC20
    function decimals() public pure override returns (uint8) {
        return 6;
    }
}
