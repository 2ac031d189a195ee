"""A Facebook Page, by Meta's Graph API: https://developers.facebook.com/docs/pages-api/posts/.

A post has no key of its own there, and Graph has answered "failed, please retry" to posts that it
published. So ``publish`` sends once and never looks; whoever repeats must ``find`` first. With
FACEBOOK_TWO_PHASE a post is made unpublished, where nobody sees it, and published after that: off
by default, for whether such a post is shown like any other is not verified.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

import httpx

from utrop.problem import Problem, ProblemsFound
from utrop.syndication.credential import Credential
from utrop.syndication.delivery import Limits, Measure, Message, Receipt, Standing
from utrop.syndication.errors import Gone, NetworkError, NotSent, OutcomeUnknown, Unauthorized
from utrop.syndication.networks import _environment, _facebook_token, _graph_posts
from utrop.syndication.networks._graph import Graph, post_id
from utrop.syndication.networks._graph_errors import DUPLICATE, fault
from utrop.syndication.networks._http import Answer, absolute_web_address, text_of
from utrop.syndication.networks._links import links_in
from utrop.syndication.networks._words import comparable_words

DEFAULT_URL: Final = "https://graph.facebook.com"
VERSION: Final = "v25.0"
"""Of the Graph API. Each lives for about two years."""
GUARANTEE: Final = "effectively-once"
BY_HAND_WITHOUT: Final = ("FACEBOOK_TOKEN",)
"""Until an app gives the token, a person posts there."""
ENVIRONMENT: Final[Mapping[str, str]] = {
    "FACEBOOK_URL": f"the address of the Graph API; {DEFAULT_URL} if unset",
    "FACEBOOK_PAGE": "the page's id, a number, shown on the page under About, Page transparency",
    "FACEBOOK_TOKEN": "a page access token of that page with the permissions pages_manage_posts,"
    " pages_read_engagement and pages_show_list",
    "FACEBOOK_TWO_PHASE": "yes, to make each post unpublished first and publish it then; not yet"
    " seen on the real Facebook",
}
OPTIONAL: Final = frozenset({"FACEBOOK_URL", "FACEBOOK_TWO_PHASE"})
SECRETS: Final = frozenset({"FACEBOOK_TOKEN"})
SETTLING: Final = timedelta(minutes=1)
"""How long after an attempt a post may still turn up. Not verified."""
_SECOND_STEP: Final[Mapping[str, bool]] = {"": False, "no": False, "yes": True}


def _count(text: str) -> int:
    # In which unit Facebook counts is not verified; this one is never less than the others.
    return len(text.encode("utf-16-le")) // 2


LIMITS: Final = Limits(measures=(Measure(unit="characters", maximum=63_206, count=_count),))


def connect(environ: Mapping[str, str], http: httpx.Client) -> Facebook:
    """Return the page that the variables name; nothing is sent yet.

    Raises ProblemsFound (exit status 2) where a variable is missing or malformed.
    """
    given = {**environ, "FACEBOOK_URL": environ.get("FACEBOOK_URL", "").strip() or DEFAULT_URL}
    problems: list[Problem] = []
    values: dict[str, str] = {}
    wanted = {name: advice for name, advice in ENVIRONMENT.items() if name != "FACEBOOK_TWO_PHASE"}
    try:
        values = _environment.read(given, wanted, network="facebook")
    except ProblemsFound as error:
        problems += error.problems
    page = given.get("FACEBOOK_PAGE", "").strip()
    if page and not re.fullmatch(r"[0-9]{1,40}", page):
        problems = [one for one in problems if "FACEBOOK_PAGE" not in one.what]
        what = "facebook is configured but FACEBOOK_PAGE is no number"
        problems.append(Problem(what=what, instead=f"set it to {ENVIRONMENT['FACEBOOK_PAGE']}"))
    two_phase = given.get("FACEBOOK_TWO_PHASE", "").strip().lower()
    if two_phase not in _SECOND_STEP:
        what = "facebook is configured but FACEBOOK_TWO_PHASE is neither yes nor no"
        problems.append(Problem(what=what, instead="write yes, or leave it out"))
    if problems:
        raise ProblemsFound(problems, exit_status=2)
    graph = Graph(
        http,
        url=values["FACEBOOK_URL"],
        version=VERSION,
        token=values["FACEBOOK_TOKEN"],
        token_name=_facebook_token.NAME,
    )
    return Facebook(graph, page=page, two_phase=_SECOND_STEP[two_phase])


def describe(environ: Mapping[str, str], http: httpx.Client) -> Credential:
    """Return what Facebook tells of the page's token; writes nothing.

    Raises as ``connect`` and ``Facebook.check``. A token that works but whose end Facebook does
    not tell is a warning.
    """
    network = connect(environ, http)
    network.check()
    return network.credential()


def composer_link(message: Message) -> str:
    """Return the address of Facebook's own share dialog.

    It takes the page's address alone: Facebook lets nobody fill in words for people, so these are
    pasted. That it lets a person choose a Page to post as is not verified.
    """
    return f"https://www.facebook.com/sharer/sharer.php?u={quote(message.url, safe='')}"


class Facebook:
    """One page. ``account`` asks the server when it is first read."""

    settling = SETTLING

    def __init__(self, graph: Graph, *, page: str, two_phase: bool = False) -> None:
        self._graph = graph
        self._page = page
        self._listed = f"{page}/published_posts"
        self._two_phase = two_phase
        self._checked = False
        self._name = ""

    def check(self) -> None:
        """Ask the server whether the token is this page's; publishes nothing.

        Raises Unauthorized, RateLimited, or NotSent (unreachable or broken: safe to repeat).
        """
        if self._checked:
            return
        found = self._graph.identity("id,name")
        owner = text_of(found, "id")
        self._name = self._graph.clean(text_of(found, "name"))
        if owner != self._page:
            raise Unauthorized(
                f"FACEBOOK_TOKEN belongs to {owner}, not to the page {self._page}: take the page's"
                " own access token, not that of a person"
            )
        self._checked = True

    @property
    def account(self) -> str:
        """The page's id, which stays when its name changes. Raises as ``check``."""
        self.check()
        return self._page

    @property
    def limits(self) -> Limits:
        """The same for every page; asks nobody."""
        return LIMITS

    def publish(
        self,
        message: Message,
        *,
        idempotency_key: str,  # noqa: ARG002 - Graph has none
    ) -> Receipt:
        """Publish one post with its link. A repeat doubles it: ``find`` before any repeat.

        Raises any error of ``syndication.errors``; NotSent also where the link could not be read
        by Facebook, so that the post was refused.
        """
        self.check()
        if self._two_phase:
            key = self._unpublished(message)
            self._make_public(key)
        else:
            key = self._made(self._send(message, published="true"))
        return _receipt(key, self._graph.permalink(key, "permalink_url"))

    def edit(self, receipt: Receipt, message: Message) -> Receipt:
        """Give a post the message's words; its link and card stay. A repeat does no harm.

        Raises Gone, Rejected where this post cannot be changed (Facebook lets an app change its
        own posts alone; unverified), else as ``publish``.
        """
        self.check()
        form = {"message": message.text}
        _graph_posts.change(self._graph, receipt, form, listed=self._listed)
        return receipt

    def delete(self, receipt: Receipt) -> None:
        """Delete a post; one that is gone already is no error. A repeat does no harm.

        Raises Rejected where this token may not delete it, else as ``publish``.
        """
        self.check()
        _graph_posts.take_away(self._graph, receipt, listed=self._listed)

    def standing(self, receipt: Receipt, message: Message) -> Standing:
        """Return how a post stands; one that was made unpublished again is gone.

        Raises any error of ``syndication.errors`` but Gone.
        """
        self.check()
        fields = "message,is_published"
        try:
            found = _graph_posts.look(self._graph, receipt, fields, listed=self._listed)
        except Gone:
            return Standing.GONE
        if found.get("is_published") is False:
            return Standing.GONE
        same = comparable_words(text_of(found, "message")) == comparable_words(message.text)
        return Standing.THERE if same else Standing.EDITED

    def credential(self) -> Credential:
        """Return what Facebook tells of the token; ``check`` comes first. Raises Unauthorized."""
        name = f"{self._name} ({self._page})" if self._name else self._page
        return _facebook_token.credential(self._graph, account=name)

    def find(
        self,
        message: Message,
        *,
        idempotency_key: str,  # noqa: ARG002 - Graph has none
        since: datetime,
    ) -> Receipt | None:
        """Return the page's first post after ``since`` that links to the message's page.

        The newest ones are looked at whatever their time. None means that it is not there.
        Raises Unauthorized, RateLimited or OutcomeUnknown; then nothing is known.
        """
        return self.survey([message], since=since).get(message.url)

    def survey(self, messages: Sequence[Message], *, since: datetime) -> dict[str, Receipt]:
        """Return which messages our posts link to, by address. Raises as ``find``."""
        found = self._graph.oldest_posts_of(
            messages,
            self._listed,
            ("message", "permalink_url", "attachments{unshimmed_url}"),
            created="created_time",
            words="message",
            links=_links,
            since=since,
        )
        return {
            url: _receipt(post_id(post), absolute_web_address(post.get("permalink_url")))
            for url, post in found.items()
        }

    def _send(self, message: Message, *, published: str) -> Answer:
        form = {"message": message.text, "link": message.url, "published": published}
        return self._graph.post(f"{self._page}/feed", form)

    def _made(self, answer: Answer) -> str:
        """Return the id of the post that was made."""
        if not answer.ok:
            raise self._graph.refusal(answer)
        key = post_id(answer.mapping())
        if not key:
            raise OutcomeUnknown(f"{self._graph.host} answered with something that is no post")
        return key

    def _unpublished(self, message: Message) -> str:
        """Make a post that nobody sees, so that a lost answer costs nothing; return its id."""
        duplicate = False
        try:
            answer = self._send(message, published="false")
            duplicate = fault(answer).code == DUPLICATE
            return self._made(answer)
        except OutcomeUnknown as error:
            if duplicate:
                # It may be the one that an earlier attempt published.
                raise
            raise NotSent(f"{error}; it was to be made unpublished, so nothing is out") from None

    def _make_public(self, key: str) -> None:
        """Publish a post that is there; where that is left open, look at it.

        Raises as ``publish``; OutcomeUnknown also where it is unpublished still, for what was sent
        may yet arrive.
        """
        try:
            answer = self._graph.post(key, {"is_published": "true"})
            if answer.ok and answer.mapping().get("success") is True:
                return
            lost = self._graph.refusal(answer)
        except OutcomeUnknown as error:
            lost = error
        if not isinstance(lost, OutcomeUnknown) or not self._is_public(key):
            raise lost

    def _is_public(self, key: str) -> bool:
        try:
            answer = self._graph.get(key, {"fields": "id,is_published"})
        except NetworkError:
            return False
        found = answer.mapping()
        return answer.ok and post_id(found) == key and found.get("is_published") is True


def _receipt(key: str, address: str | None) -> Receipt:
    return Receipt(id=key, url=address or f"https://www.facebook.com/{key}")


def _links(post: Mapping[str, object]) -> Iterator[str]:
    """Yield where a post links to: Facebook gives the plain address only on demand."""
    attachments = post.get("attachments")
    listed = attachments.get("data") if isinstance(attachments, dict) else None
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict) and (address := text_of(one, "unshimmed_url")):
            yield address
    yield from links_in(post.get("message"))
