"""A deployed system on a real chain, with the development keys of the tiny profile's circuits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Any

from web3 import Web3

from rollup.chain.abi import NodeAccount
from rollup.chain.bindings import System
from rollup.chain.deploy import deploy
from rollup.chain.development import local_plan
from rollup.chain.keys import CircuitKey, development_keys
from rollup.chain.plan import Plan
from rollup.chain.record import Record
from rollup.chain.verify import Claim, Verdict, verify
from rollup.spec.shared import PROFILES

__all__ = ["account", "deploy_tiny", "failures", "order", "system_of", "tiny_keys", "tiny_plan", "undone"]


@cache
def tiny_keys() -> tuple[CircuitKey, ...]:
    """Of the six circuits, compiled here."""
    return development_keys("tiny")


def tiny_plan(chain: Web3, **changes: Any) -> Plan:
    """The plan of a local chain, but for what is changed."""
    return replace(local_plan(chain, PROFILES["tiny"], tiny_keys()), **changes)


def deploy_tiny(chain: Web3, **changes: Any) -> Record:
    """Deploy such a plan from the node's first account."""
    return deploy(chain, account(chain, 0), tiny_plan(chain, **changes))


def account(chain: Web3, number: int) -> NodeAccount:
    """An account that the node keeps."""
    return NodeAccount(chain.eth.accounts[number])


def system_of(chain: Web3, record: Record) -> System:
    return System.at(chain, record.parts)


def order(chain: Web3, method: str, *parameters: Any) -> Any:
    """A request that only anvil understands."""
    answer = chain.provider.make_request(method, list(parameters))  # type: ignore[arg-type]
    assert "error" not in answer, answer
    return answer["result"]


@contextmanager
def undone(chain: Web3) -> Iterator[None]:
    """What happens inside did not happen afterwards."""
    mark = order(chain, "evm_snapshot")
    try:
        yield
    finally:
        assert order(chain, "evm_revert", mark)


def failures(chain: Web3, record: Record, keys: tuple[CircuitKey, ...] | None = None) -> dict[str, Claim]:
    """What does not hold of a system, by subject."""
    claims = verify(chain, record, tiny_keys() if keys is None else keys)
    return {claim.subject: claim for claim in claims if claim.verdict is Verdict.FAIL}
