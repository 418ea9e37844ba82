// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Signers} from "../../src/interfaces/Deployment.sol";
import {IOracle} from "../../src/interfaces/IOracle.sol";
import {Test} from "./Cheats.sol";

/// @notice Who is who in the tests, and the keys of those who sign.
abstract contract Actors is Test {
    address internal operator = _named("operator");
    address internal guardian = _named("guardian");
    address internal provider = _named("provider");
    address internal revenueOwner = _named("revenueOwner");
    address internal alice = _named("alice");
    address internal bob = _named("bob");
    address internal mallory = _named("mallory");
    address internal relayer = _named("relayer");

    /// @dev By ascending address, as contracts want them; two of three decide.
    address[] internal governors;
    address[] internal committeeMembers;
    mapping(address member => uint256) private privateKeys;

    uint256 internal constant THRESHOLD = 2;

    constructor() {
        governors = [_named("governor one"), _named("governor two"), _named("governor three")];
        _sort(governors);
        for (uint256 key = 0xC1; key <= 0xC3; ++key) {
            committeeMembers.push(vm.addr(key));
            privateKeys[vm.addr(key)] = key;
        }
        _sort(committeeMembers);
    }

    function governanceSigners() internal view returns (Signers memory) {
        return Signers(governors, THRESHOLD);
    }

    function committeeSigners() internal view returns (Signers memory) {
        return Signers(committeeMembers, THRESHOLD);
    }

    /// @dev The first members of the committee, just enough of them.
    function enoughSigners() internal view returns (address[] memory signers) {
        signers = new address[](THRESHOLD);
        for (uint256 i = 0; i < THRESHOLD; ++i) {
            signers[i] = committeeMembers[i];
        }
    }

    /// @dev Somebody with a key who is not in the committee.
    function stranger() internal returns (address account) {
        account = vm.addr(0xBAD);
        privateKeys[account] = 0xBAD;
    }

    function sign(bytes32 digest) internal view returns (IOracle.Signature[] memory) {
        return sign(digest, enoughSigners());
    }

    function sign(bytes32 digest, address[] memory signers) internal view returns (IOracle.Signature[] memory all) {
        all = new IOracle.Signature[](signers.length);
        for (uint256 i = 0; i < signers.length; ++i) {
            (bytes32 r, bytes32 vs) = vm.signCompact(privateKeys[signers[i]], digest);
            all[i] = IOracle.Signature(r, vs);
        }
    }

    function _named(string memory name) internal returns (address account) {
        account = address(uint160(uint256(keccak256(bytes(name)))));
        vm.label(account, name);
    }

    function _sort(address[] storage list) private {
        for (uint256 i = 1; i < list.length; ++i) {
            for (uint256 j = i; j > 0 && list[j] < list[j - 1]; --j) {
                (list[j], list[j - 1]) = (list[j - 1], list[j]);
            }
        }
    }
}
