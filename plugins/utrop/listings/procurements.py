"""Procurements: what the pages that list them show, as plain values in the edition's language.

A page of a list is a function of these values alone, which are therefore its declared inputs: the
facts stand in the posts' notices, the phase in their procedures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from utrop.listings.wording import deadline_in_words, weekday_in_words
from utrop.post import Post
from utrop.procurement.addresses import NoticeList
from utrop.procurement.codes import division_label, nuts_label
from utrop.procurement.lists import Listed, ProcurementList
from utrop.procurement.notice import Deadline, Notice
from utrop.procurement.phase import Phase
from utrop.procurement.procedure import Procedure

Day = Literal["last", "expected", "answers", "closed", "cancelled", "decided"]
"""What a row's day is: the last one to come in, the one when the notice is expected, the last one
to answer in a dialogue, when it closed, was cancelled, or was decided."""

PER_PAGE: Final = 100
"""Procurements on a page. A list by date is looked through and searched as a whole, and a row
moves up whenever a deadline passes, so that short pages would never keep their contents; but what
is awarded grows for ever, and a page of thousands of rows serves nobody."""
ON_HOME: Final = 3
"""Rows of the block on the home page: it comes before the newest post on a phone's screen."""
_PLACES: Final = 3
"""Regions in a row, before the others are counted only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One procurement in a list."""

    title: str
    path: str
    """The post below SITEURL."""
    status: str
    """The post's: drafts and what is held are shown on the development server only."""
    phase: Phase
    day: Day
    when: str
    """That day in words; empty where nothing says one."""
    machine: str
    """The same as ``datetime`` has it."""
    has_moved: bool
    """Whether the last day to come in has moved since it was first told."""
    later: int
    """How many last moments other lots have after the one that is shown."""
    buyer: str
    buyer_lang: str
    """The language of the buyer's name where it is not the page's."""
    more_buyers: int
    places: tuple[str, ...]
    more_places: int
    area: str
    """What is bought, as the main CPV code has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to another list."""

    key: str
    """Which list: ``open``, ``planned``, … or a CPV division's or a region's code."""
    label: str
    """What the code means; empty for a list that has a name of its own."""
    path: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """One page of a list of procurements, or its first rows on the home page."""

    which: NoticeList
    code: str
    """The CPV division or the region; empty for a list of all."""
    label: str
    """What that code means."""
    rows: tuple[Row, ...]
    total: int
    calendar: str
    """Path of the calendar; empty for a list without one."""
    lists: tuple[Way, ...]
    """Open, planned, awarded and closed, as far as there are any; open always."""
    divisions: tuple[Way, ...]
    regions: tuple[Way, ...]


def list_pages(
    found: ProcurementList[Post],
    every: Sequence[ProcurementList[Post]],
    *,
    zone: ZoneInfo,
    per_page: int = PER_PAGE,
) -> tuple[tuple[tuple[Post, ...], ListPage], ...]:
    """Return the pages of one list, each with the posts that it leads to; one at least.

    ``every`` are all lists of the edition; ``zone`` is that of the days and times in words.
    """
    count = max(1, -(-len(found.listed) // per_page))
    parts = [found.listed[at * per_page : (at + 1) * per_page] for at in range(count)]
    return tuple(
        (tuple(one.post for one in part), _page(found, part, every, zone)) for part in parts
    )


def block(every: Sequence[ProcurementList[Post]], *, zone: ZoneInfo) -> ListPage | None:
    """Return what the home page shows of the open procurements; None where there is none."""
    if not every or not every[0].listed:
        return None
    return _page(every[0], every[0].listed[:ON_HOME], every, zone)


def _page(
    found: ProcurementList[Post],
    part: Sequence[Listed[Post]],
    every: Sequence[ProcurementList[Post]],
    zone: ZoneInfo,
) -> ListPage:
    lang = found.lang
    return ListPage(
        which=found.which,
        code=found.division or found.region,
        label=_label(found),
        rows=tuple(_row(one, found.which, lang, zone) for one in part),
        total=len(found.listed),
        calendar=found.calendar,
        lists=tuple(_way(one) for one in every if not one.division and not one.region),
        divisions=tuple(_way(one) for one in every if one.division and one.listed),
        regions=tuple(_way(one) for one in every if one.region and one.listed),
    )


def _way(one: ProcurementList[Post]) -> Way:
    key = one.division or one.region or one.which
    return Way(key=key, label=_label(one), path=one.path, count=len(one.listed))


def _label(one: ProcurementList[Post]) -> str:
    if one.division:
        return division_label(one.division, one.lang)
    return _place(one.region, one.lang) if one.region else ""


def _place(code: str, lang: str) -> str:
    """Return a region's name; the code itself where the lists at hand do not have its country."""
    return nuts_label(code, lang) or code


def _row(listed: Listed[Post], which: NoticeList, lang: str, zone: ZoneInfo) -> Row:
    procedure, post = listed.procedure, listed.post
    notice = procedure.notice or procedure.award or post.notice or Notice()
    buyers = [one for one in notice.buyers if one.name]
    name_lang, name = buyers[0].name.version(lang) if buyers else ("", "")
    codes = (code for code in notice.all_nuts)
    places = tuple(dict.fromkeys(_place(code, lang) for code in codes))
    day, when, machine = _when(listed, which, lang, zone)
    shown = listed.closes
    return Row(
        title=post.title,
        path=post.path,
        status=post.status,
        phase=procedure.phase,
        day=day,
        when=when,
        machine=machine,
        has_moved=procedure.moves > 0,
        later=sum(one.moment > shown.moment for one in procedure.closes) if shown else 0,
        buyer=name,
        buyer_lang="" if name_lang == lang else name_lang,
        more_buyers=max(len(buyers) - 1, 0),
        places=places[:_PLACES],
        more_places=len(places[_PLACES:]),
        area=next(filter(None, (notice.cpv_label(code, lang) for code in notice.all_cpv)), ""),
    )


def _when(
    listed: Listed[Post], which: NoticeList, lang: str, zone: ZoneInfo
) -> tuple[Day, str, str]:
    """Return the day that matters in a list: what it is, in words, and for machines."""
    procedure, post = listed.procedure, listed.post
    if which == "awarded":
        return "decided", *_of_day(_decided(listed.thread, procedure, zone), lang)
    if procedure.phase == "cancelled":
        return "cancelled", *_of_day(_cancelled(listed.thread, zone), lang)
    if which != "planned":
        return "last" if which == "open" else "closed", *_of(listed.closes, lang, zone)
    expected = procedure.notice.future_notice if procedure.notice else None
    if expected is None and post.kind == "dialogue" and post.deadline is not None:
        return "answers", *_of(Deadline(moment=post.deadline), lang, zone)
    return "expected", *_of_day(expected, lang)


def _of_day(day: date | None, lang: str) -> tuple[str, str]:
    return (weekday_in_words(day, lang), day.isoformat()) if day else ("", "")


def _of(deadline: Deadline | None, lang: str, zone: ZoneInfo) -> tuple[str, str]:
    if deadline is None:
        return "", ""
    machine = deadline.moment.astimezone(zone).isoformat(timespec="minutes")
    if not deadline.has_time:
        machine = deadline.moment.date().isoformat()
    return deadline_in_words(deadline, lang, zone), machine


def _decided(thread: Sequence[Post], procedure: Procedure, zone: ZoneInfo) -> date | None:
    """Return the day of the newest award decision that has been told."""
    told = [
        at.astimezone(zone).date()
        for post in thread
        for at in (post.course.award_decision_at or post.course.award_notified_at,)
        if at is not None
    ]
    results = procedure.award.results if procedure.award else ()
    told += [one.decided for one in results if one.decided is not None]
    return max(told, default=None)


def _cancelled(thread: Sequence[Post], zone: ZoneInfo) -> date | None:
    told: list[datetime] = [
        post.course.cancelled_at for post in thread if post.course.cancelled_at is not None
    ]
    return max(told).astimezone(zone).date() if told else None
