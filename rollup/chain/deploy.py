"""
Deploying a system: nine parts that know each other before the first of them is there.

The address of a contract follows from its deployer and the deployer's nonce, so all nine are known in advance and
every constructor is told of all of them. Nobody can put a part of their own in between, and there are no setters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from requests.exceptions import RequestException
from web3 import HTTPProvider, Web3
from web3.types import TxReceipt

from rollup.chain.abi import Address, Sender, Transaction, address
from rollup.chain.artifacts import PARTS, TOKEN, Artifact, artifacts
from rollup.chain.bindings.structs import Parts
from rollup.chain.errors import ChainUnreachable, DeploymentRefused
from rollup.chain.keys import circuit_of
from rollup.chain.plan import LOCAL_CHAINS, Plan, constructor_arguments
from rollup.chain.record import Created, KeyRecord, Record
from rollup.spec.hashes import keccak

__all__ = ["answering", "connect", "deploy", "predicted"]

TIMEOUT: Final = 30
"""Seconds that a node may take for an answer."""


def connect(rpc: str) -> Web3:
    """A node that answers."""
    chain = Web3(HTTPProvider(rpc, request_kwargs={"timeout": TIMEOUT}))
    if not chain.is_connected():
        raise ChainUnreachable(rpc)
    return chain


@contextmanager
def answering(rpc: str) -> Iterator[None]:
    """What is done inside fails with one clear error when the node goes away in the middle."""
    try:
        yield
    except RequestException as error:
        raise ChainUnreachable(rpc) from error


def predicted(chain: Web3, deployer: Address, *, with_token: bool) -> Parts:
    """Where the parts of the deployer's next system will be."""
    first = chain.eth.get_transaction_count(address(deployer), "pending") + int(with_token)
    return Parts(**{part: _created_at(deployer, first + place) for place, part in enumerate(PARTS)})


def deploy(chain: Web3, sender: Sender, plan: Plan, advance: Callable[[str], None] = lambda part: None) -> Record:
    """
    Deploy all parts, and on a local chain a token when none is named; `advance` is told of each that is there.

    What was deployed is looked at by `rollup.chain.verify`, which believes nothing of what is returned here.
    """
    chain_id, ours = chain.eth.chain_id, plan.token is None
    _refuse_unsafe(plan, chain_id)
    built = artifacts()
    parts = predicted(chain, sender.address, with_token=ours)
    token = plan.token
    if token is None:
        receipt = _create(chain, sender, built.contracts[TOKEN], b"")
        token = _place(receipt)
        advance(TOKEN)
    created = {}
    for part, arguments in constructor_arguments(plan, parts, token).items():
        receipt = _create(chain, sender, built.contracts[part], arguments)
        place, expected = _place(receipt), getattr(parts, part)
        if place != expected:
            raise DeploymentRefused(
                f"{part} came to {place} instead of {expected}: something else was sent from {sender.address} "
                "meanwhile. What is deployed so far is of no use; run the deployment again, with nothing beside it"
            )
        transaction = "0x" + bytes(receipt["transactionHash"]).hex()
        created[part] = Created(place, transaction, receipt["blockNumber"], "0x" + arguments.hex())
        advance(part)
    return Record(
        chain=chain_id,
        sources=built.source_hash,
        deployer=sender.address,
        profile=plan.profile,
        settings=plan.settings,
        roles=plan.roles,
        genesis=plan.genesis,
        genesis_root=plan.root,
        parameters=plan.parameters,
        keys=tuple(KeyRecord(key.kind, "0x" + key.name.hex(), key.development, key.constraints) for key in plan.keys),
        token=address(token),
        token_is_ours=ours,
        created=created,
    )


def _refuse_unsafe(plan: Plan, chain_id: int) -> None:
    """What may only be deployed where nothing is worth anything."""
    if chain_id in LOCAL_CHAINS:
        return
    unsafe = [circuit_of(key.kind) for key in plan.keys if key.development]
    if unsafe:
        raise DeploymentRefused(
            f"chain {chain_id} is not a local one, and the keys of {', '.join(unsafe)} are development keys: whoever "
            "reads this project can forge proofs with them and empty the vault. Make keys in a ceremony "
            "(`zkclear ceremony init`, `contribute`, `beacon`, `export`) and name their directory with --keys"
        )
    if plan.token is None:
        raise DeploymentRefused(
            f"chain {chain_id} is not a local one, and the plan names no token; put the address of USDC on that chain "
            'into the plan as "token"'
        )


def _create(chain: Web3, sender: Sender, artifact: Artifact, arguments: bytes) -> TxReceipt:
    name = f"the constructor of {artifact.name}"
    return Transaction(chain, None, name, artifact.creation + arguments, lambda _: None).send(sender)


def _place(receipt: TxReceipt) -> Address:
    place = receipt["contractAddress"]
    assert place is not None
    return place


def _created_at(deployer: Address, nonce: int) -> Address:
    """CREATE: the last 20 bytes of keccak(rlp(deployer, nonce))."""
    count = nonce.to_bytes((nonce.bit_length() + 7) // 8, "big")
    item = count if 0 < nonce < 0x80 else bytes([0x80 + len(count)]) + count
    listed = bytes([0x80 + 20]) + bytes.fromhex(deployer[2:]) + item
    return address("0x" + keccak(bytes([0xC0 + len(listed)]) + listed)[12:].hex())
