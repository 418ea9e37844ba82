"""`zkclear ceremony …`: production keys from many people's randomness over a public powers-of-tau file."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from prover.circuits import circuit, compiled
from prover.setup import ceremony
from rollup.cli.output import Json, console, emit

__all__ = ["app"]

app = typer.Typer(help="Make proving keys whose secret nobody knows.", no_args_is_help=True)

Directory = Annotated[Path, typer.Argument(help="The ceremony's directory.")]
Tau = Annotated[Path, typer.Option("--ptau", help="The public powers-of-tau file.")]


@app.command()
def init(
    directory: Directory,
    tau: Tau,
    tau_sha256: Annotated[str, typer.Option("--ptau-sha256", help="SHA-256 under which that file is known.")],
    circuit_name: Annotated[str, typer.Option("--circuit", help="A circuit of circuits/manifest.toml.")],
    profile: Annotated[str, typer.Option(help="tiny, small or standard.")] = "small",
    json: Json = False,
) -> None:
    """Begin: the circuit's first key, which is not safe until somebody contributes."""
    begun = ceremony.begin(directory, compiled(circuit(circuit_name, profile)), tau, tau_sha256)
    _tell(begun.newest, f"Begun. Next: zkclear ceremony contribute {directory} --name YOU", json)


@app.command()
def contribute(
    directory: Directory,
    name: Annotated[str, typer.Option(help="Public name of the contributor.")],
    json: Json = False,
) -> None:
    """Add this machine's randomness; publish the hash that it prints."""
    link = ceremony.load(directory).contribute(name)
    _tell(link, "Contributed. Publish this hash, and hand the directory to the next contributor.", json)


@app.command()
def beacon(
    directory: Directory,
    value: Annotated[str, typer.Argument(help="Public randomness in hexadecimal, such as a later block's hash.")],
    doublings: Annotated[int, typer.Option(help="It is hashed 2^N times.")] = 10,
    json: Json = False,
) -> None:
    """Close the ceremony with randomness that nobody could foresee."""
    link = ceremony.load(directory).beacon(value.removeprefix("0x"), doublings)
    _tell(link, f"Closed. Next: zkclear ceremony verify {directory} --ptau FILE", json)


@app.command()
def verify(directory: Directory, tau: Tau, json: Json = False) -> None:
    """Check every link against the circuit and the powers of tau."""
    loaded = ceremony.load(directory)
    loaded.verify(tau)
    if json:
        emit({"ok": True, "contributions": [asdict(link) for link in loaded.contributions]})
    else:
        names = ", ".join(link.name for link in loaded.contributions[1:])
        console.print(f"[green]valid[/]: {loaded.circuit_name} ({loaded.profile}), contributions of {names}")


@app.command()
def export(
    directory: Directory,
    tau: Tau,
    target: Annotated[Path, typer.Option("--to", help="Where to write the keys.")],
    json: Json = False,
) -> None:
    """Write proving key, verification key and Solidity verifier of a finished, verified ceremony."""
    written = ceremony.load(directory).export(target, tau)
    if json:
        emit({"written": [str(path) for path in written]})
    else:
        for path in written:
            console.print(str(path))


def _tell(link: ceremony.Contribution, next_step: str, json: bool) -> None:
    if json:
        emit(asdict(link))
        return
    console.print(f"{link.key}  sha256 {link.sha256}")
    if link.hash:
        console.print(f"contribution hash {link.hash}")
    console.print(next_step)
