"""
`zkclear trader …`: keys, signed requests, and what a trader does on L1.

Secrets come by the environment or a prompt, never as arguments. Signed requests are files that the operator takes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rollup.cli import trader_exit
from rollup.cli.output import Json
from rollup.cli.trader_options import (
    LOCAL,
    DeploymentFile,
    From,
    LifetimeSeconds,
    OutDirectory,
    Rpc,
    TimeRpc,
    WalletFile,
    understood,
)

__all__ = ["app"]

app = typer.Typer(help="A trader's keys, signed requests, deposits and demands.", no_args_is_help=True)
keys_app = typer.Typer(help="Make, show, back up and restore keys.", no_args_is_help=True)
force_app = typer.Typer(help="Demand on L1 what the operator does not serve.", no_args_is_help=True)
app.add_typer(keys_app, name="keys")
app.add_typer(force_app, name="force")

# Inside the commands, because web3 takes longer to load than all the rest: `rollup.cli.trader_keys` and its siblings.

WALLET = Path("wallet.json")
DEPLOYMENT = Path("deployment.json")
HERE = Path()
DAY = 86_400

Amount = Annotated[str, typer.Argument(help="USDC, such as 1250.5.")]
KeyNumber = Annotated[int, typer.Option(help="Which of the seed's or L1 wallet's keys for this system.", min=0)]


@keys_app.command("new")
def keys_new(
    wallet: WalletFile = WALLET,
    deployment: DeploymentFile = DEPLOYMENT,
    number: KeyNumber = 0,
    l1_wallet: Annotated[bool, typer.Option("--l1-wallet", help="Keys from your L1 wallet's signature.")] = False,
    rpc: TimeRpc = None,
    sender: From = None,
    json: Json = False,
) -> None:
    """
    Make a wallet: with a fresh seed under a passphrase, or with keys that an L1 wallet's signature makes.

    The passphrase comes from ZKCLEAR_PASSPHRASE or is asked for; the L1 wallet's key from ZKCLEAR_L1_KEY, or from the
    node with --rpc and --from.
    """
    from rollup.cli import trader_keys

    with understood():
        trader_keys.make(wallet, deployment, number, l1_wallet, rpc, sender, json)


@keys_app.command("show")
def keys_show(
    wallet: WalletFile = WALLET,
    deployment: DeploymentFile = DEPLOYMENT,
    rpc: TimeRpc = None,
    sender: From = None,
    json: Json = False,
) -> None:
    """Show what is public about a wallet."""
    from rollup.cli import trader_keys

    with understood():
        trader_keys.show(wallet, deployment, rpc, sender, json)


@keys_app.command("backup")
def keys_backup(wallet: WalletFile = WALLET, deployment: DeploymentFile = DEPLOYMENT, json: Json = False) -> None:
    """Print the 24 words that bring everything back."""
    from rollup.cli import trader_keys

    with understood():
        trader_keys.back_up(wallet, deployment, json)


@keys_app.command("restore")
def keys_restore(
    wallet: WalletFile = WALLET,
    deployment: DeploymentFile = DEPLOYMENT,
    number: KeyNumber = 0,
    rpc: Annotated[str | None, typer.Option(help="L1 node to find the account on at once.")] = None,
    json: Json = False,
) -> None:
    """Make a wallet from its 24 words, from ZKCLEAR_WORDS or typed when asked for."""
    from rollup.cli import trader_keys

    with understood():
        trader_keys.restore(wallet, deployment, number, rpc, json)


@app.command()
def faucet(
    amount: Amount,
    deployment: DeploymentFile = DEPLOYMENT,
    rpc: Rpc = LOCAL,
    sender: From = None,
    json: Json = False,
) -> None:
    """On a local chain: make play money to deposit."""
    from rollup.cli import trader_chain

    with understood():
        trader_chain.faucet(deployment, rpc, sender, amount, json)


@app.command()
def register(
    amount: Amount,
    wallet: WalletFile = WALLET,
    deployment: DeploymentFile = DEPLOYMENT,
    rpc: Rpc = LOCAL,
    sender: From = None,
    out: OutDirectory = HERE,
    json: Json = False,
) -> None:
    """
    Send the first deposit of a new account; the L1 address that sends owns the account.

    Writes an introduction for the operator as well, with the keys that L1 shows by their hash only. It has the view
    key: give it to the operator and to nobody else.
    """
    from rollup.cli import trader_chain

    with understood():
        trader_chain.register(wallet, deployment, rpc, sender, amount, out, json)


@app.command("top-up")
def top_up(
    amount: Amount,
    wallet: WalletFile = WALLET,
    deployment: DeploymentFile = DEPLOYMENT,
    rpc: Rpc = LOCAL,
    sender: From = None,
    account: Annotated[str | None, typer.Option(help="Another account than the wallet's.")] = None,
    json: Json = False,
) -> None:
    """Send more collateral."""
    from rollup.cli import trader_chain

    with understood():
        trader_chain.top_up(wallet, deployment, rpc, sender, amount, account, json)


@app.command()
def deposits(
    wallet: WalletFile = WALLET,
    deployment: DeploymentFile = DEPLOYMENT,
    rpc: Rpc = LOCAL,
    sender: From = None,
    refund: Annotated[int | None, typer.Option(help="Fetch this deposit back.", min=0)] = None,
    json: Json = False,
) -> None:
    """List deposits with their states and waits, find the account's index, or fetch a deposit back."""
    from rollup.cli import trader_chain

    with understood():
        if refund is None:
            trader_chain.list_deposits(wallet, deployment, rpc, sender, json)
        else:
            trader_chain.refund(wallet, deployment, rpc, sender, refund, json)


@app.command()
def order(
    side: Annotated[str, typer.Argument(help="buy or sell.")],
    quantity: Annotated[str, typer.Argument(help="Whole lots.")],
    price: Annotated[str, typer.Argument(help="USDC for one unit of the underlying, such as 60012.5.")],
    slot: Annotated[int, typer.Option(help="Slot of the instrument.", min=1)],
    listing: Annotated[int | None, typer.Option(help="Its listing number; else the newest on L1 (--rpc).")] = None,
    lot: Annotated[str, typer.Option(help="Size of a lot in units of the underlying.")] = "1",
    tick: Annotated[str | None, typer.Option(help="Smallest step of the price, in USDC for one unit.")] = None,
    place: Annotated[int | None, typer.Option(help="Order place; else the one used longest ago.")] = None,
    max_fee_ppm: Annotated[int, typer.Option(help="Highest fee, in ppm of the cash.", min=0)] = 500,
    reduce_only: Annotated[bool, typer.Option("--reduce-only", help="Never open or turn a position.")] = False,
    post_only: Annotated[bool, typer.Option("--post-only", help="Refused if it would match at once.")] = False,
    force: Annotated[str, typer.Option("--time-in-force", help="gtc, gtd, ioc, fok or market.")] = "gtc",
    good_for: Annotated[int | None, typer.Option(help="Seconds that a gtd order stands.", min=1)] = None,
    self_trade: Annotated[str, typer.Option(help="cancel-newest, cancel-oldest or cancel-both.")] = "cancel-newest",
    client: Annotated[int, typer.Option(help="Your own number for it.", min=0, max=2**64 - 1)] = 0,
    trigger: Annotated[str, typer.Option(help="none, stop or take-profit.")] = "none",
    trigger_price: Annotated[str | None, typer.Option(help="Mark that triggers it, in USDC for one unit.")] = None,
    wallet: WalletFile = WALLET,
    deployment: DeploymentFile = DEPLOYMENT,
    rpc: TimeRpc = None,
    sender: From = None,
    out: OutDirectory = HERE,
    expires_in: LifetimeSeconds = DAY,
    json: Json = False,
) -> None:
    """Sign a limit order."""
    from rollup.cli import trader_requests

    with understood():
        trader_requests.order(
            trader_requests.Where(wallet, deployment, rpc, sender, out, expires_in, json),
            side,
            quantity,
            price,
            slot=slot,
            listing=listing,
            lot=lot,
            tick=tick,
            place=place,
            max_fee_ppm=max_fee_ppm,
            reduce_only=reduce_only,
            post_only=post_only,
            force=force,
            good_for=good_for,
            self_trade=self_trade,
            client=client,
            trigger=trigger,
            trigger_price=trigger_price,
        )


@app.command()
def withdraw(
    amount: Amount,
    to: Annotated[str, typer.Option(help="L1 address that is paid.")],
    wallet: WalletFile = WALLET,
    deployment: DeploymentFile = DEPLOYMENT,
    rpc: TimeRpc = None,
    sender: From = None,
    out: OutDirectory = HERE,
    expires_in: LifetimeSeconds = DAY,
    json: Json = False,
) -> None:
    """Sign a withdrawal to an L1 address, which everybody sees."""
    from rollup.cli import trader_requests

    with understood():
        where = trader_requests.Where(wallet, deployment, rpc, sender, out, expires_in, json)
        trader_requests.withdraw(where, amount, to)


@app.command()
def note(
    amount: Amount,
    exact: Annotated[bool, typer.Option("--exact", help="One note of any size, which stands out.")] = False,
    wallet: WalletFile = WALLET,
    deployment: DeploymentFile = DEPLOYMENT,
    rpc: TimeRpc = None,
    sender: From = None,
    out: OutDirectory = HERE,
    expires_in: LifetimeSeconds = DAY,
    json: Json = False,
) -> None:
    """Sign private vouchers of 1, 2 and 5 times powers of ten USDC, to be claimed on L1 by proof."""
    from rollup.cli import trader_requests

    with understood():
        where = trader_requests.Where(wallet, deployment, rpc, sender, out, expires_in, json)
        trader_requests.note(where, amount, exact)


@app.command()
def transfer(
    amount: Amount,
    to: Annotated[str, typer.Option(help="Account that is credited, by its index.")],
    wallet: WalletFile = WALLET,
    deployment: DeploymentFile = DEPLOYMENT,
    rpc: TimeRpc = None,
    sender: From = None,
    out: OutDirectory = HERE,
    expires_in: LifetimeSeconds = DAY,
    json: Json = False,
) -> None:
    """Sign a transfer to another account inside."""
    from rollup.cli import trader_requests

    with understood():
        where = trader_requests.Where(wallet, deployment, rpc, sender, out, expires_in, json)
        trader_requests.transfer(where, amount, to)


@app.command()
def rotate(
    done: Annotated[bool, typer.Option("--done", help="The rotation is in a batch: use its keys from now on.")] = False,
    wallet: WalletFile = WALLET,
    deployment: DeploymentFile = DEPLOYMENT,
    rpc: TimeRpc = None,
    sender: From = None,
    out: OutDirectory = HERE,
    expires_in: LifetimeSeconds = DAY,
    json: Json = False,
) -> None:
    """Sign the change to the next owner and trading keys."""
    from rollup.cli import trader_requests

    with understood():
        where = trader_requests.Where(wallet, deployment, rpc, sender, out, expires_in, json)
        trader_requests.rotate(where, done)


@app.command()
def cancel(
    place: Annotated[int, typer.Argument(help="Order place.", min=0)],
    nonce: Annotated[int | None, typer.Option(help="Up to this nonce; else the last that was signed there.")] = None,
    wallet: WalletFile = WALLET,
    deployment: DeploymentFile = DEPLOYMENT,
    rpc: TimeRpc = None,
    sender: From = None,
    out: OutDirectory = HERE,
    expires_in: LifetimeSeconds = DAY,
    json: Json = False,
) -> None:
    """Sign a cancel that the state itself remembers, whoever operates."""
    from rollup.cli import trader_requests

    with understood():
        where = trader_requests.Where(wallet, deployment, rpc, sender, out, expires_in, json)
        trader_requests.cancel(where, place, nonce)


@force_app.command("pay")
def force_pay(
    amount: Amount,
    wallet: WalletFile = WALLET,
    deployment: DeploymentFile = DEPLOYMENT,
    rpc: Rpc = LOCAL,
    sender: From = None,
    json: Json = False,
) -> None:
    """Demand a payment to the account's L1 owner; as much of it as is free is paid."""
    from rollup.cli import trader_chain

    with understood():
        trader_chain.force_pay(wallet, deployment, rpc, sender, amount, json)


@force_app.command("close")
def force_close(
    wallet: WalletFile = WALLET,
    deployment: DeploymentFile = DEPLOYMENT,
    rpc: Rpc = LOCAL,
    sender: From = None,
    json: Json = False,
) -> None:
    """Demand that the account be closed, positions and all, and its L1 owner paid."""
    from rollup.cli import trader_chain

    with understood():
        trader_chain.force_close(wallet, deployment, rpc, sender, json)


@force_app.command("status")
def force_status(
    wallet: WalletFile = WALLET, deployment: DeploymentFile = DEPLOYMENT, rpc: Rpc = LOCAL, json: Json = False
) -> None:
    """Show where the account's newest demand stands."""
    from rollup.cli import trader_chain

    with understood():
        trader_chain.force_status(wallet, deployment, rpc, json)


trader_exit.register(app)
