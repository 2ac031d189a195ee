"""Facebook in two steps: made unpublished, then published. Off unless it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs

import httpx
import pytest

from tests.servers.announced import SINCE, message
from tests.servers.facebook import PAGE, FacebookServer
from tests.servers.fault_proxy import Answer, FaultProxy
from tests.servers.graph import error, reply
from utrop.problem import ProblemsFound
from utrop.syndication.delivery import Standing
from utrop.syndication.errors import (
    NetworkError,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
)
from utrop.syndication.networks import facebook

FEED = f"/v25.0/{PAGE}/feed"
ONE = f"/v25.0/{PAGE}_"
LOST = ["drop_answer", "reset_midway", "false_500", "drop_request"]


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as client:
        yield client


@pytest.fixture
def server() -> Iterator[FacebookServer]:
    with FacebookServer() as running:
        yield running
    assert running.violations == []


@pytest.fixture
def proxy(server: FacebookServer) -> Iterator[FaultProxy]:
    with FaultProxy(server.url) as standing:
        yield standing


def environ(proxy: FaultProxy, server: FacebookServer, two_phase: str) -> dict[str, str]:
    return {
        "FACEBOOK_URL": proxy.url,
        "FACEBOOK_TOKEN": server.token,
        "FACEBOOK_PAGE": PAGE,
        "FACEBOOK_TWO_PHASE": two_phase,
    }


@pytest.fixture
def network(proxy: FaultProxy, server: FacebookServer, http: httpx.Client) -> facebook.Facebook:
    return facebook.connect(environ(proxy, server, "yes"), http)


def publish(network: facebook.Facebook) -> str:
    return network.publish(message(), idempotency_key="k").id


def found(network: facebook.Facebook) -> str | None:
    receipt = network.find(message(), idempotency_key="k", since=SINCE)
    return receipt.id if receipt else None


def test_post_is_made_unpublished_and_published_then(
    network: facebook.Facebook, server: FacebookServer, proxy: FaultProxy
) -> None:
    receipt = network.publish(message(), idempotency_key="k")
    [post] = server.public()
    assert (receipt.id, receipt.url) == (post["id"], post["permalink_url"])
    first, second = [parse_qs(r.body.decode()) for r in proxy.requests if r.method == "POST"]
    assert first["published"] == ["false"]
    assert second == {"is_published": ["true"]}
    assert network.standing(receipt, message()) is Standing.THERE
    post["is_published"] = False
    assert network.standing(receipt, message()) is Standing.GONE


@pytest.mark.parametrize("value", ["", " ", "no", "No"])
def test_one_step_unless_it_is_asked_for(
    value: str, proxy: FaultProxy, server: FacebookServer, http: httpx.Client
) -> None:
    publish(facebook.connect(environ(proxy, server, value), http))
    assert proxy.count("POST") == 1


def test_setting_that_is_neither_is_named(http: httpx.Client) -> None:
    given = {"FACEBOOK_TOKEN": "canary", "FACEBOOK_PAGE": PAGE, "FACEBOOK_TWO_PHASE": "ja"}
    with pytest.raises(ProblemsFound, match="FACEBOOK_TWO_PHASE") as caught:
        facebook.connect(given, http)
    assert caught.value.exit_status == 2


@pytest.mark.parametrize("fault", LOST)
def test_lost_answer_to_the_first_step_published_nothing_and_is_repeated(
    fault: str, network: facebook.Facebook, server: FacebookServer, proxy: FaultProxy
) -> None:
    getattr(proxy, fault)("POST", FEED)
    with pytest.raises(NotSent, match="nothing is out"):
        publish(network)
    assert server.public() == []
    assert proxy.count("POST", ONE) == 0
    publish(network)
    assert len(server.public()) == 1


@pytest.mark.parametrize("fault", ["drop_answer", "reset_midway", "false_500"])
def test_lost_answer_to_the_second_step_is_read_back(
    fault: str, network: facebook.Facebook, server: FacebookServer, proxy: FaultProxy
) -> None:
    getattr(proxy, fault)("POST", ONE)
    assert publish(network) == server.public()[0]["id"]
    assert proxy.count("POST", ONE) == 1
    assert len(server.posts) == 1


def test_server_error_that_published_is_read_back(
    network: facebook.Facebook, server: FacebookServer, proxy: FaultProxy
) -> None:
    proxy.answer(reply({"id": server.post("x", "", published=False)["id"]}), "POST", FEED)
    server.lies = 1
    publish(network)
    assert len(server.public()) == 1


def test_lost_request_for_the_second_step_stays_unknown_and_is_looked_up(
    network: facebook.Facebook, server: FacebookServer, proxy: FaultProxy
) -> None:
    proxy.drop_request("POST", ONE)
    with pytest.raises(OutcomeUnknown):
        publish(network)
    assert found(network) is None
    assert server.public() == []
    publish(network)
    assert len(server.public()) == 1


@pytest.mark.parametrize("fault", LOST)
def test_second_step_that_cannot_be_read_back_stays_unknown(
    fault: str, network: facebook.Facebook, server: FacebookServer, proxy: FaultProxy
) -> None:
    getattr(proxy, fault)("POST", ONE)
    proxy.drop_answer("GET", ONE)
    with pytest.raises(OutcomeUnknown):
        publish(network)
    assert (found(network) is not None) == bool(server.public())


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=500),
        Answer(body=b"<html>"),
        reply([]),
        reply({"is_published": True}),
        reply({"id": "1_2", "is_published": True}),
        error(100, 33),
    ],
)
def test_no_answer_is_taken_for_a_published_post(
    answer: Answer, network: facebook.Facebook, proxy: FaultProxy
) -> None:
    proxy.drop_request("POST", ONE)
    proxy.answer(answer, "GET", ONE)
    with pytest.raises(OutcomeUnknown):
        publish(network)


def test_answer_to_the_second_step_that_says_nothing_is_read_back(
    network: facebook.Facebook, server: FacebookServer, proxy: FaultProxy
) -> None:
    proxy.answer(reply({"success": False}), "POST", ONE)
    with pytest.raises(OutcomeUnknown):
        publish(network)
    assert server.public() == []


@pytest.mark.parametrize("path", [FEED, ONE])
@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(100), Rejected),
        (error(190, status=401), Unauthorized),
        (error(32), RateLimited),
        (error(1609005), NotSent),
    ],
)
def test_clear_refusals_publish_nothing(
    path: str,
    answer: Answer,
    kind: type[NetworkError],
    network: facebook.Facebook,
    server: FacebookServer,
    proxy: FaultProxy,
) -> None:
    proxy.answer(answer, "POST", path)
    with pytest.raises(kind):
        publish(network)
    assert server.public() == []
    assert proxy.count("GET", ONE) == 0


def test_duplicate_is_looked_up_for_it_may_be_out(
    network: facebook.Facebook, server: FacebookServer
) -> None:
    first = publish(network)
    with pytest.raises(OutcomeUnknown, match="506"):
        publish(network)
    assert found(network) == first
    assert len(server.posts) == 1


def test_first_step_without_an_id_published_nothing(
    network: facebook.Facebook, proxy: FaultProxy, server: FacebookServer
) -> None:
    for answer in (reply({"id": "../x"}), Answer(body=b"<html>"), reply([])):
        proxy.answer(answer, "POST", FEED)
        with pytest.raises(NotSent):
            publish(network)
    assert server.posts == []
