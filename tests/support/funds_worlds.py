"""Worlds, steps and places of refusal that the tests of the funds circuit share."""

from __future__ import annotations

from typing import Any

from support.partial_law import law_without
from support.spec_builders import World, refused
from support.step_witness import StepCircuit, reduced, step_circuit
from support.step_worlds import RICH, board

from prover.witness import Witness
from rollup.spec.funds import Deposit, Funding
from rollup.spec.step import Applied
from rollup.witness.funds import funds_inputs

__all__ = ["AT", "RICH", "accept", "board", "fees_owed", "funds", "refuse", "refuse_step", "rich_step", "trimmed"]

AT = {
    "state before": ("Funds", "stateBefore === opened"),
    "state after": ("Funds", "stateAfter === closed"),
    "suspense before": ("Funds", "suspenseBefore === owedHashBefore"),
    "suspense after": ("Funds", "suspenseAfter === owedHashAfter"),
    "table": ("Funds", "riskRoot === table.root"),
    "parameters": ("Funds", "paramsHash === table.parametersHash"),
    "commitment": ("Funds", "dataCommit === commitment"),
    "evaluation": ("Funds", "y === evaluation"),
    "thread": ("Funds", "root[i] === operation[i].rootBefore"),
    "custody": ("Funds", "Range(BITS_CUSTODY())(inside[i + 1])"),
    "receiving half": ("Funds", "transfer[i \\ 2] === operation[i + 1].transferIn"),
    "receiving half first": ("Funds", "0 === operation[i].transferIn"),
    "paying half last": ("Funds", "0 === operation[i + 1].transferOut"),
    "credited account": ("Funds", "transfer[i \\ 2] * (target[i] - index[i + 1]) === 0"),
    "credited amount": ("Funds", "transfer[i \\ 2] * (amount[i] - amount[i + 1]) === 0"),
    "room for keys": ("Funds", "OneHot(keys, 0)"),
    "room for notes": ("Funds", "OneHot(notes, 0)"),
    "room for payments": ("Funds", "OneHot(payments, 0)"),
    "owner of new keys": ("Funds", "ownerHashAfter[i] - fresh[p].ownerHash"),
    "target of new keys": ("Funds", "target[i] - fresh[p].keysHash"),
    "note": ("Funds", "enabled * voucher[p] === aux"),
    "notes": ("Funds", "noteRoot[p] === append[p].rootBefore"),
    "open vector": ("Funds", "forced * owedBefore[j] === 0"),
    "open fees": ("Funds", "forced * feesBefore === 0"),
    "open blinding": ("Funds", "forced * owedBlind === 0"),
    "fees": ("Funds", "Range(BITS_CASH())(fees)"),
    "kind": ("OperationKind", "OneHot"),
    "registering": ("Operation", "registering * (is.deposit - registering) === 0"),
    "fund": ("Operation", "Nonzero()(index + is.deposit + is.feeCredit)"),
    "fee account": ("Operation", "credited * (credited - 1) === 0"),
    "amount": ("Operation", "Range(BITS_AMOUNT())(amount)"),
    "no amount": ("Operation", "is.cancel - is.feeCredit) * amount === 0"),
    "no target": ("Operation", "is.cancel * target === 0"),
    "signed aux": ("Operation", "(is.withdraw + is.rotate) * (plainAux - target) === 0"),
    "registered aux": ("Operation", "registering * (plainAux - ownerHashAfter) === 0"),
    "no aux": ("Operation", "note - forced - registering) * plainAux === 0"),
    "address": ("Operation", "Range(160)(address + recipient)"),
    "margin": ("Operation", "NoneNegative"),
    "same owner": ("Operation", "(1 - newKeys) * (ownerHashAfter - ownerHash) === 0"),
    "new vector": ("Operation", "registering * vector[j] === 0"),
    "new place": ("Operation", "registering * place[r] === 0"),
    "new owner nonce": ("Operation", "registering * ownerNonce === 0"),
    "new nonce": ("Operation", "registering * nonce === 0"),
    "number": ("Authority", "Range(BITS_NONCE())(number)"),
    "expiry": ("Authority", "Range(BITS_TIME())(expiry)"),
    "expired": ("Authority", "Range(BITS_TIME())(expiry - time)"),
    "no number": ("Authority", "(1 - signed) * number === 0"),
    "signature": ("Authority", "SignatureCheck()"),
    "distance": ("Numbers", "Bits(72)"),
    "queue": ("Numbers", "queued * beyond === 0"),
    "no queue": ("Numbers", "(1 - queued) * request === 0"),
    "place": ("Numbers", "OneHot(R, 0)(cancel, place)"),
    "leaf": ("Update8", "named === old[level]"),
    "index": ("Update8", "Bits(3 * depth)(index)"),
    "touches": ("Touch", "Nonzero()(next"),
    "owner key": ("NewKeys", "KeyTable()(ownerKey)"),
    "trading key": ("NewKeys", "KeyTable()(tradingKey)"),
    "resting": ("NoteAppend", "enabled * resting === 0"),
    "asked": ("ExactPayment", "Range(BITS_AMOUNT())(asked)"),
    "paid": ("ExactPayment", "Range(BITS_AMOUNT())(asked - paid)"),
    "exact": ("ExactPayment", "Range(BITS_STUCK())(-rest)"),
}
"""Where the circuit says no: a template and a part of the line in it."""


def funds() -> StepCircuit:
    """The funds circuit of the tiny profile."""
    return step_circuit("funds")


def fees_owed(world: World) -> World:
    """The same world with 100 in the fee entry and one open leg."""
    world.trade(narrow=[world.buy(2, 1, 100, 1_000, fee=100)])
    return world


def accept(applied: Applied, **others: Any) -> Witness:
    """What the law accepted has a witness with the law's public inputs; `others` replace inputs that do not matter."""
    return funds().check(applied, {**funds_inputs(applied), **others})


def refuse(world: World, at: str, *rules: str, operations: tuple[Funding | tuple[Funding, ...], ...]) -> Applied:
    """
    The law without these rules takes a funds step that the circuit refuses at this place; the step.

    The whole law refuses it by the first of them. The world stays as it was.
    """
    if rules:
        with refused(rules[0], world):
            world.funds(*operations)
    kept = {**vars(world), "history": [*world.history], "traders": {**world.traders}}
    with law_without(*rules):
        applied = world.funds(*operations)
    vars(world).update(kept)
    refuse_step(applied, at)
    return applied


def refuse_step(applied: Applied, at: str) -> None:
    """The circuit refuses, at this place, a step that only a law with something missing could have taken."""
    funds().refuses(trimmed(applied), *AT[at])


def trimmed(applied: Applied) -> dict[str, Any]:
    """Inputs with every number reduced, and no more shared positions than the circuit has."""
    inputs, profile = reduced(funds_inputs(applied)), applied.before.profile
    for names, room in (
        (("newOwnerKey", "newTradingKey"), profile.new_keys),
        (("noteResting", "noteChild"), profile.new_notes),
    ):
        for name in names:
            inputs[name] = inputs[name][:room]
    return inputs


def rich_step(world: World | None = None) -> Applied:
    """A registration, a note, and a transfer, while fees and a leg are owed: operations 0 to 3."""
    world = fees_owed(world or board())
    world.traders.setdefault(9, world.traders[2].rotated())
    return world.funds(Deposit(9, 7, 500, world.traders[9].owner), world.note(2, 70), world.transfer(3, 2, 40))
