"""
Somebody who leaves alone: from keys and what L1 has, to claims.

    leaver = Leaver(world, 2)                 # account 2's wallet, with words, salts, tables, and nothing of the state
    leaver.withdrawal(0)                      # its first note, in the public form
    leaver.withdrawal(0, {2, 3}, context=7)   # in the private form
    leaver.escape()

`escape_of` is for accounts that were put into the state by hand, of which L1 has no words; `note_by_hand` and
`account_by_hand` make claims in trees of nothing else, for values that no step would lead to soon.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from support.propagation import Wires
from support.spec_builders import World
from support.spec_chain import Chain, rebuilt
from support.spec_values import DOMAIN, TINY, element
from support.step_witness import StepCircuit

from prover.backends import Proved, backend
from prover.reference.field import R
from prover.setup.dev import ProvingKey, dev_key
from prover.witness import Inputs, Witness
from rollup.spec.account import Account
from rollup.spec.claims import EscapeClaim, OpenedState, OpenedTable, WithdrawClaim, association_leaf, association_tree
from rollup.spec.data import decrypt, seal
from rollup.spec.hashes import new_tree
from rollup.spec.notes import note_secrets
from rollup.spec.recovery import read_words
from rollup.spec.shared import Header, Profile, StepKind
from rollup.spec.step import kind_of
from rollup.spec.table import RiskTable
from rollup.spec.words import unpack
from rollup.witness.escape import escape_inputs
from rollup.witness.withdraw import withdraw_inputs

__all__ = [
    "CONTEXT",
    "FoundNote",
    "Leaver",
    "account_by_hand",
    "check",
    "escape_of",
    "inputs_of",
    "mentioned",
    "note_by_hand",
    "proven",
    "public_wires",
    "refused_inputs",
]

CONTEXT = 0xC0
"""Any field element: recipient, relayer and fee, hashed."""


@dataclass(frozen=True)
class FoundNote:
    """A note as its maker finds it again."""

    place: int
    amount: int
    owner_nonce: int
    """Number of the operation that made it: its secrets follow."""


class Leaver:
    """The wallet of one trader, and a copy of L1."""

    def __init__(self, world: World, index: int) -> None:
        self.world, self.index = world, index

    @cached_property
    def chain(self) -> Chain:
        """Both trees and the custody commitment, from words alone."""
        return rebuilt(self.world.history, self.world.origins, self.world.profile)

    @property
    def state(self) -> OpenedState:
        chain = self.chain
        return OpenedState(chain.accounts.root, chain.notes.root, chain.note_count, chain.custody_commitment)

    @cached_property
    def account(self) -> Account:
        account = self.world.recovered(self.index)
        assert account is not None
        return account

    @cached_property
    def notes(self) -> list[FoundNote]:
        """The trader's notes in order: amount and number stand encrypted in the touch that made each."""
        found, place = [], 0
        origin = self.world.origins.get(self.index)
        nonce = 0 if origin is None else origin.nonce
        view_key = self.world.traders[self.index].owner.view_key
        for applied in self.world.history:
            kind = kind_of(applied.step.body)
            for seen in read_words(kind, applied.words, self.world.profile):
                is_note = kind is StepKind.FUNDS and unpack("header", seen.header)["kind"] == Header.NOTE
                if seen.index == self.index:
                    nonce += 1
                    if is_note:
                        sealed = seal(view_key, DOMAIN, self.index, nonce, applied.step.frame.salt, 2)
                        text = unpack("operation_text", decrypt(seen.ciphertexts[0], sealed.keystream[0]))
                        found.append(FoundNote(place, text["amount"], text["nonce"]))
                place += is_note
        return found

    def withdrawal(
        self, number: int = 0, vouched: Iterable[int] | None = None, context: int = CONTEXT
    ) -> WithdrawClaim:
        """A claim to one of the trader's notes; `vouched` are the accounts of an association set."""
        found = self.notes[number]
        note_key = self.world.traders[self.index].note_key
        nullifier, secret = note_secrets(note_key, DOMAIN, self.index, found.owner_nonce)
        members = None if vouched is None else association_tree(self.world.profile, vouched)
        return WithdrawClaim(
            DOMAIN,
            self.state,
            found.amount,
            self.index,
            nullifier,
            secret,
            self.chain.notes.proof(found.place),
            None if members is None else members.proof(self.index),
            context,
        )

    def escape(self, table: RiskTable | None = None) -> EscapeClaim:
        """A claim to what the account is worth, at the world's table if no other."""
        prices = OpenedTable.of(table or self.world.table)
        return EscapeClaim(DOMAIN, self.state, self.account, self.chain.accounts.proof(self.index), prices)


def escape_of(world: World, index: int, table: RiskTable | None = None) -> EscapeClaim:
    """The claim of an account as the state has it."""
    prices = OpenedTable.of(table or world.table)
    return EscapeClaim(DOMAIN, OpenedState.of(world.state), world.account(index), world.state.tree.proof(index), prices)


def note_by_hand(
    amount: int = 500,
    label: int = 2,
    place: int = 0,
    vouched_at: int | None = None,
    secrets: tuple[int, int] = (11, 12),
    bound: tuple[int, int] = (DOMAIN, CONTEXT),
    profile: Profile = TINY,
) -> WithdrawClaim:
    """A claim to a note at a place, beside some others; in the private form its account stands at `vouched_at`."""
    notes, members = new_tree(profile.note_depth), new_tree(profile.account_depth)
    around = {other: element("note", other) for other in (place ^ 1, place ^ 9, 0)}
    members.update({(vouched_at or 0) ^ 2: association_leaf(7)})
    if vouched_at is not None:
        members.update({vouched_at: association_leaf(label)})
    empty = notes.proof(place)
    state = OpenedState(element("accounts"), notes.root, place + 1, element("custody"))
    claim = WithdrawClaim(bound[0], state, amount, label, *secrets, empty, None, bound[1])
    notes.update({**around, place: claim.note})
    return replace(
        claim,
        state=replace(state, notes_root=notes.root),
        path=notes.proof(place),
        association=None if vouched_at is None else members.proof(vouched_at),
    )


def account_by_hand(
    account: Account, index: int, table: RiskTable, domain: int = DOMAIN, profile: Profile = TINY
) -> EscapeClaim:
    """The claim of an account at an index, beside some others."""
    tree = new_tree(profile.account_depth)
    tree.update({**{other: element("leaf", other) for other in (index ^ 1, index ^ 9, 0)}, index: account.leaf})
    state = OpenedState(tree.root, element("notes"), 3, element("custody"))
    return EscapeClaim(domain, state, account, tree.proof(index), OpenedTable.of(table))


def inputs_of(claim: EscapeClaim | WithdrawClaim) -> Inputs:
    """Inputs of the circuit that such a claim is for, in the tiny profile."""
    return escape_inputs(claim, TINY) if isinstance(claim, EscapeClaim) else withdraw_inputs(claim, TINY)


def check(circuit: StepCircuit, claim: EscapeClaim | WithdrawClaim) -> dict[str, int]:
    """What the law accepts has a witness with the law's public inputs, which are returned."""
    made = circuit.witness(inputs_of(claim))
    shown = claim.public_inputs(TINY)
    assert public_wires(made, len(circuit.compiled.circuit.public)) == list(shown.values())
    return shown


def public_wires(made: Witness, count: int) -> list[int]:
    """The public inputs of a witness, in order."""
    return [made[wire] for wire in range(1, 1 + count)]


def mentioned(wires: Wires, wire: int) -> list[set[int]]:
    """The wires of each constraint that mentions this one."""
    return [
        {other for row in wires.system.constraints[number] for other in row} - {0}
        for number in wires.constraints_with(wire)
    ]


def proven(circuit: StepCircuit, inputs: Inputs) -> tuple[ProvingKey, Proved]:
    """A native proof under a development key."""
    key = dev_key(circuit.compiled)
    return key, backend("native").prove(key, circuit.witness(inputs))


def refused_inputs(key: ProvingKey, proved: Proved, names: Iterable[str]) -> Iterator[str]:
    """Those public inputs which the proof does not show once they are changed; the proof itself must verify."""
    import zkclear_native

    def shows(public: Mapping[int, int]) -> bool:
        values = json.dumps([str(public.get(place, value)) for place, value in enumerate(proved.public)])
        return zkclear_native.groth16_verify(key.verification.read_text(), json.dumps(proved.proof), values)

    assert shows({})
    for place, name in enumerate(names):
        others = {value % R for value in (proved.public[place] + 1, 0, -1)} - {proved.public[place]}
        if not any(shows({place: value}) for value in others):
            yield name
