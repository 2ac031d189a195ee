"""Asking TED: a notice's XML by its number, and whether it has published the notices of posts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import httpx

from utrop import __version__
from utrop.authoring.added_lines import write_keys
from utrop.authoring.document import Document
from utrop.authoring.library import read_library
from utrop.configuration import Site
from utrop.fetching import base_address
from utrop.notices import ted
from utrop.notices.ted import Publication, Ted
from utrop.problem import Problem, ProblemsFound, configuration_error
from utrop.terminal import Terminal, shown


def notice_xml(site: Site, number: str) -> bytes:
    """Return the XML of a published notice; raises ``ProblemsFound`` where TED gives none."""
    with _client(site) as http:
        return _servers(site, http).notice_xml(number)


def run(site: Site, named: Sequence[str], *, write: bool, now: datetime, terminal: Terminal) -> int:
    """Ask TED about posts, tell the answers, and return the exit status: 1 where asking failed."""
    library = read_library(
        site.content,
        timezone=site.timezone,
        default_lang=site.default_lang,
        languages=site.languages,
        now=now,
        default_author=site.settings.get("AUTHOR") or "",
        default_category=site.settings.get("DEFAULT_CATEGORY") or "",
    )
    waiting = _named(library.posts, named) if named else _waiting(library.posts)
    if not waiting:
        terminal.say("No post waits for TED.")
        return 0
    problems: list[Problem] = []
    with _client(site) as http:
        servers = _servers(site, http)
        for post in waiting:
            try:
                _ask(post, servers, write=write, terminal=terminal)
            except ProblemsFound as found:
                problems += found.problems
                if not any(one.path for one in found.problems):
                    break  # the server itself fails: the next post would fare no better
    terminal.show(problems)
    return 1 if problems else 0


def _ask(post: Document, servers: Ted, *, write: bool, terminal: Terminal) -> None:
    notice = post.notice
    place = shown(post.path)
    if post.course.ted_published_at is not None:
        terminal.tell("Known", f"{place}: {post.course.ted_published_at:%Y-%m-%d}, as written")
        return
    if notice is None or not (notice.notice_id or ted.publication_number(notice.ted_number)):
        raise ProblemsFound(
            [
                Problem(
                    path=post.path,
                    line=post.line("kind"),
                    what="names no notice that TED could be asked about",
                    instead="write notice_file: or ted_number:",
                )
            ]
        )
    found = servers.publication(
        notice_id=notice.notice_id, version=notice.version, number=notice.ted_number
    )
    if found is None:
        terminal.tell("Not yet", f"{place}: TED's search does not find it")
        return
    terminal.tell("Published", f"{place}: {found.number}, {found.day}")
    keys = _keys(post, found)
    if write:
        write_keys(post.path, keys)
        terminal.tell("Written", f"{place}: {', '.join(keys)}")
    else:
        terminal.tell("Next", "`--write` puts it into the post, which then is held no longer")


def _keys(post: Document, found: Publication) -> dict[str, str]:
    number = {} if getattr(post.front_matter, "ted_number", "") else {"ted_number": found.number}
    return {**number, "ted_published_at": found.day.isoformat()}


def _waiting(posts: Iterable[Document]) -> list[Document]:
    """Return the posts, drafts too, that TED's publication of their own notice would lift."""
    return [
        post
        for post in posts
        if post.state != "withdrawn"
        and post.embargo.rule == "ted"
        and post.embargo.not_before is None
        and post.course.ted_published_at is None
    ]


def _named(posts: Iterable[Document], named: Sequence[str]) -> list[Document]:
    """Return the posts that these paths, uids or slugs name, or one mistake for each that none."""
    found: dict[str, Document] = {}
    for post in posts:
        for name in (post.uid, post.slug, post.source, str(post.path)):
            found.setdefault(name, post)
    chosen: dict[str, Document] = {}
    problems: list[Problem] = []
    for name in named:
        known = found.get(name) or found.get(str(Path(name).absolute()))
        if known is None:
            problems += configuration_error(
                f"there is no post {name!r}", "name its file, its uid or its slug"
            ).problems
        else:
            chosen[known.source] = known
    if problems:
        raise ProblemsFound(problems, exit_status=2)
    return list(chosen.values())


def _client(site: Site) -> httpx.Client:
    """Return an HTTP client that says who asks."""
    return httpx.Client(headers={"User-Agent": f"Utrop/{__version__} (+{site.siteurl})"})


def _servers(site: Site, http: httpx.Client) -> Ted:
    """Return TED's servers; TED_URL and TED_API_URL put others in their place."""
    return Ted(
        http=http,
        site=base_address(site.environ, "TED_URL", ted.SITE),
        api=base_address(site.environ, "TED_API_URL", ted.API),
    )
