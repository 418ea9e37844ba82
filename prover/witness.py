"""
From named inputs to a witness, in this process.

A `Calculator` holds a compiled circuit's witness program, translated to machine code once and kept in the cache.
Each witness gets a fresh instance, so nothing of one can reach another.
"""

from __future__ import annotations

import ctypes
import platform
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from math import prod
from pathlib import Path
from typing import Any, Self

import wasmtime
from wasmtime import Config, Engine, Func, FuncType, Instance, Linker, Memory, Module, Store, ValType

from prover import files
from prover.cache import digest_of, entry
from prover.circuits import Compiled
from prover.errors import AssertionFailed, WrongSignal
from prover.reference.field import R
from prover.shapes import Shape
from prover.witness_program import INPUT_RECORD, INVERSE_IMPORT, WIRE

try:
    import zkclear_native
except ImportError:
    witness_inverse_address: Callable[[], int] | None = None  # slower, not different
else:
    witness_inverse_address = zkclear_native.witness_inverse_address

__all__ = ["Calculator", "Inputs", "Witness"]

Inputs = Mapping[str, Any]
"""Signal name → integer, or nested sequences of integers in the signal's shape."""

REASONS = {
    1: "there is no such input signal",
    2: "more inputs than the circuit has",
    3: "an input was set twice",
    4: "an assertion failed",
    5: "the witness program ran out of memory",
    6: "an input array is longer than the circuit's",
    7: "an array was read outside its bounds",
}
"""What the codes of circom's exception handler mean."""


@dataclass(frozen=True, slots=True)
class Witness:
    """Values of all wires, 32 little-endian bytes each; the first is 1, then come the public signals."""

    wires: bytes

    def __len__(self) -> int:
        return len(self.wires) // WIRE

    def __getitem__(self, wire: int) -> int:
        if not 0 <= wire < len(self):
            raise IndexError(wire)
        return int.from_bytes(self.wires[wire * WIRE : (wire + 1) * WIRE], "little")

    def write(self, path: Path) -> None:
        """Write a .wtns file (iden3 format, version 2), whole or not at all."""
        header = struct.pack("<I", WIRE) + R.to_bytes(WIRE, "little") + struct.pack("<I", len(self))
        files.write_atomically(
            path,
            struct.pack("<4sII", b"wtns", 2, 2)
            + struct.pack("<IQ", 1, len(header))
            + header
            + struct.pack("<IQ", 2, len(self.wires))
            + self.wires,
        )


class Calculator:
    """Computes witnesses of one circuit."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled

    def witness(self, inputs: Inputs) -> Witness:
        """The witness for these inputs; WrongSignal or AssertionFailed when there is none."""
        records = self._records(inputs)
        with _Run(self._module, self.compiled.circuit.label) as run:
            return run.compute(records, self.compiled.header.wires)

    def input_signals(self) -> dict[str, Shape]:
        """The circuit's input signals and their shapes."""
        with _Run(self._module, self.compiled.circuit.label) as run:
            shapes = self.compiled.shapes.items()
            return {name: shape for name, shape in shapes if run.input_length(name) == prod(shape)}

    @cached_property
    def _signals(self) -> dict[str, Shape]:
        return self.input_signals()

    @cached_property
    def _module(self) -> Module:
        """The program as machine code, from the cache; another machine or wasmtime translates anew."""
        program = self.compiled.program
        key = digest_of(self.compiled.key, version("wasmtime"), platform.machine(), _processor())
        directory = entry(
            "programs",
            self.compiled.circuit.label,
            key,
            lambda target: _translate(program.read_bytes(), target / "program.bin"),
        )
        return Module.deserialize_file(_engine(), str(directory / "program.bin"))

    def _records(self, inputs: Inputs) -> bytes:
        """All inputs as the block of memory that the program takes them from."""
        unknown = next((name for name in inputs if name not in self._signals), None)
        if unknown is not None:
            raise WrongSignal(unknown, f"the circuit has no such input; it has {', '.join(self._signals)}")
        missing = next((name for name in self._signals if name not in inputs), None)
        if missing is not None:
            raise WrongSignal(missing, "is missing")
        records = bytearray()
        for name, shape in self._signals.items():
            high, low = _name_hash(name)
            for position, value in enumerate(_flatten(name, inputs[name], shape)):
                records += struct.pack("<IIII", high, low, position, 0)
                records += value.to_bytes(WIRE, "little")
        return bytes(records)


class _Run:
    """One instance of a witness program: it computes one witness and is thrown away."""

    def __init__(self, module: Module, label: str) -> None:
        self._label = label
        self._store = Store(_engine())
        self._errors: list[str] = []
        self._window = (ctypes.c_uint64 * 2)()
        linker = Linker(_engine())
        for name, parameters, function in (
            ("exceptionHandler", [ValType.i32()], self._refuse),
            ("printErrorMessage", [], self._note),
            ("writeBufferMessage", [], self._drain),
            ("showSharedRWMemory", [], lambda: None),
        ):
            linker.define(self._store, "runtime", name, Func(self._store, FuncType(parameters, []), function))
        linker.define(self._store, *INVERSE_IMPORT, self._inverse())
        self._instance = linker.instantiate(self._store, module)
        self._memory = _exported(self._instance, self._store, "memory", Memory)
        self._base = self._address()
        self._window[0], self._window[1] = self._base, 0xFFFF_FFFF
        self._call("init", 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Give the memory back now: its hosts refer to the run, so that it would wait for the collector."""
        self._store.close()

    def compute(self, records: bytes, wires: int) -> Witness:
        count = len(records) // INPUT_RECORD
        source = self._call("reserve", len(records))
        ctypes.memmove(self._address() + source, records, len(records))
        self._call("setInputs", source, count)
        if self._call("getInputSize") != count:
            raise WrongSignal("(all)", f"{count} values given, {self._call('getInputSize')} needed")
        target = self._call("reserve", wires * WIRE)
        self._call("layWitness", target)
        return Witness(ctypes.string_at(self._address() + target, wires * WIRE))

    def input_length(self, name: str) -> int:
        """Values that the input signal `name` takes; 0, or -1 in other versions, when there is no such input."""
        return int(self._call("getInputSignalSize", *map(_signed, _name_hash(name))))

    def _call(self, name: str, *arguments: int) -> Any:
        return _exported(self._instance, self._store, name, Func)(self._store, *arguments)

    def _address(self) -> int:
        address = ctypes.addressof(self._memory.data_ptr(self._store).contents)
        # The native inversion holds the address of the memory; the engine's configuration keeps it in place.
        assert not hasattr(self, "_base") or address == self._base
        return address

    def _inverse(self) -> Func:
        """The host's inversion: native when there is one, Python's otherwise."""
        kind = FuncType([ValType.i32(), ValType.i32()], [])
        if witness_inverse_address is None:
            return Func(self._store, kind, self._invert_slowly)
        raw = wasmtime._ffi.wasmtime_func_t()
        wasmtime._ffi.wasmtime_func_new_unchecked(
            self._store._context(),
            kind.ptr(),
            wasmtime._ffi.wasmtime_func_unchecked_callback_t(witness_inverse_address()),
            ctypes.addressof(self._window),
            ctypes.CFUNCTYPE(None, ctypes.c_void_p)(0),
            ctypes.byref(raw),
        )
        return Func._from_raw(raw)

    def _invert_slowly(self, source: int, target: int) -> None:
        value = int.from_bytes(ctypes.string_at(self._base + source, WIRE), "little") % R
        inverse = pow(value, -1, R) if value else 0
        ctypes.memmove(self._base + target, inverse.to_bytes(WIRE, "little"), WIRE)

    def _message(self) -> str:
        characters = []
        while character := self._call("getMessageChar"):
            characters.append(chr(character))
        return "".join(characters)

    def _note(self) -> None:
        self._errors.append(self._message())

    def _drain(self) -> None:
        """Take the message of a log() and drop it: values of a witness are secrets."""
        self._message()

    def _refuse(self, code: int) -> None:
        reason = REASONS.get(code, f"the witness program stopped with code {code}")
        raise AssertionFailed(self._label, reason, [line.strip() for line in self._errors if line.strip()])


def _flatten(name: str, value: Any, shape: Shape) -> Iterator[int]:
    """The values of a nested input in circom's order; errors carry the name and index."""
    if not shape:
        if not isinstance(value, int):
            raise WrongSignal(name, f"must be an integer, was {type(value).__name__}", value)
        if not 0 <= value < R:
            raise WrongSignal(name, "must be at least 0 and below r", value)
        yield value
        return
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        raise WrongSignal(name, f"must hold {shape[0]} items, was {type(value).__name__}", value)
    if len(value) != shape[0]:
        raise WrongSignal(name, f"must hold {shape[0]} items, was {len(value)}", value)
    for index, item in enumerate(value):
        yield from _flatten(f"{name}[{index}]", item, shape[1:])


def _name_hash(name: str) -> tuple[int, int]:
    """FNV-1a, 64 bits, of a signal's name, as (high, low) words: how circom's program knows its inputs."""
    state = 0xCBF29CE484222325
    for byte in name.encode():
        state = (state ^ byte) * 0x100000001B3 % 2**64
    return state >> 32, state & 0xFFFF_FFFF


def _signed(word: int) -> int:
    return word - 2**32 if word >= 2**31 else word


def _exported(instance: Instance, store: Store, name: str, kind: type[Any]) -> Any:
    found = instance.exports(store)[name]
    assert isinstance(found, kind)
    return found


_cached_engine: Engine | None = None


def _engine() -> Engine:
    """One engine a process; memories never move, so an address taken once stays good."""
    global _cached_engine
    if _cached_engine is None:
        config = Config()
        config.memory_may_move = False
        _cached_engine = Engine(config)
    return _cached_engine


def _translate(program: bytes, target: Path) -> None:
    target.write_bytes(Module(_engine(), program).serialize())


def _processor() -> str:
    """What the processor can do; machine code made for another one may not run here."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line for line in lines if line.startswith("flags")), "")
