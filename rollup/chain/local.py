"""
A chain of one's own: anvil with a clock that can be moved, ended whatever happens, also when we are killed.

Everything on it is play money. `FRESH_CLEARING` says where the first system of such a chain will have its clearing,
so that the domain of a story's signatures is known before there is a chain.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

from web3 import HTTPProvider, Web3

from prover import toolchain
from prover.errors import ToolFailed
from rollup.chain.abi import Address, NodeAccount, Sender, Transaction, address, encoded, selector
from rollup.chain.errors import PortTaken, StateUnusable

__all__ = ["CHAIN_ID", "DEPLOYER", "FRESH_CLEARING", "LocalChain", "Token", "child", "running_chain"]

CHAIN_ID: Final = 31_337
"""Anvil's."""

DEPLOYER: Final = address("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")
"""Anvil's first account."""

FRESH_CLEARING: Final = address("0x5FC8d32690cc91D4c39d9d3abcBD16989F875707")
"""Where the clearing comes to stand when that account deploys a system with its token before anything else."""

PATIENCE: Final = 20.0
"""Seconds until anvil must have answered."""

ENDING: Final = 10.0
"""Seconds until anvil must have ended, its state written, before it is killed."""

GUARD: Final = """
import ctypes, os, sys
PR_SET_PDEATHSIG = 1
ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(sys.argv[1]), 0, 0, 0)
if os.getppid() != int(sys.argv[2]):
    sys.exit("the process that starts it has ended")
os.execv(sys.argv[3], sys.argv[3:])
"""
"""A program that becomes another one, which gets a signal when the process that started it ends."""

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
        self.resume_at(when)
        self._order("evm_mine")

    def resume_at(self, when: int) -> None:
        """The next block is of this time; the clock goes on from there."""
        self._order("evm_setNextBlockTimestamp", when)

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
def running_chain(start: int, *, port: int | None = None, state: Path | None = None) -> Iterator[LocalChain]:
    """
    Start anvil at a time, wait until it answers, and end it whatever happens.

    Without a port a free one is chosen. With a file of state, the chain goes on where it was when it ended in order,
    with all blocks, transactions and logs, and its time never goes back; what accounts and contracts had at blocks
    before that is lost. A running anvil keeps everything, unless it is told to prune.
    """
    chosen = _free_port() if port is None else _untaken(port)
    options = ["--host", "127.0.0.1", "--port", str(chosen), "--timestamp", str(start), "--silent"]
    if state is not None:
        options += ["--state", str(state)]
    goes_on = state is not None and _kept(state)
    with tempfile.TemporaryFile() as log, child([*toolchain.anvil().command, *options], log, state) as process:
        chain = LocalChain(f"http://127.0.0.1:{chosen}")
        try:
            _wait(chain, process, log)
        except ToolFailed as error:
            if goes_on and state is not None and "--state" in error.output:
                raise StateUnusable(state, "is no state of a chain; put it aside, and the chain begins anew") from error
            raise
        if goes_on:  # Anvil would begin again at the time it is given, behind its own blocks.
            chain.resume_at(max(start, chain.now + 1))
        yield chain


@contextmanager
def child(command: list[str], log: IO[bytes], state: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """
    A process that ends when we leave, and when we are killed.

    On Linux the kernel sees to the latter: `GUARD` asks it for a signal at our end and then becomes the program. That
    is safer than `preexec_fn`, which may not be used beside threads. The kernel counts the thread that starts it as
    its parent, so start a chain from one that stays. The child is in a session of its own, so that an interrupt from
    the keyboard reaches only us, and the chain is there while we finish. Elsewhere there is no such signal: the child
    shares our session, gets our interrupts, and outlives us when we are killed outright.
    """
    guarded = sys.platform == "linux" and bool(sys.executable)
    if guarded:
        # What has a state to write may do so; anything else ends at once.
        at_our_end = signal.SIGTERM if state is not None else signal.SIGKILL
        command = [sys.executable, "-I", "-S", "-c", GUARD, str(int(at_our_end)), str(os.getpid()), *command]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=guarded
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=ENDING)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _untaken(port: int) -> int:
    """The same port, if nothing listens there: another chain would answer in the place of ours."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise PortTaken(port) from error
    return port


def _kept(state: Path) -> bool:
    """Whether there is a state to go on from; anvil would say nothing of a place where it can write none at its end."""
    if not os.access(state if state.exists() else state.parent, os.W_OK) or state.is_dir():
        raise StateUnusable(state, "cannot be written; name a file in a directory that exists and is yours")
    return state.exists()


def _wait(chain: LocalChain, process: subprocess.Popen[bytes], log: IO[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while process.poll() is not None or not chain.web3.is_connected():
        if process.poll() is not None or time.monotonic() > until:
            log.seek(0)
            said = log.read().decode(errors="replace") or f"it did not answer within {PATIENCE:.0f} seconds"
            raise ToolFailed("anvil", toolchain.anvil().command, process.returncode, said)
        time.sleep(0.05)
