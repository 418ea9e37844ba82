"""
The contracts on the twin's chain: where they are, their deployment, and what their views answer.

Deployment and transactions are those of `rollup.chain`. Views are read from the compiler's ABI, many at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from eth_abi.abi import decode, encode
from support.spec_values import PARAMETERS
from support.twin_chain import Message, TwinChain
from support.twin_tokens import key_bytes
from web3 import Web3

from rollup.chain.abi import Transaction, address
from rollup.chain.artifacts import PARTS, TOKEN, artifacts
from rollup.chain.bindings import System
from rollup.chain.bindings.structs import Parts
from rollup.chain.bindings.verifiers import ProofKind as OnChain
from rollup.chain.encoding import signers_of
from rollup.chain.keys import CircuitKey
from rollup.chain.plan import Genesis, Plan, Roles, constructor_arguments
from rollup.spec.hashes import keccak
from rollup.spec.settlement import L1_ERRORS, Deployment

__all__ = [
    "DEPLOYER",
    "PLACES",
    "SYSTEM",
    "View",
    "agrees",
    "answer",
    "approve",
    "contract_address",
    "creation",
    "deploy",
    "mint",
    "plan_of",
    "question",
    "refusal_of",
    "sent_by",
    "transfers",
]

DEPLOYER: Final = 0xDE910E
"""
Deploys the parts with its first transactions, so their addresses are known before: `spec_values.CLEARING` is one.
"""
MINTER: Final = 0x312E9
"""Deploys the token."""

RULES: Final = {keccak(f"{name}()".encode())[:4]: rule for rule, name in L1_ERRORS.items()}
TRANSFER: Final = "0x" + keccak(b"Transfer(address,address,uint256)").hex()


@dataclass(frozen=True, slots=True)
class View:
    """A question to a part, and what the model answers."""

    part: str
    function: str
    arguments: tuple[Any, ...]
    expected: Any
    """None in a tuple stands for what the model does not know."""

    @property
    def question(self) -> tuple[Any, ...]:
        """What is asked."""
        return self.part, self.function, self.arguments


@dataclass(frozen=True, slots=True)
class _Function:
    selector: bytes
    takes: tuple[str, ...]
    gives: tuple[str, ...]


@cache
def contract_address(part: str) -> int:
    """Where a part is: what follows from its deployer and the number of the deployer's transactions before."""
    return _created(DEPLOYER, PARTS.index(part)) if part in PARTS else _created(MINTER, 0)


def plan_of(deployment: Deployment) -> Plan:
    """What the model is deployed with, as a plan."""
    people = {name: address(getattr(deployment, name)) for name in ("operator", "guardian", "revenue_owner")}
    groups = {name: signers_of(getattr(deployment, name)) for name in ("governance", "committee")}
    roles = Roles(**people, **groups, providers=tuple(address(one) for one in sorted(deployment.providers)))
    keys = tuple(
        CircuitKey(OnChain(kind), key_bytes(kind, key), True, "") for kind, key in deployment.verifiers.items()
    )
    assert deployment.parameters_hash == PARAMETERS.hash
    return Plan(
        deployment.profile,
        deployment.settings,
        roles,
        Genesis(0, 0),
        PARAMETERS,
        keys,
        genesis_root=deployment.genesis_root,
    )


def creation(part: str, plan: Plan, places: Parts) -> bytes:
    """What the transaction that deploys a part carries."""
    arguments = constructor_arguments(plan, places, address(contract_address(TOKEN)))[part]
    return artifacts().contracts[part].creation + arguments


def deploy(chain: TwinChain, deployment: Deployment) -> None:
    """The whole system in one block, at the model's time."""
    assert contract_address("clearing") == deployment.contract
    plan = plan_of(deployment)
    token = Message(MINTER, None, artifacts().contracts[TOKEN].creation)
    messages = [token, *(Message(DEPLOYER, None, creation(part, plan, PLACES)) for part in PARTS)]
    receipts = chain.mine(messages, deployment.time)
    deployed = [int(receipt["contractAddress"], 16) for receipt in receipts]
    assert deployed == [contract_address(name) for name in (TOKEN, *PARTS)]


def sent_by(sender: int, transaction: Transaction[Any]) -> Message:
    """A transaction and who makes it."""
    assert transaction.to is not None
    return Message(sender, int(transaction.to, 16), transaction.data, transaction.value)


def mint(to: int, amount: int) -> Transaction[None]:
    """Tokens out of nothing."""
    return _of_token("mint", address(to), amount)


def approve(spender: int, amount: int) -> Transaction[None]:
    """The caller lets somebody take its tokens."""
    return _of_token("approve", address(spender), amount)


@cache
def question(part: str, function: str, arguments: tuple[Any, ...]) -> tuple[int, bytes]:
    """A view as `TwinChain.read` takes it."""
    found = _function(part, function)
    return contract_address(part), found.selector + encode(found.takes, arguments)


def answer(part: str, function: str, data: bytes) -> Any:
    """What a function returned; addresses and words as numbers."""
    values = tuple(_plain(value) for value in decode(_function(part, function).gives, data))
    return values[0] if len(values) == 1 else values


def agrees(expected: Any, found: Any) -> bool:
    """Whether an answer is the expected one; a set has no order, and None stands for anything."""
    if expected is None:
        return True
    if isinstance(expected, frozenset):
        return len(found) == len(expected) and set(found) == expected
    if isinstance(expected, tuple):
        return len(found) == len(expected) and all(agrees(*both) for both in zip(expected, found, strict=True))
    return bool(expected == found)


def refusal_of(data: bytes) -> str:
    """The rule whose error this is, or the data itself."""
    return RULES.get(data, "0x" + data.hex())


def transfers(receipt: dict[str, Any]) -> list[tuple[int, int]]:
    """Tokens that left the vault: to whom and how many."""
    token, vault = contract_address(TOKEN), contract_address("vault")
    logs = [log for log in receipt["logs"] if int(log["address"], 16) == token and log["topics"][0] == TRANSFER]
    return [(int(log["topics"][2], 16), int(log["data"], 16)) for log in logs if int(log["topics"][1], 16) == vault]


def _of_token(function: str, *arguments: Any) -> Transaction[None]:
    place, data = question(TOKEN, function, arguments)
    return Transaction(Web3(), address(place), function, data, lambda _: None)


@cache
def _function(part: str, name: str) -> _Function:
    entries = [one for one in artifacts().contracts[part].abi if one["type"] == "function" and one["name"] == name]
    (entry,) = entries
    takes, gives = ([_type(one) for one in entry[side]] for side in ("inputs", "outputs"))
    return _Function(keccak(f"{name}({','.join(takes)})".encode())[:4], tuple(takes), tuple(gives))


def _type(parameter: dict[str, Any]) -> str:
    """The canonical type of a parameter, structs as tuples."""
    kind: str = parameter["type"]
    if kind.startswith("tuple"):
        return "(" + ",".join(_type(one) for one in parameter["components"]) + ")" + kind.removeprefix("tuple")
    return kind


def _plain(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return tuple(_plain(one) for one in value)
    if isinstance(value, str):
        return int(value, 16)
    return int.from_bytes(value, "big") if isinstance(value, bytes) and len(value) == 32 else value


def _created(deployer: int, nonce: int) -> int:
    """The address of a contract that an account deploys with a transaction of this number below 128."""
    listed = b"\x94" + deployer.to_bytes(20, "big") + (bytes([nonce]) if nonce else b"\x80")
    return int.from_bytes(keccak(bytes([0xC0 + len(listed)]) + listed)[12:], "big")


PLACES: Final = Parts(**{part: address(contract_address(part)) for part in PARTS})
SYSTEM: Final = System.at(Web3(), PLACES)
"""For its transactions; they are sent by us, and not by it."""
