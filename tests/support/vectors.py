"""The recorded vectors, and the conversions between their text and our types."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from prover.types import Point, Proof, Signature

DIRECTORY = Path(__file__).parents[1] / "vectors"
CRYPTO: dict[str, list[dict[str, Any]]] = json.loads((DIRECTORY / "crypto.json").read_text())
GROTH16 = DIRECTORY / "groth16"


def numbers(texts: Sequence[str]) -> list[int]:
    return [int(text) for text in texts]


def texts(values: Sequence[int]) -> list[str]:
    return [str(value) for value in values]


def point(pair: Sequence[str]) -> Point:
    x, y = numbers(pair)
    return Point(x, y)


def data(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def hexadecimal(value: bytes) -> str:
    return "0x" + value.hex()


def signature(case: dict[str, Any]) -> Signature:
    return Signature(point(case["r8"]), int(case["s"]))


def proof(case: dict[str, Any]) -> Proof:
    return Proof(int(case["index"]), int(case["leaf"]), tuple(tuple(numbers(level)) for level in case["siblings"]))


def leaves(pairs: Sequence[Sequence[str]]) -> dict[int, int]:
    return {int(index): int(leaf) for index, leaf in pairs}
