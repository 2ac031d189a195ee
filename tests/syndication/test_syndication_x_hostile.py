"""A server in X's place that is broken or means harm: nothing leaks, hangs or counts as success."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator

import httpx
import pytest

from tests.servers.announced import SINCE, message
from tests.servers.fault_proxy import Answer, FaultProxy
from tests.servers.x import Keys
from utrop.syndication.errors import NetworkError, NotSent, OutcomeUnknown, Unauthorized
from utrop.syndication.networks import x
from utrop.syndication.networks._http import ANSWER_BYTES

ME = "/2/users/me"
POSTS = "/2/tweets"


def packed(body: object) -> Answer:
    return Answer(body=json.dumps(body).encode())


@pytest.fixture
def server() -> Iterator[FaultProxy]:
    with FaultProxy() as proxy:
        yield proxy


@pytest.fixture
def elsewhere() -> Iterator[FaultProxy]:
    with FaultProxy() as proxy:
        yield proxy


@pytest.fixture
def network(server: FaultProxy) -> Iterator[x.X]:
    # A careless client: it would follow anything, and has credentials of its own.
    with httpx.Client(trust_env=False, follow_redirects=True, auth=("user", "pass")) as client:
        yield x.connect(Keys().environ(server.url), client)


def admit(server: FaultProxy) -> None:
    server.answer(packed({"data": {"id": "1", "username": "inkop", "name": "I"}}), "GET", ME)


HOSTILE = {
    "empty": Answer(),
    "html": Answer(body=b"<!doctype html><title>Welcome</title>"),
    "not UTF-8": Answer(body=b'{"data": {"id": "\xff\xfe\x00'),
    "list": packed([]),
    "null": packed(None),
    "data is a list": packed({"data": []}),
    "number": Answer(body=b"9" * 10_000),
    "deep": Answer(body=b"[" * 200_000),
    "wrong types": packed({"data": {"id": 1, "username": [], "text": {}}}),
    "no number": packed({"data": {"id": "1/../2", "username": "a/b"}}),
    "script": packed({"data": {"id": "<script>", "username": "\x1b[31m"}, "detail": "\x1b[31m"}),
    "huge": Answer(body=b" " * (ANSWER_BYTES + 1)),
    "bomb": Answer(headers=(("Content-Encoding", "gzip"),), body=gzip.compress(b" " * 9_000_000)),
}
hostile = pytest.mark.parametrize("answer", HOSTILE.values(), ids=list(HOSTILE))


@hostile
def test_no_answer_to_a_publishing_is_taken_for_success(
    answer: Answer, server: FaultProxy, network: x.X
) -> None:
    admit(server)
    server.answer(answer, "POST", POSTS)
    with pytest.raises(OutcomeUnknown) as caught:
        network.publish(message(), idempotency_key="k")
    assert "canary" not in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400


@hostile
def test_no_answer_is_taken_for_an_identity(
    answer: Answer, server: FaultProxy, network: x.X
) -> None:
    server.answer(answer, "GET", ME, times=2)
    with pytest.raises((Unauthorized, NotSent)):
        _ = network.account
    with pytest.raises((Unauthorized, NotSent)):
        network.publish(message(), idempotency_key="k")
    assert server.count("POST") == 0


@hostile
def test_no_answer_is_taken_for_an_empty_list(
    answer: Answer, server: FaultProxy, network: x.X
) -> None:
    admit(server)
    server.answer(answer, "GET", "/2/users/1/tweets")
    with pytest.raises(OutcomeUnknown):
        network.find(message(), idempotency_key="k", since=SINCE)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_never_followed_and_carries_no_signature_elsewhere(
    status: int, server: FaultProxy, elsewhere: FaultProxy, network: x.X
) -> None:
    away = Answer(status=status, headers=(("Location", f"{elsewhere.url}/"),))
    server.answer(away, "GET", ME)
    with pytest.raises(Unauthorized):
        network.check()
    admit(server)
    server.answer(away, "POST")
    server.answer(away, "GET", "/2/users/1/")
    with pytest.raises(OutcomeUnknown):
        network.publish(message(), idempotency_key="k")
    with pytest.raises(OutcomeUnknown):
        network.find(message(), idempotency_key="k", since=SINCE)
    assert elsewhere.requests == []


def test_client_with_credentials_of_its_own_does_not_send_them(
    server: FaultProxy, network: x.X
) -> None:
    with pytest.raises(NetworkError):
        network.publish(message(), idempotency_key="k")
    assert [r.headers["authorization"].partition(" ")[0] for r in server.requests] == ["OAuth"]


def test_answer_that_drips_for_ever_ends(
    server: FaultProxy, network: x.X, monkeypatch: pytest.MonkeyPatch
) -> None:
    admit(server)
    network.check()
    monkeypatch.setattr("utrop.syndication.networks._http.WHOLE_ANSWER", -1.0)
    server.answer(packed({"data": {"id": "1", "text": "x"}}), "POST")
    with pytest.raises(OutcomeUnknown, match="took longer"):
        network.publish(message(), idempotency_key="k")


def test_date_that_is_none_says_nothing_of_our_clock(server: FaultProxy, network: x.X) -> None:
    for date in ("igår", "Mon, 99 Nov 2026 12:00:00 GMT", "", "9" * 400):
        server.answer(Answer(status=401, headers=(("Date", date),)), "GET", ME)
        with pytest.raises(Unauthorized) as caught:
            network.check()
        assert "clock" not in str(caught.value)
