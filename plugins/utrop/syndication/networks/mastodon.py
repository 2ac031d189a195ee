"""Mastodon and its kin, by their client API: https://docs.joinmastodon.org/methods/statuses/.

A status has no key of its own there. ``publish`` sends an Idempotency-Key, but servers keep it for
an hour, or not at all, or answer 500 to the repeat (mastodon/mastodon#40399), and two requests in
flight at once can both post. So ``publish`` sends once and never looks; whoever repeats must
``find`` first, and better after a pause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import httpx

from utrop.syndication.delivery import Limits, Message, Receipt
from utrop.syndication.errors import (
    NetworkError,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
)
from utrop.syndication.networks import _environment
from utrop.syndication.networks._http import (
    Answer,
    absolute_web_address,
    ask,
    retry_moment,
    shown,
    text_of,
)
from utrop.syndication.networks._mastodon_text import advertised_limits, limits_of, links_to

ENVIRONMENT: Final[Mapping[str, str]] = {
    "MASTODON_URL": "the server's address, such as https://social.example.org",
    "MASTODON_TOKEN": "an access token of the account, made on the server under Preferences,"
    " Development, with the scopes profile, read:statuses and write:statuses",
}
SECRETS: Final = frozenset({"MASTODON_TOKEN"})
GUARANTEE: Final = "effectively-once"
"""Our own posts are read back before any repeat; the server itself promises less."""
LIMITS: Final = limits_of()
"""Of Mastodon as it is installed; a server's own are read from it."""
CLOCKS_APART: Final = timedelta(hours=1)
"""How far the server's clock may lag behind ours without hiding a status from ``find``."""

SETTLING: Final = timedelta(seconds=30)
"""How long after an attempt a status may still turn up, on a server that is slow."""

_PAGE, _PAGES = 40, 25
_NEWEST = 80
"""So many statuses are looked at whatever their time, for our own clock may have been wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Identity:
    id: str
    name: str


def connect(environ: Mapping[str, str], http: httpx.Client) -> Mastodon:
    """Return the account that the variables name; nothing is sent yet.

    Raises ProblemsFound (exit status 2) where a variable is missing or malformed.
    """
    values = _environment.read(environ, ENVIRONMENT, network="mastodon")
    return Mastodon(http, url=values["MASTODON_URL"], token=values["MASTODON_TOKEN"])


class Mastodon:
    """One account. ``account`` and ``limits`` ask the server when they are first read."""

    settling = SETTLING

    def __init__(self, http: httpx.Client, *, url: str, token: str) -> None:
        self._http = http
        self._url = url
        self._token = token
        self._host = httpx.URL(url).host
        self._identity: _Identity | None = None
        self._limits: Limits | None = None

    def check(self) -> None:
        """Ask the server whether it takes the credentials; publishes nothing.

        Raises Unauthorized, RateLimited, or NotSent (unreachable or broken: safe to repeat).
        """
        self._who()

    @property
    def account(self) -> str:
        """``@name@host``, the host being that of the account's own address. Raises as ``check``."""
        return self._who().name

    @property
    def limits(self) -> Limits:
        """What this server allows, the defaults where it does not say. Raises as ``check``."""
        if self._limits is None:
            answers = (self._prepare(f"/api/{version}/instance") for version in ("v2", "v1"))
            told = (advertised_limits(answer.mapping()) for answer in answers if answer.ok)
            self._limits = next(filter(None, told), LIMITS)
        return self._limits

    def publish(self, message: Message, *, idempotency_key: str) -> Receipt:
        """Post one public status. A repeat may double it: ``find`` before any repeat.

        Raises any error of ``syndication.errors``; NotSent also where the server failed before
        the status was sent.
        """
        self._who()
        answer = self._ask(
            "POST",
            "/api/v1/statuses",
            idempotency_key=idempotency_key,
            body={
                "status": message.text,
                # ISO 639-1; servers of the family differ in what they do with a region.
                "language": message.lang.partition("-")[0].lower(),
                # Always said: some servers default to something else than public.
                "visibility": "public",
            },
        )
        if answer.ok:
            return self._receipt(answer.mapping())
        raise self._refusal(answer)

    def find(
        self,
        message: Message,
        *,
        idempotency_key: str,  # noqa: ARG002 - no server can be asked for a key
        since: datetime,
    ) -> Receipt | None:
        """Return the first status of ours after ``since`` that links to the message's page.

        The newest ones are looked at whatever their time.

        None means that it is not there. Raises Unauthorized, RateLimited or OutcomeUnknown, and
        after any of them nothing is known; never NotSent, which would invite a repeat.
        """
        found: Receipt | None = None
        try:
            for status in self._own_statuses(since.astimezone(UTC) - CLOCKS_APART):
                # Announcements answer nobody; a reply of ours that links to the post is none.
                if status.get("in_reply_to_id") is None and links_to(status, message.url):
                    found = self._receipt(status)
        except NotSent as error:
            raise OutcomeUnknown(str(error)) from None
        except _TooManyToRead:
            if found is None:
                what = f"{self._host} has over {_PAGE * _PAGES} statuses since then; look there"
                raise OutcomeUnknown(what) from None
        return found

    def _own_statuses(self, earliest: datetime) -> Iterator[Mapping[str, object]]:
        """Yield our own statuses, newest first, down to a moment (aware), but a few at least."""
        path = f"/api/v1/accounts/{self._who().id}/statuses"
        params = {"limit": str(_PAGE), "exclude_reblogs": "true"}
        seen = 0
        for _ in range(_PAGES):
            answer = self._ask("GET", path, params=params)
            page = answer.json() if answer.ok else None
            if not isinstance(page, list):
                refusal = self._refusal(answer)
                unclear = isinstance(refusal, Rejected | NotSent)
                raise OutcomeUnknown(str(refusal)) if unclear else refusal
            for status in page:
                if (created := _created(status)) is None:
                    raise OutcomeUnknown(f"{self._host} listed something that is no status")
                seen += 1
                if created < earliest and seen > _NEWEST:
                    return
                if status.get("reblog") is None:
                    yield status
            if not page:
                return
            last = text_of(page[-1], "id")
            if not last or last == params.get("max_id"):
                raise OutcomeUnknown(f"{self._host} does not page through its statuses")
            params["max_id"] = last
        raise _TooManyToRead

    def _who(self) -> _Identity:
        if self._identity is None:
            answer = self._prepare("/api/v1/accounts/verify_credentials")
            found = answer.mapping() if answer.ok else {}
            name, key = text_of(found, "username"), text_of(found, "id")
            if not (re.fullmatch(r"[\w.-]{1,99}", name) and re.fullmatch(r"[\w-]{1,99}", key)):
                what = self._refusal(answer)
                raise Unauthorized(f"{what}; is MASTODON_URL the address of a Mastodon server?")
            address = absolute_web_address(found.get("url"))
            host = httpx.URL(address).host if address else self._host
            self._identity = _Identity(id=key, name=f"@{name}@{host}")
        return self._identity

    def _prepare(self, path: str) -> Answer:
        """Read something before a status is sent: whatever fails here published nothing."""
        try:
            answer = self._ask("GET", path)
        except OutcomeUnknown as error:
            raise NotSent(str(error)) from None
        refusal = self._refusal(answer)
        if answer.status in {401, 403, 429}:
            raise refusal
        if isinstance(refusal, OutcomeUnknown) and answer.status >= 400:
            raise NotSent(str(refusal))
        return answer

    def _ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: object = None,
        idempotency_key: str | None = None,
    ) -> Answer:
        headers = {"Authorization": f"Bearer {self._token}"}
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key
        url, server = self._url + path, self._host
        return ask(
            self._http, method, url, server=server, headers=headers, params=params, body=body
        )

    def _receipt(self, status: Mapping[str, object]) -> Receipt:
        # The URI first: on some servers a status gets a new id when it is edited.
        uri = shown(text_of(status, "uri", "id"), [self._token])
        if not uri:
            raise OutcomeUnknown(f"{self._host} answered with something that is no status")
        url = absolute_web_address(status.get("url")) or absolute_web_address(uri)
        return Receipt(id=uri, url=url or self._url)

    def _refusal(self, answer: Answer) -> NetworkError:
        status = answer.status
        said = shown(text_of(answer.mapping(), "error", "error_description"), [self._token])
        what = f"{self._host} answered {status}" + (f": {said}" if said else "")
        if status == 401:
            return Unauthorized(f"{what}; MASTODON_TOKEN is refused: make a new one")
        if status == 403:
            return Unauthorized(f"{what}; the account is disabled or the token lacks a scope")
        if status == 429:
            return RateLimited(what, retry_at=retry_moment(answer, "X-RateLimit-Reset"))
        if 400 <= status < 500 and status not in {408, 409, 425}:
            return Rejected(what)
        return OutcomeUnknown(what)


class _TooManyToRead(Exception):  # noqa: N818 - it is a limit reached, not an error
    pass


def _created(status: object) -> datetime | None:
    if isinstance(status, dict) and isinstance(status.get("created_at"), str):
        try:
            moment = datetime.fromisoformat(status["created_at"])
        except ValueError:
            return None
        return moment if moment.tzinfo else None
    return None
