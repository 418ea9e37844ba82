// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IExit} from "../../src/interfaces/IExit.sol";
import {IVerifiers} from "../../src/interfaces/IVerifiers.sol";
import {Groth16} from "../../src/libraries/Groth16.sol";
import {BlockingToken} from "../tokens/BlockingToken.sol";
import {KeyForge} from "./KeyForge.sol";
import {System} from "./System.sol";

/// @notice Three members and a provider's root: those whom a freeze leaves behind.
abstract contract Leaving is System {
    uint256 internal constant ROOT = 0xA550C;
    /// @dev What all members brought.
    uint256 internal constant INSIDE = 9_000;

    /// @dev The point of G1 whose x is largest, -1, and above R; y is a root of 2.
    uint256 private constant LARGEST_X = 21888242871839275222246405745257275088696311157297823662689037894645226208582;
    uint256 private constant ITS_Y = 17918450306617730576773466553562392805212959031101866706334976164702657599807;
    /// @dev -1/13 modulo r.
    uint256 private constant OVER_DELTA = 1683710990141482709403569672712098083734489569262771872592169552813523730432;

    address internal carol = _named("carol");

    /// @dev Accounts 2, 3 and 4 of Alice, Bob and Carol with 3,000 each.
    function setUp() public virtual override {
        super.setUp();
        member(alice, INSIDE / 3);
        member(bob, INSIDE / 3);
        member(carol, INSIDE / 3);
        vouch(ROOT);
    }

    /// @dev A note of Bob's in the private form, with a fee for the relayer.
    function hidden(uint256 amount, uint256 fee, uint256 name) internal view returns (IExit.Withdrawal memory) {
        return privateVoucher(bob, ROOT, amount, fee, name);
    }

    /// @dev From now on the token refuses to pay somebody.
    function block_(address account) internal {
        vm.etch(address(usdc), address(new BlockingToken()).code);
        BlockingToken(address(usdc)).setBlocked(account, true);
    }

    /// @dev A proof whose A has a coordinate above R, as one in 2^127 has. A key is put in place of the kind's for which
    /// that can be known: A is its α and B its β, and C outweighs the inputs.
    function proveWithLargestX(IVerifiers.ProofKind kind, uint256[] memory inputs)
        internal
        returns (Groth16.Proof memory proof)
    {
        address place = verifiers.keyData(kind);
        bytes memory alpha = abi.encode(LARGEST_X, ITS_Y);
        bytes memory key = bytes.concat(hex"00", KeyForge.key(kind));
        for (uint256 i = 0; i < alpha.length; ++i) {
            key[1 + i] = alpha[i];
        }
        vm.etch(place, key);
        uint256 shown = 1000 * uint256(kind) + 10;
        for (uint256 i = 0; i < inputs.length; ++i) {
            shown = addmod(shown, mulmod(1000 * uint256(kind) + 11 + i, inputs[i], R), R);
        }
        (proof.aX, proof.aY) = (LARGEST_X, ITS_Y);
        (proof.bXImaginary, proof.bXReal, proof.bYImaginary, proof.bYReal) =
            abi.decode(KeyForge.beta(), (uint256, uint256, uint256, uint256));
        (proof.cX, proof.cY) = KeyForge.point(mulmod(shown, OVER_DELTA, R));
    }
}
