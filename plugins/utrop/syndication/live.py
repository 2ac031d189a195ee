"""Whether a post's page is there: its address answers 200, and it is the page we mean to announce.

Reads title, canonical link, language and og:image (https://ogp.me/) and compares them with the
manifest. Nothing is learnt from the page: what to say stands in the manifest.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Final, Protocol
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import httpx
from bs4 import BeautifulSoup

from utrop.syndication.announcement import Announcement

PAGE_BYTES: Final = 5_000_000
"""Bytes of a page at most: a page that goes on for ever is not read for ever."""
WHOLE_ANSWER: Final = 30.0
"""Seconds for one answer as a whole."""
TIMEOUT: Final = httpx.Timeout(10.0)
"""Seconds without a byte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a post may be announced now."""

    ready: bool
    reason: str = ""
    """For people, where it may not."""


class Look(Protocol):
    """How the announcer looks at a post's page before it announces it."""

    def __call__(self, announcement: Announcement, *, live: bool) -> Verdict:
        """Look at the canonical URL where ``live``, else at the released file."""


class PageLook:
    """Looks at each page once in a run."""

    def __init__(
        self,
        http: httpx.Client,
        *,
        site: str,
        released: Path,
        monotonic: Callable[[], float],
    ) -> None:
        """Look at ``released`` as the folder of the site's URL; ``monotonic`` counts seconds."""
        self._http = http
        self._site = site.rstrip("/") + "/"
        self._released = released
        self._monotonic = monotonic
        self._seen: dict[tuple[str, bool], Verdict] = {}
        self._guard = Lock()
        self._turns: dict[tuple[str, bool], Lock] = {}

    def __call__(self, announcement: Announcement, *, live: bool) -> Verdict:
        """Return whether the post may be announced now."""
        # A reminder's fragment is not the page's: whoever asks for it gets the page.
        announcement = replace(announcement, url=urldefrag(announcement.url).url)
        key = (announcement.url, live)
        with self._guard:
            turn = self._turns.setdefault(key, Lock())
        with turn:  # several networks may ask for the same page at once
            if key not in self._seen:
                look = self._look_live if live else self._look_released
                try:
                    look(announcement)
                    self._seen[key] = Verdict(ready=True)
                except _NotThereError as error:
                    self._seen[key] = Verdict(ready=False, reason=str(error))
            return self._seen[key]

    def _look_live(self, announcement: Announcement) -> None:
        page = _Page(self._read(announcement.url, "the page", "text/html"))
        _compare(page, announcement)
        image = announcement.image.url if announcement.image else page.image
        if image and urlsplit(image).netloc != urlsplit(announcement.url).netloc:
            raise _NotThereError(f"its share image {image} is on another host")
        if image:
            self._read(image, "its share image", "image/", headers_only=True)

    def _look_released(self, announcement: Announcement) -> None:
        if not announcement.url.startswith(self._site):
            raise _NotThereError(f"its address {announcement.url} is not below {self._site}")
        path = unquote(urlsplit(announcement.url).path.removeprefix(urlsplit(self._site).path))
        file = self._released / path.lstrip("/")
        file = file / "index.html" if path == "" or path.endswith("/") else file
        try:
            content = file.read_bytes()
        except OSError as error:
            raise _NotThereError(f"the release has no page for {announcement.url}") from error
        _compare(_Page(content), announcement)

    def _read(self, url: str, what: str, media_type: str, *, headers_only: bool = False) -> bytes:
        """Return the body of a plain 200; anything else means that it is not there yet."""
        ends = self._monotonic() + WHOLE_ANSWER
        try:
            with self._http.stream("GET", url, timeout=TIMEOUT, follow_redirects=False) as answer:
                if answer.is_redirect:
                    to = urljoin(url, answer.headers.get("Location", ""))
                    raise _NotThereError(f"{what} is not at {url}: it redirects to {to[:200]}")
                if answer.status_code != 200:
                    raise _NotThereError(f"{what} is not live: {url} answers {answer.status_code}")
                if not answer.headers.get("Content-Type", "").startswith(media_type):
                    raise _NotThereError(f"{what} at {url} is not of type {media_type.rstrip('/')}")
                content = b""
                for chunk in () if headers_only else answer.iter_bytes():
                    content += chunk
                    if len(content) > PAGE_BYTES or self._monotonic() > ends:
                        raise _NotThereError(f"{what} at {url} is too large or too slow to read")
                return content
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            name = type(error).__name__
            raise _NotThereError(f"{what} cannot be reached: {url} ({name})") from error


class _NotThereError(Exception):
    pass


class _Page:
    """What a page says of itself."""

    def __init__(self, content: bytes) -> None:
        soup = BeautifulSoup(content, "lxml", from_encoding="utf-8")
        html, title = soup.find("html"), soup.find("title")
        canonical = soup.find("link", rel="canonical")
        self.lang = _attribute(html, "lang")
        self.title = _one_line(title.get_text()) if title else ""
        self.canonical = _attribute(canonical, "href")
        self.shared_title = _one_line(_meta(soup, "og:title"))
        self.image = _meta(soup, "og:image")


def _compare(page: _Page, announcement: Announcement) -> None:
    title = _one_line(announcement.title)
    if title not in page.title:
        raise _NotThereError(f"the page has the title “{page.title[:200]}” instead of “{title}”")
    if page.shared_title not in ("", title):
        raise _NotThereError(
            f"the page has the og:title “{page.shared_title[:200]}” instead of “{title}”"
        )
    if page.canonical != announcement.url:
        raise _NotThereError(
            f"the page's canonical link is {page.canonical[:200] or 'missing'}, not"
            f" {announcement.url}"
        )
    if page.lang.partition("-")[0].lower() != announcement.lang:
        raise _NotThereError(
            f"the page's language is {page.lang[:20] or 'missing'}, not {announcement.lang}"
        )
    image = announcement.image
    if image is not None and page.image != image.url:
        raise _NotThereError(
            f"the page's share image is {page.image[:200] or 'missing'}, not {image.url}"
        )


def _meta(soup: BeautifulSoup, name: str) -> str:
    return _attribute(soup.find("meta", property=name), "content").strip()


def _attribute(element: object, name: str) -> str:
    get = getattr(element, "get", None)
    value = get(name) if get else None
    return value if isinstance(value, str) else ""


def _one_line(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
