"""sitemap.xml (https://www.sitemaps.org/protocol.html) with its languages, and robots.txt.

Alternates as https://developers.google.com/search/docs/specialty/international/localized-versions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A page that search engines may keep. ``alternates`` are (hreflang, address) pairs."""

    url: str
    modified: datetime | None
    alternates: tuple[tuple[str, str], ...] = ()


def sitemap(entries: Iterable[Entry]) -> bytes:
    """Return the sitemap of the given pages, in the order of their addresses."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:xhtml="http://www.w3.org/1999/xhtml">',
    ]
    for entry in sorted(entries, key=lambda entry: entry.url):
        lines.append(f"<url><loc>{escape(entry.url)}</loc>")
        if entry.modified is not None:
            lines.append(f"<lastmod>{_time(entry.modified)}</lastmod>")
        lines += [
            f'<xhtml:link rel="alternate" hreflang={quoteattr(lang)} href={quoteattr(url)}/>'
            for lang, url in entry.alternates
        ]
        lines.append("</url>")
    lines.append("</urlset>")
    return ("\n".join(lines) + "\n").encode()


def robots(siteurl: str) -> bytes:
    """Return a robots.txt (RFC 9309) that allows all and names the sitemap."""
    return f"User-agent: *\nDisallow:\n\nSitemap: {siteurl}/sitemap.xml\n".encode()


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
