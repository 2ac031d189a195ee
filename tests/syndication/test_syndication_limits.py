"""Every network's limits hold for every text, and what belongs together is never cut.

The networks' own measures are taken, at their own size and tightened: some networks allow more than
anybody writes, and their way of counting would never be put to the test.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.syndication.announcing import START, announcement
from utrop.syndication import composer, networks
from utrop.syndication.cutting import ELLIPSIS
from utrop.syndication.delivery import Limits, Measure
from utrop.syndication.errors import Rejected

every_network = pytest.mark.parametrize("name", networks.names())

TEXT = st.lists(
    st.one_of(
        st.characters(),
        st.sampled_from(["å", "e\u0301", " ", "\n", "\r\n", ". ", "#", "@", "$SEK ", "\ufeff"]),
        st.sampled_from(
            ["👩🏽‍⚖️", "🇸🇪", "👨‍👩‍👧‍👦", "1️⃣", "é", "한", "שלום ", "مرحبا ", "日本", "\u202e"]
        ),
        st.sampled_from(
            ["example.se ", "https://a.example.org/x ", "blogg.se/a", "a" * 90, "*_[](){}"]
        ),
        st.sampled_from(
            ["Avtalet är värt 3,5 miljoner kronor. ", "Mer i vår. ", "t.ex. ", "<b>&amp;"]
        ),
    ),
    max_size=40,
).map("".join)

WHOLE = (
    *(
        "1 250 000 kronor",
        "3,5 miljoner kronor",
        "SEK 12 000",
        "€ 40 000",
        "25 procent",
        "12\u00a0kr",
    ),
    *(
        "den 24 november 2026",
        "måndagen den 24 november",
        "kl. 13.00",
        "2026-11-24",
        "1 December 2026",
    ),
    *("4 kap. 8 §", "tio dagar", "30 dagar", "45 km", "§ 12", "12.000,50 kr", "9 a.m."),
    *("https://www.example.org/en/mycket/lang/adress?med=fraga", "http://example.org/"),
)
FILLER = (
    "upphandlingen",
    "omfattar",
    "också",
    "skolor",
    "the",
    "contract",
    "städning",
    "och",
    "med",
)
PIECES = st.lists(
    st.tuples(st.sampled_from(FILLER), st.sampled_from(WHOLE), st.sampled_from(FILLER)),
    min_size=1,
    max_size=14,
).map(lambda threes: [piece for three in threes for piece in three])


def tightened(limits: Limits, maximum: int) -> Limits:
    """Return a network's limits with no count above ``maximum`` where it allows a text at all."""

    def tight(measure: Measure) -> Measure:
        return replace(measure, maximum=min(measure.maximum, maximum))

    return replace(limits, measures=tuple(map(tight, limits.measures)))


def source(text: str) -> str:
    """Return a text as the composer reads it, on one line."""
    return composer._line(text)


@every_network
@settings(max_examples=60, deadline=None)
@given(
    title=TEXT,
    summary=TEXT,
    tags=st.lists(st.text(max_size=30), max_size=8),
    maximum=st.one_of(st.integers(60, 400), st.just(100_000)),
)
def test_a_composed_text_is_within_every_measure_and_cuts_no_grapheme(
    name: str, title: str, summary: str, tags: list[str], maximum: int
) -> None:
    bounds = tightened(networks.limits(name), maximum)
    one = announcement(1, title=title, summary=summary * 4, tags=tuple(tags))
    try:
        message = composer.compose(one, name, bounds, created_at=START)
    except Rejected:
        return
    for measure in bounds.measures:
        assert measure.count(message.text) <= measure.maximum, measure.unit
    assert unicodedata.is_normalized("NFC", message.text)
    message.text.encode()
    if bounds.url_in_text:
        assert one.url in message.text.split()
    words = message.text.split()
    assert all(f"#{hashtag}" in words for hashtag in message.hashtags)
    said = message.text.partition(one.url)[0] if bounds.url_in_text else message.text
    for part in filter(None, said.split("\n\n")):
        cut = part.removesuffix(ELLIPSIS).rstrip()
        wholes = (source(one.title), source(one.summary))
        for whole in wholes if cut not in wholes else ():
            if whole.startswith(cut):
                assert len(cut) in grapheme_ends(whole), cut


def grapheme_ends(text: str) -> set[int]:
    return {match.end() for match in regex.finditer(r"\X", text)}


@every_network
@settings(max_examples=40, deadline=None)
@given(pieces=PIECES, maximum=st.integers(90, 420), in_title=st.booleans())
def test_what_belongs_together_is_never_cut(
    name: str, pieces: list[str], maximum: int, in_title: bool
) -> None:
    bounds = tightened(networks.limits(name), maximum)
    text = " ".join(pieces)
    changes = {"title": text, "summary": ""} if in_title else {"title": "Nytt", "summary": text}
    one = announcement(1, **changes)
    try:
        message = composer.compose(one, name, bounds, created_at=START)
    except Rejected:
        return
    said = message.text.replace(one.url, "").strip()
    said = said.removeprefix("Nytt").strip() if not in_title else said
    allowed = {bare(" ".join(pieces[:count])) for count in range(len(pieces) + 1)}
    assert bare(said.removesuffix(ELLIPSIS)) in allowed, said


def bare(text: str) -> str:
    """Return a text without the punctuation that a cut leaves out."""
    return re.sub(r"[\s,;:–—\-/.]+$", "", text)


@every_network
@settings(max_examples=30, deadline=None)
@given(words=TEXT, maximum=st.one_of(st.integers(60, 400), st.just(100_000)))
def test_own_words_stand_whole_within_every_measure_or_are_refused(
    name: str, words: str, maximum: int
) -> None:
    bounds = tightened(networks.limits(name), maximum)
    one = announcement(1, texts={name: words})
    own = composer.own_words(one, name)
    try:
        message = composer.compose(one, name, bounds, created_at=START)
    except Rejected:
        text = f"{own}\n\n{one.url}" if bounds.url_in_text else own
        assert not bounds.fits(text) or not own
        return
    assert bounds.fits(message.text)
    assert message.text.startswith(own)


@every_network
def test_a_network_bounds_its_texts(name: str) -> None:
    """A measure that counted nothing would let everything through."""
    bounds = networks.limits(name)
    assert bounds.measures
    assert not bounds.fits("a" * 100_001)
    assert bounds.measures[0].count("ab") > bounds.measures[0].count("a") > 0
