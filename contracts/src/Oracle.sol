// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Parts, Settings, Signers} from "./interfaces/Deployment.sol";
import {
    IllegalStatusMove,
    ListingTermsFixed,
    NotAFieldElement,
    OlderEpoch,
    PostingClosed,
    SettledValueChanged,
    SlotNotShownEmpty,
    TableAlreadyPosted,
    TableFromTheFuture,
    UnknownListing
} from "./interfaces/Errors.sol";
import {IOracle} from "./interfaces/IOracle.sol";
import {Heads} from "./libraries/Heads.sol";
import {Shared} from "./libraries/Shared.sol";
import {Committee} from "./oracle/Committee.sol";

/// @title The oracle committee's tables, and the instruments that slots hold.
/// @dev Marks are not stored, but for settled ones. What is stored of the others is the head of each, its status and
/// listing, and only when some head of a table differs from the table that it was compared with.
contract Oracle is Committee {
    /// @dev All but the risk root, which this is found by.
    struct Record {
        uint64 epoch;
        uint64 time;
        uint64 statuses;
        bool anyActive;
    }

    /// @dev The newest table before any freeze, and how many lists of heads there are.
    struct Newest {
        uint64 epoch;
        uint64 time;
        uint64 statuses;
        uint64 lists;
    }

    /// @dev The best table for escape prices so far; void once there is another batch than the one it was chosen after.
    struct Candidate {
        uint64 epoch;
        uint64 time;
        uint128 batches;
    }

    uint256 private immutable _slots;
    uint256 private immutable _claimDelay;
    uint256 private immutable _escapePriceDelay;

    Newest private _newest;
    Candidate private _candidate;

    /// @dev 0 for an epoch that is not posted.
    mapping(uint256 epoch => uint256 riskRoot) private _riskRoots;
    mapping(uint256 riskRoot => Record) private _records;

    /// @dev List 0 is never written: every slot empty, and none listed yet.
    mapping(uint256 list => mapping(uint256 word => uint256 heads)) private _heads;

    /// @inheritdoc IOracle
    mapping(uint256 slot => mapping(uint256 listing => bytes32)) public terms;
    /// @inheritdoc IOracle
    mapping(uint256 slot => uint256) public newestListing;
    /// @inheritdoc IOracle
    mapping(uint256 slot => mapping(uint256 listing => uint256)) public settledMark;
    /// @inheritdoc IOracle
    mapping(uint256 slot => mapping(uint256 listing => bool)) public shownEmpty;

    constructor(Parts memory parts, Settings memory settings, uint8 slots, Signers memory signers)
        Committee(parts, signers)
    {
        _slots = slots;
        _claimDelay = settings.claimDelay;
        _escapePriceDelay = settings.escapePriceDelay;
    }

    /// @inheritdoc IOracle
    function listInstrument(uint256 slot, uint256 listing, bytes32 hash, Signature[] calldata signatures)
        external
        whileRunning
    {
        require(slot > 0, UnknownListing());
        require(slot < _slots, UnknownListing());
        require(listing == newestListing[slot] + 1, ListingTermsFixed());
        _checkSignatures(digestOfListing(slot, listing, hash), signatures);
        terms[slot][listing] = hash;
        newestListing[slot] = listing;
        emit InstrumentListed(slot, listing, hash);
    }

    /// @inheritdoc IOracle
    function postTable(SignedTable calldata signed) external {
        _post(signed);
    }

    /// @inheritdoc IOracle
    function postIfNew(SignedTable calldata signed) external onlyFrom(address(clearing)) {
        uint256 posted = _riskRoots[signed.table.epoch];
        // The rest of it is not looked at then: the committee's table of that epoch and root is here already.
        if (posted == 0 || posted != signed.table.riskRoot) _post(signed);
    }

    /// @inheritdoc IOracle
    function recordEmpty(uint256 epoch, uint256 empty) external onlyFrom(address(attestations)) {
        mapping(uint256 word => uint256 heads) storage heads = _heads[_records[_riskRoots[epoch]].statuses];
        for (uint256 slot = 1; slot < _slots; ++slot) {
            if ((empty >> slot) & 1 == 0) continue;
            uint256 head = Heads.headAt(heads[(slot - 1) / Heads.PER_WORD], (slot - 1) % Heads.PER_WORD);
            (uint256 status, uint256 listing) = Heads.split(head);
            if (status != Shared.STATUS_SETTLED || shownEmpty[slot][listing]) continue;
            shownEmpty[slot][listing] = true;
            emit SlotShownEmpty(slot, listing);
        }
    }

    /// @inheritdoc IOracle
    function postedTable(uint256 epoch) external view returns (Posted memory) {
        uint256 riskRoot = _riskRoots[epoch];
        Record memory record = _records[riskRoot];
        return Posted(riskRoot, record.time, record.statuses, record.anyActive);
    }

    /// @inheritdoc IOracle
    function epochOf(uint256 riskRoot) external view returns (uint256) {
        return _records[riskRoot].epoch;
    }

    /// @inheritdoc IOracle
    function newestEpoch() external view returns (uint256) {
        return _newest.epoch;
    }

    /// @inheritdoc IOracle
    function escapeEpoch() external view returns (uint256) {
        Candidate memory best = _candidate;
        return best.batches == clearing.batches() ? best.epoch : 0;
    }

    function _post(SignedTable calldata signed) private {
        Table calldata posted = signed.table;
        uint256 frozenAt = attestations.frozenAt();
        Newest memory newest = _newest;
        require(frozenAt == 0 || block.timestamp < frozenAt + _claimDelay, PostingClosed());
        require(posted.time <= block.timestamp, TableFromTheFuture());
        require(posted.riskRoot > 0, NotAFieldElement());
        require(posted.riskRoot < R, NotAFieldElement());
        require(_riskRoots[posted.epoch] == 0, TableAlreadyPosted());
        require(_records[posted.riskRoot].epoch == 0, TableAlreadyPosted());
        // No table has epoch 0: it stands for none.
        require(posted.epoch > 0, OlderEpoch());
        if (frozenAt == 0 && newest.epoch > 0) {
            require(posted.epoch > newest.epoch, OlderEpoch());
            require(posted.time > newest.time, OlderEpoch());
        }
        (uint256[] memory heads, uint256 settled) = Heads.read(posted.marks, _slots, posted.anyActive);
        _checkSignatures(digestOfTable(posted), signed.signatures);

        // After a freeze tables are compared with that of the last batch, whatever else was posted.
        uint64 statuses = frozenAt == 0 ? newest.statuses : _records[_riskRoots[clearing.usedEpoch()]].statuses;
        if (_checkMoves(_heads[statuses], posted.marks, heads, settled)) {
            statuses = ++newest.lists;
            for (uint256 i = 0; i < heads.length; ++i) {
                _heads[statuses][i] = heads[i];
            }
        }
        _riskRoots[posted.epoch] = posted.riskRoot;
        _records[posted.riskRoot] = Record(posted.epoch, posted.time, statuses, posted.anyActive);
        if (frozenAt == 0) (newest.epoch, newest.time, newest.statuses) = (posted.epoch, posted.time, statuses);
        _newest = newest;
        _considerForEscape(posted.epoch, posted.time);
        emit TablePosted(
            posted.epoch, posted.riskRoot, posted.time, posted.anyActive, posted.marks, posted.stressRoot, posted.inputs
        );
    }

    /// @dev Keep the table with the smallest time among those late enough after the last batch.
    function _considerForEscape(uint64 epoch, uint64 time) private {
        if (time < clearing.batchTime() + _escapePriceDelay) return;
        uint256 batches = clearing.batches();
        Candidate memory best = _candidate;
        if (best.epoch == 0 || best.batches != batches || time < best.time) {
            _candidate = Candidate(epoch, time, uint128(batches));
        }
    }

    /// @dev Each slot against an earlier table; whether any of them has another head than there.
    function _checkMoves(
        mapping(uint256 word => uint256 heads) storage earlier,
        uint256[] calldata marks,
        uint256[] memory heads,
        uint256 settled
    ) private returns (bool changed) {
        for (uint256 i = 0; i < heads.length; ++i) {
            (uint256 before, uint256 first) = (earlier[i], 1 + i * Heads.PER_WORD);
            // Most words are what they were. Settled values are looked at each time.
            uint256 look = (settled >> first) & Heads.ALL_PLACES;
            if (before != heads[i]) (look, changed) = (Heads.ALL_PLACES, true);
            for (uint256 place = 0; look >> place > 0; ++place) {
                uint256 slot = first + place;
                if ((look >> place) & 1 == 1 && slot < _slots) {
                    _checkMove(slot, Heads.headAt(before, place), marks[slot]);
                }
            }
        }
    }

    function _checkMove(uint256 slot, uint256 before, uint256 mark) private {
        uint256 head = Heads.ofMark(mark);
        (uint256 status, uint256 listing) = Heads.split(head);
        // A head that stays was checked when it came.
        if (head != before && status != Shared.STATUS_EMPTY) {
            require(listing > 0, UnknownListing());
            require(listing <= newestListing[slot], UnknownListing());
        }
        if (status == Shared.STATUS_SETTLED) {
            uint256 settled = settledMark[slot][listing];
            require(settled == 0 || settled == mark, SettledValueChanged());
            if (settled == 0) settledMark[slot][listing] = mark;
        }
        if (head == before) return;
        (uint256 from, uint256 old) = Heads.split(before);
        require(from != Shared.STATUS_SETTLED || shownEmpty[slot][old], SlotNotShownEmpty());
        require(Heads.follows(before, head), IllegalStatusMove());
    }
}
