"""What the signing commands of `zkclear trader` do: one signed request a file, for whoever operates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from rollup.cli.output import console, emit
from rollup.cli.trader_context import connected, open_trader
from rollup.client import requests
from rollup.client.amounts import Instrument, address_of, index_of, lot_of
from rollup.client.errors import BadOperation, BadOrder, NotWritten
from rollup.client.operations import Operation
from rollup.client.orders import SignedOrder
from rollup.client.requests import account_of, kind_of
from rollup.client.trader import Trader
from rollup.exchange.commands import Force, SelfTrade, Trigger
from rollup.exchange.exchange import Handling
from rollup.spec.shared import Side

Signed: TypeAlias = SignedOrder | Operation
"""Requests that somebody signs."""

__all__ = ["cancel", "note", "order", "rotate", "transfer", "withdraw"]


def order(
    where: Where,
    side: str,
    quantity: str,
    price: str,
    *,
    slot: int,
    listing: int | None,
    lot: str,
    tick: str | None,
    place: int | None,
    max_fee_ppm: int,
    reduce_only: bool,
    post_only: bool,
    force: str,
    good_for: int | None,
    self_trade: str,
    client: int,
    trigger: str,
    trigger_price: str | None,
) -> None:
    """A limit order; the slot's listing comes from L1 when it is not named."""
    size = lot_of(lot)
    step = 1 if tick is None else Instrument(slot, 0, size).limit_of(tick)
    trader = where.trader()
    instrument = Instrument(slot, where.listing(slot) if listing is None else listing, size, step)
    handling = Handling(
        client=client,
        force=_choice(Force, force),
        good_till=0 if good_for is None else trader.clock() + good_for,
        post_only=post_only,
        self_trade=_choice(SelfTrade, self_trade),
        trigger=_choice(Trigger, trigger),
        trigger_price=0 if trigger_price is None else instrument.limit_of(trigger_price),
    )
    signed = trader.order(
        instrument,
        _choice(Side, side),
        quantity,
        price,
        handling=handling,
        max_fee_ppm=max_fee_ppm,
        place=place,
        reduce_only=reduce_only,
    )
    where.hand_out(trader, [signed])


def withdraw(where: Where, amount: str, to: str) -> None:
    """Money to an L1 address."""
    recipient = address_of(to)
    where.sign(lambda trader: [trader.withdraw(amount, recipient)])


def note(where: Where, amount: str, exact: bool) -> None:
    """Money into private vouchers."""
    where.sign(lambda trader: trader.notes(amount, exact=exact))


def transfer(where: Where, amount: str, to: str) -> None:
    """Money to another account inside."""
    credited = index_of(to)
    where.sign(lambda trader: [trader.transfer(amount, credited)])


def cancel(where: Where, place: int, nonce: int | None) -> None:
    """What stands at an order place."""
    where.sign(lambda trader: [trader.cancel(place, nonce)])


def rotate(where: Where, done: bool) -> None:
    """To the next generation of keys; `done` says that the rotation is in a batch."""
    trader = where.trader()
    if not done:
        where.hand_out(trader, [trader.rotate()])
        return
    known = trader.wallet.progress
    if known.highest == known.generation:
        raise BadOperation("no rotation was signed with this wallet; `zkclear trader rotate` signs one")
    trader.wallet.learn(generation=known.highest)
    if where.json:
        emit({"generation": known.highest})
    else:
        console.print(f"Keys of generation {known.highest} sign from now on.")


class Where:
    """Which files and which node a signing command works with."""

    def __init__(
        self, wallet: Path, deployment: Path, rpc: str | None, named: str | None, out: Path, lifetime: int, json: bool
    ) -> None:
        self.wallet, self.deployment, self.rpc, self.named = wallet, deployment, rpc, named
        self.out, self.lifetime, self.json = out, lifetime, json

    def trader(self) -> Trader:
        """Ready to sign; asks for the passphrase."""
        if not self.out.is_dir():
            raise NotWritten(self.out, "it is no directory")
        trader, self._record = open_trader(self.wallet, self.deployment, self.rpc, self.lifetime, self.named)
        return trader

    def listing(self, slot: int) -> int:
        """The newest listing of a slot, as L1 has it."""
        if self.rpc is None:
            raise BadOrder("name the slot's listing number with --listing, or a node that knows it with --rpc")
        with connected(self.rpc, self._record) as at:
            newest = at.system.oracle.newest_listing(slot)
        if newest == 0:
            raise BadOrder(f"nothing was ever listed in slot {slot}")
        return newest

    def sign(self, make: Callable[[Trader], Sequence[Signed]]) -> None:
        trader = self.trader()
        self.hand_out(trader, make(trader))

    def hand_out(self, trader: Trader, made: Sequence[Signed]) -> None:
        """One file each, named for what it is."""
        files = []
        for request in made:
            file = self.out / f"{_name(request)}.json"
            try:
                requests.write(request, trader.domain, file)
            except OSError as error:
                raise NotWritten(file, error.strerror or type(error).__name__) from error
            files.append(str(file))
        if self.json:
            emit({"requests": [_shown(request, file) for request, file in zip(made, files, strict=True)]})
            return
        for name in files:
            console.print(f"Written: {name}", markup=False)
        console.print(f"Give {'it' if len(files) == 1 else 'them'} to the operator within {trader.lifetime} seconds.")


def _shown(request: Signed, file: str) -> dict[str, Any]:
    number, expiry = _number(request)
    return {
        "file": file,
        "kind": kind_of(request),
        "account": account_of(request),
        "nonce": number,
        "place": request.order.place if isinstance(request, SignedOrder) else getattr(request, "place", None),
        "expiry": expiry,
    }


def _name(request: Signed) -> str:
    parts = [kind_of(request), str(account_of(request))]
    if isinstance(request, SignedOrder):
        parts.append(str(request.order.place))
    return "-".join([*parts, str(_number(request)[0])])


def _number(request: Signed) -> tuple[int, int]:
    signed = request.order if isinstance(request, SignedOrder) else request.authority
    return signed.nonce, signed.expiry


def _choice(kind: Any, text: str) -> Any:
    """A member by its name as people write it."""
    names = {member.name.lower().replace("_", "-"): member for member in kind}
    if text.lower() not in names:
        raise BadOrder(f"{text!r} is none of {', '.join(names)}")
    return names[text.lower()]
