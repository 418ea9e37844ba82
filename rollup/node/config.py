"""
The node's configuration: one file, the environment, and flags, each value with where it comes from.

Every value has a default, a place in the file (`batch.legs`), a variable (`ZKCLEAR_BATCH_LEGS`) and a flag. The file
outranks the default, the environment the file, a flag all of them. What nobody knows is refused and the nearest known
name offered; so is what has the wrong type or lies out of range, always with the place where it stands. Secrets have no
place in files: the file names the environment variable that holds the operator's key, and never the key.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, Final, Self, TypeAlias
from urllib.parse import urlsplit

from rollup.node.sources import (
    BadValue,
    ConfigError,
    NoOperatorKey,
    Said,
    SecretInConfig,
    Source,
    UnknownKey,
    UnreadableConfig,
    said_in,
    secretive,
)
from rollup.spec.shared import PROFILES

__all__ = [
    "CONFIG_FILE",
    "BadValue",
    "Config",
    "ConfigError",
    "NoOperatorKey",
    "SecretInConfig",
    "UnknownKey",
    "UnreadableConfig",
    "example",
    "known_keys",
    "meaning",
    "shown",
    "variable",
]

PREFIX: Final = "ZKCLEAR_"
"""Of every variable that is ours."""

CONFIG_FILE: Final = PREFIX + "CONFIG"
"""Names the file, where no flag does."""

OTHERS: Final = frozenset({CONFIG_FILE, "ZKCLEAR_BACKEND", "ZKCLEAR_DATA", "ZKCLEAR_DEPLOYER_KEY", "ZKCLEAR_SIMD"})
"""Variables that are ours and no part of the configuration."""

Value: TypeAlias = int | str | Path


def _rules(
    key: str,
    meaning: str,
    *,
    low: int | None = None,
    high: int | None = None,
    choices: Iterable[str] = (),
    matches: str = "",
) -> dict[str, Any]:
    """Of one value: where it stands, what it means, what it may be."""
    return {"key": key, "meaning": meaning, "low": low, "high": high, "choices": tuple(choices), "matches": matches}


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What a node runs with. Paths in a file count from the file's folder."""

    profile: str = field(
        default="small",
        metadata=_rules("profile", "circuit sizes: tiny, small or standard", choices=PROFILES),
    )
    directory: Path = field(
        default=Path("zkclear-node"),
        metadata=_rules("directory", "folder of the journal and of all else that is kept"),
    )
    rpc: str = field(
        default="http://127.0.0.1:8545",
        metadata=_rules("chain.rpc", "URL of an L1 node", matches=r"(?:https?|wss?)://[^\s/]+(?:/\S*)?"),
    )
    record: Path = field(
        default=Path("deployment.json"),
        metadata=_rules("chain.record", "deployment record, from `zkclear chain deploy`"),
    )
    confirmations: int = field(
        default=1,
        metadata=_rules("chain.confirmations", "blocks on top of what counts as final", low=0, high=1_000),
    )
    batch_legs: int = field(
        default=256,
        metadata=_rules("batch.legs", "a batch is sealed when it has so many legs", low=1, high=1 << 20),
    )
    batch_seconds: int = field(
        default=600,
        metadata=_rules(
            "batch.seconds", "or after so many seconds; L1 takes no table older than an hour", low=1, high=3_000
        ),
    )
    batch_epochs: int = field(
        default=1,
        metadata=_rules("batch.epochs", "or when so many new tables have come", low=1, high=60),
    )
    decoys: int = field(
        default=250_000,
        metadata=_rules("batch.decoys", "part of a step's lanes that hides who traded, ppm", low=0, high=900_000),
    )
    epoch_seconds: int = field(
        default=60,
        metadata=_rules(
            "oracle.seconds", "between tables; prices older than two minutes halt trading", low=1, high=120
        ),
    )
    operator_key: str = field(
        default="ZKCLEAR_OPERATOR_KEY",
        metadata=_rules(
            "operator.key_variable",
            "name of the environment variable that holds the operator's key",
            matches=r"[A-Z_][A-Z0-9_]*",
        ),
    )
    taker_fee: int = field(
        default=500,
        metadata=_rules("fees.taker", "of what an order takes from the book, ppm", low=0, high=10_000),
    )
    maker_fee: int = field(
        default=200,
        metadata=_rules("fees.maker", "of what an order adds to the book, ppm", low=0, high=10_000),
    )
    origins: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    """Where each value comes from, by key; what is missing is a default."""

    @classmethod
    def load(
        cls, file: Path | None, environment: Mapping[str, str], flags: Mapping[str, int | str | Path] | None = None
    ) -> Self:
        """
        The values of a file, over them those of the environment, over them flags, by key.

        Without a file the environment may name one; without that there is none.
        """
        named = environment.get(CONFIG_FILE)
        file = file or (Path(named) if named else None)
        said = [*(said_in(file, _FIELDS) if file is not None else ()), *_of_environment(environment)]
        said += [Said(key, value, Source.FLAG, "flag") for key, value in (flags or {}).items()]
        values: dict[str, Any] = {}
        for one in said:
            if one.key not in _FIELDS:
                raise UnknownKey(one.key, one.where, _FIELDS)
            values[_FIELDS[one.key].name] = _checked(one, file.parent if file else Path())
        config = cls(**values, origins={one.key: one.where for one in said})
        _check_names(environment, config.operator_key)
        return config

    def value(self, key: str) -> Value:
        """By key."""
        found: Value = getattr(self, _FIELDS[key].name)
        return found

    def origin(self, key: str) -> str:
        """Where a value comes from: the default, file and line, a variable, a flag."""
        return self.origins.get(key, "default")

    def operator_secret(self, environment: Mapping[str, str]) -> bytes:
        """The operator's key, from where the configuration says that it is; it is kept nowhere."""
        text = environment.get(self.operator_key)
        if not text:
            raise NoOperatorKey(self.operator_key, "is not set")
        if not re.fullmatch(r"(?:0x)?[0-9a-fA-F]{64}", text.strip()):
            raise NoOperatorKey(self.operator_key, "holds no key")
        return bytes.fromhex(text.strip().removeprefix("0x"))


_FIELDS: Final[dict[str, Field[Any]]] = {one.metadata["key"]: one for one in fields(Config) if "key" in one.metadata}


def known_keys() -> tuple[str, ...]:
    """All keys, in the order in which they are shown."""
    return tuple(_FIELDS)


def meaning(key: str) -> str:
    """What a value is, in a line."""
    return str(_FIELDS[key].metadata["meaning"])


def variable(key: str) -> str:
    """The environment variable that sets it."""
    return PREFIX + key.upper().replace(".", "_")


def shown(value: Value) -> int | str:
    """A value as people may see it: a URL without what may be a password or an access token."""
    if isinstance(value, int):
        return value
    text = str(value)
    if "://" not in text:
        return text
    parts = urlsplit(text)
    place = parts.netloc.rpartition("@")[2]
    hidden = "@" in parts.netloc or parts.path.strip("/") or parts.query
    return f"{parts.scheme}://{place}" + ("/…" if hidden else "")


def example() -> str:
    """A file that says what is so by default."""
    lines, section = ["# zkclear node. Every value here is the default; environment and flags outrank the file."], ""
    for key, one in _FIELDS.items():
        head, _, name = key.rpartition(".")
        if head != section:
            lines += ["", f"[{head}]"]
            section = head
        default = one.default if isinstance(one.default, int) else f'"{one.default}"'
        lines += [f"# {meaning(key)}{_limits(one)} ({variable(key)})", f"{name} = {default}"]
    return "\n".join(lines) + "\n"


def _of_environment(environment: Mapping[str, str]) -> Iterable[Said]:
    """What variables say."""
    for key in _FIELDS:
        if (name := variable(key)) in environment:
            yield Said(key, environment[name], Source.ENVIRONMENT, f"environment {name}")


def _check_names(environment: Mapping[str, str], operator_key: str) -> None:
    """
    Refuse variables that are nearly, but not quite, one of ours: they were meant to say something.

    Others of the same beginning may be somebody else's.
    """
    known = {variable(key).removeprefix(PREFIX): variable(key) for key in _FIELDS}
    for name in sorted(environment):
        short = name.removeprefix(PREFIX)
        if name in (short, operator_key) or short in known or name in OTHERS:
            continue
        if difflib.get_close_matches(short, known, n=1, cutoff=0.8):
            raise UnknownKey(name, "environment", known.values())


def _checked(said: Said, folder: Path) -> Value:
    """A value of the type and within the range that its field names."""
    one, value = _FIELDS[said.key], said.value
    rules = one.metadata
    if secretive(value):
        raise SecretInConfig(said.key, said.where)
    if isinstance(one.default, int):
        return _whole(said, rules["low"], rules["high"])
    if not isinstance(value, (str, Path)) or not str(value):
        kind = "a path" if isinstance(one.default, Path) else "text"
        raise BadValue(said.key, said.where, f"is {kind}, not {_kind(value)}")
    if isinstance(one.default, Path):
        path = Path(value).expanduser()
        return folder / path if said.source is Source.FILE else path
    text = str(value)
    if rules["choices"] and text not in rules["choices"]:
        nearest = difflib.get_close_matches(text, rules["choices"], n=1, cutoff=0.5)
        advice = f"; did you mean {nearest[0]}?" if nearest else ""
        raise BadValue(said.key, said.where, f"is one of {', '.join(rules['choices'])}, not {text!r}{advice}")
    if rules["matches"] and not re.fullmatch(rules["matches"], text):
        raise BadValue(said.key, said.where, f"is the {rules['meaning']}; what stands there cannot be one")
    if said.source is Source.FILE and "@" in urlsplit(text).netloc:
        raise SecretInConfig(said.key, said.where)
    return text


def _whole(said: Said, low: int, high: int) -> int:
    """A whole number in its range; environment and flags may bring it as text."""
    value = said.value
    if isinstance(value, str) and said.source is Source.FILE:
        raise BadValue(said.key, said.where, "is a whole number, not text; write it without quotes")
    if isinstance(value, str) and re.fullmatch(r"-?\d[\d_]{0,30}", value.strip(), re.ASCII):
        value = int(value.strip().replace("_", ""))
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadValue(said.key, said.where, f"is a whole number, not {_kind(value)}")
    if not low <= value <= high:
        raise BadValue(said.key, said.where, f"is {low:,} to {high:,}, not {value:,}")
    return value


def _kind(value: object) -> str:
    """What a value is, as people call it, without showing it."""
    named: dict[type, str] = {
        bool: "true or false",
        int: "a whole number",
        float: "a number with a point",
        str: "text",
        list: "a list",
        dict: "a section",
    }
    return "nothing" if value == "" else named.get(type(value), f"a {type(value).__name__}")


def _limits(one: Field[Any]) -> str:
    low, high = one.metadata["low"], one.metadata["high"]
    return "" if low is None else f"; {low:,} to {high:,}"
