"""The one command, ``utrop``; every sub-command delegates at once.

What a sub-command needs is imported when it runs, so that ``utrop --help`` and the light
commands answer at once.
"""

from __future__ import annotations

import io
import sys
import traceback
from pathlib import Path

import click

from utrop import __version__, configuration
from utrop.cli import accounts, lint, looking, publishing, records, schedule, writing
from utrop.cli.run import Run
from utrop.problem import ProblemsFound
from utrop.terminal import Terminal

PENDING = 75
"""Exit status where something waits: run the command again (sysexits.h, EX_TEMPFAIL)."""


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit status: 0 nothing is owed; 1 something failed or is uncertain; 2 a mistake in the"
    " settings, found before anything was sent; 75 something waits, run it again.",
)
@click.version_option(__version__, prog_name="utrop")
@click.option(
    "-C",
    "--site",
    "root",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The site's folder, where publishconf.py is (default: the current one).",
)
@click.pass_context
def cli(context: click.Context, root: Path) -> None:
    """From notice to network, lawfully, in one command.

    Posts are Markdown files in content/. `utrop publish` builds the site, checks it, releases it
    and announces each new post once.

    \b
    Write:     new, uid, lint, import, notice, devserver
    Publish:   build, publish, announce, baseline, schedule
    Look:      serve, status, releases, rollback
    Accounts:  networks, connect, doctor
    Record:    posted, verify, recover, ledger
    Begin:     init, codelists
    """
    context.obj = Run(root)


for _module in (writing, lint, publishing, schedule, looking, accounts, records):
    for _command in vars(_module).values():
        if isinstance(_command, click.Command):
            cli.add_command(_command)


def main() -> None:
    """Run the command; whatever goes wrong ends in lines that people can act on."""
    for stream in (sys.stdout, sys.stderr):
        # A title that the terminal's encoding lacks must not end a publish half-way.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    terminal = Terminal()
    environ = configuration.process_environment()
    try:
        cli(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except ProblemsFound as found:
        terminal.show(found.problems)
        sys.exit(found.exit_status)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:  # noqa: BLE001 - the last resort: no traceback reaches a person
        if environ.get("UTROP_DEBUG"):
            traceback.print_exc()
        reason = " ".join(str(error).split())
        click.secho(
            f"utrop met something it did not expect: {type(error).__name__}: {reason};"
            " the released site is whole; UTROP_DEBUG=1 shows where",
            err=True,
            fg="red",
        )
        sys.exit(1)
