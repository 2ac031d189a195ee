"""Slack, Teams and the newsletter: what can be said of their credentials without posting."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from types import ModuleType

import httpx
import pytest

from tests.servers import mail, slack, teams
from tests.servers.fault_proxy import FaultProxy
from tests.servers.mail import PASSWORD, USER, MailServer
from utrop.problem import ProblemsFound
from utrop.syndication import networks
from utrop.syndication.credential import Credential
from utrop.syndication.delivery import Deletable, Editable, Readable
from utrop.syndication.errors import NetworkError, NotSent, RateLimited, Unauthorized
from utrop.syndication.networks import newsletter

SLACK = "https://hooks.slack.com/services/T0CANARY1/B0CANARY2/canaryXb3Kq9Wm"
TEAMS = (
    "https://default0canary.0f.environment.api.powerplatform.com:443/powerautomate/automations/"
    "direct/workflows/0canary/triggers/manual/paths/invoke?api-version=1&sig=canary-sig_Zr7TsY"
)
LOGIC = "https://prod-1.westeurope.logic.azure.com:443/workflows/0canary/triggers/x?sig=canary"


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as client:
        yield client


def described(name: str, address: str, http: httpx.Client, **more: str) -> Credential:
    found = networks.load(name).describe({f"{name.upper()}_WEBHOOK": f" {address} ", **more}, http)
    assert isinstance(found, Credential)
    return found


def connected(name: str, http: httpx.Client, server: str = "smtp://127.0.0.1:9") -> object:
    module: ModuleType = networks.load(name)
    address = {"slack": SLACK, "teams": TEAMS}.get(name, "")
    return module.connect({f"{name.upper()}_WEBHOOK": address, **mail_environ(server)}, http)


@pytest.mark.parametrize("name", ["slack", "teams", "newsletter"])
def test_what_was_posted_stays_as_it_is(name: str, http: httpx.Client) -> None:
    network = connected(name, http)
    for capability in (Editable, Deletable, Readable):
        assert not isinstance(network, capability)


@pytest.mark.parametrize(
    ("name", "address"), [("slack", SLACK), ("teams", TEAMS), ("teams", LOGIC)]
)
def test_webhook_of_the_usual_form_has_one_warning_that_it_was_not_tried(
    name: str, address: str, http: httpx.Client
) -> None:
    found = described(name, address, http)
    [warning] = found.warnings
    assert "with the first post" in warning
    assert found.account == "webhook"
    assert (found.expires, found.scopes, found.missing, found.server_time) == (None, (), (), None)


@pytest.mark.parametrize(
    ("name", "address", "words"),
    [
        ("slack", "https://hooks.slack.com/services/T1/B1", "incoming webhooks"),
        ("slack", "https://hooks.slack.com/workflows/T1/A1/1/canary", "incoming webhooks"),
        ("slack", "https://hooks.slack.com.example.org/services/T1/B1/canary", "incoming webhooks"),
        ("teams", "https://inkop.webhook.office.com/webhookb2/canary", "retired"),
        ("teams", "https://outlook.office.com/webhook/canary", "retired"),
        ("teams", "https://logic.azure.com.example.org/workflows/canary?sig=x", "not at a host"),
        ("teams", "https://prod-1.westeurope.logic.azure.com/workflows/canary", "no signature"),
        (
            "teams",
            "https://prod-1.westeurope.logic.azure.com/workflows/canary?sig=",
            "no signature",
        ),
    ],
)
def test_unusual_address_is_warned_of_and_not_shown(
    name: str, address: str, words: str, http: httpx.Client
) -> None:
    found = described(name, address, http)
    assert len(found.warnings) == 2
    assert words in found.warnings[1]
    assert "canary" not in repr(found)


@pytest.mark.parametrize(("name", "path"), [("slack", slack.PATH), ("teams", teams.PATH)])
def test_webhook_is_not_asked_anything(name: str, path: str, http: httpx.Client) -> None:
    with FaultProxy() as proxy:
        found = described(name, proxy.url + path, http, **{f"{name.upper()}_CHANNEL": "inkop"})
        assert proxy.requests == []
    assert found.account == "inkop"


@pytest.mark.parametrize("name", ["slack", "teams", "newsletter"])
def test_missing_values_are_named(name: str, http: httpx.Client) -> None:
    with pytest.raises(ProblemsFound) as caught:
        networks.load(name).describe({}, http)
    assert caught.value.exit_status == 2


def mail_environ(url: str, **changes: str) -> dict[str, str]:
    return {
        "SMTP_URL": url,
        "SMTP_USER": USER,
        "SMTP_PASSWORD": PASSWORD,
        "NEWSLETTER_FROM": "blogg@inkop.example.org",
        "NEWSLETTER_TO": "Nyhetsbrev@listor.example.org",
        "NEWSLETTER_UNSUBSCRIBE": "avsluta@listor.example.org",
    } | changes


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail.running() as running:
        yield running


def test_newsletter_logs_in_and_sends_nothing(server: MailServer, http: httpx.Client) -> None:
    found = newsletter.describe(mail_environ(server.url), http)
    assert found.account == "nyhetsbrev@listor.example.org"
    [warning] = found.warnings
    assert "nothing was sent" in warning
    assert (found.expires, found.missing) == (None, ())
    assert (server.logins, server.mails) == (1, [])
    assert PASSWORD not in repr(found)


def test_newsletter_says_what_its_mails_lack(http: httpx.Client) -> None:
    with mail.running(auth=False) as server:
        environ = mail_environ(
            server.url, SMTP_USER="", SMTP_PASSWORD=" ", NEWSLETTER_UNSUBSCRIBE=""
        )
        warnings = newsletter.describe(environ, http).warnings
    assert len(warnings) == 3
    assert "no login" in warnings[1]
    assert "NEWSLETTER_UNSUBSCRIBE" in warnings[2]


def test_refused_password_is_told_without_it(server: MailServer, http: httpx.Client) -> None:
    environ = mail_environ(server.url, SMTP_PASSWORD="canary-wrong")
    with pytest.raises(Unauthorized, match=r"535.*SMTP_PASSWORD") as caught:
        newsletter.describe(environ, http)
    assert "canary" not in str(caught.value)


def test_mail_server_that_is_away_is_told(http: httpx.Client) -> None:
    with socket.socket() as keeper:  # bound but not listening: connects are refused
        keeper.bind(("127.0.0.1", 0))
        environ = mail_environ(f"smtp://127.0.0.1:{keeper.getsockname()[1]}")
        with pytest.raises(NotSent, match="cannot be reached"):
            newsletter.describe(environ, http)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("421 Closing", RateLimited),
        ("450 Later", RateLimited),
        ("502 No such command", Unauthorized),
        ("535 Not after all", Unauthorized),
        ("354 What", NotSent),
        ("\x1b[31m", NotSent),
    ],
)
def test_door_that_closes_after_the_login_is_found_out(
    answer: str,
    error: type[NetworkError],
    server: MailServer,
    http: httpx.Client,
) -> None:
    server.idle = answer
    with pytest.raises(error) as caught:
        newsletter.describe(mail_environ(server.url), http)
    assert str(caught.value).isprintable()
    assert server.logins == 1
