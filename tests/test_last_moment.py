"""Last moments in words: weekday, date, time, and never a day too many."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from utrop.last_moment import days_left, last_moment, short_last_moment

ZONE = ZoneInfo("Europe/Stockholm")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("moment", "lang", "words"),
    [
        ("2026-12-14T09:00:00+01:00", "sv", "måndag den 14 december 2026 kl. 9.00"),
        ("2026-12-14T09:00:00+01:00", "en", "Monday 14 December 2026, 09:00 (CET)"),
        ("2026-07-01T21:59:00+00:00", "sv", "onsdag den 1 juli 2026 kl. 23.59"),
        ("2026-07-01T21:59:00+00:00", "en", "Wednesday 1 July 2026, 23:59 (CEST)"),
        # A day without a time is that day, in whatever offset the notice wrote it.
        ("2026-12-14T23:59:59+00:00", "sv", "måndag den 14 december 2026"),
        ("2026-12-14T23:59:59-05:00", "en", "Monday 14 December 2026"),
        (
            "2026-12-15T00:00:00+01:00",
            "sv",
            "tisdag den 15 december 2026 kl. 0.00 (natten mellan måndag och tisdag)",
        ),
        (
            "2026-12-15T00:00:00+01:00",
            "en",
            "Tuesday 15 December 2026, 00:00 (CET), the night between Monday and Tuesday",
        ),
    ],
)
def test_a_last_moment_in_words(moment: str, lang: str, words: str) -> None:
    assert last_moment(at(moment), lang, ZONE) == words


def test_another_language_has_its_own_words() -> None:
    assert "14. Dezember 2026" in last_moment(at("2026-12-14T09:00:00+01:00"), "de", ZONE)


def test_short_forms_keep_the_year_and_the_time() -> None:
    moment = at("2026-12-14T08:05:00+00:00")

    assert short_last_moment(moment, "sv", ZONE) == "2026-12-14 kl. 9.05"
    assert short_last_moment(moment, "en", ZONE) == "2026-12-14 09:05 (CET)"
    assert short_last_moment(at("2026-12-14T23:59:59+00:00"), "sv", ZONE) == "2026-12-14"


@pytest.mark.parametrize(
    ("moment", "now", "days"),
    [
        ("2026-12-14T09:00:00+01:00", datetime(2026, 12, 7, 14, tzinfo=UTC), 7),
        ("2026-12-14T09:00:00+01:00", datetime(2026, 12, 13, 22, 59, tzinfo=UTC), 1),
        ("2026-12-14T09:00:00+01:00", datetime(2026, 12, 13, 23, 0, tzinfo=UTC), 0),
        ("2026-12-14T23:59:59+00:00", datetime(2026, 12, 14, 8, tzinfo=UTC), 0),
    ],
)
def test_days_are_counted_by_the_calendar(moment: str, now: datetime, days: int) -> None:
    assert days_left(at(moment), now, ZONE) == days
