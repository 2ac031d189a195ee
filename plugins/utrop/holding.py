"""Holding: what is written but not in the public site, so that nothing is silently missing."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from utrop.authoring.document import Document
from utrop.authoring.library import read_library
from utrop.configuration import Site
from utrop.terminal import Terminal


def held(documents: Iterable[Document]) -> tuple[Document, ...]:
    """Return what is under embargo, the first to lift first, then the scheduled, then drafts."""
    embargoed = [document for document in documents if document.state == "embargoed"]
    scheduled = [document for document in documents if document.state == "scheduled"]
    drafts = [document for document in documents if document.state == "draft"]
    return (
        *sorted(embargoed, key=_lifted),
        *sorted(scheduled, key=lambda one: (str(one.published), one.source)),
        *drafts,
    )


def _lifted(document: Document) -> tuple[float, str]:
    """Order by when an embargo lifts; what nobody knows the moment of comes last."""
    moment = document.embargo.not_before
    return (moment.timestamp() if moment else math.inf), document.source


def held_documents(site: Site, now: datetime) -> tuple[Document, ...]:
    """Return what is scheduled or a draft; raises ``ProblemsFound`` as a build would."""
    library = read_library(
        site.content,
        timezone=site.timezone,
        default_lang=site.default_lang,
        languages=site.languages,
        now=now,
        default_author=site.settings.get("AUTHOR") or "",
        default_category=site.settings.get("DEFAULT_CATEGORY") or "",
    )
    return held(library.documents)


def tell_embargoed(held: tuple[Document, ...], site: Site, terminal: Terminal) -> None:
    """Name each post that the law holds, with the moment at which it lifts or what it waits for."""
    for document in held:
        if document.state != "embargoed":
            continue
        embargo = document.embargo
        until = embargo.waits_for
        if embargo.not_before is not None:
            moment = embargo.not_before.astimezone(site.timezone)
            until = f"lifts {moment:%Y-%m-%d %H:%M}, {_BY[embargo.rule]}"
        terminal.tell("Embargoed", f"{document.title} ({document.source}): {until}")


_BY: Final = {
    "ted": "with TED's publication",
    "48 hours": "48 hours after the receipt",
    "database": "with the database's publication",
    "system": "with the answer in the procurement system",
    "notification": "when the tenderers have been told",
    "thread": "with the notice of its procurement",
    "": "",
}


def tell_held(held: tuple[Document, ...], site: Site, terminal: Terminal) -> None:
    """Name what is scheduled or a draft, so that nothing is silently missing."""
    for document in held:
        if document.state == "scheduled" and document.published is not None:
            due = document.published.astimezone(site.timezone)
            terminal.tell("Scheduled", f"{document.title} ({due:%Y-%m-%d %H:%M})")
    drafts = [document.title for document in held if document.state == "draft"]
    if drafts:
        terminal.tell("Drafts", "; ".join(drafts))
