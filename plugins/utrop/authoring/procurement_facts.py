"""What a post says of a procurement: its notice, its course, and until when it is held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from utrop.authoring.content_files import ContentFiles
from utrop.authoring.document import Document
from utrop.authoring.front_matter import FrontMatter, PostFrontMatter
from utrop.authoring.mistake import quoted
from utrop.authoring.values import END_OF_DAY
from utrop.problem import Problem
from utrop.procurement.codes import Codes, packaged
from utrop.procurement.course import Course
from utrop.procurement.eforms import MOST_BYTES, read_notice
from utrop.procurement.embargo import Embargo, embargo_of, last_to_lift, thread_embargo
from utrop.procurement.kinds import OF_A_PROCEDURE
from utrop.procurement.notice import (
    Deadline,
    FormType,
    Lot,
    Multilingual,
    Notice,
    Organisation,
    Regime,
)

_FORMS: Final[Mapping[str, FormType]] = {
    "notice": "competition",
    "plan": "planning",
    "dialogue": "consultation",
    "change": "competition",
    "award": "result",
    "contract_change": "cont-modif",
}
"""What a post without a notice file tells of, in eForms' words."""
_HIDDEN_BY_THEMSELVES: Final = ("draft", "withdrawn")


@dataclass(slots=True)
class NoticeFiles:
    """The eForms files of a content folder, each read once."""

    files: ContentFiles
    codes: Codes = field(default_factory=packaged)
    problems: list[Problem] = field(default_factory=list)
    _read: dict[str, Notice | None] = field(default_factory=dict)

    def notice_of(self, document: Document) -> tuple[Path, Notice | None] | None:
        """Return the notice that a post names, with its file, or note why there is none."""
        matter = document.front_matter
        if not isinstance(matter, PostFrontMatter) or not matter.notice_file:
            return None
        written = matter.notice_file
        found = self.files.find(written, document.source, or_root=True)
        if found is None:
            near = self.files.near(written, document.source)
            self.problems.append(
                Problem(
                    path=document.path,
                    line=document.line("notice_file"),
                    what=f"there is no notice {quoted(written)}",
                    instead=f"write {near}" if near else "put it there, or correct the path",
                )
            )
            return None
        if found not in self._read:
            self._read[found] = self._of_file(self.files.root / found)
        return self.files.root / found, self._read[found]

    def _of_file(self, path: Path) -> Notice | None:
        try:
            with path.open("rb") as file:
                data = file.read(MOST_BYTES + 1)
        except OSError as error:
            self.problems.append(Problem(path=path, what=f"cannot be read: {error.strerror}"))
            return None
        reading = read_notice(data, path=path)
        self.problems += reading.problems
        return reading.notice


def course_of(matter: FrontMatter) -> Course:
    """Return what a post's front matter says has happened."""
    if not isinstance(matter, PostFrontMatter):
        return Course()
    until = matter.standstill_until
    return Course(
        ted_published_at=matter.ted_published_at,
        receipt_confirmed_at=matter.receipt_confirmed_at,
        no_word_from_ted_by=matter.no_word_from_ted_by,
        database_published_at=matter.database_published_at,
        published_in_system_at=matter.published_in_system_at,
        award_decision_at=matter.award_decision_at,
        award_notified_at=matter.award_notified_at,
        standstill_until=None if until == "none" else until,
        has_standstill=until != "none",
        notified_electronically=matter.notified_electronically,
        contract_signed_at=matter.contract_signed_at,
        cancelled_at=matter.cancelled_at,
    )


def regime_of(matter: FrontMatter) -> Regime | None:
    """Return which rules hold for a post; None where it tells of no procurement of its own."""
    if not isinstance(matter, PostFrontMatter):
        return None
    if matter.regime:
        return matter.regime
    if matter.notice_file:
        return "eu"
    return "national" if matter.kind in OF_A_PROCEDURE else None


def completed(notice: Notice | None, matter: FrontMatter, lang: str) -> Notice | None:
    """Return the post's notice: that of its file with what no eForms field tells, or that which
    its front matter amounts to; None for a post that tells of no notice.
    """
    if not isinstance(matter, PostFrontMatter):
        return None
    if notice is None:
        return _from_front_matter(matter, lang)
    return replace(
        notice,
        procedure_id=matter.procedure_id or notice.procedure_id,
        ted_number=matter.ted_number or notice.ted_number,
        database_name=matter.database_name,
        database_url=matter.database_url,
        procurement_id=matter.procurement_id,
        registry_number=matter.registry_number,
        questions_url=matter.questions_url,
        place=matter.place or notice.place,
    )


def _from_front_matter(matter: PostFrontMatter, lang: str) -> Notice | None:
    if matter.kind not in OF_A_PROCEDURE or matter.kind == "qa":
        return None
    lots: tuple[Lot, ...] = ()
    if matter.deadline or matter.questions_deadline:
        lots = (
            Lot(
                identifier="",
                tenders=_deadline(matter.deadline),
                questions=_deadline(matter.questions_deadline),
            ),
        )
    name = matter.buyer_name
    return Notice(
        source="front matter",
        procedure_id=matter.procedure_id,
        form_type=_FORMS.get(matter.kind, ""),
        lang=lang,
        langs=(lang,),
        ted_number=matter.ted_number,
        title=Multilingual(((lang, matter.title),)),
        buyers=(Organisation(name=Multilingual(((lang, name),))),) if name else (),
        cpv_main=matter.cpv[0] if matter.cpv else "",
        cpv_more=matter.cpv[1:],
        nuts=matter.nuts,
        place=matter.place,
        value=matter.estimated_value,
        future_notice=matter.future_notice_date,
        lots=lots,
        database_url=matter.database_url,
        database_name=matter.database_name,
        procurement_id=matter.procurement_id,
        registry_number=matter.registry_number,
        documents_url=matter.documents_url,
        submission_url=matter.submission_url,
        questions_url=matter.questions_url,
    )


def _labels(notice: Notice, codes: Codes) -> tuple[tuple[str, str, str], ...]:
    return tuple((code, *codes.cpv[code]) for code in notice.all_cpv if code in codes.cpv)


def _deadline(at: datetime | None) -> Deadline | None:
    """Return a last moment as a notice has it; a bare date came as the last second of its day."""
    return None if at is None else Deadline(moment=at, has_time=at.time() != END_OF_DAY)


def with_facts(
    documents: Iterable[Document], notices: NoticeFiles, now: datetime
) -> list[Document]:
    """Return the documents with what they tell of procurements, and held where they must be.

    A translation without facts of its own has those of its original; a post of a procurement is
    under the rules of its call for competition, unless it says which.
    """
    told = [_told(document, notices) for document in documents]
    originals = {one.uid: one for one in told if one.uid}
    inherited = [_inherited(one, originals) for one in told]
    threads: dict[str, list[Document]] = defaultdict(list)
    for one in inherited:
        if one.procedure_id:
            threads[one.procedure_id].append(one)
    ruled = [_ruled(one, threads.get(one.procedure_id, [])) for one in inherited]
    calls: dict[str, list[Embargo]] = defaultdict(list)
    for one in ruled:
        if one.post_kind == "notice" and one.state not in _HIDDEN_BY_THEMSELVES:
            calls[one.procedure_id].append(one.embargo)
    calls.pop("", None)
    return [_held(one, calls.get(one.procedure_id, []), now) for one in ruled]


def _told(document: Document, notices: NoticeFiles) -> Document:
    matter = document.front_matter
    if not isinstance(matter, PostFrontMatter):
        return document
    path, read = notices.notice_of(document) or (None, None)
    notice = completed(read, matter, document.lang)
    if read is not None and matter.deadline is not None:
        notices.problems += _two_deadlines(document, matter.deadline, read)
    if read is not None:
        notices.problems += _before_dispatch(document, matter, read)
    if notice is not None and notices.codes is not packaged():
        notice = replace(notice, cpv_labels=_labels(notice, notices.codes))
    return replace(
        document,
        post_kind=matter.kind,
        procedure_id=matter.procedure_id or (notice.procedure_id if notice else ""),
        regime=regime_of(matter),
        notice=notice,
        notice_path=path,
        course=course_of(matter),
        overrides=matter.overrides,
        deadline=matter.deadline or _first(notice),
    )


def _ruled(document: Document, thread: Iterable[Document]) -> Document:
    """Return a document with the regime of its procurement, and what holds it by itself."""
    matter = document.front_matter
    if not isinstance(matter, PostFrontMatter):
        return document
    regime = document.regime
    if regime is not None and not matter.regime and not matter.notice_file:
        calls = (one.regime for one in thread if one.post_kind == "notice")
        regime = next(calls, regime)
    embargo = embargo_of(
        kind=document.post_kind, regime=regime, notice=document.notice, course=document.course
    )
    return replace(document, regime=regime, embargo=embargo)


def _first(notice: Notice | None) -> datetime | None:
    closing = notice.deadlines if notice else ()
    return closing[0].moment if closing else None


def _two_deadlines(document: Document, written: datetime, notice: Notice) -> list[Problem]:
    moments = {one.moment for one in notice.deadlines}
    if not moments or written in moments:
        return []
    return [
        Problem(
            path=document.path,
            line=document.line("deadline"),
            what=f"the deadline {written:%Y-%m-%d %H:%M} is not the notice's,"
            f" {min(moments).astimezone(written.tzinfo):%Y-%m-%d %H:%M}",
            instead="remove the key: the notice prevails",
        )
    ]


def _before_dispatch(document: Document, matter: PostFrontMatter, notice: Notice) -> list[Problem]:
    """Return which stated moments come before the notice was sent, so that they are another's.

    A change notice put in the place of the first one would otherwise be told before its time.
    """
    sent = notice.dispatched
    if sent is None:
        return []
    said = {
        "ted_published_at": matter.ted_published_at,
        "receipt_confirmed_at": matter.receipt_confirmed_at,
    }
    # The offsets of a day without a time differ among senders: by the day, then.
    return [
        Problem(
            path=document.path,
            line=document.line(key),
            what=f"{key} {at:%Y-%m-%d} is before the notice was sent, {sent:%Y-%m-%d}",
            instead="correct it; a change notice gets a post of its own, with"
            " `utrop notice import`",
        )
        for key, at in said.items()
        if at is not None and at.date() < sent.date()
    ]


def _inherited(document: Document, originals: Mapping[str, Document]) -> Document:
    matter = document.front_matter
    original = originals.get(matter.translation_of) if matter.translation_of else None
    if original is None or document.post_kind or document.notice is not None:
        return document
    return replace(
        document,
        post_kind=original.post_kind,
        procedure_id=document.procedure_id or original.procedure_id,
        regime=document.regime or original.regime,
        notice=original.notice,
        course=original.course,
        deadline=document.deadline or original.deadline,
    )


def _held(document: Document, calls: Iterable[Embargo], now: datetime) -> Document:
    """Return a document with the embargo that holds it, and the publication that follows."""
    by_thread = thread_embargo(document.post_kind, calls, now)
    embargo = last_to_lift(document.embargo, by_thread)
    state, published = document.state, document.published
    if embargo.holds(now) and state not in _HIDDEN_BY_THEMSELVES:
        state = "embargoed"
    elif embargo.not_before is not None and published is not None:
        # What a reader sees as its publication is when it could first be read.
        published = max(published, embargo.not_before.astimezone(published.tzinfo))
    return replace(document, embargo=embargo, state=state, published=published)
