"""Bluesky after the announcement: deleted, looked at; and what kind of password it is."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers.announced import URL, message
from tests.servers.bluesky_pds import PASSWORD, Account, Pds
from tests.servers.fault_proxy import Answer, FaultProxy
from utrop.problem import ProblemsFound
from utrop.syndication.credential import Credential
from utrop.syndication.delivery import Deletable, Editable, Readable, Receipt, Standing
from utrop.syndication.errors import (
    NetworkError,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
)
from utrop.syndication.networks import bluesky
from utrop.syndication.networks._bluesky_session import _scope

pytestmark = [pytest.mark.pds, pytest.mark.xdist_group("pds")]

XRPC = "/xrpc/com.atproto."
LOGIN = f"{XRPC}server.createSession"
RENEWAL = f"{XRPC}server.refreshSession"
DELETE = f"{XRPC}repo.deleteRecord"
GET = f"{XRPC}repo.getRecord"


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as client:
        yield client


def environ(url: str, account: Account) -> dict[str, str]:
    return {
        "BLUESKY_URL": url,
        "BLUESKY_HANDLE": f"@{account.handle}",
        "BLUESKY_APP_PASSWORD": account.app_password,
    }


@pytest.fixture
def network(
    bluesky_proxy: FaultProxy, bluesky_account: Account, http: httpx.Client
) -> bluesky.Bluesky:
    return bluesky.connect(environ(bluesky_proxy.url, bluesky_account), http)


@pytest.fixture
def receipt(network: bluesky.Bluesky) -> Receipt:
    return network.publish(message(), idempotency_key="k")


@pytest.fixture(scope="module")
def shared(pds: Pds) -> Iterator[tuple[bluesky.Bluesky, FaultProxy, Receipt]]:
    """A post that stays there, for the tests whose server never hears the request."""
    account = pds.create_account("afterwards")
    with FaultProxy(pds.url) as proxy, httpx.Client(trust_env=False) as client:
        network = bluesky.connect(environ(proxy.url, account), client)
        yield network, proxy, network.publish(message(), idempotency_key="k")


def packed(body: object, status: int = 200) -> Answer:
    return Answer(status=status, body=json.dumps(body).encode())


def test_deleting_twice_is_no_error(
    network: bluesky.Bluesky, pds: Pds, bluesky_account: Account, receipt: Receipt
) -> None:
    other = network.publish(message(guid="tag:example.org,2026:annan"), idempotency_key="l")
    for _ in range(2):
        network.delete(receipt)
        assert [one["uri"] for one in pds.records(bluesky_account.did)] == [other.id]
    assert network.standing(receipt, message()) is Standing.GONE
    assert network.standing(other, message()) is Standing.THERE


def test_network_says_what_it_can_and_no_more(network: bluesky.Bluesky) -> None:
    assert isinstance(network, Deletable)
    assert isinstance(network, Readable)
    assert not isinstance(network, Editable)


def test_post_that_another_program_overwrote_counts_as_edited(
    network: bluesky.Bluesky, pds: Pds, bluesky_account: Account, receipt: Receipt
) -> None:
    assert network.standing(receipt, message()) is Standing.THERE
    [record] = pds.records(bluesky_account.did)
    rkey = receipt.id.rpartition("/")[2]
    pds.put(bluesky_account, rkey, {**record["value"], "text": "Andra ord"})
    assert network.standing(receipt, message()) is Standing.EDITED
    pds.put(bluesky_account, rkey, {**record["value"], "langs": ["en"]})
    assert network.standing(receipt, message()) is Standing.THERE
    embed = {"$type": "app.bsky.embed.external"}
    embed["external"] = {"uri": f"{URL}#annan", "title": "x", "description": ""}  # type: ignore[assignment] - JSON
    pds.put(bluesky_account, rkey, {**record["value"], "embed": embed})
    assert network.standing(receipt, message()) is Standing.EDITED


def test_one_login_serves_all_that_follows(
    network: bluesky.Bluesky, bluesky_proxy: FaultProxy, receipt: Receipt
) -> None:
    network.standing(receipt, message())
    network.delete(receipt)
    network.standing(receipt, message())
    assert bluesky_proxy.count("POST", LOGIN) == 1


def test_session_that_ran_out_is_renewed_and_the_post_deleted(
    network: bluesky.Bluesky,
    bluesky_proxy: FaultProxy,
    pds: Pds,
    bluesky_account: Account,
    receipt: Receipt,
) -> None:
    expired = packed({"error": "ExpiredToken", "message": "Token has expired"}, 400)
    bluesky_proxy.answer(expired, "POST", DELETE)
    network.delete(receipt)
    assert bluesky_proxy.count("POST", RENEWAL) == 1
    assert pds.records(bluesky_account.did) == []


def test_address_that_a_person_wrote_down_leads_to_the_post(
    network: bluesky.Bluesky, pds: Pds, bluesky_account: Account, receipt: Receipt
) -> None:
    key = receipt.id.rpartition("/")[2]
    for whose in (bluesky_account.handle, bluesky_account.did):
        url = f"https://bsky.app/profile/{whose}/post/{key}"
        assert network.standing(Receipt(id=url, url=url), message()) is Standing.THERE
    network.delete(Receipt(id=url, url=url))
    assert pds.records(bluesky_account.did) == []


@pytest.mark.parametrize(
    "address",
    [
        "https://bsky.app/profile/annan.example.org/post/3jzfcijpj2z2a",
        "https://bsky.app/profile/{did}/post/..",
        "https://bsky.app/profile/{did}/post/a/b",
        "https://annan.example.org/profile/{did}/post/3jzfcijpj2z2a",
        "at://did:plc:annan/app.bsky.feed.post/3jzfcijpj2z2a",
        "at://{did}/app.bsky.feed.like/3jzfcijpj2z2a",
        "at://{did}/app.bsky.feed.post/",
        "at://{did}/app.bsky.feed.post/a?b",
        "",
    ],
)
def test_address_of_no_post_of_ours_is_never_touched(
    address: str, shared: tuple[bluesky.Bluesky, FaultProxy, Receipt]
) -> None:
    network, proxy, _ = shared
    proxy.requests.clear()
    wrong = Receipt(id=address.format(did=network.account), url=URL)
    for act in (lambda: network.delete(wrong), lambda: network.standing(wrong, message())):
        with pytest.raises(Rejected, match="none of a post"):
            act()
    assert proxy.requests == []


@pytest.mark.parametrize("fault", ["drop_answer", "drop_request", "reset_midway", "false_500"])
def test_lost_answer_is_made_good_by_a_repeat(
    fault: str,
    network: bluesky.Bluesky,
    bluesky_proxy: FaultProxy,
    pds: Pds,
    bluesky_account: Account,
    receipt: Receipt,
) -> None:
    getattr(bluesky_proxy, fault)("POST", DELETE)
    with pytest.raises(OutcomeUnknown):
        network.delete(receipt)
    network.delete(receipt)
    assert pds.records(bluesky_account.did) == []


REFUSALS = pytest.mark.parametrize(
    ("status", "name", "error"),
    [
        (400, "InvalidRequest", Rejected),
        (404, "NotFound", Rejected),
        (401, "AuthMissing", Unauthorized),
        (403, "Forbidden", Unauthorized),
        (400, "AccountDeactivated", Unauthorized),
        (422, "Oj", Rejected),
        (429, "RateLimitExceeded", RateLimited),
        (301, "", OutcomeUnknown),
        (500, "InternalServerError", OutcomeUnknown),
        (503, "NotEnoughResources", OutcomeUnknown),
    ],
)


@REFUSALS
def test_refusals_say_what_may_be_done_next(
    status: int,
    name: str,
    error: type[NetworkError],
    shared: tuple[bluesky.Bluesky, FaultProxy, Receipt],
) -> None:
    network, proxy, receipt = shared
    refusal = packed({"error": name, "message": "Det gick inte"}, status)
    proxy.answer(refusal, "POST", DELETE)
    proxy.answer(refusal, "GET", GET)
    with pytest.raises(error, match=f"{status} .*Det gick inte"):
        network.delete(receipt)
    unclear = OutcomeUnknown if error is Rejected else error
    with pytest.raises(unclear, match=f"{status} .*Det gick inte"):
        network.standing(receipt, message())


def test_deletion_without_an_answer_is_believed_only_when_seen(
    network: bluesky.Bluesky, bluesky_proxy: FaultProxy, receipt: Receipt
) -> None:
    """Older servers answer a deletion with an empty body, and so does what is no server at all."""
    for body in (b"", b"<html>", b"[]"):
        bluesky_proxy.answer(Answer(body=body), "POST", DELETE)
        with pytest.raises(OutcomeUnknown, match="did not"):
            network.delete(receipt)
    network.delete(receipt)
    bluesky_proxy.answer(Answer(), "POST", DELETE)
    network.delete(receipt)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(),
        packed([]),
        packed({"uri": "at://did:plc:annan/app.bsky.feed.post/x", "value": {}}),
        packed({"uri": 1, "value": {"text": "x"}}),
        Answer(body=b"RecordNotFound"),
    ],
)
def test_look_without_a_clear_answer_never_says_gone(
    answer: Answer, shared: tuple[bluesky.Bluesky, FaultProxy, Receipt]
) -> None:
    network, proxy, receipt = shared
    proxy.answer(answer, "GET", GET)
    with pytest.raises(OutcomeUnknown):
        network.standing(receipt, message())


@pytest.mark.parametrize("value", [None, 1, "x", []])
def test_record_of_another_form_is_no_post(
    value: object, shared: tuple[bluesky.Bluesky, FaultProxy, Receipt]
) -> None:
    network, proxy, receipt = shared
    proxy.answer(packed({"uri": receipt.id, "value": value}), "GET", GET)
    with pytest.raises(OutcomeUnknown):
        network.standing(receipt, message())
    strange = {"text": message().text, "embed": {"external": value}}
    proxy.answer(packed({"uri": receipt.id, "value": strange}), "GET", GET)
    assert network.standing(receipt, message()) is Standing.EDITED


def test_server_that_is_away_was_sent_nothing(
    network: bluesky.Bluesky, bluesky_proxy: FaultProxy, receipt: Receipt
) -> None:
    with bluesky_proxy.refusing():
        for act in (lambda: network.delete(receipt), lambda: network.standing(receipt, message())):
            with pytest.raises(NotSent):
                act()


# What a password is.


def test_app_password_is_what_it_should_be(
    bluesky_proxy: FaultProxy, bluesky_account: Account, http: httpx.Client
) -> None:
    found = bluesky.describe(environ(bluesky_proxy.url, bluesky_account), http)
    assert isinstance(found, Credential)
    assert found.account == bluesky_account.handle
    assert found.scopes == ("com.atproto.appPass",)
    assert (found.expires, found.missing, found.warnings) == (None, (), ())
    assert found.server_time is not None
    assert abs((found.server_time - datetime.now(UTC)).total_seconds()) < 300
    assert len(bluesky_proxy.requests) == 1
    assert "@example.org" not in repr(found)  # the account's mail address


def test_accounts_own_password_is_warned_of(
    pds: Pds, bluesky_account: Account, http: httpx.Client
) -> None:
    own = replace(bluesky_account, app_password=PASSWORD)
    found = bluesky.describe(environ(pds.url, own), http)
    [warning] = found.warnings
    assert "make an app password" in warning
    assert PASSWORD not in repr(found)


def test_account_that_is_deactivated_is_warned_of(
    pds: Pds, bluesky_account: Account, http: httpx.Client
) -> None:
    pds.deactivate(bluesky_account)
    found = bluesky.describe(environ(pds.url, bluesky_account), http)
    assert any("deactivated: nothing can be posted" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("changes", "account"),
    [
        ({"handle": "\x1b[31m", "email": "canary@example.org", "active": True}, "did:plc:abc"),
        ({"handle": 1, "status": {"a": 1}, "active": False}, "did:plc:abc"),
        ({"handle": "inkop.example.org", "accessJwt": "a.b.c"}, "inkop.example.org"),
        (
            {"handle": "inkop.example.org", "accessJwt": "a." + "x" * 4000 + ".c"},
            "inkop.example.org",
        ),
    ],
)
def test_odd_answers_to_a_login_spoil_no_description(
    changes: dict[str, object], account: str, http: httpx.Client
) -> None:
    session = {"did": "did:plc:abc", "accessJwt": "canary-access", "refreshJwt": "canary-refresh"}
    with FaultProxy() as proxy:
        proxy.answer(packed(session | changes), "POST", LOGIN)
        person = Account(did="", handle="inkop.example.org", app_password="canary-password")
        found = bluesky.describe(environ(proxy.url, person), http)
    assert found.account == account
    assert "canary" not in repr(found)
    assert all(warning.isprintable() for warning in found.warnings)


def test_refused_password_and_missing_values_are_told(
    pds: Pds, bluesky_account: Account, http: httpx.Client
) -> None:
    wrong = replace(bluesky_account, app_password="canary-wrong")
    with pytest.raises(Unauthorized, match="BLUESKY_APP_PASSWORD") as caught:
        bluesky.describe(environ(pds.url, wrong), http)
    assert "canary" not in str(caught.value)
    with pytest.raises(ProblemsFound):
        bluesky.describe({}, http)


def jwt(claims: object) -> str:
    part = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{part}.signature"


def test_scope_is_read_from_a_token() -> None:
    assert (
        _scope(jwt({"scope": "com.atproto.appPassPrivileged"})) == "com.atproto.appPassPrivileged"
    )
    for odd in ({"scope": "<b>"}, {"scope": 1}, {"scope": "x" * 100}, [], None):
        assert _scope(jwt(odd)) == ""


MADE: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "with dots": lambda text: f"a.{text}.b",
}


@pytest.mark.parametrize("make", MADE.values(), ids=list(MADE))
@given(text=st.text())
def test_no_token_is_too_odd_to_be_read(make: Callable[[str], str], text: str) -> None:
    assert isinstance(_scope(make(text)), str)
