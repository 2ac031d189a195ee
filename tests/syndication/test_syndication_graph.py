"""Graph's errors, its patience and hostile answers, for Facebook and Threads alike."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.servers import facebook as facebook_server
from tests.servers import threads as threads_server
from tests.servers.announced import SINCE, message
from tests.servers.facebook import FacebookServer
from tests.servers.fault_proxy import Answer, FaultProxy
from tests.servers.graph import START, error, reply
from tests.servers.threads import ThreadsServer
from tests.syndication.announcing import Clock, Looking, announcement, channel
from utrop.syndication import ledger as ledgers
from utrop.syndication.announcer import announce
from utrop.syndication.errors import (
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
)
from utrop.syndication.networks import facebook, threads
from utrop.syndication.networks._http import ANSWER_BYTES
from utrop.syndication.networks._links import comparable, links_in

Made = facebook.Facebook | threads.Threads
Maker = Callable[[str, httpx.Client], Made]
PUBLISHED = {
    "facebook": f"/v25.0/{facebook_server.PAGE}/feed",
    "threads": f"/v1.0/{threads_server.USER}/threads_publish",
}
LISTED = {
    "facebook": f"/v25.0/{facebook_server.PAGE}/published_posts",
    "threads": f"/v1.0/{threads_server.USER}/threads?",
}
RETRY = datetime.fromisoformat("2026-11-23T12:19:00+00:00")


@pytest.fixture(params=["facebook", "threads"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    # A careless client: it would follow anything. The networks must not rely on its settings.
    with httpx.Client(trust_env=False, follow_redirects=True, auth=("user", "pass")) as client:
        yield client


@pytest.fixture
def server(name: str) -> Iterator[FacebookServer | ThreadsServer]:
    made: FacebookServer | ThreadsServer
    made = FacebookServer() if name == "facebook" else ThreadsServer()
    with made as running:
        yield running
    assert running.violations == []


@pytest.fixture
def proxy(server: FacebookServer | ThreadsServer) -> Iterator[FaultProxy]:
    with FaultProxy(server.url) as standing:
        yield standing


@pytest.fixture
def network(
    name: str, proxy: FaultProxy, server: FacebookServer | ThreadsServer, http: httpx.Client
) -> Made:
    return connect(name, proxy.url, server.token, http)


def connect(name: str, url: str, token: str, http: httpx.Client) -> Made:
    if name == "facebook":
        page = facebook_server.PAGE
        environ = {"FACEBOOK_URL": url, "FACEBOOK_TOKEN": token, "FACEBOOK_PAGE": page}
        return facebook.connect(environ, http)
    environ = {"THREADS_URL": url, "THREADS_TOKEN": token}
    now = [0.0]

    def pause(seconds: float) -> None:
        now[0] += seconds

    return threads.connect(environ, http, pause=pause, seconds=lambda: now[0])


CODES = [
    (error(1), OutcomeUnknown),
    (error(2, status=500, transient=True), OutcomeUnknown),
    (error(2, status=400, transient=True), OutcomeUnknown),
    (error(506), OutcomeUnknown),
    (error(190, status=500), OutcomeUnknown),
    (error(4, status=503), OutcomeUnknown),
    (error(9999, transient=True), OutcomeUnknown),
    (error(100, 1363047), OutcomeUnknown),
    (error(4, transient=True), RateLimited),
    (error(17), RateLimited),
    (error(32, status=403), RateLimited),
    (error(341), RateLimited),
    (error(613), RateLimited),
    (error(80001), RateLimited),
    (error(368, 1390008), RateLimited),
    (error(10, status=403), Unauthorized),
    (error(102, status=401), Unauthorized),
    (error(190, status=401), Unauthorized),
    (error(200, status=403), Unauthorized),
    (error(299, status=403), Unauthorized),
    (error(368), Unauthorized),
    (error(100, 33), Unauthorized),
    (error(4, 2207051), Unauthorized),
    (error(1, 4279013), OutcomeUnknown),
    (error(100, 4279013), Unauthorized),
    (error(1609005), NotSent),
    (error(100, 1609005), NotSent),
    (error(100), Rejected),
    (error(300), Rejected),
    # By code, never by words: this one is no dead token.
    (error(100, words="Error 190: token 490 expired, code 463"), Rejected),
    (Answer(status=429), RateLimited),
    (Answer(status=401), Unauthorized),
    (Answer(status=403), Unauthorized),
    (Answer(status=400, body=b"<html>Bad request</html>"), OutcomeUnknown),
    (Answer(status=400, body=b'{"error": {"code": "190"}}'), OutcomeUnknown),
    (Answer(status=400, body=b'{"error": {"code": true}}'), OutcomeUnknown),
    (Answer(status=400, body=b'{"error": "190"}'), OutcomeUnknown),
    (Answer(status=408), OutcomeUnknown),
    (Answer(status=503), OutcomeUnknown),
    (Answer(status=302), OutcomeUnknown),
    (error(190, status=200), OutcomeUnknown),
]


@pytest.mark.parametrize(("answer", "kind"), CODES)
def test_refusals_say_what_may_be_done_next(
    answer: Answer, kind: type[Exception], name: str, network: Made, proxy: FaultProxy
) -> None:
    proxy.answer(answer, "POST", PUBLISHED[name])
    with pytest.raises(kind) as caught:
        network.publish(message(), idempotency_key="k")
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("subcode", "says"),
    [(458, "removed"), (459, "check"), (460, "password"), (463, "expired"), (467, "valid")],
)
def test_dead_token_says_what_killed_it(
    subcode: int, says: str, name: str, network: Made, proxy: FaultProxy
) -> None:
    proxy.answer(error(190, subcode, status=401), "POST", PUBLISHED[name])
    with pytest.raises(Unauthorized, match=f"{name.upper()}_TOKEN: .*{says}"):
        network.publish(message(), idempotency_key="k")


def test_refused_token_rests_the_network(name: str, proxy: FaultProxy, http: httpx.Client) -> None:
    made = connect(name, proxy.url, "canary-wrong-token", http)
    for act in (made.check, lambda: made.publish(message(), idempotency_key="k")):
        with pytest.raises(Unauthorized, match=f"{name.upper()}_TOKEN") as caught:
            act()
        assert "canary" not in str(caught.value)


def usage(*minutes: object) -> tuple[str, str]:
    told = {
        str(number): [{"type": "pages", "estimated_time_to_regain_access": one}]
        for number, one in enumerate(minutes)
    }
    return ("X-Business-Use-Case-Usage", json.dumps(told))


DATE = ("Date", "Mon, 23 Nov 2026 12:00:00 GMT")


@pytest.mark.parametrize(
    ("headers", "moment"),
    [
        ([DATE, usage(19)], RETRY),
        ([DATE, usage(3, 19, 0)], RETRY),
        ([DATE, usage(10**30)], START + timedelta(days=1)),
        ([DATE, ("Retry-After", "1140")], RETRY),
        ([DATE, usage(0), ("Retry-After", "1140")], RETRY),
        ([DATE, usage("19")], None),
        ([DATE, usage(-4)], None),
        ([DATE, ("X-Business-Use-Case-Usage", "[[[")], None),
        ([DATE, ("X-Business-Use-Case-Usage", '{"1": {"a": 1}, "2": [3]}')], None),
        ([usage(19)], None),
        ([DATE, ("X-App-Usage", '{"call_count": 100}')], None),
    ],
)
def test_server_that_asks_for_patience_gets_it(
    headers: list[tuple[str, str]],
    moment: datetime | None,
    name: str,
    network: Made,
    proxy: FaultProxy,
) -> None:
    proxy.answer(error(4, headers=tuple(headers)), "POST", PUBLISHED[name])
    with pytest.raises(RateLimited) as caught:
        network.publish(message(), idempotency_key="k")
    assert caught.value.retry_at == moment


FAULTS = ["drop_answer", "drop_request", "reset_midway", "false_500"]


@pytest.mark.parametrize("path", ["/", "me", "post", "list"])
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("times", [1, 3])
def test_the_announcer_neither_doubles_nor_loses_whatever_fails(
    fault: str,
    path: str,
    times: int,
    name: str,
    proxy: FaultProxy,
    server: FacebookServer | ThreadsServer,
    http: httpx.Client,
    tmp_path: Path,
) -> None:
    """Each run starts anew, as another process would; the faults strike anywhere."""
    where = {"/": "/", "me": f"/{server.version}/me", "list": LISTED[name]}
    getattr(proxy, fault)(None, where.get(path, PUBLISHED[name]), times=times)
    ledger = ledgers.open_ledger("sqlite:///ledger.sqlite3", tmp_path)
    clock = Clock()
    for _run in range(9):
        made = connect(name, proxy.url, server.token, http)
        report = announce(
            [announcement(1), announcement(2)],
            [channel(made, name)],
            ledger,
            look=Looking(),
            clock=clock,
            look_first=True,
            wait=lambda duration: clock.pass_by(seconds=duration.total_seconds()),
        )
        clock.pass_by(minutes=20)
        if report.exit_status == 0:
            break
    ledger.close()
    assert report.exit_status == 0
    assert len(server.posts) == 2
    said = json.dumps(server.posts)
    assert all(f"\\n\\nhttps://blogg.inkop.example.org/inlagg-{n}/" in said for n in (1, 2))


JSON = (("Content-Type", "application/json"),)
HOSTILE = {
    "empty": Answer(),
    "html": Answer(body=b"<!doctype html><title>Welcome</title>"),
    "not UTF-8": Answer(headers=JSON, body=b'{"id": "\xff\xfe\x00'),
    "list": reply([]),
    "null": reply(None),
    "number": Answer(headers=JSON, body=b"9" * 10_000),
    "deep": Answer(headers=JSON, body=b"[" * 200_000),
    "wrong types": reply({"id": {}, "error": [], "paging": 1, "data": 1}),
    "path": reply({"id": "../../me?x=1"}),
    "long": reply({"id": "1" * 10_000}),
    "huge": Answer(headers=JSON, body=b" " * (ANSWER_BYTES + 1)),
    "bomb": Answer(headers=(("Content-Encoding", "gzip"),), body=gzip.compress(b" " * 50_000_000)),
    "script": reply({"error": {"code": -1, "message": "<script>" + "\x1b[31m" * 100}}),
}


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=list(HOSTILE))
def test_no_answer_to_a_publishing_is_taken_for_success(
    answer: Answer, name: str, network: Made, proxy: FaultProxy
) -> None:
    proxy.answer(answer, "POST", PUBLISHED[name])
    with pytest.raises(OutcomeUnknown) as caught:
        network.publish(message(), idempotency_key="k")
    assert "canary" not in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=list(HOSTILE))
def test_no_answer_is_taken_for_an_identity_or_for_absence(
    answer: Answer, name: str, network: Made, proxy: FaultProxy
) -> None:
    network.check()
    proxy.answer(answer, "GET", times=3)
    with pytest.raises(OutcomeUnknown):
        network.find(message(), idempotency_key="k", since=SINCE)
    fresh = connect(name, proxy.url, "canary-x", httpx.Client(trust_env=False))
    with pytest.raises((Unauthorized, NotSent)):
        _ = fresh.account
    assert proxy.count("POST") == 0


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_never_followed_and_carries_no_secret_elsewhere(
    status: int, name: str, network: Made, proxy: FaultProxy
) -> None:
    with FaultProxy() as elsewhere:
        away = Answer(status=status, headers=(("Location", f"{elsewhere.url}/"),))
        proxy.answer(away, "GET", f"/{'v25.0' if name == 'facebook' else 'v1.0'}/me")
        with pytest.raises(Unauthorized):
            network.check()
        proxy.answer(away, None, PUBLISHED[name])
        with pytest.raises(OutcomeUnknown):
            network.publish(message(), idempotency_key="k")
        proxy.answer(away, None, LISTED[name])
        with pytest.raises(OutcomeUnknown):
            network.find(message(), idempotency_key="k", since=SINCE)
        assert elsewhere.requests == []
    assert all("Basic" not in r.headers.get("authorization", "") for r in proxy.requests)


def test_answer_that_drips_for_ever_ends(
    name: str, network: Made, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    network.check()
    monkeypatch.setattr("utrop.syndication.networks._http.WHOLE_ANSWER", -1.0)
    # Threads never comes as far as its publication, so that nothing was published.
    kind = OutcomeUnknown if name == "facebook" else NotSent
    with pytest.raises(kind, match="took longer"):
        network.publish(message(), idempotency_key="k")


def test_addresses_are_compared_by_what_tells_pages_apart() -> None:
    assert comparable("HTTPS://Blogg.example.org/%c3%a5/") == comparable(
        "https://blogg.example.org/å/"
    )
    assert comparable("https://a.example.org/?x=1") != comparable("https://a.example.org/")
    assert comparable("https://a:x/") == "https://a:x/"
    assert "https://a.example.org/x/" in set(links_in("Se (https://a.example.org/x/).\nMer"))
    assert list(links_in(None)) == []
