"""Announcing for real, from outside: `utrop publish` against Mastodon and a real Bluesky PDS."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator

import pytest

from tests.servers.bluesky_pds import Account, Pds
from tests.servers.fault_proxy import FaultProxy
from tests.servers.mastodon import MastodonServer
from tests.sites import SHARED, SmallSite
from utrop.serving.static import SiteServer, running

SINCE = "2026-01-01T00:00:00+01:00"


@pytest.fixture
def web(site: SmallSite) -> Iterator[SiteServer]:
    """The public web server of the site: it serves whatever release is current."""
    with running(site.current) as server:
        site.environ |= {"UTROP_SITEURL": server.url.rstrip("/")}
        yield server


@pytest.fixture
def on_mastodon(
    site: SmallSite, web: SiteServer, mastodon_server: MastodonServer, mastodon_proxy: FaultProxy
) -> Callable[..., SmallSite]:
    site.environ |= {
        "UTROP_NETWORKS": "mastodon",
        "MASTODON_URL": mastodon_proxy.url,
        "MASTODON_TOKEN": mastodon_server.token,
        "MASTODON_SINCE": SINCE,
    }
    return lambda: site


def states(site: SmallSite) -> dict[str, str]:
    rows = json.loads(site.run("status", "--json", expect=None).stdout)
    return {f"{row['network']} {row['guid'].split(':')[-1]}": row["state"] for row in rows}


def test_each_post_is_announced_once_on_mastodon(
    on_mastodon: Callable[..., SmallSite], mastodon_server: MastodonServer
) -> None:
    site = on_mastodon()
    done = site.run("publish")
    said = mastodon_server.statuses()
    # The account announces Swedish: the translation is not announced a second time.
    assert len(said) == 2
    assert {status["language"] for status in said} == {"sv"}
    assert any("/forsta-inlagget/" in status["content"] for status in said)
    assert "Announced" in done.stdout
    site.run("publish", now="2026-11-24T12:00:00+01:00")
    assert len(mastodon_server.statuses()) == 2
    rows = json.loads(site.run("status", "--json").stdout)
    assert {row["state"] for row in rows} == {"delivered"}
    assert all(row["url"].startswith("http") and row["account"] for row in rows)
    assert {"guid", "network", "account", "state", "url"} <= set(rows[0])


@pytest.mark.parametrize("fault", ["drop_answer", "false_500", "reset_midway"])
def test_a_lost_answer_doubles_nothing(
    on_mastodon: Callable[..., SmallSite],
    mastodon_server: MastodonServer,
    mastodon_proxy: FaultProxy,
    fault: str,
) -> None:
    site = on_mastodon()
    mastodon_proxy.stripped.add("idempotency-key")
    getattr(mastodon_proxy, fault)("POST", "/api/v1/statuses", times=2)
    site.run("publish", expect=None)
    site.run("publish", expect=None, now="2026-11-23T15:00:00+01:00")
    site.run("publish", now="2026-11-23T18:00:00+01:00")
    assert len(mastodon_server.statuses()) == 2
    assert set(states(site).values()) == {"delivered"}


def test_dead_links_are_not_announced(site: SmallSite, mastodon_server: MastodonServer) -> None:
    """A token and the default file: target, without a web server that serves the release."""
    site.environ |= {
        "UTROP_SITEURL": "http://127.0.0.1:9",
        "UTROP_NETWORKS": "mastodon",
        "MASTODON_URL": mastodon_server.url,
        "MASTODON_TOKEN": mastodon_server.token,
        "MASTODON_SINCE": SINCE,
    }
    done = site.run("publish", expect=75)
    assert mastodon_server.statuses() == []
    assert set(states(site).values()) == {"pending"}
    assert "cannot be reached" in done.stdout + done.stderr


def test_a_lost_ledger_stops_before_anything_is_sent(
    on_mastodon: Callable[..., SmallSite], mastodon_server: MastodonServer
) -> None:
    site = on_mastodon()
    site.run("publish")
    release = site.current.resolve()
    (site.root / "ledger.sqlite3").unlink()
    site.post("tredje000003", "Tredje inlägget")
    done = site.run("publish", expect=2)
    assert "no ledger" in done.stderr
    assert "utrop recover" in done.stderr
    assert len(mastodon_server.statuses()) == 2
    assert site.current.resolve() == release


def test_a_ledger_that_preview_made_anew_doubles_nothing(
    on_mastodon: Callable[..., SmallSite], mastodon_server: MastodonServer
) -> None:
    site = on_mastodon()
    site.run("publish")
    (site.root / "ledger.sqlite3").unlink()
    site.run("publish", environ={"UTROP_NETWORKS": "preview"})
    site.run("publish")
    assert len(mastodon_server.statuses()) == 2
    assert states(site)["mastodon forsta000001"] == "delivered"


def test_the_first_time_needs_a_baseline(
    site: SmallSite, web: SiteServer, mastodon_server: MastodonServer
) -> None:
    site.environ |= {
        "UTROP_NETWORKS": "mastodon",
        "MASTODON_URL": mastodon_server.url,
        "MASTODON_TOKEN": mastodon_server.token,
    }
    done = site.run("publish", expect=2)
    assert "MASTODON_SINCE is not set; run `utrop baseline`" in done.stderr
    assert not site.current.exists()
    site.run("baseline")
    site.run("publish")
    assert mastodon_server.statuses() == []
    site.post("tredje000003", "Tredje inlägget", date="2026-11-24 09:00")
    site.run("publish", now="2026-11-24T10:00:00+01:00")
    assert len(mastodon_server.statuses()) == 1


def test_what_is_published_at_the_moment_of_the_baseline_is_not_announced(
    on_mastodon: Callable[..., SmallSite], mastodon_server: MastodonServer
) -> None:
    site = on_mastodon()
    del site.environ["MASTODON_SINCE"]
    site.post("tredje000003", "Tredje inlägget", date="2026-11-23 12:00")
    site.run("publish", environ={"UTROP_NETWORKS": "preview"}, now="2026-11-23T12:00:00+01:00")
    site.run("baseline", now="2026-11-23T12:00:00.9+01:00")
    site.run("publish", now="2026-11-23T12:01:00+01:00")
    assert mastodon_server.statuses() == []


def test_a_new_machine_without_release_and_ledger_doubles_nothing(
    on_mastodon: Callable[..., SmallSite],
    mastodon_server: MastodonServer,
    mastodon_proxy: FaultProxy,
) -> None:
    """A runner that kept nothing: only the network remembers."""
    site = on_mastodon()
    mastodon_proxy.stripped.add("idempotency-key")
    site.run("publish")
    (site.root / "ledger.sqlite3").unlink()
    shutil.rmtree(site.root / "public")
    site.run("publish", now="2026-11-24T12:00:00+01:00")
    assert len(mastodon_server.statuses()) == 2
    assert states(site)["mastodon forsta000001"] == "delivered"


def test_no_secret_is_ever_told(
    on_mastodon: Callable[..., SmallSite],
    mastodon_server: MastodonServer,
    mastodon_proxy: FaultProxy,
) -> None:
    site, token = on_mastodon(), mastodon_server.token
    mastodon_proxy.false_500("POST", "/api/v1/statuses")
    told = ""
    for arguments in (["publish"], ["publish"], ["status"], ["status", "--json"]):
        done = site.run(*arguments, expect=None, environ={"UTROP_DEBUG": "1"})
        told += done.stdout + done.stderr
    assert token not in told
    assert token.encode() not in (site.root / "ledger.sqlite3").read_bytes()
    for path in (site.root / "public").rglob("*"):
        assert not path.is_file() or token.encode() not in path.read_bytes()


def test_configuration_mistakes_are_found_all_at_once(site: SmallSite) -> None:
    site.environ |= {
        "UTROP_SITEURL": "http://127.0.0.1:9",
        "UTROP_NETWORKS": "mastodon,bluesky,mastodonn",
        "MASTODON_SINCE": "igår",
    }
    done = site.run("publish", expect=2)
    for named in ("MASTODON_URL", "MASTODON_TOKEN", "BLUESKY_APP_PASSWORD", "BLUESKY_SINCE"):
        assert named in done.stderr
    assert "'igår'" in done.stderr
    assert "did you mean 'mastodon'?" in done.stderr
    assert not (site.root / "public").exists()


def test_a_network_that_cannot_be_reached_waits(site: SmallSite, web: SiteServer) -> None:
    site.environ |= {
        "UTROP_NETWORKS": "mastodon,preview",
        "MASTODON_URL": "http://127.0.0.1:9",
        "MASTODON_TOKEN": "canary-token",
        "MASTODON_SINCE": SINCE,
    }
    done = site.run("publish", expect=75)
    assert "mastodon" in (done.stdout + done.stderr).lower()
    assert [state for key, state in states(site).items() if key.startswith("preview")] == [
        "delivered"
    ] * 3


def test_refused_credentials_ask_for_a_person(
    on_mastodon: Callable[..., SmallSite], mastodon_server: MastodonServer
) -> None:
    site = on_mastodon()
    done = site.run("publish", environ={"MASTODON_TOKEN": "fel-token-1234"}, expect=1)
    assert "fel-token-1234" not in done.stdout + done.stderr
    assert mastodon_server.statuses() == []
    site.run("publish")
    assert len(mastodon_server.statuses()) == 2


def test_a_dry_run_sends_and_records_nothing(
    on_mastodon: Callable[..., SmallSite], mastodon_server: MastodonServer
) -> None:
    site = on_mastodon()
    site.run("publish", "--no-announce")
    done = site.run("announce", "--dry-run")
    assert "Första inlägget" in done.stdout
    assert mastodon_server.statuses() == []
    assert states(site) == {}
    site.run("announce")
    assert len(mastodon_server.statuses()) == 2


def test_a_locked_or_broken_ledger_stops_in_time(site: SmallSite) -> None:
    site.run("publish")
    ledger = site.root / "ledger.sqlite3"
    site.post("tredje000003", "Tredje inlägget")
    whole = ledger.read_bytes()
    ledger.write_bytes(b"detta ar ingen databas" * 200)
    done = site.run("publish", expect=2)
    assert "ledger.sqlite3" in done.stderr
    assert ledger.read_bytes() == b"detta ar ingen databas" * 200
    assert not (site.current / "tredje-inlagget").exists()
    ledger.write_bytes(whole)
    lock = sqlite3.connect(ledger, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
        done = site.run("publish", expect=2)
        assert "locked" in done.stderr or "busy" in done.stderr
    finally:
        lock.close()
    site.run("publish")
    assert (site.current / "tredje-inlagget").exists()


@pytest.mark.pds
@pytest.mark.xdist_group("pds")
def test_each_post_is_announced_once_on_bluesky(
    site: SmallSite,
    web: SiteServer,
    pds: Pds,
    bluesky_account: Account,
    bluesky_proxy: FaultProxy,
) -> None:
    site.environ |= {
        "UTROP_NETWORKS": "bluesky",
        "BLUESKY_URL": bluesky_proxy.url,
        "BLUESKY_HANDLE": bluesky_account.handle,
        "BLUESKY_APP_PASSWORD": bluesky_account.app_password,
        "BLUESKY_SINCE": SINCE,
        "BLUESKY_LANG": "all",
    }
    bluesky_proxy.drop_answer("POST", "/xrpc/com.atproto.repo.putRecord")
    site.run("publish", expect=None)
    site.run("publish")
    records = pds.records(bluesky_account.did)
    assert len(records) == 3
    assert {tuple(record["value"]["langs"]) for record in records} == {("sv",), ("en",)}
    card = records[0]["value"]["embed"]["external"]
    assert card["thumb"]["size"] > 0
    # A lost ledger and a wrong since announce nothing twice: the key is a function of the guid.
    (site.root / "ledger.sqlite3").unlink()
    site.run("publish", environ={"UTROP_NETWORKS": "preview"})
    site.run("publish")
    assert len(pds.records(bluesky_account.did)) == 3


@pytest.mark.pds
@pytest.mark.xdist_group("pds")
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the real posts in shared/data")
def test_real_posts_are_imported_built_and_announced(
    site: SmallSite, web: SiteServer, pds: Pds, bluesky_account: Account
) -> None:
    posts = SHARED / "data" / "posts-18f"
    command = ["import", str(posts), "--base-url", "https://www.18f.example.org", "--lang", "en"]
    site.run(*command)
    imported = {path: path.read_bytes() for path in (site.root / "content").rglob("*.md")}
    site.run(*command)
    assert {path: path.read_bytes() for path in (site.root / "content").rglob("*.md")} == imported
    site.environ |= {
        "UTROP_NETWORKS": "bluesky",
        "BLUESKY_URL": pds.url,
        "BLUESKY_HANDLE": bluesky_account.handle,
        "BLUESKY_APP_PASSWORD": bluesky_account.app_password,
        "BLUESKY_SINCE": "2000-01-01T00:00:00+01:00",
        "BLUESKY_LANG": "en",
    }
    site.run("publish")
    manifest = json.loads((site.current / "announcements.json").read_bytes())
    assert len([post for post in manifest["posts"] if post["lang"] == "en"]) == 22
    feed = json.loads((site.current / "en" / "feed.json").read_bytes())
    assert len(feed["items"]) == 22
    records = pds.records(bluesky_account.did)
    assert len(records) == 22
    links = {record["value"]["embed"]["external"]["uri"] for record in records}
    assert links == {post["url"] for post in manifest["posts"] if post["lang"] == "en"}


def test_releases_hold_no_secret_settings(site: SmallSite) -> None:
    with (site.root / "publishconf.py").open("a") as settings:
        settings.write('MASTODON_TOKEN = "i-installningarna"\n')
    done = site.run("publish", expect=2)
    assert "MASTODON_TOKEN" in done.stderr
    assert "i-installningarna" not in done.stderr
