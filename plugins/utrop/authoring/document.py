"""Document: one Markdown file of the content folder, read, typed and given its address."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from utrop.authoring.front_matter import FrontMatter, Kind, PostFrontMatter
from utrop.languages import edition_path
from utrop.post import Announce
from utrop.procurement import kinds as procurement
from utrop.procurement.course import Course
from utrop.procurement.embargo import Embargo
from utrop.procurement.notice import Notice, Regime
from utrop.procurement.override import Override

State = Literal["published", "scheduled", "embargoed", "draft", "hidden", "withdrawn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A post or a page with the site's defaults filled in. All times are aware."""

    path: Path
    """The file, absolute."""
    source: str
    """The same below the content folder, with forward slashes."""
    kind: Kind
    front_matter: FrontMatter
    """What the writer said, and nothing else."""
    body: str
    """The Markdown below the header."""
    body_line: int
    """The line of the file, from 1, on which the body begins."""
    lang: str
    slug: str
    url_path: str
    """Path below SITEURL, such as ``ett-inlagg/`` or ``en/a-post/``."""
    published: datetime | None
    """None only for a page that has no date. Where an embargo lifted later, that moment."""
    modified: datetime | None
    state: State
    """The writer's status; ``scheduled`` and ``embargoed`` for what would be out but for its
    date, or but for the law."""
    category: str
    """Empty only for a page."""
    tags: tuple[str, ...]
    authors: tuple[str, ...]
    """The writer's, or the site's; empty where neither names one."""
    image: str
    """The share picture's path below the content folder; empty if there is none."""
    announce: Announce
    translation_key: str
    """The same for an original and all its translations, and for nothing else."""
    lines: dict[tuple[str, ...], int]
    """The line of each key of the header, from 1."""
    post_kind: procurement.Kind = ""
    """What a post is in procurement; ``kind`` above only tells posts from pages."""
    procedure_id: str = ""
    regime: Regime | None = None
    notice: Notice | None = None
    """The post's own notice, from its file or its front matter."""
    notice_path: Path | None = None
    """The file of the notice, absolute."""
    course: Course = field(default_factory=Course)
    embargo: Embargo = field(default_factory=Embargo)
    overrides: tuple[Override, ...] = ()
    deadline: datetime | None = None
    """The front matter's, else the notice's earliest."""

    @property
    def uid(self) -> str:
        """The id that never changes; empty only for a page without one."""
        return self.front_matter.uid

    @property
    def title(self) -> str:
        """The heading."""
        return self.front_matter.title

    @property
    def is_built(self) -> bool:
        """Whether the document is part of the public site now."""
        return self.state in ("published", "hidden")

    def line(self, *keys: str) -> int | None:
        """Return the line of the first of these keys that the header has, or of the title."""
        for key in (*keys, "title"):
            if (key,) in self.lines:
                return self.lines[(key,)]
        return None


def state_of(front_matter: FrontMatter, now: datetime) -> State:
    """Return where a document stands at a given moment."""
    if front_matter.status in ("draft", "withdrawn"):
        return front_matter.status
    if front_matter.date is not None and front_matter.date > now:
        return "scheduled"
    return front_matter.status


def path_below_siteurl(slug: str, lang: str, default_lang: str) -> str:
    """Return the path of a document's page below SITEURL."""
    return f"{edition_path(lang, default_lang)}{slug}/"


def category_of(front_matter: FrontMatter, default: str, lang: str) -> str:
    """Return a post's category, which every post has; a page has none."""
    if not isinstance(front_matter, PostFrontMatter):
        return ""
    return front_matter.category or default or {"sv": "Allmänt"}.get(lang, "General")


def announce_of(front_matter: FrontMatter) -> Announce:
    """Return what the writer says of announcing; a page is never announced."""
    if isinstance(front_matter, PostFrontMatter):
        return front_matter.announce
    return Announce(networks=())
