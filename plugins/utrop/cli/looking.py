"""Looking: what is announced, the site on this machine, its releases."""

from __future__ import annotations

import sys

import click

from utrop.cli.run import Run


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For scripts: every delivery as JSON.")
@click.pass_obj
def status(run: Run, as_json: bool) -> None:
    """Tell what waits and what was announced."""
    from utrop import reporting

    sys.exit(reporting.status(run.site(), now=run.now(), as_json=as_json, terminal=run.terminal))


@click.command()
@click.option("--port", default=8000, show_default=True, help="The port to listen on.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.pass_obj
def serve(run: Run, port: int, host: str) -> None:
    """Show the released site on this machine."""
    from utrop import showing

    showing.serve(run.site(), host=host, port=port, terminal=run.terminal)


@click.command()
@click.option("--port", default=8000, show_default=True, help="The port to listen on.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.pass_obj
def devserver(run: Run, port: int, host: str) -> None:
    """Show the site while you write. Each change builds it anew, drafts and coming posts too."""
    from utrop import showing

    showing.develop(run.site(production=False), host=host, port=port, terminal=run.terminal)


@click.command()
@click.pass_obj
def releases(run: Run) -> None:
    """List the releases that are kept."""
    from utrop import showing

    showing.releases(run.site(), terminal=run.terminal)


@click.command()
@click.argument("release", required=False)
@click.pass_obj
def rollback(run: Run, release: str | None) -> None:
    """Go back to an earlier release. Without a name, to the one before the current one."""
    from utrop import showing

    showing.rollback(run.site(), release, terminal=run.terminal)
