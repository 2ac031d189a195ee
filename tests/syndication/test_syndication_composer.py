from __future__ import annotations

import unicodedata
from typing import Any

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from tests.syndication.announcing import START, announcement
from utrop.syndication import composer, networks
from utrop.syndication.cutting import ELLIPSIS, gaps, sentence_ends, shortened
from utrop.syndication.delivery import Limits, Measure, Message
from utrop.syndication.errors import Rejected

GRAPHEMES = regex.compile(r"\X")


def limits(maximum: int, **changes: Any) -> Limits:
    measure = Measure(
        unit="characters", maximum=maximum, count=lambda text: len(GRAPHEMES.findall(text))
    )
    return Limits(measures=(measure,), **changes)


def said(maximum: int = 500, network: str = "mastodon", **changes: Any) -> Message:
    return composer.compose(announcement(1, **changes), network, limits(maximum), created_at=START)


def test_title_summary_address_and_hashtags_in_that_order() -> None:
    message = said(tags=("offentlig upphandling", "LOU", "e-faktura", "små företag"))
    assert message.text == (
        "Inlägg 1\n\nEn kort sammanfattning.\n\nhttps://blogg.inkop.example.org/inlagg-1/\n\n"
        "#OffentligUpphandling #LOU #Efaktura #SmåFöretag"
    )
    assert message.hashtags == ("OffentligUpphandling", "LOU", "Efaktura", "SmåFöretag")
    assert (message.card_title, message.created_at) == ("Inlägg 1", START)


def test_the_summary_ends_after_a_sentence_if_one_fits() -> None:
    summary = "Beslutet är fattat. Avtalet är värt 3,5 miljoner kronor. Mer kommer i vår."
    assert "\n\nBeslutet är fattat.\n\n" in said(90, summary=summary).text
    assert "miljoner kronor.\n\n" in said(115, summary=summary).text


def test_the_summary_is_cut_between_words_where_no_sentence_fits() -> None:
    summary = "Region Norrvik upphandlar städning av tjugotre skolor i tre kommuner från hösten"
    text = said(100, summary=summary).text
    assert f"{ELLIPSIS}\n\nhttps://" in text
    assert text.split("\n\n")[1].removesuffix(ELLIPSIS) in summary


@pytest.mark.parametrize(
    "whole",
    [
        "1 250 000 kronor",
        "3,5 miljoner kronor",
        "den 24 november 2026",
        "måndagen den 24 november",
        "kl. 13.00",
        "4 kap. 8 §",
        "tio dagar",
        "SEK 12 000",
        "25 procent",
        "https://blogg.inkop.example.org/en/lang/adress/",
        "12\u00a0kr",
    ],
)
def test_never_cuts_within(whole: str) -> None:
    text = f"Avtalet omfattar alltså precis {whole} och sedan finns inget mer att säga om saken"
    begin = text.index(whole)
    end = begin + len(whole)
    assert [gap for gap in gaps(text) if begin < gap < end] == []
    assert [gap for gap in gaps(text) if gap > end], "there are places to cut elsewhere"
    for maximum in range(20, len(text)):
        cut = shortened(text, lambda it, most=maximum: len(it) <= most, sentences=True)  # type: ignore[misc] # mypy cannot infer a lambda's default
        rest = cut.removesuffix(ELLIPSIS).rstrip()
        assert len(rest) <= begin or len(rest) >= end or cut == text


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Ett. Två! Tre? Fyra", ["Ett.", "Ett. Två!", "Ett. Två! Tre?"]),
        ("Det gäller t.ex. Norrvik och bl.a. LOU. Nytt stycke", ["LOU."]),
        ("Enligt 4 kap. 8 § LOU gäller kl. 13. Sedan inget", ["13."]),
        ("Se art. Bilaga följer. Slut", ["följer."]),
        ("Hon sa ”nej.” Sedan gick hon", ["”nej.”"]),
        ("Frist: 14 dagar. 30 dagar vid papper", []),
    ],
)
def test_where_sentences_end(text: str, sentences: list[str]) -> None:
    ends = [text[:end] for end in sentence_ends(text)]
    assert len(ends) == len(sentences)
    assert all(found.endswith(end) for found, end in zip(ends, sentences, strict=True))


def test_own_words_win_and_keep_their_lines() -> None:
    texts = {"text": "Ord för alla", "mastodon": "Egna ord\r\n\r\nom #upphandling, inte C#"}
    message = said(texts=texts, tags=("LOU",))
    assert message.text == (
        "Egna ord\n\nom #upphandling, inte C#\n\nhttps://blogg.inkop.example.org/inlagg-1/"
    )
    assert message.hashtags == ("upphandling",)
    assert said(network="bluesky", texts=texts).text.startswith("Ord för alla\n\nhttps://")


def test_an_address_in_the_own_words_is_not_added_again() -> None:
    url = announcement(1).url
    assert said(texts={"text": f"Läs {url}."}).text == f"Läs {url}."
    longer = f"Se {url}bilaga/"
    assert said(texts={"text": longer}).text == f"{longer}\n\n{url}"


def test_own_words_are_never_cut() -> None:
    with pytest.raises(Rejected, match="your own words, with the address, are 543 characters"):
        said(texts={"text": "a" * 500})
    problems = composer.check(
        announcement(1, texts={"text": "a" * 500}), {"mastodon": limits(500), "x": limits(9999)}
    )
    assert [problem.what.partition(":")[0] for problem in problems] == [
        "“Inlägg 1” cannot be announced on mastodon"
    ]


def test_a_network_that_was_not_asked_for_is_not_checked() -> None:
    one = announcement(1, texts={"text": "a" * 500}, networks=("bluesky",))
    assert composer.check(one, {"mastodon": limits(500)}) == []


def test_an_address_that_does_not_fit_is_refused() -> None:
    with pytest.raises(Rejected, match="address"):
        said(20)


def test_a_title_that_is_too_long_is_cut_between_words() -> None:
    text = said(100, title="Upphandling av städtjänster " * 10, summary="").text
    assert text.startswith("Upphandling av städtjänster")
    assert ELLIPSIS in text
    assert text.endswith(announcement(1).url)


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("offentlig upphandling", "OffentligUpphandling"),
        ("överprövning", "Överprövning"),
        ("e-upphandling", "Eupphandling"),
        ("LOU", "LOU"),
        ("2026", ""),
        ("C#", ""),
        ("o\u0308ppen data", "ÖppenData"),
        ("!!!", ""),
    ],
)
def test_hashtags(tag: str, expected: str) -> None:
    assert composer.hashtag(tag) == expected


def test_control_characters_and_turned_directions_are_dropped() -> None:
    text = said(title="Nytt\x00 om\u202e \ud800upphandling").text
    assert text.startswith("Nytt om upphandling\n")


TEXT = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(list("abc åäö 123 .!? #@\n\u0301👩\u200d⚖\ufe0f\u00a0ש")),
    ),
    max_size=400,
)


@given(
    title=TEXT,
    summary=TEXT,
    tags=st.lists(st.text(max_size=30), max_size=8),
    maximum=st.integers(45, 400),
)
@example(title="a" * 400, summary="b" * 400, tags=["c"], maximum=60)
def test_composed_text_keeps_the_limits(
    title: str, summary: str, tags: list[str], maximum: int
) -> None:
    bounds = limits(maximum)
    one = announcement(1, title=title, summary=summary, tags=tuple(tags))
    message = composer.compose(one, "mastodon", bounds, created_at=START)
    assert bounds.fits(message.text)
    assert one.url in message.text
    assert unicodedata.is_normalized("NFC", message.text)
    message.text.encode()
    words = message.text.split()
    assert all(f"#{hashtag}" in words for hashtag in message.hashtags)
    before = message.text.partition(one.url)[0].replace(ELLIPSIS, "").split("\n\n")
    source = composer._line(title) + "\n" + composer._line(summary)
    clusters = GRAPHEMES.findall(source)
    for part in filter(None, (piece.strip() for piece in before)):
        if part in source:
            # A cut never goes through a grapheme.
            at = source.index(part) + len(part)
            assert at in {sum(map(len, clusters[:n])) for n in range(len(clusters) + 1)}


@given(words=TEXT, maximum=st.integers(45, 600))
def test_own_words_stand_whole_or_are_refused(words: str, maximum: int) -> None:
    one = announcement(1, texts={"text": words})
    own = composer.own_words(one, "mastodon")
    try:
        message = composer.compose(one, "mastodon", limits(maximum), created_at=START)
    except Rejected:
        assert not limits(maximum).fits(f"{own}\n\n{one.url}")
    else:
        assert message.text.startswith(own)
        assert limits(maximum).fits(message.text)


@pytest.mark.parametrize("name", ["mastodon", "bluesky", "linkedin", "preview"])
@given(summary=TEXT)
def test_every_networks_own_limits_are_kept(name: str, summary: str) -> None:
    bounds = networks.limits(name)
    one = announcement(1, summary=summary * 8, tags=("upphandling",))
    message = composer.compose(one, name, bounds, created_at=START)
    assert bounds.fits(message.text)
