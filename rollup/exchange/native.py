"""
The native core as the exchange sees it: the twin's verbs and questions, the same bits faster.

Importing this module fails with ImportError where the extension is not built.
"""

from __future__ import annotations

from zkclear_native import ExchangeCore

from rollup.exchange.settings import Settings
from rollup.exchange.wire import Malformed

__all__ = ["Native"]


class Native:
    """The exchange, one command after the other."""

    def __init__(self, settings: Settings) -> None:
        core = ExchangeCore(settings.encode())
        self._apply = core.apply
        self.state_hash = core.state_hash
        self.vector = core.vector
        self.places = core.places
        self.open_orders = core.open_orders
        self.depth = core.depth
        self.phase = core.phase
        self.interest = core.interest
        self.ranking = core.ranking
        self.totals = core.totals
        self.measure = core.measure
        self.measure_margin = core.measure_margin

    def apply(self, record: bytes) -> bytes:
        """Carry out one command of the log; the events that followed, as a stream."""
        try:
            return self._apply(record)
        except ValueError as error:
            raise Malformed(str(error)) from None
