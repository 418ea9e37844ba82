// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Part} from "./Part.sol";
import {Parts, Settings, Shape} from "./interfaces/Deployment.sol";
import {
    EmptyBatch,
    EpochChangedMidTrade,
    EpochWentBack,
    HeaderTooWide,
    HiddenCalldata,
    InvalidProof,
    NotAFieldElement,
    NotAnAddress,
    NotOperator,
    RejectionOutOfOrder,
    SolvencyGateShut,
    StaleTable,
    SuspenseOpen,
    TradingPaused,
    UnknownHeader,
    UnknownStepKind,
    UnknownTable,
    VaultOverdrawn,
    WrongBatchNumber,
    WrongStateRoot,
    WrongWordCount
} from "./interfaces/Errors.sol";
import {IClearing} from "./interfaces/IClearing.sol";
import {IForced} from "./interfaces/IForced.sol";
import {IOracle} from "./interfaces/IOracle.sol";
import {IVerifiers} from "./interfaces/IVerifiers.sol";
import {Groth16} from "./libraries/Groth16.sol";
import {Shared} from "./libraries/Shared.sol";
import {StepWords} from "./libraries/StepWords.sol";

/// @title Clearing: batches of proven steps, and what their headers do on L1.
/// @dev The domain of the system is that of this part's address.
contract Clearing is Part, IClearing {
    /// @dev A batch on its way: what one step leaves for the next.
    struct Run {
        uint256 number;
        /// Place of the step in the batch.
        uint256 step;
        uint256 root;
        uint256 suspense;
        uint256 epoch;
        IOracle.Posted table;
        uint256 parameters;
        uint256 pausedUntil;
        bool gateIsOpen;
        /// Deposits of the header's list that are passed over already.
        uint256 rejected;
        /// Words that earlier steps took.
        uint256 words;
        /// Where the verifier keys are, by kind, as far as steps have asked.
        address[4] keys;
    }

    uint256 private constant KIND_BITS = 8;
    uint256 private constant EPOCH_BITS = 64;
    /// @dev Header, aux, leaf, ciphertext.
    uint256 private constant OPERATION_WORDS = 4;
    /// @dev What all parts of a header take; the rest of its 252 bits means nothing.
    uint256 private constant HEADER_PARTS_BITS = Shared.HEADER_REQUEST_AT + 64;
    uint256 private constant INDICES_PER_WORD = 10;

    /// @dev The suspense hash of nothing owed and no blinding: both ends of every batch.
    uint256 public immutable settledSuspense;
    uint256 private immutable maxAge;
    uint256 private immutable liquidateMaxAge;
    uint256 private immutable tradeWords;
    uint256 private immutable fundsWords;
    uint256 private immutable liquidateWords;
    /// @dev Custody commitment, indices and the fund's lane come before the first account of a liquidate step.
    uint256 private immutable firstAccount;
    uint256 private immutable accountWords;

    /// @inheritdoc IClearing
    uint256 public latestRoot;
    uint64 private number_;
    uint64 private time_;
    uint64 private epoch_;
    mapping(uint256 root => BatchEnd) private ends;

    constructor(
        Parts memory parts,
        Settings memory settings,
        Shape memory shape,
        uint256 genesisRoot,
        uint256 settledSuspense_
    ) Part(parts) {
        require(genesisRoot < R && settledSuspense_ < R, NotAFieldElement());
        settledSuspense = settledSuspense_;
        (maxAge, liquidateMaxAge) = (settings.maxAge, settings.liquidateMaxAge);
        uint256 lanes = uint256(shape.narrow) + shape.wide;
        tradeWords = _indexWords(lanes) + 2 * uint256(shape.narrow) + (1 + uint256(shape.legs)) * shape.wide;
        fundsWords = 1 + OPERATION_WORDS * shape.operations;
        accountWords = 2 + uint256(shape.legs);
        firstAccount = 1 + _indexWords(shape.liquidations) + 1 + shape.legs;
        liquidateWords = firstAccount + accountWords * shape.liquidations;
        latestRoot = genesisRoot;
        time_ = uint64(block.timestamp);
        ends[genesisRoot] = BatchEnd({number: 0, time: uint64(block.timestamp), epoch: 0});
    }

    /// @inheritdoc IClearing
    function submitBatch(
        Header calldata header,
        Step[] calldata steps,
        uint256[] calldata words,
        IOracle.SignedTable[] calldata tables
    ) external whileRunning {
        require(msg.sender == governance.operator(), NotOperator());
        // Whoever leaves alone reads the words where they are sure to be: in the transaction itself.
        require(msg.sender == tx.origin && msg.sender.code.length == 0, HiddenCalldata());
        require(header.number == number_ + 1, WrongBatchNumber());
        require(header.stateBefore == latestRoot, WrongStateRoot());
        require(steps.length > 0, EmptyBatch());
        for (uint256 i = 0; i < tables.length; ++i) {
            oracle.postIfNew(tables[i]);
        }

        Run memory run;
        (run.number, run.root, run.suspense, run.epoch) = (header.number, header.stateBefore, settledSuspense, 0);
        (run.pausedUntil, run.gateIsOpen) = (governance.pausedUntil(), attestations.gateIsOpen());
        Groth16.Claim[] memory claims = Groth16.claims(steps.length);
        for (uint256 i = 0; i < steps.length; ++i) {
            claims[i] = _take(run, steps[i], words, header.rejected);
        }
        require(run.words == words.length, WrongWordCount());
        require(run.suspense == settledSuspense, SuspenseOpen());
        _reject(run, header.rejected);
        require(run.rejected == header.rejected.length, RejectionOutOfOrder());
        require(vault.spare() >= 0, VaultOverdrawn());
        require(Groth16.verify(claims), InvalidProof());

        latestRoot = run.root;
        (number_, time_, epoch_) = (uint64(run.number), uint64(block.timestamp), uint64(run.epoch));
        ends[run.root] = BatchEnd({number: uint64(run.number), time: uint64(block.timestamp), epoch: uint64(run.epoch)});
        emit BatchAccepted(run.number, run.root, run.epoch, steps.length, header.stateBefore);
    }

    /// @inheritdoc IClearing
    function batches() external view returns (uint256) {
        return number_;
    }

    /// @inheritdoc IClearing
    function batchTime() external view returns (uint256) {
        return time_;
    }

    /// @inheritdoc IClearing
    function usedEpoch() external view returns (uint256) {
        return epoch_;
    }

    /// @inheritdoc IClearing
    function batchEnd(uint256 root) external view returns (BatchEnd memory) {
        return ends[root];
    }

    /// @inheritdoc IClearing
    function systemDomain() external view returns (uint256) {
        return domain;
    }

    /// @dev Checks a step, does what its headers say, and leaves what its proof must show.
    function _take(Run memory run, Step calldata step, uint256[] calldata words, uint256[] calldata rejected)
        private
        returns (Groth16.Claim memory claim)
    {
        uint256 kind = step.head & ((1 << KIND_BITS) - 1);
        require(step.head >> (KIND_BITS + EPOCH_BITS) == 0, UnknownStepKind());
        require(kind >= Shared.STEP_KIND_TRADE && kind <= Shared.STEP_KIND_LIQUIDATE, UnknownStepKind());
        require(step.stateAfter < R && step.suspenseAfter < R, NotAFieldElement());
        require(step.salt < R && step.dataCommit < R, NotAFieldElement());
        _useTable(run, step.head >> KIND_BITS, kind);
        claim = Groth16.claimOf(_keyOf(run, kind), Shared.STEP_INPUTS, step.proof);
        uint256[] calldata own = _ownWords(run, kind, words);
        _fill(claim.words, run, step, _challenge(run, kind, step.dataCommit, own));
        claim.words[Shared.STEP_INPUT_Y] = StepWords.evaluate(own, claim.words[Shared.STEP_INPUT_Z]);
        _act(run, kind, own, rejected);
        (run.root, run.suspense) = (step.stateAfter, step.suspenseAfter);
        ++run.step;
    }

    /// @dev z: the prover's commitment is inside, so it could not choose words after it.
    function _challenge(Run memory run, uint256 kind, uint256 dataCommit, uint256[] calldata words)
        private
        view
        returns (uint256)
    {
        bytes32 digest = StepWords.digest(words);
        return uint256(keccak256(abi.encode(domain, run.number, run.step, kind, dataCommit, digest))) % R;
    }

    /// @dev The public inputs of a step but y: what it says, and what the chain knows better.
    function _fill(uint256[] memory inputs, Run memory run, Step calldata step, uint256 z) private view {
        inputs[Shared.STEP_INPUT_DOMAIN] = domain;
        inputs[Shared.STEP_INPUT_STATE_BEFORE] = run.root;
        inputs[Shared.STEP_INPUT_STATE_AFTER] = step.stateAfter;
        inputs[Shared.STEP_INPUT_SUSPENSE_BEFORE] = run.suspense;
        inputs[Shared.STEP_INPUT_SUSPENSE_AFTER] = step.suspenseAfter;
        inputs[Shared.STEP_INPUT_RISK_ROOT] = run.table.riskRoot;
        inputs[Shared.STEP_INPUT_PARAMS_HASH] = run.parameters;
        inputs[Shared.STEP_INPUT_TIME] = run.table.time;
        inputs[Shared.STEP_INPUT_SALT] = step.salt;
        inputs[Shared.STEP_INPUT_DATA_COMMIT] = step.dataCommit;
        inputs[Shared.STEP_INPUT_Z] = z;
    }

    /// @dev The table is posted, of this or a later epoch, and young enough for the kind; a trade step's may only have
    /// active slots while a young attestation holds the gate open.
    function _useTable(Run memory run, uint256 epoch, uint256 kind) private view {
        if (epoch != run.epoch || run.table.riskRoot == 0) {
            IOracle.Posted memory table = oracle.postedTable(epoch);
            require(table.riskRoot != 0, UnknownTable());
            require(epoch >= (run.epoch == 0 ? epoch_ : run.epoch), EpochWentBack());
            require(run.suspense == settledSuspense, EpochChangedMidTrade());
            (run.epoch, run.table, run.parameters) = (epoch, table, governance.parametersAt(table.time));
        }
        uint256 age = kind == Shared.STEP_KIND_LIQUIDATE ? liquidateMaxAge : maxAge;
        // No table is of a time to come: the oracle refuses those.
        require(block.timestamp - run.table.time <= age, StaleTable());
        if (kind == Shared.STEP_KIND_TRADE) {
            require(block.timestamp >= run.pausedUntil, TradingPaused());
            require(run.gateIsOpen || !run.table.anyActive, SolvencyGateShut());
        }
    }

    function _keyOf(Run memory run, uint256 kind) private view returns (address key) {
        key = run.keys[kind];
        if (key == address(0)) run.keys[kind] = key = verifiers.keyData(IVerifiers.ProofKind(kind));
    }

    /// @dev The next words of the batch, as many as the kind has.
    function _ownWords(Run memory run, uint256 kind, uint256[] calldata words)
        private
        view
        returns (uint256[] calldata own)
    {
        uint256 count = kind == Shared.STEP_KIND_TRADE
            ? tradeWords
            : kind == Shared.STEP_KIND_FUNDS ? fundsWords : liquidateWords;
        uint256 end = run.words + count;
        require(end <= words.length, WrongWordCount());
        own = words[run.words:end];
        run.words = end;
    }

    /// @dev Does what the headers of a step say, in their order. All other words are for the traders.
    function _act(Run memory run, uint256 kind, uint256[] calldata words, uint256[] calldata rejected) private {
        if (kind == Shared.STEP_KIND_FUNDS) {
            for (uint256 place = 1; place < words.length; place += OPERATION_WORDS) {
                _operation(run, words[place], words[place + 1], words[place + 3], rejected);
            }
        } else if (kind == Shared.STEP_KIND_LIQUIDATE) {
            for (uint256 place = firstAccount; place < words.length; place += accountWords) {
                _account(words[place]);
            }
        }
    }

    function _operation(Run memory run, uint256 header, uint256 aux, uint256 text, uint256[] calldata rejected)
        private
    {
        uint256 kind = _kindOf(header);
        (uint256 index, uint256 amount, uint256 request) = _partsOf(header);
        if (kind == Shared.HEADER_DEPOSIT) {
            _reject(run, rejected);
            deposits.consume(request, index, amount, aux, text);
        } else if (kind == Shared.HEADER_WITHDRAW) {
            require(aux <= type(uint160).max, NotAnAddress());
            // casting is safe: checked above
            // forge-lint: disable-next-line(unsafe-typecast)
            vault.credit(address(uint160(aux)), amount);
        } else if (kind == Shared.HEADER_FORCED) {
            forced.serve(IForced.Queue.PAY, request, index, amount, aux);
        } else {
            require(kind == Shared.HEADER_NOTE || kind == Shared.HEADER_INTERNAL, UnknownHeader());
        }
    }

    /// @dev An account of a liquidate step: its header says something only in a CLOSE.
    function _account(uint256 header) private {
        if (header == 0) return;
        require(_kindOf(header) == Shared.HEADER_CLOSE, UnknownHeader());
        (uint256 index, uint256 amount, uint256 request) = _partsOf(header);
        forced.serve(IForced.Queue.CLOSE, request, index, amount, 0);
    }

    function _kindOf(uint256 header) private pure returns (uint256 kind) {
        require(header >> Shared.BITS_HEADER == 0, HeaderTooWide());
        require(header >> HEADER_PARTS_BITS == 0, UnknownHeader());
        // The asset is reserved for further collateral.
        require((header >> Shared.HEADER_ASSET_AT) & 0xff == 0, UnknownHeader());
        kind = header & 0xf;
    }

    function _partsOf(uint256 header) private pure returns (uint256 index, uint256 amount, uint256 request) {
        index = (header >> Shared.HEADER_INDEX_AT) & type(uint24).max;
        amount = (header >> Shared.HEADER_AMOUNT_AT) & type(uint64).max;
        request = header >> Shared.HEADER_REQUEST_AT;
    }

    /// @dev Passes over the deposits at the head of the queue that the batch lists.
    function _reject(Run memory run, uint256[] calldata rejected) private {
        while (run.rejected < rejected.length && deposits.rejectAtHead(rejected[run.rejected])) ++run.rejected;
    }

    function _indexWords(uint256 lanes) private pure returns (uint256) {
        return (lanes + INDICES_PER_WORD - 1) / INDICES_PER_WORD;
    }
}
