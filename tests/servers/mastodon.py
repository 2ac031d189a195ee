"""A stateful stand-in for a Mastodon server (PyPI mastodon_mock), on loopback.

It counts URLs in full and keeps idempotency keys for ever, both stricter or kinder than real
servers; the fault proxy before it takes the kindness away.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
from mastodon_mock.config import MastodonMockConfig, SeedAccount, SeedConfig
from mastodon_mock.testing.server import MockServer

TOKEN = "canary-mastodon-token-7f3a"
ACCOUNT = "@inkop@social.example.org"


@dataclass(frozen=True, slots=True, kw_only=True)
class MastodonServer:
    """A running server with one account; ``url`` is what MASTODON_URL takes."""

    url: str
    token: str = TOKEN
    account: str = ACCOUNT

    def statuses(self) -> list[dict[str, Any]]:
        """Return every status of the account, newest first (40 at most)."""
        headers = {"Authorization": f"Bearer {self.token}"}
        with httpx.Client(base_url=self.url, headers=headers) as http:
            me = http.get("/api/v1/accounts/verify_credentials").raise_for_status().json()
            path = f"/api/v1/accounts/{me['id']}/statuses"
            answer = http.get(path, params={"limit": "40"}).raise_for_status()
            found: list[dict[str, Any]] = answer.json()
            return found

    def post(self, text: str, **more: object) -> dict[str, Any]:
        """Post as a person at the account would."""
        answer = httpx.post(
            f"{self.url}/api/v1/statuses",
            json={"status": text, **more},
            headers={"Authorization": f"Bearer {self.token}"},
        )
        found: dict[str, Any] = answer.raise_for_status().json()
        return found


@contextlib.contextmanager
def running() -> Iterator[MastodonServer]:
    """Run one server with an empty account until the block ends."""
    config = MastodonMockConfig(
        domain="social.example.org",
        seed=SeedConfig(accounts=[SeedAccount(username="inkop", access_token=TOKEN)]),
    )
    with MockServer(config=config, log_level="critical") as server:
        yield MastodonServer(url=server.base_url)
