"""A session at a Bluesky PDS: https://docs.bsky.app/docs/api/com-atproto-server-create-session.

Logging in is scarce (30 in five minutes, 300 a day), so one session is made per process, kept in
memory, and renewed with its refresh token when the server says that it has run out.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import httpx

from utrop.syndication.errors import (
    NetworkError,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
)
from utrop.syndication.networks._http import Answer, answered_at, ask, retry_moment, shown, text_of

_DID: Final = re.compile(r"did:[a-z]+:[\w.:%-]{1,500}", re.ASCII)
_TOKEN: Final = re.compile(r"[\w.~+/=-]{1,5000}", re.ASCII)
_HANDLE: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+", re.ASCII | re.IGNORECASE)
_RUN_OUT: Final = frozenset({"ExpiredToken", "InvalidToken"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What the server said when it let us in; the account's mail address is not kept."""

    handle: str = ""
    """Empty where the server gave none that is one."""
    scope: str = ""
    """What the password allows, such as ``com.atproto.appPass``; empty: the server keeps it."""
    inactive: str = ""
    """Why nothing can be posted, such as ``deactivated``; empty: it can."""
    answered: datetime | None = None
    """When, by the server's own clock (aware UTC)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tokens:
    did: str
    access: str
    refresh: str
    login: Login = Login()


class Session:
    """Who we are at one server, and every request that needs to say so."""

    def __init__(self, http: httpx.Client, *, url: str, handle: str, password: str) -> None:
        self._http = http
        self._url = url
        self._handle = handle
        self._password = password
        self._tokens: _Tokens | None = None
        self._secrets = [password]
        self.server = httpx.URL(url).host

    def log_in(self) -> str:
        """Log in where that was not done, and return the account's DID.

        Raises Unauthorized, RateLimited or NotSent: nothing is published by logging in.
        """
        return self._logged_in().did

    def login(self) -> Login:
        """Log in where that was not done, and return what the server said; raises as that."""
        return self._logged_in().login

    @property
    def handle(self) -> str:
        """The handle we log in with, as it was given."""
        return self._handle

    def procedure(
        self,
        method: str,
        *,
        body: Mapping[str, object] | None = None,
        content: bytes | None = None,
        media_type: str | None = None,
    ) -> Answer:
        """Call a procedure as the account, once; again only where the session had run out.

        Such an answer comes before anything is done. Raises as ``log_in`` and ``ask``.
        """
        answer = self._post(method, self._logged_in().access, body, content, media_type)
        if answer.status in {400, 401} and error_name(answer) in _RUN_OUT:
            self._renew()
            answer = self._post(method, self._logged_in().access, body, content, media_type)
        return answer

    def query(self, method: str, params: Mapping[str, str]) -> Answer:
        """Ask a public question, without credentials."""
        url = f"{self._url}/xrpc/{method}"
        return ask(self._http, "GET", url, server=self.server, params=params)

    def refusal(self, answer: Answer) -> NetworkError:
        """Return what an answer other than the hoped for allows us to do next."""
        status, name = answer.status, error_name(answer)
        said = shown(f"{name}: {text_of(answer.mapping(), 'message')}", self._secrets).strip(": ")
        what = f"{self.server} answered {status}" + (f" {said}" if said else "")
        if status in {401, 403} or name in _RUN_OUT | {"AccountTakedown", "AccountDeactivated"}:
            return Unauthorized(f"{what}; BLUESKY_HANDLE or BLUESKY_APP_PASSWORD is refused")
        if status == 429:
            return RateLimited(what, retry_at=retry_moment(answer, "RateLimit-Reset"))
        if 400 <= status < 500 and status not in {408, 409, 425}:
            return Rejected(what)
        return OutcomeUnknown(what)

    def _logged_in(self) -> _Tokens:
        if self._tokens is None:
            credentials = {"identifier": self._handle, "password": self._password}
            answer = self._before("com.atproto.server.createSession", body=credentials)
            refusal = self.refusal(answer)
            if isinstance(refusal, Unauthorized | RateLimited):
                raise refusal
            self._tokens = self._kept(answer)
            if self._tokens is None:
                raise Unauthorized(f"{refusal}; is BLUESKY_URL the address of the account's PDS?")
        return self._tokens

    def _kept(self, answer: Answer) -> _Tokens | None:
        found = answer.mapping() if answer.ok else {}
        did, access, refresh = (text_of(found, key) for key in ("did", "accessJwt", "refreshJwt"))
        self._secrets += [access, refresh]
        sound = _DID.fullmatch(did) and _TOKEN.fullmatch(access) and _TOKEN.fullmatch(refresh)
        if not sound:
            return None
        return _Tokens(did=did, access=access, refresh=refresh, login=_login(answer, access))

    def _renew(self) -> None:
        """Use the refresh token; where it is refused too, forget the session and log in anew."""
        former = self._logged_in()
        self._tokens = None
        answer = self._before("com.atproto.server.refreshSession", token=former.refresh)
        renewed = self._kept(answer)
        if renewed is not None and renewed.did == former.did:
            self._tokens = renewed
        elif self._logged_in().did != former.did:
            raise Unauthorized(f"{self.server} gave another account than before; look there")

    def _before(
        self, method: str, *, token: str = "", body: Mapping[str, object] | None = None
    ) -> Answer:
        """Call what comes before anything is published: whatever fails here published nothing."""
        try:
            answer = self._post(method, token, body, None, None)
        except OutcomeUnknown as error:
            raise NotSent(str(error)) from None
        refusal = self.refusal(answer)
        if not answer.ok and answer.status >= 400 and isinstance(refusal, OutcomeUnknown):
            raise NotSent(str(refusal))
        return answer

    def _post(
        self,
        method: str,
        token: str,
        body: Mapping[str, object] | None,
        content: bytes | None,
        media_type: str | None,
    ) -> Answer:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if media_type is not None:
            headers["Content-Type"] = media_type
        url = f"{self._url}/xrpc/{method}"
        return ask(
            self._http, "POST", url, server=self.server, headers=headers, body=body, content=content
        )


def _login(answer: Answer, access: str) -> Login:
    told = answer.mapping()
    handle = text_of(told, "handle")
    inactive = shown(text_of(told, "status")) or "inactive" if told.get("active") is False else ""
    return Login(
        handle=handle if _HANDLE.fullmatch(handle) and len(handle) < 254 else "",
        scope=_scope(access),
        inactive=inactive,
        answered=answered_at(answer),
    )


def _scope(access: str) -> str:
    """Return the scope that a token names, as the servers of Bluesky write it; else ''.

    Read for people alone: the token is the server's own business, and nothing is decided by it.
    """
    part = access.split(".")[1] if access.count(".") == 2 else ""
    try:
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return ""
    scope = claims.get("scope") if isinstance(claims, dict) else None
    return scope if isinstance(scope, str) and re.fullmatch(r"[\w.:-]{1,60}", scope) else ""


def error_name(answer: Answer) -> str:
    """Return the XRPC error's name, such as ``InvalidSwap``, or ''."""
    return "" if answer.ok else text_of(answer.mapping(), "error")
