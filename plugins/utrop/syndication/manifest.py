"""The manifest: ``announcements.json`` at a release's root, all that announcing needs to know.

It holds what was really published, in plain text. Its bytes are a function of the posts alone.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from utrop.post import DeadlineSeen, Image, Post
from utrop.problem import Problem, ProblemsFound
from utrop.syndication.announcement import Again, Announcement, Facts, ShareImage
from utrop.syndication.facts_of import facts_of

FILE_NAME: Final = "announcements.json"
VERSION: Final = 1

_UTC: Final = ZoneInfo("UTC")
_BUILD_AGAIN: Final = "build the site again with this version of utrop"
_SHOWN: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a release says of itself to those who announce it."""

    site: str
    """The site's URL, without a trailing slash."""
    announcements: tuple[Announcement, ...]
    withdrawn: tuple[str, ...] = ()
    """The guids of posts that were taken back."""
    former_deadlines: Mapping[str, tuple[DeadlineSeen, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """By guid, what releases showed of posts that are not published now, lest a number of a move
    be used twice when they come back."""


POST_FIELDS: Final = frozenset(
    {"guid", "url", "title", "summary", "lang", "published", "modified", "category", "tags"}
    | {"authors", "image", "announce", "aliases", "demo", "status", "deadline", "starts"}
    | {"kind", "notice", "course", "procedure", "embargo", "deadlines_seen", "place"}
)
"""The fields of a post that the manifest tells."""


def announcement_of(
    post: Post,
    site_image: Image | None = None,
    *,
    zone: ZoneInfo = _UTC,
    reminders: Iterable[Again] = (),
) -> Announcement:
    """Return what there is to announce of a post; one without a picture goes with the site's.

    ``zone`` is the site's time zone; ``reminders`` are those that come by themselves.
    """
    image = post.image or site_image
    again = [Again(name=one.name, at=one.at, text=one.text) for one in post.announce.again]
    return Announcement(
        guid=post.guid,
        url=post.url,
        title=post.title,
        summary=post.summary,
        lang=post.lang,
        published=post.published,
        modified=post.modified,
        category=post.category.name,
        tags=tuple(tag.name for tag in post.tags),
        authors=tuple(author.name for author in post.authors),
        image=ShareImage(
            url=image.url,
            alt=image.alt,
            media_type=image.media_type,
            width=image.width,
            height=image.height,
        )
        if image
        else None,
        networks=post.announce.networks,
        texts=post.announce.texts,
        aliases=post.aliases,
        demo=post.demo,
        update=post.announce.update,
        again=(*again, *reminders),
        until=min(filter(None, (post.deadline, post.starts)), default=None),
        facts=facts_of(post, zone),
        deadlines_seen=post.deadlines_seen if post.kind else (),
    )


def to_bytes(
    announcements: Iterable[Announcement],
    *,
    site: str,
    withdrawn: Iterable[str] = (),
    former_deadlines: Mapping[str, tuple[DeadlineSeen, ...]] = MappingProxyType({}),
) -> bytes:
    """Return the manifest as UTF-8 JSON, the newest post first."""
    ordered = sorted(announcements, key=lambda one: (-one.published.timestamp(), one.guid))
    document: dict[str, Any] = {
        "version": VERSION,
        "site": site.rstrip("/"),
        "posts": [_written(one) for one in ordered],
        "withdrawn": sorted(withdrawn),
    }
    if former_deadlines:
        document["former_deadlines"] = {
            guid: _history(seen) for guid, seen in sorted(former_deadlines.items())
        }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def from_bytes(data: bytes, *, path: Path | None = None) -> Manifest:
    """Read a manifest.

    ``path`` is named in problems. Raises ``ProblemsFound`` with all that is wrong with it.
    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _broken(path, f"is no JSON: {error}") from error
    if not isinstance(document, dict) or "version" not in document:
        raise _broken(path, "is no manifest of announcements: it names no version")
    version = document["version"]
    if version != VERSION:
        what = f"has version {version!r}, and this utrop reads version {VERSION}"
        newer = isinstance(version, int) and version > VERSION
        raise _broken(path, what, "install the newer utrop that wrote it" if newer else "")
    try:
        read = _Document.model_validate_json(data)
    except ValidationError as error:
        raise _invalid(path, error) from error
    announcements = tuple(_read(post) for post in read.posts)
    doubled = [
        guid for guid, count in Counter(one.guid for one in announcements).items() if count > 1
    ]
    if doubled:
        raise _broken(path, f"holds {doubled[0]} twice")
    return Manifest(
        site=read.site.rstrip("/"),
        announcements=announcements,
        withdrawn=read.withdrawn,
        former_deadlines=MappingProxyType(
            {guid: tuple(map(_seen, seen)) for guid, seen in read.former_deadlines.items()}
        ),
    )


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - reading it is what validates it
    except ValueError as error:
        raise ValueError("is no web address") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"[\s<>\"]", text):
        raise ValueError("is no web address")
    return text


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("is no time zone") from error
    return name


_Address = Annotated[str, AfterValidator(_address)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Image(_Strict):
    url: _Address
    alt: str
    media_type: str
    width: Annotated[int, Field(ge=0)]
    height: Annotated[int, Field(ge=0)]


class _Again(_Strict):
    name: Annotated[str, Field(min_length=1)]
    at: AwareDatetime
    text: str = ""


class _Seen(_Strict):
    moment: AwareDatetime
    since: AwareDatetime


class _Facts(_Strict):
    kind: Annotated[str, Field(min_length=1)]
    buyer: str = ""
    region: str = ""
    closes: tuple[AwareDatetime, ...] = ()
    zone: Annotated[str, AfterValidator(_zone)] = "UTC"
    prevails: bool = False
    starts: AwareDatetime | None = None
    place: str = ""
    cancelled: bool = False


class _Post(_Strict):
    guid: Annotated[str, Field(min_length=1)]
    url: _Address
    title: Annotated[str, Field(min_length=1)]
    summary: str = ""
    lang: Annotated[str, Field(pattern=r"^[a-z]{2}$")]
    published: AwareDatetime
    modified: AwareDatetime | None = None
    category: str = ""
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    image: _Image | None = None
    networks: tuple[str, ...] | None = None
    texts: dict[str, str] = {}
    aliases: tuple[str, ...] = ()
    demo: bool = False
    update: bool = True
    again: tuple[_Again, ...] = ()
    until: AwareDatetime | None = None
    facts: _Facts | None = None
    deadlines_seen: tuple[_Seen, ...] = ()


class _Document(_Strict):
    version: Literal[1]
    site: _Address
    posts: tuple[_Post, ...]
    withdrawn: tuple[str, ...] = ()
    former_deadlines: dict[str, tuple[_Seen, ...]] = {}


def _read(post: _Post) -> Announcement:
    values = {name: getattr(post, name) for name in _Post.model_fields}
    values["image"] = ShareImage(**post.image.model_dump()) if post.image else None
    values["texts"] = MappingProxyType(dict(post.texts))
    values["again"] = tuple(Again(**one.model_dump()) for one in post.again)
    values["facts"] = Facts(**post.facts.model_dump()) if post.facts else None
    values["deadlines_seen"] = tuple(map(_seen, post.deadlines_seen))
    return Announcement(**values)


def _seen(read: _Seen) -> DeadlineSeen:
    return DeadlineSeen(moment=read.moment, since=read.since)


def _written(announcement: Announcement) -> dict[str, Any]:
    values = {each.name: getattr(announcement, each.name) for each in fields(announcement)}
    image, facts, seen = announcement.image, values.pop("facts"), values.pop("deadlines_seen")
    # Only a reminder has a heading of its own, and no manifest has reminders.
    values.pop("heading")
    written = {
        **{name: _plain(value) for name, value in values.items()},
        "again": [
            {"name": one.name, "at": one.at.isoformat(), "text": one.text}
            for one in announcement.again
        ],
        "texts": dict(sorted(announcement.texts.items())),
        "image": image and {each.name: getattr(image, each.name) for each in fields(image)},
    }
    # What a post does not have is not written: the posts of a plain blog know nothing of it.
    if facts is not None:
        written["facts"] = _facts_written(facts)
    if seen:
        written["deadlines_seen"] = _history(seen)
    return written


def _facts_written(facts: Facts) -> dict[str, Any]:
    values = {name: getattr(facts, name) for name in _Facts.model_fields}
    return {name: _plain(value) for name, value in values.items() if value}


def _history(seen: Iterable[DeadlineSeen]) -> list[dict[str, str]]:
    return [{"moment": one.moment.isoformat(), "since": one.since.isoformat()} for one in seen]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def _broken(path: Path | None, what: str, instead: str = "") -> ProblemsFound:
    name = "" if path else f"{FILE_NAME} "
    return ProblemsFound([Problem(path=path, what=name + what, instead=instead or _BUILD_AGAIN)])


def _invalid(path: Path | None, error: ValidationError) -> ProblemsFound:
    problems = []
    for mistake in error.errors()[:_SHOWN]:
        place = ".".join(str(part) for part in mistake["loc"]) or "text"
        reason = mistake["msg"].removeprefix("Value error, ").lower()
        name = "" if path else f"{FILE_NAME} "
        problems.append(Problem(path=path, what=f"{name}{place}: {reason}", instead=_BUILD_AGAIN))
    return ProblemsFound(problems)
