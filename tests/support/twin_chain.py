"""
A chain that a model is run beside: every call in a block of its time, and several in one block where that matters.

The chain mines when it is told to. A call is tried first, at the time that its block would have: a refusal is told
by name, and what is accepted is then mined. Between systems it goes back to where the last one had just been deployed.
"""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any

from prover import toolchain

__all__ = ["RICH", "Mark", "Message", "Refused", "TwinChain", "hexadecimal", "running_twin_chain"]

GAS = 100_000_000
RICH = 10**40
"""Wei that every sender has before each of its transactions; gas is free."""
LOST = "the node knows a snapshot no longer"


class Refused(Exception):
    """A call reverted, with this data."""

    def __init__(self, data: bytes, message: str) -> None:
        super().__init__(message)
        self.data = data


@dataclass(frozen=True, slots=True)
class Message:
    """A transaction; `to` is None when it deploys."""

    sender: int
    to: int | None
    data: bytes
    value: int = 0

    def document(self) -> dict[str, str]:
        """As the node takes it."""
        said = {"from": hexadecimal(self.sender), "data": "0x" + self.data.hex(), "value": hex(self.value)}
        place = {} if self.to is None else {"to": hexadecimal(self.to)}
        return {**said, **place, "gas": hex(GAS), "gasPrice": "0x0"}


def hexadecimal(address: int) -> str:
    """An address as the node takes it."""
    return f"0x{address:040x}"


@dataclass(frozen=True, slots=True)
class Mark:
    """Something to go back to."""

    snapshot: str
    newest: int
    block: int
    height: int
    start: str
    sent: tuple[Message, ...]


@dataclass
class TwinChain:
    """anvil, with mining in our hands."""

    connection: HTTPConnection
    newest: int = 0
    """Number of the newest block."""
    block: int = 0
    """The model's block that is going on."""
    height: int = 0
    """The chain's newest block before that."""
    start: str = ""
    """A snapshot of that."""
    sent: list[Message] = field(default_factory=list)
    """Everything that was mined since."""

    def ask(self, method: str, *parameters: Any) -> Any:
        """One request; an error of the node is an error of ours."""
        reply = self._post({"jsonrpc": "2.0", "id": 0, "method": method, "params": parameters})
        if "error" in reply:
            data = reply["error"].get("data")
            raise Refused(bytes.fromhex(data[2:]) if isinstance(data, str) else b"", str(reply["error"])[:500])
        return reply["result"]

    def read(self, calls: Sequence[tuple[int, bytes]], now: int | None = None) -> list[bytes]:
        """What view functions return after the newest block, or at a later time."""
        at = [{}, {"time": hex(now)}] if now is not None else []
        parameters = [[{"to": hexadecimal(to), "data": "0x" + data.hex()}, "latest", *at] for to, data in calls]
        documents = [
            {"jsonrpc": "2.0", "id": number, "method": "eth_call", "params": one}
            for number, one in enumerate(parameters)
        ]
        replies = {reply["id"]: reply for reply in self._post(documents)}
        for number in range(len(calls)):
            assert "error" not in replies[number], (calls[number][1].hex(), replies[number])
        return [bytes.fromhex(replies[number]["result"][2:]) for number in range(len(calls))]

    def balance(self, address: int) -> int:
        """Wei."""
        return int(self.ask("eth_getBalance", hexadecimal(address), "latest"), 16)

    # -- calls

    def enter(self, block: int) -> None:
        """The model's next calls are in this block."""
        if block != self.block:
            self.block, self.height, self.sent = block, self.newest, []
            self.start = self.ask("evm_snapshot")

    def attempt(self, message: Message, now: int, *, number: int | None = None, code: bytes = b"") -> bytes:
        """What a call would return in the next block, or in one of this number; `code` is its sender's."""
        number = self.newest + 1 if number is None else number
        state: dict[str, Any] = {hexadecimal(message.sender): {"balance": hex(RICH)}}
        if code:
            state[hexadecimal(message.sender)]["code"] = "0x" + code.hex()
        block = {"time": hex(now), "number": hex(number)}
        return bytes.fromhex(self.ask("eth_call", message.document(), "latest", state, block)[2:])

    def mine(self, messages: Sequence[Message], now: int, *, keep: bool = True) -> list[dict[str, Any]]:
        """One block with these transactions, all of which succeed; their receipts."""
        self.ask("evm_setNextBlockTimestamp", now)
        hashes = []
        for message in messages:
            self.ask("anvil_setBalance", hexadecimal(message.sender), hex(RICH))
            hashes.append(self.ask("eth_sendTransaction", message.document()))
        self.ask("evm_mine")
        self.newest += 1
        receipts = [self.ask("eth_getTransactionReceipt", one) for one in hashes]
        for message, receipt in zip(messages, receipts, strict=True):
            assert receipt is not None, "the node has not mined a transaction"
            assert receipt["status"] == "0x1", f"a transaction of {message.sender:#x} failed where it had succeeded"
        if keep:
            self.sent += messages
        return receipts

    def mine_together(self, message: Message, now: int) -> dict[str, Any]:
        """The same, but in one block with everything else of the model's block."""
        if self.newest > self.height:
            assert self.ask("evm_revert", self.start), LOST
            self.newest, self.start = self.height, self.ask("evm_snapshot")
        receipts = self.mine([*self.sent, message], now, keep=False)
        self.sent.append(message)
        return receipts[-1]

    # -- back

    def mark(self) -> Mark:
        """Here."""
        return Mark(self.ask("evm_snapshot"), self.newest, self.block, self.height, self.start, tuple(self.sent))

    def go_back(self, mark: Mark) -> None:
        """Everything since the mark has not happened; the mark is used up."""
        assert self.ask("evm_revert", mark.snapshot), LOST
        self.newest, self.block, self.height = mark.newest, mark.block, mark.height
        self.start, self.sent = mark.start, list(mark.sent)

    def _post(self, document: Any) -> Any:
        self.connection.request("POST", "/", json.dumps(document), {"Content-Type": "application/json"})
        return json.loads(self.connection.getresponse().read())


@contextmanager
def running_twin_chain(chain_id: int, genesis: int) -> Iterator[TwinChain]:
    """anvil on a free port, its genesis before everything that is tested; ended whatever happens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = (
        f"--silent --no-mining --auto-impersonate --order fifo --gas-price 0 --base-fee 0 --threads 1 --port {port}"
    )
    limits = (
        f"--gas-limit {100 * GAS} --chain-id {chain_id} --timestamp {genesis} --accounts 0 --disable-min-priority-fee"
    )
    command = [*toolchain.anvil().command, *options.split(), *limits.split()]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            for _ in range(100):
                try:
                    connection.connect()
                    break
                except ConnectionError:
                    time.sleep(0.1)
            else:
                raise RuntimeError("anvil did not answer within ten seconds")
            yield TwinChain(connection)
    finally:
        process.terminate()
        process.wait()
