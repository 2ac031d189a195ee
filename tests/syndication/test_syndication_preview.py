from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from tests.syndication.announcing import START, announcement
from utrop.problem import ProblemsFound
from utrop.syndication import networks, preview_page
from utrop.syndication.announcement import Again, Announcement, ShareImage
from utrop.syndication.composer import compose
from utrop.syndication.delivery import Delivery, Receipt, State
from utrop.syndication.manifest import Manifest
from utrop.syndication.networks.preview.page import EXAMPLE
from utrop.syndication.networks.preview.words import words

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

TOKENS = {"LINKEDIN_TOKEN": "t", "FACEBOOK_TOKEN": "t"}
"""With these no network is announced by hand."""


def page(
    tmp_path: Path,
    announcements: list[Announcement],
    *names: str,
    deliveries: list[Delivery] | None = None,
    environ: dict[str, str] | None = None,
    now: datetime | None = None,
    **changes: Any,
) -> BeautifulSoup:
    path = preview_page.write_page(
        tmp_path / "announcements.html",
        Manifest(site=SITE, announcements=tuple(announcements)),
        networks=names or ("preview",),
        settings=SETTINGS | changes,
        deliveries=deliveries or [],
        environ={**TOKENS, "X_CONSUMER_KEY": "k"} if environ is None else environ,
        now=now,
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


def by_day(card: Any) -> Any:
    return card.select_one(".stage.day")


def test_shows_every_network_where_none_is_configured(tmp_path: Path) -> None:
    soup = page(tmp_path, [announcement(1, demo=True, tags=("LOU",), image=IMAGE)])
    local = {name for name in networks.names() if networks.is_local(name)}
    assert [title.get_text() for title in soup.select("h4")] == [
        networks.title(name) for name in EXAMPLE
    ]
    assert set(EXAMPLE) == set(networks.names()) - local
    assert "inget har lämnat datorn" in soup.get_text()
    (bluesky,) = cards(soup, "bluesky")
    bluesky = by_day(bluesky)
    assert bluesky.select_one(".text .link").get_text() == f"{SITE}/inlagg-1/"
    assert bluesky.select_one(".text .hashtag").get_text() == "#LOU"
    assert bluesky.select_one(".card-host").get_text() == "blogg.inkop.example.org"
    assert bluesky.select_one(".card-title").get_text() == "Inlägg 1"
    footer = cards(soup, "bluesky")[0].footer.get_text()
    assert re.search(r"\d+/300 tecken", footer)
    assert re.search(r"\d+/3\s000 byte", footer)
    assert "svenska" in footer
    assert "exactly-once" in footer


def test_images_open_from_the_release_beside_it_with_their_alt_text(tmp_path: Path) -> None:
    soup = page(tmp_path, [announcement(1, image=IMAGE)])
    image = soup.select_one("img")
    assert image is not None
    assert (image["src"], image["alt"]) == ("current/images/tid%20linje.png", "En tidslinje")
    assert "En tidslinje" in soup.select_one(".alt").get_text()  # type: ignore[union-attr] # it is there
    link = soup.select_one(".page-link a")
    assert link is not None
    assert link["href"] == "current/inlagg-1/index.html"


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
    assert [card.select_one(".badge").get_text() for card in cards(soup, "mastodon")] == [
        "Väntar",
        "Delat",
    ]
    assert "the page answers 404" in soup.get_text()
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
    assert "@inkop@social.example.org" in soup.get_text()


def test_a_delivered_announcement_shows_what_was_sent(tmp_path: Path) -> None:
    before = announcement(1, title="Rubriken som sändes")
    receipt = Receipt(id="1", url="https://social.example.org/@inkop/1")
    row = delivery(before, "mastodon", State.DELIVERED, receipt=receipt)
    soup = page(tmp_path, [announcement(1, title="Ny rubrik")], "mastodon", deliveries=[row])
    assert cards(soup, "mastodon")[0].select_one(".is-title").get_text() == "Rubriken som sändes"


def test_own_words_are_marked_and_words_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    one = announcement(1, texts={"mastodon": "Egna ord", "bluesky": "för långt " * 40})
    soup = page(tmp_path, [one])
    mastodon, bluesky, linkedin = (
        cards(soup, name)[0] for name in ("mastodon", "bluesky", "linkedin")
    )
    assert mastodon.select_one(".own").get_text() == "Egna ord"
    assert linkedin.select_one(".own") is None
    assert bluesky.select_one(".badge").get_text() == "Får inte plats"
    assert "takes 300" in bluesky.select_one(".note").get_text()


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


def test_a_page_that_would_be_the_same_is_not_made_again(tmp_path: Path) -> None:
    posts = [announcement(number) for number in (1, 2)]
    page(tmp_path, posts)
    written = tmp_path / "announcements.html"
    before = written.stat().st_ino
    page(tmp_path, posts)
    assert written.stat().st_ino == before
    page(tmp_path, [announcement(1, title="Ny rubrik"), posts[1]])
    assert written.stat().st_ino != before
    assert "Ny rubrik" in written.read_text("utf-8")
    written.write_text("annat", "utf-8")
    page(tmp_path, posts)
    assert "annat" not in written.read_text("utf-8")


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


ALL: dict[str, Any] = {f"{name.upper()}_SINCE": "2026-11-23T00:00:00+00:00" for name in EXAMPLE}
SMALL = ShareImage(url=f"{SITE}/a.png", alt=" ", media_type="image/png", width=300, height=200)


def said(soup: BeautifulSoup, network: str) -> list[str]:
    return [one.get_text() for one in cards(soup, network)[0].select(".remarks li")]


@pytest.mark.parametrize(
    ("changes", "network", "remark"),
    [
        ({"image": None}, "mastodon", "Ingen bild"),
        ({"image": SMALL}, "mastodon", "Bilden saknar alternativtext"),
        ({"image": SMALL}, "mastodon", "Bilden är 300 × 200 bildpunkter"),
        ({"summary": "Värdet är 12 500 000 kr i år. " * 12}, "bluesky", "Ingressen är avkortad"),
        ({"title": "Lång rubrik om mycket " * 20}, "bluesky", "Rubriken är avkortad"),
        (
            {"summary": "En mening på en rad. " * 13, "tags": ("skola", "förskola", "matavfall")},
            "bluesky",
            "Hashtaggar som inte fick plats: #Förskola #Matavfall",
        ),
        ({"texts": {"bluesky": "o" * 250}}, "bluesky", "Nära gränsen: 2"),
    ],
)
def test_tells_what_to_look_at(
    tmp_path: Path, changes: dict[str, Any], network: str, remark: str
) -> None:
    soup = page(tmp_path, [announcement(1, **{"image": IMAGE} | changes)])
    assert any(one.startswith(remark) for one in said(soup, network)), said(soup, network)


def test_a_post_with_everything_in_order_has_no_remarks(tmp_path: Path) -> None:
    soup = page(tmp_path, [announcement(1, image=IMAGE, tags=("skola",))])
    assert soup.select(".remarks") == []


def test_costs_are_summed_where_something_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        networks.load("mastodon"), "price", lambda message: Decimal("0.20"), raising=False
    )
    posts = [announcement(1), announcement(2), announcement(3)]
    row = delivery(posts[2], "mastodon", State.DELIVERED)
    soup = page(tmp_path, posts, "mastodon", "bluesky", deliveries=[row])
    assert "≈ 0,40 USD" in soup.select(".sums li")[-1].get_text()
    assert [one.get_text() for one in soup.select(".card .cost")] == ["≈ 0,20 USD"] * 2


def test_what_needs_a_person_is_counted_and_comes_with_what_to_do(tmp_path: Path) -> None:
    posts = [announcement(number) for number in (1, 2, 3, 4)]
    rows = [
        delivery(posts[0], "mastodon", State.UNCERTAIN, note="the answer was lost"),
        delivery(posts[0], "telegram", State.UNCERTAIN),
        delivery(posts[1], "telegram", State.FAILED, note="Telegram answered 400"),
        delivery(
            posts[2],
            "mastodon",
            State.PENDING,
            message=None,
            retry_at=START + timedelta(hours=3),
        ),
        delivery(posts[3], "telegram", State.SENDING),
    ]
    soup = page(
        tmp_path, posts, "mastodon", "telegram", deliveries=rows, TIMEZONE="Europe/Stockholm", **ALL
    )
    assert "3 behöver ses över" in re.sub(r"\s+", " ", soup.select_one(".sums").get_text())  # type: ignore[union-attr] # it is there
    steps = {
        (card["class"][1], card["class"][2]): card.select_one(".next").get_text()
        for card in soup.select(".card")
    }
    assert "letar efter inlägget" in steps["mastodon", "is-uncertain"]
    assert "kan inte läsas av" in steps["telegram", "is-uncertain"]
    assert "Rätta felet" in steps["telegram", "is-failed"]
    assert "tar reda på vilket" in steps["telegram", "is-sending"]
    assert "23 november 2026 13:00" in soup.get_text()


def test_networks_by_hand_have_their_words_their_composer_and_what_to_run(tmp_path: Path) -> None:
    one = announcement(1, summary="<b>Tecken & annat</b>")
    soup = page(tmp_path, [one], "linkedin", "mastodon", environ={}, **ALL)
    (card,) = cards(soup, "linkedin")
    message = compose(one, "linkedin", networks.limits("linkedin"), created_at=START)
    assert card.textarea.get_text() == message.text
    assert card.select_one(".after code").get_text() == "utrop posted 000000000001 linkedin ADRESS"
    link = networks.composer_link("linkedin", message)
    assert [a["href"] for a in card.select("a.go")] == ([link] if link else [])
    assert card.select_one(".badge").get_text() == "För hand"
    assert soup.select_one(".by-hand-link a")["href"] == "by-hand.html"  # type: ignore[index] # it is there
    assert cards(soup, "mastodon")[0].textarea is None


def test_an_address_that_a_server_gave_is_a_link_only_where_it_is_one(tmp_path: Path) -> None:
    one = announcement(1)
    row = delivery(
        one, "mastodon", State.DELIVERED, receipt=Receipt(id="1", url="javascript:alert(1)")
    )
    assert "javascript:" not in str(page(tmp_path, [one], "mastodon", deliveries=[row]))


def test_reminders_are_posts_of_their_own_once_they_are_due(tmp_path: Path) -> None:
    again = Again(name="7 days before deadline", at=START + timedelta(days=2))
    one = announcement(1, again=(again,))
    before = page(tmp_path, [one], "mastodon", now=START + timedelta(days=1))
    assert "Påminnelser som kommer: 25 november 2026 09:00" in before.get_text()
    after = page(tmp_path, [one], "mastodon", now=START + timedelta(days=2, hours=1))
    assert [title.get_text() for title in after.select("h3")] == [
        "Påminnelse: Inlägg 1",
        "Inlägg 1",
    ]


def test_what_was_taken_back_is_told_and_nobody_waits_for_it(tmp_path: Path) -> None:
    gone, kept = announcement(1, title="Det återtagna"), announcement(2)
    rows = [
        delivery(gone, "mastodon", State.WITHDRAWN, note="its post was withdrawn"),
        delivery(kept, "mastodon", State.WITHDRAWN),
    ]
    soup = page(tmp_path, [kept], "mastodon", deliveries=rows)
    assert "Det återtagna" in soup.select("details.left-out")[-1].get_text()
    assert "Inget väntar på att delas" in soup.get_text()


def test_by_day_and_by_night_say_the_same(tmp_path: Path) -> None:
    soup = page(tmp_path, [announcement(1, image=IMAGE, tags=("skola",))])
    for card in soup.select(".card"):
        day, night = card.select_one(".stage.day"), card.select_one(".stage.night")
        assert day is not None
        assert night is not None
        assert day.get_text() == night.get_text()
    style = soup.style.get_text()  # type: ignore[union-attr] # it is there
    for name in EXAMPLE:
        assert f".{name}.night" in style, name
    assert len(soup.select("input[type=radio][name=scheme]")) == 4


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_every_network_and_state_has_its_words(tmp_path: Path, lang: str) -> None:
    one = announcement(1, lang=lang, image=IMAGE)
    states = [state for state in State if state is not State.SKIPPED]
    for state in states:
        rows = [delivery(one, name, state) for name in EXAMPLE]
        changes = ALL | {"DEFAULT_LANG": lang}
        soup = page(tmp_path, [one], *EXAMPLE, deliveries=rows, **changes)
        assert len(soup.select(".badge")) == len(EXAMPLE)
        assert all(one.get_text() for one in soup.select(".badge, .promises dd"))
    assert words("sv").keys() == words("en").keys()


def test_the_page_of_a_large_site_stays_small(tmp_path: Path) -> None:
    posts = [announcement(number) for number in range(1, 1001)]
    rows = [delivery(one, name, State.DELIVERED) for one in posts[:800] for name in EXAMPLE]
    soup = page(tmp_path, posts, *EXAMPLE, deliveries=rows, **ALL)
    assert (tmp_path / "announcements.html").stat().st_size < 3_000_000
    assert "150 till" in soup.get_text()
    assert "785 tidigare" in soup.get_text()
    assert [td.get_text() for td in soup.select("tbody tr:first-child .number")][:2] == [
        "200",
        "800",
    ]
