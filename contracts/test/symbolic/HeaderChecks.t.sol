// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Clearing} from "../../src/Clearing.sol";
import {Shape} from "../../src/interfaces/Deployment.sol";
import {IClearing} from "../../src/interfaces/IClearing.sol";
import {IDeposits} from "../../src/interfaces/IDeposits.sol";
import {IForced} from "../../src/interfaces/IForced.sol";
import {IOracle} from "../../src/interfaces/IOracle.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {IVerifiers} from "../../src/interfaces/IVerifiers.sol";
import {Shared} from "../../src/libraries/Shared.sol";
import {Symbolic} from "./Symbolic.sol";

/// @notice A running system with one table, which knows what a batch will ask of it.
contract AroundClearing is Symbolic {
    uint256 public constant frozenAt = 0;
    uint256 public constant pausedUntil = 0;
    bool public constant gateIsOpen = true;
    address public constant operator = address(0xD1);

    bool private allowed;
    bytes private expected;
    uint256 private calls;
    bytes private last;

    /// @dev What the next batch may ask: nothing where `call` is empty, and not even to be looked at unless `isAllowed`.
    function expect(bool isAllowed, bytes calldata call) external {
        (allowed, expected) = (isAllowed, call);
    }

    fallback() external {
        ++calls;
        last = msg.data;
    }

    /// @dev Clearing asks when all headers of a batch are done, just before the proofs.
    function spare() external view returns (int256) {
        vm.assertTrue(allowed);
        vm.assertEq(calls, expected.length == 0 ? 0 : 1);
        vm.assertEq(keccak256(last), keccak256(expected));
        return 0;
    }

    function postedTable(uint256) external view returns (IOracle.Posted memory) {
        return IOracle.Posted(1, uint64(block.timestamp), 0, false);
    }

    function parametersAt(uint256) external pure returns (uint256) {
        return 1;
    }

    function keyData(IVerifiers.ProofKind) external pure returns (address) {
        return address(0xD2);
    }
}

/// @notice Whatever word stands where a header does: a batch that takes it does what its parts say, and nothing else.
/// @dev There is no key, so every batch is refused in the end; what is looked at is asked before.
contract HeaderChecks is Symbolic {
    uint256 private constant STATE = 3;
    uint256 private constant SUSPENSE = 4;

    AroundClearing private around;
    Clearing private clearing;

    function setUp() public {
        vm.warp(NOW);
        around = new AroundClearing();
        Shape memory shape =
            Shape({accountDepth: 3, slots: 16, narrow: 1, wide: 0, legs: 0, operations: 1, liquidations: 1});
        clearing = new Clearing(partsAt(address(around)), defaultSettings(), shape, STATE, SUSPENSE);
    }

    function check_deposit_isConsumedAsItsHeaderSays(uint256[4] memory words) public {
        vm.assume(words[0] & 0xf == Shared.HEADER_DEPOSIT);
        (uint256 index, uint256 amount, uint256 request, bool whole) = _parts(words[0]);
        around.expect(whole, abi.encodeCall(IDeposits.consume, (request, index, amount, words[1], words[3])));
        _submitOperation(words);
    }

    function check_withdrawal_isCreditedAsItsHeaderSays(uint256[4] memory words) public {
        vm.assume(words[0] & 0xf == Shared.HEADER_WITHDRAW);
        (, uint256 amount,, bool whole) = _parts(words[0]);
        bytes memory credit = abi.encodeWithSelector(IVault.credit.selector, words[1], amount);
        around.expect(both(whole, words[1] < 1 << 160), credit);
        _submitOperation(words);
    }

    function check_forcedPayment_isServedAsItsHeaderSays(uint256[4] memory words) public {
        vm.assume(words[0] & 0xf == Shared.HEADER_FORCED);
        (uint256 index, uint256 amount, uint256 request, bool whole) = _parts(words[0]);
        around.expect(whole, abi.encodeCall(IForced.serve, (IForced.Queue.PAY, request, index, amount, words[1])));
        _submitOperation(words);
    }

    /// @dev Notes and internal operations do nothing on L1, and there are no other kinds.
    function check_otherOperation_doesNothing(uint256[4] memory words) public {
        uint256 kind = words[0] & 0xf;
        vm.assume(kind != Shared.HEADER_DEPOSIT && kind != Shared.HEADER_WITHDRAW && kind != Shared.HEADER_FORCED);
        (,,, bool whole) = _parts(words[0]);
        around.expect(both(whole, either(kind == Shared.HEADER_NOTE, kind == Shared.HEADER_INTERNAL)), "");
        _submitOperation(words);
    }

    function check_account_isClosedAsItsHeaderSays(uint256 header, uint256 leaf) public {
        (uint256 index, uint256 amount, uint256 request, bool whole) = _parts(header);
        bytes memory serve = abi.encodeCall(IForced.serve, (IForced.Queue.CLOSE, request, index, amount, 0));
        around.expect(
            either(header == 0, both(whole, header & 0xf == Shared.HEADER_CLOSE)), header == 0 ? bytes("") : serve
        );
        // Commitment, index word, the fund's; then header and leaf.
        uint256[] memory words = new uint256[](5);
        (words[3], words[4]) = (header, leaf);
        _submit(Shared.STEP_KIND_LIQUIDATE, words);
    }

    /// @dev Custody commitment; then header, aux, leaf, ciphertext.
    function _submitOperation(uint256[4] memory given) private {
        uint256[] memory words = new uint256[](5);
        (words[1], words[2], words[3], words[4]) = (given[0], given[1], given[2], given[3]);
        _submit(Shared.STEP_KIND_FUNDS, words);
    }

    function _submit(uint256 kind, uint256[] memory words) private {
        IClearing.Step[] memory steps = new IClearing.Step[](1);
        steps[0].head = kind | (1 << 8);
        (steps[0].stateAfter, steps[0].suspenseAfter) = (STATE, SUSPENSE);
        IClearing.Header memory header = IClearing.Header(1, STATE, new uint256[](0));
        bytes memory call = abi.encodeCall(IClearing.submitBatch, (header, steps, words, new IOracle.SignedTable[](0)));
        vm.prank(address(0xD1), address(0xD1));
        (bool success,) = address(clearing).call(call);
        vm.assertFalse(success);
    }

    /// @dev The parts of a header, and whether it is nothing but its parts; the asset is 0.
    function _parts(uint256 header) private pure returns (uint256 index, uint256 amount, uint256 request, bool whole) {
        (index, amount, request) = (uint24(header >> 4), uint64(header >> 36), uint64(header >> 100));
        whole = header == (header & 0xf) | (index << 4) | (amount << 36) | (request << 100);
    }
}
