"""What `rollup.cli.operator` does; apart from the commands because web3 takes longer to load than all the rest."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import typer
from rich.markup import escape
from rich.table import Table

from rollup.chain.errors import ChainUnreachable
from rollup.chain.record import Record
from rollup.cli.output import console, emit, progress
from rollup.client import requests
from rollup.exchange.events import Event, Refused
from rollup.exchange.exchange import explain
from rollup.ledger.errors import NotAuthorised
from rollup.ledger.store import Kept
from rollup.node import backup, inspect, offline
from rollup.node.config import Config
from rollup.node.house import Places
from rollup.node.keeping import NotWritten

__all__ = ["back_up", "restore", "show_batches", "show_status", "submit"]

UNKNOWN = "not known"


def show_status(data: Path | None, rpc: str | None, record: Path | None, json_wanted: bool) -> None:
    """Everything that can be told without the node."""
    directory = _directory(data)
    seen = inspect.status(directory)
    asked, l1 = "not asked", None
    if rpc is not None:
        try:
            l1 = inspect.ask_chain(rpc, _record(directory, record))
            asked = "answered"
        except ChainUnreachable as error:
            asked = str(error)
    if json_wanted:
        last = seen.last_settled and _batch_document(seen.last_settled)
        shown = {**asdict(seen), "directory": str(directory), "last_settled": last}
        emit({**shown, "l1": l1 and asdict(l1), "l1_asked": asked})
        return
    rows = list(_status_rows(seen))
    if l1 is None:
        rows.append(("L1", f"{asked}; --rpc URL asks how many batches it has, and what waits in its queues"))
    else:
        rows += _l1_rows(seen, l1)
    _show(rows)


def show_batches(data: Path | None, last: int, json_wanted: bool) -> None:
    """The newest batches, the last one last."""
    directory = _directory(data)
    found = inspect.kept_batches(directory)
    shown = found[-last:]
    if json_wanted:
        emit({"batches": [_batch_document(one) for one in shown], "earlier": len(found) - len(shown)})
        return
    if not shown:
        console.print(f"{directory} has no sealed batch yet.")
        return
    table = Table("batch", "sealed", "steps", "touches", "proven", "settled", "gas", "bytes", box=None)
    newest = max((one.number for one in found if one.settled is not None), default=0)
    for one in shown:
        unnoted = "yes" if one.number < newest else "no"  # a node was killed before it wrote down where
        settled = f"block {one.block}" if one.settled is not None else unnoted
        table.add_row(
            str(one.number),
            _when(one.sealed),
            _steps(one.kinds),
            str(one.touches),
            f"{one.proofs}/{len(one.kinds)}",
            settled,
            _count(one.gas),
            _count(one.bytes),
        )
    console.print(table)


def back_up(data: Path | None, to: Path, with_secret: bool, json_wanted: bool) -> None:
    """Write a backup, and say what is in it."""
    places = Places(_directory(data))
    extras = backup.Extras()
    if with_secret:
        record = Record.read(places.record).document() if places.record.is_file() else None
        extras = backup.Extras(_secret(places.secret), record)
    with _counted("writing") as advance:
        head = backup.back_up(places.journal, to, int(time.time()), version("zkclear"), extras, advance)
    if json_wanted:
        emit({"file": str(to), "bytes": to.stat().st_size, **_head_document(head)})
        return
    _show([("written", f"{to}, {_size(to.stat().st_size)}, readable by you alone"), *_head_rows(head)])
    if with_secret:
        console.print("It holds the operator's secret: whoever reads it can open what later batches hide.")


def restore(file: Path, data: Path | None, json_wanted: bool) -> None:
    """Put a backup in place, and say what to do next."""
    places = Places(_directory(data))
    with _counted("checking") as advance:
        head = backup.restore(file, places.directory, advance)
    if json_wanted:
        emit({"journal": str(places.journal), **_head_document(head)})
        return
    _show([("restored", str(places.journal)), *_head_rows(head)])
    if head.extras.secret is None and not places.secret.exists():
        console.print("No secret came with it: the node makes a new one, and nothing is lost by that.")
    if not places.record.exists():
        console.print(f"No deployment record came with it: put it at {places.record}.")
    console.print(
        "Next: start the node. It asks L1 how far it is; if L1 has batches that this backup lacks, the node stops and "
        "says so, and a newer backup is needed. Orders and withdrawals that came after the backup are to be sent anew."
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one file."""

    file: str
    kind: str
    account: int | None
    taken: bool
    said: str


def submit(files: Sequence[Path], data: Path | None, record: Path | None, json_wanted: bool) -> None:
    """Take requests in their order; exit code 1 when one was refused."""
    directory = _directory(data)
    read_record = _record(directory, record)
    signed = [(path, requests.read(path, read_record.domain)) for path in files]
    answers = []
    with _counted("reading the journal") as advance, offline.opened(directory, read_record, advance) as intake:
        for path, request in signed:
            try:
                taken, said = _answer(offline.take(intake, request))
            except NotAuthorised as error:
                taken, said = False, str(error)
            answers.append(Answer(str(path), requests.kind_of(request), requests.account_of(request), taken, said))
    if json_wanted:
        emit({"answers": [asdict(answer) for answer in answers]})
    else:
        for answer in answers:
            verdict = "[green]taken[/]" if answer.taken else "[bold red]refused[/]"
            whose = "" if answer.account is None else f" of account {answer.account}"
            head = f"{verdict} {escape(answer.file)}: {answer.kind}{whose}: "
            console.print(head + escape(answer.said))
    if not all(answer.taken for answer in answers):
        raise typer.Exit(1)


def _answer(events: Sequence[Event]) -> tuple[bool, str]:
    """Whether a request was taken, and the exchange's words."""
    for event in events:
        if isinstance(event, Refused):
            return False, explain(event.code)
    return True, ", ".join(type(event).__name__ for event in events) or "done"


# -- where things are


def _directory(data: Path | None) -> Path:
    return data if data is not None else Config.load(None, os.environ).directory


def _record(directory: Path, named: Path | None) -> Record:
    """The record that was named, or stands in the directory, or the configuration's."""
    if named is None and not Places(directory).record.is_file():
        named = Config.load(None, os.environ).record
    return Record.read(named or Places(directory).record)


def _secret(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotWritten(path, f"{error.strerror}: there is no secret to put into the backup") from error


# -- how things are shown


def _status_rows(seen: inspect.Status) -> Iterator[tuple[str, str]]:
    yield "directory", str(seen.directory)
    yield "node", "running: it holds the journal" if seen.running else "not running"
    lines = f"{seen.lines}" if seen.lines is not None else f"{UNKNOWN} while the node runs; {seen.sealed_line} or more"
    yield "lines", lines
    yield "sequenced", f"{seen.sequenced} batches"
    yield "proven", f"{seen.proven}"
    yield "settled", f"{seen.settled}, as far as the node noted"
    proof, batch, disk = seen.last_proof, seen.last_settled, seen.disk
    if proof is not None:
        told = f"batch {proof.batch}, step {proof.step} ({proof.circuit}), {_when(proof.made)}, {proof.seconds:.1f} s"
        yield "last proof", told
    if batch is not None and batch.settled is not None:
        yield "last settled", f"batch {batch.number}, {_when(batch.settled)}, {_count(batch.gas)} gas"
    yield "disk", f"journal {_size(disk.journal)}, store {_size(disk.store)}, {_size(disk.free)} free"
    left = UNKNOWN + " yet: too little was sealed" if disk.days_left is None else f"{disk.days_left} days, as it grew"
    yield "disk lasts", left


def _l1_rows(seen: inspect.Status, l1: inspect.OnL1) -> Iterator[tuple[str, str]]:
    yield "L1", f"{l1.batches} batches"
    yield "L1's queues", f"{l1.deposits} deposits, {l1.payments} PAY, {l1.closes} CLOSE wait for a batch"
    if l1.overdue:
        yield "[bold red]overdue[/]", "a forced request waits past its deadline, and anybody may freeze the system"
    if l1.batches > seen.sequenced:
        yield "[bold red]behind L1[/]", "L1 has batches that this directory does not know: restore a newer backup"


def _head_rows(head: backup.Head) -> Iterator[tuple[str, str]]:
    yield "lines", f"{head.lines}"
    yield "chain hash", head.chain.hex()
    yield "genesis", head.genesis_hash.hex()
    yield "made", f"{_when(head.time)}, by version {head.program}"
    yield "secret", "in it" if head.extras.secret is not None else "not in it"


def _head_document(head: backup.Head) -> dict[str, Any]:
    return {
        "lines": head.lines,
        "chain": head.chain.hex(),
        "genesis": head.genesis_hash.hex(),
        "time": head.time,
        "program": head.program,
        "with_secret": head.extras.secret is not None,
        "with_record": head.extras.record is not None,
    }


def _batch_document(one: Kept) -> dict[str, Any]:
    settled = None
    if one.settled is not None:
        names = ("settled", "transaction", "block", "gas", "bytes")
        settled = {name if name != "settled" else "time": getattr(one, name) for name in names}
    return {
        "number": one.number,
        "line": one.line,
        "root": f"{one.root:#066x}",
        "sealed": one.sealed,
        "steps": dict(Counter(one.kinds)),
        "touches": one.touches,
        "proofs": one.proofs,
        "proven": one.proofs >= len(one.kinds) or settled is not None,
        "settled": settled,
    }


def _steps(kinds: Sequence[str]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in Counter(kinds).items())


def _show(rows: Sequence[tuple[str, str]]) -> None:
    table = Table(box=None, show_header=False)
    for name, value in rows:
        table.add_row(name, escape(value))
    console.print(table)


def _when(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _size(count: int) -> str:
    """Bytes as people say them."""
    for unit in ("bytes", "kB", "MB"):
        if count < 1_000:
            return f"{count} {unit}"
        count //= 1_000
    return f"{count:,} GB"


def _count(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


@contextmanager
def _counted(label: str) -> Iterator[backup.Advance]:
    """A bar of which the total is known with the first line."""
    with progress(label, 0) as (bar, task):
        yield lambda done, of: bar.update(task, completed=done, total=of)
