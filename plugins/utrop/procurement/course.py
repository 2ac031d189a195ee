"""Course: what the buyer says has happened in a procedure beyond what its notices tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The front matter's own facts of one post. Times are aware; None means: not said."""

    ted_published_at: datetime | None = None
    """When TED published: a bare date is 09:00 in Luxembourg that day. May lie ahead."""
    receipt_confirmed_at: datetime | None = None
    """When TED, or the eSender, confirmed that it received the notice."""
    no_word_from_ted_by: str = ""
    """Who states that no word of TED's publication came within 48 hours of the receipt."""
    database_published_at: datetime | None = None
    """When the registered Swedish database published the notice."""
    published_in_system_at: datetime | None = None
    """When an answer (kind qa) stood in the procurement system, for all at once."""
    award_decision_at: datetime | None = None
    award_notified_at: datetime | None = None
    """When all tenderers were told of the award decision; the standstill's day 0."""
    standstill_until: date | None = None
    """The last day of a standstill longer than the law's, as the notification says."""
    has_standstill: bool = True
    """False where the law asks for none (LOU 20:2)."""
    notified_electronically: bool = True
    """Otherwise the standstill is 15 days instead of 10 (LOU 20:1)."""
    contract_signed_at: date | None = None
    cancelled_at: datetime | None = None
