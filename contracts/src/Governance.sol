// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Part} from "./Part.sol";
import {Parts, Settings, Signers} from "./interfaces/Deployment.sol";
import {
    AlreadyVoted,
    ChangeClosed,
    ChangeExpired,
    ChangeNotQueued,
    NotAFieldElement,
    NotGovernance,
    NotGuardian,
    NotProvider,
    PauseTooLong,
    PauseTooSoon,
    TimelockRunning,
    UnknownChange
} from "./interfaces/Errors.sol";
import {IGovernance} from "./interfaces/IGovernance.sol";
import {IVerifiers} from "./interfaces/IVerifiers.sol";
import {SettingsCheck} from "./libraries/SettingsCheck.sol";
import {SignerSets} from "./libraries/SignerSets.sol";

/// @title Governance: M of N members, behind a timelock that is longer than it takes to leave.
contract Governance is IGovernance, Part {
    using SignerSets for SignerSets.Set;

    /// @dev A paramsHash and the time from which it is in force.
    struct Parameters {
        uint256 since;
        uint256 hash;
    }

    /// @dev From the end of a change's timelock until it is void: who joins later never had an exit window before it.
    uint256 private constant GRACE = 14 days;

    uint256 private immutable _timelock;
    uint256 private immutable _pauseLimit;
    uint256 private immutable _pauseInterval;

    SignerSets.Set private _members;
    Proposal[] private _proposals;

    /// @dev Oldest first; the first has been in force forever.
    Parameters[] private _parameters;

    /// @dev When the last pause began; 0 before the first.
    uint128 private _pausedAt;
    uint128 private _pausedUntil;

    /// @inheritdoc IGovernance
    address public operator;
    /// @inheritdoc IGovernance
    address public guardian;
    /// @inheritdoc IGovernance
    mapping(address account => bool) public isProvider;
    /// @inheritdoc IGovernance
    mapping(uint256 root => bool) public isAssociation;

    modifier onlyMember() {
        require(_members.contains(msg.sender), NotGovernance());
        _;
    }

    modifier onlyGuardian() {
        require(msg.sender == guardian, NotGuardian());
        _;
    }

    constructor(
        Parts memory parts,
        Settings memory settings,
        Signers memory signers,
        address operator_,
        address guardian_,
        uint256 parametersHash,
        address[] memory providers
    ) Part(parts) {
        // For the whole system: all parts take the same settings.
        SettingsCheck.check(settings);
        operator = _somebody(operator_);
        guardian = _somebody(guardian_);
        SignerSets.requireSound(signers);
        _members.replace(signers);
        _timelock = settings.timelock;
        _pauseLimit = settings.pauseLimit;
        _pauseInterval = settings.pauseInterval;
        require(parametersHash > 0 && parametersHash < R, NotAFieldElement());
        _parameters.push(Parameters(0, parametersHash));
        for (uint256 i = 0; i < providers.length; ++i) {
            isProvider[providers[i]] = true;
        }
    }

    /// @inheritdoc IGovernance
    function propose(Change calldata change) external whileRunning onlyMember returns (uint256 number) {
        _checkChange(change);
        number = _proposals.length;
        _proposals.push().change = change;
        emit ChangeProposed(number, msg.sender, change.kind, change.data);
        _approve(number, _proposals[number]);
    }

    /// @inheritdoc IGovernance
    function approve(uint256 number) external whileRunning onlyMember {
        _approve(number, _open(number));
    }

    /// @inheritdoc IGovernance
    function oppose(uint256 number) external whileRunning onlyMember {
        Proposal storage opposed = _open(number);
        _vote(opposed.objections);
        emit ChangeOpposed(number, msg.sender);
        if (_enough(opposed.objections)) {
            opposed.closed = true;
            emit ChangeCancelled(number);
        }
    }

    /// @inheritdoc IGovernance
    function execute(uint256 number) external whileRunning {
        Proposal storage approved = _open(number);
        require(approved.queuedAt > 0, ChangeNotQueued());
        uint256 due = approved.queuedAt + _timelock;
        require(block.timestamp >= due, TimelockRunning());
        require(block.timestamp < due + GRACE, ChangeExpired());
        approved.closed = true;
        emit ChangeExecuted(number);
        _apply(approved.change);
    }

    /// @inheritdoc IGovernance
    function pause(uint256 duration) external whileRunning onlyGuardian {
        require(duration > 0, PauseTooLong());
        require(duration <= _pauseLimit, PauseTooLong());
        // The first pause comes decades after 0.
        require(block.timestamp >= _pausedAt + _pauseInterval, PauseTooSoon());
        uint256 until = block.timestamp + duration;
        (_pausedAt, _pausedUntil) = (uint128(block.timestamp), uint128(until));
        emit Paused(until);
    }

    /// @inheritdoc IGovernance
    function unpause() external onlyGuardian {
        if (block.timestamp < _pausedUntil) _pausedUntil = uint128(block.timestamp);
        emit Unpaused();
    }

    /// @inheritdoc IGovernance
    function publishAssociation(uint256 root) external {
        require(isProvider[msg.sender], NotProvider());
        require(root > 0, NotAFieldElement());
        require(root < R, NotAFieldElement());
        isAssociation[root] = true;
        emit AssociationPublished(root, msg.sender);
    }

    /// @inheritdoc IGovernance
    function proposal(uint256 number) external view returns (Proposal memory) {
        require(number < _proposals.length, UnknownChange());
        return _proposals[number];
    }

    /// @inheritdoc IGovernance
    function proposalCount() external view returns (uint256) {
        return _proposals.length;
    }

    /// @inheritdoc IGovernance
    function members() external view returns (Signers memory) {
        return _members.read();
    }

    /// @inheritdoc IGovernance
    function pausedUntil() external view returns (uint256) {
        return _pausedUntil;
    }

    /// @inheritdoc IGovernance
    function parametersAt(uint256 time) external view returns (uint256) {
        // Callers ask about the latest hour, so the newest comes first; the oldest holds for every time.
        uint256 i = _parameters.length - 1;
        while (_parameters[i].since > time) --i;
        return _parameters[i].hash;
    }

    /// @dev The approval that is enough starts the timelock; a later one starts no other.
    function _approve(uint256 number, Proposal storage approved) private {
        _vote(approved.approvals);
        emit ChangeApproved(number, msg.sender);
        if (approved.queuedAt == 0 && _enough(approved.approvals)) {
            approved.queuedAt = uint64(block.timestamp);
            emit ChangeQueued(number, block.timestamp + _timelock);
        }
    }

    function _vote(address[] storage voters) private {
        for (uint256 i = 0; i < voters.length; ++i) {
            require(voters[i] != msg.sender, AlreadyVoted());
        }
        voters.push(msg.sender);
    }

    /// @dev What was proposed as sound is done as it stands.
    function _apply(Change memory change) private {
        if (change.kind == ChangeKind.PARAMETERS) {
            _parameters.push(Parameters(block.timestamp, abi.decode(change.data, (uint256))));
        } else if (change.kind == ChangeKind.COMMITTEE) {
            oracle.setCommittee(abi.decode(change.data, (Signers)));
        } else if (change.kind == ChangeKind.VERIFIER) {
            (IVerifiers.ProofKind kind, bytes32 key) = abi.decode(change.data, (IVerifiers.ProofKind, bytes32));
            verifiers.setVerifier(kind, key);
        } else if (change.kind == ChangeKind.OPERATOR) {
            operator = abi.decode(change.data, (address));
        } else if (change.kind == ChangeKind.GUARDIAN) {
            guardian = abi.decode(change.data, (address));
        } else if (change.kind == ChangeKind.GOVERNANCE) {
            _members.replace(abi.decode(change.data, (Signers)));
        } else {
            (address provider, bool allowed) = abi.decode(change.data, (address, bool));
            isProvider[provider] = allowed;
        }
    }

    function _open(uint256 number) private view returns (Proposal storage found) {
        require(number < _proposals.length, UnknownChange());
        found = _proposals[number];
        require(!found.closed, ChangeClosed());
    }

    /// @dev Votes of those who are members now.
    function _enough(address[] storage voters) private view returns (bool) {
        uint256 count = 0;
        for (uint256 i = 0; i < voters.length; ++i) {
            if (_members.contains(voters[i])) ++count;
        }
        return count >= _members.threshold;
    }

    function _checkChange(Change calldata change) private view {
        if (change.kind == ChangeKind.PARAMETERS) {
            uint256 parametersHash = abi.decode(change.data, (uint256));
            require(parametersHash > 0, NotAFieldElement());
            require(parametersHash < R, NotAFieldElement());
        } else if (change.kind == ChangeKind.COMMITTEE || change.kind == ChangeKind.GOVERNANCE) {
            SignerSets.requireSound(abi.decode(change.data, (Signers)));
        } else if (change.kind == ChangeKind.VERIFIER) {
            (IVerifiers.ProofKind kind, bytes32 key) = abi.decode(change.data, (IVerifiers.ProofKind, bytes32));
            verifiers.checkChange(kind, key);
        } else if (change.kind == ChangeKind.PROVIDER) {
            (address provider,) = abi.decode(change.data, (address, bool));
            _somebody(provider);
        } else {
            _somebody(abi.decode(change.data, (address)));
        }
    }
}
