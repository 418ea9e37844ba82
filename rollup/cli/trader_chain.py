"""What the commands of `zkclear trader` do that speak with L1: deposits and forced requests."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.table import Table

from rollup.chain.bindings.deposits import DepositQueued
from rollup.chain.local import Token
from rollup.chain.plan import LOCAL_CHAINS
from rollup.chain.record import Record
from rollup.cli.output import console, emit
from rollup.cli.trader_context import OnChain, connected, open_keys, open_wallet, reading, sender_at
from rollup.client import deposits, forced, requests
from rollup.client.amounts import cash_of, index_of, text_of_cash
from rollup.client.deposits import DepositState, Phase, Queued
from rollup.client.errors import NotNow, NotWritten
from rollup.client.forced import Answer, RequestState
from rollup.client.keys import Keys
from rollup.client.wallet import Wallet

__all__ = ["faucet", "force_close", "force_pay", "force_status", "list_deposits", "refund", "register", "top_up"]


def register(file: Path, deployment: Path, rpc: str, named: str | None, amount: str, out: Path, json: bool) -> None:
    """The first deposit of the wallet's account, from the L1 address that shall own it, and its introduction."""
    record, cash = Record.read(deployment), cash_of(amount)
    wallet = open_wallet(file, record)
    with connected(rpc, record) as at:
        sender = sender_at(at.chain, named)
        keys = open_keys(wallet, rpc, named).rotated(0)
        _refuse_twice(at, wallet, keys)
        owner = keys.owner(int(sender.address, 16))
        introduction = out / f"introduction-{owner.hash % 2**32:08x}.json"
        try:
            requests.write(requests.Introduction(owner), record.domain, introduction)
        except OSError as error:
            raise NotWritten(introduction, error.strerror or type(error).__name__) from error
        made = deposits.register(at.system, record.token, sender, owner, cash)
    wallet.learn(l1_owner=sender.address)
    _tell_queued(made, "registers an account", json, introduction)


def top_up(
    file: Path, deployment: Path, rpc: str, named: str | None, amount: str, account: str | None, json: bool
) -> None:
    """More collateral, into one's own account or any other."""
    record, cash = Record.read(deployment), cash_of(amount)
    wallet = open_wallet(file, record)
    index = wallet.index if account is None else index_of(account)
    with connected(rpc, record) as at:
        sender = sender_at(at.chain, named, wallet.progress.l1_owner)
        made = deposits.top_up(at.system, record.token, sender, index, cash)
    _tell_queued(made, f"tops account {index} up", json)


def list_deposits(file: Path, deployment: Path, rpc: str, named: str | None, json: bool) -> None:
    """All deposits by or for this wallet; finds the account's index when it is not known yet."""
    record = Record.read(deployment)
    wallet = open_wallet(file, record)
    with connected(rpc, record) as at:
        if wallet.progress.index is None:
            keys = open_keys(wallet, rpc, named)
            with reading(at) as on_blocks:
                found = deposits.find_own(at.system, keys, record.first_block, on_blocks)
            if found is not None:
                wallet.learn(index=found.index, l1_owner=found.l1_owner)
        known = wallet.progress
        with reading(at) as on_blocks:
            states = deposits.deposits_of(
                at.system,
                record.settings,
                lambda queued: _concerns(queued, known.index, known.l1_owner),
                record.first_block,
                on_blocks,
            )
    if json:
        emit({"account": known.index, "l1_owner": known.l1_owner, "deposits": [_shown(one) for one in states]})
        return
    console.print("No account yet." if known.index is None else f"Account {known.index}, owned by {known.l1_owner}")
    if not states:
        console.print("No deposits yet. Next: zkclear trader register AMOUNT")
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("deposit", "USDC", "state", "next"):
        table.add_column(heading, justify="right" if heading == "USDC" else "left")
    for one in states:
        table.add_row(str(one.number), text_of_cash(one.amount), one.phase, escape(one.next))
    console.print(table)


def faucet(deployment: Path, rpc: str, named: str | None, amount: str, json: bool) -> None:
    """Play money, where a system's token is play money."""
    record, cash = Record.read(deployment), cash_of(amount)
    if not record.token_is_ours or record.chain not in LOCAL_CHAINS:
        raise NotNow("this system's collateral is no play money; get USDC where it is sold")
    with connected(rpc, record) as at:
        sender, token = sender_at(at.chain, named), Token(at.chain, record.token)
        token.mint(sender.address, cash, sender)
        held = token.balance(sender.address)
    if json:
        emit({"address": sender.address, "balance": str(held)})
    else:
        console.print(f"{sender.address} has {text_of_cash(held)} USDC of play money.")


def refund(file: Path, deployment: Path, rpc: str, named: str | None, number: int, json: bool) -> None:
    """A deposit back to its sender."""
    record = Record.read(deployment)
    wallet = open_wallet(file, record)
    with connected(rpc, record) as at:
        sender = sender_at(at.chain, named, wallet.progress.l1_owner)
        deposits.refund(at.system, sender, number, record.settings)
        state = deposits.deposit_state(at.system, number, record.settings)
    if json:
        emit(_shown(state))
    else:
        console.print(f"{text_of_cash(state.amount)} USDC of deposit {number} are back at {state.depositor}.")


def force_pay(file: Path, deployment: Path, rpc: str, named: str | None, amount: str, json: bool) -> None:
    """Demand a payment on L1."""
    _force(file, deployment, rpc, named, cash_of(amount), json)


def force_close(file: Path, deployment: Path, rpc: str, named: str | None, json: bool) -> None:
    """Demand on L1 that the account be closed."""
    _force(file, deployment, rpc, named, None, json)


def force_status(file: Path, deployment: Path, rpc: str, json: bool) -> None:
    """Where the account's newest request stands."""
    record = Record.read(deployment)
    index = open_wallet(file, record).index
    with connected(rpc, record) as at:
        with reading(at) as on_blocks:
            newest = forced.last_request(at.system, index, record.first_block, on_blocks)
        if newest is None:
            raise NotNow(f"account {index} never made a forced request")
        state = forced.request_state(at.system, *newest, record.settings, record.first_block)
    _tell_request(state, json)


def _force(file: Path, deployment: Path, rpc: str, named: str | None, cash: int | None, json: bool) -> None:
    record = Record.read(deployment)
    wallet = open_wallet(file, record)
    index = wallet.index
    with connected(rpc, record) as at:
        sender = sender_at(at.chain, named, wallet.progress.l1_owner)
        if cash is None:
            made = forced.force_close(at.system, sender, index)
        else:
            made = forced.force_pay(at.system, sender, index, cash)
        state = forced.request_state(at.system, made.queue, made.number, record.settings, record.first_block)
    _tell_request(state, json, fee=made.fee)


def _refuse_twice(at: OnChain, wallet: Wallet, keys: Keys) -> None:
    """One account for a set of keys: a second one would share its view key, and be found by nobody."""
    with reading(at) as on_blocks:
        mine = deposits.deposits_of(
            at.system,
            at.record.settings,
            lambda queued: deposits.registers_with(keys, queued),
            at.record.first_block,
            on_blocks,
        )
    for one in mine:
        if one.phase is Phase.CONSUMED:
            wallet.learn(index=one.index, l1_owner=one.depositor)
            raise NotNow(f"account {one.index} is registered with these keys already; use `zkclear trader top-up`")
        if one.phase is Phase.QUEUED:
            raise NotNow("a registration with these keys waits for a batch already; see `zkclear trader deposits`")


def _concerns(queued: DepositQueued, index: int | None, l1_owner: str | None) -> bool:
    tops_up = queued.owner_hash == 0 and queued.index == index
    return tops_up or queued.depositor == l1_owner


def _shown(state: DepositState) -> dict[str, Any]:
    return {**asdict(state), "amount": str(state.amount), "next": state.next}


def _tell_queued(made: Queued, what: str, json: bool, introduction: Path | None = None) -> None:
    if json:
        shown = {} if introduction is None else {"introduction": str(introduction)}
        emit({"deposit": made.number, "amount": str(made.amount), "gas": made.gas, **shown})
    else:
        console.print(f"Deposit {made.number} of {text_of_cash(made.amount)} USDC {what} with one of the next batches.")
        if introduction is not None:
            console.print(
                f"The operator must learn the keys first: hand over {escape(str(introduction))}, to nobody else, for "
                "`zkclear submit`. A deposit whose keys nobody told is rejected, and can be fetched back."
            )
        console.print("Next: zkclear trader deposits")


def _tell_request(state: RequestState, json: bool, fee: int | None = None) -> None:
    if json:
        shown = {**asdict(state), "queue": state.queue.name.lower(), "asked": str(state.asked)}
        shown["paid"] = None if state.paid is None else str(state.paid)
        emit(shown if fee is None else {**shown, "fee_wei": str(fee)})
        return
    name = f"{state.queue.name} request {state.number} of account {state.index}"
    if state.answer is Answer.SERVED:
        console.print(f"{name} was served: {text_of_cash(state.paid or 0)} USDC are credited at the vault.")
    elif state.answer is Answer.OVERDUE:
        console.print(f"{name} is overdue: anybody may freeze the system now.")
    else:
        console.print(f"{name} waits behind {state.ahead} others; it must be served within {state.overdue_in} seconds.")
