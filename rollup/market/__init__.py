"""
The market: what is traded, what it is worth, and what it could be worth tomorrow.

Observations become an epoch's inputs (`oracle`), inputs become a risk table (`table`), members of the committee
recompute and sign it (`committee`). Every number that decides money is an integer, every step a pure function: no
clock, no randomness, no floats. The parts, from the ground up: `fixed`, `normal`, `pricer` (arithmetic); `payoffs`,
`instruments`, `listing`, `status` (what is traded); `curves`, `surface`, `median`, `regime`, `breakers`, `funding`,
`settlement` (what is observed); `inputs`, `encoding`, `parameters`, `scenarios`, `views`, `table` (what follows);
`simulator`, `replay`, `defaults` (markets to try it on).
"""

from __future__ import annotations

from rollup.market.committee import Committee, Deployment, Member, data_hash, table_digest
from rollup.market.encoding import decode, encode, inputs_hash
from rollup.market.governance import Governance
from rollup.market.inputs import Inputs, SlotInputs, UnderlyingInputs
from rollup.market.instruments import Terms
from rollup.market.listing import Scan, list_terms, recycle
from rollup.market.oracle import Observations, OracleState, advance, genesis, relist
from rollup.market.parameters import MarketParameters
from rollup.market.table import build_table, check_successor

__all__ = [
    "Committee",
    "Deployment",
    "Governance",
    "Inputs",
    "MarketParameters",
    "Member",
    "Observations",
    "OracleState",
    "Scan",
    "SlotInputs",
    "Terms",
    "UnderlyingInputs",
    "advance",
    "build_table",
    "check_successor",
    "data_hash",
    "decode",
    "encode",
    "genesis",
    "inputs_hash",
    "list_terms",
    "recycle",
    "relist",
    "table_digest",
]
