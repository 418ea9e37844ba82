"""
The soundness sweep over one compiled circuit at one witness.

With the inputs fixed: does another assignment satisfy when a hint is overridden and all behind it computed again
(`hints`)? Does one when a single wire is changed to anything (`changes`)? Can any wire move to first order (`kernel`)?
And apart from that: does no constraint use an input (`unused`)? Is an input accepted that does not fit the width which
the main template says is enforced (`widths`)?

A sweep knows one witness. What is only open at another (a division 0/0, a disabled lane) needs that witness.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from support.sweep import overrides
from support.sweep.kernel import Kernel
from support.sweep.overrides import Override
from support.sweep.recompute import Recompute
from support.sweep.survivors import Survivor, grouped
from support.sweep.system import pattern, readable
from support.sweep.view import View, opened, plain

from prover.circuits import Compiled
from prover.reference.field import R, inverse
from prover.witness import Inputs

__all__ = ["Sweep", "sweep_all"]


class Sweep:
    """
    One circuit at the witness of some inputs.

    All inputs are fixed, but those named in `free`: these may be hints that the fixed ones should determine.
    """

    def __init__(self, compiled: Compiled, inputs: Inputs, free: Sequence[str] = (), seed: int = 0) -> None:
        self.compiled = compiled
        self._rng = random.Random(seed)
        self.plain = View(plain(compiled), inputs, free)
        self._open = opened(compiled, self.plain)
        self.view = View(self._open, inputs, free)
        self.system = self.view.system

    @cached_property
    def overridden(self) -> list[int]:
        """Wires of the plain view that a prover chooses: every hint, and what else no row gives."""
        return sorted({*self.plain.hints, *self.plain.order.chosen})

    def hints(self, sample: int | None = None) -> list[Survivor]:
        """Override each hint: alone, with the other bits of its number, with another one of its selection."""
        wires = self._sampled(self.overridden, sample)
        alone = [override for wire in wires for override in overrides.values(self.plain, wire, self._rng)]
        together = [*overrides.numbers(self.plain), *self._sampled([*overrides.selections(self.plain)], sample)]
        return self._attempted("hint", Recompute(self.plain, self.plain.order), [*together, *alone])

    def changes(self, sample: int | None = None) -> list[Survivor]:
        """
        Change each wire alone, to every other value at once: the rows that mention it are quadratic in it.

        An input may well have another value that fits the same wires; it is reported if it may have any.
        """
        survivors = []
        fixed = self.view.inputs - self.view.free
        for wire in self._sampled(range(1, self.system.wires), sample):
            by = self._tolerated(wire) if self.system.mentions[wire] else None
            if by is not None and (by == 0 or wire not in fixed):
                changed = {wire: (self.system.values[wire] + (by or 1)) % R}
                self._confirm(self.view, changed)
                survivors.append(self._described("wire", self.view, wire, changed))
        return grouped(survivors)

    def kernel(self) -> list[Survivor]:
        """The kernel of the derivative, by the chosen wires that span it."""
        kernel = Kernel(self.system, self.view.inputs - self.view.free)
        return grouped(
            self._described("kernel", self.view, wire, dict.fromkeys((wire, *kernel.moving(wire))))
            for wire in kernel.free
        )

    def unused(self) -> list[Survivor]:
        """Inputs that no constraint reads, or only one that gives a wire which nobody reads: `--O2` drops it."""
        unread = {self.plain.system.name(wire): (self.plain, wire) for wire in sorted(self.plain.unread)}
        for wire in sorted(self.view.inputs):
            if not self.system.mentions[wire]:
                unread.setdefault(self.system.name(wire), (self.view, wire))
        return grouped(self._described("unused", view, wire, {wire: None}) for view, wire in unread.values())

    def widths(self, widths: Mapping[str, int] | None = None) -> list[Survivor]:
        """Give each input whose width is enforced a value that is too wide; public inputs are computed again."""
        view = self.plain
        declared = view.sources.widths() if widths is None else widths
        order = view.order_from({wire for wire in view.inputs if wire > view.system.public})
        return self._attempted("width", Recompute(view, order), overrides.too_wide(view, declared, self._rng))

    def _tolerated(self, wire: int) -> int | None:
        """By how much a wire may change alone, 0 if by anything: each row is a quadratic in it, and all must vanish."""
        only = 0
        for row, a, b, c in self.system.mentions[wire]:
            slope, square = self.system.slope(row, a, b, c), a * b % R
            if not square and not slope:
                continue
            if not square or not slope:
                return None
            root = -slope * inverse(square) % R
            if only not in (0, root):
                return None
            only = root
        return only

    def _attempted(self, method: str, recompute: Recompute, tried: Iterable[Override]) -> list[Survivor]:
        survivors = []
        for wire, override in tried:
            outcome = recompute.attempt(override)
            if outcome.failed is None:
                self._confirm(self.plain, outcome.changed)
                survivors.append(self._described(method, self.plain, wire, outcome.changed))
        return grouped(survivors)

    def _described(self, method: str, view: View, wire: int, changed: Mapping[int, int | None]) -> Survivor:
        """A survivor; of what moves with it, the wires that are left for proving are named."""
        moved = {view.system.name(each) for each in changed} & self._wires.keys()
        name = view.system.name(wire)
        public = method != "width" and not {name, *moved}.isdisjoint(self._public)
        value = changed.get(wire)
        example = name if value is None else f"{name}: {view.system.values[wire]} -> {value}"
        moves = frozenset(pattern(each) for each in moved - {name})
        names = frozenset([readable(name)])
        return Survivor(self.compiled.circuit.name, method, pattern(name), moves, public, example, names=names)

    def _confirm(self, view: View, changed: Mapping[int, int]) -> None:
        """Ask the native checker; it has not heard of anything that is done here."""
        values = list(self.system.values)
        for wire, value in changed.items():
            if (left := self._wires.get(view.system.name(wire))) is not None:
                values[left] = value
        witness = b"".join(value.to_bytes(32, "little") for value in values)
        self._checker.check(witness)

    @cached_property
    def _checker(self) -> Any:
        import zkclear_native

        return zkclear_native.Constraints(str(self._open.r1cs))

    @cached_property
    def _wires(self) -> dict[str, int]:
        """Name → wire, of what is left for proving."""
        return {name: wire for wire, name in self.system.names.items()}

    @cached_property
    def _public(self) -> set[str]:
        outputs = range(1, self.compiled.header.public_outputs + 1)
        inputs = (wire for name in self.compiled.circuit.public for wire in self.view.signals[name])
        return {self.system.name(wire) for wire in (*outputs, *inputs)}

    def _sampled(self, items: Sequence[Any], count: int | None) -> Sequence[Any]:
        return items if count is None or count >= len(items) else self._rng.sample(items, count)


def sweep_all(
    compiled: Compiled,
    inputs: Inputs,
    free: Sequence[str] = (),
    sample: int | None = None,
    seed: int = 0,
    widths: Mapping[str, int] | None = None,
) -> list[Survivor]:
    """
    Everything that survives any of the questions, for a witness of these inputs.

    With `sample`, so many wires and hints are tried; the kernel, unused inputs and widths always as a whole. `widths`
    are those of inputs where the main template leaves them to others.
    """
    sweep = Sweep(compiled, inputs, free, seed)
    questions: list[Callable[[], list[Survivor]]] = [
        sweep.unused,
        sweep.kernel,
        lambda: sweep.widths(widths),
        lambda: sweep.changes(sample),
        lambda: sweep.hints(sample),
    ]
    return [survivor for question in questions for survivor in question()]
