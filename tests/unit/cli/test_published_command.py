"""`zkclear circuits publish`: what it writes is what a trader's program takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

from typer.testing import CliRunner

from prover.published import BadArtifact, published
from rollup.cli import app
from rollup.cli.published import CLAIMS


def test_publish_writes_every_circuit_that_traders_prove(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        app, ["circuits", "publish", "--to", str(tmp_path / "out"), "--profile", "tiny", "--json"]
    )
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["profile"], told["circuits"], told["development"]) == ("tiny", list(CLAIMS), True)
    for name in CLAIMS:
        key = published(tmp_path / "out", name, "tiny")
        assert key.compiled.header.public == len(key.compiled.circuit.public) == key.verification_key.inputs


def test_publish_of_a_ceremony_that_lacks_a_key_is_refused(tmp_path: Path) -> None:
    arguments = ["--to", str(tmp_path / "out"), "--profile", "tiny", "--keys", str(tmp_path)]
    done = CliRunner().invoke(app, ["circuits", "publish", *arguments])
    assert isinstance(done.exception, BadArtifact)
    assert "withdraw-tiny.zkey: is missing; write it with `zkclear ceremony export`" in str(done.exception)
