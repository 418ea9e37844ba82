"""Options that the commands of `zkclear trader` share, and the environment variables that secrets come by."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer

from rollup.cli.output import complain

__all__ = [
    "L1_KEY",
    "LOCAL",
    "PASSPHRASE",
    "WORDS",
    "DeploymentFile",
    "From",
    "LifetimeSeconds",
    "OutDirectory",
    "Rpc",
    "TimeRpc",
    "WalletFile",
    "understood",
]

PASSPHRASE: Final = "ZKCLEAR_PASSPHRASE"  # noqa: S105 - a name
"""Opens the wallet; asked for when it is not set. Arguments can be read by everybody on the machine."""

WORDS: Final = "ZKCLEAR_WORDS"
"""The 24 words of a seed, for `keys restore`; asked for when it is not set."""

L1_KEY: Final = "ZKCLEAR_L1_KEY"
"""Private key of the L1 address that pays and owns."""

LOCAL: Final = "http://127.0.0.1:8545"

WalletFile = Annotated[Path, typer.Option("--wallet", help="The wallet file.")]
DeploymentFile = Annotated[Path, typer.Option("--deployment", help="Record of the system, as its operator publishes.")]
Rpc = Annotated[str, typer.Option(help="URL of an L1 node.")]
TimeRpc = Annotated[str | None, typer.Option("--rpc", help="L1 node to ask for time and listings; else this clock.")]
From = Annotated[str | None, typer.Option("--from", help="On local chains: one of the node's accounts.")]
OutDirectory = Annotated[Path, typer.Option("--out", help="Directory for the signed request.")]
LifetimeSeconds = Annotated[int, typer.Option("--expires-in", help="Seconds until the signature expires.", min=1)]


@contextmanager
def understood() -> Iterator[None]:
    """What cannot be read as an amount, a price, an address or a record ends with exit code 2, like a wrong option."""
    from rollup.chain.errors import BadRecord
    from rollup.client.errors import BadNumber

    try:
        yield
    except (BadNumber, BadRecord) as error:
        complain(error)
        raise typer.Exit(2) from error
