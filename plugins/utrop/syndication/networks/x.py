"""X, by its API v2: https://docs.x.com/x-api/posts/create-post, signed with OAuth 1.0a.

A post has no key of its own there. X refuses the same text again for a while, and the account's
posts can be read back by the address they link to. ``publish`` sends once and never looks; whoever
repeats must ``find`` first, and again after ``settling``. A post is text alone: X reads the card,
with the picture's alternative text, from the page. A post is not edited: X lets only accounts that
pay for it do so, within an hour, and the edited one is a new post.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from urllib.parse import quote

import httpx

from utrop.syndication.credential import Credential
from utrop.syndication.delivery import Limits, Message, Receipt, Standing
from utrop.syndication.errors import NotSent, OutcomeUnknown, Rejected
from utrop.syndication.networks import _environment, _x_posts, _x_prices
from utrop.syndication.networks._http import answered_at, shown
from utrop.syndication.networks._links import oldest_linking
from utrop.syndication.networks._x_api import Api, Clock
from utrop.syndication.networks._x_oauth1 import Credentials
from utrop.syndication.networks._x_text import LIMITS, as_sent, has_address, links

__all__ = ["ENVIRONMENT", "GUARANTEE", "LIMITS", "SECRETS", "SETTLING", "X", "connect"]

NAME: Final = "X"
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
OPTIONAL: Final = frozenset({"X_URL"})
BY_HAND_WITHOUT: Final = ("X_CONSUMER_KEY",)
"""Without an app a person posts; where one is named, everything else is asked for."""
GUARANTEE: Final = "effectively-once"
SETTLING: Final = timedelta(seconds=60)
"""How long after an attempt a post may still be missing from the account's list; X says nothing
of it."""

_WRITES: Final = "read-write"
_COMPOSER: Final = "https://x.com/intent/post"


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
    return X(Api(http, url=values["X_URL"], credentials=credentials, clock=clock))


def describe(
    environ: Mapping[str, str], http: httpx.Client, *, clock: Clock = time.time
) -> Credential:
    """Return what X says of the keys, which do not run out; costs as asking who we are.

    Raises as ``connect`` and ``X.check``.
    """
    return connect(environ, http, clock=clock).credential()


def composer_link(message: Message) -> str:
    """Return the address that opens X's composer with the text.

    https://docs.x.com/x-for-websites/post-button/guides/web-intent
    """
    text = as_sent(message.text)
    fields = {"text": text} if message.url in text else {"text": text, "url": message.url}
    return f"{_COMPOSER}?" + "&".join(
        f"{name}={quote(value, safe='')}" for name, value in fields.items()
    )


def price(message: Message) -> Decimal:
    """Return what X charges for the post, in US dollars before tax; see ``_x_prices``.

    What looking it up costs comes on top: a tenth of a cent for each post that is listed.
    """
    if has_address(message.text):
        return _x_prices.COST_PER_POST_WITH_URL_USD
    return _x_prices.COST_PER_POST_USD


class X:
    """One account. ``account`` asks X when it is first read."""

    settling = SETTLING
    limits: Limits = LIMITS

    def __init__(self, api: Api) -> None:
        self._api = api

    def check(self) -> None:
        """Ask X whether it takes the credentials; publishes nothing.

        Raises Unauthorized, RateLimited, or NotSent (unreachable or broken: safe to repeat).
        """
        self._api.identity()

    def credential(self) -> Credential:
        """Return what X says of the keys. Raises as ``check``."""
        identity, answer = self._api.ask_identity()
        # X says in each answer what the token may do: read, read-write or more.
        level = shown(answer.headers.get("x-access-level", ""))
        lacking = bool(level) and not level.startswith(_WRITES)
        return Credential(
            account=f"@{identity.username} ({identity.id})",
            scopes=(level,) if level else (),
            missing=(_WRITES,) if lacking else (),
            warnings=(
                "give the app “Read and write” and then make a new access token; the old one"
                " stays as it is",
            )
            if lacking
            else (),
            server_time=answered_at(answer),
        )

    @property
    def account(self) -> str:
        """The account's number, which stays when its name changes. Raises as ``check``."""
        return self._api.identity().id

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
        self._api.identity()
        answer = self._api.ask("POST", "/2/tweets", body={"text": as_sent(message.text)})
        if not answer.ok:
            raise self._api.refusal(answer)
        post = answer.mapping().get("data")
        if not isinstance(post, dict):
            raise OutcomeUnknown(f"{self._api.host} answered with something that is no post")
        return _x_posts.receipt_of(self._api, post)

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
        return self.survey([message], since=since).get(message.url)

    def survey(self, messages: Sequence[Message], *, since: datetime) -> dict[str, Receipt]:
        """Return which messages our posts link to, by address. Raises as ``find``.

        Each post that X lists is paid for, once a day: so many messages cost what one does.
        """
        urls = {message.url for message in messages}
        found: dict[str, Mapping[str, object]] = {}
        try:
            # Announcements answer nobody; a reply or a quote with the link is none.
            own = filter(_x_posts.answers_nobody, _x_posts.own(self._api, since))
            oldest_linking(own, links, urls, found)
        except NotSent as error:
            raise OutcomeUnknown(str(error)) from None
        except _x_posts.TooManyToRead:
            if found.keys() != urls:
                what = "the account has more posts since then than X lists; look there"
                raise OutcomeUnknown(what) from None
        return {url: _x_posts.receipt_of(self._api, post) for url, post in found.items()}

    def delete(self, receipt: Receipt) -> None:
        """Delete a post; costs $0.010. Raises as ``publish``; Rejected where it is not ours."""
        _x_posts.delete(self._api, receipt)

    def standing(
        self,
        receipt: Receipt,
        message: Message,  # noqa: ARG002 - X counts the edits, and its texts have short addresses
    ) -> Standing:
        """Return how a post stands; costs as a look-up.

        Raises Unauthorized, RateLimited, NotSent or OutcomeUnknown.
        """
        return _x_posts.standing(self._api, receipt)
