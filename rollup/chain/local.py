"""
A chain of one's own: anvil on a free port, with a clock that can be moved, ended whatever happens.

Everything on it is play money. `FRESH_CLEARING` says where the first system of such a chain will have its clearing,
so that the domain of a story's signatures is known before there is a chain.
"""

from __future__ import annotations

import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, Final

from web3 import HTTPProvider, Web3

from prover import toolchain
from prover.errors import ToolFailed
from rollup.chain.abi import Address, NodeAccount, Sender, Transaction, address, encoded, selector

__all__ = ["CHAIN_ID", "DEPLOYER", "FRESH_CLEARING", "LocalChain", "Token", "running_chain"]

CHAIN_ID: Final = 31_337
"""Anvil's."""

DEPLOYER: Final = address("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")
"""Anvil's first account."""

FRESH_CLEARING: Final = address("0x5FC8d32690cc91D4c39d9d3abcBD16989F875707")
"""Where the clearing comes to stand when that account deploys a system with its token before anything else."""

PATIENCE: Final = 20.0
"""Seconds until anvil must have answered."""

TIMEOUT: Final = 120
"""Seconds for one request: a machine may be busy with proofs."""


class LocalChain:
    """A running anvil."""

    def __init__(self, rpc: str) -> None:
        self.rpc = rpc
        self.web3 = Web3(HTTPProvider(rpc, request_kwargs={"timeout": TIMEOUT}))

    def account(self, number: int) -> NodeAccount:
        """An account whose key anvil keeps."""
        return NodeAccount(address(self.web3.eth.accounts[number]))

    @property
    def now(self) -> int:
        """Time of the latest block."""
        return int(self.web3.eth.get_block("latest")["timestamp"])

    def move_to(self, when: int) -> None:
        """Mine a block of this time; the clock goes on from there."""
        self._order("evm_setNextBlockTimestamp", when)
        self._order("evm_mine")

    def fund(self, who: Address, ether: int = 10) -> None:
        """ETH for gas."""
        self._order("anvil_setBalance", address(who), hex(ether * 10**18))

    def _order(self, method: str, *parameters: Any) -> None:
        """A request that only anvil understands."""
        answer = self.web3.provider.make_request(method, list(parameters))  # type: ignore[arg-type]
        if "error" in answer:
            raise ToolFailed("anvil", (method,), None, str(answer["error"]))


class Token:
    """The collateral, as its holders use it."""

    def __init__(self, chain: Web3, place: Address) -> None:
        self.chain, self.address = chain, address(place)

    def balance(self, who: Address) -> int:
        data = selector("balanceOf(address)") + encoded("(address)", [who])
        return int.from_bytes(self.chain.eth.call({"to": self.address, "data": data}), "big")

    def mint(self, to: Address, amount: int, sender: Sender) -> None:
        """Out of nothing, as only a test token can."""
        self._send("mint(address,uint256)", to, amount, sender)

    def approve(self, spender: Address, amount: int, sender: Sender) -> None:
        self._send("approve(address,uint256)", spender, amount, sender)

    def _send(self, signature: str, who: Address, amount: int, sender: Sender) -> None:
        data = selector(signature) + encoded(signature, [who, amount])
        Transaction(self.chain, self.address, signature.partition("(")[0], data, lambda _: None).send(sender)


@contextmanager
def running_chain(start: int) -> Iterator[LocalChain]:
    """Start anvil at a time, wait until it answers, and end it whatever happens."""
    with tempfile.TemporaryFile() as log:
        port = _free_port()
        options = ["--host", "127.0.0.1", "--port", str(port), "--timestamp", str(start), "--silent"]
        command = [*toolchain.anvil().command, *options]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        try:
            chain = LocalChain(f"http://127.0.0.1:{port}")
            _wait(chain, process, command, log)
            yield chain
        finally:
            process.terminate()
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(chain: LocalChain, process: subprocess.Popen[bytes], command: list[str], log: IO[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while not chain.web3.is_connected():
        if process.poll() is not None or time.monotonic() > until:
            log.seek(0)
            said = log.read().decode(errors="replace") or f"it did not answer within {PATIENCE:.0f} seconds"
            raise ToolFailed("anvil", command, process.returncode, said)
        time.sleep(0.05)
