"""Feeds read back from their bytes: RSS, Atom and JSON Feed as one kind of document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from utrop.checks.xml_file import NotXml, parse_xml

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
DC = "{http://purl.org/dc/elements/1.1/}"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_RFC822 = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    r" \d{4} \d\d:\d\d:\d\d (?:[+-]\d{4}|GMT)"
)
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")


class Malformed(Exception):  # noqa: N818 - it says what the file is
    """Raised for a file that is no feed at all; the message says why."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a feed. Every text is as a reader gets it; missing ones are empty."""

    id: str
    link: str
    named: str
    """How a problem names it."""
    texts: tuple[str, ...]
    contents: tuple[str, ...]
    enclosures: tuple[tuple[str, str], ...]
    """Address and length as written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One feed. ``mistakes`` are what its own format forbids."""

    self_address: str
    home: str
    texts: tuple[str, ...]
    entries: tuple[Entry, ...]
    mistakes: tuple[str, ...]


def read_rss(data: bytes) -> Document:
    """Read RSS 2.0; ``Malformed`` where it is none."""
    root = _xml(data)
    channel = root.find("channel")
    if root.tag != "rss" or root.get("version") != "2.0" or channel is None:
        raise Malformed("is no RSS 2.0")
    mistakes = [
        f"has no {name}"
        for name in ("title", "link", "description", "language")
        if not _text(channel, name)
    ]
    built = _text(channel, "lastBuildDate")
    if built and not is_rfc822(built):
        mistakes.append(f"has a lastBuildDate that is no date: {built!r}")
    entries = []
    for number, item in enumerate(channel.iter("item"), 1):
        entry = _rss_entry(item, number)
        entries.append(entry)
        mistakes += (f"{entry.named} {mistake}" for mistake in _rss_mistakes(item))
    return Document(
        self_address=_atom_link(channel, "self"),
        home=_text(channel, "link"),
        texts=(_text(channel, "title"), _text(channel, "description")),
        entries=tuple(entries),
        mistakes=tuple(mistakes),
    )


def read_atom(data: bytes) -> Document:
    """Read Atom; ``Malformed`` where it is none."""
    root = _xml(data)
    if root.tag != f"{ATOM}feed":
        raise Malformed("is no Atom feed")
    mistakes = list(_atom_mistakes(root, has_author=False))
    if not root.get(_XML_LANG):
        mistakes.append("says no language")
    entries = []
    for number, element in enumerate(root.iter(f"{ATOM}entry"), 1):
        entry = _atom_entry(element, number)
        entries.append(entry)
        has_author = bool(_text(root, f"{ATOM}author/{ATOM}name"))
        mistakes += (
            f"{entry.named} {mistake}" for mistake in _atom_mistakes(element, has_author=has_author)
        )
    return Document(
        self_address=_atom_link(root, "self"),
        home=_atom_link(root, "alternate"),
        texts=(_text(root, f"{ATOM}title"), _text(root, f"{ATOM}subtitle")),
        entries=tuple(entries),
        mistakes=tuple(mistakes),
    )


def read_json(data: bytes) -> Document:
    """Read JSON Feed 1.1; ``Malformed`` where it is none."""
    try:
        feed = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"is not JSON: {error}") from error
    if not isinstance(feed, dict) or feed.get("version") != "https://jsonfeed.org/version/1.1":
        raise Malformed("is no JSON Feed 1.1")
    items = feed.get("items")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise Malformed("has no list of items")
    mistakes = [
        f"has no {name}"
        for name in ("title", "home_page_url", "language")
        if not isinstance(feed.get(name), str) or not feed[name]
    ]
    entries = []
    for number, item in enumerate(items, 1):
        entry = _json_entry(item, number)
        entries.append(entry)
        mistakes += (f"{entry.named} {mistake}" for mistake in _json_mistakes(item))
    return Document(
        self_address=_string(feed.get("feed_url")),
        home=_string(feed.get("home_page_url")),
        texts=(_string(feed.get("title")), _string(feed.get("description"))),
        entries=tuple(entries),
        mistakes=tuple(mistakes),
    )


def is_rfc822(text: str) -> bool:
    """Whether a text is a date as RSS writes it, and its weekday is right."""
    if not _RFC822.fullmatch(text):
        return False
    try:
        return f"{parsedate_to_datetime(text):%w}" == str(
            ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat").index(text[:3])
        )
    except ValueError:
        return False


def is_rfc3339(text: str) -> bool:
    """Whether a text is a date and time as Atom and JSON Feed write it."""
    if not _RFC3339.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _xml(data: bytes) -> Any:
    try:
        return parse_xml(data)
    except NotXml as error:
        raise Malformed(str(error), error.line) from error


def _text(parent: Any, name: str) -> str:
    return (parent.findtext(name) or "").strip()


def _named(title: str, number: int) -> str:
    return f"“{title}”" if title else f"entry {number}"


def _rss_entry(item: Any, number: int) -> Entry:
    title = _text(item, "title")
    return Entry(
        id=_text(item, "guid"),
        link=_text(item, "link"),
        named=_named(title, number),
        texts=(title, *(element.text or "" for element in item.iter("category", f"{DC}creator"))),
        contents=tuple(
            element.text or "" for element in item.iter("description", f"{CONTENT}encoded")
        ),
        enclosures=tuple(
            (element.get("url", ""), element.get("length", ""))
            for element in item.iter("enclosure")
        ),
    )


def _rss_mistakes(item: Any) -> Iterator[str]:
    for name in ("title", "guid", "pubDate", "description"):
        if not _text(item, name) and not (name == "description" and item.find(name) is not None):
            yield f"has no {name}"
    published = _text(item, "pubDate")
    if published and not is_rfc822(published):
        yield f"has a pubDate that is no date: {published!r}"
    guid = item.find("guid")
    if guid is not None and guid.get("isPermaLink") != "false":
        yield "has a guid that claims to be an address"
    if item.find("author") is not None and item.find(f"{DC}creator") is not None:
        yield "has both author and dc:creator"


def _atom_entry(element: Any, number: int) -> Entry:
    title = _text(element, f"{ATOM}title")
    content = element.find(f"{ATOM}content")
    is_html = content is not None and content.get("type") == "html"
    return Entry(
        id=_text(element, f"{ATOM}id"),
        link=_atom_link(element, "alternate"),
        named=_named(title, number),
        texts=(
            title,
            _text(element, f"{ATOM}summary"),
            *(name.text or "" for name in element.iter(f"{ATOM}name")),
        ),
        contents=(content.text or "",) if is_html else (),
        enclosures=tuple(
            (link.get("href", ""), link.get("length", ""))
            for link in element.findall(f"{ATOM}link")
            if link.get("rel") == "enclosure"
        ),
    )


def _atom_link(element: Any, relation: str) -> str:
    """Return the one link of a relation; empty where there is none or there are several."""
    links = [
        link.get("href", "")
        for link in element.findall(f"{ATOM}link")
        if link.get("rel", "alternate") == relation
    ]
    return links[0] if len(links) == 1 else ""


def _atom_mistakes(element: Any, *, has_author: bool) -> Iterator[str]:
    for name in ("id", "title", "updated"):
        if not _text(element, f"{ATOM}{name}"):
            yield f"has no {name}"
    for name in ("updated", "published"):
        moment = _text(element, f"{ATOM}{name}")
        if moment and not is_rfc3339(moment):
            yield f"has a date in {name!r} that is none: {moment!r}"
    if not has_author and not _text(element, f"{ATOM}author/{ATOM}name"):
        yield "has no author"


def _json_entry(item: dict[str, Any], number: int) -> Entry:
    title = _string(item.get("title"))
    return Entry(
        id=_string(item.get("id")),
        link=_string(item.get("url")),
        named=_named(title, number),
        texts=(title, _string(item.get("summary"))),
        contents=(_string(item.get("content_html")),),
        enclosures=(),
    )


def _json_mistakes(item: dict[str, Any]) -> Iterator[str]:
    for name in ("id", "url", "title", "date_published"):
        if not isinstance(item.get(name), str) or not item[name]:
            yield f"has no {name}"
    if not isinstance(item.get("content_html"), str):
        yield "has no content_html"
    for name in ("date_published", "date_modified"):
        moment = item.get(name)
        if moment and not is_rfc3339(_string(moment)):
            yield f"has a date in {name!r} that is none: {moment!r}"
    authors = item.get("authors", [])
    if not isinstance(authors, list) or not all(
        isinstance(author, dict) and _string(author.get("name")) for author in authors
    ):
        yield "has an author without a name"
    tags = item.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        yield "has tags that are no texts"


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
