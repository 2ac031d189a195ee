"""The posts of a content folder that tell of notices, as an import has to know them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from utrop.authoring import header
from utrop.authoring.content_files import PAGES_FOLDER, ContentFiles
from utrop.authoring.header import HeaderError
from utrop.authoring.importing.places import Places
from utrop.notices import draft
from utrop.procurement.eforms import read_notice
from utrop.procurement.notice import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePost:
    """A post of a procurement. Empty: it does not say."""

    path: Path
    procedure_id: str
    """The writer's, else its notice's."""
    category: str
    ted_number: str
    notice_file: Path | None
    notice: Notice | None


@dataclass(frozen=True, slots=True)
class Thread:
    """The procurement that a notice belongs to, by the posts that there are of it."""

    posts: tuple[NoticePost, ...] = ()
    procedure_id: str = ""
    """Of the posts; empty where none of them has one."""


class NoticePosts:
    """Every post below a content folder that has a procedure or a notice, and all its slugs."""

    def __init__(self, content: Path) -> None:
        """Read a content folder; files whose header cannot be read are left to the build."""
        files = ContentFiles.below(content)
        self.places = Places()
        self._posts: list[NoticePost] = []
        self._by_id: dict[str, list[NoticePost]] = {}
        read: dict[Path, Notice | None] = {}
        for source in files.sources():
            path = content / source
            self.places.take(source, path)
            if not source.startswith(PAGES_FOLDER):
                self._take(files, source, path, read)

    def _take(
        self, files: ContentFiles, source: str, path: Path, read: dict[Path, Notice | None]
    ) -> None:
        try:
            values = header.split(header.decode(path.read_bytes())).values
        except HeaderError:
            return
        said = {
            key: value.strip()
            for key in ("procedure_id", "category", "ted_number", "notice_file")
            if isinstance(value := values.get(key, ""), str)
        }
        found = None
        if written := said.get("notice_file", ""):
            found = files.find(written, source, or_root=True)
        file = files.root / found if found else None
        if file is not None and file not in read:
            read[file] = read_notice(file.read_bytes(), path=file).notice
        notice = read[file] if file is not None else None
        procedure_id = said.get("procedure_id", "") or (notice.procedure_id if notice else "")
        if procedure_id or notice is not None:
            self.add(
                NoticePost(
                    path=path,
                    procedure_id=procedure_id,
                    category=said.get("category", ""),
                    ted_number=said.get("ted_number", "") or (notice.ted_number if notice else ""),
                    notice_file=file,
                    notice=notice,
                )
            )

    def add(self, post: NoticePost) -> None:
        """Count a post among them, one that was just written too."""
        self._posts.append(post)
        if post.procedure_id:
            self._by_id.setdefault(post.procedure_id, []).append(post)

    def with_notice(self, notice: Notice, data: bytes, ted_number: str) -> NoticePost | None:
        """Return the post that has this very notice already; None where there is none."""
        number = notice.ted_number or ted_number
        for post in self._posts:
            if post.notice is None or post.notice_file is None:
                if number and post.ted_number == number and post.notice_file is not None:
                    return post
                continue
            if draft.is_same(notice, post.notice):
                return post
            has_id = notice.notice_id or notice.ted_number
            if not has_id and post.notice_file.read_bytes() == data:
                return post
        return None

    def thread_of(self, notice: Notice) -> Thread:
        """Return the procurement that a notice belongs to, by its id or by what it refers to."""
        same = self._by_id.get(notice.procedure_id, []) if notice.procedure_id else []
        if same:
            return Thread(tuple(same), notice.procedure_id)
        related = tuple(self._related(notice))
        ids = (post.procedure_id for post in related)
        return Thread(related, next(filter(None, ids), ""))

    def _related(self, notice: Notice) -> Iterator[NoticePost]:
        for post in self._posts:
            there = post.notice
            if there is not None and (
                draft.refers_to(notice, there) or draft.refers_to(there, notice)
            ):
                yield post
