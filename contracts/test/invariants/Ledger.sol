// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IClearing} from "../../src/interfaces/IClearing.sol";
import {IDeposits} from "../../src/interfaces/IDeposits.sol";
import {IForced} from "../../src/interfaces/IForced.sol";
import {IGovernance} from "../../src/interfaces/IGovernance.sol";
import {IOracle} from "../../src/interfaces/IOracle.sol";
import {IVerifiers} from "../../src/interfaces/IVerifiers.sol";
import {Shared} from "../../src/libraries/Shared.sol";
import {KeyForge} from "../support/KeyForge.sol";
import {System} from "../support/System.sol";
import {BlockingToken} from "../tokens/BlockingToken.sol";

/// @notice What a campaign knows of the system without asking it: actions write here what must have happened, and
/// invariants compare. Nothing here is read from the contracts.
abstract contract Ledger is System {
    struct Settled {
        uint256 slot;
        uint256 listing;
        uint256 word;
    }

    struct Decision {
        IGovernance.Change change;
        uint256 queuedAt;
        bool closed;
    }

    uint256 internal constant SLOTS = 3;
    uint256 internal constant ASSOCIATION = 0xA550C;

    address[] internal people;
    address internal blocked;

    // -- money

    uint256 internal paidIn;
    uint256 internal paidOut;
    uint256 internal donated;
    uint256 internal waiting;
    uint256 internal inside;
    uint256 internal refunded;
    uint256 internal owedTotal;
    mapping(address who => uint256) internal owed;
    mapping(address who => uint256) internal received;
    IDeposits.Deposit[] internal queued;
    uint256 internal headOfQueue;
    uint256 internal indices = 2;
    uint256[] internal registered = [1];
    mapping(uint256 index => address) internal ownerOf;
    uint256[] internal spent;

    /// @dev For latecomers, once the window is closed.
    uint256 internal poolLeft;

    // -- forced queues: PAY, CLOSE

    IForced.Request[][2] internal demands;
    uint256[2] internal served;
    uint256 internal feesHeld;
    uint256 internal feesBurnt;
    uint256 internal weiGiven;
    mapping(address who => uint256) internal feesBack;

    // -- clocks, roots and tables

    uint256[] internal roots;
    mapping(uint256 root => IClearing.BatchEnd) internal endOf;
    uint256 internal attestedAt;
    uint256 internal frozenSince;
    uint256 internal usedEpoch;
    uint256 internal newestEpoch;
    uint256 internal pauseBegan;
    uint256 internal pauseEnds;
    uint256[SLOTS + 1] internal words;
    uint256[SLOTS + 1] internal listed;
    mapping(uint256 epoch => uint256[SLOTS + 1]) internal wordsAt;
    mapping(uint256 epoch => uint256) internal timeOf;
    mapping(uint256 slot => mapping(uint256 listing => bool)) internal nobodyHolds;
    Settled[] internal settledMarks;

    // -- governance

    Decision[] internal decisions;
    uint256 internal parameters = PARAMETERS;
    bool internal malloryVouches;
    uint256 internal governanceSize = 3;
    uint256 internal governanceThreshold = THRESHOLD;
    uint256 internal committeeSize = 3;
    uint256 internal committeeThreshold = THRESHOLD;
    bool internal tradeKeyIsFunds;
    bytes32[7] internal keysAtFirst;

    // -- what happened in this run

    mapping(bytes4 action => uint256) public done;
    mapping(bytes4 action => uint256) public refusals;
    uint256 private entropy;
    uint256 internal names;

    modifier action(uint256 seed) {
        entropy = seed;
        _;
    }

    function setUp() public virtual override {
        _hasten();
        super.setUp();
        vm.etch(address(usdc), address(new BlockingToken()).code);
        people = [alice, bob, mallory, relayer, revenueOwner];
        ownerOf[1] = revenueOwner;
        roots.push(genesisRoot);
        endOf[genesisRoot].time = uint64(block.timestamp);
        attestedAt = block.timestamp;
        listed[1] = 1;
        vouch(ASSOCIATION);
        for (uint8 kind = 1; kind <= 6; ++kind) {
            keysAtFirst[kind] = keccak256(KeyForge.key(IVerifiers.ProofKind(kind)));
        }
    }

    /// @dev Deadlines so short that sixty calls see them pass.
    function _hasten() internal virtual {
        (settings.depositWindow, settings.forcedDeadline) = (12 hours, 6 hours);
        (settings.exitWindow, settings.timelock) = (3 days, 4 days);
        (settings.pauseLimit, settings.pauseInterval) = (6 hours, 12 hours);
        (settings.claimDelay, settings.claimWindow, settings.lateAccountDelay) = (2 days, 10 days, 3 days);
    }

    /// @dev A number below `sides`.
    function _roll(uint256 sides) internal returns (uint256) {
        entropy = uint256(keccak256(abi.encode(entropy)));
        return entropy % sides;
    }

    function _oneIn(uint256 sides) internal returns (bool) {
        return _roll(sides) == 0;
    }

    function _anyone() internal returns (address who) {
        who = people[_roll(people.length)];
        if (who == blocked) who = who == alice ? bob : alice;
    }

    function _amount() internal returns (uint256) {
        return settings.minimumDeposit + _roll(1e6);
    }

    // -- what happened

    function _did() internal {
        ++done[msg.sig];
    }

    function _refused() internal {
        ++refusals[msg.sig];
    }

    // -- money

    /// @dev What the vault has beyond what it owes to people by name.
    function _spare() internal view returns (uint256) {
        return paidIn + donated - paidOut - owedTotal - waiting;
    }

    function _credit(address who, uint256 amount) internal {
        owed[who] += amount;
        owedTotal += amount;
    }

    /// @dev The vault pays; what the token refuses is credited.
    function _pays(address who, uint256 amount) internal {
        if (who == blocked) return _credit(who, amount);
        received[who] += amount;
        paidOut += amount;
    }

    function _enqueue(address who, uint256 index, uint256 amount, uint256 ownerHash) internal {
        IDeposits.Status status = IDeposits.Status.QUEUED;
        uint64 time = uint64(block.timestamp);
        queued.push(IDeposits.Deposit(who, uint64(amount), time, uint32(index), status, ownerHash));
        paidIn += amount;
        waiting += amount;
    }

    function _expired(uint256 number) internal view returns (bool) {
        return block.timestamp - queued[number].time >= settings.depositWindow;
    }

    function _lastBatch() internal view returns (uint256) {
        return endOf[roots[roots.length - 1]].time;
    }

    function _demandIsLate(uint256 queue) internal view returns (bool) {
        if (served[queue] == demands[queue].length) return false;
        return block.timestamp - demands[queue][served[queue]].time > settings.forcedDeadline;
    }

    function _overdue() internal view returns (bool) {
        return block.timestamp - _lastBatch() > settings.livenessDeadline
            || block.timestamp - attestedAt > settings.insolvencyDeadline || _demandIsLate(0) || _demandIsLate(1);
    }

    /// @dev Whether an account waits for an answer in either queue.
    function _hasDemand(uint256 index) internal view returns (bool found) {
        for (uint256 queue = 0; queue < 2; ++queue) {
            for (uint256 i = served[queue]; i < demands[queue].length; ++i) {
                if (demands[queue][i].index == index) found = true;
            }
        }
    }

    // -- tables

    function _statusOf(uint256 word) internal pure returns (uint8) {
        return uint8(word & 7);
    }

    function _listingOf(uint256 word) internal pure returns (uint256) {
        return (word >> 3) & type(uint32).max;
    }

    /// @dev Of all slots, as the newest table has them.
    function _marks() internal view returns (uint256[] memory marks) {
        marks = new uint256[](shape.slots);
        marks[0] = cashMark();
        for (uint256 slot = 1; slot < marks.length; ++slot) {
            marks[slot] = slot <= SLOTS && words[slot] != 0 ? words[slot] : emptyMark(0);
        }
    }

    function _posted(IOracle.Table memory table) internal {
        timeOf[table.epoch] = table.time;
        if (frozenSince == 0) newestEpoch = table.epoch;
        for (uint256 slot = 1; slot <= SLOTS; ++slot) {
            uint256 word = table.marks[slot];
            wordsAt[table.epoch][slot] = word;
            if (_statusOf(word) == Shared.STATUS_SETTLED) _settles(slot, word);
        }
    }

    function _settles(uint256 slot, uint256 word) private {
        for (uint256 i = 0; i < settledMarks.length; ++i) {
            if (settledMarks[i].slot == slot && settledMarks[i].listing == _listingOf(word)) return;
        }
        settledMarks.push(Settled(slot, _listingOf(word), word));
    }
}
