"""Drafting: each notice becomes a draft post, with the notice's file beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from utrop.configuration import Site
from utrop.draft_text import draft_text
from utrop.notice_posts import NoticePost, NoticePosts, Thread, digest_of
from utrop.notices import draft as drafting
from utrop.notices.draft import Draft
from utrop.problem import Problem, configuration_error
from utrop.procurement.codes import Codes
from utrop.procurement.eforms import read_notice
from utrop.procurement.kinds import Kind
from utrop.procurement.notice import Notice
from utrop.terminal import shown

NOTICES: Final = "notices"
"""The folder of notices' files, below the content folder."""
_EARLIEST: Final = datetime(1, 1, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One notice as it came: a file's bytes, or TED's answer."""

    path: Path
    """The file, or for TED's answer the name that stands for it."""
    data: bytes
    ted_number: str = ""
    """The number by which TED was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """One draft that was written, or the post that has the notice already."""

    post: Path
    notice_file: Path | None
    notice: Notice
    draft: Draft
    thread: Thread
    is_new: bool


@dataclass(slots=True)
class Report:
    """What an import did, and all that is wrong or worth a look."""

    imported: list[Imported] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether something was lost: a file that is no notice, or a part that cannot be read."""
        return any(one.severity == "error" for one in self.problems)


def import_notices(
    site: Site,
    given: Sequence[Given],
    *,
    into: Path | None,
    lang: str,
    kind: Kind,
    now: datetime,
    codes: Codes,
) -> Report:
    """Write a draft for each notice, the earliest dispatched first, so that threads can grow."""
    report = Report()
    folder = _folder(site.content, into)
    posts = NoticePosts(site.content)
    read: list[tuple[datetime, Given, Notice]] = []
    for one in given:
        reading = read_notice(one.data, path=one.path, codes=codes)
        report.problems += reading.problems
        if reading.notice is not None:
            read.append((reading.notice.dispatched or _EARLIEST, one, reading.notice))
    importing = _Import(site, folder, posts, report, now, lang, kind)
    for _, one, notice in sorted(read, key=lambda each: each[0]):
        try:
            importing.take(one, notice)
        except OSError as error:
            report.problems.append(
                Problem(
                    path=Path(error.filename) if error.filename else site.content,
                    what=f"cannot be written: {error.strerror or error}",
                    instead="correct its permissions, or make room",
                )
            )
    return report


@dataclass(slots=True)
class _Import:
    """One import."""

    site: Site
    folder: str
    posts: NoticePosts
    report: Report
    now: datetime
    lang: str
    kind: Kind

    def take(self, given: Given, notice: Notice) -> None:
        """Write the draft of one notice, unless a post has it already."""
        site = self.site
        languages = (site.default_lang, *site.languages)
        draft = drafting.draft_of(
            notice, languages=languages, lang=self.lang, ted_number=given.ted_number
        )
        if self.kind:
            draft = replace(draft, kind=self.kind)
        there = self.posts.with_notice(notice, given.data, given.ted_number)
        if there is not None:
            self._already(given, notice, draft, there)
            return
        thread = self.posts.thread_of(notice)
        local = self.now.astimezone(site.timezone)
        slug, name = self.posts.places.give(
            draft.title, day=local.date(), lang=draft.lang, into=self.folder
        )
        file, is_ours = self._keep(given, notice, draft, slug)
        post = site.content / name
        procedure_id = thread.procedure_id or notice.procedure_id
        try:
            text = draft_text(
                draft,
                slug=slug,
                lang=draft.lang if draft.lang != site.default_lang else "",
                category=_category(draft, thread),
                notice_file=file.relative_to(site.content).as_posix(),
                procedure_id=procedure_id,
                now=local,
            )
            post.parent.mkdir(parents=True, exist_ok=True)
            with post.open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
        except BaseException:
            if is_ours:
                file.unlink(missing_ok=True)
            raise
        self.posts.add(
            NoticePost(
                path=post,
                procedure_id=procedure_id,
                category=_category(draft, thread),
                ted_number=draft.ted_number,
                notice_file=file,
                notice=notice,
                digest=digest_of(given.data),
            )
        )
        self.report.problems += drafting.concerns(
            notice,
            given.data,
            path=given.path,
            draft=draft,
            now=self.now,
            zone=site.timezone,
        )
        self.report.problems += _loose(thread, procedure_id)
        self.report.imported.append(
            Imported(
                post=post,
                notice_file=file,
                notice=notice,
                draft=draft,
                thread=thread,
                is_new=True,
            )
        )

    def _already(self, given: Given, notice: Notice, draft: Draft, there: NoticePost) -> None:
        """Note that a post has the notice; nothing is written, whatever the bytes are."""
        if there.notice_file is not None and there.digest != digest_of(given.data):
            self.report.problems.append(
                Problem(
                    path=given.path,
                    what=f"this notice is in {shown(there.path)} already, and its file"
                    f" {shown(there.notice_file)} is another one",
                    instead="put this file in its place if it is the one to keep",
                )
            )
            return
        self.report.imported.append(
            Imported(
                post=there.path,
                notice_file=there.notice_file,
                notice=notice,
                draft=draft,
                thread=Thread(),
                is_new=False,
            )
        )

    def _keep(self, given: Given, notice: Notice, draft: Draft, slug: str) -> tuple[Path, bool]:
        """Put the notice's file into the content folder, and tell whether it is new there.

        One that lies there already is used where it is; no file is ever overwritten.
        """
        content = self.site.content
        here = given.path.resolve()
        if not given.ted_number and here.is_relative_to(content.resolve()):
            return content / here.relative_to(content.resolve()), False
        folder = content / NOTICES
        folder.mkdir(parents=True, exist_ok=True)
        stem = draft.file_name or slug
        version = drafting.file_name(notice.version)
        names = [stem, f"{stem}-{version}"] if version else [stem]
        number = 1
        while True:
            name = names[number - 1] if number <= len(names) else f"{stem}-{number}"
            path = folder / f"{name}.xml"
            try:
                with path.open("xb") as stream:
                    stream.write(given.data)
            except FileExistsError:
                if path.is_file() and path.read_bytes() == given.data:
                    return path, False
                number += 1
            else:
                return path, True


def _loose(thread: Thread, procedure_id: str) -> list[Problem]:
    """Return which posts belong to the notice's procurement but do not say so."""
    return [
        Problem(
            path=post.path,
            what="belongs to the same procurement and names no procedure_id",
            instead=f"write procedure_id: {procedure_id}"
            if procedure_id
            else "write the same procedure_id in both",
            severity="warning",
        )
        for post in thread.posts
        if post.procedure_id != procedure_id or not procedure_id
    ]


def _category(draft: Draft, thread: Thread) -> str:
    return next((post.category for post in thread.posts if post.category), draft.category)


def _folder(content: Path, into: Path | None) -> str:
    """Return the folder for new posts below the content folder, as a path with slashes."""
    if into is None:
        return "posts" if (content / "posts").is_dir() else ""
    for candidate in (into.resolve(), (content / into).resolve()):
        if candidate.is_relative_to(content.resolve()) and (into.is_absolute() or candidate):
            relative = candidate.relative_to(content.resolve()).as_posix()
            return "" if relative == "." else relative
    raise configuration_error(
        f"{into} is not below the content folder", f"name a folder below {shown(content)}"
    )
