"""LinkedIn, by its Posts API: https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api.

A post has no key of its own there, but LinkedIn refuses a repeat with 422 and names the first one.
An organization's posts can be read back, a person's cannot (r_member_social is closed), so there
an unknown outcome stays unknown. Without LINKEDIN_TOKEN a person posts by hand.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import quote, unquote

import httpx

from utrop.syndication.credential import Credential
from utrop.syndication.delivery import Limits, Message, Receipt, Standing
from utrop.syndication.errors import (
    NetworkError,
    NotSent,
    OutcomeUnknown,
    Rejected,
    Unauthorized,
)
from utrop.syndication.networks import (
    _linkedin_afterwards,
    _linkedin_api,
    _linkedin_settings,
    _linkedin_text,
    _linkedin_token,
)
from utrop.syndication.networks._http import text_of
from utrop.syndication.networks._linkedin_picture import picture
from utrop.syndication.networks._linkedin_posts import (
    POST_URN,
    Listed,
    duplicate,
    has_next,
    listed,
    post,
)

NAME: Final = "LinkedIn"
ENVIRONMENT: Final = _linkedin_settings.ENVIRONMENT
OPTIONAL: Final = _linkedin_settings.OPTIONAL
SECRETS: Final = _linkedin_settings.SECRETS
BY_HAND_WITHOUT: Final = ("LINKEDIN_TOKEN",)
"""Until an app gives the token, a person posts there."""
DEFAULT_URL: Final = _linkedin_settings.DEFAULT_URL
LIMITS: Final = _linkedin_text.LIMITS
composer_link: Final = _linkedin_text.composer_link
GUARANTEE: Final = "at-most-once"
"""What holds for every account; an organization's own is ``Organization.guarantee``."""

API_VERSION: Final = _linkedin_api.API_VERSION
API_VERSION_ENDS: Final = _linkedin_api.API_VERSION_ENDS

CLOCKS_APART: Final = timedelta(hours=1)
"""How far LinkedIn's clock may lag behind ours without hiding a post from ``find``."""
SETTLING: Final = timedelta(seconds=60)
"""How long after an attempt a post may still turn up; LinkedIn does not say."""

_PAGE, _PAGES = 100, 10

logger = logging.getLogger(__name__)


def connect(environ: Mapping[str, str], http: httpx.Client) -> Account:
    """Return the account that the variables name; nothing is sent yet.

    Raises ProblemsFound (exit status 2) where a variable is missing or malformed.
    """
    return _account(_linkedin_settings.read(environ), http)


def describe(environ: Mapping[str, str], http: httpx.Client) -> Credential:
    """Return what is known of the token; writes nothing.

    Raises as ``connect`` and ``check``. Where LinkedIn cannot be asked when it ends, that is a
    warning, and LINKEDIN_TOKEN_EXPIRES is believed.
    """
    settings = _linkedin_settings.read(environ)
    account = _account(settings, http)
    account.check()
    return _linkedin_token.credential(settings, http, name=account.name, answered=account.answered)


def _account(settings: _linkedin_settings.Settings, http: httpx.Client) -> Organization | Person:
    kind = Organization if settings.is_page else Person
    return kind(http, url=settings.url, token=settings.token, author=settings.author)


class Account:
    """What an organization and a person have in common."""

    def __init__(self, http: httpx.Client, *, url: str, token: str, author: str) -> None:
        self._http = http
        self._author = author
        self._api = _linkedin_api.Api(http, url=url, token=token)
        self.name = ""
        """What people call the author, where ``check`` was told."""

    @property
    def account(self) -> str:
        """The author's URN; asks nobody."""
        return self._author

    @property
    def limits(self) -> Limits:
        """The same for every account; asks nobody."""
        return LIMITS

    def publish(
        self,
        message: Message,
        *,
        idempotency_key: str,  # noqa: ARG002 - LinkedIn knows no keys
    ) -> Receipt:
        """Post once, with an article's card; where LinkedIn says it is there, return that one.

        Raises any error of ``syndication.errors``; NotSent also where the picture is not live or
        LinkedIn failed before the post was sent.
        """
        thumbnail = self._uploaded_picture(message)
        answer = self._api.ask("POST", "/rest/posts", body=post(message, self._author, thumbnail))
        if answer.ok:
            urn = unquote(answer.headers.get("x-restli-id", ""))
            if not POST_URN.fullmatch(urn):
                raise OutcomeUnknown("LinkedIn answered without the id of a post")
            return _receipt(urn)
        if (said := duplicate(answer)) is not None:
            return self._settled(message, said)
        raise self._api.refusal(answer)

    def edit(self, receipt: Receipt, message: Message) -> Receipt:
        """Give a post the message's words; its card stays. A repeat does no harm.

        Raises Gone, Rejected where this post cannot be changed, else as ``publish``.
        """
        _linkedin_afterwards.edit(self._api, receipt, message)
        return receipt

    def delete(self, receipt: Receipt) -> None:
        """Delete a post; one that is gone already is no error. A repeat does no harm.

        Raises Rejected where this post cannot be deleted, else as ``publish``.
        """
        _linkedin_afterwards.delete(self._api, receipt)

    @property
    def answered(self) -> datetime | None:
        """The moment of LinkedIn's last answer by its own clock (aware UTC)."""
        return self._api.answered

    def _settled(self, message: Message, said: str) -> Receipt:  # noqa: ARG002 - see Organization
        """Return the post that LinkedIn names instead of taking another one.

        It also names posts that were deleted, for a day or two (ComposioHQ/composio#2710). Where
        it cannot be looked at, the first one may be there: nothing but OutcomeUnknown says so.
        """
        named = POST_URN.search(said)
        if named is None:
            raise OutcomeUnknown("LinkedIn says that this was posted before; look there")
        what = f"LinkedIn says that this was posted before, as {named[0]}"
        try:
            answer = self._api.ask("GET", f"/rest/posts/{quote(named[0], safe='')}")
        except NetworkError as error:
            raise OutcomeUnknown(f"{what}; {error}") from None
        if answer.ok and text_of(answer.mapping(), "author") == self._author:
            return _receipt(named[0])
        if answer.ok and text_of(answer.mapping(), "author"):
            raise Rejected(f"{what}, which is somebody else's; change the words")
        if answer.status in {404, 410}:
            raise Rejected(f"{what}, which is not there (any more); change the words")
        raise OutcomeUnknown(f"{what}, and it cannot be read: look at {_receipt(named[0]).url}")

    def _uploaded_picture(self, message: Message) -> str | None:
        """Return the URN of the card's picture.

        A picture that is not live holds the post back (NotSent); one that is no picture, or that
        LinkedIn will not take, never does.
        """
        if message.image is None:
            return None
        small = picture(self._http, message.image.url)
        if small is None:
            logger.warning("%s is no picture for a card; posted without it", message.image.url)
            return None
        try:
            return self._api.upload(self._author, small)
        except Rejected as error:
            logger.warning("%s; posted without the picture %s", error, message.image.url)
            return None


class Organization(Account):
    """A page, which can be read back."""

    guarantee: Final = "effectively-once"
    settling = SETTLING

    def check(self) -> None:
        """Ask LinkedIn whether the page can be read with the token; publishes nothing.

        Raises Unauthorized, RateLimited, or NotSent (unreachable or broken: safe to repeat).
        """
        try:
            answer = self._api.before("GET", self._posts(0, 1), act="FINDER")
        except Rejected as error:
            raise Unauthorized(f"{error}; is LINKEDIN_AUTHOR the URN of your page?") from None
        try:
            listed(answer)
        except OutcomeUnknown:
            raise Unauthorized("LINKEDIN_URL is not the address of LinkedIn's API") from None

    def find(
        self,
        message: Message,
        *,
        idempotency_key: str,  # noqa: ARG002 - LinkedIn knows no keys
        since: datetime,
    ) -> Receipt | None:
        """Return the page's first post after ``since`` that leads to the message's page.

        The newest hundred are looked at whatever their time. None means that it is not there.
        Raises Unauthorized, RateLimited or OutcomeUnknown, and after any of them nothing is known;
        never NotSent, which would invite a repeat.
        """
        return self.survey([message], since=since).get(message.url)

    def survey(self, messages: Sequence[Message], *, since: datetime) -> dict[str, Receipt]:
        """Return which messages the page's posts lead to, by address. Raises as ``find``."""
        urls = {message.url for message in messages}
        found: dict[str, Listed] = {}
        try:
            for one in self._own_posts(since.astimezone(UTC) - CLOCKS_APART):
                for url in urls:
                    if one.announces(url) and (
                        url not in found or one.created < found[url].created
                    ):
                        found[url] = one
        except NotSent as error:
            raise OutcomeUnknown(str(error)) from None
        except _TooManyToRead:
            if found.keys() != urls:
                what = f"LinkedIn has over {_PAGE * _PAGES} posts since then; look there"
                raise OutcomeUnknown(what) from None
        return {url: _receipt(one.urn) for url, one in found.items()}

    def standing(self, receipt: Receipt, message: Message) -> Standing:
        """Return how a post stands. Raises any error of ``syndication.errors`` but Gone."""
        return _linkedin_afterwards.standing(self._api, receipt, message)

    def _settled(self, message: Message, said: str) -> Receipt:
        try:
            return super()._settled(message, said)
        except NetworkError as error:
            # The one that is named may be a ghost, and the real one beside it.
            since = message.created_at - CLOCKS_APART
            try:
                there = self.find(message, idempotency_key="", since=since)
            except NetworkError as second:
                raise OutcomeUnknown(f"{error}; {second}") from None
            if there is not None:
                return there
            raise

    def _posts(self, start: int, count: int) -> str:
        author = quote(self._author, safe="")
        paging = f"&start={start}" if start else ""
        return f"/rest/posts?author={author}&q=author&count={count}{paging}&sortBy=LAST_MODIFIED"

    def _own_posts(self, earliest: datetime) -> Iterator[Listed]:
        """Yield the posts, last changed first, down to a moment (aware), but a few at least."""
        start = 0
        for _ in range(_PAGES):
            answer = self._api.ask("GET", self._posts(start, _PAGE), act="FINDER")
            if not answer.ok:
                refusal = self._api.refusal(answer)
                raise OutcomeUnknown(str(refusal)) if isinstance(refusal, Rejected) else refusal
            page = listed(answer)
            changed = earliest
            for one in page:
                changed = one.changed
                yield one
            if changed < earliest or not (page or has_next(answer)):
                return
            start += len(page) or _PAGE
        raise _TooManyToRead


class Person(Account):
    """A member, whose posts cannot be read back: it has no ``find``."""

    guarantee: Final = "at-most-once"

    def check(self) -> None:
        """Ask LinkedIn whose the token is; publishes nothing. Needs the scopes openid and profile.

        Raises Unauthorized, RateLimited, or NotSent (unreachable or broken: safe to repeat).
        """
        try:
            answer = self._api.before("GET", "/v2/userinfo")
        except Rejected as error:
            raise Unauthorized(f"{error}; is LINKEDIN_URL the address of LinkedIn's API?") from None
        if f"urn:li:person:{text_of(answer.mapping(), 'sub')}" != self._author:
            raise Unauthorized("LINKEDIN_TOKEN is not the token of LINKEDIN_AUTHOR")
        self.name = self._api.clean(text_of(answer.mapping(), "name"))


class _TooManyToRead(Exception):  # noqa: N818 - it is a limit reached, not an error
    pass


def _receipt(urn: str) -> Receipt:
    return Receipt(id=urn, url=f"https://www.linkedin.com/feed/update/{urn}")
