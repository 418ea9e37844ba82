// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Attestations} from "../../src/Attestations.sol";
import {Clearing} from "../../src/Clearing.sol";
import {Deposits} from "../../src/Deposits.sol";
import {Exit} from "../../src/Exit.sol";
import {Forced} from "../../src/Forced.sol";
import {Governance} from "../../src/Governance.sol";
import {Oracle} from "../../src/Oracle.sol";
import {TestUSDC} from "../../src/testing/TestUSDC.sol";
import {Vault} from "../../src/Vault.sol";
import {Verifiers} from "../../src/Verifiers.sol";
import {Parts, Settings, Shape} from "../../src/interfaces/Deployment.sol";
import {IAttestations} from "../../src/interfaces/IAttestations.sol";
import {IClearing} from "../../src/interfaces/IClearing.sol";
import {IDeposits} from "../../src/interfaces/IDeposits.sol";
import {IExit} from "../../src/interfaces/IExit.sol";
import {IForced} from "../../src/interfaces/IForced.sol";
import {IGovernance} from "../../src/interfaces/IGovernance.sol";
import {IOracle} from "../../src/interfaces/IOracle.sol";
import {IVault} from "../../src/interfaces/IVault.sol";
import {IVerifiers} from "../../src/interfaces/IVerifiers.sol";
import {Actors} from "./Actors.sol";
import {KeyForge} from "./KeyForge.sol";

/// @notice A system as it is after deployment: all nine parts, real ones, under keys that the tests can prove for.
abstract contract Deployed is Actors {
    uint256 internal constant R = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    /// @dev When it is deployed.
    uint256 internal constant NOW = 1_800_000_000;
    /// @dev Of the tiny profile: nothing owed, no blinding.
    uint256 internal constant SETTLED = 3122971915378501885680574763810911453010986584224296095623289891942980409572;
    uint256 internal constant PARAMETERS =
        11023789208229505607182694852374880446657451430732939460102727011210934737312;

    TestUSDC internal usdc;
    IVault internal vault;
    IDeposits internal deposits;
    IForced internal forced;
    IOracle internal oracle;
    IClearing internal clearing;
    IAttestations internal attestations;
    IGovernance internal governance;
    IVerifiers internal verifiers;
    IExit internal exit;

    Settings internal settings = defaultSettings();
    Shape internal shape = tinyShape();
    uint256 internal genesisRoot = field("genesis");

    /// @dev Deploys everything with `settings` and `shape`, which a test may change before.
    function deploy() internal {
        usdc = new TestUSDC();
        Parts memory parts = predictedParts();
        vault = IVault(address(new Vault(parts, settings, IERC20(address(usdc)))));
        deposits = IDeposits(address(new Deposits(parts, settings, shape.accountDepth, revenueOwner)));
        forced = IForced(address(new Forced(parts, settings)));
        oracle = IOracle(address(new Oracle(parts, settings, shape.slots, committeeSigners())));
        clearing = IClearing(address(new Clearing(parts, settings, shape, genesisRoot, SETTLED)));
        attestations = IAttestations(address(new Attestations(parts, settings)));
        address[] memory providers = new address[](1);
        providers[0] = provider;
        governance = IGovernance(
            address(new Governance(parts, settings, governanceSigners(), operator, guardian, PARAMETERS, providers))
        );
        verifiers = IVerifiers(address(new Verifiers(parts, KeyForge.keys())));
        exit = IExit(address(new Exit(parts, settings)));
        vm.assertEq(address(exit), parts.exit, "parts stand where they were predicted");
    }

    /// @dev Where the next nine contracts of this account will be, in the order of the struct.
    function predictedParts() internal view returns (Parts memory) {
        uint256 nonce = vm.getNonce(address(this));
        return Parts({
            vault: vm.computeCreateAddress(address(this), nonce),
            deposits: vm.computeCreateAddress(address(this), nonce + 1),
            forced: vm.computeCreateAddress(address(this), nonce + 2),
            oracle: vm.computeCreateAddress(address(this), nonce + 3),
            clearing: vm.computeCreateAddress(address(this), nonce + 4),
            attestations: vm.computeCreateAddress(address(this), nonce + 5),
            governance: vm.computeCreateAddress(address(this), nonce + 6),
            verifiers: vm.computeCreateAddress(address(this), nonce + 7),
            exit: vm.computeCreateAddress(address(this), nonce + 8)
        });
    }

    /// @dev Where the parts are that were deployed.
    function deployedParts() internal view returns (Parts memory) {
        return Parts({
            vault: address(vault),
            deposits: address(deposits),
            forced: address(forced),
            oracle: address(oracle),
            clearing: address(clearing),
            attestations: address(attestations),
            governance: address(governance),
            verifiers: address(verifiers),
            exit: address(exit)
        });
    }

    /// @dev In every proof; told from the rules and not by the contract.
    function domain() internal view returns (uint256) {
        return uint256(keccak256(abi.encode(block.chainid, address(clearing), uint256(1)))) % R;
    }

    /// @dev Those of rollup/spec/settlement/settings.py, but for a deposit that is cheap enough for tests.
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

    /// @dev The tiny profile of circuits/manifest.toml.
    function tinyShape() internal pure returns (Shape memory) {
        return Shape({accountDepth: 3, slots: 16, narrow: 2, wide: 1, legs: 2, operations: 4, liquidations: 2});
    }

    /// @dev Some field element, always the same for a name.
    function field(string memory name) internal pure returns (uint256) {
        return uint256(keccak256(bytes(name))) % R;
    }

    function field(string memory name, uint256 number) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(name, number))) % R;
    }

    function wait(uint256 duration) internal {
        vm.warp(block.timestamp + duration);
        vm.roll(block.number + 1);
    }
}
