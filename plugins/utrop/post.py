"""Post: what feeds, listings, exports and announcements see of a published article."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from utrop.procurement.course import Course
from utrop.procurement.embargo import Embargo
from utrop.procurement.kinds import Kind
from utrop.procurement.notice import Notice, Regime
from utrop.procurement.override import Override
from utrop.procurement.procedure import Procedure


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture that represents a post, as it is served."""

    url: str
    """Absolute address."""
    path: str
    """Path below SITEURL, without a leading slash; the same path in the output folder."""
    alt: str
    media_type: str
    length: int
    """Size of the file in bytes."""
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A category, a tag or an author, in one language's edition."""

    name: str
    slug: str
    path: str
    """Path of its page below SITEURL, such as ``kategori/debatt/``."""
    url: str
    """Absolute address of its page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """The same post in another language."""

    lang: str
    url: str
    path: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAgain:
    """One reminder as the writer asked for it."""

    when: str
    text: str
    at: str
    """Its place in the list, from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One announcement more, some time after the first."""

    name: str
    """As the writer wrote it; it identifies the reminder, so that each is sent once."""
    at: datetime
    text: str = ""
    """The writer's own words; empty: composed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announce:
    """What the writer said of announcing this post."""

    networks: tuple[str, ...] | None = None
    """Only these networks; None means all that the site has; empty means none."""
    texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The writer's own words per network; the key ``text`` holds for every network."""
    update: bool = True
    """Whether announcements that are out get new words when the post is modified."""
    asked_again: tuple[AskedAgain, ...] = ()
    again: tuple[Reminder, ...] = ()
    """The same with their moments, by time."""
    remind: bool = True
    """Whether a notice is announced again by itself before its last day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineSeen:
    """A last moment as a release first showed it. Both are aware."""

    moment: datetime
    since: datetime
    """The given time of the build that first had it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One published article in one language. All times are aware; all text is plain.

    ``content`` is the full HTML with absolute addresses, as feeds carry it; ``body`` is the same
    with root-relative addresses, as the page carries it.
    """

    guid: str
    """``tag:<FEED_AUTHORITY>,<year>:<uid>`` (RFC 4151); never made from SITEURL."""
    uid: str
    title: str
    url: str
    """Canonical absolute address."""
    path: str
    """Path below SITEURL, without a leading slash, such as ``ett-inlagg/``."""
    lang: str
    published: datetime
    modified: datetime | None
    authors: tuple[Term, ...]
    category: Term
    tags: tuple[Term, ...]
    summary: str
    content: str
    body: str
    image: Image | None
    translations: tuple[Translation, ...]
    status: Literal["published", "hidden", "draft", "scheduled", "embargoed"]
    """The last three are built on the development server only."""
    announce: Announce
    aliases: tuple[str, ...]
    """Paths below SITEURL where this post once lived and which redirect here."""
    source: str
    """Path of the Markdown file below the content folder, with forward slashes."""
    demo: bool = False
    responsible_editor: str = ""
    deadline: datetime | None = None
    """The last moment for tenders, answers or whatever the post calls for."""
    starts: datetime | None = None
    """When the event begins that the post tells of."""
    ends: datetime | None = None
    place: str = ""
    registration_url: str = ""
    kind: Kind = ""
    procedure_id: str = ""
    """As the writer or the notice names it; empty where neither does."""
    regime: Regime | None = None
    """Which rules of procurement law hold; None for a post that tells of no procurement."""
    plain_summary: str = ""
    """The writer's own summary in plain language."""
    notice: Notice | None = None
    """The post's own notice, from the XML beside it or from its front matter."""
    course: Course = field(default_factory=Course)
    procedure: Procedure | None = None
    """The procurement that the post tells of, as of the build's given time."""
    deadlines_seen: tuple[DeadlineSeen, ...] = ()
    """The post's own deadline through the releases, the current one last; empty without one."""
    embargo: Embargo = field(default_factory=Embargo)
    overrides: tuple[Override, ...] = ()

    @property
    def updated(self) -> datetime:
        """When the post last changed in a way that its writer calls a change."""
        return self.modified or self.published


def newest_first(posts: list[Post]) -> list[Post]:
    """Return posts by publication, newest first; those of one instant in the order of guid."""
    return sorted(posts, key=lambda post: (-post.published.timestamp(), post.guid))
