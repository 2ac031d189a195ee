"""Markup: a post's HTML as feed readers carry it: no scripts, no frames, no relative addresses."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree, html

# What readers strip or refuse and the W3C feed validator warns of; anything else goes untouched.
_UNWELCOME = re.compile(
    r"<(?:script|style|iframe|object|embed|template|link|meta|base)\b|\s(?:on\w+|style|role|aria-[\w-]+)\s*=",
    re.IGNORECASE,
)
_DROPPED = ("script", "style", "template", "link", "meta", "base", "param")
_FRAMES = {"iframe": "src", "embed": "src", "object": "data"}
_REFERENCES = ("href", "src", "poster", "cite", "data", "action", "longdesc", "background")
_ABSOLUTE = re.compile(r"\s*[a-zA-Z][a-zA-Z0-9+.-]*:")


def for_readers(content: str) -> str:
    """Return HTML without what no reader shows; a frame becomes a link to what it framed.

    HTML that holds nothing of the kind is returned as it is.
    """
    if not _UNWELCOME.search(content):
        return content
    parent = _parsed(content)
    for element in list(parent.iter(etree.Element)):
        if element.tag in _DROPPED:
            element.drop_tree()
        elif element.tag in _FRAMES:
            _link_instead(element, element.get(_FRAMES[element.tag], ""))
        else:
            for name in list(element.attrib):
                if name.startswith(("on", "aria-")) or name in ("style", "role"):
                    del element.attrib[name]
    inner = "".join(html.tostring(child, encoding="unicode") for child in parent)
    return _escaped(parent.text or "") + inner


def relative_addresses(content: str) -> list[str]:
    """Return the addresses in HTML that mean something else, or nothing, away from its page."""
    if "=" not in content:
        return []
    found = []
    for element in _parsed(content).iter(etree.Element):
        for name, value in element.attrib.items():
            if name in _REFERENCES:
                addresses = [value]
            elif name == "srcset":
                addresses = [part.split()[0] for part in value.split(",") if part.split()]
            else:
                continue
            found += [address for address in addresses if not _ABSOLUTE.match(address)]
    return found


def _parsed(content: str) -> Any:
    return html.fragment_fromstring(content, create_parent="div")


def _link_instead(frame: Any, address: str) -> None:
    if not _ABSOLUTE.match(address):
        frame.drop_tree()
        return
    link = etree.Element("a", href=address)
    link.text = frame.get("title") or address
    parent, instead = frame.getparent(), link
    if parent.getparent() is None:  # not within a paragraph
        instead = etree.Element("p")
        instead.append(link)
    instead.tail = frame.tail
    parent.replace(frame, instead)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
