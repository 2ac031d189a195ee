"""Records: what was announced, compared with the networks, rebuilt, and handed to the archive."""

from __future__ import annotations

import sys

import click

from utrop.cli.ledger import ledger
from utrop.cli.run import Run

__all__ = ["ledger", "posted", "recover", "verify"]


@click.command()
@click.argument("post")
@click.argument("network")
@click.argument("url", default="")
@click.option("--gone", is_flag=True, help="It stood there, and a person took it away.")
@click.option("--absent", is_flag=True, help="A person looked: it never came. It is owed again.")
@click.pass_obj
def posted(run: Run, post: str, network: str, url: str, gone: bool, absent: bool) -> None:
    """Record what a person posted, or found, on a network. POST is its uid, slug or address.

    \b
    utrop posted 8sk3p0zq linkedin https://www.linkedin.com/feed/update/urn:li:share:7
    utrop posted 8sk3p0zq linkedin --gone
    """
    from utrop import posted as recording

    recording.record(
        run.site(),
        post,
        network,
        found="gone" if gone else "absent" if absent else "there",
        url=url,
        now=run.now(),
        terminal=run.terminal,
    )


@click.command()
@click.pass_obj
def verify(run: Run) -> None:
    """Compare the ledger with the networks. What was edited or taken away there is told."""
    from utrop import comparing

    sys.exit(comparing.verify(run.site(), terminal=run.terminal))


@click.command()
@click.option("--owe-missing", is_flag=True, help="Announce what is not found on a network.")
@click.pass_obj
def recover(run: Run, owe_missing: bool) -> None:
    """Rebuild a lost ledger from the networks. Then nothing is announced twice."""
    from utrop import comparing

    sys.exit(
        comparing.recover(run.site(), now=run.now(), owe_missing=owe_missing, terminal=run.terminal)
    )
