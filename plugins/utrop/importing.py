"""Importing: posts of another site's folder become posts of this one, told in words."""

from __future__ import annotations

from pathlib import Path

from utrop.authoring.importing import import_posts
from utrop.configuration import Site
from utrop.problem import configuration_error
from utrop.terminal import Terminal


def run(site: Site, source: Path, base_url: str, lang: str, terminal: Terminal) -> int:
    """Import a folder and return the exit status: 1 where a file could not be imported."""
    if lang and lang not in site.languages:
        raise configuration_error(
            f"{lang!r} is none of the site's languages",
            f"choose one of {', '.join(site.languages)}, or add it to LANGUAGES",
        )
    with terminal.doing(f"Importing {source}"):
        report = import_posts(
            source,
            site.content,
            base_url=base_url,
            lang=lang if lang != site.default_lang else None,
            timezone=site.timezone,
        )
    terminal.show(report.notes)
    terminal.tell(
        "Imported",
        f"{len(report.written)} written, {len(report.unchanged)} unchanged,"
        f" {len(report.kept)} kept as they are here, {len(report.files)} files copied",
    )
    if report.notes:
        terminal.tell("Notes", f"{len(report.notes)}, above: what could not be carried over")
    terminal.tell("Next", "make devserver shows them; make publish publishes them")
    return 1 if report.failed else 0
