// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Exit} from "../../src/Exit.sol";
import {Parts, Settings} from "../../src/interfaces/Deployment.sol";
import {IExit} from "../../src/interfaces/IExit.sol";
import {Symbolic} from "./Symbolic.sol";

/// @notice A system frozen long ago, and a vault with something to spare.
contract AroundExit {
    int256 public spare;

    function frozenAt() external pure returns (uint256) {
        return 1;
    }
}

/// @notice The exit, with the inner functions that share out money open to a caller.
contract OpenExit is Exit {
    constructor(Parts memory parts, Settings memory settings) Exit(parts, settings) {}

    function fix(uint256 notes, uint256 accounts) external returns (Pool memory) {
        (notesClaimed, accountsClaimed) = (notes, accounts);
        return _closedPool();
    }

    function takeLate(uint256 share) external returns (uint256) {
        return _takeLate(_closedPool(), share);
    }
}

/// @notice What is shared out of a frozen system is what there is, notes first.
contract ShareChecks is Symbolic {
    AroundExit private around;
    OpenExit private exit;

    function setUp() public {
        around = new AroundExit();
        exit = new OpenExit(partsAt(address(around)), defaultSettings());
        vm.warp(NOW);
    }

    /// @dev Whatever was claimed and whatever is there, up to 256 bits.
    function check_fix_sharesOutWhatThereIs(uint256 notes, uint256 accounts, int256 spare) public {
        IExit.Pool memory pool = _fix(notes, accounts, spare);
        uint256 held = spare > 0 ? uint256(spare) : 0;
        vm.assertLe(pool.notesHave, notes);
        vm.assertLe(pool.claimsHave, accounts);
        vm.assertLe(pool.notesHave, held);
        vm.assertEq(pool.notesHave + pool.claimsHave + pool.left, held);
        // Each rank gets something only once the one before it is covered.
        vm.assertTrue(pool.claimsHave + pool.left == 0 || pool.notesHave == notes);
        vm.assertTrue(pool.left == 0 || pool.claimsHave == accounts);
    }

    /// @dev Once fixed, nothing moves it.
    function check_fix_happensOnce(uint256[2] memory notes, uint256[2] memory accounts, int256[2] memory spare) public {
        IExit.Pool memory first = _fix(notes[0], accounts[0], spare[0]);
        IExit.Pool memory second = _fix(notes[1], accounts[1], spare[1]);
        vm.assertEq(keccak256(abi.encode(first)), keccak256(abi.encode(second)));
    }

    function check_takeLate_neverTakesMoreThanIsLeft(uint256 notes, uint256 accounts, int256 spare, uint256 share)
        public
    {
        uint256 left = _fix(notes, accounts, spare).left;
        uint256 amount = exit.takeLate(share);
        vm.assertEq(amount, share < left ? share : left);
        vm.assertEq(exit.pool().left, left - amount);
    }

    function _fix(uint256 notes, uint256 accounts, int256 spare) private returns (IExit.Pool memory) {
        vm.store(address(around), bytes32(0), bytes32(uint256(spare)));
        return exit.fix(notes, accounts);
    }
}
