// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {InvalidProof} from "../src/interfaces/Errors.sol";
import {IGovernance} from "../src/interfaces/IGovernance.sol";
import {IOracle} from "../src/interfaces/IOracle.sol";
import {IVerifiers} from "../src/interfaces/IVerifiers.sol";
import {Shared} from "../src/libraries/Shared.sol";
import {KeyForge} from "./support/KeyForge.sol";
import {System} from "./support/System.sol";

/// @notice What the proofs of steps must show (L1-6): each for itself (trap 10), and for the words that were sent (trap 31).
contract ClearingProofsTest is System {
    uint64 private first;

    function setUp() public override {
        super.setUp();
        first = post();
    }

    // -- L1-6: what a proof must show

    /// @dev L1 fills in every public input itself: a proof of another value of any is refused.
    function test_submitBatch_whenProofShowsAnotherInput_reverts() public {
        for (uint8 kind = TRADE; kind <= LIQUIDATE; ++kind) {
            BatchPlan memory plan = planOf(step(kind));
            Batch memory batch = proven(plan);
            for (uint256 i = 0; i < 12; ++i) {
                uint256[] memory inputs = inputsOf(plan, 0);
                inputs[i] = addmod(inputs[i], 1, R);
                batch.steps[0].proof = proofOf(kind, inputs);
                refuses(batch, InvalidProof.selector);
            }
            batch.steps[0].proof = proofOf(kind, inputsOf(plan, 0));
            submit(batch);
        }
    }

    /// @dev The second step takes up root and suspense where the first left them, not where the batch began.
    function test_submitBatch_whenSecondStepTakesUpSomethingElse_reverts() public {
        BatchPlan memory plan = planOf(step(TRADE), step(TRADE));
        plan.steps[0].suspenseAfter = field("owed");
        Batch memory batch = proven(plan);
        uint256[] memory inputs = inputsOf(plan, 1);
        inputs[Shared.STEP_INPUT_STATE_BEFORE] = genesisRoot;
        batch.steps[1].proof = proofOf(TRADE, inputs);
        refuses(batch, InvalidProof.selector);
        inputs = inputsOf(plan, 1);
        inputs[Shared.STEP_INPUT_SUSPENSE_BEFORE] = SETTLED;
        batch.steps[1].proof = proofOf(TRADE, inputs);
        refuses(batch, InvalidProof.selector);
    }

    function test_submitBatch_whenProofIsOfAnotherKind_reverts() public {
        BatchPlan memory plan = planOf(step(FUNDS));
        Batch memory batch = proven(plan);
        batch.steps[0].proof = KeyForge.prove(IVerifiers.ProofKind.TRADE, inputsOf(plan, 0), 0);
        refuses(batch, InvalidProof.selector);
    }

    /// @dev Each kind is checked by the key that governance set for it; the next batch already by another.
    function test_submitBatch_whenVerifierWasReplaced_wantsProofsOfTheNewKey() public {
        bytes32 key = verifiers.publish(KeyForge.key(IVerifiers.ProofKind.TRADE));
        enact(IGovernance.ChangeKind.VERIFIER, abi.encode(uint8(FUNDS), key));
        BatchPlan memory plan = planOf(step(FUNDS));
        Batch memory batch = proven(plan);
        refuses(batch, InvalidProof.selector);
        batch.steps[0].proof = KeyForge.prove(IVerifiers.ProofKind.TRADE, inputsOf(plan, 0), 0);
        submit(batch);
    }

    /// @dev Steps at tables from before a change of parameters keep the old ones.
    function test_submitBatch_whenParametersChanged_followsTheTimeOfTheTable() public {
        uint256 number = decide(IGovernance.Change(IGovernance.ChangeKind.PARAMETERS, abi.encode(uint256(77))));
        outlast(settings.timelock);
        wait(1);
        governance.execute(number);
        uint64 before = uint64(oracle.newestEpoch());
        uint64 later = post();
        BatchPlan memory plan = _at(before, later, FUNDS);
        uint256[2] memory hashes = [PARAMETERS, uint256(77)];
        for (uint256 i = 0; i < 2; ++i) {
            uint256[] memory inputs = inputsOf(plan, i);
            vm.assertEq(inputs[Shared.STEP_INPUT_PARAMS_HASH], hashes[i]);
            inputs[Shared.STEP_INPUT_PARAMS_HASH] = hashes[1 - i];
            Batch memory batch = proven(plan);
            batch.steps[i].proof = proofOf(FUNDS, inputs);
            refuses(batch, InvalidProof.selector);
        }
        submit(plan);
    }

    // -- trap 10: proofs that do not count for themselves

    /// @dev Trap 10: each is good for the other's step.
    function test_submitBatch_whenProofsChangePlaces_reverts() public {
        Batch memory batch = proven(planOf(step(FUNDS), step(FUNDS)));
        (batch.steps[0].proof, batch.steps[1].proof) = (batch.steps[1].proof, batch.steps[0].proof);
        refuses(batch, InvalidProof.selector);
    }

    /// @dev Trap 10: two bad proofs whose errors add up to nothing, in one batch, of one kind or two.
    function testFuzz_submitBatch_whenBadProofsCancel_reverts(uint256 move, uint8 kind) public {
        move = bound(move, 1, R - 1);
        kind = uint8(bound(kind, TRADE, LIQUIDATE));
        BatchPlan memory plan = planOf(step(FUNDS), step(kind));
        Batch memory batch = proven(plan);
        uint256[] memory inputs = inputsOf(plan, 0);
        batch.steps[0].proof = KeyForge.proveOff(IVerifiers.ProofKind.FUNDS, inputs, 0, move, 0);
        inputs = inputsOf(plan, 1);
        batch.steps[1].proof = KeyForge.proveOff(IVerifiers.ProofKind(kind), inputs, 0, R - move, 0);
        refuses(batch, InvalidProof.selector);
    }

    function test_submitBatch_whenProofIsNoPoint_reverts() public {
        Batch memory batch = proven(planOf(step(FUNDS)));
        batch.steps[0].proof.cX += 1;
        refuses(batch, InvalidProof.selector);
    }

    // -- trap 31: the challenge

    /// @dev Drawn from the words alone, a prover could fit a commitment to it; drawn without the words, words to it.
    function test_submitBatch_whenChallengeLeavesSomethingOut_reverts() public {
        BatchPlan memory plan = planOf(step(FUNDS));
        StepPlan memory one = plan.steps[0];
        bytes32 words = keccak256(abi.encodePacked(one.words));
        _refusesChallenge(plan, uint256(keccak256(abi.encode(domain(), 1, 0, FUNDS, words))) % R);
        _refusesChallenge(plan, uint256(keccak256(abi.encode(domain(), 1, 0, FUNDS, one.dataCommit))) % R);
        _refusesChallenge(plan, challengeOf(2, 0, FUNDS, one.dataCommit, one.words));
        _refusesChallenge(plan, challengeOf(1, 1, FUNDS, one.dataCommit, one.words));
        _refusesChallenge(plan, challengeOf(1, 0, TRADE, one.dataCommit, one.words));
        _refusesChallenge(plan, challengeOf(1, 0, FUNDS, one.dataCommit + 1, one.words));
        submit(plan);
    }

    /// @dev Trap 31: words that are changed after the proof was made; each of them.
    function test_submitBatch_whenWordIsChangedAfterwards_reverts() public {
        Batch memory batch = proven(planOf(step(TRADE)));
        for (uint256 i = 0; i < batch.words.length; ++i) {
            uint256 word = batch.words[i];
            batch.words[i] = addmod(word, 1, R);
            refuses(batch, InvalidProof.selector);
            batch.words[i] = word;
        }
        submit(batch);
    }

    // -- helpers

    /// @dev Two steps of a kind at these epochs; no table comes with them unless patience is over.
    function _at(uint64 one, uint64 other, uint8 kind) private returns (BatchPlan memory plan) {
        plan = planOf(step(kind), step(kind));
        (plan.steps[0].epoch, plan.steps[1].epoch) = (one, other);
        plan.tables = new IOracle.SignedTable[](0);
    }

    function _refusesChallenge(BatchPlan memory plan, uint256 z) private {
        uint256[] memory inputs = inputsOf(plan, 0);
        vm.assertNotEq(inputs[Shared.STEP_INPUT_Z], z);
        inputs[Shared.STEP_INPUT_Z] = z;
        inputs[Shared.STEP_INPUT_Y] = valueAt(plan.steps[0].words, z);
        Batch memory batch = proven(plan);
        batch.steps[0].proof = proofOf(FUNDS, inputs);
        refuses(batch, InvalidProof.selector);
    }
}
