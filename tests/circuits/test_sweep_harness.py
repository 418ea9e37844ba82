"""
The sweep catches the classic mistakes: each is planted in a small circuit, beside a twin without it.

A broken circuit is caught by exactly the questions that are listed; its twin leaves nothing, with no list of survivors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from support.propagation import kernel
from support.signature_circuits import circuit_of
from support.sweep import Survivor, Sweep, known, stale, sweep_all, unexplained
from support.sweep.inputs import membership_inputs
from support.sweep.kernel import Kernel
from support.sweep.recompute import Recompute
from support.sweep.sources import Sources, _hints
from support.sweep.survivors import Known

from prover import crypto
from prover.circuits import Circuit, Compiled, circuit, compiled
from prover.reference.babyjubjub import BASE8
from prover.reference.field import R, inverse
from prover.reference.r1cs_file import read_constraints

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

Values = Mapping[str, Any]


def montgomery(multiple: int) -> list[int]:
    x, y = crypto.load().multiply(BASE8, multiple)
    u = (1 + y) * inverse(1 - y) % R
    return [u, u * inverse(x) % R]


@dataclass(frozen=True, slots=True)
class Planted:
    """A mistake: inputs at which it shows, the questions that catch it, and inputs of the twin if it refuses these."""

    inputs: Values
    caught: frozenset[str]
    twin: Values | None = None
    public: tuple[str, ...] = ()
    unread: str = ""
    """An input that may be anything where another is selected: the one true don't-care here."""

    def unexplained(self, survivors: list[Survivor]) -> list[Survivor]:
        return unexplained(survivors, [Known("planted_*", ("wire",), self.unread, "not selected")])


def planted(
    inputs: Values, *caught: str, twin: Values | None = None, public: tuple[str, ...] = (), unread: str = ""
) -> Planted:
    return Planted(inputs, frozenset(caught), twin, public, unread)


ENTRIES = [11, 22, 33, 44, 55, 66]
POINTS = {"left": montgomery(3), "right": montgomery(5)}
PLANTED = {
    "missing_range_check": planted({"before": 100, "amount": 7}, "width"),
    "comparison_without_range": planted({"left": 3, "right": 200}, "width"),
    "nonbinary_selector": planted({"selector": 1, "value": [3, 4]}, "width", unread="main.value[*]"),
    "enabled_without_bool": planted({"enabled": 1, "amount": 9, "expected": 9}, "width"),
    "unconstrained_hint": planted({"in": 10, "factor": 3}, "hint", "kernel", "unused"),
    "arrow_without_constraint": planted({"in": 3}, "hint", "kernel"),
    "aliasing_bits": planted({"in": 5}, "hint"),
    "loose_bits": planted({"in": 0xA6}, "hint", "kernel"),
    "unused_public_input": planted({"recipient": 77, "secret": 5}, "unused", public=("recipient",)),
    "dead_end": planted({"recipient": 77, "secret": 5}, "unused", public=("recipient",)),
    "wrong_table_row": planted({"index": 2, "entry": ENTRIES}, "hint", "unused", unread="main.entry[*]"),
    "forgotten_one_hot_sum": planted({"index": 4, "entry": ENTRIES}, "hint", unread="main.entry[*]"),
    "dropped_nonequality": planted({"left": montgomery(3), "right": montgomery(3)}, "hint", "kernel", twin=POINTS),
    "half_of_iszero": planted({"in": 5}, "hint", "kernel"),
    "zero_by_zero": planted({"value": 0, "quantity": 0}, "hint", "wire", "kernel", twin={"value": 12, "quantity": 4}),
    "unbounded_remainder": planted({"in": 230, "divisor": 10}, "hint"),
    "remainder_flag": planted({"in": 233, "divisor": 10}, "hint"),
    "negative_zero": planted({"in": 0}, "hint", "wire", twin={"in": R - 9}),
    "second_root": planted({"in": 49}, "hint", "wire"),
}


def fixture(name: str, broken: bool) -> Compiled:
    template = "".join(part.capitalize() for part in name.split("_"))
    file = f"../tests/circuits/fixtures/planted/{name}.circom"
    profile = "broken" if broken else "twin"
    return compiled(Circuit(f"planted_{name}", profile, file, template, (int(broken),), PLANTED[name].public))


@pytest.mark.parametrize("name", PLANTED)
def test_sweep_when_a_mistake_is_planted_catches_it(name: str) -> None:
    mistake = PLANTED[name]
    survivors = mistake.unexplained(sweep_all(fixture(name, broken=True), mistake.inputs))
    assert {survivor.method for survivor in survivors} == mistake.caught, [*map(str, survivors)]


@pytest.mark.parametrize("name", PLANTED)
def test_sweep_when_the_mistake_is_mended_leaves_nothing(name: str) -> None:
    mistake = PLANTED[name]
    survivors = mistake.unexplained(sweep_all(fixture(name, broken=False), mistake.twin or mistake.inputs))
    assert not survivors, [*map(str, survivors)]


@pytest.mark.parametrize("name", sorted(set(PLANTED) - {"aliasing_bits"}))
def test_kernel_of_a_small_circuit_has_the_dimension_of_a_dense_elimination(name: str) -> None:
    view = Sweep(fixture(name, broken=True), PLANTED[name].inputs).view
    system = read_constraints(view.compiled.r1cs)
    dense = kernel(system, dict(enumerate(view.system.values)), view.inputs)
    assert len(Kernel(view.system, view.inputs).free) == len(dense)


def test_kernel_when_a_root_is_double_holds_the_wire() -> None:
    """The largest number meets every bit of r - 1, and below its zeros the constraints are bit·(-bit) = 0."""
    sweep = Sweep(circuit_of("bits"), {"in": R - 1})
    assert FirstOrder(sweep.system, sweep.view.inputs).free
    assert sweep.kernel() == []


class FirstOrder(Kernel):
    """The kernel with double roots left in."""

    def _isolate(self) -> bool:
        return False


@pytest.fixture(scope="module")
def membership() -> tuple[Compiled, Values]:
    target = compiled(circuit("membership", "tiny"))
    return target, membership_inputs(depth=3)


def test_kernel_when_a_private_input_follows_from_the_others_is_empty(membership: tuple[Compiled, Values]) -> None:
    assert Sweep(*membership, free=["secret"]).kernel() == []


def test_kernel_when_private_inputs_are_free_holds_them(membership: tuple[Compiled, Values]) -> None:
    """One root against 21 siblings."""
    survivors = Sweep(*membership, free=["sibling"]).kernel()
    assert sum(survivor.count for survivor in survivors) == 20
    assert any("main.sibling[*][*]" in {survivor.wire, *survivor.moves} for survivor in survivors)


def test_hints_when_another_hint_lies_behind_are_caught_by_choosing_it_anew() -> None:
    """From a remainder of 0 to the divisor: the inverse in IsZero was 0, and has to become one."""
    view = Sweep(fixture("remainder_flag", broken=True), {"in": 230, "divisor": 10}).plain
    wires = {name: wire for wire, name in view.system.names.items()}
    override = {wires["main.quotient"]: 22}
    recompute = Recompute(view, view.order)
    assert recompute.attempt(override, repairs=0).failed is not None
    found = recompute.attempt(override)
    assert found.failed is None
    assert (found.changed[wires["main.remainder"]], found.changed[wires["main.divides"]]) == (10, 0)


def test_hints_when_a_digit_is_free_are_held_by_the_path(membership: tuple[Compiled, Values]) -> None:
    assert Sweep(*membership, free=["digit"]).hints() == []


def test_sample_when_repeated_is_the_same(membership: tuple[Compiled, Values]) -> None:
    first, second = (Sweep(*membership, seed=3)._sampled(range(1000), 5) for _ in range(2))
    assert first == second != Sweep(*membership, seed=4)._sampled(range(1000), 5)


# ---------------------------------------------------------------- the sources


def test_sources_when_signals_are_assigned_in_all_ways_find_each() -> None:
    cases = {
        "signal output {maxbit} x": {"x"},
        "signal {binary} x[3]": {"x"},
        "for (var i = 0; i < f(n); i++) x[a[i]][f(2)]": {"x"},
        "(a, b[1])": {"a", "b"},
        "if (a == (1)) inner.in[2]": {"inner.in"},
        "} else x": {"x"},
        "var k = 1; x[k]": {"x"},
    }
    for text, found in cases.items():
        assert set(_hints(f"{text} <-- 1;")) == found, text
    assert set(_hints("f(x) + y --> inner.in[2];")) == {"inner.in"}


def test_sources_when_a_header_states_widths_read_those_that_are_enforced() -> None:
    target = fixture("comparison_without_range", broken=True)
    assert Sources(target.circuit).widths() == {"left": 8}
    assert Sources(circuit("place", "tiny")).widths() == {"place": 3}
    assert Sources(circuit("solvency", "tiny")).widths().keys() >= {"counted", "fundSafe"}


# ---------------------------------------------------------------- the list


SURVIVOR = Survivor(
    "trade", "hint", "main.lane[*].inverse", frozenset({"main.lane[*].sign"}), False, "example", witness="decoys"
)


@pytest.mark.parametrize(
    ("entry", "explained"),
    [
        (Known("trade", ("hint", "wire"), "main.lane[*].inverse", "why", ("*.sign",)), True),
        (Known("*", ("hint",), "main.*", "why"), True),
        (Known("trade", ("hint",), "main.lane[*].inverse", "why"), False),
        (Known("trade", ("kernel",), "main.*", "why"), False),
        (Known("funds", ("hint",), "main.*", "why"), False),
        (Known("trade", ("hint",), "main.*", "why", witness="decoys"), True),
        (Known("trade", ("hint",), "main.*", "why", witness="everything"), False),
    ],
)
def test_entry_when_circuit_witness_method_wire_and_moves_fit_explains(entry: Known, explained: bool) -> None:
    assert unexplained([SURVIVOR], [entry]) == ([] if explained else [SURVIVOR])
    assert stale([SURVIVOR], [entry]) == ([] if explained else [entry])


def test_entries_that_name_indices_explain_only_all_together() -> None:
    """An entry for slot 0 is none for slot 3."""
    names = frozenset({"main.value[0]", "main.value[3]"})
    survivor = Survivor("trade", "unused", "main.value[*]", frozenset(), False, "example", 2, names)
    first, third = (Known("trade", ("unused",), f"main.value[{slot}]", "why") for slot in (0, 3))
    assert unexplained([survivor], [first]) == [survivor]
    assert unexplained([survivor], [first, third]) == []
    assert stale([survivor], [first, third]) == []


def test_entry_when_a_public_signal_changes_never_explains() -> None:
    public = replace(SURVIVOR, public=True)
    assert unexplained([public], [Known("*", ("hint",), "*", "why")]) == [public]


def test_list_of_survivors_gives_reasons() -> None:
    assert all(len(entry.reason) > 20 and entry.methods for entry in known())
