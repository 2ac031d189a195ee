"""Phase: where a procedure stands at a moment, computed from its facts and never typed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Final, Literal
from zoneinfo import ZoneInfo

from utrop.procurement.course import Course
from utrop.procurement.notice import Deadline, Notice

Phase = Literal[
    "planned", "open", "questions closed", "closed", "awarded", "contracted", "cancelled"
]
OPEN: Final[frozenset[Phase]] = frozenset({"open", "questions closed"})
"""Phases in which a supplier can still come in."""

_COMPETITION: Final = frozenset({"competition", "change"})


def phase_of(
    notices: Iterable[Notice],
    courses: Iterable[Course],
    *,
    closes: tuple[Deadline, ...],
    questions: tuple[Deadline, ...],
    is_called: bool,
    now: datetime,
    zone: ZoneInfo,
) -> Phase:
    """Return the phase of a procedure at ``now`` (aware).

    ``closes`` and ``questions`` are the procedure's current last moments, ``is_called`` whether
    a call for competition has been published; ``zone`` says when a day without a time begins.
    A lot that is still open keeps the procedure open.
    """
    notices, courses = tuple(notices), tuple(courses)
    today = now.astimezone(zone).date()
    cancelled = any(one.cancelled_at and one.cancelled_at <= now for one in courses)
    if cancelled or any(one.is_cancelled for one in notices):
        return "cancelled"
    results = [result for one in notices for result in one.results]
    signed = [one.contract_signed_at for one in courses] + [one.signed for one in results]
    if any(day is not None and day <= today for day in signed):
        return "contracted"
    told = [one.award_notified_at for one in courses] + [one.award_decision_at for one in courses]
    has_winner = any(one.status == "selec-w" for one in results)
    if has_winner or any(at is not None and at <= now for at in told):
        return "awarded"
    if not is_called and not closes:
        return "planned"
    if closes and all(now >= one.moment for one in closes):
        return "closed"
    if questions and all(now >= one.moment for one in questions):
        return "questions closed"
    return "open" if is_called or closes else "planned"


def is_call(notice: Notice | None) -> bool:
    """Whether a notice calls for competition."""
    return notice is not None and notice.form_type in _COMPETITION


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the last second of a day, for deadlines without a time."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=zone)


def next_turn(
    closes: Iterable[Deadline], questions: Iterable[Deadline], now: datetime
) -> datetime | None:
    """Return when the phase changes next by the clock alone; None if never."""
    coming = [one.moment for one in (*closes, *questions) if one.moment > now]
    return min(coming, default=None)
