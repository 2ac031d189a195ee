"""The tools, configured as their documentation says, and who runs them again, and when.

A tool's ``again`` is what its user would do. What may be run again is decided by exit statuses and
by what the tool sent, never by a look at the network: that look is what is measured.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.peers.accounts import Account
from benchmarks.peers.environment import MASTODON_HOST, Environment
from benchmarks.peers.proxy import HELD, Proxy
from benchmarks.peers.site import Released, utrop

RUNS = 8
"""How often a command is run at most. Whoever is not done by then is taken as he stands."""
BETWEEN = timedelta(minutes=4)
"""How much later, by Utrop's clock, the next run of Utrop is."""
SINCE = "2026-10-15T00:00:00+02:00"


@dataclass(slots=True, kw_only=True)
class Case:
    """One tool, one network, one account, one fault."""

    network: str
    folder: Path
    account: Account
    proxy: Proxy
    environment: Environment
    site: Released
    now: datetime
    statuses: list[int] = field(default_factory=list)
    """The exit status of each command; negative where a signal ended it."""

    def command(self, command: list[str], **environ: str) -> int:
        """Run one command as a process of its own, which a fault may kill; return its status."""
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        with (self.folder / "said.txt").open("ab") as said:
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                env={**inherited, "HOME": str(self.folder), **environ},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
            )
            with self.proxy.watching(process.pid):
                try:
                    status = process.wait(HELD)
                except subprocess.TimeoutExpired:
                    process.kill()
                    status = process.wait()
            said.write(f"\n[exit status {status}]\n".encode())
        self.statuses.append(status)
        return status


_INHERITED = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TMPDIR")


def crosspost(case: Case, *, again: bool) -> None:
    """Post each post with one command, on one network, so that its exit status speaks of that."""
    address = f"127.0.0.1:{case.proxy.port}"
    environ = {"NODE_EXTRA_CA_CERTS": str(case.environment.authority)}
    if case.network == "mastodon":
        environ |= {"MASTODON_HOST": address, "MASTODON_ACCESS_TOKEN": case.account.secret}
    else:
        environ |= {"BLUESKY_HOST": address, "BLUESKY_IDENTIFIER": case.account.name}
        environ |= {"BLUESKY_PASSWORD": case.account.secret}
    program = [str(case.environment.node), str(case.environment.crosspost), f"--{case.network}"]
    for post in case.site.posts:
        for _ in range(RUNS):
            if case.command([*program, post.text], **environ) == 0 or not again:
                break


def feed2fedi(case: Case) -> None:
    """Let it read the site's feed until a run ends well and sends nothing, as a timer would."""
    config = {
        "feeds": [{"url": case.site.feed, "post_videos": False}],
        "fedi_instance": f"https://{MASTODON_HOST}",
        "fedi_access_token": case.account.secret,
        "cache_max_age": 30,
        "cache_db_path": str(case.folder / "cache.sqlite"),
        "bot_post_media": False,
        "bot_post_visibility": "public",
    }
    path = case.folder / "config.json"
    path.write_text(json.dumps(config, indent=2), "utf-8")
    environ = {
        "HTTPS_PROXY": f"http://127.0.0.1:{case.proxy.port}",
        "NO_PROXY": "127.0.0.1",
        "SSL_CERT_FILE": str(case.environment.authority),
    }
    for _ in range(RUNS):
        sent = case.proxy.writes
        status = case.command(
            [str(case.environment.feed2fedi), "--config-file", str(path)], **environ
        )
        if status == 0 and case.proxy.writes == sent:
            break


def utrop_announce(case: Case) -> None:
    """Announce until a run ends well and sends nothing, minutes apart by the injected clock."""
    root = case.folder / "site"
    shutil.copytree(case.site.root, root, symlinks=True)
    address = f"https://127.0.0.1:{case.proxy.port}"
    environ = {"UTROP_SITEURL": case.site.url, "UTROP_NETWORKS": case.network}
    environ |= {"SSL_CERT_FILE": str(case.environment.authority)}
    if case.network == "mastodon":
        environ |= {"MASTODON_URL": address, "MASTODON_TOKEN": case.account.secret}
        environ |= {"MASTODON_SINCE": SINCE}
    else:
        environ |= {"BLUESKY_URL": address, "BLUESKY_HANDLE": case.account.name}
        environ |= {"BLUESKY_APP_PASSWORD": case.account.secret, "BLUESKY_SINCE": SINCE}
    case.folder = root
    for number in range(RUNS):
        sent, now = case.proxy.writes, case.now + BETWEEN * number
        status = case.command([*utrop(), "announce"], UTROP_NOW=now.isoformat(), **environ)
        if status == 0 and case.proxy.writes == sent:
            break


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    title: str
    networks: tuple[str, ...]
    run: Callable[[Case], None]


TOOLS = {
    "crosspost": Tool(
        title="crosspost, run again until it succeeds",
        networks=("mastodon", "bluesky"),
        run=lambda case: crosspost(case, again=True),
    ),
    "crosspost-once": Tool(
        title="crosspost, never run again",
        networks=("mastodon", "bluesky"),
        run=lambda case: crosspost(case, again=False),
    ),
    "feed2fedi": Tool(title="feed2fedi", networks=("mastodon",), run=feed2fedi),
    "utrop": Tool(title="Utrop", networks=("mastodon", "bluesky"), run=utrop_announce),
}
