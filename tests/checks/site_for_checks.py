"""A small output folder without a fault, for tests to break in one place each."""

from __future__ import annotations

import json
from pathlib import Path

from utrop.checks import check_output
from utrop.problem import Problem

SITEURL = "https://blogg.inkop.example.org/blogg"
BASE = "/blogg/"
GUID = "tag:blogg.inkop.example.org,2026:forsta000001"
PICTURE = b"\x89PNG picture"

HEAD = """<!doctype html>
<html lang="sv">
<head>
<meta charset="utf-8">
<title>{title} – Bloggen</title>
<link rel="canonical" href="{siteurl}/{path}">
<link rel="stylesheet" href="/blogg/theme/site.css?v=1">
<link rel="alternate" type="application/rss+xml" href="/blogg/feed.rss">
<meta property="og:title" content="{title}">
<meta property="og:image" content="{siteurl}/images/a.png">
<script type="application/ld+json">{{"@type": "BlogPosting"}}</script>
</head>
<body>
<p><a href="/blogg/">Hem</a></p>
<main id="main">
<h1>{title}</h1>
"""
TAIL = "\n</main>\n</body>\n</html>\n"
REDIRECT = """<!doctype html>
<html lang="sv"><head><title>Flyttat</title><meta name="robots" content="noindex">
<link rel="canonical" href="{siteurl}/forsta/">
<meta http-equiv="refresh" content="0; url=/blogg/forsta/"></head>
<body><p><a href="/blogg/forsta/">Hit</a></p></body></html>
"""
POST = """<article><h2 id="del">Del</h2>
<p><a href="#del">Del</a> <a href="../om/">Om</a> <a href="{siteurl}/om/#kontakt">Kontakt</a>
<a href="https://annan.example.org/finns-inte/">Ute</a>
<a href="mailto:a@inkop.example.org">m</a></p>
<p><img src="/blogg/images/a.png" srcset="../om/../images/a.png 1x, ../images/a.png 2x" alt=""></p>
</article>"""
RSS = """<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" version="2.0"><channel>
<title>Bloggen</title><link>{siteurl}/</link><description>Om</description>
<atom:link href="{siteurl}/feed.rss" rel="self" type="application/rss+xml"/>
<language>sv</language><lastBuildDate>Tue, 03 Nov 2026 09:15:00 +0100</lastBuildDate>
<item><title>Första</title><link>{siteurl}/forsta/</link><description>Kort</description>
<content:encoded>&lt;p&gt;&lt;a href="{siteurl}/om/"&gt;Om&lt;/a&gt;&lt;/p&gt;</content:encoded>
<guid isPermaLink="false">{guid}</guid><dc:creator>Åsa</dc:creator>
<pubDate>Tue, 03 Nov 2026 09:15:00 +0100</pubDate>
<enclosure url="{siteurl}/images/a.png" length="{length}" type="image/png"/></item>
</channel></rss>
"""
ATOM = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="sv">
<id>tag:blogg.inkop.example.org,2026:feed:sv</id><title>Bloggen</title>
<updated>2026-11-03T09:15:00+01:00</updated><author><name>Bloggen</name></author>
<link href="{siteurl}/feed.atom" rel="self" type="application/atom+xml"/>
<link href="{siteurl}/" rel="alternate" type="text/html"/>
<entry><id>{guid}</id><title>Första</title><updated>2026-11-03T09:15:00+01:00</updated>
<content type="html">&lt;p&gt;Text&lt;/p&gt;</content>
<link rel="alternate" href="{siteurl}/forsta/"/></entry></feed>
"""
SITEMAP = """<?xml version='1.0' encoding='UTF-8'?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>{siteurl}/</loc></url><url><loc>{siteurl}/forsta/</loc></url></urlset>
"""


class Site:
    """The output folder and what stands in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("images/a.png", PICTURE)
        self.write("theme/site.css", b"body { margin: 0 }")
        self.page("", "Bloggen")
        self.page("om/", "Om", '<p id="kontakt">Skriv</p>')
        self.page("forsta/", "Första", POST.format(siteurl=SITEURL))
        self.write("404.html", HEAD.format(title="Saknas", siteurl=SITEURL, path="") + TAIL)
        self.write("gammal/index.html", REDIRECT.format(siteurl=SITEURL))
        for name, text in (("feed.rss", RSS), ("feed.atom", ATOM), ("sitemap.xml", SITEMAP)):
            self.write(name, text.format(siteurl=SITEURL, guid=GUID, length=len(PICTURE)))
        self.write("feed.json", json.dumps(self.json_feed()))
        self.write("announcements.json", json.dumps(self.manifest()))
        self.write(".well-known/security.txt", "Contact: mailto:a@inkop.example.org")
        self.write("robots.txt", "User-agent: *")

    def write(self, name: str, data: str | bytes) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)

    def page(self, path: str, title: str, body: str = "<p>Text</p>") -> None:
        head = HEAD.format(title=title, siteurl=SITEURL, path=path)
        self.write(f"{path}index.html", head + body + TAIL)

    def change(self, name: str, old: str, new: str) -> None:
        text = (self.root / name).read_text("utf-8")
        assert old in text, f"{old!r} is not in {name}"
        (self.root / name).write_text(text.replace(old, new), "utf-8")

    def check(self) -> list[Problem]:
        return check_output(self.root, siteurl=SITEURL, base_path=BASE, default_lang="sv")

    @staticmethod
    def json_feed() -> dict[str, object]:
        return {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "Bloggen",
            "home_page_url": f"{SITEURL}/",
            "feed_url": f"{SITEURL}/feed.json",
            "language": "sv",
            "items": [
                {
                    "id": GUID,
                    "url": f"{SITEURL}/forsta/",
                    "title": "Första",
                    "content_html": "<p>Text</p>",
                    "date_published": "2026-11-03T09:15:00+01:00",
                    "authors": [{"name": "Åsa"}],
                    "tags": ["LOU"],
                }
            ],
        }

    @staticmethod
    def manifest() -> dict[str, object]:
        return {
            "version": 1,
            "site": SITEURL,
            "posts": [
                {
                    "guid": GUID,
                    "url": f"{SITEURL}/forsta/",
                    "title": "Första",
                    "summary": "Kort",
                    "lang": "sv",
                    "published": "2026-11-03T09:15:00+01:00",
                    "image": {"url": f"{SITEURL}/images/a.png", "alt": ""},
                }
            ],
        }
