"""The exchange in readable Python; `core` is its door, the other files one concern each, from `state` upwards."""

from rollup.exchange.twin.core import Twin

__all__ = ["Twin"]
