"""The HTTP headers of a static site: media types, and what a careful server sends beside them."""

from __future__ import annotations

import mimetypes
from pathlib import PurePosixPath

#: Those on which browsers and feed readers depend; the rest is Python's own table, never the
#: machine's, so that every machine serves the same.
_TYPES = {
    ".atom": "application/atom+xml",
    ".avif": "image/avif",
    ".css": "text/css",
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".ics": "text/calendar",
    ".js": "text/javascript",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".md": "text/markdown",
    ".mjs": "text/javascript",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".opml": "text/x-opml",
    ".pdf": "application/pdf",
    ".rss": "application/rss+xml",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "application/xml",
}
_NAMES = {"feed.json": "application/feed+json"}
_FEEDS = {"application/rss+xml", "application/atom+xml", "application/feed+json", "text/x-opml"}
_OTHERS = mimetypes.MimeTypes()

SECURITY = {
    # The theme needs nothing else: no inline script or style, no third party.
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "media-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def media_type(name: str) -> str:
    """Return the media type of a file by its name, without parameters.

    >>> media_type("en/feed.json")
    'application/feed+json'
    """
    path = PurePosixPath(name)
    if path.name in _NAMES:
        return _NAMES[path.name]
    suffix = path.suffix.lower()
    return _TYPES.get(suffix) or _OTHERS.guess_type(f"x{suffix}")[0] or "application/octet-stream"


def content_headers(name: str) -> dict[str, str]:
    """Return the headers that say what a file is, and who may read it."""
    kind = media_type(name)
    text = kind.startswith("text/") or kind == "application/xml" or kind.endswith("+xml")
    headers = {"Content-Type": f"{kind}; charset=utf-8" if text else kind}
    if kind in _FEEDS:
        # Feed readers that run in a browser fetch from another origin.
        headers["Access-Control-Allow-Origin"] = "*"
    return headers


def matches(if_none_match: str, etag: str) -> bool:
    """Whether an If-None-Match names an entity tag (RFC 9110, section 13.1.2: weakly compared)."""
    if if_none_match.strip() == "*":
        return True
    tags = (tag.strip().removeprefix("W/") for tag in if_none_match.split(","))
    return etag in tags
