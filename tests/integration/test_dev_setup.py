"""Development keys are standard files: snarkjs checks one against its powers of tau; and they say what they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover import toolchain
from prover.circuits import circuit, compiled
from prover.setup.dev import dev_key

native = pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")


def test_setup_when_checked_by_snarkjs_against_its_powers_of_tau_is_valid(tmp_path: Path) -> None:
    target = compiled(circuit("membership", "standard"))
    assert 2**11 < target.header.constraints + target.header.public + 1 <= 2**12
    zkey, tau = tmp_path / "circuit.zkey", tmp_path / "dev.ptau"
    native.groth16_setup_dev(target.r1cs, zkey, bytes(range(32)), tau)
    output = toolchain.run(toolchain.snarkjs(), ["zkey", "verify", str(target.r1cs), str(tau), str(zkey)])
    assert "ZKey Ok!" in output


def test_setup_when_done_marks_the_key_as_unsafe() -> None:
    info = native.groth16_zkey_info(dev_key(compiled(circuit("membership", "tiny"))).zkey)
    assert info["is_dev_key"]
    assert "UNSAFE" in str(info["contributions"][0]["name"])


def test_setup_when_the_seed_is_the_same_makes_the_same_key(tmp_path: Path) -> None:
    target = compiled(circuit("place", "tiny"))
    keys = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        native.groth16_setup_dev(target.r1cs, tmp_path / name, bytes([seed]) * 32)
        keys.append((tmp_path / name).read_bytes())
    assert keys[0] == keys[1] != keys[2]


def test_setup_when_the_target_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    target = compiled(circuit("place", "tiny"))
    with pytest.raises(Exception, match="none"):
        native.groth16_setup_dev(target.r1cs, tmp_path / "none" / "a.zkey", bytes(32))
    assert list(tmp_path.iterdir()) == []
