"""`zkclear status`, `batches`, `backup`, `restore`, `submit`: what an operator does with a node's directory."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rollup.cli.output import Json

__all__ = ["backup", "batches", "restore", "status", "submit"]

# Inside the commands, because web3 takes longer to load than all the rest: `rollup.cli.operating`.

Data = Annotated[
    Path | None, typer.Option("--data", help="Directory of the node; else the one that the configuration names.")
]
RecordFile = Annotated[
    Path | None, typer.Option("--record", help="Deployment record; else the one in the node's directory.")
]


def status(
    data: Data = None,
    rpc: Annotated[str | None, typer.Option(help="URL of an L1 node, to ask it too.")] = None,
    record: RecordFile = None,
    json: Json = False,
) -> None:
    """
    How far a node is: heads, queues, last proof, last batch, disk. Works while the node runs.

    Exit code 1: there is no node in the directory, or what is there cannot be read.
    """
    from rollup.cli import operating

    operating.show_status(data, rpc, record, json)


def batches(
    data: Data = None,
    last: Annotated[int, typer.Option(min=1, help="How many of the newest ones.")] = 20,
    json: Json = False,
) -> None:
    """The newest batches: steps by kind, touches, proven, and where L1 has them."""
    from rollup.cli import operating

    operating.show_batches(data, last, json)


def backup(
    to: Annotated[Path, typer.Option("--to", help="File to write; it must not exist yet.")],
    data: Data = None,
    with_secret: Annotated[
        bool,
        typer.Option(
            help="Put the operator's secret and the deployment record in too. Whoever reads that file can open what "
            "later batches hide; a node that is restored without it makes a new secret and goes on."
        ),
    ] = False,
    json: Json = False,
) -> None:
    """
    Write the whole journal to one file that only you can read. Works while the node runs.

    The journal tells everything about everybody, with or without the secret: keep the file as you keep the node.
    """
    from rollup.cli import operating

    operating.back_up(data, to, with_secret, json)


def restore(
    file: Annotated[Path, typer.Argument(help="What `zkclear backup` wrote.")],
    data: Data = None,
    json: Json = False,
) -> None:
    """
    Put a backup into a directory without a journal, after every line of it was checked.

    Exit code 1: the file is no sound backup, or the directory has a journal; nothing was changed then.
    """
    from rollup.cli import operating

    operating.restore(file, data, json)


def submit(
    files: Annotated[list[Path], typer.Argument(help="Signed requests, as traders' commands write them.")],
    data: Data = None,
    record: RecordFile = None,
    json: Json = False,
) -> None:
    """
    Take signed requests into the journal of a node that does not run, in their order.

    All files are read before the first one is taken. Exit code 1: one was refused; its answer says why.
    """
    from rollup.cli import operating

    operating.submit(files, data, record, json)
