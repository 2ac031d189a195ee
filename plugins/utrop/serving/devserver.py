"""The development server: builds anew whenever a source changes, and serves the last good build."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from watchfiles import Change, DefaultFilter, watch

from utrop.problem import Problem, ProblemsFound, configuration_error
from utrop.serving.static import LOOPBACK, SiteServer, running, until_stopped

_NOISE = DefaultFilter()
_LOOK = 300
"""How often a watcher looks up to see whether it is to end, in milliseconds."""


def develop(
    build: Sequence[str],
    watch: Sequence[Path],
    folder: Path,
    *,
    host: str = LOOPBACK,
    port: int = 8000,
    base_path: str = "/",
    say: Callable[[str], None],
) -> None:
    """Build, serve, and build again after each change, until Ctrl-C or SIGTERM.

    ``build`` is a command that writes the site to ``folder``; it runs as a process of its own, so
    that changed code counts. ``watch`` holds folders, watched with all that is below them, and
    files. ``say`` gets each line for the person. What is served is a copy of the last build that
    succeeded, so that nobody sees one under way, or a failed one. Raises ``ProblemsFound`` (exit
    status 2) where something to watch is missing, or the port cannot be had.
    """
    missing = [path for path in watch if not path.exists()]
    if missing:
        raise ProblemsFound(
            [
                Problem(path=path, what="is not there to be watched", instead="make it")
                for path in missing
            ],
            exit_status=2,
        )
    with (
        running(None, host=host, port=port, base_path=base_path) as server,
        until_stopped(),
        tempfile.TemporaryDirectory(prefix="utrop-devserver-") as aside,
        _changes(watch, apart_from=folder) as changed,
    ):
        builds = _Builds(build, folder, Path(aside), say)
        builds.run(server)
        say(f"Serving {server.url} (stop with Ctrl-C)")
        while True:
            changed.wait()
            changed.clear()
            say("Something changed; building.")
            builds.run(server)


class _Builds:
    """Runs the build command and keeps a copy of the last site it made."""

    def __init__(
        self, command: Sequence[str], folder: Path, aside: Path, say: Callable[[str], None]
    ) -> None:
        self._command = list(command)
        self._folder = folder
        self._aside = aside
        self._say = say
        self._number = 0

    def run(self, server: SiteServer) -> None:
        status = self._build()
        if status:
            kept = "the last good build is still served" if server.folder else "nothing to show yet"
            self._say(f"The build failed (exit status {status}): {kept}.")
            return
        before = server.folder
        self._number += 1
        copy = self._aside / str(self._number)
        try:
            # Copied, since the next build writes over its files, and may fail half-way.
            shutil.copytree(self._folder, copy)
        except (OSError, shutil.Error) as error:
            self._say(f"The build cannot be shown: {error}")
            return
        server.folder = copy
        if before is not None:
            shutil.rmtree(before, ignore_errors=True)
        self._say(f"Built: {server.url}")

    def _build(self) -> int:
        try:
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
            )
        except OSError as error:
            raise configuration_error(
                f"{self._command[0]} cannot be run: {error.strerror}", "install Utrop anew"
            ) from error
        with process:
            try:
                for line in process.stdout or ():
                    self._say(line.rstrip("\n"))
            except BaseException:
                process.terminate()
                raise
        return process.returncode


@contextmanager
def _changes(paths: Sequence[Path], *, apart_from: Path) -> Iterator[threading.Event]:
    """Watch while the block runs; the event is set once something has changed.

    The block begins when every watcher watches.
    """
    sources = Sources(
        folders=tuple(path.resolve() for path in paths if path.is_dir()),
        files=frozenset(path.parent.resolve() / path.name for path in paths if path.is_file()),
        built=apart_from.resolve(),
    )
    stop, changed = threading.Event(), threading.Event()
    # An editor replaces a file by a new one, so it is the file's folder that is watched, flat.
    beside = sorted({file.parent for file in sources.files})
    watchers = [
        _Watcher(places, recursive, sources, stop, changed)
        for places, recursive in ((sources.folders, True), (beside, False))
        if places
    ]
    try:
        for watcher in watchers:
            watcher.start()
        for watcher in watchers:
            watcher.wait_until_ready()
        yield changed
    finally:
        stop.set()
        for watcher in watchers:
            watcher.join()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What a site is built from: resolved folders with all that is below them, and files."""

    folders: tuple[Path, ...]
    files: frozenset[Path]
    built: Path
    """Where the build writes: never a source."""

    def count(self, path: Path) -> bool:
        """Whether a changed path is a source: not an editor's or Python's own file."""
        if path in self.files:
            return True
        return not path.is_relative_to(self.built) and any(
            path.is_relative_to(folder) and _NOISE(Change.modified, str(path.relative_to(folder)))
            for folder in self.folders
        )


class _Watcher(threading.Thread):
    """Watches some folders until told to stop."""

    def __init__(
        self,
        places: Sequence[Path],
        recursive: bool,
        sources: Sources,
        stop: threading.Event,
        changed: threading.Event,
    ) -> None:
        super().__init__(daemon=True)
        self._places = places
        self._recursive = recursive
        self._sources = sources
        self._stop_event = stop
        self._changed = changed
        self._ready = threading.Event()
        self._error: Exception | None = None

    def run(self) -> None:
        try:
            for changes in watch(
                *self._places,
                watch_filter=None,
                recursive=self._recursive,
                stop_event=self._stop_event,
                # An empty answer at the first time-out tells that it watches.
                yield_on_timeout=True,
                rust_timeout=_LOOK,
                debounce=400,
            ):
                self._ready.set()
                if any(self._sources.count(Path(path)) for _, path in changes):
                    self._changed.set()
        except (OSError, RuntimeError) as error:
            self._error = error
        finally:
            self._ready.set()

    def wait_until_ready(self) -> None:
        self._ready.wait()
        if self._error is not None:
            raise configuration_error(
                f"cannot watch {', '.join(map(str, self._places))}: {self._error}",
                "set WATCHFILES_FORCE_POLLING=1 in the environment",
            ) from self._error
