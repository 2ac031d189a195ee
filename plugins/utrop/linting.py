"""Linting: every post looked at by the rules of procurement, and what was found told in words."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from utrop import __version__
from utrop.authoring.document import Document
from utrop.authoring.front_matter import PostFrontMatter
from utrop.authoring.library import read_library
from utrop.configuration import Site
from utrop.notices.linter import documents as documents_online
from utrop.notices.linter import lint
from utrop.notices.linter.subject import Finding, Subject
from utrop.problem import Problem, configuration_error
from utrop.procurement.kinds import OF_A_PROCEDURE
from utrop.procurement.notice import Deadline, Notice
from utrop.procurement.phase import is_call, phase_of
from utrop.procurement.rules import Level
from utrop.procurement.time_limits import standstill_end
from utrop.settings import KNOWN
from utrop.terminal import Terminal, shown

_CALLS = frozenset({"notice", "change"})
_TOLD_LATER = frozenset({"scheduled", "embargoed"})


def run(
    site: Site,
    paths: Sequence[Path],
    *,
    online: bool,
    as_json: bool,
    now: datetime,
    terminal: Terminal,
) -> int:
    """Tell what the rules find in posts, in all of them if none is named.

    Returns the exit status: 1 where there is an error, else 0. Raises ``ProblemsFound`` where a
    post cannot be read, or a path is none.
    """
    library = read_library(
        site.content,
        timezone=site.timezone,
        default_lang=site.default_lang,
        languages=site.languages,
        now=now,
        unpublished=True,
    )
    subjects = subjects_of(library.documents, now=now, zone=site.timezone)
    chosen = _chosen(subjects, paths, site)
    wrong = _asked(chosen, site, terminal) if online else None
    found = [one for subject in chosen for one in lint(subject, levels(site), wrong=wrong)]
    if as_json:
        terminal.hand_over(json.dumps([_row(one) for one in found], indent=2, ensure_ascii=False))
    else:
        _tell(found, len(chosen), terminal)
    counted = [one for one in found if one.set_aside is None]
    return 1 if any(one.severity == "error" for one in counted) else 0


def lint_documents(
    documents: Iterable[Document],
    *,
    levels: Mapping[str, Level],
    now: datetime,
    zone: ZoneInfo,
    only: Iterable[Document] | None = None,
) -> list[Finding]:
    """Return what the rules find, without asking the network; in ``only``, if that is given.

    All documents are needed even then: a post is judged by what the others of its procurement say.
    """
    wanted = None if only is None else {one.path for one in only}
    return [
        found
        for subject in subjects_of(documents, now=now, zone=zone)
        if wanted is None or subject.path in wanted
        for found in lint(subject, levels)
    ]


def levels(site: Site) -> Mapping[str, Level]:
    """Return how much each rule matters on this site, where it says so."""
    said: Mapping[str, Level] = KNOWN["LINT"].check(site.settings.get("LINT") or {})
    return said


def problem(found: Finding) -> Problem:
    """Return a finding as commands print it: place, what, rule and paragraph, what to write."""
    cited = ", ".join(filter(None, (found.rule.id, found.rule.paragraph)))
    aside = found.set_aside
    return Problem(
        path=found.path,
        line=found.line,
        what=f"set aside by {aside.by}: {aside.reason}: {found.what} ({cited})"
        if aside
        else f"{found.what} ({cited})",
        instead="" if aside else found.instead,
        severity="warning" if aside else found.severity,
    )


def subjects_of(documents: Iterable[Document], *, now: datetime, zone: ZoneInfo) -> list[Subject]:
    """Return every post as the linter sees it, with what the others of its procurement tell.

    Drafts are looked at too, but tell nothing of others; withdrawn posts are left out.
    """
    posts = [one for one in documents if one.kind == "post" and one.state != "withdrawn"]
    threads: dict[str, list[Document]] = defaultdict(list)
    for post in posts:
        threads[_thread_of(post)].append(post)
    threads.pop("", None)
    found = []
    for post in posts:
        thread = threads.get(_thread_of(post), [])
        told = [one for one in thread if one is post or one.state != "draft"]
        found.append(_subject(post, told, now, zone))
    return found


def _thread_of(post: Document) -> str:
    """Return what the posts of one procurement share; translations share their key."""
    if post.procedure_id:
        return post.procedure_id
    return f"post {post.translation_key}" if post.post_kind in OF_A_PROCEDURE else ""


def _subject(post: Document, thread: Sequence[Document], now: datetime, zone: ZoneInfo) -> Subject:
    matter = post.front_matter
    told_at = _told_at(post, now)
    ordered = sorted(thread, key=lambda one: (_moment(one, now), one.source))
    notices = [one.notice for one in ordered if one.notice is not None]
    courses = [one.course for one in ordered]
    calls = [
        one.notice
        for one in ordered
        if one.post_kind in _CALLS and one.notice is not None and is_call(one.notice)
    ]
    closes = _newest(calls, "deadlines")
    notified = [one for one in courses if one.award_notified_at is not None]
    return Subject(
        path=post.path,
        lang=post.lang,
        told_at=told_at,
        zone=zone,
        kind=post.post_kind,
        regime=post.regime,
        phase=phase_of(
            notices,
            courses,
            closes=closes,
            questions=_newest(calls, "questions"),
            is_called=any(one.post_kind == "notice" for one in ordered),
            now=told_at,
            zone=zone,
        )
        if ordered
        else None,
        title=post.title,
        summary=matter.summary,
        plain_summary=getattr(matter, "plain_summary", ""),
        body=post.body,
        body_line=post.body_line,
        announced=_announced(post),
        lines={".".join(keys): line for keys, line in post.lines.items()},
        notice=post.notice,
        notices=tuple(notices),
        course=post.course,
        courses=tuple(courses),
        closes=closes,
        days=frozenset(day for one in (post, *ordered) for day in _days(one, zone)),
        standstill_ends=standstill_end(notified[-1], zone) if notified else None,
        overrides=post.overrides,
        is_demo=matter.demo,
    )


def _told_at(post: Document, now: datetime) -> datetime:
    """Return when a post is told: now, or once it is due and its embargo has lifted."""
    if post.state not in _TOLD_LATER:
        return now
    coming = (post.published, post.embargo.not_before)
    return max(now, *(at for at in coming if at is not None))


def _moment(post: Document, now: datetime) -> float:
    return (post.published or now).timestamp()


def _newest(calls: Sequence[Notice], which: str) -> tuple[Deadline, ...]:
    """Return the last moments as the newest call that tells any has them."""
    return next((told for one in reversed(calls) if (told := getattr(one, which))), ())


def _announced(post: Document) -> tuple[tuple[str, str], ...]:
    announce = post.announce
    texts = [(f"announce.{name}", text) for name, text in announce.texts.items()]
    again = [(f"announce.again.{one.at}", one.text) for one in announce.asked_again if one.text]
    return (*texts, *again)


def _days(post: Document, zone: ZoneInfo) -> Iterable[date]:
    matter = post.front_matter
    told = [matter.date, matter.modified, post.published, post.deadline]
    if isinstance(matter, PostFrontMatter):
        told += [matter.deadline, matter.starts, matter.questions_deadline]
        told.append(getattr(matter, "ends", None))
    return {at.astimezone(zone).date() for at in told if at is not None}


def _chosen(subjects: list[Subject], paths: Sequence[Path], site: Site) -> list[Subject]:
    if not paths:
        return subjects
    by_path = {subject.path.resolve(): subject for subject in subjects}
    chosen = []
    for path in paths:
        subject = by_path.get(path.resolve())
        if subject is None:
            raise configuration_error(
                f"{path} is no post of this site",
                f"name a file of {shown(site.content)}, or none for all of them",
            )
        chosen.append(subject)
    return chosen


def _asked(subjects: Iterable[Subject], site: Site, terminal: Terminal) -> dict[str, str]:
    """Ask the network whether the documents' addresses answer."""
    urls = documents_online.addresses(subjects)
    agent = f"Utrop/{__version__} (+{site.siteurl})"
    with terminal.doing("Asking for the documents"), documents_online.client(agent) as http:
        return {url: documents_online.ask(http, url) for url in urls}


def _tell(found: Sequence[Finding], posts: int, terminal: Terminal) -> None:
    terminal.show([problem(one) for one in found])
    counted = [one for one in found if one.set_aside is None]
    errors = sum(one.severity == "error" for one in counted)
    terminal.tell(
        "Looked at",
        f"{_number(posts, 'post')}: {_number(errors, 'error')},"
        f" {_number(len(counted) - errors, 'warning')}, {len(found) - len(counted)} set aside",
    )


def _number(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _row(found: Finding) -> dict[str, object]:
    aside = found.set_aside
    return {
        "path": shown(found.path),
        "line": found.line,
        "rule": found.rule.id,
        "paragraph": found.rule.paragraph,
        "severity": found.severity,
        "what": found.what,
        "instead": found.instead,
        "set_aside": {"by": aside.by, "reason": aside.reason} if aside else None,
    }
