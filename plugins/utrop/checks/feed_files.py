"""Every feed is one that no reader can fault.

See https://www.rssboard.org/rss-specification, https://www.rfc-editor.org/rfc/rfc4287 and
https://www.jsonfeed.org/version/1.1/.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from lxml import etree, html

from utrop.checks.feed_documents import Document, Entry, Malformed, read_atom, read_json, read_rss
from utrop.checks.html_page import addresses
from utrop.checks.manifest_file import guids_told
from utrop.checks.tree import Tree
from utrop.problem import Problem

READERS: Mapping[str, Callable[[bytes], Document]] = {
    ".rss": read_rss,
    ".atom": read_atom,
    "feed.json": read_json,
}
# XML and JSON refuse the first controls themselves; these pass and break readers all the same.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_ABSOLUTE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_WEB = re.compile(r"https?://[^/\s]+(/\S*)?", re.IGNORECASE)


def check_feeds(tree: Tree) -> Iterator[Problem]:
    """Yield what is wrong in each feed, naming the entry at fault."""
    told = guids_told(tree)
    checked: dict[str, list[str]] = {}
    for file in tree.files:
        reader = next((READERS[end] for end in READERS if _is_named(file, end)), None)
        if reader is None:
            continue
        path = tree.path(file)
        try:
            document = reader(tree.read(file))
        except Malformed as error:
            yield Problem(path=path, line=error.line, what=str(error), instead="build again")
            continue
        whats = [*document.mistakes, *_of_feed(document, file, tree)]
        for entry in document.entries:
            if told and entry.id and entry.id not in told:
                whats.append(f"{entry.named} is in no manifest: {entry.id}")
            whats += _of_address(entry, tree)
            whats += _of_text(entry, checked)
        yield from (Problem(path=path, what=what) for what in whats)


def _is_named(file: str, end: str) -> bool:
    return file == end or file.endswith(end if end.startswith(".") else "/" + end)


def _of_feed(document: Document, file: str, tree: Tree) -> Iterator[str]:
    own = tree.url(file)
    if document.self_address != own:
        yield f"says that its own address is {document.self_address!r} instead of {own!r}"
    if not _resolves(document.home, tree):
        yield f"belongs to {document.home!r}, which is not in the site"
    if not document.entries:
        yield "has no entry"
    for text in document.texts:
        yield from _control(text, "the feed itself")
    for identifier, count in Counter(entry.id for entry in document.entries).items():
        if count > 1:
            yield f"has {count} entries with the id {identifier}"


def _of_address(entry: Entry, tree: Tree) -> Iterator[str]:
    if not _WEB.fullmatch(entry.link):
        yield f"{entry.named} has no full address: {entry.link!r}"
    elif not _resolves(entry.link, tree):
        yield f"{entry.named} leads to {entry.link}, which is not in the site"
    for address, length in entry.enclosures:
        yield from _enclosure(address, length, entry.named, tree)


def _of_text(entry: Entry, checked: dict[str, list[str]]) -> Iterator[str]:
    for text in (*entry.texts, *entry.contents):
        yield from _control(text, entry.named)
    for content in entry.contents:
        if content not in checked:  # the same text stands in many feeds
            checked[content] = _relative(content)
        for address in checked[content]:
            yield f"{entry.named} has a relative address in its text: {address!r}"


def _resolves(address: str, tree: Tree) -> bool:
    target = tree.target(address)
    return target is None or target.file is not None


def _control(text: str, named: str) -> Iterator[str]:
    found = _CONTROL.search(text)
    if found:
        yield f"{named} has a control character: U+{ord(found[0]):04X}"


def _relative(content: str) -> list[str]:
    if "=" not in content:
        return []
    try:
        parent = html.fragment_fromstring(content, create_parent="div")
    except (etree.ParserError, ValueError):
        return []  # a control character, which is told of by itself
    return [
        address
        for element in parent.iter(etree.Element)
        for _, address in addresses(element)
        if not _ABSOLUTE.match(address)
    ]


def _enclosure(address: str, length: str, named: str, tree: Tree) -> Iterator[str]:
    target = tree.target(address)
    if target is None:
        return
    if target.file is None:
        yield f"{named} encloses {address}, which is not in the site"
    elif length != str(tree.files[target.file]):
        yield (
            f"{named} encloses {address} with the length {length!r}, but the file has"
            f" {tree.files[target.file]} bytes"
        )
