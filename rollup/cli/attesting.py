"""What `zkclear attest …` does; apart from the command because web3 takes longer to load than all the rest."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, replace
from pathlib import Path

from eth_account import Account as Signer
from rich.markup import escape

from prover.files import write_atomically
from rollup.chain.abi import Account, NodeAccount, Sender, address
from rollup.chain.bindings import System
from rollup.chain.deploy import connect
from rollup.chain.plan import LOCAL_CHAINS
from rollup.chain.record import Record
from rollup.cli.output import console, emit, progress
from rollup.compliance.bundle import Bundle, Place
from rollup.compliance.errors import NotAttestable, UnwrittenBundle
from rollup.compliance.posting import PROOFS_AT_ONCE, check_attestable, place_of, post
from rollup.compliance.solvency import Prover, bundle_of, check_books, key_points, prove_scan, prover_of
from rollup.ledger.store import Store
from rollup.node.house import Places
from rollup.spec.hashes import R
from rollup.spec.solvency import scan_length
from rollup.spec.state import State
from rollup.spec.table import RiskTable

__all__ = ["Settled", "attest_solvency", "load_settled", "run"]


KEY_VARIABLE = "ZKCLEAR_OPERATOR_KEY"
"""Environment variable with the key that posts: arguments can be read by everybody on the machine."""


@dataclass(frozen=True)
class Settled:
    """What a node knows of its last settled batch, and of where it was settled."""

    state: State
    table: RiskTable
    """The last one of the batch."""
    place: Place
    batch: int
    directory: Path
    """Where proven parts of scans are kept."""
    system: System | None = None
    sender: Sender | None = None
    first_block: int = 0
    """From here on the system has logs."""


def load_settled(data: Path, rpc: str | None) -> Settled:
    """The last settled state in a node's data directory."""
    places = Places(data)
    if not places.store.is_file() or not places.record.is_file():
        raise NotAttestable(f"{data} is no directory of a node that has settled anything; name one with --data")
    record = Record.read(places.record)
    store = Store(places.store)
    try:
        found = store.settled_books()
    finally:
        store.close()
    if found is None:
        raise NotAttestable(f"the node of {data} has settled no batch yet; attest after the first one")
    number, state, table = found
    place = Place(record.chain, int(record.parts.clearing, 16))
    system = System.at(connect(rpc), record.parts) if rpc else None
    sender = _sender(system) if system else None
    return Settled(state, table, place, number, data / "scans", system, sender, record.first_block)


def _sender(system: System) -> Sender | None:
    """Anybody may post an attestation: whose key is in the environment, or on a local chain the node's own account."""
    secret = os.environ.get(KEY_VARIABLE)
    if secret:
        return Account(Signer.from_key(secret))
    chain = system.clearing.chain
    mine = list(chain.eth.accounts) if chain.eth.chain_id in LOCAL_CHAINS else []
    return NodeAccount(address(mine[0])) if mine else None


def run(settled: Settled, out: Path, *, keys: Path | None, open_custody: bool, send: bool, json_wanted: bool) -> None:
    """Attest, write, and say what was done."""
    if send and (settled.system is None or settled.sender is None):
        raise NotAttestable("there is no chain or no key to post with; start the chain, or attest with --no-post")
    bundle = attest_solvency(
        settled.state,
        settled.table,
        settled.system,
        settled.sender if send else None,
        settled.directory,
        out,
        place=settled.place,
        batch=settled.batch,
        keys=keys,
        open_custody=open_custody,
        first_block=settled.first_block,
    )
    posted = bundle.posted
    if json_wanted:
        emit(
            {
                "bundle": str(out),
                "state_root": f"{bundle.state_root:#066x}",
                "risk_root": f"{bundle.table.root:#066x}",
                "batch": bundle.batch,
                "accounts": bundle.result.accounts,
                "proofs": len(bundle.parts),
                "posted": posted and {"transaction": posted.transaction, "block": posted.block},
            }
        )
        return
    told = f"posted in block {posted.block} by {posted.transaction}" if posted else "not posted"
    console.print(
        f"Solvent: {bundle.result.accounts} accounts after batch {bundle.batch}, {len(bundle.parts)} proofs, {told}."
    )
    console.print(f"Written: {escape(str(out))}. Next: zkclear verify {escape(str(out))} --deployment FILE")


def attest_solvency(
    state: State,
    table: RiskTable,
    system: System | None,
    sender: Sender | None,
    directory: Path,
    out: Path,
    *,
    place: Place | None = None,
    batch: int | None = None,
    prover: Prover | None = None,
    keys: Path | None = None,
    open_custody: bool = False,
    at_once: int = PROOFS_AT_ONCE,
    first_block: int = 0,
) -> Bundle:
    """
    Prove the scan, write the bundle, post it, and write the bundle with the transaction.

    With a system, what L1 would refuse is refused first; without one, `place` and `batch` say what is attested. Without
    a sender nothing is posted.
    """
    if not out.parent.is_dir():
        raise NotAttestable(f"{out.parent} is no directory; make it, or name another file with --out")
    if system is None and (place is None or batch is None):
        raise NotAttestable("without a chain nobody knows which system and batch is attested; start the chain")
    check_books(state, table)
    prover = prover or prover_of(state.profile, keys)
    if system is not None:
        batch = check_attestable(system, state, table, key_points(prover.key.verification_key))
        place = place_of(system)
    assert place is not None and batch is not None
    with progress("proving solvency", scan_length(state)) as (bar, task):
        proven = prove_scan(
            state,
            table,
            prover,
            directory,
            lambda: 1 + secrets.randbelow(R - 1),
            lambda: bar.advance(task),
            lambda text: bar.console.print(escape(text)),
        )
    bundle = bundle_of(proven, place, batch, open_custody=open_custody)
    # Before it is posted: whatever becomes of the chain, what was proven is there.
    _write(bundle, out)
    if system is not None and sender is not None:
        with progress("posting", len(proven.proofs)) as (bar, task):
            posted = post(
                system, proven, sender, at_once=at_once, first_block=first_block, advance=lambda: bar.advance(task)
            )
        bundle = replace(bundle, posted=posted)
        _write(bundle, out)
    return bundle


def _write(bundle: Bundle, out: Path) -> None:
    try:
        write_atomically(out, bundle.encoded())
    except OSError as error:
        raise UnwrittenBundle(out, error.strerror or str(error)) from error
