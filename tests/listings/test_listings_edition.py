from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tests.listings.small_site import NOW, SITEURL, post, term
from utrop.listings.edition import editions, listings, neighbours
from utrop.listings.head import Publisher, alternates, blog_posting, script_safe
from utrop.page import AFTER_PLACED, SitePage
from utrop.post import Image

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def page(name: str, **fields: Any) -> SitePage:
    values: dict[str, Any] = {
        "title": name,
        "url": f"{SITEURL}/{name}/",
        "path": f"{name}/",
        "lang": "sv",
        "body": "",
        "summary": "",
        "menu": AFTER_PLACED,
        "translations": (),
        "modified": None,
        "status": "published",
        "source": f"pages/{name}.md",
        **fields,
    }
    return SitePage(**values)


def posts(count: int, **fields: Any) -> list[Any]:
    return [
        post(f"p{number:03}", published=NOW - timedelta(hours=number), **fields)
        for number in range(count)
    ]


def edition_of(*given_posts: Any, pages: tuple[SitePage, ...] = ()) -> Any:
    return editions(given_posts, pages, languages=["sv", "en"], default_lang="sv")[0]


@given(count=st.integers(0, 60), per_page=st.integers(1, 20))
def test_pages_part_a_list_without_loss_or_repetition(count: int, per_page: int) -> None:
    written = posts(count)
    found = [
        each
        for each in listings(
            edition_of(*written), default_lang="sv", per_page=per_page, zone=STOCKHOLM
        )
        if each.kind == "home"
    ]
    assert [each for listing in found for each in listing.posts] == written
    assert [each.number for each in found] == list(range(1, found[0].count + 1))
    assert all(len(each.posts) <= per_page for each in found)
    assert all(each.posts for each in found[1:])
    assert found[0].path == ""
    assert found[0].previous is None
    assert found[-1].next is None
    for earlier, later in itertools.pairwise(found):
        assert (earlier.next, later.previous) == (later.path, earlier.path)


def test_every_output_declares_the_posts_and_fields_it_is_made_of() -> None:
    tagged = post("a", tags=(term("LOU", "etikett"),))
    other = post("b", category=term("Kunskap"))
    found = listings(edition_of(tagged, other), default_lang="sv", per_page=10, zone=STOCKHOLM)
    inputs = {
        each.path: ([one.uid for one in each.posts], "summary" in each.fields) for each in found
    }
    assert inputs == {
        "": (["a", "b"], True),
        "arkiv/": (["a", "b"], False),
        "arkiv/2026/": (["a", "b"], True),
        "etikett/lou/": (["a"], True),
        "forfattare/maja-ek/": (["a", "b"], True),
        "kategori/debatt/": (["a"], True),
        "kategori/kunskap/": (["b"], True),
    }


def test_a_year_is_that_of_the_sites_time_zone() -> None:
    written = post("a", published=datetime(2025, 12, 31, 23, 30, tzinfo=UTC))
    paths = [
        each.path
        for each in listings(edition_of(written), default_lang="sv", per_page=10, zone=STOCKHOLM)
        if each.kind == "year"
    ]
    assert paths == ["arkiv/2026/"]


def test_terms_are_sorted_as_the_language_does() -> None:
    names = ["Öst", "Åkeri", "Ärlighet", "zon", "Éa", "ebba"]
    written = [post(str(number), category=term(name)) for number, name in enumerate(names)]
    found = listings(edition_of(*written), default_lang="sv", per_page=10, zone=STOCKHOLM)
    assert [each.term.name for each in found if each.kind == "category" and each.term] == [
        "Éa",
        "ebba",
        "zon",
        "Åkeri",
        "Ärlighet",
        "Öst",
    ]


def test_an_edition_without_anything_is_none_save_the_default() -> None:
    found = editions([post("a", lang="en")], [], languages=["sv", "en", "fi"], default_lang="sv")
    assert [(each.lang, each.path, len(each.posts)) for each in found] == [
        ("sv", "", 0),
        ("en", "en/", 1),
    ]


def test_a_hidden_post_makes_no_edition_and_no_list() -> None:
    found = editions(
        [post("a", lang="en", status="hidden")], [], languages=["sv", "en"], default_lang="sv"
    )
    assert [each.lang for each in found] == ["sv"]


def test_neighbours_are_published_posts_of_the_language() -> None:
    newer, draft, middle, older = (
        post("newer", published=NOW),
        post("draft", published=NOW - timedelta(hours=1), status="draft"),
        post("middle", published=NOW - timedelta(hours=2)),
        post("older", published=NOW - timedelta(hours=3)),
    )
    assert neighbours(edition_of(older, draft, newer, middle)) == {
        newer.guid: (middle, None),
        middle.guid: (older, newer),
        older.guid: (None, middle),
    }


def test_the_menu_goes_by_place_then_path() -> None:
    edition = edition_of(
        pages=(page("c"), page("a"), page("b", menu=2), page("d", menu=1), page("e", menu=None))
    )
    assert [each.title for each in edition.menu] == ["d", "b", "a", "c"]
    assert [each.title for each in edition.directory] == ["d", "b", "a", "c", "e"]


def test_a_page_alone_in_its_language_has_no_alternates() -> None:
    assert alternates({"sv": "https://a.example.org/"}, default_lang="sv") == ()


def test_x_default_is_the_default_language_or_the_first() -> None:
    assert alternates({"en": "E", "sv": "S"}, default_lang="sv")[-1] == ("x-default", "S")
    assert alternates({"fi": "F", "en": "E"}, default_lang="sv")[-1] == ("x-default", "E")


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_nothing_in_json_ends_its_script_element(data: Any) -> None:
    safe = script_safe(data)
    assert not set(safe) & set("<>&\u2028\u2029")
    assert json.loads(safe) == data


def test_an_author_of_the_publishers_name_is_the_publisher() -> None:
    image = Image(
        url="u", path="p", alt="", media_type="image/png", length=1, width=1200, height=630
    )
    publisher = Publisher(name="Inköpsverket", type="GovernmentOrganization", siteurl=SITEURL)
    written = post("a", authors=(term("Inköpsverket", "forfattare"), term("Maja Ek", "forfattare")))
    data = json.loads(
        blog_posting(
            written,
            image=image,
            publisher=publisher,
            is_listed=lambda _term: False,
            zone=ZoneInfo("Europe/Stockholm"),
        )
    )
    assert [author["@type"] for author in data["author"]] == ["GovernmentOrganization", "Person"]
    assert "url" not in data["author"][1]
