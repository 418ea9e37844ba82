"""
A worker that lives through the first day, as often as it must: `python -m support.day_worker PLACE KILLS…`.

The parent forks a child for each life; a child kills itself, with signal 9, at the moment that its number names: before
or after a line of the journal, a proof, a batch or a checkpoint is kept, or between two moves of the poster. The last
life has no such moment.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from support.first_day import Day, day_oracle, day_settings

from rollup.chain.local import LocalChain
from rollup.chain.record import Record
from rollup.ledger.journal import Journal
from rollup.ledger.store import Store
from rollup.node.local import LocalHouse
from rollup.node.proving import Workshop

__all__ = ["attached", "day_at"]


def attached(place: Path) -> LocalHouse:
    """The house that the test deployed."""
    said = json.loads((place / "house.json").read_text())
    chain = LocalChain(said["rpc"])
    committee = tuple(bytes.fromhex(one) for one in said["committee"])
    return LocalHouse(chain, Record.read(place / "deployment.json"), committee, chain.now)


def day_at(place: Path, workshop: Workshop, step: Callable[[str], None] = lambda name: None) -> Day:
    """The day on what is left of it."""
    house = attached(place)
    node = house.node(place / "node", workshop, day_settings(house.record), step=step)
    return Day(house, node, day_oracle(house))


class Fate:
    """Counts moments and ends the process at one of them."""

    def __init__(self, moments: int | None) -> None:
        self.left = moments

    def __call__(self, name: str) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def around(self, owner: Any, name: str) -> None:
        """A moment before and one after every call of a method."""
        inner = getattr(owner, name)

        def outer(*arguments: Any, **named: Any) -> Any:
            self(name)
            answer = inner(*arguments, **named)
            self(name)
            return answer

        setattr(owner, name, outer)


def live(place: Path, moments: int | None) -> None:
    """One life, from the act that the last one was at."""
    fate = Fate(moments)
    for owner, name in (
        (Journal, "append"),
        (Store, "keep_batch"),
        (Store, "keep_proof"),
        (Store, "keep_settled"),
    ):
        fate.around(owner, name)
    progress = place / "progress"
    done = int(progress.read_text()) if progress.exists() else 0
    profile = Record.read(place / "deployment.json").profile.name
    day = day_at(place, Workshop(profile), fate)
    for number, act in enumerate(day.acts()):
        if number < done:
            continue
        act.do()
        progress.write_text(str(number + 1))


def main() -> int:
    place, kills = Path(sys.argv[1]), [int(one) for one in sys.argv[2:]]
    for moments in (*kills, None):
        child = os.fork()
        if not child:
            live(place, moments)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        ended = os.waitstatus_to_exitcode(status)
        print(moments, ended, (place / "progress").read_text() if (place / "progress").exists() else 0, flush=True)  # noqa: T201
        if ended == 0:
            return 0
        if ended != -signal.SIGKILL:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
