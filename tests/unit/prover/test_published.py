"""Published circuit artifacts: proving without a compiler, and what is not as it was published is refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

from prover import crypto
from prover.backends import backend
from prover.circuits import circuit, compiled
from prover.published import FILES, MANIFEST, BadArtifact, key_within, publish, published
from prover.setup.dev import ProvingKey, dev_key
from prover.witness import Calculator

NAME, PROFILE, DEPTH, NODE_TAG = "membership", "small", 4, 1


@pytest.fixture(scope="module")
def made() -> ProvingKey:
    return dev_key(compiled(circuit(NAME, PROFILE)))


@pytest.fixture
def directory(made: ProvingKey, tmp_path: Path) -> Path:
    publish([made], tmp_path / "circuits")
    return tmp_path / "circuits"


def inputs() -> dict[str, object]:
    here, secret, index = crypto.load(), 5, 3
    tree = here.tree(DEPTH, NODE_TAG, {index: here.poseidon([secret])})
    return {
        "root": tree.root,
        "nullifier": here.poseidon([secret, 1]),
        "secret": secret,
        "digit": [index >> 3 * level & 7 for level in range(DEPTH)],
        "sibling": [list(level) for level in tree.proof(index).siblings],
    }


def test_published_circuit_proves_what_the_compiled_one_proves(made: ProvingKey, directory: Path) -> None:
    key = published(directory, NAME, PROFILE)
    witness = Calculator(key.compiled).witness(inputs())
    assert witness == Calculator(made.compiled).witness(inputs())
    assert key.compiled.header == made.compiled.header
    proved = backend("native").prove(key, witness)
    assert proved.public == (inputs()["root"], inputs()["nullifier"])
    assert replace(key_within(key), source="") == replace(made.verification_key, source="")


def test_published_twice_is_the_same(made: ProvingKey, directory: Path) -> None:
    before = {path.relative_to(directory): path.read_bytes() for path in directory.rglob("*") if path.is_file()}
    publish([made], directory)
    assert {path.relative_to(directory): path.read_bytes() for path in directory.rglob("*") if path.is_file()} == before
    assert len(before) == 1 + len(FILES)


@pytest.mark.parametrize("file", FILES)
def test_published_file_that_was_changed_is_refused(directory: Path, file: str) -> None:
    path = directory / f"{NAME}-{PROFILE}" / file
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(BadArtifact, match=f"{file}: was changed or damaged"):
        published(directory, NAME, PROFILE)
    path.unlink()
    with pytest.raises(BadArtifact, match=f"{file}: is missing"):
        published(directory, NAME, PROFILE)


def test_published_circuit_that_is_not_there_is_refused(directory: Path, tmp_path: Path) -> None:
    with pytest.raises(BadArtifact, match="has no circuit escape; it has membership"):
        published(directory, "escape", PROFILE)
    with pytest.raises(BadArtifact, match="of profile small, the system is of profile tiny"):
        published(directory, NAME, "tiny")
    with pytest.raises(BadArtifact, match=r"cannot be read.*zkclear circuits publish"):
        published(tmp_path / "nowhere", NAME, PROFILE)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda document: document | {"kind": "soup"}, "is no manifest"),
        (lambda document: document | {"format": 2}, "is no manifest of published circuits in format 1"),
        (lambda document: {"kind": document["kind"]}, "is no manifest"),
        (lambda document: document | {"circuits": {NAME: {"public": [], "files": {}}}}, "does not list the files"),
        (lambda document: document | {"circuits": []}, "is no manifest"),
        (lambda document: [document], "is no manifest"),
    ],
)
def test_manifest_that_says_something_else_is_refused(
    directory: Path, change: Callable[[object], object], reason: str
) -> None:
    path = directory / MANIFEST
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    with pytest.raises(BadArtifact, match=reason):
        published(directory, NAME, PROFILE)


def test_manifest_that_is_cut_short_is_refused(directory: Path) -> None:
    path = directory / MANIFEST
    path.write_text(path.read_text()[:-30])
    with pytest.raises(BadArtifact, match="is cut short or no JSON"):
        published(directory, NAME, PROFILE)


def test_key_with_the_verification_key_of_another_circuit_is_refused(directory: Path) -> None:
    other = dev_key(compiled(circuit("withdraw", "tiny")))
    place = directory / f"{NAME}-{PROFILE}" / "verification_key.json"
    shutil.copyfile(other.verification, place)
    document = json.loads((directory / MANIFEST).read_text())
    from prover.cache import digest_file

    document["circuits"][NAME]["files"]["verification_key.json"] = digest_file(place)
    (directory / MANIFEST).write_text(json.dumps(document))
    with pytest.raises(BadArtifact, match=r"is not the verification key of circuit\.zkey"):
        key_within(published(directory, NAME, PROFILE))


def test_publish_without_a_key_s_file_is_refused(made: ProvingKey, tmp_path: Path) -> None:
    with pytest.raises(BadArtifact, match="is missing"):
        publish([replace(made, zkey=tmp_path / "none.zkey")], tmp_path / "circuits")
    assert not (tmp_path / "circuits" / MANIFEST).exists()


def test_publish_of_two_profiles_is_refused(made: ProvingKey, tmp_path: Path) -> None:
    other = dev_key(compiled(circuit("withdraw", "tiny")))
    with pytest.raises(BadArtifact, match="one profile"):
        publish([made, other], tmp_path)


def test_publish_where_nothing_can_be_written_is_refused(made: ProvingKey, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadArtifact, match="cannot be written"):
        publish([made], tmp_path / "file" / "circuits")
