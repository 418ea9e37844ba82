"""The ledger's fold: the same lines lead to the same place, however often a house was killed on the way."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from support.exchange_histories import TEMPERS, history
from support.ledger_lives import Killed, Lives, Noting
from support.spec_values import FAST, TINY

from rollup.exchange.commands import Table
from rollup.ledger.ledger import SealedBatch
from rollup.ledger.remarks import Rejected
from rollup.ledger.store import Store
from rollup.spec.errors import Refusal

pytestmark = pytest.mark.skipif(not FAST, reason="hundreds of steps are hashed: the native extension is needed")

LENGTH = 220
"""Commands of a history."""

SEEDS = range(len(TEMPERS))
"""One of every temper."""

ROTATING = (22, 37)
"""Seeds of which accounts change their keys, batches before the last one."""


def house(path: Path, seed: int) -> Lives:
    return Lives(path / "journal.db", history(seed, LENGTH, profile=TINY), TINY)


def lived(path: Path, seed: int) -> Lives:
    """A house whose history happened without a kill; closed."""
    made = house(path, seed)
    made.open()
    for command in made.story.commands:
        made.carry_out(command)
    made.seal()
    made.close()
    assert made.ledger.batches
    return made


def told(batch: SealedBatch) -> tuple[object, ...]:
    """All that L1 and provers are told of a batch."""
    steps = tuple((step.step, step.words, step.public_inputs) for step in batch.steps)
    return batch.number, batch.line, batch.before.root, steps, batch.tables, batch.rejected


def assert_prefix(read: Noting, of: Noting) -> None:
    """What was read again is what was noted when it happened."""
    assert read.notes == {line: note for line, note in of.notes.items() if line <= read.line}
    assert all(told(batch) == told(of.batches[number]) for number, batch in read.batches.items())


@pytest.fixture(scope="module", params=[*SEEDS, *ROTATING])
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Lives, Noting, bytes]:
    """A house that had a history, what its ledger noted, and where its exchange ended."""
    made = lived(tmp_path_factory.mktemp("story"), request.param)
    return made, made.ledger, made.exchange.state_hash()


def test_read_again_afterAnyHistory_comesToTheSameStateLineByLine(story: tuple[Lives, Noting, bytes]) -> None:
    made, first, machine = story
    made.open()
    with closing(made):
        assert made.ledger.notes == first.notes
        assert list(map(told, made.ledger.batches.values())) == list(map(told, first.batches.values()))
        assert made.exchange.state_hash() == machine


@pytest.mark.parametrize("seed", SEEDS)
def test_read_again_whenKilledAtRandomLines_losesNothingThatWasToldAndGoesOn(tmp_path: Path, seed: int) -> None:
    chance, made = Random(f"kills of {seed}"), house(tmp_path, seed)
    made.open()
    made.kill_at, kills = chance.randrange(8, 40), 0
    for command in made.story.commands:
        try:
            made.carry_out(command)
        except Killed:
            kills += 1
            before, known = made.ledger, made.ledger.line
            _read_what_a_crash_left(made, tmp_path / f"crash {kills}", chance)
            made.close()
            made.open()
            assert made.ledger.line - known == (0 if made.kill_before else 1), "only what nobody was told of yet"
            assert_prefix(before, made.ledger)
            made.kill_at = None
            made.carry_out(command)  # whoever had no answer asks again
            made.kill_at = made.ledger.line + chance.randrange(2, 60)
            made.kill_before = chance.random() < 0.5
    made.kill_at = None
    made.seal()
    made.close()
    last = made.ledger
    made.open()
    with closing(made):
        assert kills > 2
        assert_prefix(made.ledger, last)
        assert made.ledger.line == last.line


def _read_what_a_crash_left(made: Lives, folder: Path, chance: Random) -> None:
    """Read a copy whose log is cut off somewhere, as a disk may leave it: some first lines, and nothing else."""
    folder.mkdir()
    copy = folder / made.path.name
    for end in ("", "-wal"):
        shutil.copyfile(f"{made.path}{end}", f"{copy}{end}")
    log = Path(f"{copy}-wal")
    log.write_bytes(log.read_bytes()[: chance.randrange(log.stat().st_size + 1)])
    other = Lives(copy, made.story, made.profile)
    other.open()
    with closing(other):
        assert other.ledger.line <= made.ledger.line + 1
        here = {line: note for line, note in other.ledger.notes.items() if line <= made.ledger.line}
        assert here == {line: note for line, note in made.ledger.notes.items() if line <= other.ledger.line}


def test_prepare_aBatchWithoutAStep_isRefusedBeforeItIsInTheJournal(tmp_path: Path) -> None:
    """A deposit was rejected and a table came: nothing is to be proven, and a batch has a step."""
    made = house(tmp_path, 0)
    made.open()
    with closing(made):
        made.sequencer.remark(Rejected(0))
        table = next(one for one in made.story.commands if isinstance(one, Table))
        made.carry_out(table)
        assert made.ledger.has_business
        assert made.ledger.waiting
        with pytest.raises(Refusal):
            made.ledger.prepare(b"secret", ())


# -- checkpoints


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store(tmp_path / "store.db")) as opened:
        yield opened


def test_resume_from_anyBatch_isAsFromGenesis(story: tuple[Lives, Noting, bytes], store: Store) -> None:
    made, first, _ = story
    for number, batch in first.batches.items():
        store.keep_batch(batch, 1_000 + number)
    for number, batch in first.batches.items():
        found = store.resumable(number)
        assert found is not None
        assert found[0] == batch.line
        again = Noting(TINY)
        again.resume_from(*found)
        made.open(again)
        with closing(made):
            assert again.number == first.number
            assert again.state.root == first.state.root
            assert {line: note for line, note in again.notes.items() if line >= batch.line} == {
                line: note for line, note in first.notes.items() if line >= batch.line
            }
            assert list(again.batches) == [later for later in first.batches if later > number]
            assert all(told(later) == told(first.batches[later.number]) for later in again.batches.values())


def test_resumable_whenACheckpointIsDamaged_takesTheOneBefore(tmp_path: Path, store: Store) -> None:
    made = lived(tmp_path, 29)
    for number, batch in made.ledger.batches.items():
        store.keep_batch(batch, number)
    last = max(made.ledger.batches)
    store._connection.execute("UPDATE batches SET checkpoint = x'00' WHERE number = ?", (last,))
    found = store.resumable(last)
    assert found is not None
    assert found[0] == made.ledger.batches[last - 1].line
    store._connection.execute("UPDATE batches SET checkpoint = (SELECT checkpoint FROM batches WHERE number = 1)")
    found = store.resumable(last)
    assert found is not None and found[1] == 1, "a state of another batch has another root"
