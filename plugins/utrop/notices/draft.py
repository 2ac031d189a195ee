"""Drafts: what a notice lets a post say of itself, and what its importer should be told.

A draft holds no fact that the notice has not; the facts themselves stay in the notice's file, and
the pages read them there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from utrop.last_moment import last_moment
from utrop.problem import Problem
from utrop.procurement.kinds import Kind
from utrop.procurement.notice import Notice

_KINDS: Final[Mapping[str, Kind]] = {
    "competition": "notice",
    "planning": "plan",
    "consultation": "dialogue",
    "change": "change",
    "result": "award",
    "dir-awa-pre": "award",
    "cont-modif": "contract_change",
    "completion": "contract_change",
}
_PREFIXES: Final[Mapping[str, Mapping[str, str]]] = {
    "sv": {
        "change": "Ändring",
        "result": "Resultat",
        "dir-awa-pre": "Frivillig förhandsinsyn",
        "cont-modif": "Ändrat avtal",
        "completion": "Genomfört avtal",
    },
    "en": {
        "change": "Change",
        "result": "Result",
        "dir-awa-pre": "Ex-ante transparency",
        "cont-modif": "Contract change",
        "completion": "Completed contract",
    },
}
"""What sets a later post of a procurement apart from the one of its call: no fact, but a kind."""
_UNTITLED: Final[Mapping[str, str]] = {"sv": "Upphandling", "en": "Procurement"}
_CATEGORIES: Final[Mapping[str, str]] = {"sv": "Upphandlingar", "en": "Procurements"}

_TEST: Final = re.compile(
    r"\W*(?:this is a )?(?:test|testannons|testupphandling|testmeddelande|test notice|testing)\b"
    r"|.*\b(?:do not publish|ska inte publiceras|får inte publiceras)\b",
    re.IGNORECASE,
)
_ZERO: Final = re.compile(
    rb"<(?:\w+:)?(?P<name>EstimatedOverallContractAmount|FrameworkMaximumAmount|TotalAmount"
    rb"|PayableAmount)\b[^>]*>\s*0+(?:\.0+)?\s*</"
)
_LONG_WAY: Final = 60
"""Days from dispatch to publication beyond which a notice's dates are those of an earlier one."""
_UUID: Final = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_FILE_NAME: Final = re.compile(r"[^0-9A-Za-z.-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is known of a post before its writer writes."""

    kind: Kind
    lang: str
    title: str
    title_lang: str
    """The language that the title is in; another than ``lang`` where the notice lacks that."""
    category: str
    ted_number: str
    ted_published: date | None
    file_name: str
    """For the notice beside it, without ``.xml``."""


def draft_of(
    notice: Notice, *, languages: tuple[str, ...], lang: str = "", ted_number: str = ""
) -> Draft:
    """Return what a notice gives a draft, in ``lang`` or else in the notice's own language.

    ``languages`` are the site's, its default first; ``ted_number`` is the number by which the
    notice was asked for, where it does not tell its own.
    """
    chosen = lang or next((one for one in notice.langs if one in languages), languages[0])
    number = notice.ted_number or ted_number
    title_lang, title = notice.title.version(chosen)
    identifier = number or notice.notice_id
    title = _one_line(title) or f"{_UNTITLED.get(chosen, _UNTITLED['en'])} {identifier}".strip()
    prefix = _PREFIXES.get(chosen, _PREFIXES["en"]).get(_form(notice), "")
    return Draft(
        kind=kind_of(notice),
        lang=chosen,
        title=f"{prefix}: {title}" if prefix else title,
        title_lang=title_lang or chosen,
        category=_CATEGORIES.get(chosen, _CATEGORIES["en"]),
        ted_number=number,
        ted_published=notice.ted_published,
        file_name=file_name(identifier),
    )


def file_name(identifier: str) -> str:
    """Return an identifier as part of a file's name; empty where nothing of it can stand there."""
    return _FILE_NAME.sub("-", identifier).strip(".-").lower()[:80]


def kind_of(notice: Notice) -> Kind:
    """Return what a post about a notice is; a notice of no known form is a call's."""
    return _KINDS.get(_form(notice), "notice")


def names_of(notice: Notice) -> frozenset[str]:
    """Return by what other notices name this one: its identifier and its publication number."""
    return frozenset({notice.notice_id, notice.ted_number}) - {""}


def references(notice: Notice) -> frozenset[str]:
    """Return the names of the notices that this one changes, modifies or was planned by.

    A reference is a publication number, or an identifier with its version behind a hyphen.
    """
    named = {notice.changes_notice, notice.modifies_notice, notice.previous_planning} - {""}
    return frozenset(named | {found[0] for one in named if (found := _UUID.match(one))})


def concerns(
    notice: Notice,
    data: bytes,
    *,
    path: Path,
    draft: Draft,
    now: datetime,
    zone: ZoneInfo,
) -> list[Problem]:
    """Return what the person who imports a notice should look at, in the order of its lines.

    ``data`` is the notice's file, which is only asked for line numbers and zero amounts. What
    contradicts itself or is missing has been told by the reader.
    """
    found = [
        *_about_title(notice, draft, path),
        *_about_time(notice, data, path, now, zone),
        *_about_values(data, path),
    ]
    return sorted(found, key=lambda one: one.line or 0)


def _form(notice: Notice) -> str:
    return "change" if notice.changes_notice else notice.form_type


def _about_title(notice: Notice, draft: Draft, path: Path) -> Iterator[Problem]:
    if draft.title_lang != draft.lang:
        yield _warning(
            path,
            f"the notice has its title in {draft.title_lang}, not in {draft.lang}",
            "write the title in the post's language",
        )
    if _TEST.match(str(notice.title)):
        yield _warning(path, "the title says that it is a test", "do not publish a test notice")


def _about_time(
    notice: Notice, data: bytes, path: Path, now: datetime, zone: ZoneInfo
) -> Iterator[Problem]:
    for deadline in notice.deadlines:
        if deadline.is_midnight:
            yield _warning(
                path,
                f"the last moment is {last_moment(deadline.moment, 'en', zone)}",
                "readers take 00:00 for the end of the day: say so in the text, or correct the"
                " notice",
                _line_of(data, f">{deadline.moment:%Y-%m-%d}"),
            )
    if notice.deadlines and notice.deadlines[-1].moment <= now:
        last = notice.deadlines[-1].moment
        yield _warning(
            path,
            f"the last moment has passed, {last_moment(last, 'en', zone)}",
            "its page will say that it is closed",
            _line_of(data, f">{last:%Y-%m-%d}"),
        )
    dispatched, published = notice.dispatched, notice.ted_published
    if dispatched and published and (published - dispatched.date()).days > _LONG_WAY:
        yield _warning(
            path,
            f"TED published on {published}, long after the dispatch on {dispatched.date()}",
            "look at its dates: a change notice may carry those of the notice that it changes",
        )


def _about_values(data: bytes, path: Path) -> Iterator[Problem]:
    for zero in _ZERO.finditer(data):
        yield _warning(
            path,
            f"{zero['name'].decode()} is zero, which is read as not given",
            "no value is shown",
            data.count(b"\n", 0, zero.start()) + 1,
        )


def _warning(path: Path, what: str, instead: str, line: int | None = None) -> Problem:
    return Problem(path=path, line=line, what=what, instead=instead, severity="warning")


def _line_of(data: bytes, text: str) -> int | None:
    """Return the line on which a text first stands; None where it does not."""
    at = data.find(text.encode())
    return data.count(b"\n", 0, at) + 1 if at >= 0 else None


def _one_line(text: str) -> str:
    """Return a title on one line, without what is no text."""
    spaced = "".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in text)
    return " ".join(spaced.split())
