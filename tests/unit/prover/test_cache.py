"""The artifact cache: built once, found by hash, never half there."""

from __future__ import annotations

import multiprocessing
import time
from pathlib import Path

import pytest

from prover import cache


@pytest.fixture(autouse=True)
def own_data_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZKCLEAR_DATA", str(tmp_path))
    monkeypatch.setattr(cache, "_seen_intact", set())


def write_greeting(target: Path) -> None:
    (target / "greeting").write_text("hello")


def test_entry_when_asked_twice_builds_once() -> None:
    builds: list[Path] = []

    def build(target: Path) -> None:
        builds.append(target)
        write_greeting(target)

    first = cache.entry("kind", "name", "a" * 64, build)
    second = cache.entry("kind", "name", "a" * 64, build)
    assert first == second
    assert len(builds) == 1
    assert (first / "greeting").read_text() == "hello"


@pytest.mark.parametrize("damage", ["change", "truncate", "remove", "seal"])
def test_entry_when_damaged_is_built_again(damage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = cache.entry("kind", "name", "b" * 64, write_greeting)
    victim = made / ("seal.json" if damage == "seal" else "greeting")
    if damage == "remove":
        victim.unlink()
    else:
        victim.write_text({"change": "hallo", "truncate": "hell", "seal": "{"}[damage])
    monkeypatch.setattr(cache, "_seen_intact", set())  # as another process would find it
    assert not cache.intact(made, "b" * 64)
    assert cache.entry("kind", "name", "b" * 64, write_greeting) == made
    assert (made / "greeting").read_text() == "hello"


def test_entry_when_sealed_for_another_key_is_built_again(monkeypatch: pytest.MonkeyPatch) -> None:
    made = cache.entry("kind", "name", "f" * 20 + "0" * 44, write_greeting)
    monkeypatch.setattr(cache, "_seen_intact", set())
    assert not cache.intact(made, "f" * 20 + "1" * 44)  # the same twenty digits, and so the same directory
    (made / "seal.json").write_text('{"key": "' + "f" * 20 + "0" * 44 + '", "files": {}}')
    assert not cache.intact(made, "f" * 20 + "0" * 44)


def test_entry_when_build_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail(target: Path) -> None:
        write_greeting(target)
        raise RuntimeError("no space left")

    with pytest.raises(RuntimeError):
        cache.entry("kind", "name", "c" * 64, fail)
    assert [path for path in (tmp_path / "kind").iterdir() if path.is_dir()] == []


def test_entry_when_a_killed_build_left_rubbish_sweeps_it(tmp_path: Path) -> None:
    (tmp_path / "kind").mkdir()
    leftover = tmp_path / "kind" / (f".name-{'d' * 20}.building-x")
    leftover.mkdir()
    cache.entry("kind", "name", "d" * 64, write_greeting)
    assert not leftover.exists()


def slow_build(target: Path) -> None:
    time.sleep(0.2)
    with (target.parent / "builds").open("a") as log:
        log.write("x")
    write_greeting(target)


def build_in_another_process() -> None:
    cache.entry("kind", "name", "e" * 64, slow_build)


def test_entry_when_two_processes_ask_at_once_builds_once(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=build_in_another_process) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert (tmp_path / "kind" / "builds").read_text() == "x"


def test_digest_of_when_parts_are_cut_elsewhere_differs() -> None:
    assert cache.digest_of("ab", "c") != cache.digest_of("a", "bc")
    assert cache.digest_of("ab") == cache.digest_of(b"ab")
