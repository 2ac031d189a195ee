"""TED's public servers: what is asked, and that no answer of theirs does harm."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from itertools import count

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers.answering import answering
from tests.servers.fault_proxy import Answer
from tests.servers.ted import TedServer, ted_server
from utrop import fetching
from utrop.fetching import base_address, fetch
from utrop.notices import ted
from utrop.notices.ted import Publication, Ted
from utrop.problem import ProblemsFound

UUID = "0b6f4d5e-1111-4222-8333-000000000001"


@pytest.fixture
def server() -> Iterator[TedServer]:
    with ted_server() as started:
        yield started


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client() as client:
        yield client


@pytest.fixture
def asked(server: TedServer, http: httpx.Client) -> Ted:
    return Ted(http=http, site=server.url, api=server.url)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("701354-2023", "701354-2023"),
        ("00701354-2023", "701354-2023"),
        (" 701354-2023 ", "701354-2023"),
        ("701354-1823", ""),
        ("701354", ""),
        ("0-2023", ""),
        ("annons.xml", ""),
        ("701354-2023.xml", ""),
        ("٧٠١٣٥٤-2023", ""),
    ],
)
def test_publication_numbers(text: str, number: str) -> None:
    assert ted.publication_number(text) == number


@given(st.integers(1, 99_999_999), st.integers(1993, 2099), st.integers(0, 8))
def test_zeros_in_front_change_nothing(serial: int, year: int, zeros: int) -> None:
    assert ted.publication_number(f"{'0' * zeros}{serial}-{year}") == f"{serial}-{year}"


def test_the_xml_comes_as_it_is(asked: Ted, server: TedServer) -> None:
    data = b'\xef\xbb\xbf<?xml version="1.0"?>\r\n<a/>'
    server.publish("701354-2026", day="2026-11-17", notice_id=UUID, xml=data)

    assert asked.notice_xml("701354-2026") == data
    assert server.requests[0].path == "/en/notice/701354-2026/xml"
    assert server.requests[0].headers["accept"] == "application/xml"


def test_a_notice_that_is_not_published_is_told(asked: Ted) -> None:
    with pytest.raises(ProblemsFound, match="TED has no notice 1-2026"):
        asked.notice_xml("1-2026")


@pytest.mark.parametrize(
    ("answer", "match"),
    [
        (Answer(status=429), "asks to wait"),
        (Answer(status=500), "answers 500"),
        (Answer(status=200, body=b"<!DOCTYPE html><p>Hello"), "what is no XML"),
        (Answer(status=200, body=b"<html>"), "what is no XML"),
        (Answer(status=200, body=b""), "what is no XML"),
        (Answer(status=302, headers=(("Location", "https://elsewhere.example/"),)), "another"),
        (Answer(status=302, headers=(("Location", "file:///etc/passwd"),)), "another"),
        (Answer(status=302, headers=(("Location", "/en/again"),)), "more than 3 times"),
        (Answer(status=302), "more than 3 times"),
    ],
)
def test_other_answers_are_told_in_one_line(
    asked: Ted, server: TedServer, answer: Answer, match: str
) -> None:
    server.instead = answer

    with pytest.raises(ProblemsFound, match=match) as found:
        asked.notice_xml("701354-2026")

    assert len(found.value.problems) == 1
    assert len(server.requests) <= fetching.MOST_REDIRECTS + 1


def test_a_redirect_on_the_same_server_is_followed(asked: Ted, server: TedServer) -> None:
    server.publish("701354-2026", day="2026-11-17", notice_id=UUID, xml=b"<a/>")
    server.redirect = "/moved/<number>/xml"

    assert asked.notice_xml("701354-2026") == b"<a/>"


def test_no_more_is_read_than_is_right(http: httpx.Client) -> None:
    body = b"<" * 1001
    with (
        answering(lambda request: Answer(body=body)) as url,
        pytest.raises(ProblemsFound, match="more than 0 MB"),
    ):
        fetch(http, url, most_bytes=1000)

    with answering(lambda request: Answer(body=body)) as url:
        assert fetch(http, url, most_bytes=1001).content == body


def test_a_server_that_drips_is_left(http: httpx.Client) -> None:
    ticks = count(step=fetching.MOST_SECONDS)
    with (
        answering(lambda request: Answer(body=b"<a/>")) as url,
        pytest.raises(ProblemsFound, match="takes longer than 120 seconds"),
    ):
        fetch(http, url, most_bytes=1000, clock=lambda: next(ticks) * 2)


def test_nobody_there_is_told_in_one_line(http: httpx.Client) -> None:
    with answering(lambda request: Answer()) as url:
        pass

    with pytest.raises(ProblemsFound, match="cannot be reached") as found:
        Ted(http=http, site=url).notice_xml("701354-2026")
    assert "\n" not in str(found.value.problems[0])


def test_an_answer_that_cannot_be_unpacked_is_told(asked: Ted, server: TedServer) -> None:
    server.instead = Answer(headers=(("Content-Encoding", "gzip"),), body=b"no gzip")

    with pytest.raises(ProblemsFound, match="cannot be reached"):
        asked.notice_xml("701354-2026")


@pytest.mark.parametrize("version", ["01", 1, ["01"], "1"])
def test_a_published_notice_is_found_by_its_identifier_and_version(
    asked: Ted, server: TedServer, version: object
) -> None:
    server.publish("600000-2026", day="2026-11-01", notice_id=UUID, version="02")
    server.publish("700000-2026", day="2026-11-17", notice_id=UUID, version=version)
    server.publish("800000-2026", day="2026-11-18", notice_id=UUID.replace("0", "1"))

    found = asked.publication(notice_id=UUID, version="01")

    assert found == Publication(number="700000-2026", day=date(2026, 11, 17))
    body = json.loads(server.requests[0].body)
    assert body["query"] == f'notice-identifier = "{UUID}"'
    assert body["scope"] == "ALL"


def test_of_several_publications_of_one_version_the_first_counts(
    asked: Ted, server: TedServer
) -> None:
    server.publish("700001-2026", day="2026-11-19", notice_id=UUID)
    server.publish("700000-2026", day="2026-11-17", notice_id=UUID)

    found = asked.publication(notice_id=UUID, version="01")

    assert found == Publication(number="700000-2026", day=date(2026, 11, 17))


def test_another_version_alone_is_not_this_one(asked: Ted, server: TedServer) -> None:
    server.publish("600000-2026", day="2026-11-01", notice_id=UUID, version="01")

    assert asked.publication(notice_id=UUID, version="02") is None
    assert asked.publication(notice_id=UUID.replace("0", "1")) is None


def test_without_an_identifier_it_is_found_by_its_number(asked: Ted, server: TedServer) -> None:
    server.publish("700000-2026", day="2026-11-17", notice_id=UUID, version="07")

    found = asked.publication(number="00700000-2026", version="01")

    assert found is not None
    assert found.day == date(2026, 11, 17)


def test_an_identifier_that_is_none_never_becomes_a_query(asked: Ted, server: TedServer) -> None:
    with pytest.raises(ValueError, match="neither"):
        asked.publication(notice_id='x" OR notice-identifier = "y')
    assert server.requests == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["notices", "timedOut", "publication-number", "publication-date", "notice-version"]
            ),
            inner,
        )
    ),
    max_leaves=12,
)


@given(body=JSON | st.lists(JSON, max_size=3).map(lambda notices: {"notices": notices}))
def test_no_answer_of_the_search_breaks_it(body: object) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=body)

    with httpx.Client(transport=httpx.MockTransport(respond)) as http:
        try:
            found = Ted(http=http).publication(notice_id=UUID, version="01")
        except ProblemsFound:
            return
    assert found is None or ted.publication_number(found.number)


@pytest.mark.parametrize(
    ("given_address", "right"),
    [
        ("", True),
        ("https://ted.example.org", True),
        ("http://127.0.0.1:8000/", True),
        ("http://localhost:1", True),
        ("http://ted.example.org", False),
        ("ftp://ted.example.org", False),
        ("https://u:p@ted.example.org", False),
        ("https://ted.example.org/?q", False),
        ("nonsense", False),
        ("http://[", False),
    ],
)
def test_another_address_is_https_or_on_this_machine(given_address: str, right: bool) -> None:
    environ = {"TED_URL": given_address}
    if right:
        found = base_address(environ, "TED_URL", ted.SITE)
        assert found == (given_address.rstrip("/") or ted.SITE)
    else:
        with pytest.raises(ProblemsFound, match="TED_URL") as wrong:
            base_address(environ, "TED_URL", ted.SITE)
        assert wrong.value.exit_status == 2
