"""Accounts: which networks there are, how to get into them, and how they fare."""

from __future__ import annotations

import sys

import click

from utrop.cli.run import Run


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For scripts: every network as JSON.")
@click.pass_obj
def networks(run: Run, as_json: bool) -> None:
    """List the networks, what each needs, and what is set. No secret is shown, nothing is asked."""
    from utrop import network_overview

    network_overview.tell(run.root, run.environ, as_json=as_json, terminal=run.terminal)


@click.command()
@click.argument("network")
@click.option("--from-env", is_flag=True, help="Take what the environment has without asking.")
@click.option("--unchecked", is_flag=True, help="Store it even if the network does not take it.")
@click.option("--file", "file_only", is_flag=True, help="Leave the keyring out; use the file.")
@click.option("--refresh", is_flag=True, help="Renew the token that is stored; ask for nothing.")
@click.pass_obj
def connect(
    run: Run, network: str, from_env: bool, unchecked: bool, file_only: bool, refresh: bool
) -> None:
    """Give the site an account on NETWORK: ask for what it needs, try it, store it.

    Nothing is published. Secrets go to the keyring, or to a file that only you can read.
    """
    from utrop import connecting, renewing

    if refresh:
        sys.exit(
            renewing.renew(
                run.site(),
                network,
                process=run.environ,
                now=run.now(),
                file_only=file_only,
                terminal=run.terminal,
            )
        )
    sys.exit(
        connecting.connect(
            run.site(),
            network,
            process=run.environ,
            now=run.now(),
            from_env=from_env,
            unchecked=unchecked,
            file_only=file_only,
            terminal=run.terminal,
        )
    )


@click.command()
@click.option("--strict", is_flag=True, help="Exit 1 for warnings too, as in a weekly job.")
@click.pass_obj
def doctor(run: Run, strict: bool) -> None:
    """See whether networks, tokens, clock, ledger and site are in order. Changes nothing."""
    from utrop import examining

    sys.exit(examining.examine(run.site(), now=run.now(), strict=strict, terminal=run.terminal))
