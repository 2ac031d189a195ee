"""The manifest: ``announcements.json`` at a release's root, all that announcing needs to know.

It holds what was really published, in plain text. Its bytes are a function of the posts alone.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from utrop.post import Image, Post
from utrop.problem import Problem, ProblemsFound
from utrop.syndication.announcement import Again, Announcement, ShareImage

FILE_NAME: Final = "announcements.json"
VERSION: Final = 1

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


POST_FIELDS: Final = frozenset(
    {"guid", "url", "title", "summary", "lang", "published", "modified", "category", "tags"}
    | {"authors", "image", "announce", "aliases", "demo", "status", "deadline", "starts"}
)
"""The fields of a post that the manifest tells."""


def announcement_of(post: Post, site_image: Image | None = None) -> Announcement:
    """Return what there is to announce of a post; one without a picture goes with the site's."""
    image = post.image or site_image
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
        again=tuple(Again(name=one.name, at=one.at, text=one.text) for one in post.announce.again),
        until=min(filter(None, (post.deadline, post.starts)), default=None),
    )


def to_bytes(
    announcements: Iterable[Announcement], *, site: str, withdrawn: Iterable[str] = ()
) -> bytes:
    """Return the manifest as UTF-8 JSON, the newest post first."""
    ordered = sorted(announcements, key=lambda one: (-one.published.timestamp(), one.guid))
    document = {
        "version": VERSION,
        "site": site.rstrip("/"),
        "posts": [_written(one) for one in ordered],
        "withdrawn": sorted(withdrawn),
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
        site=read.site.rstrip("/"), announcements=announcements, withdrawn=read.withdrawn
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


class _Document(_Strict):
    version: Literal[1]
    site: _Address
    posts: tuple[_Post, ...]
    withdrawn: tuple[str, ...] = ()


def _read(post: _Post) -> Announcement:
    values = {name: getattr(post, name) for name in _Post.model_fields}
    values["image"] = ShareImage(**post.image.model_dump()) if post.image else None
    values["texts"] = MappingProxyType(dict(post.texts))
    values["again"] = tuple(Again(**one.model_dump()) for one in post.again)
    return Announcement(**values)


def _written(announcement: Announcement) -> dict[str, Any]:
    values = {field.name: getattr(announcement, field.name) for field in fields(announcement)}
    image = announcement.image
    # Only a reminder has a heading of its own, and no manifest has reminders.
    values.pop("heading")
    return {
        **{name: _plain(value) for name, value in values.items()},
        "again": [
            {"name": one.name, "at": one.at.isoformat(), "text": one.text}
            for one in announcement.again
        ],
        "texts": dict(sorted(announcement.texts.items())),
        "image": image and {field.name: getattr(image, field.name) for field in fields(image)},
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


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
