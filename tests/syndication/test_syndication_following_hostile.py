"""Servers that mean harm, when an announcement is edited, deleted, looked at or a token described.

Whatever they answer: nothing hangs, no secret goes elsewhere or into an error, and nothing is
taken for done that was not.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.servers.announced import URL, message
from tests.servers.fault_proxy import Answer, FaultProxy
from utrop.syndication.delivery import Receipt
from utrop.syndication.errors import NetworkError, NotSent, OutcomeUnknown, Unauthorized
from utrop.syndication.networks import bluesky, mastodon, telegram
from utrop.syndication.networks._http import ANSWER_BYTES

TOKEN = "7000000001:canary-9c1d-2b7e"
DID = "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
JSON = (("Content-Type", "application/json"),)


def packed(body: object, status: int = 200) -> Answer:
    return Answer(status=status, headers=JSON, body=json.dumps(body).encode())


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


@dataclass(frozen=True, kw_only=True)
class Case:
    """One act on one network: its request, which is the last, and those that come before it."""

    module: Any
    environ: Callable[[str], dict[str, str]]
    act: Callable[[Any, Receipt], object]
    receipt: Callable[[str], str]
    method: str
    path: str
    before: tuple[tuple[str, str, object], ...] = ()

    def prepare(self, server: FaultProxy) -> None:
        """Let what comes before the act succeed."""
        for method, path, body in self.before:
            text = json.dumps(body).replace("HOST", server.url)
            server.answer(Answer(headers=JSON, body=text.encode()), method, path)

    def run(self, server: FaultProxy, http: httpx.Client) -> object:
        network = self.module.connect(self.environ(server.url), http)
        return self.act(network, Receipt(id=self.receipt(server.url), url=URL))


ME = ("GET", "/api/v1/accounts/verify_credentials", {"id": "1", "username": "inkop"})
STATUS = (
    "GET",
    "/api/v1/statuses/17",
    {"id": "17", "uri": "HOST/@inkop/17", "account": {"id": "1"}},
)
SESSION = {"did": DID, "accessJwt": "canary-access", "refreshJwt": "canary-refresh"}
LOGIN = ("POST", "/xrpc/com.atproto.server.createSession", SESSION)


def edit(network: Any, receipt: Receipt) -> object:
    return network.edit(receipt, message())


def delete(network: Any, receipt: Receipt) -> object:
    return network.delete(receipt)


def look(network: Any, receipt: Receipt) -> object:
    return network.standing(receipt, message())


def at_mastodon(act: Callable[[Any, Receipt], object], method: str, *before: Any) -> Case:
    return Case(
        module=mastodon,
        environ=lambda url: {"MASTODON_URL": url, "MASTODON_TOKEN": TOKEN},
        act=act,
        receipt=lambda url: f"{url}/@inkop/17",
        method=method,
        path="/api/v1/statuses/17",
        before=(ME, *before),
    )


def at_bluesky(act: Callable[[Any, Receipt], object], method: str, path: str) -> Case:
    return Case(
        module=bluesky,
        environ=lambda url: {
            "BLUESKY_URL": url,
            "BLUESKY_HANDLE": "inkop.example.org",
            "BLUESKY_APP_PASSWORD": TOKEN,
        },
        act=act,
        receipt=lambda _: f"at://{DID}/app.bsky.feed.post/3jzfcijpj2z2a",
        method=method,
        path=f"/xrpc/com.atproto.repo.{path}",
        before=(LOGIN,),
    )


def at_telegram(act: Callable[[Any, Receipt], object], path: str) -> Case:
    return Case(
        module=telegram,
        environ=lambda url: {
            "TELEGRAM_URL": url,
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_CHANNEL": "@inkop",
        },
        act=act,
        receipt=lambda _: "@inkop/17",
        method="POST",
        path=f"/bot{TOKEN}/{path}",
    )


CASES = {
    "mastodon edit": at_mastodon(edit, "PUT", STATUS),
    "mastodon delete": at_mastodon(delete, "DELETE", STATUS),
    "mastodon look": at_mastodon(look, "GET"),
    "bluesky delete": at_bluesky(delete, "POST", "deleteRecord"),
    "bluesky look": at_bluesky(look, "GET", "getRecord"),
    "telegram edit": at_telegram(edit, "editMessageText"),
    "telegram delete": at_telegram(delete, "deleteMessage"),
}
every_act = pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))

HOSTILE = {
    "empty": Answer(),
    "html": Answer(body=b"<!doctype html><title>Welcome</title>"),
    "not UTF-8": Answer(headers=JSON, body=b'{"id": "\xff\xfe\x00'),
    "list": packed([]),
    "null": packed(None),
    "number": Answer(headers=JSON, body=b"9" * 10_000),
    "deep": Answer(headers=JSON, body=b"[" * 200_000),
    "huge": Answer(headers=JSON, body=b" " * (ANSWER_BYTES + 1)),
    "bomb": Answer(headers=(("Content-Encoding", "gzip"),), body=gzip.compress(b" " * 50_000_000)),
}


@every_act
@pytest.mark.parametrize("answer", HOSTILE.values(), ids=list(HOSTILE))
def test_no_answer_is_taken_for_what_was_asked(
    case: Case, answer: Answer, server: FaultProxy, http: httpx.Client
) -> None:
    case.prepare(server)
    server.answer(answer, case.method, case.path)
    with pytest.raises((OutcomeUnknown, NotSent)) as caught:
        case.run(server, http)
    assert "canary" not in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400


WRONG_TYPES = [
    {"id": {}, "uri": [], "url": 1, "account": [], "value": {"text": 1}, "ok": 1, "result": []},
    {
        "id": "17",
        "uri": {"a": 1},
        "account": {"id": ["1"]},
        "ok": "true",
        "result": {"message_id": 1e9},
    },
    {"id": "../../1", "uri": "HOST/@inkop/17", "account": {"id": "1"}, "value": None},
    {
        "id": "17",
        "uri": "HOST/@inkop/17",
        "account": None,
        "ok": True,
        "result": {"message_id": True},
    },
]


@every_act
@pytest.mark.parametrize("told", WRONG_TYPES)
def test_wrong_types_crash_nothing(
    case: Case, told: dict[str, object], server: FaultProxy, http: httpx.Client
) -> None:
    case.prepare(server)
    text = json.dumps(told).replace("HOST", server.url).encode()
    server.answer(Answer(headers=JSON, body=text), times=3)
    found: object = None
    with contextlib.suppress(NetworkError):
        found = case.run(server, http)
    # A look finds nothing in them; an edit may find an odd status.
    assert found is None or (case.act is edit and isinstance(found, Receipt))
    assert all(".." not in request.path for request in server.requests)


@every_act
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_never_followed_and_carries_no_secret_elsewhere(
    case: Case, status: int, server: FaultProxy, elsewhere: FaultProxy, http: httpx.Client
) -> None:
    case.prepare(server)
    away = Answer(status=status, headers=(("Location", f"{elsewhere.url}/"),))
    server.answer(away, case.method, case.path, times=3)
    with pytest.raises(OutcomeUnknown):
        case.run(server, http)
    assert elsewhere.requests == []
    assert all("Basic" not in r.headers.get("authorization", "") for r in server.requests)


@every_act
def test_answer_that_drips_for_ever_ends(
    case: Case, server: FaultProxy, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.prepare(server)
    server.answer(packed({}), case.method, case.path)
    network = case.module.connect(case.environ(server.url), http)
    if case.module is not telegram:
        network.check()
    monkeypatch.setattr("utrop.syndication.networks._http.WHOLE_ANSWER", -1.0)
    with pytest.raises(NetworkError, match="took longer"):
        case.act(network, Receipt(id=case.receipt(server.url), url=URL))


@every_act
def test_no_secret_stands_in_an_error_or_a_log(
    case: Case, server: FaultProxy, http: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    words = "\x00\u202e ".join([TOKEN, *SESSION.values()])
    if case.module is not bluesky:
        words = TOKEN
    echo = {"error": words, "message": words, "description": words, "ok": False}
    for status in (400, 401, 403, 422, 429, 500):
        case.prepare(server)
        server.answer(packed(echo, status), case.method, case.path)
        with pytest.raises(NetworkError) as caught:
            case.run(server, http)
        error = caught.value
        said = f"{error} {error!r} {error.__context__!r} {error.__cause__!r}"
        assert "canary" not in said
        assert str(error).isprintable()
    ours = [r.getMessage() for r in caplog.records if not r.name.startswith("asyncio")]
    assert all("canary-9c1d" not in line for line in ours)


MODULES = {
    "mastodon": CASES["mastodon look"],
    "bluesky": CASES["bluesky look"],
    "telegram": CASES["telegram edit"],
}
ERRORS = (Unauthorized, NotSent)


@pytest.mark.parametrize("case", MODULES.values(), ids=list(MODULES))
@pytest.mark.parametrize("answer", HOSTILE.values(), ids=list(HOSTILE))
def test_no_answer_is_taken_for_a_credential(
    case: Case, answer: Answer, server: FaultProxy, http: httpx.Client
) -> None:
    server.answer(answer, times=10)
    with pytest.raises(ERRORS) as caught:
        case.module.describe(case.environ(server.url), http)
    assert "canary" not in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("case", MODULES.values(), ids=list(MODULES))
def test_description_follows_no_redirect(
    case: Case, server: FaultProxy, elsewhere: FaultProxy, http: httpx.Client
) -> None:
    server.answer(Answer(status=307, headers=(("Location", f"{elsewhere.url}/"),)), times=10)
    with pytest.raises(ERRORS):
        case.module.describe(case.environ(server.url), http)
    assert elsewhere.requests == []
