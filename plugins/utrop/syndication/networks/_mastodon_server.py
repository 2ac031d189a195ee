"""A Mastodon server as one account sees it: each question once, and what its answers allow."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import httpx

from utrop.syndication.errors import (
    NetworkError,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
)
from utrop.syndication.networks._http import (
    Answer,
    absolute_web_address,
    answered_at,
    ask,
    retry_moment,
    shown,
    text_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the token belongs to."""

    id: str
    """The server's key of the account."""
    name: str
    """``@name@host``."""
    host: str
    """Of the account's own address, which may be another than that of the interface."""
    answered: datetime | None
    """When the server said so, by its own clock."""


class Server:
    """One server and one token. The server is asked who we are when that is first needed."""

    def __init__(self, http: httpx.Client, *, url: str, token: str) -> None:
        self._http = http
        self._token = token
        self._identity: Identity | None = None
        self.url = url
        self.host = httpx.URL(url).host

    def who(self) -> Identity:
        """Return the account. Raises Unauthorized, RateLimited or NotSent."""
        if self._identity is None:
            answer = self.prepare("/api/v1/accounts/verify_credentials")
            found = answer.mapping() if answer.ok else {}
            name, key = text_of(found, "username"), text_of(found, "id")
            if not (re.fullmatch(r"[\w.-]{1,99}", name) and re.fullmatch(r"[\w-]{1,99}", key)):
                what = self.refusal(answer)
                raise Unauthorized(f"{what}; is MASTODON_URL the address of a Mastodon server?")
            address = absolute_web_address(found.get("url"))
            host = httpx.URL(address).host if address else self.host
            self._identity = Identity(
                id=key, name=f"@{name}@{host}", host=host, answered=answered_at(answer)
            )
        return self._identity

    def prepare(self, path: str) -> Answer:
        """Read something before anything is changed: whatever fails here changed nothing."""
        try:
            answer = self.ask("GET", path)
        except OutcomeUnknown as error:
            raise NotSent(str(error)) from None
        refusal = self.refusal(answer)
        if answer.status in {401, 403, 429}:
            raise refusal
        if isinstance(refusal, OutcomeUnknown) and answer.status >= 400:
            raise NotSent(str(refusal))
        return answer

    def ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: object = None,
        idempotency_key: str | None = None,
    ) -> Answer:
        """Send one request as the account, once; raises as ``_http.ask``."""
        headers = {"Authorization": f"Bearer {self._token}"}
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key
        return ask(
            self._http,
            method,
            self.url + path,
            server=self.host,
            headers=headers,
            params=params,
            body=body,
        )

    def cleaned(self, text: str) -> str:
        """Return the server's words as they may be shown and kept."""
        return shown(text, [self._token])

    def refusal(self, answer: Answer) -> NetworkError:
        """Return what an answer other than the hoped for allows us to do next."""
        status = answer.status
        said = self.cleaned(text_of(answer.mapping(), "error", "error_description"))
        what = f"{self.host} answered {status}" + (f": {said}" if said else "")
        if status == 401:
            return Unauthorized(f"{what}; MASTODON_TOKEN is refused: make a new one")
        if status == 403:
            return Unauthorized(f"{what}; the account is disabled or the token lacks a scope")
        if status == 429:
            return RateLimited(what, retry_at=retry_moment(answer, "X-RateLimit-Reset"))
        if 400 <= status < 500 and status not in {408, 409, 425}:
            return Rejected(what)
        return OutcomeUnknown(what)
