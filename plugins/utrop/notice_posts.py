"""The posts of a content folder that tell of notices, as an import has to know them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
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
    digest: str
    """Of the notice's file, by ``digest_of``."""


@dataclass(frozen=True, slots=True)
class Thread:
    """The procurement that a notice belongs to, by the posts that there are of it."""

    posts: tuple[NoticePost, ...] = ()
    procedure_id: str = ""
    """Of the posts; empty where none of them has one."""


def digest_of(data: bytes) -> str:
    """Return what tells one file from another."""
    return hashlib.sha256(data).hexdigest()


class NoticePosts:
    """Every post below a content folder that has a procedure or a notice, and all its slugs."""

    def __init__(self, content: Path) -> None:
        """Read a content folder; files whose header cannot be read are left to the build."""
        files = ContentFiles.below(content)
        self.places = Places()
        self._by_procedure: defaultdict[str, list[NoticePost]] = defaultdict(list)
        self._by_version: dict[tuple[str, str], NoticePost] = {}
        self._by_digest: dict[str, NoticePost] = {}
        self._by_number: dict[str, NoticePost] = {}
        self._named: defaultdict[str, list[NoticePost]] = defaultdict(list)
        self._referring: defaultdict[str, list[NoticePost]] = defaultdict(list)
        read: dict[Path, tuple[Notice | None, str]] = {}
        for source in files.sources():
            path = content / source
            self.places.take(source, path)
            if not source.startswith(PAGES_FOLDER):
                self._take(files, source, path, read)

    def _take(
        self,
        files: ContentFiles,
        source: str,
        path: Path,
        read: dict[Path, tuple[Notice | None, str]],
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
            data = file.read_bytes()
            read[file] = read_notice(data, path=file).notice, digest_of(data)
        notice, digest = read[file] if file is not None else (None, "")
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
                    digest=digest,
                )
            )

    def add(self, post: NoticePost) -> None:
        """Count a post among them, one that was just written too."""
        notice = post.notice
        if post.procedure_id:
            self._by_procedure[post.procedure_id].append(post)
        if notice is None:
            return
        self._by_digest.setdefault(post.digest, post)
        if post.ted_number:
            self._by_number.setdefault(post.ted_number, post)
        if notice.notice_id:
            self._by_version.setdefault((notice.notice_id, notice.version), post)
        for name in draft.names_of(notice):
            self._named[name].append(post)
        for name in draft.references(notice):
            self._referring[name].append(post)

    def with_notice(self, notice: Notice, data: bytes, ted_number: str) -> NoticePost | None:
        """Return the post that has this very notice, in this version; None where there is none."""
        post = self._by_version.get((notice.notice_id, notice.version))
        post = post or self._by_number.get(notice.ted_number or ted_number)
        return post or self._by_digest.get(digest_of(data))

    def thread_of(self, notice: Notice) -> Thread:
        """Return the procurement that a notice belongs to, by its id or by what it refers to."""
        if notice.procedure_id in self._by_procedure:
            return Thread(tuple(self._by_procedure[notice.procedure_id]), notice.procedure_id)
        found = {
            post.path: post
            for names, posts in (
                (draft.references(notice), self._named),
                (draft.names_of(notice), self._referring),
            )
            for name in sorted(names)
            for post in posts.get(name, ())
        }
        ids = (post.procedure_id for post in found.values())
        return Thread(tuple(found.values()), next(filter(None, ids), ""))
