"""The commands for leaving, from a wallet file to money on L1: once with a node, once with a file of history alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

from support.deployed import account, undone
from support.proving import key_of
from support.real_chain import RealClearing, running_clearing
from support.spec_values import NOW
from typer.testing import CliRunner

from prover.errors import ProverError
from prover.published import BadArtifact, publish
from prover.types import Point, Signature
from rollup.chain.abi import Transaction, address, encoded, selector
from rollup.chain.errors import Reverted
from rollup.chain.history import History, WrongHistory
from rollup.cli import app
from rollup.client.keys import Keys, keyring
from rollup.client.notes import AssociationSet
from rollup.client.wallet import Wallet
from rollup.spec.account import Owner
from rollup.spec.funds import Deposit

INDEX, DEPOSIT = 2, 50_000
WITHDRAWN, NOTE, SECOND_NOTE = 900, 1_200, 500
PASSPHRASE = "of a test"


@dataclass(frozen=True)
class Holder:
    """A trader of the law's world whose keys are a wallet's."""

    keys: Keys
    l1_owner: int
    name: str = "holder"

    @cached_property
    def owner(self) -> Owner:
        return self.keys.owner(self.l1_owner)

    @property
    def note_key(self) -> int:
        return self.keys.note_key

    @property
    def keyring(self) -> dict[int, tuple[Point, Point]]:
        return dict(keyring(self.keys.root, 3))

    def rotated(self) -> Holder:
        return Holder(self.keys.rotated(self.keys.generation + 1), self.l1_owner)

    def sign_order(self, message: int) -> Signature:
        return self.keys.sign_as_trader(message)

    def sign_as_owner(self, message: int) -> Signature:
        return self.keys.sign_as_owner(message)


@dataclass(frozen=True)
class Desk:
    """A system, a wallet with an account in it, and the command line."""

    clearing: RealClearing
    place: Path

    @property
    def rpc(self) -> str:
        return str(self.clearing.chain.provider.endpoint_uri)  # type: ignore[attr-defined]

    def run(self, *arguments: object, wallet: bool = True) -> Any:
        """What a command prints with --json; what it refuses is raised."""
        options = ["--deployment", self.place / "deployment.json"]
        options += ["--wallet", self.place / "wallet.json"] if wallet else []
        command = ["trader", *map(str, (*arguments, *options)), "--json"]
        done = CliRunner(env={"ZKCLEAR_PASSPHRASE": PASSPHRASE}).invoke(app, command)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    place = tmp_path_factory.mktemp("desk")
    publish([key_of(name, "tiny") for name in ("withdraw", "escape")], place / "circuits")
    with running_clearing() as clearing:
        clearing.record.write(place / "deployment.json")
        seed = bytes(range(32))
        made = Wallet.create(
            place / "wallet.json", clearing.record.chain, clearing.record.parts.clearing, seed, PASSPHRASE, work=2
        )
        who = account(clearing.chain, 4)
        holder = Holder(made.keys(PASSPHRASE), int(who.address, 16))
        for signature, target in (
            ("mint(address,uint256)", who.address),
            ("approve(address,uint256)", clearing.record.parts.vault),
        ):
            data = selector(signature) + encoded(signature, [target, DEPOSIT])
            token = address(clearing.record.token)
            Transaction(clearing.chain, token, signature, data, lambda _: None).send(who)
        clearing.system.deposits.register(holder.owner.hash, DEPOSIT).send(who)
        world = clearing.world
        world.traders[INDEX] = holder  # type: ignore[assignment]
        world.funds(Deposit(INDEX, 0, DEPOSIT, holder.owner))
        clearing.submit(clearing.batch(tables=[clearing.signed_table()]))
        world.funds(world.withdraw(INDEX, WITHDRAWN), world.note(INDEX, NOTE))
        world.funds(world.rotate(INDEX))
        world.funds(world.note(INDEX, SECOND_NOTE))
        clearing.submit(clearing.batch())
        yield Desk(clearing, place)


@pytest.fixture(autouse=True)
def _as_before(desk: Desk) -> Iterator[None]:
    with undone(desk.clearing.chain):
        yield


def test_recover_and_history_from_a_node_and_from_a_file_say_the_same(desk: Desk) -> None:
    file = desk.place / "history.json.gz"
    wrote = desk.run("export-history", file, "--rpc", desk.rpc, wallet=False)
    assert wrote["batches"] == 2
    assert desk.run("export-history", file, "--rpc", desk.rpc, wallet=False) == wrote
    cash = DEPOSIT - WITHDRAWN - NOTE - SECOND_NOTE
    for where in (["--rpc", desk.rpc], ["--history", file], ["--history", file, "--rpc", desk.rpc]):
        told = desk.run("recover", *where)
        assert (told["account"], told["cash"]) == (INDEX, f"0.{cash:06}".rstrip("0"))
        assert told["unspent_notes"] == ["0.0012", "0.0005"]
        assert told["generation"] == 1
        kinds = [one["kind"] for one in desk.run("history", *where) if one["kind"] != "decoy"]
        assert kinds == ["registration", "withdrawal", "note", "rotation", "note"]
        states = [(one["id"].partition("-")[0], one["state"]) for one in desk.run("withdrawals", *where)]
        assert states == [("withdrawal", "credited"), ("note", "claimable"), ("note", "claimable")]


def test_recovered_wallet_never_signs_with_an_old_number(desk: Desk) -> None:
    desk.run("recover", "--rpc", desk.rpc)
    record = desk.clearing.record
    wallet = Wallet.open(desk.place / "wallet.json", record.chain, record.parts.clearing)
    account_now = desk.clearing.world.state.accounts[INDEX]
    assert (wallet.index, wallet.progress.generation) == (INDEX, 1)
    assert wallet.take_owner_nonce(0) > account_now.owner_nonce


def test_claim_in_both_forms_is_paid(desk: Desk) -> None:
    circuits = ["--circuits", desk.place / "circuits", "--rpc", desk.rpc]
    owner, relayer = (account(desk.clearing.chain, number).address for number in (4, 7))
    sent = desk.run("claim", "--public", *circuits, "--from", relayer)
    assert (sent["claim"], sent["amount"]) == ("withdraw", "0.0012")
    assert desk.clearing.balance(owner) == NOTE

    vouched, fresh = AssociationSet.of([INDEX]), address(0xFACE)
    vouched.write(desk.place / "set.json")
    root = vouched.root(desk.clearing.record.profile)
    desk.clearing.system.governance.publish_association(root).send(account(desk.clearing.chain, 0))
    private = ["--association", desk.place / "set.json", "--to", fresh, "--relayer", relayer, "--fee", "0.00002"]
    out = desk.place / "private.json"
    desk.run("claim", *private, *circuits, "--out", out)
    desk.run("send-claim", out, "--rpc", desk.rpc, "--from", relayer, wallet=False)
    assert (desk.clearing.balance(fresh), desk.clearing.balance(relayer)) == (SECOND_NOTE - 20, 20)
    assert desk.run("recover", "--rpc", desk.rpc)["unspent_notes"] == []
    with pytest.raises(ProverError, match=f"account {INDEX} has no unspent note"):
        desk.run("claim", "--public", *circuits)


def test_claim_without_its_form_is_not_understood(desk: Desk) -> None:
    done = CliRunner().invoke(app, ["trader", "claim", "--rpc", desk.rpc])
    assert done.exit_code == 2


def test_escape_from_a_file_of_history_is_filed_and_paid(desk: Desk) -> None:
    clearing, settings = desk.clearing, desk.clearing.record.settings
    anyone, owner = account(clearing.chain, 5), account(clearing.chain, 4).address
    freeze = ("freeze", "--rpc", desk.rpc, "--from", anyone.address)
    with pytest.raises(Reverted, match="NothingOverdue"):
        desk.run(*freeze, wallet=False)
    clearing.wait_until(NOW + settings.liveness_deadline + 600)
    assert desk.run(*freeze, wallet=False)["frozen"]
    opens, closes = clearing.system.exit.window()
    clearing.wait_until(opens)
    file, out = desk.place / "frozen.json", desk.place / "escape.json"
    desk.run("export-history", file, "--rpc", desk.rpc, wallet=False)
    said = desk.run("escape", "--history", file, "--circuits", desk.place / "circuits", "--out", out)
    assert (said["claim"], said["file"], said["account"]) == ("escape", str(out), INDEX)
    desk.run("send-claim", out, "--rpc", desk.rpc, "--from", anyone.address, wallet=False)
    assert desk.run("withdrawals", "--rpc", desk.rpc)[-1]["state"] == "filed"
    clearing.wait_until(closes)
    before = clearing.balance(owner)
    desk.run("pay", "account", INDEX, "--rpc", desk.rpc, "--from", anyone.address, wallet=False)
    assert clearing.balance(owner) - before == DEPOSIT - WITHDRAWN - NOTE - SECOND_NOTE


def test_pull_fetches_what_l1_owes(desk: Desk) -> None:
    (credited, *_) = desk.run("withdrawals", "--rpc", desk.rpc)
    to = desk.clearing.somebody(credited["recipient"])
    desk.clearing.system.vault.pull(to.address).send(to)
    assert desk.run("withdrawals", "--rpc", desk.rpc)[0]["state"] == "pulled"


def test_commands_with_circuits_that_were_changed_are_refused(desk: Desk) -> None:
    path = desk.place / "circuits" / "withdraw-tiny" / "witness.wasm"
    good = path.read_bytes()
    path.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    try:
        with pytest.raises(BadArtifact, match=r"witness\.wasm: was changed or damaged"):
            desk.run("claim", "--public", "--rpc", desk.rpc, "--circuits", desk.place / "circuits")
    finally:
        path.write_bytes(good)


def test_history_of_another_deployment_is_refused(desk: Desk, tmp_path: Path) -> None:
    """Circuits are held to the keys of one's own record, whatever a file says."""
    file, other = tmp_path / "history.json", tmp_path / "other.json"
    desk.run("export-history", file, "--rpc", desk.rpc, wallet=False)
    history = History.read(file)
    replace(history, record=replace(history.record, sources="00")).write(other)
    assert desk.run("recover", "--history", file)["account"] == INDEX
    with pytest.raises(WrongHistory, match="history of another system"):
        desk.run("recover", "--history", other)


def test_commands_without_l1_say_what_to_name(desk: Desk) -> None:
    with pytest.raises(ProverError, match="name a node with --rpc, or a file with --history"):
        desk.run("recover")
    with pytest.raises(ProverError, match=r"nothing\.json: cannot be read"):
        desk.run("recover", "--history", desk.place / "nothing.json")
