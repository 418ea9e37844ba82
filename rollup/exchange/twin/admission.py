"""
Admission: an order is taken whole, or refused with a code before anything has changed.

Nothing is taken whose fill could not be proven: every check of the circuit that does not depend on the fill is made
here, and those that do are made at their worst.
"""

from __future__ import annotations

from rollup.exchange.codes import Code, Phase
from rollup.exchange.commands import Force, Place, SelfTrade, Trigger
from rollup.exchange.events import Accepted, Repeated
from rollup.exchange.twin.engine import Refusal
from rollup.exchange.twin.margin import after_fill, fee_room, reserves, values
from rollup.exchange.twin.matching import CASH_BOUND, Matching, reducible
from rollup.exchange.twin.state import CLIENTS, Member, Open
from rollup.spec.account import FUND
from rollup.spec.orders import NONCE_REACH
from rollup.spec.shared import Side, Status, Width
from rollup.spec.table import MILLION

__all__ = ["Admission"]

RESTING = (Force.GTC, Force.GTD)


class Admission(Matching):
    """Orders come."""

    def place(self, words: Place, fingerprint: int) -> None:
        """Take an order, replacing what stood at its place, and let it match."""
        member = self.member(words.account)
        if words.account == FUND:
            raise Refusal(Code.NOT_A_TRADER, FUND)
        known = next(((order, print_) for client, order, print_ in member.clients if client == words.client), None)
        if words.client and known:
            if known[1] != fingerprint:
                raise Refusal(Code.CLIENT_REUSED, words.account)
            self.say(Repeated(known[0], words.account, words.client))
            return
        code = self.misshapen(words) or self.unplaceable(words, member)
        number = self.world.orders + 1
        waits = words.trigger != Trigger.NONE
        order = Open(number, words, words.limit, words.quantity, waiting=waits, rank=number)
        if not code and not order.waiting:
            code = self.inadmissible(order, member)
        if code:
            raise Refusal(code, words.account)
        self.world.orders += 1
        member.next_nonce[words.place] = words.nonce + 1
        if words.client:
            member.clients = [*member.clients, (words.client, order.number, fingerprint)][-CLIENTS:]
        replaced = member.orders.get(words.place)
        if replaced:
            self.end(replaced, Code.REPLACED)
        self.say(Accepted(order.number, words.account, words.place, words.nonce, words.client))
        if order.waiting:
            member.orders[words.place] = order
        else:
            self.enter(order)

    def enter(self, order: Open) -> None:
        """Let an admitted order match, or gather for an auction."""
        if self.world.books[order.words.slot].phase == Phase.CONTINUOUS:
            self.match(order)
        else:
            self.rest(order)

    def misshapen(self, words: Place) -> Code | None:
        """What is wrong with an order whatever the state."""
        widths = (
            (words.limit, Width.PRICE),
            (words.quantity, Width.QUANTITY),
            (words.nonce, Width.NONCE),
            (words.expiry, Width.TIME),
            (words.good_till, Width.TIME),
            (words.trigger_price, Width.PRICE),
        )
        if any(value >> bits for value, bits in widths):
            return Code.MALFORMED
        if (words.force == Force.GTD) != (words.good_till > 0):
            return Code.MALFORMED
        if (words.trigger != Trigger.NONE) != (words.trigger_price > 0):
            return Code.MALFORMED
        if words.post_only and words.force not in RESTING:
            return Code.MALFORMED
        return None

    def unplaceable(self, words: Place, member: Member) -> Code | None:
        """What is wrong with its instrument, its words or its place, whatever the books."""
        if self.world.table is None:
            return Code.NO_TABLE
        if not 1 <= words.slot < self.world.settings.slots:
            return Code.UNKNOWN_SLOT
        mark, limits = self.table.marks[words.slot], self.world.books[words.slot].limits
        if mark.listing != words.listing:
            return Code.OTHER_LISTING
        if mark.status in (Status.EMPTY, Status.SETTLED) or limits is None:
            return Code.UNKNOWN_SLOT
        if words.place >= self.world.settings.places:
            return Code.NO_SUCH_PLACE
        if words.limit == 0 or words.limit % limits.tick:
            return Code.OFF_TICK
        if words.quantity == 0:
            return Code.NO_QUANTITY
        if words.quantity > limits.order or words.quantity * words.limit >= CASH_BOUND:
            return Code.TOO_LARGE
        if min(words.expiry, words.good_till or words.expiry) < self.world.now:
            return Code.EXPIRED
        if words.nonce < member.next_nonce[words.place]:
            return Code.STALE_NONCE
        stored = member.places[words.place]
        if (words.nonce << Width.QUANTITY) - stored >= NONCE_REACH << Width.QUANTITY:
            return Code.NONCE_TOO_FAR
        if words.max_fee_ppm < max(self.world.settings.taker_fee, self.world.settings.maker_fee):
            return Code.FEE_CAP_TOO_LOW
        return None

    def inadmissible(self, order: Open, member: Member) -> Code | None:
        """What forbids it to match or rest now; a market or triggered order is drawn to the band on the way."""
        words, settings, sign = order.words, self.world.settings, order.sign
        book, mark = self.world.books[words.slot], self.table.marks[words.slot]
        assert book.limits is not None
        if self.stale(settings.table_age):
            return Code.STALE_TABLE
        if book.phase != Phase.CONTINUOUS and words.force not in RESTING:
            return Code.MARKET_HALTED
        reduces = words.reduce_only or mark.status == Status.REDUCE_ONLY
        if reduces and reducible(member, words.slot, sign) == 0:
            return Code.NOTHING_TO_REDUCE
        closes = words.reduce_only and words.quantity >= abs(member.vector[words.slot])
        if words.quantity * max(mark.price, book.limits.tick) < book.limits.least and not closes:
            return Code.TOO_SMALL
        reach = mark.price * settings.band // MILLION + max(mark.risk_long, mark.risk_short)
        if sign * (words.limit - mark.price) > reach:
            if words.force != Force.MARKET and words.trigger == Trigger.NONE:
                return Code.PRICE_BAND
            # The last tick within the band: floored for a buyer, and for a seller the least one not below it.
            order.limit = sign * ((sign * mark.price + reach) // book.limits.tick * book.limits.tick)
            if order.limit <= 0:
                return Code.PRICE_BAND
        # A listing's limits may have changed while an order waited for its trigger.
        if order.limit % book.limits.tick:
            return Code.OFF_TICK
        if words.quantity > book.limits.order:
            return Code.TOO_LARGE
        same = sum(
            one.remaining
            for place, one in member.orders.items()
            if place != words.place and one.words.slot == words.slot and one.sign == sign and not one.waiting
        )
        if sign * member.vector[words.slot] + same + words.quantity > book.limits.position:
            return Code.POSITION_LIMIT
        if words.post_only and book.phase == Phase.CONTINUOUS and self.would_trade(order, member):
            return Code.WOULD_TRADE
        return self.unmargined(order, member) or (self.unsure(order, member) if words.force == Force.FOK else None)

    def unmargined(self, order: Open, member: Member) -> Code | None:
        """Initial margin at the worst of all open orders; or, without it, an order that eases what is there."""
        solvent, in_range = reserves(self.world, member, order, order.words.place)
        if not in_range:
            return Code.MARGIN_RANGE
        if solvent:
            return None
        if order.words.force == Force.FOK:
            return Code.MARGIN
        before, words = values(member, self.table), order.words
        cash = words.quantity * order.limit
        after = after_fill(before, self.table, words.slot, order.sign, words.quantity, cash)
        eases = min(before) < 0 and fee_room(before, after, self.table) is not None
        return None if eases else Code.MARGIN

    def would_trade(self, order: Open, member: Member) -> bool:
        """Whether anything on the other side is within its limit, but the order that it replaces."""
        book, replaced = self.world.books[order.words.slot], member.orders.get(order.words.place)
        facing = (one for _, _, one in book.side(Side(1 - order.words.side)) if one is not replaced)
        best = next(facing, None)
        return best is not None and book.crosses(order.words.side, order.limit, best.limit)

    def unsure(self, order: Open, member: Member) -> Code | None:
        """Whether all of a fill-or-kill order is sure to fill at once."""
        words, world = order.words, self.world
        held = order.sign * member.vector[words.slot]
        reduces = words.reduce_only or self.table.marks[words.slot].status == Status.REDUCE_ONLY
        if reduces and words.quantity > -held:
            return Code.CANNOT_FILL
        book = world.books[words.slot]
        assert book.limits is not None
        opened = max(0, held + words.quantity) - max(0, held)
        if book.interest + opened > book.limits.interest and opened > 0:
            return Code.CANNOT_FILL
        facing = book.side(Side(1 - words.side))
        if facing and words.quantity * max(order.limit, facing[0][2].limit) >= CASH_BOUND:
            return Code.CANNOT_FILL
        left = words.quantity
        for _, lots, looked_at in self.sure(words.slot, words.side, order.limit, words.account):
            left -= min(left, lots)
            if len(world.legs) + looked_at + 1 > world.settings.batch_legs:
                return Code.CANNOT_FILL
            if left == 0:
                break
        own = words.self_trade != SelfTrade.CANCEL_OLDEST and self.meets_itself(order, member)
        return Code.CANNOT_FILL if left or own else None

    def meets_itself(self, order: Open, member: Member) -> bool:
        """Whether an order of the same account stands within reach."""
        book, words = self.world.books[order.words.slot], order.words
        return any(
            one.words.slot == words.slot
            and one.words.side != words.side
            and not one.waiting
            and book.crosses(words.side, order.limit, one.limit)
            for place, one in member.orders.items()
            if place != words.place
        )
