from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utrop.syndication.delivery import Payload
from utrop.syndication.networks._bluesky_facets import facets

URL = "https://blogg.inkop.example.org/ny-upphandling/"
LINK = "app.bsky.richtext.facet#link"
TAG = "app.bsky.richtext.facet#tag"


def covered(text: str, facet: Payload) -> str:
    index = facet["index"]
    return text.encode()[index["byteStart"] : index["byteEnd"]].decode()


def seen(text: str, *, url: str = URL, hashtags: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Return what is covered and what it means, having checked that both agree."""
    found = []
    for facet in facets(text, url=url, hashtags=hashtags):
        [feature] = facet["features"]
        meaning = feature["uri"] if feature["$type"] == LINK else feature["tag"]
        found.append((covered(text, facet), meaning))
    return found


words = st.lists(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from(["👩🏽‍⚖️", "å", "a\u030a", "שלום", "مرحبا", "\u202e", "🇸🇪", "\n", "(", ")"]),
        st.sampled_from(["#", "https://", "http://a.example.org/", ". ", ", "]),
    ),
    max_size=30,
).map("".join)


@given(words, words, words)
def test_the_bytes_of_each_facet_are_its_own_text(before: str, between: str, after: str) -> None:
    text = f"{before} {URL} {between} #Upphandling {after}"
    found = seen(text, hashtags=("Upphandling",))
    assert (URL, URL) in found
    assert ("#Upphandling", "Upphandling") in found
    assert all(part in {meaning, f"#{meaning}", f"＃{meaning}"} for part, meaning in found)


@given(words, st.lists(st.sampled_from(["LOU", "inköp", "inko\u0308p", "Dialog2026"])))
def test_facets_are_in_order_and_never_overlap(text: str, tags: list[str]) -> None:
    text += " ".join(f"#{tag}" for tag in tags) + text + URL
    ends = 0
    for facet in facets(text, url=URL, hashtags=tags):
        index = facet["index"]
        assert ends <= index["byteStart"] < index["byteEnd"] <= len(text.encode())
        ends = index["byteEnd"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Läs (https://a.example.org/x).", [("https://a.example.org/x",) * 2]),
        ("Läs https://a.example.org/x, sen", [("https://a.example.org/x",) * 2]),
        ("https://a.example.org/x_(y)", [("https://a.example.org/x_(y)",) * 2]),
        ("https://a.example.org/#LOU", [("https://a.example.org/#LOU",) * 2]),
        (f"{URL}mer", [(f"{URL}mer",) * 2]),
        ("mejla a@b.example.org", []),
        ("https://", []),
        ("#LOU", [("#LOU", "LOU")]),
        ("#LOU.", [("#LOU", "LOU")]),
        ("(#inköp)", [("#inköp", "inköp")]),
        ("#inko\u0308p", [("#inko\u0308p", "inko\u0308p")]),
        ("#LOU #LOU", [("#LOU", "LOU")] * 2),
        ("C#LOU", []),
        ("##LOU", []),
        ("#1", []),
        ("#2026års", [("#2026års", "2026års")]),
        ("&#39;", []),
        ("#", []),
        ("#מכרז", [("#מכרז", "מכרז")]),
    ],
)
def test_what_people_write_is_read_as_they_mean_it(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert expected == seen(text)


def test_a_tag_is_not_found_within_a_longer_one() -> None:
    assert seen("#LOUtvist", hashtags=("LOU",)) == [("#LOUtvist", "LOUtvist")]
    assert seen("#a\u030a", hashtags=("a",)) == [("#a\u030a", "a\u030a")]


def test_given_tags_need_not_look_like_tags() -> None:
    assert seen("Plan #2026", hashtags=("2026",)) == [("#2026", "2026")]


def test_a_tag_longer_than_the_lexicon_allows_stays_text() -> None:
    assert seen("#" + "a" * 64)
    assert not seen("#" + "a" * 65, hashtags=("a" * 65,))
