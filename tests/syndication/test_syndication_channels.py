from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.syndication.announcing import BlindNetwork, MemoryNetwork, announcement, channel
from utrop.problem import ProblemsFound
from utrop.syndication import networks
from utrop.syndication.channels import (
    Channel,
    audience_of,
    configure,
    guard,
    lost_ledger_guard,
)
from utrop.syndication.selection import Audience

SETTINGS: Mapping[str, Any] = {
    "DEFAULT_LANG": "sv",
    "LANGUAGES": ["sv", "en"],
    "MASTODON_URL": "https://social.example.org",
    "MASTODON_SINCE": "2026-11-23T09:00:00+01:00",
    "BLUESKY_SINCE": "2026-11-23T09:00:00+01:00",
    "BLUESKY_LANG": "all",
}
ENVIRON = {
    "MASTODON_TOKEN": "hemlig-token",
    "BLUESKY_URL": "https://pds.example.org",
    "BLUESKY_HANDLE": "inkop.example.org",
    "BLUESKY_APP_PASSWORD": "hemligt-losenord",
}


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise AssertionError(f"nothing is asked while configuring, and {request.url} was")

    with httpx.Client(transport=httpx.MockTransport(refuse)) as client:
        yield client


def configured(
    http: httpx.Client, *names: str, environ: Mapping[str, str] = ENVIRON, **changes: Any
) -> list[Channel]:
    path = Path("publishconf.py")
    return configure(names, {**SETTINGS, **changes}, environ, http=http, settings_file=path)


def mistakes(http: httpx.Client, *names: str, **changes: Any) -> list[str]:
    with pytest.raises(ProblemsFound) as caught:
        configured(http, *names, **changes)
    assert caught.value.exit_status == 2
    said = [str(problem) for problem in caught.value.problems]
    assert "hemlig" not in "\n".join(said)
    return said


def test_every_module_is_a_network_by_its_file_name() -> None:
    folder = Path(networks.__path__[0])
    files = {path.stem for path in folder.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert networks.names() == tuple(sorted(name for name in files if name[0] != "_"))
    assert {"bluesky", "linkedin", "mastodon", "preview"} <= set(networks.names())
    assert [name for name in networks.names() if networks.is_local(name)] == ["preview"]
    assert networks.is_by_hand("linkedin")
    assert not networks.is_by_hand("mastodon")
    with pytest.raises(KeyError):
        networks.load("_http")
    for name in networks.names():
        assert networks.limits(name).fits("Kort text")
        # A newsletter's server is an SMTP server, whose variables have that name everywhere.
        prefixes = (f"{name.upper()}_", "SMTP_") if name == "newsletter" else f"{name.upper()}_"
        assert all(key.startswith(prefixes) for key in networks.environment(name))


def test_channels_in_the_order_of_networks(http: httpx.Client) -> None:
    bluesky, mastodon, preview = configured(http, "bluesky", "mastodon", "preview")
    moment = datetime.fromisoformat("2026-11-23T09:00:00+01:00")
    assert (bluesky.name, bluesky.since, bluesky.lang, bluesky.real) == (
        "bluesky",
        moment,
        None,
        True,
    )
    assert (mastodon.name, mastodon.lang) == ("mastodon", "sv")
    assert (preview.since, preview.lang, preview.real) == (None, None, False)
    assert preview.network.account == "local"


def test_preview_needs_nothing(http: httpx.Client) -> None:
    (only,) = configured(http, "preview", environ={}, MASTODON_SINCE=None)
    assert only.audience == Audience(network=None, demo=True)


def test_all_mistakes_at_once(http: httpx.Client) -> None:
    said = mistakes(
        http,
        "mastodn",
        "mastodon",
        "mastodon",
        "linkedin",
        "bluesky",
        environ={},
        MASTODON_SINCE="",
        MASTODON_LANG="fi",
        BLUESKY_SINCE="2026-11-23",
    )
    together = "\n".join(said)
    for part in (
        "there is no network 'mastodn'; did you mean 'mastodon'?",
        "names 'mastodon' twice",
        "LINKEDIN_SINCE is not set",
        "MASTODON_SINCE is not set; run `utrop baseline`",
        "MASTODON_LANG: the site has no language 'fi'",
        "MASTODON_TOKEN is not set",
        "BLUESKY_SINCE is '2026-11-23', without an offset",
        "BLUESKY_HANDLE is not set",
        "BLUESKY_APP_PASSWORD is not set",
    ):
        assert part in together


def test_a_secret_in_the_settings_is_not_taken(http: httpx.Client) -> None:
    said = mistakes(http, "mastodon", environ={}, MASTODON_TOKEN="hemlig")
    assert any("MASTODON_TOKEN is not set" in line for line in said)


def test_the_environment_overrides_the_address(http: httpx.Client) -> None:
    environ = {**ENVIRON, "MASTODON_URL": "http://social.example.org"}
    assert any("MASTODON_URL" in line for line in mistakes(http, "mastodon", environ=environ))


@pytest.mark.parametrize("since", ["igår", "2026-13-01T00:00:00Z"])
def test_a_since_that_is_no_time(http: httpx.Client, since: str) -> None:
    assert any("is no time" in line for line in mistakes(http, "mastodon", MASTODON_SINCE=since))


def test_audience_by_settings_alone() -> None:
    found = audience_of("bluesky", SETTINGS)
    assert (found.network, found.lang, found.demo) == ("bluesky", None, False)
    with pytest.raises(ProblemsFound):
        audience_of("mastodon", {**SETTINGS, "MASTODON_SINCE": None})


REAL = channel(MemoryNetwork())
LOCAL = channel(BlindNetwork(), "preview", real=False, since=None)


def test_demo_posts_and_example_addresses_stay_at_home() -> None:
    demo = [announcement(1, demo=True)]
    guard(demo, [LOCAL], siteurl="https://example.org", example=True)
    guard([announcement(1)], [REAL], siteurl="https://inkop.se", example=False)
    with pytest.raises(ProblemsFound) as caught:
        guard(demo, [REAL], siteurl="https://blogg.example.org", example=True)
    assert caught.value.exit_status == 2
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize(
    ("channels", "earlier", "existed", "stops"),
    [
        ([REAL], True, False, True),
        ([LOCAL, REAL], True, False, True),
        ([REAL], True, True, False),
        ([REAL], False, False, False),
        ([LOCAL], True, False, False),
    ],
)
def test_a_lost_ledger_stops_before_anything_is_sent(
    channels: list[Channel], earlier: bool, existed: bool, stops: bool
) -> None:
    if not stops:
        lost_ledger_guard(channels, earlier_release=earlier, ledger_existed=existed)
        return
    with pytest.raises(ProblemsFound, match="utrop recover") as caught:
        lost_ledger_guard(channels, earlier_release=earlier, ledger_existed=existed)
    assert caught.value.exit_status == 2
