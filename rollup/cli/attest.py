"""`zkclear attest …`: show that the books are in order."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rollup.cli.output import Json

__all__ = ["app"]

app = typer.Typer(help="Attest that the books are in order.", no_args_is_help=True)

# Inside the command, because web3 takes longer to load than all the rest: `rollup.cli.attesting`.


@app.command()
def solvency(
    data: Annotated[Path, typer.Option(help="Data directory of the node.")],
    out: Annotated[Path, typer.Option(help="Where to write the bundle.")] = Path("solvency.json"),
    keys: Annotated[
        Path | None, typer.Option(help="Directory of `zkclear ceremony export`; else development keys.")
    ] = None,
    open_custody: Annotated[bool, typer.Option(help="Show the amount in custody to whoever has the bundle.")] = False,
    rpc: Annotated[str | None, typer.Option(help="URL of a node; without one nothing is posted.")] = None,
    no_post: Annotated[bool, typer.Option("--no-post", help="Write the bundle and send nothing to L1.")] = False,
    json: Json = False,
) -> None:
    """
    Scan the settled state, post the attestation that the gate needs, and write a bundle that anybody can check.

    An interrupted scan goes on where it stopped, and so does an interrupted posting.
    """
    from rollup.cli import attesting

    settled = attesting.load_settled(data, rpc)
    attesting.run(
        settled, out, keys=keys, open_custody=open_custody, send=rpc is not None and not no_post, json_wanted=json
    )
