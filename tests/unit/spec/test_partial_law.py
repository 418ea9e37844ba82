"""The tests' way to switch rules off: exactly those, exactly for the block."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.partial_law import WIDTHS, law_without
from support.spec_builders import NOW, World, refused

from rollup.spec.errors import OutOfRange
from rollup.spec.words import pack


def test_law_without_a_rule_takes_what_the_rule_forbids_and_the_law_is_whole_again(world: World) -> None:
    leg = world.buy(2, 1, 1, 1_000, expiry=NOW - 1)
    with refused("TRD-8", world):
        world.trade(narrow=[leg])
    with law_without("TRD-8"):
        world.trade(narrow=[leg])
    with refused("TRD-8", world):
        world.trade(narrow=[world.buy(2, 1, 1, 1_000, expiry=NOW - 1)])


def test_law_without_a_rule_keeps_all_others(world: World) -> None:
    with law_without("TRD-8"), refused("TRD-13"):
        world.trade(narrow=[replace(world.buy(2, 1, 1, 1_000, expiry=NOW - 1), cash=1_001)])


def test_law_without_a_rule_raised_through_a_parameter_lets_it_pass(world: World) -> None:
    with law_without("TRD-15", "MGN-6"):
        world.trade(narrow=[world.buy(2, 1, 1, 1_000, reduce_only=True)])


def test_law_is_whole_again_after_an_error(world: World) -> None:
    with pytest.raises(ZeroDivisionError), law_without("TRD-3"):
        raise ZeroDivisionError
    with refused("TRD-3", world):
        world.trade(narrow=[world.buy(0, 1, 1, 1_000)])


def test_words_without_widths_spill_as_in_a_circuit() -> None:
    with law_without(WIDTHS):
        assert pack("place", filled=1 << 40, nonce=2) == 3 << 40
    with pytest.raises(OutOfRange):
        pack("place", filled=1 << 40, nonce=2)


def test_rule_that_nobody_raises_cannot_be_switched_off() -> None:
    with pytest.raises(AssertionError), law_without("TRD-99"):
        pass
