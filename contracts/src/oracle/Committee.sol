// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import {Part} from "../Part.sol";
import {Parts, Signers} from "../interfaces/Deployment.sol";
import {NotInCommittee, SignersNotAscending, TooFewSigners} from "../interfaces/Errors.sol";
import {IOracle} from "../interfaces/IOracle.sol";
import {SignerSets} from "../libraries/SignerSets.sol";

/// @title The oracle committee, and what its members sign: typed data, bound to this chain and this system.
abstract contract Committee is IOracle, Part {
    using SignerSets for SignerSets.Set;

    bytes32 private constant DOMAIN_TYPE =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant TABLE_TYPE =
        keccak256("RiskTable(uint256 epoch,uint256 time,uint256 riskRoot,bool anyActive,bytes32 data)");
    bytes32 private constant LISTING_TYPE = keccak256("Listing(uint256 slot,uint256 listing,bytes32 terms)");

    bytes32 private immutable _separator;

    SignerSets.Set private _committee;

    constructor(Parts memory parts, Signers memory signers) Part(parts) {
        SignerSets.requireSound(signers);
        _separator =
            keccak256(abi.encode(DOMAIN_TYPE, keccak256("zkclear"), keccak256("1"), block.chainid, parts.clearing));
        _replaceCommittee(signers);
    }

    /// @inheritdoc IOracle
    function setCommittee(Signers calldata signers) external onlyFrom(address(governance)) {
        // Governance has checked them when they were proposed.
        _replaceCommittee(signers);
    }

    /// @inheritdoc IOracle
    function committee() external view returns (Signers memory) {
        return _committee.read();
    }

    /// @inheritdoc IOracle
    function digestOfTable(Table calldata posted) public view returns (bytes32) {
        bytes32 data = keccak256(abi.encodePacked(posted.marks, posted.stressRoot, keccak256(posted.inputs)));
        bytes memory members = abi.encode(posted.epoch, posted.time, posted.riskRoot, posted.anyActive, data);
        return _digest(keccak256(bytes.concat(TABLE_TYPE, members)));
    }

    /// @inheritdoc IOracle
    function digestOfListing(uint256 slot, uint256 listing, bytes32 hash) public view returns (bytes32) {
        return _digest(keccak256(abi.encode(LISTING_TYPE, slot, listing, hash)));
    }

    /// @dev At least M members of the committee, strictly ascending, so that nobody counts twice.
    function _checkSignatures(bytes32 digest, Signature[] calldata signatures) internal view {
        require(signatures.length >= _committee.threshold, TooFewSigners());
        address[] memory signers = new address[](signatures.length);
        for (uint256 i = 0; i < signers.length; ++i) {
            // A signature that nobody can have made is one of address 0.
            (signers[i],,) = ECDSA.tryRecover(digest, signatures[i].r, signatures[i].vs);
            require(i == 0 || signers[i - 1] < signers[i], SignersNotAscending());
        }
        for (uint256 i = 0; i < signers.length; ++i) {
            require(_committee.contains(signers[i]), NotInCommittee());
        }
    }

    function _replaceCommittee(Signers memory signers) private {
        _committee.replace(signers);
        emit CommitteeChanged(signers.members, signers.threshold);
    }

    function _digest(bytes32 structHash) private view returns (bytes32) {
        return keccak256(abi.encodePacked("\x19\x01", _separator, structHash));
    }
}
