from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.servers.announced import URL, message
from tests.servers.fault_proxy import Answer, FaultProxy
from tests.servers.x import LISTED, USER_ID, USERNAME, XServer
from utrop.problem import ProblemsFound
from utrop.syndication import networks
from utrop.syndication.delivery import Searchable, Settling
from utrop.syndication.errors import (
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
)
from utrop.syndication.networks import _x_prices, x

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SINCE = NOW - timedelta(days=1)
POSTS = "/2/tweets"
ME = "/2/users/me"
LISTED_AT = f"/2/users/{USER_ID}/tweets"


class Clock:
    """Ours and X's, in Unix seconds; moves when told."""

    def __init__(self) -> None:
        self.moment = NOW

    def __call__(self) -> datetime:
        return self.moment

    def seconds(self) -> float:
        return self.moment.timestamp()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(clock: Clock) -> Iterator[XServer]:
    with XServer(now=clock) as running:
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
def network(proxy: FaultProxy, server: XServer, http: httpx.Client, clock: Clock) -> x.X:
    return x.connect(server.keys.environ(proxy.url), http, clock=clock.seconds)


def test_post_is_text_alone_and_its_receipt_is_the_post(
    network: x.X, server: XServer, proxy: FaultProxy
) -> None:
    receipt = network.publish(message(), idempotency_key="k")

    [post] = server.shown()
    assert post.text == message().text
    assert receipt.id == post.id
    assert receipt.url == f"https://x.com/{USERNAME}/status/{post.id}"
    [sent] = [r for r in proxy.requests if r.path == POSTS]
    assert json.loads(sent.body) == {"text": message().text}
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["user-agent"].startswith("Utrop/")


def test_account_is_the_number_that_stays_when_the_name_changes(network: x.X) -> None:
    assert network.account == USER_ID
    assert isinstance(network, Searchable)
    assert isinstance(network, Settling)
    assert x.GUARANTEE == "effectively-once"


def test_x_is_asked_who_we_are_once_and_not_before_it_is_needed(
    network: x.X, proxy: FaultProxy
) -> None:
    assert proxy.requests == []
    network.check()
    assert network.account == network.account
    network.publish(message(), idempotency_key="k")
    assert proxy.count("GET", ME) == 1


def test_no_two_requests_have_the_same_signature(network: x.X, proxy: FaultProxy) -> None:
    for _ in range(3):
        network.find(message(), idempotency_key="k", since=SINCE)
    signed = [r.headers["authorization"] for r in proxy.requests]
    assert len(set(signed)) == len(signed) == 4


@pytest.mark.parametrize("fault", ["drop_answer", "reset_midway", "false_500"])
def test_lost_answer_is_looked_up_and_found(
    fault: str, network: x.X, proxy: FaultProxy, server: XServer
) -> None:
    getattr(proxy, fault)("POST", POSTS)
    with pytest.raises(OutcomeUnknown):
        network.publish(message(), idempotency_key="k")
    found = network.find(message(), idempotency_key="k", since=SINCE)
    [post] = server.shown()
    assert found is not None
    assert found.id == post.id


def test_lost_request_is_looked_up_and_can_be_repeated(
    network: x.X, proxy: FaultProxy, server: XServer
) -> None:
    proxy.drop_request("POST", POSTS)
    with pytest.raises(OutcomeUnknown):
        network.publish(message(), idempotency_key="k")
    assert network.find(message(), idempotency_key="k", since=SINCE) is None
    network.publish(message(), idempotency_key="k")
    assert len(server.shown()) == 1


def test_duplicate_is_unknown_so_that_it_is_looked_up(network: x.X, server: XServer) -> None:
    first = network.publish(message(), idempotency_key="k")
    with pytest.raises(OutcomeUnknown, match="X has this text already"):
        network.publish(message(), idempotency_key="k")
    assert network.find(message(), idempotency_key="k", since=SINCE) == first
    assert len(server.shown()) == 1


def test_answer_that_comes_too_late_is_unknown_and_then_found(
    network: x.X, proxy: FaultProxy, server: XServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    network.check()
    monkeypatch.setattr("utrop.syndication.networks._http.TIMEOUT", httpx.Timeout(0.2))
    gate = proxy.hold("POST", POSTS)
    with pytest.raises(OutcomeUnknown, match="read timeout"):
        network.publish(message(), idempotency_key="k")
    gate.wait()
    gate.release()
    monkeypatch.undo()
    assert network.find(message(), idempotency_key="k", since=SINCE) is not None
    assert len(server.shown()) == 1


def test_find_pages_through_what_was_posted_since(
    network: x.X, server: XServer, proxy: FaultProxy
) -> None:
    first = network.publish(message(), idempotency_key="k")
    for number in range(250):
        server.post(f"Annat {number} https://annan.example.org/{number}/")
    assert network.find(message(), idempotency_key="k", since=SINCE) == first
    pages = [r.path for r in proxy.requests if r.path.startswith(LISTED_AT)]
    assert len(pages) == 3
    assert all("start_time=2026-11-22T12%3A00%3A00Z" in page for page in pages)
    assert not any("exclude" in page for page in pages), "X lists 800 posts then, not 3,200"


def test_find_asks_in_utc_and_never_before_x_allows(
    network: x.X, server: XServer, proxy: FaultProxy
) -> None:
    server.post(f"Läs {URL}")
    for since in (
        datetime.fromisoformat("2026-11-23T12:30:00+01:00"),
        datetime(1, 1, 2, 0, 0, tzinfo=UTC),
    ):
        assert network.find(message(), idempotency_key="k", since=since) is not None
    asked = [r.path for r in proxy.requests if r.path.startswith(LISTED_AT)]
    assert "start_time=2026-11-23T11%3A30%3A00Z" in asked[0]
    assert "start_time=2010-11-06T00%3A00%3A01Z" in asked[1]


def test_find_takes_no_older_post_no_reply_and_no_other_page(
    network: x.X, server: XServer, clock: Clock
) -> None:
    server.post(f"För länge sedan: {URL}")
    clock.moment += timedelta(days=2)
    server.post(f"En annan: {URL}del-2/")
    server.post(f"Svar: {URL}", referenced="replied_to")
    server.post(f"Citat: {URL}", referenced="quoted")
    assert network.find(message(), idempotency_key="k", since=NOW + timedelta(days=1)) is None


def test_find_prefers_the_first_of_two(network: x.X, server: XServer) -> None:
    first = server.post(f"Läs {URL}")
    server.post(f"Veckans läsning: {URL}")
    found = network.find(message(), idempotency_key="k", since=SINCE)
    assert found is not None
    assert found.id == first.id


def test_find_does_not_say_absent_where_x_lists_no_further(network: x.X, server: XServer) -> None:
    for number in range(LISTED + 1):
        server.post(f"Annat {number}")
    with pytest.raises(OutcomeUnknown, match="look there"):
        network.find(message(), idempotency_key="k", since=SINCE)
    seen = server.post(f"Läs {URL}")
    found = network.find(message(), idempotency_key="k", since=SINCE)
    assert found is not None
    assert found.id == seen.id


def listed(body: object) -> Answer:
    return Answer(body=json.dumps(body).encode())


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=500),
        Answer(status=404, body=b'{"title": "Not Found"}'),
        Answer(status=400, body=b'{"title": "Invalid Request"}'),
        Answer(body=b"<html>"),
        listed([]),
        listed({}),
        listed({"data": []}),
        listed({"meta": {"result_count": 1}}),
        listed({"meta": {"result_count": "0"}}),
        listed({"meta": {"result_count": 1}, "data": [1]}),
        listed({"meta": {"result_count": 0}, "data": {}}),
        listed({"meta": {"result_count": 0}, "errors": [{"title": "Not Found Error"}]}),
        listed(
            {
                "meta": {"result_count": 1},
                "data": [{"id": "x", "entities": {"urls": [{"expanded_url": URL}]}}],
            }
        ),
    ],
)
def test_find_that_got_no_clear_answer_never_says_absent(
    answer: Answer, network: x.X, proxy: FaultProxy
) -> None:
    network.check()
    proxy.answer(answer, "GET", LISTED_AT)
    with pytest.raises(OutcomeUnknown):
        network.find(message(), idempotency_key="k", since=SINCE)


def test_find_that_is_sent_in_circles_ends(network: x.X, proxy: FaultProxy) -> None:
    network.check()
    proxy.answer(
        listed({"meta": {"result_count": 0, "next_token": "a"}}), "GET", LISTED_AT, times=2
    )
    with pytest.raises(OutcomeUnknown, match="page"):
        network.find(message(), idempotency_key="k", since=SINCE)


def test_find_at_a_server_that_is_away_never_invites_a_repeat(
    network: x.X, proxy: FaultProxy
) -> None:
    with proxy.refusing(), pytest.raises(OutcomeUnknown):
        network.find(message(), idempotency_key="k", since=SINCE)
    network.check()
    with proxy.refusing(), pytest.raises(OutcomeUnknown):
        network.find(message(), idempotency_key="k", since=SINCE)


def test_unreachable_server_was_sent_nothing(network: x.X, proxy: FaultProxy) -> None:
    network.check()
    with proxy.refusing(), pytest.raises(NotSent, match="cannot be reached"):
        network.publish(message(), idempotency_key="k")


def test_failure_before_the_post_is_sent_publishes_nothing(
    network: x.X, proxy: FaultProxy, server: XServer
) -> None:
    proxy.drop_answer("GET", ME)
    proxy.false_500("GET", ME)
    for _ in range(2):
        with pytest.raises(NotSent):
            network.publish(message(), idempotency_key="k")
    assert server.shown() == []


FORBIDDEN = "https://api.twitter.com/2/problems/"


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"title": "Invalid Request"}, Rejected),
        (422, {}, Rejected),
        (401, {"title": "Unauthorized"}, Unauthorized),
        (402, {}, Unauthorized),
        (
            403,
            {"detail": "You are not allowed to create a Tweet with duplicate content."},
            OutcomeUnknown,
        ),
        (403, {"errors": [{"code": 187, "message": "Status is a duplicate."}]}, OutcomeUnknown),
        (403, {"detail": "Not configured", "type": f"{FORBIDDEN}oauth1-permissions"}, Unauthorized),
        (403, {"detail": "Enrol", "type": f"{FORBIDDEN}client-forbidden"}, Unauthorized),
        (403, {"detail": "Your account is suspended"}, Unauthorized),
        (403, {"detail": "You are not permitted to perform this action."}, Unauthorized),
        (403, {}, Unauthorized),
        (403, {"detail": "Only one cashtag is allowed"}, Rejected),
        (403, {"detail": "Replies need a summons"}, Rejected),
        (429, {"title": "Too Many Requests"}, RateLimited),
        (429, {"title": "UsageCapExceeded", "type": f"{FORBIDDEN}usage-capped"}, Unauthorized),
        (404, {}, Rejected),
        (408, {}, OutcomeUnknown),
        (409, {}, OutcomeUnknown),
        (301, {}, OutcomeUnknown),
        (500, {}, OutcomeUnknown),
        (503, {"title": "Service Unavailable"}, OutcomeUnknown),
    ],
)
def test_refusals_say_what_may_be_done_next(
    status: int, body: dict[str, object], error: type[Exception], network: x.X, proxy: FaultProxy
) -> None:
    proxy.answer(Answer(status=status, body=json.dumps(body).encode()), "POST", POSTS)
    with pytest.raises(error, match=str(status)) as caught:
        network.publish(message(), idempotency_key="k")
    told = next((value for value in body.values() if isinstance(value, str)), "")
    assert told in str(caught.value)


def test_app_that_may_only_read_is_told_how_to_write(network: x.X, server: XServer) -> None:
    server.read_only = True
    with pytest.raises(Unauthorized, match="Read and write"):
        network.publish(message(), idempotency_key="k")


def test_account_without_credits_rests_until_somebody_pays(network: x.X, server: XServer) -> None:
    server.credits = 1
    network.publish(message(), idempotency_key="k")
    with pytest.raises(Unauthorized, match="no credits"):
        network.publish(message(text=f"En annan text {URL}"), idempotency_key="k2")
    assert len(server.shown()) == 1


def test_quarter_hour_that_is_used_up_is_waited_for(
    network: x.X, server: XServer, clock: Clock
) -> None:
    for number in range(100):
        network.publish(message(text=f"{number} {URL}"), idempotency_key=str(number))
    with pytest.raises(RateLimited) as caught:
        network.publish(message(), idempotency_key="k")
    assert caught.value.retry_at == NOW + timedelta(minutes=15)
    clock.moment = caught.value.retry_at
    network.publish(message(), idempotency_key="k")
    assert len(server.shown()) == 101


def seconds(moment: datetime) -> str:
    return str(int(moment.timestamp()))


@pytest.mark.parametrize(
    ("headers", "minutes"),
    [
        ({"x-rate-limit-reset": seconds(NOW + timedelta(minutes=5))}, 5),
        (
            {
                "x-rate-limit-reset": seconds(NOW + timedelta(minutes=5)),
                "x-app-limit-24hour-remaining": "0",
                "x-app-limit-24hour-reset": seconds(NOW + timedelta(minutes=600)),
            },
            600,
        ),
        (
            {
                "x-rate-limit-reset": seconds(NOW + timedelta(minutes=5)),
                "x-user-limit-24hour-remaining": "7",
                "x-user-limit-24hour-reset": seconds(NOW + timedelta(minutes=600)),
            },
            5,
        ),
        ({"x-rate-limit-reset": "snart"}, None),
        ({}, None),
    ],
)
def test_x_that_asks_for_patience_gets_it(
    headers: dict[str, str], minutes: int | None, network: x.X, proxy: FaultProxy
) -> None:
    proxy.answer(Answer(status=429, headers=tuple(headers.items())), "POST", POSTS)
    with pytest.raises(RateLimited) as caught:
        network.publish(message(), idempotency_key="k")
    expected = None if minutes is None else NOW + timedelta(minutes=minutes)
    assert caught.value.retry_at == expected


@pytest.mark.parametrize("wrong", ["CONSUMER_KEY", "CONSUMER_SECRET", "ACCESS_TOKEN_SECRET"])
def test_refused_keys_rest_the_network(
    wrong: str, proxy: FaultProxy, server: XServer, http: httpx.Client, clock: Clock
) -> None:
    environ = server.keys.environ(proxy.url) | {f"X_{wrong}": "canary-wrong"}
    network = x.connect(environ, http, clock=clock.seconds)
    for act in (
        network.check,
        lambda: network.publish(message(), idempotency_key="k"),
        lambda: network.find(message(), idempotency_key="k", since=SINCE),
    ):
        with pytest.raises(Unauthorized, match="X_ACCESS_TOKEN_SECRET is refused") as caught:
            act()
        assert "canary" not in str(caught.value)


def test_clock_that_is_wrong_is_named_as_the_cause(
    proxy: FaultProxy, server: XServer, http: httpx.Client, clock: Clock
) -> None:
    network = x.connect(server.keys.environ(proxy.url), http, clock=lambda: clock.seconds() - 3600)
    with pytest.raises(Unauthorized, match=r"clock says 2026-11-23 11:00 UTC and X's .* 12:00"):
        network.check()


@pytest.mark.parametrize(
    ("text", "why"),
    [("x" * 281, "281 weighted"), ("$SEK $EUR", "2 cashtags"), ("a\ufeffb", "refuses")],
)
def test_text_that_x_would_refuse_is_not_sent(
    text: str, why: str, network: x.X, proxy: FaultProxy
) -> None:
    with pytest.raises(Rejected, match=why):
        network.publish(message(text=text), idempotency_key="k")
    assert proxy.requests == []


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"X_CONSUMER_KEY": "", "X_ACCESS_TOKEN": " "}, ["X_CONSUMER_KEY", "X_ACCESS_TOKEN"]),
        ({"X_CONSUMER_SECRET": "can\nary"}, ["X_CONSUMER_SECRET"]),
        ({"X_ACCESS_TOKEN_SECRET": "canåry"}, ["X_ACCESS_TOKEN_SECRET"]),
        ({"X_URL": "http://api.example.org"}, ["X_URL"]),
        ({"X_URL": "https://api.example.org/2"}, ["X_URL"]),
    ],
)
def test_missing_and_malformed_variables_are_named_all_at_once(
    changed: dict[str, str], named: list[str], server: XServer, http: httpx.Client
) -> None:
    with pytest.raises(ProblemsFound) as caught:
        x.connect(server.keys.environ(server.url) | changed, http)
    assert caught.value.exit_status == 2
    said = [str(problem) for problem in caught.value.problems]
    assert len(said) == len(named)
    assert all(f"{name} " in line for name, line in zip(named, said, strict=True))
    assert "can" not in "".join(said).replace("cannot", "").replace("account", "")


def test_address_is_xs_own_unless_another_is_given(server: XServer) -> None:
    asked: list[httpx.URL] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url)
        return httpx.Response(401, stream=httpx.ByteStream(b""))

    environ = server.keys.environ("")
    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        for one in (environ, {k: v for k, v in environ.items() if k != "X_URL"}):
            with pytest.raises(Unauthorized):
                x.connect(one, client).check()
    assert asked == [httpx.URL("https://api.x.com/2/users/me")] * 2


def test_module_is_a_network_by_its_file_name() -> None:
    assert "x" in networks.names()
    assert set(networks.environment("x")) == {"X_URL", *x.SECRETS}
    assert networks.limits("x").measures[0].maximum == 280
    assert networks.limits("x").card == "crawled"


def test_secrets_stand_in_no_error_and_no_log(
    network: x.X, proxy: FaultProxy, server: XServer, caplog: pytest.LogCaptureFixture
) -> None:
    keys = server.keys
    all_of_them = (keys.consumer_key, keys.consumer_secret, keys.token, keys.token_secret)
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    echo = json.dumps({"detail": "bad\x00 \u202e\n" + " ".join(all_of_them) + "x" * 500})
    for status in (400, 401, 402, 403, 429, 500):
        proxy.answer(Answer(status=status, body=echo.encode()), "POST", POSTS)
        with pytest.raises(Exception, match="secret") as error:
            network.publish(message(), idempotency_key="k")
        said = f"{error.value} {error.value!r} {error.value.__context__!r}"
        assert not any(one in said for one in all_of_them)
        assert not set("\x00\u202e\n") & set(str(error.value))
        assert len(str(error.value)) < 400
    assert caplog.records
    # httpcore shows a request's headers to nobody, and we log nothing of our own.
    assert not any(one in caplog.text for one in all_of_them)
    assert not any(one in repr(network) for one in all_of_them)


def test_prices_are_positive_and_dated() -> None:
    named = {name: value for name, value in vars(_x_prices).items() if name.startswith("COST_")}
    assert len(named) == 6
    assert all(0 < value < 1 for value in named.values())
    assert _x_prices.COST_PER_POST_WITH_URL_USD > _x_prices.COST_PER_POST_USD
    assert _x_prices.IN_FORCE_SINCE < _x_prices.READ_ON
    assert _x_prices.SOURCE.startswith("https://docs.x.com/")
