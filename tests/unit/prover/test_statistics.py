"""What a circuit costs, and by which of its parts: readers, the attribution and the patterns, on small cases."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover import cache
from prover.circuits import Circuit, circuit, compiled
from prover.components import Components, attribute, last_wires, read_components
from prover.errors import MalformedFile
from prover.reference.r1cs_file import read_constraints
from prover.statistics import FIXED, Rules, Statistics, places, rules, statistics


def components(*paths: str, templates: str = "") -> Components:
    """One wire a component, numbered alike."""
    return Components(paths, tuple(templates) or tuple(map(str, range(len(paths)))), range(len(paths)))


def test_last_wires_of_a_circuit_equal_those_of_the_full_reader() -> None:
    path = compiled(circuit("membership", "tiny")).r1cs
    system = read_constraints(path)
    expected = [max(wire for row in constraint for wire in row) for constraint in system.constraints]
    assert last_wires(path, len(expected)).tolist() == expected


def test_last_wires_when_the_file_is_cut_or_counts_differ_refuses(tmp_path: Path) -> None:
    whole = compiled(circuit("place", "tiny"))
    count = whole.header.constraints
    data = whole.r1cs.read_bytes()
    (tmp_path / "cut.r1cs").write_bytes(data[: len(data) // 2])
    (tmp_path / "head.r1cs").write_bytes(data[:13])
    files = ((tmp_path / name, count) for name in ("cut.r1cs", "head.r1cs"))
    for path, constraints in (*files, (whole.r1cs, count - 1), (whole.r1cs, count + 10**6)):
        with pytest.raises(MalformedFile):
            last_wires(path, constraints)


def test_components_when_read_take_buses_for_signals_and_aliases_for_nothing(tmp_path: Path) -> None:
    symbols = tmp_path / "circuit.sym"
    lines = (
        "1,1,9,main.bus.x",
        "2,2,9,main.in",
        "3,-1,5,main.inner.alias",
        "4,3,5,main.inner.deep.bus.y",
        "5,3,5,main.z",
    )
    symbols.write_text("\n".join(lines) + "\n")
    found = read_components(symbols, 4)
    assert found.paths == ("main", "main.inner")
    assert list(found.of_wire) == [0, 0, 0, 1]


def test_components_when_a_wire_has_no_name_refuses(tmp_path: Path) -> None:
    symbols = tmp_path / "circuit.sym"
    symbols.write_text("1,1,0,main.x\n")
    with pytest.raises(MalformedFile):
        read_components(symbols, 3)


FLAT = ("main", "main.a", "main.b", "main.c", "main.d")
DEEP = ("main", "main.a", "main.a.in", "main.a.in.in", "main.c")
ORDERS = {
    "in order": (FLAT, [0, 0, 1, 2], [0, 0, 1, 2]),
    "an alias within one component": (FLAT, [1, 1, 0, 1], [1, 1, 1, 1]),
    "aliases of a component's only constraints": (FLAT, [1, 1, 1, 0, 0, 3, 3], [1, 1, 1, 2, 2, 3, 3]),
    "an alias of the last component": (FLAT, [3, 3, 0], [3, 3, 4]),
    "an alias ahead": (FLAT, [0, 4, 1, 1, 2], [0, 0, 1, 1, 2]),
    "among its own, before those inside it": (DEEP, [1, 1, 0, 2], [1, 1, 1, 2]),
    "of what the named place encloses, though deeper": (DEEP, [2, 2, 1, 4], [2, 2, 3, 4]),
    "the named place has nothing left": (DEEP, [3, 3, 3, 1, 4], [3, 3, 3, 4, 4]),
}


@pytest.mark.parametrize("paths, seen, expected", ORDERS.values(), ids=ORDERS)
def test_attribute_when_wires_break_the_order_of_components_follows_the_order(
    paths: tuple[str, ...], seen: list[int], expected: list[int]
) -> None:
    assert attribute(components(*paths), seen) == expected


RULES = Rules((("leg", ("leg*",)), ("fixed", ("state",)), ("lane", ("lane*",))), (("narrow", ("lane:1/2",)),))


def test_places_when_names_match_take_the_innermost_and_tell_templates_apart() -> None:
    paths = {
        "main": (FIXED, FIXED),
        "main.lane[0]": ("lane", "narrow"),
        "main.lane[0].Leg_12_345[3]": ("leg", "narrow"),
        "main.lane[0].Leg_12_345[3].mix": ("leg", "narrow"),
        "main.lane[0].missing.legs": ("leg", "narrow"),
        "main.lane[0].State_1_2": (FIXED, "narrow"),
        "main.lane[1]": ("lane", "narrow"),
        "main.lane[2]": ("lane", FIXED),
        "main.other": (FIXED, FIXED),
    }
    found = list(places(components(*paths, templates="mabcdeawo"), RULES))
    assert [(place.part, place.lane) for place in found] == list(paths.values())
    assert found[3].of == "main.lane[0]"


def test_patterns_of_the_manifest_are_known_by_name() -> None:
    assert {"account", "leg", "signature", "tree", "margin", "words", "table", FIXED} == set(dict(rules().parts))


@pytest.mark.parametrize("constraints, public, power", [(1, 0, 1), (3, 0, 2), (6, 1, 3), (7, 1, 4), (0, 0, 0)])
def test_domain_when_counted_holds_constraints_public_values_and_one(constraints: int, public: int, power: int) -> None:
    found = Statistics("c", "p", constraints, 9, public, (), {})
    assert found.power == power
    assert 0.5 < found.fullness <= 1


def test_statistics_when_asked_twice_reads_the_circuit_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ready = compiled(circuit("membership", "tiny"))
    monkeypatch.setenv("ZKCLEAR_DATA", str(tmp_path))
    first = statistics(ready)
    monkeypatch.setattr(cache, "_seen_intact", set())
    monkeypatch.setattr("prover.statistics.read_components", None)
    assert statistics(ready) == first
    assert sum(share.constraints for share in first.shares) == first.constraints == ready.header.constraints
    with pytest.raises(TypeError):  # other patterns: counted anew
        statistics(ready, Rules((), ()))


def test_statistics_when_a_part_is_a_known_template_count_it_exactly() -> None:
    check = Circuit("test_signature_check", "alone", "lib/signature.circom", "SignatureCheck", (), ())
    by = Rules((("key", ("keyPointsIf",)), ("signature", ("signatureOf",))), (("window", ("add:1/1",)),))
    counts: dict[str, int] = {}
    for share in statistics(compiled(check), by).shares:
        counts[share.part] = counts.get(share.part, 0) + share.constraints
    # 29 and 2,269 alone; whether the switch is a bit is asked once, and the outermost component keeps it
    assert counts == {"key": 28, "signature": 2_269, FIXED: 1}
