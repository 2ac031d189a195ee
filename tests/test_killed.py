"""`utrop publish` killed at every point it passes and at any moment: nothing lost, none doubled.

Each case is a site that was released before and has two new posts. A real process publishes them
and is killed; then others run until nothing is owed. The Mastodon server behind the proxy ignores
the Idempotency-Key, and the answer to the first post is lost; Bluesky is the real PDS.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.servers.bluesky_pds import Account, Pds
from tests.servers.fault_proxy import FaultProxy
from tests.servers.mastodon import MastodonServer
from tests.sites import REPOSITORY, SmallSite
from utrop.serving.static import SiteServer, running

BEGIN = datetime.fromisoformat("2026-11-23T12:00:00+01:00")
SINCE = "2026-10-15T00:00:00+02:00"
RUNS = 6
"""Enough to become idle from any point."""
POSTS = {"nytt00000002", "nytt00000003"}
FEW = 3
"""Of the points at which a file is set down, so many are enough: they are all alike."""


@dataclass(frozen=True, slots=True)
class OnNetwork:
    """An account of one case: what the site is given, and what the network shows there."""

    environ: dict[str, str]
    shown: Callable[[], list[str]]
    """The addresses that its posts link to."""
    lose_answer: Callable[[], None]


class Killer:
    """Orders processes from tests/killing.py."""

    def __init__(self, folder: Path) -> None:
        self.said = folder / "said"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.killing"],
            cwd=REPOSITORY,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY}/plugins"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __call__(self, site: SmallSite, *arguments: str, now: datetime, **order: Any) -> int | None:
        """Run the command; return its exit status, None where it was killed."""
        whole = {"kill_at": 0, "kill_after": 0, "points": "", "control": "", "said": str(self.said)}
        whole |= {"root": str(site.root), "arguments": arguments}
        whole |= {"environ": {"PATH": os.environ["PATH"], "UTROP_NOW": now.isoformat()}}
        whole["environ"] |= site.environ  # type: ignore[operator] # a dict, as just set
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(whole | order) + "\n")
        self.process.stdin.flush()
        status: int | None = json.loads(self.process.stdout.readline())
        assert "Traceback" not in self.said.read_text(), self.said.read_text()
        return status

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()


@dataclass
class Ended:
    """What came of one case."""

    killed: bool
    statuses: list[int | None] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)


class Cases:
    """One site that every case has a copy of, all served at one address."""

    def __init__(self, site: SmallSite, killer: Killer, folder: Path, url: str) -> None:
        self.site, self.killer, self.folder, self.url = site, killer, folder, url
        self.numbers = count(1)
        site.environ["UTROP_SITEURL"] = url
        self.serve(site)
        site.post("gammalt00001", "Ett gammalt inlägg", date="2026-10-01 09:00")
        assert killer(site, "publish", "--no-announce", now=BEGIN - timedelta(days=1)) == 0
        self.old = tree_of(site)
        for uid in sorted(POSTS):
            site.post(uid, f"Det nya {uid}", date="2026-11-20 09:00")
        released = self.copy()
        assert killer(released, "publish", "--no-announce", now=BEGIN) == 0
        self.new = tree_of(released)
        assert self.old != self.new

    def serve(self, site: SmallSite) -> None:
        link = self.folder / "live"
        link.unlink(missing_ok=True)
        link.symlink_to(site.current)

    def copy(self) -> SmallSite:
        root = self.folder / f"case-{next(self.numbers)}"
        shutil.copytree(self.site.root, root, symlinks=True)
        case = SmallSite(root, dict(self.site.environ))
        self.serve(case)
        return case

    def points(self, account: OnNetwork, *arguments: str) -> list[str]:
        """Return the points that a whole run passes."""
        case = self.copy()
        case.environ |= account.environ
        account.lose_answer()
        file = self.folder / "points"
        file.unlink(missing_ok=True)
        self.killer(case, *arguments, now=BEGIN, points=str(file))
        return file.read_text().splitlines()

    def run(self, account: OnNetwork, **order: Any) -> Ended:
        """Kill one publish as ordered, run until idle, and return what the network shows."""
        case = self.copy()
        case.environ |= account.environ
        account.lose_answer()
        control = {"control": order.get("control", "")}
        ended = Ended(self.killer(case, "publish", now=BEGIN, **order) is None)
        assert tree_of(case) in (self.old, self.new), "a mix of two sites is live"
        assert_ledger_is_sound(case)
        for number in range(1, RUNS + 1):
            # A look of its own every few minutes, as a person or a timer would.
            now = BEGIN + timedelta(minutes=4 * number)
            command = "publish" if tree_of(case) == self.old else "announce"
            ended.statuses.append(self.killer(case, command, now=now, **control))
            if ended.statuses[-1] == 0:
                break
        assert tree_of(case) == self.new
        assert_ledger_is_sound(case)
        shown = Counter(account.shown())
        wanted = [f"{self.url}/det-nya-{uid}/" for uid in sorted(POSTS)]
        ended.lost = [url for url in wanted if not shown[url]]
        ended.doubled = [url for url, times in shown.items() if times > 1]
        assert set(shown) <= set(wanted), "something was announced that should not be"
        return ended


def tree_of(site: SmallSite) -> str:
    """Return a digest of what is live."""
    whole = hashlib.sha256()
    live = site.current.resolve()
    for path in sorted(path for path in live.rglob("*") if path.is_file()):
        whole.update(f"{path.relative_to(live)}\0".encode() + path.read_bytes())
    return whole.hexdigest()


def assert_ledger_is_sound(site: SmallSite) -> None:
    path = site.root / "ledger.sqlite3"
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.execute("SELECT * FROM deliveries").fetchall()
    finally:
        connection.close()


def numbered(points: list[str]) -> list[tuple[int, str]]:
    """Return the points to be killed at; of the many files only the first, the last and one."""
    files = [number for number, point in enumerate(points, 1) if point.startswith("set down")]
    few = set(files[:: max(len(files) // (FEW - 1), 1)] + files[-1:])
    return [
        (number, point)
        for number, point in enumerate(points, 1)
        if not point.startswith("set down") or number in few
    ]


def failures(cases: dict[str, Ended]) -> dict[str, Ended]:
    return {
        point: ended
        for point, ended in cases.items()
        if ended.lost or ended.doubled or ended.statuses[-1] != 0
    }


@pytest.fixture
def cases(site: SmallSite, tmp_path: Path) -> Iterator[Cases]:
    for path in (site.root / "content" / "posts").iterdir():
        path.unlink()
    killer = Killer(tmp_path)
    server: SiteServer
    try:
        with running(tmp_path / "live") as server:
            yield Cases(site, killer, tmp_path, server.url.rstrip("/"))
    finally:
        killer.close()


@pytest.fixture
def on_mastodon(
    mastodon_accounts: Iterator[MastodonServer],
) -> Iterator[Callable[[], OnNetwork]]:
    first = next(mastodon_accounts)
    with FaultProxy(first.url) as proxy:
        proxy.stripped.add("idempotency-key")

        def make() -> OnNetwork:
            server = next(mastodon_accounts)
            return OnNetwork(
                environ={
                    "UTROP_NETWORKS": "mastodon",
                    "MASTODON_URL": proxy.url,
                    "MASTODON_TOKEN": server.token,
                    "MASTODON_SINCE": SINCE,
                },
                shown=lambda: [link_in(status["content"]) for status in server.statuses()],
                lose_answer=lambda: proxy.drop_answer("POST", "/api/v1/statuses"),
            )

        yield make


def link_in(content: str) -> str:
    return "http" + content.rpartition('href="http')[2].partition('"')[0]


@pytest.fixture
def on_bluesky(pds: Pds, bluesky_proxy: FaultProxy) -> Callable[[], OnNetwork]:
    def make() -> OnNetwork:
        name = f"dodad{os.getpid()}x{next(_numbers)}"
        account: Account = pds.create_account(name)
        return OnNetwork(
            environ={
                "UTROP_NETWORKS": "bluesky",
                "BLUESKY_URL": bluesky_proxy.url,
                "BLUESKY_HANDLE": account.handle,
                "BLUESKY_APP_PASSWORD": account.app_password,
                "BLUESKY_SINCE": SINCE,
            },
            shown=lambda: [
                record["value"]["embed"]["external"]["uri"] for record in pds.records(account.did)
            ],
            lose_answer=lambda: bluesky_proxy.drop_answer(
                "POST", "/xrpc/com.atproto.repo.putRecord"
            ),
        )

    return make


_numbers = count(1)
ALWAYS = {
    "swept",
    "all on disk",
    "named",
    "linked aside",
    "switched",
    "before expect is written",
    "before claim is written",
    "after claim is written",
    "before publish",
    "after publish",
    "before settle is written",
    "after settle is written",
    "before find",
    "after find",
}


def matrix(cases: Cases, account: Callable[[], OnNetwork]) -> dict[str, Ended]:
    points = numbered(cases.points(account(), "publish"))
    assert {point for _, point in points} >= ALWAYS
    ended = {f"{number}: {point}": cases.run(account(), kill_at=number) for number, point in points}
    assert all(one.killed for one in ended.values())
    print(*(f"{point}: {one}" for point, one in ended.items()), sep="\n")
    return ended


def test_killed_at_every_point_on_mastodon(
    cases: Cases, on_mastodon: Callable[[], OnNetwork]
) -> None:
    assert failures(matrix(cases, on_mastodon)) == {}


@pytest.mark.pds
@pytest.mark.xdist_group("pds")
def test_killed_at_every_point_on_bluesky(
    cases: Cases, on_bluesky: Callable[[], OnNetwork]
) -> None:
    assert failures(matrix(cases, on_bluesky)) == {}
