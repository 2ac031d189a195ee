"""The lock by which two publishes to one folder do not run into each other."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from utrop.problem import Problem, ProblemsFound

NAME = ".lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder for oneself. The system lets go of it when the process ends, however it ends.

    Raises ``ProblemsFound`` at once where another process holds it; ``OSError`` where the lock
    cannot be written.
    """
    descriptor = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 32).decode("ascii", "replace").strip()
            raise ProblemsFound(
                [
                    Problem(
                        path=folder,
                        what="another publish is at work here"
                        + (f" (process {holder})" if holder else ""),
                        instead="wait until it has ended, then run yours again",
                    )
                ]
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
        yield
    finally:
        os.close(descriptor)
