"""Telegram after the announcement: edited and deleted, never read; and what the bot may."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
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
from utrop.syndication.credential import Credential
from utrop.syndication.delivery import Deletable, Editable, Readable, Receipt
from utrop.syndication.errors import (
    Gone,
    NetworkError,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
)
from utrop.syndication.networks import telegram

NEW = message(text=f"Nya ord 👩🏽‍⚖️ om dialogen.\n\n{URL}\n\n#LOU")


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


def environ(url: str, token: str, channel: str = "@InkopsBloggen") -> dict[str, str]:
    return {"TELEGRAM_URL": url, "TELEGRAM_TOKEN": token, "TELEGRAM_CHANNEL": channel}


@pytest.fixture
def network(proxy: FaultProxy, server: TelegramServer, http: httpx.Client) -> telegram.Telegram:
    return telegram.connect(environ(proxy.url, server.token), http)


@pytest.fixture
def receipt(network: telegram.Telegram) -> Receipt:
    return network.publish(message(), idempotency_key="k")


def refused(status: int, description: str) -> Answer:
    told = {"ok": False, "error_code": status, "description": description}
    return Answer(status=status, body=json.dumps(told).encode())


Act = Callable[[telegram.Telegram, Receipt], object]
ACTS: dict[str, Act] = {
    "edit": lambda network, receipt: network.edit(receipt, NEW),
    "delete": lambda network, receipt: network.delete(receipt),
}
both = pytest.mark.parametrize("act", ACTS.values(), ids=list(ACTS))


def test_network_says_what_it_can_and_no_more(network: telegram.Telegram) -> None:
    assert isinstance(network, Editable)
    assert isinstance(network, Deletable)
    assert not isinstance(network, Readable)


def test_edit_gives_the_message_new_words_with_their_links(
    network: telegram.Telegram, server: TelegramServer, receipt: Receipt
) -> None:
    other = network.publish(message(), idempotency_key="l")
    assert network.edit(receipt, NEW) == receipt
    assert server.shown[17]["text"] == NEW.text
    assert [one["type"] for one in server.shown[17]["entities"]] == ["text_link", "hashtag"]
    assert server.shown[int(other.id.rpartition("/")[2])]["text"] == message().text
    assert len(server.messages) == 2


def test_same_words_again_are_no_error(
    network: telegram.Telegram, server: TelegramServer, proxy: FaultProxy, receipt: Receipt
) -> None:
    assert network.edit(receipt, message()) == receipt
    network.edit(receipt, NEW)
    assert network.edit(receipt, NEW) == receipt
    assert server.shown[17]["text"] == NEW.text
    assert sum(r.path.endswith("/editMessageText") for r in proxy.requests) == 3


def test_deleting_twice_is_no_error_and_what_is_gone_is_edited_no_more(
    network: telegram.Telegram, server: TelegramServer, receipt: Receipt
) -> None:
    for _ in range(2):
        network.delete(receipt)
        assert server.shown == {}
    with pytest.raises(Gone, match="no more"):
        network.edit(receipt, NEW)


def test_message_that_is_too_old_is_left_to_a_person(
    network: telegram.Telegram, server: TelegramServer, receipt: Receipt
) -> None:
    server.too_old = True
    with pytest.raises(Rejected, match=r"48 hours.*delete it in @inkopsbloggen"):
        network.delete(receipt)
    assert set(server.shown) == {17}


@pytest.mark.parametrize("public", [True, False])
def test_private_channels_messages_can_be_changed_too(
    public: bool, proxy: FaultProxy, server: TelegramServer, http: httpx.Client
) -> None:
    server.public = public
    network = telegram.connect(environ(proxy.url, server.token, str(stand_in.CHAT)), http)
    receipt = network.publish(message(), idempotency_key="k")
    assert network.edit(receipt, NEW) == receipt
    network.delete(receipt)
    assert server.shown == {}


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        ("@InkopsBloggen", "https://t.me/inkopsbloggen/17"),
        ("@InkopsBloggen", "https://t.me/InkopsBloggen/17"),
        ("@InkopsBloggen", "https://t.me/s/inkopsbloggen/17"),
        (str(stand_in.CHAT), "https://t.me/c/1234567890/17"),
    ],
)
def test_address_that_a_person_wrote_down_leads_to_the_message(
    channel: str, address: str, proxy: FaultProxy, server: TelegramServer, http: httpx.Client
) -> None:
    network = telegram.connect(environ(proxy.url, server.token, channel), http)
    network.publish(message(), idempotency_key="k")
    network.delete(Receipt(id=address, url=address))
    assert server.shown == {}


@both
@pytest.mark.parametrize(
    "address",
    [
        "",
        "17",
        "@annan/17",
        "-1001234567890/17",
        "@inkopsbloggen/",
        "@inkopsbloggen/x",
        "@inkopsbloggen/17/18",
        "https://t.me/annan/17",
        "https://t.me/c/1234567890/17",
        "https://t.me/c/inkopsbloggen/17",
        "https://annan.example.org/inkopsbloggen/17",
        "@inkopsbloggen/" + "9" * 30,
        "@inkopsbloggen/١٧",
    ],
)
def test_address_of_no_message_of_the_channel_is_never_touched(
    act: Act, address: str, network: telegram.Telegram, proxy: FaultProxy
) -> None:
    with pytest.raises(Rejected, match="none of a message"):
        act(network, Receipt(id=address, url=URL))
    assert proxy.requests == []


@both
@pytest.mark.parametrize("fault", ["drop_answer", "drop_request", "reset_midway", "false_500"])
def test_lost_answer_is_made_good_by_a_repeat(
    fault: str,
    act: Act,
    network: telegram.Telegram,
    proxy: FaultProxy,
    server: TelegramServer,
    receipt: Receipt,
) -> None:
    getattr(proxy, fault)("POST")
    with pytest.raises(OutcomeUnknown):
        act(network, receipt)
    act(network, receipt)
    assert server.shown.get(17, {"text": NEW.text})["text"] == NEW.text
    assert len(server.messages) == 1


@both
@pytest.mark.parametrize(
    ("status", "description", "error"),
    [
        (400, "Bad Request: message can't be edited", Rejected),
        (400, "Bad Request: MESSAGE_TOO_LONG", Rejected),
        (400, "Bad Request: chat not found", Unauthorized),
        (400, "Bad Request: CHAT_ADMIN_REQUIRED", Unauthorized),
        (401, "Unauthorized", Unauthorized),
        (403, "Forbidden: bot was kicked from the channel chat", Unauthorized),
        (404, "Not Found", Unauthorized),
        (422, "Oj", Rejected),
        (429, "Too Many Requests: retry after 5", RateLimited),
        (302, "", OutcomeUnknown),
        (500, "Internal Server Error", OutcomeUnknown),
        (502, "Bad Gateway: message to edit not found", OutcomeUnknown),
    ],
)
def test_refusals_say_what_may_be_done_next(
    status: int,
    description: str,
    error: type[NetworkError],
    act: Act,
    network: telegram.Telegram,
    proxy: FaultProxy,
    receipt: Receipt,
) -> None:
    proxy.answer(refused(status, description), "POST")
    with pytest.raises(error, match=f"{status}.*{description}"):
        act(network, receipt)


@both
def test_server_that_is_away_was_sent_nothing(
    act: Act, network: telegram.Telegram, proxy: FaultProxy, receipt: Receipt
) -> None:
    with proxy.refusing(), pytest.raises(NotSent):
        act(network, receipt)


def test_edit_that_answers_with_another_message_is_unknown(
    network: telegram.Telegram, proxy: FaultProxy, receipt: Receipt
) -> None:
    for result in ({"message_id": 18}, True, {}, []):
        proxy.answer(Answer(body=json.dumps({"ok": True, "result": result}).encode()), "POST")
        with pytest.raises(OutcomeUnknown):
            network.edit(receipt, NEW)


@given(number=st.integers(min_value=1, max_value=10**15 - 1))
def test_every_receipt_of_ours_leads_back_to_its_message(number: int) -> None:
    with httpx.Client() as unused:
        made = telegram.connect(environ("", "7:canary"), unused)
    assert made._number(Receipt(id=f"@inkopsbloggen/{number}", url=URL)) == number


# What the bot may.


def described(proxy: FaultProxy, server: TelegramServer, http: httpx.Client) -> Credential:
    return telegram.describe(environ(proxy.url, server.token), http)


def test_right_to_post_is_all_that_is_needed(
    proxy: FaultProxy, server: TelegramServer, http: httpx.Client
) -> None:
    found = described(proxy, server, http)
    assert found.account == "@inkopsbloggen"
    assert found.scopes == ("can_post_messages",)
    assert (found.expires, found.missing, found.warnings) == (None, (), ())
    assert server.messages == []
    assert all(server.token not in str(one) for one in (found, repr(found)))


def test_rights_are_named_held_or_missing(
    proxy: FaultProxy, server: TelegramServer, http: httpx.Client
) -> None:
    server.may_post = False
    server.rights = ("can_delete_messages", "can_edit_messages")
    found = described(proxy, server, http)
    assert found.scopes == ("can_delete_messages", "can_edit_messages")
    assert found.missing == ("can_post_messages",)


@pytest.mark.parametrize(
    ("member", "missing"),
    [
        ({"status": "creator"}, ()),
        ({"status": "member", "can_post_messages": True}, ("can_post_messages",)),
        ({"status": "left"}, ("can_post_messages",)),
        ({"status": "administrator", "can_post_messages": "yes"}, ("can_post_messages",)),
        ({"status": [1]}, ("can_post_messages",)),
    ],
)
def test_only_an_administrator_has_rights(
    member: dict[str, object], missing: tuple[str, ...], http: httpx.Client
) -> None:
    with FaultProxy() as proxy:
        at = "/bot7:canary/"
        for method, result in (
            ("getChat", {"type": "channel"}),
            ("getMe", {"id": 1}),
            ("getChatMember", member),
        ):
            body = json.dumps({"ok": True, "result": result}).encode()
            proxy.answer(
                Answer(headers=(("Date", "Mon, 23 Nov 2026 12:00:00 GMT"),), body=body),
                "POST",
                f"{at}{method}",
            )
        # getChat is the beginning of getChatMember too, so it has to come first.
        found = telegram.describe(environ(proxy.url, "7:canary"), http)
    assert found.missing == missing
    assert found.server_time == datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_group_is_warned_of(proxy: FaultProxy, server: TelegramServer, http: httpx.Client) -> None:
    server.chat_type = "supergroup"
    [warning] = described(proxy, server, http).warnings
    assert "is a supergroup, not a channel" in warning


def test_refused_token_unknown_channel_and_missing_values_are_told(
    proxy: FaultProxy, server: TelegramServer, http: httpx.Client
) -> None:
    with pytest.raises(Unauthorized, match="TELEGRAM_TOKEN") as caught:
        telegram.describe(environ(proxy.url, "7000000001:canary-wrong"), http)
    assert "canary" not in str(caught.value)
    server.exists = False
    with pytest.raises(Unauthorized, match="TELEGRAM_CHANNEL"):
        described(proxy, server, http)
    with pytest.raises(ProblemsFound):
        telegram.describe({}, http)
