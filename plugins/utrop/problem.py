"""What went wrong, said so that the person who reads it knows what to do next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake: where it stands, what is wrong, and what to write instead.

    ``path`` is shown relative to the working directory where it lies below it; ``line`` counts
    from 1. A problem without a place (a setting from the environment, a full disk) has no path.
    """

    what: str
    instead: str = ""
    path: Path | None = None
    line: int | None = None
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        place = ""
        if self.path is not None:
            place = _shown(self.path)
            if self.line is not None:
                place += f":{self.line}"
            place += ": "
        word = "warning: " if self.severity == "warning" else ""
        advice = f"; {self.instead}" if self.instead else ""
        return " ".join(f"{place}{word}{self.what}{advice}".split())


class ProblemsFound(Exception):  # noqa: N818 - it is not one error but the list of them
    """Raised once everything has been looked at, with all problems at once."""

    def __init__(self, problems: Iterable[Problem], *, exit_status: int = 1) -> None:
        self.problems = tuple(problems)
        #: 1 for content and operation, 2 for configuration found before anything is sent.
        self.exit_status = exit_status
        super().__init__("\n".join(str(problem) for problem in self.problems))


def configuration_error(what: str, instead: str = "", path: Path | None = None) -> ProblemsFound:
    """Return a single configuration mistake, which ends the command with exit status 2."""
    return ProblemsFound([Problem(what=what, instead=instead, path=path)], exit_status=2)


def _shown(path: Path) -> str:
    try:
        return str(path.resolve().relative_to(Path.cwd().resolve()))
    except (ValueError, OSError):
        return str(path)
