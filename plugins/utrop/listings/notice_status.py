"""Where a procurement stands, in words that are still true when the page is read later.

A page is read as long as it is kept: an open procurement is open *until* a day, never just open.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from utrop.listings.notice_words import NoticeWords
from utrop.post import Post
from utrop.procurement.notice import Deadline, Notice
from utrop.procurement.procedure import Procedure

_WHAT: Final = {
    "tenders": (
        "Open for tenders until %(moment)s",
        "Open for tenders until %(last)s; the first lots close %(first)s",
        "The time for tenders ran out %(moment)s",
    ),
    "requests": (
        "Open for requests to participate until %(moment)s",
        "Open for requests to participate until %(last)s; the first lots close %(first)s",
        "The time for requests to participate ran out %(moment)s",
    ),
    "answers": (
        "Open for answers until %(moment)s",
        "Open for answers until %(last)s; the first parts close %(first)s",
        "The time for answers ran out %(moment)s",
    ),
}


def closing(post: Post) -> tuple[Deadline, ...]:
    """Return the last moments that a post's page tells of, the earliest first."""
    if post.procedure is not None and post.procedure.closes:
        return post.procedure.closes
    if post.notice is not None and post.notice.deadlines:
        return post.notice.deadlines
    return (Deadline(moment=post.deadline),) if post.deadline is not None else ()


def status(post: Post, words: NoticeWords) -> str:
    """Return one sentence on where the post's procurement stands; empty where it has none."""
    procedure = post.procedure
    if procedure is None:
        return ""
    if procedure.phase == "planned":
        if post.kind == "dialogue" and (until := closing(post)):
            return words.say(
                "Dialogue before the procurement: answers are taken until %(moment)s",
                moment=words.short(until[-1]),
            )
        expected = words.day(procedure.notice.future_notice if procedure.notice else None)
        if expected is not None:
            return words.say("Planned. The notice is expected %(day)s", day=expected.text)
        return words.say("Planned. When the procurement is called for, the notice is linked here")
    if procedure.phase in ("open", "questions closed"):
        return _open(procedure, words)
    if procedure.phase == "closed":
        return words.say("Closed. %(what)s", what=_ran_out(procedure, words))
    if procedure.phase == "cancelled":
        return _on(
            words,
            "The procurement has been called off",
            "The procurement was called off %(day)s",
            _cancelled(post, words),
        )
    if procedure.phase == "contracted":
        return _on(words, "Contract signed", "Contract signed %(day)s", _signed(procedure, post))
    told = _on(words, "Award decided", "Award decided %(day)s", _decided(procedure, post, words))
    if procedure.standstill_ends is None:
        return told
    at = procedure.standstill_ends.astimezone(words.zone)
    first = words.day(at.date())
    return words.say(
        "%(awarded)s. A contract may be signed %(day)s at the earliest",
        awarded=told,
        day=first.text if first else "",
    )


def warning(post: Post, words: NoticeWords) -> str:
    """Return what stands over a page whose procurement takes nothing more; empty otherwise."""
    procedure = post.procedure
    if procedure is None or post.kind in ("award", "contract_change", "event"):
        return ""
    if procedure.phase in ("closed", "cancelled"):
        return status(post, words) + "."
    if procedure.phase not in ("awarded", "contracted") or not procedure.closes:
        return ""
    return _ran_out(procedure, words) + "."


def _open(procedure: Procedure, words: NoticeWords) -> str:
    one, several, _ = _WHAT[_what(procedure.notice)]
    closes = procedure.closes
    if not closes:
        return words.say("Called for. The notice does not say until when tenders are taken")
    if len(closes) == 1:
        text = words.say(one, moment=words.short(closes[0]))
    else:
        text = words.say(several, first=words.short(closes[0]), last=words.short(closes[-1]))
    if procedure.phase != "questions closed" or not procedure.questions:
        return text
    asked = words.short(procedure.questions[-1])
    return words.say("%(open)s. Questions were taken until %(moment)s", open=text, moment=asked)


def _ran_out(procedure: Procedure, words: NoticeWords) -> str:
    last: Deadline | None = procedure.closes[-1] if procedure.closes else None
    if last is None:
        return words.say("No more tenders are taken")
    return words.say(_WHAT[_what(procedure.notice)][2], moment=words.until(last))


def _what(notice: Notice | None) -> str:
    if notice is None:
        return "tenders"
    if notice.form_type in ("consultation", "planning"):
        return "answers"
    return "requests" if any(lot.participation for lot in notice.lots) else "tenders"


def _on(words: NoticeWords, without: str, with_day: str, day: date | None) -> str:
    said = words.day(day)
    return words.say(with_day, day=said.text) if said else words.say(without)


def _cancelled(post: Post, words: NoticeWords) -> date | None:
    at = post.course.cancelled_at
    return at.astimezone(words.zone).date() if at else None


def _decided(procedure: Procedure, post: Post, words: NoticeWords) -> date | None:
    at = post.course.award_notified_at or post.course.award_decision_at
    if at is not None:
        return at.astimezone(words.zone).date()
    results = procedure.award.results if procedure.award else ()
    return max((one.decided for one in results if one.decided), default=None)


def _signed(procedure: Procedure, post: Post) -> date | None:
    results = procedure.award.results if procedure.award else ()
    days = [one.signed for one in results if one.signed]
    return post.course.contract_signed_at or max(days, default=None)
