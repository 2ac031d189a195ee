"""VEVENT: last moments and events as calendars have them (RFC 5545, section 3.6.1).

Deadlines are moments and block nobody's time: they have no end and are transparent, and no alarm
is forced upon a reader.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Event

from utrop.notices.calendar_deadlines import LastMoment, last_moments, lot_number
from utrop.notices.calendar_wording import day_in_words, lots_in_words, moment_in_words, words
from utrop.notices.calendar_zone import is_utc
from utrop.post import Post
from utrop.procurement.codes import cpv_division, division_label
from utrop.procurement.notice import Notice
from utrop.procurement.procedure import Procedure

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\u0085\u2028\u2029\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarSite:
    """What the settings say of the site, as far as its calendars show it."""

    url: str
    """SITEURL without a slash at the end."""
    name: str
    zone: ZoneInfo
    default_lang: str
    authority: str
    """FEED_AUTHORITY and its year: whose ids these are, wherever the site lies."""
    authority_year: int


def stable_uid(site: CalendarSite, name: str) -> str:
    """Return the UID of what a name stands for; never made from an address (RFC 7986, 5.3)."""
    tag = f"tag:{site.authority},{site.authority_year}:{name}"
    return str(uuid.uuid5(uuid.NAMESPACE_URL, tag))


def changed(post: Post) -> datetime:
    """Return when what a calendar says of a post last changed, in UTC and whole seconds."""
    moments = [post.updated, *(seen.since for seen in post.deadlines_seen)]
    if post.procedure is not None:
        moments += (entry.published for entry in post.procedure.entries)
    return max(moments).astimezone(UTC).replace(microsecond=0)


def deadline_events(post: Post, site: CalendarSite) -> list[Event]:
    """Return the last moments of the procurement that a post tells of."""
    procedure = post.procedure
    if procedure is None:
        return []
    return [_deadline(moment, post, procedure, site) for moment in last_moments(procedure)]


def event_event(post: Post, site: CalendarSite) -> Event | None:
    """Return the event that a post of kind event tells of; None if it does not say when."""
    if post.starts is None:
        return None
    said = words(post.lang)
    event = Event()
    event.add("UID", stable_uid(site, f"{post.uid}#event"))
    is_cancelled = post.course.cancelled_at is not None
    _stamp(event, post, sequence=_revisions(post) + is_cancelled)
    _starts(event, post.starts, site.zone)
    if post.ends is not None and post.ends > post.starts:
        _time(event, "DTEND", post.ends, site.zone)
    _texts(
        event,
        f"{said['cancelled']}: {post.title}" if is_cancelled else post.title,
        [
            post.plain_summary or post.summary,
            _line(said["place"], post.place),
            _line(said["registration"], post.registration_url),
            _line(said["page"], post.url),
        ],
        post.url,
        post.lang,
    )
    if post.place:
        event.add("LOCATION", clean(post.place))
    event.add("STATUS", "CANCELLED" if is_cancelled else "CONFIRMED")
    event.add("TRANSP", "TRANSPARENT")
    return event


def clean(text: str) -> str:
    """Return a text without the characters that no calendar may hold, with plain line ends."""
    return _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _deadline(moment: LastMoment, post: Post, procedure: Procedure, site: CalendarSite) -> Event:
    said = words(post.lang)
    is_cancelled = procedure.phase == "cancelled"
    event = Event()
    event.add("UID", stable_uid(site, f"{procedure.procedure_id}#{moment.key}"))
    _stamp(event, post, sequence=procedure.moves + procedure.question_moves + is_cancelled)
    at = moment.deadline.moment
    if moment.deadline.has_time:
        _starts(event, at, site.zone)
    else:
        event.add("DTSTART", at.date())
    lots = lots_in_words(tuple(lot_number(lot) for lot in moment.lots), post.lang)
    what = said[moment.what]
    summary = f"{what} ({lots}): {post.title}" if lots else f"{what}: {post.title}"
    _texts(
        event,
        f"{said['cancelled']}: {summary}" if is_cancelled else summary,
        [
            said["is_cancelled"] if is_cancelled else "",
            _line(what, _when(moment, post.lang, site.zone)),
            *_lots(moment, post.lang),
            *_facts(procedure.notice, post.lang),
            _line(said["page"], post.url),
            _prevails(procedure.notice, post.lang),
        ],
        post.url,
        post.lang,
    )
    categories = _categories(procedure.notice, post.lang)
    if categories:
        event.add("CATEGORIES", categories)
    event.add("STATUS", "CANCELLED" if is_cancelled else "CONFIRMED")
    event.add("TRANSP", "TRANSPARENT")
    return event


def _stamp(event: Event, post: Post, *, sequence: int) -> None:
    at = changed(post)
    event.add("DTSTAMP", at)
    event.add("CREATED", post.published.astimezone(UTC).replace(microsecond=0))
    event.add("LAST-MODIFIED", at)
    event.add("SEQUENCE", sequence)


def _revisions(post: Post) -> int:
    """Return a number that rises with each change that the writer calls one."""
    return max(0, (post.updated - post.published) // timedelta(minutes=1))


def _starts(event: Event, at: datetime, zone: ZoneInfo) -> None:
    _time(event, "DTSTART", at, zone)


def _time(event: Event, name: str, at: datetime, zone: ZoneInfo) -> None:
    """Write a moment in the site's zone; in UTC where that would not say which hour is meant.

    When clocks are put back an hour comes twice, and a local time means the first one
    (RFC 5545, section 3.3.5).
    """
    local = at.astimezone(zone).replace(microsecond=0)
    event.add(name, local.astimezone(UTC) if is_utc(zone) or local.fold else local)


def _when(moment: LastMoment, lang: str, zone: ZoneInfo) -> str:
    at = moment.deadline.moment
    if not moment.deadline.has_time:
        return day_in_words(at.date(), lang)
    return moment_in_words(at, lang, zone)


def _lots(moment: LastMoment, lang: str) -> list[str]:
    noun = words(lang)["lot"].capitalize()
    return [
        _line(f"{noun} {lot_number(lot)}", lot.title.said_in(lang) or lot.identifier)
        for lot in moment.lots
    ]


def _facts(notice: Notice | None, lang: str) -> list[str]:
    if notice is None:
        return []
    said = words(lang)
    buyers = ", ".join(buyer.name.said_in(lang) for buyer in notice.buyers if buyer.name)
    return [
        _line(said["buyer"], buyers),
        _line(said["ask"], notice.questions_url),
        *(_line(said["documents"], address) for address in notice.all_documents[:3]),
        *(_line(said["submission"], address) for address in notice.all_submission[:3]),
    ]


def _prevails(notice: Notice | None, lang: str) -> str:
    said = words(lang)["prevails"]
    address = notice.official_url if notice is not None else ""
    return f"{said}: {address}" if address else f"{said}."


def _line(name: str, value: str) -> str:
    return f"{name}: {value}" if value else ""


def _texts(event: Event, summary: str, lines: Iterable[str], url: str, lang: str) -> None:
    event.add("SUMMARY", clean(" ".join(summary.split())), parameters={"LANGUAGE": lang})
    text = "\n".join(filter(None, (clean(line) for line in lines)))
    event.add("DESCRIPTION", text, parameters={"LANGUAGE": lang})
    event.add("URL", url)


def _categories(notice: Notice | None, lang: str) -> list[str]:
    """Return what is bought: the main code with its label, and the divisions of all codes."""
    if notice is None:
        return []
    codes = notice.all_cpv
    divisions = dict.fromkeys(filter(None, map(cpv_division, codes)))
    found = [f"CPV {code} {notice.cpv_label(code, lang)}".strip() for code in codes[:1]]
    return [*found, *filter(None, (division_label(one, lang) for one in divisions))]
