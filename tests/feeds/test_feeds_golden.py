"""The feeds of a few posts, byte for byte. ``UPDATE_GOLDEN=1`` writes the files anew."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from posts_for_feeds import POSTS, SITE

from utrop.feeds.atom import atom
from utrop.feeds.channel import channels
from utrop.feeds.json_feed import json_feed
from utrop.feeds.rss import rss

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "feeds"
BUILDERS = {"rss": rss, "atom": atom, "json": json_feed}
PRINT = """
import hashlib, json, locale
from posts_for_feeds import POSTS, SITE
from utrop.feeds.channel import channels
from utrop.feeds.atom import atom
from utrop.feeds.json_feed import json_feed
from utrop.feeds.rss import rss
try:
    locale.setlocale(locale.LC_ALL, "")
except locale.Error:
    pass
builders = {"rss": rss, "atom": atom, "json": json_feed}
print(json.dumps({
    channel.file(form): hashlib.sha256(builders[form](channel)).hexdigest()
    for channel in channels(reversed(POSTS), SITE) for form in channel.formats
}))
"""


@pytest.mark.parametrize("path", ["", "en/", "forfattare/asa-oberg/"])
@pytest.mark.parametrize("form", ["rss", "atom", "json"])
def test_feed_equals_its_golden_file(path: str, form: str) -> None:
    channel = next(channel for channel in channels(POSTS, SITE) if channel.path == path)
    data = BUILDERS[form](channel)
    golden = GOLDEN / f"{path.rstrip('/').replace('/', '.') or 'sv'}.{form}"
    if os.environ.get("UPDATE_GOLDEN") == "1":
        golden.write_bytes(data)
    assert data.decode() == golden.read_bytes().decode()


@pytest.mark.parametrize(
    ("zone", "locale", "seed"),
    [
        ("UTC", "C", "0"),
        ("Pacific/Auckland", "sv_SE.UTF-8", "1"),
        ("America/St_Johns", "C.UTF-8", "2"),
    ],
)
def test_bytes_are_the_same_in_every_time_zone_and_locale(
    zone: str, locale: str, seed: str
) -> None:
    environ = {**os.environ, "TZ": zone, "LC_ALL": locale, "PYTHONHASHSEED": seed}
    environ["PYTHONPATH"] = str(Path(__file__).parent)
    done = subprocess.run(
        [sys.executable, "-c", PRINT], env=environ, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == {
        channel.file(form): hashlib.sha256(BUILDERS[form](channel)).hexdigest()
        for channel in channels(POSTS, SITE)
        for form in channel.formats
    }
