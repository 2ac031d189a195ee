"""Scheduling: files that let a machine publish again and again, so that no person has to.

A post whose date has come, a notice that may now be told and a deadline that has passed all show
at the next publish. Each publish takes its turn, so runs that overlap do no harm.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

import yaml

from utrop.problem import Problem, ProblemsFound, configuration_error

UNIT: Final = "utrop-publish"
WORKFLOW: Final = ".github/workflows/publish.yml"
PIPELINE: Final = ".gitlab-ci.yml"

_EVERY: Final = re.compile(r"([0-9]{1,4})\s*(m|min|minutes?|h|hours?)")
_HOUR, _DAY = 60, 24 * 60
_GITHUB_MINUTES: Final = 5
"""Minutes between runs at least, https://docs.github.com/actions/reference/events-that-trigger-workflows"""
_CRON_LINE: Final = re.compile(
    r"""^(\s*-\s*cron:\s*)(["']?)([^"'#\n]*?)\2(\s*(?:#.*)?)$""", re.MULTILINE
)
_TOLD: Final = re.compile(r"(# Publishes on every push to main and )[a-z0-9 ]+(, for posts)")
"""How the workflow's first comment tells how often it runs."""
_PLACEHOLDER: Final = re.compile("@@([A-Z]+)@@")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Every:
    """How often: a number of minutes that divides an hour, or of hours that divides a day."""

    minutes: int

    def __str__(self) -> str:
        number, unit = divmod(self.minutes, _HOUR)[0] or self.minutes, "minute"
        if self.minutes >= _HOUR:
            unit = "hour"
        return f"{number} {unit}{'' if number == 1 else 's'}"

    @property
    def calendar(self) -> str:
        """As systemd's OnCalendar has it; see systemd.time(7)."""
        if self.minutes < _HOUR:
            return f"*:0/{self.minutes}"
        hours = self.minutes // _HOUR
        return {1: "*:00", 24: "0:00"}.get(hours, f"0/{hours}:00")

    def cron(self, minute: int = 0) -> str:
        """As crontab(5) has it; runs of whole hours begin at ``minute``."""
        if self.minutes < _HOUR:
            return f"{_step(self.minutes, _HOUR)} * * * *"
        return f"{minute} {_step(self.minutes // _HOUR, _DAY // _HOUR)} * * *"


def every(text: str) -> Every:
    """Read ``5min`` or ``2h``. Raises ``ProblemsFound`` for what no calendar can say evenly."""
    found = _EVERY.fullmatch(text.strip().lower())
    minutes = int(found[1]) * (_HOUR if found[2].startswith("h") else 1) if found else 0
    whole = _HOUR if minutes < _HOUR else _DAY
    if minutes < 1 or whole % minutes or (minutes > _HOUR and minutes % _HOUR):
        raise configuration_error(
            f"--every {text!r} does not come at even times",
            "write minutes that divide an hour (1min, 5min, 15min, 30min) or hours that divide a"
            " day (1h, 2h, 6h)",
        )
    return Every(minutes)


def systemd(site: Path, command: tuple[str, ...], often: Every, folder: Path) -> list[Path]:
    """Write a service and its timer for a user's own systemd; return the files.

    ``site`` is the site's folder and ``command`` the program with its first arguments, all
    absolute. Raises ``ProblemsFound`` where a file of that name says something else.
    """
    for part in (str(site), *command):
        if _CONTROL.search(part):
            raise configuration_error(f"{part!r} cannot stand in a unit file", "move the folder")
    values = {
        "DESCRIPTION": str(site).replace("%", "%%"),
        "DIRECTORY": str(site).replace("%", "%%"),
        "COMMAND": " ".join(map(_unit_word, command)),
        "CALENDAR": often.calendar,
        "EVERY": str(often),
    }
    return _written(
        {
            folder / f"{UNIT}.{kind}": _filled(_template(f"publish.{kind}"), values)
            for kind in ("service", "timer")
        }
    )


def github(site: Path, often: Every) -> Path:
    """Write the workflow that `utrop init` writes, or set how often the present one runs."""
    if often.minutes < _GITHUB_MINUTES:
        raise configuration_error(
            f"GitHub starts no workflow every {often}", "write --every 5min or more"
        )
    path = site / WORKFLOW
    text = _read(path) if path.exists() else _workflow()
    # Not on the hour, when everybody's begin and GitHub is late.
    cron = often.cron(minute=17)
    text, found = _CRON_LINE.subn(lambda line: f'{line[1]}"{cron}"{line[4]}', text)
    if found != 1:
        raise configuration_error(
            f"has {found} lines of cron, not one",
            f'write cron: "{cron}" below schedule: yourself',
            path,
        )
    _write(path, _TOLD.sub(rf"\1every {often}\2", text))
    return path


def gitlab(site: Path, often: Every) -> Path:
    """Write GitLab's pipeline with the same steps; how often is set in the project itself."""
    steps = {
        step["name"]: step["run"]
        for step in yaml.safe_load(_workflow())["jobs"]["publish"]["steps"]
        if "run" in step
    }
    values = {
        "FETCH": _indented(steps["Fetch the ledger"]),
        "SSH": _indented(steps["Prepare SSH"]),
        "KEEP": _indented(steps["Keep the ledger"]),
        "CRON": often.cron(),
    }
    (path,) = _written({site / PIPELINE: _filled(_template("gitlab-ci.yml"), values)})
    return path


def crontab_line(site: Path, command: tuple[str, ...], often: Every) -> str:
    """Return a line for crontab(5), which mails what went wrong and nothing else."""
    run = f"cd {shlex.quote(str(site))} && {shlex.join(command)} publish >/dev/null"
    return f"{often.cron()} " + f"{run} || [ $? -eq 75 ]".replace("%", "\\%")


def _step(number: int, whole: int) -> str:
    return {1: "*", whole: "0"}.get(number, f"*/{number}")


def _unit_word(text: str) -> str:
    """Quote one word of ExecStart; see systemd.service(5), command lines, and its specifiers."""
    for char, escaped in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("$", "$$")):
        text = text.replace(char, escaped)
    return text if re.fullmatch(r"[\w./+%:@-]+", text, re.ASCII) else f'"{text}"'


def _workflow() -> str:
    place = files("utrop.authoring").joinpath("templates", "site", "publish.yml.template")
    return place.read_text("utf-8")


def _template(name: str) -> str:
    place = files("utrop.deployment").joinpath("schedule", f"{name}.template")
    return place.read_text("utf-8")


def _filled(template: str, values: dict[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: values[found[1]], template)


def _indented(script: str) -> str:
    """Return a workflow's script as it stands in a block of GitLab's file."""
    script = script.replace("::error::", "Error: ").rstrip("\n")
    return "\n".join(f"      {line}".rstrip() for line in script.split("\n"))


def _written(texts: dict[Path, str]) -> list[Path]:
    """Write new files, all or none; those that say the same already are left as they are."""
    problems = [
        Problem(
            path=path,
            what="exists already and says something else",
            instead="move it away, or name another folder",
        )
        for path, text in texts.items()
        if path.exists() and _read(path) != text
    ]
    if problems:
        raise ProblemsFound(problems, exit_status=2)
    for path, text in texts.items():
        _write(path, text)
    return list(texts)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise configuration_error(
            f"cannot be read: {getattr(error, 'strerror', None) or 'it is no UTF-8'}",
            "correct the file",
            path,
        ) from error


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")
    except OSError as error:
        raise configuration_error(
            f"cannot be written: {error.strerror}", "name a folder that can be written", path
        ) from error
