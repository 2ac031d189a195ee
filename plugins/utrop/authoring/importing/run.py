"""The import as a whole: read everything, give each post its place, write what is not there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from utrop.authoring.importing import moments
from utrop.authoring.importing.addresses import Addresses, site_root
from utrop.authoring.importing.files import Files
from utrop.authoring.importing.keys import Keys
from utrop.authoring.importing.links import Links
from utrop.authoring.importing.lists import relaid
from utrop.authoring.importing.moments import Moment
from utrop.authoring.importing.passage import Passage
from utrop.authoring.importing.places import Places
from utrop.authoring.importing.source import Notes, Source, find_sources, read_source
from utrop.authoring.importing.templating import Templating
from utrop.authoring.mistake import quoted as shown
from utrop.authoring.new import quoted, uid_from
from utrop.authoring.uid import read_uid
from utrop.problem import Problem, ProblemsFound, configuration_error


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did. Paths are those of the content folder's files."""

    written: tuple[Path, ...]
    unchanged: tuple[Path, ...]
    """Posts of an earlier import that would be written just the same."""
    kept: tuple[Path, ...]
    """Posts of an earlier import that differ by now, here or in the source: left alone."""
    files: tuple[Path, ...]
    """Pictures and documents that were copied."""
    notes: tuple[Problem, ...]
    """What could not be carried over, by file and line of the source, and what kept a file from
    being imported at all (severity ``error``)."""

    @property
    def failed(self) -> bool:
        """Whether a file could not be imported."""
        return any(note.severity == "error" for note in self.notes)


@dataclass(slots=True)
class _Post:
    """One post on its way."""

    source: Source
    notes: Notes
    keys: Keys
    date: Moment
    uid: str
    lang: str
    aliases: list[str]
    slug: str = ""
    place: str = ""


def import_posts(
    source: Path,
    content: Path,
    *,
    base_url: str,
    lang: str | None,
    timezone: ZoneInfo,
    into: str = "posts",
) -> ImportReport:
    """Import a folder of posts with YAML or TOML front matter into a content folder.

    ``base_url`` is the address of the old site, to which links lead that lead nowhere here.
    ``lang`` is written into posts that name no language; None means the site's own. Times without
    an offset are local to ``timezone``. No file is overwritten, so a second import changes
    nothing. Raises ``ProblemsFound`` where nothing can be imported at all.
    """
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise configuration_error(
            f"the base URL {base_url!r} is no web address", "write where the posts were, https://…"
        )
    if not source.is_dir() or source.resolve().is_relative_to(content.resolve()):
        raise configuration_error(
            f"{source} is no folder of posts to import", "name a folder outside of content/"
        )
    running = _Import(source, content, base_url.rstrip("/"), lang or "", timezone, into.strip("/"))
    try:
        return running.run()
    except OSError as error:
        raise ProblemsFound(
            [
                Problem(
                    path=Path(error.filename) if error.filename else content,
                    what=f"cannot be written: {error.strerror or error}",
                    instead="correct its permissions, or make room",
                )
            ]
        ) from error


class _Import:
    """One import."""

    def __init__(
        self, source: Path, content: Path, base: str, lang: str, zone: ZoneInfo, into: str
    ) -> None:
        self._folder, self._content = source, content
        self._lang, self._zone, self._into = lang, zone, into
        self._files = Files(root=site_root(source), content=content)
        self._addresses = Addresses(base=base, files=self._files, into=into)
        self._notes: list[Notes] = []

    def run(self) -> ImportReport:
        paths = find_sources(self._folder, leave_out=self._content)
        if not paths:
            raise configuration_error(f"there is no Markdown file in {self._folder}")
        posts = [post for path in paths if (post := self._read(path))]
        there = dict(self._there())
        self._place(posts, there)
        written: list[Path] = []
        unchanged: list[Path] = []
        kept: list[Path] = []
        files: list[Path] = []
        for post in posts:
            text = self._text(post)
            earlier = there.get(post.uid)
            if earlier is None:
                path = self._content / post.place
                _create(path, text)
                written.append(path)
                files += self._files.copy(text, self._into)
            elif earlier.read_bytes() == text.encode():
                unchanged.append(earlier)
            else:
                kept.append(earlier)
                post.notes.problems.append(
                    Problem(
                        path=earlier,
                        what=f"differs from {post.source.relative} and is left as it is",
                        instead="delete it and import again if the source is right",
                        severity="warning",
                    )
                )
        return ImportReport(
            written=tuple(written),
            unchanged=tuple(unchanged),
            kept=tuple(kept),
            files=tuple(files),
            notes=tuple(
                problem
                for notes in self._notes
                for problem in sorted(dict.fromkeys(notes.problems), key=lambda one: one.line or 0)
            ),
        )

    def _read(self, path: Path) -> _Post | None:
        notes = Notes(path)
        self._notes.append(notes)
        source = read_source(path, self._folder, notes)
        if source is None:
            return None
        keys = Keys(source, Templating(source, self._addresses, notes), notes)
        date = moments.published(source, self._zone, notes)
        if not keys.title() or date is None or notes.has_errors():
            return None
        keys.note_unknown()
        aliases = keys.old_addresses()
        if source.name_date is not None and not keys.has_permalink():
            # Where Jekyll and Eleventy put a post that says nothing else.
            aliases.insert(0, f"/{date.day:%Y/%m/%d}/{source.name}/")
        digest = hashlib.sha256(b"utrop import\0" + source.relative.encode()).digest()
        return _Post(
            source=source,
            notes=notes,
            keys=keys,
            date=date,
            uid=uid_from(digest),
            lang=keys.lang(self._lang),
            aliases=aliases,
        )

    def _there(self) -> Iterator[tuple[str, Path]]:
        """Yield the uid of every file in the content folder; an empty one where it has none."""
        for path in sorted(self._content.rglob("*.md")):
            if path.is_file() and (uid := read_uid(path.read_bytes())):
                yield uid, path

    def _place(self, posts: list[_Post], there: dict[str, Path]) -> None:
        """Give every post a slug and a file of its own, the same ones at every import."""
        own = {there[post.uid] for post in posts if post.uid in there}
        places = Places()
        for path in sorted(self._content.rglob("*.md")):
            if path not in own:
                places.take(path.relative_to(self._content).as_posix(), path)
        for post in posts:
            wanted = post.keys.slug()
            post.slug, post.place = places.give(
                wanted, day=post.date.day, lang=post.lang, into=self._into
            )
            if post.slug != wanted.lower():
                post.notes.add(
                    post.source.line("slug"),
                    f"the slug {shown(wanted)} became {shown(post.slug)}",
                )
        slugs = {address for post in posts for address in (post.slug, f"{post.lang}/{post.slug}")}
        claimed: set[str] = set()
        for post in posts:
            old = [*post.aliases]
            if post.source.name_date is not None:
                # Not an alias, but what a link by the file's own date would mean.
                old.append(f"/{post.source.name_date:%Y/%m/%d}/{post.source.name}/")
            there_now = there.get(post.uid)
            if there_now is not None:
                post.place = there_now.relative_to(self._content).as_posix()
            self._addresses.add(post.source, old, post.place)
            post.aliases = [alias for alias in post.aliases if _bare(alias) not in slugs | claimed]
            claimed |= {_bare(alias) for alias in post.aliases}

    def _text(self, post: _Post) -> str:
        keys, source, notes = post.keys, post.source, post.notes
        lines = ["---", f"title: {quoted(Keys.title(keys))}", f"date: {post.date.written}"]
        modified = moments.modified(source, self._zone, notes)
        if modified and modified != post.date.written:
            lines.append(f"modified: {modified}")
        lines += [f"uid: {post.uid}", f"slug: {post.slug}"]
        lines += _line("lang", post.lang)
        lines += _line("category", keys.category())
        lines += _list("tags", keys.tags())
        lines += _list("authors", keys.authors())
        lines += _line("summary", keys.summary())
        lines += self._picture(post)
        if status := keys.status():
            lines.append(f"status: {status}")
        lines += _list("aliases", post.aliases)
        lines += ["---", "", self._body(post), ""]
        return "\n".join(lines)

    def _body(self, post: _Post) -> str:
        source, notes = post.source, post.notes
        passage = Passage.of(source.body.rstrip(), source.body_line)
        passage = Templating(source, self._addresses, notes).carried(passage)
        passage = Links(source, self._addresses, notes).carried(passage)
        return relaid(passage).restored().strip("\n")

    def _picture(self, post: _Post) -> list[str]:
        picture = post.keys.picture()
        if picture is None:
            return []
        target = picture.target
        file = self._files.find(target.removeprefix(self._addresses.base), post.source.path.parent)
        if file is None:
            post.notes.add(
                picture.line,
                f"the picture {shown(target)} is not among the files and was left out",
                "put it into content/images/ and write image: and image_alt:",
            )
            return []
        place = self._files.placed(file)
        if not picture.alt:
            post.notes.add(
                picture.line,
                f"the picture {shown(target)} has no words for those who cannot see it",
                "write image_alt: and take away the # before image:",
            )
            return [f"# image: {place}"]
        lines = [f"image: {quoted(place)}", f"image_alt: {quoted(picture.alt)}"]
        return [*lines, *_line("image_credit", picture.credit)]


def _create(path: Path, text: str) -> None:
    """Write a file that is not there yet, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.new")
    try:
        with aside.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        aside.rename(path)
    finally:
        aside.unlink(missing_ok=True)


def _line(key: str, text: str) -> list[str]:
    if not text:
        return []
    return [f"{key}: {text if key == 'lang' else quoted(text)}"]


def _list(key: str, items: list[str]) -> list[str]:
    return [f"{key}:", *(f"  - {quoted(item)}" for item in items)] if items else []


def _bare(path: str) -> str:
    return path.strip("/").removesuffix("index.html").strip("/")
