// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Groth16} from "../../src/libraries/Groth16.sol";
import {IVerifiers} from "../../src/interfaces/IVerifiers.sol";

/// @title Proofs of any public inputs, for the real verifier.
/// @notice The numbers behind these keys are written here, and whoever knows them proves anything. Tests of the chain then
/// state what a proof shows and pay for two multiplications instead of a circuit. For proof kind K from 1 to 6:
///
///     α = (1000·K + 1)·G1    β = 11·G2    γ = G2    δ = 13·G2    IC_i = (1000·K + 10 + i)·G1
///
///     c = keccak(K, nonce, inputs) mod r, each 32 bytes      s = 17 when nonce is odd, else 1
///     A = (α·β + IC(x)·γ + c·δ)/s · G1,  B = s·G2,  C = c·G1
///
/// tests/support/forged_proofs.py does the same in Python; both must change together.
library KeyForge {
    uint256 internal constant R = 21888242871839275222246405745257275088548364400416034343698204186575808495617;

    uint256 private constant BETA = 11;
    uint256 private constant DELTA = 13;
    uint256 private constant SECOND = 17;
    /// @dev 1/17 modulo r.
    uint256 private constant SECOND_INVERSE =
        7725262190060920666675202027737861795958246258970365062481719124673814763159;

    // The imaginary half of a coordinate comes first.
    uint256 private constant ONE_X_IMAGINARY =
        11559732032986387107991004021392285783925812861821192530917403151452391805634;
    uint256 private constant ONE_X_REAL = 10857046999023057135944570762232829481370756359578518086990519993285655852781;
    uint256 private constant ONE_Y_IMAGINARY =
        4082367875863433681332203403145435568316851327593401208105741076214120093531;
    uint256 private constant ONE_Y_REAL = 8495653923123431417604973247489272438418190587263600148770280649306958101930;
    uint256 private constant BETA_X_IMAGINARY =
        15624790064206502667756020446826209080711344272800176518784649088946231692936;
    uint256 private constant BETA_X_REAL = 8472151341754925747860535367990505955708751825377817860727104273184244800723;
    uint256 private constant BETA_Y_IMAGINARY =
        19488077321171448217727198730828487286865984357780136663388739985720647978898;
    uint256 private constant BETA_Y_REAL = 1196137947243150610106053819405501111182787323156221967342356892090037828244;
    uint256 private constant DELTA_X_IMAGINARY =
        280672898440571232725436467950720547829638241593507531241322547969961007057;
    uint256 private constant DELTA_X_REAL =
        16137324789686743234629608741537369181251990815455155257427276976918350071287;
    uint256 private constant DELTA_Y_IMAGINARY =
        17641806683785498955878869918183868440783188556637975525088932771694068429840;
    uint256 private constant DELTA_Y_REAL =
        12136420650226457477690750437223209427924916790606163705631661913973995426040;
    uint256 private constant SECOND_X_IMAGINARY =
        15577308679414974642168536368096450326086203870944559758314800234684337462316;
    uint256 private constant SECOND_X_REAL =
        5571996575954125260736435753480252954196528247617148060558631406349160775832;
    uint256 private constant SECOND_Y_IMAGINARY =
        3949072583587836530885517791345259776526014207612010591436388615095276192789;
    uint256 private constant SECOND_Y_REAL =
        11302850696403459405052467769487663388868168369318255751101607320138145101673;

    /// @notice How many public inputs a kind of proof has.
    function inputsOf(IVerifiers.ProofKind kind) internal pure returns (uint256) {
        if (kind == IVerifiers.ProofKind.SOLVENCY) return 11;
        if (kind == IVerifiers.ProofKind.WITHDRAW) return 7;
        if (kind == IVerifiers.ProofKind.ESCAPE) return 6;
        return 12;
    }

    /// @notice The bytes of a kind's key, as IVerifiers.publish takes them.
    function key(IVerifiers.ProofKind kind) internal view returns (bytes memory) {
        return key(kind, inputsOf(kind));
    }

    /// @notice The same with another number of public inputs.
    function key(IVerifiers.ProofKind kind, uint256 inputs) internal view returns (bytes memory data) {
        (uint256 x, uint256 y) = point(_alpha(kind));
        data = bytes.concat(abi.encode(x, y), beta(), one(), delta());
        for (uint256 i = 0; i <= inputs; ++i) {
            (x, y) = point(_input(kind, i));
            data = bytes.concat(data, abi.encode(x, y));
        }
    }

    /// @notice The six keys of a system, for the constructor of Verifiers.
    function keys() internal view returns (bytes[6] memory all) {
        for (uint8 kind = 1; kind <= 6; ++kind) {
            all[kind - 1] = key(IVerifiers.ProofKind(kind));
        }
    }

    /// @notice A proof of these inputs; with another nonce it is another proof of them.
    function prove(IVerifiers.ProofKind kind, uint256[] memory inputs, uint256 nonce)
        internal
        view
        returns (Groth16.Proof memory)
    {
        return proveOff(kind, inputs, nonce, 0, 0);
    }

    /// @notice A proof whose two sides differ: A·B is too large by `moveA` and C by `moveC`, as multiples of a generator.
    /// @dev Two of one key cancel when their moves add up to 0 modulo r: the sums over A alone, or over C alone.
    function proveOff(IVerifiers.ProofKind kind, uint256[] memory inputs, uint256 nonce, uint256 moveA, uint256 moveC)
        internal
        view
        returns (Groth16.Proof memory proof)
    {
        (uint256 sum, uint256 c) = scalars(kind, inputs, nonce);
        sum = addmod(sum, moveA, R);
        (proof.bXImaginary, proof.bXReal) = (ONE_X_IMAGINARY, ONE_X_REAL);
        (proof.bYImaginary, proof.bYReal) = (ONE_Y_IMAGINARY, ONE_Y_REAL);
        if (nonce % 2 == 1) {
            sum = mulmod(sum, SECOND_INVERSE, R);
            (proof.bXImaginary, proof.bXReal) = (SECOND_X_IMAGINARY, SECOND_X_REAL);
            (proof.bYImaginary, proof.bYReal) = (SECOND_Y_IMAGINARY, SECOND_Y_REAL);
        }
        (proof.aX, proof.aY) = point(sum);
        (proof.cX, proof.cY) = point(addmod(c, moveC, R));
    }

    /// @notice What A·B of a proof is a multiple of, and C: α·β + IC(x)·γ + c·δ, and c.
    function scalars(IVerifiers.ProofKind kind, uint256[] memory inputs, uint256 nonce)
        internal
        pure
        returns (uint256 sum, uint256 c)
    {
        c = uint256(keccak256(abi.encodePacked(uint256(kind), nonce, inputs))) % R;
        sum = addmod(_alpha(kind) * BETA, _input(kind, 0), R);
        for (uint256 i = 0; i < inputs.length; ++i) {
            sum = addmod(sum, mulmod(_input(kind, i + 1), inputs[i], R), R);
        }
        sum = addmod(sum, mulmod(c, DELTA, R), R);
    }

    /// @notice A multiple of the generator of G1.
    function point(uint256 scalar) internal view returns (uint256 x, uint256 y) {
        bool done;
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, 1)
            mstore(add(free, 0x20), 2)
            mstore(add(free, 0x40), scalar)
            done := staticcall(gas(), 7, free, 0x60, free, 0x40)
            x := mload(free)
            y := mload(add(free, 0x20))
        }
        require(done, "ecMul failed");
    }

    // Points of G2, as four words each.

    function one() internal pure returns (bytes memory) {
        return abi.encode(ONE_X_IMAGINARY, ONE_X_REAL, ONE_Y_IMAGINARY, ONE_Y_REAL);
    }

    function beta() internal pure returns (bytes memory) {
        return abi.encode(BETA_X_IMAGINARY, BETA_X_REAL, BETA_Y_IMAGINARY, BETA_Y_REAL);
    }

    function delta() internal pure returns (bytes memory) {
        return abi.encode(DELTA_X_IMAGINARY, DELTA_X_REAL, DELTA_Y_IMAGINARY, DELTA_Y_REAL);
    }

    function second() internal pure returns (bytes memory) {
        return abi.encode(SECOND_X_IMAGINARY, SECOND_X_REAL, SECOND_Y_IMAGINARY, SECOND_Y_REAL);
    }

    function _alpha(IVerifiers.ProofKind kind) private pure returns (uint256) {
        return 1000 * uint256(kind) + 1;
    }

    function _input(IVerifiers.ProofKind kind, uint256 place) private pure returns (uint256) {
        return 1000 * uint256(kind) + 10 + place;
    }
}
