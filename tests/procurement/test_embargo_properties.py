"""Whatever is stated, in whatever offset, across every change of clocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from utrop.procurement.course import Course
from utrop.procurement.embargo import (
    Embargo,
    embargo_of,
    last_to_lift,
    silence_ends,
    ted_issue,
    thread_embargo,
)  # fmt: skip
from utrop.procurement.kinds import KINDS, Kind
from utrop.procurement.notice import Notice, Regime

FIRST, LAST = datetime(2017, 1, 1), datetime(2035, 12, 31)  # noqa: DTZ001 - bounds of a strategy
ZONES = st.one_of(
    st.just(UTC),
    st.sampled_from(
        [ZoneInfo(name) for name in ("Europe/Stockholm", "Europe/Luxembourg", "America/New_York")]
    ),
    st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
MOMENTS = st.datetimes(FIRST, LAST, timezones=ZONES, allow_imaginary=False)
MAYBE = st.none() | MOMENTS
DAYS = st.none() | st.dates(date(2017, 1, 1), date(2035, 12, 31))
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
COURSES = st.builds(
    Course,
    ted_published_at=MAYBE,
    receipt_confirmed_at=MAYBE,
    no_word_from_ted_by=st.sampled_from(["", "Eva Ek"]),
    database_published_at=MAYBE,
    published_in_system_at=MAYBE,
    award_notified_at=MAYBE,
)
NOTICES = st.builds(
    Notice,
    source=st.sampled_from(["eforms", "front matter"]),
    ted_published=DAYS,
    requested_publication=DAYS,
    ted_number=st.sampled_from(["", "1-2026"]),
    database_url=st.sampled_from(["", "https://annonser.example.org/1"]),
)
ANY_KIND: st.SearchStrategy[Kind] = st.sampled_from(("", *KINDS))
ANY_REGIME: st.SearchStrategy[Regime | None] = st.sampled_from(("eu", "national", "direct", None))
EMBARGOES = st.just(Embargo()) | st.builds(
    Embargo, rule=st.sampled_from(["ted", "database"]), not_before=MAYBE
)


@given(NOTICES, COURSES)
def test_never_lifted_before_both_ways_are_shut(notice: Notice, course: Course) -> None:
    held = embargo_of(kind="notice", regime="eu", notice=notice, course=course)
    ted = course.ted_published_at
    if ted is None and notice.ted_published is not None:
        ted = ted_issue(notice.ted_published)
    ways = [ted.timestamp()] if ted is not None else []
    if course.receipt_confirmed_at is not None and course.no_word_from_ted_by:
        silent = course.receipt_confirmed_at.timestamp() + 48 * 3600
        if notice.requested_publication is not None:
            silent = max(silent, ted_issue(notice.requested_publication).timestamp())
        ways.append(silent)
    if not ways:
        assert held.not_before is None
        assert held.waits_for
        return
    assert held.not_before is not None
    assert held.not_before.timestamp() == min(ways)
    assert not held.waits_for
    assert held.holds(held.not_before - timedelta(microseconds=1))
    assert not held.holds(held.not_before)


@given(NOTICES, COURSES, MOMENTS)
def test_a_fact_more_never_holds_a_notice_for_ted_longer(
    notice: Notice, course: Course, moment: datetime
) -> None:
    def lifts(notice: Notice, course: Course) -> float:
        held = embargo_of(kind="notice", regime="eu", notice=notice, course=course)
        return float("inf") if held.not_before is None else held.not_before.timestamp()

    before = lifts(notice, course)
    if course.receipt_confirmed_at is None:
        assert lifts(notice, replace(course, receipt_confirmed_at=moment)) <= before
    assert lifts(notice, replace(course, no_word_from_ted_by="Eva Ek")) <= before
    # What the writer says of TED replaces the notice's date, so only where that says nothing.
    if course.ted_published_at is None and notice.ted_published is None:
        assert lifts(notice, replace(course, ted_published_at=moment)) <= before
        assert lifts(replace(notice, ted_published=moment.date()), course) <= before
    # To ask for a later day is the one fact that can hold it longer, and never past that day.
    asked = lifts(replace(notice, requested_publication=moment.date()), course)
    assert asked <= max(lifts(replace(notice, requested_publication=None), course),
                        ted_issue(moment.date()).timestamp())  # fmt: skip


@given(ANY_KIND, ANY_REGIME, st.none() | NOTICES, COURSES, OFFSETS, MOMENTS)
def test_the_same_instants_in_another_offset_give_the_same(
    kind: Kind,
    regime: Regime | None,
    notice: Notice | None,
    course: Course,
    offset: timezone,
    now: datetime,
) -> None:
    def shifted(at: datetime | None) -> datetime | None:
        return None if at is None else at.astimezone(offset)

    same = replace(
        course,
        ted_published_at=shifted(course.ted_published_at),
        receipt_confirmed_at=shifted(course.receipt_confirmed_at),
        database_published_at=shifted(course.database_published_at),
        published_in_system_at=shifted(course.published_in_system_at),
        award_notified_at=shifted(course.award_notified_at),
    )
    held = embargo_of(kind=kind, regime=regime, notice=notice, course=course)
    again = embargo_of(kind=kind, regime=regime, notice=notice, course=same)
    # What a person is told to write names a moment by the clock that the writer wrote.
    assert replace(again, waits_for="") == replace(held, waits_for="")
    assert held.holds(now) == held.holds(now.astimezone(offset))
    assert bool(held.waits_for) == (bool(held.rule) and held.not_before is None)
    assert held.not_before is None or held.not_before.utcoffset() == timedelta(0)


@given(ANY_KIND, ANY_REGIME, st.none() | NOTICES, COURSES, MOMENTS, MOMENTS)
def test_what_has_lifted_stays_lifted(
    kind: Kind,
    regime: Regime | None,
    notice: Notice | None,
    course: Course,
    one: datetime,
    other: datetime,
) -> None:
    earlier, later = sorted((one, other), key=datetime.timestamp)
    held = embargo_of(kind=kind, regime=regime, notice=notice, course=course)
    assert held.holds(earlier) or not held.holds(later)


@given(MOMENTS)
@example(datetime(2026, 3, 28, 2, 30, tzinfo=ZoneInfo("Europe/Stockholm")))
@example(datetime(2026, 10, 24, 2, 30, tzinfo=ZoneInfo("Europe/Stockholm")))
@example(datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Stockholm"), fold=1))
def test_silence_is_48_hours_of_elapsed_time(receipt: datetime) -> None:
    ends = silence_ends(None, Course(receipt_confirmed_at=receipt))
    assert ends is not None
    assert ends.timestamp() - receipt.timestamp() == 48 * 3600


@given(st.lists(EMBARGOES), MOMENTS)
def test_the_last_to_lift_holds_exactly_while_any_does(
    embargoes: list[Embargo], now: datetime
) -> None:
    assert last_to_lift(*embargoes).holds(now) == any(one.holds(now) for one in embargoes)


@given(st.lists(EMBARGOES), MOMENTS)
def test_a_thread_is_held_exactly_while_every_call_is(calls: list[Embargo], now: datetime) -> None:
    held = thread_embargo("change", calls, now)
    assert held.holds(now) == (bool(calls) and all(one.holds(now) for one in calls))
    assert thread_embargo("change", reversed(calls), now).not_before == held.not_before
