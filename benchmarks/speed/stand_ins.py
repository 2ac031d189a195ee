"""The networks' stand-ins, each in a process of its own."""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from tests.servers.every import MAKERS, Environ

SINCE = "2020-01-01T00:00:00+01:00"


def _serve(name: str, folder: Path, pipe: Connection) -> None:
    with MAKERS[name](folder) as environ:
        pipe.send(environ)
        with contextlib.suppress(EOFError):
            pipe.recv()


@contextmanager
def running(names: tuple[str, ...], folder: Path) -> Iterator[Environ]:
    """Run the stand-ins until the block ends; give what a site needs to announce there."""
    context = multiprocessing.get_context("spawn")
    with contextlib.ExitStack() as stack:
        environ: Environ = {"UTROP_NETWORKS": ",".join(names)}
        pipes = []
        for name in names:
            ours, theirs = context.Pipe()
            own = folder / name
            own.mkdir(parents=True)
            process = context.Process(target=_serve, args=(name, own, theirs))
            process.start()
            stack.callback(process.join, 30)
            stack.callback(ours.send, "end")
            pipes.append(ours)
        for name, pipe in zip(names, pipes, strict=True):
            environ |= pipe.recv() | {f"{name.upper()}_SINCE": SINCE}
        yield environ
