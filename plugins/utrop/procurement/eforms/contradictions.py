"""Contradictions: dates of a notice that cannot all be right, and facts that it must have.

All are warnings with the line of the date that looks wrong: the notice is read as it stands, and
its writer decides.
"""

from __future__ import annotations

from datetime import date, datetime

from utrop.procurement.eforms.elements import Source
from utrop.procurement.notice import Deadline, Lot, LotResult, Notice

_CONTRACT_NOTICES = ("cn-standard", "cn-social", "cn-desg")


def note_contradictions(notice: Notice, source: Source) -> None:
    """Add a warning for each pair of dates that contradict each other."""
    # A change notice may keep the first notice's dispatch date, which says nothing then.
    dispatched = None if notice.changes_notice else notice.dispatched
    for lot in notice.lots:
        _note_lot(lot, dispatched, source)
    for result in notice.results:
        _note_result(result, source)
    if notice.dispatched is None:
        return
    sent = notice.dispatched.date()
    line = source.lines.get(("", "dispatched"))
    _note_day(sent, notice.ted_published, "publication at TED (OPP-012)", line, source)
    _note_day(
        sent, notice.requested_publication, "preferred publication date (BT-738)", line, source
    )


def note_missing(notice: Notice, source: Source, line: int | None) -> None:
    """Add a warning for each fact that a notice must have and this one does not say."""
    has_cpv = bool(notice.cpv_main or any(lot.cpv_main for lot in notice.lots))
    needed: dict[str, object] = {
        "identifier (BT-701)": notice.notice_id,
        "language (BT-702)": notice.lang,
        "dispatch date (BT-05)": notice.dispatched,
        "title (BT-21)": notice.title,
        "buyer (BT-500)": notice.buyers,
        "main CPV code (BT-262)": has_cpv,
        "lot (BT-137)": notice.lots,
    }
    if notice.form_type not in ("planning", "consultation", ""):
        needed["procedure identifier (BT-04)"] = notice.procedure_id
    if notice.notice_type in _CONTRACT_NOTICES:
        needed["deadline for tenders or requests (BT-131, BT-1311)"] = notice.deadlines
    missing = [what for what, value in needed.items() if not value]
    if missing:
        source.note(f"the notice does not say: {', '.join(missing)}", line)


def _note_lot(lot: Lot, dispatched: datetime | None, source: Source) -> None:
    def line(key: str) -> int | None:
        return source.lines.get((lot.identifier, key))

    named = {
        "tenders": ("deadline for tenders", lot.tenders),
        "participation": ("deadline for requests to participate", lot.participation),
        "interest": ("deadline for expressions of interest", lot.interest),
        "answers": ("deadline for answers", lot.answers),
    }
    for key, (what, deadline) in named.items():
        if deadline is not None and dispatched is not None and deadline.moment < dispatched:
            source.note(
                f"the {what} of {lot.identifier} ({_said(deadline)}) is before the notice was "
                f"sent ({dispatched:%Y-%m-%d %H:%M})",
                line(key),
            )
    # In two stages, questions may be asked until the later one: only after both is it too late.
    closing = [(what, deadline) for what, deadline in named.values() if deadline is not None]
    what, last = max(closing, key=lambda one: one[1].moment, default=("", None))
    if lot.questions is not None and last is not None and lot.questions.moment > last.moment:
        source.note(
            f"the deadline for questions of {lot.identifier} ({_said(lot.questions)}) is after "
            f"the {what} ({_said(last)})",
            line("questions"),
        )
    if lot.opening and lot.tenders and lot.opening.moment < lot.tenders.moment:
        source.note(
            f"tenders for {lot.identifier} are opened ({_said(lot.opening)}) before their "
            f"deadline ({_said(lot.tenders)})",
            line("opening"),
        )
    if lot.starts is not None and lot.ends is not None and lot.ends < lot.starts:
        source.note(
            f"the contract of {lot.identifier} ends ({lot.ends}) before it starts ({lot.starts})",
            line("period"),
        )


def _note_result(result: LotResult, source: Source) -> None:
    if result.decided is not None and result.signed is not None and result.signed < result.decided:
        source.note(
            f"the contract of {result.lot} was signed ({result.signed}) before the decision "
            f"({result.decided})",
            source.lines.get((result.lot, "contract")),
        )


def _note_day(sent: date, day: date | None, what: str, line: int | None, source: Source) -> None:
    if day is not None and day < sent:
        source.note(f"the {what}, {day}, is before the notice was sent ({sent})", line)


def _said(deadline: Deadline) -> str:
    return f"{deadline.moment:%Y-%m-%d %H:%M}" if deadline.has_time else str(deadline.moment.date())
