"""The terminal: what a command tells a person, and progress where something takes time."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console

from utrop.problem import Problem


class Terminal:
    """Writes results to standard output, problems and progress to standard error."""

    def __init__(self) -> None:
        self._progress = Console(stderr=True, highlight=False)

    def say(self, text: str = "") -> None:
        """Print one line of result."""
        _print(text)

    def tell(self, label: str, text: str, *more: str) -> None:
        """Print a labelled result, continued below on lines of their own."""
        _print(f"{click.style(label.ljust(10), bold=True)} {text}")
        for line in more:
            _print(f"{'':10} {line}")

    def hand_over(self, text: str) -> None:
        """Print a result that a script reads; ``OSError`` where it cannot have the whole of it."""
        click.echo(text)

    def hand_over_file(self, content: bytes) -> None:
        """Print a file as it is; ``OSError`` where the reader cannot have the whole of it."""
        click.echo(content, nl=False)

    def show(self, problems: Sequence[Problem]) -> None:
        """Print each problem on one line of standard error."""
        for problem in problems:
            colour = "red" if problem.severity == "error" else "yellow"
            _print(click.style(str(problem), fg=colour), err=True)

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


def _print(text: str, *, err: bool = False) -> None:
    """Print; a reader who went away, or a full disk, must not end a publish half way."""
    try:
        click.echo(text, err=err)
    except OSError:
        stream = sys.stderr if err else sys.stdout
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            os.dup2(nowhere.fileno(), stream.fileno())


def shown(path: Path) -> str:
    """Return a path as people type it: relative to where they are, if it lies below."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
