// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The registry of verifier keys.
/// @notice Anyone publishes a key; what cannot be sound is refused. Which key a kind of proof is checked by changes only
/// through governance, and never for the two kinds by which people leave.
interface IVerifiers {
    /// @notice What a key is for; the first three are the kinds of steps.
    enum ProofKind {
        NONE,
        TRADE,
        FUNDS,
        LIQUIDATE,
        SOLVENCY,
        WITHDRAW,
        ESCAPE
    }

    event KeyPublished(bytes32 indexed key, uint256 inputs, address data);
    event VerifierChanged(ProofKind indexed kind, bytes32 indexed key);

    /// @notice Publish a key: α, β, γ, δ and the points of its public inputs, as 32-byte words the way the precompiles
    /// take them. Its name is its keccak.
    function publish(bytes calldata key) external returns (bytes32 name);

    /// @notice Check a kind of proof by another key from now on; only for governance.
    function setVerifier(ProofKind kind, bytes32 key) external;

    /// @notice Reverts unless a key may serve a kind: published, with that kind's public inputs, and not a way out.
    function checkChange(ProofKind kind, bytes32 key) external view;

    /// @notice Name of the key that a kind is checked by.
    function verifier(ProofKind kind) external view returns (bytes32);

    /// @notice Where the bytes of that key are: the code of this address, after one byte.
    function keyData(ProofKind kind) external view returns (address);

    /// @notice Where a published key is; nobody when it is not.
    function published(bytes32 key) external view returns (address);
}
