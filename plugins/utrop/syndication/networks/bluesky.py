"""Bluesky, by the AT Protocol's repository API: https://docs.bsky.app/docs/api/com-atproto-repo-put-record.

Announcements are put under a key made from guid and account (``syndication.tid``), and only where
that key is free (``swapRecord: null``). So a repeat, however late and from whichever machine,
finds the first one instead of making a second, and ``publish`` is safe to repeat. Two things stay
with the caller: a post that a person deleted there would be made again, and the idempotency key is
not needed, since the record key does its work.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import httpx
import regex

from utrop.syndication.delivery import Limits, Measure, Message, Payload, Receipt
from utrop.syndication.errors import NotSent, OutcomeUnknown, RateLimited, Unauthorized
from utrop.syndication.networks import _bluesky_thumbnail, _environment
from utrop.syndication.networks._bluesky_facets import facets
from utrop.syndication.networks._bluesky_session import Session, error_name
from utrop.syndication.networks._http import text_of
from utrop.syndication.tid import announcement_tid

ENVIRONMENT: Final[Mapping[str, str]] = {
    "BLUESKY_URL": "the address of the account's PDS, such as https://bsky.social",
    "BLUESKY_HANDLE": "the account's handle, such as inkop.example.org",
    "BLUESKY_APP_PASSWORD": "an app password, made there under Settings, Privacy and security",
}
SECRETS: Final = frozenset({"BLUESKY_APP_PASSWORD"})
COLLECTION: Final = "app.bsky.feed.post"

logger = logging.getLogger(__name__)


def _count_graphemes(text: str) -> int:
    return len(regex.findall(r"\X", text))


def _count_bytes(text: str) -> int:
    return len(text.encode())


GUARANTEE: Final = "exactly-once"
"""The record's key is computed, and put only where nothing is."""
LIMITS: Final = Limits(
    measures=(
        Measure(unit="graphemes", maximum=300, count=_count_graphemes),
        Measure(unit="bytes", maximum=3000, count=_count_bytes),
    ),
    card="sent",
)
"""Of the lexicon app.bsky.feed.post; the same on every server."""


def connect(environ: Mapping[str, str], http: httpx.Client) -> Bluesky:
    """Return the account that the variables name; nothing is sent yet.

    Raises ProblemsFound (exit status 2) where a variable is missing or malformed.
    """
    values = _environment.read(environ, ENVIRONMENT, network="bluesky")
    session = Session(
        http,
        url=values["BLUESKY_URL"],
        handle=values["BLUESKY_HANDLE"].removeprefix("@"),
        password=values["BLUESKY_APP_PASSWORD"],
    )
    return Bluesky(http, session)


class Bluesky:
    """One account. ``account`` logs in when it is first read."""

    def __init__(self, http: httpx.Client, session: Session) -> None:
        self._http = http
        self._session = session

    def check(self) -> None:
        """Log in; publishes nothing.

        Raises Unauthorized, RateLimited, or NotSent (unreachable or broken: safe to repeat).
        """
        self._session.log_in()

    @property
    def account(self) -> str:
        """The account's DID, which stays when its handle changes. Raises as ``check``."""
        return self._session.log_in()

    @property
    def limits(self) -> Limits:
        """The lexicon's limits; asks nobody."""
        return LIMITS

    def publish(self, message: Message, *, idempotency_key: str) -> Receipt:
        """Put one post with its card where there is none yet; else return the one that is there.

        Raises any error of ``syndication.errors``; NotSent also where the picture is not live or
        the server failed before the post was sent.
        """
        rkey = announcement_tid(message.guid, self.account)
        answer = self._session.procedure(
            "com.atproto.repo.putRecord",
            body={
                "repo": self.account,
                "collection": COLLECTION,
                "rkey": rkey,
                "record": record(message, thumb=self._uploaded_thumbnail(message)),
                # Only where there is none: without it, putRecord overwrites.
                "swapRecord": None,
            },
        )
        if error_name(answer) == "InvalidSwap":
            there = self.find(message, idempotency_key=idempotency_key, since=message.created_at)
            if there is None:
                raise OutcomeUnknown(f"{self._session.server} has the post and has it not")
            return there
        if not answer.ok:
            raise self._session.refusal(answer)
        if text_of(answer.mapping(), "uri") != self._uri(rkey):
            raise OutcomeUnknown(f"{self._session.server} answered with something that is no post")
        return self._receipt(rkey)

    def find(
        self,
        message: Message,
        *,
        idempotency_key: str,  # noqa: ARG002 - the record key does its work
        since: datetime,  # noqa: ARG002 - the record key is exact at any time
    ) -> Receipt | None:
        """Return the receipt of the post under the message's key, None where there is none.

        Raises Unauthorized, RateLimited or OutcomeUnknown, and after any of them nothing is
        known; never NotSent, which would invite a repeat.
        """
        try:
            rkey = announcement_tid(message.guid, self.account)
            answer = self._session.query(
                "com.atproto.repo.getRecord",
                {"repo": self.account, "collection": COLLECTION, "rkey": rkey},
            )
        except NotSent as error:
            raise OutcomeUnknown(str(error)) from None
        if error_name(answer) == "RecordNotFound":
            return None
        if answer.ok and text_of(answer.mapping(), "uri") == self._uri(rkey):
            return self._receipt(rkey)
        refusal = self._session.refusal(answer)
        if isinstance(refusal, Unauthorized | RateLimited):
            raise refusal
        raise OutcomeUnknown(str(refusal))

    def _uploaded_thumbnail(self, message: Message) -> Payload | None:
        """Return the card's picture as the server keeps it; the same bytes give the same blob.

        A picture that is not live holds the post back (NotSent); one that is no picture, or that
        the server will not take, never does.
        """
        if message.image is None:
            return None
        content = _bluesky_thumbnail.fetch(self._http, message.image.url)
        thumbnail = _bluesky_thumbnail.shrink(content)
        if thumbnail is None:
            logger.warning("%s is no picture for a card; posted without it", message.image.url)
            return None
        try:
            answer = self._session.procedure(
                "com.atproto.repo.uploadBlob",
                content=thumbnail.content,
                media_type=thumbnail.media_type,
            )
        except OutcomeUnknown as error:
            raise NotSent(str(error)) from None
        refusal = self._session.refusal(answer)
        if isinstance(refusal, OutcomeUnknown) and not answer.ok:
            raise NotSent(str(refusal))
        if isinstance(refusal, Unauthorized | RateLimited):
            raise refusal
        if not answer.ok:
            logger.warning("%s: posted without %s", refusal, message.image.url)
            return None
        return _blob(answer.mapping(), thumbnail, self._session.server)

    def _uri(self, rkey: str) -> str:
        return f"at://{self.account}/{COLLECTION}/{rkey}"

    def _receipt(self, rkey: str) -> Receipt:
        url = f"https://bsky.app/profile/{self.account}/post/{rkey}"
        return Receipt(id=self._uri(rkey), url=url)


def record(message: Message, *, thumb: Payload | None) -> Payload:
    """Return the post as the lexicon app.bsky.feed.post has it, a function of its arguments."""
    external: Payload = {
        "uri": message.url,
        "title": message.card_title or message.url,
        "description": message.card_description,
    }
    if thumb is not None:
        external["thumb"] = thumb
    made: Payload = {
        "$type": COLLECTION,
        "text": message.text,
        "createdAt": _moment(message.created_at),
        "langs": [message.lang],
        "embed": {"$type": "app.bsky.embed.external", "external": external},
    }
    found = facets(message.text, url=message.url, hashtags=message.hashtags)
    if found:
        made["facets"] = found
    return made


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _blob(answer: Mapping[str, object], sent: _bluesky_thumbnail.Thumbnail, server: str) -> Payload:
    """Return a blob's reference, made anew from the checked parts of an answer."""
    blob = answer.get("blob")
    ref = blob.get("ref") if isinstance(blob, dict) else None
    link = text_of(ref, "$link") if isinstance(ref, dict) else ""
    media_type = text_of(blob, "mimeType") if isinstance(blob, dict) else ""
    if not link.isalnum() or not link.isascii() or not media_type.startswith("image/"):
        raise NotSent(f"{server} answered with something that is no picture")
    size = len(sent.content)
    return {"$type": "blob", "ref": {"$link": link}, "mimeType": media_type, "size": size}
