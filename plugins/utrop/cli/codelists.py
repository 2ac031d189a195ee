"""Code lists: the full lists of CPV and NUTS."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from utrop.cli.run import Run


@click.group()
def codelists() -> None:
    """The lists of codes that notices are read with."""


@codelists.command()
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A CPV list of one's own: code, Swedish and English label, with tabs between.",
)
@click.pass_obj
def update(run: Run, source: Path | None) -> None:
    """Get every CPV and NUTS code. They come from the EU's eForms SDK on GitHub."""
    from utrop import updating_codelists

    sys.exit(
        updating_codelists.run(run.site(production=False), source=source, terminal=run.terminal)
    )
