"""What each format says, as readers get it, whatever stands in a post."""

from __future__ import annotations

import json
import locale
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from html import escape
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from posts_for_feeds import POSTS, SITE, SITEURL, post, term

from utrop.feeds.atom import atom, distinct_updates
from utrop.feeds.channel import Channel, channels
from utrop.feeds.characters import carriable, one_line
from utrop.feeds.dates import rfc822, rfc3339
from utrop.feeds.json_feed import json_feed
from utrop.feeds.rss import rss

A = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
DC = "{http://purl.org/dc/elements/1.1/}creator"
MEDIA = "{http://search.yahoo.com/mrss/}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"

any_text = st.text(st.characters(exclude_categories=()), max_size=60)
telling = st.one_of(
    any_text,
    st.sampled_from(
        [
            "]]>",
            "<![CDATA[x]]>",
            "<LOU>",
            "R&D",
            "&nbsp;",
            "&#x1F;",
            "</title>",
            "\x00\x0b\x1b",
            "\ud83d",
            "\ud83d\ude00",
            "👩‍👩‍👧",
            "\u202eمرحبا",
            "a\ufffeb\uffff",
            "x" * 200,
        ]
    ),
)


def whole(*posts: Any) -> Channel:
    return channels(posts or POSTS, SITE)[0]


def xml(data: bytes | str) -> Any:
    return ElementTree.fromstring(data)  # noqa: S314 - our own bytes, by a second parser


def items(data: bytes) -> list[Any]:
    return list(xml(data).iter("item"))


def parsed(data: bytes) -> Any:
    found = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
    assert not found.bozo, found.get("bozo_exception")
    return found


@pytest.mark.parametrize("build", [rss, atom])
def test_a_reader_finds_everything(build: Any) -> None:
    feed = parsed(build(whole()))
    assert feed.feed.title == "Inköp & upphandling"
    assert feed.feed.language == "sv"
    first = feed.entries[0]
    assert first.id == "tag:blogg.inkop.example.org,2026:lou000000001"
    assert first.link == f"{SITEURL}/vad-sager-lou/"
    assert [author["name"] for author in first.authors] == ["Åsa Öberg", "Bo Ek & Co"]
    assert first.content[0].value == POSTS[0].content
    assert [(tag["term"], tag["scheme"]) for tag in first.tags] == [
        (
            "Debatt & åsikt" if build is rss else "debatt-asikt",
            f"{SITEURL}/kategori/",
        ),
        ("LOU" if build is rss else "lou", f"{SITEURL}/etikett/"),
        ("ÄTA-arbeten" if build is rss else "ata-arbeten", f"{SITEURL}/etikett/"),
    ]
    assert [{**enclosure, "rel": ""} for enclosure in first.enclosures] == [
        {
            "rel": "",
            "type": "image/png",
            "length": "48213",
            "href": f"{SITEURL}/images/tr%C3%A4-b%C3%A4nk.png",
        }
    ]
    assert first.media_content[0]["filesize"] == "48213"
    assert first.published_parsed[:5] == (2026, 11, 3, 8, 15)


def test_rss_and_atom_say_the_same_as_json() -> None:
    read = [parsed(build(whole())).entries for build in (rss, atom)]
    told = json.loads(json_feed(whole()))["items"]
    for in_rss, in_atom, in_json in zip(*read, told, strict=True):
        assert in_rss.id == in_atom.id == in_json["id"]
        assert in_rss.link == in_atom.link == in_json["url"]
        assert in_rss.published_parsed == in_atom.published_parsed


def test_rss_has_what_validators_ask_for() -> None:
    data = rss(whole())
    channel = xml(data).find("channel")
    assert channel is not None
    assert channel.findtext("docs") == "http://www.rssboard.org/rss-specification"
    assert channel.findtext("link") == f"{SITEURL}/"
    assert channel.findtext("language") == "sv"
    assert channel.findtext("generator") == "Utrop"
    assert channel.findtext("lastBuildDate") == "Thu, 05 Nov 2026 08:00:30 +0100"
    own = channel.find(f"{A}link")
    assert own is not None
    assert own.attrib == {
        "href": f"{SITEURL}/feed.rss",
        "rel": "self",
        "type": "application/rss+xml",
    }
    tags = [child.tag for child in channel]
    assert tags.index("item") > max(tags.index(name) for name in ("lastBuildDate", "language"))
    first = items(data)[0]
    assert first.find("guid").attrib == {"isPermaLink": "false"}
    assert first.findtext("description") == escape(POSTS[0].summary, quote=False)
    tags = [child.tag for child in first]
    assert tags.index("description") < tags.index(CONTENT)
    assert [creator.text for creator in first.findall(DC)] == ["Åsa Öberg", "Bo Ek & Co"]
    assert first.find("author") is None
    assert first.findtext(f"{MEDIA}content/{MEDIA}description") == "En <bänk> & ett bord"


def test_rss_titles_are_plain_text_that_no_reader_takes_for_markup() -> None:
    title = re.findall(rb"<title>(.*?)</title>", rss(whole()))[1].decode()
    assert title == "Vad säger &#x3C;LOU&#x3E; om R&#x26;D – och AT&#x26;amp;T? 🙂"
    assert items(rss(whole()))[0].findtext("title") == POSTS[0].title


def test_atom_has_what_the_specification_asks_for() -> None:
    root = xml(atom(whole()))
    assert root.get(LANG) == "sv"
    assert root.findtext(f"{A}id") == "tag:blogg.inkop.example.org,2026:feed:sv"
    assert root.findtext(f"{A}updated") == "2026-11-05T08:00:30+01:00"
    assert [dict(link.attrib) for link in root.findall(f"{A}link")] == [
        {"href": f"{SITEURL}/feed.atom", "rel": "self", "type": "application/atom+xml"},
        {"href": f"{SITEURL}/", "rel": "alternate", "type": "text/html", "hreflang": "sv"},
    ]
    first = root.find(f"{A}entry")
    assert first is not None
    assert first.get(LANG) == "sv"
    assert first.findtext(f"{A}summary") == POSTS[0].summary
    assert first.findtext(f"{A}published") == "2026-11-03T09:15:00+01:00"
    assert [link.get("rel") for link in first.findall(f"{A}link")] == ["alternate", "enclosure"]
    assert [name.text for name in first.iter(f"{A}uri")] == [
        f"{SITEURL}/forfattare/asa-oberg/",
        f"{SITEURL}/forfattare/bo-ek-co/",
    ]


def test_posts_of_one_midnight_are_told_apart_in_atom_alone() -> None:
    root = xml(atom(whole()))
    entries = list(root.iter(f"{A}entry"))[1:]
    assert sorted(entry.findtext(f"{A}updated", "") for entry in entries) == [
        "2026-06-24T00:00:00+02:00",
        "2026-06-24T00:00:01+02:00",
    ]
    assert {entry.findtext(f"{A}published") for entry in entries} == {"2026-06-24T00:00:00+02:00"}


@given(st.lists(st.integers(0, 4), min_size=1, max_size=30))
def test_no_two_entries_share_their_second_of_update(seconds: list[int]) -> None:
    posts = [
        post(f"nummer{n:06}", published=post().published + timedelta(seconds=second))
        for n, second in enumerate(seconds)
    ]
    updates = distinct_updates(posts)
    assert len({moment.timestamp() for moment in updates.values()}) == len(posts)
    assert all(updates[each.guid] >= each.updated for each in posts)


def test_json_feed_is_whole() -> None:
    feed = json.loads(json_feed(whole()))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"{SITEURL}/feed.json"
    first, second, *_ = feed["items"]
    assert first["title"] == POSTS[0].title
    assert first["date_modified"] == "2026-11-05T08:00:30+01:00"
    assert first["image"] == f"{SITEURL}/images/tr%C3%A4-b%C3%A4nk.png"
    assert first["tags"] == ["Debatt & åsikt", "LOU", "ÄTA-arbeten"]
    assert "date_modified" not in second
    assert all(
        value or key == "content_html" for item in feed["items"] for key, value in item.items()
    )


def test_building_touches_no_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the locale of the process was changed")

    monkeypatch.setattr(locale, "setlocale", refuse)
    assert rss(whole())
    assert atom(whole())


def test_dates_keep_their_offset_and_lose_their_fractions() -> None:
    local = datetime(2026, 6, 24, 0, 0, 0, 999, tzinfo=timezone(timedelta(hours=2)))
    assert rfc822(local) == "Wed, 24 Jun 2026 00:00:00 +0200"
    assert rfc3339(local) == "2026-06-24T00:00:00+02:00"
    odd = datetime(1878, 1, 1, tzinfo=timezone(timedelta(hours=1, seconds=14)))
    assert rfc3339(odd) == "1877-12-31T22:59:46+00:00"
    with pytest.raises(ValueError, match="no time zone"):
        rfc3339(datetime(2026, 1, 1))  # noqa: DTZ001 - a naive time is what is refused


def _looks_mangled(text: str) -> bool:
    try:
        return text.encode("latin-1").decode("utf-8") != text
    except UnicodeError:
        return False


@given(title=telling, summary=telling, text=telling, name=telling)
@example(title="Â¡", summary="", text="", name="")
@example(title="\x00", summary="", text="", name="\x00")
@example(title="</b> & &amp; <i>", summary="<p>", text="]]>", name="A & B")
@settings(deadline=None)
def test_whatever_stands_in_a_post_comes_through(
    title: str, summary: str, text: str, name: str
) -> None:
    content = f"<p>{escape(text)}</p>"
    each = post(
        title=title,
        summary=summary,
        content=content,
        tags=(term("etikett", name, "namn"),),
        authors=(term("forfattare", name, "namn"),),
    )
    shown = one_line(title) or each.url
    channel = whole(each)
    in_rss = items(rss(channel))[0]
    assert in_rss.findtext("title") == shown
    assert in_rss.findtext(CONTENT, in_rss.findtext("description")) == carriable(content)
    entry = xml(atom(channel)).find(f"{A}entry")
    assert entry is not None
    assert entry.findtext(f"{A}title") == shown
    assert entry.findtext(f"{A}summary", "") == one_line(summary)
    assert entry.findtext(f"{A}content") == carriable(content)
    item = json.loads(json_feed(channel))["items"][0]
    assert item["title"] == shown
    assert item["content_html"] == carriable(content)
    for data in (rss(channel), atom(channel)):
        read = parsed(data).entries[0]
        assert read.id == each.guid
        # feedparser takes a plain title with an end tag or an entity in it for markup, and mends
        # what looks like UTF-8 that was read as Latin-1.
        if not re.search(r"</|&#?\w+;", shown) and not _looks_mangled(shown):
            assert read.title == shown.strip()


@given(any_text)
def test_carriable_text_is_fit_for_xml_and_stays_so(text: str) -> None:
    carried = carriable(text)
    xml(f"<a>{escape(carried)}</a>")
    assert carried.encode().decode() == carried
    assert carriable(carried) == carried


def test_what_cannot_be_carried_keeps_its_meaning() -> None:
    assert carriable("rad\x0brad\u2028rad\r\nrad") == "rad\nrad\nrad\nrad"
    assert carriable("\ud83d\ude00 \ud83d!") == "😀 !"
    assert carriable("it\x92s \x80 5") == "it’s € 5"
    assert carriable("sl\x00ut\x1b") == "slut"
    assert carriable("tappat \ufffd tecken") == "tappat ? tecken"
    assert one_line("  två\n rader,\t10\N{NO-BREAK SPACE}% ") == "två rader, 10\N{NO-BREAK SPACE}%"


def test_a_post_dated_in_utc_keeps_utc() -> None:
    each = post(published=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert items(rss(whole(each)))[0].findtext("pubDate") == "Fri, 02 Jan 2026 03:04:05 +0000"


def test_a_post_without_authors_is_by_the_site_in_atom() -> None:
    each = replace(post(), authors=())
    root = xml(atom(whole(each)))
    assert root.findtext(f"{A}author/{A}name") == "Inköp & upphandling"
    assert root.find(f"{A}entry/{A}author") is None
