// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {Parts, Settings} from "./interfaces/Deployment.sol";
import {ForeignCaller, NothingToPull, VaultFull, WrongTokenAmount, ZeroAddress} from "./interfaces/Errors.sol";
import {IVault} from "./interfaces/IVault.sol";
import {Part} from "./Part.sol";

/// @title The vault: one balance of tokens, and everybody who has a claim on it.
contract Vault is IVault, Part, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @inheritdoc IVault
    address public immutable token;

    /// @dev Custody always fits its 64 bits.
    uint256 private immutable vaultCeiling;

    /// @inheritdoc IVault
    mapping(address owner => uint256 amount) public credits;

    /// @inheritdoc IVault
    uint256 public creditsTotal;

    /// @inheritdoc IVault
    uint256 public unrefunded;

    constructor(Parts memory parts, Settings memory settings, IERC20 token_) Part(parts) {
        token = _somebody(address(token_));
        vaultCeiling = settings.vaultCeiling;
    }

    /// @inheritdoc IVault
    function pull(address to) external nonReentrant returns (uint256 amount) {
        return _fetch(msg.sender, to);
    }

    /// @inheritdoc IVault
    function push(address owner) external nonReentrant returns (uint256 amount) {
        return _fetch(owner, owner);
    }

    /// @inheritdoc IVault
    function takeDeposit(address from, uint256 amount) external onlyFrom(address(deposits)) nonReentrant {
        uint256 balance = _balance();
        // Not `balance + amount`: whoever names a huge amount is told why it is refused.
        require(amount <= vaultCeiling && balance <= vaultCeiling - amount, VaultFull());
        unrefunded += amount;
        IERC20(token).safeTransferFrom(from, address(this), amount);
        require(_balance() == balance + amount, WrongTokenAmount());
    }

    /// @inheritdoc IVault
    function consumeDeposit(uint256 amount) external onlyFrom(address(deposits)) {
        unrefunded -= amount;
    }

    /// @inheritdoc IVault
    function refundDeposit(address to, uint256 amount) external onlyFrom(address(deposits)) nonReentrant {
        unrefunded -= amount;
        _pay(to, amount);
    }

    /// @inheritdoc IVault
    function credit(address to, uint256 amount) external {
        require(msg.sender == address(clearing) || msg.sender == address(forced), ForeignCaller());
        _credit(to, amount);
    }

    /// @inheritdoc IVault
    function pay(address to, uint256 amount) external onlyFrom(address(exit)) nonReentrant {
        if (amount > 0) _pay(to, amount);
    }

    /// @inheritdoc IVault
    /// @dev Refuses to answer while tokens move: in the middle of a payment it would count what is leaving.
    function spare() external view nonReentrantView returns (int256) {
        return int256(_balance()) - int256(creditsTotal) - int256(unrefunded);
    }

    /// @dev L1-19 and L1-3.
    function _fetch(address owner, address to) private returns (uint256 amount) {
        amount = credits[owner];
        require(amount > 0, NothingToPull());
        require(to != address(0), ZeroAddress());
        credits[owner] = 0;
        creditsTotal -= amount;
        emit Pulled(owner, to, amount);
        IERC20(token).safeTransfer(to, amount);
    }

    /// @dev Nobody who cannot be paid holds up a claim or a queue: what the token refuses is credited. Whoever sends a
    /// claim with too little gas cannot fake a refusal: a transfer that runs out leaves us a 64th of our gas, and only
    /// a token that takes several times what any takes would run out where that still pays for the credit.
    function _pay(address to, uint256 amount) private {
        if (IERC20(token).trySafeTransfer(to, amount)) {
            emit Paid(to, amount);
        } else {
            emit PaymentRefused(to, amount);
            _credit(to, amount);
        }
    }

    function _credit(address to, uint256 amount) private {
        credits[to] += amount;
        creditsTotal += amount;
        emit Credited(to, amount);
    }

    function _balance() private view returns (uint256) {
        return IERC20(token).balanceOf(address(this));
    }
}
