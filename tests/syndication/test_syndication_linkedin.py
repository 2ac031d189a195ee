from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.servers.announced import SINCE, URL, message
from tests.servers.fault_proxy import Answer, FaultProxy
from tests.servers.linkedin import LinkedIn
from utrop.problem import ProblemsFound
from utrop.syndication import networks
from utrop.syndication.announcement import ShareImage
from utrop.syndication.channels import configure
from utrop.syndication.delivery import Message, Searchable, Settling
from utrop.syndication.errors import (
    NetworkError,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
)
from utrop.syndication.networks import linkedin
from utrop.syndication.networks._http import ANSWER_BYTES

POSTS = "/rest/posts"
LISTED = "/rest/posts?"
IMAGES = "/rest/images"
STORE = "/dms-uploads/"
PICTURE = "/bilder/delning"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PERSON = "urn:li:person:5abc_dEfGH"


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


@pytest.fixture
def elsewhere() -> Iterator[FaultProxy]:
    with FaultProxy() as running:
        yield running


def environ(proxy: FaultProxy, server: LinkedIn) -> dict[str, str]:
    return {
        "LINKEDIN_URL": proxy.url,
        "LINKEDIN_TOKEN": server.token,
        "LINKEDIN_AUTHOR": server.author,
    }


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


def find(network: linkedin.Organization, since: datetime = SINCE) -> str | None:
    receipt = network.find(message(), idempotency_key="k", since=since)
    return receipt.id if receipt else None


def packed(body: object, status: int = 200) -> Answer:
    headers = (("Content-Type", "application/json"),)
    return Answer(status=status, headers=headers, body=json.dumps(body).encode())


def picture(picture_format: str = "PNG", **how: object) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (120, 63), "navy").save(file, picture_format, **how)
    return file.getvalue()


def with_picture(
    proxy: FaultProxy, content: bytes, *, status: int = 200, at: str = PICTURE, **changes: Any
) -> Message:
    proxy.answer(Answer(status=status, body=content), "GET", at, times=9)
    url = f"{proxy.url}{at}"
    image = ShareImage(url=url, alt="En bro", media_type="image/png", width=120, height=63)
    return message(image=image, **changes)


def test_post_has_its_words_and_its_card(
    page: linkedin.Organization, server: LinkedIn, proxy: FaultProxy
) -> None:
    receipt = page.publish(message(), idempotency_key="k")

    [post] = server.posts
    assert receipt.id == post["id"]
    assert receipt.url == f"https://www.linkedin.com/feed/update/{post['id']}"
    assert server.seen() == [message().text]
    assert post["content"]["article"] == {
        "source": URL,
        "title": "Så går en dialog till",
        "description": "Möt marknaden före annonsen.",
    }
    [sent] = proxy.requests
    assert sent.headers["linkedin-version"] == linkedin.API_VERSION
    assert sent.headers["user-agent"].startswith("Utrop/")
    assert sent.headers["content-type"] == "application/json"


def test_text_with_brackets_is_not_cut(page: linkedin.Organization, server: LinkedIn) -> None:
    text = f"Ramavtal (del 1) *nu* #LOU\n\n{URL}"
    page.publish(message(text=text), idempotency_key="k")
    assert server.seen() == [text]


def test_stand_in_cuts_what_is_not_escaped(server: LinkedIn) -> None:
    server.add("Ramavtal (del 1)")
    assert server.seen() == ["Ramavtal "]


def test_author_is_the_account_and_nobody_is_asked_for_it(
    page: linkedin.Organization, proxy: FaultProxy
) -> None:
    assert page.account == "urn:li:organization:2414183"
    assert page.limits is linkedin.LIMITS
    assert proxy.requests == []


def test_only_an_organization_can_be_read_back(
    page: linkedin.Organization, proxy: FaultProxy, server: LinkedIn, http: httpx.Client
) -> None:
    assert isinstance(page, Searchable)
    assert isinstance(page, Settling)
    assert page.guarantee == "effectively-once"
    member = linkedin.connect({**environ(proxy, server), "LINKEDIN_AUTHOR": PERSON}, http)
    assert isinstance(member, linkedin.Person)
    assert not isinstance(member, Searchable)
    assert member.guarantee == linkedin.GUARANTEE == "at-most-once"


def test_person_posts_too(person: linkedin.Person, server: LinkedIn) -> None:
    person.check()
    receipt = person.publish(message(), idempotency_key="k")
    assert [post["id"] for post in server.posts] == [receipt.id]
    assert person.account == PERSON


# --- the picture


@pytest.mark.parametrize("picture_format", ["PNG", "JPEG", "GIF", "WEBP"])
def test_picture_is_uploaded_first_with_its_alt_text(
    picture_format: str, page: linkedin.Organization, server: LinkedIn, proxy: FaultProxy
) -> None:
    page.publish(with_picture(proxy, picture(picture_format)), idempotency_key="k")

    [(urn, content)] = server.pictures.items()
    article = server.posts[0]["content"]["article"]
    assert article["thumbnail"] == urn
    assert article["thumbnailAltText"] == "En bro"
    assert content is not None
    opened = Image.open(io.BytesIO(content))
    assert (opened.format, opened.size) in [("PNG", (120, 63)), ("JPEG", (120, 63))]
    [fetched] = [r for r in proxy.requests if r.path == PICTURE]
    assert "authorization" not in fetched.headers


def test_picture_that_is_not_live_holds_the_post_back(
    page: linkedin.Organization, server: LinkedIn, proxy: FaultProxy
) -> None:
    with pytest.raises(NotSent, match="answers 404"):
        page.publish(with_picture(proxy, b"", status=404), idempotency_key="k")
    assert server.posts == []


def test_picture_that_is_none_or_is_refused_never_holds_it_back(
    page: linkedin.Organization,
    server: LinkedIn,
    proxy: FaultProxy,
    caplog: pytest.LogCaptureFixture,
) -> None:
    page.publish(with_picture(proxy, b"<html>"), idempotency_key="k")
    proxy.answer(packed({"message": "Too large"}, 400), "POST", IMAGES)
    refused = with_picture(proxy, picture(), at="/bilder/annan", text="Andra ord")
    page.publish(refused, idempotency_key="k2")
    assert len(server.posts) == 2
    assert all("thumbnail" not in post["content"]["article"] for post in server.posts)
    assert "posted without it" in caplog.text
    assert "Too large" in caplog.text


@pytest.mark.parametrize("fault", ["drop_answer", "drop_request", "false_500"])
@pytest.mark.parametrize(("method", "path"), [("POST", IMAGES), ("PUT", STORE)])
def test_failure_before_the_post_is_sent_publishes_nothing(
    fault: str,
    method: str,
    path: str,
    page: linkedin.Organization,
    server: LinkedIn,
    proxy: FaultProxy,
) -> None:
    getattr(proxy, fault)(method, path)
    with pytest.raises(NotSent):
        page.publish(with_picture(proxy, picture()), idempotency_key="k")
    assert server.posts == []
    page.publish(with_picture(proxy, picture()), idempotency_key="k")
    assert len(server.posts) == 1


@pytest.mark.parametrize(
    ("status", "error"), [(401, Unauthorized), (403, Unauthorized), (429, RateLimited)]
)
def test_picture_refused_for_the_token_or_the_rate_rests_the_network(
    status: int,
    error: type[Exception],
    page: linkedin.Organization,
    server: LinkedIn,
    proxy: FaultProxy,
) -> None:
    proxy.answer(packed({"message": "Nej"}, status), "POST", IMAGES)
    with pytest.raises(error):
        page.publish(with_picture(proxy, picture()), idempotency_key="k")
    assert server.posts == []


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({}, "no place"),
        ({"uploadUrl": "https://www.linkedin.com/x"}, "no place"),
        ({"uploadUrl": "ELSEWHERE/x", "image": "urn:li:image:C4"}, "not its own"),
        ({"uploadUrl": "http://www.linkedin.com/x", "image": "urn:li:image:C4"}, "not its own"),
        (
            {"uploadUrl": "https://linkedin.com.example.org/x", "image": "urn:li:image:C4"},
            "not its own",
        ),
        ({"uploadUrl": "https://evillinkedin.com/x", "image": "urn:li:image:C4"}, "not its own"),
        ({"uploadUrl": "file:///etc/passwd", "image": "urn:li:image:C4"}, "no place"),
        ({"uploadUrl": "https://www.linkedin.com/x", "image": "urn:li:person:1"}, "no place"),
        ({"uploadUrl": 1, "image": []}, "no place"),
        ("x", "no place"),
    ],
)
def test_picture_and_token_go_nowhere_but_to_linkedin(
    value: Any,
    why: str,
    page: linkedin.Organization,
    proxy: FaultProxy,
    elsewhere: FaultProxy,
) -> None:
    if isinstance(value, dict) and str(value.get("uploadUrl")).startswith("ELSEWHERE"):
        value = {**value, "uploadUrl": f"{elsewhere.url}/x"}
    proxy.answer(packed({"value": value}), "POST", IMAGES)
    with pytest.raises(NotSent, match=why):
        page.publish(with_picture(proxy, picture()), idempotency_key="k")
    assert elsewhere.requests == []
    assert proxy.count("POST", POSTS) == 0


# --- lost answers


@pytest.mark.parametrize("fault", ["drop_answer", "false_500"])
def test_lost_answer_is_looked_up_and_found(
    fault: str, page: linkedin.Organization, server: LinkedIn, proxy: FaultProxy
) -> None:
    getattr(proxy, fault)("POST", POSTS)
    with pytest.raises(OutcomeUnknown):
        page.publish(message(), idempotency_key="k")
    assert find(page) == server.posts[0]["id"]


def test_lost_request_is_looked_up_and_can_be_repeated(
    page: linkedin.Organization, server: LinkedIn, proxy: FaultProxy
) -> None:
    proxy.drop_request("POST", POSTS)
    with pytest.raises(OutcomeUnknown):
        page.publish(message(), idempotency_key="k")
    assert find(page) is None
    page.publish(message(), idempotency_key="k")
    assert len(server.posts) == 1


def test_person_whose_answer_was_lost_is_told_so(
    person: linkedin.Person, server: LinkedIn, proxy: FaultProxy
) -> None:
    proxy.drop_answer("POST", POSTS)
    with pytest.raises(OutcomeUnknown):
        person.publish(message(), idempotency_key="k")
    assert len(server.posts) == 1


def test_unreachable_server_was_sent_nothing(
    page: linkedin.Organization, proxy: FaultProxy
) -> None:
    with proxy.refusing():
        with pytest.raises(NotSent, match="cannot be reached"):
            page.publish(message(), idempotency_key="k")
        with pytest.raises(NotSent):
            page.check()
        with pytest.raises(OutcomeUnknown):
            find(page)


# --- the guard against repeats


def test_repeat_is_the_post_that_is_there(
    page: linkedin.Organization, server: LinkedIn, proxy: FaultProxy
) -> None:
    first = page.publish(message(), idempotency_key="k")
    assert page.publish(message(), idempotency_key="k") == first
    assert len(server.posts) == server.refused_duplicates == 1
    [looked] = [r for r in proxy.requests if r.method == "GET"]
    assert looked.path == f"{POSTS}/{first.id.replace(':', '%3A')}"


def test_repeat_of_what_a_person_deleted_is_refused_and_explained(
    page: linkedin.Organization, server: LinkedIn
) -> None:
    first = page.publish(message(), idempotency_key="k")
    server.delete(first.id)
    for _ in range(2):
        with pytest.raises(Rejected, match=r"urn:li:share:9.*not there"):
            page.publish(message(), idempotency_key="k")
    assert server.posts == []


def test_ghost_beside_the_real_post_is_seen_through(
    page: linkedin.Organization, server: LinkedIn, proxy: FaultProxy
) -> None:
    first = page.publish(message(), idempotency_key="k")
    ghost = {"message": "Content is a duplicate of urn:li:share:9999", "status": 422}
    proxy.answer(packed(ghost, 422), "POST", POSTS)
    assert page.publish(message(), idempotency_key="k") == first


@pytest.mark.parametrize("fault", ["drop_answer", "false_500"])
def test_repeat_that_cannot_be_looked_at_stays_unknown(
    fault: str, page: linkedin.Organization, proxy: FaultProxy
) -> None:
    page.publish(message(), idempotency_key="k")
    getattr(proxy, fault)("GET", POSTS, times=2)
    with pytest.raises(OutcomeUnknown, match="posted before"):
        page.publish(message(), idempotency_key="k")


@pytest.mark.parametrize("status", [401, 403, 429, 426, 500, 302])
def test_repeat_refused_for_another_reason_when_looked_at_never_invites_a_repeat(
    status: int, page: linkedin.Organization, proxy: FaultProxy
) -> None:
    page.publish(message(), idempotency_key="k")
    proxy.answer(packed({}, status), "GET", POSTS, times=2)
    with pytest.raises(OutcomeUnknown):
        page.publish(message(), idempotency_key="k")


def test_repeat_of_a_person_is_for_the_person_to_look_at(
    person: linkedin.Person, server: LinkedIn
) -> None:
    first = person.publish(message(), idempotency_key="k")
    with pytest.raises(OutcomeUnknown, match=first.url):
        person.publish(message(), idempotency_key="k")
    assert len(server.posts) == 1


def test_repeat_of_somebody_elses_post_is_refused(
    page: linkedin.Organization, server: LinkedIn, proxy: FaultProxy
) -> None:
    other = server.add("Samma ord", author="urn:li:organization:9")
    duplicate = {"message": f"Content is a duplicate of {other}", "status": 422}
    proxy.answer(packed(duplicate, 422), "POST", POSTS)
    with pytest.raises(Rejected, match="somebody else"):
        page.publish(message(), idempotency_key="k")


def test_repeat_without_an_id_is_looked_up(
    page: linkedin.Organization, person: linkedin.Person, proxy: FaultProxy
) -> None:
    error = {"errorDetails": {"inputErrors": [{"code": "DUPLICATE_POST"}, 1, {"code": []}]}}
    proxy.answer(packed(error, 422), "POST", POSTS)
    with pytest.raises(OutcomeUnknown, match="posted before"):
        person.publish(message(), idempotency_key="k")


# --- reading back


def test_find_asks_as_the_finder_wants_it(
    page: linkedin.Organization, server: LinkedIn, proxy: FaultProxy
) -> None:
    assert find(page) is None
    [asked] = proxy.requests
    assert asked.headers["x-restli-method"] == "FINDER"
    assert asked.path == (
        f"{POSTS}?author=urn%3Ali%3Aorganization%3A2414183&q=author&count=100&sortBy=LAST_MODIFIED"
    )


def test_find_pages_through_what_was_posted_since(
    page: linkedin.Organization, server: LinkedIn, proxy: FaultProxy
) -> None:
    first = page.publish(message(), idempotency_key="k")
    for number in range(230):
        server.add(f"Annat {number}")
    assert find(page) == first.id
    assert proxy.count("GET", LISTED) >= 3


def test_find_prefers_the_first_of_two_even_where_it_was_edited(
    page: linkedin.Organization, server: LinkedIn
) -> None:
    first = server.add("Läs", source=URL, lastModifiedAt=server.now + 10**6)
    server.add("Igen", source=URL)
    assert find(page) == first


@pytest.mark.parametrize(
    "more",
    [
        {"lifecycleState": "DRAFT"},
        {"lifecycleState": "PUBLISH_FAILED"},
        {"reshareContext": {"parent": "urn:li:share:1"}},
    ],
)
def test_find_takes_no_draft_and_nothing_shared_again(
    more: dict[str, Any], page: linkedin.Organization, server: LinkedIn
) -> None:
    server.add("Läs", source=URL, **more)
    assert find(page) is None


@pytest.mark.parametrize(
    ("newer", "hours", "found"),
    [(0, 0.5, True), (0, 9000, True), (150, 0.5, True), (150, 9000, False)],
)
def test_find_stops_at_what_is_older_but_trusts_no_clock_for_the_newest(
    newer: int, hours: float, found: bool, page: linkedin.Organization, server: LinkedIn
) -> None:
    """Our clock may have been a year ahead when the message was composed."""

    def at(hours_ago: float) -> dict[str, int]:
        moment = int((NOW - timedelta(hours=hours_ago)).timestamp() * 1000)
        return {"createdAt": moment, "lastModifiedAt": moment}

    urn = server.add("Läs", source=URL, **at(hours))
    for number in range(newer):
        # Half of them from before the moment, so that the first page ends among those.
        server.add(f"Annat {number}", **at(hours / 2 if number % 2 else 0))
    assert find(page, since=NOW) == (urn if found else None)


def test_find_does_not_say_absent_where_it_could_not_look_everywhere(
    page: linkedin.Organization, proxy: FaultProxy
) -> None:
    moment = int(NOW.timestamp() * 1000)
    listed = [{"id": "urn:li:share:1", "createdAt": moment, "lastModifiedAt": moment}]
    proxy.answer(packed({"elements": listed}), "GET", LISTED, times=99)
    with pytest.raises(OutcomeUnknown, match="look there"):
        find(page)


def test_list_that_is_empty_but_goes_on_is_followed(
    page: linkedin.Organization, server: LinkedIn, proxy: FaultProxy
) -> None:
    """LinkedIn leaves out what a caller may not see, so a page can be empty in the middle."""
    for number in range(100):
        server.add(f"Annat {number}")
    urn = server.add("Läs", source=URL, lastModifiedAt=server.now - 10**7)
    following = {"paging": {"links": [{"rel": "next", "href": "x"}]}, "elements": []}
    proxy.answer(packed(following), "GET", LISTED)
    assert find(page) == urn


HOSTILE = {
    "empty": Answer(),
    "html": Answer(body=b"<!doctype html><title>Welcome</title>"),
    "not UTF-8": Answer(body=b'{"elements": "\xff\xfe\x00'),
    "list": packed([]),
    "null": packed(None),
    "deep": Answer(body=b"[" * 200_000),
    "wrong types": packed({"elements": {}, "id": [], "message": {}}),
    "huge": Answer(body=b" " * (ANSWER_BYTES + 1)),
    "script": packed({"elements": ["<script>"], "message": "\x1b[31m" * 100}),
    "no times": packed({"elements": [{"id": "urn:li:share:1"}]}),
    "no id": packed({"elements": [{"createdAt": 1}]}),
    "end of time": packed({"elements": [{"id": "urn:li:share:1", "createdAt": 10**30}]}),
    "packed": Answer(headers=(("Content-Encoding", "gzip"),), body=b"\x1f\x8b"),
    "id": Answer(headers=(("x-restli-id", "urn:li:person:1<script>"),), status=201),
    "redirect": Answer(status=307, headers=(("Location", "https://a.example.org/"),)),
    "missing": packed({"message": "no"}, 404),
    "bad": packed({"message": "no"}, 400),
    "broken": packed({}, 500),
}


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=list(HOSTILE))
def test_find_that_got_no_clear_answer_never_says_absent(
    answer: Answer, page: linkedin.Organization, proxy: FaultProxy
) -> None:
    proxy.answer(answer, "GET", LISTED)
    with pytest.raises(OutcomeUnknown) as caught:
        find(page)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=list(HOSTILE))
def test_no_answer_is_taken_for_success(
    answer: Answer, page: linkedin.Organization, proxy: FaultProxy
) -> None:
    proxy.answer(answer, "POST", POSTS)
    with pytest.raises((OutcomeUnknown, Rejected)) as caught:
        page.publish(message(), idempotency_key="k")
    assert isinstance(caught.value, Rejected) == (answer.status in {400, 404})
    assert len(str(caught.value)) < 400
    proxy.answer(answer, times=9)
    with pytest.raises((NotSent, Unauthorized)):
        page.check()


def test_redirect_is_never_followed(
    page: linkedin.Organization, proxy: FaultProxy, elsewhere: FaultProxy
) -> None:
    away = Answer(status=307, headers=(("Location", f"{elsewhere.url}/"),))
    for method, path in (("POST", POSTS), ("GET", LISTED), ("PUT", STORE)):
        proxy.answer(away, method, path)
    for act in (
        lambda: page.publish(with_picture(proxy, picture()), idempotency_key="k"),
        lambda: page.publish(message(), idempotency_key="k"),
        lambda: find(page),
    ):
        with pytest.raises(NetworkError):
            act()
    assert elsewhere.requests == []
    assert all("Basic" not in r.headers.get("authorization", "") for r in proxy.requests)


# --- refusals


@pytest.mark.parametrize(
    ("status", "error", "says"),
    [
        (400, Rejected, "400"),
        (404, Rejected, "404"),
        (422, Rejected, "422"),
        (401, Unauthorized, "LINKEDIN_TOKEN"),
        (403, Unauthorized, "scope"),
        (426, Unauthorized, f"version {linkedin.API_VERSION} of its API: upgrade Utrop"),
        (429, RateLimited, "429"),
        (408, OutcomeUnknown, "408"),
        (409, OutcomeUnknown, "409"),
        (303, OutcomeUnknown, "303"),
        (500, OutcomeUnknown, "500"),
        (503, OutcomeUnknown, "503"),
    ],
)
def test_refusals_say_what_may_be_done_next(
    status: int,
    error: type[Exception],
    says: str,
    page: linkedin.Organization,
    proxy: FaultProxy,
) -> None:
    proxy.answer(packed({"message": "Det gick inte", "status": status}, status), "POST", POSTS)
    with pytest.raises(error, match="Det gick inte") as caught:
        page.publish(message(), idempotency_key="k")
    assert says in str(caught.value)


def test_rate_limit_is_obeyed_where_it_says_how_long(
    page: linkedin.Organization, proxy: FaultProxy
) -> None:
    headers = (("Retry-After", "60"), ("Date", "Mon, 23 Nov 2026 12:00:00 GMT"))
    proxy.answer(Answer(status=429, headers=headers), "POST", POSTS)
    proxy.answer(Answer(status=429), "POST", POSTS)
    with pytest.raises(RateLimited) as caught:
        page.publish(message(), idempotency_key="k")
    assert caught.value.retry_at == NOW + timedelta(minutes=1)
    with pytest.raises(RateLimited) as caught:
        page.publish(message(), idempotency_key="k")
    assert caught.value.retry_at is None


def test_version_that_has_ended_is_named(
    page: linkedin.Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("utrop.syndication.networks._linkedin_api.API_VERSION", "202409")
    for act in (page.check, lambda: page.publish(message(), idempotency_key="k")):
        with pytest.raises(Unauthorized, match="ended version 202409"):
            act()


def test_version_ends_within_a_year_and_a_half_of_its_name() -> None:
    begun = datetime.strptime(linkedin.API_VERSION, "%Y%m").replace(tzinfo=UTC).date()
    assert 330 < (linkedin.API_VERSION_ENDS - begun).days < 550


def test_text_that_is_too_long_is_rejected(page: linkedin.Organization) -> None:
    with pytest.raises(Rejected, match="too long"):
        page.publish(message(text="å" * 3001), idempotency_key="k")


def test_check_tells_whether_the_page_can_be_read(
    page: linkedin.Organization, server: LinkedIn, proxy: FaultProxy
) -> None:
    page.check()
    server.readable = False
    with pytest.raises(Unauthorized, match="scope"):
        page.check()
    with pytest.raises(Unauthorized, match="scope"):
        find(page)
    assert proxy.count("POST") == 0


def test_check_tells_whether_the_token_is_the_persons(
    person: linkedin.Person, server: LinkedIn, proxy: FaultProxy
) -> None:
    server.author = "urn:li:person:annan"
    with pytest.raises(Unauthorized, match="not the token of LINKEDIN_AUTHOR"):
        person.check()
    assert proxy.count("POST") == 0


def test_token_stands_in_no_error_and_no_log(
    page: linkedin.Organization,
    proxy: FaultProxy,
    server: LinkedIn,
    caplog: pytest.LogCaptureFixture,
) -> None:
    token = server.token
    for name in ("", "httpx", "httpcore"):
        caplog.set_level(logging.DEBUG, logger=name)
    said = {"message": f"bad\x00 {token}\u202e\n{token} " + "x" * 500}
    errors: list[NetworkError] = []
    for status in (400, 401, 403, 422, 426, 429, 500):
        proxy.answer(packed(said, status), "POST", POSTS)
        with pytest.raises(NetworkError, match="secret") as caught:
            page.publish(message(), idempotency_key="k")
        errors.append(caught.value)
    proxy.answer(packed(said, 400), "POST", IMAGES)
    page.publish(with_picture(proxy, picture()), idempotency_key="k")
    proxy.drop_answer("GET", POSTS)
    with pytest.raises(OutcomeUnknown) as lost:
        find(page)
    for error in (*errors, lost.value):
        everything = f"{error} {error!r} {error.__context__!r} {error.__cause__!r}"
        assert token not in everything
        assert not set("\x00\u202e\n") & set(str(error))
        assert len(str(error)) < 350
    assert caplog.records
    assert token not in caplog.text
    assert token not in repr(page)


# --- configuration


GIVEN = {"LINKEDIN_TOKEN": "canary", "LINKEDIN_AUTHOR": PERSON}


def test_address_is_linkedins_where_none_is_given(http: httpx.Client) -> None:
    for more in ({}, {"LINKEDIN_URL": ""}):
        made = linkedin.connect({**GIVEN, **more}, http)
        assert made._api._url == "https://api.linkedin.com"


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({}, ["LINKEDIN_TOKEN", "LINKEDIN_AUTHOR"]),
        ({"LINKEDIN_TOKEN": "canary"}, ["LINKEDIN_AUTHOR"]),
        ({**GIVEN, "LINKEDIN_AUTHOR": "inkop"}, ["LINKEDIN_AUTHOR"]),
        ({**GIVEN, "LINKEDIN_AUTHOR": "urn:li:organization:x"}, ["LINKEDIN_AUTHOR"]),
        ({**GIVEN, "LINKEDIN_AUTHOR": "urn:li:member:1"}, ["LINKEDIN_AUTHOR"]),
        ({**GIVEN, "LINKEDIN_URL": "http://api.example.org"}, ["LINKEDIN_URL"]),
        ({"LINKEDIN_URL": "x", "LINKEDIN_AUTHOR": "y", "LINKEDIN_TOKEN": "can\nary"}, list("123")),
    ],
)
def test_missing_and_malformed_variables_are_named_all_at_once(
    environ: dict[str, str], named: list[str], http: httpx.Client
) -> None:
    with pytest.raises(ProblemsFound) as caught:
        linkedin.connect(environ, http)
    assert caught.value.exit_status == 2
    assert len(caught.value.problems) == len(named)
    assert named == list("123") or all(name in str(caught.value) for name in named)
    assert "canary" not in str(caught.value)


SETTINGS = {"DEFAULT_LANG": "sv", "LINKEDIN_SINCE": "2026-11-23T09:00:00+01:00"}


def test_by_hand_until_its_secret_is_there(http: httpx.Client) -> None:
    for none in ({}, {"LINKEDIN_TOKEN": " "}, {"LINKEDIN_AUTHOR": PERSON}):
        assert networks.is_by_hand("linkedin", none)
        [by_hand] = configure(["linkedin"], SETTINGS, none, http=http)
        assert by_hand.by_hand
    assert not networks.is_by_hand("linkedin", GIVEN)
    [channel] = configure(["linkedin"], SETTINGS, GIVEN, http=http)
    assert (channel.name, channel.network.account, channel.real) == ("linkedin", PERSON, True)
    with pytest.raises(ProblemsFound, match="LINKEDIN_AUTHOR is not set"):
        configure(["linkedin"], SETTINGS, {"LINKEDIN_TOKEN": "canary"}, http=http)
