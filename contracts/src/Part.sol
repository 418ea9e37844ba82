// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ZeroAddress, ForeignCaller, SystemFrozen} from "./interfaces/Errors.sol";
import {IAttestations} from "./interfaces/IAttestations.sol";
import {IClearing} from "./interfaces/IClearing.sol";
import {IDeposits} from "./interfaces/IDeposits.sol";
import {IExit} from "./interfaces/IExit.sol";
import {IForced} from "./interfaces/IForced.sol";
import {IGovernance} from "./interfaces/IGovernance.sol";
import {IOracle} from "./interfaces/IOracle.sol";
import {Parts} from "./interfaces/Deployment.sol";
import {IVault} from "./interfaces/IVault.sol";
import {IVerifiers} from "./interfaces/IVerifiers.sol";

/// @title One part of the system, which knows the others from its first moment on.
/// @dev The addresses are known before anything is deployed, because CREATE addresses are. So there are no setters, and
/// nobody can put a part of their own in the place of one of ours between two transactions.
abstract contract Part {
    /// @dev Order of the scalar field of BN254: what every number that a proof reads stays below.
    uint256 internal constant R = 21888242871839275222246405745257275088548364400416034343698204186575808495617;

    /// @dev Of the protocol; in every domain.
    uint256 internal constant VERSION = 1;

    IVault internal immutable vault;
    IDeposits internal immutable deposits;
    IForced internal immutable forced;
    IOracle internal immutable oracle;
    IClearing internal immutable clearing;
    IAttestations internal immutable attestations;
    IGovernance internal immutable governance;
    IVerifiers internal immutable verifiers;
    IExit internal immutable exit;

    /// @dev In every signed message, and a public input of every proof: this system and no other.
    uint256 internal immutable domain;

    constructor(Parts memory parts) {
        vault = IVault(_somebody(parts.vault));
        deposits = IDeposits(_somebody(parts.deposits));
        forced = IForced(_somebody(parts.forced));
        oracle = IOracle(_somebody(parts.oracle));
        clearing = IClearing(_somebody(parts.clearing));
        attestations = IAttestations(_somebody(parts.attestations));
        governance = IGovernance(_somebody(parts.governance));
        verifiers = IVerifiers(_somebody(parts.verifiers));
        exit = IExit(_somebody(parts.exit));
        domain = uint256(keccak256(abi.encode(block.chainid, parts.clearing, VERSION))) % R;
    }

    /// @dev L1-8: for functions that only one other part calls.
    modifier onlyFrom(address part) {
        require(msg.sender == part, ForeignCaller());
        _;
    }

    /// @dev L1-1: for what only a running system does.
    modifier whileRunning() {
        require(attestations.frozenAt() == 0, SystemFrozen());
        _;
    }

    /// @dev L1-3.
    function _somebody(address account) internal pure returns (address) {
        require(account != address(0), ZeroAddress());
        return account;
    }
}
