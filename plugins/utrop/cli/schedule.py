"""Schedule: let a machine publish again and again."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from utrop.cli.run import Run
from utrop.problem import configuration_error
from utrop.terminal import shown


@click.command()
@click.option("--every", "often", default="5min", show_default=True, help="How often.")
@click.option(
    "--systemd",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write a service and a timer there, such as ~/.config/systemd/user.",
)
@click.option("--github", is_flag=True, help="Write or set the workflow of GitHub.")
@click.option("--gitlab", is_flag=True, help="Write the pipeline of GitLab.")
@click.option("--cron", is_flag=True, help="Print a line for a crontab.")
@click.pass_obj
def schedule(
    run: Run, often: str, folder: Path | None, github: bool, gitlab: bool, cron: bool
) -> None:
    """Let a machine publish what is due. Held notices and coming posts need no person then.

    \b
    utrop schedule --systemd ~/.config/systemd/user
    utrop schedule --github --every 15min
    """
    from utrop import scheduling

    if sum((folder is not None, github, gitlab, cron)) != 1:
        raise configuration_error(
            "where it is to run is not said, or more than once",
            "write one of --systemd FOLDER, --github, --gitlab and --cron",
        )
    interval = scheduling.every(often)
    site = run.site().root.resolve()
    command = _command(Path(sys.executable))
    tell = run.terminal.tell
    if folder is not None:
        for path in scheduling.systemd(site, command, interval, folder.expanduser()):
            tell("Written", shown(path))
        tell(
            "Next",
            f"systemctl --user daemon-reload && systemctl --user enable --now"
            f" {scheduling.UNIT}.timer",
            "loginctl enable-linger, so that it runs while you are logged out",
        )
    elif github:
        tell("Written", f"{shown(scheduling.github(site, interval))}: every {interval}")
        tell("Next", "commit and push it")
    elif gitlab:
        tell("Written", shown(scheduling.gitlab(site, interval)))
        tell(
            "Next",
            "commit and push it, and make a pipeline schedule in the project with the interval"
            f" pattern {interval.cron()}",
        )
    else:
        run.terminal.hand_over(scheduling.crontab_line(site, command, interval))


def _command(python: Path) -> tuple[str, ...]:
    """Return how to call this installation, wherever it is called from."""
    script = python.with_name("utrop")
    return (str(script),) if script.is_file() else (str(python), "-m", "utrop")
