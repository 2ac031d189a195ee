"""The feeds as files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from posts_for_feeds import POSTS, SITEURL, post

from utrop.feeds.plugin import feed_site, write
from utrop.problem import ProblemsFound


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, Any]:
    return {
        "SITEURL": SITEURL,
        "SITENAME": "Inköp & upphandling",
        "SITESUBTITLE": "",
        "DEFAULT_LANG": "sv",
        "FEED_AUTHORITY": "blogg.inkop.example.org",
        "FEED_AUTHORITY_YEAR": 2026,
        "PATH": str(tmp_path / "content"),
        "OUTPUT_PATH": str(tmp_path / "output"),
    }


def test_feeds_are_written_where_their_pages_are(settings: dict[str, Any]) -> None:
    output = Path(settings["OUTPUT_PATH"])
    written = write(POSTS, settings)
    assert set(written) == {path for path in output.rglob("*") if path.is_file()}
    assert (output / "en" / "feed.json") in written
    assert (output / "kategori" / "debatt" / "feed.atom") in written
    assert not (output / "kategori" / "debatt" / "feed.json").exists()


def test_an_unchanged_feed_is_not_touched(settings: dict[str, Any]) -> None:
    written = write(POSTS, settings)
    for path in written:
        os.utime(path, (1, 1))
    write([*POSTS, post("engelsk00008", lang="en")], settings)
    touched = {path.relative_to(settings["OUTPUT_PATH"]).parts[0] for path in written
               if path.stat().st_mtime != 1}  # fmt: skip
    assert "en" in touched
    assert "feed.rss" not in touched


def test_a_relative_address_stops_the_build_and_names_the_post(settings: dict[str, Any]) -> None:
    bad = [
        post("ett000000001", content='<a href="/om/">x</a><img src="b.png">'),
        post("tva000000002", content='<a href="#not">x</a>'),
        post("gomd00000003", content='<a href="x">x</a>', status="hidden"),
    ]
    with pytest.raises(ProblemsFound) as raised:
        write(bad, settings)
    shown = [str(problem) for problem in raised.value.problems]
    assert len(shown) == 3
    assert "posts/ett000000001.md" in shown[0]
    assert "'/om/'" in shown[0]
    assert not Path(settings["OUTPUT_PATH"]).exists()


def test_the_limit_comes_from_the_settings(settings: dict[str, Any]) -> None:
    assert feed_site(settings).max_items == 50
    assert feed_site({**settings, "FEED_MAX_ITEMS": 7}).max_items == 7
