from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.servers.announced import URL
from tests.servers.linkedin import RESERVED, shown
from tests.syndication.announcing import announcement
from utrop.syndication.composer import compose
from utrop.syndication.errors import Rejected
from utrop.syndication.networks import linkedin
from utrop.syndication.networks._linkedin_text import (
    commentary,
    escape,
    links_to,
    unescape,
)

letters = st.characters(exclude_categories=["Cs"])
reserved = st.sampled_from(sorted(RESERVED))
parts = st.one_of(
    letters,
    reserved,
    st.sampled_from(["#LOU", "#e_faktura", " ", "\n", "å", "https://a.example.org/x_y~z", "👩🏽‍⚖️"]),
)
texts = st.lists(parts, max_size=60).map("".join)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@given(texts)
@example("\\#tag")
@example("#a(b)")
@example("##tag #1 C# a#b &#38; #é #_x #x_")
@example("a\\")
def test_any_text_escapes_and_unescapes_to_itself(text: str) -> None:
    assert unescape(escape(text)) == text


@given(texts)
@example("(a) #LOU. #LOU_ #(")
@example("#tag#tag")
def test_linkedin_shows_all_of_any_text(text: str) -> None:
    """By a reader of little text of its own, which stops where LinkedIn would."""
    assert shown(escape(text)) == text


@given(texts)
def test_addresses_stay_the_same_addresses_and_need_no_backslash(text: str) -> None:
    sent = shown(commentary(text))
    assert sent.replace("%5F", "_").replace("%7E", "~") == text.replace("%5F", "_").replace(
        "%7E", "~"
    )


@pytest.mark.parametrize(
    ("text", "little"),
    [
        ("Läs (gärna) mer", r"Läs \(gärna\) mer"),
        ("Om C# och #upphandling, #LOU!", r"Om C\# och #upphandling, #LOU!"),
        ("#e_faktura", r"\#e\_faktura"),
        ("#2026", r"\#2026"),
        ("namn@example.org", r"namn\@example.org"),
        ("a | b <c> {d} [e] *f* ~g~ _h_ \\i", r"a \| b \<c\> \{d\} \[e\] \*f\* \~g\~ \_h\_ \\i"),
        ("@[Namn](urn:li:organization:1)", r"\@\[Namn\]\(urn:li:organization:1\)"),
        (f"Se {URL}", f"Se {URL}"),
        ("(se https://a.example.org/x_y)", r"\(se https://a.example.org/x%5Fy\)"),
        ("https://a_b.example.org/?utm_source=~x#del_2", None),
    ],
)
def test_what_is_sent(text: str, little: str | None) -> None:
    expected = little or r"https://a\_b.example.org/?utm%5Fsource=%7Ex\#del\_2"
    assert commentary(text) == expected


@given(st.text(st.one_of(letters, reserved), max_size=3000), st.lists(st.text(max_size=40)))
def test_nothing_composed_is_over_the_limit(summary: str, tags: list[str]) -> None:
    post = announcement(title="En titel", summary=summary, tags=tuple(tags))
    message = compose(post, "linkedin", linkedin.LIMITS, created_at=post.published)
    sent = linkedin.post(message, "urn:li:person:x", None)
    assert units(sent["commentary"]) <= 2800
    assert shown(sent["commentary"]) == message.text


@pytest.mark.parametrize("character", ["(", "👩", "å"])
def test_own_words_at_and_over_the_limit(character: str) -> None:
    post = announcement(title="En titel")
    room = 2800 - len(f"\n\n{post.url}")
    fits = room // units(commentary(character))

    def composed(number: int) -> str:
        words = announcement(title="En titel", texts={"linkedin": character * number})
        return compose(words, "linkedin", linkedin.LIMITS, created_at=post.published).text

    assert 2798 <= units(commentary(composed(fits))) <= 2800
    with pytest.raises(Rejected, match="UTF-16 units"):
        composed(fits + 1)


@given(st.text(max_size=600), st.text(max_size=600))
def test_card_is_never_over_its_limits_and_never_without_a_title(title: str, summary: str) -> None:
    post = announcement(title=f"T {title}", summary=summary)
    message = compose(post, "linkedin", linkedin.LIMITS, created_at=post.published)
    article = linkedin.post(message, "urn:li:person:x", None)["content"]["article"]
    assert 0 < units(article["title"]) <= 200
    assert units(article.get("description", "x")) <= 256


@pytest.mark.parametrize(
    ("post", "expected"),
    [
        ({"content": {"article": {"source": URL}}}, True),
        ({"content": {"article": {"source": URL.rstrip("/")}}}, True),
        ({"content": {"article": {"source": f"{URL}del-2/"}}, "commentary": "x"}, False),
        ({"commentary": f"Läs {URL}."}, True),
        ({"commentary": escape(f"(läs {URL})")}, True),
        ({"commentary": f"Läs {URL}del-2/"}, False),
        ({"commentary": f"Läs {URL}?x=1"}, False),
        ({"commentary": None, "content": []}, False),
        ({"content": {"article": {"source": 1}}}, False),
        ({}, False),
    ],
)
def test_posts_that_lead_to_a_page(post: dict[str, object], expected: bool) -> None:
    assert links_to(post, URL) is expected


def test_page_with_an_underscore_is_found_as_it_was_sent() -> None:
    url = "https://a.example.org/x_y/"
    assert links_to({"commentary": commentary(f"Läs {url} nu")}, url)
    assert links_to({"commentary": escape(f"Läs {url} nu")}, url)
