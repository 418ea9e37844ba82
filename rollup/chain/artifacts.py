"""
The contracts as the compiler makes them: ABI, creation code, runtime code, and where immutables stand in it.

Everything is compiled from sources that are read once: the hash over exactly those files, the settings of
contracts/foundry.toml and the compiler's version names the result in the cache, and is the source hash of a deployment.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeAlias

from prover import toolchain
from prover.cache import digest_of, entry
from prover.errors import MalformedFile, ToolFailed
from prover.places import checkout

__all__ = ["PARTS", "TOKEN", "Abi", "Artifact", "Artifacts", "Reference", "artifacts"]

Abi: TypeAlias = list[dict[str, Any]]

PARTS: Final = (
    "vault",
    "deposits",
    "forced",
    "oracle",
    "clearing",
    "attestations",
    "governance",
    "verifiers",
    "exit",
)
"""In the order of `Parts` in contracts/src/interfaces/Deployment.sol, which is that of deployment."""

TOKEN: Final = "TestUSDC"  # noqa: S105 - a contract's name
"""The token of local chains."""

FILES: Final = {**{part: f"src/{part.capitalize()}.sol" for part in PARTS}, TOKEN: "src/testing/TestUSDC.sol"}

LAYOUT: Final = "1"
"""Raised when the form of a cache entry changes."""

IMPORT: Final = re.compile(r'^\s*import\s+(?:\{[^}]*\}\s+from\s+)?"([^"]+)"\s*;', re.MULTILINE)

PLACEHOLDER: Final = 32
"""Bytes of an immutable's place in runtime code: always a whole word, zero until the constructor has run."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Where the value of one immutable stands in runtime code, 32 bytes each."""

    contract: str
    """That declares it: a part, or what the part inherits from."""
    name: str
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Artifact:
    """One compiled contract."""

    name: str
    abi: Abi
    creation: bytes
    runtime: bytes
    """With zeros where immutables stand."""
    immutables: tuple[Reference, ...]

    def masked(self, code: bytes) -> bytes:
        """Code of a deployed contract with its immutables blanked, to compare with `runtime`."""
        blank = bytearray(code)
        for reference in self.immutables:
            for place in reference.places:
                blank[place : place + PLACEHOLDER] = bytes(len(blank[place : place + PLACEHOLDER]))
        return bytes(blank)


@dataclass(frozen=True)
class Artifacts:
    """All contracts of one state of the sources."""

    source_hash: str
    contracts: Mapping[str, Artifact]
    """By part, and the token of local chains."""


@cache
def artifacts() -> Artifacts:
    """The contracts of this checkout, from the cache or from the compiler."""
    sources, settings = _sources(), _settings()
    key = _key(sources, settings)
    directory = entry("contracts", "parts", key, lambda target: _compile(sources, settings, target))
    found = json.loads((directory / "contracts.json").read_text())
    return Artifacts(key, {name: _read(name, document) for name, document in found.items()})


def _read(name: str, document: Mapping[str, Any]) -> Artifact:
    immutables = tuple(Reference(one["contract"], one["name"], tuple(one["places"])) for one in document["immutables"])
    creation, runtime = (bytes.fromhex(document[code]) for code in ("creation", "runtime"))
    return Artifact(name, document["abi"], creation, runtime, immutables)


def _sources() -> dict[str, str]:
    """Every file that the parts and the token are compiled from, by the name that the compiler knows it under."""
    found: dict[str, str] = {}
    waiting = list(FILES.values())
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        path = checkout() / ("node_modules" if name.startswith("@") else "contracts") / name
        if not path.is_file():
            raise MalformedFile(str(path), "is imported but not there; if it is OpenZeppelin's, run `make setup`")
        found[name] = path.read_text()
        waiting += [_resolve(name, imported) for imported in IMPORT.findall(found[name])]
    return dict(sorted(found.items()))


def _resolve(importing: str, imported: str) -> str:
    """The name of an import: relative to the file that has it, or absolute as packages are."""
    if not imported.startswith("."):
        return imported
    parts = importing.split("/")[:-1]
    for step in imported.split("/"):
        if step == "..":
            parts.pop()
        elif step != ".":
            parts.append(step)
    return "/".join(parts)


def _settings() -> dict[str, Any]:
    """The compiler's settings as contracts/foundry.toml has them, so that tests run what is deployed."""
    path = checkout() / "contracts" / "foundry.toml"
    profile = tomllib.loads(path.read_text())["profile"]["default"]
    if profile.get("bytecode_hash") != "none" or profile.get("cbor_metadata") is not False:
        raise MalformedFile(str(path), "must keep metadata out of the bytecode, or it cannot be compared byte by byte")
    return {
        "optimizer": {"enabled": profile["optimizer"], "runs": profile["optimizer_runs"]},
        "evmVersion": profile["evm_version"],
        "viaIR": profile.get("via_ir", False),
        "metadata": {"bytecodeHash": "none", "appendCBOR": False},
    }


def _key(sources: Mapping[str, str], settings: Mapping[str, Any]) -> str:
    parts = [LAYOUT, toolchain.solc().version, json.dumps(settings, sort_keys=True)]
    for name, text in sources.items():
        parts += [name, text]
    return digest_of(*parts)


def _compile(sources: Mapping[str, str], settings: Mapping[str, Any], target: Path) -> None:
    wanted = ["abi", "evm.bytecode.object", "evm.deployedBytecode.object", "evm.deployedBytecode.immutableReferences"]
    request = {
        "language": "Solidity",
        "sources": {name: {"content": text} for name, text in sources.items()},
        "settings": {**settings, "outputSelection": {"*": {"*": wanted, "": ["ast"]}}},
    }
    output = json.loads(toolchain.run(toolchain.solc(), [], standard_input=json.dumps(request)))
    problems = [problem["formattedMessage"] for problem in output.get("errors", ()) if problem["severity"] == "error"]
    if problems:
        raise ToolFailed("solc", toolchain.solc().command, 1, "\n".join(problems))
    names = _immutable_names(output["sources"])
    built = {
        contract: _trimmed(output["contracts"][file][file.rsplit("/", 1)[1].removesuffix(".sol")], names)
        for contract, file in FILES.items()
    }
    (target / "contracts.json").write_text(json.dumps(built))


def _trimmed(output: Mapping[str, Any], names: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """What we keep of one contract of the compiler's output."""
    evm = output["evm"]
    references = evm["deployedBytecode"].get("immutableReferences", {})
    immutables = [
        {"contract": names[node][0], "name": names[node][1], "places": sorted(place["start"] for place in places)}
        for node, places in references.items()
    ]
    assert all(place["length"] == PLACEHOLDER for places in references.values() for place in places)
    return {
        "abi": output["abi"],
        "creation": evm["bytecode"]["object"],
        "runtime": evm["deployedBytecode"]["object"],
        "immutables": sorted(immutables, key=lambda one: (one["contract"], one["name"])),
    }


def _immutable_names(sources: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Contract and name of every state variable, by the number that the compiler refers to it with."""
    return {
        str(member["id"]): (node["name"], member["name"])
        for source in sources.values()
        for node in source["ast"]["nodes"]
        if node["nodeType"] == "ContractDefinition"
        for member in node["nodes"]
        if member["nodeType"] == "VariableDeclaration"
    }
