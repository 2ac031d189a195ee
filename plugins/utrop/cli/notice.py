"""Notices: drafts from eForms XML or TED, and whether TED has published them."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from utrop.cli.run import Run
from utrop.procurement.kinds import KINDS, Kind


@click.group()
def notice() -> None:
    """Procurement notices: drafts from eForms XML, and TED's word on publication."""


@notice.command(name="import")
@click.argument("sources", nargs=-1, required=True, metavar="FILE.xml|NUMBER…")
@click.option(
    "--into", type=click.Path(path_type=Path), help="The folder for the posts (content/posts)."
)
@click.option("--lang", default="", help="The posts' language, if not the notice's own.")
@click.option("--kind", type=click.Choice(KINDS), help="What the posts are, if not as guessed.")
@click.pass_obj
def import_(
    run: Run, sources: tuple[str, ...], into: Path | None, lang: str, kind: Kind | None
) -> None:
    """Write a draft for each notice, with its XML beside it. Facts stay in the XML.

    A number is a TED publication number, fetched from TED. What could not be read is listed with
    file and line. A notice that a post has already is left alone.

    \b
    utrop notice import annons.xml
    utrop notice import 701354-2023
    """
    from utrop import importing_notices

    sys.exit(
        importing_notices.run(
            run.site(production=False),
            sources,
            into=into,
            lang=lang,
            kind=kind or "",
            now=run.now(),
            terminal=run.terminal,
        )
    )


@notice.command()
@click.argument("posts", nargs=-1, metavar="[POST…]")
@click.option("--write", is_flag=True, help="Put TED's number and date into the posts.")
@click.pass_obj
def published(run: Run, posts: tuple[str, ...], write: bool) -> None:
    """Ask TED whether it has published the notices of held posts. POST is a file, uid or slug."""
    from utrop import asking_ted

    sys.exit(
        asking_ted.run(
            run.site(production=False),
            posts,
            write=write,
            now=run.now(),
            terminal=run.terminal,
        )
    )
