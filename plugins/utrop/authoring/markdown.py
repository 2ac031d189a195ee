"""Markdown to HTML that a strict Content-Security-Policy and a screen reader can both take."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.footnotes import FootnoteExtension
from markdown.treeprocessors import Treeprocessor

DEFAULT: Mapping[str, Any] = {
    "extensions": ["extra", "sane_lists", "admonition", "toc", "codehilite"],
    "extension_configs": {
        "codehilite": {"css_class": "highlight", "guess_lang": False, "noclasses": False},
        "footnotes": {"UNIQUE_IDS": True},
        "toc": {"permalink": False, "anchorlink": False},
    },
    "output_format": "html",
}
"""The options of Python-Markdown where the site's MARKDOWN setting has none of its own."""

_BACKLINK_TITLES = {
    "sv": "Tillbaka till fotnot {} i texten",
    "en": "Back to footnote {} in the text",
}
_ALIGNMENT = re.compile(r"text-align:\s*(left|right|center|justify)\s*;?")
_TAG = re.compile(r"<[a-zA-Z][^<>]*\s(?:style|align|name)\s*=[^<>]*>")
_STYLE = re.compile(r"""\sstyle\s*=\s*("[^"]*"|'[^']*')""", re.IGNORECASE)
_ALIGN = re.compile(r"""\salign\s*=\s*["']?(left|right|center|justify)\b["']?""", re.IGNORECASE)
_ANCHOR_NAME = re.compile(r"""(<a\b[^<>]*?)\sname(\s*=\s*(?:"[^"]*"|'[^']*'))""", re.IGNORECASE)


class _PlainTags(Treeprocessor):
    """Turns presentational attributes into classes, and keeps level 1 for the post's title."""

    def run(self, root: Element) -> None:
        shift = any(element.tag == "h1" for element in root.iter())
        for element in root.iter():
            if shift and element.tag in ("h1", "h2", "h3", "h4", "h5"):
                element.tag = f"h{int(element.tag[1]) + 1}"
            style = element.attrib.pop("style", "")
            align = element.attrib.pop("align", "")
            found = _ALIGNMENT.search(style)
            if found or align:
                name = f"align-{found[1] if found else align}"
                element.set("class", f"{element.get('class', '')} {name}".strip())


class PlainTagsExtension(Extension):
    """Table alignment as classes ``align-left``, ``align-right`` and ``align-center``."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Run behind every other tree processor, attribute lists among them."""
        md.treeprocessors.register(_PlainTags(md), "utrop-plain-tags", -10)


class Renderer:
    """One Markdown instance, used again for every post and reset in between."""

    def __init__(self, options: Mapping[str, Any] | None = None) -> None:
        """Take Python-Markdown's options, as Pelican's MARKDOWN setting holds them."""
        chosen = dict(DEFAULT if options is None else options)
        configs = dict(chosen.get("extension_configs", {}))
        names = [*chosen.get("extensions", ()), *configs]
        # The header has been taken off already: the meta extension would eat the first lines.
        names = [
            name
            for name in dict.fromkeys(names)
            if name not in ("meta", "markdown.extensions.meta", "footnotes")
        ]
        if options is None:
            configs.pop("footnotes")
            extra = configs.setdefault("extra", {})
            configs["extra"] = {**extra, "footnotes": DEFAULT["extension_configs"]["footnotes"]}
        chosen["extension_configs"] = configs
        chosen["extensions"] = [*names, PlainTagsExtension()]
        chosen["output_format"] = str(chosen.get("output_format", "html")).rstrip("5")
        self._markdown = Markdown(**chosen)
        self._footnotes = [
            extension
            for extension in self._markdown.registeredExtensions
            if isinstance(extension, FootnoteExtension)
        ]

    def render(self, body: str, *, key: str, lang: str) -> str:
        """Return a body's HTML.

        ``key`` is what sets the post apart: footnotes' ids are made of it, so that several posts
        can stand on one page and so that the order of building never changes a byte.
        """
        self._markdown.reset()
        for footnotes in self._footnotes:
            footnotes.unique_prefix = zlib.crc32(key.encode()) % 1_000_000
            footnotes.setConfig(
                "BACKLINK_TITLE", _BACKLINK_TITLES.get(lang, _BACKLINK_TITLES["en"])
            )
        return _TAG.sub(_plain_tag, self._markdown.convert(body))


def _plain_tag(found: re.Match[str]) -> str:
    """Mend one tag of HTML that the writer wrote by hand."""
    tag = _STYLE.sub("", found[0])
    has_class = re.search(r"\sclass\s*=", tag, re.IGNORECASE)
    tag = _ALIGN.sub("" if has_class else r' class="align-\1"', tag)
    if re.search(r"\sid\s*=", tag):
        return _ANCHOR_NAME.sub(r"\1", tag)
    return _ANCHOR_NAME.sub(r"\1 id\2", tag)
