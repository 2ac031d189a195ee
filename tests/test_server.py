"""The whole way to a server: rsync over a real sshd, its web server, Mastodon, and back again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers import sshd
from tests.servers.fault_proxy import FaultProxy
from tests.servers.mastodon import MastodonServer
from tests.sites import STRICT, SmallSite
from utrop.serving.static import running

pytestmark = pytest.mark.sshd


@dataclass(frozen=True, slots=True)
class Server:
    """A server on this machine: its folder, and what its web server shows."""

    folder: Path

    @property
    def current(self) -> Path:
        return self.folder / "current"

    def releases(self) -> list[Path]:
        return sorted((self.folder / "releases").iterdir())


@pytest.fixture
def server(
    site: SmallSite, tmp_path: Path, mastodon_server: MastodonServer, mastodon_proxy: FaultProxy
) -> Iterator[Server]:
    if missing := sshd.missing():
        assert not STRICT, f"not installed: {missing}"
        pytest.skip(f"not installed: {missing}")
    keys, folder = tmp_path / "nycklar", tmp_path / "server" / "www"
    keys.mkdir()
    folder.parent.mkdir()
    mastodon_proxy.stripped.add("idempotency-key")
    with sshd.sshd(keys) as shell, running(folder / "current") as web:
        site.environ |= {
            **shell.environ(),
            "UTROP_DEPLOY": shell.url(folder),
            "UTROP_SITEURL": web.url.rstrip("/"),
            "UTROP_NETWORKS": "mastodon",
            "MASTODON_URL": mastodon_proxy.url,
            "MASTODON_TOKEN": mastodon_server.token,
            "MASTODON_SINCE": "2026-01-01T00:00:00+01:00",
        }
        yield Server(folder)


def test_a_site_on_a_server_is_announced_once(
    site: SmallSite, server: Server, mastodon_server: MastodonServer, mastodon_proxy: FaultProxy
) -> None:
    mastodon_proxy.drop_answer("POST", "/api/v1/statuses")
    said = site.run("publish").stdout
    assert "2 on mastodon" in said
    assert len(mastodon_server.statuses()) == 2
    assert (server.current / "forsta-inlagget" / "index.html").is_file()
    assert not site.current.exists(), "nothing is released on this machine"
    assert (site.root / "public" / "announcements.html").is_file()

    again = site.run("publish", now="2026-11-24T12:00:00+01:00").stdout
    assert "unchanged since the last publish" in again
    assert "nothing new" in again
    assert len(server.releases()) == 1
    assert len(mastodon_server.statuses()) == 2

    site.post("tredje000003", "Tredje inlägget", date="2026-11-24 13:00")
    site.run("publish", now="2026-11-24T14:00:00+01:00")
    assert len(mastodon_server.statuses()) == 3
    first, second = server.releases()
    assert server.current.resolve() == second
    kept = [release / "theme" / "images" / "share.png" for release in (first, second)]
    assert kept[0].stat().st_ino == kept[1].stat().st_ino, "only what changed was sent"

    site.run("rollback", now="2026-11-24T15:00:00+01:00")
    assert server.current.resolve() == first
    site.run("announce", now="2026-11-24T15:30:00+01:00")
    site.run("publish", now="2026-11-24T16:00:00+01:00")
    assert (server.current / "tredje-inlagget" / "index.html").is_file()
    assert len(mastodon_server.statuses()) == 3
    rows = json.loads(site.run("status", "--json").stdout)
    assert [row["state"] for row in rows] == ["delivered"] * 3


def test_a_server_that_has_a_release_and_no_ledger_is_told_nothing_twice(
    site: SmallSite, server: Server, mastodon_server: MastodonServer
) -> None:
    """Another machine, or a runner whose ledger was not kept."""
    site.run("publish")
    (site.root / "ledger.sqlite3").unlink()
    done = site.run("publish", expect=2, now="2026-11-24T12:00:00+01:00")
    assert "there is no ledger" in done.stderr
    site.run("baseline", "--again", expect=None, now="2026-11-24T12:00:00+01:00")
    site.run("publish", now="2026-11-24T12:01:00+01:00")
    assert len(mastodon_server.statuses()) == 2
