"""R3, R4 and R5: the link to the notice, the documents' address, and the law's time limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from utrop.notices.linter.numbers import amounts
from utrop.notices.linter.subject import Sighting, Subject, last_day
from utrop.notices.linter.text import shown
from utrop.procurement.notice import Deadline, Lot, Notice
from utrop.procurement.phase import is_call
from utrop.procurement.time_limits import period_end

ANSWERED_BEFORE: Final = 6
"""Days before the last day for tenders by which answers have to be given (LOU 12 kap. 11 §)."""
ANSWERED_BEFORE_ACCELERATED: Final = 4

_LOU: Final = ("", "32014L0024")
"""Legal bases whose time limits LOU chapter 11 has; other acts have their own."""
_OPEN: Final = 35
_OPEN_ELECTRONIC: Final = 30
_ACCELERATED: Final = 15
_AFTER_PLANNING: Final = 15
_REQUESTS: Final = 30
_BY_REQUEST: Final = ("restricted", "neg-w-call", "comp-dial", "innovation")
_ACCELERABLE: Final = ("open", "restricted", "neg-w-call")
_WITHOUT_LIMITS: Final = ("cn-social", "cn-desg", "pmc")
"""Social services (LOU chapter 19), design contests, market consultations."""
_DAY: Final = timedelta(days=1)
_CALLED_OPEN: Final = re.compile(
    r"\b(?:öppen|öppna|pågående)\b(?! (?:till|t\.o\.m|fram till|för alla|data|dagar|hus))"
    r"|\b(?:now open|open now|currently open|(?:is|are) open)\b(?! (?:until|till|to all))"
    r"|\bopen (?:tenders?|procurements?)\b",
    re.IGNORECASE,
)
"""The open procedure (öppet förfarande) is none of these: it is a name."""


def no_official_link(subject: Subject) -> Iterator[Sighting]:
    """A notice post that does not lead to the official notice."""
    notice = subject.notice
    if subject.regime == "national" and not (notice and notice.database_url):
        yield Sighting(
            line=subject.line("database_name", "kind"),
            what="the post does not lead to the notice in the registered database",
            instead="write database_url: and the notice's address there",
        )
    if subject.regime == "eu" and not (notice and notice.official_url) and _is_at_ted(subject):
        yield Sighting(
            line=subject.line("ted_published_at", "notice_file", "kind"),
            what="the post does not lead to the notice at TED or in the registered database",
            instead="write ted_number:, such as 701354-2023, or database_url:",
        )


def no_documents(subject: Subject) -> Iterator[Sighting]:
    """A call for competition without an address of its documents."""
    notice = subject.notice
    if is_call(notice) and notice and not notice.all_documents and not subject.is_decided:
        yield Sighting(
            line=subject.line("documents_url", "notice_file", "kind"),
            what="the notice has no address of the procurement documents",
            instead="write documents_url:, or say how suppliers get the documents",
        )


def no_deadline(subject: Subject) -> Iterator[Sighting]:
    """A notice below the thresholds that tells no last day."""
    if not subject.closes and not (subject.notice and subject.notice.deadlines):
        yield Sighting(
            line=subject.line("kind"),
            what="the notice tells no last day for tenders",
            instead="write deadline: with day and time",
        )


def too_short(subject: Subject) -> Iterator[Sighting]:
    """Less time than LOU chapter 11 asks for, counted from the dispatch."""
    notice = subject.notice
    if notice is None or notice.dispatched is None or not _has_limits(notice):
        return
    sent = notice.dispatched.date()
    told = set()
    for lot in notice.lots:
        minimum = minimum_days(notice, lot)
        if minimum is None or lot.closes is None:
            continue
        days, why = minimum
        earliest = period_end(sent, days) if _is_swedish(notice) else sent + timedelta(days=days)
        last = last_day(lot.closes)
        if last < earliest and (last, earliest) not in told:
            told.add((last, earliest))
            yield Sighting(
                line=subject.line("deadline", "notice_file"),
                what=f"the last day is {_shown(lot.closes, last)}, but {days} days {why} from"
                f" the dispatch on {sent} end on {earliest}",
                instead=f"let tenders come in until {earliest} at least",
            )


def minimum_days(notice: Notice, lot: Lot) -> tuple[int, str] | None:
    """Return the least number of days for a lot, and why; None where the law has no number."""
    accelerated = notice.accelerated and notice.procedure_type in _ACCELERABLE
    if notice.procedure_type == "open" and lot.tenders is not None:
        if accelerated:
            return _ACCELERATED, "(accelerated open procedure)"
        if notice.previous_planning:
            return _AFTER_PLANNING, "(open procedure after a planning notice)"
        if lot.electronic == "not-allowed":
            return _OPEN, "(open procedure)"
        return _OPEN_ELECTRONIC, "(open procedure, electronic tenders)"
    if notice.procedure_type in _BY_REQUEST and lot.participation is not None:
        if accelerated:
            return _ACCELERATED, "(requests to participate, accelerated)"
        return _REQUESTS, "(requests to participate)"
    return None


def at_midnight(subject: Subject) -> Iterator[Sighting]:
    """A last moment at 00:00."""
    if subject.notice is None or subject.phase == "closed" or subject.is_decided:
        return
    for deadline in (*subject.notice.deadlines, *subject.notice.questions):
        if deadline.is_midnight:
            day = deadline.moment.date()
            yield Sighting(
                line=subject.line("deadline", "notice_file"),
                what=f"a last moment at 00:00 on {day} is the night after {day - _DAY}; many will"
                " read it as a day later",
                instead="in the next notice write 23:59 on the day before",
            )


def questions_too_late(subject: Subject) -> Iterator[Sighting]:
    """Questions may come when no answer can be given in time any more."""
    notice = subject.notice
    if notice is None or subject.phase == "closed" or subject.is_decided:
        return
    before = _answered_before(notice)
    told = set()
    for lot in notice.lots:
        if lot.questions is None or lot.tenders is None:
            continue
        asked, last = last_day(lot.questions), last_day(lot.tenders)
        if (asked, last) not in told and asked > last - timedelta(days=before):
            told.add((asked, last))
            yield Sighting(
                line=subject.line("questions_deadline", "notice_file"),
                what=f"questions may be asked until {asked}, but answers have to be given"
                f" {before} days before {last}",
                instead=f"let questions end before {last - timedelta(days=before)}; 10 days"
                " before the last day is usual",
            )


def answered_too_late(subject: Subject) -> Iterator[Sighting]:
    """An answer in the system so late that the time for tenders has to be extended."""
    answered = subject.course.published_in_system_at
    if answered is None or not subject.closes:
        return
    calls = [one for one in subject.notices if one.deadlines]
    before = _answered_before(calls[-1]) if calls else ANSWERED_BEFORE
    last = last_day(subject.closes[0])
    day = answered.astimezone(subject.zone).date()
    if last >= day > last - timedelta(days=before):
        yield Sighting(
            line=subject.line("published_in_system_at"),
            what=f"the answer was given on {day}, less than {before} days before the last day"
            f" for tenders, {last}",
            instead="extend the time for tenders, so that all can take it into account",
        )


def called_open(subject: Subject) -> Iterator[Sighting]:
    """A title, a summary or an announcement that calls the procurement open, with no end to it."""
    for key, text in subject.headlines:
        found = _CALLED_OPEN.search(text)
        if found:
            yield Sighting(
                line=subject.line(key),
                what=f"{shown(found[0])} will still say so when the time is out",
                instead="leave the word out, for the page tells where the procurement stands; or"
                " write until when it is open",
            )


def zero_amounts(subject: Subject) -> Iterator[Sighting]:
    """ "0 EUR" in a text."""
    for passage in subject.passages:
        for one in amounts(passage.text):
            if not one.value and one.currency and re.match(r"0(?:[.,]0+)?\s", one.shown + " "):
                yield Sighting(
                    line=passage.line_at(one.at),
                    what=f"{shown(one.shown)} is no amount: a zero in a notice means that none"
                    " is given",
                    instead="write nothing of the amount, or what it is expected to be",
                )


def _has_limits(notice: Notice) -> bool:
    return (
        notice.source == "eforms"
        and notice.legal_basis in _LOU
        and notice.notice_type not in _WITHOUT_LIMITS
        and notice.form_type == "competition"
        and not notice.changes_notice
    )


def _is_at_ted(subject: Subject) -> bool:
    """Whether TED's own publication, and not the 48 hours, lets the post out."""
    at = subject.course.ted_published_at
    told = subject.notice.ted_published if subject.notice else None
    return (at is not None and at <= subject.told_at) or (
        told is not None and told <= subject.told_on()
    )


def _answered_before(notice: Notice) -> int:
    return ANSWERED_BEFORE_ACCELERATED if notice.accelerated else ANSWERED_BEFORE


def _is_swedish(notice: Notice) -> bool:
    """Whether Swedish holidays count; one field alone may be wrong, so any of them will do."""
    return any(one.country == "SWE" or one.nuts.startswith("SE") for one in notice.buyers)


def _shown(deadline: Deadline, day: date) -> str:
    return f"{day} (at 00:00 that night)" if deadline.is_midnight else str(day)
