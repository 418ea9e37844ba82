// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Settings} from "../interfaces/Deployment.sol";
import {UnsafeSettings} from "../interfaces/Errors.sol";

/// @title Relations between deadlines that the promises to traders rest on.
library SettingsCheck {
    /// @dev L1-5.
    function check(Settings memory settings) internal pure {
        // Claims of equal rank are collected, nobody is late at once, and no clock has run out before it starts.
        require(settings.maxAge > 0 && settings.liquidateMaxAge > 0, UnsafeSettings());
        require(settings.attestationAge > 0 && settings.depositWindow > 0, UnsafeSettings());
        require(settings.forcedDeadline > 0 && settings.livenessDeadline > 0, UnsafeSettings());
        require(settings.claimWindow > 0, UnsafeSettings());
        // A change takes effect only after everybody who dislikes it could leave.
        require(settings.timelock > settings.exitWindow, UnsafeSettings());
        require(settings.exitWindow > settings.forcedDeadline, UnsafeSettings());
        // Escape prices are known before claims open.
        require(settings.claimDelay > settings.escapePriceDelay, UnsafeSettings());
        require(settings.liquidateMaxAge <= settings.maxAge, UnsafeSettings());
        // The gate shuts before anyone may freeze for it.
        require(settings.attestationAge <= settings.insolvencyDeadline, UnsafeSettings());
        require(settings.pauseLimit < settings.pauseInterval, UnsafeSettings());
        require(settings.minimumDeposit > 0, UnsafeSettings());
        // Forced requests are to be had, and not for nothing: a flood of them would end in a freeze.
        require(settings.forcedPerBlock > 0, UnsafeSettings());
        require(settings.forcedFee > 0, UnsafeSettings());
        require(settings.forcedDoubling > 0, UnsafeSettings());
        // Custody has 64 bits, and the vault's balance must stay below them whatever is donated besides.
        require(settings.vaultCeiling <= 1 << 63, UnsafeSettings());
    }
}
