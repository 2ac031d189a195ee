"""Embargo: until when what a notice says may not be told (upphandlingsförordningen 2016:1162, 9 §).

A buyer may neither publish a notice that goes to TED in a registered database nor "make its
content public in any other way" before TED publishes it; it may, if within 48 hours of TED's
confirmation of receipt no word of the publication has come. Behind it stands directive
2014/24/EU, article 52(1). A blog, a feed and a social post are publication too. A buyer who asked
TED for a later day (BT-738) is held to that day: the careful reading, for the silence was asked
for. Below the thresholds the registered database comes first (LOU 19 kap. 8 §); an answer stands
in the procurement system first, for all at once (LOU 4 kap. 1 §); the tenderers learn of a
decision before the public does (LOU 12 kap. 12 §).

What the writer states is waited for under every regime; a statement is demanded only where the
regime asks for one. Moments are counted in elapsed time, whatever clocks do meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from utrop.procurement.course import Course
from utrop.procurement.kinds import Kind
from utrop.procurement.notice import Notice, Regime

Rule = Literal["ted", "48 hours", "database", "system", "notification", "thread", ""]

LUXEMBOURG: Final = ZoneInfo("Europe/Luxembourg")
TED_HOUR: Final = time(9)
"""By this hour in Luxembourg TED's site shows the day's issue."""
SILENCE: Final = timedelta(hours=48)
"""How long after the confirmed receipt TED may stay silent before the content may be told."""

_HAVE_NOTICES: Final = frozenset({"notice", "plan", "change", "award", "contract_change"})
"""Kinds that tell what a notice says, so that naming a notice means waiting for it."""
_DECISIONS: Final = frozenset({"award", "contract_change"})
_BEFORE_THE_CALL: Final = frozenset({"plan", "dialogue", "event"})
"""Kinds that do not wait for the call: they come before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Embargo:
    """Until when a post is held, and why. Not held by anything: ``rule`` is empty."""

    rule: Rule = ""
    """What lifts it: TED's publication, 48 hours after the receipt, a database's publication,
    the answer's publication in the procurement system, the tenderers' notification of the
    decision, or the notice of the same procedure."""
    not_before: datetime | None = None
    """The first moment at which it may be told, in UTC; None while that is not known."""
    waits_for: str = ""
    """Where the moment is not known: what has to be written, in one line for a person."""

    def holds(self, now: datetime) -> bool:
        """Whether the post may not be told at ``now`` (aware)."""
        if self.not_before is None:
            return bool(self.rule)
        # In UTC: two times of one zone are compared by their clocks, also when those are set back.
        return now.astimezone(UTC) < self.not_before.astimezone(UTC)


def embargo_of(
    *, kind: Kind, regime: Regime | None, notice: Notice | None, course: Course
) -> Embargo:
    """Return what holds one post, by its own notice and by what its writer says has happened.

    Without a ``regime`` a notice from eForms XML counts as one that goes to TED, any other post
    that tells of a procurement as one below the thresholds. Of several rules the last to lift
    holds the post.
    """
    regime = regime or ("eu" if notice is not None and notice.source == "eforms" else "national")
    return last_to_lift(
        _official(kind, regime, notice, course),
        _in_system(kind, regime, course),
        _notified(kind, course),
    )


def thread_embargo(kind: Kind, calls: Iterable[Embargo], now: datetime) -> Embargo:
    """Return what holds a post because of its procedure: it waits for the call for competition.

    ``calls`` are the embargoes of the procedure's calls for competition as ``embargo_of`` gave
    them, lifted ones too. Where there is none, or where one has lifted, nothing holds the post.
    Plans, dialogues and events come before the call and do not wait for it.
    """
    calls = tuple(calls)
    if kind in _BEFORE_THE_CALL or not calls or not all(call.holds(now) for call in calls):
        return Embargo()
    if moments := [call.not_before for call in calls if call.not_before is not None]:
        return _until("thread", min(moments, key=datetime.timestamp))
    return Embargo(rule="thread", waits_for=f"in the procedure's notice, {calls[0].waits_for}")


def last_to_lift(*embargoes: Embargo) -> Embargo:
    """Return the one that holds longest; one whose moment is not known holds longer than any."""
    return max(embargoes, key=_length, default=Embargo())


def ted_issue(day: date) -> datetime:
    """Return the moment by which TED's site shows the issue of a day."""
    return datetime.combine(day, TED_HOUR, tzinfo=LUXEMBOURG)


def silence_ends(notice: Notice | None, course: Course) -> datetime | None:
    """Return from when on the notice may be told though TED is silent; None without a receipt.

    Whether a person has stated that TED was silent is another question.
    """
    if course.receipt_confirmed_at is None:
        return None
    # In UTC: added to a local time, 48 hours would be two days, an hour off when clocks change.
    ends = course.receipt_confirmed_at.astimezone(UTC) + SILENCE
    asked = notice.requested_publication if notice is not None else None
    return ends if asked is None else max(ends, ted_issue(asked).astimezone(UTC))


def _official(kind: Kind, regime: Regime, notice: Notice | None, course: Course) -> Embargo:
    """Return what the official notice holds back: at TED, or in a registered database."""
    if regime == "eu":
        if _goes_to_ted(kind, notice):
            return _by_ted(notice, course)
        return _change_without_notice(course) if kind == "change" else Embargo()
    url = notice.database_url if notice is not None else ""
    is_demanded = kind == "notice" or (kind in _HAVE_NOTICES and bool(url))
    if regime == "direct" or not is_demanded:
        return _until("database", course.database_published_at)
    missing = [] if url else ["database_url"]
    if course.database_published_at is None:
        missing.append("database_published_at")
    if not missing:
        return _until("database", course.database_published_at)
    return Embargo(
        rule="database",
        waits_for=f"write {' and '.join(missing)} once the registered database has published the"
        " notice",
    )


def _change_without_notice(course: Course) -> Embargo:
    """Return what holds a change that names no notice of its own: TED's publication of the change
    notice, or the procurement system where the change is of a kind that needs none.
    """
    if course.ted_published_at is not None:
        return _until("ted", course.ted_published_at)
    if course.published_in_system_at is not None:
        return _until("system", course.published_in_system_at)
    return Embargo(
        rule="ted",
        waits_for="name the change notice's notice_file, or write ted_published_at; or"
        " published_in_system_at, if the change needs no notice",
    )


def _goes_to_ted(kind: Kind, notice: Notice | None) -> bool:
    if kind == "notice":
        return True
    if notice is None:
        return False
    return notice.source == "eforms" or (kind in _HAVE_NOTICES and bool(notice.ted_number))


def _by_ted(notice: Notice | None, course: Course) -> Embargo:
    published = course.ted_published_at
    if published is None and notice is not None and notice.ted_published is not None:
        published = ted_issue(notice.ted_published)
    silent = silence_ends(notice, course)
    is_stated = bool(course.no_word_from_ted_by)
    if is_stated and silent is not None and (published is None or silent < published):
        return _until("48 hours", silent)
    if published is not None:
        return _until("ted", published)
    if silent is None:
        more = "receipt_confirmed_at" if is_stated else "receipt_confirmed_at, and 48 hours later"
        more += ", if no word of it came" + ("" if is_stated else ", no_word_from_ted_by")
    else:
        # As the writer's clock has it: the receipt was written down in the site's time zone.
        zone = course.receipt_confirmed_at.tzinfo if course.receipt_confirmed_at else UTC
        by = f"{silent.astimezone(zone):%Y-%m-%d %H:%M}"
        more = f"no_word_from_ted_by, if no word of it came by {by}"
    return Embargo(
        rule="ted", waits_for=f"write ted_published_at once TED has published it; or {more}"
    )


def _in_system(kind: Kind, regime: Regime, course: Course) -> Embargo:
    """Return what holds an answer: it stands in the procurement system first."""
    if kind != "qa":
        return Embargo()
    if course.published_in_system_at is not None or regime == "direct":
        # A direct award need not have a system.
        return _until("system", course.published_in_system_at)
    return Embargo(
        rule="system",
        waits_for="write published_in_system_at once the answer stands in the procurement system,"
        " for all at the same time",
    )


def _notified(kind: Kind, course: Course) -> Embargo:
    """Return what holds a decision: the tenderers are told first. Silence is the linter's."""
    return _until("notification", course.award_notified_at if kind in _DECISIONS else None)


def _length(embargo: Embargo) -> tuple[int, float]:
    if embargo.not_before is None:
        return (2 if embargo.rule else 0), 0.0
    return 1, embargo.not_before.timestamp()


def _until(rule: Rule, at: datetime | None) -> Embargo:
    return Embargo() if at is None else Embargo(rule=rule, not_before=at.astimezone(UTC))
