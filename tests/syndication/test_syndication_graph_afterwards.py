"""Facebook and Threads after the announcement: changed, withdrawn, compared; and their tokens."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import ModuleType
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.servers import facebook as facebook_server
from tests.servers import threads as threads_server
from tests.servers.announced import URL, message
from tests.servers.facebook import FacebookServer
from tests.servers.fault_proxy import Answer, FaultProxy
from tests.servers.graph import START, error, reply
from tests.servers.threads import ThreadsServer
from utrop.syndication import networks
from utrop.syndication.credential import Credential
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
from utrop.syndication.networks import facebook, threads

Made = facebook.Facebook | threads.Threads
Server = FacebookServer | ThreadsServer
MODULES: dict[str, ModuleType] = {"facebook": facebook, "threads": threads}
VERSIONS = {"facebook": "/v25.0", "threads": "/v1.0"}
LISTED = {
    "facebook": f"/v25.0/{facebook_server.PAGE}/published_posts",
    "threads": f"/v1.0/{threads_server.USER}/threads?",
}
EDITED = f"Nya ord.\n\n{URL}"
MISSING = error(100, 33, words="Unsupported request")
SCOPES = {
    "facebook": ["pages_manage_posts", "pages_read_engagement", "pages_show_list"],
    "threads": ["threads_basic", "threads_content_publish", "threads_delete"],
}


@pytest.fixture(params=["facebook", "threads"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    # A careless client: it would follow anything. The networks must not rely on its settings.
    with httpx.Client(trust_env=False, follow_redirects=True, auth=("user", "pass")) as client:
        yield client


@pytest.fixture
def server(name: str) -> Iterator[Server]:
    made: Server = FacebookServer() if name == "facebook" else ThreadsServer()
    with made as running:
        yield running
    assert running.violations == []


@pytest.fixture
def proxy(server: Server) -> Iterator[FaultProxy]:
    with FaultProxy(server.url) as standing:
        yield standing


@pytest.fixture
def environ(name: str, proxy: FaultProxy, server: Server) -> dict[str, str]:
    prefix = name.upper()
    given = {f"{prefix}_URL": proxy.url, f"{prefix}_TOKEN": server.token}
    return given | ({"FACEBOOK_PAGE": facebook_server.PAGE} if name == "facebook" else {})


@pytest.fixture
def network(name: str, environ: dict[str, str], http: httpx.Client) -> Made:
    made: Made = MODULES[name].connect(environ, http)
    return made


@pytest.fixture
def one(name: str, network: Made) -> str:
    """The beginning of a post's path, once there is none but the next."""
    network.check()
    page = f"{facebook_server.PAGE}_" if name == "facebook" else "9"
    return f"{VERSIONS[name]}/{page}"


Act = Callable[[Made, Receipt], object]


def edit(network: Made, receipt: Receipt) -> object:
    assert isinstance(network, facebook.Facebook)
    return network.edit(receipt, message(text=EDITED))


def delete(network: Made, receipt: Receipt) -> object:
    network.delete(receipt)
    return None


def look(network: Made, receipt: Receipt) -> object:
    return network.standing(receipt, message())


def acts(name: str) -> list[Act]:
    return [edit, delete, look] if name == "facebook" else [delete, look]


def words(server: Server) -> list[str]:
    return [post.get("message", post.get("text", "")) for post in server.posts]


def test_what_each_network_can_do(name: str, network: Made) -> None:
    assert isinstance(network, Editable) == (name == "facebook")
    assert isinstance(network, Deletable)
    assert isinstance(network, Readable)


def test_post_is_compared_and_deleted_and_is_gone_then(network: Made, server: Server) -> None:
    receipt = network.publish(message(), idempotency_key="k")
    other = network.publish(message(text=f"Annat {URL}"), idempotency_key="k2")
    assert network.standing(receipt, message()) is Standing.THERE
    assert network.standing(receipt, message(text=f"Annat {URL}")) is Standing.EDITED
    network.delete(receipt)
    assert [post["id"] for post in server.posts] == [other.id]
    network.delete(receipt)
    assert network.standing(receipt, message()) is Standing.GONE
    assert [post["id"] for post in server.posts] == [other.id]


def test_white_space_and_forms_of_accents_are_no_edits(
    name: str, network: Made, server: Server
) -> None:
    receipt = network.publish(message(text=f"Så går det\n\n{URL}"), idempotency_key="k")
    field = "message" if name == "facebook" else "text"
    server.posts[0][field] = f"Sa\u030a går det\r\n{URL} "
    assert network.standing(receipt, message(text=f"Så går det\n\n{URL}")) is Standing.THERE


@pytest.mark.parametrize("fault", ["drop_answer", "reset_midway", "false_500", "drop_request"])
def test_lost_answer_is_repeated_without_harm(
    fault: str, one: str, name: str, network: Made, server: Server, proxy: FaultProxy
) -> None:
    for act in acts(name)[:-1]:
        receipt = network.publish(message(), idempotency_key="k")
        method = "POST" if act is edit else "DELETE"
        getattr(proxy, fault)(method, one)
        with pytest.raises(OutcomeUnknown):
            act(network, receipt)
        assert proxy.count(method, one) == 1
        act(network, receipt)
        assert words(server) == ([EDITED] if act is edit else [])
        server.posts.clear()


def test_missing_is_gone_only_where_the_token_reads_the_account(
    one: str, name: str, network: Made, proxy: FaultProxy
) -> None:
    receipt = network.publish(message(), idempotency_key="k")
    proxy.answer(MISSING, None, one, times=9)
    proxy.answer(error(10, status=403), "GET", LISTED[name], times=9)
    for act in acts(name):
        with pytest.raises(Unauthorized, match="33"):
            act(network, receipt)


def test_missing_is_gone_where_it_does(
    one: str, name: str, network: Made, proxy: FaultProxy
) -> None:
    receipt = network.publish(message(), idempotency_key="k")
    proxy.answer(MISSING, None, one, times=9)
    network.delete(receipt)
    assert network.standing(receipt, message()) is Standing.GONE
    if name == "facebook":
        with pytest.raises(Gone):
            edit(network, receipt)


def test_post_that_is_there_but_cannot_be_touched_is_left_to_a_person(
    one: str, name: str, network: Made, server: Server, proxy: FaultProxy
) -> None:
    """The network goes on: one post is no reason to rest it."""
    receipt = network.publish(message(), idempotency_key="k")
    for act in acts(name)[:-1]:
        method = "POST" if act is edit else "DELETE"
        for answer in (MISSING, error(10, status=403), error(200, status=403)):
            proxy.answer(answer, method, one)
            with pytest.raises(Rejected, match="with this token"):
                act(network, receipt)
    assert words(server) == [message().text]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(100), Rejected),
        (error(190, 463, status=401), Unauthorized),
        (error(368), Unauthorized),
        (error(32), RateLimited),
        (error(613), RateLimited),
        (error(2, status=500), OutcomeUnknown),
        (error(100, 33, status=500), OutcomeUnknown),
        (error(10, status=500), OutcomeUnknown),
        (Answer(status=302, headers=(("Location", "https://example.org/"),)), OutcomeUnknown),
        (Answer(body=b"<html>"), OutcomeUnknown),
        (Answer(body=b"\xff\xfe"), OutcomeUnknown),
        (reply([]), OutcomeUnknown),
        (reply({"success": False}), OutcomeUnknown),
        (reply({"success": "true", "id": "../x"}), OutcomeUnknown),
        (reply({"id": "1_2"}), OutcomeUnknown),
    ],
)
def test_refusals_and_hostile_answers_say_what_may_be_done_next(
    answer: Answer,
    kind: type[NetworkError],
    one: str,
    name: str,
    network: Made,
    server: Server,
    proxy: FaultProxy,
) -> None:
    receipt = network.publish(message(), idempotency_key="k")
    for act in acts(name):
        proxy.answer(answer, {edit: "POST", delete: "DELETE", look: "GET"}[act], one)
        with pytest.raises(kind) as caught:
            act(network, receipt)
        assert type(caught.value) is kind
    assert words(server) == [message().text]


@pytest.mark.parametrize("key", ["", "me", "../x", "1/2", "1?x=1", "https://example.org/", "١٢"])
def test_id_that_is_none_is_never_asked_for(
    key: str, one: str, name: str, network: Made, proxy: FaultProxy
) -> None:
    assert one
    for act in acts(name):
        with pytest.raises(Rejected, match="no id"):
            act(network, Receipt(id=key, url="https://example.org/"))
    assert len(proxy.requests) == 1


def test_unreachable_server_was_sent_nothing(name: str, network: Made, proxy: FaultProxy) -> None:
    network.check()
    for act in acts(name):
        with proxy.refusing(), pytest.raises(NotSent):
            act(network, Receipt(id="1_2", url="x"))


# --- the token


def describe(name: str, environ: dict[str, str], http: httpx.Client) -> Credential:
    told: Credential = MODULES[name].describe(environ, http)
    return told


def test_token_tells_its_end_and_what_it_may(
    name: str, environ: dict[str, str], server: Server, proxy: FaultProxy, http: httpx.Client
) -> None:
    end = START + timedelta(days=50)
    server.token_told = {"expires_at": int(end.timestamp()), "scopes": SCOPES[name]}
    told = describe(name, environ, http)
    assert (told.expires, told.server_time) == (end, START)
    assert told.scopes == tuple(SCOPES[name])
    assert told.missing == told.warnings == ()
    shown = {"facebook": f"Inköp i Storköping ({facebook_server.PAGE})"}
    assert told.account == shown.get(name, "@inkop.storkoping")
    assert {r.method for r in proxy.requests} == {"GET"}
    assert server.posts == []


def test_token_without_an_end_or_with_a_lack(
    name: str, environ: dict[str, str], server: Server, http: httpx.Client
) -> None:
    server.token_told = {"expires_at": 0, "scopes": SCOPES[name][1:]}
    told = describe(name, environ, http)
    assert (told.expires, told.missing) == (None, (SCOPES[name][0],))
    assert told.warnings == ()


def test_what_ends_soon_is_told_with_what_to_do(
    name: str, environ: dict[str, str], server: Server, http: httpx.Client
) -> None:
    for days, warned in ((29, 1), (31, 0)):
        end = int((START + timedelta(days=days)).timestamp())
        server.token_told = {"expires_at": end, "data_access_expires_at": end}
        server.token_told["scopes"] = SCOPES[name]
        told = describe(name, environ, http)
        assert len(told.warnings) == warned
        assert told.expires is not None
    server.token_told["scopes"] = []
    assert describe(name, environ, http).missing


def test_token_that_cannot_withdraw_is_a_warning(
    name: str, environ: dict[str, str], server: Server, http: httpx.Client
) -> None:
    server.token_told = {"scopes": SCOPES[name][:2]}
    told = describe(name, environ, http)
    assert told.missing == (() if name == "threads" else ("pages_show_list",))
    assert any("threads_delete" in one for one in told.warnings) == (name == "threads")


def test_token_that_is_not_valid_is_refused(
    name: str, environ: dict[str, str], server: Server, proxy: FaultProxy, http: httpx.Client
) -> None:
    server.token_told = {"is_valid": False}
    with pytest.raises(Unauthorized, match="not valid"):
        describe(name, environ, http)
    proxy.answer(error(190, 463, status=401), "GET", f"{VERSIONS[name]}/me")
    with pytest.raises(Unauthorized, match="expired"):
        describe(name, environ, http)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=500),
        error(100, words="(#100) You must provide an app access token"),
        error(190, status=401),
        Answer(body=b"<html>"),
        Answer(body=b"\xff"),
        reply([]),
        reply({"data": []}),
        reply({"data": {"expires_at": 1_800_000_000}}),
    ],
)
def test_token_that_is_not_told_of_is_a_warning_for_it_works(
    answer: Answer, name: str, environ: dict[str, str], proxy: FaultProxy, http: httpx.Client
) -> None:
    proxy.answer(answer, "GET", f"{VERSIONS[name]}/debug_token")
    told = describe(name, environ, http)
    [warning] = told.warnings
    assert "is not known" in warning
    assert (told.expires, told.scopes, told.missing) == (None, (), ())
    proxy.drop_answer("GET", f"{VERSIONS[name]}/debug_token")
    assert "was lost" in describe(name, environ, http).warnings[0]


@pytest.mark.parametrize("end", [True, -1, 10**30, "2026-12-01", 1.5, None])
def test_end_that_is_no_time_is_none(
    end: object, name: str, environ: dict[str, str], server: Server, http: httpx.Client
) -> None:
    server.token_told = {"expires_at": end, "data_access_expires_at": end, "scopes": {"x": 1}}
    told = describe(name, environ, http)
    assert (told.expires, told.scopes, told.missing) == (None, (), ())


def test_token_stands_in_no_error_no_warning_and_no_log(
    one: str,
    name: str,
    network: Made,
    environ: dict[str, str],
    server: Server,
    proxy: FaultProxy,
    http: httpx.Client,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for logger in ("", "httpx", "httpcore"):
        caplog.set_level(logging.DEBUG, logger=logger)
    said = (
        f"bad\x00 {server.token}\u202e\nGET /debug_token?input_token={server.token}&y " + "x" * 500
    )
    receipt = network.publish(message(), idempotency_key="k")
    texts = []
    for code in (100, 10, 190, 4, 2):
        for act in acts(name):
            proxy.answer(
                error(code, words=said), {edit: "POST", delete: "DELETE"}.get(act, "GET"), one
            )
            with pytest.raises(NetworkError, match="secret") as caught:
                act(network, receipt)
            wrong = caught.value
            texts.append(f"{wrong} {wrong!r} {wrong.__context__!r} {wrong.__cause__!r}")
            assert not set("\x00\u202e\n") & set(str(wrong))
    server.token_told = {"scopes": [said, *SCOPES[name]]}
    texts.append(repr(describe(name, environ, http)))
    proxy.answer(error(100, words=said), "GET", f"{VERSIONS[name]}/debug_token")
    texts.append(repr(describe(name, environ, http)))
    if name == "threads":
        token, _ = threads.refresh(environ, http)
        proxy.answer(error(190, words=said), "GET", "/refresh_access_token")
        with pytest.raises(Unauthorized) as refused:
            threads.refresh(environ, http)
        texts.append(f"{refused.value} {refused.value.__context__!r}")
        assert token not in caplog.text
    assert caplog.records
    for text in (*texts, caplog.text):
        assert server.token not in text


# --- by hand


def test_composer_is_filled_in_where_the_network_lets_us() -> None:
    shared = networks.composer_link("facebook", message())
    assert shared.startswith("https://www.facebook.com/sharer/sharer.php?")
    assert parse_qs(urlsplit(shared).query) == {"u": [URL]}
    intent = networks.composer_link("threads", message())
    assert intent.startswith("https://www.threads.com/intent/post?")
    assert parse_qs(urlsplit(intent).query) == {"text": [message().text], "url": [URL]}


@pytest.mark.parametrize("name", ["threads"], indirect=True)
class TestRenewing:
    """Threads gives a new token for one that has not ended."""

    def test_new_token_and_its_end(
        self, environ: dict[str, str], server: Server, proxy: FaultProxy, http: httpx.Client
    ) -> None:
        token, end = threads.refresh(environ, http)
        assert isinstance(server, ThreadsServer)
        assert [token] == server.renewed
        assert end == START + timedelta(days=60)
        [asked] = proxy.requests
        assert "authorization" not in asked.headers

    @pytest.mark.parametrize(
        ("answer", "kind"),
        [
            (error(190, 463, status=401), Unauthorized),
            (error(100, words="too young"), Rejected),
            (error(4), RateLimited),
            (Answer(status=500), OutcomeUnknown),
            (Answer(body=b"<html>"), OutcomeUnknown),
            (reply({"access_token": "short"}), OutcomeUnknown),
            (reply({"access_token": "a token\nEVIL=1"}), OutcomeUnknown),
            (reply({"access_token": ["x"]}), OutcomeUnknown),
            (reply({"access_token": "x" * 3000}), OutcomeUnknown),
        ],
    )
    def test_refusals_and_hostile_answers(
        self,
        answer: Answer,
        kind: type[NetworkError],
        environ: dict[str, str],
        proxy: FaultProxy,
        http: httpx.Client,
    ) -> None:
        proxy.answer(answer, "GET", "/refresh_access_token")
        with pytest.raises(kind):
            threads.refresh(environ, http)

    @pytest.mark.parametrize("life", [None, 0, -1, True, "60", 10**30])
    def test_life_that_is_none_leaves_the_end_open(
        self, life: object, environ: dict[str, str], proxy: FaultProxy, http: httpx.Client
    ) -> None:
        headers = (("Date", "Mon, 23 Nov 2026 12:00:00 GMT"),)
        answer = reply({"access_token": "canary-new", "expires_in": life}, headers=headers)
        proxy.answer(answer, "GET", "/refresh_access_token")
        assert threads.refresh(environ, http) == ("canary-new", None)

    def test_without_a_date_the_end_is_open(
        self, environ: dict[str, str], proxy: FaultProxy, http: httpx.Client
    ) -> None:
        answer = reply({"access_token": "canary-new", "expires_in": 60})
        proxy.answer(answer, "GET", "/refresh_access_token")
        assert threads.refresh(environ, http) == ("canary-new", None)


def test_moments_are_in_utc(
    name: str, environ: dict[str, str], server: Server, http: httpx.Client
) -> None:
    server.token_told = {"expires_at": 1_800_000_000}
    assert describe(name, environ, http).expires == datetime(2027, 1, 15, 8, tzinfo=UTC)
