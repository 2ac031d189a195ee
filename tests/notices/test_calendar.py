"""Calendars as programs read them: parsed back by icalendar, their lines looked at themselves."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event
from procurements import NOW, SITE, SITEURL, STOCKHOLM, at, entry, lot, notice, post, procedure

from utrop.notices.calendar import CalendarFile, calendars
from utrop.notices.calendar_events import CalendarSite
from utrop.post import DeadlineSeen, Post
from utrop.procurement.course import Course
from utrop.procurement.notice import Deadline

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "calendar"
LOTS = (
    lot(1),
    lot(2, tenders=Deadline(moment=at(2027, 1, 11, 12))),
    lot(3, tenders=Deadline(moment=at(2027, 1, 11, 12))),
)
MEETING = post(
    "traff0000001",
    kind="event",
    slug="traff",
    title="Leverantörsträff; fika, och frågor",
    starts=at(2026, 12, 1, 9),
    ends=at(2026, 12, 1, 11, 30),
    place="Rådhuset, sal 2",
    registration_url="https://anmalan.example.org/1",
    procedure=None,
)


def made(*posts: Post, site: CalendarSite = SITE) -> dict[str, CalendarFile]:
    return {file.path: file for file in calendars(posts, site, now=NOW)}


def events(file: CalendarFile) -> list[Event]:
    calendar = Calendar.from_ical(file.data)
    assert isinstance(calendar, Calendar)
    assert not any(part.errors for part in calendar.walk())
    return calendar.events


def own(told: Post, site: CalendarSite = SITE) -> list[Event]:
    return events(made(told, site=site)[f"{told.path}kalender.ics"])


def tenders(told: Post, site: CalendarSite = SITE) -> Event:
    return own(told, site)[-1]


def lint(data: bytes) -> None:
    """What RFC 5545 says of lines, seen without a parser."""
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert data.count(b"\r") == data.count(b"\n") == data.count(b"\r\n")
    for line in data.removesuffix(b"\r\n").split(b"\r\n"):
        assert len(line) <= 75
    unfolded = data.replace(b"\r\n ", b"").decode("utf-8")
    stack: list[str] = []
    for line in unfolded.removesuffix("\r\n").split("\r\n"):
        name, _, value = line.partition(":")
        assert re.fullmatch(r'[A-Z-]+(;[A-Z-]+=("[^"]*"|[^";:,]*))*', name), line
        if name == "BEGIN":
            stack.append(value)
        elif name == "END":
            assert stack.pop() == value
        elif name.partition(";")[0] in ("SUMMARY", "DESCRIPTION", "NAME", "LOCATION"):
            assert not re.search(r"(?<!\\)(?:\\\\)*[,;]", value), line
    assert not stack


def test_the_lists_with_open_procurements_have_a_calendar_each() -> None:
    files = made(post(), MEETING)

    assert set(files) == {
        "stadning/kalender.ics",
        "traff/kalender.ics",
        "upphandlingar/kalender.ics",
        "upphandlingar/cpv/90/kalender.ics",
        "upphandlingar/omrade/se313/kalender.ics",
        "handelser.ics",
    }
    for file in files.values():
        lint(file.data)


def test_the_same_deadline_is_the_same_event_in_every_calendar() -> None:
    files = made(post())

    uids = {tuple(str(one["UID"]) for one in events(file)) for file in files.values()}
    assert len(uids) == 1


def test_a_closed_procurement_keeps_its_own_calendar_and_leaves_the_lists() -> None:
    now_open, closed = post(), post(procedure=procedure(phase="closed"))

    files = made(closed)

    assert set(files) == set(made(now_open))
    assert [
        len(events(file)) for path, file in files.items() if path != "stadning/kalender.ics"
    ] == [0] * (len(files) - 1)
    assert files["stadning/kalender.ics"].data == made(now_open)["stadning/kalender.ics"].data
    text = files["stadning/kalender.ics"].data.decode().casefold()
    assert "öppen" not in text
    assert "öppna" not in text


def test_what_an_event_says() -> None:
    questions, last = own(post())

    assert str(last["SUMMARY"]) == "Sista dag för anbud: Städning av skolor; 2027, och framåt"
    assert str(questions["SUMMARY"]).startswith("Sista dag för frågor: ")
    assert last.decoded("DTSTART") == at(2026, 12, 15, 23, 59)
    assert "DTEND" not in last
    assert not last.alarms.times
    assert str(last["STATUS"]) == "CONFIRMED"
    assert str(last["TRANSP"]) == "TRANSPARENT"
    assert str(last["URL"]) == f"{SITEURL}/stadning/"
    assert [str(one) for one in last["CATEGORIES"].cats] == [
        "CPV 90910000 Städning och renhållning",
        "Avlopps- och avfallshantering, sanering och miljötjänster",
    ]
    assert str(last["DESCRIPTION"]).splitlines() == [
        "Sista dag för anbud: tisdag den 15 december 2026 kl. 23.59 (CET)",
        "Köpare: Exempelköpings kommun",
        "Upphandlingsdokument: https://upphandling.example.org/1/dokument",
        "Anbud lämnas här: https://upphandling.example.org/1/anbud",
        f"Mer på sidan: {SITEURL}/stadning/",
        "Den officiella annonsen gäller: https://ted.europa.eu/en/notice/-/detail/701999-2026",
    ]


def test_an_english_page_has_an_english_calendar() -> None:
    told = post(lang="en", slug="en/cleaning", title="Cleaning")

    last = events(made(told)["en/cleaning/calendar.ics"])[-1]

    assert str(last["SUMMARY"]) == "Last day for tenders: Cleaning"
    assert "Tuesday 15 December 2026, 23:59 (CET)" in str(last["DESCRIPTION"])
    assert "The official notice prevails: https://ted" in str(last["DESCRIPTION"])


def test_lots_that_differ_have_an_event_each_with_their_names() -> None:
    told = notice(*LOTS)

    first, second = own(post(notice=told, procedure=procedure(told)))[1:]

    assert "(del 1)" in str(first["SUMMARY"])
    assert "(del 2 och 3)" in str(second["SUMMARY"])
    assert "Del 3: Städning, del 3" in str(second["DESCRIPTION"])
    assert first["UID"] != second["UID"]


def test_a_group_of_lots_that_moves_stays_the_same_event() -> None:
    told = notice(*LOTS)
    moved = notice(
        LOTS[0], *(replace(one, tenders=Deadline(moment=at(2027, 2, 1, 12))) for one in LOTS[1:])
    )

    before = own(post(notice=told, procedure=procedure(told)))
    after = own(post(notice=moved, procedure=procedure(moved, moves=1)))

    assert [one["UID"] for one in before] == [one["UID"] for one in after]
    assert before[-1]["DTSTART"] != after[-1]["DTSTART"]


def test_a_moved_deadline_is_the_same_event_with_a_higher_sequence() -> None:
    since = datetime(2026, 11, 19, 8, tzinfo=UTC)
    moved = notice(lot(tenders=Deadline(moment=at(2027, 1, 8, 23, 59))))
    seen = (
        DeadlineSeen(moment=at(2026, 12, 15, 23, 59), since=at(2026, 11, 3)),
        DeadlineSeen(moment=at(2027, 1, 8, 23, 59), since=since),
    )

    before = tenders(post())
    after = tenders(post(notice=moved, procedure=procedure(moved, moves=1), deadlines_seen=seen))

    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert before["UID"] == after["UID"]
    assert after.decoded("DTSTART") == at(2027, 1, 8, 23, 59)
    assert after.decoded("LAST-MODIFIED") == after.decoded("DTSTAMP") == since


def test_the_newest_post_of_the_thread_is_when_it_changed() -> None:
    change = post("andring00001", kind="change", slug="andring", published=at(2026, 11, 18, 10))
    told = post(procedure=procedure(entries=(entry(change),)))

    assert tenders(told).decoded("DTSTAMP") == change.published


def test_uids_are_not_made_from_addresses() -> None:
    elsewhere = replace(SITE, url="https://ny.example.org")
    moved = post(slug="annan-adress")

    assert tenders(post())["UID"] == tenders(moved, elsewhere)["UID"]
    assert tenders(post())["UID"] != tenders(post(), replace(SITE, authority="a.example"))["UID"]


def test_a_cancelled_procurement_cancels_its_events() -> None:
    last = tenders(post(procedure=procedure(phase="cancelled", moves=2)))

    assert str(last["STATUS"]) == "CANCELLED"
    assert last["SEQUENCE"] == 3
    assert str(last["SUMMARY"]).startswith("Avbruten: Sista dag för anbud")
    assert str(last["DESCRIPTION"]).startswith("Upphandlingen är avbruten.")


def test_midnight_names_the_day_before() -> None:
    told = notice(lot(tenders=Deadline(moment=at(2027, 1, 12))))

    last = tenders(post(notice=told, procedure=procedure(told)))

    assert last.decoded("DTSTART") == at(2027, 1, 12)
    assert (
        "tisdag den 12 januari 2027 kl. 00.00 (CET), alltså natten efter"
        " måndag den 11 januari 2027" in str(last["DESCRIPTION"])
    )


def test_a_day_without_a_time_is_a_whole_day() -> None:
    deadline = Deadline(moment=at(2026, 12, 15, 23, 59, 59), has_time=False)
    told = notice(lot(tenders=deadline, questions=None))

    file = made(post(notice=told, procedure=procedure(told)))["stadning/kalender.ics"]

    assert b"DTSTART;VALUE=DATE:20261215\r\n" in file.data
    assert b"VTIMEZONE" not in file.data
    assert "kl." not in str(events(file)[0]["DESCRIPTION"])


def test_requests_to_participate_are_called_so() -> None:
    told = notice(lot(participation=Deadline(moment=at(2026, 12, 10, 12))))

    last = tenders(post(notice=told, procedure=procedure(told)))

    assert str(last["SUMMARY"]).startswith("Sista dag för anbudsansökan: ")
    assert last.decoded("DTSTART") == at(2026, 12, 10, 12)


def test_an_event() -> None:
    (event,) = own(MEETING)

    assert str(event["SUMMARY"]) == MEETING.title
    assert event.decoded("DTSTART") == MEETING.starts
    assert event.decoded("DTEND") == MEETING.ends
    assert str(event["LOCATION"]) == "Rådhuset, sal 2"
    assert "Anmälan: https://anmalan.example.org/1" in str(event["DESCRIPTION"])
    assert event["SEQUENCE"] == 0


def test_a_changed_or_cancelled_event_says_so() -> None:
    changed = replace(MEETING, modified=MEETING.published + timedelta(hours=2))
    off = replace(changed, course=Course(cancelled_at=at(2026, 11, 19)))

    assert own(changed)[0]["SEQUENCE"] == 120
    assert own(off)[0]["SEQUENCE"] == 121
    assert str(own(off)[0]["STATUS"]) == "CANCELLED"
    assert own(off)[0]["UID"] == own(MEETING)[0]["UID"]


def test_hidden_posts_have_their_own_calendar_alone() -> None:
    hidden = [replace(post(), status="hidden"), replace(MEETING, status="hidden")]

    assert set(made(*hidden)) == {"stadning/kalender.ics", "traff/kalender.ics"}


def test_other_kinds_of_post_have_no_calendar() -> None:
    assert (
        not made(
            post(kind="opinion", procedure=None), replace(MEETING, starts=None), post(kind="qa")
        ).keys()
        - {"upphandlingar/kalender.ics"}
        - {path for path in made(post()) if path.startswith("upphandlingar/")}
    )


HARD = st.text(
    st.one_of(
        st.sampled_from(",;:\\\n\r\t\"'åäö🙂👩‍👩‍👧\u2028\x85\x00\x1f"),
        st.characters(exclude_categories=["Cs"]),
    ),
    min_size=1,
    max_size=120,
).filter(lambda text: bool(text.strip()))


@given(title=HARD, summary=HARD, place=HARD)
def test_any_text_comes_back_and_lines_stay_short(title: str, summary: str, place: str) -> None:
    told = replace(MEETING, title=title, summary=summary, place=place)

    file = made(told)["traff/kalender.ics"]

    lint(file.data)
    (event,) = events(file)
    if title.isprintable():
        assert str(event["SUMMARY"]) == " ".join(title.split())
    if summary.isprintable() and place.isprintable():
        text = str(event["DESCRIPTION"]).splitlines()
        assert text[0] == summary.strip()
        assert str(event["LOCATION"]) == place.strip()


@given(
    wall=st.datetimes(datetime(2022, 1, 1), datetime(2036, 12, 31)),  # noqa: DTZ001 - offset below
    offset=st.integers(-12 * 4, 14 * 4),
    zone=st.sampled_from(
        ["Europe/Stockholm", "UTC", "Europe/Lisbon", "Asia/Tokyo", "America/New_York"]
    ),
)
def test_every_moment_comes_back_in_every_zone(wall: datetime, offset: int, zone: str) -> None:
    moment = wall.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=15 * offset)))
    told = notice(lot(tenders=Deadline(moment=moment), questions=None))
    site = replace(SITE, zone=ZoneInfo(zone))

    file = made(post(notice=told, procedure=procedure(told)), site=site)["stadning/kalender.ics"]

    read = events(file)[0].decoded("DTSTART")
    lint(file.data)
    assert read.astimezone(UTC) == moment.astimezone(UTC)


@pytest.mark.parametrize("fold", [0, 1])
def test_the_hour_that_comes_twice_is_the_right_one(fold: int) -> None:
    moment = datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=STOCKHOLM)
    told = notice(lot(tenders=Deadline(moment=moment), questions=None))

    read = tenders(post(notice=told, procedure=procedure(told))).decoded("DTSTART")

    assert read.astimezone(UTC).hour == fold
    assert read.astimezone(UTC) == moment.astimezone(UTC)


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 12, 15)])
def test_the_written_rules_give_the_offsets_of_the_zone(day: date) -> None:
    """The VTIMEZONE is read by itself, as a program does that does not know the zone's name."""
    told = notice(
        lot(
            tenders=Deadline(moment=datetime(day.year, day.month, day.day, 3, 30, tzinfo=STOCKHOLM))
        )
    )
    data = made(post(notice=told, procedure=procedure(told)))["stadning/kalender.ics"].data
    calendar = Calendar.from_ical(data)
    assert isinstance(calendar, Calendar)
    zone = calendar.timezones[0].to_tz(lookup_tzid=False)

    for hours in range(-24 * 40, 24 * 40):
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hours)
        assert moment.astimezone(zone).utcoffset() == moment.astimezone(STOCKHOLM).utcoffset()


@pytest.mark.parametrize("path", ["stadning/kalender.ics", "upphandlingar/kalender.ics"])
def test_calendar_equals_its_golden_file(path: str) -> None:
    told = notice(*LOTS)
    second = post(
        "gator0000001",
        slug="gator",
        procedure=procedure(procedure_id="annat/1", moves=1),
        title="Gator",
    )
    posts = (post(notice=told, procedure=procedure(told)), second, MEETING)
    data = made(*posts)[path].data
    golden = GOLDEN / path.replace("/", ".")
    if os.environ.get("UPDATE_GOLDEN") == "1":
        golden.write_bytes(data)
    assert data.decode() == golden.read_bytes().decode()


PRINT = """
import hashlib
from procurements import NOW, SITE, post
from utrop.notices.calendar import calendars
print([hashlib.sha256(one.data).hexdigest() for one in calendars([post()], SITE, now=NOW)])
"""


@pytest.mark.parametrize(("zone", "seed"), [("UTC", "0"), ("Pacific/Auckland", "1")])
def test_bytes_are_the_same_everywhere(zone: str, seed: str) -> None:
    environ = {**os.environ, "TZ": zone, "LC_ALL": "C", "PYTHONHASHSEED": seed}
    environ["PYTHONPATH"] = str(Path(__file__).parent)
    printed = subprocess.run(
        [sys.executable, "-c", PRINT], env=environ, capture_output=True, text=True, check=True
    ).stdout.strip()
    assert printed == str(
        [hashlib.sha256(one.data).hexdigest() for one in calendars([post()], SITE, now=NOW)]
    )
