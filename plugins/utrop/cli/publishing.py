"""Publishing: build, release, announce, and from when on."""

from __future__ import annotations

import sys

import click

from utrop.cli.run import Run


@click.command()
@click.option("--development", is_flag=True, help="With pelicanconf.py, as `make html` does.")
@click.option("--unpublished", is_flag=True, help="Drafts and coming posts too, banded as such.")
@click.pass_obj
def build(run: Run, development: bool, unpublished: bool) -> None:
    """Build and check into output/. Nothing is deployed or announced."""
    from utrop import publishing

    publishing.build_only(
        run.site(production=not development),
        now=run.now(),
        unpublished=unpublished,
        terminal=run.terminal,
    )


@click.command()
@click.option("--no-announce", is_flag=True, help="Leave announcing out, as ANNOUNCE=0 does.")
@click.option("--allow-empty", is_flag=True, help="Release a site that has lost all its posts.")
@click.pass_obj
def publish(run: Run, no_announce: bool, allow_empty: bool) -> None:
    """Build, check, release and announce. The whole, in one command.

    Unlike `make publish` of a plain Pelican site, which only builds. Real networks are used only
    if publishconf.py (or UTROP_NETWORKS) names them.
    """
    from utrop import publishing

    sys.exit(
        publishing.publish(
            run.site(),
            now=run.now(),
            announce=not no_announce,
            allow_empty=allow_empty,
            terminal=run.terminal,
        )
    )


@click.command()
@click.option("--dry-run", is_flag=True, help="Show what would be sent; send and record nothing.")
@click.pass_obj
def announce(run: Run, dry_run: bool) -> None:
    """Announce what the release owes. Nothing is built or deployed."""
    from utrop import announcing

    sys.exit(announcing.announce(run.site(), now=run.now(), dry_run=dry_run, terminal=run.terminal))


@click.command()
@click.option("--since", default="", help="Another moment than now (ISO 8601 with offset).")
@click.option("--again", is_flag=True, help="Replace a moment that is already written.")
@click.pass_obj
def baseline(run: Run, since: str, again: bool) -> None:
    """Write from when on to announce. Posts older than that never are, on no network."""
    from utrop import announcing

    announcing.baseline(run.site(), now=run.now(), since=since, again=again, terminal=run.terminal)
