"""Calendars: iCalendar files of last moments and events (RFC 5545 and RFC 7986).

Each is a function of posts and settings: its times of change are the posts', never the clock's. A
calendar says when the last day is and never that something is open, so that it stays true.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote

from icalendar import Calendar, Event, vDuration, vText

from utrop.notices.calendar_events import (
    CalendarSite,
    changed,
    clean,
    deadline_events,
    event_event,
    stable_uid,
)
from utrop.notices.calendar_wording import words
from utrop.notices.calendar_zone import is_utc, vtimezone
from utrop.post import Post, newest_first
from utrop.procurement.addresses import events_calendar_path
from utrop.procurement.codes import division_label, nuts_label
from utrop.procurement.dated import own_calendar
from utrop.procurement.lists import ProcurementList, procurement_lists

_PRODUCT = "-//Utrop//Calendar 1//EN"
_REFRESH = timedelta(hours=6)
"""How often a subscriber's program may ask again."""
_ANY_YEAR = 2026
"""From when on an empty calendar knows its time zone; nothing in it happens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarFile:
    """One calendar and what it is made from."""

    path: str
    """Below SITEURL."""
    data: bytes
    posts: tuple[Post, ...]


def calendars(posts: Iterable[Post], site: CalendarSite, *, now: datetime) -> list[CalendarFile]:
    """Return every calendar of a site: the posts' own, the lists' and each edition's events.

    ``now`` (aware) is the moment as of which the posts' procedures stand.
    """
    posts = newest_first(list(posts))
    found = [_own(post, path, site) for post in posts if (path := own_calendar(post))]
    for lang in sorted({post.lang for post in posts}):
        lists = procurement_lists(posts, lang, default_lang=site.default_lang, now=now)
        found += (_of_list(one, site) for one in lists if one.calendar)
        events = [
            post
            for post in posts
            if post.lang == lang and post.kind == "event" and post.status != "hidden"
        ]
        if any(post.starts is not None for post in events):
            found.append(_of_events(events, lang, site))
    return found


def _own(post: Post, path: str, site: CalendarSite) -> CalendarFile:
    events = _of_post(post, site)
    data = _calendar(
        path=path,
        page=post.url,
        name=post.title,
        uid=stable_uid(site, f"{post.uid}#calendar"),
        posts=[post],
        events=events,
        lang=post.lang,
        site=site,
    )
    return CalendarFile(path=path, data=data, posts=(post,))


def _of_list(one: ProcurementList[Post], site: CalendarSite) -> CalendarFile:
    posts = [listed.post for listed in one.listed]
    said = words(one.lang)
    part = ""
    if one.division:
        part = division_label(one.division, one.lang) or f"CPV {one.division}"
    elif one.region:
        part = nuts_label(one.region, one.lang) or one.region
    name = said["open_in"].format(name=part) if part else said["open"]
    data = _calendar(
        path=one.calendar,
        page=f"{site.url}/{quote(one.path)}",
        name=f"{name} – {site.name}",
        uid=stable_uid(site, f"calendar:{one.lang}:open:{one.division}{one.region}"),
        posts=posts,
        events=[event for post in posts for event in deadline_events(post, site)],
        lang=one.lang,
        site=site,
    )
    return CalendarFile(path=one.calendar, data=data, posts=tuple(posts))


def _of_events(posts: Sequence[Post], lang: str, site: CalendarSite) -> CalendarFile:
    path = events_calendar_path(lang, site.default_lang)
    home = path.rpartition("/")[0]
    data = _calendar(
        path=path,
        page=f"{site.url}/{home}/" if home else f"{site.url}/",
        name=f"{words(lang)['events']} – {site.name}",
        uid=stable_uid(site, f"calendar:{lang}:events"),
        posts=posts,
        events=[event for post in posts for event in _of_post(post, site)],
        lang=lang,
        site=site,
    )
    return CalendarFile(path=path, data=data, posts=tuple(posts))


def _of_post(post: Post, site: CalendarSite) -> list[Event]:
    if post.kind != "event":
        return deadline_events(post, site)
    event = event_event(post, site)
    return [event] if event is not None else []


def _calendar(
    *,
    path: str,
    page: str,
    name: str,
    uid: str,
    posts: Sequence[Post],
    events: Sequence[Event],
    lang: str,
    site: CalendarSite,
) -> bytes:
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", _PRODUCT)
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("UID", uid)
    text = vText(clean(" ".join(name.split())))  # the library would not escape these two itself
    calendar.add("NAME", text, parameters={"LANGUAGE": lang})
    calendar.add("X-WR-CALNAME", text)  # what programs read that do not know RFC 7986
    calendar.add("URL", page)
    calendar.add("SOURCE", f"{site.url}/{quote(path)}", parameters={"VALUE": "URI"})
    if posts:
        calendar.add("LAST-MODIFIED", max(changed(post) for post in posts))
    calendar.add("REFRESH-INTERVAL", _REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", vDuration(_REFRESH))
    timed = [year for event in events for year in _years(event)]
    if not events:
        # A calendar holds something (RFC 5545, 3.6); that of an empty list stays for subscribers.
        calendar.add_component(vtimezone(site.zone.key, _ANY_YEAR))
    elif timed and not is_utc(site.zone):
        calendar.add("X-WR-TIMEZONE", site.zone.key)
        calendar.add_component(vtimezone(site.zone.key, min(timed)))
    for event in sorted(events, key=_by_time):
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _years(event: Event) -> list[int]:
    """Return the years of an event's times; a day without a time needs no time zone."""
    values = (event.decoded(name) for name in ("DTSTART", "DTEND") if name in event)
    return [value.year for value in values if isinstance(value, datetime)]


def _by_time(event: Event) -> tuple[float, str]:
    start: date = event.decoded("DTSTART")
    if not isinstance(start, datetime):
        start = datetime(start.year, start.month, start.day, tzinfo=UTC)
    return start.timestamp(), str(event["UID"])
