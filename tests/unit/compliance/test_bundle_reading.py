"""Reading bundles: what an honest one holds comes back, and whatever is not one is refused with the member's path."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.solvency_bundles import bundle, changed

from prover.reference.bn254 import Q
from rollup.compliance.bundle import Bundle, Posted
from rollup.compliance.errors import BadBundle
from rollup.compliance.reading import MAX_BYTES, from_document, read
from rollup.compliance.solvency import Scan, bundle_of
from rollup.spec.hashes import R

REMOVED = object()
TOO_LARGE, LARGEST = f"{R:#066x}", f"{R - 1:#066x}"


def refused(document: object) -> BadBundle:
    with pytest.raises(BadBundle) as caught:
        from_document(document)
    return caught.value


def test_read_returns_what_was_written(long: Bundle, long_scan: Scan, tmp_path: Path) -> None:
    posted = Posted("0x" + "ab" * 32, 17)
    opened = bundle_of(long_scan, long.place, long.batch, posted, open_custody=True)
    for each in (long, opened):
        file = tmp_path / "bundle.json"
        file.write_bytes(each.encoded())
        assert read(file) == each


WRONG: dict[str, Any] = {
    "kind": "another",
    "format": 2,
    "system.chain": "1",
    "system.clearing": "0x12",
    "system.protocol": -1,
    "system.profile": "huge",
    "state.root": TOO_LARGE,
    "state.batch": 1.5,
    "table.root": "0x" + "1" * 63,
    "table.time": 1 << 40,
    "table.parameters": "0x" + "G" * 64,
    "table.marks": "0x" + "AB" * 32,
    "table.stress": 7,
    "result.accounts": True,
    "result.failed": None,
    "result.balanced": 1,
    "result.fund_solvent": "true",
    "result.empty_slots": TOO_LARGE,
    "result.custody_commit": TOO_LARGE,
    "result.custody": [],
    "result.custody.amount": 5,
    "result.custody.random": TOO_LARGE,
    "key.protocol": "plonk",
    "key.curve": "bls12381",
    "key.nPublic": 10,
    "key.IC": [],
    "key.vk_alpha_1": ["1", "2"],
    "key.vk_beta_2": ["1", "2", "1"],
    "parts": [],
    "parts.0": [],
    "parts.0.statement.accounts": TOO_LARGE,
    "parts.0.statement.domain": 3,
    "parts.0.proof.pi_a": ["0", "0", "1"],
    "parts.0.proof.pi_a.0": str(Q),
    "parts.0.proof.pi_a.1": "01",
    "parts.0.proof.pi_a.2": "2",
    "parts.0.proof.pi_b.2": ["0", "1"],
    "parts.0.proof.pi_b.2.0": "0",
    "parts.0.proof.pi_c.1": "-1",
    "parts.0.proof.pi_c": ["0", "1", "0"],
    "posted": {},
    "posted.transaction": "0x00",
    "posted.block": "17",
}
SAID_BELOW = {
    "key.IC": "key.IC",
    "key.vk_beta_2": "key.vk_beta_2[2]",
    "parts.0.proof.pi_b.2": "parts[0].proof.pi_b[2][0]",
    "parts.0.proof.pi_c": "parts[0].proof.pi_c[2]",
    "posted": "posted.transaction",
    "kind": "",
    "format": "",
}
"""Where the path in the message is not that of what was changed."""


def whole(scan: Scan) -> Bundle:
    """With all that is optional."""
    made = bundle(scan, open_custody=True)
    return bundle_of(scan, made.place, made.batch, Posted("0x" + "ab" * 32, 17), open_custody=True)


def in_words(path: str) -> str:
    steps = [f"[{step}]" if step.isdecimal() else f".{step}" for step in path.split(".")]
    return "".join(steps)[1:]


@pytest.mark.parametrize("path", WRONG)
def test_read_when_a_member_is_wrong_names_its_path(path: str, short_scan: Scan) -> None:
    error = refused(changed(whole(short_scan), path, WRONG[path]))
    assert error.path == SAID_BELOW.get(path, in_words(path))
    assert str(error).startswith(f"bundle: {error.path}")


def paths(document: Any, way: str = "") -> list[str]:
    """Every member of every object."""
    if isinstance(document, list):
        return [each for place, value in enumerate(document) for each in paths(value, f"{way}.{place}")]
    if not isinstance(document, dict):
        return []
    return [each for name, value in document.items() for each in (f"{way}.{name}", *paths(value, f"{way}.{name}"))]


def test_read_when_any_member_is_missing_null_or_of_another_type_refuses(short_scan: Scan) -> None:
    made = whole(short_scan)
    optional = {"result.custody", "posted"}
    found = [path[1:] for path in paths(json.loads(made.encoded()))]
    assert len(found) > 50
    for path in found:
        *way, name = path.split(".")
        document = changed(made, path, REMOVED)
        place: Any = document
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place[step]
        del place[name]
        refused(document)
        if path not in optional:
            refused(changed(made, path, None))
        refused(changed(made, path, {"a": 1}))


def test_read_when_any_object_has_a_further_member_names_it(short_scan: Scan) -> None:
    made = whole(short_scan)
    for path in (
        "",
        "system",
        "state",
        "table",
        "result",
        "result.custody",
        "key",
        "parts.0",
        "parts.0.proof",
        "posted",
    ):
        error = refused(changed(made, f"{path}.extra" if path else "extra", 1))
        assert error.path.endswith("extra")
        assert "no member" in error.reason


def test_read_when_a_strangers_name_is_strange_does_not_repeat_it(short: Bundle) -> None:
    for name in ("\x1b[31mred", "x" * 100, "[/bold]", "\ud800"):
        assert name not in str(refused(changed(short, name, 1)))


def test_read_takes_the_largest_element_and_not_the_next(short: Bundle) -> None:
    assert from_document(changed(short, "result.custody_commit", LARGEST)).result.custody_commit == R - 1
    assert "below r" in refused(changed(short, "result.custody_commit", TOO_LARGE)).reason


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        '"kind"',
        "{",
        "[" * 100_000,
        '{"kind": "zkclear solvency bundle", "kind": "zkclear solvency bundle"}',
        '{"kind": NaN}',
        '{"kind": 1e3}',
        '{"kind": ' + "9" * 5_000 + "}",
        '{"kind": "zkclear solvency bundle", "format": true}',
    ],
)
def test_read_when_a_file_is_no_bundle_refuses(text: str, tmp_path: Path) -> None:
    file = tmp_path / "file.json"
    file.write_text(text)
    with pytest.raises(BadBundle) as caught:
        read(file)
    assert str(file) in str(caught.value)
    assert len(str(caught.value)) < 400


def test_read_when_a_member_is_there_twice_refuses_even_if_both_are_the_same(short: Bundle, tmp_path: Path) -> None:
    file = tmp_path / "file.json"
    once = short.encoded().decode()
    for name in ('"posted": null', '"failed": 0'):
        assert name in once
        file.write_text(once.replace(name, f"{name}, {name}"))
        with pytest.raises(BadBundle, match="is there twice"):
            read(file)


def test_read_when_the_file_is_bytes_of_something_else_refuses(tmp_path: Path) -> None:
    file = tmp_path / "file.json"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadBundle):
        read(file)


def test_read_when_the_file_is_too_large_refuses(tmp_path: Path) -> None:
    file = tmp_path / "file.json"
    with file.open("wb") as opened:
        opened.truncate(MAX_BYTES + 1)
    with pytest.raises(BadBundle, match="larger than 32 MiB"):
        read(file)


@pytest.mark.parametrize("name", ["nothing", "."])
def test_read_when_there_is_no_file_refuses(name: str, tmp_path: Path) -> None:
    with pytest.raises(BadBundle, match="cannot be read"):
        read(tmp_path / name)
