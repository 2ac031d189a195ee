"""Bluesky, by the AT Protocol's repository API: https://docs.bsky.app/docs/api/com-atproto-repo-put-record.

Announcements are put under a key made from guid and account (``syndication.tid``), and only where
that key is free (``swapRecord: null``). So a repeat, however late and from whichever machine,
finds the first one instead of making a second, and ``publish`` is safe to repeat. Two things stay
with the caller: a post that a person deleted there would be made again, and the idempotency key is
not needed, since the record key does its work.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import httpx
import regex

from utrop.syndication.credential import Credential
from utrop.syndication.delivery import Limits, Measure, Message, Payload, Receipt, Standing
from utrop.syndication.errors import NotSent, OutcomeUnknown, RateLimited, Rejected, Unauthorized
from utrop.syndication.networks import _bluesky_thumbnail, _environment
from utrop.syndication.networks._bluesky_record import COLLECTION, blob, record
from utrop.syndication.networks._bluesky_session import Session, error_name
from utrop.syndication.networks._http import text_of
from utrop.syndication.tid import announcement_tid

ENVIRONMENT: Final[Mapping[str, str]] = {
    "BLUESKY_URL": "the address of the account's PDS, such as https://bsky.social",
    "BLUESKY_HANDLE": "the account's handle, such as inkop.example.org",
    "BLUESKY_APP_PASSWORD": "an app password, made there under Settings, Privacy and security",
}
SECRETS: Final = frozenset({"BLUESKY_APP_PASSWORD"})

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


_TOO_MUCH: Final = {
    "com.atproto.access": "is the account's own password, which can do everything: make an app"
    " password under Settings, Privacy and security, and use that",
    "com.atproto.appPassPrivileged": "may read and write direct messages, which announcing does"
    " not need: make one that may not",
}
# As a person finds it in the app's share menu.
_SHARED: Final = re.compile(r"https://bsky\.app/profile/([^/?#]+)/post/([^/?#]+)")
_RKEY: Final = re.compile(r"[\w.~:-]{1,512}", re.ASCII)


def connect(environ: Mapping[str, str], http: httpx.Client) -> Bluesky:
    """Return the account that the variables name; nothing is sent yet.

    Raises ProblemsFound (exit status 2) where a variable is missing or malformed.
    """
    return Bluesky(http, _session(environ, http))


def describe(environ: Mapping[str, str], http: httpx.Client) -> Credential:
    """Log in, once, and return what the server says of the password; publishes nothing.

    An app password has no end and no scopes to choose; its kind is told by the session. Raises
    ProblemsFound as ``connect``, Unauthorized, RateLimited or NotSent.
    """
    session = _session(environ, http)
    did = session.log_in()
    login = session.login()
    warnings = []
    if login.inactive:
        warnings.append(f"the account is {login.inactive}: nothing can be posted")
    if login.scope in _TOO_MUCH:
        warnings.append(f"BLUESKY_APP_PASSWORD {_TOO_MUCH[login.scope]}")
    return Credential(
        account=login.handle or did,
        scopes=(login.scope,) if login.scope else (),
        warnings=tuple(warnings),
        server_time=login.answered,
    )


def _session(environ: Mapping[str, str], http: httpx.Client) -> Session:
    values = _environment.read(environ, ENVIRONMENT, network="bluesky")
    return Session(
        http,
        url=values["BLUESKY_URL"],
        handle=values["BLUESKY_HANDLE"].removeprefix("@"),
        password=values["BLUESKY_APP_PASSWORD"],
    )


class Bluesky:
    """One account. ``account`` logs in when it is first read.

    There is no ``edit``. The record could be put anew under its key, but Bluesky's app offers no
    edits and marks none: readers would see old words or new ones, by chance, and never know.
    """

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

    def delete(self, receipt: Receipt) -> None:
        """Delete a post; one that is gone already is no error to the server either.

        Raises Rejected where the receipt is no post of ours, else as ``publish``.
        """
        rkey = self._rkey(receipt)
        answer = self._session.procedure(
            "com.atproto.repo.deleteRecord",
            body={"repo": self.account, "collection": COLLECTION, "rkey": rkey},
        )
        if not answer.ok:
            raise self._session.refusal(answer)
        # Older servers answer with nothing at all, and so do broken ones.
        if not isinstance(answer.json(), dict) and self._value(rkey) is not None:
            raise OutcomeUnknown(f"{self._session.server} says that it deleted, and did not")

    def standing(self, receipt: Receipt, message: Message) -> Standing:
        """Return whether a post is there, and with the message's words and page.

        Raises an error of ``syndication.errors``; Rejected also where the receipt is no post of
        ours. After any of them nothing is known.
        """
        value = self._value(self._rkey(receipt))
        if value is None:
            return Standing.GONE
        same = value.get("text") == message.text and _page(value) == message.url
        return Standing.THERE if same else Standing.EDITED

    def _value(self, rkey: str) -> Mapping[str, object] | None:
        """Return a post's record as it stands, None where there is none under the key.

        Raises Unauthorized, RateLimited, NotSent or OutcomeUnknown: nothing is known.
        """
        answer = self._session.query(
            "com.atproto.repo.getRecord",
            {"repo": self.account, "collection": COLLECTION, "rkey": rkey},
        )
        if error_name(answer) == "RecordNotFound":
            return None
        refusal = self._session.refusal(answer)
        if isinstance(refusal, Unauthorized | RateLimited):
            raise refusal
        if not answer.ok:
            raise OutcomeUnknown(str(refusal))
        value = answer.mapping().get("value")
        if text_of(answer.mapping(), "uri") != self._uri(rkey) or not isinstance(value, dict):
            raise OutcomeUnknown(f"{self._session.server} answered with something that is no post")
        return value

    def _rkey(self, receipt: Receipt) -> str:
        """Return the key of a post of ours; also where a person wrote down its address."""
        whose, key = "", ""
        if shared := _SHARED.fullmatch(receipt.id):
            whose, key = shared[1], shared[2]
        elif receipt.id.startswith(self._uri("")):
            whose, key = self.account, receipt.id.removeprefix(self._uri(""))
        ours = {self.account, self._session.handle.lower(), self._session.login().handle.lower()}
        if whose.lower() not in ours - {""} or not _RKEY.fullmatch(key) or key in {".", ".."}:
            raise Rejected(f"the ledger's address is none of a post of {self.account}")
        return key

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
        return blob(answer.mapping(), thumbnail, self._session.server)

    def _uri(self, rkey: str) -> str:
        return f"at://{self.account}/{COLLECTION}/{rkey}"

    def _receipt(self, rkey: str) -> Receipt:
        url = f"https://bsky.app/profile/{self.account}/post/{rkey}"
        return Receipt(id=self._uri(rkey), url=url)


def _page(record: Mapping[str, object]) -> object:
    """Return the page that a record's card leads to, None where it has no card."""
    embed = record.get("embed")
    external = embed.get("external") if isinstance(embed, dict) else None
    return external.get("uri") if isinstance(external, dict) else None
