"""Media RSS: the share image with its size and the words that stand for it.

See https://www.rssboard.org/media-rss.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from utrop.post import Image

NAMESPACE = "http://search.yahoo.com/mrss/"  # the trailing slash belongs to the name


def add_image(parent: Any, image: Image) -> None:
    """Append a ``media:content`` element to an RSS item or an Atom entry."""
    content = etree.SubElement(
        parent,
        f"{{{NAMESPACE}}}content",
        url=image.url,
        type=image.media_type,
        medium="image",
        fileSize=str(image.length),
        width=str(image.width),
        height=str(image.height),
    )
    if image.alt:
        etree.SubElement(content, f"{{{NAMESPACE}}}description", type="plain").text = image.alt
