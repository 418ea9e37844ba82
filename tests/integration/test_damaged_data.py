"""A data directory that was damaged, mixed up or has no room: noticed and mended, or said in one message."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

from support.demos import COMMAND, MAIN, leftovers, started
from support.small_disk import small_disk

from prover import cache, crypto
from prover.backends.native import NativeBackend
from prover.circuits import Compiled, circuit, compiled
from prover.errors import DataDirectoryUnusable, ProverError
from prover.reference.groth16 import verify
from prover.setup.dev import ProvingKey, dev_key
from prover.witness import Calculator

NAME, DEPTH, NODE_TAG = "membership", 3, 1

FILES = (
    "circuits/circuit.r1cs",
    "circuits/witness.wasm",
    "programs/program.bin",
    "keys/circuit.zkey",
    "keys/verification_key.json",
)

SEED = 9


def inputs() -> dict[str, Any]:
    """What the circuit is to be proven for: a leaf in a tree."""
    here, secret, index = crypto.load(), 5, 3
    tree = here.tree(DEPTH, NODE_TAG, {index: here.poseidon([secret])})
    return {
        "root": tree.root,
        "nullifier": here.poseidon([secret, 1]),
        "secret": secret,
        "digit": [index >> 3 * level & 7 for level in range(DEPTH)],
        "sibling": [list(level) for level in tree.proof(index).siblings],
    }


def prove() -> bool:
    """From the circuit's name to a verified proof, with whatever the data directory holds."""
    key = dev_key(compiled(circuit(NAME, "tiny")))
    proved = NativeBackend().prove(key, Calculator(key.compiled).witness(inputs()))
    return verify(key.verification_key, proved.public, proved.points)


def contents(data: Path) -> dict[Path, bytes]:
    return {path.relative_to(data): path.read_bytes() for path in data.rglob("*") if path.is_file()}


def entry_of(data: Path, kind: str, name: str = NAME) -> Path:
    """The one directory of a circuit."""
    (found,) = (data / kind).glob(f"{name}-tiny-*")
    return found


def flipped(path: Path, chance: random.Random) -> None:
    """One bit of it, somewhere."""
    held = bytearray(path.read_bytes())
    held[chance.randrange(len(held))] ^= 1 << chance.randrange(8)
    path.write_bytes(held)


def as_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which has looked at nothing yet."""
    monkeypatch.setattr(cache, "_seen_intact", set())


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with two circuits, and what proving needs of one."""
    directory = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("ZKCLEAR_DATA", str(directory))
        as_another_process(patched)
        assert prove()
        dev_key(compiled(circuit("place", "tiny")))
    return directory


@pytest.fixture
def data(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, for a test's own use."""
    shutil.copytree(whole, tmp_path / "data")
    monkeypatch.setenv("ZKCLEAR_DATA", str(tmp_path / "data"))
    as_another_process(monkeypatch)
    return tmp_path / "data"


# -- damaged and mixed up


@pytest.mark.slow
def test_prove_from_a_damaged_cache_makes_anew_what_was_damaged(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chance, before = random.Random(SEED), contents(data)
    for file in FILES:
        kind, name = file.split("/")
        victim = entry_of(data, kind) / name
        flipped(victim, chance)
        assert contents(data) != before
        as_another_process(monkeypatch)
        assert prove(), file
        assert victim.read_bytes() == before[victim.relative_to(data)], file
        # All else is as it was, too: what is made anew is the same, since it follows from the same.
        assert contents(data) == before, file


def test_prove_with_the_key_of_another_circuit_in_place_makes_it_anew(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(data)
    for file in ("circuit.zkey", "verification_key.json"):
        shutil.copyfile(entry_of(data, "keys", "place") / file, entry_of(data, "keys") / file)
        as_another_process(monkeypatch)
        assert prove()
        assert contents(data) == before
    mine = entry_of(data, "keys")
    shutil.rmtree(mine)
    shutil.copytree(entry_of(data, "keys", "place"), mine)  # its seal and all
    as_another_process(monkeypatch)
    assert prove()
    assert contents(data) == before


@pytest.mark.parametrize("file", ["circuit.zkey", "circuit.r1cs"])
def test_prove_with_damage_that_no_seal_tells_of_gives_no_false_proof(data: Path, tmp_path: Path, file: str) -> None:
    """As if somebody had sealed it anew: what is used is still looked at, and a proof is verified before it is out."""
    good = dev_key(compiled(circuit(NAME, "tiny")))
    witness = Calculator(good.compiled).witness(inputs())
    chance, refused = random.Random(SEED), 0
    for number in range(40):
        place = tmp_path / f"{number}"
        place.mkdir()
        shutil.copyfile(good.compiled.r1cs, place / "circuit.r1cs")
        shutil.copyfile(good.zkey, place / "circuit.zkey")
        flipped(place / file, chance)
        held = Compiled(good.compiled.circuit, place, good.compiled.key)
        try:
            proved = NativeBackend().prove(ProvingKey(held, place / "circuit.zkey", good.verification), witness)
        except ProverError:
            refused += 1
        else:
            assert verify(good.verification_key, proved.public, proved.points)
    assert refused > 20


def test_setup_from_a_damaged_cache_says_nothing_of_it_and_leaves_nothing(data: Path, tmp_path: Path) -> None:
    before = contents(data)
    flipped(entry_of(data, "circuits", "place") / "circuit.r1cs", random.Random(SEED))
    command = (COMMAND[0], "-c", MAIN, "setup", "dev", "--circuit", "place", "--profile", "tiny")
    with started(tmp_path / "run", command=command, page=False, ZKCLEAR_DATA=str(data)) as run:
        _, errors = run.process.communicate(timeout=300)
        assert run.process.returncode == 0, errors
        assert "Traceback" not in errors
        assert leftovers(run.mark) == []
    assert contents(data) == before


# -- no room


@pytest.mark.parametrize("holds", ["nothing", "circuits"])
def test_setup_on_a_full_disk_says_what_to_do(holds: str, data: Path, tmp_path: Path) -> None:
    """Room for neither sources nor a circuit; and for a circuit, but not for its key."""
    command = (COMMAND[0], "-c", MAIN, "setup", "dev", "--circuit", "place", "--profile", "tiny")
    with small_disk(tmp_path / "disk", "68k" if holds == "circuits" else "300k") as disk:
        if holds == "circuits":
            made = entry_of(data, "circuits", "place")
            shutil.copytree(made, disk / "circuits" / made.name)
        with started(tmp_path / "run", command=command, page=False, ZKCLEAR_DATA=str(disk)) as run:
            _, errors = run.process.communicate(timeout=300)
            assert run.process.returncode == 1
            assert f"data directory {disk}: its disk is full" in errors
            assert "set ZKCLEAR_DATA" in errors
            assert "Traceback" not in errors
            assert leftovers(run.mark) == []
        assert not list(disk.rglob("*.building-*"))


def test_entry_on_a_full_disk_is_none_whatever_its_builder_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A compiler that fails for want of room says what it likes; with room its words are let through."""

    def fills(target: Path) -> None:
        with (target / "ballast").open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4_096))
            except OSError as error:
                raise ProverError("could not write the output") from error

    def fails(target: Path) -> None:
        raise ProverError("could not understand the source")

    with small_disk(tmp_path / "disk", "4m") as disk:
        monkeypatch.setenv("ZKCLEAR_DATA", str(disk))
        with pytest.raises(DataDirectoryUnusable, match="its disk is full"):
            cache.entry("kind", "name", "a" * 64, fills)
        with pytest.raises(ProverError, match="could not understand"):
            cache.entry("kind", "name", "a" * 64, fails)
        assert not list((disk / "kind").glob("*name*building*"))


@pytest.mark.slow
@pytest.mark.parametrize("size", ["64k", "2m"])
def test_demo_on_a_full_disk_says_what_to_do(size: str, tmp_path: Path) -> None:
    """Where its node can begin no journal, and where the published circuits have no room."""
    with (
        small_disk(tmp_path / "disk", size) as disk,
        started(disk, "--json") as run,
    ):
        said, errors = run.process.communicate(timeout=300)
        assert run.process.returncode == 1
        assert said == ""
        assert errors.startswith("error ")
        assert "make room" in errors
        assert "Traceback" not in errors
        assert leftovers(run.mark) == []
        assert list(disk.iterdir()) == []
