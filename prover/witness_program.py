"""
circom's witness program, with three additions.

circom writes a WebAssembly program that computes a witness. Sixty per cent of its run is one function, Euclid's
inversion: ours asks the host to invert. Setting inputs takes ten calls a value and reading the result two a wire:
ours takes all inputs from one block of memory and lays the whole witness out in another. The additions are made in
the program's text form, where functions have names. What is not found as expected is an error: a compiler that
writes other text needs a look first.
"""

from __future__ import annotations

import re

from wasmtime import wat2wasm

from prover.errors import MalformedFile

__all__ = ["INPUT_RECORD", "INVERSE_IMPORT", "VERSION", "WIRE", "build"]

VERSION = "2"
"""Raised with every change here: it is part of the key of a compiled circuit."""

INVERSE_IMPORT = ("zkclear", "inverse")
"""`inverse(x, y)`: writes 1/x mod r to y, both addresses of 32 little-endian bytes; 1/0 is 0."""

WIRE = 32
"""Bytes of a wire in the laid-out witness, little-endian."""

INPUT_RECORD = 48
"""Bytes of one input: name hash (high, low), position, 4 bytes of nothing, value; words little-endian."""

RENAMED = {
    "get_local": "local.get",
    "set_local": "local.set",
    "tee_local": "local.tee",
    "i32.wrap/i64": "i32.wrap_i64",
    "i64.extend_u/i32": "i64.extend_i32_u",
    "i64.extend_s/i32": "i64.extend_i32_s",
}
"""Instructions that circom still writes under the names of WebAssembly's drafts."""

ADDITIONS = """
;; Memory of the host's own: taken from circom's stack and never given back, so nothing else will use it.
(func (export "reserve") (param $bytes i32) (result i32)
 (call $reserveStackFr (local.get $bytes)))

;; Set `count` inputs from records at `from`; the last one starts the computation.
(func (export "setInputs") (param $from i32) (param $count i32)
 (local $shared i32)
 (local.set $shared (call $getSharedRWMemoryStart))
 (if (local.get $count) (then
  (loop $next
   {copy_input}
   (call $setInputSignal
    (i32.load (local.get $from)) (i32.load offset=4 (local.get $from)) (i32.load offset=8 (local.get $from)))
   (local.set $from (i32.add (local.get $from) (i32.const {record})))
   (br_if $next (local.tee $count (i32.sub (local.get $count) (i32.const 1))))))))

;; Copy every wire to `to`.
(func (export "layWitness") (param $to i32)
 (local $wire i32) (local $shared i32)
 (local.set $shared (call $getSharedRWMemoryStart))
 (loop $next
  (call $getWitness (local.get $wire))
  {copy_wire}
  (local.set $to (i32.add (local.get $to) (i32.const {wire})))
  (local.set $wire (i32.add (local.get $wire) (i32.const 1)))
  (br_if $next (i32.lt_u (local.get $wire) (call $getWitnessSize)))))
"""


def build(text: str) -> bytes:
    """The binary program for circom's .wat text."""
    module, name = INVERSE_IMPORT
    imported = f'(module(import "{module}" "{name}" (func $host_inverse (type $_sig_i32i32)))\n'
    if not text.startswith("(module"):
        raise MalformedFile("witness program", "does not begin like a module")
    text = _invert_by_host(imported + text.removeprefix("(module"))
    text = re.sub(r"^[a-z0-9_./]+", lambda word: RENAMED.get(word[0], word[0]), text, flags=re.MULTILINE)
    end = text.rstrip()
    if not end.endswith(")"):
        raise MalformedFile("witness program", "does not end like a module")
    return bytes(wat2wasm(end[:-1] + _additions() + ")"))


def _invert_by_host(text: str) -> str:
    """Put a call to the host where Euclid was; the modulus is always r."""
    head = "(func $Fr_int_inverseMod (type $_sig_i32i32i32)\n (param $px i32)\n (param $pm i32)\n (param $pr i32)\n"
    start = text.find(head)
    if start < 0:
        raise MalformedFile("witness program", "has no $Fr_int_inverseMod of the known form")
    end = text.index("\n)\n", start)
    return text[: start + len(head)] + "local.get $px\nlocal.get $pr\ncall $host_inverse" + text[end:]


def _additions() -> str:
    return ADDITIONS.format(
        copy_input=_copy("$from", "$shared", skip=INPUT_RECORD - WIRE),
        copy_wire=_copy("$shared", "$to"),
        record=INPUT_RECORD,
        wire=WIRE,
    )


def _copy(source: str, target: str, skip: int = 0) -> str:
    """Instructions that copy one value between two addresses, `skip` bytes into the source."""
    return "\n".join(
        f"(i64.store offset={at} (local.get {target}) (i64.load offset={at + skip} (local.get {source})))"
        for at in range(0, WIRE, 8)
    )
