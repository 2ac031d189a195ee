"""HTML pages as the checks see them: everything they ask for, from one parse of each file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree, html

ADDRESS_ATTRIBUTES = frozenset(
    {"href", "src", "poster", "data", "action", "formaction", "cite", "longdesc", "background"}
)
ADDRESS_LISTS = frozenset({"srcset", "imagesrcset"})
_LOADED = frozenset(
    {"img", "script", "iframe", "source", "video", "audio", "track", "embed", "object", "input"}
)
_LOADED_LINKS = frozenset(
    {
        *("stylesheet", "icon", "apple-touch-icon", "mask-icon", "manifest", "preload"),
        *("modulepreload", "prefetch", "preconnect", "dns-prefetch"),
    }
)
_OWN_META = frozenset({"og:image", "og:image:secure_url", "og:url", "twitter:image"})
_REFRESH = re.compile(r"\s*[\d.]*\s*[;,]?\s*(?:url\s*=\s*)?['\"]?(?P<url>[^'\"]*)", re.IGNORECASE)
_DATA_SCRIPTS = frozenset({"application/ld+json", "application/json"})
# srcset candidates are parted by a comma and a space; a comma alone may belong to an address.
_CANDIDATES = re.compile(r",\s+|\s*,\s*(?=https?:)")


class Unreadable(Exception):  # noqa: N818 - it says what the file is
    """Raised for a file that is no HTML page; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An address that a page names."""

    address: str
    element: str
    attribute: str
    line: int
    loaded: bool
    """Whether a browser fetches it without being asked."""
    in_text: bool
    """Whether it stands in what a writer wrote, rather than in the theme around it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one HTML file says of itself. ``path`` is below the output folder."""

    path: str
    lang: str = ""
    titles: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    """The text of each ``h1``."""
    canonicals: tuple[str, ...] = ()
    ids: frozenset[str] = frozenset()
    duplicate_ids: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    inline: tuple[tuple[int, str], ...] = ()
    """Line and description of each inline style, script and event handler."""
    json_ld: tuple[tuple[int, str], ...] = ()
    meta: Mapping[str, str] = field(default_factory=dict)
    refresh: str | None = None
    """Where a redirecting page leads; None for an ordinary one."""

    @property
    def noindex(self) -> bool:
        """Whether search engines are asked to leave it out."""
        return "noindex" in self.meta.get("robots", "").lower()


@dataclass(slots=True)
class _Found:
    titles: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    canonicals: list[str] = field(default_factory=list)
    ids: Counter[str] = field(default_factory=Counter)
    anchors: set[str] = field(default_factory=set)
    references: list[Reference] = field(default_factory=list)
    inline: list[tuple[int, str]] = field(default_factory=list)
    json_ld: list[tuple[int, str]] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    refresh: str | None = None


def read_page(path: str, data: bytes) -> Page:
    """Return what a page says; ``Unreadable`` where it is none."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(f"is not UTF-8 (byte {error.start})") from error
    if not data.strip():
        raise Unreadable("is empty")
    try:
        root = html.document_fromstring(data, parser=html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(f"is no HTML: {error}") from error
    if not data.rstrip().lower().endswith(b"</html>"):
        raise Unreadable("ends before </html>")
    found = _Found()
    for element in root.iter(etree.Element):
        _look_at(element, found)
    return Page(
        path=path,
        lang=root.get("lang", "").strip(),
        titles=tuple(found.titles),
        headings=tuple(found.headings),
        canonicals=tuple(found.canonicals),
        ids=frozenset(found.ids) | found.anchors,
        duplicate_ids=tuple(sorted(name for name, count in found.ids.items() if count > 1)),
        references=tuple(found.references),
        inline=tuple(found.inline),
        json_ld=tuple(found.json_ld),
        meta=found.meta,
        refresh=found.refresh,
    )


def addresses(element: Any) -> Iterator[tuple[str, str]]:
    """Yield each attribute of an element that holds an address, and the address."""
    for name, value in element.attrib.items():
        if name in ADDRESS_ATTRIBUTES:
            yield name, value.strip()
        elif name in ADDRESS_LISTS:
            for candidate in _CANDIDATES.split(value):
                if candidate.split():
                    yield name, candidate.split()[0].rstrip(",")


def words(text: str) -> str:
    """Return text as it is shown: each run of white space is one space."""
    return " ".join(text.split())


def _look_at(element: Any, found: _Found) -> None:
    tag, line = element.tag, element.sourceline or 0
    if tag == "title" and not _within(element, "svg"):
        found.titles.append(words(element.text_content()))
    elif tag == "h1":
        found.headings.append(words(element.text_content()))
    elif tag == "meta":
        _look_at_meta(element, line, found)
    elif tag == "style":
        found.inline.append((line, "a <style> element"))
    elif tag == "script" and not element.get("src"):
        _look_at_script(element, line, found)
    if element.attrib:
        _look_at_attributes(element, line, found)
        _look_at_addresses(element, line, found)


def _look_at_attributes(element: Any, line: int, found: _Found) -> None:
    for name, value in element.attrib.items():
        if name == "id":
            found.ids[value] += 1
        elif name == "name" and element.tag == "a":
            found.anchors.add(value)
        elif name == "style":
            found.inline.append((line, f"a style attribute on <{element.tag}>"))
        elif name.startswith("on"):
            found.inline.append((line, f"an {name} attribute on <{element.tag}>"))


def _look_at_addresses(element: Any, line: int, found: _Found) -> None:
    tag = element.tag
    relations = element.get("rel", "").lower().split() if tag == "link" else []
    if "canonical" in relations:
        found.canonicals.append(element.get("href", "").strip())
    for name, address in addresses(element):
        if address.lower().startswith("javascript:"):
            found.inline.append((line, f"a javascript: address on <{tag}>"))
            continue
        loaded = not _LOADED_LINKS.isdisjoint(relations) or (tag in _LOADED and name != "cite")
        found.references.append(_reference(element, name, address, line, loaded=loaded))


def _look_at_meta(element: Any, line: int, found: _Found) -> None:
    name = (element.get("property") or element.get("name") or "").lower()
    content = element.get("content", "").strip()
    if name:
        found.meta.setdefault(name, content)
    if name in _OWN_META and content:
        found.references.append(_reference(element, name, content, line, loaded=False))
    if element.get("http-equiv", "").lower() == "refresh":
        match = _REFRESH.fullmatch(content) or _REFRESH.match(content)
        found.refresh = match["url"].strip() if match else ""


def _look_at_script(element: Any, line: int, found: _Found) -> None:
    kind = element.get("type", "").lower()
    if kind == "application/ld+json":
        found.json_ld.append((line, element.text or ""))
    elif kind not in _DATA_SCRIPTS:
        found.inline.append((line, "an inline <script>"))


def _reference(element: Any, name: str, address: str, line: int, *, loaded: bool) -> Reference:
    return Reference(
        address=address,
        element=element.tag,
        attribute=name,
        line=line,
        loaded=loaded,
        in_text=loaded and _within(element, "article", "main"),
    )


def _within(element: Any, *tags: str) -> bool:
    return next(element.iterancestors(*tags), None) is not None
