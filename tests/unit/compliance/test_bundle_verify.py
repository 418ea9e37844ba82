"""Judging bundles: an honest one passes, and whoever writes another one is found out by the claim that he breaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from support.solvency_bundles import (
    PLACE,
    blindings,
    bundle,
    changed,
    failing,
    long_world,
    proven,
    self_made,
    short_world,
    tiny_prover,
    unchecked,
)
from support.spec_values import NOW, element

from prover.reference.bn254 import G2
from rollup.chain.keys import key_bytes
from rollup.chain.plan import LOCAL_CHAINS, VERSION
from rollup.compliance import expected as expectations
from rollup.compliance.bundle import PROTOCOL, Bundle, Place, ProvenPart
from rollup.compliance.expected import Expected
from rollup.compliance.solvency import Scan, bundle_of, prove_scan
from rollup.compliance.verify import exit_code, moment, verify
from rollup.spec.hashes import R, keccak
from rollup.spec.table import RiskTable
from rollup.verdicts import Verdict

DAY = 86_400

OF_THE_BOOKS = {"books balance", "fund", "close-out", "age"}
"""What is said of one state at one table, and so only where both are the ones on L1."""

FROM_ELSEWHERE = {"system", "verification key", "state root", "risk table"} | OF_THE_BOOKS
"""What no bundle can show of itself."""


def known(of: Bundle) -> Expected:
    """What an honest verifier knows of the system that a bundle is of."""
    return Expected(of.place, of.profile, of.key.name, True, of.state_root, of.table.root, NOW + 60, 3_600)


# -- what is honest


def test_verify_when_bundle_is_honest_checks_all_that_offline_can_be(long: Bundle) -> None:
    seen: list[int] = []
    claims = verify(long, known(long), lambda: seen.append(1))
    assert {claim.subject for claim in claims if claim.verdict is not Verdict.PASS} == {
        "custody opening",
        "posted on L1",
    }
    assert exit_code(claims) == 0
    assert len(seen) == len(long.parts) == 3


def test_verify_when_nothing_is_known_from_elsewhere_says_what_it_did_not_check(short: Bundle) -> None:
    assert unchecked(short) == FROM_ELSEWHERE | {"custody opening", "posted on L1"}
    assert failing(short) == set()


def test_verify_when_custody_is_opened_shows_the_amount_and_no_other(short_scan: Scan) -> None:
    opened = bundle(short_scan, open_custody=True)
    (claim,) = (claim for claim in verify(opened, Expected()) if claim.subject == "custody opening")
    assert (claim.verdict, claim.detail) == (Verdict.PASS, "10.000500 USDC inside accounts")
    assert opened.custody is not None
    for lie in (replace(opened.custody, amount=1), replace(opened.custody, random=1)):
        assert failing(replace(opened, custody=lie)) == {"custody opening"}


def test_bundle_when_custody_is_not_opened_holds_neither_amount_nor_blinding(long_scan: Scan) -> None:
    written = bundle(long_scan).encoded().decode()
    secret = {long_scan.state.custody, *(part.blind_after for part in long_scan.parts[:-1])}
    for value in secret:
        assert str(value) not in written
        assert f"{value:x}" not in written


def test_constants_that_others_have_too_are_the_same(short: Bundle) -> None:
    assert PROTOCOL == VERSION
    assert expectations.LOCAL_CHAINS == LOCAL_CHAINS
    assert short.key.name == keccak(key_bytes(tiny_prover().key.verification_key))


# -- what somebody else says


WRONG: dict[str, tuple[Callable[[Expected], Expected], str]] = {
    "another root": (lambda it: replace(it, state_root=1), "state root"),
    "another table": (lambda it: replace(it, risk_root=1), "risk table"),
    "another key": (lambda it: replace(it, key=bytes(32)), "verification key"),
    "another chain": (lambda it: replace(it, place=replace(PLACE, chain=1), development=False), "system"),
    "another contract": (lambda it: replace(it, place=replace(PLACE, clearing=1)), "system"),
    "another profile": (lambda it: replace(it, profile="small"), "system"),
    "a day later": (lambda it: replace(it, at=NOW + 86_400), "age"),
    "a second too late": (lambda it: replace(it, at=NOW + 3_601), "age"),
    "before its table": (lambda it: replace(it, at=NOW - 1), "age"),
}


@pytest.mark.parametrize("what", WRONG)
def test_verify_when_something_else_is_meant_fails_by_that_claim(what: str, short: Bundle) -> None:
    change, subject = WRONG[what]
    assert failing(short, change(known(short))) == {subject}


# -- whose table it is


@pytest.fixture(scope="session")
def invented(tmp_path_factory: pytest.TempPathFactory) -> tuple[Bundle, RiskTable]:
    """A sound proof of an old state at a table that its operator made up just now, and the table that L1 has."""
    world = short_world()
    real = world.table
    scan = prove_scan(
        world.state, replace(real, time=NOW + 40 * DAY), tiny_prover(), tmp_path_factory.mktemp("invented"), blindings()
    )
    return bundle(scan), real


TODAY = NOW + 40 * DAY + 60

GIVEN: dict[str, tuple[bool, bool, set[str]]] = {
    "nothing": (False, False, {"give --root and --risk-root, read on L1"}),
    "the root": (True, False, {"give --risk-root, read on L1"}),
    "the table": (False, True, {"the risk table must be another, which this is not said of"}),
    "both": (True, True, {"the risk table must be another, which this is not said of"}),
}


@pytest.mark.parametrize("given", GIVEN)
def test_verify_when_the_table_is_made_up_passes_nothing_that_rests_on_it(
    given: str, invented: tuple[Bundle, RiskTable]
) -> None:
    """An operator whose last table is forty days old, or ruinous, proves at one of its own."""
    lie, real = invented
    root, table, said = GIVEN[given]
    it = replace(known(lie), at=TODAY, state_root=None, risk_root=None)
    it = replace(it, state_root=lie.state_root if root else None, risk_root=real.root if table else None)
    claims = {claim.subject: claim for claim in verify(lie, it)}
    assert {claims[subject].verdict for subject in OF_THE_BOOKS} == {Verdict.NOT_CHECKED}
    assert {claims[subject].detail.rpartition("; ")[2] for subject in OF_THE_BOOKS} == said
    assert claims["risk table"].verdict is (Verdict.FAIL if table else Verdict.NOT_CHECKED)
    assert "no account is beyond close-out" in claims["close-out"].detail, "what is proven is told"


@pytest.mark.parametrize("name", ["state_root", "risk_root"])
@pytest.mark.parametrize("value", [None, 1])
def test_verify_when_one_root_is_missing_or_another_says_of_the_books_that_it_did_not_check(
    name: str, value: int | None, short: Bundle
) -> None:
    found = unchecked(short, replace(known(short), **{name: value}))
    assert found >= OF_THE_BOOKS
    assert found <= OF_THE_BOOKS | {"state root", "risk table", "custody opening", "posted on L1"}


def test_verify_when_the_bundle_is_too_old_by_its_own_table_fails_without_any_root(short: Bundle) -> None:
    late = replace(known(short), state_root=None, risk_root=None, at=NOW + 3_601)
    assert failing(short, late) == {"age"}
    assert failing(short, replace(late, at=NOW - 1)) == {"age"}


def test_verify_at_the_last_moment_passes_the_age(short: Bundle) -> None:
    last = replace(known(short), at=NOW + 3_600)
    assert failing(short, last) == set()
    assert "age" not in unchecked(short, last)


def test_verify_when_a_development_key_is_used_off_local_chains_fails(short: Bundle) -> None:
    public = replace(known(short), place=Place(1, PLACE.clearing))
    assert failing(short, public) == {"system", "verification key"}


# -- what an attacker writes


def test_verify_when_the_key_is_self_made_passes_nothing_but_what_rests_on_it(long: Bundle) -> None:
    """Everything verifies under it, any lie too: only who knows the key from elsewhere sees it."""
    lie = self_made(long, accounts=1_000_000, custody_commit=element("no custody"))
    assert failing(lie) == set()
    assert "verification key" in unchecked(lie)
    assert failing(lie, known(long)) == {"verification key"}


@pytest.mark.parametrize(
    ("statement", "subject"),
    [({"failed": 1}, "close-out"), ({"balanced": 0}, "books balance"), ({"fund_solvent": 0}, "fund")],
)
def test_verify_when_the_books_are_proven_not_in_order_fails(
    statement: dict[str, int], subject: str, short: Bundle
) -> None:
    assert failing(self_made(short, **statement)) == {subject}


@pytest.mark.parametrize(("name", "subject"), [("balanced", "books balance"), ("fund_solvent", "fund")])
def test_verify_when_a_bit_is_another_number_fails(name: str, subject: str, short: Bundle) -> None:
    assert failing(self_made(short, **{name: 2})) == {"what is claimed", subject}


def test_verify_when_the_key_lets_anybody_forge_fails(short: Bundle) -> None:
    for unsafe in (replace(short.key, delta=short.key.gamma), replace(short.key, delta=G2)):
        assert failing(replace(short, key=unsafe)) == {"proofs"}


def test_verify_when_the_key_is_no_points_fails(short: Bundle) -> None:
    off = replace(short.key, alpha=short.key.alpha._replace(y=short.key.alpha.y ^ 1))
    assert failing(replace(short, key=off)) == {"proofs"}


def test_verify_when_a_proof_is_on_no_curve_fails_and_claims_nothing_of_it(short: Bundle) -> None:
    (part,) = short.parts
    off = replace(part.proof, c=part.proof.c._replace(x=1))
    lie = replace(short, parts=(replace(part, proof=off),))
    assert failing(lie) == {"proofs"}
    assert unchecked(lie) >= {"what is claimed", "books balance", "fund", "close-out", "table time", "domain"}


HEADERS = {
    "result.accounts": ("what is claimed", 2),
    "result.failed": ("what is claimed", 1),
    "result.balanced": ("what is claimed", False),
    "result.fund_solvent": ("what is claimed", False),
    "result.empty_slots": ("what is claimed", f"{18:#066x}"),
    "result.custody_commit": ("what is claimed", f"{18:#066x}"),
    "state.root": ("what is claimed", f"{18:#066x}"),
    "table.root": ("what is claimed", f"{18:#066x}"),
    "table.time": ("table time", NOW + 1),
    "table.marks": ("table time", f"{18:#066x}"),
    "system.chain": ("domain", 1),
    "system.clearing": ("domain", f"{18:#042x}"),
    "system.protocol": ("domain", 2),
}


@pytest.mark.parametrize("path", HEADERS)
def test_verify_when_the_front_says_other_than_the_proofs_fails(path: str, short: Bundle) -> None:
    subject, value = HEADERS[path]
    assert failing(changed(short, path, value)) == {subject}


@pytest.mark.parametrize("name", ["accounts", "empty_slots", "custody_commit", "totals_before", "risk_root"])
def test_verify_when_a_statement_was_changed_fails_its_proof(name: str, short: Bundle) -> None:
    """Fewer accounts among them."""
    (part,) = short.parts
    other = replace(part.statement, **{name: getattr(part.statement, name) ^ 1})
    lie = replace(short, parts=(replace(part, statement=other),))
    assert "proofs" in failing(lie)


def shuffled(of: Bundle, *places: int) -> Bundle:
    return replace(of, parts=tuple(of.parts[place] for place in places))


@pytest.mark.parametrize(
    "places", [(0, 2), (1, 2), (2,), (0, 1), (0, 0, 1, 2), (0, 1, 1, 2), (0, 1, 2, 2), (0, 2, 1), (0, 1, 2, 0, 1, 2)]
)
def test_verify_when_parts_are_missing_repeated_or_moved_fails_the_chain(places: tuple[int, ...], long: Bundle) -> None:
    """Every proof is sound by itself, so it is the chain that must see it."""
    failed = failing(shuffled(long, *places))
    assert "chain of parts" in failed
    assert "proofs" not in failed


def test_verify_when_proofs_are_swapped_fails_them(long: Bundle) -> None:
    first, second, third = long.parts
    swapped = (ProvenPart(first.statement, second.proof), ProvenPart(second.statement, first.proof), third)
    assert failing(replace(long, parts=swapped)) == {"proofs"}


@pytest.mark.parametrize("more", [0, 1])
def test_verify_when_two_scans_are_spliced_fails_the_chain(more: int, long: Bundle, tmp_path: Path) -> None:
    """Of one state under other blindings, and of two states: no totals of one are taken up by the other."""
    other = bundle(proven(long_world(more), tmp_path, "other"))
    spliced = replace(other, parts=(*long.parts[:1], *other.parts[1:]))
    assert failing(spliced) == {"chain of parts"}


def test_verify_when_a_shorter_scan_ends_a_longer_one_fails(long: Bundle, short: Bundle) -> None:
    lie = replace(short, parts=(*long.parts[:2], *short.parts))
    assert "chain of parts" in failing(lie)


def test_verify_when_the_bundle_is_sound_and_of_another_system_fails_by_the_record(
    short: Bundle, tmp_path: Path
) -> None:
    world = long_world()
    place = Place(PLACE.chain, PLACE.clearing + 1)
    world.state = replace(world.state, domain=place.domain)
    foreign = bundle_of(proven(world, tmp_path, "foreign"), place, 9)
    assert failing(foreign) == set()
    assert failing(foreign, replace(known(short), state_root=None, risk_root=None)) == {"system"}
    assert failing(replace(foreign, place=PLACE)) == {"domain"}


def test_moment_beyond_all_calendars_is_still_told() -> None:
    assert moment(0) == "1970-01-01 00:00:00 UTC"
    assert moment((1 << 40) - 1) == f"second {(1 << 40) - 1}"


def test_verify_never_takes_numbers_of_another_name(short: Bundle) -> None:
    """x and x + r are one scalar to the curve, so the mathematics refuses the larger, whoever brings it."""
    (part,) = short.parts
    twin = replace(part.statement, accounts=part.statement.accounts + R)
    result = replace(short.result, accounts=twin.accounts)
    lie = replace(short, parts=(replace(part, statement=twin),), result=result)
    assert "proofs" in failing(lie)
