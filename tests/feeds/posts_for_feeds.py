"""Posts made by hand, the same wherever and whenever they are made."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from utrop.feeds.channel import FeedSite
from utrop.post import Announce, Image, Post, Term

SITEURL = "https://blogg.inkop.example.org"
STOCKHOLM = ZoneInfo("Europe/Stockholm")
SITE = FeedSite(
    url=SITEURL,
    name="Inköp & upphandling",
    subtitle="Om <LOU>, i klartext",
    default_lang="sv",
    authority="blogg.inkop.example.org",
    authority_year=2026,
)


def term(folder: str, name: str, slug: str, siteurl: str = SITEURL) -> Term:
    path = f"{folder}/{slug}/"
    return Term(name=name, slug=slug, path=path, url=f"{siteurl}/{path}")


def post(uid: str = "varhosten001", **changes: Any) -> Post:
    slug = changes.pop("slug", uid)
    made = Post(
        guid=f"tag:blogg.inkop.example.org,2026:{uid}",
        uid=uid,
        title="Ett inlägg",
        url=f"{SITEURL}/{slug}/",
        path=f"{slug}/",
        lang="sv",
        published=datetime(2026, 11, 3, 9, 15, tzinfo=STOCKHOLM),
        modified=None,
        authors=(term("forfattare", "Åsa Öberg", "asa-oberg"),),
        category=term("kategori", "Debatt", "debatt"),
        tags=(term("etikett", "LOU", "lou"),),
        summary="Vad saken gäller.",
        content="<p>Hela texten.</p>",
        body="<p>Hela texten.</p>",
        image=None,
        translations=(),
        status="published",
        announce=Announce(),
        aliases=(),
        source=f"posts/{uid}.md",
    )
    return replace(made, **changes)


IMAGE = Image(
    url=f"{SITEURL}/images/trä-bänk.png",
    path="images/trä-bänk.png",
    alt="En <bänk> & ett bord",
    media_type="image/png",
    length=48_213,
    width=1200,
    height=630,
)

POSTS = (
    post(
        "lou000000001",
        slug="vad-sager-lou",
        title="Vad säger <LOU> om R&D – och AT&amp;T? 🙂",
        authors=(
            term("forfattare", "Åsa Öberg", "asa-oberg"),
            term("forfattare", "Bo Ek & Co", "bo-ek-co"),
        ),
        category=term("kategori", "Debatt & åsikt", "debatt-asikt"),
        tags=(term("etikett", "LOU", "lou"), term("etikett", "ÄTA-arbeten", "ata-arbeten")),
        summary="Kort & gott: <em>nej</em>, 10\N{NO-BREAK SPACE}% räcker inte.",
        content=(
            "<p>Hej &amp; välkommen till R&amp;D.</p>\n"
            f'<p><a href="{SITEURL}/om/?a=1&amp;b=2#kontakt">Om oss</a> ]]&gt;'
            f' <img src="{SITEURL}/images/a.png" alt="Ett &quot;a&quot;"></p>\n'
            '<table><tbody><tr><td class="right">4&nbsp;000</td></tr></tbody></table>'
        ),
        image=IMAGE,
        modified=datetime(2026, 11, 5, 8, 0, 30, tzinfo=STOCKHOLM),
    ),
    post(
        "sommar000002",
        slug="sommarens-upphandlingar",
        title="Sommarens upphandlingar",
        published=datetime(2026, 6, 24, 0, 0, tzinfo=STOCKHOLM),
        summary="",
        tags=(),
    ),
    post(
        "tvilling0003",
        slug="samma-dag",
        title="Samma dag",
        published=datetime(2026, 6, 24, 0, 0, tzinfo=STOCKHOLM),
    ),
    post(
        "english00004",
        path="en/what-does-it-say/",
        url=f"{SITEURL}/en/what-does-it-say/",
        title="What does <LOU> say?",
        lang="en",
        published=datetime(2026, 11, 3, 9, 15, tzinfo=STOCKHOLM) + timedelta(hours=1),
        authors=(term("en/author", "Åsa Öberg", "asa-oberg"),),
        category=term("en/category", "Opinion", "opinion"),
        tags=(term("en/tag", "LOU", "lou"),),
        summary="In short: no.",
        content="<p>The whole text.</p>",
        image=IMAGE,
    ),
    post("gomd00000005", title="Ett gömt inlägg", status="hidden"),
    post("utkast000006", title="Ett utkast", status="draft"),
    post("framtid00007", title="Ett väntande inlägg", status="scheduled"),
)
