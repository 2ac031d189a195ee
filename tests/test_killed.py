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
import time
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
from tests.sites import PELICANCONF, PUBLISHCONF, REPOSITORY, SmallSite
from utrop.serving.static import running

BEGIN = datetime.fromisoformat("2026-11-23T12:00:00+01:00")
SINCE = "2026-10-15T00:00:00+02:00"
RUNS = 6
"""Enough to become idle from any point."""
POSTS = {"nytt00000002", "nytt00000003"}
RANDOM = 8
"""How many publishes are killed at a moment of chance."""


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

    def points(self, account: OnNetwork, control: str = "") -> list[str]:
        """Return the points that a whole run passes."""
        case = self.copy()
        case.environ |= account.environ
        account.lose_answer()
        file = self.folder / "points"
        file.unlink(missing_ok=True)
        self.killer(case, "publish", now=BEGIN, points=str(file), control=control)
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


def numbered(points: list[str], *, last: bool) -> list[tuple[int, str]]:
    """Return the points to be killed at: of those of one name the first, and the ``last`` too."""
    passed: dict[str, list[tuple[int, str]]] = {}
    for number, point in enumerate(points, 1):
        kind = "set down" if point.startswith("set down") else point
        passed.setdefault(kind, []).append((number, point))
    return sorted(
        {one for group in passed.values() for one in (group[0], group[-1 if last else 0])}
    )


def failures(cases: dict[str, Ended]) -> dict[str, Ended]:
    return {
        point: ended
        for point, ended in cases.items()
        if ended.lost or ended.doubled or ended.statuses[-1] != 0
    }


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cases]:
    folder = tmp_path_factory.mktemp("killed")
    root = folder / "plats"
    (root / "content").mkdir(parents=True)
    (root / "pelicanconf.py").write_text(PELICANCONF, "utf-8")
    (root / "publishconf.py").write_text(PUBLISHCONF, "utf-8")
    killer = Killer(folder)
    try:
        with running(folder / "live") as server:
            yield Cases(SmallSite(root), killer, folder, server.url.rstrip("/"))
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
RELEASING = {"swept", "all on disk", "named", "linked aside", "switched"}
ANNOUNCING = {
    "after recover is written",
    "before expect is written",
    "after expect is written",
    "before claim is written",
    "after claim is written",
    "before publish",
    "after publish",
    "before settle is written",
    "after settle is written",
    "before find",
    "after find",
}


def matrix(
    cases: Cases, account: Callable[[], OnNetwork], first: str, *, last: bool
) -> dict[str, Ended]:
    """Kill a publish at each of its points from the ``first`` on."""
    points = numbered(cases.points(account()), last=last)
    begin = [point for _, point in points].index(first)
    ended = {
        f"{number}: {point}": cases.run(account(), kill_at=number)
        for number, point in points[begin:]
    }
    print(*(f"{point}: {one}" for point, one in ended.items()), sep="\n")
    assert all(one.killed for one in ended.values())
    return ended


def names(ended: dict[str, Ended]) -> set[str]:
    return {point.partition(": ")[2] for point in ended}


def test_killed_at_every_point_on_mastodon(
    cases: Cases, on_mastodon: Callable[[], OnNetwork]
) -> None:
    ended = matrix(cases, on_mastodon, "swept", last=True)
    assert names(ended) >= RELEASING | ANNOUNCING | {"before POST statuses", "after POST statuses"}
    assert failures(ended) == {}


@pytest.mark.pds
@pytest.mark.xdist_group("pds")
def test_killed_at_every_point_on_bluesky(
    cases: Cases, on_bluesky: Callable[[], OnNetwork]
) -> None:
    """From the switch on: what comes before asks no network."""
    ended = matrix(cases, on_bluesky, "switched", last=False)
    assert names(ended) >= ANNOUNCING | {"after POST com.atproto.repo.putRecord"}
    assert failures(ended) == {}


def test_killed_at_any_moment(cases: Cases, on_mastodon: Callable[[], OnNetwork]) -> None:
    begun = time.monotonic()
    assert cases.run(on_mastodon()).killed is False
    whole = time.monotonic() - begun
    chance = random.Random(20261123)  # noqa: S311 - moments to kill at, no secrets
    ended = {
        f"{moment:.3f} s": cases.run(on_mastodon(), kill_after=moment)
        for moment in (chance.uniform(0.02, whole * 0.8) for _ in range(RANDOM))
    }
    assert any(one.killed for one in ended.values())
    assert failures(ended) == {}


@pytest.mark.parametrize("control", ["no-intent", "no-read-back"])
def test_a_missing_safeguard_doubles_on_mastodon(
    cases: Cases, on_mastodon: Callable[[], OnNetwork], control: str
) -> None:
    """The control: without it a kill after the request is not survived."""
    number = cases.points(on_mastodon(), control).index("after publish") + 1
    assert cases.run(on_mastodon(), kill_at=number, control=control).doubled


@pytest.mark.pds
@pytest.mark.xdist_group("pds")
def test_a_key_of_chance_doubles_on_bluesky(
    cases: Cases, on_bluesky: Callable[[], OnNetwork]
) -> None:
    number = cases.points(on_bluesky(), "chance-key").index("after publish") + 1
    assert cases.run(on_bluesky(), kill_at=number, control="chance-key").doubled
