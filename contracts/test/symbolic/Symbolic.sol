// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Parts, Settings} from "../../src/interfaces/Deployment.sol";
import {Test} from "../support/Cheats.sol";

/// @notice What halmos adds to the cheatcodes of forge.
interface Svm {
    /// @dev From here on whatever an account stores may be anything.
    function enableSymbolicStorage(address account) external;
}

/// @notice What the symbolic checks share. halmos runs every `check_` function for all values of its parameters at once;
/// a path that reverts claims nothing, so refusals are asked for by low-level calls.
/// @dev Checks are inductive: any state, one call, what must hold after it. forge runs none of them.
abstract contract Symbolic is Test {
    Svm internal constant svm = Svm(address(uint160(uint256(keccak256("svm cheat code")))));

    uint256 internal constant NOW = 1_800_000_000;
    /// @dev Beyond any sum of money, and far from where 256 bits wrap.
    uint256 internal constant BOUND = 1 << 128;

    /// @dev All parts at one address; a check puts there what answers for them.
    function partsAt(address everything) internal pure returns (Parts memory) {
        address one = everything;
        return Parts(one, one, one, one, one, one, one, one, one);
    }

    /// @dev The defaults of rollup/spec/settlement/settings.py.
    function defaultSettings() internal pure returns (Settings memory) {
        return Settings({
            maxAge: 1 hours,
            liquidateMaxAge: 10 minutes,
            attestationAge: 1 days,
            insolvencyDeadline: 3 days,
            depositWindow: 3 days,
            forcedDeadline: 7 days,
            livenessDeadline: 3 days,
            claimDelay: 1 days,
            claimWindow: 60 days,
            lateAccountDelay: 7 days,
            escapePriceDelay: 1 hours,
            exitWindow: 37 days,
            timelock: 45 days,
            pauseLimit: 7 days,
            pauseInterval: 30 days,
            forcedPerBlock: 10,
            forcedFee: 0.01 ether,
            forcedDoubling: 10,
            minimumDeposit: 100,
            vaultCeiling: 1 << 63
        });
    }

    // -- without branches, each of which would double the paths

    function both(bool one, bool other) internal pure returns (bool result) {
        assembly ("memory-safe") {
            result := and(one, other)
        }
    }

    function either(bool one, bool other) internal pure returns (bool result) {
        assembly ("memory-safe") {
            result := or(one, other)
        }
    }

    function implies(bool one, bool other) internal pure returns (bool) {
        return either(!one, other);
    }
}
