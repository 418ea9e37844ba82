"""
The command line, one file a command group.

Exit codes everywhere: 0 done, 1 the answer is no (a check failed, something is missing), 2 the question could
not be understood. `--json` gives machines one JSON document on standard output; people read standard error too.
"""

from __future__ import annotations

import sys

import typer

from prover.errors import ProverError
from rollup.cli import bench, ceremony, chain, circuits, doctor, setup
from rollup.cli.demo import demo
from rollup.cli.output import complain
from rollup.cli.rules import rules

__all__ = ["app", "main"]

app = typer.Typer(
    name="zkclear",
    help="A clearing house in zero knowledge.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(doctor.doctor)
app.command()(demo)
app.command()(rules)
app.add_typer(setup.app, name="setup")
app.add_typer(ceremony.app, name="ceremony")
app.add_typer(circuits.app, name="circuits")
app.add_typer(bench.app, name="bench")
app.add_typer(chain.app, name="chain")


def main() -> None:
    """Run the command line; errors of ours become one message and exit code 1, never a traceback."""
    try:
        app()
    except ProverError as error:
        complain(error)
        sys.exit(1)
