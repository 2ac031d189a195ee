"""A procurement's thread: where it stands is computed from all its posts and the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.listings.small_site import post
from utrop.post import DeadlineSeen, Post
from utrop.procedures import with_procedures
from utrop.procurement.course import Course
from utrop.procurement.notice import Change, Deadline, Lot, LotResult, Notice
from utrop.procurement.phase import OPEN
from utrop.procurement.procedure import Procedure

ZONE = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LAST_DAY = datetime(2026, 12, 15, 23, 59, tzinfo=ZONE)


def lot(closes: datetime | None = LAST_DAY, questions: datetime | None = None, **more: Any) -> Lot:
    return Lot(
        identifier="LOT-0001",
        tenders=Deadline(moment=closes) if closes else None,
        questions=Deadline(moment=questions) if questions else None,
        **more,
    )


def call(uid: str = "anrop", *lots: Lot, **more: Any) -> Post:
    notice = Notice(form_type="competition", procedure_id="p-1", lots=lots or (lot(),))
    return post(uid, kind="notice", notice=notice, procedure_id="p-1", **more)


def told(*posts: Post, now: datetime = NOW) -> list[Procedure]:
    found = with_procedures([(one, one.uid) for one in posts], now=now, zone=ZONE)
    return [one.procedure for one in found if one.procedure is not None]


def later(days: int) -> datetime:
    return datetime(2026, 11, 1, 9, tzinfo=UTC) + timedelta(days=days)


def test_a_plain_post_tells_of_no_procurement() -> None:
    assert told(post("a"), post("b", kind="opinion"), post("c", kind="event")) == []


def test_an_opinion_that_names_a_procurement_is_in_its_thread() -> None:
    first, second = told(call(), post("b", kind="opinion", procedure_id="p-1"))
    assert [one.kind for one in first.entries] == [one.kind for one in second.entries]
    assert {one.kind for one in first.entries} == {"notice", "opinion"}


def test_the_phase_follows_the_clock_to_the_second() -> None:
    asked = datetime(2026, 12, 1, 12, tzinfo=ZONE)
    one = call("a", lot(questions=asked))
    second = timedelta(seconds=1)
    expected = {
        asked - second: "open",
        asked: "questions closed",
        LAST_DAY - second: "questions closed",
        LAST_DAY: "closed",
    }
    assert {at: told(one, now=at)[0].phase for at in expected} == expected


def test_a_lot_that_is_open_keeps_the_procurement_open() -> None:
    first = lot(datetime(2026, 11, 20, 12, tzinfo=ZONE))
    (procedure,) = told(call("a", first, replace(lot(), identifier="LOT-0002")))
    assert procedure.phase == "open"
    assert len(procedure.closes) == 2
    assert procedure.next_close(NOW) == Deadline(moment=LAST_DAY)


def test_a_change_notice_moves_the_last_day_on_every_page_of_the_thread() -> None:
    moved = LAST_DAY + timedelta(days=14)
    changed = Notice(
        form_type="competition", procedure_id="p-1", changes_notice="n", lots=(lot(moved),)
    )
    change = post("b", kind="change", notice=changed, procedure_id="p-1", published=later(30))
    first = call("a", published=later(1))
    for procedure in told(first, change, now=LAST_DAY):
        assert procedure.phase == "open"
        assert procedure.closes == (Deadline(moment=moved),)
        assert procedure.moves == 1
        assert procedure.call_path == "a/"
        assert [entry.kind for entry in procedure.entries] == ["change", "notice"]


def test_a_change_without_a_notice_file_moves_only_what_it_says() -> None:
    moved = LAST_DAY + timedelta(days=14)
    by_hand = Notice(
        source="front matter",
        form_type="competition",
        lots=(Lot(identifier="", tenders=Deadline(moment=moved)),),
    )
    first = call("a", lot(cpv_main="90919300"), published=later(1))
    change = post("b", kind="change", notice=by_hand, procedure_id="p-1", published=later(30))
    procedure = told(first, change)[0]
    assert procedure.closes == (Deadline(moment=moved),)
    assert procedure.notice is not None
    assert procedure.notice.all_cpv == ("90919300",)


def test_a_deadline_moved_in_place_counts_as_a_move() -> None:
    seen = (DeadlineSeen(moment=LAST_DAY, since=later(1)), DeadlineSeen(moment=LAST_DAY, since=NOW))
    assert told(call("a", deadlines_seen=seen))[0].moves == 1


def test_the_end_of_a_procurement() -> None:
    first = call("a", published=later(1))

    def phase(course: Course = Course(), notice: Notice | None = None) -> str:  # noqa: B008 - it is frozen
        award = post("b", kind="award", course=course, notice=notice, procedure_id="p-1")
        return told(first, award)[0].phase

    result = LotResult(lot="LOT-0001", status="selec-w")
    assert phase() == "open"
    assert phase(Course(award_notified_at=NOW)) == "awarded"
    assert phase(notice=Notice(form_type="result", results=(result,))) == "awarded"
    assert phase(Course(contract_signed_at=date(2026, 11, 24))) == "contracted"
    assert phase(Course(contract_signed_at=date(2026, 11, 25))) == "open"
    assert phase(Course(cancelled_at=NOW)) == "cancelled"
    closed = replace(result, status="clos-nw")
    assert phase(notice=Notice(form_type="result", results=(closed,))) == "cancelled"
    assert phase(notice=Notice(form_type="result", results=(closed, result))) == "awarded"
    cancelled = Notice(form_type="competition", changes=(Change(reason="cancel"),))
    assert phase(notice=cancelled) == "cancelled"


def test_the_standstill_runs_from_the_day_after_the_notification() -> None:
    told_at = datetime(2026, 11, 24, 15, tzinfo=ZONE)
    award = post("b", kind="award", course=Course(award_notified_at=told_at), procedure_id="p-1")
    # Day 10 is Friday 4 December: the contract may be signed from Saturday the 5th on.
    assert told(call(), award)[0].standstill_ends == datetime(2026, 12, 5, tzinfo=ZONE)


def test_plans_and_dialogues_come_before_the_call() -> None:
    plan = Notice(form_type="planning", future_notice=date(2027, 1, 11))
    planned = post("b", kind="plan", notice=plan, procedure_id="p-1", published=later(0))
    (alone,) = told(planned)
    assert (alone.phase, alone.notice) == ("planned", plan)
    assert {one.phase for one in told(planned, call(published=later(2)))} == {"open"}


def test_translations_are_counted_once_and_have_their_own_thread() -> None:
    seen = (DeadlineSeen(moment=later(1), since=later(1)), DeadlineSeen(moment=NOW, since=NOW))
    swedish = call("a", deadlines_seen=seen)
    english = call("b", deadlines_seen=seen, lang="en")
    found = with_procedures([(swedish, "k"), (english, "k")], now=NOW, zone=ZONE)
    procedures = [one.procedure for one in found if one.procedure]
    assert [one.moves for one in procedures] == [1, 1]
    assert [[entry.path for entry in one.entries] for one in procedures] == [["a/"], ["b/"]]


def test_a_hidden_post_changes_nothing_that_others_tell() -> None:
    hidden = post("b", kind="award", course=Course(award_notified_at=NOW), procedure_id="p-1",
                  status="hidden")  # fmt: skip
    first, second = told(call(), hidden)
    assert (first.phase, len(first.entries)) == ("open", 1)
    assert second.phase == "awarded"


def test_a_notice_tells_the_threads_last_moment_as_its_deadline() -> None:
    found = with_procedures([(call("a", deadline=NOW), "a")], now=NOW, zone=ZONE)
    assert found[0].deadline == LAST_DAY


_OFFSETS = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))
_MOMENTS = st.datetimes(
    min_value=datetime(2024, 1, 1), max_value=datetime(2030, 1, 1), timezones=_OFFSETS  # noqa: DTZ001 - hypothesis adds the zone
)  # fmt: skip


@given(closes=st.lists(_MOMENTS, min_size=1, max_size=4), now=_MOMENTS, zone=st.sampled_from(
    ["Europe/Stockholm", "Europe/Helsinki", "America/New_York"]
))  # fmt: skip
def test_nothing_is_open_past_its_last_deadline(
    closes: list[datetime], now: datetime, zone: str
) -> None:
    lots = [replace(lot(at), identifier=f"LOT-{n}") for n, at in enumerate(closes)]
    found = with_procedures([(call("a", *lots), "a")], now=now, zone=ZoneInfo(zone))
    procedure = found[0].procedure
    assert procedure is not None
    assert (procedure.phase in OPEN) == (now < max(closes))
    assert list(procedure.closes) == sorted(procedure.closes, key=lambda one: one.moment)


@pytest.mark.parametrize("hour", [0, 1, 2, 3])
def test_the_night_when_clocks_are_set_back_has_each_moment_once(hour: int) -> None:
    at = datetime(2026, 10, 25, hour, tzinfo=UTC)
    one = call("a", lot(at.astimezone(ZONE)))
    assert told(one, now=at - timedelta(seconds=1))[0].phase == "open"
    assert told(one, now=at)[0].phase == "closed"
