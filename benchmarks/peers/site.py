"""The site whose posts are announced: built by Utrop, served on loopback, read by every tool."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import utrop as utrop_itself
from tests.sites import PELICANCONF, PUBLISHCONF, SmallSite
from utrop.serving.static import running as serving


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    uid: str
    title: str
    url: str

    @property
    def text(self) -> str:
        """What a person hands to a tool that composes nothing; feed2fedi's own template."""
        return f"{self.title}\n\n{self.url}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """A released site: ``root`` is copied for Utrop's cases, ``feed`` is for who reads feeds."""

    root: Path
    url: str
    feed: str
    posts: tuple[Post, ...]


UIDS = ("nytt00000001", "nytt00000002", "nytt00000003")


@contextlib.contextmanager
def released(folder: Path, now: datetime) -> Iterator[Released]:
    """Write three posts, build and release them, and serve the release until the block ends."""
    root = folder / "site"
    (root / "content").mkdir(parents=True)
    (root / "pelicanconf.py").write_text(PELICANCONF, "utf-8")
    (root / "publishconf.py").write_text(PUBLISHCONF, "utf-8")
    site = SmallSite(root)
    for number, uid in enumerate(UIDS, 1):
        site.post(uid, f"Det nya {uid}", date=f"2026-11-2{number} 09:00")
    live = folder / "live"
    live.symlink_to(site.current)
    with serving(live) as server:
        url = server.url.rstrip("/")
        site.environ["UTROP_SITEURL"] = url
        site.run("publish", "--no-announce", now=now.isoformat())
        posts = tuple(
            Post(uid=uid, title=f"Det nya {uid}", url=f"{url}/det-nya-{uid}/") for uid in UIDS
        )
        yield Released(root=root, url=url, feed=f"{url}/feed.rss", posts=posts)


def utrop() -> list[str]:
    """Return the command of the Utrop that stands first on the path."""
    return [sys.executable, "-m", "utrop"]


def version_of_utrop() -> str:
    """Return the commit that is measured, with a plus sign where files differ from it."""
    where = Path(utrop_itself.__file__).parent
    environ = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(where), *arguments]
        ended = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        return ended.stdout.strip()

    changed = git("status", "--porcelain", "--", ".")
    commit = git("rev-parse", "--short", "HEAD") + ("+" if changed else "")
    return f"{utrop_itself.__version__} ({commit})"
