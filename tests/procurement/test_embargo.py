"""What holds a post, kind by kind and regime by regime (förordning 2016:1162, 9 §)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from utrop.procurement.course import Course
from utrop.procurement.embargo import Embargo, embargo_of, last_to_lift, thread_embargo
from utrop.procurement.kinds import KINDS, Kind
from utrop.procurement.notice import FormType, Notice

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOON = datetime(2026, 11, 23, 12, tzinfo=STOCKHOLM)
SECOND = timedelta(seconds=1)
FREE = Embargo()
OF_NO_NOTICE: tuple[Kind, ...] = ("", "dialogue", "event", "opinion", "explainer")


def test_without_any_word_a_notice_for_ted_is_held_and_says_what_to_write() -> None:
    held = embargo_of(kind="notice", regime="eu", notice=Notice(), course=Course())
    assert held.rule == "ted"
    assert held.not_before is None
    assert held.holds(datetime.max.replace(tzinfo=UTC))
    for key in ("ted_published_at", "receipt_confirmed_at", "no_word_from_ted_by"):
        assert key in held.waits_for
    assert "\n" not in held.waits_for


@pytest.mark.parametrize("kind", ["", *KINDS])
@pytest.mark.parametrize(
    "form",
    ["planning", "consultation", "competition", "change", "result", "dir-awa-pre", "cont-modif",
     "completion", ""],
)  # fmt: skip
def test_whatever_its_form_a_notice_for_ted_waits_for_ted(kind: Kind, form: FormType) -> None:
    notice = Notice(form_type=form)
    ready = Course(published_in_system_at=NOON - timedelta(days=9))
    held = embargo_of(kind=kind, regime="eu", notice=notice, course=ready)
    assert (held.rule, held.not_before) == ("ted", None)
    published = Course(
        published_in_system_at=NOON - timedelta(days=9),
        ted_published_at=NOON,
    )
    lifted = embargo_of(kind=kind, regime="eu", notice=notice, course=published)
    assert lifted.not_before == NOON
    assert lifted.holds(NOON - SECOND)
    assert not lifted.holds(NOON)


def test_the_notices_own_date_is_nine_in_luxembourg() -> None:
    notice = Notice(ted_published=date(2026, 7, 1))
    held = embargo_of(kind="notice", regime="eu", notice=notice, course=Course())
    assert held == Embargo(rule="ted", not_before=datetime(2026, 7, 1, 7, tzinfo=UTC))


def test_what_the_writer_says_of_ted_goes_before_the_notices_date() -> None:
    notice = Notice(ted_published=date(2026, 11, 27))
    course = Course(ted_published_at=NOON)
    assert embargo_of(kind="notice", regime="eu", notice=notice, course=course).not_before == NOON


@pytest.mark.parametrize(
    ("course", "asks_for"),
    [
        (Course(receipt_confirmed_at=NOON), "no_word_from_ted_by"),
        (Course(no_word_from_ted_by="Eva Ek"), "receipt_confirmed_at"),
    ],
)
def test_the_48_hours_need_both_a_receipt_and_a_statement(course: Course, asks_for: str) -> None:
    held = embargo_of(kind="notice", regime="eu", notice=Notice(), course=course)
    assert held.not_before is None
    assert asks_for in held.waits_for.partition("; or ")[2]
    both = Course(receipt_confirmed_at=NOON, no_word_from_ted_by="Eva Ek")
    lifted = embargo_of(kind="notice", regime="eu", notice=Notice(), course=both)
    assert lifted == Embargo(rule="48 hours", not_before=NOON + timedelta(days=2))


def test_a_person_is_told_from_when_on_the_statement_can_be_made() -> None:
    receipt = datetime(2026, 11, 23, 14, 20, tzinfo=ZoneInfo("Europe/Stockholm"))
    held = embargo_of(
        kind="notice", regime="eu", notice=None, course=Course(receipt_confirmed_at=receipt)
    )
    assert held.waits_for.endswith("if no word of it came by 2026-11-25 14:20")


def test_whichever_comes_first_lifts_it() -> None:
    receipt = {"receipt_confirmed_at": NOON, "no_word_from_ted_by": "Eva Ek"}
    for hours, rule in ((47, "ted"), (48, "ted"), (49, "48 hours")):
        course = Course(**receipt, ted_published_at=NOON + timedelta(hours=hours))  # type: ignore[arg-type] # a mapping of keys
        held = embargo_of(kind="notice", regime="eu", notice=Notice(), course=course)
        assert held.rule == rule
        assert held.not_before == NOON + timedelta(hours=min(hours, 48))


def test_a_later_day_that_the_buyer_asked_for_puts_the_48_hours_off() -> None:
    course = Course(receipt_confirmed_at=NOON, no_word_from_ted_by="Eva Ek")
    asked = Notice(requested_publication=date(2026, 12, 14))
    held = embargo_of(kind="notice", regime="eu", notice=asked, course=course)
    assert held.not_before == datetime(2026, 12, 14, 8, tzinfo=UTC)
    sooner = Notice(requested_publication=date(2026, 11, 24))
    held = embargo_of(kind="notice", regime="eu", notice=sooner, course=course)
    assert held.not_before == NOON + timedelta(hours=48)


def test_48_hours_are_48_hours_when_clocks_change() -> None:
    receipt = datetime(2026, 10, 24, 12, tzinfo=STOCKHOLM)  # summer time ends on the 25th
    course = Course(receipt_confirmed_at=receipt, no_word_from_ted_by="Eva Ek")
    held = embargo_of(kind="notice", regime="eu", notice=Notice(), course=course)
    assert held.not_before == datetime(2026, 10, 26, 11, tzinfo=STOCKHOLM)


def test_in_the_doubled_hour_nothing_is_told_an_hour_early() -> None:
    second_half_past_two = datetime(2026, 10, 25, 2, 10, tzinfo=STOCKHOLM, fold=1)
    course = Course(ted_published_at=second_half_past_two)
    held = embargo_of(kind="notice", regime="eu", notice=Notice(), course=course)
    assert held.holds(datetime(2026, 10, 25, 2, 30, tzinfo=STOCKHOLM, fold=0))
    assert not held.holds(datetime(2026, 10, 25, 2, 30, tzinfo=STOCKHOLM, fold=1))
    raw = Embargo(rule="ted", not_before=second_half_past_two)
    assert raw.holds(datetime(2026, 10, 25, 2, 30, tzinfo=STOCKHOLM, fold=0))


@pytest.mark.parametrize("kind", OF_NO_NOTICE)
@pytest.mark.parametrize("regime", ["eu", "national", "direct", None])
def test_a_post_without_a_notice_is_held_by_nothing_of_its_own(kind: Kind, regime: None) -> None:
    assert embargo_of(kind=kind, regime=regime, notice=None, course=Course()) == FREE


@pytest.mark.parametrize("kind", ["plan", "award", "contract_change"])
def test_a_teds_number_names_a_notice_and_a_plan_without_one_is_free(kind: Kind) -> None:
    told = Notice(source="front matter", buyer_profile_url="https://kommun.example.org")
    assert embargo_of(kind=kind, regime="eu", notice=told, course=Course()) == FREE
    named = Notice(source="front matter", ted_number="1-2026")
    assert embargo_of(kind=kind, regime="eu", notice=named, course=Course()).rule == "ted"


def test_a_post_that_only_mentions_a_ted_notice_is_free() -> None:
    named = Notice(source="front matter", ted_number="1-2026")
    assert embargo_of(kind="opinion", regime="eu", notice=named, course=Course()) == FREE


def test_an_eu_notice_without_a_file_waits_for_ted_too() -> None:
    assert embargo_of(kind="notice", regime="eu", notice=None, course=Course()).rule == "ted"


def test_a_national_notice_needs_its_address_and_its_moment() -> None:
    url = "https://annonser.example.org/1"
    named = Notice(source="front matter", database_url=url)

    def held(notice: Notice | None, at: datetime | None) -> Embargo:
        course = Course(database_published_at=at)
        return embargo_of(kind="notice", regime="national", notice=notice, course=course)

    assert "database_url and database_published_at" in held(None, None).waits_for
    assert "database_url" in held(None, NOON).waits_for
    assert "database_published_at" not in held(None, NOON).waits_for
    assert held(None, NOON).holds(NOON + timedelta(days=999))
    assert "database_published_at" in held(named, None).waits_for
    assert held(named, NOON) == Embargo(rule="database", not_before=NOON)


@pytest.mark.parametrize("kind", ["plan", "change", "award", "contract_change"])
def test_other_kinds_wait_for_the_database_where_they_name_its_notice(kind: Kind) -> None:
    named = Notice(source="front matter", database_url="https://annonser.example.org/1")
    unnamed = Notice(source="front matter")
    assert embargo_of(kind=kind, regime="national", notice=unnamed, course=Course()) == FREE
    held = embargo_of(kind=kind, regime="national", notice=named, course=Course())
    assert held.holds(NOON)


def test_without_a_regime_a_notice_is_below_the_thresholds_unless_it_has_its_xml() -> None:
    assert embargo_of(kind="notice", regime=None, notice=None, course=Course()).rule == "database"
    assert embargo_of(kind="notice", regime=None, notice=Notice(), course=Course()).rule == "ted"


@pytest.mark.parametrize("kind", ["", *KINDS])
def test_nothing_holds_a_direct_award_but_what_is_stated(kind: Kind) -> None:
    notice = Notice(source="front matter", database_url="https://annonser.example.org/1")
    assert embargo_of(kind=kind, regime="direct", notice=notice, course=Course()) == FREE
    stated = Course(database_published_at=NOON)
    held = embargo_of(kind=kind, regime="direct", notice=notice, course=stated)
    assert held.holds(NOON - SECOND)
    assert not held.holds(NOON)


@pytest.mark.parametrize("regime", ["eu", "national", None])
def test_an_answer_stands_in_the_system_first(regime: None) -> None:
    held = embargo_of(kind="qa", regime=regime, notice=None, course=Course())
    assert held.rule == "system"
    assert "published_in_system_at" in held.waits_for
    course = Course(published_in_system_at=NOON)
    held = embargo_of(kind="qa", regime=regime, notice=None, course=course)
    assert held == Embargo(rule="system", not_before=NOON)


@pytest.mark.parametrize("kind", ["award", "contract_change"])
@pytest.mark.parametrize("regime", ["eu", "national", "direct"])
def test_news_of_a_decision_waits_until_the_tenderers_know(kind: Kind, regime: None) -> None:
    assert embargo_of(kind=kind, regime=regime, notice=None, course=Course()) == FREE
    course = Course(award_notified_at=NOON)
    held = embargo_of(kind=kind, regime=regime, notice=None, course=course)
    assert held == Embargo(rule="notification", not_before=NOON)


def test_an_award_notice_waits_for_ted_and_for_the_tenderers() -> None:
    ted, told = NOON, NOON + timedelta(days=1)
    course = Course(ted_published_at=ted, award_notified_at=told)
    held = embargo_of(kind="award", regime="eu", notice=Notice(), course=course)
    assert held == Embargo(rule="notification", not_before=told)


CALL = Embargo(rule="ted", not_before=NOON)
UNKNOWN = Embargo(rule="ted", waits_for="write ted_published_at")


@pytest.mark.parametrize("kind", ["", *KINDS])
def test_the_thread_waits_with_its_call(kind: Kind) -> None:
    held = thread_embargo(kind, [UNKNOWN, CALL], NOON - SECOND)
    if kind in ("plan", "dialogue", "event"):
        assert held == FREE
        return
    assert held == Embargo(rule="thread", not_before=NOON)
    assert thread_embargo(kind, [UNKNOWN, CALL], NOON) == FREE
    assert thread_embargo(kind, [], NOON) == FREE
    assert thread_embargo(kind, [FREE, UNKNOWN], NOON) == FREE
    assert "write ted_published_at" in thread_embargo(kind, [UNKNOWN], NOON).waits_for


def test_the_last_to_lift_holds() -> None:
    later = Embargo(rule="system", not_before=NOON + SECOND)
    assert last_to_lift() == FREE
    assert last_to_lift(FREE, CALL) == CALL
    assert last_to_lift(CALL, later, FREE) == later
    assert last_to_lift(later, UNKNOWN, CALL) == UNKNOWN


def test_a_change_without_a_notice_waits_for_its_notice_or_for_the_system() -> None:
    def held(**facts: datetime) -> Embargo:
        return embargo_of(kind="change", regime="eu", notice=None, course=Course(**facts))  # type: ignore[arg-type] # moments only

    at = datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert held().rule == "ted"
    assert held().holds(datetime(2099, 1, 1, tzinfo=UTC))
    assert "notice_file" in held().waits_for
    assert (held(ted_published_at=at).rule, held(ted_published_at=at).not_before) == ("ted", at)
    assert held(published_in_system_at=at) == Embargo(rule="system", not_before=at)
    national = embargo_of(kind="change", regime="national", notice=None, course=Course())
    assert not national.rule
