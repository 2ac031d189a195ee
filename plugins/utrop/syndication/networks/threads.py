"""Threads, by its API: https://developers.facebook.com/docs/threads/posts/.

A post is made in two steps: a container, which nobody sees and which ends after a day, and its
publication. All that fails before the second step published nothing. A lost answer to it is looked
up; the container's id is in no ledger, so a repeat makes a new container, after ``find``.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

import httpx
import regex

from utrop.syndication.credential import Credential
from utrop.syndication.delivery import Limits, Measure, Message, Receipt, Standing
from utrop.syndication.errors import (
    Gone,
    NetworkError,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
)
from utrop.syndication.networks import _environment, _graph_posts, _threads_token
from utrop.syndication.networks._graph import Graph, post_id
from utrop.syndication.networks._graph_errors import fault
from utrop.syndication.networks._http import absolute_web_address, text_of
from utrop.syndication.networks._links import links_in
from utrop.syndication.networks._words import comparable_words

DEFAULT_URL: Final = "https://graph.threads.net"
VERSION: Final = "v1.0"
GUARANTEE: Final = "effectively-once"
ENVIRONMENT: Final[Mapping[str, str]] = {
    "THREADS_URL": f"the address of the Threads API; {DEFAULT_URL} if unset",
    "THREADS_TOKEN": "a long-lived access token of the account with the permissions threads_basic"
    " and threads_content_publish, and threads_delete to withdraw; it lives for 60 days",
}
OPTIONAL: Final = frozenset({"THREADS_URL"})
SECRETS: Final = frozenset({"THREADS_TOKEN"})
SETTLING: Final = timedelta(minutes=1)
"""How long after an attempt a post may still turn up. Not verified."""

PAUSES: Final = (2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 60.0)
"""Seconds between looks at a container that is not ready."""
PATIENCE: Final = 240.0
"""Seconds after which a container is given up, so that no run outlives its claim."""
_NOT_FOUND: Final = 24
"""What a publication that comes too early is refused with (gitroomhq/postiz-app#2047)."""


def count_characters(text: str) -> int:
    """Return a text's length as Threads counts: of emoji, their bytes.

    In which unit it counts the rest is not verified; UTF-16 is never less than the others.
    """
    return sum(
        len(one.encode()) if _EMOJI.search(one) else len(one.encode("utf-16-le")) // 2
        for one in regex.findall(r"\X", text)
    )


_EMOJI: Final = regex.compile(
    r"[\p{Extended_Pictographic}\p{Regional_Indicator}\p{Emoji_Modifier}\u20e3]"
)
# One topic a post: further hashtags would be dead words there.
LIMITS: Final = Limits(
    measures=(Measure(unit="characters", maximum=500, count=count_characters),), hashtags=False
)


def connect(
    environ: Mapping[str, str],
    http: httpx.Client,
    *,
    pause: Callable[[float], None] = time.sleep,
    seconds: Callable[[], float] = time.monotonic,
) -> Threads:
    """Return the account that the variables name; nothing is sent yet.

    ``pause`` lets seconds pass, ``seconds`` counts them. Raises ProblemsFound (exit status 2)
    where a variable is missing or malformed.
    """
    return Threads(_graph(environ, http), pause=pause, seconds=seconds)


def describe(environ: Mapping[str, str], http: httpx.Client) -> Credential:
    """Return what Threads tells of the account's token; writes nothing and renews nothing.

    Raises as ``connect`` and ``Threads.check``. A token that works but whose end Threads does not
    tell is a warning.
    """
    network = connect(environ, http)
    network.check()
    return network.credential()


def refresh(environ: Mapping[str, str], http: httpx.Client) -> tuple[str, datetime | None]:
    """Return a new token and when it ends (aware UTC, None where that cannot be told).

    Raises as ``connect``, and any error of ``syndication.errors``; after OutcomeUnknown try again,
    for a token may be renewed as often as one likes. Store the new one at once.
    """
    return _threads_token.renewed(_graph(environ, http))


def composer_link(message: Message) -> str:
    """Return the address that opens Threads' own composer, filled in.

    https://developers.facebook.com/documentation/threads/threads-web-intents
    """
    text, url = quote(message.text, safe=""), quote(message.url, safe="")
    return f"https://www.threads.com/intent/post?text={text}&url={url}"


def _graph(environ: Mapping[str, str], http: httpx.Client) -> Graph:
    given = {**environ, "THREADS_URL": environ.get("THREADS_URL", "").strip() or DEFAULT_URL}
    values = _environment.read(given, ENVIRONMENT, network="threads")
    return Graph(
        http,
        url=values["THREADS_URL"],
        version=VERSION,
        token=values["THREADS_TOKEN"],
        token_name=_threads_token.NAME,
    )


class Threads:
    """One account. ``account`` asks the server when it is first read."""

    settling = SETTLING

    def __init__(
        self, graph: Graph, *, pause: Callable[[float], None], seconds: Callable[[], float]
    ) -> None:
        self._graph = graph
        self._pause = pause
        self._seconds = seconds
        self._id = ""
        self._name = ""
        self._profile = ""

    def check(self) -> None:
        """Ask the server whose the token is; publishes nothing.

        Raises Unauthorized, RateLimited, or NotSent (unreachable or broken: safe to repeat).
        """
        if self._id:
            return
        found = self._graph.identity("id,username")
        name = text_of(found, "username")
        self._name = f"@{name}" if re.fullmatch(r"[a-zA-Z0-9._]{1,60}", name) else ""
        self._profile = f"https://www.threads.com/{self._name}"
        self._id = text_of(found, "id")

    @property
    def account(self) -> str:
        """The account's id, which stays when its name changes. Raises as ``check``."""
        self.check()
        return self._id

    @property
    def limits(self) -> Limits:
        """The same for every account; asks nobody."""
        return LIMITS

    def publish(
        self,
        message: Message,
        *,
        idempotency_key: str,  # noqa: ARG002 - Threads has none
    ) -> Receipt:
        """Make a container, wait until it is ready, publish it. ``find`` before any repeat.

        Raises any error of ``syndication.errors``; NotSent wherever the publication was not
        asked for, or was refused as too early.
        """
        end = self._seconds() + PATIENCE
        self.check()
        container = self._container(message)
        for _ in self._looks(end):
            if not self._is_ready(container):
                continue
            answer = self._graph.post(f"{self._id}/threads_publish", {"creation_id": container})
            if answer.ok:
                return self._published(post_id(answer.mapping()))
            refusal = self._graph.refusal(answer)
            # A refusal that is certain, so that the next look decides. All others are final.
            if fault(answer).code != _NOT_FOUND or isinstance(refusal, OutcomeUnknown):
                raise refusal
        raise NotSent(f"{self._graph.host} did not get the post ready in time; it is not published")

    def find(
        self,
        message: Message,
        *,
        idempotency_key: str,  # noqa: ARG002 - Threads has none
        since: datetime,
    ) -> Receipt | None:
        """Return the account's first post after ``since`` that links to the message's page.

        The newest ones are looked at whatever their time. None means that it is not there.
        Raises Unauthorized, RateLimited or OutcomeUnknown; then nothing is known.
        """
        return self.survey([message], since=since).get(message.url)

    def survey(self, messages: Sequence[Message], *, since: datetime) -> dict[str, Receipt]:
        """Return which messages our posts link to, by address. Raises as ``find``."""
        try:
            self.check()
        except NotSent as error:
            raise OutcomeUnknown(str(error)) from None
        found = self._graph.oldest_posts_of(
            messages,
            self._listed,
            ("permalink", "text", "link_attachment_url", "media_type"),
            created="timestamp",
            words="text",
            links=_links,
            since=since,
        )
        return {
            url: self._receipt(post_id(post), absolute_web_address(post.get("permalink")))
            for url, post in found.items()
        }

    def delete(self, receipt: Receipt) -> None:
        """Delete a post, by the permission threads_delete; one that is gone already is no error.

        Threads takes 100 a day. A repeat does no harm. Raises Rejected where the token may not
        delete it, else as ``publish``.
        """
        self.check()
        _graph_posts.take_away(self._graph, receipt, listed=self._listed)

    def standing(self, receipt: Receipt, message: Message) -> Standing:
        """Return how a post stands. Raises any error of ``syndication.errors`` but Gone."""
        self.check()
        try:
            found = _graph_posts.look(self._graph, receipt, "text", listed=self._listed)
        except Gone:
            return Standing.GONE
        same = comparable_words(text_of(found, "text")) == comparable_words(message.text)
        return Standing.THERE if same else Standing.EDITED

    def credential(self) -> Credential:
        """Return what Threads tells of the token; ``check`` comes first. Raises Unauthorized."""
        return _threads_token.credential(self._graph, account=self._name or self._id)

    @property
    def _listed(self) -> str:
        return f"{self._id}/threads"

    def _container(self, message: Message) -> str:
        """Make a container and return its id. Nobody sees one, so a lost answer costs nothing."""
        form = {"media_type": "TEXT", "text": message.text, "link_attachment": message.url}
        try:
            answer = self._graph.post(f"{self._id}/threads", form)
            refusal = self._graph.refusal(answer)
        except OutcomeUnknown as error:
            raise NotSent(str(error)) from None
        if not answer.ok:
            raise NotSent(str(refusal)) if isinstance(refusal, OutcomeUnknown) else refusal
        container = post_id(answer.mapping())
        if not container:
            raise NotSent(f"{self._graph.host} answered with something that is no container")
        return container

    def _looks(self, end: float) -> Iterator[None]:
        """Yield for each look that a container is worth, with growing pauses between them."""
        yield
        for pause in PAUSES:
            if self._seconds() + pause > end:
                return
            self._pause(pause)
            yield

    def _is_ready(self, container: str) -> bool:
        """Whether a container can be published now; raises where it never can."""
        try:
            answer = self._graph.get(container, {"fields": "status,error_message"})
        except NetworkError:
            return False
        if not answer.ok:
            refusal = self._graph.refusal(answer)
            if isinstance(refusal, RateLimited | Unauthorized):
                raise refusal
            return False
        found = answer.mapping()
        status = text_of(found, "status")
        if status == "PUBLISHED":
            raise OutcomeUnknown(f"{self._graph.host} says that it has published the post")
        if status in {"ERROR", "EXPIRED"}:
            why = self._graph.clean(text_of(found, "error_message"))
            what = f"{self._graph.host} could not get the post ready ({why or status})"
            raise NotSent(what) if why in {"", "UNKNOWN"} else Rejected(what)
        return status == "FINISHED"

    def _published(self, post: str) -> Receipt:
        if not post:
            raise OutcomeUnknown(f"{self._graph.host} answered with something that is no post")
        return self._receipt(post, self._graph.permalink(post, "permalink"))

    def _receipt(self, post: str, address: str | None) -> Receipt:
        # Threads leaves the address out of posts that were reported; then the profile must do.
        return Receipt(id=post, url=address or self._profile)


def _links(post: Mapping[str, object]) -> Iterator[str]:
    """Yield where a post of our own links to; reposts of others' are none."""
    if post.get("media_type") == "REPOST_FACADE":
        return
    if address := text_of(post, "link_attachment_url"):
        yield address
    yield from links_in(post.get("text"))
