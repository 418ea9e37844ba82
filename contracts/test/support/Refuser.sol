// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IDeposits} from "../../src/interfaces/IDeposits.sol";
import {IForced} from "../../src/interfaces/IForced.sol";

/// @notice An L1 owner that is a contract, and what it does when wei come: refuse without a word, refuse and say why,
/// call back and pass on what it hears, or keep them.
contract Refuser {
    enum Answer {
        SILENCE,
        REASON,
        PULL,
        REQUEST,
        KEEP
    }

    error NoThanks();

    IForced private immutable forced;
    IDeposits private immutable deposits;
    Answer public answer;

    constructor(IForced forced_, IDeposits deposits_, IERC20 token, address vault) {
        (forced, deposits) = (forced_, deposits_);
        token.approve(vault, type(uint256).max);
    }

    receive() external payable {
        require(answer != Answer.SILENCE);
        require(answer != Answer.REASON, NoThanks());
        if (answer == Answer.PULL) forced.pullFee();
        if (answer == Answer.REQUEST) forced.requestPay(1, 1);
    }

    function setAnswer(Answer answer_) external {
        answer = answer_;
    }

    function register(uint256 ownerHash, uint256 amount) external returns (uint256 number) {
        return deposits.register(ownerHash, amount);
    }

    function requestClose(uint256 index) external payable {
        forced.requestClose{value: msg.value}(index);
    }

    function pullFee() external {
        forced.pullFee();
    }
}
