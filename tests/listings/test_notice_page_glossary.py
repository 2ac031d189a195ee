"""Words of procurement explained in place: where they are marked, and where they are left alone."""

from __future__ import annotations

import re
import time

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from tests.listings.notice_pages import notice_post, page
from tests.listings.small_site import post
from utrop.listings.glossary import MOST, marked, words


def told(html: str, lang: str = "sv") -> list[str]:
    return [one.word for one in marked(html, lang).words]


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_the_glossary_is_whole(lang: str) -> None:
    found = words(lang)
    assert len(found) == 70
    assert len({one.word for one in found}) == 70
    forms = [form for one in found for form in one.forms]
    assert len(forms) == len(set(forms))
    for one in found:
        assert one.explained.endswith("."), one.word
        assert len(one.explained.split()) <= 25, one.word
        # A word is not explained by itself alone.
        assert not one.explained.lower().startswith(one.word.lower()), one.word


def test_languages_without_a_glossary_are_left_alone() -> None:
    assert marked("<p>RFI</p>", "fi").words == ()


@pytest.mark.parametrize(
    "html",
    [
        "<p>En ramavtalsupphandling.</p>",
        "<p>Grundramavtal.</p>",
        "<p>Ramavtals\u00adupphandling och ramavtal- och avropsfrågor.</p>",
        "<p>ramavtal\u2011et</p>",
        '<p><a href="/x/">Ramavtal</a></p>',
        "<h2>Ramavtal</h2>",
        "<p><code>ramavtal</code></p>",
        "<pre>ramavtal</pre>",
        '<p lang="en">ESPD</p>',
        '<p title="ramavtal">x</p>',
        "<!-- ramavtal -->",
        "<p>dis och rfi</p>",
        "<p>Leverantören lämnar anbud.</p>",
    ],
)
def test_what_is_never_marked(html: str) -> None:
    found = marked(html, "sv")
    assert found.words == ()
    assert found.html == html


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>Ramavtal.</p>", "ramavtal"),
        ("<p>avtalsspärren</p>", "avtalsspärr"),
        ("<p>dynamiska\ninköpssystem</p>", "dynamiskt inköpssystem"),
        ("<p>öppet&nbsp;förfarande</p>", "öppet förfarande"),
        ("<p>Öppet förfarande</p>", "öppet förfarande"),
        ("<p>en RFI:n</p>", "RFI"),
        ("<p>(ESPD)</p>", "egen försäkran"),
        ('<p><a title="x>y" href="/">Nej</a> ramavtal</p>', "ramavtal"),
        ('<p><span lang="sv">ramavtal</span></p>', "ramavtal"),
        ('<p><img lang="en" alt="">ramavtal</p>', "ramavtal"),
        ("<p>2 < 3 ramavtal</p>", "ramavtal"),
    ],
)
def test_what_is_marked(html: str, expected: str) -> None:
    assert told(html) == [expected]


def test_only_the_first_occurrence_and_only_a_few() -> None:
    every = " ".join(one.forms[0] for one in words("sv"))
    found = marked(f"<p>{every} {every}</p>", "sv")
    assert len(found.words) == MOST
    assert found.html.count("<a ") == MOST
    assert told("<p>avrop avrop</p><p>Avrop</p>") == ["avrop"]


def test_the_page_leads_there_and_back() -> None:
    shown = notice_post(body="<p>Ett ramavtal med avrop.</p>")
    html = BeautifulSoup(page(shown), "lxml")
    links = html.select(".prose a.term")
    assert [one.get_text() for one in links] == ["ramavtal", "avrop"]
    for link in links:
        entry = html.find(id=str(link["href"]).lstrip("#"))
        assert entry is not None
        explained = entry.find("dd")
        assert explained is not None
        assert str(link["title"]) in explained.get_text()
        back = explained.find("a")
        assert back is not None
        assert back["href"] == f"#{link['id']}"
        assert back.get_text().startswith("Tillbaka till texten: ")
    plain = BeautifulSoup(page(post(body="<p>Ett ramavtal.</p>")), "lxml")
    assert plain.select("a.term, .glossary") == []


MARKUP = (
    "<p>",
    "</p>",
    "<a href='x'>",
    "</a>",
    "<code>",
    "</code>",
    "<!--",
    "-->",
    "<h2>",
    "</h2>",
)
WORDS = ("ramavtal", "avtalsspärr", "RFI", "&nbsp;", *"<>\"'-s \n")
TEXT = st.lists(st.sampled_from(MARKUP + WORDS), max_size=40).map("".join)


@given(TEXT)
def test_marking_adds_links_and_nothing_else(html: str) -> None:
    found = marked(html, "sv")
    bare = re.sub(r'<a class="term"[^>]*>(.*?)</a>', r"\1", found.html, flags=re.DOTALL)
    assert bare == html
    assert marked(html, "sv") == found


@pytest.mark.parametrize("piece", ["<", "<a ", "<!--", "<a href='", "upphandlande ", "<b lang=en>"])
def test_the_time_grows_with_the_length_alone(piece: str) -> None:
    def taken(times: int) -> float:
        started = time.process_time()
        marked(piece * times, "sv")
        return time.process_time() - started

    taken(100)
    # A text eight times as long takes eight times as long, not sixty-four; with room for noise.
    assert taken(160_000) < 30 * max(taken(20_000), 0.01)
