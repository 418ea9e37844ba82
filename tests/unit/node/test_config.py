"""The node's configuration: who outranks whom, where each value comes from, and what is refused in which words."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rollup.node.config import (
    BadValue,
    Config,
    ConfigError,
    NoOperatorKey,
    SecretInConfig,
    UnknownKey,
    UnreadableConfig,
    example,
    known_keys,
    shown,
    variable,
)

KEY = "0x" + "ab" * 32
COMMAND = [sys.executable, "-c", "from rollup.cli import main; main()"]


def written(folder: Path, text: str) -> Path:
    path = folder / "node.toml"
    path.write_text(text)
    return path


def refused(folder: Path, text: str, kind: type[ConfigError]) -> str:
    """In which words a file is refused."""
    with pytest.raises(kind) as error:
        Config.load(written(folder, text), {})
    return str(error.value)


# Who outranks whom


def test_load_whenNobodySaysAnything_hasDefaults() -> None:
    config = Config.load(None, {})
    assert config == Config()
    assert {config.origin(key) for key in known_keys()} == {"default"}


def test_load_flagsOverEnvironmentOverFile_withEachOrigin(tmp_path: Path) -> None:
    path = written(tmp_path, 'profile = "tiny"\n\n[batch]\nlegs = 7\nseconds = 8\nepochs = 9\n')
    environment = {"ZKCLEAR_BATCH_SECONDS": "18", "ZKCLEAR_BATCH_EPOCHS": "19"}
    config = Config.load(path, environment, {"batch.epochs": 29})
    assert (config.profile, config.batch_legs, config.batch_seconds, config.batch_epochs) == ("tiny", 7, 18, 29)
    assert [config.origin(f"batch.{name}") for name in ("legs", "seconds", "epochs", "decoys")] == [
        f"{path}:4",
        "environment ZKCLEAR_BATCH_SECONDS",
        "flag",
        "default",
    ]
    assert config.origin("profile") == f"{path}:1"


def test_load_whenTheEnvironmentNamesAFile_readsIt(tmp_path: Path) -> None:
    path = written(tmp_path, "[chain]\nconfirmations = 12\n")
    assert Config.load(None, {"ZKCLEAR_CONFIG": str(path)}).confirmations == 12
    other = tmp_path / "other.toml"
    other.write_text("[chain]\nconfirmations = 13\n")
    assert Config.load(other, {"ZKCLEAR_CONFIG": str(path)}).confirmations == 13


def test_load_pathsInAFile_countFromItsFolder(tmp_path: Path) -> None:
    path = written(tmp_path, 'directory = "data"\n[chain]\nrecord = "/srv/record.json"\n')
    config = Config.load(path, {})
    assert config.directory == tmp_path / "data"
    assert config.record == Path("/srv/record.json")
    assert Config.load(path, {"ZKCLEAR_DIRECTORY": "data"}).directory == Path("data")


def test_load_numbersAsText_areReadFromEnvironmentAndFlags() -> None:
    config = Config.load(None, {"ZKCLEAR_BATCH_LEGS": "1_000"}, {"fees.taker": "0"})
    assert (config.batch_legs, config.taker_fee) == (1_000, 0)


def test_example_isAFileThatSaysTheDefaults(tmp_path: Path) -> None:
    config = Config.load(written(tmp_path, example()), {})
    paths = ("directory", "chain.record")
    assert all(config.value(key) == Config().value(key) for key in known_keys() if key not in paths)
    assert [config.value(key) for key in paths] == [tmp_path / str(Config().value(key)) for key in paths]
    assert all(config.origin(key).startswith(f"{tmp_path / 'node.toml'}:") for key in known_keys())
    assert all(variable(key) in example() for key in known_keys())


# What is refused


@pytest.mark.parametrize(
    ("text", "line", "meant"),
    [
        ("[batch]\nlegz = 3\n", 2, "batch.legs"),
        ("[bach]\nlegs = 3\n", 1, "batch"),
        ("profil = 3\n", 1, "profile"),
        ("batch.leg = 3\n", 1, "batch.legs"),
    ],
)
def test_load_anUnknownKey_isRefusedWithItsLineAndTheNearest(tmp_path: Path, text: str, line: int, meant: str) -> None:
    message = refused(tmp_path, text, UnknownKey)
    assert f"node.toml:{line}: " in message
    assert message.endswith(f"did you mean {meant}?")


def test_load_aKeyLikeNoOther_isRefusedWithoutAGuess(tmp_path: Path) -> None:
    assert "`zkclear config show` lists" in refused(tmp_path, "xyz = 1\n", UnknownKey)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[batch]\nlegs = "3"\n', "node.toml:2: batch.legs is a whole number, not text; write it without quotes"),
        ("[batch]\nlegs = true\n", "node.toml:2: batch.legs is a whole number, not true or false"),
        ("[batch]\nlegs = 1.5\n", "node.toml:2: batch.legs is a whole number, not a number with a point"),
        ("[batch]\nlegs = [1]\n", "node.toml:2: batch.legs is a whole number, not a list"),
        ("[batch]\n\nlegs = 0\n", "node.toml:3: batch.legs is 1 to 1,048,576, not 0"),
        ("[oracle]\nseconds = 121\n", "node.toml:2: oracle.seconds is 1 to 120, not 121"),
        ("[batch]\ndecoys = 900_001\n", "node.toml:2: batch.decoys is 0 to 900,000, not 900,001"),
        ("directory = 3\n", "node.toml:1: directory is a path, not a whole number"),
        ('directory = ""\n', "node.toml:1: directory is a path, not nothing"),
        ('profile = "smal"\n', "profile is one of tiny, small, standard, not 'smal'; did you mean small?"),
        ('[chain]\nrpc = "localhost:8545"\n', "node.toml:2: chain.rpc is the URL of an L1 node"),
        ("batch = 3\n", "node.toml:1: batch is a section: write [batch]"),
        ("[profile]\nname = 3\n", "node.toml:1: profile is text, not a section"),
    ],
)
def test_load_aWrongValue_isRefusedWithKeyLineAndRange(tmp_path: Path, text: str, said: str) -> None:
    assert said in refused(tmp_path, text, BadValue)


@pytest.mark.parametrize("text", ["x", "1.5", "", "0x10", "9" * 5_000, "٣"])
def test_load_aVariableThatIsNoNumber_isRefusedByName(text: str) -> None:
    with pytest.raises(BadValue, match=r"environment ZKCLEAR_BATCH_LEGS: batch\.legs is a whole number"):
        Config.load(None, {"ZKCLEAR_BATCH_LEGS": text})


def test_load_aVariableThatIsNearlyOurs_isRefused() -> None:
    with pytest.raises(UnknownKey, match="there is no ZKCLEAR_BATCH_LEG; did you mean ZKCLEAR_BATCH_LEGS"):
        Config.load(None, {"ZKCLEAR_BATCH_LEG": "3"})
    others = ("ZKCLEAR_BACKEND", "ZKCLEAR_DATA", "ZKCLEAR_SIMD", "ZKCLEAR_DEPLOYER_KEY", "ZKCLEAR_OPERATOR_KEY", "PATH")
    assert Config.load(None, dict.fromkeys(others, "1")) == Config()
    named = {"ZKCLEAR_OPERATOR_KEY_VARIABLE": "ZKCLEAR_OPERATOR_KEYS", "ZKCLEAR_OPERATOR_KEYS": KEY}
    assert Config.load(None, named).operator_key == "ZKCLEAR_OPERATOR_KEYS"


def test_load_anUnknownFlag_isRefused() -> None:
    with pytest.raises(UnknownKey, match=r"flag: there is no batch.leg; did you mean batch.legs\?"):
        Config.load(None, {}, {"batch.leg": 3})


def test_load_whatIsNoFile_orNoToml_isRefused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(UnreadableConfig, match="zkclear config example"):
            Config.load(path, {})
    assert "line 2" in refused(tmp_path, "[batch]\nlegs = \n", UnreadableConfig)
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UnreadableConfig):
        Config.load(tmp_path / "bytes.toml", {})


# Secrets


@pytest.mark.parametrize(
    "text",
    [
        f'[operator]\nkey_variable = "{KEY}"\n',
        f'[operator]\nkey = "{KEY}"\n',
        f'anything = "{KEY[2:]}"\n',
        '[operator]\npassword = "hunter2"\n',
        f'[wallet]\nkeys = ["{KEY}"]\n',
        f'phrase = "{"abandon " * 11}about"\n',
        '[chain]\nrpc = "https://user:hunter2@node.example/"\n',
    ],
)
def test_load_aSecretInAFile_isRefusedAndNotShown(tmp_path: Path, text: str) -> None:
    message = refused(tmp_path, text, SecretInConfig)
    assert "looks like a secret" in message
    assert not any(secret in message for secret in ("hunter2", "abandon", "ab" * 32))


@pytest.mark.parametrize("flags", [{}, {"operator.key_variable": KEY}])
def test_load_aKeyWhereANameBelongs_isRefusedAndNotShown(flags: dict[str, str | int | Path]) -> None:
    environment = {} if flags else {"ZKCLEAR_OPERATOR_KEY_VARIABLE": KEY}
    with pytest.raises(SecretInConfig) as error:
        Config.load(None, environment, flags)
    assert KEY not in str(error.value)


def test_operatorSecret_isReadFromTheNamedVariable_andKeptNowhere() -> None:
    environment = {"ZKCLEAR_OPERATOR_KEY_VARIABLE": "VAULT_KEY", "VAULT_KEY": KEY}
    config = Config.load(None, environment)
    assert config.operator_secret(environment) == bytes.fromhex(KEY[2:])
    assert "ab" * 32 not in repr(config)
    for wrong in ({}, {"VAULT_KEY": ""}, {"VAULT_KEY": "ab" * 31}, {"VAULT_KEY": "not a key"}):
        with pytest.raises(NoOperatorKey, match="VAULT_KEY") as error:
            config.operator_secret(wrong)
        assert "ab" * 31 not in str(error.value)


def test_shown_aUrlWithCredentials_isWithoutThem() -> None:
    assert shown("https://user:hunter2@node.example:8545/v3/token?key=1") == "https://node.example:8545/…"
    assert shown("http://127.0.0.1:8545") == "http://127.0.0.1:8545"
    assert shown(Path("a/b")) == "a/b"
    assert shown(7) == 7


# The command


def test_show_asJson_hasEveryKeyWithItsOrigin(tmp_path: Path) -> None:
    path = written(tmp_path, "[batch]\nlegs = 7\n")
    environment = {**os.environ, "ZKCLEAR_CHAIN_RPC": "https://user:hunter2@node.example/"}
    arguments = ["config", "show", "--config", str(path), "--set", "fees.maker=3", "--json"]
    result = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, env=environment, check=True)
    document = json.loads(result.stdout)
    assert tuple(document) == known_keys()
    assert {key: (one["value"], one["origin"]) for key, one in document.items() if one["origin"] != "default"} == {
        "batch.legs": (7, f"{path}:2"),
        "chain.rpc": ("https://node.example/…", "environment ZKCLEAR_CHAIN_RPC"),
        "fees.maker": (3, "flag"),
    }
    assert "hunter2" not in result.stdout


def test_show_ofAWrongFile_isOneLineAndExitCode1(tmp_path: Path) -> None:
    path = written(tmp_path, "[batch]\nlegz = 7\n")
    result = subprocess.run(
        [*COMMAND, "config", "show", "--config", str(path)], capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert "did you mean batch.legs?" in result.stderr
    assert "Traceback" not in result.stderr
