"""What is said of a post in procurement, made from its facts: lines that stand whole or not at all.

Deterministic: a function of the announcement, never of the clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from utrop.last_moment import last_moment, short_last_moment
from utrop.syndication.announcement import Announcement, Facts

_SWEDISH: Final = {
    "deadline": "Sista dag: {moment}",
    "new": "Ny sista dag: {moment}",
    "new_first": "Ny sista dag för den första delen: {moment}",
    "former": "Tidigare sista dag: {moment}",
    "lots": "Olika sista dagar för delarna: den första {first}, den sista {last}",
    "answer": "Svara senast: {moment}",
    "register": "Anmälan senast: {moment}",
    "starts": "Tid: {moment}",
    "place": "Plats: {place}",
    "buyer": "Köpare: {buyer}",
    "region": "Var: {region}",
    "prevails": "Den officiella annonsen gäller.",
    "reminder": "Påminnelse: {title}",
    "left": "Påminnelse: {days} dagar kvar – {title}",
    "left_one": "Påminnelse: 1 dag kvar – {title}",
    "left_none": "Påminnelse: i dag är sista dagen – {title}",
}
_ENGLISH: Final = {
    "deadline": "Last day: {moment}",
    "new": "New last day: {moment}",
    "new_first": "New last day for the first lot: {moment}",
    "former": "Former last day: {moment}",
    "lots": "Last days differ between the lots: the first {first}; the last {last}",
    "answer": "Answer by: {moment}",
    "register": "Register by: {moment}",
    "starts": "When: {moment}",
    "place": "Place: {place}",
    "buyer": "Buyer: {buyer}",
    "region": "Where: {region}",
    "prevails": "The official notice prevails.",
    "reminder": "Reminder: {title}",
    "left": "Reminder: {days} days left – {title}",
    "left_one": "Reminder: 1 day left – {title}",
    "left_none": "Reminder: today is the last day – {title}",
}
_DEADLINE_OF: Final = {"plan": "answer", "dialogue": "answer", "event": "register"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The lines of an announcement in procurement, none of which may be cut."""

    moments: tuple[str, ...] = ()
    """The last day above all: these go before everything but the address."""
    short_moments: tuple[str, ...] = ()
    """The same where there is little room."""
    lines: tuple[str, ...] = ()
    """Further facts, the most important first."""
    closing: str = ""
    """What stands after the summary."""


def said(announcement: Announcement) -> Said | None:
    """Return the lines made from an announcement's facts; None where it has none."""
    facts = announcement.facts
    if facts is None:
        return None
    words = _words(announcement.lang)
    zone = ZoneInfo(facts.zone)
    lines = [
        _moved_from(facts, words, announcement.lang, zone),
        words["place"].format(place=facts.place) if facts.place else "",
        words["buyer"].format(buyer=facts.buyer) if facts.buyer else "",
        words["region"].format(region=facts.region) if facts.region else "",
    ]
    return Said(
        moments=_moments(facts, words, announcement.lang, zone, short=False),
        short_moments=_moments(facts, words, announcement.lang, zone, short=True),
        lines=tuple(filter(None, lines)),
        closing=words["prevails"] if facts.prevails else "",
    )


def reminder_heading(announcement: Announcement, days: int | None) -> str:
    """Return what a reminder says first; ``days`` are left until the last day, None: not told."""
    words = _words(announcement.lang)
    key = "reminder" if days is None else {0: "left_none", 1: "left_one"}.get(days, "left")
    return words[key].format(days=days, title=announcement.title)


def _words(lang: str) -> dict[str, str]:
    return _SWEDISH if lang == "sv" else _ENGLISH


def _moments(
    facts: Facts, words: dict[str, str], lang: str, zone: ZoneInfo, *, short: bool
) -> tuple[str, ...]:
    told = short_last_moment if short else last_moment
    found = []
    if facts.starts is not None:
        found.append(words["starts"].format(moment=told(facts.starts, lang, zone)))
    if facts.closes:
        first, last = (told(one, lang, zone) for one in (facts.closes[0], facts.closes[-1]))
        several = len(facts.closes) > 1
        if facts.moved_from is not None:
            found.append(words["new_first" if several else "new"].format(moment=first))
        elif several:
            found.append(words["lots"].format(first=first, last=last))
        else:
            key = _DEADLINE_OF.get(facts.kind, "deadline")
            found.append(words[key].format(moment=first))
    return tuple(found)


def _moved_from(facts: Facts, words: dict[str, str], lang: str, zone: ZoneInfo) -> str:
    if facts.moved_from is None:
        return ""
    return words["former"].format(moment=last_moment(facts.moved_from, lang, zone))
