"""`zkclear trader …` without a chain: keys and signed requests, and what must not be said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from support.client_traders import PASSPHRASE, SYSTEM, keys_for, light_wallets, record_file, seed_of, wallet_in
from support.spec_values import DOMAIN
from typer.testing import CliRunner

from prover.errors import ProverError
from rollup.cli import app
from rollup.client.errors import (
    BadOperation,
    BadOrder,
    BadSeed,
    MissingSecret,
    NoAccount,
    NotWritten,
    OtherSystem,
    WalletExists,
    WrongPassphrase,
)
from rollup.client.requests import read, verified
from rollup.client.seeds import words_of_seed
from rollup.client.wallet import Wallet
from rollup.exchange.commands import Force, SelfTrade, Trigger
from rollup.spec.funds import Cancel, Rotate
from rollup.spec.shared import Side

OWNER = 0xA11CE


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with a record, where nothing but the passphrase is in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in ("ZKCLEAR_L1_KEY", "ZKCLEAR_WORDS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ZKCLEAR_PASSPHRASE", PASSPHRASE)
    light_wallets(monkeypatch)
    record_file(tmp_path)
    return tmp_path


@pytest.fixture
def alice(home: Path) -> Wallet:
    """wallet.json, whose account has index 2."""
    wallet_in(home, "wallet", index=2)
    return Wallet.open(home / "wallet.json", *SYSTEM)


def run(*arguments: str, **options: Any) -> Result:
    return CliRunner().invoke(app, ["trader", *arguments], **options)


def told(*arguments: str, **options: Any) -> Any:
    """What a command that succeeds says in JSON."""
    done = run(*arguments, "--json", **options)
    assert done.exit_code == 0, (done.output, done.exception)
    return json.loads(done.stdout)


# -- keys


def test_command_new_then_backup_then_restore_gives_the_same_keys(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = told("keys", "new")
    assert (made["chain"], made["clearing"], made["account"]) == (*SYSTEM, None)
    words = told("keys", "backup")["words"]
    assert len(words.split()) == 24
    printed = run("keys", "backup").stdout
    assert all(word in printed for word in words.split())

    monkeypatch.setenv("ZKCLEAR_WORDS", words)
    monkeypatch.setenv("ZKCLEAR_PASSPHRASE", "another")
    told("keys", "restore", "--wallet", "restored.json")
    restored = told("keys", "show", "--wallet", "restored.json")
    monkeypatch.setenv("ZKCLEAR_PASSPHRASE", PASSPHRASE)
    before = told("keys", "show")
    assert before.pop("wallet") != restored.pop("wallet")
    assert before == restored


def test_command_new_with_another_number_makes_other_keys() -> None:
    told("keys", "new", "--number", "3")
    assert told("keys", "show")["number"] == 3


def test_command_new_by_an_l1_wallet_stores_no_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZKCLEAR_L1_KEY", "0x" + "11" * 32)
    made = told("keys", "new", "--l1-wallet")
    assert made["seed"].startswith("none")
    assert told("keys", "show")["owner_hash"] is None
    assert "stores no seed" in str(run("keys", "backup").exception)
    monkeypatch.delenv("ZKCLEAR_L1_KEY")
    assert isinstance(run("keys", "show").exception, MissingSecret)


def test_command_new_never_writes_over_a_wallet(alice: Wallet) -> None:
    before = alice.path.read_bytes()
    assert isinstance(run("keys", "new").exception, WalletExists)
    assert isinstance(run("keys", "restore").exception, WalletExists)
    assert alice.path.read_bytes() == before


def test_command_new_asks_for_a_passphrase_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZKCLEAR_PASSPHRASE")
    assert run("keys", "new", input="one\none\n").exit_code == 0
    assert run("keys", "show", input="one\n").exit_code == 0
    assert isinstance(run("keys", "show", input="two\n").exception, WrongPassphrase)
    for nothing in (run("keys", "show", input=""), run("keys", "show", input="  \n")):
        assert "ZKCLEAR_PASSPHRASE" in str(nothing.exception)


def test_command_show_prints_public_parts_alone(alice: Wallet) -> None:
    alice.learn(l1_owner=OWNER)
    keys, document = keys_for("wallet"), told("keys", "show")
    assert document["owner_hash"] == hex(keys.owner(OWNER).hash)
    assert document["trading_key"] == [hex(part) for part in keys.trading_key]
    printed = run("keys", "show").stdout + json.dumps(document)
    for hidden in (keys.root, keys.owner_secret, keys.trading_secret, seed_of("wallet")):
        assert hidden.hex() not in printed
    for number in (keys.view_key, keys.note_key):
        assert f"{number:x}" not in printed
        assert str(number) not in printed


def test_commands_with_a_wrong_secret_do_not_repeat_it(alice: Wallet, monkeypatch: pytest.MonkeyPatch) -> None:
    words = words_of_seed(seed_of("wallet"))
    monkeypatch.setenv("ZKCLEAR_WORDS", words.replace(words.split()[3], "swordfishes"))
    monkeypatch.setenv("ZKCLEAR_L1_KEY", "0xswordfishes")
    monkeypatch.setenv("ZKCLEAR_PASSPHRASE", "swordfishes")
    for arguments, error in (
        (("keys", "restore", "--wallet", "other.json"), BadSeed),
        (("keys", "show"), WrongPassphrase),
        (("keys", "new", "--wallet", "other.json", "--l1-wallet"), MissingSecret),
        (("withdraw", "1", "--to", "0x" + "11" * 20), WrongPassphrase),
    ):
        done = run(*arguments)
        assert isinstance(done.exception, error), arguments
        assert "swordfish" not in done.output + str(done.exception) + repr(done.exception.__cause__)
    assert not Path("other.json").exists()
    assert alice.progress == Wallet.open(alice.path, *SYSTEM).progress, "nothing was signed, no number was used"


def test_commands_with_a_wallet_of_another_system_are_refused(home: Path) -> None:
    Wallet.create(home / "wallet.json", 1, SYSTEM[1], seed_of("x"), PASSPHRASE)
    assert isinstance(run("keys", "show").exception, OtherSystem)


def test_commands_without_a_record_say_what_writes_one_with_exit_code_2(home: Path) -> None:
    (home / "deployment.json").unlink()
    for arguments in (("keys", "new"), ("keys", "show"), ("note", "5"), ("register", "5"), ("force", "close")):
        done = run(*arguments)
        assert done.exit_code == 2, arguments
        assert "chain deploy" in done.output


# -- signed requests


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (("withdraw", "12.5", "--to", "0x" + "11" * 20), "withdraw"),
        (("note", "0.5", "--exact"), "note"),
        (("transfer", "7", "--to", "3"), "transfer"),
        (("rotate",), "rotate"),
        (("cancel", "1", "--nonce", "9"), "cancel"),
        (("order", "buy", "4", "60012.5", "--slot", "1", "--listing", "3", "--lot", "0.001"), "order"),
    ],
)
def test_command_writes_a_signed_request(arguments: tuple[str, ...], kind: str, alice: Wallet, home: Path) -> None:
    (home / "out").mkdir()
    (made,) = told(*arguments, "--out", "out")["requests"]
    request = read(Path(made["file"]), DOMAIN)
    assert (made["kind"], made["account"]) == (kind, 2)
    assert verified(request, DOMAIN, keys_for("wallet").owner(OWNER))
    assert [each.name for each in (home / "out").iterdir()] == [Path(made["file"]).name]
    printed = run(*arguments, "--out", "out").stdout
    assert "Written: out/" in printed
    assert "86400 seconds" in printed


def test_command_order_signs_everything_it_was_told(alice: Wallet) -> None:
    options = "--slot 5 --listing 3 --lot 0.001 --tick 0.5 --place 2 --max-fee-ppm 700 --reduce-only --post-only"
    handling = "--time-in-force gtd --good-for 60 --self-trade cancel-both --client 77 --trigger stop"
    more = [*options.split(), *handling.split(), "--trigger-price", "59000", "--expires-in", "3600"]
    (made,) = told("order", "sell", "4", "60012.5", *more)["requests"]
    signed = read(Path(made["file"]), DOMAIN)
    order, handled = signed.order, signed.handling
    assert (order.slot, order.listing, order.side, order.quantity, order.limit) == (5, 3, Side.SELL, 4, 60_012_500)
    assert (order.place, order.max_fee_ppm, order.reduce_only, order.account) == (2, 700, True, 2)
    assert (handled.force, handled.self_trade, handled.client) == (Force.GTD, SelfTrade.CANCEL_BOTH, 77)
    assert (handled.trigger, handled.trigger_price, handled.post_only) == (Trigger.STOP, 59_000_000, True)
    assert order.expiry - handled.good_till == 3_540
    assert made["file"] == f"order-2-2-{order.nonce}.json"


def test_command_note_splits_into_standard_sizes(alice: Wallet) -> None:
    made = told("note", "1254")["requests"]
    amounts = [read(Path(each["file"]), DOMAIN).amount // 10**6 for each in made]
    assert amounts == [1_000, 200, 50, 2, 2]
    assert len({each["nonce"] for each in made}) == 5
    assert isinstance(run("note", "12.37").exception, BadOperation)


def test_command_cancel_takes_the_last_order_at_its_place(alice: Wallet) -> None:
    (made,) = told("order", "buy", "4", "5", "--slot", "1", "--listing", "3", "--place", "1")["requests"]
    (cancelled,) = told("cancel", "1")["requests"]
    request = read(Path(cancelled["file"]), DOMAIN)
    assert isinstance(request, Cancel)
    assert (request.place, request.authority.nonce) == (1, made["nonce"])
    assert isinstance(run("cancel", "0").exception, BadOperation)


def test_command_rotate_uses_the_new_keys_once_told_that_it_is_done(alice: Wallet) -> None:
    assert isinstance(run("rotate", "--done").exception, BadOperation)
    (made,) = told("rotate")["requests"]
    request = read(Path(made["file"]), DOMAIN)
    assert isinstance(request, Rotate)
    assert request.trading_key == keys_for("wallet", 1).trading_key
    assert told("keys", "show")["rotating_to"] == 1
    assert told("rotate", "--done") == {"generation": 1}
    assert told("keys", "show")["trading_key"] == [hex(part) for part in keys_for("wallet", 1).trading_key]


@pytest.mark.parametrize(
    "arguments",
    [
        ("withdraw", "many", "--to", "0x" + "11" * 20),
        ("withdraw", "1", "--to", "nowhere"),
        ("transfer", "1", "--to", "bob"),
        ("note", "-1"),
        ("order", "buy", "1.5", "5", "--slot", "1", "--listing", "1"),
        ("order", "buy", "1", "cheap", "--slot", "1", "--listing", "1"),
        ("order", "buy", "1", "5.5", "--slot", "1", "--listing", "1", "--tick", "1"),
        ("order", "buy", "1", "5", "--slot", "1", "--listing", "1", "--lot", "none"),
        ("order", "buy", "1", "5"),
        ("cancel", "x"),
        ("register", "all"),
        ("force", "pay", "everything"),
    ],
)
def test_command_that_cannot_be_understood_ends_with_2(arguments: tuple[str, ...], alice: Wallet, home: Path) -> None:
    assert run(*arguments).exit_code == 2
    assert sorted(each.name for each in home.iterdir()) == ["deployment.json", "wallet.json"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("order", "hold", "1", "5", "--slot", "1", "--listing", "1"), BadOrder),
        (("order", "buy", "1", "5", "--slot", "1", "--listing", "1", "--place", "9"), BadOrder),
        (("order", "buy", "1", "5", "--slot", "1", "--listing", "1", "--time-in-force", "maybe"), BadOrder),
        (("order", "buy", "1", "5", "--slot", "1"), BadOrder),
        (("transfer", "1", "--to", "2"), BadOperation),
        (("note", "5", "--out", "nowhere"), NotWritten),
    ],
)
def test_command_whose_answer_is_no_writes_nothing(
    arguments: tuple[str, ...], error: type[ProverError], alice: Wallet, home: Path
) -> None:
    done = run(*arguments)
    assert isinstance(done.exception, error), done.output
    assert sorted(each.name for each in home.iterdir()) == ["deployment.json", "wallet.json"]


def test_command_that_signs_without_an_account_says_what_to_do(home: Path) -> None:
    wallet_in(home, "wallet")
    for arguments in (("note", "5"), ("rotate",), ("top-up", "5"), ("force", "close")):
        done = run(*arguments)
        assert isinstance(done.exception, NoAccount), arguments
        assert "trader deposits" in str(done.exception)
