"""One run of the command: what every sub-command is handed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from utrop import clock, configuration
from utrop.configuration import Site
from utrop.terminal import Terminal


class Run:
    """One run of the command: its site, environment, clock and terminal."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environ = configuration.process_environment()
        self.terminal = Terminal()

    def now(self) -> datetime:
        """Return the moment of this run in UTC."""
        return clock.now(self.environ)

    def site(self, *, production: bool = True) -> Site:
        """Return the checked settings."""
        return configuration.load(self.root, self.environ, production=production)
