"""Templates of circuits/lib for trees, hashes and vectors, each alone: the law's results, and no others."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from support.spec_builders import Trader
from support.spec_values import DOMAIN, element
from support.step_witness import alone

from prover.reference.field import R
from rollup.spec.account import Account
from rollup.spec.data import seal
from rollup.spec.hashes import hash_list, new_tree, tagged
from rollup.spec.margin import sweep
from rollup.spec.shared import PROFILES, Status, Tag
from rollup.spec.table import CASH_MARK, Mark, marks_root
from rollup.spec.words import pack_indices
from rollup.witness.common import children, fields
from rollup.witness.escape import opened_values

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

TREE, VECTOR, ACCOUNT = "lib/tree8.circom", "lib/vector.circom", "lib/account.circom"


# -- trees and hashes


def test_update_of_a_tree_leads_to_the_laws_roots_and_takes_no_other_path() -> None:
    tree = new_tree(2)
    tree.update({index: element("leaf", index) for index in (0, 7, 8, 9, 37, 63)})
    template = alone(TREE, "Update8", 2)
    for index in (0, 5, 8, 37, 63):
        path, after = tree.proof(index), tree.snapshot()
        after.update({index: 777})
        inputs = {"before": path.leaf, "after": 777, "index": index, "child": children(path)}
        assert template.outputs(inputs) == {"rootBefore": tree.root, "rootAfter": after.root}
        for other in (index + 64, (index + 1) % 64, (index + 8) % 64, R - 1):
            moved = template.result({**inputs, "index": other})
            assert moved is None or (path.leaf == 0 and moved != {"rootBefore": tree.root, "rootAfter": after.root})
        assert not template.satisfied({**inputs, "before": path.leaf + 1})


@pytest.mark.parametrize("profile", ["tiny", "standard"])
def test_vector_hashed_twice_is_the_laws_hash_before_and_after(profile: str) -> None:
    """Cash and one slot change; of 64 quantities only the first chunk and that slot's are hashed again."""
    settings, chance = PROFILES[profile], random.Random(8)
    size = settings.slots
    template = alone(VECTOR, "VectorHashTwice", size)
    account = Account(Trader("alice").owner, tuple(chance.randint(-(1 << 103), 1 << 103) for _ in range(size)), (0,))
    for slot in (None, 1, 7, 8, 9, 15, size - 8, size - 1):
        after = list(account.vector)
        after[0] -= 5_000
        if slot is not None:
            after[slot] += 40
        selector = [int(slot == j) for j in range(size)]
        made = template.outputs({"before": fields(account.vector), "after": fields(after), "selector": selector})
        expected = replace(account, vector=tuple(after)).vector_hash
        assert made == {"hashBefore": account.vector_hash, "hashAfter": expected}


def hashes_like_the_law(length: int) -> None:
    values = [element("list", length, place) for place in range(length)]
    template = alone("lib/hash.circom", "HashList", length, int(Tag.DATA))
    assert template.outputs({"in": values}) == {"out": hash_list(Tag.DATA, values)}
    for place in {0, length // 2, length - 1}:
        other = [*values[:place], values[place] + 1, *values[place + 1 :]]
        assert template.outputs({"in": other}) == {"out": hash_list(Tag.DATA, other)}


@pytest.mark.parametrize("length", [15, 16, 17, 32])
def test_list_is_hashed_like_the_law(length: int) -> None:
    """The first block full, one short of it, one value more, and a third block."""
    hashes_like_the_law(length)


@pytest.mark.soak
@pytest.mark.parametrize("length", range(1, 41))
def test_list_of_every_length_is_hashed_like_the_law(length: int) -> None:
    hashes_like_the_law(length)


@pytest.mark.parametrize("slots", [16, 17, 64])
def test_marks_opened_from_their_values_lead_to_the_laws_root(slots: int) -> None:
    """With 16 slots the values begin a block; with 64, nine elements stand beside them."""
    chance = random.Random(slots)
    drawn = [
        Mark(
            Status(chance.randrange(5)),
            chance.getrandbits(32),
            chance.randint(-(1 << 46), 1 << 46),
            chance.randint(-(1 << 46), 1 << 46),
        )
        for _ in range(slots - 1)
    ]
    marks = (CASH_MARK, *drawn)
    names = {"marksBefore": "before", "marksBeside": "beside", "value": "value"}
    inputs = {names[name]: value for name, value in opened_values(marks).items()}
    assert alone("lib/table.circom", "MarksFromValues", slots).outputs(inputs) == {"root": marks_root(marks)}


@pytest.mark.parametrize("words", [1, 8])
def test_seal_is_the_laws_and_depends_on_everything(words: int) -> None:
    """Trap 24: no two touches share blinding or keystream."""
    parts = {"view_key": element("view"), "domain": DOMAIN, "index": 5, "nonce": 9, "salt": element("salt")}
    variants = [parts] + [{**parts, name: value + 1} for name, value in parts.items()]
    variants.append({**parts, "index": (1 << 24) - 1, "nonce": (1 << 40) - 1})
    seen: set[int] = set()
    for variant in variants:
        context = tagged(Tag.CONTEXT, variant["domain"], variant["salt"])
        inputs = {"viewKey": variant["view_key"], "context": context, **{k: variant[k] for k in ("index", "nonce")}}
        made = alone(ACCOUNT, "Seal", words).outputs(inputs)
        law = seal(**variant, words=words)
        assert made == {"blind": law.blind, "keystream": [*law.keystream]}
        seen |= {made["blind"], *made["keystream"]}
    assert len(seen) == len(variants) * (words + 1)


# -- vectors


def test_sweep_and_values_are_the_laws() -> None:
    chance = random.Random(9)
    sweeping, valuing = alone(VECTOR, "Sweep", 5), alone(VECTOR, "Values", 5, 3)
    for _ in range(12):
        edge = chance.choice([10, 1 << 40, (1 << 103) - 1])
        vector = tuple(chance.randint(-edge, edge) for _ in range(5))
        statuses = [Status.ACTIVE, *(chance.choice([Status.SETTLED, Status.ACTIVE]) for _ in range(4))]
        values = [1, *(chance.randint(1 - (1 << 47), (1 << 47) - 1) for _ in range(4))]
        marks = (CASH_MARK, *(Mark(s, 1, 0, v) for s, v in zip(statuses[1:], values[1:], strict=True)))
        settled = [int(status is Status.SETTLED) for status in statuses]
        made = sweeping.outputs({"before": fields(vector), "settled": settled, "value": fields(values)})
        assert made == {"after": fields(sweep(vector, marks))}
        rows = [values, *([1, *(chance.randint(-(1 << 46), 1 << 46) for _ in range(4))] for _ in range(2))]
        sums = [sum(a * b for a, b in zip(vector, row, strict=True)) for row in rows]
        assert valuing.outputs({"quantity": fields(vector), "row": [fields(row) for row in rows]}) == {
            "value": fields(sums)
        }


@pytest.mark.parametrize("count", [3, 10, 21])
def test_indices_are_packed_like_the_law(count: int) -> None:
    """One word, full or not, and three."""
    indices = [(1 << 24) - 1 - 7 * place for place in range(count)]
    assert alone("lib/words.circom", "PackIndices", count).outputs({"index": indices}) == {
        "word": pack_indices(indices)
    }
