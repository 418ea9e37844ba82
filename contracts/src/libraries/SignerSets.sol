// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MalformedChange} from "../interfaces/Errors.sol";
import {Signers} from "../interfaces/Deployment.sol";

/// @title Groups of signers that are replaced as a whole: the oracle committee, and governance.
library SignerSets {
    struct Set {
        address[] members;
        uint128 threshold;
        /// Raised at each replacement, so that nobody's membership need be erased.
        uint128 generation;
        mapping(uint256 generation => mapping(address account => bool)) isMember;
    }

    /// @dev The signers must be sound.
    function replace(Set storage set, Signers memory signers) internal {
        set.members = signers.members;
        set.threshold = uint128(signers.threshold);
        mapping(address account => bool) storage isMember = set.isMember[++set.generation];
        for (uint256 i = 0; i < signers.members.length; ++i) {
            isMember[signers.members[i]] = true;
        }
    }

    function contains(Set storage set, address account) internal view returns (bool) {
        return set.isMember[set.generation][account];
    }

    function read(Set storage set) internal view returns (Signers memory) {
        return Signers(set.members, set.threshold);
    }

    /// @dev L1-97: nobody is named twice, nobody is 0, and the threshold can be met and is not nothing.
    function requireSound(Signers memory signers) internal pure {
        bool ascending = true;
        address previous = address(0);
        for (uint256 i = 0; i < signers.members.length; ++i) {
            ascending = ascending && previous < signers.members[i];
            previous = signers.members[i];
        }
        require(ascending, MalformedChange());
        require(signers.threshold > 0, MalformedChange());
        require(signers.threshold <= signers.members.length, MalformedChange());
    }
}
