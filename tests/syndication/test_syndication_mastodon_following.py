"""Mastodon after the announcement: edited, deleted, looked at; and what a token may."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers.announced import URL, message
from tests.servers.fault_proxy import Answer, FaultProxy
from tests.servers.mastodon import MastodonServer
from utrop.problem import ProblemsFound
from utrop.syndication.delivery import Deletable, Editable, Readable, Receipt, Standing
from utrop.syndication.errors import (
    Gone,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
)
from utrop.syndication.networks import _mastodon_scopes, mastodon
from utrop.syndication.networks._mastodon_text import says

STATUS = "/api/v1/statuses/"
LISTED = "/api/v1/accounts/"
APP = "/api/v1/apps/verify_credentials"
VERIFY = "/api/v1/accounts/verify_credentials"
NEW = message(text=f"Nya ord om dialogen.\n\n{URL}", lang="en-GB")


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as client:
        yield client


@pytest.fixture
def network(
    mastodon_proxy: FaultProxy, mastodon_server: MastodonServer, http: httpx.Client
) -> mastodon.Mastodon:
    environ = {"MASTODON_URL": mastodon_proxy.url, "MASTODON_TOKEN": mastodon_server.token}
    return mastodon.connect(environ, http)


@pytest.fixture
def receipt(network: mastodon.Mastodon, mastodon_proxy: FaultProxy) -> Receipt:
    """The receipt of an announcement that is there; requests are counted from here."""
    made = network.publish(message(), idempotency_key="k")
    mastodon_proxy.requests.clear()
    return made


def packed(body: object, status: int = 200) -> Answer:
    return Answer(status=status, body=json.dumps(body).encode())


Act = Callable[[mastodon.Mastodon, Receipt], object]
ACTS: dict[str, Act] = {
    "edit": lambda network, receipt: network.edit(receipt, NEW),
    "delete": lambda network, receipt: network.delete(receipt),
    "standing": lambda network, receipt: network.standing(receipt, message()),
}
every_act = pytest.mark.parametrize("act", ACTS.values(), ids=list(ACTS))


def test_edit_gives_the_status_new_words_and_their_language(
    network: mastodon.Mastodon,
    mastodon_server: MastodonServer,
    mastodon_proxy: FaultProxy,
    receipt: Receipt,
) -> None:
    edited = network.edit(receipt, NEW)

    [status] = mastodon_server.statuses()
    assert "Nya ord om dialogen." in status["content"]
    assert status["edited_at"] is not None
    assert edited == receipt
    [sent] = [r for r in mastodon_proxy.requests if r.method == "PUT"]
    assert json.loads(sent.body) == {"status": NEW.text, "language": "en"}
    assert "idempotency-key" not in sent.headers
    assert network.standing(edited, NEW) is Standing.THERE
    assert network.edit(edited, NEW) == edited
    assert network.standing(edited, NEW) is Standing.THERE
    assert network.standing(edited, message()) is Standing.EDITED


def test_deleting_twice_is_no_error(
    network: mastodon.Mastodon, mastodon_server: MastodonServer, receipt: Receipt
) -> None:
    network.delete(receipt)
    assert mastodon_server.statuses() == []
    network.delete(receipt)
    assert network.standing(receipt, message()) is Standing.GONE
    with pytest.raises(Gone, match="no more"):
        network.edit(receipt, NEW)
    assert mastodon_server.statuses() == []


def test_network_says_all_it_can(network: mastodon.Mastodon) -> None:
    assert isinstance(network, Editable)
    assert isinstance(network, Deletable)
    assert isinstance(network, Readable)


def test_what_stands_as_it_was_announced_is_seen_in_one_question(
    network: mastodon.Mastodon, mastodon_proxy: FaultProxy, receipt: Receipt
) -> None:
    assert network.standing(receipt, message()) is Standing.THERE
    assert len(mastodon_proxy.requests) == 1


def test_persons_edit_and_deletion_are_seen(
    network: mastodon.Mastodon, mastodon_server: MastodonServer, receipt: Receipt
) -> None:
    number = mastodon_server.statuses()[0]["id"]
    mastodon_server.edit(number, f"Andra ord {URL}")
    assert network.standing(receipt, message()) is Standing.EDITED
    mastodon_server.edit(number, message().text)
    assert network.standing(receipt, message()) is Standing.THERE
    mastodon_server.delete(number)
    assert network.standing(receipt, message()) is Standing.GONE


def test_words_that_were_never_ours_are_told_even_where_nobody_edited(
    network: mastodon.Mastodon, receipt: Receipt
) -> None:
    """As when a ledger is lost, and the post's words are other ones today."""
    assert network.standing(receipt, NEW) is Standing.EDITED


@pytest.mark.parametrize("status", [404, 500])
def test_edit_is_seen_where_the_server_does_not_show_what_was_written(
    status: int, network: mastodon.Mastodon, mastodon_proxy: FaultProxy, receipt: Receipt
) -> None:
    network.edit(receipt, NEW)
    key = receipt.id.rpartition("/")[2]
    mastodon_proxy.answer(Answer(status=status), "GET", f"{STATUS}{key}/source", times=2)
    if status == 500:
        with pytest.raises(NotSent):
            network.standing(receipt, NEW)
    else:
        assert network.standing(receipt, NEW) is Standing.THERE
        assert network.standing(receipt, message()) is Standing.EDITED


@every_act
def test_only_the_status_itself_is_touched(
    act: Act, network: mastodon.Mastodon, mastodon_server: MastodonServer, receipt: Receipt
) -> None:
    other = mastodon_server.post(f"En annan om {URL}")
    act(network, receipt)
    [kept] = [one for one in mastodon_server.statuses() if one["id"] == other["id"]]
    assert kept["content"] == other["content"]


def test_address_that_a_person_wrote_down_leads_to_the_status(
    network: mastodon.Mastodon, mastodon_server: MastodonServer
) -> None:
    status = mastodon_server.post(message().text)
    by_hand = Receipt(id=status["url"], url=status["url"])
    assert network.standing(by_hand, message()) is Standing.THERE
    assert network.edit(by_hand, NEW).id == status["uri"]
    network.delete(by_hand)
    assert mastodon_server.statuses() == []


def test_status_under_another_id_than_its_address_says_is_found_among_ours(
    network: mastodon.Mastodon, mastodon_proxy: FaultProxy, mastodon_server: MastodonServer
) -> None:
    network.check()
    for number in range(3):
        mastodon_server.post(f"Annat {number}")
    listed = [
        {**status, "uri": f"{mastodon_proxy.url}/objects/{number}f-uuid"}
        for number, status in enumerate(mastodon_server.statuses())
    ]
    for _ in range(2):
        mastodon_proxy.answer(packed(listed), "GET", LISTED)
    there = Receipt(id=listed[1]["uri"], url=mastodon_proxy.url)
    network.delete(there)
    mastodon_proxy.answer(packed([]), "GET", LISTED)
    gone = Receipt(id=f"{mastodon_proxy.url}/objects/9f-uuid", url=mastodon_proxy.url)
    network.delete(gone)
    left = [status["id"] for status in mastodon_server.statuses()]
    assert left == [listed[0]["id"], listed[2]["id"]]


def test_another_status_under_the_id_in_an_address_is_not_touched(
    network: mastodon.Mastodon, mastodon_proxy: FaultProxy, mastodon_server: MastodonServer
) -> None:
    other = mastodon_server.post("Annat")
    misleading = Receipt(id=f"{mastodon_proxy.url}/notes/{other['id']}", url=URL)
    network.delete(misleading)
    with pytest.raises(Gone):
        network.edit(misleading, NEW)
    assert network.standing(misleading, message()) is Standing.GONE
    assert len(mastodon_server.statuses()) == 1


@every_act
def test_status_of_another_account_is_never_touched(
    act: Act,
    network: mastodon.Mastodon,
    mastodon_proxy: FaultProxy,
    mastodon_accounts: Iterator[MastodonServer],
) -> None:
    neighbour = next(mastodon_accounts)
    status = neighbour.post(message().text)
    with pytest.raises(Rejected, match="not one of @inkop"):
        act(network, Receipt(id=status["uri"], url=status["url"]))
    assert neighbour.statuses()[0]["edited_at"] is None
    assert {r.method for r in mastodon_proxy.requests} == {"GET"}


def test_server_elsewhere_is_not_asked_for_an_address_of_its_own(
    network: mastodon.Mastodon, mastodon_proxy: FaultProxy
) -> None:
    foreign = "https://annan.example.org/@inkop/1"
    assert network.standing(Receipt(id=foreign, url=foreign), message()) is Standing.GONE
    assert mastodon_proxy.count("GET", STATUS) == 0


def test_gone_is_not_said_where_not_every_status_could_be_looked_at(
    network: mastodon.Mastodon, mastodon_proxy: FaultProxy
) -> None:
    network.check()
    for number in range(30):
        page = [{"id": f"{number}", "uri": "u", "content": "", "created_at": "2026-11-23T12:00Z"}]
        mastodon_proxy.answer(packed(page), "GET", LISTED)
    uuid = Receipt(id=f"{mastodon_proxy.url}/objects/uuid", url=URL)
    with pytest.raises(OutcomeUnknown, match="look there"):
        network.delete(uuid)


@pytest.mark.parametrize(
    "path", ["/users/inkop/statuses/17", "/ap/users/5/statuses/17", "/@inkop/17/"]
)
def test_mastodons_own_addresses_are_gone_when_their_id_is(
    path: str, network: mastodon.Mastodon, mastodon_proxy: FaultProxy
) -> None:
    network.check()
    receipt = Receipt(id=mastodon_proxy.url + path, url=mastodon_proxy.url + path)
    assert network.standing(receipt, message()) is Standing.GONE
    assert mastodon_proxy.count("GET", LISTED) == 1  # who we are, and no list


@every_act
@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, Unauthorized),
        (403, Unauthorized),
        (429, RateLimited),
        (302, OutcomeUnknown),
        (422, OutcomeUnknown),
        (500, NotSent),
        (503, NotSent),
    ],
)
def test_look_that_fails_changes_nothing_and_says_what_may_be_done(
    act: Act,
    status: int,
    error: type[Exception],
    network: mastodon.Mastodon,
    mastodon_proxy: FaultProxy,
    mastodon_server: MastodonServer,
    receipt: Receipt,
) -> None:
    mastodon_proxy.answer(packed({"error": "Nej"}, status), "GET", STATUS)
    with pytest.raises(error, match=str(status)):
        act(network, receipt)
    assert len(mastodon_server.statuses()) == 1
    assert {r.method for r in mastodon_proxy.requests} == {"GET"}


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, Rejected),
        (404, Rejected),
        (405, Rejected),
        (422, Rejected),
        (401, Unauthorized),
        (403, Unauthorized),
        (429, RateLimited),
        (301, OutcomeUnknown),
        (500, OutcomeUnknown),
        (503, OutcomeUnknown),
    ],
)
def test_refused_edits_say_what_may_be_done_next(
    status: int,
    error: type[Exception],
    network: mastodon.Mastodon,
    mastodon_proxy: FaultProxy,
    receipt: Receipt,
) -> None:
    mastodon_proxy.answer(packed({"error": "Det gick inte"}, status), "PUT")
    with pytest.raises(error, match=f"{status}: Det gick inte"):
        network.edit(receipt, NEW)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (404, None),
        (410, None),
        (401, Unauthorized),
        (403, Unauthorized),
        (422, Rejected),
        (429, RateLimited),
        (302, OutcomeUnknown),
        (500, OutcomeUnknown),
    ],
)
def test_refused_deletions_say_what_may_be_done_next(
    status: int,
    error: type[Exception] | None,
    network: mastodon.Mastodon,
    mastodon_proxy: FaultProxy,
    receipt: Receipt,
) -> None:
    mastodon_proxy.answer(packed({"error": "Det gick inte"}, status), "DELETE")
    if error is None:
        network.delete(receipt)
        return
    with pytest.raises(error, match=f"{status}: Det gick inte"):
        network.delete(receipt)


def test_deletions_that_are_too_many_are_waited_for(
    network: mastodon.Mastodon, mastodon_proxy: FaultProxy, receipt: Receipt
) -> None:
    reset = (("X-RateLimit-Reset", "2026-11-23T12:30:00.000Z"),)
    mastodon_proxy.answer(Answer(status=429, headers=reset), "DELETE")
    with pytest.raises(RateLimited) as caught:
        network.delete(receipt)
    assert caught.value.retry_at == datetime(2026, 11, 23, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize("fault", ["drop_answer", "drop_request", "reset_midway", "false_500"])
def test_lost_answers_are_made_good_by_a_repeat(
    fault: str,
    network: mastodon.Mastodon,
    mastodon_proxy: FaultProxy,
    mastodon_server: MastodonServer,
    receipt: Receipt,
) -> None:
    getattr(mastodon_proxy, fault)("PUT")
    with pytest.raises(OutcomeUnknown):
        network.edit(receipt, NEW)
    network.edit(receipt, NEW)
    assert network.standing(receipt, NEW) is Standing.THERE
    getattr(mastodon_proxy, fault)("DELETE")
    with pytest.raises(OutcomeUnknown):
        network.delete(receipt)
    network.delete(receipt)
    assert mastodon_server.statuses() == []


@every_act
def test_server_that_is_away_was_sent_nothing(
    act: Act, network: mastodon.Mastodon, mastodon_proxy: FaultProxy, receipt: Receipt
) -> None:
    with mastodon_proxy.refusing(), pytest.raises(NotSent):
        act(network, receipt)


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="<>&"))


@given(words=TEXT, other=TEXT)
def test_shown_words_are_compared_without_regard_to_spaces(words: str, other: str) -> None:
    shown = "".join(f"<p>{part}</p>" for part in words.split())
    assert says({"content": shown}, words)
    same = "".join(words.split()) == "".join(other.split())
    assert says({"content": shown}, other) == same


# What a token may.


def described(proxy: FaultProxy, server: MastodonServer, http: httpx.Client) -> Any:
    environ = {"MASTODON_URL": proxy.url, "MASTODON_TOKEN": server.token}
    return mastodon.describe(environ, http)


@pytest.mark.parametrize(
    ("scopes", "missing"),
    [
        (["profile", "read:statuses", "write:statuses"], ()),
        (["read", "write"], ()),
        (["read:accounts", "read:statuses", "write"], ()),
        (["read"], ("write:statuses",)),
        (["profile"], ("read:statuses", "write:statuses")),
        ("profile read:statuses", ("write:statuses",)),
        (["write:media", "follow"], ("profile", "read:statuses", "write:statuses")),
    ],
)
def test_missing_scopes_are_named(
    scopes: object,
    missing: tuple[str, ...],
    mastodon_proxy: FaultProxy,
    mastodon_server: MastodonServer,
    http: httpx.Client,
) -> None:
    mastodon_proxy.answer(packed({"name": "Utrop", "scopes": scopes}), "GET", APP)
    found = described(mastodon_proxy, mastodon_server, http)
    assert found.account == mastodon_server.account
    assert found.missing == missing
    assert found.scopes == tuple(scopes.split() if isinstance(scopes, str) else scopes)  # type: ignore[call-overload] - a list else
    assert found.expires is None
    assert found.warnings == ()
    assert mastodon_proxy.count("POST") == 0


def test_moment_of_the_answer_is_the_servers(
    mastodon_proxy: FaultProxy, mastodon_server: MastodonServer, http: httpx.Client
) -> None:
    dated = replace(
        packed({"id": "1", "username": "inkop"}),
        headers=(("Date", "Mon, 23 Nov 2026 12:00:00 GMT"),),
    )
    mastodon_proxy.answer(dated, "GET", VERIFY)
    found = described(mastodon_proxy, mastodon_server, http)
    assert found.server_time == datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=401),
        Answer(status=404, body=b"<html>"),
        Answer(status=500),
        packed({"name": "Utrop"}),
        packed({"scopes": {"a": 1}}),
        packed({"scopes": [1, None, "\x1b[31m", "A" * 1000]}),
        packed({"scopes": []}),
    ],
)
def test_server_that_does_not_tell_the_scopes_gives_a_warning(
    answer: Answer,
    mastodon_proxy: FaultProxy,
    mastodon_server: MastodonServer,
    http: httpx.Client,
) -> None:
    mastodon_proxy.answer(answer, "GET", APP)
    found = described(mastodon_proxy, mastodon_server, http)
    assert (found.scopes, found.missing) == ((), ())
    [warning] = found.warnings
    assert all(scope in warning for scope in _mastodon_scopes.NEEDED)
    assert mastodon_server.token not in repr(found)


def test_refused_token_and_missing_values_are_told(
    mastodon_proxy: FaultProxy, http: httpx.Client
) -> None:
    with pytest.raises(Unauthorized, match="MASTODON_TOKEN") as caught:
        mastodon.describe(
            {"MASTODON_URL": mastodon_proxy.url, "MASTODON_TOKEN": "canary-wrong"}, http
        )
    assert "canary" not in str(caught.value)
    with pytest.raises(ProblemsFound):
        mastodon.describe({}, http)
