"""Announcement: what the manifest tells of one published post. Knows nothing of networks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from utrop.post import DeadlineSeen


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareImage:
    """The picture that goes with an announcement."""

    url: str
    alt: str
    media_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """One reminder that a post asks for."""

    name: str
    """As its writer wrote it, such as ``7 days before deadline``; it identifies the reminder."""
    at: datetime
    """When it is due (aware)."""
    text: str = ""
    """The writer's own words for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a post in procurement says beyond its words; empty: it does not say. Times are aware."""

    kind: str
    """The post's kind, such as ``notice``."""
    buyer: str = ""
    region: str = ""
    """Where it is performed, in the post's language."""
    closes: tuple[datetime, ...] = ()
    """Its last moments, the earliest first; several where lots differ. One at 23:59:59 in its own
    offset is a day without a time."""
    zone: str = "UTC"
    """The site's time zone (IANA), in which moments are told."""
    prevails: bool = False
    """Whether an official notice stands elsewhere, and prevails."""
    starts: datetime | None = None
    """When the event begins."""
    place: str = ""
    """Where the event is."""
    cancelled: bool = False
    """Whether the procurement has been called off."""
    moved_from: datetime | None = None
    """In the announcement of a moved deadline: the former one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """One published post, in plain text, as the announcer sees it. Times are aware."""

    guid: str
    url: str
    title: str
    summary: str
    lang: str
    published: datetime
    modified: datetime | None = None
    category: str = ""
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    image: ShareImage | None = None
    networks: tuple[str, ...] | None = None
    """Only these networks; None means every network that the site has; empty means none."""
    texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The writer's own words per network; the key ``text`` holds for every network."""
    aliases: tuple[str, ...] = ()
    """Paths below the site's URL at which the post once lived."""
    demo: bool = False
    update: bool = True
    """Whether an announcement that is out follows the post when it is modified."""
    again: tuple[Again, ...] = ()
    until: datetime | None = None
    """The deadline or the start of the event: no reminder is sent from then on (aware)."""
    heading: str = ""
    """What is said first instead of the title, as in a reminder."""
    facts: Facts | None = None
    """Of a post in procurement: what its announcement is made from."""
    deadlines_seen: tuple[DeadlineSeen, ...] = ()
    """The post's own deadline through the releases, the current one last."""
