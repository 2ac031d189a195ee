"""The ledger's record: `utrop ledger verify`, `export` and `move`.

A module of its own, for every command that stands in ``records`` becomes one of `utrop`'s own.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

import click

from utrop.cli.run import Run


@click.group()
def ledger() -> None:
    """The record of what was announced: verify it, export it, move it."""


@ledger.command("verify")
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--expect", default="", metavar="HASH", help="A hash you kept: it must be in there.")
@click.pass_obj
def verify(run: Run, file: Path | None, expect: str) -> None:
    """Tell whether the record is as it was written. Asks no network.

    FILE is an export in JSON Lines to look at instead of the ledger.
    """
    from utrop import recording

    if file is not None:
        sys.exit(recording.verify_file(file, expect=expect, terminal=run.terminal))
    sys.exit(recording.verify(run.site(), expect=expect, terminal=run.terminal))


@ledger.command("export")
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "jsonl", "bagit"]),
    default="csv",
    show_default=True,
    help="csv: for people, opens in Excel. jsonl: exact, can be verified. bagit: a folder for an"
    " archive, with both.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="A new file, or a new folder for bagit (default: standard output).",
)
@click.option(
    "--language",
    type=click.Choice(["sv", "en"]),
    help="Of the CSV's headings (default: the site's).",
)
@click.pass_obj
def export(
    run: Run,
    form: Literal["csv", "jsonl", "bagit"],
    output: Path | None,
    language: Literal["sv", "en"] | None,
) -> None:
    """Hand the whole record to a registrar or an archive."""
    from utrop import recording

    sys.exit(
        recording.export(
            run.site(),
            form=form,
            output=output,
            language=language,
            now=run.now(),
            terminal=run.terminal,
        )
    )


@ledger.command("move")
@click.argument("url")
@click.pass_obj
def move(run: Run, url: str) -> None:
    """Copy the ledger, chain and all, into an empty one at URL.

    URL is as LEDGER has it: postgresql://…, or sqlite:///FILE. The old one stays as it is.
    """
    from utrop import recording

    recording.move(run.site(), url, terminal=run.terminal)
