"""The page that the demo leaves: whole, closed to the outside and to hostile names, complete to the micro-dollar."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from rollup.cli.story.page import page_json, render
from rollup.cli.story.page_clock import LEFT, RIGHT, Clock
from rollup.cli.story.page_data import (
    BatchTold,
    ChapterTold,
    Event,
    Figure,
    GasPart,
    Holder,
    Moment,
    PriceLine,
    Proof,
    Telling,
    Transaction,
    TwoSides,
)
from rollup.cli.story.page_markup import dollars, elapsed, number, tag, text

START = 1_800_000_000
DAY = 86_400
LEAF = 0x1234567890ABCDEF << 180
WORDS = (0xFEDCBA << 200 | 0xABCDEF, 7)
HOSTILE = "\"'><script>alert(1)</script><img onerror=x>&amp;\u202eEve\x07"

TOLD = Telling(
    title="A settlement",
    started="22 November 2026",
    profile="tiny",
    chapters=(
        ChapterTold("Money in", ("an account belongs to who paid for it",), 2.25, ("anvil answers",)),
        ChapterTold("Money out", (), 0.5, skipped="no compiler here"),
    ),
    holders=(
        Holder(
            "Ada",
            "long",
            (
                Moment("registers", START + 40, 300_000_001, 300_000_001),
                Moment("batch 1", START + 100, -421_745_400, 299_625_003, (("BTC perpetual", 12), ("gone", 0))),
                Moment("escape", START + 7 * DAY, 0, 0),
            ),
            paid=299_625_007,
        ),
        Holder("fund", "guarantee fund", ()),
    ),
    prices=(
        PriceLine("BTC", "spot", ((START, 60_000_000_011), (START + 60, 45_600_000_013))),
        PriceLine("ETH", "spot", ((START, 3_000_000_017),)),
        PriceLine("BTC", "mark", ((START, 60_010_000_019),)),
    ),
    events=(Event(START + 60, "the crash"), Event(START + 61, "Ben is liquidated")),
    batches=(
        BatchTold(
            1,
            (1, 2),
            (Proof("trade", 61_723, 0.081, 0.322), Proof("trade", 61_723, 0.09, 0.3)),
            gas=692_713,
            floor_gas=129_601,
            calldata_bytes=3_312,
            transactions=2,
            trades=4,
            parts=(GasPart("verification", 448_517), GasPart("calldata", 43_201)),
        ),
    ),
    proofs=(Proof("escape", 11_114, 0.03, 0.1),),
    transactions=(
        Transaction("register", 187_793, 420),
        Transaction("register", 187_805),
        Transaction("attest", 328_611),
    ),
    sides=(TwoSides("Ada buys", "Ada", 3, LEAF, WORDS, None, ("bought 12 BTC perpetual",), (("fee", 375_021),)),),
    figures=(
        Figure("bytes a trade", 828, "bytes", "zkclear demo"),
        Figure("prover", 5.614, "µs", "zkclear bench prover"),
    ),
)


class Reader(HTMLParser):
    """Reads a page, and holds it to closing what it opens."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        assert len(dict(attrs)) == len(attrs), f"an attribute twice in {tag}"
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)


def hostile() -> Telling:
    """The same story told by somebody who wants in, wherever a text may stand."""
    told = TOLD
    (moment, *_), (batch, *_) = told.holders[0].moments, told.batches
    return replace(
        told,
        title=HOSTILE,
        started=HOSTILE,
        profile=HOSTILE,
        chapters=(ChapterTold(HOSTILE, (HOSTILE,), 1.0, (HOSTILE,), HOSTILE),),
        holders=(Holder(HOSTILE, HOSTILE, (replace(moment, label=HOSTILE, positions=((HOSTILE, 1),)),)),),
        prices=(PriceLine(HOSTILE, HOSTILE, ((START, 1),)),),
        events=(Event(START, HOSTILE),),
        batches=(replace(batch, parts=(GasPart(HOSTILE, 1),), steps=(Proof(HOSTILE, 1, 0.1, 0.1),)),),
        transactions=(Transaction(HOSTILE, 1),),
        sides=(TwoSides(HOSTILE, HOSTILE, 3, LEAF, WORDS, HOSTILE, (HOSTILE,), ((HOSTILE, 1),)),),
        figures=(Figure(HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
    )


@pytest.mark.parametrize("told", [TOLD, hostile(), Telling("", "", "")], ids=["story", "hostile", "empty"])
def test_page_when_read_closes_every_tag_and_names_no_id_twice(told: Telling) -> None:
    reader = Reader(render(told))
    ids = [attributes["id"] for _, attributes in reader.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = {attributes["href"] for tag, attributes in reader.tags if tag == "a"}
    assert links <= {f"#{one}" for one in ids}


@pytest.mark.parametrize("told", [TOLD, Telling("", "", "")], ids=["story", "empty"])
def test_page_when_opened_asks_nothing_of_a_network(told: Telling) -> None:
    page = render(told)
    for outside in ("http://", "https://", "src=", "url(", "@import", "<script", "<link", "<iframe", "<img", "//cdn"):
        assert outside not in page
    policy = [each["content"] for tag, each in Reader(page).tags if each.get("http-equiv") == "Content-Security-Policy"]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_page_when_a_name_is_hostile_shows_it_as_letters() -> None:
    plain, attacked = Reader(render(TOLD)), Reader(render(hostile()))
    assert {tag for tag, _ in attacked.tags} <= {tag for tag, _ in plain.tags}
    assert not [name for _, attributes in attacked.tags for name in attributes if name.startswith("on")]
    shown = HOSTILE.replace("\u202e", "\N{REPLACEMENT CHARACTER}").replace("\x07", "\N{REPLACEMENT CHARACTER}")
    assert attacked.text.count(shown) > 20
    assert not {"\u202e", "\x07"} & set(attacked.text)


def test_page_when_told_amounts_shows_each_to_the_micro_dollar() -> None:
    shown = Reader(render(TOLD)).text
    amounts = [moment.cash for holder in TOLD.holders for moment in holder.moments]
    amounts += [moment.equity for holder in TOLD.holders for moment in holder.moments]
    amounts += [holder.paid for holder in TOLD.holders if holder.paid is not None]
    amounts += [price for line in TOLD.prices for _, price in line.points]
    amounts += [micro for side in TOLD.sides for _, micro in side.amounts]
    assert [dollars(each) for each in amounts if dollars(each) not in shown] == []
    assert dollars(-421_745_400) == "−421.745400"


def test_page_when_told_counts_shows_each_of_them() -> None:
    shown = Reader(render(TOLD)).text
    batch = TOLD.batches[0]
    counts = [batch.gas, batch.floor_gas, batch.calldata_bytes, *(part.gas for part in batch.parts)]
    counts += [one.gas for one in TOLD.transactions] + [187_793 + 187_805, batch.gas // batch.trades]
    counts += [proof.constraints for proof in (*batch.steps, *TOLD.proofs)]
    assert [number(each) for each in counts if number(each) not in shown] == []
    for seconds in ("0.081", "0.322", "0.79", "2 × trade", "12 BTC perpetual", "5.61"):
        assert seconds in shown
    assert "gone" not in shown


def test_page_when_given_texts_shows_each_of_them() -> None:
    shown = Reader(render(TOLD)).text
    for chapter in TOLD.chapters:
        assert all(each in shown for each in (chapter.title, *chapter.claims, *chapter.notes))
    for event in TOLD.events:
        assert event.text in shown
    for said in ("Left out on this machine: Money out.", "Left out: no compiler here", "zkclear bench prover"):
        assert said in shown


def test_page_when_nothing_was_left_out_says_so() -> None:
    assert "nothing was left out" in render(replace(TOLD, chapters=TOLD.chapters[:1]))
    assert "nothing was left out" not in render(TOLD)


def test_page_when_field_elements_are_long_shows_their_ends() -> None:
    shown = Reader(render(TOLD)).text
    assert "0x00000012…000000" not in shown
    for element in (LEAF, *WORDS):
        digits = f"{element:064x}"
        assert f"0x{digits[:8]}…{digits[-6:]}" in shown


def test_page_when_told_twice_is_the_same() -> None:
    assert render(TOLD) == render(replace(TOLD))


def test_page_when_charts_are_drawn_names_each_for_who_cannot_see_it() -> None:
    pictures = [attributes for tag, attributes in Reader(render(TOLD)).tags if tag == "svg" and "role" in attributes]
    assert len(pictures) >= 6
    assert all(each["role"] == "img" and each["aria-label"] for each in pictures)
    assert any("Equity of Ada. equity: from 300.000001 to 0.000000" in str(each["aria-label"]) for each in pictures)


def test_document_when_written_is_json_with_everything_in_it() -> None:
    document = json.loads(json.dumps(page_json(TOLD)))
    assert document["holders"][0]["moments"][1]["cash"] == -421_745_400
    assert int(document["sides"][0]["leaf"], 16) == LEAF
    assert [int(word, 16) for word in document["sides"][0]["words"]] == list(WORDS)
    assert re.fullmatch("0x[0-9a-f]{64}", document["sides"][0]["leaf"])
    assert document["batches"][0]["parts"][0] == {"label": "verification", "gas": 448_517}


def test_clock_when_time_jumps_cuts_the_jump_and_keeps_the_order() -> None:
    clock = Clock.over([START, START + 60, START + 120, START + 121, START + 180, START + 7 * DAY])
    assert list(clock.places) == sorted(set(clock.places))
    assert (clock.places[0], round(clock.places[-1], 6)) == (LEFT, RIGHT)
    assert [gap for _, gap in clock.cuts] == [7 * DAY - 180]
    assert clock.places[5] - clock.places[4] == pytest.approx(3 * (clock.places[1] - clock.places[0]))
    assert clock.at(START + 3 * DAY) == clock.places[4]


@pytest.mark.parametrize("times", [[], [START], [START, START]])
def test_clock_when_there_is_no_stretch_of_time_stands_at_its_beginning(times: list[int]) -> None:
    clock = Clock.over(times)
    assert clock.at(START) == LEFT
    assert clock.cuts == ()


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (61, "1 min 1 s"),
        (3_600, "1 h"),
        (7 * DAY + 60, "7 d 1 min"),
        (DAY + 3_661, "1 d 1 h"),
    ],
)
def test_elapsed_when_told_has_the_two_largest_units(seconds: int, told: str) -> None:
    assert elapsed(seconds) == told


@pytest.mark.parametrize(
    ("value", "told"),
    [(0.0714, "0.071"), (5.614, "5.61"), (1234.5, "1,234"), (-1234, "−1,234"), ("as it is", "as it is")],
)
def test_number_when_told_has_the_decimals_of_its_size(value: float | str, told: str) -> None:
    assert number(value) == told


def test_tag_when_attributes_are_hostile_keeps_them_inside_their_quotes() -> None:
    ((_, attributes),) = Reader(tag("p", text("<b>"), class_='"><b>', aria_label=None)).tags
    assert attributes == {"class": '"><b>'}
