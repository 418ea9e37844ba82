"""
Our batched verifier against the verifiers that snarkjs exports from the same proving keys, on a real chain.

The proofs are real ones of all six kinds in the tiny profile, and what `EDITS` makes of them. Our verifier accepts a
set exactly when snarkjs's verifiers accept every claim of it alone. Two differences are meant, and have tests of their
own: inputs of r or more, which our callers refuse, and further names of a point, which only snarkjs's verifier reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random

import pytest

pytest.importorskip("zkclear_native", reason="the native extension is not built: install Rust, make setup")

from support.attestation_builders import parts_of
from support.chain import running_chain
from support.claims_witness import Leaver, escape_of, inputs_of
from support.mixed_batches import mixed_batch
from support.proving import calculator, key_of, native_backend, proved_step
from support.solvency_witness import small_world
from support.spec_builders import World
from support.tampered_claims import CANCELLING, EDITS, SOUND, moved_input, moved_word
from support.verifier_judges import KINDS, PROOF_WORDS, Claim, Judges, claim_of, verification_key

from prover.reference.bn254 import Q
from prover.reference.field import R
from prover.witness import Inputs
from rollup.chain.bindings.verifiers import ProofKind
from rollup.chain.keys import circuit_of, key_bytes
from rollup.spec.data import encode
from rollup.spec.shared import PROFILES
from rollup.witness.solvency import solvency_inputs
from rollup.witness.steps import circuit_name

TINY = PROFILES["tiny"]
STEPS = (ProofKind.TRADE, ProofKind.FUNDS, ProofKind.LIQUIDATE)
LARGEST = 12
"""Claims in a set, at most."""

Pool = Mapping[ProofKind, Sequence[Claim]]


@pytest.fixture(scope="module")
def judges(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judges]:
    with running_chain() as chain:
        yield Judges.on(chain, tmp_path_factory.mktemp("exported"))


@pytest.fixture(scope="module")
def pool() -> Pool:
    """Real proofs: a random batch, both forms of a withdrawal, two escapes, a solvency scan."""
    found: dict[ProofKind, list[Claim]] = {kind: [] for kind in KINDS}
    for applied in mixed_batch(3, TINY):
        kind = next(kind for kind in STEPS if circuit_of(kind) == circuit_name(applied))
        if len(found[kind]) < 3:
            found[kind].append(claim_of(kind, proved_step(applied)))
    world = World()
    world.join("alice", 10_000, index=2)
    world.join("bob", 10_000, index=3)
    world.funds(world.note(2, 100), world.note(3, 200))
    world.cross(2, 3, 1, 5, 1_000, fee=5)
    for index in (2, 3):
        claim = Leaver(world, index).withdrawal(0, None if index == 2 else {2, 3})
        found[ProofKind.WITHDRAW].append(_proven(ProofKind.WITHDRAW, inputs_of(claim)))
        found[ProofKind.ESCAPE].append(_proven(ProofKind.ESCAPE, inputs_of(escape_of(world, index))))
    for part in parts_of(small_world())[:2]:
        found[ProofKind.SOLVENCY].append(_proven(ProofKind.SOLVENCY, solvency_inputs(part)))
    assert all(len({claim.inputs for claim in claims}) >= 2 for claims in found.values())
    return found


def _proven(kind: ProofKind, inputs: Inputs) -> Claim:
    name = circuit_of(kind)
    return claim_of(kind, native_backend().prove(key_of(name, "tiny"), calculator(name, "tiny").witness(inputs)))


def _edited_set(pool: Pool, random: Random, *edits: str) -> list[Claim]:
    """Two to twelve claims under any keys in any order; two of one kind for each edit, and sound ones."""
    count = random.randint(max(2, 2 * len(edits)), LARGEST)
    claims: list[Claim] = []
    for edit in edits:
        first, second = random.sample(pool[random.choice(KINDS)], 2)
        claims += EDITS[edit](first, second, random)
    everything = [claim for kind in KINDS for claim in pool[kind]]
    claims += random.choices(everything, k=count - len(claims))
    random.shuffle(claims)
    return claims


def _other(pool: Pool, kind: ProofKind) -> Claim:
    """A sound claim under the next kind's key."""
    return pool[KINDS[kind % len(KINDS)]][0]


# -- the same keys


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_exported_constants_are_the_words_of_our_key(kind: ProofKind, judges: Judges) -> None:
    """In our order, and there are no others."""
    found = re.findall(r"uint256 constant (\w+)\s*=\s*(\d+);", judges.exported[kind])
    constants = {name: int(value) for name, value in found}
    assert (constants.pop("r"), constants.pop("q")) == (R, Q)
    names = ["alphax", "alphay"]
    names += [f"{point}{part}" for point in ("beta", "gamma", "delta") for part in ("x1", "x2", "y1", "y2")]
    names += [f"IC{number}{axis}" for number in range(verification_key(kind).inputs + 1) for axis in "xy"]
    assert encode([constants.pop(name) for name in names]) == key_bytes(verification_key(kind))
    assert not constants


# -- sets that hold, and sets that do not


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_verify_real_proofs_of_one_kind_accepts(kind: ProofKind, judges: Judges, pool: Pool) -> None:
    assert all(judges.agree([claim]) for claim in pool[kind])
    assert judges.agree(pool[kind])


def test_verify_no_claims_accepts(judges: Judges) -> None:
    assert judges.agree([])


def _judge(judges: Judges, pool: Pool, seed: str, *edits: str) -> None:
    claims = _edited_set(pool, Random(seed), *edits)
    assert judges.agree(claims) == set(edits).issubset(SOUND), seed


@pytest.mark.parametrize("edit", EDITS)
def test_verify_sets_with_an_edit_agrees(edit: str, judges: Judges, pool: Pool) -> None:
    for number in range(2):
        _judge(judges, pool, f"{edit} {number}", edit)


@pytest.mark.parametrize("number", range(12))
def test_verify_sets_with_several_edits_agrees(number: int, judges: Judges, pool: Pool) -> None:
    random = Random(f"several {number}")
    names = SOUND if number % 3 == 0 else tuple(EDITS)
    _judge(judges, pool, f"several {number}", *random.choices(names, k=random.randint(2, 4)))


@pytest.mark.soak
@pytest.mark.parametrize("edit", EDITS)
def test_verify_many_sets_with_an_edit_agrees(edit: str, judges: Judges, pool: Pool) -> None:
    random = Random(f"soak {edit}")
    for number in range(40):
        further = random.choices(tuple(EDITS), k=random.randint(0, 3))
        _judge(judges, pool, f"soak {edit} {number}", edit, *further)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_verify_with_any_word_or_input_moved_refuses(kind: ProofKind, judges: Judges, pool: Pool) -> None:
    """Each of them, both where the power is 1 and where it is random, and of the last claim under several keys."""
    claim, other = pool[kind][0], _other(pool, kind)
    moved = [moved_word(claim, place) for place in range(PROOF_WORDS)]
    moved += [moved_input(claim, place) for place in range(len(claim.inputs))]
    for changed in moved:
        assert not judges.alone(changed)
        assert not judges.batched([changed])
        assert not judges.batched([changed, other])
        assert not judges.batched([pool[kind][1], other, changed])


@pytest.mark.parametrize("edit", CANCELLING)
def test_verify_where_errors_cancel_refuses_what_a_plain_product_accepts(edit: str, judges: Judges, pool: Pool) -> None:
    """These are forgeries against a verifier that multiplies all equations without random powers."""
    random = Random(f"cancelling {edit}")
    for kind in random.sample(KINDS, 2):
        first, second = random.sample(pool[kind], 2)
        pair = EDITS[edit](first, second, random)
        assert judges.product_is_one(pair)
        assert not judges.product_is_one(pair[:1])
        assert not judges.agree(pair)
        assert not judges.agree([*pair[::-1], _other(pool, kind)])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_verify_under_what_is_no_key_of_so_many_inputs_refuses(kind: ProofKind, judges: Judges, pool: Pool) -> None:
    """snarkjs's verifiers have their keys inside. Ours is told where one is; nothing there would show everything."""
    verify = judges.harness.functions.verify
    words = [*pool[kind][0].inputs, *pool[kind][0].proof]
    count = verification_key(kind).inputs
    places = [judges.keys[other] for other in KINDS if verification_key(other).inputs != count]
    for address in (judges.chain.eth.accounts[-1], judges.harness.address, *places):
        assert not verify([(address, [0] * len(words))]).call()
        assert not verify([(address, words)]).call()


# -- where they are meant to differ


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_verify_inputs_above_the_field_are_those_below_for_ours_and_none_for_snarkjs(
    kind: ProofKind, judges: Judges, pool: Pool
) -> None:
    """
    Trap 10. Our library reduces inputs: what shows x shows x + r, and what does not show x does not show x + r.

    snarkjs's verifier refuses x + r itself. In ours that is for the callers, who know which inputs can be that large:
    those that they compute or keep are below r, and the words that come from outside they check one by one
    (NotAFieldElement), before they use them as names of notes or accounts.
    """
    claim, other = pool[kind][0], _other(pool, kind)
    for place, value in enumerate(claim.inputs):
        for times in {1, (2**256 - 1 - value) // R}:
            above = replace(claim, inputs=(*claim.inputs[:place], value + times * R, *claim.inputs[place + 1 :]))
            assert not judges.alone(above)
            assert judges.batched([above])
            assert judges.batched([other, above])
    unshown = moved_input(claim, 0)
    above = replace(unshown, inputs=(unshown.inputs[0] + R, *unshown.inputs[1:]))
    assert not judges.batched([above])
    assert not judges.batched([other, above])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_verify_a_second_name_of_a_point_refuses_where_snarkjs_accepts(
    kind: ProofKind, judges: Judges, pool: Pool
) -> None:
    """
    snarkjs's verifier reads the y of A as q - y modulo 2^256, then modulo q, and so has several names for one point.

    Whoever takes the words of a proof for its name is deceived. Ours hands words to the precompiles as they are.
    """
    claim, other = pool[kind][0], _other(pool, kind)
    lowest = (claim.a.y + 2**256) % Q + Q
    names = range(lowest, 2**256, Q)
    assert len(names) >= 4
    for name in names:
        renamed = replace(claim, proof=(claim.a.x, name, *claim.proof[2:]))
        assert judges.alone(renamed)
        assert not judges.batched([renamed])
        assert not judges.batched([other, renamed])
