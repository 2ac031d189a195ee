"""A stateful stand-in for a Mastodon server (PyPI mastodon_mock), on loopback.

It counts URLs in full and keeps idempotency keys for ever, both stricter or kinder than real
servers; the fault proxy before it takes the kindness away. An edit with the same words counts as an
edit there, and its language is not kept; its tokens have no application, so their scopes are told
by the tests, as https://docs.joinmastodon.org/methods/apps/#verify_credentials has them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
from mastodon_mock.config import MastodonMockConfig, SeedAccount, SeedConfig
from mastodon_mock.testing.server import MockServer

DOMAIN = "social.example.org"
ACCOUNTS = 600
"""How many tests of one process can have an account of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MastodonServer:
    """A running server and an account there; ``url`` is what MASTODON_URL takes."""

    url: str
    token: str
    account: str

    def statuses(self) -> list[dict[str, Any]]:
        """Return every status of the account, newest first (40 at most)."""
        headers = {"Authorization": f"Bearer {self.token}"}
        with httpx.Client(base_url=self.url, headers=headers) as http:
            me = http.get("/api/v1/accounts/verify_credentials").raise_for_status().json()
            path = f"/api/v1/accounts/{me['id']}/statuses"
            answer = http.get(path, params={"limit": "40"}).raise_for_status()
            found: list[dict[str, Any]] = answer.json()
            return found

    def delete(self, number: str) -> None:
        """Delete a status as a person at the account would."""
        headers = {"Authorization": f"Bearer {self.token}"}
        httpx.delete(f"{self.url}/api/v1/statuses/{number}", headers=headers).raise_for_status()

    def edit(self, number: str, text: str) -> None:
        """Edit a status as a person at the account would."""
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"{self.url}/api/v1/statuses/{number}"
        httpx.put(url, json={"status": text}, headers=headers).raise_for_status()

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
def running() -> Iterator[Iterator[MastodonServer]]:
    """Run one server until the block ends; each ``next`` gives it with another empty account."""
    tokens = {f"inkop{number}": f"canary-token-{number}-7f3a" for number in range(ACCOUNTS)}
    seeds = [SeedAccount(username=name, access_token=token) for name, token in tokens.items()]
    config = MastodonMockConfig(domain=DOMAIN, seed=SeedConfig(accounts=seeds))
    with MockServer(config=config, log_level="critical") as server:
        yield (
            MastodonServer(url=server.base_url, token=token, account=f"@{name}@{DOMAIN}")
            for name, token in tokens.items()
        )
