from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from utrop.listings.prose import scrollable
from utrop.listings.sitemap import Entry, robots, sitemap
from utrop.listings.wording import date_in_words, moment_in_words, number

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MOMENT = datetime(2026, 12, 13, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lang", "words"),
    [("sv", "den 13 december 2026"), ("en", "13 December 2026"), ("de", "13. Dezember 2026")],
)
def test_dates_as_the_language_writes_them(lang: str, words: str) -> None:
    assert date_in_words(MOMENT, lang, STOCKHOLM) == words


def test_a_day_is_that_of_the_time_zone() -> None:
    late = datetime(2026, 12, 13, 23, 30, tzinfo=UTC)
    assert date_in_words(late, "sv", STOCKHOLM) == "den 14 december 2026"


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("sv", "den 13 december 2026 kl. 9.00"),
        ("en", "13 December 2026, 09:00 (CET)"),
    ],
)
def test_times_as_the_language_writes_them(lang: str, words: str) -> None:
    assert moment_in_words(MOMENT, lang, STOCKHOLM) == words


def test_numbers_in_groups_that_do_not_break() -> None:
    assert number(17575, "sv") == "17\N{NO-BREAK SPACE}575"
    assert number(17575, "en") == "17,575"


def test_tables_and_code_scroll_on_their_own() -> None:
    html = '<p>a</p><table class="x"><tr><td>b</td></tr></table><pre><code>c</code></pre>'
    assert scrollable(html, 'Tabell "1"') == (
        '<p>a</p><div class="scroll" role="group" aria-label="Tabell &quot;1&quot;" tabindex="0">'
        '<table class="x"><tr><td>b</td></tr></table></div>'
        '<pre tabindex="0"><code>c</code></pre>'
    )
    assert scrollable("<p>&lt;table&gt;</p>", "x") == "<p>&lt;table&gt;</p>"


def test_the_sitemap_is_in_order_and_escaped() -> None:
    entries = [
        Entry(url="https://a.example.org/b/?x=1&y=2", modified=MOMENT),
        Entry(url="https://a.example.org/a/", modified=None, alternates=(("sv", "https://s"),)),
    ]
    assert sitemap(entries).decode() == (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
        "<url><loc>https://a.example.org/a/</loc>\n"
        '<xhtml:link rel="alternate" hreflang="sv" href="https://s"/>\n</url>\n'
        "<url><loc>https://a.example.org/b/?x=1&amp;y=2</loc>\n"
        "<lastmod>2026-12-13T08:00:00Z</lastmod>\n</url>\n</urlset>\n"
    )
    assert sitemap(reversed(entries)) == sitemap(entries)


def test_robots_may_read_all() -> None:
    assert robots("https://a.example.org").decode() == (
        "User-agent: *\nDisallow:\n\nSitemap: https://a.example.org/sitemap.xml\n"
    )
