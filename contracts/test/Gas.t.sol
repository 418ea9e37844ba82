// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Shape} from "../src/interfaces/Deployment.sol";
import {IExit} from "../src/interfaces/IExit.sol";
import {IOracle} from "../src/interfaces/IOracle.sol";
import {Groth16} from "../src/libraries/Groth16.sol";
import {System} from "./support/System.sol";

/// @notice What transactions cost whoever sends them: execution and calldata, or the floor price of calldata if that is
/// more (EIP-7623). The figures are in snapshots/ and change only with the contracts.
/// @dev Every slot and account that a transaction touches is cold, as it would be. Nothing here is asserted but the
/// targets of PROTOCOL.md section 14.
contract GasTest is System {
    uint256 private constant TRANSACTION = 21_000;
    uint256 private constant COLD_ACCOUNT = 2_600;

    /// @dev Steps of 2^18 constraints at M=16, the small profile: 17 narrow lanes and 2 wide ones of 7 legs.
    Shape private small =
        Shape({accountDepth: 4, slots: 16, narrow: 17, wide: 2, legs: 7, operations: 18, liquidations: 7});
    /// @dev Twice the constraints; 33·10,475 + 5·31,331 + 13,955 of 524,288.
    Shape private twice =
        Shape({accountDepth: 4, slots: 16, narrow: 33, wide: 5, legs: 7, operations: 18, liquidations: 7});

    uint256 private constant TRADES = 512;
    uint256 private constant GAS_A_TRADE = 7_000;

    // -- batches

    function test_submitBatch_of1TradeStep_costs() public {
        _measure("1 trade step", small, 1);
    }

    function test_submitBatch_of4TradeSteps_costs() public {
        _measure("4 trade steps", small, 4);
    }

    function test_submitBatch_of16TradeSteps_costs() public {
        _measure("16 trade steps", small, 16);
    }

    /// @dev Every lane is used: makers fill the wide lanes, seven legs each, and what they have beyond that goes to narrow
    /// ones; takers have one leg.
    function test_submitBatch_of512TradesIn2To18_costsLittleATrade() public {
        uint256 steps = _up(2 * TRADES, small.narrow + uint256(small.wide) * small.legs);
        vm.assertLe(_measure("512 trades in 2^18", small, steps) / TRADES, GAS_A_TRADE);
    }

    /// @dev As many makers' legs as takers' in every step: three narrow lanes of each are left to decoys, and paid for.
    function test_submitBatch_of512TradesIn2To18AmongDecoys_costs() public {
        _measure("512 trades in 2^18, 3 of 19 lanes decoys", small, _up(TRADES, uint256(small.wide) * small.legs));
    }

    function test_submitBatch_of512TradesIn2To19_costsLess() public {
        vm.assertLe(_measure("512 trades in 2^19", twice, _up(TRADES, twice.narrow)) / TRADES, GAS_A_TRADE);
    }

    /// @dev One step of each kind: three keys.
    function test_submitBatch_ofAllKinds_costs() public {
        StepPlan[] memory steps = new StepPlan[](3);
        (steps[0], steps[1], steps[2]) = (step(TRADE), step(FUNDS), step(LIQUIDATE));
        submit();
        BatchPlan memory plan = planOf(steps);
        _snapshot("a step of each kind, tiny", _costOf(operator, address(clearing), 0, _calldataOf(proven(plan))));
    }

    // -- everybody else

    function test_register_costs() public {
        fund(alice, 5_000);
        bytes memory data = abi.encodeCall(deposits.register, (ownerHashOf(alice), 5_000));
        _snapshot("registration", _costOf(alice, address(deposits), 0, data));
    }

    function test_topUp_costs() public {
        member(alice, 5_000);
        fund(alice, 5_000);
        _snapshot("top-up", _costOf(alice, address(deposits), 0, abi.encodeCall(deposits.topUp, (2, 5_000))));
    }

    function test_requestPay_costs() public {
        member(alice, 5_000);
        vm.deal(alice, 1 ether);
        bytes memory data = abi.encodeCall(forced.requestPay, (2, 100));
        _snapshot("forced request", _costOf(alice, address(forced), forced.feeOfNext(), data));
    }

    function test_postTable_costs() public {
        post();
        wait(60);
        bytes memory data = abi.encodeCall(oracle.postTable, (signed(tableNow())));
        _snapshot("table, 16 slots", _costOf(alice, address(oracle), 0, data));
    }

    function test_postTable_of64Slots_costs() public {
        shape.slots = 64;
        deploy();
        list(1, 1);
        post();
        wait(60);
        bytes memory data = abi.encodeCall(oracle.postTable, (signed(tableNow())));
        _snapshot("table, 64 slots", _costOf(alice, address(oracle), 0, data));
    }

    function test_withdraw_costs() public {
        member(alice, 5_000);
        vouch(77);
        IExit.Withdrawal memory claim = privateVoucher(bob, 77, 1_000, 10, 0);
        bytes memory data = abi.encodeCall(exit.withdraw, (claim, proofOf(claim)));
        _snapshot("note claim", _costOf(relayer, address(exit), 0, data));
    }

    function test_escape_costs() public {
        member(alice, 5_000);
        openClaims();
        IExit.Escape memory claim = escapeOf(2, alice, 4_000);
        bytes memory data = abi.encodeCall(exit.escape, (claim, proofOf(claim)));
        _snapshot("escape claim", _costOf(relayer, address(exit), 0, data));
        closeWindow();
        _snapshot("escape payment", _costOf(relayer, address(exit), 0, abi.encodeCall(exit.payClaim, (2))));
    }

    function test_pull_costs() public {
        uint256 index = member(alice, 5_000);
        submit(fundsStep(withdrawing(index, 1_000, alice)));
        _snapshot("pull", _costOf(alice, address(vault), 0, abi.encodeCall(vault.pull, (alice))));
    }

    function test_attest_costs() public {
        submit();
        bytes memory data =
            abi.encodeCall(attestations.attest, (attestationOf(clearing.latestRoot()), _proofsOfLatest()));
        _snapshot("attestation of one proof", _costOf(bob, address(attestations), 0, data));
    }

    // -- measuring

    /// @dev A batch of trade steps whose words are as good as random, in a system that has had a batch before.
    function _measure(string memory name, Shape memory shape_, uint256 count) private returns (uint256 gas_) {
        submitIn(shape_, 1);
        Batch memory batch = batchIn(shape_, count);
        bytes memory data = _calldataOf(batch);
        gas_ = _costOf(operator, address(clearing), 0, data);
        _snapshot(name, gas_);
        vm.snapshotValue("Bytes", name, data.length);
        if (count > 16) {
            _snapshot(string.concat(name, ", a trade"), gas_ / TRADES);
            vm.snapshotValue("Bytes", string.concat(name, ", a trade"), data.length / TRADES);
        }
    }

    function submitIn(Shape memory shape_, uint256 count) private {
        shape = shape_;
        deploy();
        list(1, 1);
        submit(batchIn(shape_, count));
    }

    function batchIn(Shape memory shape_, uint256 count) private returns (Batch memory) {
        StepPlan[] memory steps = new StepPlan[](count);
        for (uint256 i = 0; i < count; ++i) {
            steps[i] = step(TRADE);
            steps[i].words = new uint256[](_tradeWords(shape_));
            for (uint256 j = 0; j < steps[i].words.length; ++j) {
                steps[i].words[j] = uint256(keccak256(abi.encode("trade", i, j))) % R;
            }
        }
        return proven(planOf(steps));
    }

    function _tradeWords(Shape memory shape_) private pure returns (uint256) {
        uint256 lanes = uint256(shape_.narrow) + shape_.wide;
        return (lanes + 9) / 10 + 2 * uint256(shape_.narrow) + (1 + uint256(shape_.legs)) * shape_.wide;
    }

    function _up(uint256 amount, uint256 by) private pure returns (uint256) {
        return (amount + by - 1) / by;
    }

    function _calldataOf(Batch memory batch) private view returns (bytes memory) {
        return abi.encodeCall(clearing.submitBatch, (batch.header, batch.steps, batch.words, batch.tables));
    }

    function _proofsOfLatest() private view returns (Groth16.Proof[] memory) {
        return proofsOf(attestationOf(clearing.latestRoot()));
    }

    /// @dev What a transaction costs, everything cold but the contract that it calls.
    function _costOf(address sender, address to, uint256 value, bytes memory data) private returns (uint256) {
        _coolAll();
        vm.prank(sender, sender);
        uint256 execution;
        assembly ("memory-safe") {
            // Solidity would copy the data first, in a memory that proving has made large and dear.
            let before := gas()
            let done := call(gas(), to, value, add(data, 0x20), mload(data), 0, 0)
            execution := sub(sub(before, gas()), COLD_ACCOUNT)
            if iszero(done) { revert(0, 0) }
        }
        (uint256 zeros, uint256 others) = (0, 0);
        for (uint256 i = 0; i < data.length; ++i) {
            if (data[i] == 0) ++zeros;
            else ++others;
        }
        uint256 ordinary = execution + 4 * zeros + 16 * others;
        uint256 floor = 10 * zeros + 40 * others;
        return TRANSACTION + (ordinary > floor ? ordinary : floor);
    }

    function _coolAll() private {
        vm.cool(address(usdc));
        vm.cool(address(vault));
        vm.cool(address(deposits));
        vm.cool(address(forced));
        vm.cool(address(oracle));
        vm.cool(address(clearing));
        vm.cool(address(attestations));
        vm.cool(address(governance));
        vm.cool(address(verifiers));
        vm.cool(address(exit));
    }

    function _snapshot(string memory name, uint256 gas_) private {
        vm.snapshotValue("Gas", name, gas_);
    }
}
