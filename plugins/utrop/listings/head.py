"""Head: what a page tells machines of itself, decided here so that templates only write it out.

OpenGraph: https://ogp.me/. Structured data: https://schema.org/BlogPosting as JSON-LD. Languages:
https://html.spec.whatwg.org/multipage/links.html#rel-alternate with hreflang.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from utrop.languages import language
from utrop.listings.notice_json_ld import about, organisation_number
from utrop.post import Image, Post, Term
from utrop.procurement.codes import Codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed that a page points at."""

    title: str
    path: str
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Who answers for the site, in schema.org's words."""

    name: str
    type: str
    siteurl: str
    organisation_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """One page's ``<head>``. Addresses are absolute, save the feeds' paths."""

    title: str
    """With the site's name."""
    description: str
    canonical: str
    """Empty for a page without an address of its own, such as 404."""
    indexable: bool
    alternates: tuple[tuple[str, str], ...]
    """(hreflang, address) of every language version, this one included; empty if it is alone."""
    properties: tuple[tuple[str, str], ...]
    """OpenGraph's properties in their order."""
    feeds: tuple[Feed, ...]
    json_ld: str
    """JSON that is safe inside a script element; empty for pages without structured data."""
    previous: str = ""
    next: str = ""


def alternates(versions: dict[str, str], *, default_lang: str) -> tuple[tuple[str, str], ...]:
    """Return the hreflang pairs of a page's versions (language to address), x-default last."""
    if len(versions) < 2:
        return ()
    default = versions.get(default_lang) or versions[min(versions)]
    return (*sorted(versions.items()), ("x-default", default))


def properties_of_page(
    *,
    title: str,
    description: str,
    url: str,
    lang: str,
    langs: tuple[str, ...],
    name: str,
    image: Image,
    kind: str = "website",
) -> tuple[tuple[str, str], ...]:
    """Return the OpenGraph properties of any page; ``langs`` are its other languages."""
    found = [
        ("og:type", kind),
        ("og:site_name", name),
        ("og:title", title),
        ("og:locale", language(lang).open_graph_locale),
        *(("og:locale:alternate", language(other).open_graph_locale) for other in langs),
        *([("og:url", url)] if url else []),
        *([("og:description", description)] if description else []),
        ("og:image", image.url),
        ("og:image:type", image.media_type),
        ("og:image:width", str(image.width)),
        ("og:image:height", str(image.height)),
        *([("og:image:alt", image.alt)] if image.alt else []),
    ]
    return tuple(found)


def properties_of_post(
    post: Post, is_listed: Callable[[Term], bool]
) -> tuple[tuple[str, str], ...]:
    """Return the properties that OpenGraph has for articles only."""
    return (
        ("article:published_time", post.published.isoformat()),
        *([("article:modified_time", post.modified.isoformat())] if post.modified else []),
        *(("article:author", author.url) for author in post.authors if is_listed(author)),
        ("article:section", post.category.name),
        *(("article:tag", tag.name) for tag in post.tags),
    )


def blog_posting(
    post: Post,
    *,
    image: Image,
    publisher: Publisher,
    is_listed: Callable[[Term], bool],
    zone: ZoneInfo,
    lists: Codes | None = None,
) -> str:
    """Return a post as BlogPosting in JSON-LD, safe inside a script element.

    What it says of a procurement or an event has its times in ``zone`` and its labels from
    ``lists``, else from the packaged ones.
    """
    who: dict[str, Any] = {
        "@type": publisher.type,
        "name": publisher.name,
        "url": publisher.siteurl + "/",
    }
    if publisher.organisation_number:
        who["identifier"] = organisation_number(publisher.organisation_number)
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "@id": post.url,
        "mainEntityOfPage": post.url,
        "url": post.url,
        "headline": post.title,
        "inLanguage": post.lang,
        "datePublished": post.published.isoformat(),
        "dateModified": post.updated.isoformat(),
        "author": [_author(author, who, is_listed) for author in post.authors] or [who],
        "publisher": who,
        "articleSection": post.category.name,
        "image": {
            "@type": "ImageObject",
            "url": image.url,
            "width": image.width,
            "height": image.height,
        },
    }
    if post.summary:
        data["description"] = post.summary
    if post.tags:
        data["keywords"] = [tag.name for tag in post.tags]
    if post.responsible_editor:
        data["editor"] = {"@type": "Person", "name": post.responsible_editor}
    return script_safe(data | about(post, who, zone, lists))


def _author(
    author: Term, publisher: dict[str, Any], is_listed: Callable[[Term], bool]
) -> dict[str, Any]:
    """An author of the publisher's name is the publisher; any other is a person."""
    if author.name == publisher["name"]:
        return publisher
    person = {"@type": "Person", "name": author.name}
    return person | {"url": author.url} if is_listed(author) else person


_UNSAFE = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def script_safe(data: Any) -> str:
    """Return JSON in which nothing can end the script element around it."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_UNSAFE)
