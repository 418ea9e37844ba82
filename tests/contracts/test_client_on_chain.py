"""A trader's way through a real system: register, be found again by words alone, top up, demand, withdraw, rotate."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from eth_account import Account as L1Wallet
from typer.testing import CliRunner
from web3 import Web3

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

from support.chain import running_chain
from support.client_traders import PASSPHRASE, SYSTEM, light_wallets, seed_of, wallet_in
from support.deployed import account, order, undone
from support.real_chain import RealClearing, running_clearing
from support.spec_builders import RECIPIENT
from support.spec_values import NOW, TINY, secret
from support.spec_values import Trader as Named

from rollup.chain.abi import Account, NodeAccount, address, encoded, selector
from rollup.chain.bindings.forced import Queue
from rollup.chain.errors import ChainUnreachable, Reverted
from rollup.cli import app
from rollup.client.deposits import (
    Phase,
    Queued,
    Registered,
    deposit_state,
    deposits_of,
    find_account,
    find_own,
    refund,
    register,
    top_up,
)
from rollup.client.errors import BadOperation, ForeignChain, NotNow
from rollup.client.forced import Answer, force_close, force_pay, last_request, request_state
from rollup.client.keys import Keys, keys_of, root_from_seed, root_from_wallet
from rollup.client.orders import SignedOrder
from rollup.client.requests import read
from rollup.client.seeds import seed_of_words, words_of_seed
from rollup.client.signers import signer_of
from rollup.client.system import standing
from rollup.client.trader import Trader
from rollup.spec.funds import Deposit, Forced

USDC = 10**6
FIRST, MORE = 5_000 * USDC, 250 * USDC
INDEX = 2


@dataclass
class Stage:
    """Alice registered with the client and was consumed; a top-up of hers waits."""

    clearing: RealClearing
    sender: NodeAccount
    keys: Keys
    registered: Queued
    waiting: Queued

    @property
    def settings(self) -> Any:
        return self.clearing.record.settings

    def allowance(self) -> int:
        data = selector("allowance(address,address)") + encoded(
            "(address,address)", [self.sender.address, self.clearing.record.parts.vault]
        )
        return int.from_bytes(self.clearing.chain.eth.call({"to": address(self.clearing.record.token), "data": data}))


def mint(clearing: RealClearing, to: str, amount: int) -> None:
    data = selector("mint(address,uint256)") + encoded("(address,uint256)", [to, amount])
    sender = account(clearing.chain, 0).address
    clearing.chain.eth.send_transaction({"from": sender, "to": address(clearing.record.token), "data": data})


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running_clearing() as clearing:
        assert (clearing.chain.eth.chain_id, clearing.record.parts.clearing) == SYSTEM
        sender = account(clearing.chain, 5)
        keys = keys_of(root_from_seed(seed_of("alice"), *SYSTEM))
        mint(clearing, sender.address, 10_000 * USDC)
        system, token = clearing.system, clearing.record.token
        owner = keys.owner(int(sender.address, 16))
        registered = register(system, token, sender, owner, FIRST)
        clearing.world.traders[INDEX] = Named("alice")
        clearing.world.funds(Deposit(INDEX, registered.number, FIRST, owner))
        clearing.submit(clearing.batch(tables=[clearing.signed_table()]))
        waiting = top_up(system, token, sender, INDEX, MORE)
        yield Stage(clearing, sender, keys, registered, waiting)


@pytest.fixture(autouse=True)
def _as_before(request: pytest.FixtureRequest) -> Iterator[None]:
    if "stage" not in request.fixturenames:
        yield
        return
    with undone(request.getfixturevalue("stage").clearing.chain):
        yield


# -- deposits


def test_register_gives_the_account_its_index_once_consumed(stage: Stage) -> None:
    state = deposit_state(stage.clearing.system, stage.registered.number, stage.settings)
    assert (state.phase, state.index, state.amount, state.registers) == (Phase.CONSUMED, INDEX, FIRST, True)
    assert state.next == f"in account {INDEX}"
    assert stage.clearing.system.deposits.l1_owner(INDEX) == stage.sender.address


def test_deposit_approves_exactly_what_is_needed(stage: Stage) -> None:
    assert stage.allowance() == 0
    system, token = stage.clearing.system, stage.clearing.record.token
    plain = top_up(system, token, stage.sender, INDEX, MORE)
    data = selector("approve(address,uint256)") + encoded("(address,uint256)", [system.vault.address, MORE])
    stage.clearing.chain.eth.send_transaction({"from": stage.sender.address, "to": address(token), "data": data})
    approved = top_up(system, token, stage.sender, INDEX, MORE)
    assert stage.allowance() == 0
    assert approved.gas < plain.gas, "what is approved already is not approved again"


def test_find_account_by_words_alone(stage: Stage) -> None:
    root = root_from_seed(seed_of_words(words_of_seed(seed_of("alice"))), *SYSTEM)
    found = find_own(stage.clearing.system, keys_of(root))
    assert found == Registered(INDEX, stage.sender.address)
    assert find_own(stage.clearing.system, keys_of(root, 3)) == found, "after rotations too"
    assert find_account(stage.clearing.system, stage.keys.owner(int(stage.sender.address, 16)).hash) == INDEX
    assert find_own(stage.clearing.system, keys_of(secret("nobody"))) is None
    assert find_account(stage.clearing.system, 12345) is None


def test_find_account_ignores_what_others_queued_under_its_owner_hash(stage: Stage) -> None:
    clearing = stage.clearing
    thief, keys = account(clearing.chain, 6), keys_of(secret("victim"))
    owner_hash = keys.owner(int(stage.sender.address, 16)).hash
    mint(clearing, thief.address, FIRST)
    data = selector("approve(address,uint256)") + encoded("(address,uint256)", [clearing.record.parts.vault, FIRST])
    clearing.chain.eth.send_transaction({"from": thief.address, "to": address(clearing.record.token), "data": data})
    clearing.system.deposits.register(owner_hash, FIRST).send(thief)
    assert find_account(clearing.system, owner_hash) is None
    assert find_own(clearing.system, keys) is None


def test_deposit_that_waits_tells_when_it_can_be_refunded(stage: Stage) -> None:
    system, chain = stage.clearing.system, stage.clearing.chain
    state = deposit_state(system, stage.waiting.number, stage.settings)
    assert (state.phase, state.index, state.registers, state.ahead) == (Phase.QUEUED, INDEX, False, 0)
    assert state.refundable_in is not None
    assert 0 < state.refundable_in <= stage.settings.deposit_window
    with pytest.raises(NotNow, match="is queued: one of the next batches"):
        refund(system, stage.sender, stage.waiting.number, stage.settings)

    stage.clearing.wait_until(chain.eth.get_block("latest")["timestamp"] + state.refundable_in)
    late = deposit_state(system, stage.waiting.number, stage.settings)
    assert (late.phase, late.refundable_in) == (Phase.REFUNDABLE, 0)
    assert "--refund" in late.next
    refund(system, stage.sender, stage.waiting.number, stage.settings)
    assert deposit_state(system, stage.waiting.number, stage.settings).phase is Phase.REFUNDED
    with pytest.raises(NotNow, match="is refunded"):
        refund(system, stage.sender, stage.waiting.number, stage.settings)


def test_deposits_of_a_sender_come_in_order(stage: Stage) -> None:
    mine = deposits_of(stage.clearing.system, stage.settings, lambda one: one.depositor == stage.sender.address)
    assert [(one.number, one.phase) for one in mine] == [(0, Phase.CONSUMED), (1, Phase.QUEUED)]


def test_deposit_that_l1_or_the_batch_would_refuse_costs_nothing(stage: Stage) -> None:
    system, token, sender = stage.clearing.system, stage.clearing.record.token, stage.sender
    height = stage.clearing.chain.eth.block_number
    with pytest.raises(NotNow, match="has 4750 USDC and 1000000 are"):
        top_up(system, token, sender, INDEX, 10**12)
    with pytest.raises(Reverted, match="DepositTooSmall"):
        top_up(system, token, sender, INDEX, 99)
    with pytest.raises(Reverted, match="IndexNotRegistered"):
        top_up(system, token, sender, 7, MORE)
    with pytest.raises(BadOperation, match="would reject it"):
        register(system, token, sender, stage.keys.owner(5), FIRST)
    with pytest.raises(BadOperation, match="there is no deposit 9; the last one is 1"):
        deposit_state(system, 9, stage.settings)
    assert stage.clearing.chain.eth.block_number == height


# -- forced requests


def test_force_pay_is_served_and_paid(stage: Stage) -> None:
    clearing, asked = stage.clearing, 40 * USDC
    made = force_pay(clearing.system, stage.sender, INDEX, asked)
    assert (made.queue, made.number, made.fee) == (Queue.PAY, 0, stage.settings.forced_fee)
    state = request_state(clearing.system, *last_request(clearing.system, INDEX), stage.settings)
    assert (state.answer, state.index, state.asked, state.ahead) == (Answer.WAITING, INDEX, asked, 0)
    assert state.overdue_in == stage.settings.forced_deadline
    with pytest.raises(NotNow, match="open already"):
        force_close(clearing.system, stage.sender, INDEX)

    before = clearing.world.state, clearing.world.batch, clearing.proven, list(clearing.world.history)
    try:
        clearing.world.funds(Deposit(INDEX, stage.waiting.number, MORE), Forced(INDEX, made.number, asked))
        clearing.submit(clearing.batch())
    finally:
        clearing.world.state, clearing.world.batch, clearing.proven, clearing.world.history = before
    served = request_state(clearing.system, made.queue, made.number, stage.settings)
    assert (served.answer, served.paid, served.late) == (Answer.SERVED, asked, False)
    assert clearing.system.vault.credits(stage.sender.address) == asked


def test_force_close_past_its_deadline_is_overdue(stage: Stage) -> None:
    made = force_close(stage.clearing.system, stage.sender, INDEX)
    assert made.queue is Queue.CLOSE
    now = stage.clearing.chain.eth.get_block("latest")["timestamp"]
    stage.clearing.wait_until(now + stage.settings.forced_deadline)
    at_the_edge = request_state(stage.clearing.system, made.queue, made.number, stage.settings)
    assert at_the_edge.answer is Answer.WAITING
    assert not stage.clearing.system.forced.is_overdue()
    stage.clearing.wait_until(now + stage.settings.forced_deadline + 1)
    assert request_state(stage.clearing.system, made.queue, made.number, stage.settings).answer is Answer.OVERDUE
    assert stage.clearing.system.forced.is_overdue()


def test_force_by_anybody_else_is_refused_before_it_costs_anything(stage: Stage) -> None:
    height = stage.clearing.chain.eth.block_number
    with pytest.raises(BadOperation, match="belongs to"):
        force_pay(stage.clearing.system, account(stage.clearing.chain, 6), INDEX, 1)
    with pytest.raises(BadOperation, match="more than nothing"):
        force_pay(stage.clearing.system, stage.sender, INDEX, 0)
    with pytest.raises(BadOperation, match="there is no request 0"):
        request_state(stage.clearing.system, Queue.PAY, 0, stage.settings)
    assert last_request(stage.clearing.system, INDEX) is None
    assert stage.clearing.chain.eth.block_number == height


# -- signed requests, proven


def test_withdraw_signed_by_the_client_is_paid_on_l1(stage: Stage, tmp_path: Path) -> None:
    clearing = stage.clearing
    wallet = wallet_in(tmp_path, index=INDEX)
    alice = Trader(wallet, wallet.keys(PASSPHRASE), TINY, lambda: NOW)
    before = clearing.world.state, clearing.world.batch, clearing.proven, list(clearing.world.history)
    try:
        clearing.world.funds(alice.withdraw("12.5", RECIPIENT), *alice.notes("1"))
        clearing.submit(clearing.batch())
    finally:
        clearing.world.state, clearing.world.batch, clearing.proven, clearing.world.history = before
    assert clearing.system.vault.credits(address(RECIPIENT)) == 12_500_000


# -- the node


def test_make_keys_by_a_nodes_account_equals_the_same_key_here(stage: Stage) -> None:
    known = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"  # anvil's first account, for everybody
    node = account(stage.clearing.chain, 0)
    here = Account(L1Wallet.from_key(known))
    assert here.address == node.address
    made = root_from_wallet(signer_of(node, stage.clearing.chain), *SYSTEM)
    assert made == root_from_wallet(signer_of(here), *SYSTEM)


def test_find_the_system_where_it_does_not_stand_is_refused(stage: Stage) -> None:
    chain, record = stage.clearing.chain, stage.clearing.record
    assert standing(chain, record).clearing.address == record.parts.clearing
    with running_chain("--chain-id", "5") as other, pytest.raises(ForeignChain, match="chain 5, the system of chain"):
        standing(other, record)
    with running_chain() as empty, pytest.raises(ForeignChain, match="no contract at"):
        standing(empty, record)
    clearing, vault = record.parts.clearing, record.parts.vault
    with undone(chain):
        order(chain, "anvil_setCode", clearing, "0x" + bytes(chain.eth.get_code(address(vault))).hex())
        with pytest.raises(ForeignChain, match="not this system's"):
            standing(chain, record)
    with undone(chain):
        order(chain, "anvil_setCode", clearing, "0x00")
        with pytest.raises(ForeignChain, match="not this system's"):
            standing(chain, record)


# -- the commands


@pytest.fixture
def home(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with the system's record, and nothing but a passphrase."""
    monkeypatch.chdir(tmp_path)
    light_wallets(monkeypatch)
    monkeypatch.setenv("ZKCLEAR_PASSPHRASE", PASSPHRASE)
    for name in ("ZKCLEAR_L1_KEY", "ZKCLEAR_WORDS"):
        monkeypatch.delenv(name, raising=False)
    stage.clearing.record.write(tmp_path / "deployment.json")
    return tmp_path


def rpc_of(chain: Web3) -> str:
    return str(chain.provider.endpoint_uri)  # type: ignore[attr-defined]


def run(stage: Stage, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["trader", *arguments, "--rpc", rpc_of(stage.clearing.chain)])


def told(stage: Stage, *arguments: str) -> Any:
    done = run(stage, *arguments, "--json")
    assert done.exit_code == 0, (done.output, done.exception)
    return json.loads(done.stdout)


def test_command_restore_finds_the_account_by_its_words(
    stage: Stage, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZKCLEAR_WORDS", words_of_seed(seed_of("alice")))
    assert told(stage, "keys", "restore")["account"] == INDEX
    listed = told(stage, "deposits")
    assert (listed["account"], listed["l1_owner"]) == (INDEX, stage.sender.address)
    assert [(one["number"], one["phase"]) for one in listed["deposits"]] == [(0, "consumed"), (1, "queued")]
    refused = run(stage, "register", "100", "--from", stage.sender.address)
    assert "account 2 is registered with these keys already" in str(refused.exception)
    topped = told(stage, "top-up", "12.5")
    assert topped["amount"] == "12500000"
    assert "in account 2" in run(stage, "deposits").stdout
    demanded = told(stage, "force", "pay", "40")
    assert (demanded["queue"], demanded["asked"], demanded["answer"]) == ("pay", "40000000", "waiting")
    assert told(stage, "force", "status") == {name: demanded[name] for name in demanded if name != "fee_wei"}
    assert "waits behind 0 others" in run(stage, "force", "status").stdout
    assert isinstance(run(stage, "force", "close").exception, NotNow)


def test_command_register_with_a_key_of_ones_own(stage: Stage, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bob, chain = L1Wallet.from_key(secret("bob's L1 key")), stage.clearing.chain
    order(chain, "anvil_setBalance", bob.address, hex(10**20))
    monkeypatch.setenv("ZKCLEAR_L1_KEY", bob.key.hex())
    assert told(stage, "keys", "new", "--l1-wallet")["seed"].startswith("none")
    assert "has 0 USDC" in str(run(stage, "register", "100").exception)
    mint(stage.clearing, bob.address, 100 * USDC)
    made = told(stage, "register", "100")
    assert "waits for a batch already" in str(run(stage, "register", "100").exception)
    listed = told(stage, "deposits")
    assert listed["account"] is None
    assert [(one["number"], one["phase"], one["index"]) for one in listed["deposits"]] == [
        (made["deposit"], "queued", None)
    ]
    assert "is queued" in str(run(stage, "deposits", "--refund", str(made["deposit"])).exception)
    stage.clearing.wait_until(chain.eth.get_block("latest")["timestamp"] + stage.settings.deposit_window)
    assert told(stage, "deposits", "--refund", str(made["deposit"]))["phase"] == "refunded"
    assert stage.clearing.system.vault.unrefunded() == MORE


def test_command_order_takes_time_and_listing_from_the_chain(stage: Stage, home: Path) -> None:
    wallet_in(home, "wallet", index=INDEX)
    stage.clearing.wait_until(NOW + 1_000_000)
    (made,) = told(stage, "order", "buy", "4", "5", "--slot", "1", "--expires-in", "60")["requests"]
    assert NOW + 1_000_060 <= made["expiry"] < NOW + 1_000_160
    signed = read(Path(made["file"]), stage.clearing.system.clearing.system_domain())
    assert isinstance(signed, SignedOrder)
    assert signed.order.listing == 1
    assert "nothing was ever listed" in str(run(stage, "order", "buy", "4", "5", "--slot", "2").exception)


def test_command_faucet_makes_play_money_only_where_the_token_is_some(stage: Stage, home: Path) -> None:
    refused = run(stage, "faucet", "5", "--from", stage.sender.address)
    assert "no play money" in str(refused.exception)
    replace(stage.clearing.record, token_is_ours=True).write(home / "deployment.json")
    made = told(stage, "faucet", "5", "--from", stage.sender.address)
    assert int(made["balance"]) == 10_000 * USDC - FIRST - MORE + 5 * USDC


def test_commands_without_an_l1_key_say_where_it_belongs(stage: Stage, home: Path) -> None:
    wallet_in(home, "wallet", index=INDEX)
    for arguments in (("register", "5"), ("top-up", "50"), ("force", "close")):
        assert "ZKCLEAR_L1_KEY" in str(run(stage, *arguments).exception)
    refused = run(stage, "top-up", "50", "--from", "0x" + "11" * 20)
    assert "does not keep the key of" in str(refused.exception)


def test_commands_on_another_chain_are_refused(stage: Stage, home: Path) -> None:
    wallet_in(home, "wallet", index=INDEX)
    with running_chain("--chain-id", "5") as other:
        for arguments in (
            ("deposits",),
            ("top-up", "5"),
            ("force", "close"),
            ("withdraw", "5", "--to", "0x" + "1" * 40),
        ):
            refused = CliRunner().invoke(app, ["trader", *arguments, "--rpc", rpc_of(other)])
            assert isinstance(refused.exception, ForeignChain), arguments
            assert refused.exit_code == 1
    gone = CliRunner().invoke(app, ["trader", "deposits", "--rpc", "http://127.0.0.1:9"])
    assert isinstance(gone.exception, ChainUnreachable)
