from __future__ import annotations

import logging
from collections.abc import Iterator
from urllib.parse import parse_qs

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers.announced import SINCE, URL, message
from tests.servers.fault_proxy import Answer, FaultProxy
from tests.servers.graph import error, reply
from tests.servers.threads import USER, ThreadsServer, length
from tests.syndication.announcing import announcement
from utrop.problem import ProblemsFound
from utrop.syndication.composer import compose
from utrop.syndication.delivery import Searchable, Settling
from utrop.syndication.errors import (
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
)
from utrop.syndication.networks import threads

ME = "/v1.0/me"
MADE = f"/v1.0/{USER}/threads"
PUBLISHED = f"/v1.0/{USER}/threads_publish"
CONTAINER = "/v1.0/9"  # the stand-in's ids begin so, those of its accounts do not


class Timer:
    """Seconds that pass when they are told to; ``pauses`` remembers them."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def seconds(self) -> float:
        return self.now


@pytest.fixture
def timer() -> Timer:
    return Timer()


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as client:
        yield client


@pytest.fixture
def server() -> Iterator[ThreadsServer]:
    with ThreadsServer() as running:
        yield running
    assert running.violations == []


@pytest.fixture
def proxy(server: ThreadsServer) -> Iterator[FaultProxy]:
    with FaultProxy(server.url) as standing:
        yield standing


@pytest.fixture
def network(
    proxy: FaultProxy, server: ThreadsServer, http: httpx.Client, timer: Timer
) -> threads.Threads:
    environ = {"THREADS_URL": proxy.url, "THREADS_TOKEN": server.token}
    return threads.connect(environ, http, pause=timer.pause, seconds=timer.seconds)


def test_post_is_made_in_two_steps(
    network: threads.Threads, server: ThreadsServer, proxy: FaultProxy, timer: Timer
) -> None:
    receipt = network.publish(message(), idempotency_key="k")

    [post] = server.posts
    assert (receipt.id, receipt.url) == (post["id"], post["permalink"])
    assert (post["text"], post["link_attachment_url"]) == (message().text, URL)
    first, second = [r for r in proxy.requests if r.method == "POST"]
    assert parse_qs(first.body.decode()) == {
        "media_type": ["TEXT"],
        "text": [message().text],
        "link_attachment": [URL],
    }
    assert parse_qs(second.body.decode()) == {"creation_id": [next(iter(server.containers))]}
    assert timer.pauses == []
    for request in proxy.requests:
        assert request.headers["authorization"] == f"Bearer {server.token}"
        assert server.token not in request.path


def test_account_is_asked_for_once(network: threads.Threads, proxy: FaultProxy) -> None:
    assert proxy.requests == []
    assert network.account == network.account == USER
    network.check()
    assert proxy.count("GET", ME) == 1
    assert isinstance(network, Searchable)
    assert isinstance(network, Settling)
    assert threads.GUARANTEE == "effectively-once"


def test_container_that_is_not_ready_is_waited_for(
    network: threads.Threads, server: ThreadsServer, proxy: FaultProxy, timer: Timer
) -> None:
    server.slow = 3
    network.publish(message(), idempotency_key="k")
    assert timer.pauses == [2, 5, 10]
    assert proxy.count("POST", PUBLISHED) == 1
    assert len(server.posts) == 1


def test_container_that_never_gets_ready_published_nothing(
    network: threads.Threads, server: ThreadsServer, proxy: FaultProxy, timer: Timer
) -> None:
    server.slow = 1000
    with pytest.raises(NotSent, match="not published"):
        network.publish(message(), idempotency_key="k")
    assert timer.now <= threads.PATIENCE
    assert proxy.count("POST", PUBLISHED) == 0


def test_looks_that_hang_use_up_the_same_patience(
    proxy: FaultProxy, server: ThreadsServer, http: httpx.Client
) -> None:
    """However slow each answer is, a run ends long before its claim does."""
    now = [0.0]

    def seconds() -> float:
        now[0] += 90
        return now[0]

    environ = {"THREADS_URL": proxy.url, "THREADS_TOKEN": server.token}
    network = threads.connect(environ, http, pause=lambda _: None, seconds=seconds)
    server.slow = 1000
    with pytest.raises(NotSent):
        network.publish(message(), idempotency_key="k")
    assert proxy.count("GET", CONTAINER) == 3


def test_publication_that_came_too_early_is_repeated_once_the_status_allows(
    network: threads.Threads, server: ThreadsServer, proxy: FaultProxy, timer: Timer
) -> None:
    server.early = 2
    network.publish(message(), idempotency_key="k")
    assert timer.pauses == [2, 5]
    assert proxy.count("GET", CONTAINER) == 4  # a look before each publication, and the address
    assert proxy.count("POST", PUBLISHED) == 3
    assert proxy.count("POST", MADE) == 4  # one container: the rest are its publications
    assert len(server.posts) == 1


def test_publication_that_is_too_early_for_ever_published_nothing(
    network: threads.Threads, server: ThreadsServer
) -> None:
    server.early = 1000
    with pytest.raises(NotSent):
        network.publish(message(), idempotency_key="k")
    assert server.posts == []


def test_too_early_with_a_server_error_is_not_believed(
    network: threads.Threads, proxy: FaultProxy
) -> None:
    proxy.answer(error(24, 4279009, status=500), "POST", PUBLISHED)
    with pytest.raises(OutcomeUnknown):
        network.publish(message(), idempotency_key="k")
    assert proxy.count("POST", PUBLISHED) == 1


def test_container_that_is_published_already_is_looked_up_and_never_published_again(
    network: threads.Threads, proxy: FaultProxy
) -> None:
    proxy.answer(error(24, 4279009), "POST", PUBLISHED)
    proxy.answer(reply({"status": "FINISHED"}), "GET", CONTAINER)
    proxy.answer(reply({"status": "PUBLISHED"}), "GET", CONTAINER)
    with pytest.raises(OutcomeUnknown, match="has published"):
        network.publish(message(), idempotency_key="k")
    assert proxy.count("POST", PUBLISHED) == 1


@pytest.mark.parametrize(
    ("ends", "reason", "kind"),
    [
        ("ERROR", "INVALID_LINK", Rejected),
        ("ERROR", "UNKNOWN", NotSent),
        ("ERROR", "", NotSent),
        ("EXPIRED", "", NotSent),
    ],
)
def test_container_that_fails_published_nothing(
    ends: str,
    reason: str,
    kind: type[Exception],
    network: threads.Threads,
    server: ThreadsServer,
    proxy: FaultProxy,
) -> None:
    server.ends, server.reason = ends, reason
    with pytest.raises(kind, match=reason or ends):
        network.publish(message(), idempotency_key="k")
    assert proxy.count("POST", PUBLISHED) == 0


@pytest.mark.parametrize("fault", ["drop_answer", "drop_request", "reset_midway", "false_500"])
def test_whatever_happens_to_a_container_was_not_sent(
    fault: str, network: threads.Threads, proxy: FaultProxy, server: ThreadsServer
) -> None:
    getattr(proxy, fault)("POST", MADE)
    with pytest.raises(NotSent):
        network.publish(message(), idempotency_key="k")
    assert server.posts == []
    assert network.find(message(), idempotency_key="k", since=SINCE) is None
    network.publish(message(), idempotency_key="k")
    assert len(server.posts) == 1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(1), NotSent),
        (error(4), RateLimited),
        (error(190, 463, status=401), Unauthorized),
        (error(100), Rejected),
        (reply({}), NotSent),
        (reply({"id": "../me"}), NotSent),
        (Answer(body=b"<html>"), NotSent),
    ],
)
def test_refused_containers_say_what_may_be_done_next(
    answer: Answer, kind: type[Exception], network: threads.Threads, proxy: FaultProxy
) -> None:
    proxy.answer(answer, "POST", MADE)
    with pytest.raises(kind):
        network.publish(message(), idempotency_key="k")
    assert proxy.count("POST", PUBLISHED) == 0


@pytest.mark.parametrize("fault", ["drop_answer", "drop_request", "reset_midway", "false_500"])
def test_lost_look_at_a_container_is_taken_again(
    fault: str, network: threads.Threads, proxy: FaultProxy, server: ThreadsServer, timer: Timer
) -> None:
    getattr(proxy, fault)("GET", CONTAINER)
    network.publish(message(), idempotency_key="k")
    assert timer.pauses == [2]
    assert len(server.posts) == 1


def test_dead_token_while_waiting_published_nothing(
    network: threads.Threads, proxy: FaultProxy
) -> None:
    proxy.answer(error(190, 460, status=401), "GET", CONTAINER)
    with pytest.raises(Unauthorized, match="password"):
        network.publish(message(), idempotency_key="k")
    assert proxy.count("POST", PUBLISHED) == 0


@pytest.mark.parametrize("fault", ["drop_answer", "reset_midway", "false_500"])
def test_lost_answer_to_the_publication_is_looked_up_and_found(
    fault: str, network: threads.Threads, proxy: FaultProxy, server: ThreadsServer
) -> None:
    getattr(proxy, fault)("POST", PUBLISHED)
    with pytest.raises(OutcomeUnknown):
        network.publish(message(), idempotency_key="k")
    found = network.find(message(), idempotency_key="k", since=SINCE)
    [post] = server.posts
    assert found is not None
    assert (found.id, found.url) == (post["id"], post["permalink"])


def test_lost_request_for_the_publication_is_looked_up_and_can_be_repeated(
    network: threads.Threads, proxy: FaultProxy, server: ThreadsServer
) -> None:
    proxy.drop_request("POST", PUBLISHED)
    with pytest.raises(OutcomeUnknown):
        network.publish(message(), idempotency_key="k")
    assert network.find(message(), idempotency_key="k", since=SINCE) is None
    network.publish(message(), idempotency_key="k")
    assert len(server.posts) == 1
    assert len(server.containers) == 2


def test_receipt_without_an_address_leads_to_the_profile(
    network: threads.Threads, server: ThreadsServer
) -> None:
    server.post("Läs", URL, permalink="")
    found = network.find(message(), idempotency_key="k", since=SINCE)
    assert found is not None
    assert found.url == "https://www.threads.com/@inkop.storkoping"


def test_find_pages_through_and_takes_no_repost(
    network: threads.Threads, server: ThreadsServer, proxy: FaultProxy
) -> None:
    server.post(f"Någon annans: {URL}", media_type="REPOST_FACADE")
    first = server.post(f"Läs {URL}")
    for number in range(60):
        server.post(f"Annat {number} {URL}{number}/")
    server.post("Veckans läsning", URL)
    found = network.find(message(), idempotency_key="k", since=SINCE)
    assert found is not None
    assert found.id == first["id"]
    # A list that names no next page ends with an empty one.
    assert proxy.count("GET", MADE) == 3


def test_find_where_nobody_answers_never_invites_a_repeat(
    network: threads.Threads, proxy: FaultProxy
) -> None:
    with proxy.refusing(), pytest.raises(OutcomeUnknown):
        network.find(message(), idempotency_key="k", since=SINCE)
    network.check()
    with proxy.refusing(), pytest.raises(OutcomeUnknown):
        network.find(message(), idempotency_key="k", since=SINCE)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("abc", 3),
        ("åäö", 3),
        ("🙂", 4),
        ("🇸🇪", 8),
        ("👩🏽‍⚖️", 17),
        ("1️⃣", 7),
        ("a\u0301", 2),
        ("漢字", 2),
        ("𐍈", 2),
        ("\r\n", 2),
    ],
)
def test_emoji_count_as_their_bytes(text: str, count: int) -> None:
    assert threads.count_characters(text) == count


@given(
    st.text(
        alphabet=st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("🙂👩🏽‍⚖️🇸🇪1️⃣"))
    )
)
def test_no_other_way_to_count_finds_more(text: str) -> None:
    counted = threads.count_characters(text)
    assert counted >= length(text)
    assert counted >= len(text)


@given(st.text(alphabet="aåö 🙂👩🏽‍⚖️🇸🇪.\n", max_size=900), st.text(max_size=900))
def test_what_is_composed_fits(title: str, summary: str) -> None:
    one = announcement(1, title=title or "x", summary=summary, tags=("lou", "dialog"))
    made = compose(one, "threads", threads.LIMITS, created_at=one.published)
    assert length(made.text) <= 500
    assert made.text.endswith(one.url)
    assert made.hashtags == ()


def test_text_that_is_too_long_is_rejected(network: threads.Threads, server: ThreadsServer) -> None:
    with pytest.raises(Rejected, match="500"):
        network.publish(message(text="🙂" * 126), idempotency_key="k")
    links = " ".join(f"https://a.example.org/{number}" for number in range(5))
    with pytest.raises(Rejected, match="LINK_LIMIT"):
        network.publish(message(text=links), idempotency_key="k")
    assert server.containers == {}


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({}, "THREADS_TOKEN"),
        ({"THREADS_TOKEN": " "}, "THREADS_TOKEN"),
        ({"THREADS_TOKEN": "can\nary"}, "THREADS_TOKEN"),
        ({"THREADS_TOKEN": "canary", "THREADS_URL": "http://graph.threads.net"}, "THREADS_URL"),
    ],
)
def test_missing_and_malformed_variables_are_named(
    environ: dict[str, str], named: str, http: httpx.Client
) -> None:
    with pytest.raises(ProblemsFound, match=named) as caught:
        threads.connect(environ, http)
    assert caught.value.exit_status == 2
    assert len(caught.value.problems) == 1
    assert "canary" not in str(caught.value)
    assert threads.connect({"THREADS_TOKEN": "canary"}, http).limits is threads.LIMITS


def test_token_stands_in_no_error_and_no_log(
    network: threads.Threads,
    proxy: FaultProxy,
    server: ThreadsServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.DEBUG)
    logging.getLogger("httpcore").setLevel(logging.DEBUG)
    words = f"bad {server.token}\n?access_token=canary-other&x"
    server.ends, server.reason = "ERROR", words
    with pytest.raises(Rejected, match="secret") as ended:
        network.publish(message(), idempotency_key="k")
    proxy.answer(error(100, words=words), "POST", MADE)
    with pytest.raises(Rejected, match="secret") as refused:
        network.publish(message(), idempotency_key="k")
    assert "canary" not in f"{ended.value!r} {refused.value!r}"
    assert str(ended.value).isprintable()
    assert caplog.records
    assert server.token not in caplog.text
    assert server.token not in repr(network)
