"""Importing notices: files and TED numbers become draft posts, told in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from utrop import asking_ted, codelists
from utrop.configuration import Site
from utrop.drafting_notices import Given, Imported, import_notices
from utrop.last_moment import last_moment
from utrop.notices import ted
from utrop.problem import Problem, ProblemsFound, configuration_error
from utrop.procurement.eforms import MOST_BYTES
from utrop.procurement.kinds import Kind
from utrop.terminal import Terminal, shown


def run(
    site: Site,
    sources: Sequence[str],
    *,
    into: Path | None,
    lang: str,
    kind: Kind,
    now: datetime,
    terminal: Terminal,
) -> int:
    """Import files and TED publication numbers, tell what was done, and return the exit status."""
    if lang and lang not in site.languages:
        raise configuration_error(
            f"{lang!r} is none of the site's languages",
            f"choose one of {', '.join(site.languages)}, or add it to LANGUAGES",
        )
    codes = codelists.at_hand(site.root, str(site.settings.get("CPV_FILE") or ""))
    given, problems = gather(site, sources, terminal)
    report = import_notices(site, given, into=into, lang=lang, kind=kind, now=now, codes=codes)
    report.problems[:0] = problems
    terminal.show(report.problems)
    for one in report.imported:
        _tell(one, site, terminal)
    written = [one.post for one in report.imported if one.is_new]
    if written:
        terminal.tell(
            "Next",
            "write plain_summary and the text, look at it with `make devserver`, then set"
            " `status: published`",
        )
    return 1 if report.failed else 0


def gather(
    site: Site, sources: Sequence[str], terminal: Terminal
) -> tuple[list[Given], list[Problem]]:
    """Read the files and fetch the numbers; what cannot be had becomes a problem each."""
    given: list[Given] = []
    problems: list[Problem] = []
    for source in dict.fromkeys(sources):
        path = Path(source)
        number = ted.publication_number(source)
        try:
            if number and not path.exists():
                with terminal.doing(f"Fetching {number} from TED"):
                    data = asking_ted.notice_xml(site, number)
                name = Path(f"{number}.xml")
                given.append(Given(path=name, data=data, ted_number=number))
            else:
                given.append(Given(path=path, data=_read(path)))
        except ProblemsFound as found:
            if found.exit_status == 2:
                raise
            problems += found.problems
    return given, problems


def _tell(one: Imported, site: Site, terminal: Terminal) -> None:
    if not one.is_new:
        terminal.tell("Unchanged", f"{shown(one.post)} has this notice already")
        return
    notice, draft = one.notice, one.draft
    more = [shown(one.notice_file)] if one.notice_file else []
    terminal.tell("Written", f"{shown(one.post)} ({draft.kind}, {draft.lang})", *more)
    closes = notice.deadlines
    if closes:
        first = last_moment(closes[0].moment, "en", site.timezone)
        terminal.tell(
            "Last day", first, *([f"the first of {len(closes)}"] if len(closes) > 1 else [])
        )
    if one.thread.posts:
        others = ", ".join(shown(post.path) for post in one.thread.posts)
        terminal.tell("Thread", f"{one.thread.procedure_id or notice.procedure_id}, with {others}")
    if not draft.ted_published:
        terminal.tell("Held", "until TED has published it; the notice does not say when it did")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise ProblemsFound(
            [
                Problem(
                    path=path,
                    what=f"cannot be read: {error.strerror or error}",
                    instead="name an eForms XML file, or a TED number such as 701354-2023",
                )
            ]
        ) from error
    if len(data) > MOST_BYTES:
        raise ProblemsFound(
            [
                Problem(
                    path=path,
                    what=f"is larger than {MOST_BYTES // 1_000_000} MB, which no notice is",
                    instead="name the notice's XML alone, without attachments",
                )
            ]
        )
    return data
