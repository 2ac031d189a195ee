"""Mastodon and its kin, by their client API: https://docs.joinmastodon.org/methods/statuses/.

A status has no key of its own there. ``publish`` sends an Idempotency-Key, but servers keep it for
an hour, or not at all, or answer 500 to the repeat (mastodon/mastodon#40399), and two requests in
flight at once can both post. So ``publish`` sends once and never looks; whoever repeats must
``find`` first, and better after a pause.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import httpx

from utrop.syndication.credential import Credential
from utrop.syndication.delivery import Limits, Message, Payload, Receipt, Standing
from utrop.syndication.errors import Gone, NotSent, OutcomeUnknown
from utrop.syndication.networks import _environment, _mastodon_scopes, _mastodon_statuses
from utrop.syndication.networks._links import oldest_linking
from utrop.syndication.networks._mastodon_server import Server
from utrop.syndication.networks._mastodon_text import advertised_limits, limits_of, links

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


def connect(environ: Mapping[str, str], http: httpx.Client) -> Mastodon:
    """Return the account that the variables name; nothing is sent yet.

    Raises ProblemsFound (exit status 2) where a variable is missing or malformed.
    """
    return Mastodon(_server(environ, http))


def describe(environ: Mapping[str, str], http: httpx.Client) -> Credential:
    """Return whose the token is and what it may; changes nothing.

    Raises ProblemsFound as ``connect``, Unauthorized, RateLimited or NotSent.
    """
    return _mastodon_scopes.credential(_server(environ, http))


def _server(environ: Mapping[str, str], http: httpx.Client) -> Server:
    values = _environment.read(environ, ENVIRONMENT, network="mastodon")
    return Server(http, url=values["MASTODON_URL"], token=values["MASTODON_TOKEN"])


class Mastodon:
    """One account. ``account`` and ``limits`` ask the server when they are first read."""

    settling = SETTLING

    def __init__(self, server: Server) -> None:
        self._server = server
        self._limits: Limits | None = None

    def check(self) -> None:
        """Ask the server whether it takes the credentials; publishes nothing.

        Raises Unauthorized, RateLimited, or NotSent (unreachable or broken: safe to repeat).
        """
        self._server.who()

    @property
    def account(self) -> str:
        """``@name@host``, the host being that of the account's own address. Raises as ``check``."""
        return self._server.who().name

    @property
    def limits(self) -> Limits:
        """What this server allows, the defaults where it does not say. Raises as ``check``."""
        if self._limits is None:
            answers = (self._server.prepare(f"/api/{v}/instance") for v in ("v2", "v1"))
            told = (advertised_limits(answer.mapping()) for answer in answers if answer.ok)
            self._limits = next(filter(None, told), LIMITS)
        return self._limits

    def publish(self, message: Message, *, idempotency_key: str) -> Receipt:
        """Post one public status. A repeat may double it: ``find`` before any repeat.

        Raises any error of ``syndication.errors``; NotSent also where the server failed before
        the status was sent.
        """
        self._server.who()
        answer = self._server.ask(
            "POST",
            "/api/v1/statuses",
            idempotency_key=idempotency_key,
            # Always said: some servers default to something else than public.
            body=_said(message) | {"visibility": "public"},
        )
        if answer.ok:
            return _mastodon_statuses.receipt_of(self._server, answer.mapping())
        raise self._server.refusal(answer)

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
        return self.survey([message], since=since).get(message.url)

    def survey(self, messages: Sequence[Message], *, since: datetime) -> dict[str, Receipt]:
        """Return which messages our statuses link to, by address. Raises as ``find``."""
        urls = {message.url for message in messages}
        found: dict[str, Mapping[str, object]] = {}
        earliest = since.astimezone(UTC) - CLOCKS_APART
        # Announcements answer nobody; a reply of ours that links to the post is none.
        own = (
            status
            for status in _mastodon_statuses.own(self._server, earliest)
            if status.get("in_reply_to_id") is None
        )
        try:
            oldest_linking(own, links, urls, found)
        except NotSent as error:
            raise OutcomeUnknown(str(error)) from None
        except _mastodon_statuses.TooManyToRead as error:
            if found.keys() != urls:
                raise OutcomeUnknown(str(error)) from None
        receipt_of = _mastodon_statuses.receipt_of
        return {url: receipt_of(self._server, status) for url, status in found.items()}

    def edit(self, receipt: Receipt, message: Message) -> Receipt:
        """Give a status the message's words and language; the server shows that it was edited.

        The same words again are no edit to Mastodon. Raises Gone where it is not there any more,
        Rejected also where it is not ours or the server edits nothing, else as ``publish``.
        """
        status = _mastodon_statuses.located(self._server, receipt)
        if status is None:
            raise Gone(f"{self._server.host} has the status no more")
        path = f"/api/v1/statuses/{_mastodon_statuses.key_of(self._server, status)}"
        answer = self._server.ask("PUT", path, body=_said(message))
        if answer.ok:
            return _mastodon_statuses.receipt_of(self._server, answer.mapping())
        raise self._server.refusal(answer)

    def delete(self, receipt: Receipt) -> None:
        """Delete a status and, as far as they obey, its copies on other servers.

        Raises Rejected where it is not ours, else as ``publish``.
        """
        status = _mastodon_statuses.located(self._server, receipt)
        if status is None:
            return
        path = f"/api/v1/statuses/{_mastodon_statuses.key_of(self._server, status)}"
        answer = self._server.ask("DELETE", path)
        if answer.ok and not answer.mapping():
            raise OutcomeUnknown(f"{self._server.host} answered a deletion with something else")
        if not answer.ok and answer.status not in {404, 410}:
            raise self._server.refusal(answer)

    def standing(self, receipt: Receipt, message: Message) -> Standing:
        """Return whether a status is there, and with the message's words.

        Raises Unauthorized, RateLimited, NotSent or OutcomeUnknown: nothing is known; Rejected
        where it is not ours.
        """
        status = _mastodon_statuses.located(self._server, receipt)
        if status is None:
            return Standing.GONE
        same = _mastodon_statuses.has_words(self._server, status, message)
        return Standing.THERE if same else Standing.EDITED


def _said(message: Message) -> Payload:
    return {
        "status": message.text,
        # ISO 639-1; servers of the family differ in what they do with a region.
        "language": message.lang.partition("-")[0].lower(),
    }
