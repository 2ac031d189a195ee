"""Telegram, Slack, Teams: the address is a secret. It stands in no log, error, receipt or repr."""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.servers import slack as slack_server
from tests.servers import teams as teams_server
from tests.servers.announced import message
from tests.servers.fault_proxy import Answer, FaultProxy
from utrop.syndication.delivery import Network
from utrop.syndication.errors import NetworkError, OutcomeUnknown
from utrop.syndication.networks import slack, teams, telegram
from utrop.syndication.networks._http import ANSWER_BYTES
from utrop.syndication.networks._secret_address import parts_of, unlogged

TOKEN = "7000000001:canary-AAF-telegram_token_0123456789"
JSON = (("Content-Type", "application/json"),)


@pytest.fixture
def server() -> Iterator[FaultProxy]:
    with FaultProxy() as proxy:
        yield proxy


@pytest.fixture
def elsewhere() -> Iterator[FaultProxy]:
    with FaultProxy() as proxy:
        yield proxy


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    # A careless client: it would follow anything. The networks must not rely on its settings.
    with httpx.Client(trust_env=False, follow_redirects=True, auth=("user", "pass")) as client:
        yield client


def make_telegram(url: str, http: httpx.Client) -> Network:
    environ = {"TELEGRAM_URL": url, "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_CHANNEL": "@inkop"}
    return telegram.connect(environ, http)


def make_slack(url: str, http: httpx.Client) -> Network:
    return slack.connect({"SLACK_WEBHOOK": url + slack_server.PATH}, http)


def make_teams(url: str, http: httpx.Client) -> Network:
    return teams.connect({"TEAMS_WEBHOOK": url + teams_server.PATH}, http)


Maker = Callable[[str, httpx.Client], Network]
every = pytest.mark.parametrize("make", [make_telegram, make_slack, make_teams])


def packed(body: object) -> Answer:
    return Answer(headers=JSON, body=json.dumps(body).encode())


def message_with_id(number: object) -> Answer:
    return packed({"ok": True, "result": {"message_id": number}})


HOSTILE = {
    "empty": Answer(),
    "html": Answer(body=b"<!doctype html><title>Welcome, ok</title>"),
    "not UTF-8": Answer(headers=JSON, body=b'{"ok": "\xff\xfe\x00'),
    "list": packed([]),
    "null": packed(None),
    "number": Answer(headers=JSON, body=b"9" * 10_000),
    "deep": Answer(headers=JSON, body=b"[" * 200_000),
    "said no": packed({"ok": False, "result": {"message_id": 1}}),
    "truthy": packed({"ok": 1, "result": {"message_id": 1}}),
    "no message": packed({"ok": True, "result": True}),
    "id is a text": message_with_id("1"),
    "id is true": message_with_id(True),
    "id is below all": message_with_id(-1),
    "id is too large": message_with_id(10**30),
    "huge": Answer(headers=JSON, body=b" " * (ANSWER_BYTES + 1)),
    "bomb": Answer(headers=(("Content-Encoding", "gzip"),), body=gzip.compress(b" " * 50_000_000)),
    "script": packed({"description": "\x1b[31m" * 100, "error": {"message": "<script>\u202e"}}),
    "error is a list": packed({"error": ["canary"], "description": {}}),
}


@every
@pytest.mark.parametrize("answer", HOSTILE.values(), ids=list(HOSTILE))
def test_no_answer_to_a_publishing_is_taken_for_success(
    make: Maker, answer: Answer, server: FaultProxy, http: httpx.Client
) -> None:
    server.answer(answer, "POST")
    with pytest.raises(OutcomeUnknown) as caught:
        make(server.url, http).publish(message(), idempotency_key="k")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400


@every
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_never_followed_and_carries_no_secret_elsewhere(
    make: Maker, status: int, server: FaultProxy, elsewhere: FaultProxy, http: httpx.Client
) -> None:
    away = Answer(status=status, headers=(("Location", f"{elsewhere.url}/"),))
    server.answer(away)
    with pytest.raises(OutcomeUnknown):
        make(server.url, http).publish(message(), idempotency_key="k")
    assert elsewhere.requests == []
    assert all("authorization" not in request.headers for request in server.requests)


@every
def test_answer_that_drips_for_ever_ends(
    make: Maker, server: FaultProxy, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("utrop.syndication.networks._http.WHOLE_ANSWER", -1.0)
    server.answer(Answer(status=202, body=b"ok"), "POST")
    with pytest.raises(OutcomeUnknown, match="took longer"):
        make(server.url, http).publish(message(), idempotency_key="k")


@every
def test_secret_stands_nowhere(
    make: Maker, server: FaultProxy, http: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    network = make(server.url, http)
    secrets = [
        "canary",  # stands in every one of them
        slack_server.PATH.rpartition("/")[2],
        teams_server.SIGNATURE,
        TOKEN,
    ]
    said: list[str] = []
    statuses = (400, 401, 403, 404, 413, 429, 500)
    for status in statuses:
        # A server that repeats the address it was asked at, in its words and in its headers.
        paths = f"{slack_server.PATH} {teams_server.SIGNATURE} {TOKEN} {TOKEN.replace(':', '%3A')}"
        told = json.dumps({"description": paths, "error": {"message": paths}})
        location = ("Location", f"/{slack_server.PATH}/bot{TOKEN}?sig={teams_server.SIGNATURE}")
        body = told.encode() if make is not make_slack else paths.encode()
        server.answer(Answer(status=status, headers=(location,), body=body), "POST")
    ours = {make_telegram: TOKEN, make_slack: slack_server.PATH, make_teams: teams_server.SIGNATURE}
    for _ in statuses:
        with pytest.raises(NetworkError) as error:
            network.publish(message(), idempotency_key="k")
        said.append(f"{error.value!r} {error.value.__cause__!r}")
    server.drop_answer("POST")
    with pytest.raises(OutcomeUnknown) as lost:
        network.publish(message(), idempotency_key="k")
    with server.refusing(), pytest.raises(NetworkError) as away:
        network.publish(message(), idempotency_key="k")
    said += [f"{error.value!r} {error.value.__cause__!r}" for error in (lost, away)]
    assert all(ours[make] not in words for words in said)
    assert repr(network).isascii()
    assert all(secret not in caplog.text + repr(network) for secret in secrets)
    # The logs are there to be read: what is not secret is logged as ever.
    http.get(f"{server.url}/open")
    assert "/open" in caplog.text


def test_only_the_thread_that_asks_is_silent(
    server: FaultProxy, http: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "httpx")
    with ThreadPoolExecutor(1) as pool, unlogged():
        http.get(f"{server.url}/hidden")
        pool.submit(http.get, f"{server.url}/shown").result()
    assert "/shown" in caplog.text
    assert "/hidden" not in caplog.text


def test_parts_of_a_secret_address_are_its_long_pieces_too() -> None:
    parts = parts_of(
        "https://hooks.example.org/services/T00/canary-long%20one?v=1&sig=canary%2Bsig"
    )
    assert {"canary-long one", "canary+sig", "canary%2Bsig", "canary-long%20one"} <= set(parts)
    assert not {"T00", "1", "", "/"} & set(parts)
