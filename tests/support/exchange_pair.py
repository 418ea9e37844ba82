"""The exchange's two machines side by side: after every command the same events, and whenever asked the same state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest
from support.exchange_histories import History

from rollup.exchange import events as e
from rollup.exchange.codes import Code
from rollup.exchange.native import Native
from rollup.exchange.settings import Settings
from rollup.exchange.twin import Twin
from rollup.exchange.wire import Malformed, frames

__all__ = ["Pair", "played"]


class Pair:
    """Both machines, and what was said."""

    def __init__(self, settings: Settings) -> None:
        self.twin, self.native = Twin(settings), Native(settings)
        self.kinds: Counter[str] = Counter()
        self.codes: Counter[Code] = Counter()

    def apply(self, record: bytes) -> None:
        """One record on both: the same events or the same refusal of its bytes."""
        try:
            expected = self.twin.apply(record)
        except Malformed:
            with pytest.raises(Malformed):
                self.native.apply(record)
            return
        said = self.native.apply(record)
        assert said == expected, list(map(e.decode, frames(said)))
        for event in self.twin.said:
            self.kinds[type(event).__name__] += 1
            if isinstance(event, e.Refused | e.Ended):
                self.codes[event.code] += 1

    def play(self, records: Iterable[bytes], every: int = 20) -> None:
        """Records on both, and states compared every so many."""
        at = -1
        for at, record in enumerate(records):
            self.apply(record)
            if at % every == 0:
                self.compare()
        self.compare()

    def compare(self) -> None:
        assert self.native.state_hash() == self.twin.state_hash()


def played(one: History, records: Iterable[bytes] | None = None, settings: Settings | None = None) -> Pair:
    """A history on a pair."""
    pair = Pair(settings or one.settings)
    try:
        pair.play(one.records if records is None else records)
    except BaseException as error:
        error.add_note(repr(one))
        raise
    return pair
