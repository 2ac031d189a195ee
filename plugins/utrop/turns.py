"""Turns: one build of a site at a time, since they share the output folder.

The lock is the site's folder itself, so nothing stays behind: man 2 flock.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from utrop.problem import Problem, ProblemsFound
from utrop.terminal import Terminal

_PATIENCE = 60.0
"""Seconds to wait for another build and release; ours take a few."""


@contextmanager
def own_turn(root: Path, terminal: Terminal) -> Iterator[None]:
    """Hold a site for oneself while the block runs; the system lets go of it at our death.

    Waits for another process at work on the site. Raises ``ProblemsFound`` where it goes on
    for too long.
    """
    folder = os.open(root, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if not _taken(folder):
            with terminal.doing("Waiting for another build of this site"):
                _wait(folder, root)
        yield
    finally:
        os.close(folder)


def _wait(folder: int, root: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while not _taken(folder):
        if time.monotonic() > until:
            raise ProblemsFound(
                [
                    Problem(
                        path=root,
                        what="another build or publish of this site is still at work",
                        instead="wait until it has ended, or end it, then run yours again",
                    )
                ]
            )
        time.sleep(0.1)


def _taken(folder: int) -> bool:
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
