"""A moved deadline, from outside: publish, change the front matter, publish again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.sites import SmallSite
from utrop.serving.static import running

FIRST, SECOND, THIRD = (f"2026-12-{day} 23:59" for day in ("14", "18", "21"))
GUID = "tag:blogg.prov.example.org,2026:stad00000001"


@pytest.fixture
def site(make_site: Callable[..., SmallSite]) -> SmallSite:
    made = make_site()
    write(made, FIRST)
    return made


def write(site: SmallSite, deadline: str, **keys: str) -> None:
    site.post(
        "stad00000001",
        "Städning av skolor",
        **{
            "date": "2026-11-20 09:00",
            "kind": "notice",
            "regime": "national",
            "deadline": deadline,
            "database_name": "Annonsdatabasen",
            "database_url": "https://annonser.example.org/a/1",
            "database_published_at": "2026-11-20 08:00",
            "buyer_name": "Norrviks kommun",
            "nuts": "[SE332]",
            "tags": "[städning]",
            "summary": "Städning av elva skolor i fyra år.",
            **keys,
        },
    )


def publish(site: SmallSite, day: int) -> None:
    site.run("publish", now=f"2026-11-{day}T12:00:00+01:00")


def manifest(site: SmallSite) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((site.current / "announcements.json").read_bytes())
    return found


def items(site: SmallSite, path: str = "feed.json") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((site.current / path).read_bytes())["items"]
    return found


def previewed(site: SmallSite) -> list[str]:
    """Return the guids that the ledger has announced in the preview, each as often as it has."""
    rows = json.loads(site.run("status", "--json").stdout)
    return sorted(row["guid"] for row in rows if row["state"] == "delivered")


def test_a_moved_deadline_is_an_item_and_an_announcement_of_its_own_and_only_once(
    site: SmallSite,
) -> None:
    publish(site, 23)
    assert [one["id"] for one in items(site)] == [GUID]
    assert previewed(site) == [GUID]

    write(site, SECOND)
    publish(site, 24)
    new, old = items(site)
    assert old["id"] == GUID
    assert new["id"] == f"{GUID}#change:1"
    assert new["url"].endswith("/stadning-av-skolor/#andring-1")
    assert new["title"] == "Ändrad sista dag: Städning av skolor"
    assert "fredag den 18 december 2026 kl. 23.59" in new["content_html"]
    assert "måndag den 14 december 2026 kl. 23.59" in new["content_html"]
    assert new["date_published"] == "2026-11-24T12:00:00+01:00"
    seen = manifest(site)["posts"][0]["deadlines_seen"]
    assert [one["moment"] for one in seen] == [
        "2026-12-14T23:59:00+01:00",
        "2026-12-18T23:59:00+01:00",
    ]
    assert previewed(site) == [GUID, f"{GUID}#change:1"]
    told = (site.current / "stadning-av-skolor" / "index.html").read_text("utf-8")
    assert told.count('id="andring-1"') == 1
    page = (site.root / "public" / "announcements.html").read_text("utf-8")
    assert "Ny sista dag: fredag den 18 december 2026 kl. 23.59" in page
    assert len(re.findall(r'id="[^"]*%23change%3A1"', page)) == 1

    written = (site.current / "announcements.json").read_bytes()
    feed = (site.current / "feed.json").read_bytes()
    publish(site, 25)
    assert (site.current / "announcements.json").read_bytes() == written
    assert (site.current / "feed.json").read_bytes() == feed
    assert previewed(site) == [GUID, f"{GUID}#change:1"]


def test_every_format_and_every_channel_of_the_post_has_the_move(site: SmallSite) -> None:
    publish(site, 23)
    write(site, SECOND)
    publish(site, 24)

    atom = "{http://www.w3.org/2005/Atom}"
    for path in ("feed", "kategori/nyheter/feed", "etikett/stadning/feed"):
        rss = ET.parse(site.current / f"{path}.rss")  # noqa: S314 - our own output
        assert rss.findtext("channel/item/guid") == f"{GUID}#change:1"
        feed = ET.parse(site.current / f"{path}.atom")  # noqa: S314 - our own output
        assert feed.findtext(f"{atom}entry/{atom}id") == f"{GUID}#change:1"


def test_a_release_that_is_rolled_back_and_made_anew_announces_nothing_twice(
    site: SmallSite,
) -> None:
    publish(site, 23)
    write(site, SECOND)
    publish(site, 24)
    site.run("rollback", now="2026-11-24T13:00:00+01:00")
    assert "deadlines_seen" in manifest(site)["posts"][0]
    assert len(items(site)) == 1

    publish(site, 25)
    assert [one["id"] for one in items(site)] == [f"{GUID}#change:1", GUID]
    assert previewed(site) == [GUID, f"{GUID}#change:1"]


def test_a_second_move_has_the_next_number_and_the_first_stays_in_the_feed(
    site: SmallSite,
) -> None:
    for day, deadline in ((23, FIRST), (24, SECOND), (25, THIRD)):
        write(site, deadline)
        publish(site, day)

    assert [one["id"] for one in items(site)] == [
        f"{GUID}#change:2",
        f"{GUID}#change:1",
        GUID,
    ]
    assert previewed(site) == [GUID, f"{GUID}#change:1", f"{GUID}#change:2"]


def test_a_post_that_was_hidden_for_a_while_uses_no_number_twice(site: SmallSite) -> None:
    for day, deadline, status in (
        (23, FIRST, ""),
        (24, SECOND, ""),
        (25, SECOND, "hidden"),
        (26, THIRD, ""),
    ):
        write(site, deadline, status=status)
        site.run("publish", "--allow-empty", now=f"2026-11-{day}T12:00:00+01:00")
        if status == "hidden":
            assert manifest(site)["posts"] == []
            assert "#change" not in (site.root / "public/announcements.html").read_text("utf-8")

    assert [one["id"] for one in items(site)] == [
        f"{GUID}#change:2",
        f"{GUID}#change:1",
        GUID,
    ]


def test_a_plain_post_with_a_deadline_tells_of_no_move(site: SmallSite) -> None:
    for day, deadline in ((23, FIRST), (24, SECOND)):
        site.post("plan00000001", "Svara på vår enkät", deadline=deadline)
        publish(site, day)

    assert not any("#change" in one["id"] for one in items(site))
    plain = next(one for one in manifest(site)["posts"] if one["guid"].endswith("plan00000001"))
    assert not {"facts", "deadlines_seen"} & set(plain)


def test_a_person_posts_a_move_by_hand_and_records_it(site: SmallSite) -> None:
    site.environ |= {"UTROP_NETWORKS": "linkedin", "LINKEDIN_SINCE": "2026-01-01T00:00:00+01:00"}
    address = "https://www.linkedin.com/feed/update/urn:li:share:714113893776639180"
    with running(site.current) as server:
        site.environ |= {"UTROP_SITEURL": server.url.rstrip("/")}
        publish(site, 23)
        site.run("posted", "stad00000001", "linkedin", f"{address}1")
        write(site, SECOND)
        done = site.run("publish", now="2026-11-24T12:00:00+01:00")
        assert "utrop posted 'stad00000001#change:1' linkedin ADDRESS" in done.stdout
        assert "Ny sista dag: fredag den 18 december 2026 kl. 23.59" in done.stdout
        site.run("posted", "stad00000001#change:1", "linkedin", f"{address}2")
        assert "By hand" not in site.run("publish", now="2026-11-25T12:00:00+01:00").stdout
    assert previewed(site) == [GUID, f"{GUID}#change:1"]


def test_a_deadline_of_a_notice_at_ted_does_not_move_in_silence(site: SmallSite) -> None:
    eu = {"regime": "eu", "ted_published_at": "2026-11-20", "database_published_at": ""}
    write(site, FIRST, **eu)
    publish(site, 23)
    before = (site.current / "feed.json").read_bytes()

    write(site, SECOND, **eu)
    refused = site.run("publish", now="2026-11-24T12:00:00+01:00", expect=1)
    assert "stad00000001.md:7: the deadline has moved to 2026-12-18 23:59" in refused.stderr
    assert (site.current / "feed.json").read_bytes() == before

    write(site, SECOND, **{**eu, "ted_published_at": "2026-11-25"})
    publish(site, 25)
    assert [one["id"] for one in items(site)] == [f"{GUID}#change:1", GUID]
