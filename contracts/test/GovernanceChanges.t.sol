// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Governance} from "../src/Governance.sol";
import {Settings, Signers} from "../src/interfaces/Deployment.sol";
import {
    ImmutableVerifier,
    MalformedChange,
    NotAFieldElement,
    UnknownVerifierKey,
    UnsafeSettings,
    UnsoundVerifierKey,
    ZeroAddress
} from "../src/interfaces/Errors.sol";
import {IGovernance} from "../src/interfaces/IGovernance.sol";
import {IVerifiers} from "../src/interfaces/IVerifiers.sol";
import {KeyForge} from "./support/KeyForge.sol";
import {System} from "./support/System.sol";

/// @notice Roles as deployed, and what may be made of them.
contract GovernanceChangesTest is System {
    // -- deployment

    function test_deploy_withUnsafeSettings_reverts() public {
        // L1-5; each relation by itself.
        for (uint256 i = 0; i < 18; ++i) {
            Settings memory unsafe = defaultSettings();
            if (i == 0) unsafe.timelock = unsafe.exitWindow;
            if (i == 1) unsafe.exitWindow = unsafe.forcedDeadline;
            if (i == 2) unsafe.claimDelay = unsafe.escapePriceDelay;
            if (i == 3) unsafe.liquidateMaxAge = unsafe.maxAge + 1;
            if (i == 4) unsafe.attestationAge = unsafe.insolvencyDeadline + 1;
            if (i == 5) unsafe.pauseLimit = unsafe.pauseInterval;
            if (i == 6) unsafe.minimumDeposit = 0;
            if (i == 7) unsafe.forcedDoubling = 0;
            if (i == 8) unsafe.vaultCeiling = (1 << 63) + 1;
            if (i == 9) unsafe.forcedFee = 0;
            if (i == 10) unsafe.forcedPerBlock = 0;
            if (i == 11) unsafe.claimWindow = 0;
            if (i == 12) unsafe.livenessDeadline = 0;
            if (i == 13) unsafe.depositWindow = 0;
            if (i == 14) unsafe.forcedDeadline = 0;
            if (i == 15) unsafe.attestationAge = 0;
            if (i == 16) unsafe.liquidateMaxAge = 0;
            if (i == 17) (unsafe.maxAge, unsafe.liquidateMaxAge) = (0, 0);
            vm.expectRevert(UnsafeSettings.selector);
            _deploy(unsafe, governanceSigners(), operator, guardian);
        }
        Settings memory tight = defaultSettings();
        (tight.liquidateMaxAge, tight.attestationAge) = (tight.maxAge, tight.insolvencyDeadline);
        _deploy(tight, governanceSigners(), operator, guardian);
    }

    function test_deploy_withSettingsThatAreJustSafe_deploys() public {
        Settings memory edge = defaultSettings();
        edge.exitWindow = edge.forcedDeadline + 1;
        edge.timelock = edge.exitWindow + 1;
        edge.claimDelay = edge.escapePriceDelay + 1;
        edge.liquidateMaxAge = edge.maxAge;
        edge.attestationAge = edge.insolvencyDeadline;
        edge.pauseLimit = edge.pauseInterval - 1;
        (edge.minimumDeposit, edge.forcedDoubling, edge.forcedFee, edge.forcedPerBlock) = (1, 1, 1, 1);
        edge.vaultCeiling = 1 << 63;
        _deploy(edge, governanceSigners(), operator, guardian);
        (edge.maxAge, edge.liquidateMaxAge, edge.attestationAge, edge.depositWindow) = (1, 1, 1, 1);
        (edge.forcedDeadline, edge.livenessDeadline, edge.claimWindow) = (1, 1, 1);
        _deploy(edge, governanceSigners(), operator, guardian);
    }

    function test_deploy_withoutAnOperatorOrGuardian_reverts() public {
        // L1-3.
        vm.expectRevert(ZeroAddress.selector);
        _deploy(settings, governanceSigners(), address(0), guardian);
        vm.expectRevert(ZeroAddress.selector);
        _deploy(settings, governanceSigners(), operator, address(0));
    }

    function test_deploy_withMembersThatAreNotSound_reverts() public {
        // L1-97.
        vm.expectRevert(MalformedChange.selector);
        _deploy(settings, Signers(governors, 0), operator, guardian);
        vm.expectRevert(MalformedChange.selector);
        _deploy(settings, Signers(governors, 4), operator, guardian);
    }

    function test_deploy_withTheLowestMemberThatIsSound_deploys() public {
        // L1-97: 0 is nobody, and 1 is somebody.
        address[] memory lowest = new address[](1);
        vm.expectRevert(MalformedChange.selector);
        _deploy(settings, Signers(lowest, 1), operator, guardian);
        lowest[0] = address(1);
        _deploy(settings, Signers(lowest, 1), operator, guardian);
    }

    function test_deploy_withParametersThatAreNoHash_reverts() public {
        vm.expectRevert(NotAFieldElement.selector);
        new Governance(deployedParts(), settings, governanceSigners(), operator, guardian, 0, new address[](0));
        vm.expectRevert(NotAFieldElement.selector);
        new Governance(deployedParts(), settings, governanceSigners(), operator, guardian, R, new address[](0));
    }

    function test_deploy_saysWhoHoldsWhichRole() public view {
        vm.assertEq(governance.operator(), operator);
        vm.assertEq(governance.guardian(), guardian);
        vm.assertEq(governance.members().members, governors);
        vm.assertEq(governance.members().threshold, 2);
        vm.assertTrue(governance.isProvider(provider));
        vm.assertEq(governance.proposalCount(), 0);
        vm.assertEq(governance.parametersAt(0), PARAMETERS);
        vm.assertEq(governance.pausedUntil(), 0);
    }

    // -- what may change

    function test_propose_whatMakesNoSense_reverts() public {
        address[] memory none = new address[](0);
        address[] memory down = new address[](2);
        (down[0], down[1]) = (address(6), address(5));
        address[] memory twice = new address[](2);
        (twice[0], twice[1]) = (address(5), address(5));
        address[] memory nobody = new address[](2);
        nobody[1] = address(5);
        IGovernance.ChangeKind[2] memory kinds = [IGovernance.ChangeKind.COMMITTEE, IGovernance.ChangeKind.GOVERNANCE];
        for (uint256 i = 0; i < kinds.length; ++i) {
            // L1-97.
            _refuse(kinds[i], abi.encode(Signers(governors, 0)), MalformedChange.selector);
            _refuse(kinds[i], abi.encode(Signers(governors, 4)), MalformedChange.selector);
            _refuse(kinds[i], abi.encode(Signers(none, 0)), MalformedChange.selector);
            _refuse(kinds[i], abi.encode(Signers(down, 1)), MalformedChange.selector);
            _refuse(kinds[i], abi.encode(Signers(twice, 1)), MalformedChange.selector);
            _refuse(kinds[i], abi.encode(Signers(nobody, 1)), MalformedChange.selector);
        }
        // L1-3.
        _refuse(IGovernance.ChangeKind.OPERATOR, abi.encode(address(0)), ZeroAddress.selector);
        _refuse(IGovernance.ChangeKind.GUARDIAN, abi.encode(address(0)), ZeroAddress.selector);
        _refuse(IGovernance.ChangeKind.PROVIDER, abi.encode(address(0), true), ZeroAddress.selector);
        // L1-4.
        _refuse(IGovernance.ChangeKind.PARAMETERS, abi.encode(0), NotAFieldElement.selector);
        _refuse(IGovernance.ChangeKind.PARAMETERS, abi.encode(R), NotAFieldElement.selector);
        vm.assertEq(governance.proposalCount(), 0);
    }

    function test_propose_aKeyThatCannotServe_reverts() public {
        bytes32 key = keccak256(KeyForge.key(IVerifiers.ProofKind.FUNDS));
        IGovernance.ChangeKind kind = IGovernance.ChangeKind.VERIFIER;
        // L1-96: the doors, before anything is said of the key.
        _refuse(kind, abi.encode(IVerifiers.ProofKind.WITHDRAW, bytes32(0)), ImmutableVerifier.selector);
        _refuse(kind, abi.encode(IVerifiers.ProofKind.ESCAPE, key), ImmutableVerifier.selector);
        // L1-97, L1-103, L1-102.
        _refuse(kind, abi.encode(IVerifiers.ProofKind.NONE, key), MalformedChange.selector);
        _refuse(kind, abi.encode(IVerifiers.ProofKind.TRADE, bytes32(0)), UnknownVerifierKey.selector);
        _refuse(kind, abi.encode(IVerifiers.ProofKind.SOLVENCY, key), UnsoundVerifierKey.selector);
    }

    function test_propose_dataThatCannotBeRead_reverts() public {
        bytes[4] memory data = [
            bytes(""), abi.encode(uint256(1) << 160), abi.encode(uint256(7), bytes32(0)), abi.encode(alice, uint256(2))
        ];
        IGovernance.ChangeKind[4] memory kinds = [
            IGovernance.ChangeKind.PARAMETERS,
            IGovernance.ChangeKind.OPERATOR,
            IGovernance.ChangeKind.VERIFIER,
            IGovernance.ChangeKind.PROVIDER
        ];
        for (uint256 i = 0; i < data.length; ++i) {
            vm.expectRevert();
            vm.prank(governors[0]);
            governance.propose(IGovernance.Change(kinds[i], data[i]));
        }
    }

    function test_execute_doesWhatTheChangeSays() public {
        _enact(IGovernance.ChangeKind.COMMITTEE, abi.encode(Signers(governors, 3)));
        vm.assertEq(oracle.committee().members, governors);
        vm.assertEq(oracle.committee().threshold, 3);
        bytes32 key = keccak256(KeyForge.key(IVerifiers.ProofKind.FUNDS));
        _enact(IGovernance.ChangeKind.VERIFIER, abi.encode(IVerifiers.ProofKind.TRADE, key));
        vm.assertEq(verifiers.verifier(IVerifiers.ProofKind.TRADE), key);
        _enact(IGovernance.ChangeKind.OPERATOR, abi.encode(alice));
        vm.assertEq(governance.operator(), alice);
        _enact(IGovernance.ChangeKind.GUARDIAN, abi.encode(bob));
        vm.assertEq(governance.guardian(), bob);
        vm.assertEq(governance.operator(), alice);
        _enact(IGovernance.ChangeKind.PROVIDER, abi.encode(alice, true));
        _enact(IGovernance.ChangeKind.PROVIDER, abi.encode(provider, false));
        vm.assertTrue(governance.isProvider(alice));
        vm.assertFalse(governance.isProvider(provider));
        _enact(IGovernance.ChangeKind.GOVERNANCE, abi.encode(Signers(committeeMembers, 1)));
        vm.assertEq(governance.members().members, committeeMembers);
        vm.assertEq(governance.members().threshold, 1);
    }

    function test_parameters_areThoseOfTheirTime() public {
        _enact(IGovernance.ChangeKind.PARAMETERS, abi.encode(R - 1));
        uint256 first = block.timestamp;
        _enact(IGovernance.ChangeKind.PARAMETERS, abi.encode(12));
        uint256 second = block.timestamp;
        vm.assertEq(governance.parametersAt(0), PARAMETERS);
        vm.assertEq(governance.parametersAt(first - 1), PARAMETERS);
        vm.assertEq(governance.parametersAt(first), R - 1);
        vm.assertEq(governance.parametersAt(second - 1), R - 1);
        vm.assertEq(governance.parametersAt(second), 12);
        vm.assertEq(governance.parametersAt(type(uint256).max), 12);
    }

    /// @dev Nobody freezes meanwhile, though anyone might.
    function _enact(IGovernance.ChangeKind kind, bytes memory data) private {
        uint256 number = decide(IGovernance.Change(kind, data));
        wait(settings.timelock);
        governance.execute(number);
    }

    function _refuse(IGovernance.ChangeKind kind, bytes memory data, bytes4 selector) private {
        vm.expectRevert(selector);
        vm.prank(governors[0]);
        governance.propose(IGovernance.Change(kind, data));
    }

    function _deploy(Settings memory with, Signers memory signers, address operator_, address guardian_) private {
        new Governance(deployedParts(), with, signers, operator_, guardian_, PARAMETERS, new address[](0));
    }
}
