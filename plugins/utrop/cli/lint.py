"""Lint: what the law, and care, have to say of posts on procurements."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from utrop.cli.run import Run


@click.command()
@click.argument("posts", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--online", is_flag=True, help="Ask whether the documents' addresses answer.")
@click.option("--json", "as_json", is_flag=True, help="For scripts: every finding as JSON.")
@click.pass_obj
def lint(run: Run, posts: tuple[Path, ...], online: bool, as_json: bool) -> None:
    """Tell what rules of procurement find in posts. Drafts are looked at too.

    It is help, not legal advice; docs/rules.md explains each rule. Exit status 1: an error.
    """
    from utrop import linting

    sys.exit(
        linting.run(
            run.site(production=False),
            posts,
            online=online,
            as_json=as_json,
            now=run.now(),
            terminal=run.terminal,
        )
    )
