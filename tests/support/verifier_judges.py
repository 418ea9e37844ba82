"""
Two judges of the same proofs on a real chain: our library, which checks many at once, and the verifiers that snarkjs
exports from the same proving keys, one at a time.

    judges = Judges.on(chain, directory)
    judges.batched(claims) == all(judges.alone(claim) for claim in claims)
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from support.chain import deploy
from support.proving import key_of
from web3 import Web3
from web3.contract import Contract

from prover import toolchain
from prover.backends import Proved
from prover.places import checkout
from prover.reference.bn254 import G1Point, G2Point, add, multiply, negate
from prover.reference.groth16 import VerificationKey
from rollup.chain import artifacts
from rollup.chain.bindings.verifiers import ProofKind
from rollup.chain.keys import circuit_of, key_bytes
from rollup.spec.data import encode

__all__ = ["KINDS", "PROOF_WORDS", "Claim", "Judges", "claim_of", "verification_key"]

KINDS: Final = tuple(kind for kind in ProofKind if kind is not ProofKind.NONE)
PROOF_WORDS: Final = 8

HARNESS: Final = "test/support/Groth16Harness.sol"
"""The library as a contract."""

CONTRACTS: Final = ("Groth16Harness", "Groth16Verifier")
"""What is deployed: ours once, snarkjs's for every kind."""

STORE: Final = bytes.fromhex("600b5981380380925939f3")
"""Creation code that makes what stands behind it the code of a contract, as contracts/src/Verifiers.sol has it."""

PAIRING: Final = Web3.to_checksum_address("0x" + (8).to_bytes(20, "big").hex())


@dataclass(frozen=True, slots=True)
class Claim:
    """Public inputs, and the eight words of a proof as the precompiles take them; either may be nonsense."""

    kind: ProofKind
    inputs: tuple[int, ...]
    proof: tuple[int, ...]

    @property
    def a(self) -> G1Point:
        return G1Point(*self.proof[:2])

    @property
    def b(self) -> G2Point:
        """The imaginary half of a coordinate comes first in words, and last in a point."""
        x_imaginary, x_real, y_imaginary, y_real = self.proof[2:6]
        return G2Point((x_real, x_imaginary), (y_real, y_imaginary))

    @property
    def c(self) -> G1Point:
        return G1Point(*self.proof[6:])


def claim_of(kind: ProofKind, proved: Proved) -> Claim:
    """What a prover handed out."""
    a, b, c = proved.points.a, proved.points.b, proved.points.c
    return Claim(kind, proved.public, (*a, b.x[1], b.x[0], b.y[1], b.y[0], *c))


def verification_key(kind: ProofKind) -> VerificationKey:
    """The development key of a kind, in the tiny profile."""
    return key_of(circuit_of(kind), "tiny").verification_key


@dataclass(frozen=True, slots=True)
class Judges:
    """Both verifiers, deployed."""

    chain: Web3
    harness: Contract
    keys: Mapping[ProofKind, str]
    """The contracts whose code is a key."""
    exported: Mapping[ProofKind, str]
    """What snarkjs wrote for each kind."""
    verifiers: Mapping[ProofKind, Contract]

    @classmethod
    def on(cls, chain: Web3, directory: Path) -> Judges:
        """Export, compile all in one go, deploy."""
        exported: dict[ProofKind, str] = {kind: _export(kind, directory / f"{kind.name}.sol") for kind in KINDS}
        sources = _harness_sources() | {f"{kind.name}.sol": text for kind, text in exported.items()}
        built = _compile(sources)
        return cls(
            chain,
            deploy(chain, built[HARNESS][CONTRACTS[0]]),
            {kind: _publish(chain, key_bytes(verification_key(kind))) for kind in KINDS},
            exported,
            {kind: deploy(chain, built[f"{kind.name}.sol"][CONTRACTS[1]]) for kind in KINDS},
        )

    def batched(self, claims: Sequence[Claim]) -> bool:
        """What our library says of all claims at once."""
        listed = [(self.keys[claim.kind], [*claim.inputs, *claim.proof]) for claim in claims]
        return bool(self.harness.functions.verify(listed).call())

    def alone(self, claim: Claim) -> bool:
        """What snarkjs's verifier says of one claim."""
        a, c = claim.proof[:2], claim.proof[6:]
        b = [claim.proof[2:4], claim.proof[4:6]]
        return bool(self.verifiers[claim.kind].functions.verifyProof(a, b, c, claim.inputs).call())

    def agree(self, claims: Sequence[Claim]) -> bool:
        """The verdict that both come to."""
        alone = [self.alone(claim) for claim in claims]
        batched = self.batched(claims)
        assert batched == all(alone), (batched, alone, claims)
        return batched

    def product_is_one(self, claims: Sequence[Claim]) -> bool:
        """What a verifier would say that multiplies all equations without random powers."""
        words: list[int] = []
        for claim in claims:
            key = verification_key(claim.kind)
            shown = key.ic[0]
            for point, value in zip(key.ic[1:], claim.inputs, strict=True):
                shown = add(shown, multiply(point, value))
            pairs = ((negate(key.alpha), key.beta), (negate(shown), key.gamma), (negate(claim.c), key.delta))
            words += claim.proof[:6]
            for first, second in pairs:
                words += [*first, second.x[1], second.x[0], second.y[1], second.y[0]]
        return int.from_bytes(self.chain.eth.call({"to": PAIRING, "data": encode(words)}), "big") == 1


def _export(kind: ProofKind, target: Path) -> str:
    zkey = key_of(circuit_of(kind), "tiny").zkey
    toolchain.run(toolchain.snarkjs(), ["zkey", "export", "solidityverifier", str(zkey), str(target)])
    return target.read_text()


def _harness_sources() -> dict[str, str]:
    """The harness and everything that it imports, by the names that the compiler knows them under."""
    found: dict[str, str] = {}
    waiting = [HARNESS]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = (checkout() / "contracts" / name).read_text()
            waiting += [artifacts._resolve(name, imported) for imported in artifacts.IMPORT.findall(found[name])]
    return found


def _compile(sources: Mapping[str, str]) -> dict[str, dict[str, dict[str, Any]]]:
    """ABI and creation code by file and contract, with the settings of what is deployed."""
    request = {
        "language": "Solidity",
        "sources": {name: {"content": text} for name, text in sources.items()},
        "settings": {
            **artifacts._settings(),
            "outputSelection": {"*": {name: ["abi", "evm.bytecode.object"] for name in CONTRACTS}},
        },
    }
    output = json.loads(toolchain.run(toolchain.solc(), [], standard_input=json.dumps(request)))
    problems = [each["formattedMessage"] for each in output.get("errors", ()) if each["severity"] == "error"]
    assert not problems, problems
    return {
        name: {
            contract: {"abi": made["abi"], "bytecode": made["evm"]["bytecode"]["object"]}
            for contract, made in contracts.items()
        }
        for name, contracts in output["contracts"].items()
    }


def _publish(chain: Web3, key: bytes) -> str:
    """A key as the registry keeps it: behind a byte that stops whoever calls it as a program."""
    sent = chain.eth.send_transaction({"from": chain.eth.accounts[0], "data": STORE + b"\0" + key})
    address = chain.eth.wait_for_transaction_receipt(sent)["contractAddress"]
    assert address is not None
    assert bytes(chain.eth.get_code(address)) == b"\0" + key
    return str(address)
