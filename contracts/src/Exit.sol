// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Escapes} from "./exit/Escapes.sol";
import {Notes} from "./exit/Notes.sol";
import {Part} from "./Part.sol";
import {Parts, Settings} from "./interfaces/Deployment.sol";
import {Shares} from "./exit/Shares.sol";

/// @title Leaving: claims to notes while the system runs, and everybody's share of a frozen one.
contract Exit is Notes, Escapes {
    constructor(Parts memory parts, Settings memory settings) Part(parts) Shares(settings) Escapes(settings) {}
}
