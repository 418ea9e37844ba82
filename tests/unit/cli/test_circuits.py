"""`zkclear circuits stats`: one document or one table, and the golden counts on demand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from prover.circuits import circuits
from rollup.cli import app
from rollup.cli import circuits as commands


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["circuits", "stats", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_stats_when_asked_for_json_add_up() -> None:
    (row,) = json.loads(run("--json", "--circuit", "membership", "--profile", "tiny"))
    assert (row["circuit"], row["profile"], row["public"]) == ("membership", "tiny", 2)
    assert sum(count for lanes in row["parts"].values() for count in lanes.values()) == row["constraints"]
    assert row["parts"]["tree"]["fixed"] > row["parts"]["fixed"]["fixed"]
    assert row["domain"] >= row["constraints"] + row["public"] + 1 > row["domain"] / 2
    assert row["fullness"] == round((row["constraints"] + 3) / row["domain"], 4)


def test_stats_when_printed_show_the_circuit_and_its_parts() -> None:
    printed = run("--circuit", "place", "--profile", "tiny")
    assert "place (tiny)" in printed
    assert "2^6" in printed
    assert "100.0%" in printed


def test_stats_without_a_profile_are_of_tiny_and_small() -> None:
    rows = json.loads(run("--json", "--circuit", "membership"))
    assert [row["profile"] for row in rows] == ["tiny", "small"]


@pytest.mark.parametrize(
    "arguments", [["--circuit", "nope"], ["--profile", "huge"], ["--profile", "tiny", "--profile", "x"]]
)
def test_stats_when_circuit_or_profile_is_unknown_list_the_known(arguments: list[str]) -> None:
    result = CliRunner().invoke(app, ["circuits", "stats", *arguments])
    assert result.exit_code == 1
    assert "membership (tiny)" in str(result.exception)


def test_stats_when_written_replace_their_rows_and_drop_unlisted_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "constraints.csv"
    monkeypatch.setattr(commands, "golden", lambda: file)
    monkeypatch.setattr(commands, "checkout", lambda: tmp_path)
    file.write_text(
        "circuit,profile,constraints,wires,public\nmembership,tiny,1,2,3\nold,tiny,4,5,6\nplace,tiny,7,8,9\n"
    )
    run("--write", "--circuit", "membership", "--profile", "tiny")
    counts = commands.read_golden()
    assert list(counts) == [("place", "tiny"), ("membership", "tiny")]
    assert counts["place", "tiny"] == (7, 8, 9)
    assert counts["membership", "tiny"][2] == len(circuits()["membership", "tiny"].public)
