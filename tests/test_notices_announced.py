"""Notices announced, from outside: what is left out and why, and which reminders come."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.servers.mastodon import MastodonServer
from tests.sites import SmallSite
from utrop.serving.static import SiteServer, running


@pytest.fixture
def web(site: SmallSite) -> Iterator[SiteServer]:
    with running(site.current) as server:
        site.environ |= {"UTROP_SITEURL": server.url.rstrip("/")}
        yield server


@pytest.fixture
def site(make_site: Callable[..., SmallSite]) -> SmallSite:
    made = make_site()
    made.post(
        "stad00000001",
        "Städning av skolor",
        date="2026-11-20 09:00",
        kind="notice",
        regime="direct",
        deadline="2026-12-14 23:59",
        buyer_name="Norrviks kommun",
    )
    return made


def test_status_names_the_reminders_that_come(site: SmallSite) -> None:
    site.run("publish")
    told = site.run("status").stdout

    for moment in ("2026-11-30 15:00", "2026-12-07 15:00", "2026-12-11 15:00"):
        assert f"Städning av skolor ({moment})" in told
    site.environ |= {"UTROP_REMINDERS": "2", "UTROP_REMINDER_HOURS": "8-12"}
    site.run("publish")
    told = site.run("status").stdout
    assert "Städning av skolor (2026-12-11 11:00)" in told
    assert "2026-11-30" not in told


def test_the_preview_shows_a_reminder_once_it_is_due(site: SmallSite) -> None:
    site.run("publish")
    page = site.root / "public" / "announcements.html"
    assert "dagar kvar" not in page.read_text("utf-8")
    site.run("publish", now="2026-12-07T15:30:00+01:00")
    assert "Påminnelse: 7 dagar kvar" in page.read_text("utf-8")


def test_a_notice_that_closed_while_nothing_was_published_is_left_out_and_that_is_told(
    site: SmallSite, web: SiteServer, mastodon_server: MastodonServer
) -> None:
    site.environ |= {
        "UTROP_NETWORKS": "mastodon",
        "MASTODON_URL": mastodon_server.url,
        "MASTODON_TOKEN": mastodon_server.token,
        "MASTODON_SINCE": "2026-01-01T00:00:00+01:00",
    }
    why = "its last day had passed before it was announced"
    done = site.run("publish", now="2026-12-20T12:00:00+01:00")

    assert f"Städning av skolor: {why}" in done.stdout
    assert mastodon_server.statuses() == []
    told = site.run("status", now="2026-12-20T12:00:00+01:00").stdout
    assert f"mastodon: 1 post left out: {why}" in told
    again = site.run("publish", now="2026-12-20T13:00:00+01:00")
    assert why not in again.stdout


def test_one_that_was_announced_is_not_said_to_be_left_out_when_it_closes(
    site: SmallSite, web: SiteServer, mastodon_server: MastodonServer
) -> None:
    site.environ |= {
        "UTROP_NETWORKS": "mastodon",
        "MASTODON_URL": mastodon_server.url,
        "MASTODON_TOKEN": mastodon_server.token,
        "MASTODON_SINCE": "2026-01-01T00:00:00+01:00",
    }
    site.run("publish")
    (shown,) = mastodon_server.statuses()
    assert "Sista dag: måndag den 14 december 2026 kl. 23.59" in shown["content"]
    late = {"now": "2026-12-20T12:00:00+01:00"}
    assert "left out" not in site.run("publish", **late).stdout.lower()
    assert "left out" not in site.run("status", **late).stdout
    assert len(mastodon_server.statuses()) == 1
