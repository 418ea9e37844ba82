// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ImmutableVerifier, MalformedChange, UnknownVerifierKey, UnsoundVerifierKey} from "./interfaces/Errors.sol";
import {IVerifiers} from "./interfaces/IVerifiers.sol";
import {Part} from "./Part.sol";
import {Parts} from "./interfaces/Deployment.sol";
import {Shared} from "./libraries/Shared.sol";
import {VerifierKey} from "./libraries/VerifierKey.sol";

/// @title The registry of verifier keys.
contract Verifiers is IVerifiers, Part {
    /// @dev Returns what stands behind it as the code of a contract.
    bytes private constant STORE = hex"600b5981380380925939f3";

    /// @inheritdoc IVerifiers
    mapping(ProofKind kind => bytes32 key) public verifier;

    /// @inheritdoc IVerifiers
    mapping(bytes32 key => address data) public published;

    /// @param keys Of all kinds, in their order.
    constructor(Parts memory parts, bytes[6] memory keys) Part(parts) {
        for (uint256 i = 0; i < keys.length; ++i) {
            bytes32 name = _publish(keys[i]);
            ProofKind kind = ProofKind(i + 1);
            _requireFits(kind, name);
            _set(kind, name);
        }
    }

    /// @inheritdoc IVerifiers
    function publish(bytes calldata key) external returns (bytes32 name) {
        return _publish(key);
    }

    /// @inheritdoc IVerifiers
    function setVerifier(ProofKind kind, bytes32 key) external onlyFrom(address(governance)) {
        checkChange(kind, key);
        _set(kind, key);
    }

    /// @inheritdoc IVerifiers
    function checkChange(ProofKind kind, bytes32 key) public view {
        // L1-96: nobody who left their tokens here may find the doors changed.
        require(kind != ProofKind.WITHDRAW && kind != ProofKind.ESCAPE, ImmutableVerifier());
        // L1-97.
        require(kind != ProofKind.NONE, MalformedChange());
        _requireFits(kind, key);
    }

    /// @inheritdoc IVerifiers
    function keyData(ProofKind kind) external view returns (address) {
        return published[verifier[kind]];
    }

    function _set(ProofKind kind, bytes32 key) private {
        verifier[kind] = key;
        emit VerifierChanged(kind, key);
    }

    function _publish(bytes memory key) private returns (bytes32 name) {
        name = keccak256(key);
        if (published[name] != address(0)) return name;
        VerifierKey.check(key);
        // A byte that stops whoever calls this as a program.
        bytes memory creation = abi.encodePacked(STORE, hex"00", key);
        address data;
        assembly ("memory-safe") {
            data := create(0, add(creation, 0x20), mload(creation))
        }
        // L1-102: longer than code may be.
        require(data != address(0), UnsoundVerifierKey());
        published[name] = data;
        emit KeyPublished(name, VerifierKey.inputsOf(key.length), data);
    }

    function _requireFits(ProofKind kind, bytes32 key) private view {
        address data = published[key];
        // L1-103.
        require(data != address(0), UnknownVerifierKey());
        // L1-102.
        require(VerifierKey.inputsOf(data.code.length - 1) == _inputsOf(kind), UnsoundVerifierKey());
    }

    /// @dev How many public inputs the circuit of a kind has.
    function _inputsOf(ProofKind kind) private pure returns (uint256) {
        if (kind == ProofKind.SOLVENCY) return Shared.SOLVENCY_INPUTS;
        if (kind == ProofKind.WITHDRAW) return Shared.WITHDRAW_INPUTS;
        if (kind == ProofKind.ESCAPE) return Shared.ESCAPE_INPUTS;
        return Shared.STEP_INPUTS;
    }
}
