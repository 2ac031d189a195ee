"""Lists: which procurements stand in which list of a language's edition, and in what order.

Pages and calendars are made from the same lists, so that a list and its calendar never disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Generic, Protocol, TypeVar

from utrop.procurement.addresses import (
    NoticeList,
    calendar_path,
    division_path,
    notices_path,
    region_path,
)
from utrop.procurement.codes import cpv_division, division_label, is_known_nuts
from utrop.procurement.kinds import OF_A_PROCEDURE, Kind
from utrop.procurement.notice import Deadline
from utrop.procurement.phase import Phase
from utrop.procurement.procedure import Procedure

_LIST_OF: Final[dict[Phase, NoticeList]] = {
    "planned": "planned",
    "open": "open",
    "questions closed": "open",
    "closed": "closed",
    "cancelled": "closed",
    "awarded": "awarded",
    "contracted": "awarded",
}
_TELLING: Final[dict[NoticeList, frozenset[Kind]]] = {
    "open": frozenset({"notice"}),
    "closed": frozenset({"notice"}),
    "planned": frozenset({"plan", "dialogue"}),
    "awarded": frozenset({"award"}),
}
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


class Told(Protocol):
    """What a post must be to stand in a list: ``utrop.post.Post`` is."""

    @property
    def guid(self) -> str:
        """Its identity."""

    @property
    def lang(self) -> str:
        """Its language."""

    @property
    def status(self) -> str:
        """Hidden posts stand in no list."""

    @property
    def kind(self) -> Kind:
        """What it is."""

    @property
    def path(self) -> str:
        """Below SITEURL."""

    @property
    def published(self) -> datetime:
        """Aware."""

    @property
    def deadline(self) -> datetime | None:
        """What it calls for by when: the last moment for answers in a dialogue."""

    @property
    def procedure(self) -> Procedure | None:
        """The procurement that it tells of."""


P = TypeVar("P", bound=Told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed(Generic[P]):
    """One procurement in a list. Several posts may tell of it; it has one place all the same."""

    procedure: Procedure
    post: P
    """The post that the list leads to: of an open or closed procurement the call for competition,
    of a planned one the newest plan or dialogue, of an awarded one the newest award; in a thread
    without it the newest post."""
    thread: tuple[P, ...]
    """Every listed post of the thread in this language, the newest first."""
    closes: Deadline | None
    """The next last moment to come in, or the last of all if every one has passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcurementList(Generic[P]):
    """One list of procurements in one language's edition."""

    which: NoticeList
    lang: str
    path: str
    """Below SITEURL, with a slash at the end."""
    listed: tuple[Listed[P], ...]
    division: str = ""
    """Two digits of the CPV: only what is bought in this division."""
    region: str = ""
    """A NUTS code in capitals: only what is performed there, in part of it, or all around it."""

    @property
    def calendar(self) -> str:
        """The path of the list's calendar; empty for a list of what is not open.

        A list that is empty for the moment keeps its calendar: somebody subscribes to it.
        """
        if self.which != "open":
            return ""
        return calendar_path(self.path, self.lang)


def procurement_lists(
    posts: Iterable[P], lang: str, *, default_lang: str, now: datetime
) -> tuple[ProcurementList[P], ...]:
    """Return an edition's lists of procurements; none at all where no post tells of one.

    The first is the list of open ones, which may be empty, as may those by CPV division and by
    region: they stay once a procurement was called for there, lest a bookmark or a subscription
    lead nowhere. Planned, awarded and closed have at least one each. ``now`` (aware) is the
    moment as of which the posts' procedures stand; it only chooses which of several lots'
    deadlines is next.
    """
    of_list: dict[NoticeList, list[Listed[P]]] = {
        "open": [],
        "planned": [],
        "awarded": [],
        "closed": [],
    }
    threads = _threads(posts, lang)
    for thread in threads:
        procedure = thread[0].procedure
        if procedure is None:  # pragma: no cover - _threads leaves such posts out
            continue
        which = _LIST_OF[procedure.phase]
        listed = Listed(
            procedure=procedure,
            post=_telling(procedure, thread, which),
            thread=thread,
            closes=procedure.next_close(now),
        )
        of_list[which].append(listed)
    if not threads:
        return ()
    for which, order in _ORDER.items():
        of_list[which].sort(key=order)
    found = [
        ProcurementList(
            which=which,
            lang=lang,
            path=notices_path(which, lang, default_lang),
            listed=tuple(listed),
        )
        for which, listed in of_list.items()
        if listed or which == "open"
    ]
    return (
        *found,
        *_by_division(of_list, lang, default_lang),
        *_by_region(of_list, lang, default_lang),
    )


def tells_of_a_procedure(post: Told) -> bool:
    """Whether a post puts its procurement into the lists of its language's edition."""
    is_one = post.kind in OF_A_PROCEDURE and post.procedure is not None
    return is_one and post.status != "hidden"


def divisions_of(procedure: Procedure) -> frozenset[str]:
    """Return the CPV divisions (two digits) in which a procedure buys; only those that exist."""
    codes = procedure.notice.all_cpv if procedure.notice else ()
    return frozenset(filter(_is_division, map(cpv_division, codes)))


def regions_of(procedure: Procedure) -> frozenset[str]:
    """Return the NUTS codes, in capitals, where a procedure's contract is performed.

    A code that does not exist is left out, one that the lists at hand cannot judge is not.
    """
    codes = procedure.notice.all_nuts if procedure.notice else ()
    return frozenset(code.strip().upper() for code in codes if is_known_nuts(code) is not False)


def _is_division(code: str) -> bool:
    return bool(division_label(code, "en"))


def _threads(posts: Iterable[P], lang: str) -> list[tuple[P, ...]]:
    found: dict[str, list[P]] = {}
    for post in posts:
        if post.lang == lang and post.procedure is not None and tells_of_a_procedure(post):
            found.setdefault(post.procedure.procedure_id, []).append(post)
    return [
        tuple(sorted(thread, key=lambda post: (-post.published.timestamp(), post.guid)))
        for thread in found.values()
    ]


def _telling(procedure: Procedure, thread: tuple[P, ...], which: NoticeList) -> P:
    """Return the post of a thread, the newest first, that a list leads to."""
    if which in ("open", "closed"):
        for post in thread:
            if post.path == procedure.call_path:
                return post
    calls = [post for post in thread if post.kind == "notice"]
    best = [post for post in thread if post.kind in _TELLING[which]]
    return next(iter(best or calls or thread))


def _by_division(
    of_list: Mapping[NoticeList, list[Listed[P]]], lang: str, default_lang: str
) -> Iterable[ProcurementList[P]]:
    codes = [divisions_of(one.procedure) for one in of_list["open"]]
    every = [divisions_of(one.procedure) for one in _called(of_list)]
    for code in sorted(frozenset().union(*every)):
        yield ProcurementList(
            which="open",
            lang=lang,
            path=division_path(code, lang, default_lang),
            listed=tuple(
                one for one, own in zip(of_list["open"], codes, strict=True) if code in own
            ),
            division=code,
        )


def _by_region(
    of_list: Mapping[NoticeList, list[Listed[P]]], lang: str, default_lang: str
) -> Iterable[ProcurementList[P]]:
    codes = [regions_of(one.procedure) for one in of_list["open"]]
    every = [regions_of(one.procedure) for one in _called(of_list)]
    for code in sorted(frozenset().union(*every)):
        yield ProcurementList(
            which="open",
            lang=lang,
            path=region_path(code, lang, default_lang),
            listed=tuple(
                one
                for one, own in zip(of_list["open"], codes, strict=True)
                if _is_around(code, own)
            ),
            region=code,
        )


def _called(of_list: Mapping[NoticeList, list[Listed[P]]]) -> list[Listed[P]]:
    """Return what has been called for, whatever became of it."""
    return [*of_list["open"], *of_list["closed"], *of_list["awarded"]]


def _is_around(code: str, regions: frozenset[str]) -> bool:
    """Whether a region lies in one of ``regions`` or the other way round: codes nest."""
    return any(one.startswith(code) or code.startswith(one) for one in regions)


def _deadline(listed: Listed[P]) -> tuple[datetime, str]:
    return (listed.closes.moment if listed.closes else _NEVER, listed.procedure.procedure_id)


def _expected(listed: Listed[P]) -> tuple[int, float, str]:
    """By the day the notice is expected, or answers in a dialogue; those without one last."""
    notice, post = listed.procedure.notice, listed.post
    day = notice.future_notice if notice is not None else None
    if day is None and post.kind == "dialogue" and post.deadline is not None:
        day = post.deadline.date()
    if day is not None:
        return (0, float(day.toordinal()), listed.procedure.procedure_id)
    return (1, -post.published.timestamp(), listed.procedure.procedure_id)


def _told(listed: Listed[P]) -> tuple[float, str]:
    """By the newest post that tells how it ended, the newest first."""
    return (-listed.post.published.timestamp(), listed.procedure.procedure_id)


def _closed(listed: Listed[P]) -> tuple[float, str]:
    """By when it closed, the last first; a cancelled one closed when the newest post said so."""
    procedure = listed.procedure
    at = listed.thread[0].published
    if procedure.phase != "cancelled" and procedure.closes:
        at = procedure.closes[-1].moment
    return (-at.timestamp(), procedure.procedure_id)


_ORDER: Final[dict[NoticeList, Callable[[Listed[P]], tuple[object, ...]]]] = {
    "open": _deadline,
    "planned": _expected,
    "awarded": _told,
    "closed": _closed,
}
