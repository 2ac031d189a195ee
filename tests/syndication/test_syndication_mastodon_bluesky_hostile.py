"""Servers that are broken or mean harm: whatever they answer, nothing leaks and nothing hangs."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.servers.announced import SINCE, message
from tests.servers.fault_proxy import Answer, FaultProxy
from utrop.syndication.delivery import Network
from utrop.syndication.errors import NetworkError, NotSent, OutcomeUnknown, Unauthorized
from utrop.syndication.networks import bluesky, mastodon
from utrop.syndication.networks._http import ANSWER_BYTES, absolute_web_address, shown

TOKEN = "canary-9c1d-2b7e"
VERIFY = "/api/v1/accounts/verify_credentials"
LOGIN = "/xrpc/com.atproto.server.createSession"
DID = "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
JSON = (("Content-Type", "application/json"),)


def packed(body: object) -> Answer:
    return Answer(headers=JSON, body=json.dumps(body).encode())


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


def make_mastodon(server: FaultProxy, http: httpx.Client) -> Network:
    return mastodon.connect({"MASTODON_URL": server.url, "MASTODON_TOKEN": TOKEN}, http)


def make_bluesky(server: FaultProxy, http: httpx.Client) -> Network:
    environ = {
        "BLUESKY_URL": server.url,
        "BLUESKY_HANDLE": "inkop.example.org",
        "BLUESKY_APP_PASSWORD": TOKEN,
    }
    return bluesky.connect(environ, http)


Maker = Callable[[FaultProxy, httpx.Client], Network]
both = pytest.mark.parametrize("make", [make_mastodon, make_bluesky])


def admit(server: FaultProxy) -> None:
    """Let the first question of either network succeed, so that the publishing itself is tried."""
    server.answer(packed({"id": "1", "username": "inkop"}), "GET", VERIFY)
    session = {"did": DID, "accessJwt": "canary-access", "refreshJwt": "canary-refresh"}
    server.answer(packed(session), "POST", LOGIN)


HOSTILE = {
    "empty": Answer(),
    "html": Answer(body=b"<!doctype html><title>Welcome</title>"),
    "not UTF-8": Answer(headers=JSON, body=b'{"id": "\xff\xfe\x00'),
    "list": packed([]),
    "null": packed(None),
    "number": Answer(headers=JSON, body=b"9" * 10_000),
    "deep": Answer(headers=JSON, body=b"[" * 200_000),
    "wrong types": packed({"id": {}, "uri": [], "url": 1, "did": 1, "accessJwt": None}),
    "huge": Answer(headers=JSON, body=b" " * (ANSWER_BYTES + 1)),
    "bomb": Answer(headers=(("Content-Encoding", "gzip"),), body=gzip.compress(b" " * 50_000_000)),
    "script": packed({"error": "<script>alert(1)</script>", "message": "\x1b[31m" * 100}),
}


@both
@pytest.mark.parametrize("answer", HOSTILE.values(), ids=list(HOSTILE))
def test_no_answer_to_a_publishing_is_taken_for_success(
    make: Maker, answer: Answer, server: FaultProxy, http: httpx.Client
) -> None:
    admit(server)
    server.answer(answer, "POST")
    with pytest.raises(OutcomeUnknown) as caught:
        make(server, http).publish(message(), idempotency_key="k")
    assert "canary" not in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400


@both
@pytest.mark.parametrize("answer", HOSTILE.values(), ids=list(HOSTILE))
def test_no_answer_is_taken_for_an_identity(
    make: Maker, answer: Answer, server: FaultProxy, http: httpx.Client
) -> None:
    server.answer(answer, times=10)
    network = make(server, http)
    with pytest.raises((Unauthorized, NotSent)):
        _ = network.account
    assert server.count("POST", "/api/v1/statuses") == 0
    assert server.count("POST", "/xrpc/com.atproto.repo") == 0


@both
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_never_followed_and_carries_no_secret_elsewhere(
    make: Maker, status: int, server: FaultProxy, elsewhere: FaultProxy, http: httpx.Client
) -> None:
    away = Answer(status=status, headers=(("Location", f"{elsewhere.url}/"),))
    server.answer(away, times=1)
    with pytest.raises(Unauthorized):
        make(server, http).check()  # type: ignore[attr-defined] - both have it, the protocol not

    admit(server)
    server.answer(away, times=10)
    network = make(server, http)
    with pytest.raises(OutcomeUnknown):
        network.publish(message(), idempotency_key="k")
    with pytest.raises(OutcomeUnknown):
        network.find(message(), idempotency_key="k", since=SINCE)  # type: ignore[attr-defined] - both are searchable
    assert elsewhere.requests == []


@both
def test_client_with_credentials_of_its_own_does_not_send_them(
    make: Maker, server: FaultProxy, http: httpx.Client
) -> None:
    with pytest.raises(NetworkError):
        make(server, http).publish(message(), idempotency_key="k")
    assert server.requests
    assert all("Basic" not in r.headers.get("authorization", "") for r in server.requests)


@both
def test_answer_that_drips_for_ever_ends(
    make: Maker,
    server: FaultProxy,
    http: httpx.Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    admit(server)
    network = make(server, http)
    network.check()  # type: ignore[attr-defined] - both have it, the protocol not
    monkeypatch.setattr("utrop.syndication.networks._http.WHOLE_ANSWER", -1.0)
    server.answer(packed({"id": "1", "uri": "u"}), "POST")
    with pytest.raises(OutcomeUnknown, match="took longer"):
        network.publish(message(), idempotency_key="k")


@both
def test_answer_that_never_ends_is_not_read_to_its_end(
    make: Maker, server: FaultProxy, http: httpx.Client
) -> None:
    admit(server)
    # It would be a success, were it not so long.
    long = {"id": "1", "uri": "u", "padding": " " * ANSWER_BYTES}
    server.answer(packed(long), "POST")
    with pytest.raises(OutcomeUnknown, match="longer than"):
        make(server, http).publish(message(), idempotency_key="k")


def test_receipt_of_a_hostile_server_carries_no_script(
    server: FaultProxy, http: httpx.Client
) -> None:
    admit(server)
    status = {"id": "1", "uri": "urn:\x1b[31m1", "url": "javascript:alert(1)"}
    server.answer(packed(status), "POST")
    receipt = make_mastodon(server, http).publish(message(), idempotency_key="k")
    assert receipt.id.isprintable()
    assert receipt.url == server.url


@pytest.mark.parametrize(
    "address",
    ["https://a.example.org", "http://127.0.0.1:80/x", "https://a.example.org/@inkop/1?x=1#y"],
)
def test_addresses_that_may_stand_in_a_link(address: str) -> None:
    assert absolute_web_address(address) == address


@pytest.mark.parametrize(
    "address",
    [
        None,
        1,
        "",
        "javascript:alert(1)",
        "https://",
        "https://u:p@a.example.org/",
        'https://a.example.org/"onclick="x',
        "https://a.example.org/\n",
        "https://a.example.org/\u202e",
        " https://a.example.org/",
        "https://a.example.org/" + "x" * 3000,
    ],
)
def test_addresses_that_may_not(address: object) -> None:
    assert absolute_web_address(address) is None


def test_words_from_a_server_are_one_short_clean_line() -> None:
    said = shown(f"a\r\n\tb\x00\u202e\u2028{TOKEN}" + "c" * 500, [TOKEN, ""])
    assert said.startswith("a b [secret]ccc")
    assert said.isprintable()
    assert len(said) == 200


def test_secret_within_a_secret_leaves_nothing() -> None:
    assert shown("x abcd-efgh y", ["abcd", "abcd-efgh"]) == "x [secret] y"
