from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import parse_qs

import httpx
import pytest

from tests.servers.announced import SINCE, URL, message
from tests.servers.facebook import PAGE, PERSON_TOKEN, FacebookServer
from tests.servers.fault_proxy import Answer, FaultProxy
from tests.servers.graph import START, error, reply
from utrop.problem import ProblemsFound
from utrop.syndication.delivery import Searchable, Settling
from utrop.syndication.errors import (
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
)
from utrop.syndication.networks import facebook

ME = "/v25.0/me"
FEED = f"/v25.0/{PAGE}/feed"
LISTED = f"/v25.0/{PAGE}/published_posts"
POST = f"/v25.0/{PAGE}_"


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as client:
        yield client


@pytest.fixture
def server() -> Iterator[FacebookServer]:
    with FacebookServer() as running:
        yield running
    assert running.violations == []


@pytest.fixture
def proxy(server: FacebookServer) -> Iterator[FaultProxy]:
    with FaultProxy(server.url) as standing:
        yield standing


@pytest.fixture
def network(proxy: FaultProxy, server: FacebookServer, http: httpx.Client) -> facebook.Facebook:
    return at(proxy, http, server.token)


def at(proxy: FaultProxy, http: httpx.Client, token: str, page: str = PAGE) -> facebook.Facebook:
    environ = {"FACEBOOK_URL": proxy.url, "FACEBOOK_TOKEN": token, "FACEBOOK_PAGE": page}
    return facebook.connect(environ, http)


def test_post_is_published_with_its_text_and_its_link(
    network: facebook.Facebook, server: FacebookServer, proxy: FaultProxy
) -> None:
    receipt = network.publish(message(), idempotency_key="k")

    [post] = server.posts
    assert (receipt.id, receipt.url) == (post["id"], post["permalink_url"])
    assert post["message"] == message().text
    [sent] = [r for r in proxy.requests if r.path == FEED]
    assert parse_qs(sent.body.decode()) == {
        "message": [message().text],
        "link": [URL],
        "published": ["true"],
    }


def test_token_is_only_ever_in_the_header(
    network: facebook.Facebook, server: FacebookServer, proxy: FaultProxy
) -> None:
    network.publish(message(), idempotency_key="k")
    network.find(message(), idempotency_key="k", since=SINCE)
    assert len(proxy.requests) == 5
    for request in proxy.requests:
        assert request.headers["authorization"] == f"Bearer {server.token}"
        assert server.token not in request.path
        assert server.token.encode() not in request.body


def test_account_is_the_page_which_is_asked_for_once(
    network: facebook.Facebook, proxy: FaultProxy
) -> None:
    assert proxy.requests == []
    assert network.account == network.account == PAGE
    network.check()
    assert proxy.count("GET", ME) == 1
    assert isinstance(network, Searchable)
    assert isinstance(network, Settling)
    assert facebook.GUARANTEE == "effectively-once"


def test_token_of_a_person_or_of_another_page_rests_the_network(
    proxy: FaultProxy, server: FacebookServer, http: httpx.Client
) -> None:
    for network in (at(proxy, http, PERSON_TOKEN), at(proxy, http, server.token, page="4711")):
        with pytest.raises(Unauthorized, match="page's own access token"):
            network.publish(message(), idempotency_key="k")
    assert server.posts == []


def test_receipt_without_an_address_leads_to_the_post_all_the_same(
    network: facebook.Facebook, server: FacebookServer, proxy: FaultProxy
) -> None:
    for answer in (
        Answer(status=500),
        error(190, status=401),
        reply({"permalink_url": "javascript:alert(1)"}),
        Answer(body=b"<html>"),
    ):
        proxy.answer(answer, "GET", POST)
        receipt = network.publish(message(text=f"{len(server.posts)} {URL}"), idempotency_key="k")
        assert receipt.url == f"https://www.facebook.com/{server.posts[-1]['id']}"
    proxy.drop_answer("GET", POST)
    assert network.publish(message(), idempotency_key="k").url.endswith(server.posts[-1]["id"])


@pytest.mark.parametrize("fault", ["drop_answer", "reset_midway", "false_500"])
def test_lost_answer_is_looked_up_and_found(
    fault: str, network: facebook.Facebook, proxy: FaultProxy, server: FacebookServer
) -> None:
    getattr(proxy, fault)("POST", FEED)
    with pytest.raises(OutcomeUnknown):
        network.publish(message(), idempotency_key="k")
    found = network.find(message(), idempotency_key="k", since=SINCE)
    [post] = server.posts
    assert found is not None
    assert (found.id, found.url) == (post["id"], post["permalink_url"])


def test_please_retry_that_published_is_not_believed(
    network: facebook.Facebook, server: FacebookServer
) -> None:
    server.lies = 1
    with pytest.raises(OutcomeUnknown, match="500, code 2: Please retry"):
        network.publish(message(), idempotency_key="k")
    assert network.find(message(), idempotency_key="k", since=SINCE) is not None


def test_duplicate_in_a_row_is_looked_up(
    network: facebook.Facebook, server: FacebookServer
) -> None:
    first = network.publish(message(), idempotency_key="k")
    with pytest.raises(OutcomeUnknown, match="code 506"):
        network.publish(message(), idempotency_key="k")
    assert network.find(message(), idempotency_key="k", since=SINCE) == first
    assert len(server.posts) == 1


def test_lost_request_is_looked_up_and_can_be_repeated(
    network: facebook.Facebook, proxy: FaultProxy, server: FacebookServer
) -> None:
    proxy.drop_request("POST", FEED)
    with pytest.raises(OutcomeUnknown):
        network.publish(message(), idempotency_key="k")
    assert network.find(message(), idempotency_key="k", since=SINCE) is None
    network.publish(message(), idempotency_key="k")
    assert len(server.posts) == 1


def test_find_pages_through_and_prefers_the_first_of_two(
    network: facebook.Facebook, server: FacebookServer, proxy: FaultProxy
) -> None:
    first = server.post("Läs", URL)
    for number in range(120):
        server.post(f"Annat {number}", f"https://annan.example.org/{number}/")
    server.post("Veckans läsning", URL)
    found = network.find(message(), idempotency_key="k", since=SINCE)
    assert found is not None
    assert found.id == first["id"]
    assert proxy.count("GET", LISTED) == 4  # the last is empty: only that ends every kind of list


@pytest.mark.parametrize(
    ("text", "link", "there"),
    [
        (f"Läs: {URL}.", "", True),
        ("Läs", URL, True),
        ("Läs", URL + "#del-2", False),
        ("Läs", URL.replace("https://blogg", "https://BLOGG"), True),
        (f"En annan: {URL}del-2/", "", False),
        ("En annan", URL + "?sida=2", False),
    ],
)
def test_find_goes_by_the_canonical_address(
    text: str, link: str, there: bool, network: facebook.Facebook, server: FacebookServer
) -> None:
    server.post(text, link)
    found = network.find(message(), idempotency_key="k", since=SINCE)
    assert (found is not None) == there


@pytest.mark.parametrize(
    ("newer", "hours", "there"), [(90, 9000, True), (150, 0.5, True), (150, 9000, False)]
)
def test_find_stops_at_what_is_older_but_trusts_no_clock_for_the_newest(
    newer: int, hours: float, there: bool, network: facebook.Facebook, server: FacebookServer
) -> None:
    """Our clock may have been a year ahead when the message was composed."""
    server.post("Läs", URL)
    for _ in range(newer):
        server.post("annat")
    since = START + timedelta(hours=hours)
    found = network.find(message(), idempotency_key="k", since=since)
    assert (found is not None) == there


def posts_page(number: int, moment: datetime = START, **more: object) -> Answer:
    post = {"id": f"{PAGE}_{number}", "created_time": moment.isoformat(), "message": "annat"}
    return reply({"data": [post], **more})


def test_find_does_not_say_absent_where_it_could_not_look_everywhere(
    network: facebook.Facebook, proxy: FaultProxy
) -> None:
    for number in range(30):
        paging = {"cursors": {"after": f"c{number}"}, "next": "https://x.example.org/"}
        proxy.answer(posts_page(number, paging=paging), "GET", LISTED)
    with pytest.raises(OutcomeUnknown, match="look there"):
        network.find(message(), idempotency_key="k", since=SINCE)
    assert proxy.count("GET", LISTED) == 20


def test_find_follows_a_next_page_by_its_parameters_alone(
    network: facebook.Facebook, server: FacebookServer, proxy: FaultProxy
) -> None:
    with FaultProxy() as elsewhere:
        away = f"{elsewhere.url}/x?access_token={server.token}&evil=1&__paging_token=p&until=17"
        proxy.answer(posts_page(1, paging={"next": away}), "GET", LISTED)
        proxy.answer(reply({"data": [], "paging": {"next": away + "8"}}), "GET", LISTED)
        proxy.answer(reply({"data": []}), "GET", LISTED)
        assert network.find(message(), idempotency_key="k", since=SINCE) is None
        assert elsewhere.requests == []
    second = [r for r in proxy.requests if r.path.startswith(LISTED)][1]
    query = parse_qs(second.path.partition("?")[2])
    assert (query["until"], query["__paging_token"]) == (["17"], ["p"])
    assert not {"access_token", "evil"} & set(query)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=500),
        error(1, words="Please reduce the amount of data"),
        error(100),
        error(1609005),
        Answer(body=b"<html>"),
        reply([]),
        reply({"data": {}}),
        reply({"data": [1]}),
        reply({"data": [{"id": "1_2"}]}),
        reply({"data": [{"id": "../x", "created_time": "2026-11-23T12:00:00+0000"}]}),
        reply({"data": [{"id": "1_2", "created_time": "igar"}]}),
        reply({"data": [{"id": "1_2", "created_time": "2026-11-23T12:00:00"}]}),
    ],
)
def test_find_that_got_no_clear_answer_never_says_absent(
    answer: Answer, network: facebook.Facebook, proxy: FaultProxy
) -> None:
    proxy.answer(answer, "GET", LISTED)
    with pytest.raises(OutcomeUnknown):
        network.find(message(), idempotency_key="k", since=SINCE)


def test_find_ends_where_the_pages_go_in_a_circle(
    network: facebook.Facebook, proxy: FaultProxy
) -> None:
    paging = {"cursors": {"after": "c1"}, "next": "https://x.example.org/"}
    proxy.answer(posts_page(1, paging=paging), "GET", LISTED, times=9)
    with pytest.raises(OutcomeUnknown, match="does not page"):
        network.find(message(), idempotency_key="k", since=SINCE)
    assert proxy.count("GET", LISTED) == 2


def test_find_says_when_it_may_not_look(network: facebook.Facebook, proxy: FaultProxy) -> None:
    proxy.answer(error(190, 463, status=401), "GET", LISTED)
    proxy.answer(error(32), "GET", LISTED)
    with pytest.raises(Unauthorized, match="expired"):
        network.find(message(), idempotency_key="k", since=SINCE)
    with pytest.raises(RateLimited):
        network.find(message(), idempotency_key="k", since=SINCE)
    with proxy.refusing(), pytest.raises(OutcomeUnknown):
        network.find(message(), idempotency_key="k", since=SINCE)


def test_server_that_is_away_or_broken_beforehand_was_sent_nothing(
    network: facebook.Facebook, proxy: FaultProxy, server: FacebookServer
) -> None:
    with proxy.refusing(), pytest.raises(NotSent):
        network.publish(message(), idempotency_key="k")
    proxy.drop_answer("GET", ME)
    proxy.false_500("GET", ME)
    for _ in range(2):
        with pytest.raises(NotSent):
            network.publish(message(), idempotency_key="k")
    network.check()
    with proxy.refusing(), pytest.raises(NotSent):
        network.publish(message(), idempotency_key="k")
    assert server.posts == []


def test_text_that_is_too_long_is_rejected(network: facebook.Facebook) -> None:
    assert network.limits.measures[0].maximum == 63_206
    assert network.limits.fits("🙂" * 31_603)
    assert not network.limits.fits("🙂" * 31_604)
    with pytest.raises(Rejected, match="too long"):
        network.publish(message(text="x" * 63_207), idempotency_key="k")


def test_address_of_the_api_is_known_unless_another_is_set(http: httpx.Client) -> None:
    environ = {"FACEBOOK_TOKEN": "canary", "FACEBOOK_PAGE": PAGE, "FACEBOOK_URL": " "}
    network = facebook.connect(environ, http)
    assert "canary" not in repr(network)
    with pytest.raises(ProblemsFound, match="FACEBOOK_URL"):
        facebook.connect({**environ, "FACEBOOK_URL": "http://graph.facebook.com"}, http)


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({}, ["FACEBOOK_PAGE", "FACEBOOK_TOKEN"]),
        ({"FACEBOOK_TOKEN": "canary"}, ["FACEBOOK_PAGE"]),
        ({"FACEBOOK_PAGE": "inkop"}, ["FACEBOOK_PAGE", "FACEBOOK_TOKEN"]),
        ({"FACEBOOK_PAGE": "in kop", "FACEBOOK_TOKEN": "canary"}, ["FACEBOOK_PAGE"]),
        ({"FACEBOOK_PAGE": "١٢", "FACEBOOK_TOKEN": "canary"}, ["FACEBOOK_PAGE"]),
        ({"FACEBOOK_PAGE": PAGE, "FACEBOOK_TOKEN": "can ary"}, ["FACEBOOK_TOKEN"]),
        (
            {"FACEBOOK_PAGE": PAGE, "FACEBOOK_TOKEN": "canary", "FACEBOOK_URL": "ftp://x"},
            ["FACEBOOK_URL"],
        ),
    ],
)
def test_missing_and_malformed_variables_are_named_all_at_once(
    environ: dict[str, str], named: list[str], http: httpx.Client
) -> None:
    with pytest.raises(ProblemsFound) as caught:
        facebook.connect(environ, http)
    assert caught.value.exit_status == 2
    assert len(caught.value.problems) == len(named)
    assert all(name in str(caught.value) for name in named)
    assert "canary" not in str(caught.value)


def test_token_stands_in_no_error_and_no_log(
    network: facebook.Facebook,
    proxy: FaultProxy,
    server: FacebookServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    token = server.token
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.DEBUG)
    logging.getLogger("httpcore").setLevel(logging.DEBUG)
    network.find(message(), idempotency_key="k", since=SINCE)
    words = f"bad\x00 {token}\u202e\nGET /x?access_token=canary-other&y {token} " + "x" * 500
    caught = []
    for code in (100, 190, 200, 4, 2, 1609005):
        proxy.answer(error(code, words=words), "POST", FEED)
        with pytest.raises(Exception, match="secret") as refused:
            network.publish(message(), idempotency_key="k")
        caught.append(refused.value)
    for one in caught:
        said = f"{one} {one!r} {one.__context__!r} {one.__cause__!r}"
        assert "canary" not in said
        assert not set("\x00\u202e\n") & set(str(one))
        assert len(str(one)) < 400
    assert caplog.records
    assert token not in caplog.text
    assert token not in repr(network)


def test_errors_are_what_the_guide_describes() -> None:
    """The stand-in's own shape, so that the tests above mean something."""
    told = json.loads(error(190, 463).body)["error"]
    assert (told["code"], told["error_subcode"], told["is_transient"]) == (190, 463, False)
