"""Measures announcing: ``python -m benchmarks.speed [--posts 500] [--runs 5]``.

The peer in the same run is the bare work: each network's module asked to publish each message,
one after the other, with no ledger, no look at the page and no look at the network.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from benchmarks.speed import stand_ins
from tests.sites import PELICANCONF, PUBLISHCONF, SmallSite
from utrop import announcing, clock, configuration
from utrop.serving.static import running
from utrop.syndication import channels
from utrop.syndication.composer import compose
from utrop.syndication.manifest import from_bytes
from utrop.terminal import Terminal

EIGHT = (*("mastodon", "bluesky", "linkedin", "facebook", "threads", "telegram", "slack", "teams"),)
NOW = "2026-11-23T12:00:00+01:00"


def main() -> None:
    """Print the figures as a Markdown table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--posts", type=int, default=500)
    asked.add_argument("--runs", type=int, default=5)
    asked.add_argument("--networks", default=",".join(EIGHT))
    given = asked.parse_args()
    names = tuple(given.networks.split(","))
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        site = _site(folder / "site", given.posts)
        with running(site.current) as web:
            site.environ["UTROP_SITEURL"] = web.url.rstrip("/")
            _run(site, "publish", "--no-announce")
            with stand_ins.running(names, folder / "bare") as environ:
                bare = _bare(site, names, environ)
            with stand_ins.running(names, folder / "ours") as environ:
                site.environ |= environ
                taken, peak = _run(site, "announce")
                idle = [_announcer(site) for _ in range(given.runs + 1)][1:]
            site.environ = {"UTROP_SITEURL": web.url.rstrip("/"), "UTROP_NETWORKS": "preview"}
            _run(site, "announce")
            alone = [_announcer(site) for _ in range(given.runs + 1)][1:]
    posts = f"{given.posts} posts to {len(names)} networks"
    print("| what | seconds | ratio | memory |")
    print("|---|---:|---:|---:|")
    print(f"| {posts}: the bare requests, one after the other | {bare:.1f} | 1 | |")
    print(f"| {posts}: `utrop announce` | {taken:.1f} | {taken / bare:.2f} | {peak:.0f} MB |")
    print(f"| nothing to announce, preview alone | {statistics.median(alone):.3f} | | |")
    print(
        f"| nothing to announce, {len(names)} networks asked | {statistics.median(idle):.3f} | | |"
    )


def _site(root: Path, posts: int) -> SmallSite:
    (root / "content" / "posts").mkdir(parents=True)
    (root / "pelicanconf.py").write_text(PELICANCONF, "utf-8")
    (root / "publishconf.py").write_text(PUBLISHCONF, "utf-8")
    site = SmallSite(root)
    first = datetime(2025, 6, 1, 9, tzinfo=UTC)
    for number in range(posts):
        moment = first + timedelta(days=number)
        site.post(
            f"mangd{number:07}",
            f"Nummer {number} av många",
            body=f"Om upphandling nummer {number}, med sista anbudsdag en onsdag.",
            date=f"{moment:%Y-%m-%d %H:%M}",
            tags="[lou, dialog]",
        )
    return site


def _run(site: SmallSite, *arguments: str) -> tuple[float, float]:
    """Run the command; return its seconds and its peak memory in megabytes."""
    environ = {**os.environ, **site.environ, "UTROP_NOW": NOW}
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "utrop", *arguments],
        cwd=site.root,
        env=environ,
        stdout=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"utrop {' '.join(arguments)} ended with {process.returncode}")
    return time.perf_counter() - begun, _megabytes(used)


def _announcer(site: SmallSite) -> float:
    """Return the seconds that the announcer takes by itself, in a process that is warm."""
    environ = {**os.environ, **site.environ, "UTROP_NOW": NOW}
    found = configuration.load(site.root, environ, production=True)
    with contextlib.redirect_stdout(io.StringIO()):
        begun = time.perf_counter()
        status = announcing.announce(
            found, now=clock.now(environ), dry_run=False, terminal=Terminal()
        )
        taken = time.perf_counter() - begun
    if status:
        raise SystemExit(f"there was something to announce: {status}")
    return taken


def _megabytes(used: resource.struct_rusage) -> float:
    return used.ru_maxrss / 1024 if sys.platform == "linux" else used.ru_maxrss / 1_048_576


def _bare(site: SmallSite, names: tuple[str, ...], environ: dict[str, str]) -> float:
    manifest = from_bytes((site.current / "announcements.json").read_bytes())
    settings = {f"{name.upper()}_SINCE": stand_ins.SINCE for name in names}
    with httpx.Client() as http:
        found = channels.configure(names, settings, environ, http=http)
        begun = time.perf_counter()
        for channel in found:
            for one in manifest.announcements:
                message = compose(
                    one, channel.name, channel.network.limits, created_at=datetime.now(UTC)
                )
                channel.network.publish(message, idempotency_key=one.guid[-30:])
        return time.perf_counter() - begun


if __name__ == "__main__":
    main()
