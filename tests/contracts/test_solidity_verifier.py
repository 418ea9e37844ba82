"""The top of the ladder: the Solidity verifier that snarkjs exports, on a real chain, judges as all others do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.chain import compile_solidity, deploy, running_chain
from web3 import Web3
from web3.contract import Contract

from prover import toolchain
from prover.backends import Proved, backend
from prover.circuits import circuit, compiled
from prover.reference.field import R
from prover.reference.poseidon import poseidon
from prover.setup.dev import ProvingKey, dev_key
from prover.witness import Calculator

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")


@pytest.fixture(scope="module")
def chain() -> Iterator[Web3]:
    with running_chain() as chain:
        yield chain


@pytest.fixture(scope="module")
def key() -> ProvingKey:
    return dev_key(compiled(circuit("signatures", "tiny")))


@pytest.fixture(scope="module")
def proved(key: ProvingKey) -> Proved:
    from prover.benchmarks.proving import signature_inputs

    return backend("native").prove(key, Calculator(key.compiled).witness(signature_inputs(1)))


@pytest.fixture(scope="module")
def verifier(chain: Web3, key: ProvingKey, tmp_path_factory: pytest.TempPathFactory) -> Contract:
    source: Path = tmp_path_factory.mktemp("solidity") / "Verifier.sol"
    toolchain.run(toolchain.snarkjs(), ["zkey", "export", "solidityverifier", str(key.zkey), str(source)])
    return deploy(chain, compile_solidity(source, "Groth16Verifier"))


def calldata(proved: Proved) -> tuple[list[int], list[list[int]], list[int], list[int]]:
    """The proof as the precompiles take it: the halves of G2 coordinates in the other order."""
    a, b, c = (proved.proof[name] for name in ("pi_a", "pi_b", "pi_c"))
    g2 = [[int(half) for half in reversed(row)] for row in b[:2]]
    return [int(x) for x in a[:2]], g2, [int(x) for x in c[:2]], list(proved.public)


def test_verify_proof_when_proof_is_native_accepts(verifier: Contract, proved: Proved) -> None:
    assert verifier.functions.verifyProof(*calldata(proved)).call()


@pytest.mark.parametrize("change", ["public", "public plus r", "a and c swapped"])
def test_verify_proof_when_anything_is_changed_refuses(change: str, verifier: Contract, proved: Proved) -> None:
    a, b, c, public = calldata(proved)
    if change == "public":
        public[0] = poseidon([public[0]])
    elif change == "public plus r":
        public[0] += R
    else:
        a, c = c, a
    assert not verifier.functions.verifyProof(a, b, c, public).call()
