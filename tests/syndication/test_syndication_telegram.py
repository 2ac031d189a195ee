from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers import telegram as stand_in
from tests.servers.announced import URL, message
from tests.servers.fault_proxy import Answer, FaultProxy
from tests.servers.telegram import TelegramServer
from utrop.problem import ProblemsFound
from utrop.syndication.delivery import Searchable
from utrop.syndication.errors import (
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
)
from utrop.syndication.networks import _telegram_text, telegram


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as client:
        yield client


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    with stand_in.running() as running:
        yield running


@pytest.fixture
def proxy(server: TelegramServer) -> Iterator[FaultProxy]:
    with FaultProxy(server.url) as running:
        yield running


@pytest.fixture
def network(proxy: FaultProxy, server: TelegramServer, http: httpx.Client) -> telegram.Telegram:
    return at(proxy, http, server.token)


def at(
    proxy: FaultProxy, http: httpx.Client, token: str, channel: str = "@InkopsBloggen"
) -> telegram.Telegram:
    environ = {"TELEGRAM_URL": proxy.url, "TELEGRAM_TOKEN": token, "TELEGRAM_CHANNEL": channel}
    return telegram.connect(environ, http)


def part(text: str, entity: dict[str, object]) -> str:
    offset, length = entity["offset"], entity["length"]
    assert isinstance(offset, int)
    assert isinstance(length, int)
    return text.encode("utf-16-le")[2 * offset : 2 * (offset + length)].decode("utf-16-le")


def test_message_is_posted_with_links_and_hashtags_at_their_places(
    network: telegram.Telegram, server: TelegramServer
) -> None:
    receipt = network.publish(message(), idempotency_key="k")

    [sent] = server.messages
    assert receipt.url == "https://t.me/inkopsbloggen/17"
    assert receipt.id == "@inkopsbloggen/17"
    assert sent["text"] == message().text
    assert "parse_mode" not in sent
    assert sent["link_preview_options"]["url"] == URL
    assert [(one["type"], part(sent["text"], one)) for one in sent["entities"]] == [
        ("text_link", URL),
        ("hashtag", "#Upphandling"),
        ("hashtag", "#LOU"),
    ]
    assert sent["entities"][0]["url"] == URL


def test_network_that_cannot_be_read_back_does_not_say_it_can(network: telegram.Telegram) -> None:
    assert telegram.GUARANTEE == "at-most-once"
    assert not isinstance(network, Searchable)


def test_account_is_the_channel_whatever_its_case_and_asks_nobody(
    network: telegram.Telegram, proxy: FaultProxy
) -> None:
    assert network.account == "@inkopsbloggen"
    assert proxy.requests == []


def test_private_channel_is_named_by_number_and_gives_the_page_as_address(
    proxy: FaultProxy, server: TelegramServer, http: httpx.Client
) -> None:
    server.public = False
    private = at(proxy, http, server.token, str(stand_in.CHAT))
    receipt = private.publish(message(), idempotency_key="k")
    assert private.account == "-1001234567890"
    assert receipt.url == URL
    assert receipt.id == "-1001234567890/17"
    assert server.messages[0]["chat_id"] == stand_in.CHAT


def test_channel_by_number_that_is_public_has_an_address(
    proxy: FaultProxy, server: TelegramServer, http: httpx.Client
) -> None:
    receipt = at(proxy, http, server.token, str(stand_in.CHAT)).publish(
        message(), idempotency_key="k"
    )
    assert receipt.url == "https://t.me/inkopsbloggen/17"


def test_check_asks_for_the_right_to_post_and_posts_nothing(
    network: telegram.Telegram, server: TelegramServer
) -> None:
    network.check()
    server.may_post = False
    with pytest.raises(Unauthorized, match="administrator"):
        network.check()
    server.exists = False
    with pytest.raises(Unauthorized, match="TELEGRAM_CHANNEL"):
        network.check()
    assert server.messages == []


@pytest.mark.parametrize("fault", ["drop_answer", "reset_midway", "false_500", "drop_request"])
def test_lost_answer_is_unknown_and_never_repeated_by_itself(
    fault: str, network: telegram.Telegram, proxy: FaultProxy, server: TelegramServer
) -> None:
    getattr(proxy, fault)("POST")
    with pytest.raises(OutcomeUnknown):
        network.publish(message(), idempotency_key="k")
    assert len(proxy.requests) == 1
    assert len(server.messages) == (fault != "drop_request")


def test_unreachable_server_was_sent_nothing(network: telegram.Telegram, proxy: FaultProxy) -> None:
    with proxy.refusing():
        for act in (network.check, lambda: network.publish(message(), idempotency_key="k")):
            with pytest.raises(NotSent, match="cannot be reached"):
                act()


def test_check_at_a_broken_server_sent_nothing(
    network: telegram.Telegram, proxy: FaultProxy
) -> None:
    proxy.drop_answer("POST")
    proxy.answer(Answer(status=502), "POST")
    for _ in range(2):
        with pytest.raises(NotSent):
            network.check()


@pytest.mark.parametrize(
    ("status", "description", "error"),
    [
        (400, "Bad Request: message is too long", Rejected),
        (400, "Bad Request: message text is empty", Rejected),
        (413, "Request Entity Too Large", Rejected),
        (400, "Bad Request: chat not found", Unauthorized),
        (400, "Bad Request: need administrator rights in the channel chat", Unauthorized),
        (400, "Bad Request: not enough rights to send text messages to the chat", Unauthorized),
        (400, "Bad Request: group chat was upgraded to a supergroup chat", Unauthorized),
        (401, "Unauthorized", Unauthorized),
        (403, "Forbidden: bot was kicked from the channel chat", Unauthorized),
        (404, "Not Found", Unauthorized),
        (429, "Too Many Requests: retry after 5", RateLimited),
        (409, "Conflict", OutcomeUnknown),
        (302, "", OutcomeUnknown),
        (500, "Internal Server Error", OutcomeUnknown),
        (502, "Bad Gateway", OutcomeUnknown),
    ],
)
def test_refusals_say_what_may_be_done_next(
    status: int,
    description: str,
    error: type[Exception],
    network: telegram.Telegram,
    proxy: FaultProxy,
) -> None:
    told = {"ok": False, "error_code": status, "description": description}
    proxy.answer(Answer(status=status, body=json.dumps(told).encode()), "POST")
    with pytest.raises(error, match=f"{status}.*{description}"):
        network.publish(message(), idempotency_key="k")


@pytest.mark.parametrize("seconds", [300, "300", -1, 10**9, True, None])
def test_patience_in_the_body_counts_from_the_answers_own_date(
    seconds: object, network: telegram.Telegram, proxy: FaultProxy
) -> None:
    told = {"ok": False, "error_code": 429, "parameters": {"retry_after": seconds}}
    headers = (("Date", "Mon, 23 Nov 2026 12:00:00 GMT"),)
    proxy.answer(Answer(status=429, headers=headers, body=json.dumps(told).encode()), "POST")
    with pytest.raises(RateLimited) as caught:
        network.publish(message(), idempotency_key="k")
    expected = datetime(2026, 11, 23, 12, 5, tzinfo=UTC) if seconds == 300 else None
    assert caught.value.retry_at == expected


def test_refused_token_rests_the_network(
    proxy: FaultProxy, server: TelegramServer, http: httpx.Client
) -> None:
    network = at(proxy, http, "7000000001:canary-wrong-token")
    for act in (network.check, lambda: network.publish(message(), idempotency_key="k")):
        with pytest.raises(Unauthorized, match="TELEGRAM_TOKEN") as caught:
            act()
        assert "canary" not in str(caught.value)
    assert server.messages == []


def test_text_that_is_too_long_is_rejected_by_the_server(network: telegram.Telegram) -> None:
    longest = "👩" * 2048
    assert telegram.LIMITS.fits(longest)
    network.publish(message(text=longest), idempotency_key="k")
    assert not telegram.LIMITS.fits(longest + "x")
    with pytest.raises(Rejected, match="too long"):
        network.publish(message(text=longest + "x"), idempotency_key="k")


@given(
    st.lists(
        st.sampled_from(
            [
                URL,
                "https://annan.example.org/a?b=c",
                "#LOU",
                "#LOUdag",
                "👩🏽‍⚖️",
                "å",
                "e\u0301",
                ".",
                " ",
            ]
        )
        | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=5),
        max_size=30,
    )
)
def test_every_entity_covers_exactly_what_it_says(parts: list[str]) -> None:
    one = message(text=" ".join(parts), hashtags=("LOU",))
    found = _telegram_text.entities(one)
    ends = 0
    for entity in found:
        offset, length = entity["offset"], entity["length"]
        assert offset >= ends
        ends = offset + length
        assert part(one.text, entity) == entity.get("url", "#LOU")
    assert ends <= _telegram_text.utf16_units(one.text)
    if URL in parts:
        assert URL in [entity.get("url") for entity in found]


def test_hashtag_within_a_link_or_a_longer_word_is_none() -> None:
    one = message(text=f"{URL}#LOU #LOUs a#LOU #LOU", hashtags=("LOU",))
    kinds = [(entity["type"], part(one.text, entity)) for entity in _telegram_text.entities(one)]
    assert kinds == [("text_link", f"{URL}#LOU"), ("hashtag", "#LOU")]


def test_no_more_entities_than_the_server_reads() -> None:
    one = message(text=f"{URL} " * 150)
    assert len(_telegram_text.entities(one)) == _telegram_text.MOST_ENTITIES


TOKEN = "7000000001:canary-AAF"


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({}, ["TELEGRAM_TOKEN", "TELEGRAM_CHANNEL"]),
        ({"TELEGRAM_TOKEN": TOKEN}, ["TELEGRAM_CHANNEL"]),
        ({"TELEGRAM_TOKEN": "canary", "TELEGRAM_CHANNEL": "@inkop"}, ["TELEGRAM_TOKEN"]),
        ({"TELEGRAM_TOKEN": TOKEN + "/../x", "TELEGRAM_CHANNEL": "@inkop"}, ["TELEGRAM_TOKEN"]),
        ({"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_CHANNEL": "inkop"}, ["TELEGRAM_CHANNEL"]),
        ({"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_CHANNEL": "https://t.me/x"}, ["TELEGRAM_CHANNEL"]),
        ({"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_CHANNEL": "-42"}, ["TELEGRAM_CHANNEL"]),
        (
            {
                "TELEGRAM_URL": "http://api.example.org",
                "TELEGRAM_TOKEN": TOKEN,
                "TELEGRAM_CHANNEL": "@inkop",
            },
            ["TELEGRAM_URL"],
        ),
    ],
)
def test_missing_and_malformed_variables_are_named_all_at_once(
    environ: dict[str, str], named: list[str], http: httpx.Client
) -> None:
    with pytest.raises(ProblemsFound) as caught:
        telegram.connect(environ, http)
    assert caught.value.exit_status == 2
    assert len(caught.value.problems) == len(named)
    assert all(name in str(caught.value) for name in named)
    assert "canary" not in str(caught.value)


def test_address_is_the_public_one_where_none_is_given(http: httpx.Client) -> None:
    environ = {"TELEGRAM_URL": " ", "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_CHANNEL": "@inkop"}
    assert telegram.connect(environ, http)._bot._url == "https://api.telegram.org"
