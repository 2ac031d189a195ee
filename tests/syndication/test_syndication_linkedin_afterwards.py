"""LinkedIn after the announcement: changed, withdrawn, compared; and what its token is."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers.announced import URL, message
from tests.servers.fault_proxy import Answer, FaultProxy
from tests.servers.linkedin import LinkedIn
from utrop.problem import ProblemsFound
from utrop.syndication import networks
from utrop.syndication.delivery import Deletable, Editable, Readable, Receipt, Standing
from utrop.syndication.errors import (
    Gone,
    NetworkError,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
)
from utrop.syndication.networks import linkedin
from utrop.syndication.networks._linkedin_text import commentary, shows

ONE = "/rest/posts/"
TOLD = "/oauth/v2/introspectToken"
PERSON = "urn:li:person:5abc_dEfGH"
EDITED = f"Nya ord (rättade) #LOU\n\n{URL}"
SECRET = "canary-client-secret-4e1b"


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    # A careless client: it would follow anything. The network must not rely on its settings.
    with httpx.Client(trust_env=False, follow_redirects=True, auth=("user", "pass")) as client:
        yield client


@pytest.fixture
def server() -> Iterator[LinkedIn]:
    with LinkedIn() as running:
        yield running


@pytest.fixture
def proxy(server: LinkedIn) -> Iterator[FaultProxy]:
    with FaultProxy(server.url) as running:
        server.public = running.url
        yield running


def environ(proxy: FaultProxy, server: LinkedIn, **more: str) -> dict[str, str]:
    return {
        "LINKEDIN_URL": proxy.url,
        "LINKEDIN_TOKEN": server.token,
        "LINKEDIN_AUTHOR": server.author,
        **more,
    }


def with_app(proxy: FaultProxy, server: LinkedIn, **more: str) -> dict[str, str]:
    client, secret = server.client
    app = {"LINKEDIN_CLIENT_ID": client, "LINKEDIN_CLIENT_SECRET": secret}
    return environ(proxy, server, **{**app, **more})


@pytest.fixture
def page(proxy: FaultProxy, server: LinkedIn, http: httpx.Client) -> linkedin.Organization:
    made = linkedin.connect(environ(proxy, server), http)
    assert isinstance(made, linkedin.Organization)
    return made


@pytest.fixture
def person(proxy: FaultProxy, server: LinkedIn, http: httpx.Client) -> linkedin.Person:
    server.author, server.readable = PERSON, False
    made = linkedin.connect(environ(proxy, server), http)
    assert isinstance(made, linkedin.Person)
    return made


def packed(body: object, status: int = 200) -> Answer:
    headers = (("Content-Type", "application/json"),)
    return Answer(status=status, headers=headers, body=json.dumps(body).encode())


# --- changed, withdrawn, compared


@pytest.mark.parametrize("who", ["page", "person"])
def test_words_are_changed_and_post_is_deleted(
    who: str, request: pytest.FixtureRequest, server: LinkedIn, proxy: FaultProxy
) -> None:
    account = request.getfixturevalue(who)
    receipt = account.publish(message(), idempotency_key="k")

    assert account.edit(receipt, message(text=EDITED)) == receipt
    assert account.edit(receipt, message(text=EDITED)) == receipt
    assert server.seen() == [EDITED]
    assert server.posts[0]["content"]["article"]["source"] == URL

    account.delete(receipt)
    assert server.posts == []
    account.delete(receipt)
    with pytest.raises(Gone):
        account.edit(receipt, message())
    assert {r.headers["linkedin-version"] for r in proxy.requests} == {linkedin.API_VERSION}


def test_what_each_account_can_do(page: linkedin.Organization, person: linkedin.Person) -> None:
    assert isinstance(page, Editable)
    assert isinstance(page, Deletable)
    assert isinstance(page, Readable)
    assert isinstance(person, Editable)
    assert isinstance(person, Deletable)
    assert not isinstance(person, Readable)


def test_standing_is_there_then_edited_then_gone(
    page: linkedin.Organization, server: LinkedIn
) -> None:
    receipt = page.publish(message(), idempotency_key="k")
    assert page.standing(receipt, message()) is Standing.THERE
    server.posts[0]["commentary"] += " Tillägg"
    assert page.standing(receipt, message()) is Standing.EDITED
    page.edit(receipt, message(text=EDITED))
    assert page.standing(receipt, message(text=EDITED)) is Standing.THERE
    server.posts[0]["lifecycleState"] = "PUBLISH_FAILED"
    assert page.standing(receipt, message(text=EDITED)) is Standing.GONE
    server.delete(receipt.id)
    assert page.standing(receipt, message(text=EDITED)) is Standing.GONE


def test_hashtag_templates_and_short_addresses_are_no_edits(
    page: linkedin.Organization, server: LinkedIn
) -> None:
    receipt = page.publish(message(), idempotency_key="k")
    server.given_back = {"#LOU": r"{hashtag|\#|LOU}", URL: "https://lnkd.in/dXy-z_9"}
    assert page.standing(receipt, message()) is Standing.THERE
    server.given_back["#LOU"] = r"{hashtag|\#|LUF}"
    assert page.standing(receipt, message()) is Standing.EDITED
    server.given_back = {URL: "https://annan.example.org/"}
    assert page.standing(receipt, message()) is Standing.EDITED


@given(st.text(max_size=300), st.text(max_size=300))
def test_words_that_come_back_as_sent_are_the_same_and_others_are_not(
    text: str, other: str
) -> None:
    assert shows(commentary(text), text)
    assert shows(commentary(other), text) == shows(commentary(text), other)
    assert not shows(commentary(f"{text} x"), text)


@pytest.mark.parametrize("act", ["edit", "delete"])
@pytest.mark.parametrize("fault", ["drop_answer", "false_500", "drop_request"])
def test_lost_answer_is_repeated_without_harm(
    act: str, fault: str, page: linkedin.Organization, server: LinkedIn, proxy: FaultProxy
) -> None:
    receipt = page.publish(message(), idempotency_key="k")
    getattr(proxy, fault)(None, ONE)

    def do() -> None:
        if act == "edit":
            page.edit(receipt, message(text=EDITED))
        else:
            page.delete(receipt)

    with pytest.raises(OutcomeUnknown):
        do()
    do()
    assert server.seen() == ([EDITED] if act == "edit" else [])


def test_post_that_may_not_be_touched_is_left_to_a_person_and_the_network_goes_on(
    page: linkedin.Organization, server: LinkedIn
) -> None:
    receipt = page.publish(message(), idempotency_key="k")
    server.writable = False
    with pytest.raises(Rejected, match="403"):
        page.edit(receipt, message(text=EDITED))
    with pytest.raises(Rejected, match="403"):
        page.delete(receipt)
    assert server.seen() == [message().text]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, Rejected),
        (401, Unauthorized),
        (409, OutcomeUnknown),
        (422, Rejected),
        (426, Unauthorized),
        (429, RateLimited),
        (500, OutcomeUnknown),
        (302, OutcomeUnknown),
    ],
)
def test_refusals_say_what_may_be_done_next(
    status: int, error: type[NetworkError], page: linkedin.Organization, proxy: FaultProxy
) -> None:
    receipt = Receipt(id="urn:li:share:7", url="https://www.linkedin.com/feed/")
    proxy.answer(packed({"message": "nej"}, status), None, ONE, times=3)
    for act in (
        lambda: page.edit(receipt, message()),
        lambda: page.delete(receipt),
        lambda: page.standing(receipt, message()),
    ):
        with pytest.raises(error) as caught:
            act()
        assert type(caught.value) is error


def test_standing_that_may_not_look_says_so(page: linkedin.Organization, server: LinkedIn) -> None:
    receipt = page.publish(message(), idempotency_key="k")
    server.readable = False
    with pytest.raises(Unauthorized, match="scope"):
        page.standing(receipt, message())


@pytest.mark.parametrize(
    "answer",
    [
        Answer(body=b"<html>"),
        packed([]),
        packed({"id": "urn:li:share:7"}),
        packed({"id": "urn:li:share:8", "commentary": "x"}),
        packed({"id": "urn:li:share:7", "commentary": ["x"]}),
    ],
)
def test_no_answer_is_taken_for_a_standing(
    answer: Answer, page: linkedin.Organization, proxy: FaultProxy
) -> None:
    proxy.answer(answer, "GET", ONE)
    with pytest.raises(OutcomeUnknown):
        page.standing(Receipt(id="urn:li:share:7", url="x"), message())


@pytest.mark.parametrize("key", ["", "../x", "urn:li:share:7/../8", "https://example.org/", "7"])
def test_id_that_is_none_is_never_asked_for(
    key: str, page: linkedin.Organization, proxy: FaultProxy
) -> None:
    receipt = Receipt(id=key, url="https://example.org/")
    for act in (
        lambda: page.edit(receipt, message()),
        lambda: page.delete(receipt),
        lambda: page.standing(receipt, message()),
    ):
        with pytest.raises(Rejected, match="no id"):
            act()
    assert proxy.requests == []


def test_unreachable_server_was_sent_nothing(
    page: linkedin.Organization, proxy: FaultProxy
) -> None:
    receipt = Receipt(id="urn:li:share:7", url="x")
    with proxy.refusing(), pytest.raises(NotSent):
        page.delete(receipt)
    with proxy.refusing(), pytest.raises(NotSent):
        page.edit(receipt, message())


# --- the token


def test_app_tells_when_the_token_ends_and_what_it_may(
    proxy: FaultProxy, server: LinkedIn, http: httpx.Client
) -> None:
    told = linkedin.describe(with_app(proxy, server), http)
    assert told.account == server.author
    assert told.expires == datetime.fromtimestamp(1_768_000_000, UTC)
    assert told.scopes == ("r_organization_social", "w_organization_social")
    assert told.missing == told.warnings == ()
    assert told.server_time == datetime.fromtimestamp(server.now / 1000, UTC)
    assert proxy.count("POST") == proxy.count("POST", TOLD) == 1
    [asked] = [r for r in proxy.requests if r.path.startswith(TOLD)]
    assert "authorization" not in asked.headers
    assert SECRET not in asked.path


def test_person_is_named_and_lacks_what_it_lacks(
    person: linkedin.Person, proxy: FaultProxy, server: LinkedIn, http: httpx.Client
) -> None:
    server.introspected["scope"] = "openid profile"
    told = linkedin.describe(with_app(proxy, server), http)
    assert told.account == f"Alva Ek ({PERSON})"
    assert told.missing == ("w_member_social",)


def test_without_the_app_a_person_notes_the_day(
    proxy: FaultProxy, server: LinkedIn, http: httpx.Client
) -> None:
    told = linkedin.describe(environ(proxy, server), http)
    assert told.expires is None
    [warning] = told.warnings
    assert "LINKEDIN_TOKEN_EXPIRES" in warning
    noted = environ(proxy, server, LINKEDIN_TOKEN_EXPIRES="2026-01-22")
    told = linkedin.describe(noted, http)
    assert (told.expires, told.warnings) == (datetime(2026, 1, 22, tzinfo=UTC), ())
    assert proxy.count("POST") == 0


@pytest.mark.parametrize(("day", "warned"), [("2027-07-02", False), ("2027-07-04", True)])
def test_end_of_the_version_is_told_sixty_days_before(
    day: str, warned: bool, proxy: FaultProxy, server: LinkedIn, http: httpx.Client
) -> None:
    assert str(linkedin.API_VERSION_ENDS) == "2027-09-01"
    server.now = int(datetime.fromisoformat(f"{day}T00:00:00+00:00").timestamp() * 1000)
    told = linkedin.describe(with_app(proxy, server), http)
    assert [w for w in told.warnings if "upgrade Utrop" in w] == list(told.warnings)
    assert bool(told.warnings) == warned


@pytest.mark.parametrize("status", ["expired", "revoked"])
def test_ended_token_is_refused(
    status: str, proxy: FaultProxy, server: LinkedIn, http: httpx.Client
) -> None:
    server.introspected = {"active": False, "status": status}
    with pytest.raises(Unauthorized, match=status):
        linkedin.describe(with_app(proxy, server), http)
    server.token = "another"
    with pytest.raises(Unauthorized, match="LINKEDIN_TOKEN is refused"):
        linkedin.describe(with_app(proxy, server) | {"LINKEDIN_TOKEN": "canary-x"}, http)


def test_app_that_is_another_or_is_refused_is_a_warning(
    proxy: FaultProxy, server: LinkedIn, http: httpx.Client
) -> None:
    server.introspected = {"active": False}
    [warning, _] = linkedin.describe(with_app(proxy, server), http).warnings
    assert "not made by the app" in warning
    given = with_app(proxy, server)
    server.client = ("77abcd", "canary-another")
    [warning, _] = linkedin.describe(given, http).warnings
    assert "LINKEDIN_CLIENT_SECRET" in warning


HOSTILE: list[Any] = [
    Answer(status=500),
    Answer(body=b"<html>"),
    Answer(body=b"\xff\xfe{"),
    packed([]),
    packed({"active": "yes"}),
    packed({"active": True, "expires_at": "soon", "scope": 7}),
    packed({"active": True, "expires_at": 10**30, "scope": None}),
    packed({"active": True, "expires_at": -1}),
    packed({"active": True, "expires_at": True}),
    Answer(status=302, headers=(("Location", "https://example.org/"),)),
]


@pytest.mark.parametrize("answer", HOSTILE)
def test_no_answer_is_taken_for_an_end(
    answer: Answer, proxy: FaultProxy, server: LinkedIn, http: httpx.Client
) -> None:
    proxy.answer(answer, "POST", TOLD)
    given = with_app(proxy, server, LINKEDIN_TOKEN_EXPIRES="2026-01-22")
    told = linkedin.describe(given, http)
    assert (told.expires, told.scopes) == (datetime(2026, 1, 22, tzinfo=UTC), ())
    assert told.missing == ()


def test_lost_answer_about_the_token_is_a_warning(
    proxy: FaultProxy, server: LinkedIn, http: httpx.Client
) -> None:
    proxy.drop_answer("POST", TOLD)
    told = linkedin.describe(with_app(proxy, server), http)
    assert "was lost" in told.warnings[0]


def test_no_secret_stands_in_an_error_a_warning_or_a_log(
    page: linkedin.Organization,
    proxy: FaultProxy,
    server: LinkedIn,
    http: httpx.Client,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name in ("", "httpx", "httpcore"):
        caplog.set_level(logging.DEBUG, logger=name)
    said = f"bad\x00 {server.token} {SECRET}\u202e\n" + "x" * 500
    receipt = Receipt(id="urn:li:share:7", url="x")
    words = []
    for status in (400, 401, 403, 422, 426, 429, 500):
        proxy.answer(packed({"message": said.replace(SECRET, "")}, status), None, ONE, times=2)
        for act in (lambda: page.edit(receipt, message()), lambda: page.delete(receipt)):
            with pytest.raises(NetworkError, match="secret") as caught:
                act()
            one = caught.value
            words.append(f"{one} {one!r} {one.__context__!r} {one.__cause__!r}")
    for body in ({"error": said}, {"active": True, "scope": said}):
        proxy.answer(packed(body, 200 if "active" in body else 401), "POST", TOLD)
        words.append(repr(linkedin.describe(with_app(proxy, server), http)))
    assert caplog.records
    for text in (*words, caplog.text):
        assert server.token not in text
        assert SECRET not in text


# --- configuration, and by hand


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"LINKEDIN_TOKEN_EXPIRES": "i januari"}, "LINKEDIN_TOKEN_EXPIRES"),
        ({"LINKEDIN_TOKEN_EXPIRES": "2027-02-30"}, "LINKEDIN_TOKEN_EXPIRES"),
        ({"LINKEDIN_CLIENT_ID": "77abcd"}, "LINKEDIN_CLIENT_SECRET is not set"),
        ({"LINKEDIN_CLIENT_SECRET": SECRET}, "LINKEDIN_CLIENT_ID is not set"),
    ],
)
def test_mistakes_in_what_may_be_left_out_are_named(
    more: dict[str, str], named: str, http: httpx.Client
) -> None:
    given = {"LINKEDIN_TOKEN": "canary", "LINKEDIN_AUTHOR": PERSON, **more}
    with pytest.raises(ProblemsFound, match=named) as caught:
        linkedin.connect(given, http)
    assert len(caught.value.problems) == 1
    assert "canary" not in str(caught.value)


def test_names_fit_together() -> None:
    assert linkedin.ENVIRONMENT.keys() > linkedin.OPTIONAL
    assert linkedin.ENVIRONMENT.keys() > linkedin.SECRETS
    assert networks.title("linkedin") == "LinkedIn"


def test_composer_opens_with_the_words() -> None:
    link = networks.composer_link("linkedin", message())
    assert link.startswith("https://www.linkedin.com/feed/?shareActive=true&text=")
    assert parse_qs(urlsplit(link).query)["text"] == [message().text]


def test_text_too_long_for_an_address_leaves_the_address_of_the_page() -> None:
    link = linkedin.composer_link(message(text="å" * 2800))
    assert link.startswith("https://www.linkedin.com/sharing/share-offsite/?url=")
    assert parse_qs(urlsplit(link).query)["url"] == [URL]
