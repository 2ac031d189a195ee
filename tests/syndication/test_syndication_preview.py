from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from tests.syndication.announcing import START, announcement
from utrop.problem import ProblemsFound
from utrop.syndication import networks, preview_page
from utrop.syndication.announcement import Announcement, ShareImage
from utrop.syndication.composer import compose
from utrop.syndication.delivery import Delivery, Receipt, State
from utrop.syndication.manifest import Manifest

SITE = "https://blogg.inkop.example.org"
IMAGE = ShareImage(
    url=f"{SITE}/images/tid%20linje.png",
    alt="En tidslinje",
    media_type="image/png",
    width=1200,
    height=630,
)
SETTINGS: dict[str, Any] = {
    "SITENAME": "Inköp & <Norrvik>",
    "DEFAULT_LANG": "sv",
    "LANGUAGES": ["sv", "en"],
    "MASTODON_SINCE": "2026-11-23T00:00:00+00:00",
    "BLUESKY_SINCE": "2026-11-23T00:00:00+00:00",
}


def page(
    tmp_path: Path,
    announcements: list[Announcement],
    *names: str,
    deliveries: list[Delivery] | None = None,
    **changes: Any,
) -> BeautifulSoup:
    path = preview_page.write_page(
        tmp_path / "announcements.html",
        Manifest(site=SITE, announcements=tuple(announcements)),
        networks=names or ("preview",),
        settings=SETTINGS | changes,
        deliveries=deliveries or [],
    )
    return BeautifulSoup(path.read_bytes(), "lxml")


def delivery(one: Announcement, network: str, state: State, **changes: Any) -> Delivery:
    values: dict[str, Any] = {
        "guid": one.guid,
        "network": network,
        "account": "@inkop@social.example.org",
        "state": state,
        "idempotency_key": "k",
        "message": compose(one, network, networks.limits(network), created_at=START),
        "attempts": 1,
        "updated": START,
    }
    return Delivery(**values | changes)


def cards(soup: BeautifulSoup, network: str) -> list[Any]:
    return soup.select(f".card.{network}")


def test_shows_three_networks_where_none_is_configured(tmp_path: Path) -> None:
    soup = page(tmp_path, [announcement(1, demo=True, tags=("LOU",), image=IMAGE)])
    assert [title.get_text() for title in soup.select("h4")] == ["Mastodon", "Bluesky", "LinkedIn"]
    assert "inget har lämnat datorn" in soup.get_text()
    (bluesky,) = cards(soup, "bluesky")
    assert bluesky.select_one(".text .link").get_text() == f"{SITE}/inlagg-1/"
    assert bluesky.select_one(".text .hashtag").get_text() == "#LOU"
    assert re.search(r"\d+/300 tecken", bluesky.get_text())
    assert re.search(r"\d+/3000 byte", bluesky.get_text())
    assert "svenska" in bluesky.select_one(".facts").get_text()
    assert bluesky.select_one(".card-host").get_text() == "blogg.inkop.example.org"
    assert bluesky.select_one(".card-title").get_text() == "Inlägg 1"


def test_images_open_from_the_release_beside_it_with_their_alt_text(tmp_path: Path) -> None:
    soup = page(tmp_path, [announcement(1, image=IMAGE)])
    image = soup.select_one("img")
    assert image is not None
    assert (image["src"], image["alt"]) == ("current/images/tid%20linje.png", "En tidslinje")
    assert "En tidslinje" in soup.select_one(".alt").get_text()  # type: ignore[union-attr] # it is there
    assert soup.select_one("h3 a")["href"] == "current/inlagg-1/index.html"  # type: ignore[index] # it is there


def test_nothing_comes_from_anywhere_else(tmp_path: Path) -> None:
    soup = page(tmp_path, [announcement(1, image=IMAGE)], "mastodon", "bluesky")
    assert soup.find_all(["script", "link", "iframe"]) == []
    assert not soup.find_all(style=True)
    assert all(not str(tag["src"]).startswith("http") for tag in soup.find_all(src=True))
    style = soup.style
    assert style is not None
    assert "url(" not in style.get_text()
    assert "@import" not in style.get_text()


def test_states_and_reasons_of_configured_networks(tmp_path: Path) -> None:
    posts = [
        announcement(1),
        announcement(2),
        announcement(3, lang="en"),
        announcement(4, published=START - timedelta(days=9)),
        announcement(5, networks=("bluesky",)),
    ]
    receipt = Receipt(id="1", url="https://social.example.org/@inkop/1")
    rows = [
        delivery(posts[0], "mastodon", State.DELIVERED, receipt=receipt),
        delivery(posts[1], "mastodon", State.PENDING, note="the page answers 404"),
    ]
    soup = page(tmp_path, posts, "mastodon", "preview", deliveries=rows)
    text = soup.get_text()
    assert [card.select_one(".badge").get_text() for card in cards(soup, "mastodon")] == [
        "Väntar",
        "Delat",
    ]
    assert "the page answers 404" in text
    link = soup.select_one(".open a")
    assert link is not None
    assert link["href"] == receipt.url
    left_out = soup.select_one(".left-out")
    assert left_out is not None
    for reason in (
        "Kontot delar inlägg på ett annat språk",
        "Publicerat innan kontot började dela inlägg",
        "Inlägget ska inte delas här",
    ):
        assert reason in left_out.get_text()
    assert "@inkop@social.example.org" in text


def test_a_delivered_announcement_shows_what_was_sent(tmp_path: Path) -> None:
    before = announcement(1, title="Rubriken som sändes")
    receipt = Receipt(id="1", url="https://social.example.org/@inkop/1")
    row = delivery(before, "mastodon", State.DELIVERED, receipt=receipt)
    soup = page(tmp_path, [announcement(1, title="Ny rubrik")], "mastodon", deliveries=[row])
    assert cards(soup, "mastodon")[0].select_one(".text").get_text().startswith("Rubriken som")


def test_own_words_are_marked_and_words_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    one = announcement(1, texts={"mastodon": "Egna ord", "bluesky": "för långt " * 40})
    soup = page(tmp_path, [one])
    mastodon, bluesky, linkedin = (cards(soup, name)[0] for name in _SHOWN)
    assert mastodon.select_one(".own").get_text() == "Egna ord"
    assert linkedin.select_one(".own") is None
    assert bluesky.select_one(".badge").get_text() == "Får inte plats"
    assert "takes 300" in bluesky.select_one(".note").get_text()


_SHOWN = ("mastodon", "bluesky", "linkedin")


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>\"'&{{ 7*7 }}"
    image = ShareImage(url=f"{SITE}/a.png", alt=evil, media_type="image/png", width=1, height=1)
    soup = page(tmp_path, [announcement(1, title=evil, summary=evil, tags=(evil,), image=image)])
    assert soup.find_all("script") == []
    assert soup.select_one("h3").get_text() == evil  # type: ignore[union-attr] # it is there
    assert soup.select_one("img")["alt"] == evil  # type: ignore[index] # it is there


def test_an_english_site_gets_an_english_page(tmp_path: Path) -> None:
    soup = page(tmp_path, [announcement(1, lang="en")], DEFAULT_LANG="en")
    assert soup.html is not None
    assert soup.html["lang"] == "en"
    assert "nothing has left this machine" in soup.get_text()
    assert "English" in soup.get_text()


def test_an_empty_site_says_so(tmp_path: Path) -> None:
    assert "inga inlägg att dela än" in page(tmp_path, []).get_text()


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    posts = [announcement(number, image=IMAGE) for number in (1, 2)]
    page(tmp_path, posts)
    first = (tmp_path / "announcements.html").read_bytes()
    page(tmp_path, posts[::-1])
    assert (tmp_path / "announcements.html").read_bytes() == first
    assert [path.name for path in tmp_path.iterdir()] == ["announcements.html"]


def test_says_where_it_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "announcements.html").mkdir()
    with pytest.raises(ProblemsFound, match="cannot be written"):
        page(tmp_path, [])
