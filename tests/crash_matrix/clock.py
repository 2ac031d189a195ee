"""A clock in a file: the announcer's process moves it where it would wait, the servers read it."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from pathlib import Path


class FileClock:
    """Aware UTC, to the microsecond."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.folder = path.parent

    def __call__(self) -> datetime:
        return datetime.fromisoformat(self._path.read_text())

    def set(self, moment: datetime) -> None:
        """Set it, in one step for whoever reads meanwhile."""
        aside = self._path.with_suffix(".new")
        aside.write_text(moment.astimezone(UTC).isoformat())
        with contextlib.suppress(FileNotFoundError):
            aside.replace(self._path)

    def pass_by(self, duration: timedelta) -> None:
        """Let time pass."""
        self.set(self() + duration)
