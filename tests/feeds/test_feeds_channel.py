"""Which channels there are, what they carry, and what their bytes depend on."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
from posts_for_feeds import IMAGE, POSTS, SITE, SITEURL, post, term

from utrop.feeds.atom import atom
from utrop.feeds.channel import POST_FIELDS, channels, uri
from utrop.feeds.json_feed import json_feed
from utrop.feeds.rss import rss
from utrop.post import Announce, DeadlineSeen, Post, Translation
from utrop.procurement.course import Course
from utrop.procurement.embargo import Embargo
from utrop.procurement.notice import Notice
from utrop.procurement.override import Override
from utrop.procurement.procedure import Procedure

PROCEDURE = Procedure(
    procedure_id="annat",
    phase="open",
    notice=None,
    award=None,
    closes=(),
    questions=(),
    moves=0,
    standstill_ends=None,
    entries=(),
)
OTHER = {
    "guid": "tag:blogg.inkop.example.org,2026:annat0000001",
    "uid": "annat0000001",
    "title": "Ett annat",
    "url": f"{SITEURL}/ett-annat/",
    "path": "ett-annat/",
    "lang": "en",
    "published": post().published + timedelta(seconds=1),
    "modified": post().published + timedelta(days=1),
    "authors": (term("forfattare", "Bo Ek", "bo-ek"),),
    "category": term("kategori", "Nyheter", "nyheter"),
    "tags": (),
    "summary": "En annan sammanfattning.",
    "content": "<p>En annan text.</p>",
    "body": "<p>En annan text.</p>",
    "image": IMAGE,
    "translations": (Translation(lang="en", url=f"{SITEURL}/en/x/", path="en/x/", title="X"),),
    "status": "hidden",
    "announce": Announce(networks=()),
    "aliases": ("gammal/",),
    "source": "posts/annat.md",
    "demo": True,
    "responsible_editor": "Bo Ek",
    "deadline": post().published + timedelta(days=2),
    "starts": post().published + timedelta(days=3),
    "ends": post().published + timedelta(days=4),
    "place": "Rådhuset",
    "registration_url": "https://anmalan.example.org/",
    "kind": "notice",
    "procedure_id": "annat",
    "regime": "eu",
    "plain_summary": "En annan sammanfattning.",
    "notice": Notice(),
    "course": Course(cancelled_at=post().published),
    "procedure": PROCEDURE,
    # What changes a feed is the kind and the moves together: they are posts of the channel then.
    "deadlines_seen": (DeadlineSeen(moment=post().published, since=post().published),),
    "embargo": Embargo(rule="ted"),
    "overrides": (Override(rule="R2-amount", by="Bo Ek", reason="Fel i annonsen"),),
}


def every_byte(*posts: Post) -> dict[str, bytes]:
    found = {}
    for channel in channels(posts, SITE):
        found[channel.file("rss")] = rss(channel)
        found[channel.file("atom")] = atom(channel)
        if "json" in channel.formats:
            found[channel.file("json")] = json_feed(channel)
    return found


def test_each_language_category_tag_and_author_has_its_feeds() -> None:
    assert [
        f"{channel.file(form)}" for channel in channels(POSTS, SITE) for form in channel.formats
    ] == [
        "feed.rss",
        "feed.atom",
        "feed.json",
        "en/feed.rss",
        "en/feed.atom",
        "en/feed.json",
        "en/author/asa-oberg/feed.rss",
        "en/author/asa-oberg/feed.atom",
        "en/category/opinion/feed.rss",
        "en/category/opinion/feed.atom",
        "en/tag/lou/feed.rss",
        "en/tag/lou/feed.atom",
        "etikett/ata-arbeten/feed.rss",
        "etikett/ata-arbeten/feed.atom",
        "etikett/lou/feed.rss",
        "etikett/lou/feed.atom",
        "forfattare/asa-oberg/feed.rss",
        "forfattare/asa-oberg/feed.atom",
        "forfattare/bo-ek-co/feed.rss",
        "forfattare/bo-ek-co/feed.atom",
        "kategori/debatt-asikt/feed.rss",
        "kategori/debatt-asikt/feed.atom",
        "kategori/debatt/feed.rss",
        "kategori/debatt/feed.atom",
    ]


def test_titles_and_descriptions_are_in_the_language_of_the_channel() -> None:
    found = {
        channel.path: (channel.title, channel.description) for channel in channels(POSTS, SITE)
    }
    assert found[""] == ("Inköp & upphandling", "Om <LOU>, i klartext")
    assert found["en/"] == ("Inköp & upphandling", "All posts from Inköp & upphandling")
    assert found["kategori/debatt/"] == (
        "Inköp & upphandling – Debatt",
        "Inlägg i kategorin Debatt",
    )
    assert found["en/tag/lou/"] == ("Inköp & upphandling – LOU", "Posts tagged LOU")
    assert found["forfattare/bo-ek-co/"][1] == "Inlägg av Bo Ek & Co"


@pytest.mark.parametrize("status", ["hidden", "draft", "scheduled"])
def test_only_published_posts_appear_and_empty_channels_are_not_made(status: Any) -> None:
    assert channels([post(status=status)], SITE) == []


def test_the_newest_posts_come_first_and_the_oldest_go_beyond_the_limit() -> None:
    first = post()
    posts = [post(f"nummer{n:06}", published=first.published + timedelta(days=n)) for n in range(5)]
    whole = channels(posts, replace(SITE, max_items=3))[0]
    assert [each.uid for each in whole.posts] == ["nummer000004", "nummer000003", "nummer000002"]


def test_a_channel_was_updated_when_its_posts_were() -> None:
    changed = post().published + timedelta(days=9)
    old = post("gammal000001", modified=changed)
    assert channels([post(), old], SITE)[0].updated == changed


def test_an_author_channel_is_by_that_author() -> None:
    found = {channel.path: channel for channel in channels(POSTS, SITE)}
    assert [author.name for author in found["forfattare/asa-oberg/"].authors] == ["Åsa Öberg"]
    assert [author.name for author in found["kategori/debatt/"].authors] == ["Inköp & upphandling"]


def test_addresses_are_ascii() -> None:
    assert uri("https://blogg.inköp.example.org/trä bänk/?q=å#ö") == (
        "https://blogg.xn--inkp-7qa.example.org/tr%C3%A4%20b%C3%A4nk/?q=%C3%A5#%C3%B6"
    )
    assert uri("https://x.example.org/a%20b/?c=d&e") == "https://x.example.org/a%20b/?c=d&e"


def test_the_declared_inputs_are_all_that_the_bytes_depend_on() -> None:
    assert {field.name for field in fields(Post)} == set(OTHER)
    before = every_byte(post())
    for name, value in OTHER.items():
        after = every_byte(replace(post(), **{name: value}))
        assert (after != before) == (name in POST_FIELDS), name


def test_a_channel_names_its_inputs() -> None:
    whole = channels(POSTS, SITE)[0]
    assert whole.inputs.posts == whole.posts
    assert whole.inputs.fields == POST_FIELDS
    assert "SITEURL" in whole.inputs.settings


def test_ids_survive_a_changed_slug_date_title_category_and_domain() -> None:
    siteurl = "https://nytt.example.org/blogg"
    moved = replace(
        post(),
        url=f"{siteurl}/nytt/",
        path="nytt/",
        title="Nytt",
        published=post().published + timedelta(days=400),
        category=term("kategori", "Nyheter", "nyheter", siteurl),
        tags=(),
        authors=(),
    )
    before = channels([post()], SITE)[0]
    after = channels([moved], replace(SITE, url=siteurl))[0]
    assert after.id == before.id
    assert [each.guid for each in after.posts] == [each.guid for each in before.posts]
    for data in (rss(after), atom(after), json_feed(after)):
        assert post().guid.encode() in data


def test_every_channel_has_an_id_of_its_own() -> None:
    ids = [channel.id for channel in channels(POSTS, SITE)]
    assert len(set(ids)) == len(ids)
