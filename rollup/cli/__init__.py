"""
The command line, one file a command group.

Exit codes everywhere: 0 done, 1 the answer is no (a check failed, something is missing), 2 the question could
not be understood. `--json` gives machines one JSON document on standard output; people read standard error too.
"""

from __future__ import annotations

import sys

import typer

from prover.errors import ProverError
from rollup.cli import attest, bench, ceremony, chain, circuits, config, doctor, operator, published, setup, trader
from rollup.cli.demo import demo
from rollup.cli.output import complain
from rollup.cli.rules import rules
from rollup.cli.verify import verify
from rollup.spec.errors import Refusal

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
app.command()(verify)
for verb in (operator.status, operator.batches, operator.backup, operator.restore, operator.submit):
    app.command()(verb)
app.add_typer(setup.app, name="setup")
app.add_typer(ceremony.app, name="ceremony")
circuits.app.command()(published.publish)
app.add_typer(circuits.app, name="circuits")
app.add_typer(bench.app, name="bench")
app.add_typer(chain.app, name="chain")
app.add_typer(trader.app, name="trader")
app.add_typer(config.app, name="config")
app.add_typer(attest.app, name="attest")


def main() -> None:
    """Run the command line; errors of ours become one message and exit code 1, never a traceback."""
    try:
        app()
    except (ProverError, Refusal) as error:
        complain(error)
        sys.exit(1)
