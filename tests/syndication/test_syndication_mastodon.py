from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.servers.announced import SINCE, URL, message
from tests.servers.fault_proxy import Answer, FaultProxy
from tests.servers.mastodon import MastodonServer
from utrop.problem import ProblemsFound
from utrop.syndication.delivery import Searchable
from utrop.syndication.errors import (
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
)
from utrop.syndication.networks import mastodon

STATUSES = "/api/v1/statuses"
LISTED = "/api/v1/accounts/"  # and the account's id, which the server chooses
VERIFY = "/api/v1/accounts/verify_credentials"


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as client:
        yield client


@pytest.fixture
def network(
    mastodon_proxy: FaultProxy, mastodon_server: MastodonServer, http: httpx.Client
) -> mastodon.Mastodon:
    return at(mastodon_proxy, http, mastodon_server.token)


def at(proxy: FaultProxy, http: httpx.Client, token: str) -> mastodon.Mastodon:
    return mastodon.connect({"MASTODON_URL": proxy.url, "MASTODON_TOKEN": token}, http)


def test_status_is_posted_with_its_text_language_and_visibility(
    network: mastodon.Mastodon, mastodon_server: MastodonServer, mastodon_proxy: FaultProxy
) -> None:
    receipt = network.publish(message(lang="sv-SE"), idempotency_key="nyckel-1")

    [status] = mastodon_server.statuses()
    assert receipt.id == status["uri"]
    assert receipt.url == status["url"]
    assert status["language"] == "sv"
    assert status["visibility"] == "public"
    assert f'href="{URL}"' in status["content"]
    [sent] = [r for r in mastodon_proxy.requests if r.path == STATUSES]
    assert sent.headers["idempotency-key"] == "nyckel-1"
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["user-agent"].startswith("Utrop/")
    assert json.loads(sent.body)["status"] == message().text


def test_account_has_the_name_that_the_server_gives_it(
    network: mastodon.Mastodon, mastodon_server: MastodonServer
) -> None:
    assert network.account == mastodon_server.account
    assert isinstance(network, Searchable)


def test_server_is_asked_who_we_are_once(
    network: mastodon.Mastodon, mastodon_proxy: FaultProxy
) -> None:
    network.check()
    assert network.account == network.account
    network.publish(message(), idempotency_key="k")
    assert mastodon_proxy.count("GET", VERIFY) == 1


def test_nothing_is_sent_until_it_is_needed(
    network: mastodon.Mastodon, mastodon_proxy: FaultProxy
) -> None:
    assert mastodon_proxy.requests == []


@pytest.mark.parametrize("fault", ["drop_answer", "reset_midway", "false_500"])
def test_lost_answer_is_looked_up_and_found_even_where_the_key_is_ignored(
    fault: str,
    network: mastodon.Mastodon,
    mastodon_proxy: FaultProxy,
    mastodon_server: MastodonServer,
) -> None:
    mastodon_proxy.stripped.add("idempotency-key")
    getattr(mastodon_proxy, fault)("POST", STATUSES)

    with pytest.raises(OutcomeUnknown):
        network.publish(message(), idempotency_key="k")
    found = network.find(message(), idempotency_key="k", since=SINCE)

    [status] = mastodon_server.statuses()
    assert found is not None
    assert found.id == status["uri"]


def test_lost_request_is_looked_up_and_can_be_repeated(
    network: mastodon.Mastodon, mastodon_proxy: FaultProxy, mastodon_server: MastodonServer
) -> None:
    mastodon_proxy.stripped.add("idempotency-key")
    mastodon_proxy.drop_request("POST", STATUSES)

    with pytest.raises(OutcomeUnknown):
        network.publish(message(), idempotency_key="k")
    assert network.find(message(), idempotency_key="k", since=SINCE) is None
    network.publish(message(), idempotency_key="k")

    assert len(mastodon_server.statuses()) == 1


def test_answer_that_comes_too_late_is_unknown_and_then_found(
    network: mastodon.Mastodon,
    mastodon_proxy: FaultProxy,
    mastodon_server: MastodonServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network.check()
    monkeypatch.setattr("utrop.syndication.networks._http.TIMEOUT", httpx.Timeout(0.2))
    gate = mastodon_proxy.hold("POST", STATUSES)
    with pytest.raises(OutcomeUnknown, match="read timeout"):
        network.publish(message(), idempotency_key="k")
    gate.wait()
    gate.release()
    monkeypatch.undo()
    assert network.find(message(), idempotency_key="k", since=SINCE) is not None
    assert len(mastodon_server.statuses()) == 1


def test_key_keeps_parallel_repeats_from_doubling(
    network: mastodon.Mastodon, mastodon_server: MastodonServer
) -> None:
    network.publish(message(), idempotency_key="k")
    with ThreadPoolExecutor(4) as pool:
        again = [pool.submit(network.publish, message(), idempotency_key="k") for _ in range(8)]
        receipts = {future.result() for future in again}
    assert len(receipts) == 1
    assert len(mastodon_server.statuses()) == 1


def test_find_pages_through_what_was_posted_since(
    network: mastodon.Mastodon, mastodon_server: MastodonServer, mastodon_proxy: FaultProxy
) -> None:
    first = network.publish(message(), idempotency_key="k")
    for number in range(50):
        mastodon_server.post(f"Annat {number} https://annan.example.org/{number}/")
    assert network.find(message(), idempotency_key="k", since=SINCE) == first
    pages = [r for r in mastodon_proxy.requests if r.path.startswith(LISTED) and "?" in r.path]
    assert len(pages) == 3
    assert all("exclude_reblogs=true" in page.path for page in pages)
    assert all(page.headers["authorization"] == f"Bearer {mastodon_server.token}" for page in pages)


def test_find_takes_no_reply_and_no_other_page_for_the_announcement(
    network: mastodon.Mastodon, mastodon_server: MastodonServer
) -> None:
    other = mastodon_server.post(f"En annan: {URL}del-2/")
    mastodon_server.post(f"Svar: {URL}", in_reply_to_id=other["id"])
    assert network.find(message(), idempotency_key="k", since=SINCE) is None


def test_find_prefers_the_first_of_two(
    network: mastodon.Mastodon, mastodon_server: MastodonServer
) -> None:
    first = mastodon_server.post(f"Läs {URL}")
    mastodon_server.post(f"Veckans läsning: {URL}")
    found = network.find(message(), idempotency_key="k", since=SINCE)
    assert found is not None
    assert found.id == first["uri"]


def statuses_page(*moments: datetime, content: str = "<p>annat</p>") -> Answer:
    page = [
        {"id": str(n), "uri": f"u{n}", "content": content, "created_at": moment.isoformat()}
        for n, moment in enumerate(moments)
    ]
    return Answer(body=json.dumps(page).encode())


NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("newer", "hours", "found"), [(0, 0.5, True), (0, 9000, True), (90, 0.5, True), (90, 2, False)]
)
def test_find_stops_at_what_is_older_but_trusts_no_clock_for_the_newest(
    network: mastodon.Mastodon, mastodon_proxy: FaultProxy, newer: int, hours: float, found: bool
) -> None:
    """Our clock may have been a year ahead when the message was composed."""
    link = f'<a href="{URL}">x</a>'
    network.check()
    mastodon_proxy.answer(statuses_page(*[NOW] * newer), "GET", LISTED, times=min(newer, 1))
    mastodon_proxy.answer(statuses_page(NOW - timedelta(hours=hours), content=link), "GET", LISTED)
    mastodon_proxy.answer(Answer(body=b"[]"), "GET", LISTED)
    receipt = network.find(message(), idempotency_key="k", since=NOW)
    assert (receipt is not None) == found


def test_find_does_not_say_absent_where_it_could_not_look_everywhere(
    network: mastodon.Mastodon, mastodon_proxy: FaultProxy
) -> None:
    network.check()
    for number in range(30):
        page = [{"id": f"{number}", "uri": "u", "content": "", "created_at": NOW.isoformat()}]
        mastodon_proxy.answer(Answer(body=json.dumps(page).encode()), "GET", LISTED)
    with pytest.raises(OutcomeUnknown, match="look there"):
        network.find(message(), idempotency_key="k", since=SINCE)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=500),
        Answer(status=404, body=b'{"error": "Record not found"}'),
        Answer(status=422, body=b'{"error": "no"}'),
        Answer(body=b'{"error": "no list"}'),
        Answer(body=b"<html>"),
        Answer(body=b"[1]"),
        Answer(body=b'[{"id": "1", "content": ""}]'),
        Answer(body=b'[{"id": "1", "created_at": "igar"}]'),
        Answer(body=b'[{"id": "1", "created_at": "2026-11-23T12:00:00"}]'),
        Answer(body=b'[{"created_at": "2026-11-23T12:00:00Z", "content": ""}]'),
    ],
)
def test_find_that_got_no_clear_answer_never_says_absent(
    answer: Answer, network: mastodon.Mastodon, mastodon_proxy: FaultProxy
) -> None:
    network.check()
    mastodon_proxy.answer(answer, "GET", LISTED)
    with pytest.raises(OutcomeUnknown):
        network.find(message(), idempotency_key="k", since=SINCE)


def test_find_at_a_server_that_is_away_never_invites_a_repeat(
    network: mastodon.Mastodon, mastodon_proxy: FaultProxy
) -> None:
    network.check()
    with mastodon_proxy.refusing(), pytest.raises(OutcomeUnknown):
        network.find(message(), idempotency_key="k", since=SINCE)


def test_unreachable_server_was_sent_nothing(
    network: mastodon.Mastodon,
    mastodon_proxy: FaultProxy,
    mastodon_server: MastodonServer,
    http: httpx.Client,
) -> None:
    network.check()
    with mastodon_proxy.refusing():
        with pytest.raises(NotSent, match="cannot be reached"):
            network.publish(message(), idempotency_key="k")
        with pytest.raises(NotSent):
            at(mastodon_proxy, http, mastodon_server.token).check()


def test_failure_before_the_status_is_sent_publishes_nothing(
    network: mastodon.Mastodon, mastodon_proxy: FaultProxy, mastodon_server: MastodonServer
) -> None:
    mastodon_proxy.drop_answer("GET", VERIFY)
    mastodon_proxy.false_500("GET", VERIFY)
    for _ in range(2):
        with pytest.raises(NotSent):
            network.publish(message(), idempotency_key="k")
    assert mastodon_server.statuses() == []


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, Rejected),
        (404, Rejected),
        (422, Rejected),
        (401, Unauthorized),
        (403, Unauthorized),
        (429, RateLimited),
        (408, OutcomeUnknown),
        (409, OutcomeUnknown),
        (301, OutcomeUnknown),
        (303, OutcomeUnknown),
        (500, OutcomeUnknown),
        (503, OutcomeUnknown),
        (504, OutcomeUnknown),
    ],
)
def test_refusals_say_what_may_be_done_next(
    status: int, error: type[Exception], network: mastodon.Mastodon, mastodon_proxy: FaultProxy
) -> None:
    body = b'{"error": "Det gick inte"}'
    mastodon_proxy.answer(Answer(status=status, body=body), "POST", STATUSES)
    with pytest.raises(error, match=f"{status}: Det gick inte"):
        network.publish(message(), idempotency_key="k")


def test_text_that_is_too_long_is_rejected_by_the_server(network: mastodon.Mastodon) -> None:
    with pytest.raises(Rejected, match="too long"):
        network.publish(message(text="x" * 501), idempotency_key="k")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([("X-RateLimit-Reset", "2026-11-23T12:05:00.123456Z")], NOW.replace(minute=5)),
        ([("X-RateLimit-Reset", "1795435500")], NOW.replace(minute=5)),
        ([("Retry-After", "Mon, 23 Nov 2026 12:05:00 GMT")], NOW.replace(minute=5)),
        (
            [("Date", "Mon, 23 Nov 2026 12:00:00 GMT"), ("Retry-After", "300")],
            NOW.replace(minute=5),
        ),
        ([("Retry-After", "300")], None),
        ([("X-RateLimit-Reset", "snart")], None),
        ([("X-RateLimit-Reset", "9" * 40)], None),
        ([], None),
    ],
)
def test_server_that_asks_for_patience_gets_it(
    headers: list[tuple[str, str]],
    expected: datetime | None,
    network: mastodon.Mastodon,
    mastodon_proxy: FaultProxy,
) -> None:
    mastodon_proxy.answer(Answer(status=429, headers=tuple(headers)), "POST", STATUSES)
    with pytest.raises(RateLimited) as caught:
        network.publish(message(), idempotency_key="k")
    moment = caught.value.retry_at
    assert (moment and moment.replace(microsecond=0)) == expected


def test_refused_token_rests_the_network(mastodon_proxy: FaultProxy, http: httpx.Client) -> None:
    network = at(mastodon_proxy, http, token="canary-wrong-token")
    for act in (
        network.check,
        lambda: network.publish(message(), idempotency_key="k"),
        lambda: network.find(message(), idempotency_key="k", since=SINCE),
    ):
        with pytest.raises(Unauthorized, match="MASTODON_TOKEN") as caught:
            act()
        assert "canary" not in str(caught.value)


def test_limits_are_read_from_the_server_once(
    network: mastodon.Mastodon, mastodon_proxy: FaultProxy
) -> None:
    told = {"configuration": {"statuses": {"max_characters": 5000}}}
    answer = Answer(body=json.dumps(told).encode())
    mastodon_proxy.answer(answer, "GET", "/api/v2/instance")
    assert network.limits.measures[0].maximum == 5000
    assert network.limits is network.limits
    assert mastodon_proxy.count("GET", "/api/v2/instance") == 1


def test_older_server_tells_its_limits_by_the_older_address(
    network: mastodon.Mastodon, mastodon_proxy: FaultProxy
) -> None:
    told = {"configuration": {"statuses": {"max_characters": 1000}}}
    mastodon_proxy.answer(Answer(status=404), "GET", "/api/v2/instance")
    mastodon_proxy.answer(Answer(body=json.dumps(told).encode()), "GET", "/api/v1/instance")
    assert network.limits.measures[0].maximum == 1000


def test_server_that_tells_no_limits_has_the_usual_ones(
    network: mastodon.Mastodon, mastodon_proxy: FaultProxy
) -> None:
    mastodon_proxy.answer(Answer(body=b"{}"), "GET", "/api/v2/instance")
    mastodon_proxy.answer(Answer(status=404), "GET", "/api/v1/instance")
    assert network.limits is mastodon.LIMITS


def test_limits_of_a_server_that_is_away_are_not_guessed(
    network: mastodon.Mastodon, mastodon_proxy: FaultProxy
) -> None:
    mastodon_proxy.drop_answer("GET", "/api/v2/instance")
    with pytest.raises(NotSent):
        _ = network.limits


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({}, ["MASTODON_URL", "MASTODON_TOKEN"]),
        ({"MASTODON_URL": "https://social.example.org"}, ["MASTODON_TOKEN"]),
        ({"MASTODON_URL": " ", "MASTODON_TOKEN": "canary"}, ["MASTODON_URL"]),
        ({"MASTODON_URL": "social.example.org", "MASTODON_TOKEN": "canary"}, ["MASTODON_URL"]),
        ({"MASTODON_URL": "ftp://s.example.org", "MASTODON_TOKEN": "canary"}, ["MASTODON_URL"]),
        ({"MASTODON_URL": "http://s.example.org", "MASTODON_TOKEN": "canary"}, ["MASTODON_URL"]),
        ({"MASTODON_URL": "https://s.example.org/@a", "MASTODON_TOKEN": "k"}, ["MASTODON_URL"]),
        (
            {"MASTODON_URL": "https://u:canary@s.example.org", "MASTODON_TOKEN": "k"},
            ["MASTODON_URL"],
        ),
        (
            {"MASTODON_URL": "https://s.example.org", "MASTODON_TOKEN": "can\nary"},
            ["MASTODON_TOKEN"],
        ),
    ],
)
def test_missing_and_malformed_variables_are_named_all_at_once(
    environ: dict[str, str], named: list[str], http: httpx.Client
) -> None:
    with pytest.raises(ProblemsFound) as caught:
        mastodon.connect(environ, http)
    assert caught.value.exit_status == 2
    assert len(caught.value.problems) == len(named)
    assert all(name in str(caught.value) for name in named)
    assert "canary" not in str(caught.value)


def test_token_stands_in_no_error_and_no_log(
    network: mastodon.Mastodon,
    mastodon_proxy: FaultProxy,
    mastodon_server: MastodonServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    token = mastodon_server.token
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.DEBUG)
    logging.getLogger("httpcore").setLevel(logging.DEBUG)
    echo = json.dumps({"error": f"bad\x00 {token}\u202e\n{token} " + "x" * 500}).encode()
    caught = []
    for status in (401, 403, 422, 429, 500):
        mastodon_proxy.answer(Answer(status=status, body=echo), "POST", STATUSES)
    for _ in range(5):
        with pytest.raises(Exception, match="secret") as error:
            network.publish(message(), idempotency_key="k")
        caught.append(error.value)
    mastodon_proxy.drop_answer("POST", STATUSES)
    with pytest.raises(OutcomeUnknown) as lost:
        network.publish(message(), idempotency_key="k")
    for error_ in [*caught, lost.value]:
        said = f"{error_} {error_!r} {error_.__context__!r} {error_.__cause__!r}"
        assert token not in said
        assert not set("\x00\u202e\n") & set(str(error_))
        assert len(str(error_)) < 350
    assert caplog.records
    assert token not in caplog.text
    assert token not in repr(network)
