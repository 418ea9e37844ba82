"""
Posted risk tables, opened by whoever reads L1: marks stand in the events, parameters are governance's.

L1 cannot see whether a root opens to what was posted beside it, so a committee can post one that never does. No step
and no claim can be proven at such a table, and whoever needs none must not fail over it: it is left out.
"""

from __future__ import annotations

from collections.abc import Iterable

from rollup.chain.bindings.oracle import TablePosted
from rollup.chain.chronicle import Chronicle
from rollup.spec.claims import OpenedTable
from rollup.spec.table import Mark
from rollup.spec.types import FieldElement

__all__ = ["opened_table", "opened_tables"]


def opened_tables(found: Chronicle) -> dict[int, OpenedTable]:
    """Those that open their roots under parameters that were once in force, by epoch."""
    opened = {one.epoch: opened_table(one, found.parameters) for one in found.tables}
    return {epoch: table for epoch, table in opened.items() if table is not None}


def opened_table(posted: TablePosted, parameters: Iterable[FieldElement]) -> OpenedTable | None:
    """What a posted table's root opens to under one of these parameters; None when under none."""
    try:
        marks = tuple(Mark.of_word(word) for word in posted.marks)
        tables = [OpenedTable(hash_, marks, posted.stress_root, posted.time) for hash_ in parameters]
        return next((table for table in tables if table.root == posted.risk_root), None)
    except ValueError:  # numbers that are no field elements, marks of no known status: L1 minds neither
        return None
