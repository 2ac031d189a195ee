"""X, by its API v2: https://docs.x.com/x-api/posts/create-post, signed with OAuth 1.0a.

A post has no key of its own there. X refuses the same text again for a while, and the account's
posts can be read back by the address they link to. ``publish`` sends once and never looks; whoever
repeats must ``find`` first, and again after ``settling``. A post is text alone: X reads the card
from the page.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
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
from utrop.syndication.networks._http import Answer, ask, text_of
from utrop.syndication.networks._x_oauth1 import Credentials, authorization
from utrop.syndication.networks._x_refusals import refusal
from utrop.syndication.networks._x_text import LIMITS, links_to

__all__ = ["ENVIRONMENT", "GUARANTEE", "LIMITS", "SECRETS", "SETTLING", "X", "connect"]

DEFAULT_URL: Final = "https://api.x.com"
ENVIRONMENT: Final[Mapping[str, str]] = {
    "X_URL": f"the API's address, {DEFAULT_URL} unless you say otherwise",
    "X_CONSUMER_KEY": "the app's API key, from console.x.com",
    "X_CONSUMER_SECRET": "the app's API key secret, from console.x.com",
    "X_ACCESS_TOKEN": "the account's access token for that app, made after the app was given"
    " “Read and write”",
    "X_ACCESS_TOKEN_SECRET": "the access token's secret",
}
SECRETS: Final = frozenset(ENVIRONMENT) - {"X_URL"}
BY_HAND_WITHOUT: Final = ("X_CONSUMER_KEY",)
"""Without an app a person posts; where one is named, everything else is asked for."""
GUARANTEE: Final = "effectively-once"
SETTLING: Final = timedelta(seconds=60)
"""How long after an attempt a post may still be missing from the account's list; X says nothing
of it."""

_PAGE, _PAGES = 100, 32
_READABLE = 3_000
"""X lists an account's newest 3,200 posts, and says nothing of there being more."""
_EARLIEST = datetime(2010, 11, 6, 0, 0, 1, tzinfo=UTC)
"""X refuses to search before this moment."""
_POST_ID = re.compile(r"[0-9]{1,19}")

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Identity:
    id: str
    username: str


def connect(environ: Mapping[str, str], http: httpx.Client, *, clock: Clock = time.time) -> X:
    """Return the account that the variables name; nothing is sent yet.

    ``clock`` gives Unix seconds; they are part of every signature, so they are the real ones.
    Raises ProblemsFound (exit status 2) where a variable is missing or malformed.
    """
    given = {**environ, "X_URL": environ.get("X_URL", "").strip() or DEFAULT_URL}
    values = _environment.read(given, ENVIRONMENT, network="x")
    credentials = Credentials(
        consumer_key=values["X_CONSUMER_KEY"],
        consumer_secret=values["X_CONSUMER_SECRET"],
        token=values["X_ACCESS_TOKEN"],
        token_secret=values["X_ACCESS_TOKEN_SECRET"],
    )
    return X(http, url=values["X_URL"], credentials=credentials, clock=clock)


class X:
    """One account. ``account`` asks X when it is first read."""

    settling = SETTLING
    limits: Limits = LIMITS

    def __init__(
        self, http: httpx.Client, *, url: str, credentials: Credentials, clock: Clock
    ) -> None:
        self._http = http
        self._url = url
        self._host = httpx.URL(url).host
        self._credentials = credentials
        self._clock = clock
        self._identity: _Identity | None = None

    def check(self) -> None:
        """Ask X whether it takes the credentials; publishes nothing.

        Raises Unauthorized, RateLimited, or NotSent (unreachable or broken: safe to repeat).
        """
        self._who()

    @property
    def account(self) -> str:
        """The account's number, which stays when its name changes. Raises as ``check``."""
        return self._who().id

    def publish(
        self,
        message: Message,
        *,
        idempotency_key: str,  # noqa: ARG002 - X takes no key
    ) -> Receipt:
        """Post the text. A repeat may double it: ``find`` before any repeat.

        Raises any error of ``syndication.errors``; NotSent also where X failed before the post was
        sent, OutcomeUnknown also where X says that it has this text already.
        """
        for measure in LIMITS.measures:
            # X answers some of these in words that cannot be told from a refused account.
            if (count := measure.count(message.text)) > measure.maximum:
                raise Rejected(f"{count} {measure.unit}, and X takes {measure.maximum}")
        self._who()
        answer = self._ask("POST", "/2/tweets", body={"text": message.text})
        if not answer.ok:
            raise self._refusal(answer)
        post = answer.mapping().get("data")
        if not isinstance(post, dict):
            raise OutcomeUnknown(f"{self._host} answered with something that is no post")
        return self._receipt(post)

    def find(
        self,
        message: Message,
        *,
        idempotency_key: str,  # noqa: ARG002 - X takes no key
        since: datetime,
    ) -> Receipt | None:
        """Return the first post of ours after ``since`` that links to the message's page.

        None means that it is not listed. Raises Unauthorized, RateLimited or OutcomeUnknown, and
        after any of them nothing is known; never NotSent, which would invite a repeat.
        """
        found: Receipt | None = None
        try:
            for post in self._own_posts(since):
                # Announcements answer nobody; a reply or a quote with the link is none.
                if not post.get("referenced_tweets") and links_to(post, message.url):
                    found = self._receipt(post)
        except NotSent as error:
            raise OutcomeUnknown(str(error)) from None
        except _TooManyToRead:
            if found is None:
                what = "the account has more posts since then than X lists; look there"
                raise OutcomeUnknown(what) from None
        return found

    def _own_posts(self, since: datetime) -> Iterator[Mapping[str, object]]:
        """Yield our own posts, newest first, down to a moment (aware).

        Nothing is left out by X, which would list 800 posts instead of 3,200. That X takes our
        signature bounds how wrong our clock can be.
        """
        path = f"/2/users/{self._who().id}/tweets"
        earliest = max(since.astimezone(UTC), _EARLIEST)
        params = {
            "max_results": str(_PAGE),
            "start_time": f"{earliest:%Y-%m-%dT%H:%M:%SZ}",
            "tweet.fields": "entities,referenced_tweets",
        }
        seen = 0
        for _ in range(_PAGES):
            answer = self._ask("GET", path, params=params)
            if not answer.ok:
                error = self._refusal(answer)
                unclear = isinstance(error, Rejected | NotSent)
                raise OutcomeUnknown(str(error)) if unclear else error
            posts, next_page = self._page(answer)
            yield from posts
            seen += len(posts)
            if not next_page:
                break
            if next_page == params.get("pagination_token"):
                raise OutcomeUnknown(f"{self._host} does not page through the account's posts")
            params["pagination_token"] = next_page
        else:
            raise _TooManyToRead
        if seen >= _READABLE:
            raise _TooManyToRead

    def _page(self, answer: Answer) -> tuple[list[Mapping[str, object]], str]:
        """Return the posts of one page and the token of the next, empty after the last."""
        told = answer.mapping()
        meta, posts = told.get("meta"), told.get("data", [])
        if isinstance(meta, dict) and isinstance(posts, list):
            count = meta.get("result_count")
            whole = type(count) is int and count <= len(posts)
            # X answers 200 with errors where it could not tell everything.
            if whole and not told.get("errors") and all(isinstance(post, dict) for post in posts):
                return posts, text_of(meta, "next_token")
        raise OutcomeUnknown(f"{self._host} did not list the account's posts in full")

    def _who(self) -> _Identity:
        if self._identity is None:
            answer = self._prepare("/2/users/me")
            data = answer.mapping().get("data") if answer.ok else None
            user = data if isinstance(data, dict) else {}
            key, name = text_of(user, "id"), text_of(user, "username")
            if not (_POST_ID.fullmatch(key) and re.fullmatch(r"[A-Za-z0-9_]{1,50}", name)):
                what = self._refusal(answer)
                raise Unauthorized(f"{what}; is X_URL the address of X's API?")
            self._identity = _Identity(id=key, username=name)
        return self._identity

    def _prepare(self, path: str) -> Answer:
        """Read something before a post is sent: whatever fails here published nothing."""
        try:
            answer = self._ask("GET", path)
        except OutcomeUnknown as error:
            raise NotSent(str(error)) from None
        error_ = self._refusal(answer)
        if isinstance(error_, Unauthorized | RateLimited) and not answer.ok:
            raise error_
        if isinstance(error_, OutcomeUnknown) and answer.status >= 400:
            raise NotSent(str(error_))
        return answer

    def _ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: object = None,
    ) -> Answer:
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
            self._http, method, url, server=self._host, headers=headers, params=params, body=body
        )

    def _receipt(self, post: Mapping[str, object]) -> Receipt:
        key = text_of(post, "id")
        if not _POST_ID.fullmatch(key):
            raise OutcomeUnknown(f"{self._host} answered with something that is no post")
        return Receipt(id=key, url=f"https://x.com/{self._who().username}/status/{key}")

    def _refusal(self, answer: Answer) -> NetworkError:
        now = datetime.fromtimestamp(self._clock(), UTC)
        return refusal(answer, server=self._host, secrets=self._credentials.secrets, now=now)


class _TooManyToRead(Exception):  # noqa: N818 - it is a limit reached, not an error
    pass
