"""
The oracle committee's tables on L1, and the instruments that their slots hold.

Anyone posts a table that the committee signed. Before a freeze epochs only go forward; after one, until claims open,
older tables may come too, for escape prices are those soonest after the last batch, and nobody but the committee is
trusted to have them. L1 reads the marks for what it can check alone: that a listing has terms and keeps them, that a
settled value stays, and that a slot gets a new instrument only after a scan has shown the old one held by nobody.

Between two tables that L1 sees there may be others that it does not, so a status may make several moves at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rollup.spec.data import encode
from rollup.spec.errors import OutOfRange
from rollup.spec.hashes import R, keccak
from rollup.spec.settlement.calls import Call, Digest, Epoch
from rollup.spec.settlement.records import PostedTable
from rollup.spec.settlement.rules import require
from rollup.spec.settlement.settings import Deployment
from rollup.spec.settlement.storage import Storage
from rollup.spec.settlement.vault import not_frozen
from rollup.spec.shared import Status
from rollup.spec.table import CASH_MARK, Mark
from rollup.spec.types import Time

__all__ = [
    "SignedTable",
    "claims_open_at",
    "list_instrument",
    "listing_digest",
    "post_if_new",
    "post_table",
    "table_digest",
]

_DOMAIN_TYPE = b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
_TABLE_TYPE = b"RiskTable(uint256 epoch,uint256 time,uint256 riskRoot,bool anyActive,bytes32 data)"
_LISTING_TYPE = b"Listing(uint256 slot,uint256 listing,bytes32 terms)"


@dataclass(frozen=True, slots=True)
class SignedTable:
    """A table and signatures of committee members, by ascending address."""

    table: PostedTable
    signatures: tuple[object, ...]


def table_digest(deployment: Deployment, table: PostedTable) -> bytes:
    """What committee members sign: EIP-712, bound to this chain and contract and to all data posted."""
    data = keccak(encode([*table.marks, table.stress_root]) + keccak(table.inputs))
    words = [table.epoch, table.time, table.risk_root, int(table.any_active)]
    return _digest(deployment, _TABLE_TYPE, encode(words) + data)


def listing_digest(deployment: Deployment, slot: int, listing: int, terms: Digest) -> bytes:
    """What committee members sign to list an instrument."""
    return _digest(deployment, _LISTING_TYPE, encode([slot, listing, terms]))


def claims_open_at(storage: Storage) -> Time | None:
    """When escape claims open, once frozen."""
    return None if storage.frozen_at is None else storage.frozen_at + storage.settings.claim_delay


def list_instrument(
    storage: Storage, call: Call, slot: int, listing: int, terms: Digest, signatures: Sequence[object]
) -> None:
    """Hash the terms of a slot's next listing, signed by the committee; they never change."""
    not_frozen(storage)
    require(0 < slot < storage.deployment.profile.slots, "L1-37", "lists in a slot that holds no instrument", slot)
    following = storage.newest_listing.get(slot, 0) + 1
    require(listing == following, "L1-42", f"is not the slot's next listing, {following}", listing)
    check_signatures(storage, listing_digest(storage.deployment, slot, listing, terms), signatures)
    storage.terms[slot, listing] = terms
    storage.newest_listing[slot] = listing


def post_table(storage: Storage, call: Call, signed: SignedTable) -> None:
    """Anyone makes a signed table usable: by steps before a freeze, for escape prices also after it."""
    table = signed.table
    opens = claims_open_at(storage)
    require(opens is None or call.time < opens, "L1-36", "comes after claims have opened", opens)
    require(table.time <= call.time, "L1-35", "is of a time to come", table.time)
    require(0 < table.risk_root < R, "L1-4", "has a risk root that is 0 or no field element", table.risk_root)
    fresh = table.epoch not in storage.tables and table.risk_root not in storage.epochs
    require(fresh, "L1-41", "has an epoch or risk root that is posted", table.epoch)
    require(table.epoch > 0, "L1-34", "has epoch 0, which stands for none", table.epoch)
    newest = storage.tables.get(storage.newest_epoch) if storage.newest_epoch is not None else None
    if opens is None and newest is not None:
        forward = table.epoch > newest.epoch and table.time > newest.time
        require(forward, "L1-34", "is older than the newest posted", (table.epoch, table.time))
    marks = _read(storage, table)
    active = any(mark.status == Status.ACTIVE for mark in marks[1:])
    require(table.any_active == active, "L1-43", "says of active slots what its marks do not", table.any_active)
    check_signatures(storage, table_digest(storage.deployment, table), signed.signatures)
    reference = storage.used_epoch if opens is not None else storage.newest_epoch
    _check_moves(storage, storage.tables[reference] if reference is not None else None, table, marks)
    storage.tables[table.epoch] = table
    storage.epochs[table.risk_root] = table.epoch
    for slot, mark in enumerate(marks):
        if mark.status == Status.SETTLED:
            storage.settled.setdefault((slot, mark.listing), table.marks[slot])
    if opens is None:
        storage.newest_epoch = table.epoch
    _consider_for_escape(storage, table)


def post_if_new(storage: Storage, call: Call, signed: SignedTable) -> None:
    """
    Post a table of a batch, unless its epoch is posted with this root: else whoever posts it first kills the batch.

    The rest of it is not looked at then: the committee's table of that epoch and root is on L1 already.
    """
    posted = storage.tables.get(signed.table.epoch)
    if posted is None or posted.risk_root != signed.table.risk_root:
        post_table(storage, call, signed)


def check_signatures(storage: Storage, digest: bytes, signatures: Sequence[object]) -> None:
    """At least M members of the committee, strictly ascending, so that nobody counts twice."""
    committee = storage.committee
    require(len(signatures) >= committee.threshold, "L1-30", "has too few signatures", len(signatures))
    signers = [storage.deployment.precompiles.recover(digest, signature) for signature in signatures]
    ascending = all(one < other for one, other in pairwise(signers))
    require(ascending, "L1-31", "has signers that do not ascend", signers)
    for signer in signers:
        require(signer in committee.members, "L1-32", "is signed by somebody else, or for another system", signer)


def _read(storage: Storage, table: PostedTable) -> list[Mark]:
    slots = storage.deployment.profile.slots
    require(len(table.marks) == slots, "L1-33", "has another number of marks than slots", len(table.marks))
    try:
        marks = [Mark.of_word(word) for word in table.marks]
    except (OutOfRange, ValueError):
        marks = []
    require(bool(marks) and marks[0] == CASH_MARK, "L1-33", "has marks that cannot be read, or no cash", table.marks)
    return marks


def _check_moves(storage: Storage, reference: PostedTable | None, table: PostedTable, marks: list[Mark]) -> None:
    """
    Each slot against an earlier table: the newest, or after a freeze that of the last batch.

    A settled value is compared with the one value that it ever had: after a freeze the table that posted it may be
    another than that of the last batch.
    """
    for slot, mark in enumerate(marks[1:], start=1):
        before = Mark.of_word(reference.marks[slot]) if reference is not None else Mark()
        known = mark.status == Status.EMPTY or (slot, mark.listing) in storage.terms
        require(known, "L1-37", "holds a listing without terms", (slot, mark.listing))
        if mark.status == Status.SETTLED:
            final = storage.settled.get((slot, mark.listing), table.marks[slot])
            require(table.marks[slot] == final, "L1-39", "changes a settled value", (slot, mark))
            if (before.listing, before.status) == (mark.listing, Status.SETTLED):
                continue
        if before.status == Status.SETTLED:
            shown = (slot, before.listing) in storage.shown_empty
            require(shown, "L1-40", "recycles a slot that no scan has shown empty", (slot, before.listing))
        require(_follows(before, mark), "L1-38", "moves a slot where it cannot go", (slot, before, mark))


def _follows(before: Mark, mark: Mark) -> bool:
    """Whether statuses and listings may follow each other, with any number of unseen tables between."""
    if before.status in (Status.EMPTY, Status.SETTLED):
        # An empty slot keeps its number, the next instrument takes the next.
        return mark.listing == before.listing + (mark.status != Status.EMPTY)
    return mark.listing == before.listing and mark.status != Status.EMPTY


def _consider_for_escape(storage: Storage, table: PostedTable) -> None:
    """Keep the table with the smallest time among those late enough after the last batch."""
    if table.time < storage.batch_time + storage.settings.escape_price_delay:
        return
    best: Epoch | None = storage.escape_epoch
    if best is None or table.time < storage.tables[best].time:
        storage.escape_epoch = table.epoch


def _digest(deployment: Deployment, struct: bytes, members: bytes) -> bytes:
    name, version = keccak(b"zkclear"), keccak(str(deployment.version).encode())
    place = encode([deployment.chain_id, deployment.contract])
    separator = keccak(keccak(_DOMAIN_TYPE) + name + version + place)
    return keccak(b"\x19\x01" + separator + keccak(keccak(struct) + members))
