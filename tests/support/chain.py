"""A real chain for tests: anvil on a free port, ended with the test, and when the tests themselves are killed."""

from __future__ import annotations

import json
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from web3 import HTTPProvider, Web3
from web3.contract import Contract

from prover import toolchain
from rollup.chain.local import child


@contextmanager
def running_chain(*options: str) -> Iterator[Web3]:
    """Start anvil with further options, wait until it answers, and end it whatever happens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [*toolchain.anvil().command, "--port", str(port), "--silent", "--code-size-limit", "100000", *options]
    with tempfile.TemporaryFile() as log, child(command, log) as process:
        chain = Web3(HTTPProvider(f"http://127.0.0.1:{port}"))
        for _ in range(100):
            if chain.is_connected():
                break
            if process.poll() is not None:
                log.seek(0)
                raise RuntimeError(f"anvil ended: {log.read().decode(errors='replace')}")
            time.sleep(0.1)
        else:
            raise RuntimeError("anvil did not answer within ten seconds")
        yield chain


def compile_solidity(source: Path, name: str) -> dict[str, Any]:
    """ABI and bytecode of one contract in a file without imports."""
    request = {
        "language": "Solidity",
        "sources": {source.name: {"content": source.read_text()}},
        "settings": {
            "optimizer": {"enabled": True, "runs": 200},
            "outputSelection": {"*": {"*": ["abi", "evm.bytecode.object"]}},
        },
    }
    output = json.loads(toolchain.run(toolchain.solc(), [], standard_input=json.dumps(request)))
    problems = [each["formattedMessage"] for each in output.get("errors", ()) if each["severity"] == "error"]
    assert not problems, problems
    contract = output["contracts"][source.name][name]
    return {"abi": contract["abi"], "bytecode": contract["evm"]["bytecode"]["object"]}


def deploy(chain: Web3, built: dict[str, Any], *arguments: Any) -> Contract:
    """Deploy from the chain's first account."""
    factory = chain.eth.contract(abi=built["abi"], bytecode=built["bytecode"])
    transaction = factory.constructor(*arguments).transact({"from": chain.eth.accounts[0]})
    address = chain.eth.wait_for_transaction_receipt(transaction)["contractAddress"]
    assert address is not None
    return chain.eth.contract(address=address, abi=built["abi"])
