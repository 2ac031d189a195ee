"""A Facebook Page, by Meta's Graph API: https://developers.facebook.com/docs/pages-api/posts/.

A post has no key of its own there, and Graph has answered "failed, please retry" to posts that it
published. So ``publish`` sends once and never looks; whoever repeats must ``find`` first. Posts
are published at once: whether one made unpublished and published later is shown like any other is
not verified.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

import httpx

from utrop.problem import Problem, ProblemsFound
from utrop.syndication.delivery import Limits, Measure, Message, Receipt
from utrop.syndication.errors import OutcomeUnknown, Unauthorized
from utrop.syndication.networks import _environment
from utrop.syndication.networks._graph import Graph, links_in, post_id
from utrop.syndication.networks._http import absolute_web_address, text_of

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
}
SECRETS: Final = frozenset({"FACEBOOK_TOKEN"})
SETTLING: Final = timedelta(minutes=1)
"""How long after an attempt a post may still turn up. Not verified."""


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
    try:
        values = _environment.read(given, ENVIRONMENT, network="facebook")
    except ProblemsFound as error:
        problems += error.problems
    page = given.get("FACEBOOK_PAGE", "").strip()
    if page and not re.fullmatch(r"[0-9]{1,40}", page):
        problems = [one for one in problems if "FACEBOOK_PAGE" not in one.what]
        what = "facebook is configured but FACEBOOK_PAGE is no number"
        problems.append(Problem(what=what, instead=f"set it to {ENVIRONMENT['FACEBOOK_PAGE']}"))
    if problems:
        raise ProblemsFound(problems, exit_status=2)
    graph = Graph(
        http,
        url=values["FACEBOOK_URL"],
        version=VERSION,
        token=values["FACEBOOK_TOKEN"],
        token_name="FACEBOOK_TOKEN",  # noqa: S106 - the variable's name
    )
    return Facebook(graph, page=page)


class Facebook:
    """One page. ``account`` asks the server when it is first read."""

    settling = SETTLING

    def __init__(self, graph: Graph, *, page: str) -> None:
        self._graph = graph
        self._page = page
        self._checked = False

    def check(self) -> None:
        """Ask the server whether the token is this page's; publishes nothing.

        Raises Unauthorized, RateLimited, or NotSent (unreachable or broken: safe to repeat).
        """
        if self._checked:
            return
        owner = text_of(self._graph.identity("id,name"), "id")
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
        form = {"message": message.text, "link": message.url, "published": "true"}
        answer = self._graph.post(f"{self._page}/feed", form)
        if not answer.ok:
            raise self._graph.refusal(answer)
        key = post_id(answer.mapping())
        if not key:
            raise OutcomeUnknown(f"{self._graph.host} answered with something that is no post")
        return _receipt(key, self._graph.permalink(key, "permalink_url"))

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
        found = self._graph.oldest_link_to(
            message.url,
            f"{self._page}/published_posts",
            ("message", "permalink_url", "attachments{unshimmed_url}"),
            created="created_time",
            links=_links,
            since=since,
        )
        if found is None:
            return None
        return _receipt(post_id(found), absolute_web_address(found.get("permalink_url")))


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
