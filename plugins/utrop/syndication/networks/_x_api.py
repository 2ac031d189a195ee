"""Speaking to X's API: every request signed, every refusal named, and who the keys belong to."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

from utrop.syndication.errors import (
    NetworkError,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Unauthorized,
)
from utrop.syndication.networks._http import Answer, ask, text_of
from utrop.syndication.networks._x_oauth1 import Credentials, authorization
from utrop.syndication.networks._x_refusals import refusal

Clock = Callable[[], float]
"""Gives Unix seconds."""

_NUMBER = re.compile(r"[0-9]{1,19}")
_USERNAME = re.compile(r"[A-Za-z0-9_]{1,50}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """An account: its number, which stays, and its name, which may change."""

    id: str
    username: str


class Api:
    """X's API as one account. Nothing is repeated, and nothing is sent before it is asked for."""

    def __init__(
        self, http: httpx.Client, *, url: str, credentials: Credentials, clock: Clock
    ) -> None:
        self.host = httpx.URL(url).host
        self._http = http
        self._url = url
        self._credentials = credentials
        self._clock = clock
        self._identity: Identity | None = None

    def ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: object = None,
    ) -> Answer:
        """Send one signed request. Raises NotSent or OutcomeUnknown; refusals are answers."""
        url = self._url + path
        header = authorization(
            method,
            url,
            params or {},
            self._credentials,
            timestamp=int(self._clock()),
            nonce=secrets.token_hex(16),
        )
        headers = {"Authorization": header}
        return ask(
            self._http, method, url, server=self.host, headers=headers, params=params, body=body
        )

    def refusal(self, answer: Answer) -> NetworkError:
        """Return the error for an answer that is no success."""
        now = datetime.fromtimestamp(self._clock(), UTC)
        return refusal(answer, server=self.host, secrets=self._credentials.secrets, now=now)

    def identity(self) -> Identity:
        """Return whose keys these are; X is asked once.

        Raises Unauthorized, RateLimited, or NotSent (unreachable or broken: safe to repeat).
        """
        if self._identity is None:
            self._identity = self.ask_identity()[0]
        return self._identity

    def ask_identity(self) -> tuple[Identity, Answer]:
        """Ask X whose keys these are. Raises as ``identity``."""
        answer = self._prepare("/2/users/me")
        data = answer.mapping().get("data") if answer.ok else None
        user = data if isinstance(data, dict) else {}
        key, name = text_of(user, "id"), text_of(user, "username")
        if not (_NUMBER.fullmatch(key) and _USERNAME.fullmatch(name)):
            what = self.refusal(answer)
            raise Unauthorized(f"{what}; is X_URL the address of X's API?")
        return Identity(id=key, username=name), answer

    def _prepare(self, path: str) -> Answer:
        """Read something before a post is sent: whatever fails here published nothing."""
        try:
            answer = self.ask("GET", path)
        except OutcomeUnknown as error:
            raise NotSent(str(error)) from None
        refused = self.refusal(answer)
        if isinstance(refused, Unauthorized | RateLimited) and not answer.ok:
            raise refused
        if isinstance(refused, OutcomeUnknown) and answer.status >= 400:
            raise NotSent(str(refused))
        return answer


def post_id(post: Mapping[str, object]) -> str:
    """Return a post's number, or an empty text where it has none."""
    key = text_of(post, "id")
    return key if _NUMBER.fullmatch(key) else ""
