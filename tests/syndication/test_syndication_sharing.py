"""The share kit: words that fit everywhere, links that ask nobody anything and track nobody."""

from __future__ import annotations

import re
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given
from hypothesis import strategies as st

import utrop.syndication.plugin
from tests.listings.small_site import PLUGINS, build, post, term, write
from utrop.post import Announce
from utrop.syndication import networks
from utrop.syndication.sharing import ShareKit, share_kit, untracked

SUMMARY = "Värdet är 12 500 000 kr. Sista dag är den 15 mars 2027 kl. 23.59."
TRACKED = "https://a.example.org/x?utm_source=y&id=2&fbclid=z#del"


def kit(**fields: Any) -> ShareKit:
    made = share_kit(post("inlagg", **{"summary": SUMMARY} | fields))
    assert made is not None
    return made


def own(text: str) -> Announce:
    return Announce(texts=MappingProxyType({"text": text, "mastodon": "Bara på Mastodon"}))


def test_the_short_text_is_the_title_and_the_longer_one_the_summary_too() -> None:
    made = kit(tags=(term("offentlig upphandling", "etikett"),))
    assert made.short == (
        "Inlagg\n\nhttps://blogg.inkop.example.org/inlagg/\n\n#OffentligUpphandling"
    )
    assert SUMMARY in made.medium


def test_one_text_is_enough_where_both_would_be_the_same() -> None:
    assert kit(summary="").medium == ""


def test_the_writers_own_words_for_all_networks_win_and_those_for_one_do_not() -> None:
    made = kit(announce=own("Kom på dialogmöte!"))
    assert made.short == "Kom på dialogmöte!\n\nhttps://blogg.inkop.example.org/inlagg/"
    assert "Mastodon" not in made.short + made.medium


def test_own_words_that_are_too_long_give_way_to_the_title() -> None:
    assert kit(announce=own("För långt. " * 60)).short.startswith("Inlagg\n\nhttps://")


def test_links_open_the_networks_own_composers_with_what_is_to_be_said() -> None:
    made = kit(title="R&D på svenska")
    links = dict(made.links)
    assert list(links) == ["LinkedIn", "Facebook", "X", "Bluesky", "email"]
    url = "https://blogg.inkop.example.org/inlagg/"
    assert parse_qs(urlsplit(links["LinkedIn"]).query) == {"url": [url]}
    assert parse_qs(urlsplit(links["Facebook"]).query) == {"u": [url]}
    assert parse_qs(urlsplit(links["X"]).query) == {"text": [made.short]}
    assert parse_qs(urlsplit(links["Bluesky"]).query) == {"text": [made.short]}
    assert parse_qs(urlsplit(links["email"]).query) == {
        "subject": ["R&D på svenska"],
        "body": [made.medium.replace("\n", "\r\n")],
    }


@pytest.mark.parametrize("status", ["hidden", "draft", "scheduled"])
def test_what_is_not_for_everybody_to_find_is_not_shared(status: Any) -> None:
    assert share_kit(post("inlagg", status=status)) is None


def test_demo_posts_are_shared_too() -> None:
    assert share_kit(post("inlagg", demo=True)) is not None


@pytest.mark.parametrize(
    ("address", "bare"),
    [
        (TRACKED, "https://a.example.org/x?id=2#del"),
        ("https://a.example.org/?utm_campaign=a", "https://a.example.org/"),
        ("https://a.example.org/?UTM_Source=a&b", "https://a.example.org/?b"),
        ("https://a.example.org/?gclid=1;q=2", "https://a.example.org/?q=2"),
        ("https://a.example.org/?autm_x=1", "https://a.example.org/?autm_x=1"),
        ("https://a.example.org/utm_source=x", "https://a.example.org/utm_source=x"),
    ],
)
def test_tracking_is_taken_out_and_all_else_stays(address: str, bare: str) -> None:
    assert untracked(f"Se {address}, och mer.") == f"Se {bare}, och mer."


def test_no_text_and_no_link_tracks() -> None:
    made = kit(announce=own(f"Läs {TRACKED} nu"), url="https://a.example.org/?utm_medium=b")
    everything = made.short + made.medium + "".join(address for _, address in made.links)
    assert not re.search("utm|fbclid", everything)
    assert "id=2" in made.short


PIECES = st.sampled_from(
    [
        "a.se",
        "https://b.example.org/",
        "åäö",
        " ",
        "\n",
        "12 500 kr",
        "🍰",
        "文",
        "…",
        ".",
        "e\u0301",
    ]
)
TEXT = st.one_of(st.text(), st.lists(PIECES, max_size=200).map("".join))


@given(
    title=TEXT.filter(str.strip),
    summary=TEXT,
    tags=st.lists(st.text(max_size=30), max_size=8),
    words=TEXT,
)
@example(title="a.se " * 30, summary="", tags=[], words="")
@example(title="文" * 270, summary="", tags=[], words="b.org/x " * 40)
def test_the_short_text_fits_on_every_network(
    title: str, summary: str, tags: list[str], words: str
) -> None:
    made = kit(
        title=title,
        summary=summary,
        tags=tuple(term(tag, "etikett") for tag in tags),
        announce=own(words),
    )
    for name in ("x", "bluesky", "mastodon", "threads", "linkedin"):
        for measure in networks.limits(name).measures:
            # Who writes two cashtags gets them; X alone minds.
            if measure.maximum >= 100:
                assert measure.count(made.short) <= measure.maximum, (name, measure.unit)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    content = tmp_path / "content"
    write(content, "posts/ett.md", title='"Ett <b>inlägg</b> & mer"', tags="[skola]")
    write(content, "posts/the.md", title="The post", lang="en")
    write(content, "posts/gomt.md", title="Gömt", status="hidden")
    build(content, tmp_path / "output", PLUGINS=[*PLUGINS, utrop.syndication.plugin])
    return tmp_path / "output"


def share_of(built: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((built / name / "index.html").read_bytes(), "lxml")


def test_a_page_has_its_kit_in_its_own_language(built: Path) -> None:
    (slug,) = [path.name for path in built.glob("ett*")]
    page = share_of(built, slug).select_one("details.share")
    assert page is not None
    assert page.summary.get_text() == "Dela"  # type: ignore[union-attr] # it is there
    assert not page.has_attr("open")
    first = page.select("textarea")[0]
    assert first.get_text().startswith("Ett <b>inlägg</b> & mer\n\nhttps://")
    assert first.has_attr("readonly")
    assert page.find_all(["script", "img", "iframe", "form", "link"]) == []
    for link in page.select("a"):
        assert set(link["rel"]) == {"noopener", "noreferrer"}
    english = share_of(built, "en/the-post").select_one("details.share")
    assert english is not None
    assert english.summary.get_text() == "Share"  # type: ignore[union-attr] # it is there
    assert "E-mail" in english.get_text()


def test_a_hidden_post_has_no_kit(built: Path) -> None:
    (slug,) = [path.name for path in built.glob("gomt*")]
    assert share_of(built, slug).select("details.share") == []


def test_paper_has_no_kit() -> None:
    css = (Path(__file__).parents[2] / "theme/static/css/site.css").read_text("utf-8")
    assert re.search(r"\.share,[^}]*display: none", css[css.index("@media print") :])
