"""
The system that a record names, found on a node's chain, or refused before anything is sent there.

What is looked at costs a few requests: the chain's id, code at every part, the domain that signatures are for, genesis
and token. It catches a wrong node, a fresh chain and a record of another system. That the code is the sources' own, and
no clever copy, is what `zkclear chain verify` shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

from eth_abi.exceptions import DecodingError
from web3 import Web3

from rollup.chain.abi import address
from rollup.chain.bindings import System
from rollup.chain.errors import Reverted
from rollup.chain.part import Part
from rollup.chain.plan import domain_of
from rollup.chain.record import Record
from rollup.client.errors import ForeignChain
from rollup.spec.types import Time

__all__ = ["OnBlocks", "blocks_since", "logged", "now", "standing", "unheard"]

SPAN: Final = 5_000
"""Blocks whose logs are asked for at once; public nodes refuse many more."""

OnBlocks: TypeAlias = Callable[[int], None]
"""Told how many blocks were just read: on an old chain reading takes minutes."""


def unheard(blocks: int) -> None:
    """For whoever does not want to be told."""


def standing(chain: Web3, record: Record) -> System:
    """The record's system on this chain; ForeignChain when it does not stand there."""
    found = chain.eth.chain_id
    if found != record.chain:
        raise ForeignChain(f"the node is of chain {found}, the system of chain {record.chain}")
    for part, made in record.created.items():
        if not chain.eth.get_code(address(made.address)):
            raise ForeignChain(f"there is no contract at {made.address}, where {part} should be")
    system = System.at(chain, record.parts)
    try:
        domain, token = system.clearing.system_domain(), system.vault.token()
        genesis = system.clearing.batch_end(record.genesis_root)
    except (Reverted, DecodingError) as error:
        raise ForeignChain(f"the contracts at clearing {record.parts.clearing} are not this system's") from error
    if domain != domain_of(record.chain, record.parts.clearing):
        raise ForeignChain(f"clearing {record.parts.clearing} says that it is another system's")
    if genesis.time == 0 or genesis.number != 0:
        raise ForeignChain(f"clearing {record.parts.clearing} began with another state than the record says")
    if token != record.token:
        raise ForeignChain(f"the vault holds {token}, the record says {record.token}")
    return system


def now(system: System) -> Time:
    """Time of the chain's latest block: what its deadlines are measured by."""
    return int(system.clearing.chain.eth.get_block("latest")["timestamp"])


def blocks_since(system: System, first_block: int) -> int:
    """How many blocks `logged` reads."""
    return max(0, int(system.clearing.chain.eth.block_number) - first_block + 1)


def logged(part: Part, first_block: int, on_blocks: OnBlocks = unheard) -> Iterator[Any]:
    """Every event of a part from a block on, in order."""
    last = part.chain.eth.block_number
    for start in range(first_block, last + 1, SPAN):
        end = min(start + SPAN - 1, last)
        for one in part.events(start, end):
            yield one.event
        on_blocks(end - start + 1)
