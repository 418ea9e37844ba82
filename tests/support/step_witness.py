"""
What the tests of all step circuits share: witnesses of a step, refusals with their place, and a law with rules missing.

    step = step_circuit("trade")
    step.check(applied, trade_inputs(applied))            # has a witness, and the specification's public inputs

    with law_without("TRD-8"):                            # nobody checks expiry: the books are drawn up all the same
        applied = world.trade(narrow=[expired])
    step.refuses(trade_inputs(applied), "Leg", "expiry - time")

The second half is how a test breaks one rule alone: roots, hashes and words all follow from the broken step, so the
circuit can only refuse at the very constraint that stands for the rule, and the test says which line that is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest
from support.partial_law import law_without

from prover import circuits
from prover.circuits import Circuit, Compiled, circuit, compiled
from prover.errors import AssertionFailed, UnsatisfiedConstraint
from prover.places import checkout
from prover.reference.field import R
from prover.shapes import symbol_lines
from prover.witness import Calculator, Inputs, Witness
from rollup.spec.step import Applied

__all__ = [
    "Alone",
    "Place",
    "StepCircuit",
    "alone",
    "changed",
    "dishonest",
    "element_at",
    "elements",
    "law_without",
    "step_circuit",
]

Place = tuple[str | int, ...]
"""Where a value stands in a circuit's inputs: a signal's name and indices."""


# ---------------------------------------------------------------- circuits


@dataclass(frozen=True)
class StepCircuit:
    """A compiled circuit, its witness program and its constraints."""

    compiled: Compiled

    @cached_property
    def calculator(self) -> Calculator:
        return Calculator(self.compiled)

    @cached_property
    def constraints(self) -> Any:
        import zkclear_native

        return zkclear_native.Constraints(str(self.compiled.r1cs))

    def witness(self, inputs: Inputs) -> Witness:
        """The witness, held to the constraints apart from the program; AssertionFailed where there is none."""
        made = self.calculator.witness(inputs)
        self.constraints.check(made.wires)
        return made

    def check(self, applied: Applied, inputs: Inputs) -> Witness:
        """What the specification accepted has a witness, and its public wires are the specification's."""
        made = self.witness(inputs)
        public = [made[wire] for wire in range(1, 1 + len(applied.public_inputs))]
        assert public == list(applied.public_inputs.values())
        return made

    def satisfied(self, inputs: Inputs) -> bool:
        """Whether these inputs have a witness."""
        return self.refusal(inputs) is None

    def refusal(self, inputs: Inputs) -> tuple[tuple[str, int], ...] | None:
        """Where the circuit refuses: (template, line), the innermost first; None where it does not."""
        try:
            made = self.calculator.witness(inputs)
        except AssertionFailed as refused:
            return tuple(_frame(line) for line in refused.trace)
        try:
            self.constraints.check(made.wires)
        except UnsatisfiedConstraint as broken:
            raise AssertionError("the program made a witness that its constraints refuse") from broken
        return None

    def refusal_lines(self, inputs: Inputs) -> list[str]:
        """Where the circuit refuses, as `Template: line of source`; empty where it does not."""
        return [f"{name}: {source_line(name, line)}" for name, line in self.refusal(inputs) or ()]

    def refuses(self, inputs: Inputs, template: str, *texts: str) -> None:
        """The circuit refuses, and on the way to it stands a line of `template` with one of the texts in it."""
        passed = self.refusal_lines(inputs)
        assert passed, f"the circuit accepts; expected a refusal at {template}: {texts}"
        found = [line for line in passed if line.startswith(f"{template}: ")]
        assert any(text in line for line in found for text in texts), "\n".join(passed)


def _frame(line: str) -> tuple[str, int]:
    """`Error in template Trade_665 line: 377`, as the program prints it."""
    name, number = line.removeprefix("Error in template ").split(" line: ")
    return name.rpartition("_")[0], int(number)


@cache
def step_circuit(name: str, profile: str = "tiny") -> StepCircuit:
    """A circuit of the manifest, compiled once."""
    return StepCircuit(compiled(circuit(name, profile)))


@cache
def _template_files() -> Mapping[str, Path]:
    """Which file each template stands in."""
    found: dict[str, Path] = {}
    for path in [*(checkout() / "circuits").rglob("*.circom"), *(checkout() / "tests").rglob("*.circom")]:
        for line in path.read_text().splitlines():
            if line.startswith("template "):
                found[line.removeprefix("template ").partition("(")[0]] = path
    return found


@cache
def _lines_of(path: Path) -> Sequence[str]:
    return path.read_text().splitlines()


def source_line(template: str, line: int) -> str:
    """
    The statement of a template's file that a line number points to.

    A statement over several lines is joined. Empty for templates of circomlib.
    """
    path = _template_files().get(template)
    if path is None:
        return ""
    lines = _lines_of(path)
    end = line
    while end < len(lines) and not lines[end - 1].partition("//")[0].rstrip().endswith((";", "{", "}")):
        end += 1
    return " ".join(text.strip() for text in lines[line - 1 : end])


# ---------------------------------------------------------------- templates alone


@dataclass(frozen=True)
class Alone(StepCircuit):
    """One template as a circuit of its own; its outputs by name."""

    def outputs(self, inputs: Inputs) -> dict[str, Any]:
        """Outputs for these inputs, as nested lists; AssertionFailed where there are none."""
        made = self.witness(inputs)
        given = set(self.calculator.input_signals())
        outputs: dict[str, Any] = {}
        for name, shape in self.compiled.shapes.items():
            if name not in given and self._is_output(name, shape):
                outputs[name] = _nested(lambda at, name=name: made[self._wires[name + at]], shape)  # type: ignore[misc]
        return outputs

    def result(self, inputs: Inputs) -> dict[str, Any] | None:
        """The outputs, or None where there is no witness."""
        try:
            return self.outputs(inputs)
        except AssertionFailed:
            return None

    def _is_output(self, name: str, shape: Sequence[int]) -> bool:
        first = name + "[0]" * len(shape)
        return 1 <= self._wires.get(first, 0) <= self.compiled.header.public_outputs

    @cached_property
    def _wires(self) -> dict[str, int]:
        """Wires of top-level signals."""
        found = {}
        for line in symbol_lines(self.compiled.symbols):
            _, wire, _, name = line.split(",")
            stem = name.removeprefix("main.")
            if "." not in stem and wire != "-1":
                found[stem] = int(wire)
        return found


def _nested(value_at: Callable[[str], int], shape: Sequence[int], at: str = "") -> Any:
    if not shape:
        return value_at(at)
    return [_nested(value_at, shape[1:], f"{at}[{i}]") for i in range(shape[0])]


@cache
def alone(file: str, template: str, *parameters: int) -> Alone:
    """A template of `circuits/lib` (or of tests/circuits/fixtures, by `../tests/…`) as a circuit of its own."""
    return Alone(compiled(_circuit_of(file, template, parameters)))


@cache
def dishonest(file: str, template: str, *parameters: int, hint: str, instead: str) -> Alone:
    """
    The same template with another hint: the program of a prover who cheats there, and recomputes all that follows.

    `hint` is what stands right of `<--` in the template, once; the constraints must be those of the honest one.
    """
    wanted, named = _circuit_of(file, template, parameters), f"circuits/{file}"
    sources = circuits._sources(wanted)
    before, head, rest = sources[named].decode().partition(f"template {template}(")
    body, end, after = rest.partition("\n}\n")
    assert body.count(f"<-- {hint};") == 1, f"{template} has no one hint {hint}"
    changed = body.replace(f"<-- {hint};", f"<-- {instead};")
    sources[named] = "".join((before, head, changed, end, after)).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(circuits, "_sources", lambda _: sources)
        made = Alone(compiled(wanted))
    assert made.compiled.r1cs.read_bytes() == alone(file, template, *parameters).compiled.r1cs.read_bytes()
    return made


def _circuit_of(file: str, template: str, parameters: tuple[int, ...]) -> Circuit:
    label = "_".join(map(str, ("test", template, *parameters)))
    source = (checkout() / "circuits" / file).read_text().partition(f"template {template}(")[2].partition("\n}\n")[0]
    given = re.findall(r"signal input (\w+)", source)  # public, or the compiler may replace them by other wires
    return Circuit(label, "alone", file, template, parameters, tuple(given))


# ---------------------------------------------------------------- inputs


def reduced(inputs: Inputs) -> dict[str, Any]:
    """The inputs with every number modulo r, for steps whose numbers no honest builder would meet."""

    def reduce(value: Any) -> Any:
        return value % R if isinstance(value, int) else [reduce(item) for item in value]

    return {name: reduce(value) for name, value in inputs.items()}


def elements(inputs: Inputs) -> Iterator[Place]:
    """The place of every field element in a circuit's inputs."""

    def below(value: Any, place: Place) -> Iterator[Place]:
        if isinstance(value, int):
            yield place
        else:
            for i, item in enumerate(value):
                yield from below(item, (*place, i))

    for name, value in inputs.items():
        yield from below(value, (name,))


def element_at(inputs: Inputs, place: Place) -> int:
    """The value at a place."""
    value: Any = inputs
    for key in place:
        value = value[key]
    assert isinstance(value, int)
    return value


def changed(inputs: Inputs, *changes: tuple[Place, int]) -> dict[str, Any]:
    """The inputs with other values at some places, reduced modulo r."""
    made = deepcopy(dict(inputs))
    for place, value in changes:
        container: Any = made
        for key in place[:-1]:
            container = container[key]
        container[place[-1]] = value % R
    return made
