from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utrop.syndication.networks._mastodon_text import (
    advertised_limits,
    count_characters,
    limits_of,
    links_to,
)

URL = "https://blogg.inkop.example.org/ny-upphandling/"
LONG = "https://blogg.inkop.example.org/" + "mycket-" * 40


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("inköp", 5),
        ("inko\u0308p", 5),
        ("👩🏽‍⚖️🇸🇪", 2),
        (URL, 23),
        (LONG, 23),
        (f"Läs {URL}.", 4 + 23 + 1),
        (f"({URL})", 1 + 23 + 1),
        (f"{URL}\n\n#LOU", 23 + 2 + 4),
        ("http://a.se", 23),
        ("@inkop@social.example.org", 6),
        ("hej @inkop@social.example.org!", 11),
        # What a server may not take for an address counts in full.
        ("http://127.0.0.1:8000/inlagg/", 29),
        ("https://exämple.org/", 20),
    ],
)
def test_text_is_counted_as_servers_count(text: str, expected: int) -> None:
    assert count_characters(text) == expected


@given(st.text(), st.integers(1, 100))
def test_an_address_is_as_long_as_the_server_says(text: str, per_url: int) -> None:
    words = text.replace("@", "").replace(":", "")
    alone = count_characters(f"{words}\n")
    assert count_characters(f"{words}\n{LONG}", per_url=per_url) == alone + per_url


def test_limits_are_those_the_server_tells() -> None:
    told = advertised_limits(
        {"configuration": {"statuses": {"max_characters": 5000, "characters_reserved_per_url": 25}}}
    )
    assert told is not None
    [measure] = told.measures
    assert measure.maximum == 5000
    assert measure.count(URL) == 25
    assert told.fits("x" * 4974 + f" {URL}")
    assert not told.fits("x" * 4975 + f" {URL}")


@pytest.mark.parametrize(
    "instance",
    [
        {},
        {"configuration": None},
        {"configuration": {"statuses": []}},
        {"configuration": {"statuses": {"max_characters": "500"}}},
        {"configuration": {"statuses": {"max_characters": True}}},
        {"configuration": {"statuses": {"max_characters": -1}}},
        {"configuration": {"statuses": {"max_characters": 10**12}}},
    ],
)
def test_limits_that_are_none_are_not_believed(instance: dict[str, object]) -> None:
    assert advertised_limits(instance) is None


def test_a_bad_weight_of_addresses_falls_back_to_the_usual_one() -> None:
    told = advertised_limits({"configuration": {"statuses": {"max_characters": 500}}})
    assert told is not None
    assert told.measures[0].count(URL) == 23


def test_limits_count_with_their_own_weight() -> None:
    assert limits_of(characters=30, per_url=25).fits(f"{URL} text")
    assert not limits_of(characters=30, per_url=26).fits(f"{URL} text")


@pytest.mark.parametrize(
    "status",
    [
        {"content": f'<p>Läs <a href="{URL}">här</a></p>'},
        {"content": f'<p><a href="{URL}?a=1">x</a> <a href="{URL}">y</a></p>'},
        {"content": f"<p>{URL}</p>"},
        {"content": f"<p>Läs {URL}.</p>"},
        {
            "content": '<p><a><span class="invisible">https://</span>'
            '<span class="ellipsis">blogg.inkop.example.org/</span>'
            '<span class="invisible">ny-upphandling/</span></a></p>'
        },
        {"content": "<p>Läs</p>", "card": {"url": URL}},
        {"content": '<a href="HTTPS://Blogg.Inkop.Example.ORG/ny-upphandling/">x</a>'},
    ],
)
def test_status_that_links_to_the_page_is_found(status: dict[str, object]) -> None:
    assert links_to(status, URL)


@pytest.mark.parametrize(
    "status",
    [
        {},
        {"content": None, "card": []},
        {"content": "<p>text</p>", "card": {"url": 1}},
        {"content": f'<a href="{URL}del-2/">x</a>'},
        {"content": f'<a href="{URL[:-1]}">x</a>'},
        {"content": f"<p>{URL}del-2/</p>"},
        {"content": f'<a href="{URL}#paminnelse-1">x</a>', "card": {"url": URL}},
        {"content": '<a href="https://annan.example.org/ny-upphandling/">x</a>'},
        {"content": f'<a href="https://annan.example.org/?till={URL}">x</a>'},
        {"content": '<a href="http://[">x</a>'},
    ],
)
def test_status_about_another_page_is_not_taken_for_it(status: dict[str, object]) -> None:
    assert not links_to(status, URL)


def test_escapes_and_letters_of_an_address_are_the_same_address() -> None:
    assert links_to(
        {"content": '<a href="https://a.example.org/ink%c3%B6p/">x</a>'},
        "https://a.example.org/inköp/",
    )
