// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Oracle} from "../src/Oracle.sol";
import {Parts, Signers} from "../src/interfaces/Deployment.sol";
import {
    ForeignCaller,
    MalformedChange,
    NotInCommittee,
    SignersNotAscending,
    TooFewSigners,
    ZeroAddress
} from "../src/interfaces/Errors.sol";
import {IOracle} from "../src/interfaces/IOracle.sol";
import {OracleTables} from "./support/OracleTables.sol";

/// @notice Who may post, signed by whom.
contract OracleSignaturesTest is OracleTables {
    // -- deployment and roles

    function test_deploy_withACommitteeThatIsNotSound_reverts() public {
        // L1-97.
        address[] memory none = new address[](0);
        address[] memory twice = new address[](2);
        (twice[0], twice[1]) = (alice, alice);
        address[] memory nobody = new address[](1);
        _refuseCommittee(Signers(none, 0));
        _refuseCommittee(Signers(twice, 1));
        _refuseCommittee(Signers(nobody, 1));
        _refuseCommittee(Signers(committeeMembers, 0));
        _refuseCommittee(Signers(committeeMembers, 4));
        address[] memory down = new address[](2);
        (down[0], down[1]) = (committeeMembers[1], committeeMembers[0]);
        _refuseCommittee(Signers(down, 1));
    }

    function test_deploy_withoutAPart_reverts() public {
        // L1-3.
        Parts memory parts = deployedParts();
        parts.clearing = address(0);
        vm.expectRevert(ZeroAddress.selector);
        new Oracle(parts, settings, shape.slots, committeeSigners());
    }

    function test_deploy_saysWhoSigns() public {
        vm.expectEmit();
        emit IOracle.CommitteeChanged(committeeMembers, 2);
        Oracle fresh = new Oracle(deployedParts(), settings, shape.slots, committeeSigners());
        vm.assertEq(fresh.committee().members, committeeMembers);
        vm.assertEq(fresh.committee().threshold, 2);
    }

    function test_callFunctionsOfParts_bySomebodyElse_reverts() public {
        // L1-8.
        IOracle.SignedTable memory posted = signed(tableNow());
        vm.expectRevert(ForeignCaller.selector);
        oracle.postIfNew(posted);
        vm.expectRevert(ForeignCaller.selector);
        oracle.recordEmpty(1, 2);
        vm.expectRevert(ForeignCaller.selector);
        oracle.setCommittee(committeeSigners());
    }

    function test_setCommittee_replacesTheWholeCommittee() public {
        address[] memory others = new address[](1);
        others[0] = stranger();
        vm.expectEmit(address(oracle));
        emit IOracle.CommitteeChanged(others, 1);
        vm.prank(address(governance));
        oracle.setCommittee(Signers(others, 1));
        vm.assertEq(oracle.committee().members, others);
        refuse(tableNow(), NotInCommittee.selector);
        oracle.postTable(signed(tableNow(), others));
    }

    // -- signatures

    function test_post_whenSignaturesAreTooFew_reverts() public {
        // L1-30.
        refuse(tableNow(), TooFewSigners.selector, pick(0));
        refuse(tableNow(), TooFewSigners.selector, new address[](0));
    }

    function test_post_whenSignersDoNotAscend_reverts() public {
        // L1-31: one who signs twice counts once.
        refuse(tableNow(), SignersNotAscending.selector, pick(0, 0));
        refuse(tableNow(), SignersNotAscending.selector, pick(1, 0));
    }

    function test_post_whenSignedByAStranger_reverts() public {
        // L1-32, and the order of the committee does not matter to it.
        address[] memory signers = pick(0, 1);
        address other = stranger();
        (signers[0], signers[1]) = other < signers[0] ? (other, signers[0]) : (signers[0], other);
        refuse(tableNow(), NotInCommittee.selector, signers);
    }

    function test_post_whenOneOfThreeIsAStranger_reverts() public {
        // L1-32: whoever is too many must be a member as well.
        address[] memory signers = new address[](3);
        (signers[0], signers[1], signers[2]) = (committeeMembers[0], committeeMembers[1], stranger());
        for (uint256 i = 2; i > 0 && signers[i] < signers[i - 1]; --i) {
            (signers[i], signers[i - 1]) = (signers[i - 1], signers[i]);
        }
        refuse(tableNow(), NotInCommittee.selector, signers);
        oracle.postTable(signed(tableNow(), committeeMembers));
    }

    function test_post_whenASignatureCannotBeRecovered_reverts() public {
        // L1-32 for the first, who is address 0 then; L1-31 for a later one.
        IOracle.SignedTable memory posted = signed(tableNow());
        bytes32 kept = posted.signatures[0].r;
        posted.signatures[0].r = 0;
        vm.expectRevert(NotInCommittee.selector);
        oracle.postTable(posted);
        (posted.signatures[0].r, posted.signatures[1].r) = (kept, 0);
        vm.expectRevert(SignersNotAscending.selector);
        oracle.postTable(posted);
    }

    function test_post_whenASignatureIsMalleated_reverts() public {
        // The other form of a signature has a high s, which takes the bit that says v: it is another signer's.
        oneSignerDecides();
        IOracle.SignedTable memory posted = signed(tableNow(), pick(0));
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        bytes32 vs = posted.signatures[0].vs;
        uint256 s = uint256(vs) & (type(uint256).max >> 1);
        bytes32[3] memory tricks = [vs ^ bytes32(uint256(1) << 255), bytes32(order - s), bytes32(~s)];
        for (uint256 i = 0; i < tricks.length; ++i) {
            posted.signatures[0].vs = tricks[i];
            vm.expectRevert(NotInCommittee.selector);
            oracle.postTable(posted);
        }
    }

    function test_post_whenAnythingSignedIsChanged_reverts() public {
        // L1-32. The bit of active slots is told from the marks before; marks that would be others are refused there.
        oneSignerDecides();
        IOracle.Signature[] memory signatures = signed(tableNow(), pick(0)).signatures;
        for (uint256 i = 0; i < 6; ++i) {
            IOracle.Table memory table = tableOf(lastEpoch, uint64(block.timestamp), marksOf());
            if (i == 0) table.epoch += 1;
            if (i == 1) table.time -= 1;
            if (i == 2) table.riskRoot += 1;
            if (i == 3) table.marks[1] = mark(1, 1, 1_001);
            if (i == 4) table.stressRoot += 1;
            if (i == 5) table.inputs = "others";
            vm.expectRevert(NotInCommittee.selector);
            oracle.postTable(IOracle.SignedTable(table, signatures));
        }
    }

    function test_post_whenSignedForAnotherSystem_reverts() public {
        // Trap 12, L1-32: a table of another deployment, and of the same one on another chain.
        oneSignerDecides();
        IOracle.Table memory table = tableNow();
        Parts memory parts = deployedParts();
        parts.clearing = mallory;
        Oracle other = new Oracle(parts, settings, shape.slots, committeeSigners());
        IOracle.SignedTable memory posted = IOracle.SignedTable(table, sign(other.digestOfTable(table), pick(0)));
        vm.expectRevert(NotInCommittee.selector);
        oracle.postTable(posted);
        vm.chainId(block.chainid + 1);
        other = new Oracle(deployedParts(), settings, shape.slots, committeeSigners());
        posted.signatures = sign(other.digestOfTable(table), pick(0));
        vm.expectRevert(NotInCommittee.selector);
        oracle.postTable(posted);
    }

    function test_digest_isThatOfTypedData() public {
        IOracle.Table memory table = tableNow();
        bytes32 separator = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("zkclear"),
                keccak256("1"),
                block.chainid,
                address(clearing)
            )
        );
        bytes memory packed = bytes.concat(abi.encodePacked(table.marks), bytes32(table.stressRoot));
        bytes32 struct_ = keccak256(
            abi.encode(
                keccak256("RiskTable(uint256 epoch,uint256 time,uint256 riskRoot,bool anyActive,bytes32 data)"),
                table.epoch,
                table.time,
                table.riskRoot,
                table.anyActive,
                keccak256(bytes.concat(packed, keccak256(table.inputs)))
            )
        );
        vm.assertEq(oracle.digestOfTable(table), keccak256(bytes.concat(hex"1901", separator, struct_)));
        struct_ = keccak256(
            abi.encode(keccak256("Listing(uint256 slot,uint256 listing,bytes32 terms)"), 2, 1, bytes32("terms"))
        );
        vm.assertEq(
            oracle.digestOfListing(2, 1, bytes32("terms")), keccak256(bytes.concat(hex"1901", separator, struct_))
        );
    }

    function _refuseCommittee(Signers memory signers) private {
        vm.expectRevert(MalformedChange.selector);
        new Oracle(deployedParts(), settings, shape.slots, signers);
    }
}
