"""Slack and Teams: webhooks, which take a message and tell nothing of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers import slack as slack_server
from tests.servers import teams as teams_server
from tests.servers.announced import URL, message
from tests.servers.fault_proxy import Answer, FaultProxy
from utrop.problem import ProblemsFound
from utrop.syndication.announcement import ShareImage
from utrop.syndication.delivery import Network, Searchable
from utrop.syndication.errors import (
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
)
from utrop.syndication.networks import slack, teams

MODULES: dict[str, Any] = {"slack": slack, "teams": teams}
IMAGE = ShareImage(
    url="https://blogg.inkop.example.org/images/dialog.png",
    alt="Två personer vid ett bord",
    media_type="image/png",
    width=1200,
    height=630,
)


@dataclass(slots=True, kw_only=True)
class Hook:
    """One of the two networks, with its stand-in behind a proxy."""

    name: str
    proxy: FaultProxy
    posted: list[dict[str, Any]]
    path: str
    network: Network


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as client:
        yield client


@pytest.fixture
def slack_hook(http: httpx.Client) -> Iterator[Hook]:
    with slack_server.running() as server, FaultProxy(server.url) as proxy:
        path = slack_server.PATH
        network = slack.connect({"SLACK_WEBHOOK": proxy.url + path}, http)
        yield Hook(name="slack", proxy=proxy, posted=server.messages, path=path, network=network)


@pytest.fixture
def teams_hook(http: httpx.Client) -> Iterator[Hook]:
    with teams_server.running() as server, FaultProxy(server.url) as proxy:
        path = teams_server.PATH
        network = teams.connect({"TEAMS_WEBHOOK": proxy.url + path}, http)
        yield Hook(name="teams", proxy=proxy, posted=server.cards, path=path, network=network)


@pytest.fixture(params=["slack_hook", "teams_hook"])
def hook(request: pytest.FixtureRequest) -> Hook:
    made: Hook = request.getfixturevalue(request.param)
    return made


def test_message_is_posted_once_and_the_page_stands_for_its_address(hook: Hook) -> None:
    receipt = hook.network.publish(message(image=IMAGE), idempotency_key="nyckel-1")
    assert len(hook.posted) == 1
    assert receipt.url == URL
    assert receipt.id == "nyckel-1"
    assert MODULES[hook.name].GUARANTEE == "at-most-once"
    assert not isinstance(hook.network, Searchable)


def test_check_posts_nothing(hook: Hook) -> None:
    hook.network.check()  # type: ignore[attr-defined] - both have it, the protocol not
    assert hook.proxy.requests == []


def test_slack_shows_every_character_as_it_is_and_notifies_nobody(slack_hook: Hook) -> None:
    text = f"<!channel> *fet* `kod` & <https://ond.example.org|bra>\n\n{URL}"
    slack_hook.network.publish(message(text=text), idempotency_key="k")
    [posted] = slack_hook.posted
    assert "<" not in posted["text"]
    assert "&lt;!channel&gt;" in posted["text"]
    elements = posted["blocks"][0]["elements"][0]["elements"]
    assert "".join(one.get("text", one.get("url")) for one in elements) == text
    assert elements[-1] == {"type": "link", "url": URL}


def test_slack_shows_the_picture_with_its_words_instead_of_a_card(slack_hook: Hook) -> None:
    slack_hook.network.publish(message(image=IMAGE), idempotency_key="k")
    slack_hook.network.publish(message(), idempotency_key="l")
    with_picture, without = slack_hook.posted
    assert with_picture["blocks"][1]["alt_text"] == IMAGE.alt
    assert with_picture["unfurl_links"] is False
    assert [block["type"] for block in without["blocks"]] == ["rich_text"]
    assert without["unfurl_links"] is True


def test_teams_shows_title_text_picture_and_a_way_to_the_page(teams_hook: Hook) -> None:
    text = (
        "Så går en dialog till\n\n*Möt* [marknaden](x)\nföre annonsen. Se https://b.example.org/x."
    )
    teams_hook.network.publish(message(text=text, image=IMAGE), idempotency_key="k")
    [card] = teams_hook.posted
    picture, title, first, second = card["body"]
    assert picture["altText"] == IMAGE.alt
    assert title["inlines"] == [
        {"type": "TextRun", "text": message().card_title, "weight": "Bolder", "size": "Medium"}
    ]
    assert first["inlines"][0]["text"] == "*Möt* [marknaden](x)"
    assert [run["text"] for run in second["inlines"]] == [
        "före annonsen. Se ",
        "https://b.example.org/x",
        ".",
    ]
    assert second["inlines"][1]["selectAction"]["url"] == "https://b.example.org/x"
    assert card["lang"] == "sv"
    assert card["actions"] == [{"type": "Action.OpenUrl", "title": "Läs inlägget", "url": URL}]


def test_picture_of_a_kind_that_is_not_shown_is_left_out(hook: Hook) -> None:
    avif = ShareImage(url=IMAGE.url, alt="", media_type="image/avif", width=1, height=1)
    hook.network.publish(message(image=avif), idempotency_key="k")
    assert IMAGE.url not in json.dumps(hook.posted)


def test_picture_without_words_of_its_own_has_the_title(hook: Hook) -> None:
    bare = ShareImage(url=IMAGE.url, alt="", media_type="image/png", width=1, height=1)
    hook.network.publish(message(image=bare), idempotency_key="k")
    assert f'"{message().card_title}"' in json.dumps(hook.posted, ensure_ascii=False)


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"), max_size=80)


@given(text=TEXT.filter(lambda text: text.strip()))
def test_slack_loses_no_character_of_any_text(text: str) -> None:
    sent = slack.payload(message(text=text))
    elements = sent["blocks"][0]["elements"][0]["elements"]
    assert "".join(one.get("text", one.get("url")) for one in elements) == text
    assert slack_server._VALID.is_valid(sent)


@given(text=TEXT.filter(lambda text: text.strip()))
def test_teams_loses_no_character_of_any_text_but_its_line_breaks(text: str) -> None:
    sent = teams.payload(message(text=text))
    body = sent["attachments"][0]["content"]["body"]
    said = "".join(run["text"] for block in body for run in block["inlines"])
    assert said == text.replace("\n", "")
    assert teams_server._VALID.is_valid(sent)


@pytest.mark.parametrize("character", ["x", '"', "\\", "漢", "👩", "ö"])
def test_longest_text_of_any_script_is_within_the_size_of_a_teams_message(
    character: str, teams_hook: Hook
) -> None:
    count = teams.LIMITS.measures[0].count
    longest = character * (6000 // count(character))
    assert teams.LIMITS.fits(longest)
    assert not teams.LIMITS.fits(longest + "xx")
    teams_hook.network.publish(message(text=longest, image=IMAGE), idempotency_key="k")
    assert len(teams_hook.posted) == 1


def test_card_that_is_too_large_is_never_sent(teams_hook: Hook) -> None:
    with pytest.raises(Rejected, match="28000"):
        teams_hook.network.publish(message(text="x" * 28_000), idempotency_key="k")
    assert teams_hook.proxy.requests == []


@pytest.mark.parametrize("fault", ["drop_answer", "false_500", "drop_request"])
def test_lost_answer_is_unknown_and_never_repeated_by_itself(fault: str, hook: Hook) -> None:
    getattr(hook.proxy, fault)("POST")
    with pytest.raises(OutcomeUnknown):
        hook.network.publish(message(), idempotency_key="k")
    assert len(hook.proxy.requests) == 1
    assert len(hook.posted) == (fault != "drop_request")


def test_half_an_answer_is_none(slack_hook: Hook) -> None:
    slack_hook.proxy.reset_midway("POST")
    with pytest.raises(OutcomeUnknown):
        slack_hook.network.publish(message(), idempotency_key="k")
    assert len(slack_hook.posted) == 1


def test_unreachable_server_was_sent_nothing(hook: Hook) -> None:
    with hook.proxy.refusing(), pytest.raises(NotSent, match="cannot be reached"):
        hook.network.publish(message(), idempotency_key="k")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, Rejected),
        (413, Rejected),
        (401, Unauthorized),
        (403, Unauthorized),
        (404, Unauthorized),
        (410, Unauthorized),
        (429, RateLimited),
        (408, OutcomeUnknown),
        (200, OutcomeUnknown),
        (204, OutcomeUnknown),
        (302, OutcomeUnknown),
        (500, OutcomeUnknown),
        (503, OutcomeUnknown),
    ],
)
def test_refusals_say_what_may_be_done_next(
    status: int, error: type[Exception], hook: Hook
) -> None:
    body = b"" if status == 204 else b"invalid_payload"
    hook.proxy.answer(Answer(status=status, body=body), "POST")
    with pytest.raises(error, match=f"answered {status}"):
        hook.network.publish(message(), idempotency_key="k")


def test_refusal_has_the_servers_own_words(slack_hook: Hook, teams_hook: Hook) -> None:
    slack_hook.proxy.answer(Answer(status=410, body=b"channel_is_archived"), "POST")
    with pytest.raises(Unauthorized, match="channel_is_archived"):
        slack_hook.network.publish(message(), idempotency_key="k")
    told = {"error": {"code": "WorkflowTriggerIsNotEnabled", "message": "It is turned off."}}
    teams_hook.proxy.answer(Answer(status=400, body=json.dumps(told).encode()), "POST")
    with pytest.raises(Rejected, match=r"It is turned off\."):
        teams_hook.network.publish(message(), idempotency_key="k")


def test_server_that_asks_for_patience_gets_it(hook: Hook) -> None:
    headers = (("Date", "Mon, 23 Nov 2026 12:00:00 GMT"), ("Retry-After", "30"))
    hook.proxy.answer(Answer(status=429, headers=headers), "POST")
    with pytest.raises(RateLimited) as caught:
        hook.network.publish(message(), idempotency_key="k")
    assert caught.value.retry_at == datetime(2026, 11, 23, 12, 0, 30, tzinfo=UTC)


def connected(name: str, http: httpx.Client, **environ: str) -> Network:
    made: Network = MODULES[name].connect(
        {f"{name.upper()}_{key}": value for key, value in environ.items()}, http
    )
    return made


@pytest.mark.parametrize("name", MODULES)
def test_account_is_the_name_that_a_person_gave_the_channel(name: str, http: httpx.Client) -> None:
    address = "https://hooks.example.org/services/canary"
    assert connected(name, http, WEBHOOK=address).account == "webhook"
    assert connected(name, http, WEBHOOK=address, CHANNEL="#inköp").account == "#inköp"
    # A new webhook for the same channel is the same account: nothing is announced again.
    assert connected(name, http, WEBHOOK=address + "2").account == "webhook"


Mistake = Callable[[httpx.Client], object]


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize(
    "address",
    [
        "",
        "canary",
        "http://hooks.example.org/services/canary",
        "ftp://hooks.example.org/services/canary",
        "https://hooks.example.org",
        "https://u:canary@hooks.example.org/services/x",
        "https://hooks.example.org/services/canary#x",
        "https://hooks.example.org/services/can ary",
        "https://hooks.example.org:canary/x",
    ],
)
def test_webhook_that_is_none_is_named_and_not_shown(
    name: str, address: str, http: httpx.Client
) -> None:
    with pytest.raises(ProblemsFound) as caught:
        connected(name, http, WEBHOOK=address)
    assert caught.value.exit_status == 2
    assert f"{name.upper()}_WEBHOOK" in str(caught.value)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("name", MODULES)
def test_name_of_a_channel_is_no_address(name: str, http: httpx.Client) -> None:
    address = "https://hooks.example.org/services/canary"
    with pytest.raises(ProblemsFound, match="CHANNEL") as caught:
        connected(name, http, WEBHOOK=address, CHANNEL=address)
    assert "canary" not in str(caught.value)
