"""Deploying a system on a real chain: predicted addresses, constructor arguments, what is refused, the record."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support.chain import running_chain
from support.deployed import account, deploy_tiny, failures, order, system_of, tiny_keys, tiny_plan, undone
from support.spec_values import FUND_TRADER, REVENUE_TRADER, TINY
from web3 import Web3

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

from prover import toolchain
from prover.circuits import circuit, compiled
from prover.setup.dev import dev_key
from rollup.chain.abi import NodeAccount, Transaction
from rollup.chain.artifacts import PARTS, TOKEN, artifacts
from rollup.chain.bindings.verifiers import ProofKind
from rollup.chain.deploy import connect, deploy, predicted
from rollup.chain.errors import BadRecord, ChainUnreachable, DeploymentRefused, Reverted
from rollup.chain.keys import ceremony_keys, circuit_of, key_bytes
from rollup.chain.plan import Genesis, domain_of
from rollup.chain.record import Record
from rollup.chain.verify import Verdict, verify
from rollup.spec.settlement.headers import word_count
from rollup.spec.shared import StepKind
from rollup.spec.state import State

CODE_LIMIT = 24_576
"""EIP-170: longer code is refused by every chain but a lenient local one."""


@pytest.fixture(scope="module")
def chain() -> Iterator[Web3]:
    with running_chain() as chain:
        yield chain


@pytest.fixture(scope="module")
def foreign() -> Iterator[Web3]:
    """A chain that is no local one."""
    with running_chain("--chain-id", "5") as chain:
        yield chain


@pytest.fixture(scope="module")
def record(chain: Web3) -> Record:
    return deploy_tiny(chain)


def test_deploy_tiny_parts_are_where_they_were_predicted_and_know_each_other(chain: Web3) -> None:
    parts = predicted(chain, account(chain, 0).address, with_token=True)
    record = deploy_tiny(chain)
    assert record.parts == parts
    assert system_of(chain, record).clearing.system_domain() == domain_of(31_337, parts.clearing)


@pytest.mark.parametrize("nonce", [0, 1, 127, 128, 255, 256, 70_000])
def test_predict_any_nonce_is_where_the_chain_creates(nonce: int, chain: Web3) -> None:
    with undone(chain):
        deployer = "0x00000000000000000000000000000000000D0E10"
        order(chain, "anvil_setNonce", deployer, hex(nonce))
        order(chain, "anvil_setBalance", deployer, hex(10**20))
        order(chain, "anvil_impersonateAccount", deployer)
        expected = predicted(chain, deployer, with_token=False).vault
        empty = bytes.fromhex("5f5ff3")
        made = Transaction(chain, None, "nothing", empty, lambda _: None).send(
            NodeAccount(Web3.to_checksum_address(deployer))
        )
        assert made["contractAddress"] == expected


def test_deploy_tiny_every_claim_passes(chain: Web3, record: Record) -> None:
    assert not failures(chain, record)


def test_deploy_code_fits_every_chain() -> None:
    sizes = {name: len(artifact.runtime) for name, artifact in artifacts().contracts.items()}
    assert {name: size for name, size in sizes.items() if size > CODE_LIMIT} == {}


def test_deploy_tiny_holds_what_the_plan_says(chain: Web3, record: Record) -> None:
    """Read back through the bindings: no two of the many numbers and addresses were taken for each other."""
    plan, system = tiny_plan(chain), system_of(chain, record)
    assert system.vault.token() == record.token
    assert system.clearing.latest_root() == plan.genesis.root(TINY) == record.genesis_root
    assert system.clearing.settled_suspense() == plan.settled
    assert system.governance.operator() == plan.roles.operator
    assert system.governance.guardian() == plan.roles.guardian
    assert system.governance.members() == plan.roles.governance
    assert system.oracle.committee() == plan.roles.committee
    assert system.deposits.l1_owner(1) == plan.roles.revenue_owner
    assert system.deposits.next_index() == 2
    assert system.governance.parameters_at(0) == plan.parameters.hash
    assert [system.governance.is_provider(one) for one in plan.roles.providers] == [True]
    assert system.forced.fee_of_next() == plan.settings.forced_fee
    for key in tiny_keys():
        assert system.verifiers.verifier(key.kind) == key.name


def test_genesis_of_owner_hashes_is_the_laws() -> None:
    state = State.genesis(TINY, 0, FUND_TRADER.owner, REVENUE_TRADER.owner)
    assert Genesis(FUND_TRADER.owner.hash, REVENUE_TRADER.owner.hash).root(TINY) == state.root


def test_shape_of_tiny_gives_the_laws_word_counts(chain: Web3) -> None:
    shape = tiny_plan(chain).shape
    assert (shape.account_depth, shape.slots) == (TINY.account_depth, TINY.slots)
    assert word_count(TINY, StepKind.FUNDS) == 1 + 4 * shape.operations


def test_deploy_named_token_takes_it_and_deploys_none(chain: Web3, record: Record) -> None:
    again = deploy_tiny(chain, token=record.token)
    assert (again.token, again.token_is_ours) == (record.token, False)
    assert system_of(chain, again).vault.token() == record.token


def test_deploy_when_something_else_is_sent_meanwhile_is_refused(chain: Web3, monkeypatch: pytest.MonkeyPatch) -> None:
    from rollup.chain import deploy as module

    real, count = module._create, iter(range(100))

    def interrupted(*arguments: object) -> object:
        if next(count) == 3:
            sender = account(chain, 0)
            Transaction(chain, sender.address, "something else", b"", lambda _: None).send(sender)
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_create", interrupted)
    with pytest.raises(DeploymentRefused, match="something else was sent"):
        deploy_tiny(chain)


# -- what is refused


def test_deploy_development_keys_off_local_chains_is_refused(foreign: Web3, chain: Web3) -> None:
    """Trap: whoever reads the project forges with them; the message says what to do."""
    plan = tiny_plan(chain, token=foreign.eth.accounts[0])
    with pytest.raises(DeploymentRefused, match=r"chain 5 .* development keys: .*zkclear ceremony init"):
        deploy(foreign, account(foreign, 0), plan)
    assert foreign.eth.block_number == 0


def test_deploy_one_development_key_off_local_chains_is_refused(foreign: Web3, chain: Web3) -> None:
    keys = [replace(key, development=key.kind is ProofKind.ESCAPE) for key in tiny_keys()]
    plan = tiny_plan(chain, token=foreign.eth.accounts[0], keys=tuple(keys))
    with pytest.raises(DeploymentRefused, match="keys of escape are"):
        deploy(foreign, account(foreign, 0), plan)


def test_deploy_play_money_off_local_chains_is_refused(foreign: Web3, chain: Web3) -> None:
    keys = tuple(replace(key, development=False) for key in tiny_keys())
    with pytest.raises(DeploymentRefused, match="names no token"):
        deploy(foreign, account(foreign, 0), tiny_plan(chain, keys=keys))


def test_deploy_token_of_local_chains_elsewhere_is_refused_by_itself(foreign: Web3) -> None:
    made = Transaction(foreign, None, TOKEN, artifacts().contracts[TOKEN].creation, lambda _: None)
    with pytest.raises(Reverted):
        made.send(account(foreign, 0))


def test_deploy_keys_in_another_order_is_refused_by_the_registry(chain: Web3) -> None:
    """L1-102: a key with another number of public inputs than its kind has."""
    with pytest.raises(Reverted) as caught:
        deploy_tiny(chain, keys=tuple(reversed(tiny_keys())))
    assert caught.value.rule == "L1-102"


def test_deploy_ceremony_keys_off_local_chains_is_checked_all_the_same(foreign: Web3, chain: Web3) -> None:
    """The keys are said to be a ceremony's here; everything passes but the token and what only a ceremony can show."""
    usdc = "0x0000000000000000000000000000000000C01111"
    order(foreign, "anvil_setCode", usdc, "0x" + artifacts().contracts[TOKEN].runtime.hex())
    keys = tuple(replace(key, development=False, made_here=False) for key in tiny_keys())
    plan = tiny_plan(chain, keys=keys, token=Web3.to_checksum_address(usdc))
    record = deploy(foreign, account(foreign, 0), plan)
    claims = verify(foreign, record, keys)
    circuits = {f"circuit of {circuit_of(key.kind)}" for key in keys}
    assert {claim.subject for claim in claims if claim.verdict is not Verdict.PASS} == {"token", *circuits}
    assert {claim.verdict for claim in claims if claim.subject in circuits} == {Verdict.NOT_CHECKED}
    assert set(failures(foreign, record)) == circuits


# -- keys of a ceremony


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """A directory as `ceremony export` writes it; the keys in it are development keys."""
    for kind in ProofKind:
        if kind:
            name = f"{circuit_of(kind)}-tiny"
            key = dev_key(compiled(circuit(circuit_of(kind), "tiny")))
            (tmp_path / f"{name}.zkey").symlink_to(key.zkey)
            (tmp_path / f"{name}.vkey.json").write_bytes(key.verification.read_bytes())
    return tmp_path


def test_read_exported_keys_development_keys_are_known_by_their_mark(exported: Path) -> None:
    assert ceremony_keys(exported, "tiny") == tuple(replace(key, made_here=False) for key in tiny_keys())


def test_verify_exported_keys_of_other_circuits_never_pass(exported: Path, chain: Web3) -> None:
    """Trade and liquidate steps have as many inputs; who names the files otherwise must not be believed."""
    for ending in ("zkey", "vkey.json"):
        trade, liquidate, aside = (exported / f"{name}-tiny.{ending}" for name in ("trade", "liquidate", "aside"))
        trade.rename(aside)
        liquidate.rename(trade)
        aside.rename(liquidate)
    keys = ceremony_keys(exported, "tiny")
    assert keys[0].data == tiny_keys()[2].data
    cheat = deploy_tiny(chain, keys=keys)
    claims = {claim.subject: claim for claim in verify(chain, cheat, keys)}
    assert {claims[f"circuit of {circuit_of(key.kind)}"].verdict for key in keys} == {Verdict.NOT_CHECKED}
    assert "zkclear ceremony verify" in claims["circuit of trade"].detail
    assert set(failures(chain, cheat)) == {"circuit of trade", "circuit of liquidate"}


def test_read_exported_keys_one_missing_is_named(exported: Path) -> None:
    (exported / "escape-tiny.zkey").unlink()
    with pytest.raises(DeploymentRefused, match=r"escape-tiny.zkey is missing.*ceremony export"):
        ceremony_keys(exported, "tiny")


def test_read_exported_keys_verification_key_of_another_is_refused(exported: Path) -> None:
    """Else a development key would pass under the clean proving key of a ceremony."""
    trade, liquidate = exported / "trade-tiny.vkey.json", exported / "liquidate-tiny.vkey.json"
    trade.write_bytes(liquidate.read_bytes())
    with pytest.raises(DeploymentRefused, match=r"is not the verification key of trade-tiny.zkey"):
        ceremony_keys(exported, "tiny")


def test_key_bytes_are_those_that_snarkjs_puts_into_solidity(tmp_path: Path) -> None:
    """The imaginary half first: numbers of the exported verifier, in its own order of halves."""
    key = dev_key(compiled(circuit("escape", "tiny")))
    source = tmp_path / "Verifier.sol"
    toolchain.run(toolchain.snarkjs(), ["zkey", "export", "solidityverifier", str(key.zkey), str(source)])
    stated = dict(re.findall(r"uint256 constant (\w+)\s*=\s*(\d+);", source.read_text()))
    names = ["alphax", "alphay"]
    for point in ("beta", "gamma", "delta"):
        names += [f"{point}x1", f"{point}x2", f"{point}y1", f"{point}y2"]
    names += [f"IC{place}{axis}" for place in range(7) for axis in "xy"]
    words = key_bytes(key.verification_key)
    assert [int.from_bytes(words[at : at + 32], "big") for at in range(0, len(words), 32)] == [
        int(stated[name]) for name in names
    ]


def test_connect_nobody_is_refused_with_what_to_do() -> None:
    with pytest.raises(ChainUnreachable, match="start one"):
        connect("http://127.0.0.1:9")


# -- the record


def test_record_when_written_reads_back(record: Record, tmp_path: Path) -> None:
    file = tmp_path / "deployment.json"
    record.write(file)
    assert Record.read(file) == record
    assert set(json.loads(file.read_text())["parts"]) == set(PARTS)


@pytest.mark.parametrize(
    ("where", "value", "said"),
    [
        (("format",), 2, "has format 2"),
        (("parameters_hash",), "0x1", "not that of its parameters"),
        (("settings", "timelock"), "1", "no system may be"),
        (("settings", "unheard_of"), "1", "no deployment record"),
        (("profile",), "huge", "no deployment record"),
        (("parts", "vault"), None, "no deployment record"),
        (("parameters", "maintenance"), 2_000_000, "no system may be"),
    ],
)
def test_record_when_malformed_is_refused(where: tuple[str, ...], value: object, said: str, record: Record) -> None:
    document = json.loads(json.dumps(record.document()))
    target = document
    for name in where[:-1]:
        target = target[name]
    target[where[-1]] = value
    with pytest.raises(BadRecord, match=said):
        Record.from_document(document)
