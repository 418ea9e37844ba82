"""`zkclear chain …`: deploy a system, and check a deployed one against the sources, keys and parameters at hand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rollup.cli.output import Json, complain, console

__all__ = ["app"]

app = typer.Typer(help="Deploy a system and verify a deployed one.", no_args_is_help=True)

# Inside the commands, because web3 takes longer to load than all the rest: `rollup.cli.deployment`.

Rpc = Annotated[str, typer.Option(help="URL of a node.")]
ProfileName = Annotated[str, typer.Option("--profile", help="tiny, small or standard.")]
Keys = Annotated[Path | None, typer.Option(help="Directory of `zkclear ceremony export`; else development keys.")]
PlanFile = Annotated[Path | None, typer.Option("--plan", help="What `zkclear chain plan` wrote, filled in.")]

LOCAL = "http://127.0.0.1:8545"


@app.command()
def deploy(
    rpc: Rpc = LOCAL,
    profile: ProfileName = "small",
    out: Annotated[Path, typer.Option(help="Where to write the deployment record.")] = Path("deployment.json"),
    plan_file: PlanFile = None,
    keys: Keys = None,
    json: Json = False,
) -> None:
    """
    Deploy all parts, check them, and write the deployment record.

    On a local chain everything has a default: the node's accounts hold the roles, and the token is play money.
    Elsewhere a plan is needed, keys of a ceremony, and the deployer's key in ZKCLEAR_DEPLOYER_KEY.
    """
    from rollup.cli import deployment

    raise typer.Exit(deployment.set_up(rpc, profile, out, plan_file, keys, json))


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="A deployment record.")],
    rpc: Rpc = LOCAL,
    keys: Keys = None,
    json: Json = False,
) -> None:
    """
    Check a deployed system against sources, keys and parameters, and its settings against the defaults.

    Of the record it is believed only who holds which role, and that the parameters are those that were meant. Whether
    keys of a ceremony are those of the circuits is not checked here; `zkclear ceremony verify` does that.

    Exit code 0: everything holds. 1: something does not. 2: nothing failed, but not all could be checked, or the
    record could not be read.
    """
    from rollup.chain.errors import BadRecord
    from rollup.chain.record import Record
    from rollup.cli import deployment

    try:
        record = Record.read(file)
    except BadRecord as error:
        complain(error)
        raise typer.Exit(2) from error
    raise typer.Exit(deployment.check(record, rpc, keys, json))


@app.command()
def plan(
    rpc: Rpc = LOCAL,
    profile: ProfileName = "small",
    out: Annotated[Path, typer.Option(help="Where to write it.")] = Path("plan.json"),
) -> None:
    """Write the plan of a local system, to be filled in for another."""
    from rollup.cli import deployment

    deployment.write_plan(rpc, profile, out)
    console.print(f"Written: {out}. Fill it in; next: zkclear chain deploy --plan {out} --profile {profile}")
