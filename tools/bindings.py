"""
Write rollup/chain/bindings/: the contracts' ABIs as typed Python.

    python tools/bindings.py            write the files
    python tools/bindings.py --check    exit 1 when one of them is stale

Names and types come from the compiler, sentences from the NatSpec in contracts/src/interfaces, rules of errors from
circuits/manifest.toml, what they mean from SECURITY.md.
"""

from __future__ import annotations

import re
import sys
import tempfile
import textwrap
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from abi_types import COMMON, canonical, origin, parameter, python_type, reading, signature
from natspec import Docs, documentation, snake

from prover.reference.keccak import keccak256
from rollup.chain.artifacts import PARTS, TOKEN, artifacts

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "rollup" / "chain" / "bindings"
INTERFACES = ROOT / "contracts" / "src" / "interfaces"
LIBRARIES = ROOT / "contracts" / "src" / "libraries"
NOTICE = "Generated from the contracts by `make generate`; change those, not this file."
WORD = re.compile(r"u?int\d+|bytes\d+|address|bool")
"""Types that a topic holds as they are."""
RULE = re.compile(r"^\|\s*(L1-\d+)\s*\|\s*(.*?)\s*\|")
FOREIGN = {
    "Error": "a requirement of a library failed",
    "ERC20InsufficientAllowance": "the token's owner allowed less than that; approve it on the token first",
    "ERC20InsufficientBalance": "whoever pays holds fewer tokens than that",
    "ReentrancyGuardReentrantCall": "the contract was called back in the middle of a call",
    "SafeERC20FailedOperation": "the token refused a transfer",
    "SafeCastOverflowedUintDowncast": "a number does not fit its place",
}


@dataclass
class Module:
    """One generated file."""

    name: str
    structs: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    enums: dict[str, list[str]] = field(default_factory=dict)


def main() -> int:
    files = formatted({f"{name}.py": "\n".join(lines) + "\n" for name, lines in written().items()})
    stale = [name for name, text in files.items() if not same(TARGET / name, text)]
    extra = [path.name for path in TARGET.glob("*.py") if path.name not in files]
    if "--check" not in sys.argv:
        TARGET.mkdir(parents=True, exist_ok=True)
        for name in stale:
            (TARGET / name).write_text(files[name])
        for name in extra:
            (TARGET / name).unlink()
    if stale or extra:
        word = "stale" if "--check" in sys.argv else "written"
        print(f"{word}: {', '.join(f'rollup/chain/bindings/{name}' for name in [*stale, *extra])}")  # noqa: T201
    return int(bool(stale or extra) and "--check" in sys.argv)


def written() -> dict[str, list[str]]:
    """Lines of every file, by module."""
    contracts = artifacts().contracts
    modules = {part: Module(part) for part in PARTS} | {COMMON: Module(COMMON)}
    docs = {part: documentation(INTERFACES / f"I{part.capitalize()}.sol") for part in PARTS}
    docs[COMMON] = documentation(INTERFACES / "Deployment.sol", LIBRARIES / "Groth16.sol")
    for part in PARTS:
        for each in contracts[part].abi:
            for value in [*each.get("inputs", ()), *each.get("outputs", ())]:
                collect(modules, docs, value)
    files = {name: list(module_lines(module, docs[name])) for name, module in modules.items()}
    for part in PARTS:
        module = modules[part]
        body = list(part_lines(module, modules, contracts[part].abi, docs[part]))
        files[part] = [*head(module, contracts[part].abi), *files[part], *body]
    files[COMMON] = [*head(modules[COMMON], []), *files[COMMON]]
    files["errors"] = list(error_lines([each for name in (*PARTS, TOKEN) for each in contracts[name].abi]))
    files["__init__"] = list(index_lines())
    return files


# -- what the ABI has


def collect(modules: Mapping[str, Module], docs: Mapping[str, Docs], value: Mapping[str, Any]) -> None:
    """Note every struct and enum behind a value in the module that it belongs to."""
    kind, name, home = origin(value)
    if kind == "struct":
        for member in value["components"]:
            collect(modules, docs, member)
        modules[home].structs.setdefault(name, value["components"])
    elif kind == "enum":
        members = [member for owner, member in docs[home].members if owner == name]
        modules[home].enums.setdefault(name, members)


# -- sentences


def docstring(text: str, indent: str = "    ") -> Iterator[str]:
    """One line where it fits, the house's form where it does not."""
    if not text:
        return
    if len(text) + len(indent) + 6 <= 120:
        yield f'{indent}"""{text}"""'
        return
    yield f'{indent}"""'
    yield from textwrap.wrap(text, 120, initial_indent=indent, subsequent_indent=indent)
    yield f'{indent}"""'


# -- files


def head(module: Module, abi: list[dict[str, Any]]) -> Iterator[str]:
    """Docstring and imports; `ruff` removes what is not used and sorts the rest."""
    title = "Structs of all parts." if module.name == COMMON else f"The part `{module.name}`."
    yield f'"""\n{title}\n\n{NOTICE}\n"""'
    yield "# ruff: noqa: E501 - signatures are as long as the contracts have them"
    yield "from __future__ import annotations"
    yield "from collections.abc import Callable, Mapping, Sequence"
    yield "from dataclasses import dataclass"
    yield "from enum import IntEnum"
    yield "from typing import Any, ClassVar, Final, Self"
    yield "from rollup.chain.abi import Address, Block, Transaction, address, topic"
    yield "from rollup.chain.part import Part"
    needed: dict[str, set[str]] = {}
    values = [value for each in abi for value in [*each.get("inputs", ()), *each.get("outputs", ())]]
    waiting = [*values, *(member for members in module.structs.values() for member in members)]
    for value in waiting:
        kind, name, home = origin(value)
        if kind and home != module.name:
            needed.setdefault(home, set()).add(name)
    for home, names in sorted(needed.items()):
        yield f"from rollup.chain.bindings.{home} import {', '.join(sorted(names))}"


def module_lines(module: Module, docs: Docs) -> Iterator[str]:
    """Enums and structs."""
    for name, members in module.enums.items():
        yield ""
        yield f"class {name}(IntEnum):"
        yield from docstring(docs.declared.get(name, ""))
        yield ""
        for number, member in enumerate(members):
            yield f"    {member} = {number}"
            yield from docstring(docs.members.get((name, member), ""))
    for name, components in module.structs.items():
        yield from record(name, components, docs)


def record(name: str, components: list[dict[str, Any]], docs: Docs, extra: tuple[str, ...] = ()) -> Iterator[str]:
    """A frozen dataclass and its reader."""
    yield ""
    yield "@dataclass(frozen=True, slots=True)"
    yield f"class {name}:"
    yield from docstring(docs.declared.get(name, "") or f"`{name}` of the contracts.")
    yield from extra
    yield ""
    for member in components:
        yield f"    {snake(member['name'])}: {python_type(member)}"
        yield from docstring(docs.members.get((name, member["name"]), ""))
    yield ""
    yield "    @classmethod"
    yield "    def of(cls, values: Sequence[Any]) -> Self:"
    yield '        """From what was decoded."""'
    parts = [reading(member, f"values[{place}]") for place, member in enumerate(components)]
    yield f"        return cls({', '.join(parts)})"


def part_lines(module: Module, modules: Mapping[str, Module], abi: list[dict[str, Any]], docs: Docs) -> Iterator[str]:
    """Events, and the class with a method for each function."""
    taken = set(module.structs) | set(module.enums)
    events = [each for each in abi if each["type"] == "event"]
    for each in events:
        known = ", ".join(str(bool(value["indexed"])) for value in each["inputs"])
        extra = (
            f'    signature: ClassVar[str] = "{signature(each)}"',
            f"    indexed: ClassVar[tuple[bool, ...]] = ({known}{',' if len(each['inputs']) == 1 else ''})",
        )
        assert each["name"] not in taken, each["name"]
        hashed = [value for value in each["inputs"] if value["indexed"] and not WORD.fullmatch(value["type"])]
        assert not hashed, f"{each['name']} keeps no more than the hash of {hashed}"
        yield from record(each["name"], each["inputs"], docs, extra)
    yield ""
    name = module.name.capitalize()
    made = next(each for each in abi if each["type"] == "constructor")
    yield f"class {name}(Part):"
    yield f'    """The deployed part `{module.name}`."""'
    yield ""
    yield f'    CONSTRUCTOR: Final = "{signature({**made, "name": ""})}"'
    yield "    EVENTS: ClassVar[Mapping[bytes, type[Any]]] = {"
    yield f"        topic(each.signature): each for each in ({''.join(each['name'] + ', ' for each in events)})"
    yield "    }"
    for each in (each for each in abi if each["type"] == "function"):
        yield ""
        yield from method(each, docs)


def method(each: dict[str, Any], docs: Docs) -> Iterator[str]:
    """One function of a part."""
    names = [parameter(value["name"]) or f"argument{place}" for place, value in enumerate(each["inputs"])]
    if len(names) == 1 and not each["inputs"][0]["name"]:
        names = ["key"]
    typed = [f"{name}: {python_type(value, argument=True)}" for name, value in zip(names, each["inputs"], strict=True)]
    outputs = each["outputs"]
    parts = [reading(value, f"found[{place}]") for place, value in enumerate(outputs)]
    view = each["stateMutability"] in ("view", "pure")
    if view and len(outputs) == 1 and parts[0] == "found[0]":
        parts = [f"{python_type(outputs[0])}(found[0])"]
    result = {0: "None", 1: parts[0] if parts else ""}.get(len(parts), f"({', '.join(parts)})")
    types = [python_type(value) for value in outputs]
    returned = {0: "None", 1: types[0] if types else ""}.get(len(types), f"tuple[{', '.join(types)}]")
    arguments = f"({', '.join(names)}{',' if len(names) == 1 else ''})"
    types_out = f"({','.join(map(canonical, outputs))})"
    sent = f'"{signature(each)}", {arguments}, "{types_out}"'
    text = docs.declared.get(each["name"], "") or f"`{each['name']}` of the contract."
    if view:
        taken = ", ".join(["self", *typed, "*", 'block: Block = "latest"'])
        yield f"    def {snake(each['name'])}({taken}) -> {returned}:"
        yield from docstring(text, "        ")
        yield f"        {'found = ' if outputs else ''}self._view({sent}, block)"
        if outputs:
            yield f"        return {result}"
        return
    payable = each["stateMutability"] == "payable"
    extra = ["*", "value: int"] if payable else []
    yield f"    def {snake(each['name'])}({', '.join(['self', *typed, *extra])}) -> Transaction[{returned}]:"
    yield from docstring(text, "        ")
    yield f"        return self._change({sent}, lambda found: {result}{', value' if payable else ''})"


def error_lines(abi: list[dict[str, Any]]) -> Iterator[str]:
    """The table of custom errors."""
    manifest = tomllib.loads((ROOT / "circuits" / "manifest.toml").read_text())
    rows = (RULE.match(line) for line in (ROOT / "SECURITY.md").read_text().splitlines())
    meanings = {row[1]: row[2] for row in rows if row}
    yield f'"""\nCustom errors by selector, and the rules that they stand for.\n\n{NOTICE}\n"""'
    yield "# ruff: noqa: E501 - a sentence a line"
    yield "from __future__ import annotations"
    yield "from typing import Final"
    yield "from rollup.chain.errors import Refusal"
    yield ""
    yield "REFUSALS: Final[dict[bytes, Refusal]] = {"
    ours = {name: rule for rule, name in manifest["errors"].items()}
    for name, rule in ours.items():
        yield entry_line(f"{name}()", name, rule, meanings[rule])
    foreign = {signature(each): each["name"] for each in abi if each["type"] == "error" and each["name"] not in ours}
    for stated, name in sorted({**foreign, "Error(string)": "Error"}.items()):
        yield entry_line(stated, name, None, FOREIGN.get(name, "an error of the token or of a library"))
    yield "}"


def entry_line(stated: str, name: str, rule: str | None, meaning: str) -> str:
    quoted = f'"{rule}"' if rule else "None"
    text = meaning.replace("\\", "").replace('"', "'").replace("`", "")
    selector = keccak256(stated.encode())[:4].hex()
    return f'    bytes.fromhex("{selector}"): Refusal("{name}", {quoted}, "{text}"),'


def index_lines() -> Iterator[str]:
    """The package: every part, and all of them together."""
    title = "Typed bindings of the contracts: a class for each part, a dataclass for each struct and event."
    yield f'"""\n{title}\n\n{NOTICE}\n"""'
    yield "from __future__ import annotations"
    yield "from dataclasses import dataclass"
    yield "from typing import Self"
    yield "from web3 import Web3"
    for part in PARTS:
        yield f"from rollup.chain.bindings.{part} import {part.capitalize()}"
    yield f"from rollup.chain.bindings.{COMMON} import Parts"
    names = sorted(["System", *(part.capitalize() for part in PARTS)])
    yield f"__all__ = {names!r}"
    yield "@dataclass(frozen=True, slots=True)"
    yield "class System:"
    yield '    """All parts of one deployed system."""'
    yield from (f"    {part}: {part.capitalize()}" for part in PARTS)
    yield "    @classmethod"
    yield "    def at(cls, chain: Web3, parts: Parts) -> Self:"
    yield '        """The system whose parts are there."""'
    yield "        return cls("
    yield from (f"            {part.capitalize()}(chain, parts.{part})," for part in PARTS)
    yield "        )"


def formatted(files: Mapping[str, str]) -> dict[str, str]:
    """In the house's format, with the imports that are used."""
    from prover import toolchain

    ruff = toolchain.Tool("ruff", "", (str(Path(sys.executable).parent / "ruff"),), "venv")
    quiet = ["--quiet", "--no-cache", "--config", str(ROOT / "pyproject.toml")]
    with tempfile.TemporaryDirectory(prefix="zkclear-") as name:
        directory = Path(name)
        for file, text in files.items():
            (directory / file).write_text(text)
        imports, rest = "F401,I", "RUF022,RUF100,E501"  # Lines are as long as they stay once they are formatted.
        for rules in (imports, rest):
            toolchain.run(ruff, ["format", *quiet, name])
            toolchain.run(ruff, ["check", "--select", rules, "--fix", *quiet, name])
        toolchain.run(ruff, ["format", *quiet, name])
        return {file: (directory / file).read_text() for file in files}


def same(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text() == text


if __name__ == "__main__":
    sys.exit(main())
