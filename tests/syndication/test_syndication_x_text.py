from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.syndication.announcing import START, announcement
from utrop.syndication import composer
from utrop.syndication.errors import Rejected
from utrop.syndication.networks._x_text import LIMITS, has_address, links, weighted_length

URL = "https://blogg.inkop.example.org/ny-upphandling/"
LONG = "https://blogg.inkop.example.org/" + "mycket-" * 40

PIECES = (
    *("Upphandling", "inköp", "å", "e\u0301", "text", "12.000", "kl.10", "t.ex.", "#LOU", "@inkop"),
    *(URL, "https://å.se/ö", "http://x.se", "example.se", "blogg.se/a", "www.upphandling.se"),
    *("👩🏽‍⚖️", "🇸🇪", "👨‍👩‍👧‍👦", "1️⃣", "©️", "☎", "✊🏽", "日本", "عربي", "עברית", "я"),
    *("\u200d", "\ufe0f", "\u200b", "\u00a0", "…", "–", "(", ")", "/", "-", ".", ":", "$SEK"),
)
MIXED = st.lists(st.sampled_from((*PIECES, " ", "\n", "  ")), max_size=14).map("".join)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("inköp", 5),
        ("inko\u0308p", 5),
        ("日本", 4),
        ("“citat” – och…", 15),
        ("€", 2),
        ("👩🏽‍⚖️🇸🇪", 4),
        (URL, 23),
        (LONG, 23),
        ("http://a.se", 23),
        ("se example.org nu", 29),
        (f"Läs {URL}.", 4 + 23 + 1),
        (f"{URL}\n\n#LOU", 23 + 2 + 4),
        ("a\r\nb", 3),
        ("a\rb", 3),
        ("12.000 kr t.ex. kl.10 »bl.a.«", 29),
        # Not what X would take for an address.
        ("http://127.0.0.1:8000/inlagg/", 29),
    ],
)
def test_text_is_counted_as_x_counts(text: str, expected: int) -> None:
    assert weighted_length(text) == expected


@pytest.mark.parametrize("text", ["x.music", "https://a.xyzzy", "http://a", "läs http://[::1]"])
def test_what_x_may_take_for_an_address_counts_as_one(text: str) -> None:
    assert weighted_length(text) >= 23
    assert has_address(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # An emoji that is newer than the library, in its parts.
        ("\U0001faf1\U0001f3fb", 4),
        ("\U0001f469\u200d\U0001f469", 5),
        # Two letters of no region make no flag.
        ("\U0001f1e6\U0001f1e6", 4),
        ("\u26a0\ufe0f", 2),
        ("\u26a0\ufe0e", 4),
        ("©", 1),
        ("©\ufe0f", 2),
    ],
)
def test_emoji_are_counted_as_the_library_knows_them(text: str, expected: int) -> None:
    assert weighted_length(text) == expected


@pytest.mark.parametrize(
    "word", ["t.ex.", "bl.a.", "kl.10", "12.000", "fil.docx", "a@b.se", "#a.b"]
)
def test_words_with_dots_are_no_addresses(word: str) -> None:
    assert weighted_length(word) == len(word)
    assert not has_address(word)


@pytest.mark.parametrize(
    "text",
    ["a.b" * 400, "a.å" * 400, "https://a.se/" + "(" * 1500, "-a.se" * 400, "x" * 4000, "å" * 4000],
)
def test_no_text_takes_long_to_count(text: str) -> None:
    """A pattern that backtracks without end would take minutes, or for ever."""
    assert weighted_length(text) > 280


@settings(deadline=None)
@given(title=MIXED, summary=MIXED, tags=st.lists(st.sampled_from(["LOU", "e-faktura", "日本"])))
def test_no_composed_text_exceeds_the_limits(title: str, summary: str, tags: list[str]) -> None:
    one = announcement(1, title=title, summary=summary * 12, tags=tuple(tags))
    try:
        message = composer.compose(one, "x", LIMITS, created_at=START)
    except Rejected:
        return
    assert all(measure.count(message.text) <= measure.maximum for measure in LIMITS.measures)
    assert one.url in message.text


def test_ordinary_text_uses_the_room_there_is() -> None:
    summary = "Vi går igenom vad som ändras och vad du behöver göra nu. " * 9
    one = announcement(1, title="Nya regler för upphandling", summary=summary)
    message = composer.compose(one, "x", LIMITS, created_at=START)
    assert 200 < weighted_length(message.text) <= 280


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("Kursen: $SEK mot $EUR", "cashtags"),
        ("Text med \ufeff i", "U\\+FEFF"),
        ("x" * 300, "weighted characters"),
    ],
)
def test_own_words_that_x_refuses_are_found_before_they_are_sent(words: str, why: str) -> None:
    one = announcement(1, texts={"x": words})
    with pytest.raises(Rejected, match=why):
        composer.compose(one, "x", LIMITS, created_at=START)


@pytest.mark.parametrize("words", ["$100 och $200", "US$SEK $", "en $SEK", "pris: 5$"])
def test_amounts_are_no_cashtags(words: str) -> None:
    one = announcement(1, texts={"x": words})
    assert words in composer.compose(one, "x", LIMITS, created_at=START).text


def test_a_posts_links_are_those_in_full() -> None:
    urls = [
        {"url": "https://t.co/1", "expanded_url": "https://a.example.org/x", "unwound_url": URL},
        {"url": "https://t.co/2"},
        {"expanded_url": 1},
        7,
    ]
    post = {"text": "https://t.co/1", "entities": {"urls": urls}}
    assert list(links(post)) == ["https://a.example.org/x", URL]


@pytest.mark.parametrize(
    "post", [{}, {"text": URL}, {"entities": None}, {"entities": []}, {"entities": {"urls": None}}]
)
def test_a_post_without_addresses_links_nowhere(post: dict[str, object]) -> None:
    assert list(links(post)) == []
