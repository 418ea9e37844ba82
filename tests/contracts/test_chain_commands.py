"""`zkclear chain …` against real nodes: a local one, and one that is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account as Signer
from requests.exceptions import ConnectionError  # noqa: A004 - the one that web3 lets through
from support.chain import running_chain
from support.deployed import order
from typer.testing import CliRunner
from web3 import Web3

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

from rollup.chain import deploy as deploying
from rollup.chain.errors import BadRecord, ChainUnreachable, DeploymentRefused
from rollup.chain.record import Record
from rollup.cli import app


@pytest.fixture(scope="module")
def chain() -> Iterator[Web3]:
    with running_chain() as chain:
        yield chain


@pytest.fixture(scope="module")
def foreign() -> Iterator[Web3]:
    """A chain that is no local one."""
    with running_chain("--chain-id", "5") as chain:
        yield chain


def rpc_of(chain: Web3) -> str:
    return str(chain.provider.endpoint_uri)  # type: ignore[attr-defined]


def test_commands_deploy_and_verify_agree(chain: Web3, tmp_path: Path) -> None:
    file = tmp_path / "deployment.json"
    arguments = ["--rpc", rpc_of(chain), "--profile", "tiny", "--out", str(file), "--json"]
    made = CliRunner().invoke(app, ["chain", "deploy", *arguments])
    assert made.exit_code == 0, made.output
    document = json.loads(made.stdout)
    assert {claim["verdict"] for claim in document["claims"]} == {"PASS"}

    checked = CliRunner().invoke(app, ["chain", "verify", str(file), "--rpc", rpc_of(chain), "--json"])
    assert checked.exit_code == 0, checked.output
    assert json.loads(checked.stdout)["ok"]
    printed = CliRunner().invoke(app, ["chain", "verify", str(file), "--rpc", rpc_of(chain)])
    assert "PASS" in printed.stdout
    assert "code of clearing" in printed.stdout

    lying = json.loads(file.read_text())
    lying["roles"]["operator"] = lying["roles"]["guardian"]
    file.write_text(json.dumps(lying))
    assert CliRunner().invoke(app, ["chain", "verify", str(file), "--rpc", rpc_of(chain)]).exit_code == 1
    file.write_text("{}")
    assert CliRunner().invoke(app, ["chain", "verify", str(file), "--rpc", rpc_of(chain)]).exit_code == 2


def test_command_deploy_a_plan_takes_what_it_says(chain: Web3, tmp_path: Path) -> None:
    plan, out = tmp_path / "plan.json", tmp_path / "deployment.json"
    written = CliRunner().invoke(app, ["chain", "plan", "--rpc", rpc_of(chain), "--out", str(plan)])
    assert written.exit_code == 0, written.output
    document = json.loads(plan.read_text())
    document["settings"]["minimum_deposit"] = "77"
    plan.write_text(json.dumps(document))
    arguments = ["--rpc", rpc_of(chain), "--profile", "tiny", "--plan", str(plan), "--out", str(out), "--json"]
    made = CliRunner().invoke(app, ["chain", "deploy", *arguments])
    assert made.exit_code == 0, made.output
    assert Record.read(out).settings.minimum_deposit == 77


def test_command_deploy_off_local_chains_wants_a_key_and_a_plan(
    foreign: Web3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ["chain", "deploy", "--rpc", rpc_of(foreign), "--profile", "tiny", "--out", str(tmp_path / "d.json")]
    refused = CliRunner().invoke(app, arguments)
    assert isinstance(refused.exception, DeploymentRefused)
    assert "ZKCLEAR_DEPLOYER_KEY" in str(refused.exception)
    monkeypatch.setenv("ZKCLEAR_DEPLOYER_KEY", "0x" + "11" * 32)
    refused = CliRunner().invoke(app, arguments)
    assert "--plan" in str(refused.exception)
    monkeypatch.setenv("ZKCLEAR_DEPLOYER_KEY", "secret")
    refused = CliRunner().invoke(app, arguments)
    assert "32 bytes" in str(refused.exception)
    assert "secret" not in str(refused.exception)


def test_command_deploy_off_local_chains_wants_keys_of_a_ceremony(
    chain: Web3, foreign: Web3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it spends minutes on making development keys that it would refuse."""
    plan = tmp_path / "plan.json"
    assert CliRunner().invoke(app, ["chain", "plan", "--rpc", rpc_of(chain), "--out", str(plan)]).exit_code == 0
    monkeypatch.setenv("ZKCLEAR_DEPLOYER_KEY", "0x" + "11" * 32)
    arguments = ["chain", "deploy", "--rpc", rpc_of(foreign), "--profile", "tiny", "--plan", str(plan)]
    refused = CliRunner().invoke(app, [*arguments, "--out", str(tmp_path / "d.json")])
    assert isinstance(refused.exception, DeploymentRefused)
    assert "--keys" in str(refused.exception)
    missing = CliRunner().invoke(app, [*arguments, "--keys", str(tmp_path), "--out", str(tmp_path / "d.json")])
    assert "ceremony export" in str(missing.exception)
    assert foreign.eth.block_number == 0


@pytest.mark.parametrize("text", ["{}", "nothing", '{"roles": {}}'])
def test_command_deploy_with_a_plan_that_is_none_says_what_writes_one(text: str, chain: Web3, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(text)
    refused = CliRunner().invoke(app, ["chain", "deploy", "--rpc", rpc_of(chain), "--plan", str(plan)])
    assert isinstance(refused.exception, BadRecord)
    assert "zkclear chain plan" in str(refused.exception)


def test_command_deploy_without_a_place_for_the_record_deploys_nothing(
    chain: Web3, foreign: Web3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    height = chain.eth.block_number
    nowhere = ["chain", "deploy", "--rpc", rpc_of(chain), "--profile", "tiny", "--out", str(tmp_path / "no" / "d.json")]
    assert "is no directory" in str(CliRunner().invoke(app, nowhere).exception)
    (tmp_path / "d.json").write_text("somebody's")
    taken = ["chain", "deploy", "--rpc", rpc_of(foreign), "--profile", "tiny", "--out", str(tmp_path / "d.json")]
    assert "may be the record of another system" in str(CliRunner().invoke(app, taken).exception)
    assert chain.eth.block_number == height


@pytest.mark.parametrize("rpc", ["http://127.0.0.1:9", "nonsense", "ftp://127.0.0.1"])
def test_commands_without_a_node_say_how_to_get_one(rpc: str, tmp_path: Path) -> None:
    refused = CliRunner().invoke(app, ["chain", "deploy", "--rpc", rpc, "--out", str(tmp_path / "d.json")])
    assert isinstance(refused.exception, ChainUnreachable)
    assert "anvil" in str(refused.exception)


def test_command_deploy_when_the_node_goes_away_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_chain() as brief:
        rpc = rpc_of(brief)
        real = deploying._create
        started = []

        def slow(*arguments: Any) -> Any:
            started.append(1)
            if len(started) == 3:
                raise ConnectionError("the node is gone")
            return real(*arguments)

        monkeypatch.setattr(deploying, "_create", slow)
        arguments = ["chain", "deploy", "--rpc", rpc, "--profile", "tiny", "--out", str(tmp_path / "d.json")]
        assert isinstance(CliRunner().invoke(app, arguments).exception, ChainUnreachable)
    assert not (tmp_path / "d.json").exists()


def test_command_deploy_unknown_profile_lists_those_there_are(chain: Web3) -> None:
    refused = CliRunner().invoke(app, ["chain", "deploy", "--rpc", rpc_of(chain), "--profile", "huge"])
    assert "tiny, small, standard" in str(refused.exception)


def test_command_deploy_with_a_key_of_ones_own_signs_here(
    chain: Web3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signer = Signer.from_key("0x" + "11" * 32)
    order(chain, "anvil_setBalance", signer.address, hex(10**20))
    monkeypatch.setenv("ZKCLEAR_DEPLOYER_KEY", "0x" + "11" * 32)
    out = tmp_path / "d.json"
    made = CliRunner().invoke(
        app, ["chain", "deploy", "--rpc", rpc_of(chain), "--profile", "tiny", "--out", str(out), "--json"]
    )
    assert made.exit_code == 0, made.output
    assert Record.read(out).deployer == signer.address
