"""A moved deadline in the feeds: an item of its own in every channel of its post."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from posts_for_feeds import SITE, STOCKHOLM, post

from utrop.feeds.atom import atom
from utrop.feeds.changes import with_changes
from utrop.feeds.channel import Channel, channels
from utrop.feeds.json_feed import json_feed
from utrop.feeds.rss import rss
from utrop.post import DeadlineSeen, Post

FIRST = datetime(2026, 12, 14, 23, 59, tzinfo=STOCKHOLM)
PUBLISHED = datetime(2026, 11, 3, 9, 15, tzinfo=STOCKHOLM)
SITE_HERE = replace(SITE, zone=STOCKHOLM)


def notice(*, moved: int = 1, **changes: Any) -> Post:
    history = tuple(
        DeadlineSeen(
            moment=FIRST + timedelta(days=4 * number),
            since=PUBLISHED + timedelta(days=5 * number),
        )
        for number in range(moved + 1)
    )
    values = {"kind": "notice", "title": "Städning <av> skolor", "deadlines_seen": history}
    return post(**values | changes)


def by_path(*posts: Post) -> dict[str, Channel]:
    return {channel.path: channel for channel in channels(posts, SITE_HERE)}


def test_each_move_is_an_item_in_every_channel_of_the_post_and_says_both_days() -> None:
    found = by_path(notice(moved=2))

    assert set(found) == {"", "kategori/debatt/", "etikett/lou/", "forfattare/asa-oberg/"}
    for channel in found.values():
        second, first, own = channel.posts
        assert own.guid == notice().guid
        assert first.guid == f"{own.guid}#change:1"
        assert second.guid == f"{own.guid}#change:2"
        assert first.url == f"{own.url}#andring-1"
        assert first.title == "Ändrad sista dag: Städning <av> skolor"
        assert first.published == PUBLISHED + timedelta(days=5)
        assert first.summary == (
            "Ny sista dag är fredag den 18 december 2026 kl. 23.59."
            " Tidigare sista dag var måndag den 14 december 2026 kl. 23.59."
        )
        assert "Städning &lt;av&gt; skolor</a>" in first.content


def test_english_has_its_own_words_and_fragment() -> None:
    change = by_path(notice(lang="en"))["en/"].posts[0]

    assert change.url.endswith("#change-1")
    assert change.title.startswith("New deadline: ")
    assert "Friday 18 December 2026, 23:59 (CET)" in change.summary


@pytest.mark.parametrize(
    "changes",
    [
        {"moved": 0},
        {"kind": ""},
        {"status": "hidden"},
        {"status": "draft"},
        {"status": "scheduled"},
        {"status": "embargoed"},
    ],
)
def test_there_is_no_item_without_a_move_of_a_published_procurement(
    changes: dict[str, Any],
) -> None:
    made = notice(**changes)

    assert with_changes([made], STOCKHOLM) == [made]


def test_the_item_of_the_post_itself_is_as_it_was() -> None:
    before, after = (
        channel.posts for channel in (by_path(notice(moved=0))[""], by_path(notice())[""])
    )
    shown = [
        json_feed(replace(by_path(notice())[""], posts=posts[-1:])) for posts in (before, after)
    ]

    assert shown[0] == shown[1]


def test_the_formats_carry_it_and_equal_inputs_give_equal_bytes() -> None:
    channel, same = by_path(notice())[""], by_path(notice())[""]

    for made in (rss, atom, json_feed):
        assert f"{notice().guid}#change:1".encode() in made(channel)
        assert made(channel) == made(same)
    assert channel.inputs.fingerprint({}) == same.inputs.fingerprint({})
    assert channel.inputs.fingerprint({}) != by_path(notice(moved=2))[""].inputs.fingerprint({})
