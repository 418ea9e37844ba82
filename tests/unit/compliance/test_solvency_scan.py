"""Proving a scan: refused before any proof where the books are not in order, and resumed where it stopped."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from support.solvency_bundles import PLACE, blindings, bundle, long_world, short_world, tiny_prover
from support.solvency_witness import FAILING
from support.spec_builders import World

from prover.backends import Proved
from prover.witness import Witness
from rollup.compliance.bundle import Place
from rollup.compliance.errors import BooksNotInOrder, NotAttestable, UnusableScan
from rollup.compliance.solvency import Prover, Scan, attestation_of, bundle_of, check_books, prove_scan, prover_of
from rollup.spec.solvency import ScanPart, check_chain, scan, scan_parts
from rollup.spec.state import State
from rollup.spec.table import RiskTable


class Counting:
    """The native backend, and how many proofs it made; with a limit it is interrupted there, as by Ctrl-C."""

    name = "counting"

    def __init__(self, limit: int | None = None) -> None:
        self.made, self.limit = 0, limit

    def prove(self, key: object, witness: Witness) -> Proved:
        if self.made == self.limit:
            raise KeyboardInterrupt
        self.made += 1
        return tiny_prover().backend.prove(tiny_prover().key, witness)


def counting(limit: int | None = None) -> tuple[Counting, Prover]:
    backend = Counting(limit)
    return backend, replace(tiny_prover(), backend=backend)


def again(world: World, directory: Path, *name: object) -> tuple[Scan, int, list[str]]:
    """The scan, how many proofs it took, and what was told."""
    backend, prover = counting()
    told: list[str] = []
    made = prove_scan(world.state, world.table, prover, directory, blindings("again", *name), tell=told.append)
    return made, backend.made, told


def scan_of(world: World) -> tuple[ScanPart, ...]:
    """The parts under the blindings of the first run, without proofs."""
    draw = blindings("first")
    return tuple(scan_parts(world.state, world.table, [draw(), draw()]))


def kept(directory: Path) -> list[Path]:
    return sorted(directory.rglob("part-*.json"))


def stopped(world: World, directory: Path, after: int) -> None:
    """A scan that was interrupted after so many proofs."""
    with pytest.raises(KeyboardInterrupt):
        prove_scan(world.state, world.table, counting(after)[1], directory, blindings("first"))
    assert len(kept(directory)) == after


@pytest.fixture(scope="module")
def two_of_three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is kept of a scan that was interrupted before its last part."""
    directory = tmp_path_factory.mktemp("two")
    stopped(long_world(), directory, 2)
    return directory


@pytest.fixture
def interrupted(two_of_three: Path, tmp_path: Path) -> Path:
    """A copy, to be damaged."""
    return Path(shutil.copytree(two_of_three, tmp_path / "scan"))


# -- refused


def refused(state: State, table: RiskTable, directory: Path) -> str:
    backend, prover = counting()
    with pytest.raises(BooksNotInOrder) as caught:
        prove_scan(state, table, prover, directory, blindings())
    assert backend.made == 0
    assert not any(directory.iterdir())
    return str(caught.value)


def test_prove_when_the_fund_is_in_debt_refuses_by_that(tmp_path: Path) -> None:
    world = short_world()
    world.seat(0, {0: -1})
    said = refused(world.state, world.table, tmp_path)
    assert "guarantee fund is in debt" in said
    assert "close-out" not in said


def test_prove_when_an_account_is_beyond_close_out_names_it(tmp_path: Path) -> None:
    world = long_world()
    for index in range(3, 10):
        world.seat(index, FAILING)
    said = refused(world.state, world.table, tmp_path)
    assert "7 accounts are beyond close-out (3, 4, 5, 6, 7 and others)" in said
    assert "debt" not in said


def test_prove_when_custody_is_not_equal_refuses_by_that(tmp_path: Path) -> None:
    world = short_world()
    said = refused(replace(world.state, custody=world.state.custody + 7), world.table, tmp_path)
    assert "is not the custody, by -7 millionths" in said


def test_prove_when_everything_is_wrong_says_all_of_it(tmp_path: Path) -> None:
    world = short_world()
    world.seat(0, {0: -1})
    world.seat(3, FAILING)
    with pytest.raises(BooksNotInOrder) as caught:
        check_books(replace(world.state, custody=0), world.table)
    assert len(caught.value.faults) == 3


def test_check_books_when_the_fund_alone_is_beyond_close_out_passes() -> None:
    world = short_world()
    world.seat(0, {0: -96_000, 1: 100})
    check_books(world.state, world.table)


def test_prove_when_parts_cannot_be_kept_says_where(tmp_path: Path) -> None:
    world = short_world()
    (tmp_path / "file").touch()
    with pytest.raises(UnusableScan, match="file"):
        prove_scan(world.state, world.table, tiny_prover(), tmp_path / "file", blindings())


# -- resumed


def test_scan_says_what_the_law_adds_up(long_scan: Scan) -> None:
    whole = scan(long_scan.state, long_scan.table)
    made = long_scan.attestation
    assert made.valid
    assert (made.accounts, made.failed) == (whole.accounts, 0)
    assert made == attestation_of(long_scan.parts)
    assert len(made.totals) == len(long_scan.proofs) - 1 == 2
    assert made.statements(PLACE.domain) == [part.statement for part in long_scan.parts]
    assert check_chain(made.statements(PLACE.domain)).accounts == made.accounts


@pytest.mark.parametrize("after", [0, 1, 2])
def test_prove_when_interrupted_goes_on_where_it_stopped(after: int, tmp_path: Path) -> None:
    world = long_world()
    stopped(world, tmp_path, after)
    first = [path.read_bytes() for path in kept(tmp_path)]
    made, proofs, told = again(world, tmp_path)
    assert (proofs, made.kept, told) == (3 - after, after, [])
    assert [path.read_bytes() for path in kept(tmp_path)][:after] == first
    assert made.attestation == attestation_of(scan_of(world))
    assert again(world, tmp_path)[1] == 0


def test_prove_when_the_state_is_another_starts_anew_and_keeps_the_first(interrupted: Path) -> None:
    other, proofs, told = again(long_world(1), interrupted)
    assert (proofs, told) == (3, [])
    made, proofs, _ = again(long_world(), interrupted)
    assert proofs == 1
    assert not set(other.attestation.totals) & set(made.attestation.totals)


def test_prove_when_the_table_is_another_starts_anew(interrupted: Path) -> None:
    world = long_world()
    world.table = replace(world.table, time=world.table.time + 1)
    assert again(world, interrupted)[1:] == (3, [])


DAMAGES = {
    "cut": lambda text: text[: len(text) // 2],
    "empty": lambda text: "",
    "a list": lambda text: "[]",
    "of other inputs": lambda text: json.dumps({**json.loads(text), "public": ["1"] * 11}),
    "of no inputs": lambda text: json.dumps({**json.loads(text), "public": None}),
    "without proof": lambda text: json.dumps({**json.loads(text), "proof": {}}),
    "a point off the curve": lambda text: text.replace('"pi_a": ["', '"pi_a": ["1'),
    "of another proof": None,
}


@pytest.mark.parametrize("what", DAMAGES)
def test_prove_when_a_kept_part_is_damaged_proves_it_again_and_says_so(what: str, interrupted: Path) -> None:
    world = long_world()
    first, second = kept(interrupted)
    change = DAMAGES[what]
    if change is None:
        stolen = json.loads(second.read_text())["proof"]
        damaged = json.dumps({**json.loads(first.read_text()), "proof": stolen})
    else:
        damaged = change(first.read_text())
    assert damaged != first.read_text()
    first.write_text(damaged)
    made, proofs, told = again(world, interrupted)
    assert (proofs, made.kept) == (2, 1)
    assert len(told) == 1
    assert "part 1 of 3" in told[0]


@pytest.mark.parametrize("text", ["", '["1"]', '["1", "' + "9" * 79 + '"]'])
def test_prove_when_the_blindings_are_damaged_starts_anew_and_says_so(text: str, interrupted: Path) -> None:
    (path,) = interrupted.rglob("blindings.json")
    path.write_text(text)
    _, proofs, told = again(long_world(), interrupted, text)
    assert proofs == 3
    assert "blindings.json is damaged" in told[0]
    assert again(long_world(), interrupted)[1:] == (0, [])


def test_prove_writes_blindings_before_any_proof_for_their_owner_alone(tmp_path: Path) -> None:
    world = long_world()
    stopped(world, tmp_path, 0)
    (path,) = tmp_path.rglob("blindings.json")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    draw = blindings("first")
    assert json.loads(path.read_text()) == [str(draw()), str(draw())]


# -- written down


def test_bundle_of_another_system_than_the_states_is_refused(long_scan: Scan) -> None:
    with pytest.raises(NotAttestable, match="chain 1"):
        bundle_of(long_scan, Place(1, PLACE.clearing), 1)


def test_bundle_states_what_the_attestation_does(long_scan: Scan) -> None:
    made, front = long_scan.attestation, bundle(long_scan).result
    assert (front.accounts, front.empty_slots, front.custody_commit) == (
        made.accounts,
        made.empty_slots,
        made.custody_commit,
    )
    assert front.empty_slots == 1 << 4


def test_prover_when_a_ceremonys_keys_are_missing_says_which(tmp_path: Path) -> None:
    with pytest.raises(NotAttestable, match=r"solvency-tiny\.zkey is missing"):
        prover_of(short_world().profile, tmp_path)
