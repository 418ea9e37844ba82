"""What the commands for leaving do: read L1 or a file of it, recover, prove, write or send, and tell people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.table import Table

from rollup.chain.abi import Transaction, address
from rollup.chain.bindings.verifiers import ProofKind
from rollup.chain.deploy import answering
from rollup.cli.output import console, emit
from rollup.cli.trader_context import sender_at
from rollup.cli.trader_source import Source, opened
from rollup.client.amounts import address_of, cash_of, text_of_cash
from rollup.client.claims import (
    BadClaim,
    ProvenClaim,
    claim_key,
    pay_claim,
    pay_note,
    prices_are_final,
    prove_escape,
    prove_note,
    pull,
)
from rollup.client.errors import BadNumber
from rollup.client.leaving import Leaving, withdrawals
from rollup.client.notes import AssociationSet, notes_of, unspent
from rollup.client.recover import TouchSummary

__all__ = ["claim", "escape", "export", "pay", "pull_all", "send", "show_history", "show_recovered", "states"]


def show_recovered(source: Source, wallet_file: Path, index: int | None, sender: str | None, json_wanted: bool) -> None:
    """The account as it stands, checked touch by touch."""
    found = opened(source, wallet_file, index, sender)
    recovered, last = found.recovered, found.recovered.touches[-1]
    left = unspent(recovered, found.keys.note_key)
    history = recovered.history
    if json_wanted:
        emit(
            {
                "account": recovered.index,
                "l1_owner": address(recovered.account.owner.l1_owner),
                "leaf": hex(recovered.account.leaf),
                "root": hex(history.latest_root),
                "block": history.until.number,
                "touches": len(recovered.touches),
                "cash": text_of_cash(last.cash),
                "equity": text_of_cash(last.equity),
                "positions": {str(slot): lots for slot, lots in last.positions.items()},
                "unspent_notes": [text_of_cash(note.amount) for note in left],
                "owner_nonce": recovered.account.owner_nonce,
                "generation": found.wallet.progress.generation,
                "frozen_at": history.frozen_at,
            }
        )
        return
    console.print(
        f"Account {recovered.index}: {len(recovered.touches)} touches decrypted, each leads to its leaf on L1."
    )
    console.print(f"Cash {text_of_cash(last.cash)} USDC; worth {text_of_cash(last.equity)} USDC at its last touch.")
    for slot, lots in last.positions.items():
        console.print(f"Slot {slot}: {lots:+} lots")
    if left:
        console.print(f"Unspent notes: {', '.join(text_of_cash(note.amount) for note in left)} USDC")
    state = "runs" if history.frozen_at is None else f"was frozen at {_when(history.frozen_at)}"
    console.print(f"The system {state}; L1 was read up to block {history.until.number}.")


def show_history(source: Source, wallet_file: Path, index: int | None, sender: str | None, json_wanted: bool) -> None:
    """Every touch."""
    recovered = opened(source, wallet_file, index, sender).recovered
    if json_wanted:
        emit([_touch(one) for one in recovered.touches])
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("batch", "time", "what", "details", "cash", "worth"):
        table.add_column(heading, justify="right" if heading in ("batch", "cash", "worth") else "left")
    for one in recovered.touches:
        cash, equity = text_of_cash(one.cash), text_of_cash(one.equity)
        table.add_row(str(one.batch), _when(one.time), one.kind, _details(one), cash, equity)
    console.print(table)


def states(source: Source, wallet_file: Path, index: int | None, sender: str | None, json_wanted: bool) -> None:
    """Money on its way out."""
    found = opened(source, wallet_file, index, sender)
    listed = withdrawals(found.recovered, notes_of(found.recovered, found.keys.note_key))
    if json_wanted:
        emit([{**asdict(one), "amount": text_of_cash(one.amount)} for one in listed])
        return
    if not listed:
        console.print("Nothing has left this account, and nothing is about to.")
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("id", "state", "amount", "not before", "next"):
        table.add_column(heading, overflow="fold")
    for one in listed:
        table.add_row(*_row(one))
    console.print(table)


def claim(
    source: Source,
    wallet_file: Path,
    circuits: Path,
    number: int | None,
    *,
    to: str | None = None,
    association: Path | None = None,
    relayer: str | None = None,
    fee: str | None = None,
    out: Path | None,
    sender: str | None,
    json_wanted: bool,
) -> None:
    """Prove a claim to a note, the oldest one if none is named, and send it or write it."""
    found = opened(source, wallet_file, None, sender)
    left = unspent(found.recovered, found.keys.note_key)
    chosen = [one for one in left if number in (None, one.owner_nonce)]
    if not chosen:
        which = "no unspent note" if number is None else f"no unspent note of operation {number}"
        raise BadClaim(f"account {found.recovered.index} has {which}; `zkclear trader withdrawals` lists all")
    key = claim_key(circuits, ProofKind.WITHDRAW, found.recovered.history, source.system)
    with console.status("") as status:
        made = prove_note(
            found.recovered,
            chosen[0],
            key,
            recipient=None if to is None else address(address_of(to)),
            association=None if association is None else AssociationSet.read(association),
            relayer=address(0 if relayer is None else address_of(relayer)),
            fee=0 if fee is None else cash_of(fee, "fee"),
            on_stage=status.update,
        )
    _deliver(
        source,
        made,
        out,
        sender,
        json_wanted,
        {"note": chosen[0].owner_nonce, "amount": text_of_cash(chosen[0].amount)},
    )


def escape(
    source: Source, wallet_file: Path, circuits: Path, *, out: Path | None, sender: str | None, json_wanted: bool
) -> None:
    """Prove what the account is worth after a freeze, and send it or write it."""
    found = opened(source, wallet_file, None, sender)
    history = found.recovered.history
    key = claim_key(circuits, ProofKind.ESCAPE, history, source.system)
    with console.status("") as status:
        made = prove_escape(found.recovered, key, on_stage=status.update)
    assert history.window is not None
    if not prices_are_final(history):
        console.print(
            f"[yellow]Claims open at {_when(history.window[0])}.[/] Until then a table may change the prices, and this "
            "claim would have to be proven again."
        )
    claimed = int(made.document()["said"]["claim"], 16)
    _deliver(
        source, made, out, sender, json_wanted, {"account": found.recovered.index, "amount": text_of_cash(claimed)}
    )


def send(source: Source, file: Path, sender: str | None, json_wanted: bool) -> None:
    """Send a claim that somebody proved."""
    made = ProvenClaim.read(file)
    _send(source, made.transaction(source.needed()), sender, json_wanted, {"claim": made.name})


def pull_all(source: Source, to: str | None, sender: str | None, json_wanted: bool) -> None:
    """Fetch what L1 owes the sender."""
    system, who = source.needed(), sender_at(source.needed().clearing.chain, sender)
    owed = system.vault.credits(who.address)
    where = who.address if to is None else address(address_of(to))
    _send(source, pull(system, where), sender, json_wanted, {"amount": text_of_cash(owed), "to": where})


def freeze(source: Source, sender: str | None, json_wanted: bool) -> None:
    """End trading for good, if L1 finds that it is time."""
    system = source.needed()
    _send(source, system.attestations.freeze(), sender, json_wanted, {"frozen": True})


def pay(source: Source, what: str, number: int, sender: str | None, json_wanted: bool) -> None:
    """Pay out a claim after the window."""
    system = source.needed()
    if what not in ("note", "account"):
        raise BadNumber("claim", what, "is neither `note` nor `account`")
    transaction = pay_note(system, number) if what == "note" else pay_claim(system, number)
    _send(source, transaction, sender, json_wanted, {what: number})


def export(source: Source, file: Path, json_wanted: bool) -> None:
    """Write L1's history to a file; one that is there already is continued."""
    source.needed()
    history = source.history
    history.write(file)
    if json_wanted:
        emit({"history": str(file), "batches": len(history.batches), "block": history.until.number})
        return
    console.print(
        f"Written: {file}, with {len(history.batches)} batches up to block {history.until.number}. It holds nothing "
        "secret; with it and a wallet an account is recovered without a node."
    )


def _deliver(
    source: Source,
    made: ProvenClaim,
    out: Path | None,
    sender: str | None,
    json_wanted: bool,
    about: Mapping[str, Any],
) -> None:
    """Send a claim where there is a node, or write it for anybody to send."""
    if out is None and source.system is not None:
        _send(source, made.transaction(source.system), sender, json_wanted, {"claim": made.name, **about})
        return
    file = out or Path(f"{made.name}-claim.json")
    made.write(file)
    if json_wanted:
        emit({"claim": made.name, "file": str(file), **about})
        return
    console.print(
        f"Written: {file}, a claim to {about['amount']} USDC. It holds no secret, and anybody may send it: "
        f"zkclear trader send-claim {file} --rpc URL"
    )


def _send(
    source: Source,
    transaction: Transaction[Any],
    sender: str | None,
    json_wanted: bool,
    about: Mapping[str, Any],
    usual: str | None = None,
) -> None:
    assert source.rpc is not None
    with answering(source.rpc):
        receipt = transaction.send(sender_at(transaction.chain, sender, usual))
    sent = {**about, "transaction": "0x" + bytes(receipt["transactionHash"]).hex(), "gas": receipt["gasUsed"]}
    if json_wanted:
        emit(sent)
        return
    told = ", ".join(f"{name} {value}" for name, value in about.items())
    console.print(f"Done: {told}. Transaction {sent['transaction']}, {receipt['gasUsed']:,} gas.")


def _touch(one: TouchSummary) -> dict[str, Any]:
    document = asdict(one)
    for name in ("cash", "equity", "amount", "settlement"):
        document[name] = text_of_cash(document[name])
    document["legs"] = [
        {**leg, "side": made.side.name, "cash": text_of_cash(made.cash), "fee": text_of_cash(made.fee)}
        for leg, made in zip(document["legs"], one.legs, strict=True)
    ]
    document["recipient"] = None if one.recipient is None else address(one.recipient)
    return document


def _details(one: TouchSummary) -> str:
    """What there is to say beside the kind."""
    said = [f"{text_of_cash(one.amount)} USDC"] if one.amount else []
    said += [
        f"{leg.side.name.lower()} {leg.quantity} of slot {leg.slot} for {text_of_cash(leg.cash)}, fee "
        f"{text_of_cash(leg.fee)}"
        for leg in one.legs
    ]
    said += [f"settled {text_of_cash(one.settlement)}"] if one.settlement else []
    said += [f"account {one.peer}"] if one.peer is not None else []
    said += [f"to {address(one.recipient)}"] if one.recipient is not None else []
    said += [f"order place {one.place}"] if one.place is not None else []
    return "; ".join(said)


def _row(one: Leaving) -> tuple[str, ...]:
    before = "" if one.not_before is None else _when(one.not_before)
    return one.id, one.state, f"{text_of_cash(one.amount)} USDC", before, one.next


def _when(time: int) -> str:
    return f"{datetime.fromtimestamp(time, UTC):%Y-%m-%d %H:%M:%S} UTC"
