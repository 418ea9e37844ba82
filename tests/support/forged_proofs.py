"""
Proofs of any public inputs, for the contracts' verifier: the Python twin of contracts/test/support/KeyForge.sol.

The numbers behind these keys are written here, and whoever knows them proves anything. A test of the chain then states
what a proof shows, and needs no circuit. For proof kind K from 1 to 6:

    α = (1000·K + 1)·G1    β = 11·G2    γ = G2    δ = 13·G2    IC_i = (1000·K + 10 + i)·G1

    c = keccak(K, nonce, inputs) mod r, each 32 bytes      s = 17 when nonce is odd, else 1
    A = (α·β + IC(x)·γ + c·δ)/s · G1,  B = s·G2,  C = c·G1

Both files must change together; the same golden hashes stand in the tests of both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from prover.reference.bn254 import G1, G2, G1Point, G2Point, multiply
from prover.reference.groth16 import Groth16Proof, VerificationKey
from rollup.spec.data import encode
from rollup.spec.hashes import R, keccak_to_field
from rollup.spec.settlement import ProofKind
from rollup.spec.shared import PUBLIC_INPUTS

__all__ = ["INPUTS", "ForgedKeys", "proof_of_words"]

INPUTS: Final = {
    ProofKind.TRADE: len(PUBLIC_INPUTS["step"]),
    ProofKind.FUNDS: len(PUBLIC_INPUTS["step"]),
    ProofKind.LIQUIDATE: len(PUBLIC_INPUTS["step"]),
    ProofKind.SOLVENCY: len(PUBLIC_INPUTS["solvency"]),
    ProofKind.WITHDRAW: len(PUBLIC_INPUTS["withdraw"]),
    ProofKind.ESCAPE: len(PUBLIC_INPUTS["escape"]),
}
"""How many public inputs a kind of proof has."""

_BETA, _DELTA, _SECOND = 11, 13, 17

_G2: Final = {
    1: G2,
    _BETA: G2Point(
        (
            8472151341754925747860535367990505955708751825377817860727104273184244800723,
            15624790064206502667756020446826209080711344272800176518784649088946231692936,
        ),
        (
            1196137947243150610106053819405501111182787323156221967342356892090037828244,
            19488077321171448217727198730828487286865984357780136663388739985720647978898,
        ),
    ),
    _DELTA: G2Point(
        (
            16137324789686743234629608741537369181251990815455155257427276976918350071287,
            280672898440571232725436467950720547829638241593507531241322547969961007057,
        ),
        (
            12136420650226457477690750437223209427924916790606163705631661913973995426040,
            17641806683785498955878869918183868440783188556637975525088932771694068429840,
        ),
    ),
    _SECOND: G2Point(
        (
            5571996575954125260736435753480252954196528247617148060558631406349160775832,
            15577308679414974642168536368096450326086203870944559758314800234684337462316,
        ),
        (
            11302850696403459405052467769487663388868168369318255751101607320138145101673,
            3949072583587836530885517791345259776526014207612010591436388615095276192789,
        ),
    ),
}
"""The few multiples of the generator of G2 that keys and proofs have."""


@dataclass(frozen=True, slots=True)
class ForgedKeys:
    """The key of one kind of proof, and what is behind it."""

    kind: ProofKind

    @property
    def verification_key(self) -> VerificationKey:
        """The key as our verifier takes it."""
        points = tuple(multiply(G1, self._input(place)) for place in range(INPUTS[self.kind] + 1))
        return VerificationKey(multiply(G1, self._alpha), _G2[_BETA], G2, _G2[_DELTA], points)

    def key_bytes(self) -> bytes:
        """The key as the contract takes it: α, β, γ, δ, IC."""
        key = self.verification_key
        words = [*key.alpha, *_words(key.beta), *_words(key.gamma), *_words(key.delta)]
        return encode([*words, *(coordinate for point in key.ic for coordinate in point)])

    def prove(self, inputs: Sequence[int], nonce: int = 0) -> tuple[int, ...]:
        """The eight words of a proof of these inputs; with another nonce it is another proof of them."""
        assert len(inputs) == INPUTS[self.kind], f"{self.kind.name} has {INPUTS[self.kind]} public inputs"
        c = keccak_to_field(encode([self.kind, nonce, *inputs]))
        shown = sum(self._input(place) * value for place, value in enumerate((1, *inputs)))
        scale = _SECOND if nonce % 2 else 1
        a = (self._alpha * _BETA + shown + c * _DELTA) * pow(scale, -1, R) % R
        return (*multiply(G1, a), *_words(_G2[scale]), *multiply(G1, c))

    @property
    def _alpha(self) -> int:
        return 1000 * self.kind + 1

    def _input(self, place: int) -> int:
        return 1000 * self.kind + 10 + place


def proof_of_words(words: Sequence[int]) -> Groth16Proof:
    """The proof in the eight words that the contract takes."""
    a_x, a_y, x_imaginary, x_real, y_imaginary, y_real, c_x, c_y = words
    return Groth16Proof(G1Point(a_x, a_y), G2Point((x_real, x_imaginary), (y_real, y_imaginary)), G1Point(c_x, c_y))


def _words(point: G2Point) -> tuple[int, int, int, int]:
    """As the precompiles take it: the imaginary half of a coordinate first."""
    return point.x[1], point.x[0], point.y[1], point.y[0]
