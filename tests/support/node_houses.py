"""
A local house whose node may be opened on any directory: everything deployed and listed, two traders with money.

    with running_house(tmp_path / "node") as house:
        with house.node() as node:
            house.deposit(node, 2, 1_000)
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from eth_account import Account as Signer

from rollup.chain import abi
from rollup.chain.keys import development_keys
from rollup.chain.local import running_chain
from rollup.client.keys import Keys, keys_of
from rollup.market.defaults import START, default_governance
from rollup.market.story import story_inputs, story_simulator
from rollup.node.local import LocalHouse, deploy_house
from rollup.node.node import Node
from rollup.node.oracle import Oracle
from rollup.node.proving import Workshop
from rollup.spec.settlement import MINUTE
from rollup.spec.shared import PROFILES

__all__ = ["TinyHouse", "running_house"]

TINY = PROFILES["tiny"]
USDC = 10**6


@dataclass
class TinyHouse:
    """A house on a chain, and a node's directory in which one batch is settled."""

    local: LocalHouse
    oracle: Oracle
    workshop: Workshop
    directory: Path
    before: Path
    """The same directory as it was before that batch was sealed."""

    def keys(self, index: int) -> Keys:
        return keys_of(bytes([index]) * 32)

    def wallet(self, index: int) -> abi.Account:
        return abi.Account(Signer.from_key(bytes([index + 100]) * 32))

    def open(self, directory: Path | None = None) -> Node:
        """The node on a directory; closed by `shut`."""
        return self.local.node(directory or self.directory, self.workshop)

    @contextmanager
    def node(self, directory: Path | None = None) -> Iterator[Node]:
        """The node on a directory, closed in the end."""
        opened = self.open(directory)
        try:
            yield opened
        finally:
            shut(opened)

    def register(self, node: Node, index: int, amount: int) -> None:
        """A trader introduces itself and pays in."""
        owner = self.keys(index).owner(int(self.wallet(index).address, 16))
        node.intake.introduce(owner)
        self.pay_in(index, owner.hash, amount)

    def pay_in(self, index: int, owner_hash: int, amount: int) -> None:
        """A first deposit on L1."""
        wallet, token = self.wallet(index), self.local.token
        self.local.chain.fund(wallet.address)
        token.mint(wallet.address, amount, self.local.anybody)
        token.approve(self.local.record.parts.vault, amount, wallet)
        self.local.system.deposits.register(owner_hash, amount).send(wallet)
        self.local.chain.move_to(self.local.chain.now + 1)

    def pass_epoch(self, node: Node) -> None:
        """A minute passes, and the committee signs a table."""
        self.local.move_to(max(self.local.chain.now, self.local.now) + MINUTE)
        epoch = self.oracle.next(self.local.now)
        node.take_table(epoch.inputs.epoch, epoch.table, epoch.signed)

    def copy(self, to: Path, of: Path | None = None) -> Path:
        """A node's directory once more."""
        shutil.copytree(of or self.directory, to)
        return to


def shut(node: Node) -> None:
    """As the end of its process would."""
    node.close()
    node.poster.notes.close()


@contextmanager
def running_house(folder: Path) -> Iterator[TinyHouse]:
    """Two traders registered, in a batch that is settled."""
    with running_chain(START - 600) as chain:
        local = deploy_house(chain, TINY, development_keys(TINY.name))
        oracle = local.oracle(story_simulator(story_inputs(TINY, default_governance(), START), 1))
        local.list_all(oracle)
        local.move_to(START)
        workshop = Workshop(TINY.name)
        house = TinyHouse(local, oracle, workshop, folder / "node", folder / "before")
        house.directory.mkdir(parents=True)
        local.record.write(house.directory / "deployment.json")
        with house.node() as node:
            house.register(node, 2, 3_000 * USDC)
            house.register(node, 3, 3_000 * USDC)
            assert node.watch().deposits == 2
            house.pass_epoch(node)
        house.copy(house.before)
        with house.node() as node:
            assert len(node.settle()) == 1
        assert json.loads((house.directory / "deployment.json").read_text())["profile"] == "tiny"
        yield house
