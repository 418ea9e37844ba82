"""
From a name in circuits/manifest.toml to a compiled circuit.

A circuit compiles in a staging directory that holds its own file, what it includes and nothing else; the key of
the result is the hash of exactly those files, the parameters, the compiler and its options. So an artifact is
stale when, and only when, something that it was made from changed.
"""

from __future__ import annotations

import re
import shutil
import struct
import tomllib
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache, cached_property
from os import cpu_count
from pathlib import Path

from prover import toolchain, witness_program
from prover.cache import digest_of, entry, has
from prover.errors import InvalidInput, MalformedFile
from prover.places import checkout
from prover.shapes import Shape, pack_symbols, read_shapes, write_shapes

__all__ = ["Circuit", "Compiled", "Header", "UnknownCircuit", "circuit", "circuits", "compile_all", "compiled"]

OPTIONS = ("--O2", "--r1cs", "--wat", "--sym")
"""`--O2` halves the constraints against the compiler's default."""

LAYOUT = "2"
"""Raised when the files of an entry, or their forms, change."""

INCLUDE = re.compile(r'^\s*include\s+"([^"]+)"\s*;', re.MULTILINE)
PRAGMA = "pragma circom 2.2.0;"


class UnknownCircuit(InvalidInput):
    """A circuit or profile that the manifest does not list."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name, self.known = name, tuple(known)
        super().__init__(f"no circuit {name!r} in circuits/manifest.toml; there are: {', '.join(self.known)}")


@dataclass(frozen=True, slots=True)
class Circuit:
    """One template with one set of parameters, as the manifest lists it."""

    name: str
    profile: str
    file: str
    """Path below circuits/."""
    template: str
    parameters: tuple[int, ...]
    public: tuple[str, ...]
    """Public inputs, in the order in which a verifier takes them."""

    @property
    def label(self) -> str:
        return f"{self.name}-{self.profile}"

    def main(self) -> str:
        """The source file whose main component this circuit is."""
        arguments = ", ".join(map(str, self.parameters))
        public = f"{{public [{', '.join(self.public)}]}} " if self.public else ""
        return f'{PRAGMA}\ninclude "circuits/{self.file}";\ncomponent main {public}= {self.template}({arguments});\n'


@dataclass(frozen=True, slots=True)
class Header:
    """What the head of an .r1cs file says."""

    wires: int
    public_outputs: int
    public_inputs: int
    constraints: int

    @property
    def public(self) -> int:
        return self.public_outputs + self.public_inputs


@dataclass(frozen=True)
class Compiled:
    """A compiled circuit in the cache."""

    circuit: Circuit
    directory: Path
    key: str

    @property
    def r1cs(self) -> Path:
        return self.directory / "circuit.r1cs"

    @property
    def program(self) -> Path:
        """The witness program, with our additions; see `prover.witness_program`."""
        return self.directory / "witness.wasm"

    @property
    def symbols(self) -> Path:
        """Names of all signals; see `prover.shapes.symbol_lines`."""
        return self.directory / "circuit.sym.gz"

    @cached_property
    def shapes(self) -> Mapping[str, Shape]:
        """Top-level signals, inputs among them, with their shapes."""
        return read_shapes(self.directory / "shapes.json")

    @cached_property
    def header(self) -> Header:
        return read_header(self.r1cs)


@cache
def circuits() -> Mapping[tuple[str, str], Circuit]:
    """
    Every circuit of the manifest in every profile that it has parameters for.

    A circuit of the protocol names fields of the profile and a list of public inputs; an example gives its own.
    """
    manifest = tomllib.loads((checkout() / "circuits" / "manifest.toml").read_text())
    found = {}
    for name, listed in manifest["circuits"].items():
        parameters, public = listed["parameters"], listed["public"]
        if isinstance(parameters, list):
            profiles = manifest["profiles"].items()
            parameters = {profile: [fields[field] for field in parameters] for profile, fields in profiles}
        names = manifest["publicInputs"][public] if isinstance(public, str) else public
        for profile, values in parameters.items():
            circuit = Circuit(name, profile, listed["file"], listed["template"], tuple(values), tuple(names))
            found[name, profile] = circuit
    return found


def circuit(name: str, profile: str) -> Circuit:
    """The circuit that the manifest lists under this name and profile."""
    found = circuits().get((name, profile))
    if found is None:
        raise UnknownCircuit(f"{name} ({profile})", (f"{known} ({its})" for known, its in circuits()))
    return found


def compiled(wanted: Circuit) -> Compiled:
    """The compiled circuit, from the cache or from the compiler."""
    sources = _sources(wanted)
    key = _key(wanted, sources)
    directory = entry("circuits", wanted.label, key, lambda target: _compile(wanted, sources, target))
    return Compiled(wanted, directory, key)


def compile_all(
    wanted: Iterable[Circuit], on_done: Callable[[Compiled, int, int], None] = lambda *_: None
) -> list[Compiled]:
    """Compile several circuits, as many at once as there are cores; `on_done(circuit, done, total)` after each."""
    ordered = list(dict.fromkeys(wanted))
    missing = [item for item in ordered if not has("circuits", item.label, _key(item, _sources(item)))]
    # The largest ones first would need their sizes; parameters grow with the profile, so sort by those.
    missing.sort(key=lambda item: item.parameters, reverse=True)
    with ThreadPoolExecutor(max_workers=cpu_count() or 1) as pool:
        building = [pool.submit(compiled, item) for item in missing]
        try:
            for done, future in enumerate(as_completed(building), start=1):
                on_done(future.result(), done, len(missing))
        except BaseException:  # an interrupt, or the first failure: the others need not finish
            pool.shutdown(wait=False, cancel_futures=True)
            toolchain.stop_all()
            raise
    return [compiled(item) for item in ordered]


def read_header(path: Path) -> Header:
    """The header section of an .r1cs file (iden3 format, version 1)."""
    with path.open("rb") as file:
        magic, version, sections = struct.unpack("<4sII", _exactly(file.read(12), 12, path))
        if magic != b"r1cs" or version != 1:
            raise MalformedFile(str(path), "is not an R1CS file of version 1")
        for _ in range(sections):
            kind, length = struct.unpack("<IQ", _exactly(file.read(12), 12, path))
            if kind == 1:
                width = struct.unpack("<I", _exactly(file.read(4), 4, path))[0]
                file.seek(width, 1)
                fields = struct.unpack("<IIIIQI", _exactly(file.read(28), 28, path))
                return Header(wires=fields[0], public_outputs=fields[1], public_inputs=fields[2], constraints=fields[5])
            file.seek(length, 1)
    raise MalformedFile(str(path), "has no header section")


def _exactly(data: bytes, length: int, path: Path) -> bytes:
    if len(data) != length:
        raise MalformedFile(str(path), "is cut short")
    return data


def _key(wanted: Circuit, sources: Mapping[str, bytes]) -> str:
    compiler = toolchain.circom()
    parts: list[str | bytes] = [compiler.name, compiler.version, compiler.origin, " ".join(OPTIONS), wanted.main()]
    parts += [witness_program.VERSION, LAYOUT]
    for name in sorted(sources):
        parts += [name, sources[name]]
    return digest_of(*parts)


def _sources(wanted: Circuit) -> dict[str, bytes]:
    """
    The circuit's file and everything that it includes, by the path each has in the staging directory.

    Read once: what is hashed is what is compiled, even when somebody saves a file in between.
    """
    found: dict[str, bytes] = {}
    waiting = [f"circuits/{wanted.file}"]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        path = checkout() / name
        if not path.is_file():
            raise MalformedFile(name, "is included but not there; if it is circomlib's, run `make setup`")
        found[name] = path.read_bytes()
        waiting += [_resolve(name, included) for included in INCLUDE.findall(found[name].decode())]
    return found


def _resolve(including: str, included: str) -> str:
    """Where an include lies: beside the file that names it, or among the npm packages."""
    beside = (checkout() / including).parent / included
    if beside.is_file():
        return beside.resolve().relative_to(checkout().resolve()).as_posix()
    return f"node_modules/{included}"


def _compile(wanted: Circuit, sources: Mapping[str, bytes], target: Path) -> None:
    stage = target / "stage"
    for name, content in sources.items():
        copy = stage / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(content)
    (stage / "circuit.circom").write_text(wanted.main())
    toolchain.run(
        toolchain.circom(),
        ["circuit.circom", *OPTIONS, "-l", "node_modules", "-o", "."],
        directory=stage,
    )
    (stage / "circuit.r1cs").rename(target / "circuit.r1cs")
    program = witness_program.build((stage / "circuit_js" / "circuit.wat").read_text())
    (target / "witness.wasm").write_bytes(program)
    pack_symbols(stage / "circuit.sym", target / "circuit.sym.gz")
    write_shapes(target / "circuit.sym.gz", target / "shapes.json")
    (target / "circuit.circom").write_text(wanted.main())
    shutil.rmtree(stage)
