"""Chains of one's own: never left running, stopped and gone on with, on a port that is named; and local settings."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

from support.deployed import deploy_tiny, failures
from web3 import Web3

from prover import toolchain
from prover.errors import ToolMissing
from rollup.chain import local
from rollup.chain.abi import Transaction
from rollup.chain.development import local_settings
from rollup.chain.errors import PortTaken, StateUnusable
from rollup.chain.local import LocalChain, running_chain
from rollup.spec.settlement.settings import HOUR, Settings

START = 1_800_000_000

STARTS = """
import sys, time
from pathlib import Path
from rollup.chain.local import running_chain
state = Path(sys.argv[2]) if len(sys.argv) > 2 else None
with running_chain(int(sys.argv[1]), state=state) as chain:
    chain.move_to(int(sys.argv[1]) + 5_000)
    print(chain.rpc, flush=True)
    time.sleep(600)
"""
"""A program that runs a chain and is killed before it ends."""


def answers(rpc: str) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", int(rpc.rpartition(":")[2]))) == 0


def ends(rpc: str) -> bool:
    """Whether nothing answers there, sooner or later."""
    for _ in range(600):
        if not answers(rpc):
            return True
        time.sleep(0.05)
    return False


@contextmanager
def started(*arguments: object) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Such a program, and where its chain answers."""
    command = [sys.executable, "-c", STARTS, *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout is not None
            rpc = program.stdout.readline().strip()
            assert answers(rpc)
            yield program, rpc
        finally:
            program.kill()


def pay(chain: LocalChain) -> bytes:
    """Some transaction; its hash."""
    receipt = Transaction(chain.web3, chain.account(5).address, "a payment", b"", lambda _: None, 3).send(
        chain.account(4)
    )
    return bytes(receipt["transactionHash"])


# -- nothing is left running


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_chain_ends_when_the_program_that_runs_it_is_killed(how: signal.Signals) -> None:
    with started(START) as (program, rpc):
        os.kill(program.pid, how)
        program.wait()
        assert ends(rpc)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_chain_of_tests_ends_when_they_are_killed() -> None:
    code = """
import sys, time
sys.path.insert(0, sys.argv[1])
from support.chain import running_chain
with running_chain("--timestamp", "1800000000") as chain:
    print(chain.provider.endpoint_uri, flush=True)
    time.sleep(600)
"""
    command = [sys.executable, "-c", code, str(Path(__file__).parent.parent)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        rpc = program.stdout.readline().strip()
        assert answers(rpc)
        program.kill()
    assert ends(rpc)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_chain_whose_program_is_killed_writes_its_state_and_goes_on(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    with started(START, state) as (program, rpc):
        os.kill(program.pid, signal.SIGKILL)
        program.wait()
        assert ends(rpc)
    with running_chain(START, state=state) as chain:
        assert chain.web3.eth.block_number == 1
        assert chain.now == START + 5_000


def test_chain_whose_program_is_gone_before_it_starts_does_not_start() -> None:
    command = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        local.GUARD,
        "9",
        str(os.getpid() + 1),
        sys.executable,
        "-c",
        "print(1)",
    ]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "has ended" in ended.stderr


# -- stopped and started again


def test_chain_with_a_state_goes_on_with_its_history(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    with running_chain(START, state=state) as chain:
        first = pay(chain)
        chain.move_to(START + HOUR)
        blocks = [bytes(chain.web3.eth.get_block(number)["hash"]) for number in range(chain.web3.eth.block_number + 1)]
        held = chain.web3.eth.get_balance(chain.account(5).address)
    with running_chain(START, state=state) as chain:
        assert [bytes(chain.web3.eth.get_block(number)["hash"]) for number in range(len(blocks))] == blocks
        assert chain.web3.eth.get_transaction(first)["blockNumber"] == 1  # type: ignore[arg-type]
        assert chain.web3.eth.get_transaction_receipt(first)["status"] == 1  # type: ignore[arg-type]
        assert chain.web3.eth.get_balance(chain.account(5).address) == held
        pay(chain)
        assert chain.now > START + HOUR
        later = chain.now
    with running_chain(START + 2 * HOUR, state=state) as chain:
        pay(chain)
        assert chain.now >= START + 2 * HOUR > later


def test_chain_with_a_system_goes_on_with_logs_and_code(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    with running_chain(START, state=state) as chain:
        record = deploy_tiny(chain.web3)
        asked = {"fromBlock": 0, "toBlock": "latest", "address": record.parts.verifiers}
        logs = chain.web3.eth.get_logs(asked)  # type: ignore[arg-type]
        assert len(logs) > 5
    with running_chain(START, state=state) as chain:
        assert chain.web3.eth.get_logs(asked) == logs  # type: ignore[arg-type]
        assert failures(chain.web3, record) == {}


def test_chain_with_a_state_that_is_no_good_says_what_to_do(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    state.write_text("{")
    with pytest.raises(StateUnusable, match="put it aside"):
        running_chain(START, state=state).__enter__()
    for nowhere in (tmp_path / "missing" / "state.json", tmp_path):
        with pytest.raises(StateUnusable, match="name a file in a directory that exists"):
            running_chain(START, state=nowhere).__enter__()


# -- ports and programs


def test_chain_on_a_named_port_answers_there() -> None:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    for _ in range(2):  # and again at once
        with running_chain(START, port=port) as chain:
            assert chain.rpc == f"http://127.0.0.1:{port}"
            assert Web3(Web3.HTTPProvider(chain.rpc)).eth.chain_id == local.CHAIN_ID


def test_chain_on_a_port_that_is_taken_is_refused_by_its_number() -> None:
    with running_chain(START) as chain:
        port = int(chain.rpc.rpartition(":")[2])
        with pytest.raises(PortTaken, match=f"port {port} of this machine is taken.*name another port"):
            running_chain(START, port=port).__enter__()
        assert chain.web3.is_connected()


def test_chain_without_anvil_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(toolchain, "checkout", lambda: tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    toolchain.anvil.cache_clear()
    try:
        with pytest.raises(ToolMissing, match="make setup"):
            running_chain(START).__enter__()
    finally:
        toolchain.anvil.cache_clear()


# -- settings of local chains


def test_local_settings_are_of_minutes_and_verify_takes_them() -> None:
    settings, default = local_settings(), Settings()
    times = ("max_age", "attestation_age", "insolvency_deadline", "forced_deadline", "claim_window", "timelock")
    for name in times:
        assert getattr(settings, name) <= HOUR <= getattr(default, name)
    with running_chain(START) as chain:
        assert failures(chain.web3, deploy_tiny(chain.web3, settings=settings)) == {}
