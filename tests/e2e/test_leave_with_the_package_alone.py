"""
Leaving with the installed package alone: no checkout, no Node.js, no operator.

A wheel is built and unpacked; another interpreter, isolated, with nothing of this environment but the dependencies,
recovers an account and proves its claims, from an L1 endpoint and from a file of L1 history. L1 takes what it proved.
"""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

from support.deployed import account, undone
from support.proving import key_of
from support.real_history import ALICE, BOB, NOTE, SECOND_NOTE, History, running_history
from support.spec_values import NOW, Trader

from prover.places import checkout
from prover.published import publish
from rollup.chain.history import read_history
from rollup.client.claims import ProvenClaim

BUILD = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"

SCRIPT = Path(__file__).parents[1] / "support" / "alone.py"


@dataclass(frozen=True)
class Away:
    """A place that has only what a trader has."""

    lived: History
    place: Path

    @property
    def port(self) -> int:
        return int(str(self.lived.clearing.chain.provider.endpoint_uri).rpartition(":")[2])  # type: ignore[attr-defined]

    def run(self, name: str, source: str) -> tuple[dict[str, Any], Path]:
        """The trader's process, and the directory that it wrote its claims to."""
        out, empty = self.place / f"{name}-{source}", self.place / "empty" / f"{name}-{source}"
        out.mkdir()
        empty.mkdir(parents=True)
        keys = self.place / f"{name}.json"
        keys.write_text(json.dumps(keys_of(name)))
        given = {
            "checkout": str(checkout()),
            "package": str(self.place / "package"),
            "dependencies": sysconfig.get_path("purelib"),
            "circuits": str(self.place / "circuits"),
            "keys": str(keys),
            "out": str(out),
            "record": str(self.place / "deployment.json"),
            "history": str(self.place / "history.json.gz"),
            "port": self.port if source == "rpc" else None,
        }
        environment = {"PATH": "/nonexistent", "HOME": str(self.place), "ZKCLEAR_DATA": str(self.place / "data")}
        command = [sys._base_executable, "-I", "-S", str(self.place / SCRIPT.name), json.dumps(given)]  # type: ignore[attr-defined]
        done = subprocess.run(command, cwd=empty, env=environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1]), out


def keys_of(name: str) -> dict[str, object]:
    """What the trader's wallet has."""
    trader = Trader(name)
    return {
        "owner": trader.owner_secret.hex(),
        "trading": trader.trading_secret.hex(),
        "view": trader.owner.view_key,
        "note": trader.note_key,
        "l1_owner": hex(trader.owner.l1_owner),
    }


@pytest.fixture(scope="module")
def away(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Away]:
    """The package, circuits, record and history of a frozen system, far from the checkout."""
    place = tmp_path_factory.mktemp("away")
    built = subprocess.run(
        [sys.executable, "-c", BUILD, str(place)], cwd=checkout(), capture_output=True, text=True, check=True
    )
    with zipfile.ZipFile(place / built.stdout.split()[-1]) as wheel:
        wheel.extractall(place / "package")
    publish([key_of(name, "tiny") for name in ("withdraw", "escape", "account")], place / "circuits")
    (place / SCRIPT.name).write_text(SCRIPT.read_text())
    with running_history() as lived:
        clearing = lived.clearing
        clearing.wait_until(NOW + clearing.record.settings.liveness_deadline + 600)
        clearing.system.attestations.freeze().send(account(clearing.chain, 5))
        clearing.wait_until(clearing.system.exit.window()[0])
        clearing.record.write(place / "deployment.json")
        read_history(clearing.system, clearing.record).write(place / "history.json.gz")
        yield Away(lived, place)


@pytest.mark.parametrize("source", ["rpc", "file"])
@pytest.mark.parametrize(("name", "index", "notes"), [("alice", ALICE, []), ("bob", BOB, [NOTE, SECOND_NOTE])])
def test_leave_with_the_package_alone_is_accepted_by_l1(
    away: Away, source: str, name: str, index: int, notes: list[int]
) -> None:
    told, out = away.run(name, source)
    account_now = away.lived.attested.state.accounts[index]
    assert (told["index"], told["leaf"], told["notes"]) == (index, account_now.leaf, notes)
    assert told["touches"][0][1] == "registration"
    assert told["touches"][-1][2] == account_now.vector[0]
    clearing = away.lived.clearing
    with undone(clearing.chain):
        anyone = account(clearing.chain, 5)
        ProvenClaim.read(out / "escape.json").transaction(clearing.system).send(anyone)
        filed = clearing.system.exit.escape_claim(index)
        assert (filed.filed, filed.owner) == (True, clearing.owner(name).address)
        for number in range(len(notes)):
            ProvenClaim.read(out / f"note-{number}.json").transaction(clearing.system).send(anyone)
        assert clearing.system.exit.claimed()[0] == sum(notes)


def test_leave_with_the_package_alone_looks_at_nothing_of_the_checkout(away: Away) -> None:
    """The guard is worth something: it ends a process that opens the checkout, and one that starts a program."""
    opened = f"open({str(checkout() / 'pyproject.toml')!r})"
    started = "import subprocess; subprocess.run(['true'])"
    for what, reason in ((opened, "this is the checkout's"), (started, "starts no programs")):
        code = (
            f"import sys; sys.path.insert(0, {str(away.place)!r})\n"
            f"from alone import guard\nguard({str(checkout())!r}, (), None)\n{what}"
        )
        command = [sys._base_executable, "-I", "-S", "-c", code]  # type: ignore[attr-defined]
        done = subprocess.run(command, capture_output=True, text=True, cwd=away.place)
        assert done.returncode == 1
        assert reason in done.stderr
