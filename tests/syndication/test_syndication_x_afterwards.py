"""X before and after the announcement: its keys, its price, the composer, deletions and looks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers.announced import URL, message
from tests.servers.fault_proxy import Answer, FaultProxy
from tests.servers.x import DELETED_PER_WINDOW, USER_ID, WINDOW, XServer, not_found
from utrop.problem import ProblemsFound
from utrop.syndication import networks
from utrop.syndication.delivery import (
    Deletable,
    Editable,
    Readable,
    Receipt,
    Standing,
    Surveyable,
)
from utrop.syndication.errors import (
    NetworkError,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
)
from utrop.syndication.networks import x

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SINCE = NOW - timedelta(days=1)


@pytest.fixture
def server() -> Iterator[XServer]:
    with XServer(now=lambda: NOW) as running:
        yield running


@pytest.fixture
def proxy(server: XServer) -> Iterator[FaultProxy]:
    with FaultProxy(server.url) as before:
        server.public_url = before.url
        yield before


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as client:
        yield client


@pytest.fixture
def network(proxy: FaultProxy, server: XServer, http: httpx.Client) -> x.X:
    return x.connect(server.keys.environ(proxy.url), http, clock=NOW.timestamp)


@pytest.fixture
def receipt(network: x.X) -> Receipt:
    return network.publish(message(), idempotency_key="k")


def one(receipt: Receipt) -> str:
    return f"/2/tweets/{receipt.id}"


def test_x_deletes_and_looks_but_edits_nothing(network: x.X) -> None:
    assert isinstance(network, Deletable)
    assert isinstance(network, Readable)
    assert isinstance(network, Surveyable)
    assert not isinstance(network, Editable)


def test_a_post_stands_until_somebody_takes_it_away(
    network: x.X, server: XServer, receipt: Receipt
) -> None:
    assert network.standing(receipt, message()) is Standing.THERE
    server.posts[0].versions = ("1990000000000000999",)
    assert network.standing(receipt, message()) is Standing.EDITED
    server.posts[0].deleted = True
    assert network.standing(receipt, message()) is Standing.GONE


def test_the_newer_name_of_the_history_is_understood(
    network: x.X, proxy: FaultProxy, receipt: Receipt
) -> None:
    told = {"data": {"id": receipt.id, "edit_history_post_ids": [receipt.id, "2"]}}
    proxy.answer(Answer(body=json.dumps(told).encode()), "GET", one(receipt))
    assert network.standing(receipt, message()) is Standing.EDITED


@pytest.mark.parametrize(
    "told",
    [
        {},
        [],
        {"data": {}},
        {"data": {"id": "1"}},
        {"errors": []},
        {"errors": [{"type": "https://api.twitter.com/2/problems/not-authorized-for-resource"}]},
        {"errors": [not_found("1"), {"title": "Authorization Error"}]},
        {"errors": [not_found("1")], "data": {"id": "1"}},
        {"errors": ["resource-not-found"]},
    ],
)
def test_nothing_but_xs_own_word_makes_a_post_gone(
    told: object, network: x.X, proxy: FaultProxy, receipt: Receipt
) -> None:
    for status in (200, 404):
        answer = Answer(status=status, body=json.dumps(told).encode())
        proxy.answer(answer, "GET", one(receipt))
        with pytest.raises(OutcomeUnknown):
            network.standing(receipt, message())


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, Unauthorized), (402, Unauthorized), (429, RateLimited), (400, OutcomeUnknown)],
)
def test_a_look_that_is_refused_says_why(
    status: int, error: type[NetworkError], network: x.X, proxy: FaultProxy, receipt: Receipt
) -> None:
    proxy.answer(Answer(status=status, body=b"{}"), "GET", one(receipt))
    with pytest.raises(error, match=str(status)):
        network.standing(receipt, message())


def test_a_post_is_deleted_and_one_that_is_gone_is_no_error(
    network: x.X, server: XServer, proxy: FaultProxy, receipt: Receipt
) -> None:
    other = server.post("Ett annat inlägg")
    network.delete(receipt)
    network.delete(receipt)
    assert server.shown() == [other]
    assert proxy.count("DELETE", one(receipt)) == 2


@pytest.mark.parametrize("fault", ["drop_request", "drop_answer", "reset_midway", "false_500"])
def test_a_lost_deletion_may_be_repeated(
    fault: str, network: x.X, server: XServer, proxy: FaultProxy, receipt: Receipt
) -> None:
    getattr(proxy, fault)("DELETE", one(receipt))
    with pytest.raises(OutcomeUnknown):
        network.delete(receipt)
    network.delete(receipt)
    assert server.shown() == []


@pytest.mark.parametrize("body", [b'{"data": {"deleted": false}}', b"{}", b"<html>", b"[]"])
def test_what_x_did_not_delete_is_looked_at(
    body: bytes, network: x.X, server: XServer, proxy: FaultProxy, receipt: Receipt
) -> None:
    proxy.answer(Answer(body=body), "DELETE", one(receipt), times=2)
    with pytest.raises(OutcomeUnknown, match="did not delete"):
        network.delete(receipt)
    server.posts[0].deleted = True
    network.delete(receipt)


def test_a_404_of_another_server_deletes_nothing(
    network: x.X, proxy: FaultProxy, receipt: Receipt
) -> None:
    proxy.answer(Answer(status=404, body=b"<h1>Not found</h1>"), "DELETE", one(receipt))
    with pytest.raises(OutcomeUnknown):
        network.delete(receipt)


@pytest.mark.parametrize(
    ("status", "detail", "error"),
    [
        (403, "You are not authorized to delete this Tweet.", Rejected),
        (403, "Your account is suspended", Unauthorized),
        (401, "Unauthorized", Unauthorized),
        (429, "Too Many Requests", RateLimited),
        (400, "Invalid Request", Rejected),
        (503, "Over capacity", OutcomeUnknown),
    ],
)
def test_a_deletion_that_is_refused_says_what_may_be_done(
    status: int,
    detail: str,
    error: type[NetworkError],
    network: x.X,
    proxy: FaultProxy,
    receipt: Receipt,
) -> None:
    body = json.dumps({"detail": detail}).encode()
    proxy.answer(Answer(status=status, body=body), "DELETE", one(receipt))
    with pytest.raises(error, match=detail):
        network.delete(receipt)


def test_more_deletions_than_x_allows_wait(network: x.X, receipt: Receipt) -> None:
    for _ in range(DELETED_PER_WINDOW):
        network.delete(receipt)
    with pytest.raises(RateLimited) as caught:
        network.delete(receipt)
    assert caught.value.retry_at == NOW + WINDOW


def test_unreachable_x_was_asked_nothing(network: x.X, proxy: FaultProxy, receipt: Receipt) -> None:
    with proxy.refusing():
        with pytest.raises(NotSent):
            network.delete(receipt)
        with pytest.raises(NotSent):
            network.standing(receipt, message())


def test_one_reading_finds_many_and_tells_a_reminder_from_its_article(
    network: x.X, server: XServer, proxy: FaultProxy
) -> None:
    reminder = message(url=f"{URL}#paminnelse-1")
    other = message(url="https://blogg.inkop.example.org/annat/")
    first = server.post(f"Nytt: {URL}")
    again = server.post(f"Påminnelse: {reminder.url}")
    server.post(f"Igen: {URL}")
    found = network.survey([message(), reminder, other], since=SINCE)
    assert {url: receipt.id for url, receipt in found.items()} == {
        URL: first.id,
        reminder.url: again.id,
    }
    assert proxy.count("GET", f"/2/users/{USER_ID}/tweets") == 1


def test_a_post_is_told_from_a_quote_by_the_newer_name_too(network: x.X, proxy: FaultProxy) -> None:
    network.check()
    post = {"id": "1", "entities": {"urls": [{"expanded_url": URL}]}}
    quote = post | {"referenced_posts": [{"type": "quoted", "id": "2"}]}
    body = json.dumps({"meta": {"result_count": 1}, "data": [quote]}).encode()
    proxy.answer(Answer(body=body), "GET", f"/2/users/{USER_ID}/tweets")
    assert network.find(message(), idempotency_key="k", since=SINCE) is None


def test_the_keys_are_described(proxy: FaultProxy, server: XServer, http: httpx.Client) -> None:
    environ = server.keys.environ(proxy.url)
    told = x.describe(environ, http, clock=NOW.timestamp)
    assert told.account == f"@inkop_example ({USER_ID})"
    assert (told.expires, told.scopes, told.missing, told.warnings) == (
        None,
        ("read-write",),
        (),
        (),
    )
    assert told.server_time == NOW
    assert server.shown() == []

    server.read_only = True
    told = x.describe(environ, http, clock=NOW.timestamp)
    assert told.missing == ("read-write",)
    assert "new access token" in told.warnings[0]


def test_x_that_does_not_say_what_the_token_may_do_is_no_problem(
    proxy: FaultProxy, server: XServer, http: httpx.Client
) -> None:
    body = json.dumps({"data": {"id": "1", "username": "inkop"}}).encode()
    proxy.answer(Answer(body=body), "GET", "/2/users/me")
    told = x.describe(server.keys.environ(proxy.url), http, clock=NOW.timestamp)
    assert (told.scopes, told.missing) == ((), ())


def test_refused_keys_are_described_as_refused(
    proxy: FaultProxy, server: XServer, http: httpx.Client
) -> None:
    environ = server.keys.environ(proxy.url)
    with pytest.raises(Unauthorized):
        x.describe(environ | {"X_ACCESS_TOKEN": "canary-wrong"}, http, clock=NOW.timestamp)
    with pytest.raises(ProblemsFound):
        x.describe(environ | {"X_ACCESS_TOKEN": ""}, http)


def test_x_is_announced_by_hand_until_it_has_keys(server: XServer) -> None:
    assert networks.title("x") == "X"
    assert networks.is_by_hand("x", {})
    assert not networks.is_by_hand("x", server.keys.environ("https://api.x.com"))


def test_a_post_costs_more_with_an_address() -> None:
    assert networks.price("x", message()) == Decimal("0.200")
    assert networks.price("x", message(text="Läs på example.se")) == Decimal("0.200")
    assert networks.price("x", message(text="Läs i morgon, kl.10")) == Decimal("0.015")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_the_composer_opens_with_the_whole_text_and_the_address(words: str) -> None:
    made = message(text=f"{words}\n\n{URL}")
    parts = urlsplit(networks.composer_link("x", made))
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "x.com", "/intent/post")
    assert parse_qs(parts.query, keep_blank_values=True) == {"text": [x.as_sent(made.text)]}
    without = message(text="Utan adress")
    fields = parse_qs(urlsplit(networks.composer_link("x", without)).query)
    assert fields == {"text": ["Utan adress"], "url": [URL]}
