from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.syndication.announcing import START, announcement
from utrop.syndication import composer
from utrop.syndication.errors import Rejected
from utrop.syndication.networks._x_text import LIMITS, links_to, weighted_length

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


@pytest.mark.parametrize(
    ("text", "of_x"), [("עבריתa.nu", 28), ("عربيexample.se", 27), ("✊🏽 עברית-example.se", 32)]
)
def test_where_the_package_misses_an_address_the_count_is_never_too_low(
    text: str, of_x: int
) -> None:
    assert weighted_length(text) >= of_x


@settings(max_examples=20, deadline=None)
@given(st.lists(MIXED, min_size=50, max_size=50))
def test_count_is_never_less_than_that_of_xs_own_library(texts: list[str]) -> None:
    theirs = counted_by_npm(texts)
    for text, count in zip(texts, theirs, strict=True):
        assert weighted_length(text) >= count, text


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.text(
            # © and ® alone are emoji to the package, and count one more than there.
            st.characters(codec="latin-1", exclude_categories=["Cc"], exclude_characters="©®"),
            max_size=60,
        ).map(lambda words: f"{words} {URL}"),
        min_size=50,
        max_size=50,
    )
)
def test_count_of_latin_script_is_that_of_xs_own_library(texts: list[str]) -> None:
    theirs = counted_by_npm(texts)
    assert [weighted_length(text) for text in texts] == theirs


COUNT = """
const { parseTweet } = require('twitter-text');
const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(texts.map((text) => parseTweet(text).weightedLength)));
"""


def counted_by_npm(texts: list[str]) -> list[int]:
    """Count with npm's twitter-text, where a folder in NODE_PATH has it."""
    node = shutil.which("node")
    folders = os.environ.get("NODE_PATH", "").split(os.pathsep)
    if node is None or not any(Path(one, "twitter-text").is_dir() for one in folders if one):
        pytest.skip("needs Node.js, and npm's twitter-text in a folder of NODE_PATH")
    run = subprocess.run(
        [node, "-e", COUNT], input=json.dumps(texts).encode(), capture_output=True, check=True
    )
    counts: list[int] = json.loads(run.stdout)
    return counts


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


@pytest.mark.parametrize(
    "found",
    [
        {"expanded_url": URL},
        {"expanded_url": "https://a.example.org/x", "unwound_url": URL},
        {"expanded_url": URL + "#del"},
        {"expanded_url": "HTTPS://Blogg.Inkop.Example.ORG/ny-upphandling/"},
    ],
)
def test_post_that_links_to_the_page_is_found(found: dict[str, str]) -> None:
    assert links_to({"entities": {"urls": [{"expanded_url": "https://b.example.org"}, found]}}, URL)


@pytest.mark.parametrize(
    "post",
    [
        {},
        {"text": URL},
        {"entities": None},
        {"entities": {"urls": None}},
        {"entities": {"urls": [1, {"expanded_url": 1}]}},
        {"entities": {"urls": [{"url": URL}]}},
        {"entities": {"urls": [{"expanded_url": URL + "del-2/"}]}},
        {"entities": {"urls": [{"expanded_url": URL[:-1]}]}},
        {"entities": {"urls": [{"expanded_url": f"https://annan.example.org/?till={URL}"}]}},
        {"entities": {"urls": [{"expanded_url": "http://["}]}},
    ],
)
def test_post_about_another_page_is_not_taken_for_it(post: dict[str, object]) -> None:
    assert not links_to(post, URL)
