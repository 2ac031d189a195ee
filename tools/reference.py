"""Write docs/settings.md and docs/commands.md from the code: `make reference`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from utrop.cli import cli
from utrop.settings import KNOWN, NETWORK_NAMES, NETWORK_SETTINGS

DOCS = Path(__file__).resolve().parents[1] / "docs"

SETTINGS = """\
# Settings

<!-- Written by tools/reference.py from plugins/utrop/settings.py. -->

Settings stand in `pelicanconf.py` (while writing) and `publishconf.py` (when publishing, on top of
the former). Each of them, and each of Pelican's, can be overridden from the environment as
`UTROP_<SETTING>`, lists separated by commas: `UTROP_SITEURL`, `UTROP_CONTENT`, `UTROP_DEPLOY`,
`UTROP_LEDGER`, `UTROP_NETWORKS=mastodon,bluesky`. An unknown setting is an error; name those of
your own templates in `OWN_SETTINGS`. Secrets are never settings: `utrop connect` stores
them, or the environment has them ([accounts](accounts.md)).

"""
NETWORKS = """\
## Networks

`<NETWORK>` is the network's name in capitals, such as `MASTODON`. These may also stand in the
environment under their own names, without `UTROP_`.

"""
COMMANDS = """\
# Commands

<!-- Written by tools/reference.py from plugins/utrop/cli/. -->

The command is `.venv/bin/utrop` in a checkout; the targets of `make` call it.

"""


def settings() -> str:
    """Return docs/settings.md."""
    networks = tuple(f"{name.upper()}_" for name in NETWORK_NAMES)
    own = {name: setting for name, setting in KNOWN.items() if not name.startswith(networks)}
    text = SETTINGS + "## The site and its publishing\n\n"
    for name, setting in own.items():
        needed = " Publishing needs it." if setting.required else ""
        text += f"### `{name}`\n\n{setting.meaning}{needed}\n\nDefault: `{setting.default!r}`\n\n"
    text += NETWORKS
    for suffix, setting in NETWORK_SETTINGS.items():
        text += f"### `<NETWORK>_{suffix}`\n\n{setting.meaning}\n\n"
    return text.rstrip() + "\n"


def commands() -> str:
    """Return docs/commands.md."""
    text = COMMANDS
    for name, command in _with_their_own(cli.commands):
        context = click.Context(command, info_name=f"utrop {name}", max_content_width=90)
        context.terminal_width = 90
        text += f"## `utrop {name}`\n\n```\n{command.get_help(context)}\n```\n\n"
    return text.rstrip() + "\n"


def _with_their_own(commands: Mapping[str, click.Command]) -> Iterator[tuple[str, click.Command]]:
    """Yield commands, and behind each what it has commands of its own."""
    for name, command in commands.items():
        yield name, command
        if isinstance(command, click.Group):
            for inner, one in _with_their_own(command.commands):
                yield f"{name} {inner}", one


if __name__ == "__main__":
    (DOCS / "settings.md").write_text(settings(), "utf-8")
    (DOCS / "commands.md").write_text(commands(), "utf-8")
