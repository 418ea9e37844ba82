"""`zkclear trader recover | history | withdrawals | claim | escape | …`: what a trader can do without any operator."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rollup.cli.output import Json
from rollup.cli.trader_options import DeploymentFile, From, WalletFile, understood

__all__ = ["register"]

# Inside the commands, because web3 takes longer to load than all the rest: `rollup.cli.trader_leaving`.

Rpc = Annotated[str | None, typer.Option(help="URL of an L1 node.")]
HistoryFile = Annotated[
    Path | None, typer.Option("--history", help="L1 as a file; with --rpc only what is newer is read from the node.")
]
Index = Annotated[int | None, typer.Option("--account", help="Where the wallet registered several accounts: which.")]
Circuits = Annotated[Path, typer.Option(help="Directory of the published circuits.")]
Out = Annotated[Path | None, typer.Option(help="Write the proven claim there instead of sending it.")]

WALLET, DEPLOYMENT, CIRCUITS = Path("wallet.json"), Path("deployment.json"), Path("circuits")


def register(app: typer.Typer) -> None:
    """Add the commands to a group."""
    for command in (recover, history, withdrawals, claim, freeze, pull, escape, pay):
        app.command()(command)
    app.command("send-claim")(send_claim)
    app.command("export-history")(export_history)


def recover(
    wallet: WalletFile = WALLET,
    deployment: DeploymentFile = DEPLOYMENT,
    rpc: Rpc = None,
    history_file: HistoryFile = None,
    index: Index = None,
    sender: From = None,
    json: Json = False,
) -> None:
    """Rebuild the account from L1 and the wallet's keys, and check every touch against its leaf on L1."""
    from rollup.cli import trader_leaving
    from rollup.cli.trader_source import Source

    with understood():
        trader_leaving.show_recovered(Source(deployment, rpc, history_file), wallet, index, sender, json)


def history(
    wallet: WalletFile = WALLET,
    deployment: DeploymentFile = DEPLOYMENT,
    rpc: Rpc = None,
    history_file: HistoryFile = None,
    index: Index = None,
    sender: From = None,
    json: Json = False,
) -> None:
    """List everything that ever happened to the account, with the balance after each touch."""
    from rollup.cli import trader_leaving
    from rollup.cli.trader_source import Source

    with understood():
        trader_leaving.show_history(Source(deployment, rpc, history_file), wallet, index, sender, json)


def withdrawals(
    wallet: WalletFile = WALLET,
    deployment: DeploymentFile = DEPLOYMENT,
    rpc: Rpc = None,
    history_file: HistoryFile = None,
    index: Index = None,
    sender: From = None,
    json: Json = False,
) -> None:
    """List money on its way out: its state, what it waits for, and what to do next."""
    from rollup.cli import trader_leaving
    from rollup.cli.trader_source import Source

    with understood():
        trader_leaving.states(Source(deployment, rpc, history_file), wallet, index, sender, json)


def claim(
    wallet: WalletFile = WALLET,
    deployment: DeploymentFile = DEPLOYMENT,
    rpc: Rpc = None,
    history_file: HistoryFile = None,
    circuits: Circuits = CIRCUITS,
    note: Annotated[int | None, typer.Option(help="Number of the operation that made it; else the oldest.")] = None,
    public: Annotated[
        bool, typer.Option("--public", help="Needs nobody, shows the account, pays its L1 owner.")
    ] = False,
    to: Annotated[str | None, typer.Option(help="L1 address that a private claim is paid to; a fresh one.")] = None,
    association: Annotated[Path | None, typer.Option(help="Association set that vouches for the account.")] = None,
    relayer: Annotated[str | None, typer.Option(help="L1 address of whoever carries the claim to L1.")] = None,
    fee: Annotated[str | None, typer.Option(help="What the relayer gets, in USDC.")] = None,
    out: Out = None,
    sender: From = None,
    json: Json = False,
) -> None:
    """
    Prove a claim to a note of the account, and send it; without a node, write it as a file that anybody can send.

    A private claim says nothing of the account. Wait a time of your own choice between note and claim, and claim
    one note at a time: what happens together is linked.
    """
    from rollup.cli import trader_leaving
    from rollup.cli.trader_source import Source

    with understood():
        if public == (association is not None):
            raise typer.BadParameter("choose one: --public, or --association FILE with --to ADDRESS")
        trader_leaving.claim(
            Source(deployment, rpc, history_file),
            wallet,
            circuits,
            note,
            to=to,
            association=association,
            relayer=relayer,
            fee=fee,
            out=out,
            sender=sender,
            json_wanted=json,
        )


def escape(
    wallet: WalletFile = WALLET,
    deployment: DeploymentFile = DEPLOYMENT,
    rpc: Rpc = None,
    history_file: HistoryFile = None,
    circuits: Circuits = CIRCUITS,
    out: Out = None,
    sender: From = None,
    json: Json = False,
) -> None:
    """After a freeze: prove what the account is worth and file it; without a node, write the claim as a file."""
    from rollup.cli import trader_leaving
    from rollup.cli.trader_source import Source

    with understood():
        source = Source(deployment, rpc, history_file)
        trader_leaving.escape(source, wallet, circuits, out=out, sender=sender, json_wanted=json)


def send_claim(
    file: Annotated[Path, typer.Argument(help="What `claim` or `escape` wrote.")],
    rpc: Annotated[str, typer.Option(help="URL of an L1 node.")],
    deployment: DeploymentFile = DEPLOYMENT,
    sender: From = None,
    json: Json = False,
) -> None:
    """Send a proven claim, one's own or anybody's: it pays whom it names."""
    from rollup.cli import trader_leaving
    from rollup.cli.trader_source import Source

    with understood():
        trader_leaving.send(Source(deployment, rpc, None), file, sender, json)


def freeze(
    rpc: Annotated[str, typer.Option(help="URL of an L1 node.")],
    deployment: DeploymentFile = DEPLOYMENT,
    sender: From = None,
    json: Json = False,
) -> None:
    """
    Freeze the system for good, once it is overdue: no batch, no attestation, or a forced request not served in time.

    Anybody may. Nothing trades any more; everybody leaves by `escape`.
    """
    from rollup.cli import trader_leaving
    from rollup.cli.trader_source import Source

    with understood():
        trader_leaving.freeze(Source(deployment, rpc, None), sender, json)


def pull(
    rpc: Annotated[str, typer.Option(help="URL of an L1 node.")],
    deployment: DeploymentFile = DEPLOYMENT,
    to: Annotated[str | None, typer.Option(help="L1 address that gets the tokens; else the sender's.")] = None,
    sender: From = None,
    json: Json = False,
) -> None:
    """Fetch everything that L1 owes the sender: withdrawals, forced payments, refunds."""
    from rollup.cli import trader_leaving
    from rollup.cli.trader_source import Source

    with understood():
        trader_leaving.pull_all(Source(deployment, rpc, None), to, sender, json)


def pay(
    what: Annotated[str, typer.Argument(help="note or account.")],
    number: Annotated[int, typer.Argument(help="Number of the note's claim, or the account's index.")],
    rpc: Annotated[str, typer.Option(help="URL of an L1 node.")],
    deployment: DeploymentFile = DEPLOYMENT,
    sender: From = None,
    json: Json = False,
) -> None:
    """Pay out a claim after the window has closed; anybody may, and it goes to its owner."""
    from rollup.cli import trader_leaving
    from rollup.cli.trader_source import Source

    with understood():
        trader_leaving.pay(Source(deployment, rpc, None), what, number, sender, json)


def export_history(
    file: Annotated[Path, typer.Argument(help="Where to write it; packed when it ends in .gz.")],
    rpc: Annotated[str, typer.Option(help="URL of an L1 node.")],
    deployment: DeploymentFile = DEPLOYMENT,
    json: Json = False,
) -> None:
    """Write all that L1 has of the system to a file, or go on with one: enough to recover and leave without a node."""
    from rollup.cli import trader_leaving
    from rollup.cli.trader_source import Source

    with understood():
        trader_leaving.export(Source(deployment, rpc, file), file, json)
