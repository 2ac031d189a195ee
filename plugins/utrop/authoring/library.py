"""The library: every post and page of a content folder, read and checked against one another."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from utrop.authoring import agreement, document, header, reminders, slugs
from utrop.authoring.content_files import IMAGE_SUFFIXES, PAGES_FOLDER, ContentFiles
from utrop.authoring.document import Document
from utrop.authoring.front_matter import FrontMatter, Kind, parse, told
from utrop.authoring.link_check import check_links
from utrop.authoring.links import Targets
from utrop.authoring.mistake import quoted
from utrop.authoring.procurement_facts import NoticeFiles, with_facts
from utrop.authoring.values import Rules
from utrop.problem import Problem, ProblemsFound
from utrop.procurement.codes import Codes, packaged
from utrop.settings import NETWORK_NAMES

KNOWN_NETWORKS = tuple(sorted({*NETWORK_NAMES, "bluesky", "linkedin", "mastodon"}))
"""Networks that a post may name, whether or not this site announces there."""
_STATE_WORDS = {
    "draft": "a draft",
    "scheduled": "scheduled",
    "embargoed": "under embargo",
    "withdrawn": "withdrawn",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """All documents of a site, in the order of their paths."""

    documents: tuple[Document, ...]
    warnings: tuple[Problem, ...]
    targets: Targets
    """What links between them lead to."""
    now: datetime
    default_lang: str
    by_source: Mapping[str, Document] = field(repr=False)

    @property
    def posts(self) -> tuple[Document, ...]:
        """The posts, published or not."""
        return tuple(document for document in self.documents if document.kind == "post")

    @property
    def pages(self) -> tuple[Document, ...]:
        """The pages, published or not."""
        return tuple(document for document in self.documents if document.kind == "page")


def read_library(
    content: Path,
    *,
    timezone: ZoneInfo,
    default_lang: str,
    languages: tuple[str, ...],
    now: datetime,
    default_author: str = "",
    default_category: str = "",
    unpublished: bool = False,
    networks: tuple[str, ...] = KNOWN_NETWORKS,
    markdown: Mapping[str, Any] | None = None,
    codes: Codes | None = None,
) -> Library:
    """Read every ``*.md`` below a content folder: pages below ``pages/``, posts elsewhere.

    ``now`` (aware) decides what is scheduled; with ``unpublished``, links to what is not yet
    public are kept. ``markdown`` are Python-Markdown's options, ours if None;
    ``codes`` the site's code lists, the packaged ones if None.

    Raises ``ProblemsFound`` with all mistakes of all files, in the order of files and lines.
    """
    rules = Rules(
        timezone=timezone,
        default_lang=default_lang,
        languages=tuple(dict.fromkeys((default_lang, *languages))),
        networks=networks,
    )
    files = ContentFiles.below(content.absolute())
    reading = _Reading(files, rules, now, default_author, default_category)
    for source in files.sources():
        reading.read(source)
    documents, problems = agreement.agreed(reading.documents, rules, reading.broken_uids)
    problems += reading.problems
    notices = NoticeFiles(files, codes or packaged())
    documents, mistaken = _with_reminders(with_facts(documents, notices, now), rules)
    problems += mistaken + [one for one in notices.problems if one.severity == "error"]
    targets = Targets(files, _unpublished(documents, include=unpublished))
    checked = check_links(documents, targets, markdown)
    problems += [one for one in checked if one.severity == "error"]
    if problems:
        raise ProblemsFound(_in_order(problems))
    checked += notices.problems
    warnings = [one for one in checked if one.severity == "warning"] + [
        Problem(
            path=files.root / path,
            what="is no .md file and is not read",
            instead="write Markdown in a file that ends in .md",
            severity="warning",
        )
        for path in files.unread()
    ]
    return Library(
        documents=tuple(documents),
        warnings=tuple(_in_order(warnings)),
        targets=targets,
        now=now,
        default_lang=default_lang,
        by_source={one.source: one for one in documents},
    )


def _with_reminders(
    documents: list[Document], rules: Rules
) -> tuple[list[Document], list[Problem]]:
    """Return the documents with the moments of the reminders that they ask for.

    They may count from a deadline that only the notice tells.
    """
    found, problems = [], []
    for one in documents:
        announce, mistakes = reminders.resolved(
            one.announce,
            published=one.published,
            deadline=one.deadline,
            starts=getattr(one.front_matter, "starts", None),
            zone=rules.timezone,
        )
        found.append(replace(one, announce=announce))
        problems += [told("announce", mistake, one.lines, one.path) for mistake in mistakes]
    return found, problems


def _unpublished(documents: list[Document], *, include: bool) -> dict[str, str]:
    if include:
        return {one.source: "withdrawn" for one in documents if one.state == "withdrawn"}
    return {one.source: _STATE_WORDS[one.state] for one in documents if not one.is_built}


def _in_order(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda one: (str(one.path or ""), one.line or 0, one.what))


def _shown(path: Path) -> str:
    """Return a path as a command typed here would name it."""
    try:
        shown = str(path.relative_to(Path.cwd()))
    except ValueError:
        shown = str(path)
    return f'"{shown}"' if " " in shown else shown


class _Reading:
    """Reads files one by one and keeps what is wrong with them."""

    def __init__(
        self,
        files: ContentFiles,
        rules: Rules,
        now: datetime,
        default_author: str,
        default_category: str,
    ) -> None:
        self.documents: list[Document] = []
        self.problems: list[Problem] = []
        self.broken_uids: set[str] = set()
        self._files = files
        self._rules = rules
        self._now = now
        self._authors = (default_author,) if default_author else ()
        self._category = default_category

    def read(self, source: str) -> None:
        """Read one file into a document, or note why it is none."""
        path = self._files.root / source
        kind: Kind = "page" if source.startswith(PAGES_FOLDER) else "post"
        try:
            text = header.decode(path.read_bytes())
            file = header.split(text)
        except header.HeaderError as error:
            self._note(path, error.line, error.what, error.instead)
            return
        except OSError as error:
            # Without a path: it would be shown as what a broken link points at.
            what = f"{quoted(source)} cannot be read: {error.strerror}"
            self.problems.append(
                Problem(what=what, instead="correct its permissions, or remove it")
            )
            return
        parsed = parse(file, kind, path, self._rules, _shown(path))
        self.problems += parsed.problems
        front_matter = parsed.front_matter
        if front_matter is None:
            self.broken_uids.add(str(file.values.get("uid", "")))
            return
        lang = front_matter.lang or self._rules.default_lang
        slug = self._slug(front_matter, source)
        made = Document(
            path=path,
            source=source,
            kind=kind,
            front_matter=front_matter,
            body=file.body,
            body_line=file.body_line,
            lang=lang,
            slug=slug,
            url_path=document.path_below_siteurl(slug, lang, self._rules.default_lang),
            published=front_matter.date,
            modified=front_matter.modified,
            state=document.state_of(front_matter, self._now),
            category=document.category_of(front_matter, self._category, lang),
            tags=getattr(front_matter, "tags", ()),
            authors=front_matter.authors or self._authors,
            image="",
            announce=document.announce_of(front_matter),
            translation_key=front_matter.uid or source,
            lines=parsed.lines,
            deadline=getattr(front_matter, "deadline", None),
        )
        self.documents.append(replace(made, image=self._image(made)))

    def _slug(self, front_matter: FrontMatter, source: str) -> str:
        return (
            front_matter.slug
            or slugs.slugify(front_matter.title)
            or slugs.slugify(front_matter.uid)
            or slugs.slugify(posixpath.basename(source).removesuffix(".md"))
            or "-".join(f"{ord(letter):x}" for letter in front_matter.title[:8])
        )

    def _image(self, made: Document) -> str:
        written = made.front_matter.image
        if not written:
            return ""
        found = self._files.find(written, made.source, or_root=True)
        if found is None:
            near = self._files.near(written, made.source)
            instead = f"write {near}" if near else "put it there, or correct the path"
            self._note(
                made.path, made.line("image"), f"there is no image {quoted(written)}", instead
            )
            return ""
        if not found.lower().endswith(IMAGE_SUFFIXES):
            kinds = ", ".join(suffix[1:] for suffix in IMAGE_SUFFIXES)
            self._note(
                made.path,
                made.line("image"),
                f"{quoted(written)} is no picture that can be shared",
                f"use one of {kinds}",
            )
        return found

    def _note(self, path: Path, line: int | None, what: str, instead: str) -> None:
        self.problems.append(Problem(path=path, line=line, what=what, instead=instead))
