"""`zkclear verify` as people run it: exit codes, what is printed, the report, all of it offline and without Rust."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from support.solvency_bundles import changed, record, self_made
from support.spec_values import NOW

from rollup.cli.verify import time_in
from rollup.compliance import report
from rollup.compliance.bundle import Bundle
from rollup.compliance.errors import BadExpectation
from rollup.compliance.expected import Expected, hash_in, read_expected, root_in
from rollup.compliance.verify import NOTE, verify

COMMAND = "from rollup.cli import main; main()"
OFFLINE = """
import builtins, socket, subprocess, sys
def refused(*arguments, **more):
    raise AssertionError("not offline")
socket.socket.connect = socket.getaddrinfo = subprocess.Popen.__init__ = refused
sys.modules["zkclear_native"] = None
import atexit
@atexit.register
def told():
    used = {"web3", "prover.backends", "rollup.chain"} & set(sys.modules)
    if used:
        print(sorted(used), file=sys.stderr)
"""


def run(*arguments: object, head: str = "") -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", head + COMMAND, "verify", *map(str, arguments)]
    return subprocess.run(words, capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "200"})


@pytest.fixture
def files(short: Bundle, tmp_path: Path) -> Path:
    """A directory with an honest bundle and the record of its system."""
    (tmp_path / "bundle.json").write_bytes(short.encoded())
    (tmp_path / "deployment.json").write_text(json.dumps(record(short)))
    return tmp_path


def test_verify_when_all_is_known_says_pass_offline_without_node_and_rust(files: Path, short: Bundle) -> None:
    options = ["--root", hex(short.state_root), "--risk-root", hex(short.table.root), "--at", NOW + 60]
    result = run(files / "bundle.json", "--deployment", files / "deployment.json", *options, "--json", head=OFFLINE)
    assert (result.returncode, result.stderr) == (0, "")
    said = json.loads(result.stdout)
    verdicts = {claim["subject"]: claim["verdict"] for claim in said["claims"]}
    assert said["ok"]
    assert (said["PASS"], said["FAIL"], said["NOT CHECKED"]) == (14, 0, 2)
    assert {name for name, verdict in verdicts.items() if verdict != "PASS"} == {"custody opening", "posted on L1"}
    assert said["note"] == NOTE


def test_verifying_needs_the_reference_and_the_law_and_no_more() -> None:
    program = (
        "import rollup.compliance.verify, rollup.compliance.reading, rollup.compliance.report, sys; print(*sys.modules)"
    )
    head = "import sys; sys.modules['zkclear_native'] = None; "
    words = [sys.executable, "-c", head + program]
    loaded = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()
    ours = {name for name in loaded if name.split(".")[0] in ("prover", "rollup")}
    allowed = ("prover.reference", "prover.crypto", "prover.errors", "prover.types", "rollup.spec", "rollup.compliance")
    assert "rollup.compliance.verify" in ours
    assert {name for name in ours if not name.startswith(allowed)} == {"prover", "rollup", "rollup.verdicts"}
    assert not {"web3", "wasmtime", "subprocess", "rich"} & set(loaded)


def test_verify_when_nothing_is_known_exits_0_and_warns_of_the_key(files: Path) -> None:
    result = run(files / "bundle.json")
    assert result.returncode == 0
    assert "NOT CHECKED verification key" in result.stdout
    assert "nothing is shown" in result.stdout
    assert NOTE in result.stdout


def test_verify_when_a_claim_fails_exits_1(files: Path, short: Bundle) -> None:
    (files / "lie.json").write_bytes(self_made(short, accounts=9).encoded())
    result = run(files / "lie.json", "--deployment", files / "deployment.json")
    assert result.returncode == 1
    assert "FAIL        verification key" in result.stdout
    assert "Not valid: 1 of 16" in result.stdout


def test_verify_when_the_file_is_no_bundle_exits_2_and_names_the_member(files: Path, short: Bundle) -> None:
    (files / "bad.json").write_text(json.dumps(changed(short, "parts.0.proof.pi_a.0", "x")))
    result = run(files / "bad.json", "--json")
    assert (result.returncode, result.stdout) == (2, "")
    assert "parts[0].proof.pi_a[0] is not of the form" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "options",
    [
        ["--root", "12"],
        ["--root", "0x" + "f" * 64],
        ["--risk-root", "0x"],
        ["--key-hash", "0x12"],
        ["--at", "yesterday"],
        ["--max-age", "0"],
        ["--deployment", "nowhere.json"],
        ["--deployment", "bundle.json"],
        ["--html", "nowhere/report.html"],
        ["--html", "bundle.json"],
    ],
)
def test_verify_when_an_option_cannot_be_read_exits_2(options: list[str], files: Path) -> None:
    name, value = options
    result = run(files / "bundle.json", name, files / value if name in ("--deployment", "--html") else value)
    assert result.returncode == 2, result.stdout
    assert "Traceback" not in result.stderr
    assert result.stderr.strip()


def test_verify_when_a_key_is_named_takes_it_instead_of_the_records(files: Path, short: Bundle) -> None:
    options = [files / "bundle.json", "--deployment", files / "deployment.json", "--json", "--key-hash"]
    own = json.loads(run(*options, "0x" + short.key.name.hex()).stdout)
    assert own["FAIL"] == 0
    assert "everybody can forge" in str(own["claims"])
    other = run(*options, "0x" + "11" * 32)
    assert other.returncode == 1
    assert json.loads(other.stdout)["FAIL"] == 1


# -- what is known from elsewhere


def test_read_expected_when_the_record_is_a_real_ones_finds_all(short: Bundle, tmp_path: Path) -> None:
    path = tmp_path / "deployment.json"
    path.write_text(json.dumps(record(short)))
    found = read_expected(path)
    assert found == Expected(short.place, "tiny", short.key.name, True, max_age=86_400)


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 2},
        {"chain": None},
        {"keys": {}},
        {"keys": {"solvency": {"name": "0x12", "development": True}}},
        {"parts": {"clearing": {"address": "0x12"}}},
        {"parts": []},
        {"settings": {}},
    ],
)
def test_read_expected_when_the_record_is_none_refuses(changes: dict[str, Any], short: Bundle, tmp_path: Path) -> None:
    path = tmp_path / "deployment.json"
    path.write_text(json.dumps(record(short, **changes)))
    with pytest.raises(BadExpectation, match=r"deployment\.json"):
        read_expected(path)


def test_roots_and_hashes_are_read_as_people_paste_them() -> None:
    assert root_in("0x0a") == root_in("0xA") == 10
    assert hash_in("0x" + "aB" * 32) == b"\xab" * 32


def test_times_are_seconds_or_dates_in_utc() -> None:
    assert time_in("1800000000") == NOW
    assert time_in("2027-01-15T08:00Z") == time_in("2027-01-15T08:00") == time_in("2027-01-15T09:00+01:00") == NOW
    assert time_in("2027-01-15") == NOW - 8 * 3_600
    assert time_in("now") > 1_700_000_000


# -- the report


class Page(HTMLParser):
    """What stands in a page: its tags with what they load, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: dict[str, str | None] = {}
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= dict(attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_report_stands_alone_and_says_what_labels_do_not(files: Path) -> None:
    result = run(files / "bundle.json", "--html", files / "report.html")
    assert result.returncode == 0
    text = (files / "report.html").read_text()
    page = Page(text)
    assert not {"script", "img", "link", "iframe", "a"} & set(page.tags)
    assert not {"src", "href"} & set(page.attributes)
    assert "@media print" in text
    assert NOTE in page.text
    assert page.text.count("NOT CHECKED") == 10
    assert "bundle.json" in page.text


def test_verify_when_only_the_record_is_known_says_that_the_books_are_not_shown(files: Path, short: Bundle) -> None:
    """What whoever proves chose himself, prices and time among it, is neither PASS nor a young age."""
    options = ["--deployment", files / "deployment.json", "--at", NOW + 60]
    result = run(files / "bundle.json", *options, "--html", files / "report.html")
    assert result.returncode == 0
    text = (files / "report.html").read_text()
    page = Page(text)
    for said in (result.stdout, page.text):
        assert "Give --root and --risk-root." in said
    for subject in ("books balance", "fund", "close-out", "age", "risk table", "state root"):
        assert f'<td class="open">NOT CHECKED</td><td>{subject}</td>' in text
        assert f"NOT CHECKED {subject}" in result.stdout
    assert '<p class="summary open">' in text

    half = json.loads(run(files / "bundle.json", *options, "--root", hex(short.state_root), "--json").stdout)
    assert half["summary"].endswith("Give --risk-root.")
    whole = [*options, "--root", hex(short.state_root), "--risk-root", hex(short.table.root)]
    said = run(files / "bundle.json", *whole, "--html", files / "report.html")
    assert "What was checked holds; 2 of 16" in said.stdout
    assert '<p class="summary ">' in (files / "report.html").read_text()


def test_report_takes_what_strangers_wrote_as_text(short: Bundle) -> None:
    name = "<script>alert(1)</script>&\"'.json"
    page = Page(report.page(short, verify(short, Expected()), name, "now"))
    assert "script" not in page.tags
    assert name in page.text
