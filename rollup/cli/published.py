"""`zkclear circuits publish`: what traders need to prove their claims without a compiler, as files to hand on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rollup.cli.output import Json, console, emit, progress

__all__ = ["CLAIMS", "publish"]

CLAIMS = ("withdraw", "escape", "account")
"""The circuits that traders prove themselves."""


def publish(
    to: Annotated[Path, typer.Option("--to", help="Directory to write; made when it is not there.")],
    profile: Annotated[str, typer.Option(help="tiny, small or standard.")] = "small",
    keys: Annotated[
        Path | None, typer.Option(help="Directory of `zkclear ceremony export`; else development keys.")
    ] = None,
    json: Json = False,
) -> None:
    """
    Write the circuits of claims with their keys, so that a trader can prove one with the installed package alone.

    Everything in the directory is public. Traders check it against the keys that L1 verifies by.
    """
    from prover.circuits import circuit, compile_all
    from prover.published import publish as write
    from prover.setup.dev import ProvingKey, dev_key

    wanted = [circuit(name, profile) for name in CLAIMS]
    with progress("compiling", len(wanted)) as (bar, task):
        ready = compile_all(wanted, lambda *_: bar.advance(task))
    made = []
    with progress("keys", len(ready)) as (bar, task):
        for one in ready:
            if keys is None:
                made.append(dev_key(one))
            else:
                base = f"{one.circuit.name}-{profile}"
                made.append(ProvingKey(one, keys / f"{base}.zkey", keys / f"{base}.vkey.json"))
            bar.advance(task)
    if keys is not None:
        made = [one for one in made if one.zkey.is_file() or one.compiled.circuit.name != "account"]
    with progress("writing", len(made)) as (bar, task):
        manifest = write(made, to, lambda _: bar.advance(task))
    names = [one.compiled.circuit.name for one in made]
    if json:
        emit({"manifest": str(manifest), "profile": profile, "circuits": names, "development": keys is None})
        return
    console.print(f"Written: {manifest}, with {', '.join(names)} in the profile {profile}.")
    if keys is None:
        console.print("These are development keys: good for local chains, and for nothing else.")
