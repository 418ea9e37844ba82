"""A whole ceremony on a small circuit, and every way in which it must not go on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from prover.backends import backend
from prover.cache import digest_file
from prover.circuits import circuit, compiled
from prover.errors import MalformedFile, UnsafeKey
from prover.reference import groth16
from prover.setup import ceremony
from prover.setup.ceremony import CeremonyError
from prover.setup.dev import ProvingKey
from prover.witness import Calculator

native = pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

BEACON = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"


@pytest.fixture(scope="module")
def tau(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Powers of tau of a development setup: the format and size of a public file, without its honesty."""
    path: Path = tmp_path_factory.mktemp("tau") / "dev.ptau"
    native.groth16_dev_ptau(path, 6, bytes(32))
    return path


@pytest.fixture(scope="module")
def finished(tau: Path, tmp_path_factory: pytest.TempPathFactory) -> ceremony.Ceremony:
    directory = tmp_path_factory.mktemp("ceremony")
    target = compiled(circuit("place", "tiny"))
    ceremony.begin(directory, target, tau, digest_file(tau), development=True)
    for name in ("Ada", "Grace"):
        ceremony.load(directory).contribute(name)
    ceremony.load(directory).beacon(BEACON, 10)
    return ceremony.load(directory)


def test_verify_when_the_chain_is_whole_names_every_contribution(finished: ceremony.Ceremony, tau: Path) -> None:
    output = finished.verify(tau)
    assert "Ada" in output
    assert "Grace" in output
    assert [link.kind for link in finished.contributions] == ["initial", "contribution", "contribution", "beacon"]
    assert len({link.hash for link in finished.contributions[1:]}) == 3


def test_export_when_verified_gives_keys_that_prove(finished: ceremony.Ceremony, tau: Path, tmp_path: Path) -> None:
    zkey, verification, solidity = finished.export(tmp_path / "keys", tau)
    target = compiled(circuit("place", "tiny"))
    key = ProvingKey(target, zkey, verification)
    assert not native.groth16_zkey_info(zkey)["is_dev_key"]
    inputs = {"value": 99, "place": 5, "sibling": [10, 11, 12, 13, 14, 15, 16]}
    for name in ("native", "snarkjs"):
        made = backend(name).prove(key, Calculator(target).witness(inputs))
        assert groth16.verify(key.verification_key, made.public, made.points)
    assert "contract Groth16Verifier" in solidity.read_text()


def test_use_when_nobody_contributed_is_refused_everywhere(finished: ceremony.Ceremony) -> None:
    initial = finished.directory / "0000.zkey"
    with pytest.raises(UnsafeKey):
        native.Groth16Prover(initial)
    with pytest.raises(UnsafeKey):
        native.groth16_verification_key(initial)
    assert native.groth16_zkey_info(initial)["unsafe"]


def test_begin_when_the_hash_is_another_refuses(tau: Path, tmp_path: Path) -> None:
    with pytest.raises(MalformedFile, match="SHA-256"):
        ceremony.begin(tmp_path / "x", compiled(circuit("place", "tiny")), tau, "00" * 32)
    assert not (tmp_path / "x").exists()


def test_begin_when_the_file_is_missing_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(MalformedFile, match=r"\.ptau"):
        ceremony.begin(tmp_path / "x", compiled(circuit("place", "tiny")), tmp_path / "none.ptau", "00" * 32)


def test_begin_when_directory_is_in_use_refuses(finished: ceremony.Ceremony, tau: Path) -> None:
    with pytest.raises(CeremonyError, match="not empty"):
        ceremony.begin(finished.directory, compiled(circuit("place", "tiny")), tau, digest_file(tau))


def test_verify_when_nobody_contributed_refuses(tau: Path, tmp_path: Path) -> None:
    begun = ceremony.begin(tmp_path / "c", compiled(circuit("place", "tiny")), tau, digest_file(tau), development=True)
    with pytest.raises(CeremonyError, match="anyone can forge"):
        begun.verify(tau)
    with pytest.raises(CeremonyError, match="at least one contribution"):
        begun.beacon(BEACON, 10)
    with pytest.raises(CeremonyError, match="not finished"):
        begun.export(tmp_path / "keys", tau)


@pytest.mark.parametrize("value", ["", "0102", "xyz", "AB" * 32, "01" * 65])
def test_beacon_when_value_is_unusable_refuses(value: str, finished: ceremony.Ceremony) -> None:
    open_again = ceremony.Ceremony(
        finished.directory,
        finished.circuit_name,
        finished.profile,
        finished.r1cs_sha256,
        finished.tau_sha256,
        finished.contributions[:-1],
    )
    with pytest.raises(CeremonyError, match="beacon"):
        open_again.beacon(value, 10)


def test_contribute_when_closed_refuses(finished: ceremony.Ceremony) -> None:
    with pytest.raises(CeremonyError, match="closed"):
        finished.contribute("Eve")


def test_verify_when_a_key_was_swapped_refuses(finished: ceremony.Ceremony, tau: Path, tmp_path: Path) -> None:
    for path in finished.directory.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "0001.zkey").write_bytes((tmp_path / "0002.zkey").read_bytes())
    with pytest.raises(CeremonyError, match=r"0001\.zkey"):
        ceremony.load(tmp_path).verify(tau)


def test_verify_when_the_transcript_tells_another_hash_refuses(
    finished: ceremony.Ceremony, tau: Path, tmp_path: Path
) -> None:
    for path in finished.directory.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    document = json.loads((tmp_path / "transcript.json").read_text())
    document["contributions"][1]["hash"] = "00" * 64
    (tmp_path / "transcript.json").write_text(json.dumps(document))
    with pytest.raises(CeremonyError, match="another chain"):
        ceremony.load(tmp_path).verify(tau)


def test_begin_when_the_powers_of_tau_are_of_a_development_setup_refuses(tau: Path, tmp_path: Path) -> None:
    with pytest.raises(MalformedFile, match="development setup"):
        ceremony.begin(tmp_path / "x", compiled(circuit("place", "tiny")), tau, digest_file(tau))


def test_export_when_a_contribution_poses_as_the_beacon_refuses_and_leaves_nothing(
    finished: ceremony.Ceremony, tau: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in finished.directory.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    document = json.loads((copy / "transcript.json").read_text())
    del document["contributions"][-1]
    document["contributions"][-1]["kind"] = "beacon"
    (copy / "transcript.json").write_text(json.dumps(document))
    with pytest.raises(CeremonyError, match="another chain"):
        ceremony.load(copy).export(tmp_path / "keys", tau)
    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize("contributions", [[], [{"name": "x", "kind": "beacon", "key": "0000.zkey", "sha256": ""}]])
def test_load_when_the_transcript_has_no_beginning_refuses(contributions: list[object], tmp_path: Path) -> None:
    document = {"circuit_name": "place", "profile": "tiny", "r1cs_sha256": "", "tau_sha256": ""}
    (tmp_path / "transcript.json").write_text(json.dumps({**document, "contributions": contributions}))
    with pytest.raises(CeremonyError, match="no initial key"):
        ceremony.load(tmp_path)


def test_load_when_there_is_none_says_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(CeremonyError, match="ceremony init"):
        ceremony.load(tmp_path)
