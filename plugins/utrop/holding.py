"""Holding: what is written but not in the public site, so that nothing is silently missing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from utrop.authoring.document import Document
from utrop.authoring.library import read_library
from utrop.configuration import Site
from utrop.terminal import Terminal


def held(documents: Iterable[Document]) -> tuple[Document, ...]:
    """Return the scheduled, by when they are due, then the drafts."""
    scheduled = [document for document in documents if document.state == "scheduled"]
    drafts = [document for document in documents if document.state == "draft"]
    return (*sorted(scheduled, key=lambda one: (str(one.published), one.source)), *drafts)


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


def tell_held(held: tuple[Document, ...], site: Site, terminal: Terminal) -> None:
    """Name what is not in the public site, so that nothing is silently missing."""
    for document in held:
        if document.state == "scheduled" and document.published is not None:
            due = document.published.astimezone(site.timezone)
            terminal.tell("Scheduled", f"{document.title} ({due:%Y-%m-%d %H:%M})")
    drafts = [document.title for document in held if document.state == "draft"]
    if drafts:
        terminal.tell("Drafts", "; ".join(drafts))
