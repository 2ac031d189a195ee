"""Lists of procurements: what stands where, in which order, and never open past its last day."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup, Tag
from hypothesis import given
from hypothesis import strategies as st

import utrop.notices.plugin
from tests.listings.small_site import NOW, PLUGINS, SITEURL, build, post, write
from tests.sites import SmallSite
from utrop import building, configuration
from utrop.listings.procurements import ON_HOME, block, list_pages
from utrop.listings.wording import deadline_in_words
from utrop.post import Post
from utrop.problem import ProblemsFound
from utrop.procurement.course import Course
from utrop.procurement.lists import ProcurementList, procurement_lists
from utrop.procurement.notice import Deadline, LotResult, Multilingual, Notice, Organisation
from utrop.procurement.phase import OPEN
from utrop.procurement.procedure import Procedure

STOCKHOLM = ZoneInfo("Europe/Stockholm")
PHASES = ("planned", "open", "questions closed", "closed", "awarded", "contracted", "cancelled")
DATABASE = {
    "database_published_at": "2026-10-01 08:00",
    "database_name": "Klarsyn",
    "database_url": "https://klarsyn.example.org/annons/1",
    "buyer_name": "Norrviks inköpscentral",
    "date": "2026-10-02 09:00",
}


def procedure(
    name: str, phase: Any, *, closes: tuple[datetime, ...] = (), **more: Any
) -> Procedure:
    values: dict[str, Any] = {
        "procedure_id": name,
        "phase": phase,
        "notice": None,
        "award": None,
        "closes": tuple(Deadline(moment=moment) for moment in closes),
        "questions": (),
        "moves": 0,
        "standstill_ends": None,
        "entries": (),
        **more,
    }
    return Procedure(**values)


def call(name: str, phase: Any = "open", *, kind: Any = "notice", **more: Any) -> Post:
    """Return a post that is alone in its thread."""
    fields = {
        key: more.pop(key) for key in ("lang", "status", "published", "course") if key in more
    }
    of_post = {"call_path": f"{name}/", **more} if kind == "notice" else more
    return post(name, kind=kind, procedure=procedure(name, phase, **of_post), **fields)


def lists(*posts: Post, lang: str = "sv") -> tuple[ProcurementList[Post], ...]:
    return procurement_lists(posts, lang, default_lang="sv", now=NOW)


def in_list(found: tuple[ProcurementList[Post], ...], path: str) -> list[str]:
    return [one.post.uid for each in found if each.path == path for one in each.listed]


@given(st.lists(st.tuples(st.sampled_from(PHASES), st.integers(-999, 999)), max_size=12))
def test_every_procurement_stands_in_one_list_once(given_: list[tuple[str, int]]) -> None:
    posts = [
        call(f"p{at:02}", phase, closes=(NOW + timedelta(hours=hours),))
        for at, (phase, hours) in enumerate(given_)
    ]
    # A second post of each procurement makes no second row.
    answers = [
        post(
            f"qa-{one.uid}", kind="qa", procedure=one.procedure, published=NOW + timedelta(hours=1)
        )
        for one in posts
    ]
    found = lists(*answers, *posts)
    assert sorted(one.post.uid for each in found for one in each.listed) == [
        one.uid for one in posts
    ]
    if not posts:
        assert found == ()
        return
    first = found[0]
    assert (first.which, first.path) == ("open", "upphandlingar/")
    assert all(each.listed for each in found if each.which != "open")
    moments = [one.closes.moment for one in first.listed if one.closes]
    assert moments == sorted(moments)
    assert all(one.procedure.phase in OPEN for one in first.listed)
    # An empty list keeps its calendar: somebody subscribes to it.
    assert [bool(each.calendar) for each in found] == [each.which == "open" for each in found]


def test_open_ones_stand_in_the_lists_of_their_divisions_and_regions() -> None:
    soon, late = (NOW + timedelta(days=days) for days in (2, 9))
    found = lists(
        call("a", closes=(late,), notice=Notice(cpv_main="90910000", nuts=("SE313",))),
        call("b", closes=(soon,), notice=Notice(cpv_main="72000000", nuts=("SE",))),
        call("c", "closed", closes=(soon,), notice=Notice(cpv_main="45000000", nuts=("SE110",))),
        call("d", notice=Notice(cpv_main="87000000", cpv_more=("9091",), nuts=("SE999", "FI1B1"))),
    )
    assert [each.path for each in found if each.division or each.region] == [
        "upphandlingar/cpv/45/",
        "upphandlingar/cpv/72/",
        "upphandlingar/cpv/90/",
        "upphandlingar/omrade/fi1b1/",
        "upphandlingar/omrade/se/",
        "upphandlingar/omrade/se110/",
        "upphandlingar/omrade/se313/",
    ]
    assert in_list(found, "upphandlingar/") == ["b", "a", "d"]
    assert in_list(found, "upphandlingar/cpv/45/") == []
    assert in_list(found, "upphandlingar/cpv/90/") == ["a"]
    # What may be performed in all of Sweden may be performed in Gävleborg, and is near it.
    assert in_list(found, "upphandlingar/omrade/se313/") == ["b", "a"]
    assert in_list(found, "upphandlingar/omrade/se/") == ["b", "a"]


def test_a_procurement_leads_to_the_post_that_tells_most() -> None:
    standing = procedure("p", "awarded", call_path="call/")
    thread = [
        post("call", kind="notice", procedure=standing, published=NOW - timedelta(days=9)),
        post("award", kind="award", procedure=standing, published=NOW - timedelta(days=2)),
        post("answer", kind="qa", procedure=standing, published=NOW - timedelta(days=1)),
    ]
    assert in_list(lists(*thread), "upphandlingar/tilldelade/") == ["award"]
    still = [
        post(one.uid, kind=one.kind, procedure=procedure("p", "open", call_path="call/"))
        for one in thread
    ]
    assert in_list(lists(*still), "upphandlingar/") == ["call"]
    # A reader of the English edition may have only the change in English.
    assert in_list(
        lists(post("change", kind="change", lang="en", procedure=standing), lang="en"),
        "en/procurements/awarded/",
    ) == ["change"]


def test_hidden_posts_other_languages_and_plain_posts_are_in_no_list() -> None:
    assert lists(call("a", status="hidden"), call("b", lang="en"), post("c", kind="opinion")) == ()
    assert lists(post("d", kind="event", procedure=procedure("d", "open"))) == ()


def test_planned_ones_come_by_the_day_their_notice_is_expected() -> None:
    found = lists(
        call("undated", "planned", kind="plan"),
        call("later", "planned", kind="plan", notice=Notice(future_notice=date(2027, 3, 1))),
        call("sooner", "planned", kind="dialogue", notice=Notice(future_notice=date(2027, 1, 8))),
    )
    assert in_list(found, "upphandlingar/planerade/") == ["sooner", "later", "undated"]
    assert in_list(found, "upphandlingar/") == []


def test_the_newest_comes_first_among_what_is_over() -> None:
    ago = [NOW - timedelta(days=days) for days in (1, 5, 9)]
    found = lists(
        call("x", "closed", closes=(ago[1],)),
        call("y", "closed", closes=(ago[0],)),
        # It was cancelled before its last day, which still lies ahead.
        call("z", "cancelled", closes=(NOW + timedelta(days=9),), published=ago[2]),
        call("old", "contracted", kind="award", published=ago[2]),
        call("new", "awarded", kind="award", published=ago[0]),
    )
    assert in_list(found, "upphandlingar/avslutade/") == ["y", "x", "z"]
    assert in_list(found, "upphandlingar/tilldelade/") == ["new", "old"]


def rows(*posts: Post, which: int = 0) -> tuple[Any, ...]:
    found = lists(*posts)
    (_, page), *_ = list_pages(found[which], found, zone=STOCKHOLM)
    return page.rows


def test_a_row_says_what_the_current_notice_says() -> None:
    buyer = Organisation(name=Multilingual((("en", "Norrvik Purchasing"), ("fi", "Norrvik"))))
    more = Organisation(name=Multilingual((("sv", "Tallsele kommun"),)))
    notice = Notice(
        buyers=(buyer, more),
        cpv_main="90910000",
        nuts=("SE313", "SE321", "SE322", "SE331"),
    )
    first, second = NOW + timedelta(days=2), NOW + timedelta(days=9)
    (row,) = rows(call("a", notice=notice, closes=(NOW - timedelta(1), first, second), moves=1))
    assert (row.buyer, row.buyer_lang, row.more_buyers) == ("Norrvik Purchasing", "en", 1)
    assert (row.places, row.more_places) == (
        ("Gävleborgs län", "Västernorrlands län", "Jämtlands län"),
        1,
    )
    assert row.area == "Städning och renhållning"
    # The lot that closed yesterday is not the one to hurry for.
    assert (row.when, row.machine) == (
        "onsdag 25\xa0november 2026 kl.\xa010.00",
        "2026-11-25T10:00+01:00",
    )
    assert (row.has_moved, row.later) == (True, 1)


def test_the_day_of_what_is_over_is_when_it_ended() -> None:
    decided = Course(award_decision_at=datetime(2026, 11, 1, 23, 30, tzinfo=UTC))
    (row,) = rows(call("a", "awarded", kind="award", course=decided), which=1)
    assert (row.day, row.machine) == ("decided", "2026-11-02")
    result = Notice(results=(LotResult(lot="LOT-0001", decided=date(2026, 10, 30)),))
    (row,) = rows(call("a", "contracted", kind="award", award=result), which=1)
    assert (row.day, row.when) == ("decided", "fredag 30\xa0oktober 2026")
    gone = Course(cancelled_at=NOW - timedelta(days=3))
    later = (NOW + timedelta(days=9),)
    (row,) = rows(call("a", "cancelled", course=gone, closes=later), which=1)
    assert (row.day, row.machine) == ("cancelled", "2026-11-20")
    (row,) = rows(call("a", "closed", closes=(NOW,)), which=1)
    assert (row.day, row.machine) == ("closed", "2026-11-23T10:00+01:00")


def test_a_long_list_has_pages_that_lose_nothing() -> None:
    posts = [call(f"p{at}", closes=(NOW + timedelta(hours=at + 1),)) for at in range(7)]
    found = lists(*posts)
    pages = list_pages(found[0], found, zone=STOCKHOLM, per_page=3)
    assert [len(page.rows) for _, page in pages] == [3, 3, 1]
    assert [one.uid for part, _ in pages for one in part] == [one.uid for one in posts]
    assert {page.total for _, page in pages} == {7}
    front = block(found, zone=STOCKHOLM)
    assert front is not None
    assert (len(front.rows), front.total) == (ON_HOME, 7)
    assert block(lists(call("a", "planned", kind="plan")), zone=STOCKHOLM) is None


# As pages say it


@given(st.integers(0, 2 * 366 * 24 * 60))
def test_the_words_name_the_local_day_and_time(minutes: int) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    local = moment.astimezone(STOCKHOLM)
    said = deadline_in_words(Deadline(moment=moment), "sv", STOCKHOLM)
    assert said.endswith(f"kl.\xa0{local.hour}.{local.minute:02}")
    assert f"{local.day}\xa0" in said
    assert str(local.year) in said
    is_night = (local.hour, local.minute, local.second) == (0, 0, 0)
    assert said.startswith("natten mellan ") == is_night


def test_midnight_names_the_night_and_a_day_without_a_time_stays_that_day() -> None:
    night = Deadline(moment=datetime(2026, 11, 30, 23, tzinfo=UTC))
    assert deadline_in_words(night, "sv", STOCKHOLM) == (
        "natten mellan måndag 30\xa0november och tisdag 1\xa0december 2026, kl.\xa00.00"
    )
    assert deadline_in_words(night, "en", STOCKHOLM) == (
        "the night between Monday 30\xa0November and Tuesday 1\xa0December 2026, 00:00\xa0(CET)"
    )
    far = ZoneInfo("Pacific/Auckland")
    day = Deadline(moment=datetime(2026, 12, 1, 23, 59, 59, tzinfo=STOCKHOLM), has_time=False)
    assert deadline_in_words(day, "en", far) == "Tuesday 1\xa0December 2026"


# As a built site


def site(folder: Path, **more: Any) -> Path:
    content = folder / "content"
    write(
        content,
        "call.md",
        title="Snöröjning",
        kind="notice",
        procedure_id="P1",
        deadline="2026-12-01 12:00",
        questions_deadline="2026-11-25 12:00",
        cpv='["90620000"]',
        nuts="[SE313]",
        **DATABASE,
    )
    write(
        content,
        "change.md",
        title="Ny sista dag",
        kind="change",
        procedure_id="P1",
        deadline="2026-12-08 12:00",
        questions_deadline="2026-11-25 12:00",
        **{**DATABASE, "date": "2026-11-10 09:00"},
    )
    write(content, "plan.md", title="Cykelbanor", kind="plan", procedure_id="P2")
    write(
        content,
        "remiss.md",
        title="Remiss om skolmat",
        kind="dialogue",
        procedure_id="P3",
        deadline="2026-12-03 16:00",
    )
    write(content, "english.md", title="Snow", lang="en", translation_of="u-call")
    write(content, "debatt.md", title="Debatt")
    output = folder / "output"
    build(content, output, PLUGINS=[*PLUGINS, utrop.notices.plugin], **more)
    return output


def page(output: Path, path: str) -> BeautifulSoup:
    return BeautifulSoup((output / path / "index.html").read_text("utf-8"), "html.parser")


def text(soup: BeautifulSoup | Tag | None) -> str:
    assert soup is not None
    return re.sub(r"\s+", " ", soup.get_text(" ", strip=True)).replace("\xa0", " ")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return site(tmp_path_factory.mktemp("lists"))


def test_the_list_answers_by_when_who_where_and_what(built: Path) -> None:
    soup = page(built, "upphandlingar")
    (row,) = soup.select(".procurement")
    assert text(row) == (
        "Sista dag tisdag 8 december 2026 kl. 12.00 Ändrad sista dag Snöröjning"
        " Köpare Norrviks inköpscentral Plats Gävleborgs län"
        " Vad som köps Rengöring, hygienisering och tillhörande tjänster i tätort och"
        " på landsbygden"
    )
    assert row.select_one("h2 a")["href"] == "/snorojning/"
    assert row.time["datetime"] == "2026-12-08T12:00+01:00"
    assert text(soup.select_one(".list-meta")).startswith("1 upphandling ")
    assert "den officiella annonsen som gäller" in text(soup.main)


def test_the_lists_lead_to_each_other_and_to_calendars_that_exist(built: Path) -> None:
    calendars = set()
    for path in ["", "upphandlingar", "upphandlingar/planerade", "upphandlingar/cpv/90",
                 "upphandlingar/omrade/se313", "en/procurements", "en/procurements/cpv/90",
                 "en/procurements/region/se313"]:  # fmt: skip
        soup = page(built, path)
        assert soup.select_one(".menu a")["href"] == (
            "/en/procurements/" if path.startswith("en") else "/upphandlingar/"
        )
        for link in soup.select("a[href^='/']"):
            target = built / str(link["href"]).lstrip("/")
            assert (target / "index.html" if str(link["href"]).endswith("/") else target).is_file()
            if target.suffix == ".ics":
                calendars.add(target.relative_to(built).as_posix())
    written = {one.relative_to(built).as_posix() for one in built.rglob("*.ics")}
    assert {one for one in written if one.startswith(("upphandlingar/", "en/proc"))} == calendars
    assert "upphandlingar/omrade/se313/kalender.ics" in calendars


def test_what_is_planned_says_its_day_or_that_none_is_set(built: Path) -> None:
    soup = page(built, "upphandlingar/planerade")
    assert [text(row.select_one(".procurement-when")) for row in soup.select(".procurement")] == [
        "Svara senast torsdag 3 december 2026 kl. 16.00",
        "Annons väntas Dagen är inte bestämd",
    ]


def test_the_home_page_shows_what_is_open(built: Path) -> None:
    block_ = page(built, "").select_one(".open-now")
    assert "Sista dag tisdag 8 december 2026 kl. 12.00" in text(block_)
    assert "Snow" in text(page(built, "en").select_one(".open-now"))


def test_head_and_sitemap_name_the_lists(built: Path) -> None:
    soup = page(built, "upphandlingar/cpv/90")
    label = "Avlopps- och avfallshantering, sanering och miljötjänster"
    assert text(soup.h1) == f"Öppna upphandlingar: {label}"
    alternates = {link["hreflang"]: link["href"] for link in soup.select("link[hreflang]")}
    assert alternates["en"] == f"{SITEURL}/en/procurements/cpv/90/"
    places = re.findall("<loc>([^<]*)", (built / "sitemap.xml").read_text())
    assert [one.removeprefix(SITEURL) for one in places if "/upphandlingar/" in one] == [
        "/upphandlingar/",
        "/upphandlingar/cpv/90/",
        "/upphandlingar/omrade/se313/",
        "/upphandlingar/planerade/",
    ]


def test_no_list_says_open_from_the_last_moment_on(tmp_path: Path) -> None:
    last = datetime(2026, 12, 8, 12, tzinfo=STOCKHOLM)
    before = site(tmp_path / "before", now=last - timedelta(seconds=1))
    assert "Frågetiden är slut" in text(page(before, "upphandlingar").main)
    after = site(tmp_path / "after", now=last)
    soup = page(after, "upphandlingar")
    assert text(soup.select_one(".empty")) == (
        "Inga öppna upphandlingar just nu. Se vad som planeras Sista dagarna som kalender"
        " Följ oss med flöde (RSS)"
    )
    assert not soup.select(".procurement")
    assert not page(after, "upphandlingar/cpv/90").select(".procurement")
    assert page(after, "").select_one(".open-now") is None
    (row,) = page(after, "upphandlingar/avslutade").select(".procurement")
    assert text(row).startswith("Var öppen till tisdag 8 december 2026 kl. 12.00")


def test_a_build_between_two_turns_is_the_same(tmp_path: Path) -> None:
    first = site(tmp_path / "first")
    later = site(tmp_path / "later", now=NOW + timedelta(hours=20))
    for file in first.rglob("*.html"):
        name = file.relative_to(first)
        assert file.read_bytes() == (later / name).read_bytes(), name


def test_a_site_without_procurements_has_no_word_of_them(tmp_path: Path) -> None:
    write(tmp_path / "content", "debatt.md", title="Debatt")
    build(tmp_path / "content", tmp_path / "output")
    assert not (tmp_path / "output/upphandlingar").exists()
    assert "pphandlingar/" not in (tmp_path / "output/index.html").read_text("utf-8")


def test_a_post_at_a_lists_address_is_named(tmp_path: Path) -> None:
    content = tmp_path / "content"
    write(content, "plan.md", kind="plan")
    write(content, "own.md", slug="upphandlingar")
    with pytest.raises(ProblemsFound, match="upphandlingar") as caught:
        build(content, tmp_path / "output")
    assert "own.md" in str(caught.value)


# What the lists declare is what they are made of


def _change(old: str, new: str, name: str = "call000000001") -> Callable[[SmallSite], None]:
    def edit(site_: SmallSite) -> None:
        path = site_.root / f"content/posts/{name}.md"
        text_ = path.read_text("utf-8")
        assert old in text_
        path.write_text(text_.replace(old, new), "utf-8")

    return edit


EDITS = {
    "deadline": _change("2026-12-01 12:00", "2026-12-11 12:00"),
    "buyer": _change("Norrviks inköpscentral", "Tallsele kommun"),
    "area": _change("90620000", "72000000"),
    "region": _change("SE313", "SE110"),
    "title": _change("Snöröjning", "Vägsalt"),
    "cancelled": _change("kind: notice", "kind: notice\ncancelled_at: 2026-11-20 09:00"),
    "hidden": _change("kind: notice", "kind: notice\nstatus: hidden"),
    "dialogue": _change(
        "kind: plan", "kind: dialogue\ndeadline: 2026-12-03 09:00", "plan000000001"
    ),
    "body": _change("Text.", "Annan text."),
    "the clock": lambda _: None,
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_equal_inputs_give_equal_lists(make_site: Callable[..., SmallSite], name: str) -> None:
    made = make_site()
    made.post(
        "call000000001",
        "Snöröjning",
        kind="notice",
        deadline="2026-12-01 12:00",
        cpv='["90620000"]',
        nuts="[SE313]",
        **DATABASE,
    )
    made.post(
        "call000000002",
        "Växter",
        kind="notice",
        deadline="2026-12-05 12:00",
        cpv='["03000000"]',
        nuts="[SE313]",
        **DATABASE,
    )
    made.post("plan000000001", "Cykelbanor", kind="plan")

    def result(now: datetime) -> tuple[dict[str, bytes], dict[str, str]]:
        loaded = configuration.load(made.root, {}, production=True)
        done = building.build(loaded, now=now)
        files = {
            one.relative_to(done.output).as_posix(): one.read_bytes()
            for one in done.output.rglob("*.html")
        }
        return files, {at: one.fingerprint(loaded.settings) for at, one in done.inputs.items()}

    files, prints = result(NOW)
    EDITS[name](made)
    later = NOW + timedelta(days=9) if name == "the clock" else NOW
    new_files, new_prints = result(later)
    assert set(new_files) <= set(new_prints)
    assert files != new_files
    both = files.keys() & new_files.keys()
    assert not {at for at in both if prints[at] == new_prints[at] and files[at] != new_files[at]}
    if name == "body":
        # A list shows no text of a post, and is not made again for it.
        assert prints["upphandlingar/index.html"] == new_prints["upphandlingar/index.html"]


def test_every_page_declares_that_it_leads_to_the_lists(
    make_site: Callable[..., SmallSite],
) -> None:
    made = make_site()
    made.post("debatt0000001", "Debatt")

    def result() -> tuple[bytes, str]:
        loaded = configuration.load(made.root, {}, production=True)
        done = building.build(loaded, now=NOW)
        return (done.output / "404.html").read_bytes(), done.inputs["404.html"].fingerprint(
            loaded.settings
        )

    before = result()
    made.post("plan000000001", "Cykelbanor", kind="plan")
    with_lists = result()
    assert b"/upphandlingar/" in with_lists[0]
    assert before[1] != with_lists[1]
    conf = made.root / "pelicanconf.py"
    account = {"network": "X", "name": "@n", "url": "https://x.example.org/n"}
    conf.write_text(conf.read_text("utf-8") + f"ACCOUNTS = [{account!r}]\n", "utf-8")
    with_accounts = result()
    assert b"/vara-konton/" in with_accounts[0]
    assert with_lists[1] != with_accounts[1]
