"""The 87 real notices whose dispatch and day at TED are known, one second before and after.

Without a receipt each lifts at TED's publication. Of the 34 that TED took longer than 48 hours to
publish, the table's ``earliest_lawful`` is the moment 48 hours after the dispatch, as though the
receipt had come at once. In 20 of the 34 the buyer had asked TED for a day whose issue
comes later than that (in 6 of them later the same day): there the careful rule holds the notice to
that issue, 9:00 in Luxembourg, which was TED's own publication in 18. So the careful moment is the
table's in 67 cases and later in 20.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.sites import SHARED
from utrop.procurement.course import Course
from utrop.procurement.embargo import embargo_of, ted_issue
from utrop.procurement.notice import FormType, Notice

CASES = SHARED / "data" / "codelists" / "embargo_cases_real.json"
SECOND = timedelta(seconds=1)

pytestmark = pytest.mark.skipif(
    not CASES.is_file(), reason="the real cases in ../shared/data/codelists are not here"
)


def cases() -> list[dict[str, Any]]:
    return json.loads(CASES.read_text("utf-8")) if CASES.is_file() else []


def notice_of(case: dict[str, Any]) -> Notice:
    form: FormType = case["form_type"]
    asked = case["requested_publication_date"]
    return Notice(
        form_type=form,
        ted_published=date.fromisoformat(case["ted_published_date"]),
        requested_publication=date.fromisoformat(asked) if asked else None,
        dispatched=datetime.fromisoformat(case["dispatched_at"]),
    )


def lifts(notice: Notice, course: Course) -> datetime:
    held = embargo_of(kind="notice", regime="eu", notice=notice, course=course)
    assert held.not_before is not None
    assert held.holds(held.not_before - SECOND)
    assert not held.holds(held.not_before)
    assert not held.holds(held.not_before + SECOND)
    return held.not_before


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["ted_number"])
def test_without_a_receipt_only_teds_publication_counts(case: dict[str, Any]) -> None:
    expected = datetime.fromisoformat(case["not_before_ted"])
    receipt = datetime.fromisoformat(case["dispatched_at"])
    assert lifts(notice_of(case), Course()) == expected
    assert lifts(notice_of(case), Course(receipt_confirmed_at=receipt)) == expected
    assert lifts(notice_of(case), Course(no_word_from_ted_by="Eva Ek")) == expected


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["ted_number"])
def test_with_receipt_and_statement_the_48_hours_count_too(case: dict[str, Any]) -> None:
    stated = Course(
        receipt_confirmed_at=datetime.fromisoformat(case["dispatched_at"]),
        no_word_from_ted_by="Eva Ek",
    )
    table = datetime.fromisoformat(case["earliest_lawful"])
    asked = case["requested_publication_date"]
    careful = max(table, ted_issue(date.fromisoformat(asked))) if asked else table
    expected = min(careful, datetime.fromisoformat(case["not_before_ted"]))
    assert lifts(notice_of(case), stated) == expected


def test_how_many_of_the_real_cases_each_rule_decides() -> None:
    longer = put_off = 0
    for case in cases():
        table = datetime.fromisoformat(case["earliest_lawful"])
        stated = Course(
            receipt_confirmed_at=datetime.fromisoformat(case["dispatched_at"]),
            no_word_from_ted_by="Eva Ek",
        )
        longer += table < datetime.fromisoformat(case["not_before_ted"])
        put_off += lifts(notice_of(case), stated) > table
        assert lifts(notice_of(case), stated) >= table
    assert (len(cases()), longer, put_off) == (87, 34, 20)
