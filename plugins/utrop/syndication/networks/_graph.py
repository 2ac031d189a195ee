"""Meta's Graph API as Facebook and Threads speak it: https://developers.facebook.com/docs/graph-api.

The token goes into a header, and no address from an answer is ever asked: ``paging.next`` holds
the token. Only where Meta documents nothing else does it stand in an address, and that is logged
nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from utrop.syndication.delivery import Message
from utrop.syndication.errors import (
    NetworkError,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Unauthorized,
)
from utrop.syndication.networks._graph_errors import fault, refusal_of
from utrop.syndication.networks._http import (
    Answer,
    absolute_web_address,
    answered_at,
    ask,
    shown,
    text_of,
)
from utrop.syndication.networks._links import oldest_linking
from utrop.syndication.networks._secret_address import unlogged
from utrop.syndication.networks._words import comparable_words

CLOCKS_APART: Final = timedelta(hours=1)
"""How far Meta's clock may lag behind ours without hiding a post from a search."""
PAGE: Final = 50
"""Posts of one page of a list. With attachments, longer ones are refused now and then."""
_PAGES: Final = 20
_NEWEST: Final = 100
"""So many posts are looked at whatever their time, for our own clock may have been wrong."""
_CARRIED: Final = frozenset({"after", "until", "__paging_token"})
_ID: Final = re.compile(r"[0-9]{1,40}(_[0-9]{1,40})?")


class Graph:
    """One token at one of Meta's servers."""

    def __init__(
        self, http: httpx.Client, *, url: str, version: str, token: str, token_name: str
    ) -> None:
        self._http = http
        self._url = url
        self._base = f"{url}/{version}"
        self._token = token
        self._token_name = token_name
        self.host = httpx.URL(url).host
        self.answered: datetime | None = None
        """The moment of the last answer by the server's own clock (aware UTC)."""

    def get(self, path: str, params: Mapping[str, str]) -> Answer:
        """Read. Raises NotSent or OutcomeUnknown."""
        return self._ask("GET", path, params=params)

    def post(self, path: str, form: Mapping[str, str]) -> Answer:
        """Write, once. Raises NotSent or OutcomeUnknown."""
        content = urlencode(form).encode("ascii")
        return self._ask("POST", path, content=content)

    def delete(self, path: str) -> Answer:
        """Delete, once. Raises NotSent or OutcomeUnknown."""
        return self._ask("DELETE", path)

    def inspect(self) -> Answer:
        """Ask what the token is: https://developers.facebook.com/docs/graph-api/reference/debug_token.

        It stands in the address, as documented, and is logged nowhere. Raises NotSent or
        OutcomeUnknown.
        """
        with unlogged():
            return self._ask("GET", "debug_token", params={"input_token": self._token})

    def exchange(self, path: str, grant: str) -> Answer:
        """Ask for a token in place of this one, which stands in the address and in no log.

        Raises NotSent or OutcomeUnknown.
        """
        params = {"grant_type": grant, "access_token": self._token}
        with unlogged():
            return ask(self._http, "GET", f"{self._url}/{path}", server=self.host, params=params)

    def identity(self, fields: str) -> Mapping[str, object]:
        """Return whose token it is.

        Raises Unauthorized, RateLimited, or NotSent (unreachable or broken: safe to repeat).
        """
        try:
            answer = self.get("me", {"fields": fields})
        except OutcomeUnknown as error:
            raise NotSent(str(error)) from None
        found = answer.mapping()
        if answer.ok and re.fullmatch(r"[0-9]{1,40}", text_of(found, "id")):
            return found
        refusal = self.refusal(answer)
        if isinstance(refusal, OutcomeUnknown) and answer.status >= 400:
            raise NotSent(str(refusal))
        if isinstance(refusal, RateLimited | Unauthorized | NotSent):
            raise refusal
        raise Unauthorized(f"{refusal}; it does not tell whose {self._token_name} is")

    def permalink(self, post: str, field: str) -> str | None:
        """Return a post's address, None where it cannot be had: the post itself is certain."""
        try:
            answer = self.get(post, {"fields": field})
        except NetworkError:
            return None
        return absolute_web_address(answer.mapping().get(field)) if answer.ok else None

    def oldest_posts_of(
        self,
        messages: Sequence[Message],
        path: str,
        fields: Iterable[str],
        *,
        created: str,
        words: str,
        links: Callable[[Mapping[str, object]], Iterable[str]],
        since: datetime,
    ) -> dict[str, Mapping[str, object]]:
        """Return, by address, the first listed post after ``since`` that links to each message's.

        ``created`` names the field with a post's time, ``words`` the one with its words. The
        newest posts are looked at whatever their time. Raises Unauthorized, RateLimited or
        OutcomeUnknown, and after any of them nothing is known; never NotSent, which would invite
        a repeat.
        """
        urls = {message.url for message in messages}
        # Whether an attachment's address keeps its fragment nobody has seen: a reminder, which
        # has one, is known by its words too.
        said = {comparable_words(one.text): one.url for one in messages if "#" in one.url}
        found: dict[str, Mapping[str, object]] = {}
        earliest = since.astimezone(UTC) - CLOCKS_APART

        def linked(post: Mapping[str, object]) -> Iterator[str]:
            yield from links(post)
            same = said.get(comparable_words(text_of(post, words))) if said else None
            if same:
                yield same

        try:
            posts = self._own_posts(path, ",".join(("id", created, *fields)), created, earliest)
            oldest_linking(posts, linked, urls, found)
        except NotSent as error:
            raise OutcomeUnknown(str(error)) from None
        except _TooManyToRead:
            if found.keys() != urls:
                what = f"{self.host} has over {PAGE * _PAGES} posts since then; look there"
                raise OutcomeUnknown(what) from None
        return found

    def _own_posts(
        self, path: str, fields: str, created: str, earliest: datetime
    ) -> Iterator[Mapping[str, object]]:
        """Yield listed posts down to a moment (aware), but a few at least."""
        seen = 0
        for page in self._pages(path, fields):
            moments = []
            for post in page:
                moment = _moment(post, created)
                if moment is None or not post_id(post):
                    raise OutcomeUnknown(f"{self.host} listed something that is no post")
                moments.append(moment)
                yield post
            seen += len(page)
            # The whole page: pinned and backdated posts stand where they like.
            if moments and max(moments) < earliest and seen >= _NEWEST:
                return

    def refusal(self, answer: Answer) -> NetworkError:
        """Return what an answer that is no success allows the caller to do next."""
        words = self.clean(fault(answer).words)
        return refusal_of(answer, server=self.host, token=self._token_name, words=words)

    def clean(self, words: object) -> str:
        """Return words from the server as they may be shown."""
        masked = re.sub(r"(?i)(access_token|input_token)=[^&\s\"']+", r"\1=[secret]", str(words))
        return shown(masked, [self._token])

    def _pages(self, path: str, fields: str) -> Iterator[list[Mapping[str, object]]]:
        params = {"fields": fields, "limit": str(PAGE)}
        gone: set[tuple[tuple[str, str], ...]] = set()
        for _ in range(_PAGES):
            answer = self.get(path, params)
            page = answer.mapping().get("data") if answer.ok else None
            if not isinstance(page, list) or not all(isinstance(one, dict) for one in page):
                refusal = self.refusal(answer)
                clear = isinstance(refusal, Unauthorized | RateLimited)
                raise refusal if clear else OutcomeUnknown(str(refusal))
            yield page
            after, more = _next(answer.mapping().get("paging"))
            # Only a missing next page ends a list, not a short one; some lists name no next page
            # and end with an empty one.
            if not after or (not page and not more):
                return
            key = tuple(sorted(after.items()))
            if key in gone:
                raise OutcomeUnknown(f"{self.host} does not page through its posts")
            gone.add(key)
            params = {"fields": fields, "limit": str(PAGE), **after}
        raise _TooManyToRead

    def _ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> Answer:
        headers = {"Authorization": f"Bearer {self._token}"}
        if content is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = ask(
            self._http,
            method,
            f"{self._base}/{path}",
            server=self.host,
            headers=headers,
            params=params,
            content=content,
        )
        self.answered = answered_at(answer)
        return answer


class _TooManyToRead(Exception):  # noqa: N818 - it is a limit reached, not an error
    pass


def post_id(found: Mapping[str, object]) -> str:
    """Return the id in an answer, '' where there is none that may stand in an address."""
    value = found.get("id")
    return value if isinstance(value, str) and is_post_id(value) else ""


def is_post_id(value: str) -> bool:
    """Whether this may stand in an address as the id of a post."""
    return _ID.fullmatch(value) is not None


def _next(paging: object) -> tuple[dict[str, str], bool]:
    """Return the parameters of the next page, and whether the server says that there is one."""
    if not isinstance(paging, dict):
        return {}, False
    address = paging.get("next")
    cursors = paging.get("cursors")
    after = text_of(cursors, "after") if isinstance(cursors, dict) else ""
    more = isinstance(address, str) and bool(address)
    if after:
        return {"after": after}, more
    try:
        query = parse_qsl(urlsplit(address).query) if isinstance(address, str) else []
    except ValueError:
        return {}, more
    return {name: value for name, value in query if name in _CARRIED}, more


def _moment(post: Mapping[str, object], field: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text_of(post, field))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
