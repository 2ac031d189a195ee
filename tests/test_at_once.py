"""Several `utrop` at once on one site: each delivery is made once, and the live site is whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.servers.fault_proxy import FaultProxy
from tests.servers.mastodon import MastodonServer
from tests.sites import SmallSite
from utrop.serving.static import running


@pytest.fixture
def house(
    site: SmallSite, mastodon_server: MastodonServer, mastodon_proxy: FaultProxy
) -> Iterator[SmallSite]:
    """A released site that owes eight announcements; its network ignores the Idempotency-Key."""
    mastodon_proxy.stripped.add("idempotency-key")
    with running(site.current) as server:
        site.environ |= {
            "UTROP_SITEURL": server.url.rstrip("/"),
            "UTROP_NETWORKS": "mastodon,preview",
            "MASTODON_URL": mastodon_proxy.url,
            "MASTODON_TOKEN": mastodon_server.token,
            "MASTODON_SINCE": "2026-01-01T00:00:00+01:00",
        }
        for number in range(3, 9):
            site.post(f"inlagg{number:06}", f"Inlägg {number}", date=f"2026-10-{number:02} 09:00")
        site.run("publish", "--no-announce")
        yield site


def at_once(site: SmallSite, number: int, *arguments: str) -> list[tuple[int, str]]:
    """Run a command several times at once; return each one's exit status and what it said."""
    environ = {"PATH": os.environ["PATH"], "UTROP_NOW": "2026-11-23T13:00:00+01:00"}
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "utrop", *arguments],
            cwd=site.root,
            env=environ | site.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(number)
    ]
    ended = [(process.communicate(timeout=120)[0], process.returncode) for process in processes]
    return [(status, said) for said, status in ended]


def assert_each_once(site: SmallSite, server: MastodonServer) -> None:
    shown = Counter(status["content"] for status in server.statuses())
    assert len(shown) == 8
    assert set(shown.values()) == {1}
    states = {row["state"] for row in json.loads(site.run("status", "--json").stdout)}
    assert states == {"delivered"}


@pytest.mark.parametrize("number", [2, 3])
def test_announcers_at_once_send_each_post_once(
    house: SmallSite, mastodon_server: MastodonServer, number: int
) -> None:
    ended = at_once(house, number, "announce")
    assert {status for status, _ in ended} <= {0, 75}, ended
    house.run("announce", now="2026-11-23T14:00:00+01:00")
    assert_each_once(house, mastodon_server)


def test_publishes_at_once_send_each_post_once(
    house: SmallSite, mastodon_server: MastodonServer
) -> None:
    """One is at work; the others say so, or come after it."""
    house.post("nionde000009", "Inlägg 9", date="2026-10-09 09:00", announce="no")
    ended = at_once(house, 3, "publish")
    for status, said in ended:
        assert status in (0, 75) or "another publish is at work" in said, said
    assert 0 in [status for status, _ in ended] or 75 in [status for status, _ in ended], ended
    assert (house.current / "inlagg-9" / "index.html").is_file()
    house.run("publish", now="2026-11-23T14:00:00+01:00")
    assert_each_once(house, mastodon_server)
