"""
What people say of a configuration: in a file, line by line, or else; and what they must not say there.

A file is TOML. Whatever in it nobody knows is refused, with the line where it stands and the nearest name that is
known. A secret has no place in it, whatever it is called, and no message repeats one.

    ConfigError
    ├── UnreadableConfig    a file that is not there, or no TOML
    ├── UnknownKey          a key, section or variable that nobody reads
    ├── BadValue            the wrong type, or out of range
    ├── SecretInConfig      a key or a password where none belongs
    └── NoOperatorKey       the variable that should hold the operator's key does not
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Final

from rollup.node.errors import NodeError

__all__ = [
    "BadValue",
    "ConfigError",
    "NoOperatorKey",
    "Said",
    "SecretInConfig",
    "Source",
    "UnknownKey",
    "UnreadableConfig",
    "said_in",
    "secretive",
]

SECRET_NAME: Final = re.compile(r"secret|private|password|passphrase|mnemonic|seed", re.IGNORECASE)
SECRET_TEXT: Final = re.compile(r"\s*(?:(?:0x)?[0-9a-fA-F]{64}|(?:[a-z]{3,8}\s+){11,23}[a-z]{3,8})\s*")
"""What a private key and a list of words from a wallet look like."""

KEY_LINE: Final = re.compile(r"\s*([A-Za-z0-9_.\"'-]+?)\s*=")
SECTION_LINE: Final = re.compile(r"\s*\[\s*([A-Za-z0-9_.\"'-]+?)\s*\]")


class ConfigError(NodeError):
    """Base of everything that is wrong with a configuration."""


class UnreadableConfig(ConfigError):
    """A file that is not there, or no TOML."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        super().__init__(f"{path} cannot be read ({reason}); `zkclear config example` prints one to begin with")


class UnknownKey(ConfigError):
    """A key that nobody reads."""

    def __init__(self, name: str, where: str, known: Iterable[str]) -> None:
        self.name, self.where = name, where
        nearest = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.5)
        advice = f"did you mean {nearest[0]}?" if nearest else "`zkclear config show` lists all there are"
        super().__init__(f"{where}: there is no {name}; {advice}")


class BadValue(ConfigError):
    """A value of the wrong type, or out of range; the message shows it only where it can be no secret."""

    def __init__(self, key: str, where: str, reason: str) -> None:
        self.key, self.where = key, where
        super().__init__(f"{where}: {key} {reason}")


class SecretInConfig(ConfigError):
    """Something that looks like a secret, where whoever reads the file would have it. It is not shown."""

    def __init__(self, key: str, where: str) -> None:
        self.key, self.where = key, where
        super().__init__(
            f"{where}: {key} looks like a secret, and configurations are copied, shown and kept. Remove it, and "
            "replace it if somebody may have seen it; the operator's key belongs into the environment variable that "
            "operator.key_variable names, a URL with a password into ZKCLEAR_CHAIN_RPC"
        )


class NoOperatorKey(ConfigError):
    """The variable that should hold the operator's key does not."""

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        super().__init__(
            f"the environment variable {name} {reason}; set it to the operator's key, 64 hexadecimal digits"
        )


class Source(Enum):
    """Who said a value; each outranks the ones before."""

    FILE = "file"
    ENVIRONMENT = "environment"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said of a key, before anybody has looked whether it makes sense."""

    key: str
    value: object = field(repr=False)
    source: Source
    where: str
    """As messages and `zkclear config show` name it."""


def said_in(path: Path, known: Collection[str]) -> Iterable[Said]:
    """All that a file says, and on which line."""
    try:
        text = path.read_text(encoding="utf-8")
        document = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UnreadableConfig(path, reason or type(error).__name__) from error
    lines = _lines(text)
    sections = {key.rpartition(".")[0] for key in known} - {""}
    for key, value in _flat(document, sections):
        where = f"{path}:{lines[key]}" if key in lines else str(path)
        if (key not in known and SECRET_NAME.search(key)) or secretive(value):
            raise SecretInConfig(key, where)
        if key in sections:
            raise BadValue(key, where, f"is a section: write [{key}], and its keys on the lines below")
        if key not in known:
            raise UnknownKey(key, where, {*known, *sections})
        yield Said(key, value, Source.FILE, where)


def _flat(document: Mapping[str, Any], sections: set[str], above: str = "") -> Iterable[tuple[str, object]]:
    """Values by dotted key; a section that nobody knows is one value."""
    for name, value in document.items():
        key = f"{above}{name}"
        if isinstance(value, dict) and key in sections:
            yield from _flat(value, sections, f"{key}.")
        else:
            yield key, value


def _lines(text: str) -> dict[str, int]:
    """The line of each key and section; what is written in an unusual way has none, and the file is named alone."""
    lines: dict[str, int] = {}
    section = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if found := SECTION_LINE.match(line):
            section = re.sub("[\"']", "", found[1])
            lines.setdefault(section, number)
        elif found := KEY_LINE.match(line):
            name = re.sub("[\"']", "", found[1])
            lines.setdefault(f"{section}.{name}" if section else name, number)
    return lines


def secretive(value: object) -> bool:
    """Whether it, or something in it, looks like a key."""
    if isinstance(value, dict):
        return any(SECRET_NAME.search(str(name)) or secretive(one) for name, one in value.items())
    if isinstance(value, list):
        return any(secretive(one) for one in value)
    return isinstance(value, str) and SECRET_TEXT.fullmatch(value) is not None
