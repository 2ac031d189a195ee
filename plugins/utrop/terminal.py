"""The terminal: what a command tells a person, and progress where something takes time."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console

from utrop.problem import Problem


class Terminal:
    """Writes results to standard output, problems and progress to standard error."""

    def __init__(self) -> None:
        self._progress = Console(stderr=True, highlight=False)

    def say(self, text: str = "") -> None:
        """Print one line of result."""
        click.echo(text)

    def tell(self, label: str, text: str, *more: str) -> None:
        """Print a labelled result, continued below on lines of their own."""
        click.echo(f"{click.style(label.ljust(10), bold=True)} {text}")
        for line in more:
            click.echo(f"{'':10} {line}")

    def say_json(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Print rows for scripts."""
        click.echo(json.dumps(list(rows), ensure_ascii=False, indent=2))

    def show(self, problems: Sequence[Problem]) -> None:
        """Print each problem on one line of standard error."""
        for problem in problems:
            colour = "red" if problem.severity == "error" else "yellow"
            click.secho(str(problem), err=True, fg=colour)

    @contextmanager
    def doing(self, what: str) -> Iterator[None]:
        """Show what takes longer than a second: a spinner for a person, one line for a log."""
        if self._progress.is_terminal:
            with self._progress.status(f"{what} …"):
                yield
            return
        late = threading.Timer(1.0, click.echo, [f"{what} …"], {"err": True})
        late.daemon = True
        late.start()
        try:
            yield
        finally:
            late.cancel()
