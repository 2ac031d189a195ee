"""An empty account for each case, on the stand-in for Mastodon and on Bluesky's real server."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Lock

from tests.servers import bluesky_pds, mastodon


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """``name`` and ``secret`` log in at ``server``; ``shown`` gives each of its posts as JSON."""

    server: str
    name: str
    secret: str
    shown: Callable[[], list[str]]


@contextlib.contextmanager
def running(node: Path, folder: Path) -> Iterator[dict[str, Callable[[], Account]]]:
    """Run both servers; for each network there is a function that makes an account."""
    bluesky_pds.install(node)
    lock, numbers = Lock(), count(1)
    with mastodon.running() as servers, bluesky_pds.running(node, folder) as pds:

        def on_mastodon() -> Account:
            with lock:
                server = next(servers)
            return Account(
                server=server.url,
                name=server.account,
                secret=server.token,
                shown=lambda: [json.dumps(status) for status in server.statuses()],
            )

        def on_bluesky() -> Account:
            with lock:
                account = pds.create_account(f"peer{next(numbers)}")
            return Account(
                server=pds.url,
                name=account.handle,
                secret=account.app_password,
                shown=lambda: [json.dumps(record["value"]) for record in pds.records(account.did)],
            )

        yield {"mastodon": on_mastodon, "bluesky": on_bluesky}
